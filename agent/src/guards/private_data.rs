//! The guard of private data: nothing about a person that the customer did not write themselves,
//! and no contact but the dealership's own.
//!
//! What a record says is no licence here: a note on a vehicle may hold the number of who owned it.

use std::sync::LazyLock;

use crate::guards::pattern::Pattern;
use forecourt_domain::evidence::{Evidence, EvidenceClass, Fact, SourceKind};

use super::{
    Finding, GuardContext, GuardName,
    draft::Draft,
    figures::{Value, address_words, dialled},
    finding,
    text::{ascii_pattern, plain},
};

/// All private data of the draft.
pub(super) fn check(draft: &Draft, context: &GuardContext) -> Vec<Finding> {
    let mut findings = contacts(draft);
    findings.extend(numbers(draft));
    findings.extend(birthdays(draft, context));
    findings.extend(names(draft, context));
    findings
}

/// Phones, addresses and places that are neither the dealership's nor the customer's own words.
fn contacts(draft: &Draft) -> Vec<Finding> {
    const REASON: &str = "this is no contact of the dealership, and the customer did not give it; leave it out";
    let foreign = draft.figures.iter().filter(|figure| {
        let contact = matches!(figure.value, Value::Phone(_) | Value::Email(_) | Value::Address(_));
        contact && !is_ours(draft, &figure.value) && !is_theirs(draft, &figure.value)
    });
    foreign.map(|figure| finding(GuardName::PrivateData, draft.words(figure.span.clone()), REASON)).collect()
}

/// Whether a record that is public by its kind has the contact.
fn is_ours(draft: &Draft, value: &Value) -> bool {
    let public = |evidence: &&&Evidence| {
        matches!(
            evidence.source.kind,
            SourceKind::Dealership | SourceKind::Department | SourceKind::Knowledge | SourceKind::Handoff
        )
    };
    let stated = draft.grounds.ours.iter().filter(public).any(|evidence| match (&evidence.fact, value) {
        (Fact::Phone(known), Value::Phone(said)) => same_digits(&dialled(known), said),
        (Fact::Email(known), Value::Email(said)) => known.to_lowercase() == *said,
        (Fact::Address(known) | Fact::Text(known), Value::Address(said)) => {
            let known = address_words(&plain(known));
            known.windows(said.len().max(1)).any(|words| words == said.as_slice())
        }
        _ => false,
    });
    stated
        || draft.grounds.records().iter().any(|record| {
            let public = public(&&record.evidence);
            public && record.figures.iter().any(|figure| is_one(&figure.value, value))
        })
}

fn is_theirs(draft: &Draft, value: &Value) -> bool {
    draft.grounds.theirs().iter().any(|theirs| is_one(theirs, value))
}

fn is_one(known: &Value, said: &Value) -> bool {
    match (known, said) {
        (Value::Phone(known), Value::Phone(said)) => same_digits(known, said),
        (Value::Address(known), Value::Address(said)) => {
            known.windows(said.len().max(1)).any(|words| words == said.as_slice())
        }
        // A postal code may be read as a bare number where a customer writes it.
        (Value::Number(known), Value::Address(said)) => {
            matches!(said.as_slice(), [one] if *one == (known / 1000).to_string())
        }
        (known, said) => known == said,
    }
}

/// One number, with or without its country code or area code.
fn same_digits(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim_start_matches('+'), other.trim_start_matches('+'));
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.len() >= 7 && long.ends_with(short.strip_prefix('0').unwrap_or(short))
}

static SOCIAL: LazyLock<Pattern> = LazyLock::new(|| {
    ascii_pattern(
        r"(?i)\b\d{3}[- ]\d{2}[- ]\d{4}\b|\b(?:ssn|social security|social insurance|seguro social|s[ée]curit[ée] sociale|passport|pasaporte|passeport|driver'?s license|licencia|permis(?: de conduire)?|account|routing|cuenta|compte|card|tarjeta|carte|iban)(?:\s+(?:number|no\.?|n[úu]mero|num[ée]ro))?[^.!?\n]{0,30}?\b[A-Z]{0,2}\d[\d -]{2,}\d\b",
    )
});
static CARD: LazyLock<Pattern> = LazyLock::new(|| ascii_pattern(r"\b\d(?:[ -]?\d){12,18}\b"));

/// Account numbers by their form: an IBAN (ISO 13616) or like one, and any long run of digits. A VIN has 17 signs.
static ACCOUNT: LazyLock<Pattern> = LazyLock::new(|| {
    ascii_pattern(r"(?i)\b[a-z]{2}\d{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,3})?\b|\b\d{12,}\b")
});
const VIN_LENGTH: usize = 17;

