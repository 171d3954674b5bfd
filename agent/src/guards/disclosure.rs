//! The guard of disclosure: the assistant never passes for a person, and the first text says so.
//!
//! Sources: California Business and Professions Code § 17941 (a bot must not mislead about being one
//! in order to sell) and Utah Code § 13-75-103 (say it when asked); CTIA Messaging Principles and
//! Best Practices, section 5 (name the sender and how to opt out).

use std::sync::LazyLock;

use crate::guards::pattern::Pattern;
use forecourt_domain::action::Channel;

use super::{
    Finding, GuardContext, GuardName,
    claims_match_effects::claims::is_claimed,
    draft::Draft,
    text::{pattern, plain},
};

/// "I'm not a bot", "this isn't automated": a denial whatever stands around it.
static DENIES_MACHINE: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    const MACHINE: &str = r"(?:a\.?i\.?\b|bots?\b|robots?\b|chat ?bots?\b|machines?\b|computers?\b|automated\b|artificial intelligence\b)";
    [
        format!(r"(?i)(?:\bnot|n't|\bnever) (?:just |really |actually )?(?:(?:talking|chatting|texting|speaking|dealing) (?:to|with) )?(?:an? |any |some )?(?:kind of )?(?:automated |virtual |computer )?{MACHINE}"),
        format!(r"(?i)\bno {MACHINE} here\b"),
        r"(?i)\bno soy (?:un |una )?(?:robot|bot|m[áa]quina|ia|inteligencia)\b".to_owned(),
        r"(?i)\bje ne suis pas (?:un |une )?(?:robot|bot|machine|ia|intelligence)\b".to_owned(),
    ]
    .iter()
    .map(|source| pattern(source))
    .collect()
});
/// "I'm a real person", "I'm the sales manager": untrue where it is stated.
static CLAIMS_PERSON: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    [
        r"(?i)\b(?:i'm|i am|im|this is|it's)\s+(?:indeed |definitely |absolutely |really |actually |certainly |of course |just |also |totally |100% )*(?:an? |one )?(?:real |actual |live |genuine |true |flesh-and-blood )*(?:human(?: being)?\b|person\b|people\b|real\b(?:\s*[.!,]|$)|guy\b|woman\b|man\b|lady\b)",
        r"(?i)\byou(?:'re| are)\s+(?:now |indeed |definitely |actually )*(?:talking|chatting|texting|speaking|messaging|communicating|in touch)\s+(?:to|with)\s+(?:an? )?(?:real |actual |live )*(?:human|person|member of (?:our|the)|employee|someone)\b",
        r"(?i)\b(?:i'm|i am)\s+(?:just |only |also )*(?:(?:an?|the|your|one of (?:the|our))\s+)(?:[\w-]+\s+){0,3}(?:sales ?(?:person|man|woman|people|consultants?|associates?|reps?|representatives?|advisors?|managers?|specialists?)|(?:sales|service|finance|general|store) managers?|employees?|humans?|dealership (?:employee|staff)|members? of (?:the|our)(?: \w+)? (?:team|staff)|staff members?|team members?)\b",
        r"(?i)\bhuman (?:here|speaking)\b|\breal person here\b|\bas a (?:human|real person|salesperson)\b",
        r"(?i)\bas human as\b|\b(?:flesh[ -]and[ -]blood|carne y hueso|chair et en os)\b|\bhuman (?:is |being )?(?:typing|writing|texting|answering|replying|reading)\b",
        r"(?i)\b(?:(?:claro|por supuesto|desde luego|seguro) que )?soy (?:(?:una?|bien|claro|muy|tan|toda?|realmente|totalmente|simplemente|verdader[oa]|aut[ée]ntic[oa]|genuin[oa]|real|simple|de verdad|otr[oa]) )*(?:persona|human[oa]|ser humano|vendedora?|asesora?|emplead[oa]|gerente)\b",
        r"(?i)\b(?:habla|hablas|hablando|chatea|chateando|escribe|escribiendo|tratando|trata) con una? (?:\w+ ){0,2}(?:persona|human[oa]|ser humano)\b",
        r"(?i)\bje (?:suis|reste) (?:(?:une?|bien|vraiment|bel et bien|tout [àa] fait|r[ée]ellement|absolument|effectivement|aussi|vrai|vraie|v[ée]ritable|r[ée]el|r[ée]elle|authentique|simple|être) )*(?:personne|humaine?|vendeu(?:r|se)|conseill(?:er|[èe]re)|employ[ée]e?|responsable)\b",
        r"(?i)\bvous (?:parlez|[ée]changez|discutez|[ée]crivez|[êe]tes en (?:contact|ligne)) (?:bien )?(?:[àa]|avec) une? (?:\w+ ){0,2}(?:humaine?|personne)\b",
    ]
    .into_iter()
    .map(pattern)
    .collect()
});

