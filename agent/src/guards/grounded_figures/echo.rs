//! Whether a draft gives a figure back to the customer as theirs, or takes it over as ours.
//!
//! "Your budget of $30,000" repeats; "it costs $30,000" confirms. Only the first may rest on the
//! customer's word.

use std::sync::LazyLock;

use crate::guards::pattern::Pattern;

use crate::guards::{
    draft::Draft,
    figures::{Figure, Said, Unit, Value},
    negation,
    text::{Sentence, pattern, plain},
};

/// "You said", "you're looking for", "you'd like".
static YOU_SAID: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:you|usted|vous)(?:'d|'re|'ve|'ll)?(?:\s+(?:are|were|had|have|also|just|would|still|do|did))*(?:\s+\w+)?\s+(?:said|say|mention\w*|ask\w*|told|tell|want\w*|like|love|prefer\w*|offer\w*|look\w*|hop(?:ed?|ing)|need\w*|request\w*|gave|wrote|typed|texted|sent|suggest\w*|propos\w*|shared|provided|set|pidi[óo]|pide|mencion[óo]|menciona|dijo|dice|busca|quiere|ofrece|ofreci[óo]|propone|propuso|necesita|prefiere|pregunt[óo]|pregunta|demand\w+|cherch\w+|voul\w+|souhait\w+|propos\w+|mentionn\w+|dit|disiez|offr\w+|in mind|thinking|aim\w*|quoted|owe|drive|own|be reached|planning|trying|mean|meant)\b|\bis that (?:right|correct)\?|\b(?:que |lo que )?(?:usted )?(?:pidi[óo]|mencion[óo]|indic[óo]|dijo|ofrece|ofreci[óo]|propuso|propone|quiere gastar|tiene en mente)\b|\bvous (?:en )?(?:demandiez|demandez|avez (?:demand[ée]|dit|mentionn[ée]|propos[ée]|indiqu[ée]))\b|\b(?:heard|hear) you on\b",
    )
});
/// "Your budget", "your 2015 Civic"; but "your price" and "your appointment" are ours to know.
static YOURS: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(?:your|tus?|sus?|votre|vos)\s+((?:[\p{L}'-]+[\s.]*){0,3})"));
static OURS_TO_KNOW: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:price|total|costs?|deal|discount|rate|apr|loan|financing|out-the-door|quote|appointment|test drive|visit|booking|slot|reservation|time|new|final|approved|monthly|pre-?approval|trade-in value|savings|cita|rendez-vous)\b",
    )
});
/// What a customer can call theirs in money: "your budget of", "your $5,000 down".
static YOUR_LIMIT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:your|tus?|sus?|votre|vos)\s+(?:(?:\w+\s+){0,2}(?:budget|tope|m[áa]ximo|oferta|offre|apport|enganche|entrada|limite|l[íi]mite|max\w*|limit|ceiling|cap|target|goal|range|offer|payoff|cash|deposit|request|figure|number|question|estimate|presupuesto)\b|[$€£]?\s?\d)",
    )
});
/// What takes over, in the same or the next sentence, what was first only repeated.
static THAT_WORKS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:that|this|it|which)(?:'s| is| would be|'ll be| will be)? (?:works?\b|fine|good|great|perfect|possible|ok\b|okay|doable|a deal|fair|no problem|available|open\b|free\b)|(?:^|[.!?]\s+)(?:works for (?:us|me)|deal|done|sounds good|perfect|you've got (?:it|a deal)|you got it)\b",
    )
});
/// The sentence thanks for or names an offer of theirs.
static THEIR_OFFER: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:thank(?:s| you) for|appreciate|understand|hear you|entiendo|comprendo|agradezco|gracias por|je comprends|merci (?:pour|de)|la oferta de|l'offre de|the (?:offer|quote) of|(?:your|that|the) (?:[$€£]?[\d.,]+k? )?(?:offer|quote)\b)",
    )
});
/// Words that make the sentence a fact or a promise of ours.
static CONFIRMS: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:worth|valued|costs?|(?:is|are|it's) (?:priced|listed)|priced at|listed (?:at|for)|(?:we|i)(?:'ll| will| can| could| would|'d)(?: \w+)? (?:do|make|take|give|accept|go|meet|match)|can do \$|works for (?:us|me)|deal at|approved|yours for|is yours|it's yours|you(?:'d| would|'ll)? (?:pay|get|only pay)|have it for|take it for|accept(?:s|ed)?\b|agreed|all set|see you|booked|confirmed|works\b|sounds (?:good|fair|great|fine)|it is[!.]|you can come|come (?:in|by|on in|over)\b|stop (?:in|by)|is (?:fine|fair|good|ok|okay|great|perfect|possible|open|free)|deal\b|feel free|acept\w+|aprob\w+|trato|hecho|de acuerdo con|vale|cuesta|perfecto|confirmad\w+|reservad\w+|agendad\w+|lo esperamos|puede venir|venga|est[áa] (?:libre|bien|disponible)|es posible|march[ée]|accept\w+|approuv\w+|co[ûu]te|d'accord pour|conclu|parfait|confirm[ée]\w*|r[ée]serv[ée]\w*|vous (?:attend\w*|pouvez venir)|venez|est (?:libre|possible|disponible|bon))",
    )
});
/// Why a day or time cannot be had.
static TAKEN: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:unavailable|taken|fully booked|booked (?:up|solid)|is full|outside|closed|already (?:past|gone|booked)|in the past|ocupad[oa]|cerrad[oa]s?|no (?:tengo|hay|est[áa])|ya pas[óo]|complet|pris|ferm[ée]s?|plus (?:de|libre))\b",
    )
});
static SEARCHES: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:look(?:ing|ed)? (?:for|at|up|into)|search\w*|check(?:ing)?|filter\w*|see (?:what|if|whether)|ask(?:ing)? (?:about|our|the|a|someone)|pass(?:ed)? (?:on|along)|buscar|busco|busque|chercher|cherche|v[ée]rifier)\b",
    )
});
static REACHED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:your|reach you|contact you|call you|text you|email you|write to you|you (?:at|on|by)|saved|noted|updated|reached|(?:le|lo|la|te) (?:llame\w*|escriba\w*|contact\w+)|anot\w+|guard\w+|su|tu|vous|votre|not[ée]\w*|have you (?:at|as|down)|is that (?:right|correct))\b",
    )
});
/// The sentence gives the address or number as one of ours.
static REACH_US: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:call|text|reach|contact|e-?mail|visit|write(?: to)?|dial) (?:us|our|the)\b|(?:our|the) [\w\s]{0,24}(?:number|phone|line|desk|department|address|office|site|website|team|showroom)\b[\w\s]{0,12}(?:is|at|:)|we're at|we are at|find us|ll[áa]menos|escr[íi]banos|nuestr[oa] [\w\s]{0,24}(?:es|:)|estamos en|appelez-nous|[ée]crivez-nous|notre [\w\s-]{0,24}(?:est|:)|nous sommes (?:au|[àa]))",
    )
});

