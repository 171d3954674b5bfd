//! How many segments a text is sent and billed in (3GPP TS 23.038, TS 23.040).
//!
//! Letters of the GSM alphabet take 7 bits: 160 fit one segment, 153 each of several. One letter outside it turns
//! the whole text into UTF-16: 70 units fit one segment, 67 each of several.

/// How a text is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Gsm7,
    Ucs2,
}

/// What a text takes to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    pub encoding: Encoding,
    /// Septets or UTF-16 units of the whole text.
    pub units: u32,
    /// Zero for an empty text, which cannot be sent.
    pub count: u32,
}

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                     ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Each takes two septets: an escape and the letter.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// Counts the segments of `text`.
#[must_use]
pub fn segments(text: &str) -> Segments {
    let gsm: Option<Vec<u32>> = text.chars().map(septets).collect();
    match gsm {
        Some(sizes) => packed(Encoding::Gsm7, &sizes, 160, 153),
        None => {
            let sizes: Vec<u32> = text.chars().map(|letter| if letter > '\u{ffff}' { 2 } else { 1 }).collect();
            packed(Encoding::Ucs2, &sizes, 70, 67)
        }
    }
}

/// How many septets a letter takes; none if the GSM alphabet lacks it.
fn septets(letter: char) -> Option<u32> {
    if BASIC.contains(letter) { Some(1) } else { EXTENSION.contains(letter).then_some(2) }
}

/// A letter of two units is never cut: it moves to the next segment whole.
fn packed(encoding: Encoding, sizes: &[u32], alone: u32, each: u32) -> Segments {
    let units = sizes.iter().sum();
    if units <= alone {
        return Segments { encoding, units, count: u32::from(units > 0) };
    }
    let (count, _) = sizes
        .iter()
        .fold((1, 0), |(count, used), size| if used + size > each { (count + 1, *size) } else { (count, used + size) });
    Segments { encoding, units, count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_counted_at_every_boundary() {
        let a = |times| "a".repeat(times);
        let table = [
            (String::new(), Encoding::Gsm7, 0, 0),
            (a(160), Encoding::Gsm7, 160, 1),
            (a(161), Encoding::Gsm7, 161, 2),
            (a(306), Encoding::Gsm7, 306, 2),
            (a(307), Encoding::Gsm7, 307, 3),
            ("€".repeat(80), Encoding::Gsm7, 160, 1),
            ("€".repeat(81), Encoding::Gsm7, 162, 2),
            // 153 is odd: the 77th euro sign does not fit in what is left of a segment.
            ("€".repeat(153), Encoding::Gsm7, 306, 3),
            ("é ñ Ü ¿ Ç".to_owned(), Encoding::Gsm7, 9, 1),
            // Neither ç nor á, í, ó, ú is in the GSM alphabet.
            ("ç".to_owned(), Encoding::Ucs2, 1, 1),
            (format!("á{}", a(69)), Encoding::Ucs2, 70, 1),
            (format!("á{}", a(70)), Encoding::Ucs2, 71, 2),
            (format!("á{}", a(133)), Encoding::Ucs2, 134, 2),
            (format!("á{}", a(134)), Encoding::Ucs2, 135, 3),
            ("👍".repeat(35), Encoding::Ucs2, 70, 1),
            // 67 is odd: 33 thumbs fit a segment, not 33 and a half.
            ("👍".repeat(67), Encoding::Ucs2, 134, 3),
            ("It’s".to_owned(), Encoding::Ucs2, 4, 1),
        ];
        for (text, encoding, units, count) in table {
            assert_eq!(segments(&text), Segments { encoding, units, count }, "{text}");
        }
    }

    #[test]
    fn the_alphabet_has_128_places_less_the_escape() {
        assert_eq!(BASIC.chars().count(), 127);
        assert_eq!(EXTENSION.chars().count(), 10);
    }
}
