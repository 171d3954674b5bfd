//! The people of a dealership: listed, invited, given another role or department, ended, disabled.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
};
use forecourt_crm_store::system::{
    links::Invitation,
    people::{PeopleError, PersonChange, PersonEntry},
};
use forecourt_domain::{
    contact::EmailAddress,
    ids::{DepartmentId, PasswordLinkId, UserId},
    staff::Role,
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    http::{
        AppState,
        path_id::PathId,
        principal::Principal,
        problem::{Problem, ProblemBody},
    },
    identity::inviting::{self, NewPerson},
};

/// The people of a dealership, and who is invited.
#[derive(Debug, Serialize, ToSchema)]
pub struct People {
    pub people: Vec<Person>,
    pub invitations: Vec<Invited>,
}

/// Somebody who works or worked here.
#[derive(Debug, Serialize, ToSchema)]
pub struct Person {
    pub id: Uuid,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub role: String,
    pub department: Option<Uuid>,
    pub started_at: String,
    /// When their work here ended.
    pub ended_at: Option<String>,
    /// Since when the account may not be used.
    pub disabled_at: Option<String>,
    pub has_password: bool,
    pub has_second_factor: bool,
}

/// Somebody who was invited and has not accepted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invited {
    pub id: Uuid,
    pub email: String,
    pub role: String,
    pub department: Option<Uuid>,
    pub invited_at: String,
    pub expires_at: String,
}

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteRequest {
    email: String,
    #[schema(max_length = 100)]
    first_name: String,
    #[schema(max_length = 100)]
    last_name: String,
    role: String,
    #[serde(default)]
    department: Option<Uuid>,
}

/// An invitation that is on its way by mail.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviteResponse {
    pub invitation: Uuid,
    pub user: Uuid,
    /// `false` where this instance keeps mail for its operator instead of sending it.
    pub mail_is_sent: bool,
}

/// What is to change. What is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChangeRequest {
    role: Option<String>,
    /// `null` takes the department away.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    department: Option<Option<Uuid>>,
    /// `true` ends the person's work here.
    ended: bool,
    /// Whether the account may not be used at all; needs the right to decide about it wherever they work.
    disabled: Option<bool>,
}

/// Tells `null` from nothing.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Uuid>>, D::Error> {
    Option::<Uuid>::deserialize(deserializer).map(Some)
}

impl From<PersonEntry> for Person {
    fn from(entry: PersonEntry) -> Self {
        Self {
            id: entry.user_id.0,
            email: entry.email,
            first_name: entry.first_name,
            last_name: entry.last_name,
            role: entry.role.as_str().to_owned(),
            department: entry.department_id.map(|id| id.0),
            started_at: entry.started_at.to_string(),
            ended_at: entry.ended_at.map(|at| at.to_string()),
            disabled_at: entry.disabled_at.map(|at| at.to_string()),
            has_password: entry.has_password,
            has_second_factor: entry.has_second_factor,
        }
    }
}

impl From<Invitation> for Invited {
    fn from(entry: Invitation) -> Self {
        Self {
            id: entry.id.0,
            email: entry.email,
            role: entry.role.as_str().to_owned(),
            department: entry.department_id.map(|id| id.0),
            invited_at: entry.created_at.to_string(),
            expires_at: entry.expires_at.to_string(),
        }
    }
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Store(error) => error.into(),
            PeopleError::AboveOwn => Self::forbidden().with_detail(format!("{error}.")),
            PeopleError::WorksElsewhere => {
                Self::new(StatusCode::FORBIDDEN, "works_elsewhere", "You may not decide about this account.")
                    .with_detail(format!("{error}."))
            }
            PeopleError::LastAdmin => Self::conflict("last_admin", "Nobody would be left to manage people here.")
                .with_detail(format!("{error}.")),
            PeopleError::OneSelf => {
                Self::conflict("oneself", "Ask somebody else to do that.").with_detail(format!("{error}."))
            }
        }
    }
}

