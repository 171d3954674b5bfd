//! Where a draft says the names of evidence: makes, models, trims, the dealership and its address.
//!
//! Digits inside a name are no figures. A name is found however its parts are joined: `CX-5`, `CX5`
//! and `cx 5` are one.

use std::ops::Range;

use forecourt_domain::evidence::{EvidenceClass, Fact};

use super::{
    GuardContext,
    figures::is_followed_by_unit,
    grounds::Grounds,
    lexicon::MAKE_ALIASES,
    text::{before, plain},
};

/// What part of a vehicle's name a name is; tools say it in the field of the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Make,
    Model,
    Trim,
    /// The dealership, its address, or a name that belongs to no vehicle.
    Other,
}

/// One name of evidence and the vehicles (by index in [`Grounds::vehicles`]) that bear it.
struct Name {
    tokens: Vec<String>,
    part: Part,
    vehicles: Vec<usize>,
}

/// All names a draft may say.
pub(super) struct Names(Vec<Name>);

/// A name where a draft says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Occurrence {
    pub span: Range<usize>,
    pub part: Part,
    pub vehicles: Vec<usize>,
    pub has_digits: bool,
}

impl Names {
    /// The names of evidence and of the context, each once.
    pub(super) fn of(grounds: &Grounds, context: &GuardContext) -> Self {
        let mut names = Self(Vec::new());
        for name in [context.dealership_name, context.assistant_name] {
            names.add(name, Part::Other, None);
        }
        for evidence in context.evidence {
            match &evidence.fact {
                Fact::Name(name) => {
                    let vehicle = grounds.vehicle_of(&evidence.source);
                    let part = match (vehicle, evidence.field.as_str()) {
                        (None, _) => Part::Other,
                        (_, "make") => Part::Make,
                        (_, "trim") => Part::Trim,
                        _ => Part::Model,
                    };
                    names.add(name, part, vehicle);
                    if let Some(short) = short_model(name).filter(|_| part == Part::Model) {
                        names.add(short, part, vehicle);
                    }
                    for (_, alias) in
                        MAKE_ALIASES.iter().filter(|(make, _)| part == Part::Make && name.eq_ignore_ascii_case(make))
                    {
                        names.add(alias, part, vehicle);
                    }
                }
                Fact::Address(address) if evidence.class > EvidenceClass::CustomerSaid => {
                    names.add(address, Part::Other, None)
                }
                _ => {}
            }
        }
        names
    }

    fn add(&mut self, name: &str, part: Part, vehicle: Option<usize>) {
        let lower = plain(name).to_ascii_lowercase();
        let tokens: Vec<String> = tokens(&lower).into_iter().map(|span| lower[span].to_owned()).collect();
        if tokens.is_empty() {
            return;
        }
        match self.0.iter_mut().find(|known| known.tokens == tokens && known.part == part) {
            Some(known) => known.vehicles.extend(vehicle.filter(|vehicle| !known.vehicles.contains(vehicle))),
            None => self.0.push(Name { tokens, part, vehicles: vehicle.into_iter().collect() }),
        }
    }

    /// Where `text` says the names, in order; a name inside a longer one is left out.
    pub(super) fn occurrences(&self, text: &str) -> Vec<Occurrence> {
        let lower = text.to_ascii_lowercase();
        let spans = tokens(&lower);
        let mut found = Vec::new();
        for at in 0..spans.len() {
            for name in &self.0 {
                if let Some(span) =
                    said_at(&lower, &spans[at..], &name.tokens).filter(|span| self.is_name(&lower, span, name))
                {
                    let has_digits = name.tokens.iter().any(|token| is_number(token));
                    found.push(Occurrence { span, part: name.part, vehicles: name.vehicles.clone(), has_digits });
                }
            }
        }
        let inside = |one: &Occurrence, other: &Occurrence| {
            one.span.len() < other.span.len() && other.span.start <= one.span.start && one.span.end <= other.span.end
        };
        let outer: Vec<_> = found.iter().filter(|one| !found.iter().any(|other| inside(one, other))).cloned().collect();
        outer
    }

