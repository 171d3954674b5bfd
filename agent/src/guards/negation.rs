//! Whether a "not" takes back what is said: one list of negations for all guards, and how far they reach.
//!
//! "I can't offer a discount" offers nothing. "We'll throw in mats if you don't mind waiting" and "a
//! binding offer I can't take back" do: a negation governs only what follows it under the same subject.

use std::{borrow::Cow, sync::LazyLock};

use crate::guards::pattern::Pattern;

use super::text::pattern;

static NEGATED: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)n't\b|\b(?:not|no|never|nothing|none|neither|nor|cannot|unable|nobody|no one|nada|nadie|ni|tampoco|ning[uú]n\w*|nunca|jam[áa]s|ne|pas|rien|personne|aucun\w*|jamais)\b|\bn'",
    )
});
/// Denies no more than the word it stands before.
static WITHOUT: LazyLock<Pattern> = LazyLock::new(|| pattern(r"(?i)\b(?:without|sin|sans)\b"));
static WITHOUT_THAT: LazyLock<Pattern> =
    LazyLock::new(|| pattern(r"(?i)\b(?:without|sin|sans)\s+(?:(?:a|an|any|ning[uú]n\w*|aucun\w*|un|una|une)\s+)?$"));
/// Sounds like a negation and denies nothing.
static EMPTY: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:no problem\w*|no worries|not only|no doubt|no need|not a problem|no rush|no obligation|not to worry|no takesies\w*|no backsies|why not|no matter what|no matter how|no less than|no questions asked|(?:at|for) no (?:\w+ )?(?:cost|charge)|no charge|no credit check\w*|no(?:body| one| dealer\w*) (?:\w+ ){0,2}(?:beats?|match\w*|undercut\w*)|can't beat|cannot beat|won't be beat\w*|can't wait|cannot wait|never clos\w+|sin problema|sin duda|ning[uú]n problema|sin compromiso|no se preocupe|no hay problema|no hay de qu[ée]|no faltaba m[áa]s|no solo|no s[óo]lo|nadie (?:lo |nos )?(?:mejora|supera|gana)\w*|nunca cerr\w+|no cerr\w+ nunca|pas de (?:probl[èe]me|souci)|aucun (?:probl[èe]me|souci)|sans (?:probl[èe]me|souci|doute|faute)|ne vous inqui[ée]tez pas|n'h[ée]sitez pas|non seulement|ne ferm\w+ jamais|personne ne fait mieux)\b",
    )
});
/// Where another subject takes the sentence over; a negation before it belongs to the words before it.
static SUBJECT: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:i|we|they|he|she|it|this|that|there|here|let me|let's|our|you(?:'ll|'ve|'re)? (?:get|got|have|pay|save|qualify)|se l[oa]s?|le|les|nosotros|esto|eso|hay|je|nous|on|ils?|elles?|ce|c'|cela|[çc]a|vous (?:avez|aurez|payez))(?:'|\b)",
    )
});
/// "I can't promise that", "no sé si", "je ne peux pas dire que": denies whatever is said behind it.
static DENIES_SAYING: LazyLock<Pattern> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:n't|\b(?:not|never|cannot|unable to|nobody|no one|nothing|no|nadie|nada|ne|n'|pas|personne|rien))\b[^.!?;:,]{0,24}\b(?:say|says|promis\w+|guarantee\w*|tell|know\w*|confirm\w*|sure|mean\w*|think|imply|state|commit|believe|claim|agree\w*|authori[sz]\w+|able|decir\w*|dig\w+|prometer\w*|garantizar\w*|s[ée]|saber|sabemos|confirmar\w*|segur[oa]|significa|creo|afirmar|dire|promettre|garantir|sais|savoir|savons|confirmer|s[ûu]re?|signifie|pense|affirmer)\b[^.!?;:,]{0,24}$|\b(?:isn't|aren't|(?:is|are) not|no (?:es|son)|n'est pas) (?:something|anything|one|algo|quelque chose)\b[^.!?;:,]{0,24}$",
    )
});

/// Whether any negation that denies something stands in these words.
pub(super) fn denies(words: &str) -> bool {
    let words = without_empty(words);
    NEGATED.is_match(&words) || WITHOUT.is_match(&words)
}

/// Whether a negation governs `said`, which follows `lead` in its clause.
pub(super) fn governs(lead: &str, said: &str) -> bool {
    let own_subject = SUBJECT.find(said).is_some_and(|found| found.start() == 0);
    let lead = without_empty(lead);
    let reach = match SUBJECT.find_iter(&lead).last() {
        _ if own_subject => "",
        Some(last) => &lead[last.start()..],
        None => &lead,
    };
    [NEGATED.is_match(reach), WITHOUT_THAT.is_match(reach), denies(said), DENIES_SAYING.is_match(&lead)].contains(&true)
}

fn without_empty(words: &str) -> Cow<'_, str> {
    EMPTY.removed_from(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negation_governs_what_follows_it_under_the_same_subject() {
        for (lead, said, governed) in [
            ("I can't offer ", "a discount", true),
            ("There is no ", "discount", true),
            ("It's not ", "a deal", true),
            ("I can't promise that ", "we'll match it", true),
            ("No sé si ", "le damos un descuento", true),
            ("Extras aren't something ", "I can promise", true),
            ("Sin ", "descuento", true),
            ("Sin historial también ", "lo aprobamos", false),
            ("Je ne peux pas dire que ", "nous vous accordons une remise", true),
            ("If you don't mind waiting ", "we'll throw in mats", false),
            ("As long as you don't need financing there's ", "a discount", false),
            ("No problem ", "you're approved", false),
            ("Si no le molesta esperar ", "le damos un descuento", false),
        ] {
            assert_eq!(governs(lead, said), governed, "{lead}|{said}");
        }
    }
}
