//! What a dealership's assistant may use in a day, and what its models have used.

use forecourt_domain::{ids::UserId, staff::Role};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use serde_json::json;
use uuid::Uuid;

use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    rows::{int, sql},
    turns::NewStep,
};

/// Millionths of a US dollar in a cent.
pub const MICROS_PER_CENT: i64 = 10_000;

/// The most that is allowed in a day of the dealership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Answers to one customer.
    pub answers_per_customer: u32,
    /// Tokens that models read and write; none means any number.
    pub tokens: Option<i64>,
    /// What they may cost, in US cents; none means any amount.
    pub spend_minor: Option<i64>,
}

/// What the models of a dealership used on one of its days, as far as it is journaled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayUsage {
    pub input_tokens: i64,
    /// Those of the input that the provider had read before.
    pub cached_input_tokens: i64,
    pub output_tokens: i64,
    /// Millionths of a US dollar, of the steps whose price was known.
    pub spend_micros: i64,
}

impl DayUsage {
    /// Everything that was read and written.
    #[must_use]
    pub const fn tokens(&self) -> i64 {
        self.input_tokens + self.output_tokens
    }

    /// This and what a step used.
    #[must_use]
    pub fn and(self, step: &NewStep) -> Self {
        Self {
            input_tokens: self.input_tokens + i64::from(step.input_tokens),
            cached_input_tokens: self.cached_input_tokens + i64::from(step.cached_input_tokens),
            output_tokens: self.output_tokens + i64::from(step.output_tokens),
            spend_micros: self.spend_micros + step.spend_micros,
        }
    }
}

impl CrmTx {
    /// What the models used on a day of this dealership.
    pub async fn load_usage(&mut self, day: Date) -> Result<DayUsage, StoreError> {
        let tenant = self.tenant();
        let row: Option<(i64, i64, i64, i64)> = sqlx::query_as(
            "select input_tokens, cached_input_tokens, output_tokens, spend_micros from model_usage
             where dealership_id = $1 and day = $2",
        )
        .bind(tenant)
        .bind(day.to_sqlx())
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map_or_else(DayUsage::default, |(input_tokens, cached_input_tokens, output_tokens, spend_micros)| {
            DayUsage { input_tokens, cached_input_tokens, output_tokens, spend_micros }
        }))
    }

    /// Adds what steps used to their days. The row is locked until this transaction ends, so this comes last.
    pub(crate) async fn add_usage(&mut self, steps: &[NewStep]) -> Result<(), StoreError> {
        let mut days: Vec<(Date, DayUsage)> = Vec::new();
        for step in steps {
            match days.iter_mut().find(|(day, _)| *day == step.day) {
                Some((_, usage)) => *usage = usage.and(step),
                None => days.push((step.day, DayUsage::default().and(step))),
            }
        }
        days.sort_by_key(|(day, _)| *day);
        for (day, used) in days.into_iter().filter(|(_, used)| *used != DayUsage::default()) {
            self.add_to_day(day, used).await?;
        }
        Ok(())
    }

    async fn add_to_day(&mut self, day: Date, used: DayUsage) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query(
            "insert into model_usage as u (dealership_id, day, input_tokens, cached_input_tokens, output_tokens, spend_micros)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (dealership_id, day) do update set input_tokens = u.input_tokens + $3,
                 cached_input_tokens = u.cached_input_tokens + $4, output_tokens = u.output_tokens + $5,
                 spend_micros = u.spend_micros + $6",
        )
        .bind(tenant)
        .bind(day.to_sqlx())
        .bind(used.input_tokens)
        .bind(used.cached_input_tokens)
        .bind(used.output_tokens)
        .bind(used.spend_micros)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Claims the one alert of a day that a cap was reached; true for the one transaction that is to tell.
    pub async fn claim_cap_alert(&mut self, day: Date) -> Result<bool, StoreError> {
        let (tenant, now) = (self.tenant(), self.now());
        let claimed = sqlx::query(
            "insert into model_usage as u (dealership_id, day, cap_alerted_at) values ($1, $2, $3)
             on conflict (dealership_id, day) do update set cap_alerted_at = $3 where u.cap_alerted_at is null",
        )
        .bind(tenant)
        .bind(day.to_sqlx())
        .bind(sql(now))
        .execute(self.connection())
        .await?;
        Ok(claimed.rows_affected() == 1)
    }

    /// Who is told that a cap was reached: whoever may switch the assistant here.
    pub async fn load_cap_watchers(&mut self) -> Result<Vec<UserId>, StoreError> {
        let tenant = self.tenant();
        let roles: Vec<&str> = Role::ALL.iter().filter(|role| role.switches_ai()).map(|role| role.as_str()).collect();
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "select user_id from assignments where dealership_id = $1 and ended_at is null and role = any($2)
             order by user_id",
        )
        .bind(tenant)
        .bind(roles)
        .fetch_all(self.connection())
        .await?;
        Ok(ids.into_iter().map(UserId).collect())
    }

    /// The caps of this dealership; none before it has a profile.
    pub async fn find_caps(&mut self) -> Result<Option<Caps>, StoreError> {
        let tenant = self.tenant();
        let row: Option<(i32, Option<i64>, Option<i64>)> = sqlx::query_as(
            "select answer_cap_per_day, daily_token_cap, daily_spend_cap_minor from dealership_profiles where dealership_id = $1",
        )
        .bind(tenant)
        .fetch_optional(self.connection())
        .await?;
        Ok(row.map(|(answers, tokens, spend_minor)| Caps {
            answers_per_customer: u32::try_from(answers).unwrap_or(0),
            tokens,
            spend_minor,
        }))
    }

    /// Sets the caps, all of them.
    pub async fn update_caps(&mut self, by: UserId, caps: &Caps) -> Result<(), StoreError> {
        let tenant = self.tenant();
        sqlx::query(
            "update dealership_profiles set answer_cap_per_day = $2, daily_token_cap = $3, daily_spend_cap_minor = $4,
                 version = version + 1
             where dealership_id = $1",
        )
        .bind(tenant)
        .bind(int(caps.answers_per_customer))
        .bind(caps.tokens)
        .bind(caps.spend_minor)
        .execute(self.connection())
        .await?;
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::CapsChanged,
            actor: AuditActor::User(by),
            conversation_id: None,
            turn_id: None,
            details: json!({
                "answers_per_customer": caps.answers_per_customer, "tokens": caps.tokens, "spend_minor": caps.spend_minor,
            }),
        }])
        .await?;
        Ok(())
    }
}
