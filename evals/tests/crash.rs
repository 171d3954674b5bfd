//! Two real server processes, killed with -9 at random moments, and the same webhook at both of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use forecourt_evals::{
    crash::{self, CrashArgs, site::Site},
    customer_phone::{Text, customer_number},
};

fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_dealer-bench"))
}

#[tokio::test]
async fn kill_9_at_random_moments_loses_nothing_and_does_nothing_twice() {
    let seed = std::env::var("CRASH_SEED").ok().map(|seed| seed.parse().unwrap());
    let args = CrashArgs { turns: 50, kills: 12, seed };
    let report = crash::run(&args, program(), &mut |line| println!("{line}")).await.unwrap();
    println!("{report}");
    assert!(report.holds(), "repeat with CRASH_SEED={}:\n{report}", report.seed);
    // Without these the run has shown nothing.
    assert!(report.findings.model_calls > 150, "no turn was killed: {report}");
    assert_eq!((report.findings.accepted, report.findings.appointments), (50, 50), "{report}");
}

#[tokio::test]
async fn the_same_webhook_ten_times_at_two_processes_is_one_message_one_turn_and_one_answer() {
    let site = Site::open(program()).await.unwrap();
    let (one, two) = tokio::try_join!(site.start_server(), site.start_server()).unwrap();
    let text = Text::new(&customer_number(1), "Hi there");
    let servers = [&one.url, &two.url].into_iter().cycle().take(10);
    let answers = futures::future::join_all(servers.map(|server| site.carrier.deliver_to(server, &text))).await;
    assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|status| *status == 200)), "{answers:?}");

    let deadline = Instant::now() + Duration::from_secs(30);
    while counts(&site).await != [1, 1, 1, 1, 1] {
        assert!(Instant::now() < deadline, "messages, turns, outbox, sent, queues empty: {:?}", counts(&site).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // A redelivery much later changes nothing either.
    assert_eq!(site.carrier.deliver_to(&two.url, &text).await.unwrap(), 200);
    assert_eq!(counts(&site).await, [1, 1, 1, 1, 1]);
    assert_eq!(site.twilio.taken().len(), 1);
}

/// Inbound messages, turns, messages to send, those of them sent, and 1 when the queues are empty.
async fn counts(site: &Site) -> [i64; 5] {
    let mut tx = site.database.app.begin().await.unwrap();
    sqlx::query("select set_config('app.dealership_id', $1, true)")
        .bind(site.dealership.scope.dealership_id().to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
    let row: (i64, i64, i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from messages where direction = 'inbound'), (select count(*) from turns),
             (select count(*) from outbox), (select count(*) from outbox where status = 'sent'),
             (select count(*) from (select from turn_queue union all select from outbox_queue) as waiting)",
    )
    .fetch_one(&mut *tx)
    .await
    .unwrap();
    [row.0, row.1, row.2, row.3, i64::from(row.4 == 0)]
}
