//! A turn's beginning: its conversation locked, older workers fenced off, and everything it may know read.

mod again;
mod end;
mod history;
mod journal;
mod unread;

use std::{collections::BTreeMap, sync::Arc};

use forecourt_domain::{
    action::{Channel, Trigger, Workflow},
    autonomy::{AutonomyLevel, PausedBy},
    contact::ContactKind,
    evidence::Evidence,
    ids::{ContactPointId, ConversationId, CustomerId, DepartmentId, IntegrationId, PartyId, PolicyVersionId, TurnId},
};
use jiff::Timestamp;
use sqlx::Row;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    caps::DayUsage,
    dealership::DealershipProfile,
    rows::{instant, parse, sql},
    standing::Standing,
    system::queues::Claimed,
};

pub use self::{
    again::TurnAgain,
    end::{Answered, Kept, Lost, LostTo, NewInboundRule, NewReply, TurnCommit, TurnEnd},
    history::HistoryMessage,
    journal::{CallOutcome, CallOutput, JournaledCall, JournaledStep, NewCall, NewStep},
};

/// The conversation as the turn found it, and the versions its end is compared with.
#[derive(Debug, Clone)]
pub struct TurnConversation {
    pub id: ConversationId,
    pub party_id: PartyId,
    pub customer_id: Option<CustomerId>,
    pub customer_first_name: Option<String>,
    pub department_id: Option<DepartmentId>,
    pub channel: Channel,
    pub integration_id: Option<IntegrationId>,
    pub our_address: Option<String>,
    pub contact_point_id: ContactPointId,
    pub contact_kind: ContactKind,
    pub contact_value: String,
    pub opted_out: bool,
    pub opted_in_at: Option<Timestamp>,
    /// Whether a text of ours has ever gone to this point.
    pub texted_before: bool,
    pub owned_by_user: bool,
    pub conversation_paused: bool,
    pub channel_paused: bool,
    pub dealership_paused: bool,
    pub group_paused: bool,
    pub suspended: bool,
    pub handoff_open: bool,
    /// When the customer was told that a person is asked; none where no request is open, or nobody told them.
    pub told_of_handoff_at: Option<Timestamp>,
    pub seen: SeenVersions,
}

impl TurnConversation {
    /// The widest kill switch that is thrown over it.
    #[must_use]
    pub const fn paused_by(&self) -> Option<PausedBy> {
        if self.group_paused {
            Some(PausedBy::Group)
        } else if self.dealership_paused {
            Some(PausedBy::Dealership)
        } else if self.channel_paused {
            Some(PausedBy::Channel)
        } else if self.conversation_paused {
            Some(PausedBy::Conversation)
        } else {
            None
        }
    }
}

/// What the compare-and-set at the end of a turn compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenVersions {
    pub lease_no: i64,
    pub owner_version: i64,
    pub consent_version: i64,
    pub last_inbound: i64,
    /// The version of the dealership's own policies; none while only the built-in ones decide. What the
    /// [`Standing`] of the turn says, which may be older than the row.
    pub policy_version: Option<PolicyVersionId>,
}

/// The turn itself: new, or taken over from a worker that died.
#[derive(Debug, Clone)]
pub struct TurnRow {
    pub id: TurnId,
    /// The turn answers the inbound messages `(answered_from, answered_to]`.
    pub answered_from: i64,
    pub answered_to: i64,
    pub restarts: i16,
    /// What a dead worker had journaled; empty for a new turn.
    pub journal: Vec<JournaledStep>,
}

/// Everything a turn starts from.
#[derive(Debug, Clone)]
pub struct TurnStart {
    pub conversation: TurnConversation,
    pub turn: TurnRow,
    pub history: Vec<HistoryMessage>,
    /// Facts said earlier in this conversation whose records have not changed since.
    pub fresh_evidence: Vec<Evidence>,
    pub standing: Arc<Standing>,
    /// Replies of the assistant to this party in the last 24 hours.
    pub answers_today: u32,
    /// What the dealership's models have used on its day.
    pub usage: DayUsage,
}

/// The dealership's autonomy settings; what is not set has its default.
#[derive(Debug, Clone, Default)]
pub struct AutonomyLevels(BTreeMap<(Workflow, Channel), AutonomyLevel>);

impl AutonomyLevels {
    /// The level of a workflow on a channel.
    #[must_use]
    pub fn level(&self, workflow: Workflow, channel: Channel) -> AutonomyLevel {
        self.0.get(&(workflow, channel)).copied().unwrap_or(AutonomyLevel::default_for(workflow, channel))
    }
}

