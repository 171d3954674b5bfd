//! The fixtures: rows of `truthful*.jsonl` must pass, rows of `untruthful*.jsonl` must be stopped at the
//! words they name, by the guard they name. And no truthful row survives a changed digit.
//!
//! The files with a number were written before the guards were changed for them. What came out at
//! first is in the messages of the commits that added them.

use std::{collections::BTreeMap, sync::LazyLock};

use forecourt_domain::evidence::EffectKind;
use forecourt_prompts::{PromptSet, SystemContext};
use serde::Deserialize;

use super::{
    evidence_sets::{EvidenceSet, Recorder, evidence_sets},
    *,
};
use crate::guards::{
    claims_match_effects::claims,
    commitments,
    draft::Draft,
    figures::{Figure, Value},
    grounded_figures::bounds::{Bound, bound},
    text::{plain, sentences},
};

/// One reply, what it rests on, and what it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// Names of evidence sets.
    on: Vec<String>,
    #[serde(default)]
    effects: Vec<EffectKind>,
    #[serde(default)]
    customer: Vec<String>,
    #[serde(default)]
    channel: Option<Channel>,
    #[serde(default)]
    first: bool,
    /// What the assistant said before, oldest first.
    #[serde(default)]
    sent: Vec<String>,
    /// Whether the law of the place wants the total price with a vehicle's first mention.
    #[serde(default)]
    total_price: bool,
    says: String,
    /// For an untruthful reply: the guard that stops it.
    #[serde(default)]
    guard: Option<String>,
    /// And words of the finding; empty when something is missing.
    #[serde(default)]
    finds: String,
}

const TRUTHFUL: [&str; 4] = [
    include_str!("../testdata/truthful.jsonl"),
    include_str!("../testdata/truthful_2.jsonl"),
    include_str!("../testdata/truthful_3.jsonl"),
    include_str!("../testdata/truthful_4.jsonl"),
];
const UNTRUTHFUL: [&str; 4] = [
    include_str!("../testdata/untruthful.jsonl"),
    include_str!("../testdata/untruthful_2.jsonl"),
    include_str!("../testdata/untruthful_3.jsonl"),
    include_str!("../testdata/untruthful_4.jsonl"),
];
static SETS: LazyLock<BTreeMap<String, EvidenceSet>> = LazyLock::new(evidence_sets);

fn rows<const N: usize>(files: [&str; N]) -> Vec<Row> {
    files
        .iter()
        .flat_map(|file| file.lines())
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// Gives `judge` the context of a row.
fn in_context<T>(row: &Row, judge: impl FnOnce(&GuardContext) -> T) -> T {
    let zone = "America/Denver".parse().unwrap();
    let mut recorder = Recorder::new(&zone);
    for name in &row.on {
        recorder.record(SETS.get(name).unwrap_or_else(|| panic!("no evidence set {name}")));
    }
    let effects = recorder.effects(&row.effects);
    let evidence = recorder.into_evidence();
    let channel = row.channel.unwrap_or(Channel::Sms);
    let now = "2026-11-20T14:05-07:00".parse().unwrap();
    judge(&GuardContext {
        first_message: row.first,
        asked_if_bot: asks_if_bot(&row.customer),
        evidence: &evidence,
        effects: &effects,
        customer_said: &row.customer,
        asked: &row.customer[row.customer.len().saturating_sub(1)..],
        sent: &row.sent,
        website: Some("https://www.northgatemotors.example"),
        total_price_required: row.total_price,
        tool_names: &TOOL_NAMES,
        prompt: &PROMPT,
        ..GuardContext::of_dealership(channel, &zone, now, Currency::Usd, ("Northgate Motors", "Ava"))
    })
}

static TOOL_NAMES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| forecourt_tools::Registry::customer().iter().map(|tool| tool.name()).collect());
static PROMPT: LazyLock<String> = LazyLock::new(|| {
    let persona = SystemContext { assistant_name: "Ava".to_owned(), dealership_name: "Northgate Motors".to_owned() };
    PromptSet::built_in().render_system(&persona).unwrap()
});

#[test]
fn truthful_replies_pass() {
    let rows = rows(TRUTHFUL);
    let stopped: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let findings = in_context(row, |context| check(&row.says, context));
            let why: Vec<_> =
                findings.iter().map(|finding| format!("  {}: {}", finding.guard, finding.reason)).collect();
            (!why.is_empty()).then(|| format!("{}\n{}", row.says, why.join("\n")))
        })
        .collect();
    assert!(stopped.is_empty(), "{} of {} were stopped:\n{}", stopped.len(), rows.len(), stopped.join("\n"));
    assert!(rows.len() >= 930);
}

#[test]
fn replies_one_fact_away_are_stopped() {
    let rows = rows(UNTRUTHFUL);
    let passed: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let findings = in_context(row, |context| check(&row.says, context));
            let wanted = |finding: &Finding| {
                Some(finding.guard.as_str()) == row.guard.as_deref() && finding.excerpt.contains(&row.finds)
            };
            let found: Vec<_> =
                findings.iter().map(|finding| format!("  {}: {}", finding.guard, finding.excerpt)).collect();
            let passed =
                format!("{}\n  wanted {:?} {:?}, found:\n{}", row.says, row.guard, row.finds, found.join("\n"));
            (!findings.iter().any(wanted)).then_some(passed)
        })
        .collect();
    assert!(passed.is_empty(), "{} of {} passed:\n{}", passed.len(), rows.len(), passed.join("\n"));
    assert!(rows.len() >= 860);
}

#[test]
fn a_truthful_reply_with_one_digit_changed_is_stopped() {
    let mut changed = 0;
    let mut passed = Vec::new();
    for row in rows(TRUTHFUL) {
        in_context(&row, |context| {
            let draft = Draft::read(&row.says, context);
            for figure in draft.figures.iter().filter(|figure| is_exact(&draft, figure)) {
                let Some(lie) = with_last_digit_changed(&draft.text, figure) else { continue };
                changed += 1;
                if check(&lie, context).is_empty() {
                    passed.push(lie);
                }
            }
        });
    }
    assert!(passed.is_empty(), "{} of {changed} passed:\n{}", passed.len(), passed.join("\n"));
    assert!(changed >= 350, "{changed}");
}

/// Of the tables of phrases only those are tried whose letters a text has; that must hide none.
#[test]
fn every_phrase_is_found_as_if_all_were_tried() {
    for row in rows(TRUTHFUL).iter().chain(&rows(UNTRUTHFUL)) {
        let text = plain(&row.says);
        for words in std::iter::once(0..text.len()).chain(sentences(&text).into_iter().map(|sentence| sentence.range)) {
            assert!(claims::missed(&text[words.clone()]).is_empty(), "{text}");
            assert!(commitments::missed(&text[words]).is_empty(), "{text}");
        }
    }
}

/// A bound that still holds is no lie; counts and hours have neighbours that are true as well, and
/// of a link only the host matters.
fn is_exact(draft: &Draft, figure: &Figure) -> bool {
    let chancy = matches!(figure.value, Value::Count { .. } | Value::Time { .. } | Value::Days(_) | Value::Host(_));
    !chancy && bound(draft, figure) != Bound::Holds
}

fn with_last_digit_changed(text: &str, figure: &Figure) -> Option<String> {
    let at = figure.span.start + text[figure.span.clone()].rfind(|c: char| c.is_ascii_digit())?;
    let digit = text[at..].chars().next()?.to_digit(10)?;
    Some(format!("{}{}{}", &text[..at], (digit + 7) % 10, &text[at + 1..]))
}
