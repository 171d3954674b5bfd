//! A dealership's own settings: where it is, how it is reached, how its assistant behaves.

use std::time::Duration;

use forecourt_domain::{
    hours::Zone,
    ids::UserId,
    money::Currency,
    settings::{AfterHours, ModelFallback},
};
use jiff::Timestamp;

use crate::{
    CrmTx, StoreError,
    rows::{instant, int, parse},
};

/// A street address, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    pub street: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    pub postal_code: Option<String>,
}

impl Address {
    /// The address in one line: `12 Main St, Denver, CO 80202`; none if no part is known.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        let place = join(" ", [&self.region, &self.postal_code]);
        join(", ", [&self.street, &self.city, &place])
    }
}

fn join<const N: usize>(separator: &str, parts: [&Option<String>; N]) -> Option<String> {
    let known: Vec<&str> = parts.into_iter().flatten().map(String::as_str).filter(|part| !part.is_empty()).collect();
    (!known.is_empty()).then(|| known.join(separator))
}

/// What an admin sets.
#[derive(Debug, Clone)]
pub struct DealershipSettings {
    pub zone: Zone,
    pub currency: Currency,
    /// ISO 3166 alpha-2.
    pub country: String,
    pub address: Address,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub website: Option<String>,
    pub assistant_name: String,
    pub after_hours: AfterHours,
    pub model_fallback: ModelFallback,
    /// The one fixed text that goes out where the assistant may not answer by itself.
    pub acknowledgement: Option<String>,
    /// Answers to one customer and day before a human takes over.
    pub answer_cap_per_day: u32,
    /// Tokens that its models may read and write in a day; none means any number.
    pub daily_token_cap: Option<i64>,
    /// What its models may cost in a day, in US cents whatever its own currency; none means any amount.
    pub daily_spend_cap_minor: Option<i64>,
    /// How long the customer must be silent before their texts are answered.
    pub sms_quiet: Duration,
    /// How long the first unanswered text waits at most.
    pub sms_max_wait: Duration,
}

impl DealershipSettings {
    /// The settings a new dealership starts with.
    #[must_use]
    pub fn new(zone: Zone, currency: Currency, country: &str) -> Self {
        Self {
            zone,
            currency,
            country: country.to_owned(),
            address: Address::default(),
            phone: None,
            email: None,
            website: None,
            assistant_name: "Madison".to_owned(),
            after_hours: AfterHours::Respond,
            model_fallback: ModelFallback::AcknowledgeAndHandOff,
            acknowledgement: None,
            answer_cap_per_day: 60,
            daily_token_cap: Some(20_000_000),
            daily_spend_cap_minor: None,
            sms_quiet: Duration::from_secs(3),
            sms_max_wait: Duration::from_secs(10),
        }
    }
}

/// A dealership as its own transactions see it.
#[derive(Debug, Clone)]
pub struct DealershipProfile {
    pub name: String,
    pub settings: DealershipSettings,
    pub ai_paused_at: Option<Timestamp>,
    pub ai_paused_by: Option<UserId>,
    pub version: i64,
    /// As long as this stays, so does the [`Standing`](crate::standing::Standing).
    pub(crate) standing_version: i64,
}

#[derive(sqlx::FromRow)]
struct ProfileRow {
    name: String,
    zone: String,
    currency: String,
    country: String,
    street: Option<String>,
    city: Option<String>,
    region: Option<String>,
    postal_code: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    website: Option<String>,
    assistant_name: String,
    after_hours: String,
    model_fallback: String,
    acknowledgement: Option<String>,
    answer_cap_per_day: i32,
    daily_token_cap: Option<i64>,
    daily_spend_cap_minor: Option<i64>,
    sms_quiet_ms: i32,
    sms_max_wait_ms: i32,
    ai_paused_at: Option<jiff_sqlx::Timestamp>,
    ai_paused_by: Option<uuid::Uuid>,
    version: i64,
    standing_version: i64,
}

