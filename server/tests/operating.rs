//! What an admin and a manager do on the command line: people, tokens, numbers, approvals, the clock.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod terminal;

use forecourt_crm_store::system::instance::InstanceKind;
use secrecy::SecretString;
use terminal::{ANN, Terminal, WEEK, complained, said};

const BOB: [&str; 5] = ["--user", "bob@bearcreek.example", "Bob Ray", "salesperson", "+17205550123"];

/// A terminal with the dealership Bear Creek Auto, its admin Ann and its salesperson Bob.
async fn with_a_dealership() -> Terminal {
    let terminal = Terminal::new().await;
    let created = terminal.create(&[&WEEK[..], &["--number", "+17205550199"], &BOB, &ANN].concat());
    assert!(created.status.success(), "{}", complained(&created));
    terminal
}

#[tokio::test]
async fn alerts_go_to_the_phone_that_was_named_for_somebody() {
    let terminal = with_a_dealership().await;
    let phones = terminal
        .database
        .texts(terminal.scope().await, "select coalesce(alert_phone, 'none') from assignments order by role")
        .await;
    assert_eq!(phones.unwrap(), ["none", "+17205550123"]);
    let terminal = Terminal::new().await;
    let refused = terminal.create(&[&WEEK[..], &ANN, &["+1"]].concat());
    assert!(!refused.status.success());
    assert!(complained(&refused).contains("--user ann@bearcreek.example: +1"), "{}", complained(&refused));
}

#[tokio::test]
async fn a_token_is_made_listed_and_revoked_and_each_is_logged() {
    let terminal = with_a_dealership().await;
    let create = |role: &str, days: &str| {
        terminal.run(&["token", "create", "--user", "ann@bearcreek.example", "--role", role, "--days", days])
    };
    let refused = create("sales_manager", "30");
    assert!(!refused.status.success());
    assert!(complained(&refused).contains("a token speaks as admin or as viewer"), "{}", complained(&refused));

    let made = create("viewer", "30");
    assert!(made.status.success(), "{}", complained(&made));
    let token = SecretString::from(said(&made).trim().to_owned());
    let store = terminal.store();
    assert!(store.find_token_holder(&token).await.unwrap().is_some());

    let listed = said(&terminal.run(&["token", "list"]));
    let line = listed.lines().find(|line| line.contains(" viewer ")).unwrap();
    assert!(line.contains("ann@bearcreek.example") && line.contains("good until"), "{listed}");
    assert_eq!(listed.lines().count(), 2, "one came with the dealership:\n{listed}");
    let id = line.split_whitespace().next().unwrap();
    let revoked = terminal.run(&["token", "revoke", id]);
    assert!(revoked.status.success(), "{}", complained(&revoked));
    assert!(store.find_token_holder(&token).await.unwrap().is_none());
    assert!(said(&terminal.run(&["token", "list"])).contains("revoked"));
    let again = terminal.run(&["token", "revoke", id]);
    assert!(complained(&again).contains("forecourt token list"), "{}", complained(&again));

    let logged = terminal
        .database
        .texts(terminal.scope().await, "select kind from audit_entries where kind like 'token.%' order by id")
        .await;
    assert_eq!(logged.unwrap(), ["token.created", "token.created", "token.revoked"]);
}

#[tokio::test]
async fn a_twilio_account_is_connected_whole_or_not_at_all() {
    let terminal = with_a_dealership().await;
    let args = ["integration", "add", "twilio", "--account", "AC7", "--number", "+17205550188"];
    let without_token = terminal.run(&args);
    assert!(complained(&without_token).contains("TWILIO_AUTH_TOKEN"), "{}", complained(&without_token));
    let added = terminal.command(&args).env("TWILIO_AUTH_TOKEN", "a secret of Twilio's").output().unwrap();
    let told = said(&added);
    assert!(added.status.success(), "{}", complained(&added));
    let id = told.trim().rsplit('/').next().unwrap().parse().unwrap();
    let scope = terminal.scope().await;
    assert_eq!(terminal.store().find_webhook_scope(id).await.unwrap(), Some(scope), "{told}");
    let logged = "select details ->> 'provider' from audit_entries where kind = 'integration.added' order by id";
    assert_eq!(terminal.database.texts(scope, logged).await.unwrap(), ["simulated", "twilio"]);
    assert!(!told.contains("a secret of Twilio's") && !complained(&added).contains("a secret of Twilio's"));
}

/// The digest in what was listed.
fn digest_in(listed: &str) -> &str {
    listed.split_once("digest ").unwrap().1.split_whitespace().next().unwrap()
}

