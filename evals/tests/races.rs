//! Everybody cuts in at any moment, on two servers: nothing leaves after the cut, and nothing happens twice.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::path::PathBuf;

use forecourt_evals::races::{RacesArgs, run};

#[tokio::test]
async fn nothing_leaves_after_a_cut_whoever_cuts_is_told_what_was_leaving_and_nothing_runs_twice() {
    let args = RacesArgs { interleavings: 96, seed: None };
    let report = run(&args, PathBuf::from(env!("CARGO_BIN_EXE_dealer-bench")), &mut |_| {}).await.unwrap();
    assert!(report.holds(), "{report}");
    let findings = &report.findings;
    let counts = [findings.attempts, findings.cuts, findings.in_flight, findings.executed];
    assert!(counts.iter().all(|count| *count > 0), "{report}");
}
