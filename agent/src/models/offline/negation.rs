//! What a customer does not want: "not a truck", "no sedans", "anything but red", "besides a Jeep".

use std::ops::Range;

use super::words::{Stop, Word};

/// Words that may stand between a negation and what it negates.
const BETWEEN: &[&str] = &["a", "an", "any", "the", "another", "one", "of", "those", "these", "in"];

/// Words after which something is not wanted.
const WITHOUT: &[&str] = &["no", "besides", "except", "excluding", "minus", "without", "nor", "hate", "hates"];

/// Words before "not" after which it rules something out rather than asks: "but not", "I'd prefer not".
const RULES_OUT: &[&str] =
    &["but", "and", "or", "just", "preferably", "please", "definitely", "that", "which", "is", "am", "are"];

/// Whether what stands `at` is ruled out by the words before it.
pub(super) fn is_unwanted(words: &[Word], at: &Range<usize>) -> bool {
    let clause = words[..at.start].iter().rposition(|word| word.stop != Stop::None).map_or(0, |index| index + 1);
    let lead = &words[clause..at.start];
    let trimmed = lead.iter().rposition(|word| !word.is_any(BETWEEN)).map_or(0, |index| index + 1);
    // "No the red one" corrects.
    let corrects = lead.get(trimmed).is_some_and(|word| word.text == "the");
    let lead = &lead[..trimmed];
    let ends = |phrase: &[&str]| {
        lead.len() >= phrase.len()
            && lead[lead.len() - phrase.len()..].iter().zip(phrase).all(|(word, part)| word.text == *part)
    };
    let Some(last) = lead.last() else { return false };
    let spared: &[&[&str]] = &[
        &["anything", "but"],
        &["everything", "but"],
        &["any", "color", "but"],
        &["other", "than"],
        &["rather", "than"],
        &["instead", "of"],
        &["aside", "from"],
        &["apart", "from"],
        &["not", "want"],
        &["not", "need"],
        &["not", "like"],
        &["not", "interested", "in"],
        &["not", "looking", "for"],
        &["not", "have", "to", "be"],
        &["not", "need", "to", "be"],
        &["not", "want", "to", "drive"],
        &["stay", "away", "from"],
    ];
    last.is_any(WITHOUT) && !(corrects && last.text == "no")
        || spared.iter().any(|phrase| ends(phrase))
        || rules_out(lead)
}

/// "Not a truck" at the start of a clause, "but not a Subaru"; "is it not red?" asks.
fn rules_out(lead: &[Word]) -> bool {
    let [before @ .., last] = lead else { return false };
    // "Isn't the CX-5 red?" begins with its verb, "it is not a truck" does not.
    let told = |word: &Word| word.is_any(RULES_OUT) && !(before.len() == 1 && word.is_any(&["is", "am", "are"]));
    // "AWD not red" begins with no verb that asks.
    let asked =
        before.first().is_some_and(|word| word.is_any(ASKS)) || before.last().is_some_and(|word| word.is_any(IT));
    last.text == "not" && (before.last().is_none_or(told) || !asked)
}

const ASKS: &[&str] =
    &["is", "are", "was", "were", "do", "does", "did", "has", "have", "why", "how", "what", "can", "could"];

const IT: &[&str] = &["it", "they", "this", "that", "one", "you", "i", "we", "those", "these"];

#[cfg(test)]
mod tests {
    use super::{
        super::{lexicon, words::read},
        *,
    };

    /// What is wanted and what is ruled out, as words.
    fn unwanted(text: &str) -> Vec<String> {
        let words = read(text);
        let out = lexicon::hits(&words).into_iter().filter(|hit| is_unwanted(&words, &hit.at));
        out.map(|hit| words[hit.at].iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn what_is_ruled_out_is_told_from_what_is_wanted() {
        let cases = [
            ("not a truck, an suv", vec!["truck"]),
            ("no sedans, i want a hatchback", vec!["sedans"]),
            ("anything but red, camaro", vec!["red"]),
            ("any suv besides a jeep", vec!["jeep"]),
            ("awd but not a subaru", vec!["subaru"]),
            ("doesn't have to be new, just an suv", vec!["new"]),
            ("i don't want a van, something with awd", vec!["van"]),
            ("a truck other than a ford", vec!["ford"]),
            ("suv without leather", vec!["leather"]),
            ("the red one, not the blue one", vec!["blue"]),
            ("it's not a manual is it", vec!["manual"]),
            ("rav4 awd not red", vec!["red"]),
            ("is it not awd?", vec![]),
            ("is the rav4 not awd", vec![]),
            ("isn't the cx-5 red", vec![]),
            ("do you not have any trucks", vec![]),
            ("no rush but i want an suv", vec![]),
            ("no the blue one", vec![]),
        ];
        for (text, expected) in cases {
            assert_eq!(unwanted(text), expected, "{text}");
        }
    }
}