/// Words that say what the assistant is.
static IS_AI: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:a\.?i\.?|artificial intelligence|automated|ai-powered)(?:\s+|-)(?:powered\s+|virtual\s+|sales\s+|digital\s+|dealership\s+)*(?:assistant|system|agent|helper|service|bot|chat ?bot|program|concierge|receptionist)\b|\b(?:i'm|i am|this is|it's|indeed|yes,?(?: i'm| i am)?)\s+(?:an?\s+|the\s+)?(?:\w+\s+){0,1}(?:a\.?i\.?\b|bot\b|robot\b|chat ?bot\b|automated\b|computer program\b|artificial intelligence)|\bassistant\b[^.!?]{0,20}\b(?:automated|ai|not a (?:human|person))\b|\basistente (?:virtual )?(?:automatizad[oa]|automátic[oa]|de (?:ia|inteligencia artificial)|con ia)\b|\bsoy (?:una? )?(?:ia|bot|robot|inteligencia artificial)\b|\bassistante? (?:virtuel(?:le)? )?(?:automatis[ée]e?|automatique|ia|d'intelligence artificielle)\b|\bje suis (?:une? )?(?:ia|bot|robot|intelligence artificielle)\b",
    )
});
static HOW_TO_STOP: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r#"(?i)\b(?:reply|text|send|responda|envíe|envie|écrivez|répondez)\s+(?:with\s+)?["']?(?-i:STOP|ALTO|ARRET|ARRÊT)\b"#,
    )
});

/// Whether the draft hides what the assistant is.
pub(super) fn check(draft: &Draft, context: &GuardContext) -> Vec<Finding> {
    let mut findings = denials(draft);
    if !findings.is_empty() {
        return findings;
    }
    let says_ai = says_it_is_ai(&draft.text);
    if context.asked_if_bot && !says_ai {
        findings.push(missing("the customer asks whether you are a bot; say plainly that you are an AI assistant"));
    }
    if context.first_message {
        findings.extend(missing_in_first_message(&draft.text, context).into_iter().map(missing));
    }
    findings
}

fn missing(reason: &str) -> Finding {
    Finding { guard: GuardName::Disclosure, excerpt: String::new(), reason: reason.to_owned() }
}

/// What the first text of a conversation lacks.
fn missing_in_first_message(text: &str, context: &GuardContext) -> Vec<&'static str> {
    let mut missing = Vec::new();
    if !says_it_is_ai(text) {
        missing.push("the first message must say that it comes from an AI assistant");
    }
    if context.channel == Channel::Sms && !names_dealership(text, context) {
        missing.push("the first text must name the dealership");
    }
    if context.channel == Channel::Sms && !says_how_to_stop(text) {
        missing.push("the first text must say how to stop: \"Reply STOP to opt out.\"");
    }
    missing
}

/// Whether a text (in plain spelling) says that its author is a machine.
pub(super) fn says_it_is_ai(text: &str) -> bool {
    IS_AI.is_match(text)
}

