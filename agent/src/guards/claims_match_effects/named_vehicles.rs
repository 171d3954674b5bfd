//! Makes and models that a draft names out of nowhere: neither evidence nor the customer named them.
//!
//! Whatever stands around such a name, it speaks of a vehicle that nobody looked up. One that only
//! the customer named may be asked back and declined, and is not to be had before evidence says so.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::LazyLock,
};

use crate::guards::pattern::Pattern;
use forecourt_domain::evidence::Fact;

use super::claims::is_claimed;
use crate::{
    guards::{
        Finding, GuardContext, GuardName,
        draft::Draft,
        finding,
        names::tokens,
        text::{before, pattern, plain},
    },
    models::offline::lexicon::vehicle_names,
};

/// A name of the trade, by its words.
struct Known {
    words: Vec<String>,
    make: &'static str,
    model: Option<&'static str>,
    /// The words mean nothing else in any of the three languages.
    plain: bool,
}

/// Names that are ordinary words, places or people in one of the three languages.
const ORDINARY: &[&str] = &[
    "accord",
    "alfa",
    "armada",
    "ascent",
    "atlas",
    "aviator",
    "beamer",
    "benz",
    "blazer",
    "bolt",
    "burb",
    "caddie",
    "camaro",
    "canyon",
    "carnival",
    "cc",
    "challenger",
    "civic",
    "colt",
    "corsair",
    "crown",
    "cube",
    "defender",
    "durango",
    "eclipse",
    "enclave",
    "encore",
    "envista",
    "escape",
    "expedition",
    "explorer",
    "fiesta",
    "forerunner",
    "forte",
    "frontier",
    "fusion",
    "galant",
    "genesis",
    "gladiator",
    "hornet",
    "impala",
    "infinity",
    "integra",
    "jag",
    "jaguar",
    "kicks",
    "lancer",
    "leaf",
    "legacy",
    "lightning",
    "lincoln",
    "malibu",
    "matrix",
    "maverick",
    "mb",
    "merc",
    "mercedes",
    "mini",
    "mirage",
    "mustang",
    "nautilus",
    "navigator",
    "niro",
    "note",
    "odyssey",
    "optima",
    "pacifica",
    "passat",
    "pathfinder",
    "pilot",
    "polestar",
    "prologue",
    "quest",
    "ram",
    "range",
    "ranger",
    "rav",
    "regal",
    "renegade",
    "rogue",
    "santa",
    "saturn",
    "scooby",
    "sedona",
    "sentinel",
    "sequoia",
    "sienna",
    "sierra",
    "slade",
    "sonic",
    "sonata",
    "stang",
    "stingray",
    "stinger",
    "suburban",
    "supra",
    "taco",
    "taos",
    "taurus",
    "titan",
    "town",
    "trail",
    "traverse",
    "tribute",
    "tucson",
    "versa",
    "vette",
    "viper",
    "volt",
    "yukon",
    "lucid",
    "scion",
    "furd",
    "out",
    "the",
    "alero",
    "aura",
    "vue",
    "ion",
    "sky",
    "dart",
    "wave",
];

static BY_FIRST_WORD: LazyLock<HashMap<String, Vec<Known>>> = LazyLock::new(|| {
    let mut names: HashMap<String, Vec<Known>> = HashMap::new();
    for name in vehicle_names() {
        let words = words_of(name.alias);
        let Some(first) = words.first().cloned() else { continue };
        let letters = first.len() >= 3 && first.bytes().all(|byte| byte.is_ascii_alphabetic());
        let plain = name.plain && letters && !ORDINARY.contains(&first.as_str());
        names.entry(first).or_default().push(Known { words, make: name.make, model: name.model, plain });
    }
    names.values_mut().for_each(|names| names.sort_by_key(|name| std::cmp::Reverse(name.words.len())));
    names
});

fn words_of(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    tokens(&lower).into_iter().map(|span| lower[span].to_owned()).collect()
}

/// A name where a text says it.
struct Said {
    known: &'static Known,
    span: Range<usize>,
}

/// All names of the trade in a text in plain spelling, ordinary words among them.
fn said_in(text: &str) -> Vec<Said> {
    let lower = text.to_ascii_lowercase();
    let spans = tokens(&lower);
    let (mut said, mut at) = (Vec::new(), 0);
    while at < spans.len() {
        let found = names_from(&lower[spans[at].clone()]).find(|known| {
            spans.get(at..at + known.words.len()).is_some_and(|window| {
                let same = |(span, word): (&Range<usize>, &String)| is_word(&lower[span.clone()], word);
                let joined = |pair: &[Range<usize>]| pair[1].start - pair[0].end <= 1;
                window.iter().zip(&known.words).all(same) && window.windows(2).all(joined)
            })
        });
        match found {
            Some(known) => {
                let end = at + known.words.len();
                said.push(Said { known, span: spans[at].start..spans[end - 1].end });
                at = end;
            }
            None => at += 1,
        }
    }
    said
}

