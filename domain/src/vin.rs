//! Vehicle identification numbers.
//!
//! Source: 49 CFR 565.15 (content, position 9 is the check digit) and ISO 3779.

use std::{fmt, str::FromStr};

/// Why a text is not a VIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VinError {
    #[error("a VIN has 17 characters")]
    Length,
    #[error("a VIN has digits and capital letters without I, O and Q")]
    Character,
    #[error("the check digit at position 9 does not match")]
    CheckDigit,
}

/// A VIN with a correct check digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Vin(String);

impl Vin {
    /// The 17 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Vin {
    type Err = VinError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().to_ascii_uppercase();
        if text.chars().count() != 17 {
            return Err(VinError::Length);
        }
        let expected = check_digit(&text).ok_or(VinError::Character)?;
        if text.as_bytes()[8] == expected { Ok(Self(text)) } else { Err(VinError::CheckDigit) }
    }
}

/// The check digit of 17 characters, or none if one of them is not allowed.
fn check_digit(vin: &str) -> Option<u8> {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let mut sum = 0;
    for (byte, weight) in vin.bytes().zip(WEIGHTS) {
        sum += transliterate(byte)? * weight;
    }
    Some(match u8::try_from(sum % 11).ok()? {
        10 => b'X',
        digit => b'0' + digit,
    })
}

const fn transliterate(byte: u8) -> Option<u32> {
    Some(match byte {
        b'0'..=b'9' => (byte - b'0') as u32,
        b'A' | b'J' => 1,
        b'B' | b'K' | b'S' => 2,
        b'C' | b'L' | b'T' => 3,
        b'D' | b'M' | b'U' => 4,
        b'E' | b'N' | b'V' => 5,
        b'F' | b'W' => 6,
        b'G' | b'P' | b'X' => 7,
        b'H' | b'Y' => 8,
        b'R' | b'Z' => 9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_decides() {
        assert!("1M8GDM9AXKP042788".parse::<Vin>().is_ok());
        assert_eq!("1M8GDM9A1KP042788".parse::<Vin>(), Err(VinError::CheckDigit));
        assert_eq!("1M8GDM9AXKPO42788".parse::<Vin>(), Err(VinError::Character));
        assert_eq!("1M8GDM9A".parse::<Vin>(), Err(VinError::Length));
        assert!("11111111111111111".parse::<Vin>().is_ok());
    }
}
