//! The first minutes of somebody who tries Forecourt: an empty folder, a demo, a question, an answer.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{
    io::Write,
    net::{SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::Arc,
};

use forecourt_crm_store::{
    Store,
    connect::{self, PoolSize},
    embedded::EmbeddedPostgres,
    keys::Keys,
};
use forecourt_domain::{
    clock::{Clock, SystemClock},
    scope::Scope,
};
use jiff::{ToSpan, Zoned, tz::TimeZone};
use secrecy::SecretString;
use tempfile::TempDir;

fn forecourt(folder: &Path, args: &[&str], input: &str) -> Output {
    // Nobody serves there, so that the command starts its own server.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = output_of(folder, free, args, input);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn output_of(folder: &Path, listen: SocketAddr, args: &[&str], input: &str) -> Output {
    let mut child = start(folder, listen, args);
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// Starts a command over an embedded database, with no settings but these.
fn start(folder: &Path, listen: SocketAddr, args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forecourt"));
    for name in ["DATABASE_URL", "DATABASE_OWNER_URL", "FORECOURT_SECRET_KEY", "FORECOURT_CONFIG", "FORECOURT_MODEL"] {
        command.env_remove(name);
    }
    for name in ["FORECOURT_PUBLIC_URL", "OPENAI_API_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "RUST_LOG"] {
        command.env_remove(name);
    }
    command
        .args(args)
        .env("FORECOURT_DATA", folder)
        .env("FORECOURT_LISTEN", listen.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A folder that the user of the database can enter, too, when this is root.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    folder
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The asking prices of used CX-5s under $30,000, as they are written.
fn prices() -> Vec<String> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/vehicles.csv");
    csv::Reader::from_path(file)
        .unwrap()
        .deserialize::<std::collections::HashMap<String, String>>()
        .map(Result::unwrap)
        .filter(|row| row["model"] == "CX-5" && row["condition"] != "new")
        .map(|row| row["price_cents"].parse::<u64>().unwrap() / 100)
        .filter(|price| *price < 30_000)
        .map(|price| format!("${},{:03}", price / 1000, price % 1000))
        .collect()
}

#[test]
fn an_empty_folder_becomes_a_demo_that_answers_with_a_price_of_its_own_stock() {
    let folder = folder();
    let data = folder.path().join("data");

    let loaded = forecourt(&data, &["demo", "--load-only"], "");
    assert!(said(&loaded).contains("tokens.txt"), "{}", said(&loaded));

    let chat = forecourt(&data, &["chat"], "any used CX-5 under 30k?\n");
    let conversation = said(&chat);
    let answer = conversation.strip_prefix("You: any used CX-5 under 30k?\n").unwrap();
    assert!(answer.contains("[simulated, not sent]"), "{conversation}");
    assert!(answer.contains("Northgate Motors"), "the first text names the dealership: {conversation}");
    assert!(prices().iter().any(|price| answer.contains(price)), "{conversation}");

    let why = said(&forecourt(&data, &["why", "last"], ""));
    assert!(why.contains("search_inventory") && why.contains("rests on vehicle:"), "{why}");
    assert!(!data.join("data/postmaster.pid").exists(), "the database goes on running");

    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nonsense = output_of(&data, free, &["why", "nonsense"], "");
    assert!(!nonsense.status.success());
    assert!(!data.join("data/postmaster.pid").exists(), "a command that failed leaves the database running");
}

/// Three in the afternoon of a day of this week on which the demo's dealership keeps its usual hours.
fn an_ordinary_afternoon() -> Zoned {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/holidays.csv");
    let holidays = std::fs::read_to_string(file).unwrap();
    let today = SystemClock::default().now().to_zoned(TimeZone::get("America/Denver").unwrap());
    let days = (2..6).map(|days| today.checked_add(days.days()).unwrap());
    let ordinary = days.into_iter().find(|day| !holidays.contains(&day.date().to_string())).unwrap();
    ordinary.with().hour(15).minute(0).second(0).subsec_nanosecond(0).build().unwrap()
}

const PHONE: &str = "+13035550177";

#[tokio::test]
async fn five_lines_end_with_an_appointment_and_every_answer_has_its_reasons() {
    let folder = folder();
    let data = folder.path().join("data");
    let visit = an_ordinary_afternoon();
    let lines = format!(
        "any used CX-5 under 30k?\nwhat is the cheapest one?\nwhat are your hours on Monday?\n\
         can I see it on {} at 3pm?\nthanks, what is your address?\n",
        visit.strftime("%A")
    );
    let said = said(&forecourt(&data, &["chat", "--from", PHONE], &lines));
    let answers: Vec<&str> = said.split("You: ").skip(1).map(|part| part.split_once('\n').unwrap().1).collect();
    assert_eq!(answers.len(), 5, "{said}");
    let prices = prices();
    for answer in &answers[..2] {
        assert!(prices.iter().any(|price| answer.contains(price)), "{said}");
        let grounded = answer.split_whitespace().filter(|word| word.starts_with('$'));
        assert!(
            grounded.into_iter().all(|word| prices.contains(&word.trim_end_matches(['.', ',']).to_owned())),
            "{said}"
        );
    }
    assert!(answers[2].contains("9:00 AM"), "{said}");
    assert!(answers[3].contains("booked") && answers[3].contains("3:00 PM"), "{said}");
    assert!(answers[4].contains("Bluestem Ridge Parkway"), "{said}");

    let database = EmbeddedPostgres::start(&data, &mut |_| {}).await.unwrap();
    let (starts, replies) = booked_and_said(&data, &database).await;
    assert_eq!(starts, [visit.timestamp()], "{said}");
    assert_eq!(replies.len(), 5);
    for (id, tool) in replies.iter().zip([
        "search_inventory",
        "rests on vehicle:",
        "get_dealership_info",
        "book_appointment",
        "get_dealership_info",
    ]) {
        let why = self::said(&forecourt(&data, &["why", id], ""));
        for part in [tool, "send_reply: allow", "all passed", "simulated"] {
            assert!(why.contains(part), "{part} is missing in:\n{why}");
        }
    }
    database.stop().await.unwrap();
}

/// When the customer is expected, and the ids of the answers they got.
async fn booked_and_said(data: &Path, database: &EmbeddedPostgres) -> (Vec<jiff::Timestamp>, Vec<String>) {
    let pool = connect::open_app(&SecretString::from(database.app_url()), PoolSize(2)).await.unwrap();
    let key = std::fs::read_to_string(data.join("secret.key")).unwrap();
    let keys = Keys::derive(&SecretString::from(key.trim().to_owned())).unwrap();
    let store = Store::new(pool, keys, Arc::new(SystemClock::default()));
    let scope = Scope::of(store.load_dealerships().await.unwrap()[0].id);
    let mut tx = store.begin(scope).await.unwrap();
    let id = tx.find_conversation_by_phone(PHONE).await.unwrap().unwrap();
    let party = tx.lock_conversation(id).await.unwrap().unwrap();
    let now = tx.now();
    let appointments = tx.load_open_appointments(party.party_id, party.customer_id, now).await.unwrap();
    let thread = tx.load_thread(id, 50).await.unwrap();
    drop(tx);
    store.close().await;
    let replies = thread.into_iter().filter(|message| message.author.as_str() == "assistant");
    (
        appointments.iter().map(|visit| visit.starts_at).collect(),
        replies.map(|message| message.id.to_string()).collect(),
    )
}
