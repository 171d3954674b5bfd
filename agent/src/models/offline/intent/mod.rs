//! What a customer wants: their words, in the light of the conversation, as typed intents.

mod beside;
mod courtesy;
mod dealership;
mod handoff;
mod kept;
mod people;
mod search;
mod vehicles;
mod visits;
mod when;

use std::cell::OnceCell;

use forecourt_domain::appointment::AppointmentKind;
use jiff::civil::{Date, DateTime};

use super::{
    calls::{Category, DealershipInfo, Lead, Profile, Search},
    catalog::{Catalog, Rank},
    context::{Conversation, Speaker},
    dates::{Clock, PartOfDay},
    offer::{Offer, OfferKind},
    reading::{Expected, Reading},
};

/// What a customer asks of one vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ask {
    Availability,
    Price,
    Mileage,
    Color,
    Interior,
    Vin,
    Trim,
    Year,
    Drivetrain,
    Transmission,
    Fuel,
    Condition,
    /// What it has, as a whole.
    Features,
    /// Whether it has this one.
    Feature(&'static str),
    Details,
}

/// Which free times are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SlotsWanted {
    pub(super) kind: AppointmentKind,
    pub(super) date: Date,
    pub(super) part: Option<PartOfDay>,
    pub(super) within: Option<Clock>,
    pub(super) stock: Option<String>,
    /// Whether an appointment is to be moved there.
    pub(super) change: bool,
}

/// A visit with its day and time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Visit {
    pub(super) kind: AppointmentKind,
    pub(super) starts_at: DateTime,
    pub(super) vehicle: VisitVehicle,
    pub(super) note: Option<String>,
}

/// For which vehicle a visit is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum VisitVehicle {
    None,
    Stock(String),
    /// The one that the search or look-up of this same turn finds.
    Found,
}

/// Something specific that only the customer can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// A day and time to come.
    When(AppointmentKind),
    /// A day, the time being known.
    Day,
    /// To which day and time an appointment is to be moved.
    NewTime,
    /// Which of several times offered.
    WhichSlot,
    /// Which vehicle "it" is.
    Vehicle,
}

/// What needs no tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Courtesy {
    Greeting,
    Thanks,
    Bye,
    /// "Okay", "great": nothing is asked.
    Acknowledged,
    Declined,
    /// "Sounds good, see you then": they come as arranged.
    SeeYou,
    /// What this is, truthfully.
    WhatIAm,
    /// What can be asked here.
    WhatIDo,
}

/// One thing a customer wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Intent {
    Search(Box<Search>),
    Vehicle { stock: String, asks: Vec<Ask> },
    Compare { stocks: Vec<String>, by: Option<Rank>, asks: Vec<Ask> },
    Dealership(DealershipInfo),
    Slots(SlotsWanted),
    Book(Visit),
    MyAppointments,
    Reschedule { current: Option<DateTime>, new: DateTime },
    Cancel { starts_at: Option<DateTime>, reason: Option<String> },
    Profile(Profile),
    Lead(Lead),
    HandOff { category: Category, about: &'static str },
    Ask(Missing),
    Courtesy(Courtesy),
}

/// Everything an intent is recognised from.
pub(super) struct Scene<'a> {
    conversation: &'a Conversation,
    reading: Reading,
    offer: Offer,
    catalog: Catalog,
    earlier: OnceCell<Vec<Reading>>,
}

/// How many earlier texts of the customer can matter.
const EARLIER: usize = 6;

impl<'a> Scene<'a> {
    /// Reads the new words of `conversation` in the light of the rest.
    pub(super) fn of(conversation: &'a Conversation) -> Self {
        let catalog = Catalog::of(conversation);
        let now = conversation.facts.now;
        let last = conversation.our_last_text().zip(now);
        let offer = last.map(|(text, now)| Offer::read(text, now)).unwrap_or_default();
        let expected = Expected {
            now,
            time: offer.expects_a_time(),
            price: offer.kind == OfferKind::Budget,
            name: offer.kind == OfferKind::Name,
        };
        let acting = if conversation.facts.appointments.is_empty() {
            conversation.said.clone()
        } else {
            kept::without_kept(&conversation.said)
        };
        let reading = read(&acting, expected, &catalog);
        Self { conversation, reading, offer, catalog, earlier: OnceCell::new() }
    }

    fn has(&self, patterns: &[&str]) -> bool {
        self.reading.has(patterns)
    }

    /// What the customer wrote earlier, newest first, each text read.
    fn earlier(&self) -> &[Reading] {
        self.earlier.get_or_init(|| {
            let expected = Expected { now: self.conversation.facts.now, ..Expected::default() };
            let lines = self.conversation.history.iter().rev().filter(|line| line.by == Speaker::Customer);
            lines.take(EARLIER).map(|line| read(&line.text, expected, &self.catalog)).collect()
        })
    }
}

fn read(text: &str, expected: Expected, catalog: &Catalog) -> Reading {
    let shown = catalog.all();
    let known: Vec<&str> = shown.iter().map(|shown| shown.stock.as_str()).collect();
    Reading::of(text, expected, &known)
}

/// What the customer wants, in the order in which it is answered. Never empty.
pub(super) fn understand(conversation: &Conversation) -> Vec<Intent> {
    let scene = Scene::of(conversation);
    if let Some(only) = handoff::before_all_else(&scene) {
        return only;
    }
    let mut intents = people::intents(&scene);
    intents.extend(handoff::intents(&scene, &intents));
    if courtesy::asks_what_this_is(&scene) {
        intents.push(Intent::Courtesy(Courtesy::WhatIAm));
    }
    let visit = visits::intents(&scene, &intents);
    let about_dealership = dealership::intents(&scene, &intents, &visit);
    let vehicles = vehicles::intents(&scene, &intents, &visit, &about_dealership);
    let found = !vehicles.is_empty();
    // A general question about visits is answered, not taken for a wish to come.
    let general =
        about_dealership.iter().any(|intent| matches!(intent, Intent::Dealership(info) if info.question.is_some()));
    intents.extend(about_dealership);
    let apart = vehicles::asks_for_others(&scene, &visit);
    let visit =
        visits::with_vehicle(visit, found).into_iter().filter(|intent| !(general && matches!(intent, Intent::Ask(_))));
    // A visit waits for what is looked up before it.
    if apart {
        intents.extend(visit.chain(vehicles));
    } else {
        intents.extend(vehicles.into_iter().chain(visit));
    }
    if intents.is_empty() {
        intents = courtesy::intents(&scene);
    }
    if intents.is_empty() {
        intents = dealership::last_resort(&scene);
    }
    intents
}
