//! Misspelled words of the vocabulary, corrected by edit distance.
//!
//! Only words that are in no list of ours are corrected, only towards words that matter, and only
//! when exactly one of those is nearest: a wrong correction is worse than a question back.

use std::{collections::HashSet, sync::LazyLock};

use super::{
    amounts, cues, lexicon,
    wordlists::{CALENDAR, ORDINARY, REQUESTS},
    words::Word,
};

/// What is corrected towards, each once, in a fixed order.
static TARGETS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut words: Vec<&str> =
        lexicon::vocabulary().chain(CALENDAR.split_whitespace()).chain(REQUESTS.split_whitespace()).collect();
    words.retain(|word| word.chars().count() >= 4 && word.chars().all(char::is_alphabetic));
    let plurals: Vec<String> =
        words.iter().filter(|word| !word.ends_with('s')).map(|word| format!("{word}s")).collect();
    let mut words: Vec<String> = words.into_iter().map(str::to_owned).chain(plurals).collect();
    words.sort_unstable();
    words.dedup();
    words
});

/// Every word of ours, which is therefore right as it is.
static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let cues = cues::all().flat_map(|pattern| pattern.split([' ', '|', '?']));
    let listed = CALENDAR.split_whitespace().chain(REQUESTS.split_whitespace());
    lexicon::vocabulary().chain(listed).chain(amounts::number_words()).chain(cues).collect()
});

/// Corrects `word` if it is surely misspelled.
pub(super) fn correct(word: &mut Word) {
    if let Some(meant) = meant(&word.text) {
        word.text = meant.to_owned();
    }
}

/// Whether `word`, in lower case, is one we know: of the trade or of every day.
pub(super) fn is_word(word: &str) -> bool {
    let listed = |word: &str| ORDINARY.contains(word) || KNOWN.contains(word);
    listed(word) || ["s", "es"].iter().any(|ending| word.strip_suffix(ending).is_some_and(listed))
}

/// The word of the vocabulary that `word` was meant to be, if it is not a word already.
fn meant(word: &str) -> Option<&'static str> {
    let letters: Vec<char> = word.chars().collect();
    let spelled = letters.len() >= 4 && letters.len() <= 20 && letters.iter().all(|letter| letter.is_alphabetic());
    if !spelled || is_word(word) {
        return None;
    }
    let reach = match letters.len() {
        0..=6 => 1,
        7.. => 2,
    };
    let mut best: Option<((usize, bool, bool), &str)> = None;
    let mut tied = false;
    for candidate in TARGETS.iter().map(String::as_str) {
        if candidate.chars().next() != letters.first().copied() || candidate.len().abs_diff(word.len()) > reach {
            continue;
        }
        let away = distance(&letters, &candidate.chars().collect::<Vec<_>>());
        // Four letters leave little to recognise: there only a slip of order or a lost letter counts.
        if away > reach || (letters.len() == 4 && candidate.len() == 4 && !same_letters(&letters, candidate)) {
            continue;
        }
        // Of two equally near words the one with the same ending is meant ("camery" is no camera), then
        // the one of which a letter was lost: "heatd" has one too few, not one too many.
        let other_ending = candidate.chars().last() != letters.last().copied();
        let rank = (away, other_ending, candidate.len() < word.len());
        match best {
            Some((other, _)) if other < rank => {}
            Some((other, _)) if other == rank => tied = true,
            _ => (best, tied) = (Some((rank, candidate)), false),
        }
    }
    best.filter(|_| !tied).map(|(_, candidate)| candidate)
}

fn same_letters(letters: &[char], candidate: &str) -> bool {
    let sorted = |letters: &mut Vec<char>| letters.sort_unstable();
    let (mut left, mut right) = (letters.to_vec(), candidate.chars().collect::<Vec<_>>());
    sorted(&mut left);
    sorted(&mut right);
    left == right
}

/// Edit distance in which swapping two neighbours is one edit (optimal string alignment).
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (i, from) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in right.iter().enumerate() {
            let changed = above[j] + usize::from(from != to);
            let mut cost = changed.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *from == right[j - 1] && left[i - 1] == *to {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{super::words::read, *};

    fn corrected(text: &str) -> String {
        let mut words = read(text);
        words.iter_mut().for_each(correct);
        words.into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn misspelled_words_of_the_trade_are_understood() {
        let cases = [
            ("mazada", "mazda"),
            ("toyta", "toyota"),
            ("hundai", "hyundai"),
            ("chevorlet", "chevrolet"),
            ("subuaru", "subaru"),
            ("nisan", "nissan"),
            ("corrola", "corolla"),
            ("tommorow", "tomorrow"),
            ("wensday", "wednesday"),
            ("thurday", "thursday"),
            ("satuday", "saturday"),
            ("appointmnt", "appointment"),
            ("availble", "available"),
            ("hybird", "hybrid"),
            ("milage", "mileage"),
            ("adress", "address"),
            ("shedule", "schedule"),
            ("reschedual", "reschedule"),
            ("finacing", "financing"),
            ("heatd", "heated"),
            ("civcs", "civics"),
        ];
        for (typed, meant) in cases {
            assert_eq!(corrected(typed), meant);
        }
    }

    #[test]
    fn correct_words_stay() {
        for text in
            ["there form house great hand back date sale audit kind food later", "my friend wants one for her son"]
        {
            assert_eq!(corrected(text), text);
        }
    }
}
