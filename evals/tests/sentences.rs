//! The sentences of customers, half of them written by somebody who has not read the model's code.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use forecourt_evals::sentences::{read, report::score};

#[tokio::test]
async fn nine_of_ten_sentences_lead_to_the_right_tool_and_arguments() {
    let sentences = read(include_str!("../sentences/customer.csv")).unwrap();
    assert_eq!(sentences.len(), 150);
    let report = score(&sentences).await.unwrap();
    println!("{report}");
    assert!(report.percent() >= 90.0, "{report}");
}
