//! What a customer wants found: the filters of this text, upon those said before.

use super::{
    super::{
        amounts::Unit,
        calls::{Search, Sort},
        cars::Car,
        catalog::Shown,
        cues::vehicles as cues,
        lexicon::Term,
        phrase::{find_any, has_any, places},
        reading::Reading,
        spelling,
        words::{Stop, Word},
    },
    Intent, Scene, beside, people,
    vehicles::Questions,
};

/// How many features one search takes.
const FEATURES: usize = 8;

/// How many kinds are searched for in one answer.
const KINDS: usize = 3;

/// The searches a text asks for.
pub(super) fn intents(scene: &Scene<'_>, questions: &Questions) -> Vec<Intent> {
    let reading = &scene.reading;
    let stated = stated(reading);
    let cars = wanted_cars(reading);
    let everything = scene.has(cues::SEARCH_ALL) && (!questions.claimed || scene.has(cues::WISHES));
    let refines = has_any(&reading.words, cues::OTHERS) || sort(reading).is_some();
    if cars.is_empty() && !everything && is_aimless(scene, &stated) {
        return Vec::new();
    }
    let says_nothing = cars.is_empty() && stated == Search::default() && !everything;
    if says_nothing && (!refines || scene.catalog.is_empty()) {
        return Vec::new();
    }
    if cars.len() > 1 {
        return of(reading);
    }
    let alternatives = alternatives(reading, &stated);
    if alternatives.len() > 1 {
        let car = |search: Search| cars.first().map_or(search.clone(), |car| for_car(search, car));
        return alternatives.into_iter().take(KINDS).map(|search| found(upon_before(scene, car(search)))).collect();
    }
    let wish = cars.first().map_or(stated.clone(), |car| for_car(stated.clone(), car));
    vec![found(upon_before(scene, wish))]
}

/// One search for each vehicle that `reading` names, each with what was said of it.
pub(super) fn of(reading: &Reading) -> Vec<Intent> {
    let cars = wanted_cars(reading);
    if cars.is_empty() {
        return vec![found(stated(reading))];
    }
    cars.iter().take(KINDS).map(|car| found(for_car(stated(&beside::said_of(reading, car)), car))).collect()
}

/// "Purple Tuesday sandwich" looks for nothing: a single property among words that mean nothing here.
fn is_aimless(scene: &Scene<'_>, stated: &Search) -> bool {
    let reading = &scene.reading;
    let one = reading.traits.len() == 1 && reading.amounts.is_empty() && stated.sort.is_none();
    if !one || !scene.catalog.is_empty() || scene.has(cues::WISHES) || scene.has(cues::ASKS_STOCK) {
        return false;
    }
    let others = reading.words.iter().enumerate().filter(|(at, _)| !reading.traits[0].at.contains(at));
    let others: Vec<&Word> = others.map(|(_, word)| word).collect();
    let strange = others.iter().filter(|word| !spelling::is_word(&word.text)).count();
    let plain = |word: &&&Word| !word.is_any(cues::BESIDE_A_COLOR);
    let only_color = stated.color.is_some() && *stated == Search { color: stated.color.clone(), ..Search::default() };
    if only_color { others.iter().filter(plain).count() > 1 } else { strange > 1 && 2 * strange > others.len() }
}

fn found(search: Search) -> Intent {
    Intent::Search(Box::new(search))
}

/// "Do you have it in blue?", "anything cheaper?", "something similar?": a variation of what was shown.
pub(super) fn variation(scene: &Scene<'_>) -> Option<Vec<Intent>> {
    let reading = &scene.reading;
    let shown = scene.catalog.current();
    // "Same Jeep but cheaper" names the one shown.
    let is_shown = |car: &&Car| scene.catalog.matching(car).map(|one| &one.stock) == shown.map(|one| &one.stock);
    if !wanted_cars(reading).iter().all(|car| scene.has(cues::SAME_BUT) && is_shown(car)) {
        return None;
    }
    if scene.has(cues::SAME_BUT) && stated(&scene.reading) != Search::default() {
        let base = before(scene).filter(has_subject).or_else(|| shown.map(like))?;
        return Some(vec![found(merge(base, stated(&scene.reading)))]);
    }
    if scene.has(cues::SIMILAR) && shown.is_some() {
        return Some(similar(scene));
    }
    let color = reading.traits.iter().any(|hit| matches!(hit.term, Term::Color(_)));
    // "How about the red one?" picks the one we called red.
    let picked = reading.traits.iter().any(|hit| {
        let the = hit.at.start.checked_sub(1).is_some_and(|before| reading.words[before].text == "the");
        the && scene.catalog.by_property(&[hit.term], None).is_some()
    });
    let in_color = color
        && !picked
        && scene.has(&[
            "what|how about",
            "it|one|ones|that|this|them|these|any|come|comes|available|same ?thing|one|@car in ?a|the|any",
        ]);
    let others = scene.has(cues::OTHERS) && !scene.catalog.is_empty() && !scene.has(&["the other one|@car"]);
    let comparative = scene.has(&["anything|something|any|one|ones ?else|that|is|a ?bit|little cheaper|newer|less|lower|fewer|smaller|bigger|larger|under|with"])
        && scene.has(&["cheaper|newer|smaller|bigger|larger", "less|lower|fewer ?expensive|miles|mileage|price|priced"])
        && !scene.has(&["the|that one|@car"]);
    if !(in_color || others || comparative) || shown.is_none() && !comparative {
        return None;
    }
    let mut wish = stated(&scene.reading);
    if scene.has(cues::CHEAPER) && wish.price_max.is_none() {
        let lowest = scene.catalog.several().iter().chain(shown).filter_map(|shown| shown.price).min();
        wish.price_max = lowest.map(|price| price - 1);
    }
    if others {
        wish.limit = Some(5);
    }
    // "That truck in blue" is still the same model.
    let same = scene.has(&["that|this|the ?same @car"]);
    wish.body = wish.body.filter(|body| !same || shown.and_then(|shown| shown.body) != Some(*body));
    let base = before(scene).filter(has_subject).or_else(|| shown.map(like)).unwrap_or_default();
    Some(vec![found(merge(base, wish))])
}

