//! The guard of length and form: never empty, never longer than the channel bears, plain text.
//!
//! A text message is billed and delivered in segments: 160 characters of the GSM 7-bit alphabet, or
//! 70 UTF-16 units as soon as one character is not in it; joined ones hold 153 and 67 (3GPP TS 23.038
//! and 23.040). Providers join ten at most. The assistant keeps to fewer: a reader expects a text and
//! not a letter. Spanish and French need characters outside of the alphabet for the same words, so
//! they have more segments, and about as many words.

use std::sync::LazyLock;

use crate::guards::pattern::Pattern;
use forecourt_domain::action::Channel;

use super::{Finding, GuardContext, GuardName, draft::Draft, finding, text::pattern};

/// Segments of a reply by SMS, in the 7-bit alphabet and in UTF-16.
const MOST_SEGMENTS: Segments = Segments { gsm7: 4, ucs2: 7 };
/// Characters of a reply in web chat, by e-mail, and to staff.
const LONGEST_CHAT: usize = 1_200;
const LONGEST_EMAIL: usize = 4_000;
const LONGEST_COPILOT: usize = 8_000;

/// So many times the longest is refused for its length alone.
const FAR: usize = 4;

struct Segments {
    gsm7: usize,
    ucs2: usize,
}

/// Whether the draft is too long, empty, or not plain text.
pub(super) fn check(draft: &Draft, context: &GuardContext) -> Vec<Finding> {
    let text = draft.written.as_str();
    let mut findings = Vec::new();
    if draft.text.chars().all(|c| c.is_whitespace() || c.is_control()) {
        findings.push(finding(GuardName::Length, "", "there are no words in it; write an answer"));
    }
    if let Some(hidden) = text.chars().find(|c| is_hidden(*c)) {
        let excerpt = hidden.escape_unicode().to_string();
        findings.push(finding(GuardName::Length, &excerpt, "write without control characters"));
    }
    if let Some(reason) = too_long(text, context.channel) {
        let excerpt: String = text.chars().take(40).collect();
        findings.push(Finding { guard: GuardName::Length, reason, excerpt });
    }
    let markup = if context.channel == Channel::Sms { MARKDOWN.find(text) } else { None };
    if let Some(markup) = markup.or_else(|| HTML.find(text)) {
        let reason = "write plain text without markup, as in a text message";
        findings.push(finding(GuardName::Length, markup.as_str().trim(), reason));
    }
    findings
}

/// The finding of a draft that is so long that nothing else of it is judged: it would not leave whatever
/// it says, and what is judged must have a bound.
pub(super) fn far_too_long(text: &str, channel: Channel) -> Option<Finding> {
    let longest = match channel {
        // The characters of as many joined segments.
        Channel::Sms => MOST_SEGMENTS.gsm7 * 153,
        Channel::WebChat => LONGEST_CHAT,
        Channel::Email => LONGEST_EMAIL,
        Channel::Copilot => LONGEST_COPILOT,
    };
    text.chars().nth(longest * FAR).is_some().then(|| too_long(text, channel)).flatten().map(|reason| Finding {
        guard: GuardName::Length,
        excerpt: text.chars().take(40).collect(),
        reason,
    })
}

fn too_long(text: &str, channel: Channel) -> Option<String> {
    let longest = match channel {
        Channel::Sms => {
            let (segments, most) = segments(text);
            return (segments > most)
                .then(|| format!("this takes {segments} text messages and may take {most}; say it in fewer words"));
        }
        Channel::WebChat => LONGEST_CHAT,
        Channel::Email => LONGEST_EMAIL,
        Channel::Copilot => LONGEST_COPILOT,
    };
    let characters = text.chars().count();
    (characters > longest)
        .then(|| format!("this has {characters} characters and may have {longest}; say it in fewer words"))
}

/// How many segments a text takes, and how many it may take in its alphabet.
fn segments(text: &str) -> (usize, usize) {
    let septets: Option<usize> = text.chars().map(septets).sum();
    match septets {
        Some(septets) => (in_segments(septets, 160, 153), MOST_SEGMENTS.gsm7),
        None => (in_segments(text.encode_utf16().count(), 70, 67), MOST_SEGMENTS.ucs2),
    }
}

const fn in_segments(units: usize, single: usize, joined: usize) -> usize {
    if units <= single { 1 } else { units.div_ceil(joined) }
}

