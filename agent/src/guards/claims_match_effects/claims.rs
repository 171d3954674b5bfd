//! What a draft claims to have happened or promises to happen, found by tables of phrases.
//!
//! A phrase counts only where it is asserted. "Shall I book it?", "I can book", "it's not booked yet"
//! and "once it's booked" claim nothing.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;

use super::{english, french, spanish};
use crate::guards::{
    draft::Draft,
    folded::{Folded, PatternTable, folded_words, spelled},
    negation,
    text::{Sentence, pattern},
};

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    /// Something was done that no other claim names.
    Acted,
    /// There is an appointment.
    Booked,
    Rescheduled,
    Cancelled,
    /// A field of the customer's profile was changed.
    ProfileUpdated,
    /// Something was noted or saved.
    Recorded,
    /// A message, link or file went to the customer by another way, or will.
    Sent,
    /// A person of ours knows, or will contact the customer.
    HandedOff,
    /// The assistant talked with a person.
    Consulted,
    Approved,
    /// A vehicle can be bought today.
    InStock,
    Sold,
    /// A vehicle cannot be bought today.
    NotAvailable,
    /// A vehicle is kept for the customer.
    Held,
    /// What we know of the customer was deleted.
    Erased,
    /// The dealership is open day and night.
    NeverCloses,
}

/// How it is claimed; it decides which words around take the claim back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// "I booked".
    Done,
    /// "It is booked".
    State,
    /// "Someone will call you".
    Promise,
}

/// Rows of a table: a claim, its voice and the patterns that make it. Case does not matter; a language
/// may abbreviate what its patterns share.
pub(super) struct Phrases {
    pub claim: Claim,
    pub voice: Voice,
    pub patterns: &'static [&'static str],
}

static PHRASES: LazyLock<PatternTable<(Claim, Voice)>> = LazyLock::new(|| {
    let tables = [
        (english::PHRASES, english::ABBREVIATIONS),
        (spanish::PHRASES, spanish::ABBREVIATIONS),
        (french::PHRASES, french::ABBREVIATIONS),
    ];
    let mut sources = Vec::new();
    for (table, abbreviations) in tables {
        for phrases in table {
            let made = (phrases.claim, phrases.voice);
            sources.extend(phrases.patterns.iter().map(|source| (made, spelled(source, abbreviations))));
        }
    }
    PatternTable::of(sources)
});

/// A claim where a draft makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asserted {
    pub claim: Claim,
    pub voice: Voice,
    pub span: Range<usize>,
    /// Index of its sentence in the draft.
    pub sentence: usize,
    /// Whether it names an act of which no tool is capable: "I've replaced the brakes".
    pub beyond_tools: bool,
}

/// All claims a draft asserts; the same words may make several.
pub(super) fn asserted(draft: &Draft) -> Vec<Asserted> {
    let mut found = Vec::new();
    for (index, sentence) in draft.sentences.iter().enumerate() {
        let words = draft.words(sentence.range.clone());
        let folded = Folded::of(words);
        for (((claim, voice), pattern), said) in PHRASES.find_all(words, &folded) {
            let span = sentence.range.start + said.start..sentence.range.start + said.end;
            let verb = (*claim == Claim::Acted).then(|| pattern.group(&words[said], "verb")).flatten();
            let harmless = verb.as_deref().is_some_and(|verb| is_among(verb, HARMLESS_VERBS));
            let beyond_tools = verb.as_deref().is_some_and(|verb| !is_among(verb, TOOL_VERBS));
            let made = Asserted { claim: *claim, voice: *voice, span, sentence: index, beyond_tools };
            if !harmless && is_asserted(draft, sentence, &made) && !answers_a_question(draft, &made) {
                found.push(made);
            }
        }
    }
    found.sort_by_key(|asserted| (asserted.span.start, asserted.claim));
    let named: Vec<Range<usize>> =
        found.iter().filter(|one| one.claim != Claim::Acted).map(|one| one.span.clone()).collect();
    let overlaps = |span: &Range<usize>| named.iter().any(|other| span.start < other.end && other.start < span.end);
    found.retain(|one| one.claim != Claim::Acted || !overlaps(&one.span));
    found
}

