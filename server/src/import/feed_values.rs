//! What the cells of feeds mean: `None` is what nobody can read, never a guess.

use forecourt_domain::{
    one_line::one_line,
    search::fold,
    vehicle::{Body, Condition, Drivetrain, Fuel, Transmission, VehicleStatus},
};

/// Less than this is a placeholder and no price, in minor units.
const LEAST_PRICE: i64 = 10_000;
const MOST_MILEAGE: u32 = 2_000_000;
const LONGEST_FEATURE: usize = 120;
const MOST_FEATURES: usize = 150;

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Amount {
    /// Nothing, or a zero: no price is stated.
    None,
    /// In minor units.
    Minor(i64),
    /// Something that is no amount, such as `Call us`, or a placeholder such as `$1`.
    Unreadable,
}

/// Reads `$41,000`, `28990.50`, `CAD 28 990`. A comma or point followed by one or two last digits is
/// the decimal one.
pub(super) fn amount(text: &str) -> Amount {
    if !text.contains(char::is_alphanumeric) {
        return Amount::None;
    }
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '$' | '€' | '£' | '\'')).collect();
    let bare = bare.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let bare = bare.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if bare.is_empty() {
        return Amount::Unreadable;
    }
    let (whole, cents) = match bare.rfind([',', '.']) {
        Some(at) if bare.len() - at <= 3 => (&bare[..at], &bare[at + 1..]),
        _ => (bare, ""),
    };
    let digits: String = whole.chars().filter(|c| !matches!(c, ',' | '.')).collect();
    let parsed = format!("{digits}{cents:0<2}");
    match parsed.parse::<i64>() {
        _ if !parsed.bytes().all(|byte| byte.is_ascii_digit()) => Amount::Unreadable,
        Ok(0) => Amount::None,
        Ok(minor) if minor >= LEAST_PRICE => Amount::Minor(minor),
        _ => Amount::Unreadable,
    }
}

/// Reads `41,250`, `41250 mi`.
pub(super) fn mileage(text: &str) -> Option<u32> {
    let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, '.' | ' '));
    let digits: String = digits.chars().filter(|c| !matches!(c, ',' | ' ' | '\'')).collect();
    let whole = digits.strip_suffix(".00").or(digits.strip_suffix(".0")).unwrap_or(&digits);
    whole.parse().ok().filter(|mileage| *mileage <= MOST_MILEAGE)
}

/// Reads a model year of four digits.
pub(super) fn year(text: &str) -> Option<i16> {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    whole.parse().ok().filter(|year| (1900..=2100).contains(year))
}

pub(super) fn condition(text: &str) -> Option<Condition> {
    match fold(text).as_str() {
        "new" | "n" => Some(Condition::New),
        "used" | "u" | "preowned" | "demo" => Some(Condition::Used),
        "certified" | "cpo" | "c" | "certifiedpreowned" | "certifiedused" | "usedcertified" => {
            Some(Condition::Certified)
        }
        _ => None,
    }
}

/// Whether a yes-or-no column says yes.
pub(super) fn is_yes(text: &str) -> bool {
    matches!(fold(text).as_str(), "yes" | "y" | "true" | "t" | "1" | "x" | "certified" | "cpo")
}

pub(super) fn status(text: &str) -> Option<VehicleStatus> {
    match fold(text).as_str() {
        "" | "available" | "instock" | "active" | "live" | "forsale" | "frontline" | "ready" | "onlot" => {
            Some(VehicleStatus::Available)
        }
        "pending" | "salepending" | "hold" | "onhold" | "reserved" | "deposit" | "intransit" | "ordered" => {
            Some(VehicleStatus::Pending)
        }
        "sold" | "delivered" | "inactive" | "removed" | "wholesale" | "wholesaled" => Some(VehicleStatus::Sold),
        _ => None,
    }
}

pub(super) fn body(text: &str) -> Option<Body> {
    first(
        text,
        &[
            (
                Body::Truck,
                &["truck", "pickup", "crewcab", "supercrew", "supercab", "extendedcab", "regularcab", "doublecab"],
            ),
            (Body::Suv, &["suv", "sportutility", "crossover", "cuv"]),
            (Body::Wagon, &["wagon", "estate", "avant"]),
            (Body::Van, &["van", "minivan"]),
            (Body::Hatchback, &["hatchback", "hatch", "liftback"]),
            (Body::Convertible, &["convertible", "cabriolet", "roadster", "spyder", "spider"]),
            (Body::Coupe, &["coupe"]),
            (Body::Sedan, &["sedan", "saloon"]),
        ],
    )
}

pub(super) fn drivetrain(text: &str) -> Option<Drivetrain> {
    first(
        text,
        &[
            (Drivetrain::FourWd, &["4wd", "4x4", "fourwheel", "4wheel"]),
            (Drivetrain::Awd, &["awd", "allwheel", "quattro", "xdrive", "4matic", "4motion"]),
            (Drivetrain::Fwd, &["fwd", "frontwheel"]),
            (Drivetrain::Rwd, &["rwd", "rearwheel"]),
        ],
    )
}

pub(super) fn fuel(text: &str) -> Option<Fuel> {
    first(
        text,
        &[
            (Fuel::PlugInHybrid, &["plugin", "phev"]),
            (Fuel::Hybrid, &["hybrid", "hev"]),
            (Fuel::Diesel, &["diesel"]),
            (Fuel::Gasoline, &["gas", "petrol", "unleaded", "flex", "e85"]),
            (Fuel::Electric, &["electric", "bev"]),
        ],
    )
    .or_else(|| (fold(text) == "ev").then_some(Fuel::Electric))
}

