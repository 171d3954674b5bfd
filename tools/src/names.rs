//! Which makes and models in stock somebody means, however they write them.
//!
//! A name is looked for in three ways, the first that finds something wins: exactly (`cx 5`, `CX5` and
//! `CX-5` are one), as the beginning of a longer name (`silverado` of `Silverado 1500`), and misspelt
//! (`silverdo`). Figures are never misspelt: an F-150 is no typing error for an F-250.

use forecourt_crm_store::vehicle_search::StockedModel;
use forecourt_domain::search::fold;

/// Other names of makes, folded.
const MAKE_NICKNAMES: [(&str, &str); 9] = [
    ("chevy", "chevrolet"),
    ("chev", "chevrolet"),
    ("vw", "volkswagen"),
    ("mercedes", "mercedesbenz"),
    ("benz", "mercedesbenz"),
    ("beemer", "bmw"),
    ("bimmer", "bmw"),
    ("caddy", "cadillac"),
    ("rangerover", "landrover"),
];

/// What a text names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// The make it names, whether or not one is in stock.
    pub make_key: Option<String>,
    /// The models in stock it may mean; empty when it names none.
    pub model_keys: Vec<String>,
    /// The words that belong to neither, such as a trim.
    pub rest: Vec<String>,
}

/// The make somebody means: one in stock if any is like it, else what they wrote.
pub(crate) fn make_key(text: &str, stocked: &[StockedModel]) -> String {
    let written = formal_make(fold(text));
    let known: Vec<&str> = stocked.iter().map(|model| model.make_key.as_str()).collect();
    closest(&written, &known).unwrap_or(&written).to_owned()
}

/// What a text such as `Mazda CX5 Touring` names. `make_key` is the make that is known already.
pub(crate) fn find_names(text: &str, make_key: Option<&str>, stocked: &[StockedModel]) -> Named {
    let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let make_key = make_key.map(str::to_owned).or_else(|| take_make(&mut words, stocked));
    let of_make: Vec<&StockedModel> =
        stocked.iter().filter(|model| make_key.as_ref().is_none_or(|key| model.make_key == *key)).collect();
    // The make may stand in the text although it is known: `make: Mazda, model: Mazda CX-5`.
    if let Some(key) = &make_key {
        let without: Vec<String> = words.iter().filter(|word| formal_make(fold(word)) != *key).cloned().collect();
        if !without.is_empty() && !of_make.iter().any(|model| model.model_key == fold(text)) {
            words = without;
        }
    }
    let model_keys = take_model(&mut words, &of_make, make_key.is_some());
    Named { make_key, model_keys, rest: words }
}

/// Removes the first one or two words that name a make in stock (or a known nickname of any make).
fn take_make(words: &mut Vec<String>, stocked: &[StockedModel]) -> Option<String> {
    for length in [2, 1] {
        for start in 0..words.len().saturating_sub(length - 1) {
            let written = fold(&words[start..start + length].concat());
            let key = formal_make(written.clone());
            let known = key != written || stocked.iter().any(|model| model.make_key == key);
            // A model may be called like a word of a make's name; a model in stock goes first.
            if known && !stocked.iter().any(|model| model.model_key == written) {
                words.drain(start..start + length);
                return Some(key);
            }
        }
    }
    None
}

/// Removes the words that name models, the longest name first.
fn take_model(words: &mut Vec<String>, stocked: &[&StockedModel], make_is_named: bool) -> Vec<String> {
    for length in (1..=words.len()).rev() {
        for matches in [is_exactly, begins, is_misspelt] {
            for start in 0..=words.len() - length {
                let written = fold(&words[start..start + length].concat());
                let mut keys: Vec<String> = stocked
                    .iter()
                    .filter(|model| !written.is_empty() && matches(&written, model, make_is_named))
                    .map(|model| model.model_key.clone())
                    .collect();
                keys.sort_unstable();
                keys.dedup();
                if !keys.is_empty() {
                    words.drain(start..start + length);
                    return keys;
                }
            }
        }
    }
    Vec::new()
}

/// Whether it is the model's name; after the make also without it, as `3` after `Mazda` is `Mazda3`.
fn is_exactly(written: &str, model: &StockedModel, make_is_named: bool) -> bool {
    let name = &model.model_key;
    written == name || (make_is_named && name.strip_prefix(&model.make_key) == Some(written))
}

/// Whether `written` is the first words of the model's name, and not just a figure.
fn begins(written: &str, model: &StockedModel, _make_is_named: bool) -> bool {
    let mut so_far = String::new();
    written.chars().any(char::is_alphabetic)
        && model.model.split([' ', '-']).any(|word| {
            so_far.push_str(&fold(word));
            so_far == written
        })
}

