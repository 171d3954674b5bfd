//! The typed arguments of a proposed action as lines that a person can decide on.

use jiff::{Timestamp, civil::DateTime};
use serde_json::Value;

use super::times::Calendar;

/// One argument: its name and its value in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub name: String,
    pub value: String,
}

/// The arguments in words, in their own order; what is not given is left out.
#[must_use]
pub fn in_words(arguments: &Value, calendar: &Calendar) -> Vec<Line> {
    let Value::Object(map) = arguments else { return Vec::new() };
    map.iter()
        .filter_map(|(name, value)| Some(Line { name: name_in_words(name), value: value_in_words(value, calendar)? }))
        .collect()
}

/// `Stock number` for `stock_number`.
#[must_use]
pub fn name_in_words(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn value_in_words(value: &Value, calendar: &Calendar) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text_in_words(text, calendar)),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().filter_map(|item| value_in_words(item, calendar)).collect();
            (!items.is_empty()).then(|| items.join(", "))
        }
        Value::Object(map) => {
            let fields: Vec<_> = map
                .iter()
                .filter_map(|(name, value)| {
                    Some(format!("{}: {}", name_in_words(name), value_in_words(value, calendar)?))
                })
                .collect();
            (!fields.is_empty()).then(|| fields.join("; "))
        }
    }
}

/// Instants and local times as staff read them, names of kinds without underscores, all else as it is.
fn text_in_words(text: &str, calendar: &Calendar) -> String {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return calendar.moment(instant).text;
    }
    if text.contains('T')
        && let Ok(local) = text.parse::<DateTime>()
    {
        return calendar.civil_moment(local);
    }
    let is_kind = text.contains('_') && text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
    if is_kind { text.replace('_', " ") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_read_as_a_person_would_say_them() {
        let calendar =
            Calendar { zone: "America/Denver".parse().unwrap(), now: "2026-11-20T17:00:00Z".parse().unwrap() };
        let arguments = json!({
            "kind": "test_drive", "starts_at": "2026-11-21T10:30", "held_until": "2026-11-20T18:00:00Z",
            "stock_number": "M4471", "note": null, "trade_in": false, "photos": ["front", "rear_left"],
            "customer": { "first_name": "Elena", "email": null },
        });
        let mut lines: Vec<_> =
            in_words(&arguments, &calendar).into_iter().map(|line| format!("{}: {}", line.name, line.value)).collect();
        lines.sort();
        assert_eq!(
            lines,
            [
                "Customer: First name: Elena",
                "Held until: today at 11:00 AM",
                "Kind: test drive",
                "Photos: front, rear left",
                "Starts at: tomorrow at 10:30 AM",
                "Stock number: M4471",
                "Trade in: no",
            ]
        );
    }
}
