//! Whether a text is in a language this receptionist does not speak.

use std::collections::HashSet;

use super::{
    wordlists::{ENGLISH, FOREIGN, FOREIGN_ALONE},
    words::Word,
};

/// Whether `text`, of which `words` were read, is foreign: in letters that are not Latin, or with
/// more foreign than English words.
pub(super) fn is_foreign(text: &str, words: &[Word]) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let other = text.chars().filter(|c| c.is_alphabetic() && !is_latin(*c)).count();
    if letters > 0 && other * 2 > letters {
        return true;
    }
    let count = |list: &HashSet<&str>| {
        let listed =
            |word: &&Word| list.contains(word.raw.to_lowercase().as_str()) || list.contains(word.text.as_str());
        words.iter().filter(listed).count()
    };
    let (foreign, english) = (count(&FOREIGN), count(&ENGLISH));
    let greeting = words.len() <= 3 && count(&FOREIGN_ALONE) > 0;
    foreign > english && (foreign > 1 || greeting)
}

/// Whether enough of `words` are English for a question to be one.
pub(super) fn is_english(words: &[Word]) -> bool {
    let english = words.iter().filter(|word| ENGLISH.contains(word.text.as_str())).count();
    english >= 2 && english * 4 >= words.len()
}

/// Basic Latin to Latin Extended-B and the combining marks.
const fn is_latin(letter: char) -> bool {
    matches!(letter, '\0'..='\u{24f}' | '\u{300}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}')
}

#[cfg(test)]
mod tests {
    use super::{super::words::read, *};

    #[test]
    fn other_languages_are_recognised_and_english_is_not_taken_for_them() {
        for text in [
            "Hola, tienen camionetas?",
            "¿Cuánto cuesta el CX-5?",
            "Bonjour, avez-vous des voitures hybrides?",
            "привет, есть машины?",
            "有没有丰田",
            "Tienen el CX-5 disponible todavia?",
            "hola",
        ] {
            assert!(is_foreign(text, &read(text)), "{text}");
        }
        for text in [
            "Is the Santa Fe still there?",
            "es350?",
            "do you have a Hola",
            "El Camino?",
            "any La Crosse",
            "ok",
            "asdf qwer",
            "is auto start on it",
        ] {
            assert!(!is_foreign(text, &read(text)), "{text}");
        }
    }
}
