//! The guard of repetition: the assistant does not say again what it said last, as a machine that
//! is stuck does.
//!
//! Somebody who asks the same thing twice may get the same answer twice. So may somebody whose new
//! question is about what the answer says: words are only a repetition where they do not answer.

use std::{collections::BTreeSet, sync::LazyLock};

use crate::guards::pattern::Pattern;

use super::{
    Finding, GuardContext, GuardName,
    draft::Draft,
    figures::Value,
    finding,
    text::{pattern, plain, sentences},
};

/// How many of the latest words of ours are compared.
const LATEST: usize = 2;
/// Fewer words than this are a courtesy, which may be said again.
const SHORTEST: usize = 4;

/// Whether the draft repeats what was said last without being asked to, or says the customer's words as its own.
pub(super) fn check(draft: &Draft, context: &GuardContext) -> Vec<Finding> {
    let mut findings = repeated(draft, context);
    findings.extend(parroted(draft, context));
    findings
}

/// So many words of a customer's sentence are given back by chance no more.
const PARROTED: usize = 6;
/// Words that mean another person when another person says them: such a sentence cannot be right as it stands.
static PERSONS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:i|me|my|mine|you|your|yours|we|us|our|yo|m[íi]|me|t[úu]|te|usted|su|nosotros|nos|je|moi|mon|ma|mes|tu|toi|vous|votre|vos|nous)\b",
    )
});

/// A whole sentence of the customer's, word for word. Whoever wants it said by the dealership writes it so.
fn parroted(draft: &Draft, context: &GuardContext) -> Option<Finding> {
    const REASON: &str = "these are the customer's own words; answer them instead of saying them";
    let said = format!(" {} ", words_of(&draft.text).join(" "));
    context.customer_said.iter().chain(context.asked).find_map(|text| {
        let text = plain(text);
        let theirs = sentences(&text).into_iter().map(|sentence| text[sentence.range].trim().to_owned());
        theirs.into_iter().find_map(|sentence| {
            let words = words_of(&sentence);
            let repeated = words.len() >= PARROTED && said.contains(&format!(" {} ", words.join(" ")));
            let excerpt: String = sentence.chars().take(60).collect();
            (repeated && PERSONS.is_match(&sentence)).then(|| finding(GuardName::Duplicate, &excerpt, REASON))
        })
    })
}

fn words_of(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

fn repeated(draft: &Draft, context: &GuardContext) -> Vec<Finding> {
    let words = content(&draft.text);
    let repeats = |sent: &String| is_the_same(&words, &content(&plain(sent)));
    let repeated = words.len() >= SHORTEST && context.sent.iter().rev().take(LATEST).any(repeats);
    if !repeated || context.asked.is_empty() || !context.effects.is_empty() || is_asked_for(draft, context) {
        return Vec::new();
    }
    let excerpt: String = draft.text.chars().take(40).collect();
    let reason = "you have just said this; answer what the customer writes now, or say that a person can help";
    vec![finding(GuardName::Duplicate, &excerpt, reason)]
}

/// Words without which a repetition is still one.
const FILLERS: &[&str] = &[
    "hi", "hello", "hey", "ok", "okay", "sure", "yes", "no", "well", "so", "great", "thanks", "again", "please", "and",
    "just", "hola", "sí", "si", "claro", "gracias", "bueno", "y", "bonjour", "oui", "merci", "et", "alors", "bien",
];

fn content(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase);
    words.filter(|word| !FILLERS.contains(&word.as_str())).collect()
}

/// The same words in the same order, but for one that is more or less; figures are all the same.
fn is_the_same(one: &[String], other: &[String]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let head = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let tail = short[head..].iter().rev().zip(long.iter().rev()).take_while(|(a, b)| a == b).count();
    let extra = long.get(head).filter(|_| long.len() > short.len());
    head + tail == short.len() && extra.is_none_or(|word| !word.contains(|c: char| c.is_ascii_digit()))
}

static AGAIN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:again|repeat|resend|what was|what were|what did you|say that|missed (?:that|it)|didn't (?:get|see|catch)|sorry\s*\?|pardon|otra vez|de nuevo|repit\w+|repet\w+|cu[áa]l era|no (?:me lleg[óo]|entend[íi]|vi)|encore une fois|r[ée]p[ée]t\w+|redi(?:s|tes|re)|c'[ée]tait (?:quoi|combien)|pas (?:compris|re[çc]u|vu))\b",
    )
});

