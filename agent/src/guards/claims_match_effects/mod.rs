//! The guard of claims: what a draft says was done was committed, and what it says is so is in evidence.

use forecourt_domain::evidence::{EffectKind, Fact, SourceKind};

use self::{
    appointments::{appointments, elsewhere, unproven_booking},
    claims::{Asserted, Claim, Voice, asserted},
};
use super::{Finding, GuardContext, GuardName, draft::Draft};

mod appointments;
pub(super) mod claims;
mod english;
mod french;
mod named_vehicles;
mod spanish;
mod vehicles;

/// All claims of the draft that neither an effect nor evidence bears out; each word is named once.
pub(super) fn check(draft: &Draft, context: &GuardContext) -> Vec<Finding> {
    let mut findings: Vec<(Asserted, Finding)> = Vec::new();
    for said in asserted(draft) {
        let overlaps = findings.iter().any(|(other, _)| other.claim == said.claim && other.sentence == said.sentence);
        if let Some(reason) = unproven(draft, context, &said).filter(|_| !overlaps) {
            let excerpt = draft.quoted(said.span.clone()).to_owned();
            let reason = format!("{excerpt:?}: {reason}");
            findings.push((said, Finding { guard: GuardName::ClaimsMatchEffects, excerpt, reason }));
        }
    }
    let claims = findings.into_iter().map(|(_, finding)| finding);
    claims.chain(named_vehicles::check(draft, context)).collect()
}

/// Whether the draft says that a person was asked or will come back to the customer.
pub(super) fn speaks_of_a_person(draft: &Draft) -> bool {
    let speaks = |said: &Asserted| match said.claim {
        Claim::HandedOff => true,
        Claim::Sent => is_about_the_team(draft, said),
        _ => false,
    };
    asserted(draft).iter().any(speaks)
}

fn unproven(draft: &Draft, context: &GuardContext, said: &Asserted) -> Option<&'static str> {
    let done = |kinds: &[EffectKind]| context.effects.iter().any(|effect| kinds.contains(&effect.kind));
    // A handoff tells a person and changes no record.
    let changed = || context.effects.iter().any(|effect| effect.kind != EffectKind::HandedOff);
    let handed_off = || done(&[EffectKind::HandedOff]) || has_source(draft, SourceKind::Handoff);
    match said.claim {
        Claim::Acted => {
            // "You're all set" may speak of an appointment made before; "I've done" speaks of now.
            let stands = said.voice == Voice::State && appointments(draft, context).iter().any(|one| one.open);
            let unproven = said.beyond_tools || !(changed() || stands);
            unproven.then_some("no tool did this in this turn; call the tool that does it first, or do not say so")
        }
        Claim::Booked => unproven_booking(draft, context, said),
        Claim::Rescheduled if done(&[EffectKind::AppointmentRescheduled]) => elsewhere(draft, context, said, false),
        Claim::Rescheduled => Some("no appointment was moved in this turn; call reschedule_appointment first, or offer to move it"),
        Claim::Cancelled => {
            let cancelled = done(&[EffectKind::AppointmentCancelled]) || appointments(draft, context).iter().any(|one| !one.open);
            (!cancelled).then_some("no appointment was cancelled; call cancel_appointment first, or ask whether to cancel it")
        }
        Claim::ProfileUpdated => (!done(&[EffectKind::ProfileUpdated]))
            .then_some("the customer's profile was not changed in this turn; call update_customer_profile first, or do not say so"),
        Claim::Recorded => {
            (!changed()).then_some("nothing was saved in this turn; call update_lead or update_customer_profile first, or do not say so")
        }
        Claim::Sent if is_about_the_team(draft, said) && handed_off() => None,
        Claim::Sent => Some("nothing can be sent besides this very message; say here what you want to say and promise no other message"),
        Claim::HandedOff => (!handed_off()).then_some(
            "nobody was told: call escalate_to_human before you say that a person knows or will contact them, or offer it as a question",
        ),
        Claim::Consulted => Some("you cannot talk with people; say what the tools returned, or call escalate_to_human"),
        Claim::Approved => Some("you can approve nothing and no tool reports an approval; say that a person decides"),
        Claim::Held if is_about_a_time(draft, said) => unproven_booking(draft, context, said),
        Claim::Held => Some("vehicles cannot be held or reserved; say so, or offer an appointment"),
        Claim::Erased => Some("you can delete nothing; say that a person handles such a request, and call escalate_to_human"),
        Claim::NeverCloses => (!is_published_as_always_open(draft))
            .then_some("no opening hours say that the dealership is open day and night; say the hours that the tools return"),
        Claim::InStock | Claim::Sold | Claim::NotAvailable => vehicles::unproven(draft, said),
    }
}

/// Whether the dealership itself says so in its own answers.
fn is_published_as_always_open(draft: &Draft) -> bool {
    const ALWAYS: &[&str] = &["24/7", "24 hours", "around the clock", "24 horas", "24 h", "jour et nuit"];
    draft.grounds.ours.iter().any(|evidence| match &evidence.fact {
        Fact::Text(text) if evidence.source.kind != SourceKind::Vehicle => {
            let text = text.to_lowercase();
            ALWAYS.iter().any(|words| text.contains(words))
        }
        _ => false,
    })
}

fn has_source(draft: &Draft, kind: SourceKind) -> bool {
    draft.grounds.ours.iter().any(|evidence| evidence.source.kind == kind)
}

/// "I've sent your request to our team" is a handoff; "I've sent you a link" is not.
fn is_about_the_team(draft: &Draft, said: &Asserted) -> bool {
    const TEAM: &[&str] = &[
        " to our ",
        " to the ",
        " to a ",
        " to my ",
        " team",
        " your request",
        " your offer",
        " equipo",
        " gerente",
        " compañero",
        " su solicitud",
        " su pregunta",
        " équipe",
        " responsable",
        " collègue",
        " votre demande",
        " votre question",
        " service ",
    ];
    let sentence = draft.words(draft.sentences[said.sentence].range.clone()).to_lowercase();
    TEAM.iter().any(|words| sentence.contains(words))
        && !["sent you ", "le envié", "te envié", "vous ai envoy"].iter().any(|words| sentence.contains(words))
}

/// "I reserved the 3 PM slot": kept is a time, not a vehicle.
fn is_about_a_time(draft: &Draft, said: &Asserted) -> bool {
    const TIMES: &[&str] = &[
        "slot",
        "spot",
        "time",
        "appointment",
        "test drive",
        "visit",
        "cita",
        "prueba",
        "hora",
        "espacio",
        "rendez-vous",
        "essai",
        "créneau",
        "heure",
    ];
    let range = &draft.sentences[said.sentence].range;
    let sentence = draft.words(range.clone()).to_lowercase();
    TIMES.iter().any(|word| sentence.contains(word)) && draft.mentions_in(range).next().is_none()
}
