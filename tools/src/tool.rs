//! What a tool is: typed arguments, a typed answer, and one short transaction between them.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use forecourt_crm_store::CrmTx;
use forecourt_domain::{
    action::{ActionKind, Channel},
    contact::ContactKind,
    evidence::{CommittedEffect, Evidence},
    hours::Zone,
    ids::{ConversationId, CustomerId, PartyId, TurnId},
    money::Currency,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::{embedder::Embedder, failure::ToolError};

/// What tools need from outside of the database.
#[derive(Clone)]
pub struct Services {
    pub embedder: Arc<dyn Embedder>,
}

/// The contact point that the messages of a turn came from.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    pub kind: ContactKind,
    /// Its normalised value.
    pub value: String,
}

/// Hides the value, so that it cannot reach a log by `{:?}`.
impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contact({}, …)", self.kind)
    }
}

/// For whom and where a tool works. None of this is ever taken from the model.
#[derive(Debug, Clone)]
pub struct ToolContext {
    pub now: Timestamp,
    pub conversation_id: ConversationId,
    pub turn_id: TurnId,
    pub party_id: PartyId,
    pub customer_id: Option<CustomerId>,
    pub contact: Contact,
    pub channel: Channel,
    /// Whether every message this turn answers arrived above `claimed`.
    pub assurance_proven: bool,
    pub zone: Zone,
    pub currency: Currency,
    /// ISO 3166 alpha-2.
    pub country: String,
    /// The version of the dealership's profile that this turn saw.
    pub profile_version: i64,
}

impl ToolContext {
    /// Whether this turn may add to what the party owns: it has proven who it is, or it is a chat
    /// visitor, who is nobody but this very session.
    #[must_use]
    pub const fn may_act_for_party(&self) -> bool {
        self.assurance_proven || matches!(self.contact.kind, ContactKind::ChatVisitor)
    }
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Done<O> {
    pub output: O,
    /// Every figure of `output`, with the record it came from.
    pub evidence: Vec<Evidence>,
    /// What may be spoken of as done once this transaction has committed.
    pub effects: Vec<CommittedEffect>,
}

impl<O> Done<O> {
    /// A call that changed nothing.
    #[must_use]
    pub const fn read(output: O, evidence: Vec<Evidence>) -> Self {
        Self { output, evidence, effects: Vec::new() }
    }

    /// A call that changed something.
    #[must_use]
    pub fn changed(output: O, evidence: Vec<Evidence>, effect: CommittedEffect) -> Self {
        Self { output, evidence, effects: vec![effect] }
    }
}

/// A tool. One file holds one implementation, its `Args` and its `Output`.
#[async_trait]
pub trait Tool: Send + Sync + 'static {
    /// What the model writes: a closed struct whose doc comments are what the model reads.
    type Args: Clone + DeserializeOwned + Serialize + JsonSchema + Send + Sync + 'static;
    /// What the model reads.
    type Output: Serialize + Send;
    /// What was fetched from outside before the transaction; the default value stands for nothing.
    type Prepared: Default + Send + 'static;

    const NAME: &'static str;
    /// One or two short sentences: when to use it, and what it must not be used for.
    const DESCRIPTION: &'static str;
    /// What policies decide on.
    const ACTION: ActionKind;

    /// Calls to the outside; no transaction is open. A tool that can do without fails soft.
    async fn prepare(
        _services: &Services,
        _context: &ToolContext,
        _args: &Self::Args,
    ) -> Result<Self::Prepared, ToolError> {
        Ok(Self::Prepared::default())
    }

    /// What a person is shown beside the arguments before they decide on them, and what must still be so
    /// when they have decided. A call that could not be done anyway fails here, so that it is not proposed.
    async fn cites(_tx: &mut CrmTx, _context: &ToolContext, _args: &Self::Args) -> Result<Vec<Evidence>, ToolError> {
        Ok(Vec::new())
    }

    /// The work, in one short transaction that the caller commits. A call that ends in
    /// [`ToolError::Told`] has written nothing, so the caller may commit that transaction too.
    async fn call(
        tx: &mut CrmTx,
        context: &ToolContext,
        args: Self::Args,
        prepared: Self::Prepared,
    ) -> Result<Done<Self::Output>, ToolError>;
}
