//! A text as sentences of plain words: without case, accents, punctuation, emoji and disguises.

use crate::search::fold;

/// How far a text is read. An SMS holds 1,600 characters; a hostile mail must not cost time.
const LONGEST: usize = 4_000;

/// The sentences of a text, each as its words: `Don't STOOOP, Ann!` is `[dont stop] [ann]`.
///
/// Lines that quote an earlier mail (`> …`) are left out. Punctuation inside quotation marks ends no sentence,
/// so that somebody else's "… . Reply STOP to opt out." is no sentence of the writer.
pub(super) fn sentences(text: &str) -> Vec<Vec<String>> {
    let text: String = text.chars().take(LONGEST).map(half_width).collect();
    if let Some(sign) = stop_sign(&text) {
        return vec![vec![sign.to_owned()]];
    }
    text.lines()
        .filter(|line| !line.trim_start().starts_with('>'))
        .flat_map(split_line)
        .map(|sentence| words(&sentence))
        .filter(|words| !words.is_empty())
        .collect()
}

/// Whether the text is a phone's way of saying that a message was liked: `Liked “Reply STOP to opt out”`.
pub(super) fn is_reaction(text: &str) -> bool {
    #[rustfmt::skip]
    const REACTIONS: [&str; 22] = [
        "liked", "loved", "disliked", "laughed at", "emphasized", "emphasised", "questioned", "reacted to", "to",
        "le gusto", "le encanto", "no le gusto", "se rio de", "destaco", "enfatizo", "a aime", "a adore",
        "n a pas aime", "a ri de", "a souligne", "j aime", "reagi a",
    ];
    let quotes = text.trim_end().ends_with(['"', '”', '»']);
    let Some((before, _)) = text.split_once(['"', '“', '«']).filter(|(before, _)| quotes && before.len() < 40)
    else {
        return false;
    };
    let before = words(before).join(" ");
    REACTIONS.contains(&before.as_str()) || before.starts_with("removed a")
}

/// A text of nothing but a stop sign says stop.
fn stop_sign(text: &str) -> Option<&'static str> {
    let signs = text.chars().filter(|c| matches!(c, '🛑' | '⛔' | '🚫')).count();
    let written = text.chars().any(char::is_alphanumeric);
    (signs > 0 && !written).then_some("stop")
}

/// Letters of East Asian keyboards, `ＳＴＯＰ`, are the same letters.
fn half_width(letter: char) -> char {
    match letter {
        '！'..='～' => u32::from(letter).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(letter),
        other => other,
    }
}

fn split_line(line: &str) -> Vec<String> {
    let letters: Vec<char> = line.chars().collect();
    // An odd number of straight marks is no quotation but an inch sign: 20" wheels.
    let straight_marks_pair = line.matches('"').count().is_multiple_of(2);
    let mut quoted = false;
    let mut sentences = vec![String::new()];
    for (at, &letter) in letters.iter().enumerate() {
        match letter {
            '"' if straight_marks_pair => quoted = !quoted,
            '“' | '«' => quoted = line.contains(['”', '»']),
            '”' | '»' => quoted = false,
            _ => {}
        }
        let next_is_letter = letters.get(at + 1).is_some_and(|next| next.is_alphanumeric());
        let ends = match letter {
            ',' => !lists_channels(&letters[..at], &letters[at + 1..]),
            '!' | '?' | ';' | ':' | '—' | '–' | '…' | '¡' | '¿' => true,
            // Not in S.T.O.P nor in non-stop.
            '.' => !next_is_letter,
            '-' => !next_is_letter && at.checked_sub(1).is_some_and(|before| letters[before] == ' '),
            _ => false,
        };
        if ends && !quoted {
            sentences.push(String::new());
        } else if let Some(sentence) = sentences.last_mut() {
            sentence.push(letter);
        }
    }
    sentences
}

