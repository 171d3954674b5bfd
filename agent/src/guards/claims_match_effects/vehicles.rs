//! Claims about vehicles on the lot: in stock, sold, no longer available.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;

use super::claims::{Asserted, Claim};
use crate::guards::{
    draft::Draft,
    figures::{Said, Value},
    text::pattern,
};

/// Words that make "available" a matter of times, people or services.
static NOT_A_VEHICLE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:i'm|i am|we're|we are|team|someone|somebody|person|people|staff|colleague|manager|advisor|specialist|financing|finance|service|services|delivery|warrant\w+|coverage|packages?|trims?|colou?rs?|features?|times?|slots?|openings?|appointments?|hours|support|assistance|test drives?|morning|afternoon|evening|help|info\w*|rates?|offers?|incentives?|loaners?|shuttle|wi-?fi|dates?|days?|estoy|estamos|equipo|alguien|personas?|gerentes?|asesor\w*|financiamiento|cr[ée]dito|servicios?|entrega|garant[íi]a|paquetes?|colores?|horas?|horarios?|citas?|espacios?|lugar|turnos?|ayuda|ayudar\w*|informaci[óo]n|tasas?|ofertas?|pruebas? de manejo|fechas?|d[íi]as?|je suis|nous sommes|[ée]quipe|quelqu'un|personne|responsables?|conseiller\w*|financement|cr[ée]neaux?|horaires?|heures?|rendez-vous|aider|aide|informations?|taux|livraison|garantie|couleurs?|jours?|seriez-vous|[êe]tes-vous|essais?)\b",
    )
});
static A_VEHICLE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:it|they|them|this one|that one|these|those|both|vehicles?|cars?|suvs?|trucks?|sedans?|vans?|minivans?|coupes?|hatchbacks?|wagons?|convertibles?|crossovers?|pickups?|hybrids?|evs?|one|two|three|four|five|all|still|él|ella|ellos|ellas|[ée]st[ea]|[ée]s[ea]|veh[íi]culos?|carros?|autos?|coches?|camionetas?|sedanes|sed[áa]n|minivans?|todav[íi]a|a[úu]n|sigue[ns]?|ambas?|ambos|dos|tres|il|elle|ils|elles|celui-ci|celle-ci|v[ée]hicules?|voitures?|camions?|monospaces?|berlines?|utilitaires?|toujours|encore|deux|trois)\b",
    )
});

/// How "we have a …" ends, in the three languages.
const ONLY_HAS: &[&str] = &[
    " a",
    " an",
    " the",
    " this",
    " that",
    " our",
    "tenemos un",
    "tenemos una",
    "tenemos el",
    "tenemos la",
    "tengo un",
    "tengo una",
    "tengo el",
    "tengo la",
    "tenemos este",
    "tenemos esta",
    "nous avons un",
    "nous avons une",
    "nous avons le",
    "nous avons la",
    "nous avons l'",
    "nous avons ce",
    "nous avons cette",
];

