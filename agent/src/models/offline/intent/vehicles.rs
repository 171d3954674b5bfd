//! Vehicles: which one is meant, and what is asked of it.

use super::{
    super::{
        amounts::Unit,
        calls::Category,
        catalog::{Shown, rank},
        cues::vehicles as cues,
        lexicon::{Hit, Term},
        offer::OfferKind,
        phrase::{find_clear_of, find_outside, has_any, places},
        reading::Car,
    },
    Ask, Intent, Missing, Scene, people, search, visits,
};

/// What the text asks about vehicles, given what else was understood of it.
pub(super) fn intents(scene: &Scene<'_>, others: &[Intent], visit: &[Intent], dealership: &[Intent]) -> Vec<Intent> {
    if scene.reading.amounts.iter().any(|amount| amount.unit == Unit::Payment) {
        return Vec::new();
    }
    let asks = asks(scene);
    let of_a_kind =
        visit.is_empty() && search::wanted_cars(&scene.reading).iter().any(|car| is_one_of_a_kind(scene, car));
    let questions = Questions {
        stock: of_a_kind
            || find_outside(&scene.reading.words, cues::ASKS_STOCK, cues::ASKS_TIMES).is_some()
            || scene.has(cues::AVAILABLE),
        property: asks_a_property(scene),
        claimed: !visit.is_empty() || !dealership.is_empty() || others.iter().any(explains_vehicles),
        asks,
    };
    let traded = others.iter().any(|intent| matches!(intent, Intent::Lead(lead) if lead.trade_in.is_some()));
    if traded && !questions.stock && search::wanted_cars(&scene.reading).is_empty() {
        return Vec::new();
    }
    let handed_over = others.iter().any(|intent| matches!(intent, Intent::HandOff { .. }));
    // A price beside talk of money, looks beside a wish for photos, belong to what was handed over.
    let photos = scene.has(cues::PHOTOS);
    let part_of_it =
        |ask: &Ask| matches!(ask, Ask::Price | Ask::Details) || (photos && matches!(ask, Ask::Interior | Ask::Color));
    let covered = questions.asks.iter().all(part_of_it) && !scene.has(cues::FINDS) && !questions.property;
    let general = dealership.iter().any(|intent| matches!(intent, Intent::Dealership(info) if info.question.is_some()));
    if general && !scene.has(cues::AVAILABLE) && scene.reading.stocks.is_empty() {
        return Vec::new();
    }
    // "What else do you have?" after times were offered asks for times.
    let about_times = !visit.is_empty() && scene.offer.expects_a_time() && visits::names_no_vehicle(scene);
    if about_times && questions.asks.is_empty() {
        return Vec::new();
    }
    if questions.nothing() || (handed_over && covered) {
        return Vec::new();
    }
    let mut intents = unknown_fact(scene, &questions);
    let by_the_way = |ask: &Ask| matches!(ask, Ask::Features | Ask::Details | Ask::Interior);
    if !intents.is_empty() && questions.asks.iter().all(by_the_way) {
        return intents;
    }
    let shown = by_stock(scene, &questions)
        .or_else(|| compared(scene, &questions))
        .or_else(|| search::variation(scene))
        .or_else(|| picked(scene, &questions))
        .or_else(|| named_car(scene, &questions))
        .or_else(|| pointed_at(scene, &questions));
    intents.extend(shown.unwrap_or_else(|| search::intents(scene, &questions)));
    intents
}

/// Whether words about vehicles may belong to this intent: not where somebody only gives a name.
const fn explains_vehicles(intent: &Intent) -> bool {
    !matches!(intent, Intent::Profile(_) | Intent::Courtesy(_))
}

/// What a text asks, as far as its words alone tell.
pub(super) struct Questions {
    asks: Vec<Ask>,
    /// Whether there is something of a kind, or still is.
    stock: bool,
    /// Whether a vehicle has or is something.
    property: bool,
    /// Whether another intent already explains the text.
    pub(super) claimed: bool,
}

