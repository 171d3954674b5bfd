//! The number that customers text: at Twilio where its keys are known, else on the simulated phone.

use forecourt_crm_store::{
    CrmTx,
    integrations::{IntegrationError, Provider},
};
use forecourt_domain::{
    contact::E164,
    hex::hex,
    ids::{DepartmentId, IntegrationId},
};
use secrecy::SecretString;

use crate::config::Config;

/// The account that forms of the simulated phone name.
pub const SIMULATED_ACCOUNT: &str = "SIMULATED";

/// The keys of a Twilio account.
#[derive(Debug, Clone)]
pub struct TwilioKeys {
    pub account: String,
    pub token: SecretString,
}

impl TwilioKeys {
    /// The keys that are configured, if both are.
    #[must_use]
    pub fn of(config: &Config) -> Option<Self> {
        let account = config.twilio_account_sid.clone()?;
        Some(Self { account, token: config.twilio_auth_token.clone()? })
    }
}

/// Gives a dealership a number and makes its webhook findable. Without keys its texts appear on the
/// simulated phone, whose forms are signed by a secret that nobody else ever learns.
pub async fn connect(
    tx: &mut CrmTx,
    twilio: Option<&TwilioKeys>,
    number: E164,
    department_id: Option<DepartmentId>,
) -> Result<IntegrationId, IntegrationError> {
    let (provider, account, secret) = match twilio {
        Some(keys) => (Provider::Twilio, keys.account.as_str(), keys.token.clone()),
        None => (Provider::Simulated, SIMULATED_ACCOUNT, SecretString::from(hex(&rand::random::<[u8; 32]>()))),
    };
    tx.insert_integration(provider, account, &secret, &[(number, department_id)]).await
}