/// Whether the customer's own figure is only repeated to them here.
pub(super) fn is_echo(draft: &Draft, figure: &Figure) -> bool {
    let Some(sentence) = draft.sentence_at(figure.span.start) else { return false };
    let clause = draft.words(draft.clause_at(sentence, figure.span.start));
    let whole = draft.words(sentence.range.clone());
    let denied = is_denied(draft, sentence, figure);
    let taken_over = !sentence.question && !denied && is_taken_over(draft, sentence);
    let repeats = YOU_SAID.is_match(whole) || is_yours(whole) || denied || SEARCHES.is_match(clause);
    match &figure.value {
        // How far away they are, or how long they need, is theirs alone to know.
        Value::Quantity { unit: Unit::Minute | Unit::Hour, .. } => !CONFIRMS.is_match(clause),
        // A model we do not carry is a name, whoever brought it up.
        Value::Identifier { said: Said::Bare, .. } => true,
        Value::Phone(_) | Value::Email(_) | Value::Address(_) | Value::Host(_) => {
            REACHED.is_match(whole) && !REACH_US.is_match(whole)
        }
        Value::Days(_) | Value::Time { .. } => {
            TAKEN.is_match(whole) || (!taken_over && (repeats || sentence.question) && !CONFIRMS.is_match(clause))
        }
        Value::Money { .. } | Value::Percentage(_) => {
            let repeats = YOU_SAID.is_match(whole)
                || YOUR_LIMIT.is_match(whole)
                || THEIR_OFFER.is_match(whole)
                || denied
                || SEARCHES.is_match(clause);
            !taken_over && repeats && (!CONFIRMS.is_match(clause) || denied)
        }
        Value::Year(_) if is_their_car(draft, figure) => !CONFIRMS.is_match(clause),
        Value::Distance { .. }
        | Value::Quantity { .. }
        | Value::Count { .. }
        | Value::Year(_)
        | Value::Identifier { .. }
        | Value::Number(_) => repeats && (!CONFIRMS.is_match(clause) || denied),
    }
}

