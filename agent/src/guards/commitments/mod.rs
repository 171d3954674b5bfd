//! The guard of commitments: the assistant binds the dealership to nothing.
//!
//! No discount or offer, no value of a trade-in, no word on credit, no payment, no promise, whoever
//! asks for it and in whatever words. An advertised price is a fact and may be said; to decline is
//! always allowed.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;
use forecourt_domain::evidence::{Evidence, Fact, SourceKind};

use super::{
    Finding, GuardContext, GuardName,
    claims_match_effects::claims::TELLS,
    draft::Draft,
    figures::Value,
    finding,
    folded::{Folded, PatternTable, spelled},
    negation,
    text::{Sentence, before, pattern, plain},
};

mod english;
mod french;
mod spanish;

/// What a dealership may be bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Commitment {
    /// A deal, a promise, an agreement to what the customer names.
    Binding,
    /// A lower price or something for nothing.
    Discount,
    /// What a trade-in is worth.
    TradeIn,
    /// That somebody gets credit.
    Credit,
    /// What somebody would pay by the month.
    Payment,
}

/// Rows of a table: a commitment and the patterns that make it, case aside.
struct Phrases {
    commitment: Commitment,
    patterns: &'static [&'static str],
}

static PHRASES: LazyLock<PatternTable<Commitment>> = LazyLock::new(|| {
    let tables = [
        (english::PHRASES, english::ABBREVIATIONS),
        (spanish::PHRASES, spanish::ABBREVIATIONS),
        (french::PHRASES, french::ABBREVIATIONS),
    ];
    let mut sources = Vec::new();
    for (table, abbreviations) in tables {
        for phrases in table {
            let made = |source: &&str| (phrases.commitment, spelled(source, abbreviations));
            sources.extend(phrases.patterns.iter().map(made));
        }
    }
    PatternTable::of(sources)
});

/// All commitments of the draft.
pub(super) fn check(draft: &Draft, context: &GuardContext) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for sentence in &draft.sentences {
        let words = draft.words(sentence.range.clone());
        let folded = Folded::of(words);
        for ((commitment, _), found) in PHRASES.find_all(words, &folded) {
            let span = sentence.range.start + found.start..sentence.range.start + found.end;
            let around = draft.words(draft.clause_at(sentence, span.start));
            if !is_declined(draft, sentence, &span) && !is_published(draft, *commitment, &words[found], around) {
                push(&mut findings, *commitment, draft.quoted(span));
            }
        }
    }
    if let Some(yes) = agreed_to_a_deal(draft, context) {
        push(&mut findings, Commitment::Binding, yes);
    }
    for figure in &draft.figures {
        let payment = matches!(figure.value, Value::Money { per_period: true, .. });
        let sentence = draft.sentence_at(figure.span.start).filter(|_| payment);
        if sentence.is_some_and(|sentence| {
            !is_declined(draft, sentence, &figure.span) && !is_theirs(draft, context, sentence, &figure.value)
        }) {
            push(&mut findings, Commitment::Payment, draft.words(figure.span.clone()));
        }
    }
    findings
}

fn push(findings: &mut Vec<Finding>, commitment: Commitment, excerpt: &str) {
    let reason = match commitment {
        Commitment::Binding => {
            "you cannot bind the dealership: promise, agree and guarantee nothing; say that a manager decides"
        }
        Commitment::Discount => {
            "you cannot offer a lower price or anything for nothing; say the advertised price and that a manager decides"
        }
        Commitment::TradeIn => "you cannot value a trade-in; say that a person appraises it",
        Commitment::Credit => "you cannot decide on credit; say that the lender decides",
        Commitment::Payment => "you cannot quote payments; offer that a person works one out",
    };
    if !findings.iter().any(|finding| finding.excerpt == excerpt) {
        findings.push(finding(GuardName::Commitments, excerpt, reason));
    }
}