impl ProfileRow {
    fn into_profile(self) -> Result<DealershipProfile, StoreError> {
        let settings = DealershipSettings {
            zone: parse(&self.zone)?,
            currency: parse(&self.currency)?,
            country: self.country,
            address: Address {
                street: self.street,
                city: self.city,
                region: self.region,
                postal_code: self.postal_code,
            },
            phone: self.phone,
            email: self.email,
            website: self.website,
            assistant_name: self.assistant_name,
            after_hours: parse(&self.after_hours)?,
            model_fallback: parse(&self.model_fallback)?,
            acknowledgement: self.acknowledgement,
            answer_cap_per_day: u32::try_from(self.answer_cap_per_day).unwrap_or(0),
            daily_token_cap: self.daily_token_cap,
            daily_spend_cap_minor: self.daily_spend_cap_minor,
            sms_quiet: milliseconds(self.sms_quiet_ms),
            sms_max_wait: milliseconds(self.sms_max_wait_ms),
        };
        Ok(DealershipProfile {
            name: self.name,
            settings,
            ai_paused_at: instant(self.ai_paused_at),
            ai_paused_by: self.ai_paused_by.map(UserId),
            version: self.version,
            standing_version: self.standing_version,
        })
    }
}

fn milliseconds(number: i32) -> Duration {
    Duration::from_millis(u64::try_from(number).unwrap_or(0))
}

impl CrmTx {
    /// The settings of this dealership.
    pub async fn load_profile(&mut self) -> Result<DealershipProfile, StoreError> {
        let tenant = self.tenant();
        let row: ProfileRow = sqlx::query_as(
            "select d.name, zone, currency, country, street, city, region, postal_code, phone, email, website,
                 assistant_name, after_hours, model_fallback, acknowledgement, answer_cap_per_day, daily_token_cap,
                 daily_spend_cap_minor, sms_quiet_ms, sms_max_wait_ms, ai_paused_at, ai_paused_by, version, standing_version
             from dealership_profiles join dealerships d on d.id = dealership_id where dealership_id = $1",
        )
        .bind(tenant)
        .fetch_optional(self.connection())
        .await?
        .ok_or(StoreError::NotFound("the dealership's profile"))?;
        row.into_profile()
    }

    /// Stores the settings of a new dealership.
    pub async fn insert_profile(&mut self, settings: &DealershipSettings) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query(
            "insert into dealership_profiles
                 (dealership_id, zone, currency, country, street, city, region, postal_code, phone, email, website,
                  assistant_name, after_hours, model_fallback, acknowledgement, answer_cap_per_day, sms_quiet_ms,
                  sms_max_wait_ms, daily_token_cap, daily_spend_cap_minor)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        )
        .bind(tenant)
        .bind(settings.zone.to_string())
        .bind(settings.currency.as_str())
        .bind(&settings.country)
        .bind(&settings.address.street)
        .bind(&settings.address.city)
        .bind(&settings.address.region)
        .bind(&settings.address.postal_code)
        .bind(&settings.phone)
        .bind(&settings.email)
        .bind(&settings.website)
        .bind(&settings.assistant_name)
        .bind(settings.after_hours.as_str())
        .bind(settings.model_fallback.as_str())
        .bind(&settings.acknowledgement)
        .bind(int(settings.answer_cap_per_day))
        .bind(int(settings.sms_quiet.as_millis()))
        .bind(int(settings.sms_max_wait.as_millis()))
        .bind(settings.daily_token_cap)
        .bind(settings.daily_spend_cap_minor)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_in_one_line_without_holes() {
        let some = |text: &str| Some(text.to_owned());
        let whole = Address {
            street: some("12 Main St"),
            city: some("Denver"),
            region: some("CO"),
            postal_code: some("80202"),
        };
        assert_eq!(whole.line().as_deref(), Some("12 Main St, Denver, CO 80202"));
        let city = Address { city: some("Denver"), ..Address::default() };
        assert_eq!(city.line().as_deref(), Some("Denver"));
        assert_eq!(Address::default().line(), None);
    }
}