/// Whether a text names the dealership.
pub(super) fn names_dealership(text: &str, context: &GuardContext) -> bool {
    let name = plain(context.dealership_name).to_lowercase();
    !name.trim().is_empty() && text.to_lowercase().contains(name.trim())
}

/// Whether a text says how to opt out.
pub(super) fn says_how_to_stop(text: &str) -> bool {
    HOW_TO_STOP.is_match(text)
}

static ASKS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:are you asking|did you (?:ask|want|mean)|do you (?:ask|want|mean|prefer|wish)|would you|is that|shall|should|can|could)\b",
    )
});

fn denials(draft: &Draft) -> Vec<Finding> {
    let patterns =
        DENIES_MACHINE.iter().map(|denies| (denies, true)).chain(CLAIMS_PERSON.iter().map(|claims| (claims, false)));
    let mut findings = Vec::new();
    for (pattern, denies_machine) in patterns {
        for sentence in &draft.sentences {
            let words = draft.words(sentence.range.clone());
            let asks = sentence.question && ASKS.is_match(words);
            for said in pattern.find_iter(words) {
                let span = sentence.range.start + said.start()..sentence.range.start + said.end();
                // Behind the verb nothing is denied: French "personne" would read as "nobody".
                let stated = is_claimed(draft, sentence, &(span.start..span.start));
                if !asks && (denies_machine || stated) {
                    findings.push(denial(draft.quoted(span)));
                }
            }
        }
    }
    findings
}

fn denial(said: &str) -> Finding {
    let reason = "you are an AI assistant of the dealership and no member of its staff; never say or suggest otherwise";
    Finding { guard: GuardName::Disclosure, excerpt: said.to_owned(), reason: format!("{said:?}: {reason}") }
}

static ASKS_IF_BOT: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    const MACHINE: &str = r"(?:a\.?i\b\.?|bot|robot|chat ?bot|machine|computer|automated|artificial intelligence|chat ?gpt|gpt|siri|alexa|auto[- ]?reply|auto[- ]?responder)";
    const PERSON: &str = r"(?:human|person|people|real)";
    [
        format!(r"(?i)\b(?:are|r|is|am|was)\s+(?:you|u|ya|this|that|i|it|we)\s+(?:[\w']+\s+){{0,4}}?(?:{MACHINE}\b|human\b|person\b|people\b|real\s*(?:[?!.,]|$))"),
        format!(r"(?i)\b(?:you|u|ur|youre|this|that)(?:'re|'s| are| r| is)?\s+(?:an?\s+|just\s+an?\s+|even\s+)?(?:real\s+)?(?:{MACHINE}|{PERSON})\s*(?:\?|$|,? (?:or|right|huh|no)\b)"),
        format!(r"(?i)^\W*(?:an?\s+)?(?:real\s+)?(?:{MACHINE}|{PERSON})\s*(?:or\s+(?:an?\s+)?(?:{MACHINE}|{PERSON}))?\s*\?"),
        format!(r"(?i)\b{PERSON}\s+or\s+(?:an?\s+)?{MACHINE}\b|\b{MACHINE}\s+or\s+(?:an?\s+)?(?:real\s+)?{PERSON}\b"),
        r"(?i)\bwho am i (?:talking|speaking|texting|chatting)\b|\b(?:do|does) (?:a|an) (?:human|person|bot)\b[^.!?]{0,20}\b(?:read|write|answer|type)".to_owned(),
        r"(?i)\b(?:eres|es usted|es|sos|esto es|hablo con|estoy hablando con)\b[^.!?\n]{0,25}\b(?:robot|bot|humano|humana|m[áa]quina|persona|ia|real)\b".to_owned(),
        r"(?i)\b(?:[êe]tes[- ]vous|vous [êe]tes|es[- ]tu|tu es|t'es|c'est|je parle [àa])\b[^.!?\n]{0,25}\b(?:robot|bot|humaine?|machine|personne|ia)\b".to_owned(),
    ]
    .iter()
    .map(|source| pattern(source))
    .collect()
});
/// "Is there a real person I can talk to" asks for one, not about us.
static WANTS_A_PERSON: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:is there|are there|can i|could i|may i|let me|i want|i'd like|i would like|i need|how do i|get me|have)\b[^.!?\n]{0,25}\b(?:person|human|people|someone|somebody|manager)\b",
    )
});

