//! The customer's phone: its texts are forms as Twilio signs and posts them.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use forecourt_channels::twilio::signature::{SignedBody, sign};
use forecourt_crm_store::integrations::{Integration, Provider};
use forecourt_domain::{
    contact::{ContactKind, E164},
    hex::hex,
    scope::Scope,
};
use reqwest::StatusCode;
use url::Url;

use crate::{http::twilio::webhook_path, instance::Instance};

/// Area codes of fictional numbers (555-01xx): the customers that nobody else is.
const AREA_CODES: [u16; 4] = [720, 303, 970, 719];
/// The last two digits of a fictional number; lower ones belong to the demo's own people.
const LAST_DIGITS: std::ops::Range<u16> = 130..200;

/// A phone that texts one dealership.
pub(super) struct Phone {
    client: reqwest::Client,
    integration: Integration,
    /// Where the form is posted.
    post_to: String,
    /// What is signed: the webhook as the world reaches it.
    webhook: Url,
    pub from: E164,
    pub to: String,
}

impl Phone {
    /// A phone with the number `from`, or with one that nobody has used yet.
    pub async fn pick_up(
        instance: &Instance,
        scope: Scope,
        client: reqwest::Client,
        address: SocketAddr,
        from: Option<E164>,
    ) -> anyhow::Result<Self> {
        let mut tx = instance.store.begin(scope).await?;
        let Some((id, _, to)) = tx.load_text_numbers().await?.into_iter().next() else {
            bail!("this dealership has no number to text; add one with: forecourt integration add twilio")
        };
        let integration = tx.find_integration(id).await?.context("the number's integration is disabled")?;
        tx.commit().await?;
        let from = match from {
            Some(from) => from,
            None => unused_number(instance, scope).await?,
        };
        let path = webhook_path(id);
        let webhook = instance.config.public_url.join(&path).context("FORECOURT_PUBLIC_URL takes no path")?;
        Ok(Self { client, integration, post_to: format!("http://{address}/{path}"), webhook, from, to })
    }

    /// Whether answers stay inside.
    pub fn is_simulated(&self) -> bool {
        self.integration.provider == Provider::Simulated
    }

    /// Texts the dealership.
    pub async fn text(&self, body: &str) -> anyhow::Result<()> {
        let sid = format!("SM{}", hex(&rand::random::<[u8; 16]>()));
        let fields = [
            ("MessageSid", sid.as_str()),
            ("AccountSid", &self.integration.account),
            ("From", self.from.as_str()),
            ("To", &self.to),
            ("Body", body),
            ("NumMedia", "0"),
            ("NumSegments", "1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let signature = sign(&self.integration.secret, self.webhook.as_str(), SignedBody::Form(&fields));
        let answer = self
            .client
            .post(&self.post_to)
            .header("x-twilio-signature", signature)
            .form(&fields)
            .send()
            .await
            .context("the server does not answer any more")?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            StatusCode::NOT_FOUND => bail!(
                "the server that runs there has another database; give this command the server's FORECOURT_DATA, \
                 or another FORECOURT_LISTEN to chat without it"
            ),
            StatusCode::FORBIDDEN => {
                bail!("the server expects other signatures; give this command the server's FORECOURT_PUBLIC_URL")
            }
            status => bail!("the server refused the text: {status}"),
        }
    }
}

/// A fictional number that this dealership does not know, none twice as long as there are some.
async fn unused_number(instance: &Instance, scope: Scope) -> anyhow::Result<E164> {
    let mut tx = instance.store.begin(scope).await?;
    let count = LAST_DIGITS.end - LAST_DIGITS.start;
    for area in AREA_CODES {
        let first = rand::random_range(0..count);
        for step in 0..count {
            let number: E164 = format!("+1{area}5550{}", LAST_DIGITS.start + (first + step) % count).parse()?;
            if tx.find_party_by_contact(ContactKind::Phone, number.as_str()).await?.is_none() {
                return Ok(number);
            }
        }
    }
    bail!("every fictional number has been used; choose one with --from")
}
