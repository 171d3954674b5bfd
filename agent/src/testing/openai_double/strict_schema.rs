//! What OpenAI's strict mode accepts as a tool's parameters
//! (<https://platform.openai.com/docs/guides/structured-outputs#supported-schemas>).

use serde_json::{Map, Value};

const KEYWORDS: [&str; 22] = [
    "$defs",
    "$ref",
    "$schema",
    "additionalProperties",
    "anyOf",
    "const",
    "description",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maximum",
    "minItems",
    "minimum",
    "multipleOf",
    "pattern",
    "properties",
    "required",
    "title",
    "type",
];

const FORMATS: [&str; 9] = ["date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "time", "uuid"];

/// Every rule that a tool's parameters break, with the place; empty for a good schema.
#[must_use]
pub fn violations(parameters: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    if parameters["type"] != "object" || !parameters["anyOf"].is_null() {
        broken.push("parameters: the root must be an object and no anyOf".to_owned());
    }
    check(parameters, "parameters", &mut broken);
    broken
}

fn check(schema: &Value, at: &str, broken: &mut Vec<String>) {
    let Some(schema) = schema.as_object() else {
        broken.push(format!("{at}: must be a schema object"));
        return;
    };
    for keyword in schema.keys().filter(|keyword| !KEYWORDS.contains(&keyword.as_str())) {
        broken.push(format!("{at}: the keyword {keyword} is not supported"));
    }
    if let Some(format) = schema.get("format").filter(|format| !FORMATS.iter().any(|known| *format == known)) {
        broken.push(format!("{at}: the format {format} is not supported"));
    }
    if !["type", "anyOf", "$ref", "enum", "const"].iter().any(|keyword| schema.contains_key(*keyword)) {
        broken.push(format!("{at}: anything at all is not allowed; give a type"));
    }
    if is_object(schema) {
        check_object(schema, at, broken);
    }
    for (name, inner) in members(schema, "properties").chain(members(schema, "$defs")) {
        check(inner, &format!("{at}.{name}"), broken);
    }
    if let Some(items) = schema.get("items") {
        check(items, &format!("{at}[]"), broken);
    }
    for (position, inner) in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
        check(inner, &format!("{at}|{position}"), broken);
    }
}

fn is_object(schema: &Map<String, Value>) -> bool {
    match schema.get("type") {
        Some(Value::Array(types)) => types.iter().any(|kind| kind == "object"),
        Some(kind) => kind == "object",
        None => schema.contains_key("properties"),
    }
}

fn check_object(schema: &Map<String, Value>, at: &str, broken: &mut Vec<String>) {
    if schema.get("additionalProperties") != Some(&Value::Bool(false)) {
        broken.push(format!("{at}: additionalProperties must be false"));
    }
    let required: Vec<_> = schema.get("required").and_then(Value::as_array).into_iter().flatten().collect();
    for (name, _) in members(schema, "properties") {
        if !required.iter().any(|required| *required == name) {
            broken.push(format!("{at}.{name}: must be required; absence is null"));
        }
    }
}

fn members<'a>(schema: &'a Map<String, Value>, keyword: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    schema.get(keyword).and_then(Value::as_object).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_closed_schema_whose_properties_are_all_required_is_strict() {
        let schema = json!({
            "type": "object", "additionalProperties": false, "required": ["kind", "starts_at", "features", "price_max"],
            "properties": {
                "kind": {"type": "string", "enum": ["sales", "service"]},
                "starts_at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
                "features": {"type": "array", "items": {"type": "string"}, "maxItems": 5},
                "price_max": {"type": ["integer", "null"], "minimum": 0},
            },
        });
        assert_eq!(violations(&schema), Vec::<String>::new());
    }

    #[test]
    fn what_strict_mode_rejects_is_found_at_every_depth() {
        let within = |inner: Value| json!({"type": "object", "additionalProperties": false, "required": ["a"], "properties": {"a": inner}});
        for (schema, expected) in [
            (json!({"type": "string"}), "parameters: the root must be an object and no anyOf"),
            (json!({"type": "object", "properties": {}}), "parameters: additionalProperties must be false"),
            (within(json!({"type": "object", "properties": {}})), "parameters.a: additionalProperties must be false"),
            (
                within(json!({"type": ["object", "null"], "properties": {}})),
                "parameters.a: additionalProperties must be false",
            ),
            (within(json!({"type": "string", "minLength": 1})), "parameters.a: the keyword minLength is not supported"),
            (within(json!({"type": "string", "default": ""})), "parameters.a: the keyword default is not supported"),
            (
                within(json!({"type": "integer", "format": "uint32"})),
                "parameters.a: the format \"uint32\" is not supported",
            ),
            (within(json!({"oneOf": [{"type": "null"}]})), "parameters.a: the keyword oneOf is not supported"),
            (within(json!({})), "parameters.a: anything at all is not allowed; give a type"),
            (within(json!(true)), "parameters.a: must be a schema object"),
            (
                within(json!({"type": "array", "items": {"allOf": []}})),
                "parameters.a[]: the keyword allOf is not supported",
            ),
            (
                within(json!({"anyOf": [{"type": "null"}, {"not": {}}]})),
                "parameters.a|1: the keyword not is not supported",
            ),
        ] {
            let broken = violations(&schema);
            assert!(broken.contains(&expected.to_owned()), "{schema}: {broken:?}");
        }
        let optional = json!({"type": "object", "additionalProperties": false, "properties": {"a": {"type": "null"}}});
        assert_eq!(violations(&optional), ["parameters.a: must be required; absence is null"]);
    }
}
