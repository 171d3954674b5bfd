//! The offline model as its callers see it: requests in, calls and words out.

mod dialogues;
mod fake;
mod kinds;
mod properties;
mod replies;
mod sentences;
mod support;
mod turns;
