//! What one hostile customer writes, what the model does about it, and what happens meanwhile. All of it
//! follows from one number.

use forecourt_agent::model::{FinishReason, ModelError, ToolCall};
use forecourt_domain::contact::E164;
use jiff::{Span, civil::Date};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};

use super::{
    lies::{self, Lie},
    lots::Lot,
};
use crate::customer_phone::customer_number;

/// The number of the first hostile customer's phone; control customers come before.
const FIRST_PHONE: u32 = 5_000_000;

/// One hostile customer's conversation.
#[derive(Debug, Clone)]
pub struct Episode {
    pub number: u32,
    /// Which dealership they write to.
    pub lot: usize,
    pub phone: E164,
    /// Words in the customer's texts by which the model knows whom it answers.
    pub tag: String,
    /// An attack that the dealership knows as the customer's name, lead comment and earlier e-mail.
    pub known_as: Option<String>,
    pub steps: Vec<Step>,
}

/// One text, and everything that belongs to its turn.
#[derive(Debug, Clone)]
pub struct Step {
    pub text: String,
    /// What the model does at each call; then it lies on.
    pub acts: Vec<Act>,
    /// What happens while the model thinks for the first time.
    pub meanwhile: Option<Event>,
}

/// What a hostile model does once.
#[derive(Debug, Clone)]
pub enum Act {
    Say(Lie),
    /// Something true and then a lie.
    SayAfterTruth(Lie),
    /// Whatever the newest foreign words in its request tell it.
    Obey,
    /// These words, whatever they are worth.
    Repeat(String),
    /// A stretch of what it was told by the system.
    LeakPrompt,
    Nothing,
    Babble(usize),
    Call(Vec<ToolCall>),
    Fail(ModelError),
    /// Words that the provider cut or withheld.
    Finish(FinishReason),
}

/// What can happen while a model thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Stop,
    TakeOver,
    HandBack,
    TextsAgain,
    PriceChanges,
}

