//! Short words: greetings, thanks, yes and no to what we offered.

use super::{
    super::{calls::Category, cues::courtesy as cues, offer::OfferKind, phrase::find_any},
    Ask, Courtesy, Intent, Missing, Scene, search,
};

/// What a text says that asks for nothing else.
pub(super) fn intents(scene: &Scene<'_>) -> Vec<Intent> {
    let one = |courtesy| vec![Intent::Courtesy(courtesy)];
    if scene.reading.words.is_empty() {
        return one(Courtesy::WhatIDo);
    }
    let (yes, no) = (scene.has(cues::YES), scene.has(cues::NO));
    if yes && !no {
        let agreed = agreed(scene);
        if !agreed.is_empty() {
            return agreed;
        }
    }
    if asks_what_this_is(scene) {
        return one(Courtesy::WhatIAm);
    }
    let plain = !scene.reading.asks();
    if scene.has(cues::HELP) && !scene.has(cues::THANKS) {
        return one(Courtesy::WhatIDo);
    }
    if no && !scene.has(cues::BYE) && plain && scene.reading.words.len() <= 8 {
        return one(Courtesy::Declined);
    }
    if scene.has(cues::THANKS) && short(scene) {
        return one(Courtesy::Thanks);
    }
    if scene.has(cues::BYE) && short(scene) {
        return one(Courtesy::Bye);
    }
    if scene.has(cues::GREETING) && scene.reading.words.len() <= 8 {
        return one(Courtesy::Greeting);
    }
    if scene.has(cues::WELL_WISH) && short(scene) {
        return one(Courtesy::Bye);
    }
    if (yes || scene.has(cues::ACKNOWLEDGE)) && plain && scene.reading.words.len() <= 8 {
        return one(Courtesy::Acknowledged);
    }
    Vec::new()
}

/// Thanks that open a long text are not what it is about.
fn short(scene: &Scene<'_>) -> bool {
    scene.reading.words.len() <= 14 && !scene.reading.asks() || scene.reading.words.len() <= 5
}

/// "Are you a bot?", "who is this?"
pub(super) fn asks_what_this_is(scene: &Scene<'_>) -> bool {
    let about_a_vehicle = !scene.reading.traits.is_empty() || !scene.reading.cars.is_empty();
    find_any(&scene.reading.words, cues::BOT).is_some() && !about_a_vehicle
}

/// What "yes" means after our last text.
fn agreed(scene: &Scene<'_>) -> Vec<Intent> {
    match scene.offer.kind {
        OfferKind::Human => {
            vec![Intent::HandOff { category: Category::CustomerAsked, about: "agreed to be contacted by a person" }]
        }
        OfferKind::Details => match scene.catalog.current() {
            Some(shown) => vec![Intent::Vehicle { stock: shown.stock.clone(), asks: vec![Ask::Details] }],
            None => vec![Intent::Ask(Missing::Vehicle)],
        },
        OfferKind::Similar => search::similar(scene),
        _ if scene.offer.booked => vec![Intent::Courtesy(Courtesy::SeeYou)],
        _ => Vec::new(),
    }
}
