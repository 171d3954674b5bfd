//! From intents to the next step: the calls still to be made, or the reply.

use forecourt_domain::appointment::AppointmentKind;
use serde_json::Value;

use super::{
    calls::{Book, Call, Cancel, Category, Escalate, ListSlots, Reschedule, Topic},
    context::{Appointment, Conversation, ToolFailure},
    intent::{self, Intent, SlotsWanted, Visit, VisitVehicle},
    outputs::{Dealership, Found, Mine, OneVehicle},
    reply,
};
use crate::model::ToolSchema;

/// What the model answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Call(Vec<Call>),
    Say(String),
}

/// A turn: what is wanted and what the tools have answered so far.
pub(super) struct Turn<'a> {
    pub(super) conversation: &'a Conversation,
    pub(super) intents: Vec<Intent>,
    tools: &'a [ToolSchema],
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Outcome<'a> {
    /// Not made in this turn.
    Open,
    Done(&'a Value),
    Failed(&'a ToolFailure),
    /// The turn has no such tool.
    NotOffered,
}

/// The next step of a turn with `tools`.
pub(super) fn next(conversation: &Conversation, tools: &[ToolSchema]) -> Step {
    let turn = Turn { conversation, intents: intent::understand(conversation), tools };
    let calls = turn.open_calls();
    if !calls.is_empty() && !conversation.facts.blocked {
        return Step::Call(calls);
    }
    match turn.handoff_due() {
        Some(call) => Step::Call(vec![call]),
        None => Step::Say(reply::compose(&turn)),
    }
}

impl<'a> Turn<'a> {
    /// The calls that are due now. A booking waits for the look-up of its vehicle.
    fn open_calls(&self) -> Vec<Call> {
        let mut calls: Vec<Call> = Vec::new();
        for call in self.intents.iter().filter_map(|intent| self.call(intent)) {
            if self.outcome(&call) == Outcome::Open && !calls.contains(&call) {
                calls.push(call);
            }
        }
        let others =
            self.intents.iter().filter_map(|intent| self.other_times(intent)).map(|wanted| slots_call(&wanted));
        calls.extend(others.filter(|call| self.outcome(call) == Outcome::Open));
        calls
    }

    /// The call an intent needs, if it needs one and all it depends on is there.
    pub(super) fn call(&self, intent: &Intent) -> Option<Call> {
        Some(match intent {
            Intent::Search(search) => Call::Search(search.clone()),
            Intent::Vehicle { stock, .. } => Call::Vehicle(stock.clone()),
            Intent::Compare { stocks, .. } => Call::Compare(stocks.clone()),
            Intent::Dealership(info) => Call::Dealership(info.clone()),
            Intent::Slots(wanted) => slots_call(wanted),
            Intent::Book(visit) => return self.booking(visit),
            Intent::MyAppointments => Call::MyAppointments,
            Intent::Reschedule { current, new } => {
                Call::Reschedule(Reschedule { current_starts_at: *current, new_starts_at: *new })
            }
            Intent::Cancel { starts_at, reason } => {
                Call::Cancel(Cancel { starts_at: *starts_at, reason: reason.clone() })
            }
            Intent::Profile(profile) => Call::Profile(profile.clone()),
            Intent::Lead(lead) => Call::Lead(lead.clone()),
            Intent::HandOff { category, about } => Call::Escalate(self.escalate(*category, about)),
            Intent::Ask(_) | Intent::Courtesy(_) => return None,
        })
    }

    /// The free times of the day whose opening hours a visit did not fit.
    pub(super) fn other_times(&self, intent: &Intent) -> Option<SlotsWanted> {
        let call = self.call(intent)?;
        let Outcome::Failed(failure) = self.outcome(&call) else { return None };
        if failure.code != "outside_hours" {
            return None;
        }
        let (kind, at, stock, change) = match &call {
            Call::Book(book) => (book.kind, book.starts_at, book.stock_number.clone(), false),
            Call::Reschedule(moved) => {
                let appointments = &self.conversation.facts.appointments;
                let of = |one: &&Appointment| moved.current_starts_at.is_none_or(|current| current == one.starts_at);
                let one = appointments.iter().find(of);
                let kind = one.and_then(|one| one.kind.parse().ok()).unwrap_or(AppointmentKind::Sales);
                (kind, moved.new_starts_at, one.and_then(|one| one.stock.clone()), true)
            }
            _ => return None,
        };
        Some(SlotsWanted { kind, date: at.date(), part: None, within: None, stock, change })
    }

    /// The booking, once the vehicle it is for is known and can be seen.
    fn booking(&self, visit: &Visit) -> Option<Call> {
        let stock_number = match (&visit.vehicle, self.looked_up()) {
            (_, LookUp::Pending | LookUp::NotToSee) => return None,
            (VisitVehicle::None, _) | (VisitVehicle::Found, LookUp::None) => None,
            (VisitVehicle::Stock(stock), _) => Some(stock.clone()),
            (VisitVehicle::Found, LookUp::ToSee(stock)) => Some(stock),
        };
        let note = visit.note.clone().filter(|_| stock_number.is_none());
        Some(Call::Book(Book { kind: visit.kind, starts_at: visit.starts_at, stock_number, note }))
    }

    /// What this turn's own look-up says about the vehicle a visit is for.
    fn looked_up(&self) -> LookUp {
        // What is asked after it is not about the vehicle of the visit.
        for intent in self.intents.iter().take_while(|intent| !matches!(intent, Intent::Book(_))) {
            let (Intent::Search(_) | Intent::Vehicle { .. }) = intent else { continue };
            let Some(call) = self.call(intent) else { continue };
            let vehicles = match self.outcome(&call) {
                Outcome::Open => return LookUp::Pending,
                Outcome::Failed(_) | Outcome::NotOffered => return LookUp::NotToSee,
                Outcome::Done(output) => match intent {
                    Intent::Search(_) => parse::<Found>(output).filter(|found| found.exact).map(|found| found.vehicles),
                    _ => parse::<OneVehicle>(output).map(|one| one.vehicle.into_iter().collect()),
                },
            };
            let first = vehicles.unwrap_or_default().into_iter().find(|vehicle| vehicle.status == "available");
            return first.map_or(LookUp::NotToSee, |vehicle| LookUp::ToSee(vehicle.stock_number));
        }
        LookUp::None
    }

    /// What came of `call`.
    pub(super) fn outcome(&self, call: &Call) -> Outcome<'a> {
        let Some(schema) = self.tools.iter().find(|schema| schema.name == call.tool()) else {
            return Outcome::NotOffered;
        };
        let arguments = call.arguments(schema);
        let made =
            |outcome: &&'a super::context::Outcome| outcome.tool == call.tool() && outcome.arguments == arguments;
        match self.conversation.outcomes.iter().find(made).map(|outcome| &outcome.result) {
            None => Outcome::Open,
            Some(Ok(output)) => Outcome::Done(output),
            Some(Err(failure)) => Outcome::Failed(failure),
        }
    }

    /// The handoff that is due because something could not be done or was kept back by a guard.
    fn handoff_due(&self) -> Option<Call> {
        let asked = self.conversation.outcomes.iter().any(|outcome| outcome.tool == "escalate_to_human");
        let offered = self.tools.iter().any(|schema| schema.name == "escalate_to_human");
        if asked || !offered {
            return None;
        }
        if self.conversation.facts.blocked {
            return Some(Call::Escalate(
                self.escalate(Category::Other, "needs an answer the automatic assistant could not give"),
            ));
        }
        let (category, about) = self.intents.iter().find_map(|intent| self.shortfall(intent))?;
        Some(Call::Escalate(self.escalate(category, about)))
    }

    /// Why an intent could not be served, where only a human can help.
    pub(super) fn shortfall(&self, intent: &Intent) -> Option<(Category, &'static str)> {
        let call = self.call(intent)?;
        let could_not = Some((Category::Other, "asked for something the automatic assistant could not do"));
        match (self.outcome(&call), intent) {
            (_, Intent::HandOff { .. } | Intent::Lead(_)) | (Outcome::Open, _) => None,
            (Outcome::NotOffered, _) => could_not,
            (Outcome::Failed(failure), _) => {
                if ANSWERED.contains(&failure.code.as_str()) {
                    None
                } else {
                    could_not
                }
            }
            (Outcome::Done(output), Intent::Dealership(info)) => match parse::<Dealership>(output) {
                Some(known) if info.topics.contains(&Topic::Faq) && known.answers.is_empty() => {
                    Some((Category::NotUnderstood, "asks something the automatic assistant has no answer to"))
                }
                Some(known) if reply::lacks(&known, info) => could_not,
                Some(_) => None,
                None => could_not,
            },
            (Outcome::Done(output), Intent::MyAppointments) => {
                let identified = parse::<Mine>(output).is_some_and(|mine| mine.identified);
                (!identified).then_some((Category::Other, "asks about an appointment, but is not identified"))
            }
            (Outcome::Done(_), _) => None,
        }
    }

    fn escalate(&self, category: Category, about: &str) -> Escalate {
        let vehicle = self
            .conversation
            .facts
            .discussed
            .last()
            .map(|vehicle| format!(" Last vehicle discussed: {}.", vehicle.stock));
        let said = self.conversation.quoted(300);
        Escalate {
            category,
            summary: format!("The customer {about}.{} They wrote: {said}", vehicle.unwrap_or_default()),
        }
    }
}

/// The call that lists free times.
pub(super) fn slots_call(wanted: &SlotsWanted) -> Call {
    Call::ListSlots(ListSlots {
        kind: wanted.kind,
        date: wanted.date,
        part_of_day: wanted.part,
        stock_number: wanted.stock.clone(),
    })
}

/// Refusals that the reply itself deals with.
const ANSWERED: &[&str] =
    &["slot_taken", "outside_hours", "in_the_past", "too_far_ahead", "ambiguous", "not_found", "needs_approval"];

/// What a look-up in the same turn says about the vehicle of a visit.
enum LookUp {
    /// There is none.
    None,
    Pending,
    ToSee(String),
    /// It is sold, pending, or not here.
    NotToSee,
}

/// An output in the shape it should have.
pub(super) fn parse<T: serde::de::DeserializeOwned>(output: &Value) -> Option<T> {
    T::deserialize(output).ok()
}
