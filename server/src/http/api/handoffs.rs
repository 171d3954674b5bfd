//! Tickets: list, take, close.

pub(crate) mod settings;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use forecourt_crm_store::{
    conversations::Takeover,
    handoffs::{Handoff, HandoffCounts, HandoffLine, TakeError},
};
use forecourt_domain::{conversation::HandoffStatus, ids::HandoffId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{
    AppState,
    path_id::PathId,
    principal::Principal,
    problem::{Problem, ProblemBody},
};

/// How many tickets a list holds at most.
pub(crate) const LIST_LIMIT: i64 = 100;

/// A request for a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ticket {
    pub id: Uuid,
    /// `H-1042`.
    pub ticket: String,
    pub conversation_id: Uuid,
    pub category: String,
    /// `urgent`, `high` or `normal`.
    pub priority: String,
    /// `open`, `taken` or `closed`.
    pub status: String,
    pub owner_user_id: Option<Uuid>,
    /// By when somebody should have taken it. RFC 3339, UTC.
    pub due_at: Option<String>,
    /// Which rung of the ladder was asked last, from 0.
    pub level: u16,
    /// When the next rung is asked. RFC 3339, UTC.
    pub escalates_at: Option<String>,
    /// Set once nobody of the whole ladder took it in time. RFC 3339, UTC.
    pub dropped_at: Option<String>,
    /// RFC 3339, UTC.
    pub taken_at: Option<String>,
    /// RFC 3339, UTC.
    pub created_at: String,
}

impl From<Handoff> for Ticket {
    fn from(handoff: Handoff) -> Self {
        let text = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
        Self {
            id: handoff.id.0,
            ticket: handoff.ticket_number(),
            conversation_id: handoff.conversation_id.0,
            category: handoff.category.to_string(),
            priority: handoff.priority.to_string(),
            status: handoff.status.to_string(),
            owner_user_id: handoff.owner_user_id.map(|id| id.0),
            due_at: text(handoff.due_at),
            level: handoff.level,
            escalates_at: text(handoff.escalates_at),
            dropped_at: text(handoff.dropped_at),
            taken_at: text(handoff.taken_at),
            created_at: handoff.created_at.to_string(),
        }
    }
}

/// A ticket with what a person needs to choose it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedTicket {
    #[serde(flatten)]
    pub ticket: Ticket,
    /// The customer's name, or their number.
    pub who: String,
    pub summary: String,
    pub owner_name: Option<String>,
}

impl From<HandoffLine> for ListedTicket {
    fn from(line: HandoffLine) -> Self {
        let HandoffLine { handoff, who, summary, owner_name } = line;
        Self { ticket: handoff.into(), who, summary, owner_name }
    }
}

/// How many tickets stand where. The target for `dropped` is 0.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketCounts {
    pub open: i64,
    pub taken: i64,
    /// Every ticket that nobody took in time, ever.
    pub dropped: i64,
}

impl From<HandoffCounts> for TicketCounts {
    fn from(counts: HandoffCounts) -> Self {
        Self { open: counts.open, taken: counts.taken, dropped: counts.dropped }
    }
}

/// Tickets and their counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketList {
    pub counts: TicketCounts,
    pub handoffs: Vec<ListedTicket>,
}

/// Which tickets to list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    status: Option<String>,
}

/// Requests for a person, with how many are open, taken and were dropped; those due first come first
#[utoipa::path(get, path = "/api/v1/handoffs", params(("status" = Option<String>, Query, description = "open, taken or closed; all without it")), security(("token" = [])), responses((status = 200, body = TicketList), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody)))]
pub async fn list(
    State(state): State<AppState>,
    principal: Principal,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<TicketList>, Problem> {
    let Query(query) = query.map_err(|rejection| Problem::bad_request().with_detail(rejection.body_text()))?;
    let status: Option<HandoffStatus> = query
        .status
        .map(|status| status.parse())
        .transpose()
        .map_err(|error: forecourt_domain::UnknownText| Problem::bad_request().with_detail(error.to_string()))?;
    let mut tx = state.store.begin(principal.scope).await?;
    let counts = tx.count_handoffs().await?.into();
    let handoffs = tx.load_handoffs(status, LIST_LIMIT).await?.into_iter().map(ListedTicket::from).collect();
    Ok(Json(TicketList { counts, handoffs }))
}

/// What taking a ticket did.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakeResponse {
    pub handoff: Ticket,
    /// Texts of the assistant that were leaving already when you took over.
    pub already_leaving: Vec<String>,
    /// Texts of the assistant that were waiting and will not be sent.
    pub cancelled: Vec<String>,
}

/// Take a ticket: you own its conversation from now on, and the assistant is silent in it
#[utoipa::path(post, path = "/api/v1/handoffs/{id}/take", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 200, body = TakeResponse), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn take(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
) -> Result<Json<TakeResponse>, Problem> {
    let (handoff, takeover) = take_as(&state, principal, HandoffId(id)).await?;
    let already_leaving = takeover.already_leaving.into_iter().map(|leaving| leaving.text).collect();
    Ok(Json(TakeResponse { handoff: handoff.into(), already_leaving, cancelled: takeover.cancelled }))
}

/// Close a ticket: what it asked for is done
#[utoipa::path(post, path = "/api/v1/handoffs/{id}/close", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 200, body = Ticket), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn close(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
) -> Result<Json<Ticket>, Problem> {
    let principal = principal.require(principal.role.writes_to_customers())?;
    let mut tx = state.store.begin(principal.scope).await?;
    let handoff = tx.close_handoff(HandoffId(id), principal.user_id).await?;
    tx.commit().await?;
    Ok(Json(handoff.into()))
}

/// Takes a ticket for whoever may write to customers.
pub async fn take_as(state: &AppState, principal: Principal, id: HandoffId) -> Result<(Handoff, Takeover), Problem> {
    let principal = principal.require(principal.role.writes_to_customers())?;
    let mut tx = state.store.begin(principal.scope).await?;
    let taken = tx.take_handoff(id, principal.user_id).await?;
    tx.commit().await?;
    Ok(taken)
}

impl From<TakeError> for Problem {
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::Already(status) => {
                Self::conflict("already_taken", "Somebody was faster; load the ticket again.")
                    .with_detail(format!("it is {status}"))
            }
            TakeError::Closed => Self::conflict("already_closed", "This ticket is closed already."),
            TakeError::Store(error) => error.into(),
        }
    }
}
