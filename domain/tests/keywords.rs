//! What people write when they want silence, and what only sounds like it.

use forecourt_domain::keywords::{Keyword, classify};

/// Rows of `expected,text` in our own words; a line that begins with `#` names the kind.
const OURS: &str = include_str!("keywords.csv");

#[test]
fn a_request_about_the_channel_is_told_from_ordinary_talk() {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(OURS.as_bytes());
    let rows: Vec<(Option<Keyword>, String)> = reader.deserialize().map(Result::unwrap).collect();
    assert!(rows.len() > 600);
    let wrong = rows.iter().map(|(expected, text)| (classify(text), *expected, text));
    let wrong: Vec<_> =
        wrong.filter(|(got, expected, _)| got != expected).map(|(got, _, text)| format!("{got:?}: {text:?}")).collect();
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_classifier(text in "\\PC{0,200}") {
        let _ = classify(&text);
    }
}

#[test]
fn a_hostile_megabyte_is_read_only_so_far() {
    let innocent = "hello ".repeat(200_000);
    assert_eq!(classify(&format!("{innocent}. STOP")), None);
    let hostile = "stop the the texts bob, ".repeat(50_000);
    assert_eq!(classify(&hostile), Some(Keyword::Stop));
}