/// Why a claim about vehicles does not hold, if it does not.
pub(super) fn unproven(draft: &Draft, said: &Asserted) -> Option<&'static str> {
    if !is_about_vehicles(draft, said) {
        return None;
    }
    let meant = vehicles_meant(draft, said);
    let in_stock = |vehicle: &usize| draft.grounds.vehicles.get(*vehicle).and_then(|vehicle| vehicle.in_stock);
    let all: Vec<usize> = (0..draft.grounds.vehicles.len()).collect();
    let meant_or_all = if meant.is_empty() { vec![all] } else { meant.clone() };
    // Each mention must have a vehicle among those it may mean that bears the claim out.
    let each =
        |wanted: bool| meant_or_all.iter().all(|any_of| any_of.iter().any(|vehicle| in_stock(vehicle) == Some(wanted)));
    let words = draft.words(said.span.clone()).to_lowercase();
    let only_has = said.claim == Claim::InStock && ONLY_HAS.iter().any(|word| words.ends_with(word));
    if only_has {
        // "We have a CX-5" is wrong of one that is sold; of one nobody looked up, its name is.
        let gone = meant
            .iter()
            .any(|any_of| !any_of.is_empty() && any_of.iter().all(|vehicle| in_stock(vehicle) == Some(false)));
        return gone.then_some("the tool output says that this vehicle is not in stock");
    }
    let ours = match said.claim {
        Claim::Sold => each(false),
        Claim::NotAvailable => {
            !(meant
                .iter()
                .any(|any_of| !any_of.is_empty() && any_of.iter().all(|vehicle| in_stock(vehicle) == Some(true))))
        }
        _ => each(true),
    };
    if ours {
        return None;
    }
    Some(match said.claim {
        Claim::Sold => "no tool output says that this vehicle is sold; look it up with get_vehicle",
        Claim::NotAvailable => "the tool output says that this vehicle is in stock",
        _ => {
            "no tool output says that this vehicle is in stock; look it up with search_inventory or get_vehicle and say what they return"
        }
    })
}

/// Whether the clause speaks of vehicles rather than of times, people or services.
fn is_about_vehicles(draft: &Draft, said: &Asserted) -> bool {
    let sentence = &draft.sentences[said.sentence];
    let clause = draft.clause_at(sentence, said.span.start);
    let range = clause.start.min(said.span.start)..clause.end.max(said.span.end);
    let words = draft.words(range.clone());
    let stock = ["in stock", "lot", "en stock", "inventario", "existencia"];
    if stock.iter().any(|word| words.to_lowercase().contains(word)) || said.claim == Claim::Sold {
        return true;
    }
    if said.claim == Claim::InStock
        && !["available", "disponible"].iter().any(|word| words.to_lowercase().contains(word))
        && draft.mentions_in(&range).next().is_some()
    {
        return true;
    }
    let named = draft.mentions_in(&sentence.range).next().is_some();
    let coded = figures_in(draft, &range).any(|value| matches!(value, Value::Identifier { said: Said::Bare, .. }));
    let timed = figures_in(draft, &range).any(|value| matches!(value, Value::Time { .. } | Value::Days(_)));
    // "Both are available today" is of vehicles, "3 PM is available" of times.
    let today = ["today", "hoy", "aujourd'hui"].iter().any(|word| words.to_lowercase().contains(word));
    // "The CX-5 is available for a test drive" speaks of the vehicle, "a test drive of the CX-5 is" does not.
    let subject = match draft.mentions_in(&range).next() {
        Some(mention) if mention.span.end <= said.span.start => range.start..said.span.start,
        Some(mention) => range.start..mention.span.end,
        None => range.clone(),
    };
    let spoken_of = draft.words(subject);
    (named || coded || A_VEHICLE.is_match(words)) && (!timed || today || named) && !NOT_A_VEHICLE.is_match(spoken_of)
}

fn figures_in<'a>(draft: &'a Draft, range: &Range<usize>) -> impl Iterator<Item = &'a Value> {
    let range = range.clone();
    draft.figures.iter().filter(move |figure| range.contains(&figure.span.start)).map(|figure| &figure.value)
}

/// The vehicles a claim is about, one list per mention: those of its clause, else of its sentence,
/// else, for "it" and the like, the last one named before.
fn vehicles_meant(draft: &Draft, said: &Asserted) -> Vec<Vec<usize>> {
    let sentence = &draft.sentences[said.sentence];
    let of = |range: &Range<usize>| -> Vec<Vec<usize>> {
        draft.mentions_in(range).map(|mention| mention.vehicles.clone()).collect()
    };
    let clause = of(&draft.clause_at(sentence, said.span.start));
    if !clause.is_empty() {
        return clause;
    }
    let whole = of(&sentence.range);
    if !whole.is_empty() {
        return whole;
    }
    let before = draft.mentions_in(&(0..sentence.range.start)).last();
    before.map(|mention| mention.vehicles.clone()).into_iter().collect()
}
