//! Which of a vehicle's features answer what somebody asked for.

use forecourt_domain::search::terms;

/// Words that mean the same in a list of features, folded: what is written, what it counts as.
const SAME: [(&str, &str); 29] = [
    ("third", "3rd"),
    ("moonroof", "sunroof"),
    ("panoroof", "sunroof"),
    ("rearview", "backup"),
    ("reverse", "backup"),
    ("reversing", "backup"),
    ("4x4", "4wd"),
    ("fourwheel", "4wd"),
    ("fourwheeldrive", "4wd"),
    ("allwheel", "awd"),
    ("allwheeldrive", "awd"),
    ("pickup", "truck"),
    ("minivan", "van"),
    ("crossover", "suv"),
    ("suvs", "suv"),
    ("ev", "electric"),
    ("phev", "plugin"),
    ("gas", "gasoline"),
    ("petrol", "gasoline"),
    ("grey", "gray"),
    ("cpo", "certified"),
    ("preowned", "used"),
    ("nav", "navigation"),
    ("gps", "navigation"),
    ("tow", "towing"),
    ("hitch", "towing"),
    ("seating", "seat"),
    ("stick", "manual"),
    ("auto", "automatic"),
];

/// Words that say nothing about a feature.
const FILLERS: [&str; 8] = ["a", "an", "and", "the", "with", "system", "package", "row"];

/// The form of a word in which it is compared: one of several that mean the same, in the singular.
pub(crate) fn canonical(term: &str) -> String {
    let same = |word: &str| SAME.iter().find(|(written, _)| *written == word).map(|(_, counts_as)| *counts_as);
    if let Some(known) = same(term) {
        return known.to_owned();
    }
    let singular = match term.strip_suffix('s') {
        Some(stem) if stem.len() >= 3 && !stem.ends_with('s') => stem,
        _ => term,
    };
    same(singular).unwrap_or(singular).to_owned()
}

/// The distinct words of a text in the form in which they are compared.
pub(crate) fn canonical_terms(text: &str) -> Vec<String> {
    let mut found: Vec<String> = terms(text).iter().map(|term| canonical(term)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The first of `features` that has every word of `asked`, in the vehicle's own words.
pub(crate) fn matching<'a>(asked: &str, features: &'a [String]) -> Option<&'a str> {
    let mut wanted = canonical_terms(asked);
    if wanted.iter().any(|word| !FILLERS.contains(&word.as_str())) {
        wanted.retain(|word| !FILLERS.contains(&word.as_str()));
    }
    let has_all = |feature: &&String| {
        let words = canonical_terms(feature);
        !wanted.is_empty() && wanted.iter().all(|word| words.contains(word))
    };
    features.iter().find(has_all).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_found_in_the_words_people_use() {
        let features: Vec<String> = [
            "Heated Front Seats",
            "Apple CarPlay/Android Auto",
            "Panoramic Moonroof",
            "Rearview Camera",
            "3rd Row Seating",
            "Blind-Spot Monitor",
            "Tow Hitch",
            "Leather-Trimmed Seats",
        ]
        .map(str::to_owned)
        .into();
        for (asked, found) in [
            ("heated seats", Some("Heated Front Seats")),
            ("carplay", Some("Apple CarPlay/Android Auto")),
            ("Apple CarPlay", Some("Apple CarPlay/Android Auto")),
            ("sunroof", Some("Panoramic Moonroof")),
            ("backup camera", Some("Rearview Camera")),
            ("third row", Some("3rd Row Seating")),
            ("third row seats", Some("3rd Row Seating")),
            ("blind spot", Some("Blind-Spot Monitor")),
            ("towing", Some("Tow Hitch")),
            ("android auto", Some("Apple CarPlay/Android Auto")),
            ("heated rear seats", None),
            ("leather seats", Some("Leather-Trimmed Seats")),
            ("leather", Some("Leather-Trimmed Seats")),
            ("cooled seats", None),
            ("navigation", None),
            ("", None),
        ] {
            assert_eq!(matching(asked, &features), found, "{asked}");
        }
    }
}