    /// A name of digits only (911, 1500) is a name unless it is money, a distance or the like; a
    /// very short one (the 3 of Mazda) only right behind its make.
    fn is_name(&self, lower: &str, span: &Range<usize>, name: &Name) -> bool {
        if !name.tokens.iter().all(|token| is_number(token)) {
            return true;
        }
        let lead = before(lower, span.start, 24).trim_end();
        let rest = &lower[span.end..];
        let in_number =
            rest.strip_prefix([',', '.', ':', '/']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let amount = lead.ends_with(['$', '€', '£', '#', ',', '.', ':', '/'])
            || is_followed_by_unit(lower, span.end)
            || in_number;
        let behind_make = || {
            let makes = self.0.iter().filter(|other| other.part == Part::Make);
            makes.into_iter().any(|make| lead.ends_with(&make.tokens.join(" ")))
        };
        !amount && (span.len() >= 3 || behind_make())
    }
}

/// What people call a model with a number behind it: "Silverado" for "Silverado 1500". The words that
/// mean little without their number keep it.
fn short_model(name: &str) -> Option<&str> {
    let (word, number) = name.split_once(' ')?;
    let numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let telling =
        word.len() >= 4 && !["model", "series", "class", "type"].contains(&word.to_ascii_lowercase().as_str());
    (numbered && telling && word.bytes().all(|byte| byte.is_ascii_alphabetic())).then_some(word)
}

fn is_number(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_digit())
}

/// Runs of letters and runs of digits, as spans.
pub(super) fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let mut last = ' ';
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        if character.is_alphanumeric() {
            let continues = last.is_alphanumeric() && last.is_ascii_digit() == character.is_ascii_digit();
            match spans.last_mut().filter(|_| continues) {
                Some(span) => span.end = end,
                None => spans.push(at..end),
            }
        }
        last = character;
    }
    spans
}

/// Whether `name` is said at the first of `spans`: its tokens one after the other with at most two
/// joining characters between.
fn said_at(lower: &str, spans: &[Range<usize>], name: &[String]) -> Option<Range<usize>> {
    let said = spans.get(..name.len())?;
    let joined = |pair: &[Range<usize>]| {
        let gap = &lower[pair[0].end..pair[1].start];
        gap.len() <= 2 && gap.chars().all(|c| matches!(c, ' ' | '-' | '.' | '/' | '\'' | ',' | '&'))
    };
    let last = name.len() - 1;
    let equal = said.iter().zip(name).enumerate().all(|(index, (span, token))| {
        let word = &lower[span.clone()];
        word == token || (index == last && word.strip_suffix('s') == Some(token.as_str()) && token.len() > 1)
    });
    (equal && said.windows(2).all(joined)).then(|| said[0].start..said[last].end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, names: &[(&str, Part)]) -> Vec<String> {
        let mut known = Names(Vec::new());
        for (name, part) in names {
            known.add(name, *part, Some(0));
        }
        known.occurrences(text).into_iter().map(|name| text[name.span].to_owned()).collect()
    }

    #[test]
    fn a_name_is_found_however_its_parts_are_joined() {
        let names =
            [("CX-5", Part::Model), ("F-150", Part::Model), ("ID.4", Part::Model), ("Silverado 1500", Part::Model)];
        assert_eq!(said("two CX-5s", &names), ["CX-5"]);
        for text in ["CX-5", "cx5", "CX 5", "F150", "id 4", "Silverado 1500", "silverado-1500"] {
            assert_eq!(said(text, &names), [text], "{text}");
        }
        for text in ["CX-9", "F-250", "F-1500", "XF-150", "ID.44", "Silverado 2500", "1500"] {
            assert_eq!(said(text, &names), [""; 0], "{text}");
        }
    }

    #[test]
    fn digits_alone_are_a_name_only_where_they_are_no_amount() {
        let names = [("Porsche", Part::Make), ("911", Part::Model), ("Mazda", Part::Make), ("3", Part::Model)];
        for (text, expected) in [
            ("the 911 is here", vec!["911"]),
            ("it costs $911", vec![]),
            ("it has 911 miles", vec![]),
            ("911,000", vec![]),
            ("a Mazda 3 at 3", vec!["Mazda", "3"]),
            ("3 of them", vec![]),
        ] {
            assert_eq!(said(text, &names), expected, "{text}");
        }
    }
}
