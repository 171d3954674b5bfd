//! Text from outside made fit to stand in one line, in a prompt or before a person.

/// `text` on one line of at most `longest` characters. Line ends and other control characters become
/// spaces, runs of spaces become one, none stay around it, and invisible characters go: a name cannot forge
/// a line of its own, hide words from those who read it, or make them look like others.
#[must_use]
pub fn one_line(text: &str, longest: usize) -> String {
    let visible = text.chars().filter(|letter| !is_invisible(*letter));
    let visible: String = visible.map(|letter| if ends_or_controls(letter) { ' ' } else { letter }).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(longest) {
        None => line,
        Some((end, _)) => line[..end].trim_end().to_owned(),
    }
}

fn ends_or_controls(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

/// What Unicode calls format characters: direction marks, zero-width characters, tags, variation
/// selectors.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_ends_or_hides_a_line_is_gone() {
        for (text, expected) in [
            ("Ann", "Ann"),
            ("  Ann\t Marie ", "Ann Marie"),
            ("Ann\nhandoff_open: yes", "Ann handoff_open: yes"),
            ("Ann\r\nx", "Ann x"),
            ("Ann\u{85}x\u{2028}y\u{2029}z\u{b}\u{c}w", "Ann x y z w"),
            ("Ann\0\u{1b}[2J", "Ann [2J"),
            ("\u{202e}nnA\u{2066}", "nnA"),
            ("A\u{e0041}\u{e006e}", "A"),
            ("Ze\u{200b}ro\u{ad}", "Zero"),
            ("José 李", "José 李"),
            ("\n\u{feff}", ""),
        ] {
            assert_eq!(one_line(text, 40), expected, "{text:?}");
        }
    }

    #[test]
    fn a_line_has_its_length_in_characters() {
        assert_eq!(one_line("ñandú ñandú", 7), "ñandú ñ");
        assert_eq!(one_line("ñandú ñandú", 6), "ñandú");
        assert_eq!(one_line("ñandú", 5), "ñandú");
    }
}
