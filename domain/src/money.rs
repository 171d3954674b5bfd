//! Amounts of money in minor units of a currency.

use std::fmt;

use serde::{Deserialize, Serialize};

text_enum! {
    /// The currencies a dealership may price in.
    pub enum Currency { Usd = "USD", Cad = "CAD", Mxn = "MXN", Eur = "EUR", Gbp = "GBP" }
}

impl Currency {
    /// The sign written before an amount.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Usd | Self::Cad | Self::Mxn => "$",
            Self::Eur => "€",
            Self::Gbp => "£",
        }
    }
}

/// An amount in minor units (cents), never a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

impl Money {
    /// An amount in minor units.
    #[must_use]
    pub const fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }
}

impl fmt::Display for Money {
    /// `$28,990` when there are no cents, `$28,990.50` when there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        write!(f, "{sign}{}{}", self.currency.sign(), thousands(minor / 100))?;
        match minor % 100 {
            0 => Ok(()),
            cents => write!(f, ".{cents:02}"),
        }
    }
}

/// A whole number with a comma every three digits: `41,250`.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_people_write_it() {
        for (minor, text) in [
            (2_899_000, "$28,990"),
            (99, "$0.99"),
            (100_000_000, "$1,000,000"),
            (2_899_050, "$28,990.50"),
            (-5_000, "-$50"),
        ] {
            assert_eq!(Money::from_minor(minor, Currency::Usd).to_string(), text);
        }
    }
}
