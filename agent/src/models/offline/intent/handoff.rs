//! What goes to a human, and the attempts to misuse the assistant.

use super::{
    super::{
        calls::Category,
        cues::handoff as cues,
        cues::vehicles,
        language,
        phrase::{find_any, find_outside, has_any, places},
        spelling, wordlists,
    },
    Courtesy, Intent, Scene, visits,
};

/// What leaves no room for anything else in the same answer.
pub(super) fn before_all_else(scene: &Scene<'_>) -> Option<Vec<Intent>> {
    let only = |category, about| Some(vec![Intent::HandOff { category, about }]);
    let said = &scene.conversation.said;
    if language::is_foreign(said, &scene.reading.words) {
        return only(Category::NotUnderstood, "writes in a language the automatic assistant does not speak");
    }
    if scene.has(cues::INJECTION) || is_for_a_machine(said) {
        return Some(vec![Intent::Courtesy(Courtesy::WhatIDo)]);
    }
    if is_danger(scene) {
        return only(Category::Safety, "reports an accident or a safety problem");
    }
    if scene.has(cues::COMPLAINT) {
        return only(Category::Complaint, "is unhappy or makes a complaint");
    }
    if find_outside(&scene.reading.words, cues::LEAVE_ME, cues::NOT_LEAVE_ME).is_some() {
        return only(Category::Other, "does not want to be contacted, or is the wrong person");
    }
    None
}

/// Whether a text is written for a program, as with the names of tools or as JSON: no customer writes so.
fn is_for_a_machine(said: &str) -> bool {
    const MARKS: &[&str] =
        &["_appointment", "_inventory", "_vehicle", "_human", "_profile", "_lead", "\":", "</", "{{"];
    let lower = said.to_ascii_lowercase();
    MARKS.iter().any(|mark| lower.contains(mark))
}

/// Danger told, not asked about: "has it been in an accident?" is a question about a vehicle.
fn is_danger(scene: &Scene<'_>) -> bool {
    const ASKED_OF_A_VEHICLE: &[&str] = &[
        "has|have|was|been|is|any|ever|were it|that|this|the|they ?one|@car ?ever ?been|had ?been in|a|any|wrecked",
        "any accident|accidents|wrecks",
        "accident history|free|report",
    ];
    let asked = scene.has(ASKED_OF_A_VEHICLE) && !scene.has(&["@we|my|me ?@car .. accident|crash|hurt|injured"]);
    scene.has(cues::SAFETY) && !asked
}

/// The matters of money, contract and people that a human takes over, beside what else was asked.
pub(super) fn intents(scene: &Scene<'_>, people: &[Intent]) -> Vec<Intent> {
    let traded = people.iter().any(|intent| matches!(intent, Intent::Lead(lead) if lead.trade_in.is_some()));
    let payment = scene.reading.amounts.iter().any(|amount| amount.unit == super::super::amounts::Unit::Payment);
    let card = scene.has(&["credit|debit card|cards"]);
    let finance = find_outside(&scene.reading.words, cues::FINANCE, cues::NOT_FINANCE).is_some();
    let (category, about) = if (finance || payment) && !card {
        (Category::Finance, "asks about financing, credit or payments")
    } else if traded {
        (Category::TradeIn, "has a vehicle to trade in or sell")
    } else if (scene.has(cues::HUMAN) && !asks_what_this_is(scene) && !comes_to_talk(scene) && !gives_a_name(scene))
        || asks_for_somebody(scene)
    {
        (Category::CustomerAsked, "asks for a person")
    } else if find_outside(&scene.reading.words, cues::PRICING, not_pricing(scene)).is_some() {
        (Category::Pricing, "asks about the price beyond what is listed")
    } else if scene.has(cues::COMMIT) && !scene.has(&["anyone|anybody|someone|somebody ?else .. deposit|hold"]) {
        (Category::Other, "wants to buy, sign, reserve or have a vehicle delivered")
    } else if scene.has(vehicles::PHOTOS) {
        (Category::Other, "asks for photos or a video")
    } else {
        return Vec::new();
    };
    vec![Intent::HandOff { category, about }]
}

/// Phrases that do not speak of a price here: "we went with another dealer" calls a visit off.
fn not_pricing(scene: &Scene<'_>) -> &'static [&'static str] {
    const COMES: &[&str] = &["@we ?@can ?want ?like ?to come|coming|go down", "coming|comin down"];
    const CALLS_OFF: &[&str] = &[
        "@we ?@can ?want ?like ?to come|coming|go down",
        "coming|comin down",
        "another|other|different|competing dealer|dealers|dealership|dealerships",
    ];
    if visits::calls_off(scene) { CALLS_OFF } else { COMES }
}

/// "Call me Sam."
fn gives_a_name(scene: &Scene<'_>) -> bool {
    let calls = places(&scene.reading.words, &["call me"]);
    scene
        .reading
        .name
        .as_ref()
        .is_some_and(|name| calls.iter().any(|at| at.start < name.at.end && name.at.start <= at.end))
}

/// "Come in and talk to a salesperson" is a visit, not a wish to be called.
fn comes_to_talk(scene: &Scene<'_>) -> bool {
    let dated = scene.reading.moments.iter().any(|moment| moment.date.is_some());
    dated && scene.has(&["come|coming|stop|swing|drop|get|be|sit|meet ?by|in|over|there|down ?and|to|with .. @human"])
}

/// "Is Dana available?": a name that is no word of ours, asked for by being here.
fn asks_for_somebody(scene: &Scene<'_>) -> bool {
    let words = &scene.reading.words;
    let is_own = |at: usize| scene.reading.name.as_ref().is_some_and(|name| name.at.contains(&at));
    let a_name = |at: usize| {
        let raw = words.get(at).map(|word| word.raw.as_str()).unwrap_or_default();
        raw.starts_with(char::is_uppercase) && !spelling::is_word(&raw.to_lowercase()) && !is_own(at)
    };
    let asked = places(words, &["is|has"]).into_iter().map(|at| at.end).find(|at| a_name(*at));
    let here = asked.is_some_and(|at| {
        let rest = &words[at..words.len().min(at + 4)];
        has_any(rest, &["available|there|in|working|around|free|here"])
    });
    let to_call = &["call|text|phone|contact|email|reach|ring|message ?out ?to me|us", "give|get me|us|back ?a|to"];
    let called = places(words, &["@can|have|ask|tell|get"]).into_iter().map(|at| at.end).any(|at| {
        let lower = words.get(at).map(|word| word.raw.to_lowercase()).unwrap_or_default();
        let named = a_name(at) || (!lower.is_empty() && !spelling::is_word(&lower) && !is_own(at));
        let named = named || wordlists::GIVEN_NAMES.contains(lower.as_str());
        named && lower.chars().all(char::is_alphabetic) && has_any(&words[at..words.len().min(at + 8)], to_call)
    });
    (here || called) && visits::names_no_vehicle(scene)
}

/// "Are you a real person?" asks what this is, not for somebody else.
fn asks_what_this_is(scene: &Scene<'_>) -> bool {
    let words = &scene.reading.words;
    let bot = find_any(words, super::super::cues::courtesy::BOT);
    let wants = scene.has(&[
        "talk|speak|chat to|with ?a|an|the|your ?real|live|actual @human|@dept",
        "want|need|get|transfer|connect|rather",
    ]);
    let am_i = scene.has(&["am|was i .. talking|speaking|chatting|texting"]);
    bot.is_some() && (!wants || am_i)
}