fn names_from(word: &str) -> impl Iterator<Item = &'static Known> {
    let names = |word: &str| BY_FIRST_WORD.get(word).into_iter().flatten();
    names(word).chain(word.strip_suffix('s').into_iter().flat_map(names))
}

fn is_word(said: &str, word: &str) -> bool {
    said == word || (word.len() >= 3 && said.strip_suffix('s') == Some(word))
}

/// The makes and models that somebody named.
#[derive(Default)]
struct Named {
    makes: HashSet<&'static str>,
    models: HashSet<(&'static str, &'static str)>,
    /// Every word, for names that were misspelled.
    words: Vec<String>,
}

impl Named {
    fn add(&mut self, text: &str) {
        let text = plain(text);
        for said in said_in(&text) {
            self.makes.insert(said.known.make);
            self.models.extend(said.known.model.map(|model| (said.known.make, model)));
        }
        self.words.extend(words_of(&text));
    }

    fn has(&self, known: &Known) -> bool {
        let named = match known.model {
            Some(model) => self.models.contains(&(known.make, model)),
            None => self.makes.contains(known.make),
        };
        named || known.words.iter().all(|word| self.words.iter().any(|said| is_nearly(said, word)))
    }
}

/// Whether a word may be another with a slip of the thumb.
fn is_nearly(said: &str, word: &str) -> bool {
    if said == word {
        return true;
    }
    let alike = said.bytes().zip(word.bytes()).take_while(|(left, right)| left == right).count();
    let tail = said.bytes().rev().zip(word.bytes().rev()).take_while(|(left, right)| left == right).count();
    let longest = said.len().max(word.len());
    word.len() >= 4 && alike >= 1 && alike + tail + 2 >= longest && said.len().abs_diff(word.len()) <= 2
}

/// Makes and models that nobody named, and those only the customer named that the draft says we have.
pub(super) fn check(draft: &Draft, context: &GuardContext) -> Vec<Finding> {
    let names = draft.names_said();
    let unknown = |said: &Said| {
        !names.iter().any(|name| name.span.start < said.span.end && said.span.start < name.span.end)
            && is_a_vehicle(&draft.text, said)
            && !GIVEN_BACK.is_match(before(&draft.text, said.span.start, 60))
    };
    let said: Vec<Said> = said_in(&draft.text).into_iter().filter(unknown).collect();
    if said.is_empty() {
        return Vec::new();
    }
    let (ours, theirs) = (named_by_evidence(draft, context), named_by_them(context));
    let judged = said.iter().filter(|said| !ours.has(said.known)).filter_map(|said| {
        let excerpt = draft.quoted(said.span.clone());
        if !theirs.has(said.known) {
            let reason = "no tool output and no text of the customer names this vehicle; speak only of vehicles that search_inventory or get_vehicle returned";
            return Some(finding(GuardName::ClaimsMatchEffects, excerpt, reason));
        }
        let reason = "no tool output says that we have this vehicle; look it up with search_inventory and say what it returns";
        is_offered(draft, &said.span).then(|| finding(GuardName::ClaimsMatchEffects, excerpt, reason))
    });
    judged.collect()
}

fn named_by_evidence(draft: &Draft, context: &GuardContext) -> Named {
    let mut named = Named::default();
    named.add(context.dealership_name);
    for evidence in &draft.grounds.ours {
        match &evidence.fact {
            Fact::Name(text) | Fact::Address(text) => named.add(text),
            // A description can praise a car over others; that puts none of them on the lot.
            Fact::Text(text) if evidence.field != "description" => named.add(text),
            _ => {}
        }
    }
    named
}

fn named_by_them(context: &GuardContext) -> Named {
    let mut named = Named::default();
    context.customer_said.iter().chain(context.sent).for_each(|text| named.add(text));
    for evidence in context.evidence {
        if let Fact::Name(text) | Fact::Text(text) = &evidence.fact {
            named.add(text);
        }
    }
    named
}

/// "Your question about the Tucson": what the customer asked elsewhere, and not that we have one.
static GIVEN_BACK: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:your (?:question|interest|request|message|inquiry|e-?mail|note)|su (?:pregunta|inter[ée]s|solicitud|mensaje|consulta)|votre (?:question|int[ée]r[êe]t|demande|message))(?: about| in| on| for| sobre| por| en| sur| pour| concernant)(?: an?| the| our| un| una| el| la| une| le)? $",
    )
});

static INTRODUCES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:an?|the|our|your|this|that|any|one|two|new|used|certified|un|una|el|la|los|las|nuestr[oa]|su|este|esta|ning[uú]n|ninguna|otr[oa]|une|le|les|notre|votre|ce|cet|cette|aucune?|(?:19|20)\d\d)\s$|\bl'$",
    )
});

