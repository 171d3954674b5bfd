//! A proposal on a terminal: everything that its digest covers, and what became of it.

use forecourt_crm_store::proposals::{Item, Proposal};
use forecourt_domain::{
    conversation::{ItemStatus, ProposalStatus},
    hours::Zone,
};
use jiff::Timestamp;

/// A proposal in lines, its id first.
pub fn in_lines(proposal: &Proposal, zone: &Zone, now: Timestamp) -> String {
    let mut lines = vec![format!("{}  {}", proposal.id, state(proposal, zone, now))];
    for item in &proposal.items {
        lines.extend(of_item(item));
    }
    if proposal.status == ProposalStatus::Pending {
        lines.push(format!("  digest {}", proposal.digest));
    }
    lines.extend(proposal.changes.iter().map(|change| format!("  changed: {change}")));
    if let Some(reason) = &proposal.decision_reason {
        lines.push(format!("  reason: {reason}"));
    }
    lines.join("\n")
}

fn state(proposal: &Proposal, zone: &Zone, now: Timestamp) -> String {
    let local = |at: Timestamp| zone.local(at).strftime("%a, %b %-d at %-I:%M %p").to_string();
    if proposal.status == ProposalStatus::Pending {
        let left = proposal.expires_at.duration_since(now).as_mins().max(0);
        return format!("waits until {} ({} h {:02} min left)", local(proposal.expires_at), left / 60, left % 60);
    }
    let by = proposal.decided_by_name.as_ref().map(|name| format!(" by {name}")).unwrap_or_default();
    let when = proposal.decided_at.map(|at| format!(", {}", local(at))).unwrap_or_default();
    let told = proposal.outcome.as_ref().filter(|outcome| **outcome != proposal.status.as_str());
    let outcome = told.map(|outcome| format!(": {outcome}")).unwrap_or_default();
    format!("{}{by}{when}{outcome}", proposal.status)
}

fn of_item(item: &Item) -> Vec<String> {
    let what = item.text().map_or_else(|| item.arguments.to_string(), |text| format!("\"{text}\""));
    let ended = if item.status == ItemStatus::Pending { String::new() } else { format!("  [{}]", item.status) };
    let mut lines = vec![format!("  {}. {} {what}{ended}", item.no, item.action)];
    lines.extend(item.edit.as_ref().map(|edit| format!("     edited to {}", edit.after)));
    let shown = |field: &str| field.replace('_', " ");
    lines.extend(
        item.facts.iter().map(|fact| format!("     {} of {}: {}", shown(&fact.field), fact.source.label, fact.shown)),
    );
    lines.push(format!("     {}", item.reason));
    lines
}
