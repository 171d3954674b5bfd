//! Guards decide words: pure functions over a draft and the evidence it rests on.
//!
//! Every text of the assistant to a customer passes all of them before it may leave. A finding says
//! in words for the model what is wrong and what to do instead. No guard looks at a clock, a
//! database or a model: the same draft and context give the same findings for ever.

use std::fmt;

use forecourt_domain::{
    action::Channel,
    evidence::{CommittedEffect, Evidence},
    hours::Zone,
    money::Currency,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

mod claims_match_effects;
mod commitments;
mod disclosure;
mod draft;
mod duplicate;
mod figures;
mod first_text;
mod folded;
mod grounded_figures;
mod grounds;
mod internals;
mod language;
mod length;
mod lexicon;
mod links;
mod mentions;
mod names;
mod needles;
mod negation;
mod pattern;
mod private_data;
mod text;
mod total_price;

pub use self::{disclosure::asks_if_bot, first_text::with_disclosure};

/// What a draft is judged by.
#[derive(Debug, Clone, Copy)]
pub struct GuardContext<'a> {
    pub channel: Channel,
    /// The dealership's zone; days and times of a draft are read in it.
    pub zone: &'a Zone,
    pub now: Timestamp,
    /// The dealership's currency; it also tells miles from kilometres.
    pub currency: Currency,
    pub dealership_name: &'a str,
    pub assistant_name: &'a str,
    /// Whether this is the first text of ours in the conversation.
    pub first_message: bool,
    /// Whether the customer asks if they talk to a machine; see [`asks_if_bot`].
    pub asked_if_bot: bool,
    pub evidence: &'a [Evidence],
    /// What this turn committed.
    pub effects: &'a [CommittedEffect],
    /// The customer's texts of this conversation, oldest first.
    pub customer_said: &'a [String],
    /// Those of them that this turn answers.
    pub asked: &'a [String],
    /// What the assistant has said in this conversation, oldest first.
    pub sent: &'a [String],
    /// The dealership's website, as its profile has it; links lead nowhere else.
    pub website: Option<&'a str>,
    /// Whether the law wants the total price in the first words about a vehicle; see
    /// [`total_price_rule`](forecourt_domain::price_disclosure::total_price_rule).
    pub total_price_required: bool,
    /// The names of the tools the model has.
    pub tool_names: &'a [&'static str],
    /// The rules the model was given, as they were rendered.
    pub prompt: &'a str,
}

impl<'a> GuardContext<'a> {
    /// The context of a dealership of which nothing else is known and to which nobody has written.
    #[must_use]
    pub const fn of_dealership(
        channel: Channel,
        zone: &'a Zone,
        now: Timestamp,
        currency: Currency,
        (dealership_name, assistant_name): (&'a str, &'a str),
    ) -> Self {
        Self {
            channel,
            zone,
            now,
            currency,
            dealership_name,
            assistant_name,
            first_message: false,
            asked_if_bot: false,
            evidence: &[],
            effects: &[],
            customer_said: &[],
            asked: &[],
            sent: &[],
            website: None,
            total_price_required: false,
            tool_names: &[],
            prompt: "",
        }
    }
}

/// The guards, by the names they have in logs and audit entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardName {
    GroundedFigures,
    ClaimsMatchEffects,
    Disclosure,
    Commitments,
    TotalPrice,
    Links,
    PrivateData,
    Internals,
    Length,
    Duplicate,
    Language,
}

impl GuardName {
    /// The one text of this guard.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GroundedFigures => "grounded_figures",
            Self::ClaimsMatchEffects => "claims_match_effects",
            Self::Disclosure => "disclosure",
            Self::Commitments => "commitments",
            Self::TotalPrice => "total_price",
            Self::Links => "links",
            Self::PrivateData => "private_data",
            Self::Internals => "internals",
            Self::Length => "length",
            Self::Duplicate => "duplicate",
            Self::Language => "language",
        }
    }

    /// Whether a finding of this guard goes to a person at once instead of back to the model: no
    /// guard reads another language, so a second try in it could say anything.
    #[must_use]
    pub const fn hands_over_at_once(self) -> bool {
        matches!(self, Self::Language)
    }
}

impl fmt::Display for GuardName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing a draft may not say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub guard: GuardName,
    /// The words in question as the guard read them; empty when something is missing.
    pub excerpt: String,
    /// Addressed to the model: what is wrong and what to do.
    pub reason: String,
}

/// Compiles the patterns of the guards, which is else done by the first draft of a process. That one may be
/// judged inside a transaction, which must not wait so long.
pub fn warm_up() {
    const SAMPLES: [&str; 3] = [
        "Hi, I've booked the 2021 CX-5 for $26,990 with 31,200 miles, stock U1041, tomorrow at 3 PM. It's in stock and \
         we are open until 8. A colleague will call you at (303) 555-0110 about a discount.",
        "Hola, le reservé el CX-5 de 2021 por $26,990 con 31,200 millas para mañana a las 3. Está disponible y abrimos \
         hasta las 8. Un colega le llamará por el descuento.",
        "Bonjour, j'ai réservé le CX-5 de 2021 à 26 990 $ avec 31 200 km pour demain à 15 h. Il est disponible et nous \
         sommes ouverts jusqu'à 20 h. Un collègue vous appellera pour la remise.",
    ];
    let Ok(zone) = "Etc/UTC".parse() else { return };
    for sample in SAMPLES {
        let names = ("", "");
        // What it finds does not matter.
        let _ = check(
            sample,
            &GuardContext::of_dealership(Channel::Sms, &zone, Timestamp::UNIX_EPOCH, Currency::Usd, names),
        );
    }
}

/// Judges a draft by every guard; empty when it may leave. One that is more than four times as long as
/// the channel bears is refused for that alone.
#[must_use]
pub fn check(text: &str, context: &GuardContext) -> Vec<Finding> {
    if let Some(finding) = length::far_too_long(text, context.channel) {
        return vec![finding];
    }
    let draft = draft::Draft::read(text, context);
    GUARDS.iter().flat_map(|guard| guard(&draft, context)).collect()
}

type Guard = fn(&draft::Draft, &GuardContext) -> Vec<Finding>;

const GUARDS: [Guard; 11] = [
    grounded_figures::check,
    claims_match_effects::check,
    disclosure::check,
    commitments::check,
    total_price::check,
    links::check,
    private_data::check,
    internals::check,
    length::check,
    duplicate::check,
    language::check,
];

/// A finding whose reason begins with the words in question.
fn finding(guard: GuardName, excerpt: &str, reason: &str) -> Finding {
    Finding { guard, excerpt: excerpt.to_owned(), reason: format!("{excerpt:?}: {reason}") }
}

/// Whether a text tells the customer that a person was asked or will come back to them.
#[must_use]
pub fn says_a_person_was_asked(text: &str, context: &GuardContext) -> bool {
    claims_match_effects::speaks_of_a_person(&draft::Draft::read(text, context))
}

/// Whether a text tells the customer that and nothing else.
#[must_use]
pub fn says_only_that_a_person_was_asked(text: &str, context: &GuardContext) -> bool {
    let text = text::plain(text);
    let sentences = text::sentences(&text);
    !sentences.is_empty()
        && sentences.into_iter().all(|sentence| says_a_person_was_asked(&text[sentence.range], context))
}

#[cfg(test)]
mod tests;
