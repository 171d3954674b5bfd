//! From the records of a message to lines that a person understands.

use forecourt_crm_store::{
    audit::{AuditActor, AuditEntry, AuditKind, Seal},
    proposals::Proposal,
    trace::{MessageTrace, TracedCall},
};
use forecourt_domain::conversation::Author;
use serde_json::Value;

/// A heading and its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub title: &'static str,
    pub lines: Vec<String>,
}

/// Why a message was said: what was asked, what answered it, what allowed it, what it rests on, where it went.
#[must_use]
pub fn explain(trace: &MessageTrace) -> Vec<Section> {
    let mut sections = vec![
        Section { title: "Said", lines: vec![format!("{}: {}", speaker(trace), trace.message.text)] },
        Section { title: "Asked", lines: trace.inbound.iter().map(|message| message.text.clone()).collect() },
        Section { title: "Turn", lines: turn(trace) },
        Section { title: "Tools", lines: trace.calls.iter().flat_map(call).collect() },
        Section { title: "Decisions", lines: of_kind(trace, AuditKind::ActionDecided, decision) },
        Section { title: "Guards", lines: of_kind(trace, AuditKind::GuardChecked, guard) },
        Section { title: "Approval", lines: approval(trace) },
        Section { title: "Delivery", lines: delivery(trace) },
        Section { title: "Audit", lines: audit(trace) },
    ];
    sections.retain(|section| !section.lines.is_empty());
    sections
}

/// The sections as plain text.
#[must_use]
pub fn to_text(sections: &[Section]) -> String {
    let mut text = String::new();
    for section in sections {
        text.push_str(section.title);
        text.push('\n');
        for line in &section.lines {
            text.push_str("  ");
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// Who wrote it, and who approved it where a person did.
fn speaker(trace: &MessageTrace) -> String {
    let author = trace.message.author;
    match (author, &trace.message.author_name) {
        (Author::UserViaAssistant, Some(name)) => format!("{author}, approved by {name}"),
        (Author::User, Some(name)) => format!("{author} {name}"),
        _ => author.to_string(),
    }
}

fn turn(trace: &MessageTrace) -> Vec<String> {
    let Some(turn) = &trace.turn else { return Vec::new() };
    let mut lines = vec![
        format!("{} {}: {}", turn.trigger, turn.id, turn.outcome.as_deref().unwrap_or(&turn.status)),
        format!("prompt {}", turn.prompt_hash.as_deref().unwrap_or("none")),
        format!("policies {}", turn.policy_version.as_deref().unwrap_or("none")),
    ];
    lines.extend(trace.steps.iter().map(|step| {
        format!(
            "step {}: {} ({}), {} tokens in, {} out",
            step.step_no, step.model, step.finish, step.input_tokens, step.output_tokens
        )
    }));
    lines
}

fn call(call: &TracedCall) -> Vec<String> {
    let effect = call.effect.as_ref().map(|effect| format!(" -> {effect}")).unwrap_or_default();
    let mut lines = vec![format!(
        "{}.{} {} {} {}{effect}",
        call.step_no,
        call.call_no,
        call.tool,
        without_nulls(&call.arguments),
        call.outcome
    )];
    let mut sources: Vec<String> = Vec::new();
    for item in call.output["evidence"].as_array().into_iter().flatten() {
        let source = &item["source"];
        let line = format!(
            "  rests on {}:{} version {}",
            source["kind"].as_str().unwrap_or("?"),
            source["label"].as_str().unwrap_or("?"),
            source["version"]
        );
        if !sources.contains(&line) {
            sources.push(line);
        }
    }
    lines.append(&mut sources);
    if let Some(error) = call.output["output"]["error"].as_str() {
        lines.push(format!("  answered {error}"));
    }
    lines
}

fn without_nulls(arguments: &Value) -> Value {
    match arguments {
        Value::Object(map) => Value::Object(
            map.iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect(),
        ),
        other => other.clone(),
    }
}

fn of_kind(trace: &MessageTrace, kind: AuditKind, line: fn(&Value) -> String) -> Vec<String> {
    trace.audit.iter().filter(|entry| entry.kind == kind).map(|entry| line(&entry.details)).collect()
}

fn decision(details: &Value) -> String {
    let text = |name: &str| details[name].as_str().unwrap_or("?").to_owned();
    let matched: Vec<_> =
        details["matched"].as_array().into_iter().flatten().filter_map(|policy| policy[0].as_str()).collect();
    format!("{}: {} ({}) by {}", text("action"), text("verdict"), text("why"), matched.join(", "))
}

/// What people decided of the turn's proposals, and what ran because of it.
fn approval(trace: &MessageTrace) -> Vec<String> {
    let of_proposal = |entry: &&AuditEntry| {
        entry.kind == AuditKind::ProposalDecided
            || (entry.kind == AuditKind::ToolCalled && entry.details["proposal"].is_string())
    };
    let entries = trace.audit.iter().filter(of_proposal).map(approval_line);
    entries.chain(trace.proposals.iter().flat_map(edits)).collect()
}

/// What an approver made of a proposal's items before they ran.
fn edits(proposal: &Proposal) -> Vec<String> {
    let edited = proposal.items.iter().filter_map(|item| item.edit.as_ref().map(|edit| (item, edit)));
    edited
        .map(|(item, edit)| {
            let who = proposal.decided_by_name.as_deref().unwrap_or("the approver");
            format!(
                "item {} of proposal {} was edited by {who}: {} became {}",
                item.no,
                proposal.id,
                without_nulls(&edit.before),
                without_nulls(&edit.after)
            )
        })
        .collect()
}

fn approval_line(entry: &AuditEntry) -> String {
    let text = |name: &str| entry.details[name].as_str().unwrap_or("?").to_owned();
    let by = match entry.actor {
        AuditActor::User(id) => format!("user {id}"),
        AuditActor::Agent | AuditActor::System | AuditActor::Customer | AuditActor::Provider => "the system".to_owned(),
    };
    if entry.kind == AuditKind::ToolCalled {
        return format!("{} ran, approved by {by}", text("tool"));
    }
    format!(
        "proposal {}: {} ({}) by {by}, digest {}",
        text("proposal"),
        text("status"),
        text("outcome"),
        text("digest")
    )
}

fn guard(details: &Value) -> String {
    let findings: Vec<_> = details["findings"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if findings.is_empty() { "all passed".to_owned() } else { format!("stopped by {}", findings.join(", ")) }
}

fn delivery(trace: &MessageTrace) -> Vec<String> {
    let Some(delivery) = &trace.delivery else { return Vec::new() };
    let mut lines = vec![format!("{} after {} attempt(s)", delivery.status, delivery.attempts_made)];
    lines.extend(delivery.status_reason.iter().map(|reason| format!("because {reason}")));
    lines.extend(delivery.provider_id.iter().map(|id| format!("provider id {id}")));
    lines.extend(delivery.error_code.iter().map(|code| format!("provider error {code}")));
    if !delivery.reports.is_empty() {
        lines.push(format!("reported {}", delivery.reports.join(", ")));
    }
    lines
}

fn audit(trace: &MessageTrace) -> Vec<String> {
    trace.audit.iter().map(audit_line).collect()
}

fn audit_line(entry: &AuditEntry) -> String {
    let seal = match entry.seal {
        Seal::Intact => "",
        Seal::Broken => "  ALTERED: the row does not match its MAC",
        Seal::UnderAnotherKey => "  (made under another key; cannot be checked here)",
    };
    format!("{} {} {}{seal}", entry.occurred_at.strftime("%Y-%m-%d %H:%M:%S"), entry.kind.as_str(), entry.id)
}
