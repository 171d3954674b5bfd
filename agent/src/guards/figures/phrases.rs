//! Idioms whose digits are no figures, and the letters and digits that name a record.

use std::sync::LazyLock;

use crate::guards::pattern::Pattern;

use super::{Said, Scan, Value};
use crate::guards::text::pattern;

/// "24/7", "No. 1", "4x4", list numbers and the like. The group 1, where there is one, is masked
/// alone, else the whole.
static IDIOMS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    [
        r"\b24\s?/\s?7\b|\b24x7\b|\b50/50\b|\b[42]\s?[xX]\s?[42]\b|\b[24][Ww][Dd]\b|\b[Vv]-?(?:4|6|8|10|12)\b",
        r"(?i)\bno\.\s?1\b|\bnumber one\b|#\s?1\b|\b1-on-1\b|\bone[- ]on[- ]one\b|\bone-stop\b|\bmp3\b|\b[45]g\b",
        r"(?i)\b(?:call|dial)\s+911\b",
        r"(?m)^\s*(?:[-*•]\s*)?\(?\d{1,2}[.)]\s|(?:^|[\s(:])\(?\d{1,2}\)\s",
        r"(?i)\b(?:option|step|choice|question|number|no\.|press|reply|text|item|part|level|type|tier|phase|opci[oó]n|opci[oó]n|num[ée]ro|n[uú]mero)\s?#?(\d{1,2})\b",
        r"(?i)\b100\s?%\s+(?:sure|certain|electric|free|honest|committed|digital|online|el[eé]ctric|[ée]lectrique)",
        r"(?i)\b(?:one|a|1)[\s-](?:moment|second|sec|minute|min)\b",
        r"(?i)\b\d{1,3}[\s-]?(?:doors?|rows?|speed|cyl\w*|way|degrees?|in-1|on-1|wheel|zone|spoke|speakers?)\b|\b\d{1,3}\s?°",
        r"(?i)\bmil (?:gracias|disculpas|perdones)\b|\bmille (?:mercis?|excuses|pardons)\b|\bmuchas mil\b|\bcien por ciento seguro\b",
        r"(?i)\b(?:\d/\d|half)[\s-]ton\b|\b1/2 (?:price|off)\b",
    ]
    .into_iter()
    .map(pattern)
    .collect()
});

/// Masks the idioms.
pub(super) fn mask_idioms(scan: &mut Scan) {
    for idiom in IDIOMS.iter() {
        let spans: Vec<_> = idiom
            .captures_iter(scan.text)
            .filter_map(|found| found.get(1).or_else(|| found.get(0)))
            .map(|m| m.range())
            .collect();
        for span in spans {
            scan.mask(span);
        }
    }
}

static NAMED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        \b(?:stock|stk|inventory|ticket|reference|ref|case|confirmation|request|referencia|inventario|r[ée]f[ée]rence)
          (?:\s*(?:numbers?|no\b\.?|num\b\.?|id|code|n[°º]|n[uú]mero|\#|:|\(|is|was|es|est))+\s*\#?\s*([a-z]{0,4}-?\d[a-z0-9-]*)
        | \#\s?([a-z]{0,4}-?\d{2,}[a-z0-9-]*)
        | \bvin\b(?:\s*(?:numbers?|no\b\.?|is|\#|:|\())*\s*([a-z0-9]*\d[a-z0-9]{4,})",
    )
});
static ENDING: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:ending|ends|finishing|finishes|termin[ae]|acaba|finit)(?:\s+(?:in|with|on|en|par|con))?\s+#?([a-z0-9]*\d[a-z0-9]*)\b",
    )
});

/// Reads the identifiers a text names as such, even when they are digits only.
pub(super) fn read_named_identifiers(scan: &mut Scan) {
    let ending = ENDING.captures_iter(scan.text).map(|found| (found, Said::Ending));
    let named = NAMED.captures_iter(scan.text).map(|found| (found, Said::Named));
    for (found, said) in ending.chain(named) {
        let code = found.iter().skip(1).flatten().next().filter(|code| code.len() >= 3 && scan.is_free(&code.range()));
        if let Some(code) = code {
            scan.take(code.range(), Value::Identifier { text: identifier(code.as_str()), said });
        }
    }
}

/// Letters first: `U1043`, `H-1042`, `RAV4`, `CX-9`. Digits first are met when amounts are read.
static BARE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"\b(?:[A-Za-z]+\d[A-Za-z0-9]*(?:-[A-Za-z0-9]*\d[A-Za-z0-9]*)*|(?:[A-Z]{1,5}|[a-z]{1,2})[-.]\d[A-Za-z0-9]*|\d{13,})\b",
    )
});

/// Reads what looks like a stock number or a model and was not masked as a name of evidence.
pub(super) fn read_bare_identifiers(scan: &mut Scan) {
    for code in BARE.find_iter(scan.text) {
        if scan.is_free(&code.range()) {
            scan.take(code.range(), Value::Identifier { text: identifier(code.as_str()), said: Said::Bare });
        }
    }
}

/// Letters and digits in upper case: how two spellings of an identifier are compared.
pub(in crate::guards) fn identifier(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|character| character.to_ascii_uppercase()).collect()
}
