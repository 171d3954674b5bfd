//! Conversions at the edge between SQL's plain types and the domain's.

use std::str::FromStr;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::StoreError;

/// An instant as SQL binds it.
pub(crate) fn sql(at: Timestamp) -> jiff_sqlx::Timestamp {
    at.to_sqlx()
}

/// An optional instant as SQL binds it.
pub(crate) fn sql_opt(at: Option<Timestamp>) -> Option<jiff_sqlx::Timestamp> {
    at.map(ToSqlx::to_sqlx)
}

/// An optional instant as SQL returned it.
pub(crate) fn instant(at: Option<jiff_sqlx::Timestamp>) -> Option<Timestamp> {
    at.map(jiff_sqlx::Timestamp::to_jiff)
}

/// A text column as the type it stands for; a value that does not fit is [`StoreError::Corrupt`].
pub(crate) fn parse<T>(text: &str) -> Result<T, StoreError>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| StoreError::Corrupt(error.to_string()))
}

/// An optional text column as the type it stands for.
pub(crate) fn parse_opt<T>(text: Option<&str>) -> Result<Option<T>, StoreError>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    text.map(parse).transpose()
}

/// A count or length as SQL's integers.
pub(crate) fn int(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}
