//! Keys that the database does not hold: sealing of stored secrets and the MAC of the audit log.
//!
//! Both are derived by HKDF-SHA256 (RFC 5869) from `FORECOURT_SECRET_KEY`.

use chacha20poly1305::{
    ChaCha20Poly1305, Key, Nonce,
    aead::{Aead, KeyInit, Payload},
};
use forecourt_domain::hex::hex;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// The least number of characters of a secret key: 32 random bytes as hex are 64.
pub const MIN_SECRET_CHARS: usize = 32;

/// Why keys could not be made or a secret not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("FORECOURT_SECRET_KEY needs at least {MIN_SECRET_CHARS} characters; make one with: openssl rand -hex 32")]
    TooShort,
    #[error(
        "a stored secret was sealed under another FORECOURT_SECRET_KEY; start with that key, or add the integration again"
    )]
    WrongKey,
}

/// The derived keys of one instance.
pub struct Keys {
    sealing: ChaCha20Poly1305,
    audit: [u8; 32],
    access: [u8; 32],
    lookup: [u8; 32],
    key_id: String,
}

/// What a MAC beside those of the audit log is for. Each purpose has a key or a prefix of its own, so that no MAC
/// can stand for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacPurpose {
    /// The signature of an access token.
    AccessToken,
    /// The text of the refresh token that follows another.
    RefreshSuccessor,
    /// The name under which tries to sign in are counted.
    Try,
}

/// A secret as it is stored.
#[derive(Debug, Clone)]
pub struct Sealed {
    pub bytes: Vec<u8>,
    pub key_id: String,
}

impl Keys {
    /// Derives the keys from the instance's secret.
    pub fn derive(secret: &SecretString) -> Result<Self, KeyError> {
        let secret = secret.expose_secret().trim();
        if secret.len() < MIN_SECRET_CHARS {
            return Err(KeyError::TooShort);
        }
        let hkdf = Hkdf::<Sha256>::new(Some(b"forecourt"), secret.as_bytes());
        let (mut sealing, mut audit, mut id) = ([0; 32], [0; 32], [0; 8]);
        let (mut access, mut lookup) = ([0; 32], [0; 32]);
        for (info, key) in [
            (&b"sealing"[..], &mut sealing[..]),
            (b"audit", &mut audit[..]),
            (b"id", &mut id[..]),
            (b"access-token", &mut access[..]),
            (b"lookup", &mut lookup[..]),
        ] {
            hkdf.expand(info, key).map_err(|_| KeyError::TooShort)?;
        }
        let sealing = ChaCha20Poly1305::new(&Key::from(sealing));
        Ok(Self { sealing, audit, access, lookup, key_id: hex(&id) })
    }

    /// Names the secret without telling it; stored beside what it sealed or signed.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Seals a secret for the row `row_id`; it opens for that row only.
    pub fn seal(&self, row_id: uuid::Uuid, secret: &SecretString) -> Result<Sealed, KeyError> {
        let nonce: [u8; 12] = rand::random();
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: row_id.as_bytes() };
        let sealed = self.sealing.encrypt(&Nonce::from(nonce), payload).map_err(|_| KeyError::WrongKey)?;
        Ok(Sealed { bytes: [&nonce[..], &sealed].concat(), key_id: self.key_id.clone() })
    }

    /// Opens a secret that was sealed for the row `row_id`.
    pub fn open(&self, row_id: uuid::Uuid, sealed: &[u8]) -> Result<SecretString, KeyError> {
        let (nonce, sealed) = sealed.split_first_chunk::<12>().ok_or(KeyError::WrongKey)?;
        let payload = Payload { msg: sealed, aad: row_id.as_bytes() };
        let opened = self.sealing.decrypt(&Nonce::from(*nonce), payload).map_err(|_| KeyError::WrongKey)?;
        String::from_utf8(opened).map(SecretString::from).map_err(|_| KeyError::WrongKey)
    }

    /// The MAC of an audit entry's canonical bytes.
    #[must_use]
    pub(crate) fn audit_mac(&self, bytes: &[u8]) -> [u8; 32] {
        mac(&self.audit, b"", bytes)
    }

    /// The MAC of `bytes` for one purpose.
    #[must_use]
    pub fn mac(&self, purpose: MacPurpose, bytes: &[u8]) -> [u8; 32] {
        match purpose {
            MacPurpose::AccessToken => mac(&self.access, b"", bytes),
            MacPurpose::RefreshSuccessor => mac(&self.lookup, b"refresh:", bytes),
            MacPurpose::Try => mac(&self.lookup, b"try:", bytes),
        }
    }
}

fn mac(key: &[u8; 32], prefix: &[u8], bytes: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length, so this cannot fail; a wrong MAC would be found wherever it is checked.
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mac| mac.chain_update(prefix).chain_update(bytes).finalize().into_bytes().into())
        .unwrap_or_default()
}

/// SHA-256 of `bytes`; how tokens and prompt bodies are named.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(secret: &str) -> Keys {
        Keys::derive(&SecretString::from(secret)).unwrap()
    }

    #[test]
    fn a_sealed_secret_opens_only_with_its_key_and_row() {
        let (keys_a, keys_b) = (keys(&"a".repeat(32)), keys(&"b".repeat(32)));
        let row = uuid::Uuid::from_u128(7);
        let sealed = keys_a.seal(row, &SecretString::from("twilio token")).unwrap();
        assert_eq!(keys_a.open(row, &sealed.bytes).unwrap().expose_secret(), "twilio token");
        assert_eq!(keys_b.open(row, &sealed.bytes).unwrap_err(), KeyError::WrongKey);
        assert_eq!(keys_a.open(uuid::Uuid::from_u128(8), &sealed.bytes).unwrap_err(), KeyError::WrongKey);
        assert_eq!(keys_a.open(row, b"short").unwrap_err(), KeyError::WrongKey);
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert_eq!(Keys::derive(&SecretString::from("short")).err(), Some(KeyError::TooShort));
    }
}
