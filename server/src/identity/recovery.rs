//! Recovery codes: what opens the second factor when the phone is lost, each once.

use forecourt_domain::ids::UserId;
use secrecy::SecretString;

use super::passwords::grouped_random;

/// How many are given at a time.
pub const CODES: usize = 10;
/// Of 120 random bits: from 112 on, a plain digest is enough to keep them by (ASVS 5.0, 6.5.2).
const LETTERS: usize = 24;

/// New codes, as they are shown.
#[must_use]
pub fn new_codes() -> Vec<SecretString> {
    (0..CODES).map(|_| SecretString::from(grouped_random::<LETTERS>())).collect()
}

/// A code as it is compared: without the signs and spaces between its groups, and bound to its user.
#[must_use]
pub fn comparable(user_id: UserId, code: &str) -> SecretString {
    let letters: String = code
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric())
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    SecretString::from(format!("{user_id}:{letters}"))
}
