//! The bench of whole turns is fair: the floor writes what a turn writes, in the commits it names.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

use forecourt_evals::bench::turns::{TurnsArgs, run};

#[tokio::test]
async fn the_floor_inserts_row_for_row_what_a_turn_inserts_and_costs_what_it_says() {
    let args = TurnsArgs { turns: 80, concurrency: 8, rounds: 2 };
    // An unfair run is an error.
    let report = run(args, &mut |_| {}).await.unwrap();
    assert_eq!((report.product.figures.turns, report.floor.figures.turns), (80, 80));
    assert!((report.floor.rows_per_turn - 46.0).abs() < 1e-9, "{report}");
    assert!((report.product.rows_per_turn - 46.0).abs() < 1e-9, "{report}");
    // A turn that comes to need fewer commits than its floor needs a lower floor.
    assert!(report.product.commits_per_turn > 11.0, "{report}");
}