/// Whether a comma stands inside a list of ways to reach somebody: "do not call, text, or email me".
fn lists_channels(before: &[char], after: &[char]) -> bool {
    const WAYS: [&str; 7] = ["call", "text", "email", "message", "contact", "mail", "write"];
    const JOINTS: [&str; 3] = ["or", "nor", "and"];
    let word_of = |letters: &[char]| letters.iter().collect::<String>().to_lowercase();
    let last = before.rsplit(|c| !c.is_alphabetic()).next().map(word_of).unwrap_or_default();
    let after = &after[after.iter().take_while(|c| **c == ' ').count()..];
    let next = after.split(|c| !c.is_alphabetic()).next().map(word_of).unwrap_or_default();
    WAYS.contains(&last.as_str()) && (WAYS.contains(&next.as_str()) || JOINTS.contains(&next.as_str()))
}

fn words(sentence: &str) -> Vec<String> {
    let plain: Vec<String> = sentence
        .split(|c: char| !c.is_alphanumeric() && !is_invisible(c))
        .map(fold)
        .filter(|word| !word.is_empty())
        .map(|word| respelled(&word))
        .collect();
    joined(&plain)
}

/// Marks that stand on or inside a word without ending it: combining accents, zero-width characters.
const fn is_invisible(letter: char) -> bool {
    let accent = matches!(letter, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}');
    accent || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Undoes emphasis and frequent misspellings: `stooop`, `st0p`, `unsuscribe`.
fn respelled(word: &str) -> String {
    let short = unstretched(word);
    match short.as_str() {
        "st0p" | "sotp" | "stpo" | "stopp" | "stahp" | "stopstop" => "stop".to_owned(),
        _ if is_like_unsubscribe(&short) => "unsubscribe".to_owned(),
        _ => short,
    }
}

/// One letter for every run of three and more: no word of our languages has such a run.
fn unstretched(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let runs = letters.chunk_by(|a, b| a == b);
    runs.flat_map(|run| if run.len() > 2 && run[0].is_alphabetic() { &run[..1] } else { run }).collect()
}

/// `unsub`, `unsubscribe`, `unsuscribe`, `unsubcribe`; not `unsubscribed`, which tells of the past.
fn is_like_unsubscribe(word: &str) -> bool {
    ["unsub", "unsus", "unscub", "ubsubs"].iter().any(|start| word.starts_with(start))
        && !["ed", "ing"].iter().any(|tense| word.ends_with(tense))
        && !word.starts_with("unsubst")
}

/// Puts back together what belongs together: `d o n t`, `don t`, `do not`, `s t o p`.
fn joined(plain: &[String]) -> Vec<String> {
    let mut words: Vec<String> = Vec::with_capacity(plain.len());
    let mut at = 0;
    while at < plain.len() {
        let letters = plain[at..].iter().take_while(|word| word.chars().count() == 1).count();
        let spelled = if letters >= 3 { letters } else { 1 };
        let word = plain[at..at + spelled].concat();
        at += spelled;
        match (words.last_mut(), word.as_str()) {
            (Some(before), "t") if before.ends_with('n') => before.push('t'),
            (Some(before), "not") if before == "do" => *before = "dont".to_owned(),
            _ => words.push(word),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Vec<String> {
        sentences(text).into_iter().map(|words| words.join(" ")).collect()
    }

    #[test]
    fn a_text_becomes_sentences_of_plain_words() {
        let table: [(&str, &[&str]); 9] = [
            ("Don’t STOOOP, Ann!", &["dont stop", "ann"]),
            ("do not text — S.T.O.P.", &["dont text", "stop"]),
            ("non-stop. Bye", &["non stop", "bye"]),
            ("Arre\u{302}tez ＳＴＯＰ", &["arretez stop"]),
            ("st\u{200b}op🛑now", &["stop now"]),
            ("do not call, text, or email me", &["dont call text or email me"]),
            ("He wrote \"Hi. Reply STOP.\" ok?", &["he wrote hi reply stop ok"]),
            ("20\" wheels. Fine", &["20 wheels", "fine"]),
            ("yes\n> Reply STOP", &["yes"]),
        ];
        for (text, expected) in table {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn only_a_whole_reaction_is_a_reaction() {
        assert!(is_reaction("Liked “Reply STOP to opt out”"));
        assert!(is_reaction("👍 to “Reply STOP”"));
        assert!(!is_reaction("I liked the blue one. \"STOP\""));
        assert!(!is_reaction("Liked “the car” but stop texting me"));
    }
}
