//! Twilio's REST API: send one text, look up what was sent.
//!
//! A send is tried exactly once, and every way it can go wrong is sorted by one question: may the text have left?
//! So this client never follows a redirect, never retries, and reuses no connection, because a kept connection
//! that Twilio has meanwhile closed would make a send ambiguous for nothing.

use std::time::Duration;

use async_trait::async_trait;
use forecourt_domain::{contact::E164, delivery::DeliveryStatus};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::{Response, header::RETRY_AFTER, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::status::delivery_status;
use crate::sms::{Doubt, FoundSms, LookupError, OutboundSms, SendError, SentSearch, SentSms, SmsBody, SmsProvider};

/// Where Twilio is. `TWILIO_API_URL` puts a double in its place.
pub const DEFAULT_API_URL: &str = "https://api.twilio.com";

/// How long one call may take; also how long a takeover may find a text "already leaving".
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// No answer of Twilio comes near this; more is not Twilio and is not read.
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;

/// How far Twilio's clock may lag ours.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(5);

/// One Twilio account.
#[derive(Debug, Clone)]
pub struct TwilioClient {
    http: reqwest::Client,
    messages: Url,
    account_sid: String,
    auth_token: SecretString,
}

/// A client that cannot be made; a mistake in the configuration.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("{0} cannot be the address of Twilio's API; give one like {DEFAULT_API_URL}")]
    ApiUrl(Url),
    #[error("the HTTP client could not be made")]
    Http(#[source] reqwest::Error),
}

impl TwilioClient {
    /// A client for the account at `api_url`. A rustls provider must have been installed for the process.
    ///
    /// `timeout` is for a whole call ([`TIMEOUT`]); half of it is for connecting, so that a connection that could
    /// not be made is known to be one.
    ///
    /// # Errors
    /// If `api_url` cannot have a path, or the system offers no root certificates.
    pub fn new(
        api_url: &Url,
        account_sid: String,
        auth_token: SecretString,
        timeout: Duration,
    ) -> Result<Self, ClientError> {
        let mut messages = api_url.clone();
        messages.path_segments_mut().map_err(|()| ClientError::ApiUrl(api_url.clone()))?.pop_if_empty().extend([
            "2010-04-01",
            "Accounts",
            &account_sid,
            "Messages.json",
        ]);
        let http = reqwest::Client::builder()
            .timeout(timeout)
            .connect_timeout(timeout / 2)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .pool_max_idle_per_host(0)
            .build()
            .map_err(ClientError::Http)?;
        Ok(Self { http, messages, account_sid, auth_token })
    }

    /// The texts sent to `to` from `from` that were created at or after `sent_after`, newest first.
    ///
    /// Twilio can filter by the *day of sending* only, and a queued text has no such day yet; so the latest
    /// thousand texts to this number are asked for and sorted out here by their time of creation.
    ///
    /// # Errors
    /// See [`LookupError`]: on any of them nothing is known, least of all that the text did not leave.
    pub async fn find_messages(
        &self,
        to: &E164,
        from: &E164,
        sent_after: Timestamp,
    ) -> Result<Vec<FoundSms>, LookupError> {
        let mut list = self.messages.clone();
        list.query_pairs_mut().append_pair("To", to.as_str()).append_pair("PageSize", "1000");
        list.query_pairs_mut().append_pair("From", from.as_str());
        let response = self.authorised(self.http.get(list)).send().await.map_err(|error| unavailable(&error))?;
        match response.status().as_u16() {
            200..300 => {}
            status @ (429 | 500..) => return Err(LookupError::Unavailable { reason: format!("HTTP {status}") }),
            status => return Err(LookupError::Refused { status }),
        }
        let body = read(response).await.map_err(|_| LookupError::Unreadable)?;
        let list: MessageList = serde_json::from_slice(&body).map_err(|_| LookupError::Unreadable)?;
        let mut found = Vec::new();
        for message in list.messages.into_iter().filter(|message| message.is_outbound()) {
            found.push(message.found()?);
        }
        found.retain(|message| message.created_at >= earliest(sent_after));
        found.sort_by_key(|message| std::cmp::Reverse(message.created_at));
        Ok(found)
    }

    fn authorised(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request.basic_auth(&self.account_sid, Some(self.auth_token.expose_secret()))
    }
}

#[async_trait]
impl SmsProvider for TwilioClient {
    async fn send(&self, sms: &OutboundSms) -> Result<SentSms, SendError> {
        let form = [
            ("From", sms.from.as_str()),
            ("To", sms.to.as_str()),
            ("Body", sms.body.as_str()),
            ("StatusCallback", sms.status_callback.as_str()),
        ];
        let request = self.http.post(self.messages.clone()).form(&form);
        let response = self.authorised(request).send().await.map_err(|error| unanswered(&error))?;
        match response.status().as_u16() {
            200..300 => taken(response).await,
            429 => Err(SendError::RateLimited { retry_after: retry_after(&response) }),
            // A 1xx is never the last answer. A redirect is an answer too: not here, so not taken.
            300..500 => Err(refused(response).await),
            status => Err(SendError::Ambiguous(Doubt::ServerError(status))),
        }
    }

    async fn find_sent(&self, search: &SentSearch) -> Result<Vec<FoundSms>, LookupError> {
        self.find_messages(&search.to, &search.from, search.sent_after).await
    }
}

/// A request without an answer. Only what failed while connecting is known not to have left: `is_connect` is set
/// by the connector alone (name, TCP, TLS), before a request is written. Whatever else went wrong, it may have.
fn unanswered(error: &reqwest::Error) -> SendError {
    if error.is_connect() || error.is_builder() {
        SendError::NotSent { reason: root_cause(error) }
    } else if error.is_timeout() {
        SendError::Ambiguous(Doubt::TimedOut)
    } else {
        SendError::Ambiguous(Doubt::Cut)
    }
}

fn unavailable(error: &reqwest::Error) -> LookupError {
    let reason = if error.is_timeout() { "no answer in time".to_owned() } else { root_cause(error) };
    LookupError::Unavailable { reason }
}

/// The innermost error: what the system said, without the URL and its numbers.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Twilio said yes. If we cannot read what, the text is on its way under an id we do not know.
async fn taken(response: Response) -> Result<SentSms, SendError> {
    let unreadable = SendError::Ambiguous(Doubt::Unreadable(response.status().as_u16()));
    let body = read(response).await.map_err(|doubt| doubt.map_or_else(|| unreadable.clone(), SendError::Ambiguous))?;
    let message: Value = serde_json::from_slice(&body).unwrap_or_default();
    let sid = message["sid"].as_str().filter(|sid| !sid.is_empty()).ok_or(unreadable)?;
    // Twilio took it, whatever it calls that: a word we do not know is no reason for doubt.
    let status = message["status"].as_str().and_then(delivery_status).unwrap_or(DeliveryStatus::Sent);
    Ok(SentSms { sid: Some(sid.to_owned()), status })
}

/// Twilio writes some numbers as text; its doubles often as numbers.
fn number(value: &Value) -> Option<u32> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64().and_then(|number| u32::try_from(number).ok()),
    }
}

