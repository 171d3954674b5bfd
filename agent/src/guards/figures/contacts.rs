//! Phone numbers, e-mail addresses, hosts of links and street addresses in a text.

use std::sync::LazyLock;

use crate::guards::pattern::Pattern;

use super::{Scan, Value};
use crate::guards::text::pattern;

static EMAIL: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}"));
/// `//host` after any scheme, and what precedes an `@` in it, which is no host but a disguise.
static URL: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r#"(?i)\b[a-z][a-z0-9+.-]*://(?:[^\s/?#"<>]*@)?([^\s/?#:"<>()\\]+)[^\s"<>]*"#));
static BARE_HOST: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\bwww\.[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+|[\p{L}\p{N}][\p{L}\p{N}-]*(?:\.[\p{L}\p{N}-]+)*\.(?:com|net|org|io|co|us|ca|mx|es|fr|eu|uk|de|info|biz|shop|store|dealer|auto|autos|cars|app|dev|me|link|ly|gl|gd|page|site|online|xyz|top|to|cc|ai|tv|name|pro|club|live|news|blog|tech|cloud|win|ru|cn|br|nl|pl|jp|nz|example))(?::\d+)?(?:[/?#][^\s<>]*)?",
    )
});

/// Reads e-mail addresses and links.
pub(super) fn read_links(scan: &mut Scan) {
    for url in URL.captures_iter(scan.text) {
        if let (Some(all), Some(host)) = (url.get(0), url.get(1)) {
            let end = all.start() + all.as_str().trim_end_matches(['.', ',', '!', '?', ')', '\'', ':']).len();
            scan.take(all.start()..end, Value::Host(host_name(host.as_str())));
        }
    }
    for email in EMAIL.find_iter(scan.text) {
        if scan.is_free(&email.range()) {
            scan.take(email.range(), Value::Email(email.as_str().to_lowercase()));
        }
    }
    for host in BARE_HOST.find_iter(scan.text) {
        let end = host.start() + host.as_str().trim_end_matches(['.', ',', '!', '?', ')', '\'', ':']).len();
        let ends_there = !scan.text[host.end()..].starts_with(|c: char| c.is_alphanumeric());
        if ends_there && scan.is_free(&(host.start()..end)) {
            let name = host.as_str().split(['/', '?', '#', ':']).next().unwrap_or_default();
            scan.take(host.start()..end, Value::Host(host_name(name)));
        }
    }
}

fn host_name(host: &str) -> String {
    let lower = host.to_lowercase();
    let lower = lower.trim_end_matches('.');
    lower.strip_prefix("www.").unwrap_or(lower).to_owned()
}

/// International, North American, and the national forms of France, Spain and Mexico.
static PHONE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?x)
        \+\d(?:[\s().-]{0,2}\d){6,14}
        | \b1?[\s.-]?\(\d{3}\)[\s.-]?\d{3}[\s.-]?\d{4}\b
        | \(\d{3}\)[\s.-]?\d{3}[\s.-]?\d{4}\b
        | \b(?:1[\s.-])?\d{3}[.-]\d{3}[.-]\d{4}\b
        | \b(?:1[\s.-])?\d{3}\s\d{3}[\s-]\d{4}\b
        | \b1?\d{10}\b
        | \b\d{3}[.-]\d{4}\b
        | \b0\d(?:[\s.-]\d{2}){4}\b
        | \b[6-9]\d{2}\s\d{3}\s\d{3}\b
        | \b\d{2}\s\d{4}\s\d{4}\b",
    )
});
/// 1-800-FLOWERS: letters stand for the digits of their key.
static VANITY: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"\b(?:1-)?8(?:00|33|44|55|66|77|88)-[A-Z0-9-]*[A-Z][A-Z0-9-]*\b"));

/// Reads phone numbers.
pub(super) fn read_phones(scan: &mut Scan) {
    for phone in VANITY.find_iter(scan.text).chain(PHONE.find_iter(scan.text)) {
        if scan.is_free(&phone.range()) {
            scan.take(phone.range(), Value::Phone(dialled(phone.as_str())));
        }
    }
}

/// The `+` and digits of a phone number; letters become the digits of their key.
pub(in crate::guards) fn dialled(text: &str) -> String {
    let keyed = text.chars().filter_map(|character| match character.to_ascii_uppercase() {
        '+' => Some('+'),
        digit if digit.is_ascii_digit() => Some(digit),
        letter @ 'A'..='Z' => "22233344455566677778889999".chars().nth(usize::from(letter as u8 - b'A')),
        _ => None,
    });
    keyed.collect()
}