impl CrmTx {
    /// Locks the conversation of a claim, fences older workers off, finds or makes the running turn and
    /// reads what it may know. `None`: the lease is not ours any more, or there is nothing to answer.
    pub async fn begin_turn(
        &mut self,
        claim: Claimed<ConversationId>,
        dealership: &DealershipProfile,
        model: &str,
    ) -> Result<Option<TurnStart>, StoreError> {
        let Some((mut conversation, mut answered)) = self.lock_for_turn(claim).await? else { return Ok(None) };
        if conversation.seen.last_inbound > answered {
            // The customer wrote while the turn before this one ended: one answer to all of it.
            answered = self.withdraw_waiting(conversation.id).await?.unwrap_or(answered);
        }
        let Some(turn) = self.find_or_insert_turn(&conversation, answered, model).await? else {
            self.clear_turn_queue(&conversation).await?;
            return Ok(None);
        };
        let history = self.load_history(conversation.id).await?;
        let fresh_evidence = self.load_fresh_evidence(conversation.id).await?;
        let answers_today = self.count_answers_today(conversation.id).await?;
        let standing = self.load_standing(dealership).await?;
        conversation.seen.policy_version = standing.policy_version();
        let usage = self.load_usage(dealership.settings.zone.local(self.now()).date()).await?;
        Ok(Some(TurnStart { conversation, turn, history, fresh_evidence, standing, answers_today, usage }))
    }