/// Twilio said no. The status alone decides; the code is read if it can be.
async fn refused(response: Response) -> SendError {
    let status = response.status().as_u16();
    let body = read(response).await.unwrap_or_default();
    let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
    SendError::Refused { status, code: number(&problem["code"]) }
}

/// The whole seconds of `Retry-After`; its other form, a date, is not used by Twilio.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The body of an answer. The error is why it broke off, or none if it was too long to be Twilio's.
async fn read(mut response: Response) -> Result<Vec<u8>, Option<Doubt>> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > LONGEST_ANSWER => return Err(None),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(error) if error.is_timeout() => return Err(Some(Doubt::TimedOut)),
            Err(_) => return Err(Some(Doubt::Cut)),
        }
    }
}

/// Twilio's times have whole seconds, and its clock is not ours.
fn earliest(sent_after: Timestamp) -> Timestamp {
    let second = Timestamp::from_second(sent_after.as_second()).unwrap_or(sent_after);
    second.saturating_sub(CLOCK_SKEW).unwrap_or(second)
}

#[derive(Deserialize)]
struct MessageList {
    messages: Vec<ListedMessage>,
}

#[derive(Deserialize)]
struct ListedMessage {
    sid: String,
    status: String,
    body: Option<String>,
    date_created: String,
    direction: Option<String>,
}

impl ListedMessage {
    fn is_outbound(&self) -> bool {
        self.direction.as_deref() != Some("inbound")
    }

    fn found(self) -> Result<FoundSms, LookupError> {
        let created_at = rfc2822::parse(&self.date_created).map_err(|_| LookupError::Unreadable)?.timestamp();
        Ok(FoundSms {
            status: delivery_status(&self.status).unwrap_or(DeliveryStatus::Sent),
            body: SmsBody::new(self.body.as_deref().unwrap_or_default()),
            sid: self.sid,
            created_at,
        })
    }
}
