//! Stock numbers and VINs inside a text.

use std::ops::Range;

use super::{lexicon, words::Word};

/// The stock numbers and VINs in `words`, in capitals, with where they stand. `known` are those of
/// the conversation, which are recognised in any form.
pub(super) fn stocks(words: &[Word], taken: &[bool], known: &[&str]) -> Vec<(String, Range<usize>)> {
    let mut found: Vec<(String, Range<usize>)> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let stock = if taken.get(at) == Some(&true) { None } else { stock_at(words, at, known) };
        match stock {
            Some((stock, end)) => {
                if !found.iter().any(|(other, _)| *other == stock) {
                    found.push((stock, at..end));
                }
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

fn stock_at(words: &[Word], at: usize, known: &[&str]) -> Option<(String, usize)> {
    let (written, end) = tied_text(words, at);
    if let Some(stock) = known.iter().find(|stock| stock.eq_ignore_ascii_case(&written)) {
        return Some(((*stock).to_owned(), end));
    }
    if is_vin(&written) {
        return Some((written, end));
    }
    let said = introduced(words, at);
    let has_digit = written.bytes().any(|byte| byte.is_ascii_digit());
    let shaped = written.len() >= 3
        && written.len() <= 12
        && written.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if said && has_digit && shaped {
        return Some((written, end));
    }
    (looks_like_stock(&words[at].text) && lexicon::hits(&words[at..end]).is_empty()).then_some((written, end))
}

/// A word and those tied to it by hyphens, in capitals.
fn tied_text(words: &[Word], at: usize) -> (String, usize) {
    let mut written = words[at].text.to_uppercase();
    let mut end = at + 1;
    while let Some(next) = words.get(end).filter(|word| word.tied) {
        written.push('-');
        written.push_str(&next.text.to_uppercase());
        end += 1;
    }
    (written, end)
}

/// Whether the words before say that a stock number follows: `stock number`, `stk`, `#`.
fn introduced(words: &[Word], at: usize) -> bool {
    let before = &words[at.saturating_sub(3)..at];
    let mut rest = before.iter().rev().skip_while(|word| word.is_any(&["number", "no", "is", "#"]));
    let direct = before.last().is_some_and(|word| word.text == "#");
    // "#2" counts what was listed; "#4412" names a vehicle.
    (direct && words[at].text.len() >= 3) || rest.next().is_some_and(|word| word.is_any(&["stock", "stk", "unit"]))
}

/// One to three letters and three to six digits, perhaps one more letter: `U1043`, `P12345A`.
fn looks_like_stock(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = &text.as_bytes()[letters..];
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let tail = &rest[digits..];
    (1..=3).contains(&letters)
        && (3..=6).contains(&digits)
        && (tail.is_empty() || (tail.len() == 1 && tail[0].is_ascii_alphabetic()))
}

/// Seventeen letters and digits without I, O and Q, some of each. The check digit is the tool's to judge.
fn is_vin(written: &str) -> bool {
    written.len() == 17
        && written.bytes().all(|byte| byte.is_ascii_alphanumeric() && !b"IOQ".contains(&byte))
        && written.bytes().any(|byte| byte.is_ascii_digit())
        && written.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::{super::words::read, *};

    fn found(text: &str) -> Vec<String> {
        let words = read(text);
        stocks(&words, &vec![false; words.len()], &["24-1023"]).into_iter().map(|(stock, _)| stock).collect()
    }

    #[test]
    fn stock_numbers_are_told_from_models() {
        assert_eq!(found("is u1043 still there?"), ["U1043"]);
        assert_eq!(found("stock #12345 or stock number P9876A"), ["12345", "P9876A"]);
        assert_eq!(found("the 24-1023"), ["24-1023"]);
        assert_eq!(found("VIN 1M8GDM9AXKP042788"), ["1M8GDM9AXKP042788"]);
        assert!(found("F150, C300, an RX350 or option #2 at 330pm").is_empty());
        assert!(found("a 2021 with 40000 miles").is_empty());
    }
}
