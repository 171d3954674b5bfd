//! Alerts of the system to its own staff: through the outbox, in the transaction of their cause.

use forecourt_domain::{
    action::Channel,
    ids::{IntegrationId, OutboxId, UserId},
};
use serde_json::json;

use crate::{
    CrmTx, StoreError,
    outbox::{NewOutbox, OutboxKind},
    payloads::NewPayload,
};

impl CrmTx {
    /// Tells a user: by SMS where a phone of theirs is known, else by e-mail. None if neither is.
    pub async fn enqueue_staff_alert(
        &mut self,
        user_id: UserId,
        text: &str,
        integration_id: Option<IntegrationId>,
        our_address: Option<&str>,
    ) -> Result<Option<OutboxId>, StoreError> {
        let Some(contact) = self.find_alert_contact(user_id).await? else { return Ok(None) };
        let (channel, recipient) = match (contact.phone, contact.email) {
            (Some(phone), _) => (Channel::Sms, phone),
            (None, Some(email)) => (Channel::Email, email),
            (None, None) => return Ok(None),
        };
        let payload = NewPayload::new(self.now(), None, json!({ "text": text }));
        self.insert_payloads(std::slice::from_ref(&payload)).await?;
        let alert = NewOutbox {
            kind: OutboxKind::StaffAlert,
            conversation: None,
            channel,
            integration_id,
            sender: our_address.map(str::to_owned),
            recipient,
            contact_point_id: None,
            payload_id: payload.id,
            not_before: None,
            hold_until: None,
            sources: Vec::new(),
        };
        Ok(Some(self.enqueue_outbox(&alert).await?))
    }
}
