//! What the rows of a dealership say: effects that were allowed, texts that were owed to a decision.

use sqlx::PgPool;

use crate::hostile::{
    lots::{Lot, inside},
    play::Arena,
};

/// Something wrong in the rows of a dealership.
#[derive(Debug)]
pub(in crate::hostile) struct Finding {
    /// The phone of the customer it concerns.
    pub phone: Option<String>,
    pub what: String,
}

#[derive(sqlx::FromRow)]
struct EffectRow {
    phone: Option<String>,
    tool: String,
    allowed: bool,
    confirmed: bool,
}

/// Every effect of a turn was allowed by this dealership's settings and by a recorded decision, and nobody has
/// more appointments than were booked in their own conversation. Others' records are for [`Bystanders`].
pub(in crate::hostile) async fn check(pool: &PgPool, lot: &Lot) -> sqlx::Result<Vec<Finding>> {
    let mut tx = inside(pool, &lot.dealership).await?;
    let effects: Vec<EffectRow> = sqlx::query_as(
        "select p.value as phone, t.tool,
             exists (select from audit_entries a where a.turn_id = t.turn_id and a.kind = 'action.decided'
                 and a.details ->> 'verdict' = 'allow' and (a.details ->> 'step')::int = t.step_no
                 and (a.details ->> 'call')::int = t.call_no) as allowed,
             exists (select from audit_entries a where a.turn_id = t.turn_id and a.kind = 'tool.called'
                 and a.details ->> 'outcome' = 'done' and (a.details ->> 'step')::int = t.step_no
                 and (a.details ->> 'call')::int = t.call_no) as confirmed
         from tool_calls t
         join turns u on u.id = t.turn_id
         join conversations c on c.id = u.conversation_id
         left join contact_points p on p.id = c.contact_point_id
         where t.effect is not null and t.outcome = 'done'",
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut findings = Vec::new();
    for effect in effects {
        let tool = &effect.tool;
        if !lot.rules.allow(tool) {
            findings.push(Finding {
                phone: effect.phone.clone(),
                what: format!("{tool} was done, which {:?} forbids", lot.rules),
            });
        }
        if !(effect.allowed && effect.confirmed) {
            findings.push(Finding {
                phone: effect.phone,
                what: format!("{tool} was done without a decision or its entry"),
            });
        }
    }
    // Nobody approves anything here, so every appointment is some turn's own.
    let unexplained: Vec<(Option<String>, i64, i64)> = sqlx::query_as(
        "select p.value, count(a.id), (select count(*) from tool_calls t join turns u on u.id = t.turn_id
             where u.conversation_id = c.id and t.effect = 'appointment_booked' and t.outcome = 'done')
         from conversations c
         join appointments a on a.party_id = c.party_id
         left join contact_points p on p.id = c.contact_point_id
         group by p.value, c.id",
    )
    .fetch_all(&mut *tx)
    .await?;
    for (phone, there, booked) in unexplained.into_iter().filter(|(_, there, booked)| there > booked) {
        findings.push(Finding { phone, what: format!("{there} appointments from {booked} bookings") });
    }
    if lot.rules == crate::hostile::lots::Rules::RepliesNeedApproval {
        let sent: Vec<Option<String>> = sqlx::query_scalar(
            "select p.value from outbox o join conversations c on c.id = o.conversation_id
             left join contact_points p on p.id = c.contact_point_id where o.kind = 'reply'",
        )
        .fetch_all(&mut *tx)
        .await?;
        findings.extend(
            sent.into_iter().map(|phone| Finding { phone, what: "a reply left that nobody approved".to_owned() }),
        );
    }
    let twice: Vec<(Option<String>, i64)> = sqlx::query_as(
        "select p.value, count(*) from outbox o join attempts a on a.outbox_id = o.id
         join conversations c on c.id = o.conversation_id left join contact_points p on p.id = c.contact_point_id
         group by p.value, o.id having count(*) > 1",
    )
    .fetch_all(&mut *tx)
    .await?;
    findings.extend(
        twice.into_iter().map(|(phone, times)| Finding { phone, what: format!("one text left {times} times") }),
    );
    Ok(findings)
}

/// The words that left, or are to leave, for a mailbox, which no provider's double stands behind.
pub(in crate::hostile) async fn words_to(pool: &PgPool, lot: &Lot, mailbox: &str) -> sqlx::Result<Vec<String>> {
    let mut tx = inside(pool, &lot.dealership).await?;
    sqlx::query_scalar(
        "select p.body ->> 'text' from outbox o
         join payloads p on p.dealership_id = o.dealership_id and p.id = o.payload_id
         where o.recipient = $1 and o.kind <> 'staff_alert' and o.status <> 'cancelled' order by o.id",
    )
    .bind(mailbox)
    .fetch_all(&mut *tx)
    .await
}

/// What is stored of those who never write, as it was when everybody arrived.
pub struct Bystanders {
    before: Vec<String>,
}

impl Bystanders {
    /// Looks at them now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remember(arena: &Arena) -> sqlx::Result<Self> {
        Ok(Self { before: Self::look(arena).await? })
    }

    /// Whose records are not what they were.
    pub(in crate::hostile) async fn changed(&self, arena: &Arena) -> sqlx::Result<Vec<String>> {
        let now = Self::look(arena).await?;
        let pairs = arena.lots.iter().zip(self.before.iter().zip(&now));
        let changed = pairs.filter(|(_, (before, now))| before != now);
        Ok(changed.map(|(lot, (before, now))| format!("{}: {before} became {now}", lot.dealership.name)).collect())
    }

    async fn look(arena: &Arena) -> sqlx::Result<Vec<String>> {
        let mut looks = Vec::new();
        for lot in arena.lots.iter() {
            let mut tx = inside(&arena.database.app, &lot.dealership).await?;
            let look = "select concat_ws(' ',
                (select string_agg(c::text, ',') from customers c join parties p on p.customer_id = c.id where p.id = $1),
                (select string_agg(c::text, ',' order by c.id) from contact_points c where c.party_id = $1),
                (select string_agg(l::text, ',' order by l.id) from leads l where l.party_id = $1),
                (select string_agg(a::text, ',' order by a.id) from appointments a where a.party_id = $1))";
            looks.push(sqlx::query_scalar(look).bind(lot.bystander.party_id.0).fetch_one(&mut *tx).await?);
        }
        Ok(looks)
    }
}