const STREET_TYPES: &str = "street|st|avenue|ave|av|boulevard|blvd|road|rd|drive|dr|lane|ln|parkway|pkwy|highway|hwy|court|ct|\
     place|pl|way|circle|cir|terrace|ter|trail|trl|loop|square|sq|plaza|pike|turnpike|expressway|expy|freeway|fwy";

static ADDRESS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        r"(?x)
        \b\d{{1,6}}[A-Za-z]?\s+(?:[A-Z][\w'.]*\s+|\d+(?:st|nd|rd|th)\s+){{1,4}}?(?i:{STREET_TYPES})\b\.?(?:\s+(?:[NSEW]{{1,2}}|North|South|East|West)\b)?
        | \b\d{{1,6}}[A-Za-z]?\s+(?i:highway|hwy|route|rte|us|state\ road|sr|county\ road|cr)[\s.-]+\d{{1,4}}\b
        | \b\d{{1,4}},?\s+(?i:rue|boulevard|bd|avenue|chemin|route|place|quai)\s+[\w'.\s-]{{2,40}}?(?:,|\.|\n|$)
        | \b(?i:calle|avenida|av\.|avda\.|paseo|carretera|camino|calzada)\s+[\w.\s]{{2,30}}?,?\s+(?i:n[úu]m(?:ero|\.)?\s*|\#\s?)?\d{{1,5}}\b"
    ))
});
/// A look that costs little, before the search for whole addresses, which costs much.
static STREET_WORD: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:{STREET_TYPES}|route|rte|us|state|sr|county|cr|rue|bd|chemin|quai|calle|avenida|avda|paseo|carretera|camino|calzada)\b"
    ))
});
static POSTAL_CODE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"\b[A-Z]{2},?\s+(\d{5}(?:-\d{4})?)\b|(?i)\b(?:zip|postal)(?: code)?(?: is| as|:)?\s+(\d{5}(?:-\d{4})?)\b")
});

/// Reads street addresses, and postal codes behind a state.
pub(super) fn read_addresses(scan: &mut Scan) {
    let text = if STREET_WORD.is_match(scan.text) { scan.text } else { "" };
    for address in ADDRESS.find_iter(text) {
        if scan.is_free(&address.range()) {
            scan.take(address.range(), Value::Address(address_words(address.as_str())));
        }
    }
    for code in POSTAL_CODE.captures_iter(scan.text) {
        let code = code.get(1).or_else(|| code.get(2));
        if let Some(code) = code.filter(|code| scan.is_free(&code.range())) {
            scan.take(code.range(), Value::Address(address_words(code.as_str())));
        }
    }
}

/// The ways an address shortens its words, in pairs of short and long.
const SHORTENED: [(&str, &str); 27] = [
    ("st", "street"),
    ("ave", "avenue"),
    ("av", "avenue"),
    ("avda", "avenida"),
    ("blvd", "boulevard"),
    ("bd", "boulevard"),
    ("rd", "road"),
    ("dr", "drive"),
    ("ln", "lane"),
    ("pkwy", "parkway"),
    ("hwy", "highway"),
    ("ct", "court"),
    ("pl", "place"),
    ("cir", "circle"),
    ("ter", "terrace"),
    ("trl", "trail"),
    ("sq", "square"),
    ("expy", "expressway"),
    ("fwy", "freeway"),
    ("n", "north"),
    ("s", "south"),
    ("e", "east"),
    ("w", "west"),
    ("ne", "northeast"),
    ("nw", "northwest"),
    ("se", "southeast"),
    ("sw", "southwest"),
];

/// The words of an address in lower case, with shortened ones written out.
pub(in crate::guards) fn address_words(address: &str) -> Vec<String> {
    let words = address.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let lower = word.to_lowercase();
            SHORTENED.iter().find(|(short, _)| *short == lower).map_or(lower, |(_, long)| (*long).to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_its_digits_however_it_is_grouped() {
        for text in ["(720) 555-0100", "720.555.0100", "720 555 0100"] {
            assert_eq!(dialled(text), "7205550100");
        }
        assert_eq!(dialled("1-800-NEW-CARS"), "18006392277");
    }

    #[test]
    fn an_address_is_the_same_written_out_or_short() {
        assert_eq!(address_words("1250 W. Colfax Ave."), address_words("1250 West Colfax Avenue"));
    }
}
