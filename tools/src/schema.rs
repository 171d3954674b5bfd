//! JSON Schemas that providers accept in strict mode: closed objects, every property required,
//! absence as null, and no keyword that one of them refuses.

use schemars::{
    JsonSchema,
    generate::SchemaSettings,
    transform::{Transform, transform_subschemas},
};
use serde_json::Value;

/// The keywords that every provider we know accepts in strict mode. Limits on numbers and lengths are
/// not among them: they stand in descriptions and are checked while arguments are read.
pub const KEYWORDS: [&str; 9] =
    ["type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "const", "description"];

/// The schema of a tool's arguments.
#[must_use]
pub fn strict_schema<A: JsonSchema>() -> Value {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.inline_subschemas = true;
    let mut schema = settings.into_generator().into_root_schema_for::<A>();
    // The tool's own description says what its arguments are.
    schema.remove("description");
    Strict.transform(&mut schema);
    schema.to_value()
}

/// Leaves only [`KEYWORDS`], and gives objects without properties an empty list of them.
struct Strict;

impl Transform for Strict {
    fn transform(&mut self, schema: &mut schemars::Schema) {
        if let Some(fields) = schema.as_object_mut() {
            fields.retain(|keyword, _| KEYWORDS.contains(&keyword.as_str()));
            if fields.get("type").is_some_and(|kind| kind == "object") {
                fields.entry("properties").or_insert_with(|| Value::Object(Default::default()));
                fields.entry("required").or_insert_with(|| Value::Array(Vec::new()));
            }
        }
        transform_subschemas(self, schema);
    }
}
