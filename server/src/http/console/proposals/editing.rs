//! Editing a proposal in a form: one field for a text, one for each argument of a tool.

use std::collections::HashMap;

use forecourt_agent::{Change, ItemEdit};
use forecourt_crm_store::proposals::{Item, Proposal};
use forecourt_domain::ids::ProposedActionId;
use serde_json::{Map, Value};

use crate::http::console::arguments::name_in_words;

/// A field of the form.
pub struct Field {
    pub name: String,
    pub label: String,
    pub value: String,
    pub is_long: bool,
}

/// What somebody wrote that could not run: it goes back into the form.
#[derive(Debug)]
pub struct Edited {
    pub id: ProposedActionId,
    pub fields: HashMap<String, String>,
}

/// The fields of an item, as it is or as somebody edited it.
#[must_use]
pub fn fields(item: &Item, edited: Option<&Edited>) -> Vec<Field> {
    let written = |name: &str| edited.and_then(|edited| edited.fields.get(name).cloned());
    if let Some(text) = item.text() {
        let name = field_name(item, "text");
        let value = written(&name).unwrap_or_else(|| text.to_owned());
        return vec![Field { name, label: "Text".to_owned(), value, is_long: true }];
    }
    let Value::Object(arguments) = &item.arguments else { return Vec::new() };
    let field = |(argument, value): (&String, &Value)| {
        let name = field_name(item, argument);
        let value = written(&name).unwrap_or_else(|| in_a_field(value));
        let is_long = value.chars().count() > 60;
        Field { name, label: name_in_words(argument), value, is_long }
    };
    arguments.iter().map(field).collect()
}

/// What is otherwise in the form than in the proposal. A field that is not there is as it was.
#[must_use]
pub fn edits(proposal: &Proposal, form: &HashMap<String, String>) -> Vec<ItemEdit> {
    proposal.pending().filter_map(|item| edit(item, form)).collect()
}

fn edit(item: &Item, form: &HashMap<String, String>) -> Option<ItemEdit> {
    let written = |argument: &str| form.get(&field_name(item, argument)).map(|text| text.replace("\r\n", "\n"));
    let change = match item.text() {
        Some(text) => Change::Text(written("text").filter(|written| written.trim() != text)?),
        None => {
            let Value::Object(arguments) = &item.arguments else { return None };
            let after: Map<String, Value> = arguments
                .iter()
                .map(|(name, value)| {
                    let changed = written(name).filter(|written| *written != in_a_field(value));
                    (name.clone(), changed.map_or_else(|| value.clone(), |written| read(value, written.trim())))
                })
                .collect();
            (after != *arguments).then_some(Change::Arguments(Value::Object(after)))?
        }
    };
    Some(ItemEdit { item_no: item.no, change })
}

fn field_name(item: &Item, argument: &str) -> String {
    format!("item-{}-{argument}", item.no)
}

/// Words as they are; nothing for nothing; all else as JSON.
fn in_a_field(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What somebody wrote in place of `before`: of its kind if it can be. The tool judges it.
fn read(before: &Value, written: &str) -> Value {
    let text = || Value::String(written.to_owned());
    match before {
        _ if written.is_empty() => Value::Null,
        Value::Null | Value::String(_) => text(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            serde_json::from_str(written).unwrap_or_else(|_| text())
        }
    }
}
