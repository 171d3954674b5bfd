//! What people write when they want silence, and what only sounds like it.

use std::path::PathBuf;

use forecourt_domain::keywords::{Keyword, classify};

/// Rows of `expected,text` in our own words; a line that begins with `#` names the kind.
const OURS: &str = include_str!("keywords.csv");

fn wrong_rows(rows: impl IntoIterator<Item = (Option<Keyword>, String)>) -> Vec<String> {
    let wrong = rows.into_iter().map(|(expected, text)| (classify(&text), expected, text));
    wrong.filter(|(got, expected, _)| got != expected).map(|(got, _, text)| format!("{got:?}: {text:?}")).collect()
}

#[test]
fn a_request_about_the_channel_is_told_from_ordinary_talk() {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(OURS.as_bytes());
    let rows: Vec<(Option<Keyword>, String)> = reader.deserialize().map(Result::unwrap).collect();
    assert!(rows.len() > 600);
    let wrong = wrong_rows(rows);
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_text_seen_in_the_wild_is_understood() {
    let Some(path) = shared("optout/optout_texts.csv") else { return };
    // The sources hold unquoted commas, so some rows are longer than the others.
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).unwrap();
    let known = reader.records().map(|row| {
        let row = row.unwrap();
        let expected = match &row[1] {
            "opt_out" | "opt_out_freeform" => Some(Keyword::Stop),
            "opt_in" => Some(Keyword::Start),
            "help" => Some(Keyword::Help),
            // Declining an offer says nothing about being texted: `ambiguous` goes to the agent.
            "not_opt_out" | "not_opt_in_after_stop" | "ambiguous" => None,
            other => panic!("unknown class {other}"),
        };
        (expected, row[0].to_owned())
    });
    let wrong = wrong_rows(known);
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// A file of the shared test inputs, or a line that says why the test did nothing.
#[allow(clippy::print_stdout, reason = "a skipped test says so")]
fn shared(file: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("FORECOURT_SHARED_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")), PathBuf::from);
    let path = folder.join(file);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is absent (set FORECOURT_SHARED_DATA)", path.display());
    None
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
