//! Our own embedder: hashed character n-grams, for when no embedding server is configured.
//!
//! It knows nothing of meaning, but texts that share most of their letters are near each other, so
//! typing errors and inflections are forgiven. Deterministic: the same text gives the same vector on
//! every machine, for ever; a change of the algorithm needs a new [`MODEL`].

use async_trait::async_trait;
use forecourt_domain::search::fold;

use crate::embedder::{EmbedError, Embedder};

/// The name under which these vectors are stored.
const MODEL: &str = "hashed-ngrams-1";
const DIMENSIONS: usize = 256;
const SHORTEST: usize = 3;
const LONGEST: usize = 5;

/// Hashed n-grams of three to five characters of the folded words of a text, L2 normalised.
#[derive(Debug, Clone, Copy, Default)]
pub struct HashedNgrams;

#[async_trait]
impl Embedder for HashedNgrams {
    fn model(&self) -> &str {
        MODEL
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn related_from(&self) -> f64 {
        0.3
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        Ok(texts.iter().map(|text| vector(text)).collect())
    }
}

/// The vector of a text; all zeros if it holds no letter or digit.
fn vector(text: &str) -> Vec<f32> {
    let mut sums = vec![0.0; DIMENSIONS];
    let words: Vec<String> = text.split_whitespace().map(fold).filter(|word| !word.is_empty()).collect();
    for word in &words {
        add_word(&mut sums, word);
    }
    for pair in words.windows(2) {
        // `cx 5` and `rav 4` are `cx5` and `rav4` to most people.
        if pair[0].len() <= SHORTEST && pair[1].len() <= 2 {
            add_word(&mut sums, &pair.concat());
        }
    }
    normalised(sums)
}

/// Adds the n-grams of a word, so weighted that long words do not drown short ones.
fn add_word(sums: &mut [f32], word: &str) {
    let marked: Vec<char> = std::iter::once('^').chain(word.chars()).chain(['$']).collect();
    let grams: Vec<&[char]> = (SHORTEST..=LONGEST).flat_map(|length| marked.windows(length)).collect();
    let weight = 1.0 / f32::from(u16::try_from(grams.len().max(1)).unwrap_or(u16::MAX)).sqrt();
    for gram in grams {
        let hash = fnv1a(gram);
        let slot = usize::try_from(hash % DIMENSIONS as u64).unwrap_or(0);
        // The sign makes collisions cancel out instead of adding up.
        sums[slot] += if hash >> 63 == 0 { weight } else { -weight };
    }
}

fn normalised(sums: Vec<f32>) -> Vec<f32> {
    let length = sums.iter().map(|number| number * number).sum::<f32>().sqrt();
    if length == 0.0 { sums } else { sums.into_iter().map(|number| number / length).collect() }
}

/// FNV-1a, 64 bits (<https://datatracker.ietf.org/doc/html/rfc9923>), finished by a multiplication that
/// spreads the last character over all bits.
fn fnv1a(gram: &[char]) -> u64 {
    let mut bytes = [0; 4];
    let hash = gram.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, letter| {
        letter
            .encode_utf8(&mut bytes)
            .bytes()
            .fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    });
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &str, b: &str) -> f32 {
        vector(a).iter().zip(vector(b)).map(|(x, y)| x * y).sum()
    }

    #[test]
    fn a_misspelt_name_is_nearer_to_its_own_than_to_any_other() {
        let names = ["Silverado", "Sierra", "Accord", "Accent", "CX-5", "CX-9", "RAV4", "Outback", "Tacoma", "Tundra"];
        for (typed, meant) in
            [("silverdo", "Silverado"), ("acord", "Accord"), ("cx 5", "CX-5"), ("rav 4", "RAV4"), ("outbak", "Outback")]
        {
            let nearest = names.iter().max_by(|a, b| cosine(typed, a).total_cmp(&cosine(typed, b))).unwrap();
            assert_eq!(*nearest, meant, "{typed}");
        }
    }

    #[test]
    fn the_same_text_is_the_same_vector_for_ever() {
        let digest: i64 = vector("2021 Mazda CX-5 Touring, heated seats")
            .iter()
            .enumerate()
            .map(|(at, number)| (at as i64 + 1) * (number * 1e6).round() as i64)
            .sum();
        assert_eq!(digest, -236_699_184, "stored vectors would no longer match: name a new model");
    }

    #[test]
    fn vectors_have_length_one_or_zero() {
        for (text, expected) in [("heated seats", 1.0), ("🚗", 0.0), ("", 0.0), ("a", 1.0)] {
            let length = vector(text).iter().map(|number| number * number).sum::<f32>().sqrt();
            assert!((length - expected).abs() < 1e-5, "{text}: {length}");
        }
    }
}
