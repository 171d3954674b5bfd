//! What a word may rest on: figures and facts with the record and the version they came from.

use std::fmt;

use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::money::Money;

text_enum! {
    /// The kinds of record that can be cited.
    pub enum SourceKind {
        Vehicle = "vehicle",
        Dealership = "dealership",
        Department = "department",
        Appointment = "appointment",
        Slot = "slot",
        Customer = "customer",
        Lead = "lead",
        Handoff = "handoff",
        Knowledge = "knowledge",
        Message = "message",
    }
}

text_enum! {
    /// How strongly a piece of evidence supports a word. Declared weakest first.
    pub enum EvidenceClass {
        /// The customer said it: may be echoed as theirs, never confirmed.
        CustomerSaid = "customer_said",
        /// Said and checked earlier in this conversation, and its record has not changed since.
        Fresh = "fresh",
        /// A fact of the dealership: name, address, hours, phone.
        DealershipFact = "dealership_fact",
        /// An output of a tool in this turn.
        Tool = "tool",
    }
}

/// The record a fact was read from. Its version is compared before words that rest on it leave.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    pub kind: SourceKind,
    pub id: Uuid,
    /// The row's version when it was read; a changed version makes the evidence stale.
    pub version: i64,
    /// What people call it, such as `stock=U1043`.
    pub label: String,
}

/// A value that a text may contain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Fact {
    Money(Money),
    Mileage(u32),
    Year(i16),
    Count(u32),
    /// In hundredths of a percent: 490 is 4.9 %.
    Percentage(u32),
    Date(Date),
    Time(Time),
    Instant(Timestamp),
    Phone(String),
    Email(String),
    Address(String),
    /// A VIN, a stock number, a ticket number.
    Identifier(String),
    /// A make, model or trim; digits inside it are part of the name (CX-5, F-150, 911).
    Name(String),
    /// Whether a vehicle can be sold today.
    InStock(bool),
    /// Any other words of the record.
    Text(String),
}

/// One fact, where it came from and how strong it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub class: EvidenceClass,
    pub source: Source,
    /// The field of the record, such as `price`.
    pub field: String,
    pub fact: Fact,
}

/// A cited field with its value as a person was shown it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownFact {
    pub source: Source,
    pub field: String,
    pub fact: Fact,
    /// The value in words, such as `$26,990`.
    pub shown: String,
}

/// A cited field that is not any more what a person was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedFact {
    /// The record, as people call it.
    pub label: String,
    pub field: String,
    pub was: String,
    pub is: String,
}

impl fmt::Display for ChangedFact {
    /// `price of stock=U1041 was $26,990 and is $25,500`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { label, field, was, is } = self;
        write!(f, "{} of {label} was {was} and is {is}", field.replace('_', " "))
    }
}

text_enum! {
    /// A change that was committed and may therefore be spoken of as done.
    pub enum EffectKind {
        AppointmentBooked = "appointment_booked",
        AppointmentRescheduled = "appointment_rescheduled",
        AppointmentCancelled = "appointment_cancelled",
        ProfileUpdated = "profile_updated",
        LeadUpdated = "lead_updated",
        HandedOff = "handed_off",
    }
}

/// An effect that this conversation's turn committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommittedEffect {
    pub kind: EffectKind,
    pub subject: Source,
}