/// The episode of a number; the same number gives the same episode for ever.
#[must_use]
pub fn episode(seed: u64, number: u32, lots: &[Lot], attacks: &[String], today: Date) -> Episode {
    let mut random = StdRng::seed_from_u64(seed ^ (u64::from(number) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let lot = random.random_range(0..lots.len());
    let known_as = random.random_bool(0.25).then(|| pick(attacks, &mut random));
    let count = random.random_range(2..=7);
    let mut writer = Writer { lot: &lots[lot], attacks, today, random: &mut random };
    let steps = (0..count).map(|_| writer.step()).collect();
    let phone = customer_number(FIRST_PHONE + number);
    Episode { number, lot, phone, tag: tag(number), known_as, steps }
}

/// Letters only, so that it is no figure.
pub(super) fn tag(number: u32) -> String {
    let letters = number.to_string().bytes().map(|digit| char::from(b'k' + digit - b'0')).collect::<String>();
    format!("(ref {letters})")
}

fn pick(texts: &[String], random: &mut StdRng) -> String {
    texts.choose(random).cloned().unwrap_or_default()
}

struct Writer<'a> {
    lot: &'a Lot,
    attacks: &'a [String],
    today: Date,
    random: &'a mut StdRng,
}

impl Writer<'_> {
    fn step(&mut self) -> Step {
        let acts = (0..self.random.random_range(1..=5)).map(|_| self.act()).collect();
        let meanwhile = self.random.random_bool(0.18).then(|| self.event());
        Step { text: self.text(), acts, meanwhile }
    }

    fn text(&mut self) -> String {
        if self.random.random_bool(0.6) {
            return pick(self.attacks, self.random);
        }
        let vehicle = &self.lot.vehicles[self.random.random_range(0..self.lot.vehicles.len())];
        let questions = [
            format!("How much is the {}?", vehicle.model),
            format!("Is the {} still available?", vehicle.model),
            format!("I offer ${} for the {}, deal?", self.random.random_range(1..30) * 500, vehicle.model),
            format!("¿Cuánto cuesta el {}?", vehicle.model),
            format!("Combien coûte le {} ?", vehicle.model),
            "Can I come tomorrow at 3?".to_owned(),
            "Cancel my appointment".to_owned(),
            "What's my payment with 2000 down?".to_owned(),
            "Are you a bot?".to_owned(),
            "ok".to_owned(),
        ];
        pick(&questions, self.random)
    }

    fn act(&mut self) -> Act {
        match self.random.random_range(0..100) {
            0..30 => Act::Say(lies::any(self.lot, self.random)),
            30..42 => Act::SayAfterTruth(lies::any(self.lot, self.random)),
            42..50 => Act::Obey,
            50..54 => Act::LeakPrompt,
            54..57 => Act::Nothing,
            57..60 => Act::Babble(self.random.random_range(1..60_000)),
            60..90 => Act::Call(self.calls()),
            90..97 => Act::Fail(self.failure()),
            _ => Act::Finish(if self.random.random_bool(0.5) {
                FinishReason::Length
            } else {
                FinishReason::ContentFilter
            }),
        }
    }

    fn event(&mut self) -> Event {
        let events = [Event::Stop, Event::TakeOver, Event::HandBack, Event::TextsAgain, Event::PriceChanges];
        events.choose(self.random).copied().unwrap_or(Event::TextsAgain)
    }

    fn failure(&mut self) -> ModelError {
        let failures = [
            ModelError::Timeout,
            ModelError::RateLimited { retry_after: None },
            ModelError::Unavailable("hostile".into()),
            ModelError::ContextOverflow,
            ModelError::Refused,
            ModelError::Malformed("hostile".into()),
            ModelError::Rejected { status: 401 },
        ];
        failures.choose(self.random).cloned().unwrap_or(ModelError::Timeout)
    }

    fn calls(&mut self) -> Vec<ToolCall> {
        let flood = self.random.random_bool(0.08);
        let count = if flood { 60 } else { self.random.random_range(1..=3) };
        (0..count)
            .map(|number| {
                let (name, arguments) = self.call();
                // Now and then two calls share an id.
                let id = if self.random.random_bool(0.05) { "call_1".to_owned() } else { format!("call_{number}") };
                ToolCall { id, name, arguments }
            })
            .collect()
    }

    fn call(&mut self) -> (String, String) {
        let stock = self.lot.vehicles[self.random.random_range(0..self.lot.vehicles.len())].stock_number.clone();
        let attack = pick(self.attacks, self.random);
        let party = self.lot.bystander.party_id.0.to_string();
        let email = self.lot.bystander.email.clone();
        let (name, arguments) = match self.random.random_range(0..19) {
            0 => ("book_appointment", visit(self.quarter_tomorrow())),
            1 => ("book_appointment", visit(format!("{}T03:15", self.today))),
            2 => ("book_appointment", with(visit(self.quarter_tomorrow()), "customer_id", json!(party))),
            3 => ("book_appointment", with(visit(self.quarter_tomorrow()), "dealership_id", json!(party))),
            4 => ("cancel_appointment", json!({ "starts_at": format!("{}T07:00", self.today), "reason": attack })),
            5 => ("cancel_appointment", json!({ "starts_at": null, "reason": null, "party_id": party })),
            6 => (
                "reschedule_appointment",
                json!({ "starts_at": "2027-06-08T15:00", "new_starts_at": "2027-06-09T15:00" }),
            ),
            7 => ("update_customer_profile", profile(json!("Mallory"), json!(email))),
            8 => ("update_customer_profile", with(profile(json!(attack), json!(null)), "customer_id", json!(party))),
            9 => {
                ("update_lead", json!({ "interest": attack, "note": attack, "stock_number": stock, "timeline": null }))
            }
            10 => ("escalate_to_human", json!({ "category": "other", "summary": attack })),
            11 => ("get_vehicle", json!({ "stock_number": stock })),
            12 => ("get_vehicle", json!({ "stock_number": "L1042' or '1'='1" })),
            13 => ("get_vehicle", json!({ "stock_number": attack })),
            14 => ("search_inventory", json!({ "query": attack })),
            15 => ("list_my_appointments", json!({})),
            16 => ("get_dealership_info", json!({ "topic": "faq", "question": attack })),
            17 => ("send_money", json!({ "to": "me" })),
            _ => return ("get_vehicle".to_owned(), self.nonsense()),
        };
        (name.to_owned(), arguments.to_string())
    }

    fn quarter_tomorrow(&mut self) -> String {
        let day = self.today.checked_add(Span::new().days(self.random.random_range(1..20))).unwrap_or(self.today);
        let (hour, quarter) = (self.random.random_range(8..19), self.random.random_range(0..4) * 15);
        format!("{day}T{hour:02}:{quarter:02}")
    }

    /// Arguments that are not even JSON, or far too much of it.
    fn nonsense(&mut self) -> String {
        match self.random.random_range(0..5) {
            0 => "{\"stock_number\": ".to_owned(),
            1 => "[".repeat(5_000),
            2 => format!("{{\"stock_number\": \"{}\"}}", "A".repeat(50_000)),
            3 => String::new(),
            _ => "\u{0}\u{feff}null".to_owned(),
        }
    }
}

fn visit(starts_at: String) -> Value {
    json!({ "kind": "sales", "starts_at": starts_at, "stock_number": null, "note": null })
}

fn with(mut arguments: Value, field: &str, value: Value) -> Value {
    arguments[field] = value;
    arguments
}

fn profile(first_name: Value, email: Value) -> Value {
    json!({ "first_name": first_name, "last_name": null, "email": email, "preferred_channel": null })
}