/// Whether a negation governs the figure, or the first word before it that would take it over: "we can't do $1".
fn is_denied(draft: &Draft, sentence: &Sentence, figure: &Figure) -> bool {
    let clause = draft.clause_at(sentence, figure.span.start);
    let confirmed = CONFIRMS.find(draft.words(clause.clone())).map(|found| clause.start + found.start());
    let from = confirmed.map_or(figure.span.start, |at| at.min(figure.span.start));
    negation::governs(draft.words(clause.start..from), draft.words(from..figure.span.end))
        || IS_NOT.is_match(draft.words(figure.span.end..clause.end.max(figure.span.end)))
}

/// "5 PM on Saturday is not available", right behind the figure.
static IS_NOT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:[\p{L}\d:'-]+\s+){0,4}?(?:isn't|aren't|wasn't|(?:is|are|was|would) not|n'est|ne (?:sera|sont)|no (?:est[áa]n?|es|son|queda)|ya no)\b",
    )
});

static WE_HAVE: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:we|i)(?:'ve| have| do have| got| carry| found)|here's|there's|there is|available|in stock|on the lot|tenemos|tengo|hay|encontr[ée]|disponible|inventario|nous (?:l'|en )?avons|j'ai|il y a|en stock)\b",
    )
});

/// "A 2018 Accord" as the customer wrote it, year and name together.
fn is_their_car(draft: &Draft, figure: &Figure) -> bool {
    let rest = draft.text[figure.span.end..].split_whitespace().next().unwrap_or_default();
    let name = rest.trim_matches(|c: char| !c.is_alphanumeric());
    let car = format!("{} {name}", draft.words(figure.span.clone())).to_lowercase();
    let ours = draft.sentence_at(figure.span.start).is_none_or(|it| WE_HAVE.is_match(draft.words(it.range.clone())));
    let no_other = !ours && draft.vehicles_named(&car).is_none();
    name.len() > 1 && no_other && draft.customer_said.iter().any(|text| plain(text).to_lowercase().contains(&car))
}

/// "Shall I look for one with seven seats?" states nothing of seats.
pub(super) fn is_only_looked_for(draft: &Draft, figure: &Figure) -> bool {
    let sentence = draft.sentence_at(figure.span.start).filter(|sentence| sentence.question);
    sentence.is_some_and(|sentence| SEARCHES.is_match(draft.words(draft.clause_at(sentence, figure.span.start))))
}

/// "You asked for Saturday at 5 PM. That works!"
fn is_taken_over(draft: &Draft, sentence: &Sentence) -> bool {
    let next = draft.sentences.iter().find(|next| next.range.start >= sentence.range.end).filter(|next| !next.question);
    let end = next.map_or(sentence.range.end, |next| next.range.end);
    THAT_WORKS.is_match(draft.words(sentence.range.start..end))
}

fn is_yours(sentence: &str) -> bool {
    YOURS.captures_iter(sentence).any(|yours| !OURS_TO_KNOW.is_match(&yours[1]))
}
