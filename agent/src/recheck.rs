//! Words that waited in the outbox, checked once more before they leave: by the guards and the policies, on
//! today's facts.

use std::sync::Arc;

use forecourt_crm_store::{
    CrmTx, StoreError,
    outbox::{OutboxKind, OutboxRow},
    turns::TurnAgain,
};
use forecourt_domain::{
    action::{ActionKind, Trigger},
    conversation::Author,
    ids::MessageId,
};
use forecourt_policies::{Actor, Verdict};
use forecourt_tools::read_again;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    agent::Agent,
    approval::Grounds,
    guards::Finding,
    known::{dealership_facts, hours_of},
    turn_state::TurnState,
};

/// What a second look at words came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Recheck {
    /// They may leave.
    Holds,
    /// They may leave then.
    Wait(Timestamp),
    /// They may not leave any more: under a reason for the row, and with what the log keeps of why.
    Fails { reason: &'static str, details: Value },
}

impl Agent {
    /// Looks again at words of the assistant before their attempt. Fixed sentences and words of people hold.
    /// The conversation must be locked, and the switches held, as for an attempt.
    pub async fn recheck(&self, tx: &mut CrmTx, row: &OutboxRow) -> Result<Recheck, StoreError> {
        let (OutboxKind::Reply, Some(message_id)) = (row.kind, row.message_id) else { return Ok(Recheck::Holds) };
        let Some((turn, author)) = self.turn_again(tx, message_id).await? else { return Ok(Recheck::Holds) };
        let text = row.body["text"].as_str().unwrap_or_default();
        // The system's own sentence on what became of a proposal speaks of what was done since.
        if author != Author::System {
            let findings = turn.with_guard_context(|context| (self.guards)(text, context));
            if !findings.is_empty() {
                let guards: Vec<_> = findings.iter().map(|finding| finding.guard.as_str()).collect();
                return Ok(Recheck::Fails { reason: "checks_failed", details: json!({ "findings": guards }) });
            }
        }
        let facts = turn.circumstances(self.pricing).facts(Actor::Agent, ActionKind::SendReply);
        let decision = turn.policies.decide(&facts);
        // A person has approved them already, or what they tell of.
        let allowed = if is_of_approval(author) { Verdict::RequireApproval } else { Verdict::Allow };
        if decision.verdict > allowed {
            let details = json!({ "verdict": decision.verdict.as_str(), "why": decision.why() });
            return Ok(Recheck::Fails { reason: "not_allowed", details });
        }
        Ok(match decision.not_before.filter(|at| *at > turn.now) {
            Some(at) => Recheck::Wait(at),
            None => Recheck::Holds,
        })
    }

    /// What the guards would say of other words in the place of a held message: shown to whoever edited
    /// them, and nothing more.
    pub async fn judge_edit(
        &self,
        tx: &mut CrmTx,
        message_id: MessageId,
        text: &str,
    ) -> Result<Vec<Finding>, StoreError> {
        let Some((turn, _)) = self.turn_again(tx, message_id).await? else { return Ok(Vec::new()) };
        Ok(turn.with_guard_context(|context| (self.guards)(text, context)))
    }

    /// The turn behind a message with what it had found out and done, as of now.
    async fn turn_again(
        &self,
        tx: &mut CrmTx,
        message_id: MessageId,
    ) -> Result<Option<(TurnState, Author)>, StoreError> {
        let profile = tx.load_profile().await?;
        let Some(TurnAgain { start, trigger, author }) = tx.load_turn_again(message_id, &profile).await? else {
            return Ok(None);
        };
        let (scope, now) = (tx.scope(), tx.now());
        let calendar = Arc::clone(&start.standing.calendar);
        let hours = hours_of(&calendar, start.conversation.department_id)
            .cloned()
            .ok_or(StoreError::NotFound("a department with opening hours"))?;
        let (party_id, customer_id) = (start.conversation.party_id, start.conversation.customer_id);
        let appointments = tx.load_open_appointments(party_id, customer_id, now).await?;
        let facts = dealership_facts(scope, &profile, &calendar, &hours, now);
        let outputs: Vec<_> =
            start.turn.journal.iter().flat_map(|step| step.calls.iter().map(|call| call.output.clone())).collect();
        let trigger = if is_of_approval(author) { Trigger::ApprovalOutcome } else { trigger };
        let policies = self.policies_in_force(scope.dealership_id(), &start.standing);
        let mut turn = TurnState::new(scope, start, policies, profile, hours, trigger, now);
        turn.rules = self.rules(&turn.dealership)?;
        turn.know(facts, appointments);
        let mut found = Vec::new();
        for output in outputs {
            found.extend(output.evidence);
            turn.effects.extend(output.effects);
        }
        if is_of_approval(author) {
            let grounds = Grounds::of_approved(&tx.load_proposals_of_turn(turn.turn_id()).await?)?;
            found.extend(grounds.evidence);
            turn.effects.extend(grounds.effects);
        }
        turn.evidence = read_again(tx, &turn.tool_context(), &found).await?;
        Ok(Some((turn, author)))
    }
}

/// Whether words go back to what a person decided.
const fn is_of_approval(author: Author) -> bool {
    matches!(author, Author::UserViaAssistant | Author::System)
}
