//! The languages in which the assistant and the system speak to customers, and how a text is told to
//! be in one of them.
//!
//! Texts here are short, so words are counted that every sentence needs (articles, pronouns,
//! prepositions) and words of the trade. A long text with hardly any of them is in none of our
//! languages, whatever it is in.

mod words;

use std::{collections::HashMap, sync::LazyLock};

use words::{ENGLISH, FOREIGN, FRENCH, SPANISH};

text_enum! {
    /// A language, as its ISO 639-1 code. Words in any other language are for a person to answer.
    pub enum Language { English = "en", Spanish = "es", French = "fr" }
}

/// What the words of a text are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    In(Language),
    /// In a language that the assistant does not speak.
    Foreign,
    /// Too short, or names and figures only.
    Unclear,
}

/// So many words can hardly do without any small word of their language.
const ENOUGH_WORDS: usize = 8;

impl Language {
    /// The language of a text.
    #[must_use]
    pub fn read(text: &str) -> Reading {
        let words = words_of(text);
        let (all, other) = letters(text);
        if other > 0 && other * 2 > all {
            return Reading::Foreign;
        }
        let [english, spanish, french, foreign @ ..] = counts(&words);
        let ours = [(Self::English, english), (Self::Spanish, spanish), (Self::French, french)];
        let foreign = foreign.into_iter().max().unwrap_or(0);
        // Of equals the first in this order: English words are the fewest in other languages.
        let (language, best) = ours.into_iter().rev().max_by_key(|(_, count)| *count).unwrap_or((Self::English, 0));
        let strange = words.len() >= ENOUGH_WORDS && best * 8 < words.len();
        if (foreign >= 2 && foreign > best) || (strange && best < 3) {
            return Reading::Foreign;
        }
        let few = words.len() <= 3 && best >= 1;
        if (few || best >= 2) && best > foreign { Reading::In(language) } else { Reading::Unclear }
    }

    /// The language somebody writes in: that of the last of their texts that tells, else English.
    #[must_use]
    pub fn of_writer<'a>(texts: impl DoubleEndedIterator<Item = &'a str>) -> Self {
        let read = texts.rev().find_map(|text| match Self::read(text) {
            Reading::In(language) => Some(language),
            Reading::Foreign | Reading::Unclear => None,
        });
        read.unwrap_or(Self::English)
    }

    /// Whether a text holds letters that none of our languages is written in.
    #[must_use]
    pub fn has_other_letters(text: &str) -> bool {
        letters(text).1 > 0
    }
}

/// Our languages, and those that are told to be others.
const LANGUAGES: usize = 3 + FOREIGN.len();

/// Each word with the languages that have it, as bits in the order English, Spanish, French, others.
static WORDS: LazyLock<HashMap<&str, u32>> = LazyLock::new(|| {
    let mut words = HashMap::new();
    for (language, list) in [ENGLISH, SPANISH, FRENCH].iter().chain(FOREIGN).enumerate() {
        for word in *list {
            *words.entry(*word).or_default() |= 1 << language;
        }
    }
    words
});

/// How many of the words each language has.
fn counts(words: &[String]) -> [usize; LANGUAGES] {
    let mut counts = [0; LANGUAGES];
    for languages in words.iter().filter_map(|word| WORDS.get(word.as_str())) {
        for (language, count) in counts.iter_mut().enumerate() {
            *count += usize::from(languages & (1 << language) != 0);
        }
    }
    counts
}

/// The words that can tell a language, in lower case: names, which stand capitalised inside a
/// sentence, belong to none.
fn words_of(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut starts = true;
    for (at, word) in words_with_place(text) {
        let before = text[..at].trim_end();
        starts |= before.is_empty() || before.ends_with(['.', '!', '?', '\n', ':', '¿', '¡', '"']);
        let capital = word.starts_with(char::is_uppercase);
        if !capital || starts {
            words.push(word.to_lowercase());
        }
        starts = false;
    }
    words
}

/// The runs of letters of a text that no digit touches, with where they begin.
fn words_with_place(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        match (character.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let word = &text[from..at];
                if word.chars().all(char::is_alphabetic) {
                    words.push((from, word));
                }
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// How many letters a text has, and how many of them are of another script.
fn letters(text: &str) -> (usize, usize) {
    let all = text.chars().filter(|letter| letter.is_alphabetic()).count();
    let other = text.chars().filter(|letter| letter.is_alphabetic() && !is_latin(*letter)).count();
    (all, other)
}

/// Basic Latin to Latin Extended-B, the letters a phone can show for them, and their combining marks.
const fn is_latin(letter: char) -> bool {
    matches!(letter, '\0'..='\u{24f}' | '\u{300}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}' | '\u{2070}'..='\u{214f}'
        | '\u{1d400}'..='\u{1d7ff}' | '\u{ff21}'..='\u{ff5a}' | '\u{1f100}'..='\u{1f1ff}' | '\u{24b6}'..='\u{24e9}' | '\u{fb00}'..='\u{fb06}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_is_told_by_its_small_words() {
        for (text, language) in [
            ("The CX-5 is $28,990. Would you like to see it?", Language::English),
            ("Sure, what day works for you?", Language::English),
            ("La CX-5 cuesta $28,990. ¿Quiere verla?", Language::Spanish),
            ("Hola", Language::Spanish),
            ("cuanto cuesta", Language::Spanish),
            ("Le CX-5 est à 28 990 $. Voulez-vous le voir ?", Language::French),
            ("Bonjour", Language::French),
            ("vous avez des hybrides", Language::French),
        ] {
            assert_eq!(Language::read(text), Reading::In(language), "{text}");
        }
    }

    #[test]
    fn names_figures_and_courtesies_say_nothing_of_a_language() {
        for text in ["OK!", "2021 Mazda CX-5 Touring", "$28,990", "U1043", "", "👍", "Volkswagen ID.4 Pro S"] {
            assert_eq!(Language::read(text), Reading::Unclear, "{text}");
        }
    }

    #[test]
    fn other_languages_are_foreign() {
        for text in [
            "Guten Tag! Welches Auto suchen Sie denn heute? Wir helfen Ihnen gerne weiter.",
            "Temos o Mazda CX-5 por 28.990 dólares. Você gostaria de agendar uma visita?",
            "Abbiamo la Mazda CX-5 a 28.990 dollari. Vuole fissare un appuntamento per domani?",
            "Wij hebben deze auto op voorraad, wilt u een afspraak maken voor morgen?",
            "Здравствуйте! Какой автомобиль вы ищете?",
            "您好，我们有这辆车。",
            "Mayroon kaming tatlong sasakyan na puwede ninyong makita bukas ng umaga.",
            "Chúng tôi có chiếc xe này, anh có muốn xem không?",
            "Mamy ten samochód na placu, czy chce pan umówić się na jazdę próbną jutro?",
        ] {
            assert_eq!(Language::read(text), Reading::Foreign, "{text}");
        }
    }

    #[test]
    fn a_writer_is_answered_in_the_last_language_that_was_clear() {
        let texts = ["hello, do you have trucks", "tienen camionetas?", "F-150"];
        assert_eq!(Language::of_writer(texts.into_iter()), Language::Spanish);
        assert_eq!(Language::of_writer(["F-150"].into_iter()), Language::English);
    }
}