/// Numbers of people and accounts, which nobody needs to be told, whoever wrote them first.
fn numbers(draft: &Draft) -> Vec<Finding> {
    const REASON: &str = "never write numbers of accounts, cards or identity papers, not even the customer's own";
    let cards = CARD.find_iter(&draft.text).filter(|digits| is_card(digits.as_str()));
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    let accounts = ACCOUNT
        .find_iter(&draft.text)
        .filter(|found| found.as_str().len() != VIN_LENGTH && digits(found.as_str()) * 2 > found.as_str().len());
    let found = SOCIAL.find_iter(&draft.text).chain(cards).chain(accounts);
    found.map(|found| finding(GuardName::PrivateData, found.as_str(), REASON)).collect()
}

/// Whether digits pass the check of card numbers (ISO/IEC 7812-1, annex B).
fn is_card(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 1 { digit * 2 - 9 * u32::from(*digit > 4) } else { *digit })
        .sum();
    digits.len() >= 13 && sum.is_multiple_of(10)
}

static BORN: LazyLock<Pattern> = LazyLock::new(|| {
    ascii_pattern(
        r"(?i)\b(?:date of birth|birth ?date|birthday|d\.?o\.?b\.?\b|born (?:on|in)|fecha de nacimiento|cumplea[ñn]os|naci[óo] (?:el|en)|date de naissance|anniversaire|n[ée]e? (?:le|en))[^.!?\n]{0,30}\d",
    )
});

fn birthdays(draft: &Draft, context: &GuardContext) -> Vec<Finding> {
    const REASON: &str = "never write when somebody was born";
    let given = |words: &str| {
        let digits = words.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
        digits.into_iter().all(|run| context.customer_said.iter().any(|text| plain(text).contains(run)))
    };
    BORN.find_iter(&draft.text)
        .filter(|found| {
            let rest = draft.text[found.start()..].split(['.', '!', '?', '\n']).next().unwrap_or_default();
            !given(rest)
        })
        .map(|found| finding(GuardName::PrivateData, found.as_str(), REASON))
        .collect()
}

/// A name of a person: one to three capitalised words, perhaps behind a title.
const PERSON: &str = r"(?P<name>(?-i:(?:(?:Mr|Mrs|Ms|Dr|Sr|Sra|Srta|Don|Doña|M|Mme|Mlle)\.?\s+)?[A-ZÀ-ÞŁŚŽ][\p{L}'-]+(?:\s+(?:de |del |la |von |van |du |le )?[A-ZÀ-ÞŁŚŽ][\p{L}.'-]*){0,3}))";

/// Names of people as owners, buyers or customers, in the three languages.
static PEOPLE: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    const OWNER: &str = r"(?:owners?|drivers?|sellers?|buyers?|customers?|clients?|dueñ[oa]s?|duen[oa]s?|propietari[oa]s?|conductor\w*|vendedora? particular|comprador\w*|client[ea]s?|propri[ée]taires?|conduct(?:eur|rice)s?|acheteu(?:r|se)s?|acqu[ée]reurs?)";
    const WAS: &str = r"(?:\s+(?:anterior|previ[oa]|actual|original|pr[ée]c[ée]dente?|actuele?|pr[ée]vious))?(?:\s*[,:(]\s*|\s+(?:is|was|were|named|called|es|era|fue|se llama(?:ba)?|llamad[oa]|est|[ée]tait|s'appel(?:le|ait)|nomm[ée]e?|a [ée]t[ée])\s+(?:named |called |a |un |una |une )?|\s+)";
    [
        format!(r"(?i)\b{OWNER}{WAS}{PERSON}"),
        format!(r"(?i)\b(?:owned|driven|traded(?:[- ]in)?|sold(?: to us)?|bought|purchased|leased|reserved|consigned) by\s+{PERSON}"),
        format!(r"(?i)\b(?:belong(?:s|ed) to|perteneci[óo] a|pertenece a|era de|fue de|appartenait [àa]|appartient [àa]|vendid[oa] por|vendue? par|entregad[oa] por|repris(?:e)? [àa])\s+{PERSON}"),
        format!(r"(?i){PERSON}\s+(?:bought|purchased|traded|leased|financed|owns|owned|test[- ]drove|drove it|lives (?:at|in|on)|compr[óo]|vendi[óo]|vive en|financi[óo]|era el dueñ|fue (?:el|la) dueñ|a (?:achet[ée]|vendu|financ[ée])|habite|poss[ée]dait|[ée]tait (?:le|la) propri[ée]taire|was the (?:previous |first |last )?owner)"),
        format!(r"(?i){PERSON}'s\s+(?:old |former |trade-in|previous |credit|cell|mobile|home|private|personal|address|phone|appointment|birthday|loan)"),
        format!(r"(?i)\b(?:celular|m[óo]vil|tel[ée]fono personal|direcci[óo]n|cr[ée]dito|cita|portable|adresse|domicile|rendez-vous|cr[ée]dit) (?:de|d')\s*{PERSON}"),
    ]
    .iter()
    .map(|source| ascii_pattern(source))
    .collect()
});