/// Who works here, and who is invited
#[utoipa::path(get, path = "/api/v1/users", security(("token" = [])), responses((status = 200, body = People), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn list(State(state): State<AppState>, principal: Principal) -> Result<Json<People>, Problem> {
    principal.require(principal.role.manages_people())?;
    let mut tx = state.store.begin(principal.scope).await?;
    let people = tx.load_people().await?.into_iter().map(Person::from).collect();
    let invitations = tx.load_invitations().await?.into_iter().map(Invited::from).collect();
    Ok(Json(People { people, invitations }))
}

/// Invite somebody to work here; they get a link by mail
#[utoipa::path(post, path = "/api/v1/users", request_body = InviteRequest, security(("token" = [])), responses((status = 200, body = InviteResponse), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn invite(
    State(state): State<AppState>,
    principal: Principal,
    body: Result<Json<InviteRequest>, JsonRejection>,
) -> Result<Json<InviteResponse>, Problem> {
    let Json(request) = body?;
    let role = role(&request.role)?;
    principal.require(principal.role.may_give(role))?.in_own_name()?;
    if !state.identity.mailer.takes_mail() {
        return Err(Problem::conflict("no_mail", "This server has no mail server, so nobody can be invited.")
            .with_detail(
                "Set FORECOURT_SMTP_URL and FORECOURT_MAIL_FROM, or let the operator run: forecourt user invite.",
            ));
    }
    let person = NewPerson {
        email: request
            .email
            .parse::<EmailAddress>()
            .map_err(|error| Problem::bad_request().with_detail(error.to_string()))?,
        first_name: name(&request.first_name)?,
        last_name: name(&request.last_name)?,
        role,
        department_id: request.department.map(DepartmentId),
    };
    let mut tx = state.store.begin(principal.scope).await?;
    if let Some(department) = person.department_id {
        tx.require_department(department).await?;
    }
    let invited =
        inviting::invite(&mut tx, &state.identity.mailer, &state.public_url, &person, Some(principal.user_id)).await?;
    tx.commit().await?;
    let mail_is_sent = state.identity.mailer.sends();
    Ok(Json(InviteResponse { invitation: invited.id.0, user: invited.user_id.0, mail_is_sent }))
}

/// Change somebody's role or department, end their work here, or disable their account
#[utoipa::path(patch, path = "/api/v1/users/{id}", params(("id" = Uuid, Path)), request_body = ChangeRequest, security(("token" = [])), responses((status = 200, body = Person), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn change(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
    body: Result<Json<ChangeRequest>, JsonRejection>,
) -> Result<Json<Person>, Problem> {
    let Json(request) = body?;
    principal.require(principal.role.manages_people())?.in_own_name()?;
    let user_id = UserId(id);
    let change = PersonChange {
        role: request.role.as_deref().map(role).transpose()?,
        department: request.department.map(|department| department.map(DepartmentId)),
        ends: request.ended,
    };
    let mut tx = state.store.begin(principal.scope).await?;
    if let Some(Some(department)) = change.department {
        tx.require_department(department).await?;
    }
    if let Some(disabled) = request.disabled {
        tx.set_disabled(user_id, disabled, principal.user_id).await?;
    }
    if change != PersonChange::default() {
        tx.change_person(user_id, change, principal.user_id).await?;
    }
    let person = tx.find_person(user_id).await?.ok_or(Problem::not_found())?;
    tx.commit().await?;
    Ok(Json(person.into()))
}

/// Take an invitation back
#[utoipa::path(delete, path = "/api/v1/invitations/{id}", params(("id" = Uuid, Path)), security(("token" = [])), responses((status = 204), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn withdraw(
    State(state): State<AppState>,
    principal: Principal,
    PathId(id): PathId,
) -> Result<StatusCode, Problem> {
    principal.require(principal.role.manages_people())?.in_own_name()?;
    let mut tx = state.store.begin(principal.scope).await?;
    tx.withdraw_invitation(PasswordLinkId(id), principal.user_id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn role(text: &str) -> Result<Role, Problem> {
    text.parse().map_err(|error: forecourt_domain::UnknownText| Problem::bad_request().with_detail(error.to_string()))
}

fn name(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.chars().count() > 100 || text.chars().any(char::is_control) {
        return Err(Problem::bad_request().with_detail("A name has at most 100 characters, of one line."));
    }
    Ok(text.to_owned())
}
