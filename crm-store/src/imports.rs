//! Records that come from another system, as they were there: with their own times, states and owners.
//!
//! Nothing here starts work: an imported conversation is answered, an imported lead alerts nobody. What
//! happens next happens from the state that was imported.

mod appointments;
mod conversations;
mod customers;
mod leads;
mod tasks;

pub use appointments::ImportedAppointment;
pub use conversations::{ImportedAuthor, ImportedConversation, ImportedMessage};
pub use customers::{ImportedContactPoint, ImportedCustomer, ImportedParty};
pub use leads::ImportedLead;
pub use tasks::ImportedTask;

use serde_json::json;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
};

impl CrmTx {
    /// Logs that a record came from outside; its id is all that is said of it.
    async fn log_import(&mut self, record: &'static str, id: Uuid) -> Result<(), StoreError> {
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::RecordImported,
            actor: AuditActor::System,
            conversation_id: None,
            turn_id: None,
            details: json!({ "record": record, "id": id }),
        }])
        .await?;
        Ok(())
    }
}
