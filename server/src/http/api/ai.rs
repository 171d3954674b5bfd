//! The kill switch at its four heights: who threw which and why, throwing it, and what it holds.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};
use forecourt_crm_store::{
    Store,
    conversations::{
        AiSwitch, HeldMessage, LONGEST_REASON, Leaving, SwitchError, SwitchOrder, SwitchScope, SwitchThrown, Switches,
        Thrown,
    },
};
use forecourt_domain::{action::Channel, autonomy::PausedBy, delivery::DeliveryStatus, ids::ConversationId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{
    AppState,
    principal::Principal,
    problem::{Problem, ProblemBody},
};

/// How many held messages a list holds at most.
pub const HELD_LIMIT: i64 = 100;

/// Whether the assistant works, and every switch.
#[derive(Debug, Serialize, ToSchema)]
pub struct AiStatus {
    /// Whether it is paused in the whole dealership, by its own switch or its group's.
    pub paused: bool,
    pub model: String,
    /// False for the offline receptionist, which is no language model.
    pub language_model: bool,
    /// Set while the switch of the dealership's group is thrown.
    pub group: Option<ThrownSwitch>,
    /// Set while the dealership's own switch is thrown.
    pub dealership: Option<ThrownSwitch>,
    /// Every channel.
    pub channels: Vec<ChannelSwitch>,
    /// The conversations whose own switch is thrown, the latest first (at most 100).
    pub conversations: Vec<ConversationSwitch>,
}

/// A switch that is thrown.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThrownSwitch {
    /// RFC 3339, UTC.
    pub since: String,
    /// Who threw it.
    pub by: Option<Uuid>,
    pub by_name: Option<String>,
    pub reason: Option<String>,
}

/// The switch of a channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelSwitch {
    pub channel: String,
    /// Set while it is thrown.
    pub paused: Option<ThrownSwitch>,
}

/// The switch of a conversation, thrown.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConversationSwitch {
    pub conversation_id: Uuid,
    /// The customer's name, or their number.
    pub who: String,
    pub paused: ThrownSwitch,
}

/// What a switch stops.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SwitchHeight {
    /// Every dealership of the group.
    Group,
    #[default]
    Dealership,
    /// Everything on `channel`.
    Channel,
    /// The conversation `conversation_id`.
    Conversation,
}

/// Which switch to throw. Without a body it is the dealership's.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SwitchRequest {
    pub scope: SwitchHeight,
    /// `sms`, `email`, `web_chat` or `copilot`; for the scope `channel` only.
    pub channel: Option<String>,
    /// For the scope `conversation` only.
    pub conversation_id: Option<Uuid>,
    #[schema(max_length = 200)]
    pub reason: Option<String>,
}

/// What throwing a switch came to, and how everything stands now.
#[derive(Debug, Serialize, ToSchema)]
pub struct SwitchResponse {
    #[serde(flatten)]
    pub status: AiStatus,
    /// Texts of the assistant whose sending began before the switch and of which nobody knows yet whether
    /// they left.
    pub already_leaving: Vec<LeavingText>,
    /// How many there are in the other dealerships of the group.
    pub already_leaving_elsewhere: usize,
}

/// A text that was leaving when the switch was thrown.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeavingText {
    pub conversation_id: Uuid,
    pub text: String,
    /// RFC 3339, UTC.
    pub since: String,
}

/// Words of the assistant that have not left.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldText {
    pub conversation_id: Uuid,
    /// The customer's name, or their number.
    pub who: String,
    pub channel: String,
    pub text: String,
    /// `queued` or `held`.
    pub status: String,
    /// `paused`, `suspended`, `hold` (people may look at it), `not_before` (it waits for an instant) or `queued` (it
    /// leaves next).
    pub reason: String,
    /// The widest switch that stops it: `group`, `dealership`, `channel` or `conversation`.
    pub stopped_by: Option<String>,
    /// Since when it waits. RFC 3339, UTC.
    pub since: String,
}

impl From<Thrown> for ThrownSwitch {
    fn from(thrown: Thrown) -> Self {
        let Thrown { at, by, by_name, reason } = thrown;
        Self { since: at.to_string(), by: by.map(|id| id.0), by_name, reason }
    }
}

