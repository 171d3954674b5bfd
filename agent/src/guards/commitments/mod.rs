//! The guard of commitments: the assistant binds the dealership to nothing.
//!
//! No discount or offer, no value of a trade-in, no word on credit, no payment, no promise, whoever
//! asks for it and in whatever words. An advertised price is a fact and may be said; to decline is
//! always allowed.

use std::{ops::Range, sync::LazyLock};

use crate::guards::pattern::Pattern;
use forecourt_domain::evidence::{Evidence, SourceKind};

use super::{
    Finding, GuardContext, GuardName,
    claims_match_effects::claims::TELLS,
    draft::Draft,
    figures::Value,
    finding,
    folded::{Folded, PatternTable, spelled},
    text::{Sentence, before, pattern},
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
            if !is_declined(draft, sentence, &span) && !is_published(draft, *commitment, &words[found], words) {
                push(&mut findings, *commitment, draft.quoted(span));
            }
        }
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

/// "Not", in the three languages.
static NEGATED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)n't\b|\b(?:not|no|never|nothing|none|neither|nor|cannot|unable|nobody|no one|tampoco|nada|nadie|ni|nunca|jam[áa]s|ning[uú]n\w*|ne|n'|pas|rien|aucun\w*|jamais|personne)(?:\b|')",
    )
});
static EMPTY_NEGATION: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:no problem\w*|no worries|not only|no doubt|no need|not a problem|no rush|no obligation|not to worry|no takesies\w*|no backsies|why not|no matter what|no matter how|no less than|no questions asked|(?:at|for) no (?:\w+ )?(?:cost|charge)|no credit check\w*|no(?:body| one| dealer\w*) (?:\w+ ){0,2}(?:beats?|match\w*|undercut\w*)|can't beat|cannot beat|won't be beat\w*|sin problema|sin duda|ning[uú]n problema|sin compromiso|no se preocupe|no hay problema|nadie (?:lo |nos )?(?:mejora|supera|gana)\w*|pas de (?:probl[èe]me|souci)|aucun (?:probl[èe]me|souci)|sans (?:probl[èe]me|souci|doute|faute)|personne ne fait mieux)\b",
    )
});
/// Only somebody else can.
static OTHERS_ONLY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:only|just|it's|it is|that's|up to|solo|s[óo]lo|solamente|[uú]nicamente|seule?s?|seulement|uniquement|il n'y a que|depende de|corresponde a|d[ée]pend d\w*)\s+(?:for )?(?:an?|the|our|your|un|una|el|la|los|nuestr\w+|une|le|notre|nos|l')?\s*(?:\w+\s+)?(?:managers?|lenders?|banks?|person|people|finance|sales|appraisers?|gerentes?|bancos?|entidad|financiera|prestamistas?|personas?|tasador\w*|responsables?|banques?|pr[êe]teurs?|experts?|coll[èe]gues?)\b",
    )
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
        r"(?i)\b(?:if|whether|ask|asks|discuss|talk|speak|see|find out|check|decides?|determines?|what|which|how much|si|qu[ée]|cu[áa]nto|preguntar?|consultar?|decid\w+|hablar|ver|sé|quel\w*|combien|d[ée]cid\w+|demander?|discuter|savoir|voir|parler)\b[^.!?;:]{0,40}$",
    )
});
static ASKS_THEM: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:manager|person|colleague|someone|somebody|teammate|team|finance|have you|were you|did you|are you|have in mind|gerente|persona|compa[ñn]ero|equipo|alguien|asesor|responsable|personne|coll[èe]gue|[ée]quipe|quelqu'un|conseiller)\b",
    )
});

/// "Bajar el precio no está en mis manos": what was named first is declined behind.
static DENIED_BEHIND: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^[^.!?;:]{0,20}?(?:n't\b|\b(?:not|no|never|ne|n'))[^.!?;]{0,40}\b(?:up to|hands|possible|something|able|can|could|mine|allowed|manos|posible|puedo|podemos|corresponde|depende|m[íi]|permitido|d[ée]pend\w*|ressort|peux|pouvons|possible|moi|permis)\b",
    )
});

/// Whether the words decline, leave to others, give back or leave open what they name.
fn is_declined(draft: &Draft, sentence: &Sentence, span: &Range<usize>) -> bool {
    let clause = draft.clause_at(sentence, span.start);
    let start = clause.start.min(span.start);
    let whole = draft.words(start..span.end.max(clause.end.min(span.end)));
    let bare = EMPTY_NEGATION.removed_from(whole);
    let lead = draft.words(start..span.start);
    let around = draft.words(start..clause.end.max(span.end));
    NEGATED.is_match(&bare)
        || DENIED_BEHIND.is_match(draft.words(span.end..sentence.range.end.max(span.end)))
        || OTHERS_ONLY.is_match(around)
        || THEIRS.is_match(lead)
        || OPEN.is_match(lead)
        || (sentence.question && ASKS_THEM.is_match(around) && !TELLS.is_match(lead))
}

/// Whether the dealership itself publishes such words: a general offer in its own answers is a fact
/// that may be told. Nobody publishes a deal with this customer.
fn is_published(draft: &Draft, commitment: Commitment, said: &str, around: &str) -> bool {
    let telling = |word: &&str| word.chars().count() >= 5 && !GENERAL.contains(word);
    let lower = said.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(telling).collect();
    let public = |evidence: &&&Evidence| {
        matches!(evidence.source.kind, SourceKind::Knowledge | SourceKind::Dealership | SourceKind::Department)
    };
    let own_act = OWN_ACT.is_match(said);
    let given = commitment == Commitment::Discount && FOR_NOTHING.is_match(said);
    if given && IN_A_RADIUS.is_match(around) {
        return true;
    }
    (given
        && draft.grounds.ours.iter().filter(public).any(|evidence| {
            let forecourt_domain::evidence::Fact::Text(text) = &evidence.fact else { return false };
            FOR_NOTHING.is_match(text)
                && SUBJECTS.iter().any(|subject| subject.is_match(text) && subject.is_match(around))
        }))
        || commitment == Commitment::Discount
            && !own_act
            && !words.is_empty()
            && draft.grounds.ours.iter().filter(public).any(|evidence| {
                let forecourt_domain::evidence::Fact::Text(text) = &evidence.fact else { return false };
                let text = text.to_lowercase();
                words.iter().all(|word| text.contains(word))
            })
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
}
