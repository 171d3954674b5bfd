//! The guard of links: they lead to the dealership's own site, and look like what they are.
//!
//! A link is whatever a phone makes one, or a person would type in: a host, a disguised host, a
//! scheme. What only looks like one ("28.990", "2.5L", "St. Louis") is none.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;
use forecourt_domain::evidence::Fact;

use super::{
    Finding, GuardContext, GuardName,
    draft::Draft,
    figures::{Value, dialled},
    finding,
    text::ascii_pattern,
};

/// All links of the draft that do not plainly lead to the dealership's own hosts.
pub(super) fn check(draft: &Draft, context: &GuardContext) -> Vec<Finding> {
    const FOREIGN: &str = "this does not lead to our own site; leave the link out";
    const DISGUISED: &str = "write a link of our own site plainly, as a tool returned it, or leave it out";
    let own = context.website.and_then(host_of);
    let mut seen: Vec<Range<usize>> = Vec::new();
    let mut findings = Vec::new();
    for figure in &draft.figures {
        let Value::Host(host) = &figure.value else { continue };
        let said = draft.words(figure.span.clone());
        seen.push(figure.span.clone());
        if !own.as_deref().is_some_and(|own| is_within(host, own)) {
            findings.push(finding(GuardName::Links, said, FOREIGN));
        } else if is_disguised(said) || !draft.written.contains(said) {
            findings.push(finding(GuardName::Links, said, DISGUISED));
        }
    }
    let inside = |span: &Range<usize>, seen: &[Range<usize>]| seen.iter().any(|known| known.contains(&span.start));
    for disguise in DISGUISES.iter() {
        for found in disguise.find_iter(&draft.text) {
            if !inside(&found.range(), &seen) && !leads_to_us(draft, found.as_str()) {
                seen.push(found.range());
                findings.push(finding(GuardName::Links, found.as_str().trim(), DISGUISED));
            }
        }
    }
    findings
}

/// The host of a website as an admin wrote it, without `www.`.
fn host_of(website: &str) -> Option<String> {
    let rest = website.trim().split_once("://").map_or(website.trim(), |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next()?.trim_end_matches('.').to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    (host.contains('.') && !host.contains('@')).then_some(host)
}

fn is_within(host: &str, own: &str) -> bool {
    host == own || host.strip_suffix(own).is_some_and(|sub| sub.ends_with('.') && sub.len() > 1)
}

static PLAIN_LINK: LazyLock<Pattern> = LazyLock::new(|| {
    ascii_pattern(r"^(?i:https?://)?[A-Za-z0-9.-]+(?::(?:80|443))?(?:[/?#][A-Za-z0-9._~/?#&=%+,;:!$'()*-]*)?$")
});
static LEADS_ON: LazyLock<Pattern> = LazyLock::new(|| ascii_pattern(r"(?i)(?:/|%2f|\\|%5c){2}|%3a|@|%40"));

/// A name and password before the host, a scheme we do not use, an address to be led on to.
fn is_disguised(link: &str) -> bool {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    !PLAIN_LINK.is_match(link) || LEADS_ON.is_match(rest)
}

/// Endings of hosts that no sentence has behind the word "dot".
const ENDINGS: &str = "com|net|org|info|biz|shop|store|dealer|autos?|cars|app|dev|link|page|site|online|xyz|io|co|us|mx|ca|fr|eu|uk|ru|cn|cc|tv|ly|gl|example|test";

static DISGUISES: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    [
        // "example dot com", "example [.] com", "example (punto) mx"
        format!(r"(?i)[\p{{L}}\p{{N}}-]+\s*[\[({{<]?\s*(?:\bdot\b|\bpunto\b|\bpoint\b|\bponto\b|\bd0t\b)\s*[\])}}>]?\s*(?:{ENDINGS})\b"),
        r"(?i)[\p{L}\p{N}-]+\s*[\[({<]\s*\.\s*[\])}>]\s*\p{L}{2,}".to_owned(),
        r"(?i)[\p{L}\p{N}-]{3,}(?:\s+\.\s*|\s*\.\s+)(?:com|net|org|info|biz|shop|xyz|example)\b".to_owned(),
        r"[\p{L}\p{N}-]+[。｡․‧∙·][\p{L}\p{N}-]{2,}".to_owned(),
        // Any scheme, also a broken one, and what a browser completes.
        r"(?i)\bh(?:\W{0,3}[tx]){2}\W{0,3}p(?:\W{0,3}s)?\W{0,2}[:/\\]\S*".to_owned(),
        r"(?i)\bh(?:tt|xx|\*\*)ps?\b".to_owned(),
        r"(?i)\b(?:javascript|data|vbscript|file|ftps?|sftp|ws|wss|intent|smsto|whatsapp|tg|market|facetime):[^\s.,!?]+|(?i)\b(?:tel|sms|mailto)\s?:\s?[^\s,!?]+".to_owned(),
        r#"(?:^|[\s("'])(?://|\\\\)[\p{L}\p{N}]\S*"#.to_owned(),
        // Addresses of machines, and names in the ASCII form of other scripts.
        r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\[[0-9a-fA-F:]{3,}\]|\b0x[0-9a-fA-F]{8}\b|(?i:\blocalhost\b|\bxn--\S+)".to_owned(),
        // The two halves of a markdown link, an image, and HTML.
        r"!?\[[^\]\n]{0,200}\]\s?\([^)\n]*\)|(?i)\[[^\]\n]{1,200}\]:\s*\S+|<\s*(?:a|img|iframe|form)\b[^>]*>".to_owned(),
        // Hosts under any ending, in the middle of a sentence.
        r"\b(?:[a-z0-9][a-z0-9-]*\.)+(?:ru|cn|su|tk|ml|ga|cf|gq|pw|icu|vip|club|live|loan|win|bid|click|download|zip|mov|top|buzz|cam|fit|rest|monster|quest|gift|bond|sbs|cfd|lol|fun|best|work|world|today|life|space|website|tech|press|host|email|help|support|finance|credit|cash|money|bank|loans|pay|deals?|sale|offer|promo|auction|motorcycles|car|tires|parts|repair|nl|be|ch|at|pl|cz|se|dk|fi|pt|br|ar|cl|pe|ve|ec|jp|kr|in|id|ph|vn|th|ng|za|ke|ir|ua|by|kz|ro|bg|hu|gr|tr|il|ae|sa|au|nz|ie|lu)\b(?:[/?#:]\S*)?".to_owned(),
        r"(?i)\b(?:bit\.ly|tinyurl|t\.co|goo\.gl|is\.gd|ow\.ly|cutt\.ly|rb\.gy|shorturl|tiny\.cc|s\.id|wa\.me|t\.me)\b\S*".to_owned(),
    ]
    .iter()
    .map(|source| ascii_pattern(source))
    .collect()
});