fn names(draft: &Draft, context: &GuardContext) -> Vec<Finding> {
    const REASON: &str = "never name other people, such as who owned, bought or drove a vehicle";
    let mut findings: Vec<Finding> = Vec::new();
    for pattern in PEOPLE.iter() {
        for found in pattern.captures_iter(&draft.text) {
            let Some(name) = found.name("name").filter(|name| !is_known(context, name.as_str())) else { continue };
            let excerpt = name.as_str();
            if !findings.iter().any(|finding| finding.excerpt == excerpt) {
                findings.push(finding(GuardName::PrivateData, excerpt, REASON));
            }
        }
    }
    findings
}

/// Words that begin sentences or follow such phrases and are no names.
const NO_NAMES: &[&str] = &[
    "i",
    "the",
    "it",
    "we",
    "you",
    "a",
    "an",
    "this",
    "that",
    "one",
    "both",
    "no",
    "yes",
    "someone",
    "anyone",
    "nobody",
    "another",
    "carfax",
    "autocheck",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "ai",
    "suv",
    "awd",
    "vin",
    "he",
    "she",
    "they",
    "who",
    "our",
    "his",
    "her",
    "their",
    "el",
    "la",
    "un",
    "una",
    "usted",
    "le",
    "les",
    "une",
    "vous",
    "nous",
    "stop",
    "us",
    "your",
    "my",
    "if",
    "please",
    "would",
    "let",
];

/// Whether a name is one of ours (a make, the dealership, a colleague in an appointment) or the customer's.
fn is_known(context: &GuardContext, name: &str) -> bool {
    let known = |word: &str| {
        let lower = word.to_lowercase();
        let says = |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|other| other.to_lowercase() == lower);
        let names = |evidence: &&Evidence| match (&evidence.fact, evidence.source.kind) {
            (Fact::Name(text), _) => says(text),
            (Fact::Text(text), SourceKind::Vehicle) => says(text) && evidence.field != "description",
            (Fact::Text(text) | Fact::Address(text), _) => says(text),
            _ => false,
        };
        NO_NAMES.contains(&lower.as_str())
            || [context.dealership_name, context.assistant_name].into_iter().any(says)
            || context.customer_said.iter().any(|text| says(text))
            || context.evidence.iter().filter(|item| item.class >= EvidenceClass::CustomerSaid).any(|item| names(&item))
    };
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1).all(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::tests::without_evidence;

    fn found(text: &str, said: &str) -> Vec<String> {
        without_evidence(|context| {
            let said = [said.to_owned()];
            let context = GuardContext { customer_said: &said, ..*context };
            check(&Draft::read(text, &context), &context).into_iter().map(|finding| finding.excerpt).collect()
        })
    }

    #[test]
    fn other_peoples_data_is_found() {
        for text in [
            "The previous owner, John Smith, took care of it.",
            "It was owned by Maria Gonzalez.",
            "El dueño anterior fue Juan Pérez.",
            "Perteneció a Ana López.",
            "L'ancien propriétaire, Jean Dupont, en a pris soin.",
            "Elle appartenait à Claire Martin.",
            "Maria Gonzalez bought one last week.",
            "Pedro Ruiz compró una igual.",
            "Luc Moreau a acheté le même.",
            "Call Dana at 303-555-0171.",
            "Su número es 303 555 0171.",
            "Son adresse est le 12 rue de la Paix, Paris.",
            "Write to bob@example.net.",
            "Your SSN is 123-45-6789.",
            "Su tarjeta termina en 4242.",
            "Card 4242 4242 4242 4242 works.",
            "Your date of birth is April 12, 1988.",
            "Su fecha de nacimiento es 12/04/1988.",
            "Votre date de naissance : 12/04/1988.",
        ] {
            assert!(!found(text, "hi").is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_not_about_a_person_passes() {
        for text in [
            "It has had one owner.",
            "The previous owner took good care of it, I can't say more.",
            "I can't share anything about previous owners.",
            "No puedo dar datos del dueño anterior.",
            "Je ne peux rien dire de l'ancien propriétaire.",
            "It was sold by Northgate Motors.",
            "What is your date of birth? Please don't send it.",
            "The VIN is JM3KFBCM5M0412345.",
            "You'll need your driver's license.",
            "Bring your card, the desk opens at 9.",
            "Customers love it. Come and see!",
            "Our customers are welcome Saturday.",
        ] {
            assert_eq!(found(text, "hi"), [""; 0], "{text}");
        }
    }

    #[test]
    fn what_the_customer_wrote_may_be_given_back() {
        assert_eq!(found("You can be reached at (303) 555-0155.", "my number is 303-555-0155"), [""; 0]);
        assert_eq!(found("Thanks, ana@example.com it is.", "ana@example.com"), [""; 0]);
        assert_eq!(found("Was it owned by Bob Ray?", "was it owned by Bob Ray"), [""; 0]);
        assert!(!found("Your card 4242 4242 4242 4242.", "use 4242 4242 4242 4242").is_empty());
    }
}
