//! A customer's phone: texts to a dealership's number, as Twilio's signed webhook delivers them.

use forecourt_channels::twilio::signature::{SignedBody, sign};
use forecourt_domain::contact::E164;
use url::Url;

use crate::arrange::Dealership;

/// Delivers texts of customers to a dealership's webhook.
#[derive(Debug, Clone)]
pub struct Carrier {
    http: reqwest::Client,
    dealership: Dealership,
    /// Where the product believes to be reached; signatures are over it.
    public_url: Url,
}

/// One text as the carrier took it; delivered again it carries the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub sid: String,
    pub from: E164,
    pub body: String,
}

impl Text {
    /// A new text with an id of its own.
    #[must_use]
    pub fn new(from: &E164, body: &str) -> Self {
        Self { sid: format!("SM{:032x}", rand::random::<u128>()), from: from.clone(), body: body.to_owned() }
    }
}

/// The phone number of the `number`th customer.
///
/// # Panics
/// Never: seven digits behind a valid area code are a number.
#[must_use]
pub fn customer_number(number: u32) -> E164 {
    let text = format!("+1720{:07}", number % 10_000_000);
    text.parse().unwrap_or_else(|_| unreachable!("{text} is a number"))
}

impl Carrier {
    /// A carrier for one dealership of an instance that is reached at `public_url`.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(dealership: &Dealership, public_url: &Url) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder().build()?;
        Ok(Self { http, dealership: dealership.clone(), public_url: public_url.clone() })
    }

    /// Delivers a text to the server at `server`, which answers for the public URL.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn deliver_to(&self, server: &Url, text: &Text) -> reqwest::Result<reqwest::StatusCode> {
        let path = format!("/webhooks/twilio/{}", self.dealership.integration_id);
        let with_path = |base: &Url| {
            let mut url = base.clone();
            url.set_path(&path);
            url
        };
        let account = &self.dealership.twilio;
        let fields: Vec<(String, String)> = [
            ("AccountSid", account.sid.as_str()),
            ("ApiVersion", "2010-04-01"),
            ("Body", &text.body),
            ("From", text.from.as_str()),
            ("MessageSid", &text.sid),
            ("NumMedia", "0"),
            ("NumSegments", "1"),
            ("SmsStatus", "received"),
            ("To", self.dealership.number.as_str()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let signature = sign(&account.auth_token, with_path(&self.public_url).as_str(), SignedBody::Form(&fields));
        let request = self.http.post(with_path(server)).header("X-Twilio-Signature", signature).form(&fields);
        Ok(request.send().await?.status())
    }

    /// Delivers a text to where the public URL points.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn deliver(&self, text: &Text) -> reqwest::Result<reqwest::StatusCode> {
        self.deliver_to(&self.public_url, text).await
    }
}