/// Vehicles like the one shown last.
pub(super) fn similar(scene: &Scene<'_>) -> Vec<Intent> {
    let mut wish = stated(&scene.reading);
    if let Some(shown) = scene.catalog.current() {
        wish.body = wish.body.or(shown.body);
        wish.fuel = wish.fuel.or(shown.fuel);
        if wish.body.is_none() {
            wish.make = shown.make.map(str::to_owned);
        }
    }
    vec![found(wish)]
}

/// A search for more of the kind of a shown vehicle.
fn like(shown: &Shown) -> Search {
    Search { make: shown.make.map(str::to_owned), model: shown.model.map(str::to_owned), ..Search::default() }
}

/// The cars of a text that are not the customer's own.
pub(super) fn wanted_cars(reading: &Reading) -> Vec<&Car> {
    let owned = people::owned_car(reading, false);
    reading.cars.iter().filter(|car| owned != Some(*car) && !car.is_owned(&reading.words)).collect()
}

const fn has_subject(search: &Search) -> bool {
    search.make.is_some() || search.model.is_some() || search.body.is_some()
}

/// The filters of this text, without makes and models.
fn stated(reading: &Reading) -> Search {
    let mut search = filters(reading);
    search.query = search.query.or_else(|| vague_words(reading));
    search
}

