//! Whether a webhook comes from Twilio: the `X-Twilio-Signature` header.
//!
//! The rules are Twilio's (<https://www.twilio.com/docs/usage/security#validating-requests>): base64 of the
//! HMAC-SHA1, under the account's auth token, of the URL followed by every distinct form parameter and value,
//! sorted, without separators. A JSON body is signed by a `bodySHA256` query parameter instead.
//! Twilio is inconsistent about the port and about quotes in the query, so its SDKs try several spellings of the
//! URL, and so does this module. The URL is always the one configured as public, never one made of a Host header.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::STANDARD};
use forecourt_domain::hex::hex;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// What stands in the body of a request and how it is signed.
#[derive(Clone, Copy)]
pub enum SignedBody<'a> {
    /// Decoded form parameters, in any order; none for a GET, whose parameters are in the URL.
    Form(&'a [(String, String)]),
    /// Any other body, such as JSON, as it came.
    Raw(&'a [u8]),
}

/// Why a request is not believed to come from Twilio. The answer is 403 in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("no auth token is configured, so anybody could sign; store the account's token")]
    NoToken,
    #[error("the signature does not fit; check the public URL and the auth token")]
    Mismatch,
    #[error("the body is not signed: the URL has no bodySHA256")]
    BodyNotSigned,
    #[error("the body is not the one that was signed")]
    BodyMismatch,
}

