//! What a dealership may add: forbids that can be read, checked and explained, and nothing else.

use forecourt_domain::{action::Trigger, autonomy::AutonomyLevel};
use forecourt_policies::{Facts, Fault, PolicyError, PolicySet, Verdict};

use crate::{BUILT_IN, decide, facts};

const QUIET_SUNDAY: &str = r#"
@id("few_answers")
@reason("After the first answer a person approves every text.")
@on_forbid("approval")
forbid (principal is Agent, action == Action::"send_reply", resource == Channel::"sms")
when { context.answers_today > 0 };
"#;

fn forbid(id: &str, consequence: &str) -> String {
    format!(r#"@id("{id}") @reason("r") @on_forbid("{consequence}") forbid (principal, action, resource);"#)
}

fn with(source: &str) -> Result<PolicySet, PolicyError> {
    BUILT_IN.with_dealership(source)
}

#[test]
fn a_dealerships_forbid_binds_under_its_own_name_and_version() {
    let set = with(QUIET_SUNDAY).unwrap();
    let decision = set.decide(&facts());
    assert_eq!(decision.verdict, Verdict::RequireApproval);
    assert_eq!(decision.why(), "After the first answer a person approves every text.");
    assert_eq!(decision.policy_version, set.version());
    assert_ne!(set.version(), BUILT_IN.version());
    assert_eq!(set.version(), with(QUIET_SUNDAY).unwrap().version());
    assert_eq!(decide(facts()).verdict, Verdict::Allow, "the set that it grew from is as it was");
}

#[test]
fn two_forbids_combine_to_the_stricter_verdict_and_the_later_instant() {
    let set = with(
        &[
            forbid("a", "suggest"),
            forbid("b", "wait:opens_at"),
            forbid("c", "approval"),
            forbid("d", "wait:quiet_hours_end"),
        ]
        .concat(),
    )
    .unwrap();
    let (early, late) = ("2026-11-21T15:00:00Z".parse().unwrap(), "2026-11-21T16:00:00Z".parse().unwrap());
    for (opens_at, quiet_hours_end) in [(early, late), (late, early)] {
        let facts = Facts { opens_at: Some(opens_at), quiet_hours_end: Some(quiet_hours_end), ..facts() };
        let decision = set.decide(&facts);
        assert_eq!((decision.verdict, decision.not_before), (Verdict::SuggestOnly, Some(late)));
    }
}

#[test]
fn an_instant_keeps_its_microseconds() {
    let opens_at = "2026-11-21T15:00:00.123456Z".parse().unwrap();
    let decision = with(&forbid("a", "wait:opens_at")).unwrap().decide(&Facts { opens_at: Some(opens_at), ..facts() });
    assert_eq!((decision.verdict, decision.not_before), (Verdict::Allow, Some(opens_at)));
}

#[test]
fn waiting_for_an_instant_that_is_not_known_is_a_deny() {
    let decision = with(&forbid("a", "wait:opens_at")).unwrap().decide(&facts());
    assert_eq!(decision.verdict, Verdict::Deny);
    assert_eq!(decision.faults, [Fault::UnknownInstant { policy: "a".to_owned(), fact: "opens_at".to_owned() }]);
    assert!(decision.why().contains("opens_at"));
}

#[test]
fn a_policy_that_passes_every_check_and_then_errors_is_a_deny() {
    let source = r#"@id("overflow") @reason("r") @on_forbid("approval")
        forbid (principal, action, resource) when { context.answer_cap * 9223372036854775807 < 0 };"#;
    let decision = with(source).unwrap().decide(&facts());
    assert_eq!(decision.verdict, Verdict::Deny);
    assert!(matches!(&decision.faults[..], [Fault::PolicyErrored { message }] if message.contains("`overflow`")));
}

#[test]
fn no_forbid_makes_a_decision_looser_or_earlier() {
    let strict = with(&[QUIET_SUNDAY, &forbid("b", "wait:opens_at")].concat()).unwrap();
    let opens_at = Some("2026-11-21T16:00:00Z".parse().unwrap());
    for &level in AutonomyLevel::ALL {
        for &trigger in Trigger::ALL {
            let facts = Facts { level, trigger, opens_at, ..facts() };
            let (before, after) = (decide(facts), strict.decide(&facts));
            assert!(after.verdict >= before.verdict && after.not_before >= before.not_before, "{level} {trigger}");
        }
    }
}

#[test]
fn what_a_dealership_may_not_write_is_refused_with_what_to_do() {
    let good = r#"@id("x") @reason("r") @on_forbid("deny")"#;
    let cases = [
        ("a permit", r#"@id("x") @reason("r") permit (principal, action, resource);"#.to_owned()),
        ("a template", format!("{good} forbid (principal == ?principal, action, resource);")),
        ("a built-in id", forbid("opted_out", "deny")),
        ("the same id twice", forbid("x", "deny").repeat(2)),
        ("no id", r#"@reason("r") @on_forbid("deny") forbid (principal, action, resource);"#.to_owned()),
        ("an id with a line break", forbid(r"x\n", "deny")),
        ("an id too long", forbid(&"x".repeat(65), "deny")),
        ("no reason", r#"@id("x") @on_forbid("deny") forbid (principal, action, resource);"#.to_owned()),
        (
            "a blank reason",
            r#"@id("x") @reason(" ") @on_forbid("deny") forbid (principal, action, resource);"#.to_owned(),
        ),
        ("no consequence", r#"@id("x") @reason("r") forbid (principal, action, resource);"#.to_owned()),
        ("a looser consequence", forbid("x", "allow")),
        ("an instant that is none", forbid("x", "wait:recipient_minute")),
        ("not Cedar", format!("{good}\nforbid (principal, action, resource)\nwhen context.paused;")),
        ("an unknown action", format!(r#"{good} forbid (principal, action == Action::"send_fax", resource);"#)),
        ("an unknown channel", format!(r#"{good} forbid (principal, action, resource == Channel::"fax");"#)),
        ("an unknown fact", format!("{good} forbid (principal, action, resource) when {{ context.weather == 1 }};")),
        (
            "a fact of another type",
            format!("{good} forbid (principal, action, resource) when {{ context.answers_today }};"),
        ),
        (
            "a fact that may be absent",
            format!("{good} forbid (principal, action, resource) when {{ context.consent_age_days > 30 }};"),
        ),
        ("what can never match", format!(r#"{good} forbid (principal, action == Action::"mutates", resource);"#)),
        ("too many bytes", format!("// {}", "x".repeat(32 * 1024))),
        ("too many policies", (0..101).map(|n| forbid(&format!("p{n}"), "deny")).collect()),
    ];
    let answers: String = cases
        .iter()
        .map(|(name, source)| {
            format!("{name}\n  {}\n", with(source).expect_err(name).to_string().replace('\n', "\n  "))
        })
        .collect();
    insta::assert_snapshot!(answers);
}

/// A forbid whose condition repeats `open` and `close` around `inside`.
fn nested(open: &str, inside: &str, close: &str, depth: usize) -> String {
    let condition = format!("{}{inside}{}", open.repeat(depth), close.repeat(depth));
    forbid("deep", "deny").replace(';', &format!(" when {{ {condition} }};"))
}

/// Every way to nest in Cedar.
const NESTS: [(&str, &str, &str); 10] = [
    ("(", "true", ")"),
    ("[", "1", "]"),
    ("{a: ", "1", "}"),
    ("if ", "true", " then true else false"),
    ("if context.own_profile then true else ", "true", ""),
    ("!", "true", ""),
    ("", "context.own_profile", " && context.own_profile"),
    ("", "1", " + 1"),
    ("", "context", ".a"),
    ("", "true", " } when { true"),
];

#[test]
fn nesting_without_end_is_an_error_and_not_a_crash() {
    for (open, inside, close) in NESTS {
        let depth = 16_000 / (open.len() + close.len());
        let error = with(&nested(open, inside, close, depth)).unwrap_err();
        assert!(matches!(error, PolicyError::TooNested { .. }), "{open} {close}: {error}");
    }
    // Not closed, or hidden behind what is no string and no comment.
    for hidden in ["(", "\"", "\\\"", "/ ", "\n//\r"] {
        with(&format!("forbid (principal, action, resource) when {{ {hidden}{}", "(".repeat(16_000))).unwrap_err();
    }
}

#[test]
fn what_is_just_within_the_bounds_is_read_and_checked_to_its_deepest_word() {
    for (open, _, close) in NESTS {
        let within = (1..60).rev().map(|depth| nested(open, "context.weather", close, depth));
        let error =
            within.map(|source| with(&source).unwrap_err()).find(|e| !matches!(e, PolicyError::TooNested { .. }));
        let error = error.unwrap().to_string();
        assert!(error.contains("weather") || open == "!", "{open} {close}: {error}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let good = forbid("fine", "deny");
    let lines = |source: &str| -> Vec<Option<usize>> {
        let error = with(source).unwrap_err();
        error.in_lines(source).into_iter().map(|(line, _)| line).collect()
    };
    let unknown =
        r#"@id("odd") @reason("r") @on_forbid("deny") forbid (principal, action == Action::"send_fax", resource);"#;
    let absent = "@id(\"when\") @reason(\"r\")\n@on_forbid(\"deny\")\nforbid (principal, action, resource)\nwhen { context.weather == 1 };";
    for (source, expected) in [
        (format!("{good}\n\n{}", forbid("fine", "deny")), vec![Some(3)]),
        (format!("{good}\n{}", forbid("odd", "allow")), vec![Some(2)]),
        (format!("{good}\n{unknown}"), vec![Some(2)]),
        (format!("{good}\n{unknown}\n{absent}"), vec![Some(2), Some(3)]),
        ("forbid (principal,\n action,\n resource when;".to_owned(), vec![Some(3)]),
        ("forbid (principal, action, resource);".to_owned(), vec![None]),
    ] {
        let mut found = lines(&source);
        found.sort();
        // Cedar may have more to say of one policy.
        found.dedup();
        assert_eq!(found, expected, "{source}: {:?}", with(&source).unwrap_err());
    }
}

#[test]
fn a_version_that_cannot_be_used_denies_everything_to_everybody_and_names_itself() {
    let error = with(&forbid("x", "allow")).unwrap_err();
    let refusing = BUILT_IN.refusing(7, &error);
    assert_ne!(refusing.version(), BUILT_IN.version());
    for actor in crate::every_actor() {
        let decision = refusing.decide(&Facts { actor, ..facts() });
        assert_eq!(decision.verdict, Verdict::Deny, "{actor:?}");
        assert!(matches!(&decision.faults[..], [Fault::OwnPoliciesUnusable { number: 7, .. }]), "{decision:?}");
        assert!(decision.why().starts_with("Version 7 of the dealership's own policies cannot be used"));
    }
}
