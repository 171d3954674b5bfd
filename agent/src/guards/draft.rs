//! A draft as the guards see it: its plain text, sentences, figures and the vehicles it speaks of.

use std::ops::Range;

use jiff::Zoned;

use super::{
    GuardContext,
    figures::{Figure, Reader, Speaker},
    grounds::Grounds,
    mentions::{Mention, find_mentions},
    names::Names,
    text::{Sentence, clause, plain, sentences},
};

/// Everything that is read from a draft once and asked by several guards.
pub(super) struct Draft<'a> {
    pub text: String,
    pub sentences: Vec<Sentence>,
    pub figures: Vec<Figure>,
    pub mentions: Vec<Mention>,
    pub grounds: Grounds<'a>,
    /// The present at the dealership.
    pub now: Zoned,
}

impl<'a> Draft<'a> {
    /// Reads `text` in the light of `context`.
    pub(super) fn read(text: &str, context: &GuardContext<'a>) -> Self {
        let now = context.zone.local(context.now);
        let text = plain(text);
        let grounds = Grounds::of(context, &now, &text);
        let names = Names::of(&grounds, context).occurrences(&text);
        let spans: Vec<Range<usize>> =
            names.iter().filter(|name| name.has_digits).map(|name| name.span.clone()).collect();
        let reader = Reader { now: &now, currency: context.currency, speaker: Speaker::Assistant, names: &spans };
        let figures = reader.figures(&text);
        let sentences = sentences(&text);
        let mentions = find_mentions(&text, &sentences, &figures, &names, &grounds);
        Self { text, sentences, figures, mentions, grounds, now }
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