/// The signature Twilio would put on a request to `url`. A raw body needs its hash in the URL already.
#[must_use]
pub fn sign(auth_token: &SecretString, url: &str, body: SignedBody<'_>) -> String {
    let mut mac = keyed(auth_token);
    mac.update(url.as_bytes());
    if let SignedBody::Form(parameters) = body {
        for (name, value) in parameters.iter().collect::<BTreeSet<_>>() {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Checks that `signature` was made for this request by the holder of `auth_token`.
///
/// `url` is the configured public URL of the webhook with the query of the request. Constant time in the secret.
///
/// # Errors
/// Says why not; none of it may be told to the caller of the webhook.
pub fn verify(
    auth_token: &SecretString,
    url: &str,
    body: SignedBody<'_>,
    signature: &str,
) -> Result<(), SignatureError> {
    if auth_token.expose_secret().is_empty() {
        return Err(SignatureError::NoToken);
    }
    if let SignedBody::Raw(bytes) = body {
        verify_body_hash(url, bytes)?;
    }
    let matches = spellings(url)
        .iter()
        .fold(Choice::from(0), |found, url| found | sign(auth_token, url, body).as_bytes().ct_eq(signature.as_bytes()));
    if matches.into() { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// HMAC pads or hashes any key to one block; done here because the crate's own way can fail by its type.
fn keyed(auth_token: &SecretString) -> Hmac<Sha1> {
    let key = auth_token.expose_secret().as_bytes();
    let mut block = [0; 64];
    if key.len() > block.len() {
        block[..20].copy_from_slice(&Sha1::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    Hmac::new(&block.into())
}

fn verify_body_hash(url: &str, body: &[u8]) -> Result<(), SignatureError> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let (_, claimed) = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "bodySHA256")
        .ok_or(SignatureError::BodyNotSigned)?;
    let actual = hex(&Sha256::digest(body));
    let same = actual.as_bytes().ct_eq(claimed.to_ascii_lowercase().as_bytes());
    if same.into() { Ok(()) } else { Err(SignatureError::BodyMismatch) }
}

/// The spellings of one URL that Twilio may have signed: with and without port, quotes escaped and not.
fn spellings(url: &str) -> BTreeSet<String> {
    let ports = [url.to_owned(), without_port(url), with_port(url)];
    let quotes = |url: &String| [url.clone(), url.replace('\'', "%27"), url.replace("%27", "'")];
    ports.iter().flat_map(quotes).collect()
}

fn without_port(url: &str) -> String {
    let Some((scheme, authority, rest)) = parts(url) else { return url.to_owned() };
    let host = port_of(authority).map_or(authority, |port| &authority[..authority.len() - port.len() - 1]);
    format!("{scheme}://{host}{rest}")
}

/// The URL with the default port of its scheme, unless it names a port.
fn with_port(url: &str) -> String {
    let Some((scheme, authority, rest)) = parts(url) else { return url.to_owned() };
    if port_of(authority).is_some() {
        return url.to_owned();
    }
    let port = if scheme.eq_ignore_ascii_case("https") { 443 } else { 80 };
    format!("{scheme}://{authority}:{port}{rest}")
}

/// Scheme, authority (user, host, port) and the rest of a URL, byte for byte: parsing would normalise what was signed.
fn parts(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    Some((scheme, &rest[..end], &rest[end..]))
}

/// The digits after the last colon of an authority, which is not the one inside `[::1]` or `user:password@`.
fn port_of(authority: &str) -> Option<&str> {
    let (_, port) = authority.rsplit_once(':')?;
    (!port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())).then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn token() -> SecretString {
        SecretString::from("12345")
    }

    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";

    /// The example that Twilio's documentation and SDKs have carried for years.
    #[test]
    fn the_documented_example_has_its_documented_signature() {
        let form = pairs(&[
            ("Digits", "1234"),
            ("To", "+18005551212"),
            ("From", "+12349013030"),
            ("Caller", "+12349013030"),
            ("CallSid", "CA1234567890ABCDE"),
        ]);
        assert_eq!(sign(&token(), URL, SignedBody::Form(&form)), "0/KCTR6DLpKmkAf8muzZqo1nDgQ=");
    }

    #[test]
    fn the_order_and_repetition_of_parameters_do_not_matter() {
        let once = pairs(&[("a", "1"), ("a", "2"), ("b", ""), ("B", "x")]);
        let again = pairs(&[("b", ""), ("a", "2"), ("B", "x"), ("a", "1"), ("a", "2")]);
        let signature = sign(&token(), URL, SignedBody::Form(&once));
        assert_eq!(verify(&token(), URL, SignedBody::Form(&again), &signature), Ok(()));
    }

    #[test]
    fn a_changed_part_of_the_request_is_noticed() {
        let form = pairs(&[("Body", "hello"), ("From", "+17205550100")]);
        let signature = sign(&token(), URL, SignedBody::Form(&form));
        let check = |token: &str, url: &str, form: &[(String, String)], signature: &str| {
            verify(&SecretString::from(token), url, SignedBody::Form(form), signature)
        };
        assert_eq!(check("12345", URL, &form, &signature), Ok(()));
        let mismatches = [
            check("12346", URL, &form, &signature),
            check("12345", "https://mycompany.com/myapp.php?foo=1&bar=3", &form, &signature),
            check("12345", "http://mycompany.com/myapp.php?foo=1&bar=2", &form, &signature),
            check("12345", URL, &form[..1], &signature),
            check("12345", URL, &pairs(&[("Body", "hallo"), ("From", "+17205550100")]), &signature),
            check("12345", URL, &form, &signature[..signature.len() - 1]),
            check("12345", URL, &form, ""),
        ];
        assert_eq!(mismatches, [Err(SignatureError::Mismatch); 7]);
    }

    #[test]
    fn the_default_port_may_be_signed_or_not() {
        for (signed, requested) in [
            ("https://u:p@h.example/x", "https://u:p@h.example:443/x"),
            ("https://h.example:443/x?y='z'", "https://h.example/x?y=%27z%27"),
            ("http://[::1]:80/x", "http://[::1]/x"),
            ("http://h.example", "http://h.example:80"),
        ] {
            for (signed, requested) in [(signed, requested), (requested, signed)] {
                let signature = sign(&token(), signed, SignedBody::Form(&[]));
                assert_eq!(
                    verify(&token(), requested, SignedBody::Form(&[]), &signature),
                    Ok(()),
                    "{signed} {requested}"
                );
            }
        }
    }

    #[test]
    fn a_raw_body_must_be_the_one_whose_hash_is_signed() {
        let body = br#"{"a":1}"#;
        let hash = hex(&Sha256::digest(body));
        let url = format!("https://h.example/x?bodySHA256={hash}");
        let signature = sign(&token(), &url, SignedBody::Raw(body));
        assert_eq!(verify(&token(), &url, SignedBody::Raw(body), &signature), Ok(()));
        let other = verify(&token(), &url, SignedBody::Raw(b"{}"), &signature);
        assert_eq!(other, Err(SignatureError::BodyMismatch));
        let bare = sign(&token(), "https://h.example/x", SignedBody::Raw(body));
        let unsigned = verify(&token(), "https://h.example/x", SignedBody::Raw(body), &bare);
        assert_eq!(unsigned, Err(SignatureError::BodyNotSigned));
    }

    #[test]
    fn an_empty_token_verifies_nothing() {
        let empty = SecretString::from("");
        let signature = sign(&empty, URL, SignedBody::Form(&[]));
        assert_eq!(verify(&empty, URL, SignedBody::Form(&[]), &signature), Err(SignatureError::NoToken));
    }

    #[test]
    fn a_long_key_is_hashed_first() {
        let mut mac = keyed(&SecretString::from("k".repeat(80)));
        mac.update(b"x");
        let mut expected = Hmac::<Sha1>::new_from_slice("k".repeat(80).as_bytes()).unwrap();
        expected.update(b"x");
        assert_eq!(mac.finalize().into_bytes(), expected.finalize().into_bytes());
    }
}
