//! Running what was approved: everything is compared and decided first, then the items run in order, all in one
//! transaction. The first thing that stands against it stops the whole.

use forecourt_crm_store::{
    CrmTx, StoreError,
    audit::{AuditKind, NewAuditEntry},
    conversations::LateWords,
    evidence::cited_sources,
    proposals::{Edited, Item},
    turns::CallOutcome,
};
use forecourt_domain::{
    evidence::{ChangedFact, CommittedEffect, Evidence, ShownFact},
    ids::{MessageId, UserId},
};
use forecourt_policies::{Decision, Verdict};
use forecourt_tools::{PreparedCall, ToolError, read_again};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    ItemOutput,
    case::Case,
    cited::evidence_of,
    grounds::Grounds,
    preparing::{Ready, Run},
};
use crate::{agent::Agent, called::called_details, guards, turn_state::decision_details};

/// Why nothing runs.
pub(super) enum Stop {
    Refused {
        item_no: i16,
        why: String,
    },
    Stale {
        item_no: i16,
        changes: Vec<ChangedFact>,
    },
    /// What an approver made of an item cannot run; they may make something else of it.
    EditRefused {
        item_no: i16,
        reasons: Vec<String>,
    },
    /// A rule lets it run from then on.
    TooEarly {
        item_no: i16,
        from: Timestamp,
        why: String,
    },
}

/// What the items came to so far.
#[derive(Default)]
pub(super) struct Ran {
    pub outputs: Vec<ItemOutput>,
    pub evidence: Vec<Evidence>,
    pub effects: Vec<CommittedEffect>,
    pub edited: Vec<Edited>,
    /// Words of the proposal are on their way that tell what it came to.
    pub told: bool,
}

/// What became of words.
enum Spoke {
    Sent(MessageId),
    /// They need not leave any more, for this reason.
    Skipped(&'static str),
    Refused(Vec<String>),
}

impl Agent {
    /// Runs every item, or says why nothing may. `entries` are for the log, also where it stops.
    pub(super) async fn run_items(
        &self,
        tx: &mut CrmTx,
        case: &Case,
        by: UserId,
        items: Vec<Ready>,
        entries: &mut Vec<NewAuditEntry>,
    ) -> Result<Result<Ran, Stop>, StoreError> {
        let decisions = match self.decide_items(case, by, &items, entries) {
            Ok(decisions) => decisions,
            Err(stop) => return Ok(Err(stop)),
        };
        if let Some(stale) = stale(tx, case, as_shown(&items)).await? {
            return Ok(Err(stale));
        }
        let mut ran = Ran::default();
        for (ready, decision) in items.into_iter().zip(decisions) {
            let (item, edit) = (ready.item, ready.edit);
            let result = match ready.run {
                Run::Call(call) => {
                    let noted = Noted { case, by, tool: item.tool.as_deref().unwrap_or_default(), item: &item };
                    self.run_call(tx, &noted, call, &mut ran, entries).await?
                }
                Run::Words(text) => {
                    let words = Said { case, by, item: &item, decision: &decision };
                    match self.run_words(tx, &words, &text, edit.is_some(), &mut ran, entries).await? {
                        Spoke::Sent(message) => Ok((json!({ "message": message }), "message".to_owned())),
                        Spoke::Skipped(why) => {
                            tx.skip_item(&case.proposal, &item, why).await?;
                            ran.outputs.push(ItemOutput { item_no: item.no, output: json!({ "skipped": why }) });
                            continue;
                        }
                        Spoke::Refused(reasons) => Err(reasons),
                    }
                }
            };
            let (output, outcome) = match result {
                Ok(done) => done,
                Err(reasons) if edit.is_some() => {
                    return Ok(Err(Stop::EditRefused { item_no: item.no, reasons }));
                }
                Err(reasons) => return Ok(Err(Stop::Refused { item_no: item.no, why: reasons.join(" ") })),
            };
            let edit = edit.as_ref().map(|edit| (case.conversation.party_id, edit));
            ran.edited.extend(tx.finish_item(&case.proposal, &item, &outcome, edit).await?);
            ran.outputs.push(ItemOutput { item_no: item.no, output });
        }
        Ok(Ok(ran))
    }

    /// Decides on each item again, on the facts of this moment.
    fn decide_items(
        &self,
        case: &Case,
        by: UserId,
        items: &[Ready],
        entries: &mut Vec<NewAuditEntry>,
    ) -> Result<Vec<Decision>, Stop> {
        let mut decisions = Vec::new();
        for ready in items {
            let facts = match &ready.run {
                Run::Words(_) => case.facts_of_words(),
                Run::Call(_) => case.facts(ready.item.action),
            };
            let decision = case.policies.decide(&facts);
            let mut details = decision_details(&facts, &decision);
            details["item"] = json!(ready.item.no);
            entries.push(case.entry(Some(by), AuditKind::ActionDecided, details));
            if decision.verdict > Verdict::RequireApproval {
                return Err(Stop::Refused { item_no: ready.item.no, why: decision.why() });
            }
            // Words wait in the outbox by themselves.
            if let (Run::Call(_), Some(from)) = (&ready.run, decision.not_before.filter(|at| *at > case.now)) {
                return Err(Stop::TooEarly { item_no: ready.item.no, from, why: wait_reasons(&decision) });
            }
            decisions.push(decision);
        }
        Ok(decisions)
    }