/// The clause opens as a question or an offer.
static ASKS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:so|and|or|ok|okay|great|sure|perfect|then|also|now|please|hi|hello)\W+)*(?:shall|should|would|could|can|may|do|does|did|is|are|am|was|were|will|want|have|has|like|what|which|when|where|how|who|why|ready|any|anything|need|le gustar[ií]a|quiere|quieres|desea|prefiere|puedo|podemos|podr[íi]a|qu[ée]|cu[áa]l|cu[áa]ndo|d[óo]nde|c[óo]mo|voulez|souhaitez|pr[ée]f[ée]rez|puis-je|est-ce|est-il|est-elle|avez-vous|pouvez-vous|peut-on|quel\w*|quand|o[ùu]|comment)\b",
    )
});
static OFFERS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:so|and|or|ok|okay|great|sure|perfect|then|also)\W+)*(?:shall|should i|would you|could (?:i|you|we)|do you|does|did|want me|would it|quiere que|quieres que|le gustar[íi]a que|desea que|prefiere que|puedo|podr[íi]a|podemos|voulez-vous que|souhaitez-vous que|puis-je|pourrais-je|je peux|nous pouvons|aimeriez-vous)\b",
    )
});
/// A question that tells: "did you know it's reserved for you?"
pub(in crate::guards) static TELLS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:did you (?:know|hear|see|notice)|(?:do|did) you know that|have you (?:heard|seen|noticed)|what if i told you|sab[íi]as?(?: usted)? que|vi(?:o|ste) que|saviez-vous|savez-vous que|avez-vous vu)\b",
    )
});
/// What right before a phrase makes it hypothetical.
static HYPOTHETICAL: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:if|whether|once|until|unless|before|when|whenever|after|as soon as|in case|as if|as though|since you|you (?:said|mentioned|told|wrote|asked|say|think)|si|cuando|una vez que|en cuanto|antes de(?: que)?|hasta que|despu[ée]s de(?: que)?|para que|como si|une fois que|une fois|quand|lorsque|d[èe]s que|avant (?:de|que)|apr[èe]s que|jusqu'[àa] ce que|pour que|comme si|s')\s*(?:[\p{L}'-]+\s+){0,3}$",
    )
});
/// Verbs and modals right before a state that leave it open.
static OPEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:can|could|may|might|must|should|would|will|to be|to get|to see|get|getting|let's|lets|need(?:s|ed)?|hope|hoping|love|loved?|would like|you'd like|like to|want|wanted|wish|make sure|check|what's|what is|see what|which|what|look(?:ing)? for|search(?:ing)? for|finding|busc\w+|cherch\w+|puede|pueden|podr[íi]an?|podemos|puedo|debe|debo|deber[íi]a|tiene que|tengo que|hay que|quisiera|quiero|quiere|espero|gustar[íi]a|necesit\w+|para|ver si|verificar|revisar|cu[áa]l(?:es)?|qu[ée]|lo que|ser[áa]|ser[íi]a|peut|peuvent|pourrait|pourraient|pouvons|pourrions|peux|doit|dois|devrait|faut|voudrais|voulez|veux|esp[èe]re|aimerais|besoin|pour|voir si|v[ée]rifier|quel\w*|ce qui|sera|serait)\b[^,;:]{0,22}$",
    )
});
/// An offer or a condition on the customer anywhere in the sentence of a promise.
static ON_CONDITION: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\bif\b|\b(?:once|when|whenever|as soon as|after) (?:you|we have your|i have your|i know)\b|\blet me know\b|\b(?:just|please) (?:say|tell|reply|let|send|share|give)\b|\b(?:tell|give|send) me\b|\bwould you\b|\bdo you\b|\bshall\b|\bshould i\b|\bwant me\b|\bunless\b|\b(?:i|we)(?:'d| would)?(?: just| only| still)? need\b|\b(?:pick|choose) (?:one|a|the|whichever)\b|^\W*(?:just |please )?reply\b|\breply (?:yes|y|with|and)\b|\bsi\b|\bs'il\b|\b(?:en cuanto|cuando|una vez que) (?:usted|me|nos|tenga|elija|confirme|decida|sepa)\w*|\b(?:d[íi]game|d[íi]ganos|av[íi]seme|ind[íi]queme|conf[íi]rmeme|elija|escoja|responda)\b|\b(?:quiere|quieres|desea|le gustar[íi]a|prefiere) (?:que|una|un)\b|\b(?:d[èe]s que|quand|une fois que|lorsque) vous\b|\b(?:dites-moi|dites-nous|indiquez-moi|pr[ée]venez-moi|choisissez|confirmez-moi|r[ée]pondez|faites-moi savoir)\b|\b(?:voulez-vous|souhaitez-vous|aimeriez-vous|puis-je)\b",
    )
});

