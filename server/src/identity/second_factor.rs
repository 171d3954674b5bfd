//! The second factor: time-based codes (RFC 6238: SHA-1, six digits, thirty seconds, one step either way).

use std::fmt;

use askama::filters::HtmlSafe;
use forecourt_domain::contact::EmailAddress;
use jiff::Timestamp;
use qrcode::{Color, QrCode};
use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Builder, Secret, Totp};

/// Who issues the codes, as authenticator apps show it.
const ISSUER: &str = "Forecourt";
/// The white border that readers of a QR code need, in its own dots.
const QUIET: usize = 4;

/// A new seed of 160 bits, in base 32.
#[must_use]
pub fn new_seed() -> SecretString {
    SecretString::from(Secret::new_stack(rand::random()).to_base32())
}

/// The step whose code was given, if it is one of now, the step before or the step after.
#[must_use]
pub fn matching_step(seed: &SecretString, code: &str, now: Timestamp) -> Option<i64> {
    let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let step = totp(seed, "")?.check(&code, u64::try_from(now.as_second()).ok()?)?;
    i64::try_from(step).ok()
}

/// What an authenticator app reads: `otpauth://totp/…`.
#[must_use]
pub fn uri(seed: &SecretString, account: &EmailAddress) -> Option<SecretString> {
    totp(seed, account.as_str())?.to_url().ok().map(SecretString::from)
}

fn totp(seed: &SecretString, account: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(seed.expose_secret()).ok()?;
    Builder::new()
        .with_secret(secret)
        .with_issuer(Some(ISSUER))
        .with_account_name(account.replace(':', "_"))
        .build()
        .ok()
}

/// A QR code, drawn as one path without a style.
pub struct QrImage {
    width: usize,
    path: String,
}

impl QrImage {
    /// The image of a text.
    #[must_use]
    pub fn of(text: &SecretString) -> Option<Self> {
        let code = QrCode::new(text.expose_secret()).ok()?;
        let width = code.width();
        let dots = code.to_colors();
        let dark = dots.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
        let path =
            dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET)).collect::<String>();
        Some(Self { width: width + 2 * QUIET, path })
    }
}

/// Numbers and letters of our own only.
impl HtmlSafe for QrImage {}

impl fmt::Display for QrImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { width, path } = self;
        write!(
            f,
            r##"<svg class="qr" viewBox="0 0 {width} {width}" role="img" aria-label="QR code for the authenticator app"><path fill="#fff" d="M0 0h{width}v{width}H0z"/><path fill="#000" d="{path}"/></svg>"##
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seed of RFC 6238's examples, `12345678901234567890`, in base 32.
    const RFC_SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn the_codes_are_those_of_the_rfc_and_hold_one_step_either_way() {
        let seed = SecretString::from(RFC_SEED);
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        // RFC 6238, appendix B, the last six of eight digits.
        for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            let step = second / 30;
            assert_eq!(matching_step(&seed, code, at(second)), Some(step));
            assert_eq!(matching_step(&seed, &format!("{} {}", &code[..3], &code[3..]), at(second)), Some(step));
            assert_eq!(matching_step(&seed, code, at((step + 1) * 30)), Some(step), "the step before");
            assert_eq!(matching_step(&seed, code, at((step - 1) * 30)), Some(step), "the step after");
            assert_eq!(matching_step(&seed, code, at((step + 2) * 30)), None, "too late");
        }
        for wrong in ["", "28708", "2870822", "28708a", "２８７０８２"] {
            assert_eq!(matching_step(&seed, wrong, at(59)), None, "{wrong}");
        }
    }

    #[test]
    fn a_seed_can_be_read_by_an_app() {
        let seed = new_seed();
        let uri = uri(&seed, &"dana@test.example".parse().unwrap()).unwrap();
        let uri = uri.expose_secret();
        assert!(uri.starts_with("otpauth://totp/Forecourt:dana%40test.example?secret="), "{uri}");
        assert!(uri.contains(seed.expose_secret()) && uri.contains("issuer=Forecourt"), "{uri}");
        let image = QrImage::of(&SecretString::from(uri.to_owned())).unwrap().to_string();
        assert!(image.starts_with("<svg") && !image.contains("style"), "{image}");
    }
}