fn is_misspelt(written: &str, model: &StockedModel, _make_is_named: bool) -> bool {
    is_typo(written, &model.model_key)
        || model.model.split_whitespace().next().is_some_and(|first| is_typo(written, &fold(first)))
}

fn formal_make(key: String) -> String {
    MAKE_NICKNAMES.iter().find(|(nickname, _)| *nickname == key).map_or(key, |(_, formal)| (*formal).to_owned())
}

/// The one of `known` that `written` is, or is a typing error for.
fn closest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    known.iter().find(|key| **key == written).or_else(|| known.iter().find(|key| is_typo(written, key))).copied()
}

/// Whether two folded words differ by one slip (from four letters on) or two (from eight on), with the
/// same figures in them.
pub(crate) fn is_typo(written: &str, meant: &str) -> bool {
    let figures = |word: &str| word.chars().filter(char::is_ascii_digit).collect::<String>();
    let letters = meant.chars().filter(|c| c.is_alphabetic()).count();
    let allowed = match letters {
        0..4 => return false,
        4..8 => 1,
        _ => 2,
    };
    figures(written) == figures(meant) && slips(written, meant) <= allowed
}

/// How many slips lead from one word to the other: a letter more, less, another one, or two swapped
/// (optimal string alignment).
fn slips(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=to.len()).collect()];
    for i in 1..=from.len() {
        let mut row = vec![i; to.len() + 1];
        for j in 1..=to.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
            row[j] = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stock() -> Vec<StockedModel> {
        [
            ("Mazda", "CX-5"),
            ("Mazda", "CX-9"),
            ("Mazda", "Mazda3"),
            ("Toyota", "RAV4"),
            ("Toyota", "Camry"),
            ("Toyota", "Tacoma"),
            ("Chevrolet", "Silverado 1500"),
            ("Chevrolet", "Silverado 2500HD"),
            ("Ford", "F-150"),
            ("Ford", "F-250"),
            ("Jeep", "Grand Cherokee"),
            ("Land Rover", "Defender"),
            ("Hyundai", "Tucson"),
            ("Honda", "Accord"),
            ("Mercedes-Benz", "C 300"),
            ("Ram", "1500"),
        ]
        .map(|(make, model)| StockedModel {
            make: make.to_owned(),
            model: model.to_owned(),
            make_key: fold(make),
            model_key: fold(model),
        })
        .into()
    }

    #[test]
    fn a_model_is_understood_however_it_is_written() {
        for (text, make, models, rest) in [
            ("CX5", None, "cx5", ""),
            ("cx 5", None, "cx5", ""),
            ("cx-5 touring", None, "cx5", "touring"),
            ("Mazda CX-5", Some("mazda"), "cx5", ""),
            ("rav 4", None, "rav4", ""),
            ("toyota rav 4 xle", Some("toyota"), "rav4", "xle"),
            ("silverado", None, "silverado1500,silverado2500hd", ""),
            ("silverdo 1500", None, "silverado1500", ""),
            ("chevy silverado 1500", Some("chevrolet"), "silverado1500", ""),
            ("f150", None, "f150", ""),
            ("F 150 lariat", None, "f150", "lariat"),
            ("tuscon", None, "tucson", ""),
            ("acord", None, "accord", ""),
            ("land rover defender", Some("landrover"), "defender", ""),
            ("mercedes c300", Some("mercedesbenz"), "c300", ""),
            ("mazda 3", Some("mazda"), "mazda3", ""),
            ("mazda", Some("mazda"), "", ""),
            ("f-350", None, "", "f-350"),
            ("cx-7", None, "", "cx-7"),
            ("corolla", None, "", "corolla"),
            ("ram 1500", Some("ram"), "1500", ""),
        ] {
            let named = find_names(text, None, &stock());
            let found = (named.make_key.as_deref(), named.model_keys.join(","), named.rest.join(" "));
            assert_eq!(found, (make, models.to_owned(), rest.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_make_that_is_known_may_be_repeated_in_the_model() {
        let named = find_names("Mazda CX-5", Some("mazda"), &stock());
        assert_eq!((named.model_keys, named.rest), (vec!["cx5".to_owned()], vec![]));
    }

    #[test]
    fn a_make_is_understood_however_it_is_written() {
        for (text, key) in [
            ("Chevy", "chevrolet"),
            ("VW", "volkswagen"),
            ("toyta", "toyota"),
            ("Mercedes", "mercedesbenz"),
            ("Hyundia", "hyundai"),
            ("Kia", "kia"),
            ("Ferrari", "ferrari"),
        ] {
            assert_eq!(make_key(text, &stock()), key, "{text}");
        }
    }
}