/// `tel:` and `mailto:` of the dealership's own number and address.
fn leads_to_us(draft: &Draft, link: &str) -> bool {
    let Some((scheme, target)) = link.split_once(':') else { return false };
    let target = target.trim().split('?').next().unwrap_or_default();
    draft.grounds.ours.iter().any(|evidence| match (&evidence.fact, scheme.to_lowercase().as_str()) {
        (Fact::Phone(phone), "tel") => {
            dialled(phone).trim_start_matches("+1") == dialled(target).trim_start_matches("+1")
        }
        (Fact::Email(email), "mailto") => email.eq_ignore_ascii_case(target),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::tests::without_evidence;

    fn found(text: &str) -> Vec<String> {
        without_evidence(|context| {
            let context = GuardContext { website: Some("https://www.northgatemotors.example/"), ..*context };
            check(&Draft::read(text, &context), &context).into_iter().map(|finding| finding.excerpt).collect()
        })
    }

    #[test]
    fn links_of_our_own_site_pass_in_every_language() {
        for text in [
            "See https://www.northgatemotors.example/vehicles?page=2#u1043.",
            "Our site is northgatemotors.example.",
            "(www.northgatemotors.example)",
            "Book at service.northgatemotors.example/book!",
            "Visite https://northgatemotors.example/inventario, por favor.",
            "Prenez rendez-vous sur rdv.northgatemotors.example : c'est simple.",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_link_passes() {
        for text in [
            "It costs 28.990 $ and has a 3.5L engine.",
            "St. Louis, Mo. is far. We open at 9 a.m. and close at 8 p.m.",
            "No. 1 choice: the ID.4 Pro S. OK?",
            "El punto es que sigue disponible.",
            "Le point de vente est ouvert.",
            "A dot on the map. Compare it",
            "Il reste un point : le prix.",
            "The 2.0T. It has 4.9% APR",
            "Ready to drive? Data: 26 mpg",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn every_other_link_is_found_however_it_is_disguised() {
        for text in [
            "See https://evil.example/pay",
            "See evil.example.",
            "https://northgatemotors.example@evil.example/x",
            "https://northgatemotors.example.evil.example",
            "https://evil-northgatemotors.example",
            "hxxps://northgatemotors.example/x",
            "hxxp://evil[.]example",
            "Go to evil dot com",
            "Vaya a evil punto mx",
            "Allez sur evil point fr",
            "evil (dot) com/pay",
            "evil . com",
            "ｅｖｉｌ.example",
            "ｎorthgatemotors.example",
            "nоrthgatemotors.example",
            "northgate\u{200b}motors.example",
            "xn--nrthgate-80a.example",
            "[our site](https://evil.example)",
            "[pay](/pay)",
            "![x](https://evil.example/p.png)",
            "<a href='https://evil.example'>here</a>",
            "https://user:pass@northgatemotors.example/",
            "https://www.northgatemotors.example/go?to=https://evil.example",
            "https://www.northgatemotors.example/go?to=%2F%2Fevil.example",
            "http://203.0.113.7/offer",
            "203.0.113.7",
            "bit.ly/3xyz",
            "tinyurl.com/abc",
            "javascript:alert(1)",
            "tel:+13035550171",
            "mailto:someone@evil.example",
            "//evil.example/x",
            "https:\\\\evil.example",
            "pay at depot.ru",
            "evil。com",
        ] {
            assert!(!found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn without_a_site_no_link_leaves() {
        without_evidence(|context| {
            let draft = Draft::read("See northgatemotors.example.", context);
            assert_eq!(check(&draft, context).len(), 1);
        });
    }
}