    async fn lock_for_turn(
        &mut self,
        claim: Claimed<ConversationId>,
    ) -> Result<Option<(TurnConversation, i64)>, StoreError> {
        let tenant = self.tenant();
        let row = sqlx::query(
            "with mine as (
                 update conversations set lease_no = $3 where dealership_id = $1 and id = $2 and lease_no <= $3
                 returning *
             )
             select c.id, c.party_id, c.department_id, c.channel, c.integration_id, c.our_address, c.contact_point_id,
                 c.owner_user_id is not null as owned_by_user, c.owner_version, c.consent_version, c.last_inbound,
                 c.answered_inbound, c.lease_no, c.ai_paused_at is not null as conversation_paused,
                 pt.customer_id, cu.first_name, cp.kind as contact_kind, cp.value as contact_value,
                 cp.opted_out_at is not null as opted_out, cp.opted_in_at, cp.first_texted_at is not null as texted_before,
                 d.ai_paused_at is not null as dealership_paused, g.ai_paused_at is not null as group_paused,
                 exists (select from channel_switches k where k.dealership_id = c.dealership_id and k.channel = c.channel)
                     as channel_paused,
                 s.suspended_at is not null as suspended, d.policy_version_id,
                 exists (select from handoffs h where h.dealership_id = c.dealership_id and h.conversation_id = c.id
                     and h.status = 'open') as handoff_open,
                 (select m.created_at from handoffs h
                     join messages m on m.dealership_id = h.dealership_id and m.id = h.told_message_id
                     join outbox o on o.dealership_id = h.dealership_id and o.message_id = m.id
                     where h.dealership_id = c.dealership_id and h.conversation_id = c.id and h.status = 'open'
                         and o.status not in ('cancelled', 'failed')) as told_of_handoff_at
             from mine c
             join parties pt on pt.dealership_id = c.dealership_id and pt.id = c.party_id
             left join customers cu on cu.dealership_id = pt.dealership_id and cu.id = pt.customer_id
             join contact_points cp on cp.dealership_id = c.dealership_id and cp.id = c.contact_point_id
             join dealership_profiles d on d.dealership_id = c.dealership_id
             join dealerships s on s.id = c.dealership_id
             left join group_switches g on g.group_id = s.group_id",
        )
        .bind(tenant)
        .bind(claim.id.0)
        .bind(claim.lease_no)
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let answered: i64 = row.try_get("answered_inbound")?;
        Ok(Some((read_conversation(&row)?, answered)))
    }

    /// Locks a conversation and reads its state, for an action outside of any turn.
    pub async fn lock_conversation(&mut self, id: ConversationId) -> Result<Option<TurnConversation>, StoreError> {
        let tenant = self.tenant();
        let lease_no: Option<i64> =
            sqlx::query_scalar("select lease_no from conversations where dealership_id = $1 and id = $2 for update")
                .bind(tenant)
                .bind(id.0)
                .fetch_optional(self.connection())
                .await?;
        let Some(lease_no) = lease_no else { return Ok(None) };
        let claim = Claimed { scope: self.scope(), id, lease_no, claims: 0, failures: 0 };
        Ok(self.lock_for_turn(claim).await?.map(|(conversation, _)| conversation))
    }

    async fn find_or_insert_turn(
        &mut self,
        conversation: &TurnConversation,
        answered: i64,
        model: &str,
    ) -> Result<Option<TurnRow>, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let new_id = TurnId::generate(now);
        let row: Option<(Uuid, i64, i64, i16)> = sqlx::query_as(
            "with left_running as (
                 update turns set lease_no = $4 where dealership_id = $1 and conversation_id = $3 and status = 'running'
                 returning id, answered_from, answered_to, restarts
             ), made as (
                 insert into turns (dealership_id, id, conversation_id, trigger, status, lease_no, answered_from, answered_to,
                     model, started_at)
                 select $1, $2, $3, $5, 'running', $4, $6, $7, $8, $9
                 where $7 > $6 and not exists (select from left_running)
                 returning id, answered_from, answered_to, restarts
             )
             select * from left_running union all select * from made",
        )
        .bind(tenant)
        .bind(new_id.0)
        .bind(conversation.id.0)
        .bind(conversation.seen.lease_no)
        .bind(Trigger::Inbound.as_str())
        .bind(answered)
        .bind(conversation.seen.last_inbound)
        .bind(model)
        .bind(sql(now))
        .fetch_optional(self.connection())
        .await?;
        let Some((id, answered_from, answered_to, restarts)) = row else { return Ok(None) };
        let id = TurnId(id);
        // A dead worker may have left a journal.
        let journal = if id == new_id { Vec::new() } else { self.load_journal(id).await? };
        Ok(Some(TurnRow { id, answered_from, answered_to, restarts, journal }))
    }

    /// The autonomy settings as they are stored.
    pub(crate) async fn read_autonomy_levels(&mut self) -> Result<AutonomyLevels, StoreError> {
        let tenant = self.tenant();
        let rows: Vec<(String, String, String)> =
            sqlx::query_as("select workflow, channel, level from autonomy_settings where dealership_id = $1")
                .bind(tenant)
                .fetch_all(self.connection())
                .await?;
        let levels = rows
            .iter()
            .map(|(workflow, channel, level)| Ok(((parse(workflow)?, parse(channel)?), parse(level)?)))
            .collect::<Result<_, StoreError>>()?;
        Ok(AutonomyLevels(levels))
    }

    /// Texts of the assistant and for it in a conversation in the last 24 hours: fixed sentences count
    /// too, or two machines would thank each other for ever.
    pub async fn count_answers_today(&mut self, conversation_id: ConversationId) -> Result<u32, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let since = now - jiff::SignedDuration::from_hours(24);
        let count: i64 = sqlx::query_scalar(
            "select count(*) from outbox
             where dealership_id = $1 and conversation_id = $2 and kind in ('reply', 'acknowledgement', 'fallback')
                 and created_at > $3",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(sql(since))
        .fetch_one(self.connection())
        .await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Locks the conversation for an effect. False when the lease is not ours any more, or when the
    /// conversation changed hands, the customer said stop (or start), the assistant was paused, the dealership
    /// suspended or its own policies changed since: then nothing more may be done on what was decided.
    pub async fn lock_for_effect(&mut self, start: &TurnConversation) -> Result<bool, StoreError> {
        let tenant = self.tenant();
        let held: Option<bool> = sqlx::query_scalar(
            "select lease_no = $3 and owner_version = $4 and consent_version = $5 and ai_paused_at is null
             from conversations where dealership_id = $1 and id = $2 for update",
        )
        .bind(tenant)
        .bind(start.id.0)
        .bind(start.seen.lease_no)
        .bind(start.seen.owner_version)
        .bind(start.seen.consent_version)
        .fetch_optional(self.connection())
        .await?;
        let stopped = self.is_assistant_stopped(start.channel).await?;
        Ok(held == Some(true) && !stopped && self.is_policy_version(start.seen.policy_version).await?)
    }

    /// Whether a turn may go on asking its model, without a lock: what changes after this is met by the end
    /// of the turn. None while nothing was cut.
    pub async fn find_cut(&mut self, start: &TurnConversation) -> Result<Option<Lost>, StoreError> {
        let (tenant, seen) = (self.tenant(), start.seen);
        let (lease_no, owner_version, consent_version, paused): (i64, i64, i64, bool) = sqlx::query_as(
            "select lease_no, owner_version, consent_version, ai_paused_at is not null from conversations
             where dealership_id = $1 and id = $2",
        )
        .bind(tenant)
        .bind(start.id.0)
        .fetch_one(self.connection())
        .await?;
        Ok(if lease_no != seen.lease_no {
            Some(Lost::Lease)
        } else if consent_version != seen.consent_version {
            Some(Lost::Consent)
        } else if owner_version != seen.owner_version || paused || self.is_assistant_stopped(start.channel).await? {
            Some(Lost::Owner)
        } else {
            None
        })
    }

    /// Locks the conversation. False when the lease is not ours any more.
    pub async fn lock_lease(&mut self, conversation_id: ConversationId, lease_no: i64) -> Result<bool, StoreError> {
        let tenant = self.tenant();
        let held: Option<i64> =
            sqlx::query_scalar("select lease_no from conversations where dealership_id = $1 and id = $2 for update")
                .bind(tenant)
                .bind(conversation_id.0)
                .fetch_optional(self.connection())
                .await?;
        Ok(held == Some(lease_no))
    }

    pub(super) async fn clear_turn_queue(&mut self, start: &TurnConversation) -> Result<(), StoreError> {
        sqlx::query("delete from turn_queue where conversation_id = $1 and lease_no = $2")
            .bind(start.id.0)
            .bind(start.seen.lease_no)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    pub(super) async fn requeue_turn(&mut self, start: &TurnConversation) -> Result<(), StoreError> {
        // A turn has ended: what is claimed next is another one, with tries of its own.
        sqlx::query(
            "update turn_queue set leased_until = null, claims = 0, failures = 0 where conversation_id = $1 and lease_no = $2",
        )
        .bind(start.id.0)
        .bind(start.seen.lease_no)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Reads the versions and the new messages again, for a turn that goes on with them.
    pub async fn refresh_turn(
        &mut self,
        start: &TurnConversation,
    ) -> Result<Option<(TurnConversation, Vec<HistoryMessage>)>, StoreError> {
        let claim =
            Claimed { scope: self.scope(), id: start.id, lease_no: start.seen.lease_no, claims: 0, failures: 0 };
        let Some((conversation, _)) = self.lock_for_turn(claim).await? else { return Ok(None) };
        let history = self.load_history(start.id).await?;
        Ok(Some((conversation, history)))
    }
}

fn read_conversation(row: &sqlx::postgres::PgRow) -> Result<TurnConversation, StoreError> {
    Ok(TurnConversation {
        id: ConversationId(row.try_get("id")?),
        party_id: PartyId(row.try_get("party_id")?),
        customer_id: row.try_get::<Option<Uuid>, _>("customer_id")?.map(CustomerId),
        customer_first_name: row.try_get("first_name")?,
        department_id: row.try_get::<Option<Uuid>, _>("department_id")?.map(DepartmentId),
        channel: parse(row.try_get("channel")?)?,
        integration_id: row.try_get::<Option<Uuid>, _>("integration_id")?.map(IntegrationId),
        our_address: row.try_get("our_address")?,
        contact_point_id: ContactPointId(row.try_get("contact_point_id")?),
        contact_kind: parse(row.try_get("contact_kind")?)?,
        contact_value: row.try_get("contact_value")?,
        opted_out: row.try_get("opted_out")?,
        opted_in_at: instant(row.try_get("opted_in_at")?),
        texted_before: row.try_get("texted_before")?,
        owned_by_user: row.try_get("owned_by_user")?,
        conversation_paused: row.try_get("conversation_paused")?,
        channel_paused: row.try_get("channel_paused")?,
        dealership_paused: row.try_get("dealership_paused")?,
        group_paused: row.try_get("group_paused")?,
        suspended: row.try_get("suspended")?,
        handoff_open: row.try_get("handoff_open")?,
        told_of_handoff_at: instant(row.try_get("told_of_handoff_at")?),
        seen: SeenVersions {
            lease_no: row.try_get("lease_no")?,
            owner_version: row.try_get("owner_version")?,
            consent_version: row.try_get("consent_version")?,
            last_inbound: row.try_get("last_inbound")?,
            policy_version: row.try_get::<Option<Uuid>, _>("policy_version_id")?.map(PolicyVersionId),
        },
    })
}