/// An ordinary word is a vehicle right behind a make, and with a capital behind an article.
fn is_a_vehicle(text: &str, said: &Said) -> bool {
    if said.known.plain {
        return true;
    }
    let lead = before(text, said.span.start, 24);
    let make = said.known.make.to_ascii_lowercase();
    let own_make =
        said.known.model.is_some() && lead.to_ascii_lowercase().trim_end_matches([' ', '-']).ends_with(&make);
    let capital = text[said.span.clone()].starts_with(|first: char| first.is_ascii_uppercase());
    let telling =
        said.known.words.iter().any(|word| word.len() >= 3 && word.bytes().all(|byte| !byte.is_ascii_digit()));
    own_make || (capital && telling && INTRODUCES.is_match(lead))
}

static WE_HAVE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:we|i|they)(?:'ve got| have| got| do have| still have| also have| carry| stock| just got)(?: [\p{L}\d'-]+){0,5}\s*$|\b(?:tenemos|tengo|hay|contamos con|quedan?|lleg[óo]|llegar)(?: [\p{L}\d'-]+){0,5}\s*$|\b(?:nous avons|on a|j'ai|il (?:nous |en )?reste|il y a)(?: [\p{L}\d'-]+){0,5}\s*$",
    )
});
static SOMETHING_ELSE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:about|your|question|request|like|similar|instead|for|than|of|looked|searched|passed|noted|asked|sobre|su|para|como|parecid\w+|similar\w*|que|pregunta|votre|sur|pour|comme|que|proche\w*|question|not[ée]|transmis)\b",
    )
});
static IS_HERE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?: [\p{L}\d'-]+){0,2}?(?:'s| is| are| est[áa]n?| sigue[ns]?| est| sont| lo espera| la espera| vous attend| vient)(?: (?:still|now|right|also|all|a[úu]n|todav[íi]a|ya|toujours|bien|encore|d'))*\s?(?:here|available|in stock|on (?:our|the) lot|waiting|ready|disponibles?|aqu[íi]|en (?:stock|nuestro|el lote)|list[oa]|ici|chez nous|pr[êe]te?|arriver|en nuestro)\b|^(?: [\p{L}\d'-]+){0,2}? (?:disponibles?|en stock|in stock|en existencia)\b",
    )
});

/// Whether the draft says that a vehicle can be had.
fn is_offered(draft: &Draft, span: &Range<usize>) -> bool {
    let Some(sentence) = draft.sentence_at(span.start) else { return false };
    let clause = draft.clause_at(sentence, span.start);
    let lead = draft.words(clause.start.min(span.start)..span.start);
    let rest = draft.words(span.end..sentence.range.end.max(span.end));
    let has = WE_HAVE.find(lead).is_some_and(|has| !SOMETHING_ELSE.is_match(has.as_str()));
    (has || IS_HERE.is_match(rest)) && !sentence.question && is_claimed(draft, sentence, span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::tests::without_evidence;

    fn found(text: &str, customer: &[&str]) -> usize {
        let said: Vec<String> = customer.iter().map(|text| (*text).to_owned()).collect();
        without_evidence(|context| {
            let context = GuardContext { customer_said: &said, ..*context };
            check(&Draft::read(text, &context), &context).len()
        })
    }

    #[test]
    fn a_vehicle_that_nobody_named_is_found_in_every_language() {
        for text in [
            "Sí, tenemos una Ford Bronco disponible.",
            "yes we got a bronco",
            "Un Jeep Wrangler vient d'arriver.",
            "Our Escape is here.",
            "Nos llegó una Honda Accord.",
            "Are you looking for a Bronco?",
        ] {
            assert_ne!(found(text, &[]), 0, "{text}");
        }
    }

    #[test]
    fn a_vehicle_of_the_customers_may_be_asked_back_and_declined_but_not_offered() {
        for (text, offered) in [
            ("Are you looking for a Bronco?", false),
            ("We don't have a Bronco right now.", false),
            ("I've passed your question about the Bronco on.", false),
            ("We have a few SUVs like the Bronco.", false),
            ("Sí, tenemos una Ford Bronco disponible.", true),
            ("Oui, nous avons un Bronco en stock.", true),
            ("The Bronco is still available.", true),
        ] {
            assert_eq!(found(text, &["got any bronkos?", "a bronco i mean"]) > 0, offered, "{text}");
        }
    }

    #[test]
    fn ordinary_words_name_no_vehicle() {
        for text in [
            "I saw your question about the Tucson.",
            "D'accord, c'est noté.",
            "Encore merci !",
            "Feel free to explore our range.",
            "The focus is on safety.",
            "Claro, en tal versa.",
            "Thanks, Mercedes!",
            "Escape the cold with heated seats.",
        ] {
            assert_eq!(found(text, &[]), 0, "{text}");
        }
    }
}
