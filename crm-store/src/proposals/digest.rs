//! The digest of a proposal: the name of exactly what a person was shown.

use forecourt_domain::{
    action::ActionKind, conversation::ItemStatus, evidence::ShownFact, hex::hex, ids::ProposedActionId,
};
use serde_json::{Value, json};

use super::Item;
use crate::{keys::sha256, payloads::canonical_json};

/// What is shown of an item.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    pub no: i16,
    pub action: ActionKind,
    pub tool: Option<&'a str>,
    /// Arguments, or the text.
    pub arguments: &'a Value,
    pub facts: &'a [ShownFact],
}

impl<'a> From<&'a Item> for Shown<'a> {
    fn from(item: &'a Item) -> Self {
        Self {
            no: item.no,
            action: item.action,
            tool: item.tool.as_deref(),
            arguments: &item.arguments,
            facts: &item.facts,
        }
    }
}

/// SHA-256, in hexadecimal, of the canonical JSON of a proposal's id and of all that would run, in order.
/// The version of a row is not part of it: nobody is shown one.
#[must_use]
pub fn digest(id: ProposedActionId, items: &[Shown<'_>]) -> String {
    let items: Vec<Value> = items.iter().map(item).collect();
    hex(&sha256(canonical_json(&json!({ "id": id, "items": items })).as_bytes()))
}

/// The digest of those items that would run if the proposal were approved now.
pub(super) fn digest_of_pending(id: ProposedActionId, items: &[Item]) -> String {
    let pending: Vec<_> = items.iter().filter(|item| item.status == ItemStatus::Pending).map(Shown::from).collect();
    digest(id, &pending)
}

fn item(shown: &Shown<'_>) -> Value {
    let facts: Vec<Value> = shown.facts.iter().map(fact).collect();
    json!({
        "no": shown.no, "action": shown.action, "tool": shown.tool, "arguments": shown.arguments, "facts": facts,
    })
}

fn fact(fact: &ShownFact) -> Value {
    let ShownFact { source, field, fact, shown } = fact;
    json!({
        "kind": source.kind, "id": source.id, "label": source.label, "field": field, "fact": fact, "shown": shown,
    })
}

#[cfg(test)]
mod tests {
    use forecourt_domain::{
        evidence::{Fact, Source, SourceKind},
        money::{Currency, Money},
    };
    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::Map;
    use uuid::Uuid;

    use super::*;

    /// A proposal of two items as it may be shown.
    #[derive(Debug, Clone, PartialEq)]
    struct Sight {
        id: ProposedActionId,
        no: i16,
        action: ActionKind,
        tool: Option<String>,
        arguments: Map<String, Value>,
        text: String,
        facts: Vec<ShownFact>,
    }

    impl Sight {
        fn digest(&self) -> String {
            let (arguments, text) = (Value::Object(self.arguments.clone()), json!({ "text": self.text }));
            let first = Shown {
                no: self.no,
                action: self.action,
                tool: self.tool.as_deref(),
                arguments: &arguments,
                facts: &self.facts,
            };
            let last =
                Shown { no: self.no + 1, action: ActionKind::SendReply, tool: None, arguments: &text, facts: &[] };
            digest(self.id, &[first, last])
        }
    }

    fn facts() -> impl Strategy<Value = ShownFact> {
        ("[a-z]{1,6}", any::<u128>(), 0..9_999_999_i64, any::<i64>()).prop_map(|(field, id, minor, version)| {
            let money = Money::from_minor(minor, Currency::Usd);
            ShownFact {
                source: Source {
                    kind: SourceKind::Vehicle,
                    id: Uuid::from_u128(id),
                    version,
                    label: format!("stock=U{}", id % 100),
                },
                field,
                fact: Fact::Money(money),
                shown: money.to_string(),
            }
        })
    }

    fn sights() -> impl Strategy<Value = Sight> {
        let value = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
            prop::collection::vec(".{0,4}".prop_map(Value::from), 0..3).prop_map(Value::from),
        ];
        (
            1_i16..20,
            prop::sample::select(ActionKind::ALL),
            prop::option::of("[a-z_]{1,12}"),
            prop::collection::btree_map("[a-z]{1,5}", value, 1..5),
            ".{0,40}",
            prop::collection::vec(facts(), 1..4),
        )
            .prop_map(|(no, action, tool, arguments, text, facts)| Sight {
                id: ProposedActionId::generate(Timestamp::UNIX_EPOCH),
                no,
                action,
                tool,
                arguments: arguments.into_iter().collect(),
                text,
                facts,
            })
    }

    /// Every way in which one shown thing can be another.
    fn changed(sight: &Sight) -> Vec<(&'static str, Sight)> {
        let with = |change: &dyn Fn(&mut Sight)| {
            let mut other = sight.clone();
            change(&mut other);
            other
        };
        let key = sight.arguments.keys().next().cloned().unwrap_or_default();
        let other_action =
            if sight.action == ActionKind::UpdateLead { ActionKind::Respond } else { ActionKind::UpdateLead };
        vec![
            ("the id", with(&|it| it.id = ProposedActionId::generate(Timestamp::UNIX_EPOCH))),
            ("the order", with(&|it| it.no += 1)),
            ("the action", with(&|it| it.action = other_action)),
            ("the tool", with(&|it| it.tool = Some(format!("{}x", it.tool.as_deref().unwrap_or_default())))),
            ("a value", with(&|it| it.arguments[&key] = json!([it.arguments[&key].clone()]))),
            ("an argument more", with(&|it| drop(it.arguments.insert("another".to_owned(), Value::Null)))),
            ("an argument less", with(&|it| drop(it.arguments.remove(&key)))),
            ("the text", with(&|it| it.text.push('.'))),
            ("a figure", with(&|it| it.facts[0].fact = Fact::Count(7))),
            ("how it is written", with(&|it| it.facts[0].shown.push(' '))),
            ("its field", with(&|it| it.facts[0].field.push('x'))),
            ("its record", with(&|it| it.facts[0].source.id = Uuid::from_u128(it.facts[0].source.id.as_u128() ^ 1))),
            ("the record's name", with(&|it| it.facts[0].source.label.push('9'))),
            ("a fact less", with(&|it| drop(it.facts.pop()))),
            ("a fact more", with(&|it| it.facts.push(it.facts[0].clone()))),
        ]
    }

    proptest! {
        #[test]
        fn any_change_of_any_shown_thing_changes_the_digest(sight in sights()) {
            for (what, other) in changed(&sight) {
                prop_assert_ne!(sight.digest(), other.digest(), "{}", what);
            }
        }

        #[test]
        fn neither_the_order_of_keys_nor_a_trip_through_text_changes_the_digest(sight in sights()) {
            let backwards: Map<String, Value> =
                sight.arguments.iter().rev().map(|(name, value)| (name.clone(), value.clone())).collect();
            let text = serde_json::to_string(&backwards).unwrap();
            let other = Sight { arguments: serde_json::from_str(&text).unwrap(), ..sight.clone() };
            prop_assert_eq!(sight.digest(), other.digest());
        }

        #[test]
        fn the_version_of_a_row_is_not_shown_and_not_covered(sight in sights()) {
            let mut other = sight.clone();
            other.facts[0].source.version ^= 1;
            prop_assert_eq!(sight.digest(), other.digest());
        }
    }
}
