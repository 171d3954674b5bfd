//! Questions about the dealership: hours, address, phone, website, and general ones.

use std::ops::Range;

use forecourt_domain::staff::DepartmentKind;
use jiff::civil::Date;

use super::{
    super::{
        calls::{Category, DealershipInfo, Topic},
        cues::dealership as cues,
        language,
        lexicon::Term,
        phrase::{find_any, find_outside, has_any},
    },
    Intent, Scene,
};

/// What is asked about the dealership, as one call.
pub(super) fn intents(scene: &Scene<'_>, others: &[Intent], visit: &[Intent]) -> Vec<Intent> {
    let words = &scene.reading.words;
    let mut topics = Vec::new();
    if asks_hours(scene) {
        topics.push(Topic::Hours);
    }
    let named = [
        (Topic::Address, cues::ADDRESS, cues::NOT_ADDRESS),
        (Topic::Phone, cues::PHONE, cues::NOT_PHONE),
        (Topic::Website, cues::WEBSITE, cues::NOT_WEBSITE),
        (Topic::Departments, cues::DEPARTMENTS, &[]),
    ];
    let asked = named.iter().filter(|(_, cues, not)| find_outside(words, cues, not).is_some());
    topics.extend(asked.map(|(topic, ..)| *topic));
    let department = (!topics.is_empty()).then(|| department(scene)).flatten();
    if topics.contains(&Topic::Phone) && department.is_some() && !topics.contains(&Topic::Departments) {
        topics.push(Topic::Departments);
    }
    let acts = visit.iter().any(|intent| !matches!(intent, Intent::Ask(_)))
        || others.iter().any(|intent| matches!(intent, Intent::HandOff { .. }));
    let beside = || {
        let handed_over = others.iter().any(|intent| matches!(intent, Intent::HandOff { .. }));
        !handed_over && scene.has(cues::FAQ_BESIDE_A_VISIT)
    };
    let faq = topics.is_empty() && is_general_question(scene) && (!acts || beside());
    if faq {
        topics.push(Topic::Faq);
    }
    if topics.is_empty() {
        return Vec::new();
    }
    let date = topics.contains(&Topic::Hours).then(|| hours_date(scene)).flatten();
    let question = faq.then(|| scene.conversation.quoted(300));
    vec![Intent::Dealership(DealershipInfo { topics, department, date, question })]
}

/// Whether opening hours are asked, also by "what about Sunday?" after we told some.
pub(super) fn asks_hours(scene: &Scene<'_>) -> bool {
    hours_cue(scene).is_some() || asks_hours_again(scene)
}

fn hours_cue(scene: &Scene<'_>) -> Option<Range<usize>> {
    find_outside(&scene.reading.words, cues::HOURS, cues::NOT_HOURS)
}

fn asks_hours_again(scene: &Scene<'_>) -> bool {
    let reading = &scene.reading;
    let day_only = reading.moments.iter().any(|moment| moment.date.is_some())
        && reading.moments.iter().all(|moment| moment.clock.is_none());
    let asks = has_any(&reading.words, &["what|how about", "^ and|what|how|on"]) || reading.words.len() <= 3;
    scene.offer.hours && day_only && asks && reading.words.len() <= 7 && !reading.has(super::super::cues::visits::BOOK)
}

/// The date whose hours are asked: the one said nearest after the question for them.
fn hours_date(scene: &Scene<'_>) -> Option<Date> {
    let words = &scene.reading.words;
    let cue = hours_cue(scene).map_or(0, |at| at.start);
    let dated = || scene.reading.moments.iter().filter(|moment| moment.date.is_some());
    // A question for several days gets the week.
    if dated().count() > 1 && !scene.has(super::super::cues::visits::BOOK)
        || has_any(words, &["weekend|weekends|weekdays|week|holidays|days"])
    {
        return None;
    }
    let said = dated().find(|moment| moment.at.end > cue).or_else(|| dated().next()).and_then(|moment| moment.date);
    let today = || {
        let now = [
            "now",
            "still open|there",
            "close|closing",
            "today|tonight",
            "how late",
            "you|they open $",
            "already open|closed",
        ];
        let general = has_any(words, &["hours", "usually|normally", "times"]);
        (has_any(words, &now) && !general).then(|| scene.conversation.facts.today()).flatten()
    };
    said.or_else(today)
}

fn department(scene: &Scene<'_>) -> Option<DepartmentKind> {
    const NAMES: &[(DepartmentKind, &[&str])] = &[
        (DepartmentKind::Service, &["service|repair|repairs|maintenance|mechanic|mechanics", "oil change", "shop"]),
        (DepartmentKind::Parts, &["parts|accessories"]),
        (DepartmentKind::Finance, &["finance|financing|billing"]),
        (DepartmentKind::Sales, &["sales|showroom|salesperson"]),
    ];
    NAMES.iter().find(|(_, patterns)| scene.has(patterns)).map(|(kind, _)| *kind)
}

/// Whether the text asks what a dealership usually has an answer for, and not about a vehicle.
pub(super) fn is_general_question(scene: &Scene<'_>) -> bool {
    let reading = &scene.reading;
    let Some(cue) = find_any(&reading.words, cues::FAQ) else { return false };
    let features = reading.traits.iter().filter(|hit| matches!(hit.term, Term::Feature(_)));
    let about_a_feature = features.into_iter().any(|hit| hit.at.start < cue.end && cue.start < hit.at.end);
    let terse = reading.words.len() <= 4;
    let beside = scene.has(cues::FAQ_BESIDE_A_VISIT);
    !about_a_feature && (reading.asks() || terse) && (reading.stocks.is_empty() || beside)
}

/// An English question that nothing else recognised is put to the dealership's own answers; what
/// is not even that goes to a human.
pub(super) fn last_resort(scene: &Scene<'_>) -> Vec<Intent> {
    if scene.reading.asks() && language::is_english(&scene.reading.words) {
        let question = Some(scene.conversation.quoted(300));
        let topics = vec![Topic::Faq];
        return vec![Intent::Dealership(DealershipInfo { topics, question, ..DealershipInfo::default() })];
    }
    vec![Intent::HandOff {
        category: Category::NotUnderstood,
        about: "wrote what the automatic assistant did not understand",
    }]
}