/// Verbs that change nothing in the world: "I've found", "I've checked".
const HARMLESS_VERBS: [&str; 3] = [english::HARMLESS_VERBS, spanish::HARMLESS_VERBS, french::HARMLESS_VERBS];
/// Verbs for what tools do to appointments and records.
const TOOL_VERBS: [&str; 3] = [english::TOOL_VERBS, spanish::TOOL_VERBS, french::TOOL_VERBS];

fn is_among(verb: &str, tables: [&str; 3]) -> bool {
    tables.iter().any(|verbs| folded_words(verbs).any(|known| known == verb))
}

/// "Which time suits you? I'll book it." waits for the answer.
fn answers_a_question(draft: &Draft, made: &Asserted) -> bool {
    let own_act = !matches!(made.claim, Claim::HandedOff | Claim::Sent | Claim::Held);
    let before = made.sentence.checked_sub(1).and_then(|before| draft.sentences.get(before));
    made.voice == Voice::Promise && own_act && before.is_some_and(|sentence| sentence.question)
}

/// "Saturday is booked up", "that time is already booked": taken by others, not made for the customer.
static TAKEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:booked (?:up|solid|out|full)|fully (?:booked|scheduled)|already (?:booked|reserved|scheduled) by)\b|\b(?:time|slot|spot|[ap]m|day)\b[^.!?,;]{0,20}\balready (?:booked|reserved)\b|\b(?:totalmente|completamente) (?:reservad[oa]|ocupad[oa]|llen[oa])\b|\best[áa] (?:lleno|ocupado)\b|\b(?:complet|compl[èe]te|d[ée]j[àa] pris)\b",
    )
});

fn is_asserted(draft: &Draft, sentence: &Sentence, Asserted { claim, voice, span, .. }: &Asserted) -> bool {
    let clause = draft.clause_at(sentence, span.start);
    if *claim == Claim::Booked && TAKEN.is_match(draft.words(clause.clone())) {
        return false;
    }
    // "No longer available" claims by its "no".
    let negative = matches!(claim, Claim::NotAvailable);
    let words = draft.words(clause.start..if negative { span.start } else { span.end });
    // "You no longer have an appointment" says that it is off; "no longer in stock" denies a stock.
    let words = if *claim == Claim::InStock { words.into() } else { NO_LONGER.removed_from(words) };
    !negation::denies(&words) && is_stated(draft, sentence, *voice, span)
}

static NO_LONGER: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\bno longer\b|\bya no (?:tiene|tienes)\b|\bn'avez plus\b"));

