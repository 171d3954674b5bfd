//! What customers tell about themselves: name, e-mail, channel, a trade-in, when they will buy.

use super::{
    super::{
        amounts::{Amount, Unit},
        calls::{Lead, Profile},
        cars::Car,
        cues::{people as cues, vehicles},
        lexicon::Term,
        phrase::{find_any, has_any},
        reading::Reading,
        words::Stop,
    },
    Intent, Scene,
};

/// What there is to write down.
pub(super) fn intents(scene: &Scene<'_>) -> Vec<Intent> {
    let mut intents = Vec::new();
    intents.extend(profile(scene).map(Intent::Profile));
    intents.extend(lead(scene).map(Intent::Lead));
    intents
}

fn profile(scene: &Scene<'_>) -> Option<Profile> {
    let reading = &scene.reading;
    let preferred_channel = if scene.has(cues::PREFER_EMAIL) {
        Some("email")
    } else if scene.has(cues::PREFER_SMS) {
        Some("sms")
    } else {
        None
    };
    let profile = Profile {
        first_name: reading.name.as_ref().and_then(|name| name.first.clone()),
        last_name: reading.name.as_ref().and_then(|name| name.last.clone()),
        email: reading.email.clone(),
        preferred_channel,
    };
    (profile != Profile::default()).then_some(profile)
}

fn lead(scene: &Scene<'_>) -> Option<Lead> {
    let trade_in = trade_in(scene);
    let timeframe = scene.has(vehicles::TIMEFRAME).then(|| scene.conversation.quoted(100));
    let note = (scene.reading.phone && scene.reading.name.is_none())
        .then(|| "gave a phone number in the conversation".to_owned());
    let lead = Lead { trade_in, timeframe, note, ..Lead::default() };
    (lead != Lead::default()).then_some(lead)
}

/// Their own vehicle in words, if they have one to trade in or sell.
fn trade_in(scene: &Scene<'_>) -> Option<String> {
    let reading = &scene.reading;
    let asked_before = scene.conversation.our_last_text().is_some_and(|text| {
        let words = super::super::words::read(text);
        has_any(&words, &["trade in", "tradein", "trade"])
            && has_any(&words, &["year|make|model|mileage|vehicle|details"])
    });
    let cue = find_any(&reading.words, cues::TRADE);
    if cue.is_none() && (!asked_before || reading.cars.is_empty()) {
        return None;
    }
    let owned = owned_car(reading, asked_before);
    let theirs = has_any(&reading.words, &["my|our|mine"]);
    if owned.is_none()
        && !theirs
        && (has_any(&reading.words, cues::TRADE_IN_GENERAL) || has_any(&reading.words, &["trade show|school"]))
    {
        return None;
    }
    Some(match owned {
        Some(car) => describe(car, reading),
        None => scene.conversation.quoted(200),
    })
}

/// The car of a text about a trade that is the customer's own.
pub(super) fn owned_car(reading: &Reading, asked_before: bool) -> Option<&Car> {
    let words = &reading.words;
    let own = reading.cars.iter().find(|car| car.is_owned(words));
    // "My Jeep, it's a 2016 Renegade".
    let precise = |own: &&Car| reading.cars.iter().find(|car| car.model.is_some() && car.make == own.make);
    let own = own.map(|own| if own.model.is_some() { own } else { precise(&own).unwrap_or(own) });
    let cue = find_any(words, cues::TRADE);
    own.or_else(|| {
        let cue = cue.filter(|_| !asked_before);
        let wanted = |car: &&Car| {
            let lead = &words[car.at.start.saturating_sub(5)..car.at.start];
            let paid = has_any(
                lead,
                &[
                    "value|worth|quote|appraisal|estimate|offer|rid of|on|for",
                    "my|our .. worth|value|is",
                    "trade",
                    "give|offer|pay|get|giving ?me|us for|on",
                    "much .. for",
                ],
            );
            has_any(lead, &["for|toward|towards|on|against|into|is|get ?a|an|the|your|one ?new|used"])
                && !paid
                && !has_any(lead, &["my trade ?in ?is|will"])
        };
        if cue.is_none() && !asked_before {
            return None;
        }
        let have = find_any(words, &["i|we have|own|drive|got ?a|an"]).map_or(0, |at| at.start);
        let after = reading.cars.iter().filter(|car| car.at.start >= have);
        after.into_iter().find(|car| !wanted(car))
    })
}

/// The mileage of a vehicle to be traded in, which often has no unit: "2008 Odyssey, 190k".
fn miles(reading: &Reading) -> Option<i64> {
    let of = |unit| reading.amounts.iter().filter(move |amount| amount.unit == unit);
    let said = |amount: &Amount| amount.max.or(amount.min);
    let words = &reading.words;
    let bare = |amount: &&Amount| {
        let at = amount.at.start;
        let lead = at.checked_sub(1).map(|before| &words[before]).filter(|lead| lead.stop == Stop::None);
        let paid = lead.is_some_and(|lead| {
            lead.is_any(&["for", "get", "want", "asking", "owe", "offer", "give", "pay", "offered", "worth"])
        });
        !paid
            && !words[amount.at.clone()]
                .iter()
                .any(|word| word.text.starts_with('$') || word.is_any(&["grand", "dollars"]))
    };
    of(Unit::Miles).find_map(said).or_else(|| of(Unit::Money).find(bare).and_then(said))
}

/// `2018 Honda Civic EX, 80000 miles`.
fn describe(car: &Car, reading: &Reading) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(car.year.or(reading.exact_year().filter(|_| reading.cars.len() == 1)).map(|year| year.to_string()));
    parts.extend(car.make.map(str::to_owned));
    parts.extend(car.model.map(str::to_owned));
    parts.extend(car.trim.clone());
    let color = reading.traits.iter().find_map(|hit| match hit.term {
        Term::Color(color) if reading.cars.len() == 1 => Some(color),
        _ => None,
    });
    let miles = miles(reading);
    let mut text = parts.join(" ");
    if let Some(color) = color {
        text.push_str(", ");
        text.push_str(color);
    }
    if let Some(miles) = miles {
        text.push_str(&format!(", {miles} miles"));
    }
    text
}