impl From<Leaving> for LeavingText {
    fn from(leaving: Leaving) -> Self {
        Self { conversation_id: leaving.conversation_id.0, text: leaving.text, since: leaving.since.to_string() }
    }
}

impl HeldText {
    fn of(message: HeldMessage, now: Timestamp) -> Self {
        let reason = why_waiting(&message, now).to_owned();
        Self {
            conversation_id: message.conversation_id.0,
            who: message.who,
            channel: message.channel.to_string(),
            text: message.text,
            status: message.status.to_string(),
            reason,
            stopped_by: message.stopped_by.map(|by| by.to_string()),
            since: message.since.to_string(),
        }
    }
}

/// The code of what a message waits for.
#[must_use]
pub fn why_waiting(message: &HeldMessage, now: Timestamp) -> &str {
    match (message.status, &message.status_reason) {
        _ if message.stopped_by.is_some() => "paused",
        (DeliveryStatus::Held, Some(reason)) => reason,
        _ if message.not_before.is_some_and(|at| at > now) => "not_before",
        _ => "queued",
    }
}

/// Whether the assistant works here, which model answers, and every kill switch
#[utoipa::path(get, path = "/api/v1/ai", security(("token" = [])), responses((status = 200, body = AiStatus), (status = 401, body = ProblemBody)))]
pub async fn status(State(state): State<AppState>, principal: Principal) -> Result<Json<AiStatus>, Problem> {
    Ok(Json(read_status(&state, principal).await?))
}

/// The assistant's words that are queued or held, those that wait longest first (at most 100)
#[utoipa::path(get, path = "/api/v1/ai/held", security(("token" = [])), responses((status = 200, body = [HeldText]), (status = 401, body = ProblemBody)))]
pub async fn held(State(state): State<AppState>, principal: Principal) -> Result<Json<Vec<HeldText>>, Problem> {
    let mut tx = state.store.begin(principal.scope).await?;
    let now = tx.now();
    let held = tx.load_held(HELD_LIMIT).await?;
    Ok(Json(held.into_iter().map(|message| HeldText::of(message, now)).collect()))
}

/// Pause the assistant at once: in the group, the dealership, a channel or a conversation; what is queued is held
#[utoipa::path(post, path = "/api/v1/ai/pause", request_body(content = Option<SwitchRequest>), security(("token" = [])), responses((status = 200, body = SwitchResponse), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn pause(
    State(state): State<AppState>,
    principal: Principal,
    body: Result<Option<Json<SwitchRequest>>, JsonRejection>,
) -> Result<Json<SwitchResponse>, Problem> {
    switched(&state, principal, AiSwitch::Paused, body?.map(|Json(request)| request)).await
}

/// Let the assistant work again; what was held is sent if it still may be
#[utoipa::path(post, path = "/api/v1/ai/resume", request_body(content = Option<SwitchRequest>), security(("token" = [])), responses((status = 200, body = SwitchResponse), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn resume(
    State(state): State<AppState>,
    principal: Principal,
    body: Result<Option<Json<SwitchRequest>>, JsonRejection>,
) -> Result<Json<SwitchResponse>, Problem> {
    switched(&state, principal, AiSwitch::On, body?.map(|Json(request)| request)).await
}

async fn switched(
    state: &AppState,
    principal: Principal,
    to: AiSwitch,
    request: Option<SwitchRequest>,
) -> Result<Json<SwitchResponse>, Problem> {
    let request = request.unwrap_or_default();
    let scope = scope_of(&request)?;
    let thrown = switch(state, principal, scope, to, request.reason.as_deref()).await?;
    Ok(Json(SwitchResponse {
        status: read_status(state, principal).await?,
        already_leaving: thrown.already_leaving.into_iter().map(LeavingText::from).collect(),
        already_leaving_elsewhere: thrown.already_leaving_elsewhere,
    }))
}

