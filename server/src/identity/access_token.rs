//! Access tokens: a JWT of one kind, good for ten minutes, made and read here alone.
//!
//! There is one algorithm (HMAC-SHA256 under a key derived from the instance's) and one header. A token whose header
//! is not that very text is no token of ours: nothing in a token chooses how it is checked (RFC 8725, 3.1 and 3.2).
//! After the signature, the sign-in it belongs to is asked, so that what was ended is over at once.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use forecourt_crm_store::{
    Store,
    keys::MacPurpose,
    system::{Whereabouts, refreshing::FoundFamily, tokens::TokenHolder},
};
use forecourt_domain::{
    ids::{DealershipId, RefreshFamilyId, UserId},
    staff::Role,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use url::Url;

use crate::http::problem::Problem;

/// How long an access token is good for.
pub const LASTS: SignedDuration = SignedDuration::from_mins(10);
/// Whom it is for.
const AUDIENCE: &str = "forecourt-api";
/// RFC 9068's type, so that no other kind of token passes for one.
const HEADER: &str = r#"{"alg":"HS256","typ":"at+jwt"}"#;
/// The longest text that is worth looking at.
const LONGEST: usize = 2048;

/// What a token says. All of it is compared with what is true now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    /// In whose name it speaks.
    pub sub: UserId,
    /// Who really acts, on a visit (RFC 8693, 4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Actor>,
    pub dealership: DealershipId,
    pub role: Role,
    /// The sign-in it belongs to.
    pub sid: RefreshFamilyId,
    pub iat: i64,
    pub exp: i64,
    pub jti: uuid::Uuid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    pub sub: UserId,
}

/// A token that was just made.
#[derive(Debug)]
pub struct Issued {
    pub token: SecretString,
    pub expires_at: Timestamp,
}

/// Makes a token for a sign-in, speaking for whom it stands now.
pub fn issue(store: &Store, issuer: &Url, family: RefreshFamilyId, holder: TokenHolder) -> Result<Issued, Problem> {
    let now = store.now();
    let expires_at = now.checked_add(LASTS).unwrap_or(now);
    let claims = Claims {
        iss: issuer.to_string(),
        aud: AUDIENCE.to_owned(),
        sub: holder.user_id,
        act: holder.scope.acted_by().map(|sub| Actor { sub }),
        dealership: holder.scope.dealership_id(),
        role: holder.role,
        sid: family,
        iat: now.as_second(),
        exp: expires_at.as_second(),
        jti: forecourt_domain::ids::generate(now),
    };
    let claims = serde_json::to_vec(&claims).map_err(|_| Problem::bad_request())?;
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
    let signature = store.keys().mac(MacPurpose::AccessToken, signed.as_bytes());
    let token = SecretString::from(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)));
    Ok(Issued { token, expires_at })
}

/// The claims of a token whose signature, times, issuer and audience hold. Nothing is asked of the database.
#[must_use]
pub fn read(store: &Store, issuer: &Url, token: &SecretString) -> Option<Claims> {
    let token = token.expose_secret();
    if token.len() > LONGEST {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    if header != URL_SAFE_NO_PAD.encode(HEADER) {
        return None;
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let expected = store.keys().mac(MacPurpose::AccessToken, signed.as_bytes());
    if !bool::from(expected[..].ct_eq(&signature)) {
        return None;
    }
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let now = store.now().as_second();
    let in_time = claims.iat <= now && now < claims.exp && claims.exp - claims.iat <= LASTS.as_secs();
    (in_time && claims.iss == issuer.as_str() && claims.aud == AUDIENCE).then_some(claims)
}

/// The sign-in of a token that is good now, and whom it speaks for: what the token says must be what is.
pub async fn find(
    store: &Store,
    issuer: &Url,
    token: &SecretString,
) -> Result<Option<(FoundFamily, TokenHolder)>, Problem> {
    let Some(claims) = read(store, issuer, token) else { return Ok(None) };
    let Some(family) = store.find_family(claims.sid).await? else { return Ok(None) };
    let Whereabouts::Working(holder) = family.whereabouts.clone() else { return Ok(None) };
    let is_so = claims.sub == holder.user_id
        && claims.act.map(|actor| actor.sub) == holder.scope.acted_by()
        && claims.dealership == holder.scope.dealership_id()
        && claims.role == holder.role;
    Ok(is_so.then_some((family, holder)))
}