/// The customer asks for a bargain to be struck, or sets a rule that whatever they say is agreed to.
static ASKS_FOR_A_DEAL: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:do we have|have we got|is (?:it|that|this)|it's|we have|we got) an? (?:deal|agreement)\b|\bdeal ?\?|\b(?:legally )?binding\b|\bagree (?:with|to) (?:any|every|all|what)|\b(?:tenemos|hay|es) (?:un )?(?:trato|acuerdo)\b|\btrato ?\?|\bde acuerdo ?\?|\bvinculante\b|\b(?:march[ée]|affaire) conclue?\b|\bon a un (?:accord|march[ée])\b|\bd'accord ?\?|\bcontraignante?\b",
    )
});
/// A sentence that says yes and nothing else.
static ONLY_YES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:yes|yep|yeah|yup|sure|sure thing|ok|okay|absolutely|definitely|certainly|of course|you bet|you got it|done|correct|right|exactly|indeed|sounds good|works for (?:me|us)|fine|perfect|we do|it is|we have(?: one)?|understood|s[íi]|claro|claro que s[íi]|por supuesto|desde luego|as[íi] es|correcto|perfecto|hecho|vale|lo tenemos|entendido|oui|bien s[ûu]r|absolument|tout [àa] fait|certainement|exact|exactement|parfait|entendu|[çc]a marche|c'est bon|volontiers)(?:\W+|$))+$",
    )
});

/// One that says yes and goes on; a person who is asked, or a "not", takes it back.
static BEGINS_WITH_YES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:yes|yep|yeah|yup|absolutely|definitely|certainly|you got it|you bet|agreed|s[íi]|claro|por supuesto|oui|absolument|certainement|d'accord|c'est d'accord)\b",
    )
});

/// "Do we have a deal?" "Yes!"
fn agreed_to_a_deal<'a>(draft: &'a Draft, context: &GuardContext) -> Option<&'a str> {
    if !context.asked.iter().any(|text| ASKS_FOR_A_DEAL.is_match(&plain(text))) {
        return None;
    }
    let mut sentences = draft.sentences.iter().map(|sentence| draft.words(sentence.range.clone()));
    let yes = |sentence: &&str| {
        let open = negation::denies(sentence) || ASKS_THEM.is_match(sentence);
        ONLY_YES.is_match(sentence) || (BEGINS_WITH_YES.is_match(sentence) && !open)
    };
    sentences.find(yes).map(str::trim)
}

