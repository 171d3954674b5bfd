//! How tickets are timed, who is asked in which order, and how long replies are held.

use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
};
use forecourt_crm_store::{
    handoffs::{HandoffSettings, SettingsError},
    outbox::HoldSetting,
};
use forecourt_domain::{
    escalation::{Deadlines, Reach, ReachKind, Rung},
    ids::UserId,
    staff::DepartmentKind,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{
    AppState,
    principal::Principal,
    problem::{Problem, ProblemBody},
};

/// How tickets and taken conversations are timed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// Minutes until an urgent ticket must be taken, counted round the clock.
    pub urgent_minutes: u16,
    /// Counted while the department is open.
    pub high_minutes: u16,
    /// Counted while the department is open.
    pub normal_minutes: u16,
    /// A conversation goes back to the assistant after so long without a reply by hand; null: never.
    pub hand_back_after_minutes: Option<u16>,
    /// How long before that its owner is told.
    pub hand_back_notice_minutes: u16,
}

impl From<HandoffSettings> for Timing {
    fn from(settings: HandoffSettings) -> Self {
        let Deadlines { urgent_minutes, high_minutes, normal_minutes } = settings.deadlines;
        Self {
            urgent_minutes,
            high_minutes,
            normal_minutes,
            hand_back_after_minutes: settings.hand_back_after_minutes,
            hand_back_notice_minutes: settings.hand_back_notice_minutes,
        }
    }
}

impl From<Timing> for HandoffSettings {
    fn from(timing: Timing) -> Self {
        let Timing { urgent_minutes, high_minutes, normal_minutes, .. } = timing;
        Self {
            deadlines: Deadlines { urgent_minutes, high_minutes, normal_minutes },
            hand_back_after_minutes: timing.hand_back_after_minutes,
            hand_back_notice_minutes: timing.hand_back_notice_minutes,
        }
    }
}

/// One rung of a ladder.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LadderRung {
    /// `owner` (whose lead it is), `person`, `role` or `managers`.
    pub reach: String,
    /// With `person`: who.
    pub user_id: Option<Uuid>,
    /// With `role`: which.
    pub role: Option<String>,
    /// How long they have before the next rung is asked.
    pub wait_minutes: u16,
}

impl From<Rung> for LadderRung {
    fn from(rung: Rung) -> Self {
        let (user_id, role) = match rung.reach {
            Reach::Person(id) => (Some(id.0), None),
            Reach::Role(role) => (None, Some(role.to_string())),
            Reach::Owner | Reach::Managers => (None, None),
        };
        Self { reach: rung.reach.kind().to_string(), user_id, role, wait_minutes: rung.wait_minutes }
    }
}

impl TryFrom<LadderRung> for Rung {
    type Error = Problem;

    fn try_from(rung: LadderRung) -> Result<Self, Problem> {
        let unfit = |what: &str| Problem::bad_request().with_detail(format!("a rung of this reach {what}"));
        let kind: ReachKind = text(&rung.reach)?;
        let reach = match (kind, rung.user_id, rung.role) {
            (ReachKind::Owner, None, None) => Reach::Owner,
            (ReachKind::Managers, None, None) => Reach::Managers,
            (ReachKind::Person, Some(id), None) => Reach::Person(UserId(id)),
            (ReachKind::Role, None, Some(role)) => Reach::Role(text(&role)?),
            (ReachKind::Owner | ReachKind::Managers, _, _) => return Err(unfit("names neither user_id nor role")),
            (ReachKind::Person, _, _) => return Err(unfit("names a user_id and no role")),
            (ReachKind::Role, _, _) => return Err(unfit("names a role and no user_id")),
        };
        Ok(Self { reach, wait_minutes: rung.wait_minutes })
    }
}

/// The ladder of a department.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ladder {
    pub department: String,
    /// Empty: the default ladder, from the lead's owner over the department to the managers.
    pub rungs: Vec<LadderRung>,
}

/// A new ladder.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LadderRequest {
    /// Empty: the default ladder again.
    pub rungs: Vec<LadderRung>,
}

/// How long replies of a workflow are held on a channel.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    pub workflow: String,
    /// `sms`, `email` or `web_chat`.
    pub channel: String,
    /// 0 to 3600; 0: they leave at once.
    pub seconds: u32,
}

impl From<HoldSetting> for Hold {
    fn from(set: HoldSetting) -> Self {
        Self { workflow: set.workflow.to_string(), channel: set.channel.to_string(), seconds: set.seconds }
    }
}

impl TryFrom<Hold> for HoldSetting {
    type Error = Problem;

    fn try_from(hold: Hold) -> Result<Self, Problem> {
        let channel = text(&hold.channel)?;
        if channel == forecourt_domain::action::Channel::Copilot {
            return Err(Problem::bad_request().with_detail("replies are held on sms, email and web_chat only"));
        }
        Ok(Self { workflow: text(&hold.workflow)?, channel, seconds: hold.seconds })
    }
}