/// The switch that a request names.
pub fn scope_of(request: &SwitchRequest) -> Result<SwitchScope, Problem> {
    let bad = |detail: &str| Problem::bad_request().with_detail(detail);
    match (request.scope, &request.channel, request.conversation_id) {
        (SwitchHeight::Group, None, None) => Ok(SwitchScope::Group),
        (SwitchHeight::Dealership, None, None) => Ok(SwitchScope::Dealership),
        (SwitchHeight::Channel, Some(channel), None) => {
            let channel = channel.parse().map_err(|_| bad("channel is one of sms, email, web_chat and copilot"))?;
            Ok(SwitchScope::Channel(channel))
        }
        (SwitchHeight::Conversation, None, Some(id)) => Ok(SwitchScope::Conversation(ConversationId(id))),
        (SwitchHeight::Channel, _, _) => Err(bad("the scope channel needs channel and nothing else")),
        (SwitchHeight::Conversation, _, _) => Err(bad("the scope conversation needs conversation_id and nothing else")),
        (SwitchHeight::Group | SwitchHeight::Dealership, _, _) => {
            Err(bad("channel and conversation_id belong to the scopes of their names"))
        }
    }
}

async fn read_status(state: &AppState, principal: Principal) -> Result<AiStatus, Problem> {
    let mut tx = state.store.begin(principal.scope).await?;
    let paused = tx.is_ai_paused().await?;
    let Switches { group, dealership, mut channels, conversations } = tx.load_switches().await?;
    let model = state.agent.model();
    let mut taken = |channel: Channel| {
        let at = channels.iter().position(|(of, _)| *of == channel)?;
        Some(ThrownSwitch::from(channels.swap_remove(at).1))
    };
    Ok(AiStatus {
        paused,
        model: model.name().to_owned(),
        language_model: model.is_language_model(),
        group: group.map(ThrownSwitch::from),
        dealership: dealership.map(ThrownSwitch::from),
        channels: Channel::ALL
            .iter()
            .map(|&channel| ChannelSwitch { channel: channel.to_string(), paused: taken(channel) })
            .collect(),
        conversations: conversations
            .into_iter()
            .map(|paused| ConversationSwitch {
                conversation_id: paused.id.0,
                who: paused.who,
                paused: ThrownSwitch::from(paused.thrown),
            })
            .collect(),
    })
}

/// Throws a switch for whoever may, and wakes whoever it lets work again.
pub async fn switch(
    state: &AppState,
    principal: Principal,
    scope: SwitchScope,
    to: AiSwitch,
    reason: Option<&str>,
) -> Result<SwitchThrown, Problem> {
    let thrown = throw(&state.store, principal, scope, to, reason).await?;
    state.wake.turns();
    state.wake.outbox();
    Ok(thrown)
}

/// Throws a switch for whoever may.
pub async fn throw(
    store: &Store,
    principal: Principal,
    scope: SwitchScope,
    to: AiSwitch,
    reason: Option<&str>,
) -> Result<SwitchThrown, Problem> {
    let role = principal.role;
    let principal = principal.require(match scope.height() {
        // Whether they may in the other dealerships too is asked in the transaction that throws it.
        PausedBy::Group => role.switches_group(),
        PausedBy::Dealership | PausedBy::Channel => role.switches_ai(),
        // Whoever may take a conversation over may also just stop the assistant in it.
        PausedBy::Conversation => role.switches_ai() || role.writes_to_customers(),
    })?;
    let reason = reason.map(|text| text.trim().replace('\0', "\u{fffd}")).filter(|text| !text.is_empty());
    if reason.as_ref().is_some_and(|text| text.chars().count() > LONGEST_REASON) {
        return Err(Problem::bad_request().with_detail(format!("a reason has at most {LONGEST_REASON} characters")));
    }
    let mut tx = store.begin_to_throw(principal.scope, scope).await?;
    let order = SwitchOrder { scope, to, by: principal.user_id, reason: reason.as_deref() };
    let thrown = tx.throw_switch(&order).await.map_err(|error| match error {
        SwitchError::NotOverTheWholeGroup => Problem::forbidden().with_detail(error.to_string()),
        SwitchError::Store(error) => Problem::from(error),
    })?;
    tx.commit().await?;
    Ok(thrown)
}