/// Whether a phrase is neither asked, offered, supposed nor left open.
fn is_stated(draft: &Draft, sentence: &Sentence, voice: Voice, span: &Range<usize>) -> bool {
    let clause = draft.clause_at(sentence, span.start);
    let lead = draft.words(clause.start..span.start);
    let with_phrase = draft.words(clause.start..span.end);
    // Spanish marks where a question begins: "está disponible, ¿quiere verla?" states first.
    let asks = match draft.words(sentence.range.clone()).find('¿') {
        Some(at) => span.start >= sentence.range.start + at,
        None => sentence.question && ASKS.is_match(with_phrase),
    };
    let tells = TELLS.is_match(lead);
    if HYPOTHETICAL.is_match(lead) || (!tells && (OFFERS.is_match(with_phrase) || asks)) {
        return false;
    }
    match voice {
        Voice::Done => true,
        Voice::State => tells || !OPEN.is_match(lead),
        // "You'll call" and "you will reach out" are acts of the customer.
        Voice::Promise if lead.trim_end().to_lowercase().ends_with("you") => false,
        Voice::Promise => {
            !sentence.question && !ON_CONDITION.is_match(draft.words(sentence.range.clone())) && !OPEN.is_match(lead)
        }
    }
}

/// Whether the words of a stretch are stated: neither asked, denied nor left open.
pub(in crate::guards) fn is_claimed(draft: &Draft, sentence: &Sentence, span: &Range<usize>) -> bool {
    let clause = draft.clause_at(sentence, span.start);
    !negation::denies(draft.words(clause.start..span.end)) && is_stated(draft, sentence, Voice::State, span)
}

