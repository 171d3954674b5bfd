//! What depends on what was said before: repetitions, and the first words about a vehicle.

use forecourt_domain::{
    evidence::{CommittedEffect, EffectKind, EvidenceClass, Fact, SourceKind},
    language::Language,
    money::Money,
};
use forecourt_prompts::{FixedContext, FixedText};

use super::{evidence_sets::Recorder, *};

/// The guards that object to `says` after `sent` was said and `asked` was written, where two vehicles
/// are known: a CX-5 at $28,990 and a Tucson at $30,990.
fn objecting(sent: &[&str], before: &[&str], asked: &str, says: &str, total_price_required: bool) -> Vec<GuardName> {
    let zone = "America/Denver".parse().unwrap();
    let mut recorder = Recorder::new(&zone);
    for (stock, make, model, price) in [("U1043", "Mazda", "CX-5", 28_990), ("U1050", "Hyundai", "Tucson", 30_990)] {
        let source = recorder.source(SourceKind::Vehicle, stock);
        for (field, fact) in [
            ("stock_number", Fact::Identifier(stock.to_owned())),
            ("make", Fact::Name(make.to_owned())),
            ("model", Fact::Name(model.to_owned())),
            ("price", Fact::Money(Money::from_minor(price * 100, Currency::Usd))),
            ("in_stock", Fact::InStock(true)),
        ] {
            recorder.add(EvidenceClass::Tool, &source, field, fact);
        }
    }
    let evidence = recorder.into_evidence();
    let sent: Vec<String> = sent.iter().map(|text| (*text).to_owned()).collect();
    let said: Vec<String> = before.iter().chain([&asked]).map(|text| (*text).to_owned()).collect();
    without_evidence(|context| {
        let context = GuardContext {
            evidence: &evidence,
            customer_said: &said,
            asked: &said[before.len()..],
            sent: &sent,
            total_price_required,
            ..*context
        };
        check(says, &context).into_iter().map(|finding| finding.guard).collect()
    })
}

#[test]
fn the_same_words_to_another_question_are_a_repetition() {
    for (sent, before, asked, says) in [
        ("The CX-5 is $28,990.", "price of the cx-5?", "and the tucson?", "The CX-5 is $28,990."),
        ("The CX-5 is $28,990.", "price of the cx-5?", "does it have a sunroof", "Sure, the CX-5 is $28,990!"),
        ("La CX-5 cuesta $28,990.", "cuanto cuesta?", "de que color es?", "La CX-5 cuesta $28,990."),
        ("Le CX-5 coûte 28 990 $.", "combien ?", "de quelle couleur ?", "Le CX-5 coûte 28 990 $."),
        ("What kind of car are you looking for?", "hi", "a red one please", "What kind of car are you looking for?"),
    ] {
        assert_eq!(objecting(&[sent], &[before], asked, says, false), [GuardName::Duplicate], "{asked}");
    }
}

#[test]
fn whoever_asks_again_is_answered_again() {
    for (sent, before, asked) in [
        ("The CX-5 is $28,990.", "price of the cx-5?", "what was the price again?"),
        ("The CX-5 is $28,990.", "price of the cx-5?", "how much for the mazda"),
        ("The CX-5 is $28,990.", "price of the cx-5?", "price of the cx-5"),
        ("The CX-5 is $28,990.", "price of the cx-5?", "??"),
        ("La CX-5 cuesta $28,990.", "precio?", "cuánto cuesta entonces?"),
        ("Le CX-5 coûte 28 990 $.", "prix ?", "c'était combien ?"),
    ] {
        assert_eq!(objecting(&[sent], &[before], asked, sent, false), [], "{asked}");
    }
    assert_eq!(objecting(&["You're welcome!"], &["thanks"], "bye", "You're welcome!", false), []);
    assert_eq!(
        objecting(
            &["The CX-5 is $28,990.", "Sure.", "Anything else?"],
            &["price"],
            "hm",
            "The CX-5 is $28,990.",
            false
        ),
        []
    );
}

#[test]
fn the_first_words_about_a_vehicle_say_its_price_where_the_law_wants_it() {
    for (sent, asked, says) in [
        (vec![], "any suvs?", "We have the Mazda CX-5. Want to see it?"),
        (vec![], "any suvs?", "Two fit: the CX-5 at $28,990 and the Tucson."),
        (vec!["The CX-5 is $28,990."], "and the tucson?", "The Tucson is in stock."),
        (vec![], "tienen la cx-5?", "Sí, tenemos la CX-5."),
        (vec![], "tienen la cx-5?", "Sí, está disponible."),
        (vec![], "le cx-5 est là ?", "Oui, il est disponible."),
        (vec![], "is the cx-5 there?", "Yes, it's in stock."),
        (vec![], "u1043?", "Stock U1043 is in stock."),
    ] {
        assert!(objecting(&sent, &[], asked, says, true).contains(&GuardName::TotalPrice), "{says}");
        assert_eq!(objecting(&sent, &[], asked, says, false), [], "{says}");
    }
}

#[test]
fn once_its_price_was_said_a_vehicle_may_be_spoken_of() {
    for (sent, asked, says) in [
        (vec![], "any suvs?", "We have the Mazda CX-5 for $28,990. Want to see it?"),
        (vec!["The CX-5 is $28,990."], "is it there?", "Yes, the CX-5 is in stock."),
        (vec!["It's $28,990."], "is it there?", "Yes, the CX-5 is in stock."),
        (vec!["La CX-5 cuesta 28,990 $."], "sigue?", "Sí, la CX-5 sigue disponible."),
        (vec!["Le CX-5 est à 28 990 $."], "toujours là ?", "Oui, le CX-5 est disponible."),
        (vec![], "cx-5?", "Which day would you like to come?"),
    ] {
        assert_eq!(objecting(&sent, &[], asked, says, true), [], "{says}");
    }
}

#[test]
fn the_fixed_word_of_a_person_is_a_claim_in_every_language_and_passes_once_one_was_asked() {
    let fixed = FixedContext { dealership_name: "Northgate Motors".to_owned(), ..FixedContext::sample() };
    for language in Language::ALL {
        let text = FixedText::PersonAsked.render(*language, &fixed);
        let subject = Recorder::new(&"America/Denver".parse().unwrap()).source(SourceKind::Handoff, "H-1");
        let effects = [CommittedEffect { kind: EffectKind::HandedOff, subject }];
        without_evidence(|context| {
            assert!(says_a_person_was_asked(&text, context), "{text}");
            assert!(!check(&text, context).is_empty(), "{text}");
            assert_eq!(check(&text, &GuardContext { effects: &effects, ..*context }), [], "{text}");
        });
    }
}