/// Only somebody else can.
static OTHERS_ONLY: LazyLock<Pattern> = LazyLock::new(|| {
    const WHO: &str = r"(?:for )?(?:an?|the|our|your|un|una|el|la|los|nuestr\w+|une|le|notre|nos|l')?\s*(?:\w+\s+)?(?:managers?|lenders?|banks?|person|people|finance|sales|appraisers?|gerentes?|bancos?|entidad|financiera|prestamistas?|personas?|tasador\w*|responsables?|banques?|pr[êe]teurs?|experts?|coll[èe]gues?)\b";
    pattern(&format!(
        r"(?i)\b(?:only|just|up to|solo|s[óo]lo|solamente|[uú]nicamente|seule?s?|seulement|uniquement|il n'y a que|depende de|corresponde a|d[ée]pend d\w*)\s+{WHO}|\b(?:it's|it is|that's|c'est|es)\s+{WHO}(?:'s)?\s+(?:who|that|to|decision|call|question|matter|job|qui|quien|que|[àa])\b"
    ))
});
/// The clause gives back what the customer said or asks what they have in mind.
static THEIRS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\byou(?:'d| would|'re| are|'ve| have| had| also| just| were)*\s+(?:\w+\s+)?(?:said|say|asked|asking|want\w*|mention\w*|offer\w*|hop\w+|wish\w*|like|told|proposed|suggest\w*|request\w*|looking|aim\w*|need\w*|had in mind)\b|\byour (?:request|question|idea|wish|target|budget|other offer|offer)\b|\b(?:usted )?(?:pidi[óo]|pide|pregunt[óo]|pregunta|mencion[óo]|menciona|dijo|dice|quiere|quer[íi]a|ofreci[óo]|ofrece|propuso|propone|busca|espera)\b|\bsu (?:solicitud|pregunta|idea|presupuesto|oferta)\b|\bvous\s+(?:\w+\s+)?(?:demand\w+|dites|disiez|avez (?:dit|demand[ée]|mentionn[ée]|propos[ée])|voul\w+|souhait\w+|propos\w+|cherch\w+|esp[ée]r\w+)\b|\bvotre (?:demande|question|id[ée]e|budget|offre|proposition)\b",
    )
});
/// What leaves it open whether it is so.
static OPEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:whether|ask|asks|discuss|talk|speak|see|find out|check|decides?|determines?|how much|cu[áa]nto|preguntar?|consultar?|decid\w+|hablar|ver|sé|combien|d[ée]cid\w+|demander?|discuter|savoir|voir|parler|(?:tell you|say|confirms?|explains?|knows?|sets?|decirle|dice|sabe|dire|dit|sait) (?:if|what|which|si|qu[ée]|quel\w*|ce que))\b[^.!?;:]{0,40}$",
    )
});
/// The same right before words of ours: "I'll ask whether we can", "a manager decides if we".
static ASKED_WHETHER: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:asks?|see|find out|check|know|tell you|say|decides?|determines?|preguntar?|consultar?|ver|sé|saber|decid\w+|decirle|demander?|savoir|voir|d[ée]cid\w+|dire)\b[^.!?;:,]{0,40}\b(?:if|whether|what|which|how much|si|qu[ée]|cu[áa]nto|quel\w*|combien|ce que)\s*$",
    )
});
/// "You asked if we can": given back to them. "As you asked, we will" is a promise.
static ASKED_OF_US: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(?:if|whether|that|about|for|how|si|que|sobre)\s*$"));
static ASKS_THEM: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:manager|person|colleague|someone|somebody|teammate|team|finance|have you|were you|did you|are you|have in mind|gerente|persona|compa[ñn]ero|equipo|alguien|asesor|responsable|personne|coll[èe]gue|[ée]quipe|quelqu'un|conseiller)\b",
    )
});

/// "Bajar el precio no está en mis manos": what was named first is declined behind.
static DENIED_BEHIND: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:[\w'-]+\s+){0,3}?(?:(?:is|are|was|would|could|can|do|does|will)n't|won't|can't|cannot|(?:is|are|'s|would|could|can) (?:not|never)|no (?:est[áa]n?|es|son|depende\w*|me|nos|puedo|podemos|corresponde)|n'est|ne)\b[^.!?;]{0,40}\b(?:up to|hands|possible|something|able|mine|allowed|for me|me to|manos|posible|puedo|podemos|corresponde|depende|m[íi]|permitido|d[ée]pend\w*|ressort|peux|pouvons|moi|permis)\b",
    )
});
/// Words with which we speak of ourselves.
static WE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(r"(?i)^(?:i|we|let me|let's|lets|le|les|se l[oa]s?|te|nosotros|podemos|puedo|je|j'|nous|on)(?:'|\b)")
});

/// Whether the words decline, leave to others, give back or leave open what they name.
fn is_declined(draft: &Draft, sentence: &Sentence, span: &Range<usize>) -> bool {
    // A phrase may begin with the mark before it, which belongs to another clause.
    let mark = |c: char| !c.is_alphanumeric();
    let span = span.end - draft.words(span.clone()).trim_start_matches(mark).len()..span.end;
    let clause = draft.clause_at(sentence, span.start);
    let start = clause.start.min(span.start);
    let lead = draft.words(start..span.start);
    let said = draft.words(span.clone());
    let declined = negation::governs(lead, said)
        || DENIED_BEHIND.is_match(draft.words(span.end..sentence.range.end.max(span.end)));
    if WE.is_match(said) {
        let theirs = THEIRS.is_match(lead) && ASKED_OF_US.is_match(lead);
        return declined || theirs || ASKED_WHETHER.is_match(lead);
    }
    let around = draft.words(start..clause.end.max(span.end));
    declined
        || OTHERS_ONLY.is_match(around)
        || THEIRS.is_match(lead)
        || OPEN.is_match(lead)
        || (sentence.question && ASKS_THEM.is_match(around) && !TELLS.is_match(lead))
}

