//! Where the law wants a vehicle's total price in the first written words about it.
//!
//! Federal law has no such rule: the FTC's Combating Auto Retail Scams Rule (16 CFR part 463) was
//! vacated before it took effect (National Automobile Dealers Association v. FTC, 5th Cir. 2025).
//! Other states rule on advertisements, which are not written by the assistant.

use jiff::civil::{Date, date};

/// One law, and where and from when it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TotalPriceRule {
    /// ISO 3166 alpha-2.
    pub country: &'static str,
    /// How people write the region, in lower case; the first is its ISO 3166-2 code without the country.
    pub region: &'static [&'static str],
    pub from: Date,
    pub law: &'static str,
}

/// The laws.
///
/// California: the total price is to be disclosed in the dealer's first written response about a
/// specific vehicle. By the Act it is the total sale price without the taxes, fees and charges of
/// Vehicle Code § 11713.1 (e), with dealer price adjustments and installed items, before rebates.
pub const TOTAL_PRICE_RULES: &[TotalPriceRule] = &[TotalPriceRule {
    country: "US",
    region: &["ca", "california", "us-ca", "calif"],
    from: date(2026, 10, 1),
    law: "California Civil Code § 1784.41 (a) (3), California CARS Act (SB 766, Statutes of 2025, chapter 354)",
}];

/// The law that a dealership of this country and region is under on a day, if any.
///
/// ```
/// use forecourt_domain::price_disclosure::total_price_rule;
/// use jiff::civil::date;
/// assert!(total_price_rule("US", Some("CA"), date(2026, 10, 1)).is_some());
/// assert!(total_price_rule("US", Some("CA"), date(2026, 9, 30)).is_none());
/// assert!(total_price_rule("US", Some("CO"), date(2026, 10, 1)).is_none());
/// ```
#[must_use]
pub fn total_price_rule(country: &str, region: Option<&str>, on: Date) -> Option<&'static TotalPriceRule> {
    let region = region?.trim().trim_end_matches('.').to_lowercase();
    let holds = |rule: &&TotalPriceRule| {
        rule.country.eq_ignore_ascii_case(country.trim()) && rule.region.contains(&region.as_str()) && rule.from <= on
    };
    TOTAL_PRICE_RULES.iter().find(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_of_california_holds_however_the_region_is_written_and_nowhere_else() {
        let day = date(2026, 11, 20);
        for region in ["CA", "ca", " California ", "US-CA", "Calif."] {
            assert!(total_price_rule("us", Some(region), day).is_some(), "{region}");
        }
        for (country, region) in [("US", Some("CO")), ("US", None), ("CA", Some("CA")), ("MX", Some("California"))] {
            assert!(total_price_rule(country, region, day).is_none(), "{country} {region:?}");
        }
    }
}