#[tokio::test]
async fn what_the_assistant_proposed_is_decided_by_who_may() {
    let terminal = Terminal::new().await;
    let vera = ["--user", "vera@bearcreek.example", "Vera Fox", "viewer"];
    let created = terminal.create(&[&WEEK[..], &["--number", "+17205550199"], &BOB, &ANN, &vera].concat());
    assert!(created.status.success(), "{}", complained(&created));
    let nothing = said(&terminal.run(&["approvals"]));
    assert!(nothing.contains("nothing waits"), "{nothing}");
    let chat = terminal.type_into(&["chat"], "I have a 2015 Civic to trade in, 90k miles\n");
    assert!(chat.status.success(), "{}", complained(&chat));
    let listed = said(&terminal.run(&["approvals", "list"]));
    assert!(listed.contains("1. update_lead") && listed.contains("Civic") && listed.contains("digest "), "{listed}");
    let (id, digest) = (listed.split_whitespace().next().unwrap(), digest_in(&listed));
    // As much of the digest as people care to type.
    let approve = |user: &str| terminal.run(&["approvals", "approve", id, "--user", user, "--digest", &digest[..8]]);

    let refused = approve("vera@bearcreek.example");
    assert!(!refused.status.success());
    assert!(complained(&refused).contains("who may: platform_owner, admin"), "{}", complained(&refused));
    let old = ["approvals", "approve", id, "--user", "ann@bearcreek.example", "--digest", "what I saw yesterday"];
    assert!(complained(&terminal.run(&old)).contains("it is not what you were shown"));
    for (unseen, told) in
        [(&old[..5], "--digest <DIGEST>"), (&[&old[..6], &[&digest[..7]]].concat(), "at least its first 8")]
    {
        let refused = terminal.run(unseen);
        assert!(!refused.status.success() && complained(&refused).contains(told), "{}", complained(&refused));
    }
    let nobody = approve("nobody@bearcreek.example");
    assert!(complained(&nobody).contains("there is no user"), "{}", complained(&nobody));
    let wrong = [
        "approvals",
        "edit",
        id,
        "--user",
        "ann@bearcreek.example",
        "--arguments",
        "1={\"interest\":7}",
        "--digest",
        digest,
    ];
    assert!(complained(&terminal.run(&wrong)).contains("item 1 cannot run like that"));
    let done = approve("ann@bearcreek.example");
    assert!(done.status.success() && said(&done).starts_with("done: "), "{}{}", said(&done), complained(&done));
    let again = approve("ann@bearcreek.example");
    assert!(
        complained(&again).contains("does not wait for a decision any more: it is executed"),
        "{}",
        complained(&again)
    );

    let chat = terminal.type_into(&["chat"], "I have a 2012 Focus to trade in, 120k miles\n");
    assert!(chat.status.success(), "{}", complained(&chat));
    let listed = said(&terminal.run(&["approvals"]));
    let (id, digest) = (listed.split_whitespace().next().unwrap(), digest_in(&listed));
    let args = ["approvals", "reject", id, "--user", "ann@bearcreek.example", "--reason", "asked twice"];
    assert_eq!(said(&terminal.run(&[&args[..], &["--digest", digest]].concat())).trim(), "rejected");
    let shown = said(&terminal.run(&["approvals", "show", id]));
    assert!(shown.contains("rejected by Ann") && shown.contains("reason: asked twice"), "{shown}");
    let rejected = said(&terminal.run(&["approvals", "list", "--status", "rejected"]));
    assert!(rejected.contains(id), "{rejected}");
    let settled = "select status || ' ' || coalesce(decision_reason, '-') from proposed_actions order by id";
    let settled = terminal.database.texts(terminal.scope().await, settled).await.unwrap();
    assert_eq!(settled, ["executed -", "rejected asked twice"]);
}

#[tokio::test]
async fn only_a_demo_or_a_test_moves_its_clock() {
    let production = with_a_dealership().await;
    let refused = production.run(&["clock", "advance", "3h"]);
    assert!(!refused.status.success());
    assert!(complained(&refused).contains("only a demo or test instance's clock moves"), "{}", complained(&refused));
    assert_eq!(production.store().clock_offset_ms().await.unwrap(), 0);

    let demo = Terminal::new().await;
    demo.store().declare_instance(InstanceKind::Demo).await.unwrap();
    // With a dealership in it an instance stays what it is.
    demo.store().insert_dealership("Demo Group", "Demo Motors").await.unwrap();
    for (by, hours) in [("3h", 3), ("2d", 51)] {
        let moved = demo.run(&["clock", "advance", by]);
        assert!(said(&moved).contains("ahead"), "{}", complained(&moved));
        assert_eq!(demo.store().clock_offset_ms().await.unwrap(), hours * 3_600_000);
    }
    for (by, expected) in [("0s", "only moves forward"), ("soon", "is no length of time")] {
        let refused = demo.run(&["clock", "advance", by]);
        assert!(complained(&refused).contains(expected), "{by}: {}", complained(&refused));
    }
}
