//! The words of the schema are the words of the domain, in both directions.

use std::collections::BTreeMap;

use cedar_policy::SchemaFragment;
use forecourt_domain::{
    action::{ActionKind, Channel, Effect, Trigger, Workflow},
    autonomy::{AutonomyLevel, PausedBy},
    contact::ConsentState,
    conversation::OwnerKind,
    settings::AfterHours,
    staff::Role,
};
use serde_json::Value;

fn schema() -> Value {
    let text = include_str!("../../policies/schema.cedarschema");
    let (fragment, warnings) = SchemaFragment::from_cedarschema_str(text).unwrap();
    assert_eq!(warnings.map(|warning| warning.to_string()).collect::<Vec<_>>(), Vec::<String>::new());
    fragment.to_json_value().unwrap()[""].clone()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

/// The texts of a domain enum.
macro_rules! domain {
    ($name:ident) => {
        (stringify!($name), $name::ALL.iter().map(|variant| variant.as_str()).collect::<Vec<_>>())
    };
}

#[test]
fn every_word_of_the_domain_is_in_the_schema_and_no_other() {
    let schema = schema();
    let described: BTreeMap<&str, Vec<&str>> = schema["entityTypes"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, entity)| (name.as_str(), texts(&entity["enum"])))
        .collect();
    let expected = BTreeMap::from([
        ("Agent", vec!["assistant", "copilot"]),
        ("User", vec!["user"]),
        ("System", vec!["forecourt"]),
        domain!(AfterHours),
        domain!(AutonomyLevel),
        domain!(Channel),
        domain!(ConsentState),
        domain!(OwnerKind),
        domain!(PausedBy),
        domain!(Role),
        domain!(Trigger),
        domain!(Workflow),
    ]);
    assert_eq!(described, expected);
}

#[test]
fn every_action_of_the_domain_is_in_the_schema_under_its_effect_and_no_other() {
    let schema = schema();
    let mut described = BTreeMap::new();
    for (name, action) in schema["actions"].as_object().unwrap() {
        // A group applies to nobody.
        if !texts(&action["appliesTo"]["principalTypes"]).is_empty() {
            let groups = action["memberOf"].as_array().unwrap().iter().map(|group| group["id"].as_str().unwrap());
            let effects: Vec<_> = groups.filter(|group| *group != "ceiling").collect();
            described.insert(name.as_str(), effects);
        }
    }
    let group = |action: &ActionKind| match action.effect() {
        Effect::ReadOnly => "read_only",
        Effect::Mutates => "mutates",
        Effect::Outbound => "outbound",
    };
    let expected = ActionKind::ALL.iter().map(|action| (action.as_str(), vec![group(action)])).collect();
    assert_eq!(described, expected);
}
