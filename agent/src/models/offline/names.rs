//! The name, e-mail address and phone number a customer gives of themselves.

use std::ops::Range;

use super::{
    phrase::find,
    spelling,
    wordlists::{GIVEN_NAMES, NEVER_NAMES},
    words::{Stop, Word},
};

/// A name as said, in the customer's own spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SaidName {
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    pub(super) at: Range<usize>,
}

/// The first e-mail address, in lower case, and its word.
pub(super) fn email(words: &[Word]) -> Option<(String, usize)> {
    let is_mail = |text: &str| {
        let mut parts = text.split('@');
        let (name, host) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let plain = |c: char| c.is_ascii_alphanumeric() || "._%+-@".contains(c);
        parts.next().is_none() && !name.is_empty() && host.contains('.') && text.chars().all(plain)
    };
    words.iter().position(|word| is_mail(&word.text)).map(|at| (words[at].text.clone(), at))
}

/// The words of a phone number: ten digits, in one word or in groups of 3, 3 and 4.
pub(super) fn phone(words: &[Word]) -> Option<Range<usize>> {
    let digits = |at: usize| {
        let text = words.get(at).map(|word| word.text.as_str()).unwrap_or_default();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            text.replace('.', "").len()
        } else {
            0
        }
    };
    (0..words.len()).find_map(|at| match (digits(at), digits(at + 1), digits(at + 2)) {
        (10 | 11, ..) => Some(at..at + 1),
        (3, 3, 4) => Some(at..at + 3),
        (3, 4, _) if words[at + 1].tied => Some(at..at + 2),
        _ => None,
    })
}

/// Phrases that introduce a name, and whether they can introduce nothing else.
const LEADS: &[(&str, bool)] = &[
    ("last|family name ?is", true),
    ("full|first name ?is", true),
    ("my name is", true),
    ("name is", true),
    ("^ name", true),
    ("name to|as|of", false),
    ("under the name of", true),
    ("under the name", true),
    ("it is under|for", false),
    ("^ ?hi|hello|hey|yes this is", false),
    ("my name", false),
    ("i go by", false),
    ("you can call me", false),
    ("^ call me", false),
    ("i am", false),
    ("^ ?hi|hello|hey|yes it is", false),
    ("^ ?hi|hello|hey|yo|yes|okay its", false),
    ("mr|mrs|ms|dr", false),
];

/// The name a customer gives. Where we `asked` for one, a short answer is one.
pub(super) fn name(words: &[Word], asked: bool) -> Option<SaidName> {
    for (lead, sure) in LEADS {
        if let Some(found) = find(words, lead)
            && let Some(name) = name_at(words, found.end, *sure || asked)
        {
            let at = found.start..name.at.end;
            // "My last name is Nguyen", "Mr. Smith".
            let family = words[found].iter().any(|word| word.is_any(&["last", "family", "mr", "mrs", "ms", "dr"]));
            return Some(if family && name.last.is_none() {
                SaidName { first: None, last: name.first, at }
            } else {
                SaidName { at, ..name }
            });
        }
    }
    let here = words.iter().position(|word| word.text == "here").filter(|at| (1..=3).contains(at));
    if let Some(here) = here
        && let Some(name) = (0..here).find_map(|start| name_at(words, start, false)).filter(|name| name.at.end == here)
    {
        return Some(name);
    }
    let start = usize::from(words.first().is_some_and(|word| word.is_any(&["yes", "sure", "okay"])));
    let short = words.len() <= start + 3 && !words.iter().any(|word| word.stop == Stop::Question);
    (asked && short).then(|| name_at(words, start, true)).flatten().filter(|name| name.at.end == words.len())
}

/// One to three words of a name from `at` on.
fn name_at(words: &[Word], at: usize, sure: bool) -> Option<SaidName> {
    let mut end = at;
    while end < words.len() && end < at + 3 && fits_a_name(&words[end], sure, end > at) {
        end += 1;
        if words[end - 1].stop != Stop::None {
            break;
        }
    }
    if end == at {
        return None;
    }
    // In lower case only a name that ends its clause is surely one: "im ann", not "im thinking of".
    let clause_ends =
        words.get(end).is_none_or(|word| word.is_any(&["and", "i", "my", "from", "with", "here", "btw", "again"]))
            || words[end - 1].stop != Stop::None;
    let capital = words.get(at).is_some_and(capitalised);
    if !(sure || capital || clause_ends) {
        return None;
    }
    let mut parts: Vec<String> = Vec::new();
    for word in &words[at..end] {
        match parts.last_mut().filter(|_| word.tied) {
            // "Jean-Luc" is one name.
            Some(last) => {
                last.push('-');
                last.push_str(&as_name(&word.raw));
            }
            None => parts.push(as_name(&word.raw)),
        }
    }
    let (first, rest) = parts.split_first()?;
    let last = (!rest.is_empty()).then(|| rest.join(" "));
    Some(SaidName { first: Some(first.clone()), last, at: at..end })
}

