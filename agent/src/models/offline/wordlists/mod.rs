//! Lists of words kept as text: what is a word of every day, what is no name, what is no English.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

type Words = LazyLock<HashSet<&'static str>>;

fn set(text: &'static str) -> HashSet<&'static str> {
    text.split_whitespace().collect()
}

/// Everyday words that are within reach of a word of the trade and must stay what they are.
pub(super) static ORDINARY: Words = LazyLock::new(|| set(include_str!("ordinary.txt")));

/// Words of requests that are worth correcting towards, beside the vocabulary of the lot.
pub(super) const REQUESTS: &str = include_str!("requests.txt");

/// Names of days and months and what else says when.
pub(super) const CALENDAR: &str = include_str!("calendar.txt");

/// Given names that are also words; with a capital they are names.
pub(super) static GIVEN_NAMES: Words = LazyLock::new(|| set(include_str!("given_names.txt")));

/// Words that follow "I am" or "this is" without being a name, and words that end a name.
pub(super) static NEVER_NAMES: Words = LazyLock::new(|| set(include_str!("never_names.txt")));

/// Frequent English words.
pub(super) static ENGLISH: Words = LazyLock::new(|| set(include_str!("english.txt")));

/// Frequent words of other languages that customers write, none of them English.
pub(super) static FOREIGN: Words = LazyLock::new(|| set(include_str!("foreign.txt")));

/// Foreign words that suffice alone.
pub(super) static FOREIGN_ALONE: Words = LazyLock::new(|| set(include_str!("foreign_alone.txt")));

/// Spellings of text messages and the words they stand for.
pub(super) static SHORTHAND: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| include_str!("shorthand.txt").lines().filter_map(|line| line.split_once(" = ")).collect());

/// Classes of words that mean the same to a pattern of [`super::phrase`]: `@day`, `@car`.
pub(super) static CLASSES: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("classes.txt").lines().filter_map(|line| line.split_once(" = "));
    lines.map(|(name, words)| (name, words.split(' ').collect())).collect()
});