    async fn run_call(
        &self,
        tx: &mut CrmTx,
        noted: &Noted<'_>,
        call: PreparedCall,
        ran: &mut Ran,
        entries: &mut Vec<NewAuditEntry>,
    ) -> Result<Result<(Value, String), Vec<String>>, StoreError> {
        let case = noted.case;
        let done = match call.run(tx, &case.tool_context()).await {
            Ok(done) => done,
            Err(ToolError::Told(failure)) => return Ok(Err(vec![failure.message])),
            Err(ToolError::Store(error)) => return Err(error),
        };
        let mut details =
            called_details(noted.tool, noted.item.action, CallOutcome::Done, &done.evidence, &done.effects);
        details["item"] = json!(noted.item.no);
        entries.push(case.entry(Some(noted.by), AuditKind::ToolCalled, details));
        let effects: Vec<_> = done.effects.iter().map(|effect| effect.kind.as_str()).collect();
        let outcome = if effects.is_empty() { "done".to_owned() } else { effects.join(", ") };
        ran.evidence.extend(done.evidence);
        ran.effects.extend(done.effects);
        Ok(Ok((done.output, outcome)))
    }

    /// Judges words once more by what holds now, and puts them on their way.
    async fn run_words(
        &self,
        tx: &mut CrmTx,
        said: &Said<'_>,
        text: &str,
        is_edited: bool,
        ran: &mut Ran,
        entries: &mut Vec<NewAuditEntry>,
    ) -> Result<Spoke, StoreError> {
        let case = said.case;
        // Words as they were shown were written before anything of the proposal was done.
        let was_acted = !is_edited && !ran.effects.is_empty();
        if case.conversation.seen.last_inbound > case.proposal.answered_to {
            let why = "the customer has written again since, so this would not answer them";
            return Ok(if was_acted { Spoke::Skipped(why) } else { Spoke::Refused(vec![why.to_owned()]) });
        }
        let grounds = Grounds::read(said.item.grounds.as_ref())?.renewed(tx, case, ran).await?;
        if was_acted
            && grounds.with_guard_context(case, |context| guards::says_only_that_a_person_was_asked(text, context))
        {
            return Ok(Spoke::Skipped("it was done, so the customer is told that instead"));
        }
        let (text, findings) = grounds.with_guard_context(case, |context| {
            // As it was shown, to the letter; an edited first text is completed like any other.
            let text = if is_edited { guards::with_disclosure(text, context) } else { text.to_owned() };
            let findings = (self.guards)(&text, context);
            (text, findings)
        });
        let found: Vec<_> = findings.iter().map(|finding| finding.guard.as_str()).collect();
        let details = json!({ "passed": found.is_empty(), "findings": found, "characters": text.chars().count() });
        entries.push(case.entry(Some(said.by), AuditKind::GuardChecked, details));
        if !findings.is_empty() {
            return Ok(Spoke::Refused(findings.into_iter().map(|finding| finding.reason).collect()));
        }
        let message = self.send(tx, said, &text, &grounds).await?;
        ran.told = !was_acted;
        Ok(Spoke::Sent(message))
    }

    async fn send(
        &self,
        tx: &mut CrmTx,
        said: &Said<'_>,
        text: &str,
        grounds: &Grounds,
    ) -> Result<MessageId, StoreError> {
        let case = said.case;
        // The versions of this moment: a row that changed in a field that is not cited does not take the
        // words back while they wait.
        let cited: Vec<_> = case.wording().cited(text, &grounds.evidence).into_iter().map(evidence_of).collect();
        let words = LateWords {
            turn_id: case.proposal.turn_id,
            text,
            sources: &cited_sources(&cited),
            approved_by: Some(said.by),
            not_before: said.decision.not_before.filter(|at| *at > case.now),
        };
        let message = tx.insert_late_words(&case.conversation, &words).await?;
        if grounds.with_guard_context(case, |context| guards::says_a_person_was_asked(text, context)) {
            tx.note_told(case.conversation.id, message).await?;
        }
        let kept = serde_json::to_value(grounds).unwrap_or_default();
        tx.keep_grounds(&case.proposal, said.item, case.conversation.party_id, kept).await?;
        Ok(message)
    }
}

/// A call that an approver lets run.
struct Noted<'a> {
    case: &'a Case,
    by: UserId,
    tool: &'a str,
    item: &'a Item,
}

/// Words that an approver lets leave.
struct Said<'a> {
    case: &'a Case,
    by: UserId,
    item: &'a Item,
    decision: &'a Decision,
}

/// Why it waits: an own policy may ask for an approval as well, and that one is given.
fn wait_reasons(decision: &Decision) -> String {
    let waits = decision.matched.iter().filter(|policy| policy.waits());
    waits.map(|policy| policy.reason.as_str()).collect::<Vec<_>>().join(" ")
}

/// What the items cite that run as they were shown. What an approver edited cites something else.
fn as_shown(items: &[Ready]) -> Vec<(i16, Vec<ShownFact>)> {
    let unedited = items.iter().filter(|ready| ready.edit.is_none());
    unedited.map(|ready| (ready.item.no, ready.item.facts.clone())).collect()
}

/// The first item that cites what is not so any more.
async fn stale(tx: &mut CrmTx, case: &Case, items: Vec<(i16, Vec<ShownFact>)>) -> Result<Option<Stop>, StoreError> {
    for (item_no, shown) in items {
        let cited: Vec<_> = shown.iter().cloned().map(evidence_of).collect();
        let now = read_again(tx, &case.tool_context(), &cited).await?;
        let changes = case.wording().changes(&shown, &now);
        if !changes.is_empty() {
            return Ok(Some(Stop::Stale { item_no, changes }));
        }
    }
    Ok(None)
}
