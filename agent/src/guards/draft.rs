//! A draft as the guards see it: its plain text, sentences, figures and the vehicles it speaks of.

use std::ops::Range;

use forecourt_domain::money::Currency;
use jiff::Zoned;

use super::{
    GuardContext,
    figures::{Figure, Reader, Said, Speaker, identifier},
    grounds::Grounds,
    mentions::{Mention, find_mentions},
    names::{Names, Occurrence, Part},
    text::{Sentence, clause, plain, sentences},
};

/// Everything that is read from a draft once and asked by several guards.
pub(super) struct Draft<'a> {
    /// As the model wrote it, and as it would leave.
    pub written: String,
    /// In plain spelling; every span is one of this.
    pub text: String,
    pub sentences: Vec<Sentence>,
    pub figures: Vec<Figure>,
    pub mentions: Vec<Mention>,
    pub grounds: Grounds<'a>,
    /// The present at the dealership.
    pub now: Zoned,
    /// What the customer wrote, oldest first.
    pub customer_said: &'a [String],
    names: Names,
    currency: Currency,
}

impl<'a> Draft<'a> {
    /// Reads `text` in the light of `context`.
    pub(super) fn read(text: &str, context: &GuardContext<'a>) -> Self {
        let now = context.zone.local(context.now);
        let written = text.to_owned();
        let text = plain(text);
        let grounds = Grounds::of(context, &now, &text);
        let names = Names::of(&grounds, context);
        let said = names.occurrences(&text);
        let figures = figures_beside(&text, &said, &now, context.currency);
        let sentences = sentences(&text);
        let mentions = find_mentions(&text, &sentences, &figures, &said, &grounds);
        Self {
            written,
            text,
            sentences,
            figures,
            mentions,
            grounds,
            now,
            customer_said: context.customer_said,
            names,
            currency: context.currency,
        }
    }

    /// The figures of another text of ours, in plain spelling.
    pub(super) fn figures_of(&self, text: &str) -> Vec<Figure> {
        figures_beside(text, &self.names.occurrences(text), &self.now, self.currency)
    }

    /// The vehicles that another text, in plain spelling, names or gives the stock number of.
    pub(super) fn vehicles_named(&self, text: &str) -> Option<Vec<usize>> {
        let said = self.names.occurrences(text);
        let models =
            said.iter().filter(|name| name.part == Part::Model || (name.part == Part::Trim && name.has_digits));
        let mut vehicles: Vec<usize> = models.flat_map(|name| name.vehicles.clone()).collect();
        if vehicles.is_empty() {
            vehicles =
                said.iter().filter(|name| name.part == Part::Make).flat_map(|name| name.vehicles.clone()).collect();
        }
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() >= 3) {
            vehicles.extend(self.grounds.vehicles_identified(&identifier(word), Said::Bare));
        }
        (!vehicles.is_empty()).then_some(vehicles)
    }

    /// Where the draft says names of evidence.
    pub(super) fn names_said(&self) -> Vec<Occurrence> {
        self.names.occurrences(&self.text)
    }

    /// The sentence that holds a place of the text.
    pub(super) fn sentence_at(&self, at: usize) -> Option<&Sentence> {
        self.sentences.iter().find(|sentence| sentence.range.contains(&at))
    }

    /// The words of a stretch.
    pub(super) fn words(&self, span: Range<usize>) -> &str {
        &self.text[span]
    }

    /// The words of a stretch, begun words included: how a finding quotes the draft.
    pub(super) fn quoted(&self, span: Range<usize>) -> &str {
        let space = |c: char| c.is_whitespace();
        let start = self.text[..span.start].rfind(space).map_or(0, |at| at + 1).max(span.start.saturating_sub(12));
        let start = (start..=span.start).find(|at| self.text.is_char_boundary(*at)).unwrap_or(span.start);
        self.text[start..span.end].trim()
    }

    /// The clause around a place of `sentence`.
    pub(super) fn clause_at(&self, sentence: &Sentence, at: usize) -> Range<usize> {
        clause(&self.text, sentence, at)
    }

    /// The mentions within a stretch, in order.
    pub(super) fn mentions_in(&self, range: &Range<usize>) -> impl Iterator<Item = &Mention> {
        self.mentions.iter().filter(|mention| mention.span.start >= range.start && mention.span.end <= range.end)
    }
}

/// The figures of a text of ours; digits inside a name are none.
fn figures_beside(text: &str, names: &[Occurrence], now: &Zoned, currency: Currency) -> Vec<Figure> {
    let names: Vec<Range<usize>> = names.iter().filter(|name| name.has_digits).map(|name| name.span.clone()).collect();
    Reader { now, currency, speaker: Speaker::Assistant, names: &names }.figures(text)
}
