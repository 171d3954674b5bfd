//! An imported conversation: what was said before this system was asked, with nothing left to answer.

use forecourt_domain::{
    action::Channel,
    contact::Assurance,
    conversation::{Author, Direction, Owner},
    ids::{ContactPointId, ConversationId, DepartmentId, IntegrationId, MessageId, PartyId, UserId},
    keywords::{self, Keyword},
};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::ImportedParty;
use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    payloads::NewPayload,
    rows::{sql, sql_opt},
};

/// A conversation as another system knew it, and the way on which it goes on here.
#[derive(Debug, Clone)]
pub struct ImportedConversation {
    pub channel: Channel,
    /// What the customer wrote from.
    pub contact_point_id: ContactPointId,
    pub assurance: Assurance,
    /// What they wrote to: replies leave from it.
    pub integration_id: IntegrationId,
    pub our_address: String,
    pub department_id: Option<DepartmentId>,
    pub owner: Owner,
    pub messages: Vec<ImportedMessage>,
}

/// One message of it.
#[derive(Debug, Clone)]
pub struct ImportedMessage {
    pub author: ImportedAuthor,
    pub text: String,
    pub at: Timestamp,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportedAuthor {
    Customer,
    Assistant,
    User(UserId),
}

impl ImportedAuthor {
    const fn author(self) -> Author {
        match self {
            Self::Customer => Author::Customer,
            Self::Assistant => Author::Assistant,
            Self::User(_) => Author::User,
        }
    }

    const fn direction(self) -> Direction {
        match self {
            Self::Customer => Direction::Inbound,
            Self::Assistant | Self::User(_) => Direction::Outbound,
        }
    }

    const fn user_id(self) -> Option<Uuid> {
        match self {
            Self::User(id) => Some(id.0),
            Self::Customer | Self::Assistant => None,
        }
    }
}

/// A message with everything that its row says.
struct Line<'a> {
    id: MessageId,
    message: &'a ImportedMessage,
    payload: NewPayload,
    inbound_no: Option<i64>,
}

