//! What a VIN says about its vehicle, as far as a feed can be checked against it.
//!
//! Source: 49 CFR 565 (position 10 is the model year in North America) and the WMI codes that the
//! Society of Automotive Engineers assigns; only some of the most common are listed.

use forecourt_domain::{search::fold, vin::Vin};

/// Who builds what begins with these characters. A maker of several brands is not listed.
const MAKERS: [(&str, &str); 34] = [
    ("1HG", "Honda"),
    ("2HG", "Honda"),
    ("5FN", "Honda"),
    ("JHM", "Honda"),
    ("1FA", "Ford"),
    ("1FM", "Ford"),
    ("1FT", "Ford"),
    ("3FA", "Ford"),
    ("1G1", "Chevrolet"),
    ("1GC", "Chevrolet"),
    ("1GN", "Chevrolet"),
    ("3GN", "Chevrolet"),
    ("2T1", "Toyota"),
    ("2T3", "Toyota"),
    ("4T1", "Toyota"),
    ("5TD", "Toyota"),
    ("5TF", "Toyota"),
    ("JTD", "Toyota"),
    ("JM1", "Mazda"),
    ("JM3", "Mazda"),
    ("KMH", "Hyundai"),
    ("5NP", "Hyundai"),
    ("5XY", "Kia"),
    ("KNA", "Kia"),
    ("KND", "Kia"),
    ("1N4", "Nissan"),
    ("5N1", "Nissan"),
    ("JN8", "Nissan"),
    ("JF1", "Subaru"),
    ("4S3", "Subaru"),
    ("4S4", "Subaru"),
    ("5YJ", "Tesla"),
    ("WAU", "Audi"),
    ("WVW", "Volkswagen"),
];

/// The letters and digits of position 10, from 1980 on; they repeat every thirty years.
const YEAR_CODES: &str = "ABCDEFGHJKLMNPRSTVWXY123456789";

/// The maker that a VIN names, if it is another one than the feed says.
pub(super) fn other_maker(vin: &Vin, make: &str) -> Option<&'static str> {
    let (_, maker) = MAKERS.iter().find(|(code, _)| vin.as_str().starts_with(code))?;
    (fold(maker) != fold(make)).then_some(maker)
}

/// Whether the VIN of a vehicle built for North America names another model year than the feed.
pub(super) fn is_other_year(vin: &Vin, year: i16) -> bool {
    let is_north_american = vin.as_str().starts_with(['1', '2', '3', '4', '5', '7']);
    let code = vin.as_str().chars().nth(9).and_then(|code| YEAR_CODES.find(code));
    let expected = usize::try_from(year - 1980).ok().map(|years| years % YEAR_CODES.len());
    is_north_american && code.is_some() && code != expected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vin_that_contradicts_the_feed_is_noticed() {
        let honda: Vin = "1HGCM82633A004352".parse().unwrap();
        assert_eq!(other_maker(&honda, "Ford"), Some("Honda"));
        assert_eq!(other_maker(&honda, "HONDA"), None);
        assert!(!is_other_year(&honda, 2003));
        assert!(is_other_year(&honda, 2024));
        let unknown: Vin = "11111111111111111".parse().unwrap();
        assert_eq!(other_maker(&unknown, "Ford"), None);
    }
}
