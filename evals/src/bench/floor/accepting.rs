//! A text comes in: three commits, for whose webhook it is, its integration, and the text itself.

use forecourt_domain::ids::generate;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::json;
use uuid::Uuid;

use super::rows::{NewMessage, Said, Statements, Tx};

/// A webhook's form.
pub(super) struct Inbound {
    pub integration_id: Uuid,
    pub sid: String,
    pub account: String,
    pub from: String,
    pub to: String,
    pub text: String,
}

/// The ids of the rows of somebody who texts for the first time.
struct Newcomer {
    dealership: Uuid,
    message: Uuid,
    party: Uuid,
    point: Uuid,
    conversation: Uuid,
}

impl Statements {
    pub async fn accept(&self, inbound: &Inbound) -> anyhow::Result<()> {
        let find = "select dealership_id from webhook_directory where integration_id = $1";
        let dealership: Uuid = sqlx::query_scalar(find).bind(inbound.integration_id).fetch_one(&self.pool).await?;
        let (mut tx, _) = self.begin(dealership).await?;
        sqlx::query("select provider, account, sealed_secret from integrations where dealership_id = $1 and id = $2")
            .bind(dealership)
            .bind(inbound.integration_id)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        let (mut tx, now) = self.begin(dealership).await?;
        let [message, party, point, conversation] = std::array::from_fn(|_| generate(now));
        let newcomer = Newcomer { dealership, message, party, point, conversation };
        insert_receipt(&mut tx, &newcomer, inbound, now).await?;
        insert_party(&mut tx, &newcomer, inbound, now).await?;
        insert_conversation(&mut tx, &newcomer, inbound, now).await?;
        let text = json!({ "text": inbound.text, "media": 0 });
        let payload = self.insert_bodies(&mut tx, (dealership, party), now, &[text]).await?[0];
        let said = Said::ByCustomer;
        NewMessage { dealership, id: message, conversation, point, payload, said }.insert(&mut tx, now).await?;
        sqlx::query("insert into turn_queue (conversation_id, dealership_id, due_at) values ($1, $2, $3)")
            .bind(conversation)
            .bind(dealership)
            .bind(now.to_sqlx())
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }
}

async fn insert_receipt(tx: &mut Tx, new: &Newcomer, inbound: &Inbound, now: Timestamp) -> anyhow::Result<()> {
    sqlx::query(
        "insert into receipts (dealership_id, provider, account, provider_message_id, message_id, received_at)
         values ($1, 'twilio', $2, $3, $4, $5)",
    )
    .bind(new.dealership)
    .bind(&inbound.account)
    .bind(&inbound.sid)
    .bind(new.message)
    .bind(now.to_sqlx())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn insert_party(tx: &mut Tx, new: &Newcomer, inbound: &Inbound, now: Timestamp) -> anyhow::Result<()> {
    sqlx::query(
        "with party as (insert into parties (dealership_id, id, created_at) values ($1, $2, $3))
         insert into contact_points (dealership_id, id, party_id, kind, value, assurance, created_at)
         values ($1, $4, $2, 'phone', $5, 'carrier', $3)",
    )
    .bind(new.dealership)
    .bind(new.party)
    .bind(now.to_sqlx())
    .bind(new.point)
    .bind(&inbound.from)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn insert_conversation(tx: &mut Tx, new: &Newcomer, inbound: &Inbound, now: Timestamp) -> anyhow::Result<()> {
    sqlx::query(
        "insert into conversations (dealership_id, id, kind, party_id, channel, integration_id, our_address,
             contact_point_id, last_inbound, first_unanswered_at, created_at, last_message_at)
         values ($1, $2, 'customer', $3, 'sms', $4, $5, $6, 1, $7, $7, $7)",
    )
    .bind(new.dealership)
    .bind(new.conversation)
    .bind(new.party)
    .bind(inbound.integration_id)
    .bind(&inbound.to)
    .bind(new.point)
    .bind(now.to_sqlx())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
