//! What a model is shown of the tools, and that every provider's strict mode accepts it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

use forecourt_tools::{Registry, schema::KEYWORDS};
use serde_json::{Value, json};

#[test]
fn the_model_is_shown_exactly_this() {
    let tools: Vec<Value> = Registry::customer()
        .iter()
        .map(|tool| {
            json!({
                "name": tool.name(),
                "action": tool.action(),
                "description": tool.description(),
                "parameters": tool.schema(),
            })
        })
        .collect();
    for tool in tools {
        let name = tool["name"].as_str().unwrap().to_owned();
        insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!(name, tool) });
    }
}

#[test]
fn every_schema_is_strict() {
    for tool in Registry::customer().iter() {
        let schema = tool.schema();
        assert_eq!(schema["type"], "object", "{}", tool.name());
        check(schema, tool.name());
    }
}

/// Closed objects, every property required, no keyword that a strict mode refuses.
fn check(schema: &Value, at: &str) {
    let fields = schema.as_object().unwrap_or_else(|| panic!("{at}: {schema}"));
    for keyword in fields.keys() {
        assert!(KEYWORDS.contains(&keyword.as_str()), "{at}: {keyword}");
    }
    if let Some(properties) = fields.get("properties") {
        let names: Vec<&String> = properties.as_object().unwrap().keys().collect();
        let required: Vec<&str> =
            fields["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        assert!(names.iter().all(|name| required.contains(&name.as_str())), "{at}: not all required");
        assert_eq!(names.len(), required.len(), "{at}");
        assert_eq!(fields["additionalProperties"], false, "{at} is open");
        for (name, property) in properties.as_object().unwrap() {
            check(property, &format!("{at}.{name}"));
        }
    }
    if let Some(items) = fields.get("items") {
        check(items, &format!("{at}[]"));
    }
    for choice in fields.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
        check(choice, &format!("{at}|"));
    }
}

#[test]
fn names_and_descriptions_fit_every_provider() {
    for tool in Registry::customer().iter() {
        assert!(tool.name().len() <= 64 && tool.name().chars().all(|c| c.is_ascii_lowercase() || c == '_'));
        assert!((20..=300).contains(&tool.description().len()), "{}", tool.name());
        assert!(!tool.description().contains("  "), "{}", tool.name());
    }
}
