//! The console: one plain page on which people see conversations live and step in.
//!
//! Pages are rendered here from `console/templates`; everything that changes something calls the
//! functions of the API, so that authority is checked in one place.

mod account;
mod ai;
mod arguments;
mod assets;
mod assistant;
mod cookies;
mod events;
mod failure;
mod filters;
mod guard;
mod held;
mod list;
mod live;
mod messages;
mod notice;
mod page;
mod password;
mod path_id;
mod place;
mod proposals;
mod reply;
mod session;
mod shell;
mod sign_in;
mod status;
mod thread;
mod tickets;
mod times;
mod visit;
mod why;
mod words;

use std::time::Duration;

use axum::{
    Router,
    http::StatusCode,
    middleware,
    routing::{get, post},
};
use tower_http::{
    compression::{
        CompressionLayer, Predicate,
        predicate::{DefaultPredicate, NotForContentType},
    },
    timeout::TimeoutLayer,
};

pub use self::{live::Live, words::role as role_in_words};
use super::AppState;

/// How long a page may take.
const PAGE_TIMEOUT: Duration = Duration::from_secs(15);

/// The routes of the console. The stream of events alone is bound by no time.
pub fn router(state: &AppState) -> Router<AppState> {
    let pages = Router::new()
        .route("/console", get(page::home))
        .route("/console/sign-in", get(sign_in::form).post(sign_in::password))
        .route("/console/sign-in/code", post(sign_in::code))
        .route("/console/choose", get(sign_in::choices).post(sign_in::choose))
        .route("/console/visit", get(visit::form).post(visit::begin))
        .route("/console/visit/end", post(visit::end))
        .route("/console/forgot", get(password::forgot).post(password::ask_for_link))
        .route("/console/password", get(password::link).post(password::set))
        .route("/console/account", get(account::page))
        .route("/console/account/password", post(account::change_password))
        .route("/console/account/second-factor/begin", post(account::begin_second_factor))
        .route("/console/account/second-factor/confirm", post(account::confirm_second_factor))
        .route("/console/account/second-factor/remove", post(account::remove_second_factor))
        .route("/console/account/recovery-codes", post(account::new_recovery_codes))
        .route("/console/account/sessions/end-others", post(account::end_others))
        .route("/console/account/sessions/{id}/end", post(account::end_one))
        .route("/console/sign-out", post(session::sign_out))
        .route("/console/status", get(status::fragment))
        .route("/console/list", get(list::fragment))
        .route("/console/ai", get(page::assistant))
        .route("/console/ai/pane", get(assistant::fragment))
        .route("/console/ai/pause", post(ai::pause))
        .route("/console/ai/resume", post(ai::resume))
        .route("/console/approvals", get(page::approvals))
        .route("/console/proposals", get(proposals::fragment))
        .route("/console/proposals/{id}/approve", post(proposals::approve))
        .route("/console/proposals/{id}/reject", post(proposals::reject))
        .route("/console/conversations/{id}", get(page::conversation))
        .route("/console/conversations/{id}/thread", get(thread::fragment))
        .route("/console/conversations/{id}/messages", post(reply::send))
        .route("/console/conversations/{id}/hand-back", post(reply::hand_back))
        .route("/console/conversations/{id}/takeover", post(reply::take_over))
        .route("/console/conversations/{id}/typing", post(held::typing))
        .route("/console/messages/{id}/send-now", post(held::send_now))
        .route("/console/messages/{id}/cancel", post(held::cancel))
        .route("/console/messages/{id}/edit", post(held::edit))
        .route("/console/tickets", get(tickets::fragment))
        .route("/console/tickets/{id}/take", post(tickets::take))
        .route("/console/messages/{id}/why", get(why::show))
        .route("/console/{*rest}", get(failure::no_such_page))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PAGE_TIMEOUT));
    Router::new()
        .merge(pages)
        .route("/console/events", get(events::stream))
        .route("/console/assets/{version}/{name}", get(assets::serve))
        .layer(middleware::from_fn_with_state(state.clone(), guard::same_origin))
        .layer(middleware::map_response(guard::add_headers))
        // Fonts are compressed already; a stream of events must not wait for a full block.
        .layer(
            CompressionLayer::new().compress_when(DefaultPredicate::new().and(NotForContentType::const_new("font/"))),
        )
}