/// The words of a wish that no filter covers, such as "good on gas" or "reliable", as they were said.
fn vague_words(reading: &Reading) -> Option<String> {
    let places = places(&reading.words, cues::VAGUE);
    let vague = |at: &usize| places.iter().any(|place| place.contains(at));
    let said = (0..reading.words.len()).filter(vague).map(|at| reading.words[at].raw.as_str());
    let said: Vec<&str> = said.filter(|word| !word.is_empty()).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// "Black or white", "hybrid or electric": one search for each.
fn alternatives(reading: &Reading, stated: &Search) -> Vec<Search> {
    let mut searches: Vec<Search> = Vec::new();
    for pair in reading.traits.windows(2) {
        let [first, second] = pair else { continue };
        let between = &reading.words[first.at.end..second.at.start];
        let joined = between.iter().any(|word| word.is_any(&["or", "and"]));
        if !joined || !between.iter().all(|word| word.is_any(&["or", "and", "a", "an", "the", "maybe", "any"])) {
            continue;
        }
        for term in [first.term, second.term] {
            let search = match (term, first.term, second.term) {
                (Term::Color(color), Term::Color(_), Term::Color(_)) => {
                    Search { color: Some(color.to_owned()), ..stated.clone() }
                }
                (Term::Body(body), Term::Body(_), Term::Body(_)) => Search { body: Some(body), ..stated.clone() },
                (Term::Fuel(fuel), Term::Fuel(_), Term::Fuel(_)) => Search { fuel: Some(fuel), ..stated.clone() },
                _ => continue,
            };
            if !searches.contains(&search) {
                searches.push(search);
            }
        }
    }
    searches
}

fn filters(reading: &Reading) -> Search {
    let mut search = Search::default();
    for hit in &reading.traits {
        let next = reading.words.get(hit.at.end).filter(|_| reading.words[hit.at.end - 1].stop == Stop::None);
        match hit.term {
            Term::Condition(condition) => search.condition = search.condition.or(Some(condition)),
            Term::Body(body) => search.body = search.body.or(Some(body)),
            Term::Drivetrain(drivetrain) => search.drivetrain = search.drivetrain.or(Some(drivetrain)),
            Term::Fuel(fuel) => search.fuel = search.fuel.or(Some(fuel)),
            Term::Transmission(transmission) => search.transmission = search.transmission.or(Some(transmission)),
            // The colour of the seats is no colour to search by; it is left to the words.
            Term::Color(color) if next.is_some_and(|word| word.is_any(&["interior", "leather", "seats", "inside"])) => {
                search.query = Some(format!("{color} interior"));
            }
            Term::Color(color) => search.color = search.color.or_else(|| Some(color.to_owned())),
            Term::Feature(name) => {
                // The tool takes no more.
                let room = search.features.len() < FEATURES;
                if room && !search.features.iter().any(|feature| feature == name) {
                    search.features.push(name.to_owned());
                }
            }
            Term::Make(_) | Term::Model { .. } => {}
        }
    }
    // "New or used" leaves it open.
    if has_any(&reading.words, &["new|used|certified or new|used|certified"]) {
        search.condition = None;
    }
    for amount in &reading.amounts {
        match amount.unit {
            // What a vehicle is listed at says which one is meant, not what it may cost.
            Unit::Money if amount.listed => {}
            Unit::Money => {
                search.price_min = search.price_min.or(amount.min);
                search.price_max = search.price_max.or(amount.max);
            }
            Unit::Miles => search.mileage_max = search.mileage_max.or(amount.max),
            Unit::Year => {
                search.year_min = search.year_min.or(amount.min);
                search.year_max = search.year_max.or(amount.max);
            }
            Unit::Payment => {}
        }
    }
    search.sort = sort(reading);
    search
}

fn sort(reading: &Reading) -> Option<Sort> {
    let orders: &[(Sort, &[&str])] = &[
        (Sort::MileageLow, cues::LOW_MILES),
        (Sort::PriceLow, cues::CHEAPER),
        (Sort::PriceHigh, cues::PRICIEST),
        (Sort::Newest, cues::NEWEST),
    ];
    orders.iter().find(|(_, cues)| find_any(&reading.words, cues).is_some()).map(|(sort, _)| *sort)
}

fn for_car(base: Search, car: &Car) -> Search {
    Search {
        make: car.make.map(str::to_owned),
        model: car.model.map(str::to_owned),
        year_min: car.year.or(base.year_min),
        year_max: car.year.or(base.year_max),
        query: car.trim.clone().or(base.query),
        ..base
    }
}

/// Completes a wish that names no kind by what was wished before: "under 30k?" after "any SUVs?"
fn upon_before(scene: &Scene<'_>, wish: Search) -> Search {
    let words = &scene.reading.words;
    let takes_up = has_any(
        words,
        &["what|how about", "same ?thing|idea|deal but|in|as|for", "^ and|or|but|with|in|only|under|below|around|over"],
    );
    if has_subject(&wish) && !takes_up {
        return wish;
    }
    let anew = has_any(words, &["any|some @car", "anything|something|what @car", "cars|vehicles"]) && !takes_up;
    let before = before(scene);
    match before {
        Some(before) if anew => merge(Search { make: None, model: None, ..before }, wish),
        Some(before) => merge(before, wish),
        None if has_subject(&wish) || anew => wish,
        None => scene.catalog.current().map_or(wish.clone(), |shown| merge(like(shown), wish)),
    }
}

/// What the customer searched for before, all refinements included.
fn before(scene: &Scene<'_>) -> Option<Search> {
    let mut before = Search::default();
    for reading in scene.earlier().iter().rev() {
        let mut wish = filters(reading);
        if let Some(car) = wanted_cars(reading).first() {
            wish = for_car(wish, car);
        }
        let visit = has_any(&reading.words, super::super::cues::visits::BOOK);
        if wish == Search::default() || (visit && !has_subject(&wish)) {
            continue;
        }
        let takes_up = has_any(&reading.words, &["what|how about"]);
        before = if has_subject(&wish) && !takes_up { wish } else { merge(before, wish) };
    }
    (before != Search::default()).then_some(before)
}

/// `new` upon `old`: what is said anew replaces what was said before.
fn merge(old: Search, new: Search) -> Search {
    let same_kind = new.make.is_none() && new.body.is_none();
    let mut features = old.features;
    let added: Vec<String> = new.features.into_iter().filter(|feature| !features.contains(feature)).collect();
    features.extend(added);
    features.truncate(FEATURES);
    let priced = new.price_min.is_some() || new.price_max.is_some();
    let dated = new.year_min.is_some() || new.year_max.is_some();
    Search {
        query: new.query.or(old.query.filter(|_| same_kind)),
        condition: new.condition.or(old.condition),
        model: new.model.or(old.model.filter(|_| same_kind)),
        body: new.body.or(old.body.filter(|_| new.make.is_none())),
        make: new.make.or(old.make.filter(|_| same_kind)),
        drivetrain: new.drivetrain.or(old.drivetrain),
        fuel: new.fuel.or(old.fuel),
        transmission: new.transmission.or(old.transmission),
        color: new.color.or(old.color.filter(|_| same_kind)),
        features,
        year_min: if dated { new.year_min } else { old.year_min },
        year_max: if dated { new.year_max } else { old.year_max },
        price_min: if priced { new.price_min } else { old.price_min },
        price_max: if priced { new.price_max } else { old.price_max },
        mileage_max: new.mileage_max.or(old.mileage_max),
        sort: new.sort.or(old.sort),
        limit: new.limit.or(old.limit),
    }
}