/// The septets of a character in the GSM 7-bit default alphabet and its extension; none outside of it.
const fn septets(character: char) -> Option<usize> {
    match character {
        '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' | '€' | '\u{c}' => Some(2),
        '`' | '\t' => None,
        '\n' | '\r' | ' '..='~' => Some(1),
        '£' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | 'Ø' | 'ø' | 'Å' | 'å' | 'Δ' | 'Φ' | 'Γ' | 'Λ' | 'Ω' | 'Π'
        | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' | 'Æ' | 'æ' | 'ß' | 'É' | '¤' | '¡' | 'Ä' | 'Ö' | 'Ñ' | 'Ü' | '§' | '¿' | 'ä' | 'ö'
        | 'ñ' | 'ü' | 'à' => Some(1),
        _ => None,
    }
}

/// Control characters, and those that turn the direction of writing or belong to nobody.
const fn is_hidden(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}'
        | '\u{86}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e000}'..='\u{f8ff}' | '\u{fffd}'
        | '\u{e0000}'..='\u{e007f}')
}

static MARKDOWN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?m)\*\*|__|~~|`|(?:^|[.!?:…])\s*#{1,6}\s+\S|#{2,}\s*\S|^\s*[*+]\s+\S|\]\(|^\s*\|.*\||^\s*>\s|(?:^|\s)\*[^\s*][^*\n]{0,80}[^\s*]\*(?:\W|$)|^\s*(?:---|\*\*\*)\s*$",
    )
});
static HTML: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?i)</?(?:a|b|i|u|p|br|div|span|strong|em|img|ul|ol|li|h[1-6]|table|script|html)\b[^>]*>")
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::{self, tests::without_evidence};

    fn reasons(text: &str, channel: Channel) -> Vec<String> {
        without_evidence(|context| {
            let context = GuardContext { channel, ..*context };
            check(&Draft::read(text, &context), &context).into_iter().map(|finding| finding.reason).collect()
        })
    }

    #[test]
    fn segments_are_counted_as_carriers_count_them() {
        for (text, expected) in [
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
            ("é".repeat(160), 1),
            ("[".repeat(80), 1),
            ("[".repeat(81), 2),
            ("á".repeat(70), 1),
            ("á".repeat(71), 2),
            (format!("{}á", "a".repeat(134)), 3),
            ("😀".repeat(35), 1),
            ("😀".repeat(36), 2),
        ] {
            assert_eq!(segments(&text).0, expected, "{text}");
        }
    }

    #[test]
    fn a_reply_is_as_long_as_its_channel_bears_and_no_longer() {
        for (channel, character, longest) in [
            (Channel::Sms, "a", 612),
            (Channel::Sms, "á", 469),
            (Channel::WebChat, "á", 1_200),
            (Channel::Email, "a", 4_000),
        ] {
            assert_eq!(reasons(&character.repeat(longest), channel), Vec::<String>::new(), "{channel} {longest}");
            assert_eq!(reasons(&character.repeat(longest + 1), channel).len(), 1, "{channel} {longest}");
        }
    }

    #[test]
    fn a_draft_far_too_long_is_refused_for_its_length_alone() {
        let claim = "I've booked it.";
        for (channel, most) in [(Channel::Sms, 2_448), (Channel::WebChat, 4_800), (Channel::Email, 16_000)] {
            let judged = |length: usize| {
                let text = format!("{claim}{}", "a".repeat(length - claim.len()));
                without_evidence(|context| guards::check(&text, &GuardContext { channel, ..*context }))
            };
            assert!(judged(most).iter().any(|finding| finding.guard == GuardName::ClaimsMatchEffects), "{channel}");
            let guards: Vec<_> = judged(most + 1).into_iter().map(|finding| finding.guard).collect();
            assert_eq!(guards, [GuardName::Length], "{channel}");
        }
    }

    #[test]
    fn words_are_plain_and_there_are_some() {
        for text in [
            "",
            " \n ",
            "\u{200b}",
            "a\u{7}b",
            "\u{202e}99$",
            "**bold**",
            "# Cars",
            "see [here](x)",
            "*now* ok",
            "<b>x</b>",
            "I'm Ava. # Your offer",
            "Look: ## Cars",
            "We have:\n* one\n* two",
        ] {
            assert!(!reasons(text, Channel::Sms).is_empty(), "{text:?}");
        }
        for text in [
            "Sure!",
            "Two: 1) a 2) b",
            "It's 5 * 3.",
            "Stock #U1043",
            "Stock # U1043",
            "- one\n- two",
            "👍🏽 ok",
            "¿Sí?",
            "2 > 1",
        ] {
            assert_eq!(reasons(text, Channel::Sms), Vec::<String>::new(), "{text:?}");
        }
        assert_eq!(reasons("* a\n* b **c**", Channel::Email), Vec::<String>::new());
    }
}
