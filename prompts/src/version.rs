//! The version of a prompt: a digest of everything that shapes it, and the body behind the digest.

use std::collections::BTreeMap;

use forecourt_domain::hex::hex;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::system::SystemContext;

/// What a turn is recorded under. Equal prompts have equal hashes, on every machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptVersion {
    /// SHA-256 of `body`, 64 hexadecimal digits.
    pub hash: String,
    /// Template sources, tool schemas and persona as JSON with sorted keys and no spaces.
    pub body: String,
}

impl PromptVersion {
    pub(crate) fn of<'a>(
        sources: impl Iterator<Item = (&'a str, &'a str)>,
        tools: &[Value],
        persona: &SystemContext,
    ) -> Self {
        let templates: BTreeMap<_, _> = sources.collect();
        // The tools keep their order: it is part of what the model reads.
        let body = json!({ "format": 1, "templates": templates, "tools": tools, "persona": persona });
        let body = canonical(body).to_string();
        Self { hash: hex(&Sha256::digest(&body)), body }
    }
}

/// The same value with the keys of every object sorted: `serde_json` may keep them as they came.
fn canonical(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let sorted: BTreeMap<_, _> = object.into_iter().map(|(key, value)| (key, canonical(value))).collect();
            Value::Object(sorted.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(elements) => Value::Array(elements.into_iter().map(canonical).collect()),
        scalar => scalar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompt_set::{PromptName, PromptSet};

    fn tools() -> Vec<Value> {
        vec![json!({"name": "get_vehicle", "parameters": {"type": "object", "properties": {}}}), json!({"name": "b"})]
    }

    #[test]
    fn the_hash_is_the_digest_of_the_body_and_the_body_holds_everything() {
        let version = PromptSet::built_in().version(&tools(), &SystemContext::sample());
        assert_eq!(version.hash, hex(&Sha256::digest(&version.body)));
        assert_eq!(version.hash.len(), 64);
        let body: Value = serde_json::from_str(&version.body).unwrap();
        assert_eq!(body["tools"], json!(tools()));
        assert_eq!(body["persona"], json!({"assistant_name": "Madison", "dealership_name": "Northgate Motors"}));
        for name in PromptName::ALL {
            assert!(body["templates"][name.path()].as_str().is_some_and(|source| !source.is_empty()), "{name:?}");
        }
    }

    #[test]
    fn the_order_of_keys_changes_nothing() {
        let shuffled = vec![
            serde_json::from_str(r#"{"parameters": {"properties": {}, "type": "object"}, "name": "get_vehicle"}"#)
                .unwrap(),
            json!({"name": "b"}),
        ];
        let set = PromptSet::built_in();
        let persona = SystemContext::sample();
        assert_eq!(set.version(&tools(), &persona), set.version(&shuffled, &persona));
    }

    #[test]
    fn a_change_of_any_part_is_another_version() {
        let (set, persona) = (PromptSet::built_in(), SystemContext::sample());
        let draft = set.clone().with_draft(PromptName::System, "You are {{ assistant_name }}.".to_owned()).unwrap();
        let renamed = SystemContext { assistant_name: "Ava".to_owned(), ..persona.clone() };
        let mut reordered = tools();
        reordered.reverse();
        let base = set.version(&tools(), &persona);
        for other in [
            draft.version(&tools(), &persona),
            set.version(&tools(), &renamed),
            set.version(&reordered, &persona),
            set.version(&[], &persona),
        ] {
            assert_ne!(other.hash, base.hash);
        }
    }
}