/// Whether the dealership itself publishes such words: a general offer in its own answers is a fact
/// that may be told. Nobody publishes a deal with this customer.
fn is_published(draft: &Draft, commitment: Commitment, said: &str, around: &str) -> bool {
    let telling = |word: &&str| word.chars().count() >= 5 && !GENERAL.contains(word);
    let public = |evidence: &&&Evidence| {
        matches!(evidence.source.kind, SourceKind::Knowledge | SourceKind::Dealership | SourceKind::Department)
    };
    let public_texts = || {
        draft.grounds.ours.iter().filter(public).filter_map(|evidence| match &evidence.fact {
            Fact::Text(text) => Some(text.as_str()),
            _ => None,
        })
    };
    if commitment != Commitment::Discount {
        return false;
    }
    if FOR_NOTHING.is_match(said) {
        // What is free stands in the words themselves, else in their clause; each of it must be published.
        let named_in = |words: &str| SUBJECTS.iter().filter(|subject| subject.is_match(words)).collect::<Vec<_>>();
        let named = Some(named_in(said)).filter(|named| !named.is_empty()).unwrap_or_else(|| named_in(around));
        let published =
            |subject: &Pattern| public_texts().any(|text| FOR_NOTHING.is_match(text) && subject.is_match(text));
        let in_a_radius = |subject: &Pattern| subject.is_match("delivery") && IN_A_RADIUS.is_match(around);
        if !named.is_empty() && named.iter().all(|subject| published(subject) || in_a_radius(subject)) {
            return true;
        }
    }
    let lower = said.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(telling).collect();
    let has_all = |text: &str| {
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    !OWN_ACT.is_match(said) && !words.is_empty() && public_texts().any(has_all)
}

/// The guard of figures wants the radius in evidence.
static IN_A_RADIUS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:deliver\w*|entrega\w*|env[íi]os?|livr\w+)\b.*\b(?:within|up to|dentro de|hasta|dans un rayon de|[àa] moins de)\s+(?:las\s+|los\s+)?\d",
    )
});
static FOR_NOTHING: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:free|complimentary|no (?:\w+ )?(?:cost|charge)|on us|on the house|gratis|gratuit\w*|sin (?:\w+ )?(?:costo|cargo|coste)|sans frais|offert\w*)\b",
    )
});
/// What dealerships publish as free, named in each language.
static SUBJECTS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    [
        r"(?i)\b(?:deliver\w*|shipping|entrega\w*|env[íi]os?|livr\w+)\b",
        r"(?i)\b(?:oil changes?|cambios? de aceite|vidanges?)\b",
        r"(?i)\b(?:inspections?|inspecci[óo]n\w*|check-?ups?|r[ée]visions?)\b",
        r"(?i)\b(?:wash\w*|lavados?|lavages?)\b",
        r"(?i)\b(?:mats?|tapetes|alfombras|tapis)\b",
        r"(?i)\b(?:maintenance|mantenimientos?|entretiens?)\b",
        r"(?i)\b(?:test[ -]drives?|pruebas? de manejo|essais?)\b",
        r"(?i)\b(?:coffee|caf[ée]|wi-?fi|shuttle|parking|estacionamiento|navette|loaners?)\b",
        r"(?i)\b(?:tires?|tyres?|rims|wheels|llantas?|neum[áa]ticos?|pneus?|jantes)\b",
        r"(?i)\b(?:gas|fuel|tanks?|gasolina|combustible|tanque|essence|carburant|plein)\b",
        r"(?i)\b(?:tint\w*|upgrades?|accessor(?:y|ies)|extras|gifts?|chargers?|roof racks?|polarizado|accesorios?|regalos?|cargador\w*|accessoires?|cadeaux?|chargeurs?)\b",
        r"(?i)\b(?:registration|plates|matr[íi]cula|placas|immatriculation|plaques)\b",
        r"(?i)\b(?:warrant(?:y|ies)|garant[íi]as?|garanties?)\b",
        r"(?i)\b(?:detailing|servic(?:e|ing)|servicios?)\b",
        r"(?i)\b(?:apprais\w+|aval[úu]os?|tasaci\w+|estimations?|expertises?)\b",
    ]
    .into_iter()
    .map(pattern)
    .collect()
});
const GENERAL: &[&str] = &["offer", "offers", "there", "ofrecemos", "tenemos", "proposons", "offrons"];
static OWN_ACT: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\bi\b|\bi'|'ll\b|\byou\b|\ble\b|\bte\b|\bvous\b|\bje\b"));

