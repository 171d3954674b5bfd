//! Whether a vehicle has the colour somebody asked for.

use crate::features::canonical_terms;

/// Words that shade a colour without being one.
const SHADES: [&str; 9] = ["dark", "light", "deep", "bright", "metallic", "pearl", "matte", "crystal", "color"];

/// Whether `painted` (such as `Deep Blue Metallic`) is what somebody calls `asked` (such as `dark blue`).
pub(crate) fn is_color(asked: &str, painted: &str) -> bool {
    let painted = canonical_terms(painted);
    let wanted: Vec<String> =
        canonical_terms(asked).into_iter().filter(|word| !SHADES.contains(&word.as_str())).collect();
    wanted.iter().any(|word| painted.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_a_colour_in_any_shade_and_spelling() {
        for (asked, painted, same) in [
            ("red", "Soul Red Crystal Metallic", true),
            ("dark blue", "Deep Blue Metallic", true),
            ("grey", "Machine Gray", true),
            ("white", "Oxford White", true),
            ("black", "Oxford White", false),
            ("dark", "Deep Blue", false),
            ("", "Red", false),
        ] {
            assert_eq!(is_color(asked, painted), same, "{asked} / {painted}");
        }
    }
}