fn capitalised(word: &Word) -> bool {
    word.raw.chars().next().is_some_and(char::is_uppercase)
}

fn fits_a_name(word: &Word, sure: bool, follows: bool) -> bool {
    let letters = word.raw.chars().filter(|c| c.is_alphabetic()).count();
    let shaped = (2..=20).contains(&letters) && word.raw.chars().all(|c| c.is_alphabetic() || c == '\'');
    if !shaped || NEVER_NAMES.contains(word.text.as_str()) {
        return false;
    }
    let verb = word.text.len() > 5 && (word.text.ends_with("ing") || word.text.ends_with("ed"));
    let lower = word.raw.to_lowercase();
    let known = spelling::is_word(&lower) && !(capitalised(word) && GIVEN_NAMES.contains(lower.as_str()));
    if capitalised(word) { !known || sure || follows } else { (sure && !(follows && known)) || !(known || verb) }
}

/// `ann` and `ANN` as `Ann`; any other spelling is the customer's own.
fn as_name(raw: &str) -> String {
    let one_case = raw.chars().all(|c| !c.is_lowercase()) || raw.chars().all(|c| !c.is_uppercase());
    let mut letters = raw.chars();
    match letters.next() {
        Some(first) if one_case => first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect(),
        _ => raw.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::words::read, *};

    fn said(text: &str, asked: bool) -> Option<(String, Option<String>)> {
        name(&read(text), asked).map(|name| (name.first.unwrap_or_default(), name.last))
    }

    #[test]
    fn a_name_is_taken_as_the_customer_spells_it() {
        let cases = [
            ("I'm Ann Lee", "Ann", Some("Lee")),
            ("my name is ann lee", "Ann", Some("Lee")),
            ("Hi, this is Miguel O'Brien.", "Miguel", Some("O'Brien")),
            ("this is Sue, I'd like to come in", "Sue", None),
            ("im dave", "Dave", None),
            ("My name's Bob and I need a truck", "Bob", None),
            ("name is JOE MCCOY", "Joe", Some("Mccoy")),
            ("Priya here", "Priya", None),
            ("sarah here, is it there", "Sarah", None),
            ("Name: Laura Palmer", "Laura", Some("Palmer")),
            ("its bob", "Bob", None),
            ("Im Jessica btw", "Jessica", None),
            ("my last name is Nguyen", "", Some("Nguyen")),
            ("Jean-Luc Picard here", "Jean-Luc", Some("Picard")),
            ("I'm Mr. Smith", "", Some("Smith")),
        ];
        for (text, first, last) in cases {
            assert_eq!(said(text, false), Some((first.to_owned(), last.map(str::to_owned))), "{text}");
        }
        assert_eq!(said("ann lee", true), Some(("Ann".to_owned(), Some("Lee".to_owned()))));
    }

    #[test]
    fn what_somebody_is_or_does_is_no_name() {
        for text in [
            "I'm interested in the CX-5",
            "I'm Looking for a truck",
            "this is ridiculous",
            "im good thanks",
            "I am running late",
            "it's available?",
            "I'm thinking of a hybrid",
            "this is about the Civic",
            "I'm not sure",
            "is anyone here",
        ] {
            assert_eq!(said(text, false), None, "{text}");
        }
        assert_eq!(said("what are your hours?", true), None);
    }

    #[test]
    fn addresses_and_numbers_are_found() {
        assert_eq!(email(&read("my email is Ann.Lee@Example.com.")).unwrap().0, "ann.lee@example.com");
        assert_eq!(phone(&read("call me at (555) 123-4567")), Some(3..6));
        assert_eq!(phone(&read("5551234567")), Some(0..1));
        assert_eq!(phone(&read("under 30000")), None);
    }
}