/// Whether the customer's new texts ask for what the draft says.
fn is_asked_for(draft: &Draft, context: &GuardContext) -> bool {
    let asked: Vec<String> = context.asked.iter().map(|text| plain(text)).collect();
    let before = &context.customer_said[..context.customer_said.len().saturating_sub(context.asked.len())];
    let earlier: Vec<Vec<String>> = before.iter().map(|text| content(&plain(text))).collect();
    asked.iter().any(|text| {
        let words = content(text);
        words.len() < 2 && !text.contains(char::is_alphabetic)
            || AGAIN.is_match(text)
            || earlier.iter().any(|earlier| is_alike(earlier, &words))
            || answers(draft, text, &words)
    })
}

/// Whether two questions have most of their words in common.
fn is_alike(one: &[String], other: &[String]) -> bool {
    let (one, other): (BTreeSet<&String>, BTreeSet<&String>) = (one.iter().collect(), other.iter().collect());
    let common = one.intersection(&other).count();
    let all = one.union(&other).count();
    (all == 0) || common * 2 >= all
}

/// Whether a figure answers a question.
type Answers = fn(&Value) -> bool;

/// What a question is about, and the figures that answer it.
static TOPICS: LazyLock<Vec<(Pattern, Answers)>> = LazyLock::new(|| {
    let topics: [(&str, Answers); 5] = [
        (
            r"(?i)\b(?:price|prices|cost|costs|how much|\$|asking|precio|cuesta|cu[áa]nto|vale|prix|co[ûu]te|combien)\b|\$",
            |value| matches!(value, Value::Money { .. }),
        ),
        (r"(?i)\b(?:miles|mileage|odometer|millas|millaje|kilom\w+|milles|km)\b", |value| {
            matches!(value, Value::Distance { .. })
        }),
        (
            r"(?i)\b(?:when|time|times|open|close|hours|come|appointment|slot|schedule|book|today|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day|cu[áa]ndo|hora|horas|horario|abren|cierran|cita|hoy|ma[ñn]ana|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|quand|heure|heures|ouvert\w*|rendez-vous|demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b",
            |value| matches!(value, Value::Time { .. } | Value::Days(_)),
        ),
        (
            r"(?i)\b(?:where|address|located|location|directions|d[óo]nde|direcci[óo]n|ubicad\w+|o[ùu]|adresse)\b",
            |value| matches!(value, Value::Address(_)),
        ),
        (
            r"(?i)\b(?:call|phone|number|e-?mail|website|link|tel[ée]fono|llamar|correo|p[áa]gina|t[ée]l[ée]phone|appeler|num[ée]ro|site)\b",
            |value| matches!(value, Value::Phone(_) | Value::Email(_) | Value::Host(_)),
        ),
    ];
    topics.into_iter().map(|(source, answers)| (pattern(source), answers)).collect()
});

/// Whether the draft speaks of what the text asks, and of the vehicle it asks about.
fn answers(draft: &Draft, text: &str, words: &[String]) -> bool {
    let said = content(&draft.text);
    let names_other = draft.vehicles_named(text).is_some_and(|asked| {
        let named: Vec<usize> = draft.mentions.iter().flat_map(|mention| mention.vehicles.clone()).collect();
        !named.is_empty() && !asked.iter().any(|vehicle| named.contains(vehicle))
    });
    let on_topic = TOPICS
        .iter()
        .any(|(asks, answers)| asks.is_match(text) && draft.figures.iter().any(|figure| answers(&figure.value)));
    let shared = words.iter().any(|word| word.chars().count() >= 4 && said.contains(word) && !is_common(word));
    !names_other && (on_topic || shared)
}

fn is_common(word: &str) -> bool {
    const COMMON: &[&str] = &[
        "what", "which", "have", "that", "this", "with", "would", "like", "your", "you", "there", "does", "about",
        "from", "para", "como", "cual", "esta", "este", "tiene", "quiere", "usted", "vous", "votre", "avez", "pour",
        "avec", "quel", "quelle", "est-ce", "they", "them", "want", "know",
    ];
    COMMON.contains(&word)
}
