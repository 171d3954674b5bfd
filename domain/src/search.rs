//! How words become the terms under which records are found.

/// The distinct terms of a text: lower case, letters and digits only, `CX-5` also as `cx5`.
#[must_use]
pub fn terms(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '|' | '(' | ')')) {
        let joined = fold(word);
        if !joined.is_empty() {
            found.push(joined);
        }
        let parts: Vec<_> = word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        if parts.len() > 1 {
            found.extend(parts.into_iter().map(fold));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// One word without case, accents of Western languages and punctuation: `Café-5` is `cafe5`.
#[must_use]
pub fn fold(word: &str) -> String {
    word.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).map(unaccented).collect()
}

const fn unaccented(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_found_however_it_is_typed() {
        assert_eq!(terms("Mazda CX-5"), ["5", "cx", "cx5", "mazda"]);
        assert_eq!(terms("mazda cx5"), ["cx5", "mazda"]);
        assert_eq!(terms("  ¡Año! "), ["ano"]);
    }
}
