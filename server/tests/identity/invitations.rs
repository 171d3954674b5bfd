//! Links by mail, over a real mail server: invitations, forgotten passwords, and mail that is not taken at once.

use axum::http::{Request, StatusCode};
use forecourt_crm_store::{
    audit::AuditActor,
    staff::NewAssignment,
    system::{links::Purpose, mails::NewMail, people::PersonChange},
};
use forecourt_domain::{ids::UserId, staff::Role};
use forecourt_server::{
    http::{self, AppState},
    identity::{Identity, Mailer, letters},
    workers::mail,
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    office::{Browser, Office, PASSWORD, office},
    postbox::Postbox,
};

/// An office whose mail goes through `mailer`.
async fn office_with(mailer: Mailer) -> (Office, Identity) {
    let mut office = office().await;
    let identity = Identity::new(mailer, &[]);
    let world = &office.world;
    let app = http::router(AppState {
        store: world.store.clone(),
        agent: world.agent.clone(),
        wake: world.wake.clone(),
        public_url: "https://forecourt.example/".parse().unwrap(),
        metrics: None,
        live: world.live.clone(),
        identity: identity.clone(),
    });
    office.world.app = app;
    (office, identity)
}

/// The path of the link in a mail, which must be at the public address.
fn link(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    let link = text.lines().find(|line| line.starts_with("https://")).unwrap_or_else(|| panic!("{text}"));
    let path = link.strip_prefix("https://forecourt.example").unwrap();
    assert!(path.starts_with("/console/password?token="), "{link}");
    assert!(mail["html"].as_str().unwrap().contains("https://forecourt.example/console/password?token="));
    path.to_owned()
}

fn token(path: &str) -> &str {
    path.split_once("token=").unwrap().1
}

async fn open(browser: &mut Browser<'_>, path: &str, password: &str) -> crate::office::Page {
    browser.post("/console/password", &[("token", token(path)), ("password", password)]).await
}

#[tokio::test]
async fn an_invitation_goes_by_mail_and_ends_with_somebody_at_work() {
    let Some(mut postbox) = Postbox::open().await else { return };
    let (office, identity) = office_with(postbox.mailer()).await;
    office.person("ada@test.example", Role::Admin).await;
    let (admin, _) = office.signed_in("ada@test.example").await;
    let person =
        json!({ "email": "nina@test.example", "first_name": "Nina", "last_name": "Ruiz", "role": "salesperson" });
    let invite = async |body: &Value| {
        // Whatever a request says of its host, links lead to the public address.
        let request =
            Request::post("/api/v1/users").header("host", "evil.example").header("x-forwarded-host", "evil.example");
        office.world.ask(&admin, request, Some(body.clone())).await
    };
    let answer = invite(&person).await;
    assert_eq!((answer.status, &answer.body["mail_is_sent"]), (StatusCode::OK, &json!(true)), "{answer:?}");
    let listed = office.world.ask(&admin, Request::get("/api/v1/users"), None).await.body;
    assert_eq!(listed["invitations"][0]["email"], "nina@test.example");
    assert!(!answer.body.to_string().contains("token="), "the link is the reader's of the mailbox alone");
    assert_eq!(mail::drain(&office.world.store, &identity.mailer).await.unwrap(), 1);
    let first = postbox.next().await;
    assert_eq!(
        (&first["to"], &first["from"]),
        (&json!(["nina@test.example"]), &json!("Forecourt <forecourt@cars.example>"))
    );
    // A second invitation takes the first one's place.
    invite(&person).await;
    mail::drain(&office.world.store, &identity.mailer).await.unwrap();
    let path = link(&postbox.next().await);
    let mut browser = office.browser("203.0.113.5");
    assert_eq!(browser.get(&link(&first)).await.status, StatusCode::GONE);
    let page = browser.get(&path).await;
    assert!(page.says("Welcome to Test Motors") && page.says("nina@test.example"), "{}", page.text);
    assert_eq!(browser.get(&path).await.status, StatusCode::OK, "looking at a link does not use it up");
    for (password, told) in [("nina", "At least 8"), ("testmotors1", "out of it"), ("iloveyou1", "among the first")] {
        let page = open(&mut browser, &path, password).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says(told) || page.says("at least 8"), "{}", page.text);
    }
    let page = open(&mut browser, &path, "ninety velvet tractors").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    assert!(browser.get("/console").await.says("Salesperson at Test Motors"));
    assert_eq!(
        open(&mut office.browser("198.51.100.1"), &path, "another password here").await.status,
        StatusCode::GONE
    );
    assert_eq!(browser.sign_in("nina@test.example", "ninety velvet tractors").await.status, StatusCode::SEE_OTHER);
    let mails = office.world.store.load_mails(5).await.unwrap();
    assert!(mails.iter().all(|mail| mail.sent_at.is_some()));
    assert!(office.world.store.find_mail(mails[0].id).await.unwrap().is_none(), "what was sent is forgotten");
    assert_eq!(invite(&person).await.body["code"], "works_here");
}

