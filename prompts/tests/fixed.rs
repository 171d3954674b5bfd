//! The sentences that the system sends by itself.

use std::fmt::Write;

use forecourt_domain::language::Language;
use forecourt_prompts::{FixedContext, FixedText};

fn everything(context: &FixedContext) -> Vec<(FixedText, Language, String)> {
    let pairs = FixedText::ALL.into_iter().flat_map(|text| Language::ALL.iter().map(move |language| (text, *language)));
    pairs.map(|(text, language)| (text, language, text.render(language, context))).collect()
}

#[test]
fn every_sentence_reads_well_in_every_language() {
    let mut all = String::new();
    for (text, language, rendered) in everything(&FixedContext::sample()) {
        let _ = writeln!(all, "{text:?} {language}: {rendered}");
    }
    insta::assert_snapshot!(all);
}

#[test]
fn every_sentence_says_who_writes_and_stays_a_short_single_line() {
    let long = "Very\nLong ".repeat(40);
    let hostile = FixedContext {
        assistant_name: long.clone(),
        dealership_name: format!("Northgate Motors {long}"),
        dealership_phone: Some(long),
    };
    for context in [FixedContext::sample(), hostile] {
        for (text, language, rendered) in everything(&context) {
            assert!(rendered.contains("Northgate Motors"), "{text:?} {language}: {rendered}");
            assert_eq!(rendered.lines().count(), 1, "{text:?} {language}: {rendered}");
            assert!(rendered.chars().count() <= 320, "{text:?} {language}: {rendered}");
        }
    }
}

#[test]
fn help_names_the_phone_where_there_is_one_and_always_how_to_stop() {
    let without = FixedContext { dealership_phone: None, ..FixedContext::sample() };
    for language in Language::ALL {
        let help = FixedText::Help.render(*language, &FixedContext::sample());
        assert!(help.contains("(720) 555-0100") && help.contains("STOP"), "{help}");
        let help = FixedText::Help.render(*language, &without);
        assert!(!help.contains("  ") && help.contains("STOP"), "{help}");
    }
}

#[test]
fn the_word_that_undoes_each_confirmation_is_in_it() {
    for language in Language::ALL {
        assert!(FixedText::StopConfirmation.render(*language, &FixedContext::sample()).contains("START"));
        assert!(FixedText::StartConfirmation.render(*language, &FixedContext::sample()).contains("STOP"));
    }
}
