//! From an integration's id to the thing that sends, made once and kept.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use forecourt_channels::{
    simulated::SimulatedPhone,
    sms::{SendError, SmsProvider},
    twilio::client::{DEFAULT_API_URL, TIMEOUT, TwilioClient},
};
use forecourt_crm_store::{
    Store, StoreError,
    integrations::{Integration, IntegrationError, Provider},
};
use forecourt_domain::{ids::IntegrationId, scope::Scope};
use url::Url;

/// The senders of every integration that was used so far.
pub struct Providers {
    store: Store,
    twilio_api_url: Option<Url>,
    senders: Mutex<HashMap<IntegrationId, Arc<dyn SmsProvider>>>,
}

/// Why nothing can be sent through an integration.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    #[error("the integration does not exist or is disabled")]
    Missing,
    #[error(transparent)]
    Integration(#[from] IntegrationError),
    #[error("the provider's client cannot be made: {0}")]
    Client(String),
}

impl ProviderError {
    /// What it means for a text that was to be sent; not a byte of it left. A database that did not
    /// answer may answer later, everything else stays wrong until somebody corrects it.
    #[must_use]
    pub fn as_send_error(&self) -> SendError {
        match self {
            Self::Integration(IntegrationError::Store(StoreError::Database(error))) => {
                SendError::NotSent { reason: format!("the database: {error}") }
            }
            Self::Missing | Self::Client(_) | Self::Integration(_) => SendError::Refused { code: None, status: 0 },
        }
    }
}

impl Providers {
    /// Senders over the integrations in `store`; `twilio_api_url` points at a double in tests.
    #[must_use]
    pub fn new(store: Store, twilio_api_url: Option<Url>) -> Self {
        Self { store, twilio_api_url, senders: Mutex::default() }
    }

    /// The sender of an integration.
    pub async fn sender(&self, scope: Scope, id: IntegrationId) -> Result<Arc<dyn SmsProvider>, ProviderError> {
        if let Some(sender) = self.senders.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(Arc::clone(sender));
        }
        let mut tx = self.store.begin(scope).await.map_err(IntegrationError::from)?;
        let integration = tx.find_integration(id).await?.ok_or(ProviderError::Missing)?;
        tx.commit().await.map_err(IntegrationError::from)?;
        let sender = self.make(&integration)?;
        self.senders.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&sender));
        Ok(sender)
    }

    fn make(&self, integration: &Integration) -> Result<Arc<dyn SmsProvider>, ProviderError> {
        match integration.provider {
            Provider::Simulated => Ok(Arc::new(SimulatedPhone)),
            Provider::Twilio => {
                let unusable = |error: &dyn std::fmt::Display| ProviderError::Client(error.to_string());
                let api_url = match &self.twilio_api_url {
                    Some(url) => url.clone(),
                    None => Url::parse(DEFAULT_API_URL).map_err(|error| unusable(&error))?,
                };
                let (account, token) = (integration.account.clone(), integration.secret.clone());
                let client = TwilioClient::new(&api_url, account, token, TIMEOUT).map_err(|error| unusable(&error))?;
                Ok(Arc::new(client))
            }
        }
    }
}