/// Whether the inbound texts of a turn ask if the customer talks to a machine or a person.
///
/// ```
/// use forecourt_agent::guards::asks_if_bot;
/// assert!(asks_if_bot(&["wait, are you a bot?".to_owned()]));
/// assert!(!asks_if_bot(&["can I talk to a real person?".to_owned()]));
/// ```
#[must_use]
pub fn asks_if_bot(texts: &[String]) -> bool {
    texts.iter().any(|text| {
        let text = plain(text);
        text.split_inclusive(['.', '!', '?', '\n']).any(|sentence| {
            ASKS_IF_BOT.iter().any(|asks| asks.is_match(sentence)) && !WANTS_A_PERSON.is_match(sentence)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::tests::without_evidence;

    #[test]
    fn a_customer_who_asks_for_machine_or_person_is_heard() {
        for text in [
            "are you a bot?",
            "R u a robot??",
            "is this a real person",
            "am i talking to a human",
            "bot?",
            "you a bot or a human",
            "is this automated",
            "Are you ChatGPT?",
            "are you real",
            "ur a bot right",
            "wait, is this an ai?",
            "who am I talking to",
            "¿eres un robot?",
            "hablo con una persona real?",
            "Êtes-vous un robot ?",
        ] {
            assert!(asks_if_bot(&[text.to_owned()]), "{text}");
        }
    }

    #[test]
    fn a_customer_who_wants_a_person_or_a_car_does_not_ask_what_we_are() {
        for text in [
            "can I talk to a real person?",
            "I want to speak to a human",
            "is the CX-5 an automatic?",
            "are you open on Sunday?",
            "is this the one with the automatic transmission",
            "is there someone I can talk to?",
            "do you have the real photos",
            "",
        ] {
            assert!(!asks_if_bot(&[text.to_owned()]), "{text}");
        }
    }

    #[test]
    fn a_claim_to_be_a_person_is_found_in_any_order_of_words_and_a_denial_is_none() {
        for (text, claims) in [
            ("Je suis une vraie personne.", true),
            ("Je suis bien une personne réelle.", true),
            ("Soy una verdadera persona.", true),
            ("Claro que soy humana.", true),
            ("Está hablando con una persona real.", true),
            ("Vous parlez à un vrai humain.", true),
            ("I'm as human as you are.", true),
            ("Je ne suis pas une personne.", false),
            ("No soy una persona.", false),
            ("I'm an AI assistant, not a person.", false),
            ("¿Prefiere hablar con una persona?", false),
            ("Une personne de l'équipe peut vous répondre.", false),
        ] {
            let found = without_evidence(|context| check(&Draft::read(text, context), context));
            assert_eq!(!found.is_empty(), claims, "{text}");
        }
    }

    #[test]
    fn only_words_that_say_machine_disclose_it() {
        for (text, says) in [
            ("I'm an AI assistant.", true),
            ("I'm Ava, the AI assistant of Northgate Motors.", true),
            ("This is an automated assistant.", true),
            ("Yes, I'm a bot.", true),
            ("Soy el asistente automatizado de Northgate.", true),
            ("Je suis l'assistante automatisée de Northgate.", true),
            ("I'm Ava, your assistant.", false),
            ("I'm your virtual assistant.", false),
            ("It has an automatic transmission.", false),
        ] {
            assert_eq!(says_it_is_ai(text), says, "{text}");
        }
    }
}
