//! The API under `/api/v1`: one file per resource.

pub(crate) mod ai;
pub(crate) mod auth;
pub(crate) mod caps;
pub(crate) mod conversations;
pub(crate) mod handoffs;
pub(crate) mod held;
mod me;
mod messages;
pub(crate) mod policies;
pub(crate) mod proposals;
pub(crate) mod replies;
mod sessions;
pub(crate) mod users;
pub(crate) mod visits;

use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{AppState, openapi::Document};

/// Every route of the API with its part of the OpenAPI document.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(auth::token))
        .routes(routes!(auth::refresh))
        .routes(routes!(auth::revoke))
        .routes(routes!(me::show))
        .routes(routes!(me::go_to_dealership))
        .routes(routes!(visits::begin, visits::end))
        .routes(routes!(visits::access_log))
        .routes(routes!(sessions::list, sessions::end_others))
        .routes(routes!(sessions::end))
        .routes(routes!(users::list, users::invite))
        .routes(routes!(users::change))
        .routes(routes!(users::withdraw))
        .routes(routes!(conversations::list))
        .routes(routes!(conversations::thread, replies::reply))
        .routes(routes!(conversations::events))
        .routes(routes!(conversations::takeover))
        .routes(routes!(conversations::hand_back))
        .routes(routes!(held::typing))
        .routes(routes!(held::send_now))
        .routes(routes!(held::cancel))
        .routes(routes!(held::edit))
        .routes(routes!(handoffs::list))
        .routes(routes!(handoffs::take))
        .routes(routes!(handoffs::close))
        .routes(routes!(handoffs::settings::timing, handoffs::settings::set_timing))
        .routes(routes!(handoffs::settings::ladders))
        .routes(routes!(handoffs::settings::set_ladder))
        .routes(routes!(handoffs::settings::holds, handoffs::settings::set_hold))
        .routes(routes!(messages::why))
        .routes(routes!(proposals::list))
        .routes(routes!(proposals::show))
        .routes(routes!(proposals::approve))
        .routes(routes!(proposals::reject))
        .routes(routes!(ai::status))
        .routes(routes!(ai::pause))
        .routes(routes!(ai::resume))
        .routes(routes!(ai::held))
        .routes(routes!(caps::show, caps::set))
        .routes(routes!(policies::list, policies::store))
        .routes(routes!(policies::validate))
        .routes(routes!(policies::show))
        .routes(routes!(policies::activate))
        .routes(routes!(policies::deactivate))
        .routes(routes!(policies::rollback))
}
