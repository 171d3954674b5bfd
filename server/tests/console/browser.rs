//! The console in a real browser: serves a small dealership and lets `console/tests/console.mjs` use it.

use std::{path::PathBuf, sync::Arc, time::Duration};

use forecourt_agent::{
    model::{ChatMessage, ModelRequest},
    models::scripted::{Scripted, ScriptedModel, calls, says},
};
use forecourt_crm_store::{outbox::HoldSetting, system::links::Purpose};
use forecourt_domain::{
    action::{Channel, Workflow},
    staff::Role,
};
use forecourt_server::{
    http::{self, AppState},
    identity::{Identity, Mailer, Passwords, passwords::generate, recovery, second_factor},
    supervisor::Supervisor,
    workers,
};
use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tokio::process::Command;

use crate::desk::{Desk, Person, desk_with, person, stranger};

const LIE: &str = "You're booked for Saturday, November 21 at 3:00 PM.";

/// Who wrote what before anybody looked.
const STORY: [(&str, &str, &str); 7] = [
    ("+13035550107", "Walt Hughes", "do you have a shuttle to the light rail?"),
    ("+13035550106", "", "STOP"),
    ("+13035550105", "Rosa Delgado", "can I come tomorrow at 3?"),
    (
        "+13035550104",
        "Sam Whitaker",
        "I am looking for a red CX-50, this week if possible. I would trade in my 2019 CX-5",
    ),
    ("+13035550103", "Mina Park", "a small electric car for my daughter, after Christmas"),
    (
        "+13035550102",
        "Aisha Khan",
        "thank you! <b>see you</b> on Monday https://example.com/a-rather-long-address/that-does-not-break?and=goes&on=for&ever=true",
    ),
    ("+13035550101", "Elena Garcia", "hi, where exactly are you? I am coming from Boulder\nand is there parking?"),
];

