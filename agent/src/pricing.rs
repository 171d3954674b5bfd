//! What a model costs, in whole millionths of a US dollar.

use std::str::FromStr;

use crate::model::Usage;

/// A price in millionths of a US dollar per million tokens. Read from a decimal number of US dollars per
/// million tokens with at most six decimals, as providers print it: `0.25`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct PricePerMillion(u64);

/// A text that is no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no price; write US dollars per million tokens, such as 0.25, with at most six decimals")]
pub struct NoPrice(String);

impl FromStr for PricePerMillion {
    type Err = NoPrice;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || NoPrice(text.chars().take(40).collect());
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(decimals) || whole.len() > 6 || decimals.len() > 6 {
            return Err(refused());
        }
        let whole: u64 = whole.parse().map_err(|_| refused())?;
        let decimals: u64 = format!("{decimals:0<6}").parse().map_err(|_| refused())?;
        Ok(Self(whole * 1_000_000 + decimals))
    }
}

impl TryFrom<String> for PricePerMillion {
    type Error = NoPrice;

    fn try_from(text: String) -> Result<Self, NoPrice> {
        text.parse()
    }
}

/// What a model's tokens cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelPrices {
    pub input: PricePerMillion,
    /// Input that the provider had read before.
    pub cached_input: PricePerMillion,
    pub output: PricePerMillion,
}

/// Whether anybody knows what the model costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pricing {
    /// It runs in this process.
    Free,
    Known(ModelPrices),
    Unknown,
}

impl Pricing {
    /// What one call cost, rounded up; 0 where nobody knows.
    #[must_use]
    pub fn micros(self, usage: Usage) -> i64 {
        let Self::Known(prices) = self else { return 0 };
        let cached = usage.cached_input_tokens.min(usage.input_tokens);
        let of = |tokens: u32, price: PricePerMillion| u128::from(tokens) * u128::from(price.0);
        let total = of(usage.input_tokens - cached, prices.input)
            + of(cached, prices.cached_input)
            + of(usage.output_tokens, prices.output);
        i64::try_from(total.div_ceil(1_000_000)).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_read_exactly_or_not_at_all() {
        for (text, price) in
            [("0.25", 250_000), ("2", 2_000_000), ("1.000001", 1_000_001), ("0.0", 0), ("007.5", 7_500_000)]
        {
            assert_eq!(text.parse(), Ok(PricePerMillion(price)), "{text}");
        }
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", " 1", "0.0000001", "$2", "1.2.3", "9999999", "ten"]
        {
            assert!(text.parse::<PricePerMillion>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_call_costs_each_kind_of_token_at_its_price_and_is_rounded_up() {
        let price = |text: &str| text.parse().unwrap();
        let prices = ModelPrices { input: price("0.25"), cached_input: price("0.025"), output: price("2") };
        let usage = |input_tokens, cached_input_tokens, output_tokens| Usage {
            input_tokens,
            cached_input_tokens,
            output_tokens,
        };
        for (usage, micros) in [
            (usage(0, 0, 0), 0),
            (usage(1_000_000, 0, 0), 250_000),
            (usage(1_000_000, 1_000_000, 0), 25_000),
            (usage(4_000, 3_000, 500), 250 + 75 + 1_000),
            (usage(1, 0, 0), 1),
            // A provider that counts more from its cache than there was is not paid less than nothing.
            (usage(10, 1_000, 0), 1),
        ] {
            assert_eq!(Pricing::Known(prices).micros(usage), micros, "{usage:?}");
            assert_eq!((Pricing::Free.micros(usage), Pricing::Unknown.micros(usage)), (0, 0));
        }
        let most = usage(u32::MAX, 0, u32::MAX);
        assert!(Pricing::Known(prices).micros(most) > 0);
    }
}
