//! A customer who never stops writing still gets an answer in time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

use forecourt_crm_store::testing::TestDatabase;
use forecourt_evals::stream::{StreamArgs, run};

#[tokio::test]
async fn a_text_every_two_seconds_for_a_minute_is_first_answered_within_fifteen() {
    let database = TestDatabase::create().await;
    let args = StreamArgs { texts: 31, every_s: 2.0, model_s: 1.5, real: false };
    let report = run(args, database.app.clone()).await.unwrap();
    assert_eq!(report.texts, 31, "{report}");
    assert!(report.first_answer_s <= 15.0, "{report}");
    // The quiet time alone would never come: without the longest wait the first answer is after the last text.
    assert!(report.first_answer_s >= 10.0, "{report}");
    assert!(report.unanswered_at_end == 0, "{report}");
}
