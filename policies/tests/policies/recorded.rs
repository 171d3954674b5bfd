//! Decisions are recorded and replayed: the same facts, the same decision, in a shape that lasts.

use forecourt_domain::{action::Trigger, autonomy::AutonomyLevel};
use forecourt_policies::{Decision, Facts, PolicySet};
use serde_json::{Value, json};

use crate::{BUILT_IN, decide, facts};

fn recorded_under(version: u16) -> Value {
    let text = match version {
        1 => include_str!("../facts.v1.json"),
        _ => include_str!("../facts.v2.json"),
    };
    serde_json::from_str(text).unwrap()
}

#[test]
fn facts_recorded_under_every_version_read_back_and_those_of_this_one_are_written_the_same() {
    assert_eq!(Facts::SCHEMA_VERSION, 2, "a new version keeps these files and adds an upcaster beside its own");
    assert_eq!(serde_json::to_value(facts()).unwrap(), recorded_under(2));
    for version in 1..=Facts::SCHEMA_VERSION {
        assert_eq!(Facts::from_recorded(version, recorded_under(version)).unwrap(), facts(), "version {version}");
    }
}

#[test]
fn facts_under_a_version_they_were_not_recorded_under_are_refused() {
    for (version, recorded) in
        [(0, recorded_under(1)), (3, recorded_under(2)), (2, recorded_under(1)), (1, recorded_under(2))]
    {
        assert!(Facts::from_recorded(version, recorded).is_err(), "version {version}");
    }
}

#[test]
fn facts_with_a_word_that_this_version_does_not_know_are_refused() {
    for (field, value) in
        [("weather", json!("rain")), ("channel", json!("fax")), ("actor", json!({ "kind": "dealer" }))]
    {
        let mut recorded: Value = serde_json::from_str(include_str!("../facts.v2.json")).unwrap();
        recorded[field] = value;
        assert!(serde_json::from_value::<Facts>(recorded).is_err(), "{field}");
    }
}

#[test]
fn the_same_facts_give_the_same_decision_in_every_process() {
    let other = PolicySet::built_in().unwrap();
    assert_eq!(other.version(), BUILT_IN.version());
    for &level in AutonomyLevel::ALL {
        for &trigger in Trigger::ALL {
            let facts = Facts { level, trigger, dealership_suspended: true, ..facts() };
            assert_eq!(other.decide(&facts), decide(facts), "{level} {trigger}");
        }
    }
}

#[test]
fn a_decision_is_recorded_as_the_snapshot_shows_and_reads_back() {
    let opens_at = Some("2026-11-21T16:00:00Z".parse().unwrap());
    let facts = Facts { level: AutonomyLevel::Suggest, opens_at, ..facts() };
    let forbid = r#"@id("x") @reason("Not before we open.") @on_forbid("wait:opens_at")
        forbid (principal, action, resource);"#;
    let decision =
        Decision { policy_version: "0".repeat(64), ..BUILT_IN.with_dealership(forbid).unwrap().decide(&facts) };
    let recorded = serde_json::to_value(&decision).unwrap();
    assert_eq!(serde_json::from_value::<Decision>(recorded.clone()).unwrap(), decision);
    insta::assert_json_snapshot!(recorded);
}
