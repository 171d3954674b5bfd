//! What each class of evidence may carry: a price of each class, said as ours and given back as theirs.

use forecourt_domain::{
    evidence::{EvidenceClass, Fact, SourceKind},
    money::Money,
};

use super::{evidence_sets::Recorder, *};

fn passes(class: Option<EvidenceClass>, said: &[String], text: &str) -> bool {
    let zone = "America/Denver".parse().unwrap();
    let mut recorder = Recorder::new(&zone);
    if let Some(class) = class {
        for (label, price) in [("stock=U1043", 28_990), ("stock=U1050", 30_990)] {
            let source = recorder.source(SourceKind::Vehicle, label);
            let price = Fact::Money(Money::from_minor(price * 100, Currency::Usd));
            recorder.add(class, &source, "price", price);
        }
    }
    let evidence = recorder.into_evidence();
    without_evidence(|context| {
        check(text, &GuardContext { evidence: &evidence, customer_said: said, ..*context }).is_empty()
    })
}

const AS_OURS: [&str; 3] = ["It costs $28,990.", "Cuesta $28,990.", "Il coûte 28 990 $."];
const AS_THEIRS: [&str; 3] = ["You mentioned $28,990.", "Usted mencionó $28,990.", "Vous avez mentionné 28 990 $."];
const DERIVED: [&str; 3] = [
    "One is $2,000 less than the other.",
    "Una cuesta $2,000 menos que la otra.",
    "L'un coûte 2 000 $ de moins que l'autre.",
];

#[test]
fn what_a_tool_a_fact_or_earlier_evidence_states_may_be_said_as_ours() {
    for class in [EvidenceClass::Tool, EvidenceClass::DealershipFact, EvidenceClass::Fresh] {
        for text in AS_OURS {
            assert!(passes(Some(class), &[], text), "{class}: {text}");
        }
    }
}

#[test]
fn what_the_customer_said_may_only_be_given_back() {
    let said = ["I saw it for $28,990 somewhere".to_owned()];
    for (ours, theirs) in AS_OURS.iter().zip(AS_THEIRS) {
        assert!(passes(None, &said, theirs), "{theirs}");
        assert!(!passes(None, &said, ours), "{ours}");
        assert!(!passes(Some(EvidenceClass::CustomerSaid), &[], ours), "{ours}");
    }
}

#[test]
fn what_is_computed_is_computed_again() {
    for text in DERIVED {
        assert!(passes(Some(EvidenceClass::Tool), &[], text), "{text}");
        let wrong = text.replace("2,000", "2,500").replace("2 000", "2 500");
        assert!(!passes(Some(EvidenceClass::Tool), &[], &wrong), "{wrong}");
    }
}

#[test]
fn without_evidence_nothing_is_said() {
    for text in AS_OURS.iter().chain(&AS_THEIRS).chain(&DERIVED) {
        assert!(!passes(None, &[], text), "{text}");
    }
}
