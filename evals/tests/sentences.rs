//! The sentences of customers, most of them written by people who have not read the model's code.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use forecourt_evals::sentences::{Sentence, read, report::score};

fn sentences() -> Vec<Sentence> {
    read(include_str!("../sentences/customer.csv")).unwrap()
}

#[tokio::test]
async fn nine_of_ten_sentences_lead_to_the_right_tool_and_arguments() {
    let sentences = sentences();
    assert_eq!(sentences.len(), 448);
    let report = score(&sentences).await.unwrap();
    println!("{report}");
    assert!(report.percent() >= 90.0, "{report}");
}

/// `a` and `e` are ours; `b`, `c` and `d` were written blind.
#[tokio::test]
async fn nine_of_ten_are_right_whoever_wrote_the_sentences() {
    let sentences = sentences();
    for (set, count) in [("a", 75), ("b", 75), ("c", 90), ("d", 90), ("e", 118)] {
        let of_set: Vec<Sentence> = sentences.iter().filter(|one| one.id.starts_with(set)).cloned().collect();
        assert_eq!(of_set.len(), count, "{set}");
        let report = score(&of_set).await.unwrap();
        println!("{set}: {:.1} %", report.percent());
        assert!(report.percent() >= 90.0, "{set}: {report}");
    }
}

#[tokio::test]
async fn no_sentence_changes_what_nobody_asked_to_change() {
    let report = score(&sentences()).await.unwrap();
    assert_eq!(report.wrong_effects, Vec::<String>::new());
}

#[tokio::test]
async fn no_sentence_is_answered_with_an_invented_fact() {
    let report = score(&sentences()).await.unwrap();
    assert_eq!(report.invented, Vec::<String>::new());
}