impl Questions {
    /// Whether the words about vehicles only serve another intent: "can I see the CX-5 tomorrow?"
    const fn nothing(&self) -> bool {
        self.claimed && !self.stock && !self.property && self.asks.is_empty()
    }
}

/// What is asked of one vehicle, in the order in which it is answered.
fn asks(scene: &Scene<'_>) -> Vec<Ask> {
    let facets: &[(Ask, &[&str], &[&str])] = &[
        (
            Ask::Availability,
            cues::AVAILABLE,
            &[
                "are you available",
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
    let asked = |(_, asked, not): &&(Ask, &[&str], &[&str])| {
        let excluded = [places(words, not), unknown.clone()].concat();
        find_clear_of(words, asked, &excluded).is_some()
    };
    facets.iter().filter(asked).map(|(ask, ..)| ask.clone()).collect()
}

/// Whether the text asks if a vehicle has or is something: "does it have CarPlay?", "is it AWD?"
fn asks_a_property(scene: &Scene<'_>) -> bool {
    let verbs = &[
        "is|does|has|do|are|was it|that|this|the|they|these|those|one|both|either",
        "is|does|has|do|are any|one|some|all of",
    ];
    let properties = scene.reading.traits.iter().any(|hit| !matches!(hit.term, Term::Body(_)));
    properties && (scene.has(verbs) || is_terse(scene)) && scene.reading.asks()
}

/// The properties said, as questions about one vehicle.
fn property_asks(traits: &[&Hit]) -> Vec<Ask> {
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
fn all_asks(scene: &Scene<'_>, questions: &Questions) -> Vec<Ask> {
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

fn one(stock: &str, asks: Vec<Ask>) -> Vec<Intent> {
    let asks = if asks.is_empty() { vec![Ask::Details] } else { asks };
    vec![Intent::Vehicle { stock: stock.to_owned(), asks }]
}

fn several(stocks: Vec<String>, scene: &Scene<'_>, asks: Vec<Ask>) -> Vec<Intent> {
    vec![Intent::Compare { stocks: stocks.into_iter().take(4).collect(), by: rank(&scene.reading.words), asks }]
}

fn stocks_of(shown: &[&Shown]) -> Vec<String> {
    shown.iter().map(|shown| shown.stock.clone()).collect()
}

/// A question whose answer is in no listing goes to a human, unless it describes a wish.
fn unknown_fact(scene: &Scene<'_>, questions: &Questions) -> Vec<Intent> {
    let pointed = points_at_one(scene) || scene.has(cues::PLURAL) || !scene.reading.stocks.is_empty();
    let any_of_a_kind = scene.reading.cars.iter().any(|car| is_one_of_a_kind(scene, car));
    let wish = (scene.has(cues::WISHES) || any_of_a_kind) && !pointed;
    let known = pointed || scene.catalog.current().is_some() || !scene.reading.cars.is_empty();
    let asked =
        scene.has(cues::UNKNOWN_FACT) && known && !wish && (scene.reading.asks() || scene.reading.words.len() <= 5);
    let about = "asks something about a vehicle that its listing does not say";
    let handoff = Intent::HandOff { category: Category::Other, about };
    if asked && !questions.claimed { vec![handoff] } else { Vec::new() }
}

/// Vehicles named by stock number or VIN.
fn by_stock(scene: &Scene<'_>, questions: &Questions) -> Option<Vec<Intent>> {
    let asks = all_asks(scene, questions);
    match scene.reading.stocks.as_slice() {
        [] => None,
        [stock] => Some(one(stock, asks)),
        many => Some(several(many.to_vec(), scene, asks)),
    }
}

/// A comparison of vehicles already shown.
fn compared(scene: &Scene<'_>, questions: &Questions) -> Option<Vec<Intent>> {
    let reading = &scene.reading;
    let words = &reading.words;
    let ranked = rank(words).is_some() && scene.has(&["which|what|whichever"]) && reading.cars.is_empty();
    let asked = scene.has(cues::COMPARE) || ranked;
    let new_kind = reading.traits.iter().any(|hit| matches!(hit.term, Term::Body(_))) || scene.has(cues::WISHES);
    if !asked
        || (new_kind && !scene.has(&["compare|difference|vs|versus"]))
        || scene.offer.expects_a_time() && scene.has(&["or the"])
    {
        return None;
    }
    let asks = questions.asks.clone();
    let placed = scene.catalog.by_place(words);
    if placed.len() > 1 {
        return Some(several(stocks_of(&placed), scene, asks));
    }
    if reading.cars.len() > 1 {
        let known: Vec<&Shown> = reading.cars.iter().filter_map(|car| scene.catalog.matching(car)).collect();
        return (known.len() == reading.cars.len()).then(|| several(stocks_of(&known), scene, asks));
    }
    if let ([car], Some(current)) = (reading.cars.as_slice(), scene.catalog.current()) {
        let other = scene.catalog.matching(car)?;
        let pair = [current, other];
        return (current.stock != other.stock).then(|| several(stocks_of(&pair), scene, asks));
    }
    let list: Vec<&Shown> = scene.catalog.several().iter().collect();
    match list.len() {
        0 | 1 if scene.has(&["compare|difference|vs|versus"]) && reading.cars.is_empty() => {
            Some(vec![Intent::Ask(Missing::Vehicle)])
        }
        0 | 1 => None,
        _ => Some(several(stocks_of(&list), scene, asks)),
    }
}

/// A shown vehicle picked by place, by rank or by a property: "the second", "the cheaper one", "the red one".
fn picked(scene: &Scene<'_>, questions: &Questions) -> Option<Vec<Intent>> {
    let reading = &scene.reading;
    let words = &reading.words;
    let slots_offered = matches!(scene.offer.kind, OfferKind::Slots(_));
    if !slots_offered {
        match scene.catalog.by_place(words).as_slice() {
            [] => {}
            [only] => return Some(one(&only.stock, all_asks(scene, questions))),
            many => return Some(several(stocks_of(many), scene, questions.asks.clone())),
        }
    }
    if let Some(rank) = rank(words).filter(|_| {
        reading.cars.is_empty() && scene.has(&["the|that ?one ?with ?the|more|less|least|most .. one|@car|$"])
    }) && scene.catalog.several().len() > 1
        && !scene.has(cues::WISHES)
    {
        return Some(match scene.catalog.by_rank(rank) {
            Some(shown) => one(&shown.stock, questions.asks.clone()),
            None => {
                several(stocks_of(&scene.catalog.several().iter().collect::<Vec<_>>()), scene, questions.asks.clone())
            }
        });
    }
    let definite: Vec<&Hit> = reading.traits.iter().filter(|hit| is_definite(scene, hit.at.start)).collect();
    let year = reading
        .amounts
        .iter()
        .find(|amount| amount.unit == Unit::Year && amount.min == amount.max && is_definite(scene, amount.at.start));
    let terms: Vec<Term> = definite.iter().map(|hit| hit.term).collect();
    if !reading.cars.is_empty() || (terms.is_empty() && year.is_none()) {
        return None;
    }
    let Some(shown) = scene.catalog.by_property(&terms, year.and_then(|amount| amount.min)) else {
        // We never said which one is blue: it has to be looked for.
        let told_apart = terms.iter().any(|term| matches!(term, Term::Color(_) | Term::Fuel(_))) || year.is_some();
        return told_apart.then(|| search::intents(scene, questions));
    };
    let asked: Vec<&Hit> = reading.traits.iter().filter(|hit| !definite.contains(hit)).collect();
    let mut asks = questions.asks.clone();
    asks.extend(property_asks(&asked));
    Some(one(&shown.stock, asks))
}

/// Whether what stands at `at` belongs to "the …", "that …", perhaps behind other properties.
fn is_definite(scene: &Scene<'_>, at: usize) -> bool {
    let reading = &scene.reading;
    let Some(before) = at.checked_sub(1) else { return false };
    let word = &reading.words[before];
    if word.ends_sentence() {
        return false;
    }
    let chained = reading.traits.iter().find(|hit| hit.at.end == at).map(|hit| hit.at.start);
    word.is_any(&["the", "that", "this"]) || chained.is_some_and(|start| is_definite(scene, start))
}

/// A make or model that was shown before: "is the CX-5 still there?"
fn named_car(scene: &Scene<'_>, questions: &Questions) -> Option<Vec<Intent>> {
    let reading = &scene.reading;
    let limited = reading.amounts.iter().any(|amount| matches!(amount.unit, Unit::Money | Unit::Miles));
    let owned = people::owned_car(reading, false);
    let cars: Vec<&Car> = reading.cars.iter().filter(|car| owned != Some(*car)).collect();
    if let [_, _, ..] = cars.as_slice() {
        let all_shown: Vec<&Shown> = cars.iter().filter_map(|car| scene.catalog.matching(car)).collect();
        let definite = cars.iter().all(|car| is_definite(scene, car.at.start));
        let known = all_shown.len() == cars.len() && definite;
        return known.then(|| several(stocks_of(&all_shown), scene, questions.asks.clone()));
    }
    let car = *cars.first()?;
    if limited
        || is_one_of_a_kind(scene, car)
        || scene.has(&[
            "looking|searching|shopping for",
            "do you ?still|happen ?to have|carry|sell|got any|a|an|other|more",
        ])
    {
        return None;
    }
    let shown = scene.catalog.matching(car)?;
    let said_color =
        reading.traits.iter().find(|hit| hit.at.end <= car.at.start + 1 && matches!(hit.term, Term::Color(_)));
    if let Some(hit) = said_color
        && shown.color.map(Term::Color) != Some(hit.term)
    {
        return None;
    }
    let asked: Vec<&Hit> =
        reading.traits.iter().filter(|hit| Some(*hit) != said_color && !matches!(hit.term, Term::Body(_))).collect();
    let mut asks = questions.asks.clone();
    asks.extend(property_asks(&asked));
    Some(one(&shown.stock, asks))
}

/// "a CX-5", "any CX-5s", "other Mazdas": any of the kind, not the one shown.
fn is_one_of_a_kind(scene: &Scene<'_>, car: &Car) -> bool {
    let words = &scene.reading.words;
    let lead = &words[car.at.start.saturating_sub(3)..car.at.start];
    let indefinite =
        has_any(lead, &["a|an|any|other|another|more|some|different|all"]) && !has_any(lead, &["the|that|this"]);
    indefinite || car.is_plural(words)
}

/// "It", "that one", "the truck", "them": what was spoken of last.
fn pointed_at(scene: &Scene<'_>, questions: &Questions) -> Option<Vec<Intent>> {
    let reading = &scene.reading;
    let names_a_kind = !reading.cars.is_empty() || reading.amounts.iter().any(|amount| amount.unit != Unit::Payment);
    let something = !questions.asks.is_empty() || questions.property;
    if names_a_kind || !something || scene.has(cues::WISHES) && !points_at_one(scene) {
        return None;
    }
    let list: Vec<&Shown> = scene.catalog.several().iter().collect();
    if list.len() > 1 && scene.has(cues::PLURAL) {
        return Some(several(stocks_of(&list), scene, all_asks(scene, questions)));
    }
    let pointed = points_at_one(scene);
    let kind_named = reading.traits.iter().any(|hit| matches!(hit.term, Term::Body(_))) && !pointed;
    let all = scene.has(cues::SEARCH_ALL) && !pointed;
    if kind_named || all || (!pointed && questions.asks.is_empty() && !is_terse(scene)) {
        return None;
    }
    match scene.catalog.current() {
        Some(shown) => Some(one(&shown.stock, all_asks(scene, questions))),
        None if pointed || reading.traits.is_empty() => Some(vec![Intent::Ask(Missing::Vehicle)]),
        None => None,
    }
}

/// Whether "it" or "that one" stands for a vehicle.
fn points_at_one(scene: &Scene<'_>) -> bool {
    find_outside(&scene.reading.words, cues::PRONOUN, cues::EMPTY_IT).is_some()
}

fn is_terse(scene: &Scene<'_>) -> bool {
    scene.reading.words.len() <= 4
}
