//! What the journal and the log keep of a call.

use forecourt_crm_store::turns::{CallOutcome, CallOutput};
use forecourt_domain::{
    action::ActionKind,
    evidence::{CommittedEffect, Evidence},
};
use forecourt_tools::{ErasedDone, ToolFailure};
use serde_json::{Value, json};

/// What the log keeps of a call: ids and versions of what it read and changed.
pub(crate) fn called_details(
    tool: &str,
    action: ActionKind,
    outcome: CallOutcome,
    evidence: &[Evidence],
    effects: &[CommittedEffect],
) -> Value {
    let mut sources: Vec<Value> = Vec::new();
    for item in evidence {
        let source = json!([item.source.kind, item.source.id, item.source.version, item.source.label]);
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let effects: Vec<_> =
        effects.iter().map(|effect| json!([effect.kind, effect.subject.id, effect.subject.label])).collect();
    json!({ "tool": tool, "action": action, "outcome": outcome.as_str(), "sources": sources, "effects": effects })
}

/// What a call that was done came to.
pub(crate) fn call_output(done: ErasedDone) -> CallOutput {
    CallOutput { output: done.output, evidence: done.evidence, effects: done.effects }
}

/// What a call that was not done came to.
pub(crate) fn failed(failure: &ToolFailure) -> CallOutput {
    CallOutput { output: failure.to_json(), evidence: failure.evidence.clone(), effects: Vec::new() }
}
