//! The first minutes of somebody who tries Forecourt: an empty folder, a demo, a question, an answer.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::{
    io::Write,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
};

fn forecourt(folder: &Path, args: &[&str], input: &str) -> Output {
    // Nobody serves there, so that the command starts its own server.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_forecourt"));
    for name in ["DATABASE_URL", "DATABASE_OWNER_URL", "FORECOURT_SECRET_KEY", "FORECOURT_CONFIG", "FORECOURT_MODEL"] {
        command.env_remove(name);
    }
    for name in ["FORECOURT_PUBLIC_URL", "OPENAI_API_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "RUST_LOG"] {
        command.env_remove(name);
    }
    let mut child = command
        .args(args)
        .env("FORECOURT_DATA", folder)
        .env("FORECOURT_LISTEN", free.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
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
    let folder = tempfile::tempdir().unwrap();
    // As root the database runs as another user, who must be able to enter.
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
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
}