#[tokio::test]
async fn somebody_with_an_account_accepts_and_keeps_the_password() {
    let Some(mut postbox) = Postbox::open().await else { return };
    let (office, identity) = office_with(postbox.mailer()).await;
    let other = office.dealership("Second Motors").await;
    office.person_at(other, "nina@test.example", Role::Salesperson).await;
    office.person("ada@test.example", Role::Admin).await;
    let (admin, _) = office.signed_in("ada@test.example").await;
    let body = json!({ "email": "nina@test.example", "first_name": "", "last_name": "", "role": "bdc" });
    office.world.ask(&admin, Request::post("/api/v1/users"), Some(body)).await;
    mail::drain(&office.world.store, &identity.mailer).await.unwrap();
    let path = link(&postbox.next().await);
    let mut browser = office.browser("203.0.113.5");
    assert!(!browser.get(&path).await.says("New password"));
    let page = open(&mut browser, &path, "").await;
    assert!(
        page.says("You accepted the invitation") && !browser.is_in().await,
        "a link opens no account that has a password"
    );
    browser.enter("nina@test.example").await;
    let page = browser.get("/console/choose").await;
    assert!(page.says("Second Motors") && page.says("Test Motors"), "{}", page.text);
}

#[tokio::test]
async fn a_forgotten_password_is_reset_once_within_half_an_hour_and_ends_everything_else() {
    let Some(mut postbox) = Postbox::open().await else { return };
    let (office, identity) = office_with(postbox.mailer()).await;
    office.person("dana@test.example", Role::SalesManager).await;
    let mut thief = office.browser("198.51.100.1");
    thief.enter("dana@test.example").await;
    let (token, refresh) = office.signed_in("dana@test.example").await;
    let mut browser = office.browser("203.0.113.5");
    let ask = async || {
        office.browser("203.0.113.5").post("/console/forgot", &[("email", "dana@test.example")]).await;
        mail::drain(&office.world.store, &identity.mailer).await.unwrap()
    };
    assert_eq!(ask().await, 1);
    let late = link(&postbox.next().await);
    office.world.clock.advance(SignedDuration::from_mins(30));
    assert_eq!(open(&mut browser, &late, "seven purple tractors").await.status, StatusCode::GONE);
    assert_eq!(ask().await, 1);
    let path = link(&postbox.next().await);
    let both = {
        let (mut one, mut two) = (office.browser("203.0.113.5"), office.browser("203.0.113.6"));
        let (one, two) = tokio::join!(
            open(&mut one, &path, "seven purple tractors"),
            open(&mut two, &path, "eleven orange wagons"),
        );
        [one.status, two.status]
    };
    assert!(both.contains(&StatusCode::SEE_OTHER) && both.contains(&StatusCode::GONE), "{both:?}");
    assert!(!thief.is_in().await);
    thief.keep_device_only();
    assert_eq!(thief.sign_in("dana@test.example", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(office.status(&token, "/api/v1/me").await, StatusCode::UNAUTHORIZED);
    let body = json!({ "refresh_token": refresh });
    assert_eq!(office.post_json("203.0.113.7", "/api/v1/auth/refresh", &body).await.status, StatusCode::UNAUTHORIZED);
    mail::drain(&office.world.store, &identity.mailer).await.unwrap();
    assert_eq!(postbox.next().await["subject"], "Your password was changed");
    // Nobody's mailbox is filled by who asks on and on.
    let mut sent = 0;
    for _ in 0..20 {
        sent += ask().await;
    }
    assert!(sent <= 3, "{sent}");
}

#[tokio::test]
async fn mail_that_is_put_off_is_tried_again_and_mail_that_is_refused_is_not() {
    let Some(mut postbox) = Postbox::open().await else { return };
    let (office, identity) = office_with(postbox.mailer()).await;
    let store = &office.world.store;
    let user = office.person("dana@test.example", Role::SalesManager).await;
    for recipient in ["later-dana@test.example", "gone-dana@test.example"] {
        let email = recipient.parse().unwrap();
        let mail: NewMail = letters::password_changed(&letters::Reader { email: &email, first_name: "Dana" });
        identity.notify(store, user, &mail).await.unwrap();
    }
    assert_eq!(mail::drain(store, &identity.mailer).await.unwrap(), 2);
    assert_eq!(mail::drain(store, &identity.mailer).await.unwrap(), 0, "not before its time");
    office.world.clock.advance(SignedDuration::from_secs(16));
    assert_eq!(mail::drain(store, &identity.mailer).await.unwrap(), 1);
    assert_eq!(postbox.next().await["to"], json!(["later-dana@test.example"]));
    let mails = store.load_mails(5).await.unwrap();
    let of = |part: &str| mails.iter().find(|mail| mail.recipient.starts_with(part)).unwrap();
    assert!(of("later-").sent_at.is_some() && of("later-").attempts == 2);
    assert!(of("gone-").given_up_at.is_some() && of("gone-").attempts == 1);
    let codes =
        office.world.texts("select outcome || ' ' || coalesce(code, '') from system_mail_attempts order by 1").await;
    assert_eq!(codes, ["failed 451", "refused 550", "sent "]);
    // What nobody could send for a week is given up, and what it said is forgotten.
    let email = "dana@test.example".parse().unwrap();
    let mail = letters::password_changed(&letters::Reader { email: &email, first_name: "Dana" });
    identity.notify(store, user, &mail).await.unwrap();
    office.world.clock.advance(SignedDuration::from_hours(8 * 24));
    store.give_up_stale_mail().await.unwrap();
    let stale = &store.load_mails(1).await.unwrap()[0];
    assert!(stale.given_up_at.is_some() && store.find_mail(stale.id).await.unwrap().is_none());
}

#[tokio::test]
async fn without_a_mail_server_production_invites_nobody_and_a_demo_keeps_the_mail_for_its_operator() {
    let (office, _) = office_with(Mailer::Missing).await;
    office.person("ada@test.example", Role::Admin).await;
    let (admin, _) = office.signed_in("ada@test.example").await;
    let body = json!({ "email": "nina@test.example", "first_name": "Nina", "last_name": "", "role": "bdc" });
    let answer = office.world.ask(&admin, Request::post("/api/v1/users"), Some(body.clone())).await;
    assert_eq!((answer.status, answer.body["code"].as_str()), (StatusCode::CONFLICT, Some("no_mail")));
    assert!(answer.body["detail"].as_str().unwrap().contains("FORECOURT_SMTP_URL"));
    assert!(office.browser("203.0.113.5").get("/console/forgot").await.says("This server sends no mail"));

    let (office, identity) = office_with(Mailer::Kept).await;
    office.person("ada@test.example", Role::Admin).await;
    let (admin, _) = office.signed_in("ada@test.example").await;
    let answer = office.world.ask(&admin, Request::post("/api/v1/users"), Some(body)).await;
    assert_eq!((answer.status, &answer.body["mail_is_sent"]), (StatusCode::OK, &json!(false)));
    assert!(!identity.mailer.sends());
    let kept = office.world.store.load_mails(5).await.unwrap();
    let mail = office.world.store.find_mail(kept[0].id).await.unwrap().unwrap();
    assert!(mail.text.contains("https://forecourt.example/console/password?token="), "{}", mail.text);
    assert!(office.browser("203.0.113.5").get("/console/forgot").await.says("mail list"));
}

#[tokio::test]
async fn an_invitation_is_taken_back_and_opens_nothing_then() {
    let office = office().await;
    office.person("ada@test.example", Role::Admin).await;
    let (admin, _) = office.signed_in("ada@test.example").await;
    let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
    let nina = tx.find_or_insert_user(&"nina@test.example".parse().unwrap(), "Nina", "").await.unwrap();
    let dealership = office.world.scope.dealership_id();
    let purpose = Purpose::Invitation { dealership, role: Role::Bdc, department: None };
    let (id, text) = tx.insert_link(nina, purpose, None).await.unwrap();
    tx.commit().await.unwrap();
    let path = format!("/api/v1/invitations/{id}");
    for status in [StatusCode::NO_CONTENT, StatusCode::NOT_FOUND] {
        assert_eq!(office.world.ask(&admin, Request::delete(&path), None).await.status, status);
    }
    let mut browser = office.browser("203.0.113.5");
    let page =
        browser.post("/console/password", &[("token", crate::office::exposed(&text)), ("password", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::GONE);
}

/// Invites Nina as an admin; the text of the link.
async fn nina_invited(office: &Office, by: Option<UserId>) -> (UserId, String) {
    let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
    let nina = tx.find_or_insert_user(&"nina@test.example".parse().unwrap(), "Nina", "").await.unwrap();
    let dealership = office.world.scope.dealership_id();
    let purpose = Purpose::Invitation { dealership, role: Role::Admin, department: None };
    let (_, text) = tx.insert_link(nina, purpose, by).await.unwrap();
    tx.commit().await.unwrap();
    (nina, crate::office::exposed(&text).to_owned())
}

async fn accepted(office: &Office, token: &str) -> StatusCode {
    let fields = [("token", token), ("password", "ninety velvet tractors")];
    office.browser("203.0.113.5").post("/console/password", &fields).await.status
}

#[tokio::test]
async fn an_invitation_is_worth_what_its_inviter_may_give_today() {
    for (what, status) in [
        ("nothing", StatusCode::SEE_OTHER),
        ("disabled", StatusCode::GONE),
        ("demoted", StatusCode::GONE),
        ("gone", StatusCode::GONE),
    ] {
        let office = office().await;
        let ada = office.person("ada@test.example", Role::Admin).await;
        let bea = office.person("bea@test.example", Role::Admin).await;
        let (nina, token) = nina_invited(&office, Some(ada)).await;
        let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
        let change = match what {
            "demoted" => PersonChange { role: Some(Role::GeneralManager), ..PersonChange::default() },
            "gone" => PersonChange { ends: true, ..PersonChange::default() },
            _ => PersonChange::default(),
        };
        tx.change_person(ada, change, bea).await.unwrap();
        tx.disable(ada, what == "disabled", AuditActor::System).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(accepted(&office, &token).await, status, "{what}");
        let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
        assert_eq!(tx.find_role(nina).await.unwrap().is_some(), status == StatusCode::SEE_OTHER, "{what}");
    }
}

#[tokio::test]
async fn an_invitation_from_before_somebody_began_or_ended_raises_nobody() {
    let office = office().await;
    let ada = office.person("ada@test.example", Role::Admin).await;
    let (nina, token) = nina_invited(&office, Some(ada)).await;
    let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
    let role = Role::Viewer;
    let begins = NewAssignment { user_id: nina, role, department_id: None, alert_phone: None, alert_email: None };
    tx.insert_assignment(&begins).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(accepted(&office, &token).await, StatusCode::GONE);
    // Nor one that was made while they worked here, after the end.
    let (_, token) = nina_invited(&office, Some(ada)).await;
    assert_eq!(accepted(&office, &token).await, StatusCode::GONE);
    let mut tx = office.world.store.begin(office.world.scope).await.unwrap();
    let ends = PersonChange { ends: true, ..PersonChange::default() };
    tx.change_person(nina, ends, ada).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(accepted(&office, &token).await, StatusCode::GONE);
}