/// What the model of this dealership answers.
fn answer(request: &ModelRequest) -> Scripted {
    let asked = request.messages.iter().rev().find_map(|message| match message {
        ChatMessage::User { text } => Some(text.as_str()),
        _ => None,
    });
    let has_looked = matches!(request.messages.last(), Some(ChatMessage::ToolOutput { .. }));
    let looks = |tool: &str, arguments| calls([(tool, arguments)]);
    match asked.unwrap_or_default() {
        text if text.contains("tomorrow at 3") => says(LIE),
        text if text.contains("where exactly") && !has_looked => looks(
            "get_dealership_info",
            json!({ "topics": ["address"], "department": null, "date": null, "question": null }),
        ),
        text if text.contains("where exactly") => says(
            "We are at 1 Test Street, Testville, CO 80000. A colleague can tell you about parking. Would you like to stop by?",
        ),
        text if text.contains("red CX-50") && !has_looked => looks(
            "update_lead",
            json!({ "interest": "a red CX-50", "stock_number": null, "trade_in": "a CX-5 from 2019", "timeframe": "this week", "note": null }),
        ),
        text if text.contains("electric") && !has_looked => looks(
            "update_lead",
            json!({ "interest": "a small electric car for the daughter", "stock_number": null, "trade_in": null,
                "timeframe": "after Christmas", "note": null }),
        ),
        text if text.contains("any questions for me") => says("Which car do you mean?"),
        text if text.contains("thank you") => says("You're welcome, Aisha. See you then!"),
        _ => says("Thank you. A colleague will look at this and come back to you."),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_work_in_a_browser_without_one_complaint() {
    let Some(tools) = Tools::find() else { return };
    let desk = desk_with(ScriptedModel::function(answer)).await;
    tell(&desk).await;
    hold(&desk).await;
    let supervisor = Supervisor::default();
    let base_url = serve(&desk, &supervisor).await;
    let stranger = stranger(&desk.world).await;
    let password = generate();
    for person in [&desk.manager, &desk.salesperson, &stranger] {
        give_password(&desk, person, &password).await;
    }
    let otto = person(&desk.world, desk.world.scope, "otto@test.example", "Otto", Role::Bdc).await;
    give_password(&desk, &otto, &password).await;
    let codes = give_second_factor(&desk, &otto).await;
    let links = links_for(&desk, &desk.onlooker).await;
    let conversation = desk.conversation_of("Elena Garcia").await;
    let output = Command::new("node")
        .arg(tools.folder.join("console.mjs"))
        .env("BASE_URL", base_url)
        .env("PASSWORD", password.expose_secret())
        .env("CODES", codes.join(" "))
        .env("LINKS", links.join(" "))
        .env("CONVERSATION", format!("/console/conversations/{conversation}"))
        .env("CHROMIUM", &tools.chromium)
        .env("SCREENSHOTS", target().join("screenshots"))
        .output()
        .await
        .unwrap();
    supervisor.stop(Duration::from_secs(5)).await;
    let told = String::from_utf8_lossy(&output.stdout);
    println!("{told}");
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
}

/// Lets somebody sign in with a password.
async fn give_password(desk: &Desk, person: &Person, password: &SecretString) {
    let hash = Passwords::default().hash(password).await.unwrap();
    let mut tx = desk.world.store.begin(desk.world.scope).await.unwrap();
    tx.set_first_password(person.user_id, &hash).await.unwrap();
    tx.commit().await.unwrap();
}

/// Lets somebody be asked for a code, and gives them codes for both widths.
async fn give_second_factor(desk: &Desk, person: &Person) -> Vec<String> {
    let codes: Vec<String> = recovery::new_codes().iter().map(|code| code.expose_secret().to_owned()).collect();
    let kept: Vec<_> = codes.iter().map(|code| recovery::comparable(person.user_id, code)).collect();
    let mut tx = desk.world.store.begin(desk.world.scope).await.unwrap();
    tx.propose_seed(person.user_id, &second_factor::new_seed()).await.unwrap();
    tx.confirm_seed(person.user_id).await.unwrap();
    tx.replace_recovery_codes(person.user_id, &kept).await.unwrap();
    tx.commit().await.unwrap();
    codes[..2].to_vec()
}

/// A link for a new password: it is looked at and not used, so both widths take the same.
async fn links_for(desk: &Desk, person: &Person) -> Vec<String> {
    let mut tx = desk.world.store.begin(desk.world.scope).await.unwrap();
    let (_, text) = tx.insert_link(person.user_id, Purpose::Reset, None).await.unwrap();
    tx.commit().await.unwrap();
    let path = format!("/console/password?token={}", text.expose_secret());
    vec![path.clone(), path]
}

/// What must be on the machine for this test.
struct Tools {
    folder: PathBuf,
    chromium: PathBuf,
}

impl Tools {
    /// Finds them, or says what is missing; then the test is skipped.
    fn find() -> Option<Self> {
        let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../console/tests"));
        let on_path = |names: &[&str]| {
            let folders: Vec<_> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
            names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.exists())
        };
        let chromium = on_path(&["chromium", "chromium-browser", "google-chrome"]);
        let missing = [
            (!has_node_20(), "node 20 or newer"),
            (chromium.is_none(), "chromium"),
            (!folder.join("node_modules/playwright-core").exists(), "npm ci in console/tests"),
        ];
        for (_, what) in missing.iter().filter(|(is_missing, _)| *is_missing) {
            println!("SKIPPED: the browser test of the console needs {what}");
        }
        (!missing.iter().any(|(is_missing, _)| *is_missing))
            .then(|| Self { folder, chromium: chromium.unwrap_or_default() })
    }
}

/// `v20.20.2` or later.
fn has_node_20() -> bool {
    let version = std::process::Command::new("node").arg("--version").output().ok();
    let text = version.map(|version| String::from_utf8_lossy(&version.stdout).into_owned()).unwrap_or_default();
    let major = text.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    major.is_some_and(|major| major >= 20)
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")), PathBuf::from)
}

/// Lets every customer of the story write, and the assistant answer.
async fn tell(desk: &Desk) {
    for (index, (from, name, text)) in STORY.into_iter().enumerate() {
        desk.world.text_from(from, &format!("SM{index}"), text).await;
        if !name.is_empty() {
            desk.name(from, name).await;
        }
        desk.world.drain().await;
        desk.world.clock.advance(SignedDuration::from_mins(7));
    }
}

/// Two customers whose replies wait for a look: one for each width of the browser.
async fn hold(desk: &Desk) {
    let set = async |seconds| {
        let mut tx = desk.world.store.begin(desk.world.scope).await.unwrap();
        let hold = HoldSetting { workflow: Workflow::ConversationReply, channel: Channel::Sms, seconds };
        tx.set_hold(desk.manager.user_id, hold).await.unwrap();
        tx.commit().await.unwrap();
    };
    set(3600).await;
    for (sid, from, name) in [("SM98", "+13035550108", "Priya Nair"), ("SM99", "+13035550109", "Tom Becker")] {
        desk.world.text_from(from, sid, "do you have any questions for me?").await;
        desk.name(from, name).await;
        desk.world.drain().await;
    }
    set(0).await;
}

/// Serves on a free port, with workers and a clock that goes.
async fn serve(desk: &Desk, supervisor: &Supervisor) -> String {
    let world = &desk.world;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let app = http::router(AppState {
        store: world.store.clone(),
        agent: Arc::clone(&world.agent),
        wake: world.wake.clone(),
        public_url: base_url.parse().unwrap(),
        metrics: None,
        live: world.live.clone(),
        identity: Identity::new(Mailer::Kept, &[]),
    });
    supervisor.start(world.live.clone().run(world.store.clone(), supervisor.clone()));
    supervisor.start(workers::turns::run(Arc::clone(&world.agent), world.wake.clone(), supervisor.clone(), 2));
    supervisor.start(workers::outbox::run(world.sender.clone(), world.wake.clone(), supervisor.clone(), 2));
    let (clock, stop) = (Arc::clone(&world.clock), supervisor.clone());
    supervisor.start(async move {
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        while !stop.is_stopping() {
            tick.tick().await;
            clock.advance(SignedDuration::from_millis(100));
        }
    });
    let stop = supervisor.clone();
    supervisor.start(async move {
        let app = app.into_make_service_with_connect_info::<std::net::SocketAddr>();
        axum::serve(listener, app).with_graceful_shutdown(async move { stop.stopped().await }).await.unwrap();
    });
    base_url
}