/// How tickets and taken conversations are timed
#[utoipa::path(get, path = "/api/v1/handoffs/settings", security(("token" = [])), responses((status = 200, body = Timing), (status = 401, body = ProblemBody)))]
pub async fn timing(State(state): State<AppState>, principal: Principal) -> Result<Json<Timing>, Problem> {
    let mut tx = state.store.begin(principal.scope).await?;
    Ok(Json(tx.load_handoff_settings().await?.into()))
}

/// Set how tickets and taken conversations are timed; open tickets keep their deadlines
#[utoipa::path(put, path = "/api/v1/handoffs/settings", request_body = Timing, security(("token" = [])), responses((status = 200, body = Timing), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn set_timing(
    State(state): State<AppState>,
    principal: Principal,
    body: Result<Json<Timing>, JsonRejection>,
) -> Result<Json<Timing>, Problem> {
    let principal = principal.require(principal.role.changes_settings())?;
    let Json(timing) = body?;
    let mut tx = state.store.begin(principal.scope).await?;
    tx.set_handoff_settings(principal.user_id, &timing.clone().into()).await?;
    tx.commit().await?;
    Ok(Json(timing))
}

/// Who is asked for a ticket, per department
#[utoipa::path(get, path = "/api/v1/handoffs/ladders", security(("token" = [])), responses((status = 200, body = [Ladder]), (status = 401, body = ProblemBody)))]
pub async fn ladders(State(state): State<AppState>, principal: Principal) -> Result<Json<Vec<Ladder>>, Problem> {
    let mut tx = state.store.begin(principal.scope).await?;
    let mut ladders = Vec::new();
    for department in tx.load_departments().await? {
        let rungs = tx.load_ladder(department.id).await?.into_iter().map(LadderRung::from).collect();
        ladders.push(Ladder { department: department.kind.to_string(), rungs });
    }
    Ok(Json(ladders))
}

/// Set who is asked for the tickets of a department; somebody on it must be reachable
#[utoipa::path(put, path = "/api/v1/handoffs/ladders/{department}", params(("department" = String, Path, description = "sales, service, parts, finance or main")), request_body = LadderRequest, security(("token" = [])), responses((status = 200, body = Ladder), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn set_ladder(
    State(state): State<AppState>,
    principal: Principal,
    Path(department): Path<String>,
    body: Result<Json<LadderRequest>, JsonRejection>,
) -> Result<Json<Ladder>, Problem> {
    let principal = principal.require(principal.role.changes_settings())?;
    let department: DepartmentKind = text(&department)?;
    let Json(request) = body?;
    let rungs = request.rungs.iter().cloned().map(Rung::try_from).collect::<Result<Vec<_>, _>>()?;
    let mut tx = state.store.begin(principal.scope).await?;
    tx.set_ladder(principal.user_id, department, &rungs).await?;
    tx.commit().await?;
    Ok(Json(Ladder { department: department.to_string(), rungs: request.rungs }))
}

/// How long the assistant's replies are held for people to look at; what is not listed leaves at once
#[utoipa::path(get, path = "/api/v1/holds", security(("token" = [])), responses((status = 200, body = [Hold]), (status = 401, body = ProblemBody)))]
pub async fn holds(State(state): State<AppState>, principal: Principal) -> Result<Json<Vec<Hold>>, Problem> {
    let mut tx = state.store.begin(principal.scope).await?;
    let profile = tx.load_profile().await?;
    let standing = tx.load_standing(&profile).await?;
    Ok(Json(standing.holds.iter().map(Hold::from).collect()))
}

/// Set how long the replies of a workflow are held on a channel
#[utoipa::path(put, path = "/api/v1/holds", request_body = Hold, security(("token" = [])), responses((status = 200, body = Hold), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn set_hold(
    State(state): State<AppState>,
    principal: Principal,
    body: Result<Json<Hold>, JsonRejection>,
) -> Result<Json<Hold>, Problem> {
    let principal = principal.require(principal.role.changes_settings())?;
    let Json(hold) = body?;
    let set = HoldSetting::try_from(hold.clone())?;
    let mut tx = state.store.begin(principal.scope).await?;
    tx.set_hold(principal.user_id, set).await?;
    tx.commit().await?;
    Ok(Json(hold))
}

fn text<T>(text: &str) -> Result<T, Problem>
where
    T: std::str::FromStr<Err = forecourt_domain::UnknownText>,
{
    text.parse().map_err(|error: forecourt_domain::UnknownText| Problem::bad_request().with_detail(error.to_string()))
}

impl From<SettingsError> for Problem {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Store(error) => error.into(),
            wrong => Self::bad_request().with_detail(wrong.to_string()),
        }
    }
}