/// "You mentioned $300 a month": theirs, and not confirmed.
fn is_theirs(draft: &Draft, context: &GuardContext, sentence: &Sentence, value: &Value) -> bool {
    let Value::Money { minor, .. } = value else { return false };
    let said = draft.grounds.theirs().iter().any(|theirs| match theirs {
        Value::Money { minor: known, .. } => known == minor,
        Value::Number(thousandths) => thousandths / 10 == *minor,
        _ => false,
    });
    said && !context.customer_said.is_empty()
        && THEIRS.is_match(before(&draft.text, sentence.range.end, 300))
        && THEIRS.is_match(draft.words(sentence.range.clone()))
}

/// What a look at every phrase finds in words beyond what [`PHRASES`] finds.
#[cfg(test)]
pub(super) fn missed(words: &str) -> Vec<Range<usize>> {
    PHRASES.missed(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::tests::without_evidence;

    /// One row a line: `+` for words that commit, `-` for words that do not.
    const ROWS: &str = include_str!("../testdata/commitments.txt");

    #[test]
    fn words_that_commit_are_found_and_others_are_not() {
        let mut wrong = Vec::new();
        for row in ROWS.lines().filter(|row| !row.is_empty()) {
            let (commits, text) = row.split_at(2);
            let found = without_evidence(|context| check(&Draft::read(text, context), context));
            if found.is_empty() == (commits == "+ ") {
                wrong.push(format!("{row}   {:?}", found.iter().map(|finding| &finding.excerpt).collect::<Vec<_>>()));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    #[test]
    fn no_clause_around_a_commitment_excuses_it() {
        const BEFORE: [&str; 4] =
            ["As you asked, ", "No worries, ", "Si no le molesta, ", "Comme vous ne voulez pas attendre, "];
        const BEHIND: [&str; 7] = [
            " if you don't mind waiting",
            " that nobody can take away",
            " because I don't want to lose you",
            " as long as you don't tell anyone",
            " si no le molesta esperar",
            " y no se lo diga a nadie",
            " si ça ne vous dérange pas",
        ];
        let mut excused = Vec::new();
        for row in ROWS.lines().filter_map(|row| row.strip_prefix("+ ")) {
            let bare = row.trim_end_matches(['.', '!']);
            let around = BEFORE.iter().map(|before| format!("{before}{row}"));
            let with_clause = around.chain(BEHIND.iter().map(|behind| format!("{bare}{behind}.")));
            // "I agree that …" agrees with what follows, which need not be a deal.
            let open = |text: &String| row.ends_with('?') || text.contains("agree that");
            for text in with_clause.filter(|text| !open(text)) {
                if without_evidence(|context| check(&Draft::read(&text, context), context)).is_empty() {
                    excused.push(text);
                }
            }
        }
        assert!(excused.is_empty(), "{}:\n{}", excused.len(), excused.join("\n"));
    }
}