impl CrmTx {
    /// Stores a conversation of an imported customer, oldest message first whatever order they came in.
    /// Every message counts as answered, so that no turn is due; a STOP or START in it binds as it did there.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it has no message.
    pub async fn import_conversation(
        &mut self,
        of: &ImportedParty,
        imported: &ImportedConversation,
    ) -> Result<ConversationId, StoreError> {
        let lines = lines(of.party_id, &imported.messages);
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
            return Err(StoreError::NotFound("a message of the conversation"));
        };
        let id = ConversationId::generate(first.message.at);
        let inbound = lines.iter().filter_map(|line| line.inbound_no).max().unwrap_or(0);
        let span = (first.message.at, last.message.at);
        self.insert_imported_conversation(id, of, imported, span, inbound).await?;
        let payloads: Vec<_> = lines.iter().map(|line| line.payload.clone()).collect();
        self.insert_payloads(&payloads).await?;
        self.insert_imported_messages(id, imported, &lines).await?;
        self.carry_consent(of, imported.contact_point_id, &lines).await?;
        self.log_imported_conversation(id, &lines).await?;
        Ok(id)
    }

    async fn insert_imported_conversation(
        &mut self,
        id: ConversationId,
        of: &ImportedParty,
        imported: &ImportedConversation,
        (created_at, last_message_at): (Timestamp, Timestamp),
        inbound: i64,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant();
        let owner_user_id = match imported.owner {
            Owner::User(user_id) => Some(user_id.0),
            Owner::Assistant => None,
        };
        sqlx::query(
            "insert into conversations
                 (dealership_id, id, kind, party_id, department_id, channel, integration_id, our_address,
                  contact_point_id, owner_user_id, last_inbound, answered_inbound, created_at, last_message_at)
             values ($1, $2, 'customer', $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12)",
        )
        .bind(tenant)
        .bind(id.0)
        .bind(of.party_id.0)
        .bind(imported.department_id.map(|id| id.0))
        .bind(imported.channel.as_str())
        .bind(imported.integration_id.0)
        .bind(&imported.our_address)
        .bind(imported.contact_point_id.0)
        .bind(owner_user_id)
        .bind(inbound)
        .bind(sql(created_at))
        .bind(sql(last_message_at))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn insert_imported_messages(
        &mut self,
        conversation_id: ConversationId,
        imported: &ImportedConversation,
        lines: &[Line<'_>],
    ) -> Result<(), StoreError> {
        let tenant = self.tenant();
        let ids: Vec<Uuid> = lines.iter().map(|line| line.id.0).collect();
        let payloads: Vec<Uuid> = lines.iter().map(|line| line.payload.id.0).collect();
        let authors: Vec<&str> = lines.iter().map(|line| line.message.author.author().as_str()).collect();
        let directions: Vec<&str> = lines.iter().map(|line| line.message.author.direction().as_str()).collect();
        let users: Vec<Option<Uuid>> = lines.iter().map(|line| line.message.author.user_id()).collect();
        let numbers: Vec<Option<i64>> = lines.iter().map(|line| line.inbound_no).collect();
        let instants: Vec<jiff_sqlx::Timestamp> = lines.iter().map(|line| sql(line.message.at)).collect();
        sqlx::query(
            "insert into messages (dealership_id, conversation_id, channel, contact_point_id, assurance, id, payload_id,
                 author, direction, author_user_id, inbound_no, created_at)
             select $1, $2, $3, $4, case when line.direction = 'inbound' then $5 end, line.*
             from unnest($6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::uuid[], $11::bigint[], $12::timestamptz[])
                 as line (id, payload_id, author, direction, author_user_id, inbound_no, created_at)",
        )
        .bind(tenant)
        .bind(conversation_id.0)
        .bind(imported.channel.as_str())
        .bind(imported.contact_point_id.0)
        .bind(imported.assurance.as_str())
        .bind(&ids)
        .bind(&payloads)
        .bind(&authors)
        .bind(&directions)
        .bind(&users)
        .bind(&numbers)
        .bind(&instants)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// What the customer said about being written to, and whether they were ever written to at all.
    async fn carry_consent(
        &mut self,
        of: &ImportedParty,
        contact_point_id: ContactPointId,
        lines: &[Line<'_>],
    ) -> Result<(), StoreError> {
        let (mut stopped_at, mut started_at) = (None, None);
        for line in lines.iter().filter(|line| line.inbound_no.is_some()) {
            let (kind, last_at) = match keywords::classify(&line.message.text) {
                Some(Keyword::Stop) => ("opt_out", &mut stopped_at),
                Some(Keyword::Start) => ("opt_in", &mut started_at),
                Some(Keyword::Help) | None => continue,
            };
            *last_at = Some(line.message.at);
            self.insert_imported_consent(of, contact_point_id, kind, line).await?;
        }
        let written_to = lines.iter().find(|line| line.inbound_no.is_none()).map(|line| line.message.at);
        let tenant = self.tenant();
        // The later of STOP and START decides, and the record of the point counts as a STOP of its time.
        sqlx::query(
            "update contact_points
             set first_texted_at = least(first_texted_at, $3),
                 opted_in_at = greatest(opted_in_at, $4),
                 opted_out_at = case when not $4 > greatest(opted_out_at, $5) or $4 is null
                     then greatest(opted_out_at, $5) end
             where dealership_id = $1 and id = $2",
        )
        .bind(tenant)
        .bind(contact_point_id.0)
        .bind(sql_opt(written_to))
        .bind(sql_opt(started_at))
        .bind(sql_opt(stopped_at))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn insert_imported_consent(
        &mut self,
        of: &ImportedParty,
        contact_point_id: ContactPointId,
        kind: &'static str,
        line: &Line<'_>,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query(
            "insert into consents
                 (dealership_id, id, contact_point_id, customer_id, kind, source, message_id, occurred_at)
             values ($1, $2, $3, $4, $5, 'keyword', $6, $7)",
        )
        .bind(tenant)
        .bind(forecourt_domain::ids::generate(line.message.at))
        .bind(contact_point_id.0)
        .bind(of.customer_id.0)
        .bind(kind)
        .bind(line.id.0)
        .bind(sql(line.message.at))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The log commits to every text, so that an imported one cannot be changed unnoticed either.
    async fn log_imported_conversation(&mut self, id: ConversationId, lines: &[Line<'_>]) -> Result<(), StoreError> {
        let messages: Vec<_> =
            lines.iter().map(|line| json!({ "message": line.id, "commitment": line.payload.commitment() })).collect();
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::RecordImported,
            actor: AuditActor::System,
            conversation_id: Some(id),
            turn_id: None,
            details: json!({ "record": "conversation", "id": id, "messages": messages }),
        }])
        .await?;
        Ok(())
    }
}

/// The messages in the order they were said, with ids of those instants.
fn lines(party_id: PartyId, messages: &[ImportedMessage]) -> Vec<Line<'_>> {
    let mut said: Vec<&ImportedMessage> = messages.iter().collect();
    said.sort_by_key(|message| message.at);
    let mut inbound = 0;
    said.into_iter()
        .map(|message| {
            let inbound_no = (message.author == ImportedAuthor::Customer).then(|| {
                inbound += 1;
                inbound
            });
            let payload = NewPayload::new(message.at, Some(party_id), json!({ "text": message.text }));
            Line { id: MessageId::generate(message.at), message, payload, inbound_no }
        })
        .collect()
}
