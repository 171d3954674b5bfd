//! What the assistant may use in a day, and what it has used today.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
};
use forecourt_agent::{Budget, pricing::Pricing};
use forecourt_crm_store::{
    CrmTx, Store, StoreError,
    caps::{Caps, DayUsage},
};
use forecourt_domain::scope::Scope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::{
    AppState,
    principal::Principal,
    problem::{Problem, ProblemBody},
};

/// The caps of a dealership's day. `null` means none.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CapsBody {
    /// The most answers to one customer.
    #[schema(minimum = 1)]
    pub answers_per_customer: u32,
    /// The most tokens that the models read and write.
    #[schema(minimum = 1)]
    pub daily_token_cap: Option<i64>,
    /// The most that they may cost, in US cents.
    #[schema(minimum = 1)]
    pub daily_spend_cap_minor: Option<i64>,
}

/// The caps, and today's use of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct CapsStatus {
    #[serde(flatten)]
    pub caps: CapsBody,
    /// Always USD: models are priced in it.
    pub spend_currency: &'static str,
    /// Whether this instance knows what its model costs; without, no spend cap can be set.
    pub price_known: bool,
    pub today: UsageToday,
}

/// What the models used on the dealership's day, as far as it is journaled.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageToday {
    /// The dealership's own date, `2026-11-20`.
    pub day: String,
    pub input_tokens: i64,
    /// Those of the input that the provider had read before.
    pub cached_input_tokens: i64,
    pub output_tokens: i64,
    /// Millionths of a US dollar; `null` where the price is not known.
    pub spend_micros: Option<i64>,
    pub token_cap_reached: bool,
    pub spend_cap_reached: bool,
}

impl From<Caps> for CapsBody {
    fn from(caps: Caps) -> Self {
        Self {
            answers_per_customer: caps.answers_per_customer,
            daily_token_cap: caps.tokens,
            daily_spend_cap_minor: caps.spend_minor,
        }
    }
}

/// The caps of a day, and today's use of them
#[utoipa::path(get, path = "/api/v1/ai/caps", security(("token" = [])), responses((status = 200, body = CapsStatus), (status = 401, body = ProblemBody)))]
pub async fn show(State(state): State<AppState>, principal: Principal) -> Result<Json<CapsStatus>, Problem> {
    Ok(Json(read(&state.store, state.agent.pricing(), principal.scope).await?))
}

/// Set the caps of a day, all of them
#[utoipa::path(put, path = "/api/v1/ai/caps", request_body = CapsBody, security(("token" = [])), responses((status = 200, body = CapsStatus), (status = 400, body = ProblemBody), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn set(
    State(state): State<AppState>,
    principal: Principal,
    body: Result<Json<CapsBody>, JsonRejection>,
) -> Result<Json<CapsStatus>, Problem> {
    let Json(caps) = body?;
    change(&state.store, state.agent.pricing(), principal, caps).await?;
    Ok(Json(read(&state.store, state.agent.pricing(), principal.scope).await?))
}

/// Reads the caps and today's use.
pub async fn read(store: &Store, pricing: Pricing, scope: Scope) -> Result<CapsStatus, Problem> {
    read_in(&mut store.begin(scope).await?, pricing).await
}

/// The same in a transaction that reads more.
pub async fn read_in(tx: &mut CrmTx, pricing: Pricing) -> Result<CapsStatus, Problem> {
    let profile = tx.load_profile().await?;
    let caps = tx.find_caps().await?.ok_or(StoreError::NotFound("the dealership's profile"))?;
    let day = profile.settings.zone.local(tx.now()).date();
    let used = tx.load_usage(day).await?;
    let Budget { token_cap_reached, spend_cap_reached } = Budget::of(&profile.settings, used, pricing);
    let DayUsage { input_tokens, cached_input_tokens, output_tokens, spend_micros } = used;
    Ok(CapsStatus {
        caps: caps.into(),
        spend_currency: "USD",
        price_known: pricing != Pricing::Unknown,
        today: UsageToday {
            day: day.to_string(),
            input_tokens,
            cached_input_tokens,
            output_tokens,
            spend_micros: (pricing != Pricing::Unknown).then_some(spend_micros),
            token_cap_reached,
            spend_cap_reached,
        },
    })
}

/// Sets the caps for whoever may. Money that nobody could count is no limit, so it is refused.
pub async fn change(store: &Store, pricing: Pricing, principal: Principal, caps: CapsBody) -> Result<(), Problem> {
    let principal = principal.require(principal.role.sets_caps())?;
    let positive = |cap: Option<i64>| cap.is_none_or(|cap| cap > 0);
    let answers_fit = caps.answers_per_customer > 0 && i32::try_from(caps.answers_per_customer).is_ok();
    if !answers_fit || !positive(caps.daily_token_cap) || !positive(caps.daily_spend_cap_minor) {
        return Err(
            Problem::bad_request().with_detail("a cap is at least 1, or null for none; answers always have one")
        );
    }
    if caps.daily_spend_cap_minor.is_some() && pricing == Pricing::Unknown {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "price_unknown",
            "This instance does not know what its model costs, so it cannot limit it in money. \
             Set FORECOURT_MODEL_PRICE_INPUT and FORECOURT_MODEL_PRICE_OUTPUT, or limit tokens.",
        ));
    }
    let mut tx = store.begin(principal.scope).await?;
    let caps = Caps {
        answers_per_customer: caps.answers_per_customer,
        tokens: caps.daily_token_cap,
        spend_minor: caps.daily_spend_cap_minor,
    };
    tx.update_caps(principal.user_id, &caps).await?;
    Ok(tx.commit().await?)
}
