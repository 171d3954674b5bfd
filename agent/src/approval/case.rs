//! A proposal that is being decided, with all that its decision rests on: read under the locks that keep it so.

use std::sync::Arc;

use forecourt_crm_store::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    dealership::DealershipProfile,
    proposals::Proposal,
    standing::Standing,
    turns::{HistoryMessage, TurnConversation},
};
use forecourt_domain::{
    action::{ActionKind, Trigger},
    hours::OpeningHours,
    ids::{ProposedActionId, UserId},
};
use forecourt_policies::{Actor, Facts, PolicySet};
use forecourt_tools::ToolContext;
use jiff::Timestamp;
use serde_json::Value;

use super::{cited::Wording, night::quiet_until};
use crate::{
    agent::Agent,
    budget::Budget,
    facts::Circumstances,
    heard::{Heard, Rules},
    known::hours_of,
    turn_state::tool_context,
};

/// A proposal and its conversation, both locked.
pub(super) struct Case {
    pub proposal: Proposal,
    pub conversation: TurnConversation,
    pub profile: DealershipProfile,
    pub standing: Arc<Standing>,
    pub hours: OpeningHours,
    pub history: Vec<HistoryMessage>,
    pub answers_today: u32,
    pub budget: Budget,
    /// What the model is told and offered here.
    pub rules: Rules,
    /// What is in force here now.
    pub policies: Arc<PolicySet>,
    pub now: Timestamp,
}

impl Case {
    /// Locks a proposal, its conversation first: so does a takeover. None if there is no such proposal.
    pub async fn lock(agent: &Agent, tx: &mut CrmTx, id: ProposedActionId) -> Result<Option<Self>, StoreError> {
        let Some(found) = tx.find_proposal(id).await? else { return Ok(None) };
        let conversation =
            tx.lock_conversation(found.conversation_id).await?.ok_or(StoreError::NotFound("the conversation"))?;
        let Some(proposal) = tx.lock_proposal(id).await? else { return Ok(None) };
        let profile = tx.load_profile().await?;
        let standing = tx.load_standing(&profile).await?;
        let hours = hours_of(&standing.calendar, conversation.department_id)
            .cloned()
            .ok_or(StoreError::NotFound("a department with opening hours"))?;
        let history = tx.load_history(conversation.id).await?;
        let answers_today = tx.count_answers_today(conversation.id).await?;
        let budget = agent.load_budget(tx, &profile).await?;
        let policies = agent.policies_in_force(tx.scope().dealership_id(), &standing);
        let rules = agent.rules(&profile)?;
        let now = tx.now();
        Ok(Some(Self {
            proposal,
            conversation,
            profile,
            standing,
            hours,
            history,
            answers_today,
            budget,
            policies,
            rules,
            now,
        }))
    }

    /// What policies look at when the assistant does what was proposed.
    pub fn facts(&self, action: ActionKind) -> Facts {
        let circumstances = Circumstances {
            conversation: &self.conversation,
            proven: self.heard().is_proven(),
            levels: &self.standing.levels,
            answers_today: self.answers_today,
            budget: self.budget,
            dealership: &self.profile,
            hours: &self.hours,
            trigger: Trigger::ApprovalOutcome,
            now: self.now,
        };
        circumstances.facts(Actor::Agent, action)
    }

    /// The same for words. They come when somebody decides, which may be at night: then they wait as what the
    /// dealership begins by itself does.
    pub fn facts_of_words(&self) -> Facts {
        let facts = self.facts(ActionKind::SendReply);
        match quiet_until(&self.hours.zone, self.now) {
            Some(end) => Facts { quiet_hours_end: Some(end), answers_inbound: false, ..facts },
            None => facts,
        }
    }

    /// For whom and where its tools work.
    pub fn tool_context(&self) -> ToolContext {
        let zone = &self.profile.settings.zone;
        tool_context(&self.conversation, self.proposal.turn_id, &self.profile, zone, self.heard().is_proven(), self.now)
    }

    /// How its facts are shown.
    pub fn wording(&self) -> Wording<'_> {
        let settings = &self.profile.settings;
        Wording { zone: &settings.zone, currency: settings.currency }
    }

    /// The conversation as words in it are judged.
    pub fn heard(&self) -> Heard<'_> {
        Heard {
            conversation: &self.conversation,
            dealership: &self.profile,
            hours: &self.hours,
            history: &self.history,
            answered: (self.proposal.answered_from, self.proposal.answered_to),
            rules: &self.rules,
            now: self.now,
        }
    }

    /// An entry of the log about it.
    pub fn entry(&self, by: Option<UserId>, kind: AuditKind, mut details: Value) -> NewAuditEntry {
        details["proposal"] = serde_json::json!(self.proposal.id);
        NewAuditEntry {
            kind,
            actor: by.map_or(AuditActor::System, AuditActor::User),
            conversation_id: Some(self.conversation.id),
            turn_id: Some(self.proposal.turn_id),
            details,
        }
    }
}
