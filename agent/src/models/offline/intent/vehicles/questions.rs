//! What a text asks about vehicles, as far as its words alone tell.

use super::super::{
    super::{
        cues::vehicles as cues,
        lexicon::{self, Hit, Term},
        phrase::{find_clear_of, places},
        reading::Reading,
    },
    Ask, Scene,
};

/// What a text asks, as far as its words alone tell.
pub(in super::super) struct Questions {
    pub(super) asks: Vec<Ask>,
    /// Whether there is something of a kind, or still is.
    pub(super) stock: bool,
    /// Whether a vehicle has or is something.
    pub(super) property: bool,
    /// Whether another intent already explains the text.
    pub(in super::super) claimed: bool,
}

impl Questions {
    /// Whether the words about vehicles only serve another intent: "can I see the CX-5 tomorrow?"
    pub(super) const fn nothing(&self) -> bool {
        self.claimed && !self.stock && !self.property && self.asks.is_empty()
    }
}

/// What is asked of one vehicle, in the order in which it is answered.
pub(super) fn asks(scene: &Scene<'_>) -> Vec<Ask> {
    let facets: &[(Ask, &[&str], &[&str])] = &[
        (
            Ask::Availability,
            cues::AVAILABLE,
            &[
                "are you available",
                "is|are # ?still available",
                "i|we ?do|did ?still have",
                "sold my|our|mine",
                "options|features|financing|times|appointments ?are available",
                "available ?on|at|for|in ?the @day|#",
            ],
        ),
        (Ask::Price, cues::PRICE, &["how much space|room|tow|miles|mileage", "price range"]),
        (Ask::Mileage, cues::MILEAGE, cues::NOT_MILEAGE),
        (Ask::Interior, cues::INTERIOR, &[]),
        (
            Ask::Color,
            cues::COLOR,
            &[
                "color ?of ?is|are ?the interior|seats|inside",
                "interior color",
                "other|any|different|another color|colors",
            ],
        ),
        (Ask::Vin, cues::VIN, &[]),
        (Ask::Trim, cues::TRIM, &[]),
        (Ask::Year, cues::YEAR, &["how new|old are you", "this|next|last|every year"]),
        (Ask::Drivetrain, cues::DRIVETRAIN, &[]),
        (Ask::Transmission, cues::TRANSMISSION, &[]),
        (Ask::Fuel, cues::FUEL, cues::NOT_MILEAGE),
        (Ask::Condition, cues::CONDITION, &[]),
        (Ask::Features, cues::FEATURES, &["what other options", "any options"]),
        (Ask::Details, cues::DETAILS, &["about you|your", "think|thinking about", "not ?really interested"]),
    ];
    // "How much can it tow" asks for no price.
    let words = &scene.reading.words;
    let unknown = places(words, cues::UNKNOWN_FACT);
    let asked = |(ask, asked, not): &&(Ask, &[&str], &[&str])| {
        let excluded = [places(words, not), unknown.clone()].concat();
        // "Is U1043 gone?" asks what "is it gone?" asks.
        let words = if *ask == Ask::Availability { &scene.reading.pointed } else { words };
        find_clear_of(words, asked, &excluded).is_some()
    };
    let mut asks: Vec<Ask> = facets.iter().filter(asked).map(|(ask, ..)| ask.clone()).collect();
    if asks_for_a_trim(scene) && !asks.contains(&Ask::Trim) {
        asks.push(Ask::Trim);
    }
    asks
}

/// "Is that the Touring?"
fn asks_for_a_trim(scene: &Scene<'_>) -> bool {
    let words = &scene.reading.words;
    let lead = places(words, &["is|was it|that|this|one ?one the|a|an|in"]);
    lead.into_iter().any(|at| lexicon::trim_length(words, at.end) > 0)
}

/// Whether the text asks if a vehicle has or is something: "does it have CarPlay?", "is it AWD?"
pub(super) fn asks_a_property(scene: &Scene<'_>) -> bool {
    let verbs = &[
        "is|does|has|do|are|was it|that|this|the|they|these|those|one|both|either",
        "is|does|has|do|are any|one|some|all of",
        "which ?one|ones ?of ?them|those|these has|have|is|are|comes|come|got",
        "either|both|any|all|each|neither ?of ?them|those|these|one|ones|two|three has|have|is|are|got|come|comes|with",
    ];
    let is_one = scene.has(&["is|was it|that|this|she|he ?one|@car a|an|the"]);
    let properties = scene.reading.traits.iter().any(|hit| is_one || !matches!(hit.term, Term::Body(_)));
    // "Any hybrids?" asks for some, not about the one shown.
    let refines = scene.catalog.several().len() > 1 && scene.has(&["^ ?and|but|or|ok with|in|only"]);
    let terse = is_terse(scene) && !scene.has(&["any|some|other|more|only|what|how"]) && !refines;
    properties && (scene.has(verbs) || terse || asks_which_of_two(scene)) && scene.reading.asks()
}

/// "Hard top or soft top?", "gas or hybrid?": little else than two properties of one kind.
pub(super) fn asks_which_of_two(scene: &Scene<'_>) -> bool {
    let Reading { traits, words, .. } = &scene.reading;
    let [first, second] = traits.as_slice() else { return false };
    let either = words[first.at.end..second.at.start].iter().map(|word| word.text.as_str()).eq(["or"]);
    let kind = std::mem::discriminant(&first.term) == std::mem::discriminant(&second.term);
    let told = matches!(
        first.term,
        Term::Feature(_) | Term::Drivetrain(_) | Term::Transmission(_) | Term::Fuel(_) | Term::Condition(_)
    );
    let rest = words.len() - first.at.len() - second.at.len() - 1;
    either && kind && told && rest <= 3 && scene.catalog.current().is_some()
}

/// The properties said, as questions about one vehicle.
pub(super) fn property_asks(traits: &[&Hit]) -> Vec<Ask> {
    let mut asks: Vec<Ask> = Vec::new();
    for hit in traits {
        let ask = match hit.term {
            Term::Feature(name) => Ask::Feature(name),
            Term::Drivetrain(_) => Ask::Drivetrain,
            Term::Transmission(_) => Ask::Transmission,
            Term::Fuel(_) => Ask::Fuel,
            Term::Condition(_) => Ask::Condition,
            Term::Color(_) => Ask::Color,
            Term::Make(_) | Term::Model { .. } | Term::Body(_) => continue,
        };
        if !asks.contains(&ask) {
            asks.push(ask);
        }
    }
    asks
}

/// What is asked of a vehicle that is meant without any of the properties said.
pub(super) fn all_asks(scene: &Scene<'_>, questions: &Questions) -> Vec<Ask> {
    let mut all = questions.asks.clone();
    let properties = property_asks(&scene.reading.traits.iter().collect::<Vec<_>>());
    let new: Vec<Ask> = properties.into_iter().filter(|ask| !all.contains(ask)).collect();
    all.extend(new);
    // "What features …, does it have CarPlay?" is answered by the one that was named.
    if all.iter().any(|ask| matches!(ask, Ask::Feature(_))) {
        all.retain(|ask| !matches!(ask, Ask::Features));
    }
    all
}

pub(super) fn is_terse(scene: &Scene<'_>) -> bool {
    scene.reading.words.len() <= 4
}
