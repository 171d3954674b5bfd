//! The end of a turn that keeps failing on our side: the truthful sentence, a human, and no further try.

use forecourt_crm_store::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    dealership::DealershipProfile,
    outbox::OutboxKind,
    system::queues::Claimed,
    turns::{Answered, NewInboundRule, NewReply, TurnCommit, TurnConversation, TurnEnd},
};
use forecourt_domain::{
    conversation::{HandoffCategory, TurnReason, TurnStatus},
    ids::{ConversationId, TurnId},
    language::Language,
};
use forecourt_policies::TurnGate;
use forecourt_prompts::FixedContext;
use forecourt_tools::handoff::hand_off;
use serde_json::json;

use crate::{
    agent::Agent,
    ending::{summary, was_told_lately},
    guards::{self, GuardContext},
    turn::{TurnOutcome, Went},
    turn_state::tool_context,
};

impl Agent {
    /// Ends a turn that keeps failing: nothing of it is tried again. Where even that fails, because what
    /// the turn would read cannot be read, it is ended from the conversation alone.
    pub async fn give_up(&self, claim: Claimed<ConversationId>) -> Result<TurnOutcome, StoreError> {
        match self.give_up_as_read(claim).await {
            Ok(outcome) => Ok(outcome),
            Err(error) => {
                tracing::error!(conversation = %claim.id, %error, "a turn is given up unread");
                self.give_up_unread(claim).await
            }
        }
    }

    async fn give_up_as_read(&self, claim: Claimed<ConversationId>) -> Result<TurnOutcome, StoreError> {
        let Some(mut turn) = self.begin(claim).await? else { return Ok(TurnOutcome::NothingToDo) };
        let mut is_second = false;
        loop {
            let (gate, decision) = self.gate(&mut turn);
            turn.rule = NewInboundRule::BecomesNextTurn;
            let ending = match gate {
                TurnGate::Respond => self.fallback(&mut turn, HandoffCategory::ModelFailed, TurnReason::InternalError),
                TurnGate::AcknowledgeOnly | TurnGate::Silent | TurnGate::OwnedByHuman => {
                    self.unanswered(&turn, gate, &decision).await?
                }
            };
            match self.conclude(&mut turn, ending).await? {
                Went::Ended(outcome) => return Ok(outcome),
                // Newer texts become the next turn, and neither a fixed sentence nor silence rests on a record:
                // other policies are in force than those that were asked, so they are asked once.
                Went::Overtaken if !is_second && self.go_on_with_newer_facts(&mut turn).await? => is_second = true,
                Went::Overtaken => return Ok(TurnOutcome::NothingToDo),
            }
        }
    }

    async fn give_up_unread(&self, claim: Claimed<ConversationId>) -> Result<TurnOutcome, StoreError> {
        let mut tx = self.store.begin_before_cut(claim.scope).await?;
        let Some((conversation, turn)) = tx.begin_unread_turn(claim, self.model.name()).await? else {
            tx.commit().await?;
            return Ok(TurnOutcome::NothingToDo);
        };
        let profile = tx.load_profile().await?;
        let writes = may_write(&conversation) && !was_told_lately(&conversation, tx.now());
        let reply = writes.then(|| NewReply {
            kind: OutboxKind::Fallback,
            text: self.unread_fallback(&conversation, &profile, tx.now()),
            not_before: None,
            held_as: None,
            evidence: Vec::new(),
            sources: Vec::new(),
        });
        let end = TurnEnd {
            status: TurnStatus::Failed,
            reason: TurnReason::InternalError,
            reply: reply.as_ref(),
            kept: None,
            answered: if may_write(&conversation) { Answered::Yes } else { Answered::No },
            rule: NewInboundRule::BecomesNextTurn,
            versions: None,
        };
        let TurnCommit::Won { reply } = tx.end_turn(&conversation, &turn, &end).await? else {
            tx.rollback().await?;
            return Ok(TurnOutcome::NothingToDo);
        };
        if !conversation.owned_by_user {
            ask_human(&mut tx, &conversation, turn.id, &profile).await?;
        }
        if let Some((message, _)) = reply {
            tx.note_told(conversation.id, message).await?;
        }
        let details = json!({
            "outcome": TurnReason::InternalError, "restarts": turn.restarts, "answered_from": turn.answered_from,
            "answered_to": turn.answered_to, "reply": reply.map(|(message, _)| message),
        });
        tx.append_audit(&[entry(&conversation, turn.id, AuditKind::TurnEnded, details)]).await?;
        tx.commit().await?;
        Ok(reply.map_or(TurnOutcome::Silent(TurnReason::InternalError), |(message, _)| TurnOutcome::Replied(message)))
    }

    fn unread_fallback(
        &self,
        conversation: &TurnConversation,
        profile: &DealershipProfile,
        now: jiff::Timestamp,
    ) -> String {
        let settings = &profile.settings;
        // The history may be what cannot be read, so the customer's language is not known here.
        let fixed = FixedContext {
            assistant_name: settings.assistant_name.clone(),
            dealership_name: profile.name.clone(),
            dealership_phone: settings.phone.clone(),
        };
        let text = self.fallback_text(Language::English, &fixed);
        let context = GuardContext {
            first_message: !conversation.texted_before,
            ..GuardContext::of_dealership(
                conversation.channel,
                &settings.zone,
                now,
                settings.currency,
                (&profile.name, &settings.assistant_name),
            )
        };
        guards::with_disclosure(&text, &context)
    }
}

/// Whether nothing in the conversation's own row forbids the fixed sentence.
const fn may_write(seen: &TurnConversation) -> bool {
    !(seen.opted_out || seen.owned_by_user || seen.suspended || seen.paused_by().is_some())
}

async fn ask_human(
    tx: &mut CrmTx,
    conversation: &TurnConversation,
    turn_id: TurnId,
    profile: &DealershipProfile,
) -> Result<(), StoreError> {
    let (category, reason) = (HandoffCategory::ModelFailed, TurnReason::InternalError);
    let context = tool_context(conversation, turn_id, profile, &profile.settings.zone, false, tx.now());
    let handed = hand_off(tx, &context, category, &summary(reason)).await?;
    if handed.opened {
        let details = json!({ "category": category, "reason": reason, "ticket": handed.handoff.ticket_number() });
        tx.append_audit(&[entry(conversation, turn_id, AuditKind::HandoffMade, details)]).await?;
    }
    Ok(())
}

fn entry(
    conversation: &TurnConversation,
    turn_id: TurnId,
    kind: AuditKind,
    details: serde_json::Value,
) -> NewAuditEntry {
    let (conversation_id, turn_id) = (Some(conversation.id), Some(turn_id));
    NewAuditEntry { kind, actor: AuditActor::Agent, conversation_id, turn_id, details }
}