pub(super) fn transmission(text: &str) -> Option<Transmission> {
    first(
        text,
        &[
            (Transmission::Cvt, &["cvt", "continuouslyvariable", "variable"]),
            (Transmission::Automatic, &["auto", "dualclutch", "dct", "tiptronic", "pdk", "directdrive", "singlespeed"]),
            (Transmission::Manual, &["manual", "stick"]),
        ],
    )
    .or_else(|| match fold(text).as_str() {
        text if text == "a" || text.ends_with("at") || text.ends_with("speeda") => Some(Transmission::Automatic),
        text if text == "m" || text.ends_with("mt") || text.ends_with("speedm") => Some(Transmission::Manual),
        _ => None,
    })
}

/// The first value one of whose marks stands in the text.
fn first<T: Copy>(text: &str, marks: &[(T, &[&str])]) -> Option<T> {
    let folded = fold(text);
    marks.iter().find(|(_, marks)| marks.iter().any(|mark| folded.contains(mark))).map(|(value, _)| *value)
}

/// The features of a list that is separated by `|`, else `;`, else lines, else commas.
pub(super) fn features(text: &str) -> Vec<String> {
    let separator = ['|', ';', '\n'].into_iter().find(|separator| text.contains(*separator)).unwrap_or(',');
    let mut features: Vec<String> = Vec::new();
    for feature in text.split(separator).map(|feature| one_line(&without_tags(feature), usize::MAX)) {
        if !feature.is_empty() && feature.chars().count() <= LONGEST_FEATURE && !features.contains(&feature) {
            features.push(feature);
        }
    }
    features.truncate(MOST_FEATURES);
    features
}

/// Words without HTML tags, on one line.
pub(super) fn words(text: &str) -> String {
    one_line(&without_tags(text), usize::MAX)
}

fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        match after.split_once('>') {
            Some((_, after)) if is_tag => {
                plain.push(' ');
                rest = after;
            }
            _ => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, read) in [
            ("41000", Amount::Minor(4_100_000)),
            ("$41,000", Amount::Minor(4_100_000)),
            ("$ 28,990.50", Amount::Minor(2_899_050)),
            ("28990.5", Amount::Minor(2_899_050)),
            ("28.990,50 €", Amount::Minor(2_899_050)),
            ("USD 28 990", Amount::Minor(2_899_000)),
            ("1,234,567", Amount::Minor(123_456_700)),
            ("", Amount::None),
            ("-", Amount::None),
            ("0.00", Amount::None),
            ("$1", Amount::Unreadable),
            ("Call us", Amount::Unreadable),
            ("N/A", Amount::Unreadable),
            ("-5000", Amount::Unreadable),
            ("28k", Amount::Unreadable),
            ("1e9", Amount::Unreadable),
            ("99999999999999999999", Amount::Unreadable),
        ] {
            assert_eq!(amount(text), read, "{text}");
        }
    }

    #[test]
    fn mileages_and_years_are_read_or_not() {
        for (text, read) in [
            ("41,250", Some(41_250)),
            ("12 mi", Some(12)),
            ("8.0", Some(8)),
            ("TMU", None),
            ("-5", None),
            ("9999999", None),
        ] {
            assert_eq!(mileage(text), read, "{text}");
        }
        for (text, read) in [("2021", Some(2021)), ("2021.0", Some(2021)), ("21", None), ("", None), ("20211", None)] {
            assert_eq!(year(text), read, "{text}");
        }
    }

    #[test]
    fn kinds_are_recognised_in_the_words_of_feeds() {
        for (text, read) in [
            ("Pickup Truck", Some(Body::Truck)),
            ("4D Crew Cab", Some(Body::Truck)),
            ("Sport Utility", Some(Body::Suv)),
            ("4dr Sedan", Some(Body::Sedan)),
            ("Minivan", Some(Body::Van)),
            ("Motorcycle", None),
        ] {
            assert_eq!(body(text), read, "{text}");
        }
        for (text, read) in [
            ("4x4", Some(Drivetrain::FourWd)),
            ("4WD", Some(Drivetrain::FourWd)),
            ("All-Wheel Drive", Some(Drivetrain::Awd)),
            ("Front-wheel drive", Some(Drivetrain::Fwd)),
            ("2WD", None),
        ] {
            assert_eq!(drivetrain(text), read, "{text}");
        }
        for (text, read) in [
            ("Gas/Electric Hybrid", Some(Fuel::Hybrid)),
            ("Plug-In Hybrid", Some(Fuel::PlugInHybrid)),
            ("Regular Unleaded", Some(Fuel::Gasoline)),
            ("EV", Some(Fuel::Electric)),
            ("Hydrogen", None),
        ] {
            assert_eq!(fuel(text), read, "{text}");
        }
        for (text, read) in [
            ("8-Speed A/T", Some(Transmission::Automatic)),
            ("6MT", Some(Transmission::Manual)),
            ("CVT Automatic", Some(Transmission::Cvt)),
            ("Automatic w/Manual Shift", Some(Transmission::Automatic)),
            ("Unknown", None),
        ] {
            assert_eq!(transmission(text), read, "{text}");
        }
    }

    #[test]
    fn features_and_words_lose_their_markup() {
        assert_eq!(
            features("Heated Seats|Tow, Hitch|Heated Seats||<b>Sunroof</b>"),
            ["Heated Seats", "Tow, Hitch", "Sunroof"]
        );
        assert_eq!(features("a; b ;c"), ["a", "b", "c"]);
        assert_eq!(words("<p>One owner.</p>\n<br/>5 < 6"), "One owner. 5 < 6");
    }
}