/// What a look at every phrase finds in words beyond what [`PHRASES`] finds.
#[cfg(test)]
pub(in crate::guards) fn missed(words: &str) -> Vec<Range<usize>> {
    PHRASES.missed(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::tests::without_evidence;

    fn claims(text: &str) -> Vec<Claim> {
        without_evidence(|context| {
            let mut claims: Vec<_> =
                asserted(&Draft::read(text, context)).into_iter().map(|asserted| asserted.claim).collect();
            claims.sort_unstable();
            claims.dedup();
            claims
        })
    }

    #[test]
    fn what_is_offered_asked_denied_or_conditional_claims_nothing() {
        for text in [
            "Shall I book it?",
            "We're not open around the clock.",
            "No abrimos las 24 horas.",
            "Nous ne sommes pas ouverts jour et nuit.",
            "Would you like me to book it for you",
            "I can book that for you.",
            "I could have someone call you.",
            "It's not booked yet.",
            "Nothing is confirmed yet.",
            "I haven't cancelled anything.",
            "Once it's booked, I'll tell you here.",
            "Let me know which time works and I'll book it.",
            "If you'd like, I'll ask a manager to call you.",
            "Which day suits you? I'll get it booked.",
            "Is it still available?",
            "Have you been approved by a bank?",
            "Financing has to be approved by a person.",
            "You'll call us, right?",
            "I've looked, but I found nothing.",
            "Sorry, Saturday is fully booked.",
            "I hope to see you Saturday!",
            "¿Le reservo la cita?",
            "Voulez-vous que je réserve ?",
            "¿Quiere que le avise a un compañero?",
            "Puedo pedirle a un compañero que lo llame.",
            "Todavía no está confirmada.",
            "No he cancelado nada.",
            "Si quiere, le aviso a un gerente.",
            "Dígame qué hora prefiere y se lo reservo.",
            "¿Sigue disponible?",
            "No puedo enviar correos.",
            "He buscado, pero no encontré nada.",
            "Je peux vous le réserver.",
            "Rien n'est encore confirmé.",
            "Je n'ai rien annulé.",
            "Si vous voulez, je préviens un collègue.",
            "Dites-moi l'heure et je vous le réserve.",
            "Est-il encore disponible ?",
            "J'ai cherché sans rien trouver.",
            "Un collègue pourrait vous rappeler.",
        ] {
            assert_eq!(claims(text), [], "{text}");
        }
    }

    #[test]
    fn what_is_stated_is_a_claim_of_its_kind() {
        for (text, claim) in [
            ("I booked it.", Claim::Booked),
            ("Did you know it's booked?", Claim::Booked),
            ("I've erased your data.", Claim::Erased),
            ("We never close.", Claim::NeverCloses),
            ("We're open 24/7.", Claim::NeverCloses),
            ("Abrimos las 24 horas.", Claim::NeverCloses),
            ("Nous sommes ouverts jour et nuit.", Claim::NeverCloses),
            ("No, you're booked for Saturday.", Claim::Booked),
            ("I've booked you for 3, ok?", Claim::Booked),
            ("Great, see you then!", Claim::Booked),
            ("I've rescheduled it.", Claim::Rescheduled),
            ("It's cancelled.", Claim::Cancelled),
            ("I updated your email.", Claim::ProfileUpdated),
            ("I've noted that.", Claim::Recorded),
            ("I just sent you the link.", Claim::Sent),
            ("I let Dana know.", Claim::HandedOff),
            ("Someone will contact you.", Claim::HandedOff),
            ("I talked to my manager.", Claim::Consulted),
            ("You're approved!", Claim::Approved),
            ("It's in stock.", Claim::InStock),
            ("It has been sold.", Claim::Sold),
            ("It's no longer available.", Claim::NotAvailable),
            ("It's on hold for you.", Claim::Held),
            ("I've waxed it.", Claim::Acted),
            ("He reservado su cita.", Claim::Booked),
            ("J'ai annulé le rendez-vous.", Claim::Cancelled),
            ("Le agendé la prueba de manejo.", Claim::Booked),
            ("¡Quedó agendado!", Claim::Booked),
            ("Cambié su cita al lunes.", Claim::Rescheduled),
            ("Cancelé su cita.", Claim::Cancelled),
            ("Ya guardé su correo.", Claim::ProfileUpdated),
            ("Anoté su presupuesto.", Claim::Recorded),
            ("Ya le envié las fotos.", Claim::Sent),
            ("Le mando un correo.", Claim::Sent),
            ("Ya avisé a un compañero.", Claim::HandedOff),
            ("Un gerente lo llamará.", Claim::HandedOff),
            ("Hablé con mi gerente.", Claim::Consulted),
            ("Está aprobado.", Claim::Approved),
            ("Sigue disponible.", Claim::InStock),
            ("Ya se vendió.", Claim::Sold),
            ("Ya no está disponible.", Claim::NotAvailable),
            ("Se lo apartamos.", Claim::Held),
            ("He lavado el carro.", Claim::Acted),
            ("Je vous ai inscrit pour demain.", Claim::Booked),
            ("On vous attend samedi !", Claim::Booked),
            ("Votre rendez-vous est reporté à lundi.", Claim::Rescheduled),
            ("L'essai a bien été annulé.", Claim::Cancelled),
            ("Votre nom est à jour.", Claim::ProfileUpdated),
            ("C'est noté.", Claim::Recorded),
            ("Je vous envoie un e-mail.", Claim::Sent),
            ("J'ai prévenu un collègue.", Claim::HandedOff),
            ("Quelqu'un vous rappellera.", Claim::HandedOff),
            ("J'ai parlé avec mon responsable.", Claim::Consulted),
            ("Vous êtes approuvé.", Claim::Approved),
            ("Il est toujours disponible.", Claim::InStock),
            ("Il a été vendu.", Claim::Sold),
            ("Il n'est plus disponible.", Claim::NotAvailable),
            ("We've replaced the brakes.", Claim::Acted),
            ("Nous le mettons de côté.", Claim::Held),
            ("J'ai lavé la voiture.", Claim::Acted),
        ] {
            assert!(claims(text).contains(&claim), "{text}: {:?}", claims(text));
        }
    }
}
