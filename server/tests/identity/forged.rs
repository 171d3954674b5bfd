//! Access tokens that are not what they say, each refused; and one that is, as the other side of the wall.

use axum::http::{Request, StatusCode};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as B64};
use forecourt_crm_store::keys::{Keys, MacPurpose};
use forecourt_domain::staff::Role;
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::office::{Office, office};

const HEADER: &str = r#"{"alg":"HS256","typ":"at+jwt"}"#;

fn sign(keys: &Keys, header: &str, claims: &Value) -> String {
    let signed = format!("{}.{}", B64.encode(header), B64.encode(claims.to_string()));
    let mac = keys.mac(MacPurpose::AccessToken, signed.as_bytes());
    format!("{signed}.{}", B64.encode(mac))
}

fn with(claims: &Value, field: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims.clone();
    claims[field] = value.into();
    claims
}

async fn answer(office: &Office, token: &str) -> StatusCode {
    office.world.ask(&SecretString::from(token.to_owned()), Request::get("/api/v1/me"), None).await.status
}

#[tokio::test]
async fn a_forged_token_opens_nothing() {
    let office = office().await;
    let other = office.dealership("Other Motors").await;
    office.person("dana@test.example", Role::Salesperson).await;
    let marcus = office.person("marcus@test.example", Role::Admin).await;
    let (token, refresh) = office.signed_in("dana@test.example").await;
    let (token_of_marcus, _) = office.signed_in("marcus@test.example").await;
    let token = token.expose_secret().to_owned();
    let parts: Vec<&str> = token.split('.').collect();
    let claims: Value = serde_json::from_slice(&B64.decode(parts[1]).unwrap()).unwrap();
    let of_marcus: Value =
        serde_json::from_slice(&B64.decode(token_of_marcus.expose_secret().split('.').nth(1).unwrap()).unwrap())
            .unwrap();
    let ours = office.world.store.keys();
    let foreign = Keys::derive(&SecretString::from("x".repeat(64))).unwrap();
    let now = office.world.store.now().as_second();
    let header = |text: &str| sign(ours, text, &claims);
    let claimed = |field: &str, value: Value| sign(ours, HEADER, &with(&claims, field, value));
    let hs256_by_public_text = {
        let signed = format!("{}.{}", B64.encode(HEADER), parts[1]);
        // The "key" is something anybody knows.
        let mac = forecourt_crm_store::keys::sha256(format!("forecourt{signed}").as_bytes());
        format!("{signed}.{}", B64.encode(mac))
    };
    let forged: Vec<(&str, String)> = vec![
        ("no algorithm, no signature", format!("{}.{}.", B64.encode(r#"{"alg":"none","typ":"at+jwt"}"#), parts[1])),
        ("no algorithm, signed all the same", header(r#"{"alg":"none","typ":"at+jwt"}"#)),
        ("no algorithm, in other letters", header(r#"{"alg":"nOnE","typ":"at+jwt"}"#)),
        ("another algorithm of the same family", header(r#"{"alg":"HS512","typ":"at+jwt"}"#)),
        ("an asymmetric algorithm", header(r#"{"alg":"EdDSA","typ":"at+jwt"}"#)),
        ("RS256, where the verifier might take a public key for a secret", header(r#"{"alg":"RS256","typ":"at+jwt"}"#)),
        ("another type of token", header(r#"{"alg":"HS256","typ":"JWT"}"#)),
        ("a key named by the token", header(r#"{"alg":"HS256","typ":"at+jwt","kid":"../../../../dev/null"}"#)),
        ("a key brought by the token", header(r#"{"alg":"HS256","typ":"at+jwt","jwk":{"kty":"oct","k":""}}"#)),
        ("a key fetched for the token", header(r#"{"alg":"HS256","typ":"at+jwt","jku":"https://evil.example/keys"}"#)),
        ("another instance's key", sign(&foreign, HEADER, &claims)),
        ("a digest anybody can make", hs256_by_public_text),
        (
            "claims of another under the old signature",
            format!("{}.{}.{}", parts[0], B64.encode(with(&claims, "role", "admin").to_string()), parts[2]),
        ),
        ("a lifted role, signed", claimed("role", json!("admin"))),
        ("another dealership, signed", claimed("dealership", json!(other.dealership_id()))),
        ("another user, signed", claimed("sub", json!(marcus))),
        ("somebody else's sign-in, signed", claimed("sid", of_marcus["sid"].clone())),
        ("another issuer", claimed("iss", json!("https://evil.example/"))),
        ("another audience", claimed("aud", json!("forecourt-console"))),
        ("expired", sign(ours, HEADER, &with(&with(&claims, "iat", now - 700), "exp", now - 100))),
        ("not begun yet", sign(ours, HEADER, &with(&with(&claims, "iat", now + 60), "exp", now + 600))),
        ("good for longer than any", claimed("exp", json!(now + 86_400))),
        ("acting for somebody", claimed("act", json!({ "sub": marcus }))),
        ("a claim nobody knows", claimed("admin", json!(true))),
        ("a truncated signature", token[..token.len() - 4].to_owned()),
        ("no signature", format!("{}.{}", parts[0], parts[1])),
        ("two payloads", format!("{}.{}.{}.{}", parts[0], parts[1], parts[1], parts[2])),
        ("a signature in another coding", format!("{}.{}.{}=", parts[0], parts[1], parts[2])),
        ("a refresh token", refresh),
        ("nothing", String::new()),
        ("dots", "..".to_owned()),
    ];
    assert!(forged.len() >= 20);
    assert_eq!(answer(&office, &token).await, StatusCode::OK, "the real one opens");
    for (name, token) in &forged {
        assert_eq!(answer(&office, token).await, StatusCode::UNAUTHORIZED, "{name}");
    }
    // What was just signed by hand is refused for what it says, not for how it was made.
    assert_eq!(answer(&office, &sign(ours, HEADER, &claims)).await, StatusCode::OK);
    office.world.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(answer(&office, &token).await, StatusCode::UNAUTHORIZED, "its ten minutes are over");
}
