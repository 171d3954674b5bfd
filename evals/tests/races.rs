//! Everybody cuts in at any moment, on two servers: nothing leaves after the cut, and nothing happens twice.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::path::PathBuf;

use forecourt_evals::races::{RacesArgs, run};

#[tokio::test]
async fn nothing_leaves_after_a_cut_whoever_cuts_is_told_what_was_leaving_and_nothing_runs_twice() {
    let args = RacesArgs { interleavings: 96, seed: None };
    let report = run(&args, PathBuf::from(env!("CARGO_BIN_EXE_dealer-bench")), &mut |_| {}).await.unwrap();
    assert!(report.holds(), "{report}");
    assert!(report.findings.attempts > 0 && report.findings.cuts > 0 && report.findings.executed > 0, "{report}");
}
