//! What the switches hold: which of them are thrown, by whom and why, and which words wait.

use forecourt_domain::{
    action::Channel,
    autonomy::PausedBy,
    delivery::DeliveryStatus,
    ids::{ConversationId, OutboxId, UserId},
};
use jiff::Timestamp;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    rows::{instant, parse},
};

/// A switch that is thrown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thrown {
    pub at: Timestamp,
    pub by: Option<UserId>,
    /// Their first name.
    pub by_name: Option<String>,
    pub reason: Option<String>,
}

/// A conversation whose own switch is thrown.
#[derive(Debug, Clone)]
pub struct PausedConversation {
    pub id: ConversationId,
    /// The customer's name, or their number.
    pub who: String,
    pub thrown: Thrown,
}

/// The switches that bind a dealership; none of them is thrown where nothing stands.
#[derive(Debug, Clone, Default)]
pub struct Switches {
    pub group: Option<Thrown>,
    pub dealership: Option<Thrown>,
    pub channels: Vec<(Channel, Thrown)>,
    /// The latest first, at most [`PAUSED_CONVERSATIONS`].
    pub conversations: Vec<PausedConversation>,
}

/// How many paused conversations are listed at most.
pub const PAUSED_CONVERSATIONS: i64 = 100;

/// Words of the assistant that have not left.
#[derive(Debug, Clone)]
pub struct HeldMessage {
    pub outbox_id: OutboxId,
    pub conversation_id: ConversationId,
    /// The customer's name, or their number.
    pub who: String,
    pub channel: Channel,
    pub text: String,
    pub status: DeliveryStatus,
    /// Why it was held, as it was recorded; none while it is queued.
    pub status_reason: Option<String>,
    /// The widest switch that stops it now.
    pub stopped_by: Option<PausedBy>,
    pub not_before: Option<Timestamp>,
    /// Since when it has waited: held, or queued.
    pub since: Timestamp,
}

impl CrmTx {
    /// The switches that are thrown over this dealership, and within it.
    pub async fn load_switches(&mut self) -> Result<Switches, StoreError> {
        let tenant = self.tenant();
        let above = sqlx::query(
            "select 'group' as height, g.ai_paused_at as at, g.paused_by as by, g.reason, u.first_name
             from dealerships s join group_switches g on g.group_id = s.group_id left join users u on u.id = g.paused_by
             where s.id = $1 and g.ai_paused_at is not null
             union all
             select 'dealership', d.ai_paused_at, d.ai_paused_by, d.ai_pause_reason, u.first_name
             from dealership_profiles d left join users u on u.id = d.ai_paused_by
             where d.dealership_id = $1 and d.ai_paused_at is not null
             union all
             select k.channel, k.ai_paused_at, k.ai_paused_by, k.reason, u.first_name
             from channel_switches k left join users u on u.id = k.ai_paused_by where k.dealership_id = $1
             order by 1",
        )
        .bind(tenant)
        .fetch_all(self.connection())
        .await?;
        let mut switches = Switches::default();
        for row in &above {
            match row.try_get("height")? {
                "group" => switches.group = Some(read_thrown(row)?),
                "dealership" => switches.dealership = Some(read_thrown(row)?),
                channel => switches.channels.push((parse(channel)?, read_thrown(row)?)),
            }
        }
        switches.conversations = self.load_paused_conversations().await?;
        Ok(switches)
    }

    async fn load_paused_conversations(&mut self) -> Result<Vec<PausedConversation>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select c.id, c.ai_paused_at as at, c.ai_paused_by as by, c.ai_pause_reason as reason, u.first_name,
                 coalesce(nullif(trim(cu.first_name || ' ' || cu.last_name), ''), cp.value) as who
             from conversations c
             join parties pt on pt.dealership_id = c.dealership_id and pt.id = c.party_id
             left join customers cu on cu.dealership_id = pt.dealership_id and cu.id = pt.customer_id
             left join contact_points cp on cp.dealership_id = c.dealership_id and cp.id = c.contact_point_id
             left join users u on u.id = c.ai_paused_by
             where c.dealership_id = $1 and c.ai_paused_at is not null
             order by c.ai_paused_at desc, c.id limit $2",
        )
        .bind(tenant)
        .bind(PAUSED_CONVERSATIONS)
        .fetch_all(self.connection())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(PausedConversation {
                    id: ConversationId(row.try_get("id")?),
                    who: row.try_get::<Option<String>, _>("who")?.unwrap_or_default(),
                    thrown: read_thrown(row)?,
                })
            })
            .collect()
    }

    /// The words of the assistant that are queued or held, those that have waited longest first.
    pub async fn load_held(&mut self, limit: i64) -> Result<Vec<HeldMessage>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select o.id, o.conversation_id, o.channel, o.status, o.status_reason, o.not_before, p.body ->> 'text' as text,
                 case when o.status = 'held' then o.updated_at else o.created_at end as since,
                 case when g.ai_paused_at is not null then 'group' when d.ai_paused_at is not null then 'dealership'
                     when k.channel is not null then 'channel' when c.ai_paused_at is not null then 'conversation'
                 end as stopped_by,
                 coalesce(nullif(trim(cu.first_name || ' ' || cu.last_name), ''), cp.value) as who
             from outbox o
             join payloads p on p.dealership_id = o.dealership_id and p.id = o.payload_id
             join conversations c on c.dealership_id = o.dealership_id and c.id = o.conversation_id
             join parties pt on pt.dealership_id = c.dealership_id and pt.id = c.party_id
             left join customers cu on cu.dealership_id = pt.dealership_id and cu.id = pt.customer_id
             left join contact_points cp on cp.dealership_id = c.dealership_id and cp.id = c.contact_point_id
             join dealership_profiles d on d.dealership_id = o.dealership_id
             join dealerships s on s.id = o.dealership_id
             left join group_switches g on g.group_id = s.group_id
             left join channel_switches k on k.dealership_id = o.dealership_id and k.channel = o.channel
             where o.dealership_id = $1 and o.status in ('queued', 'held')
                 and o.kind in ('reply', 'acknowledgement', 'fallback')
             order by o.id limit $2",
        )
        .bind(tenant)
        .bind(limit)
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(read_held).collect()
    }
}

fn read_thrown(row: &PgRow) -> Result<Thrown, StoreError> {
    Ok(Thrown {
        at: row.try_get::<jiff_sqlx::Timestamp, _>("at")?.to_jiff(),
        by: row.try_get::<Option<Uuid>, _>("by")?.map(UserId),
        by_name: row.try_get("first_name")?,
        reason: row.try_get("reason")?,
    })
}

fn read_held(row: &PgRow) -> Result<HeldMessage, StoreError> {
    Ok(HeldMessage {
        outbox_id: OutboxId(row.try_get("id")?),
        conversation_id: ConversationId(row.try_get("conversation_id")?),
        who: row.try_get::<Option<String>, _>("who")?.unwrap_or_default(),
        channel: parse(row.try_get("channel")?)?,
        text: row.try_get::<Option<String>, _>("text")?.unwrap_or_default(),
        status: parse(row.try_get("status")?)?,
        status_reason: row.try_get("status_reason")?,
        stopped_by: row.try_get::<Option<&str>, _>("stopped_by")?.map(parse).transpose()?,
        not_before: instant(row.try_get("not_before")?),
        since: row.try_get::<jiff_sqlx::Timestamp, _>("since")?.to_jiff(),
    })
}
