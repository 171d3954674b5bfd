//! What the customer is told of a decision.

use std::fmt::Write;

use forecourt_domain::{appointment::AppointmentKind, language::Language};
use forecourt_prompts::{Asked, OutcomeText, Visit};

fn visit(kind: AppointmentKind, at: &str) -> Visit {
    Visit { kind, at: at.parse().unwrap_or_default() }
}

#[test]
fn every_outcome_is_one_short_line_in_every_language() {
    let mut all = String::new();
    let outcomes = [
        OutcomeText::Booked(visit(AppointmentKind::TestDrive, "2026-11-27T15:00")),
        OutcomeText::Booked(visit(AppointmentKind::Service, "2027-02-01T13:15")),
        OutcomeText::Moved(visit(AppointmentKind::Sales, "2026-12-02T09:30")),
        OutcomeText::Cancelled(visit(AppointmentKind::Other, "2026-08-05T12:00")),
        OutcomeText::Noted,
        OutcomeText::Done,
        OutcomeText::NotConfirmed(Asked::Time),
        OutcomeText::NotConfirmed(Asked::Other),
    ];
    for outcome in outcomes {
        for language in Language::ALL {
            let text = outcome.render(*language);
            assert!(text.chars().count() <= 160 && text.lines().count() == 1, "{text}");
            let _ = writeln!(all, "{language}: {text}");
        }
    }
    insta::assert_snapshot!(all);
}
