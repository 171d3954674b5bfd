//! What holds for whatever a customer writes and whatever the tools return.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{By, FACTS, ask, check_reply, play, request};

/// Words of the trade in any order: far more likely to reach odd corners than random letters.
const WORDS: &[&str] = &[
    "is",
    "it",
    "the",
    "red",
    "CX-5",
    "still",
    "available",
    "can",
    "I",
    "come",
    "tomorrow",
    "at",
    "3",
    "Saturday",
    "10:30",
    "cancel",
    "my",
    "appointment",
    "move",
    "to",
    "Monday",
    "instead",
    "of",
    "under",
    "30k",
    "$25,000",
    "2021",
    "or",
    "newer",
    "than",
    "60k",
    "miles",
    "test",
    "drive",
    "compare",
    "first",
    "two",
    "second",
    "one",
    "cheaper",
    "open",
    "Sunday",
    "hours",
    "trade",
    "in",
    "2018",
    "Civic",
    "worth",
    "payment",
    "a",
    "month",
    "U1043",
    "stock",
    "#",
    "name",
    "is",
    "Ann",
    "Lee",
    "ann@example.com",
    "yes",
    "no",
    "thanks",
    "?",
    ".",
    "between",
    "and",
    "noon",
    "half",
    "past",
    "next",
    "week",
    "the",
    "28th",
    "11/28",
    "2/30",
    "25:00",
    "99pm",
    "not",
    "later",
    "an",
    "hour",
    "earlier",
    "don't",
    "what's",
    "how",
    "much",
    "does",
    "have",
    "carplay",
    "in",
    "blue",
    "any",
    "SUV",
    "bot",
    "human",
    "lawyer",
    "this",
    "that",
    "them",
    "both",
    "which",
    "-",
    "12",
    "0",
    "-1",
    "999999999999",
    "'",
];

fn worded() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS), 0..24).prop_map(|words| words.join(" "))
}

fn said() -> impl Strategy<Value = String> {
    prop_oneof![4 => worded(), 2 => any::<String>(), 1 => "[ -~]{0,200}", 1 => "\\PC{0,60}"]
}

fn facts() -> impl Strategy<Value = Vec<String>> {
    let vehicle = "(U10[0-9]{2}|P[0-9]{4}) (19|20)[0-9]{2} (Mazda CX-5|Lucid Air|Ford F-150) (Touring|XLT)"
        .prop_map(|fact| format!("vehicle_discussed: {fact}"));
    let appointment =
        "2026-1[12]-(0[1-9]|2[0-9])T(09|1[0-7]):(00|15|30)".prop_map(|at| format!("appointment: {at} sales scheduled"));
    prop::collection::vec(prop_oneof![vehicle, appointment], 0..4)
}

fn history() -> impl Strategy<Value = Vec<(By, String)>> {
    let ours = prop_oneof![
        Just("On Saturday, November 21 I have 10:00 AM, 1:00 PM or 3:00 PM. Which one works for you?".to_owned()),
        Just("What day and time should I move your appointment to?".to_owned()),
        Just("We have:\n2021 Mazda CX-5 Touring, red, 41,250 miles, $26,990 (stock U1043)\n2020 Honda CR-V EX, $24,500 (stock U1050).".to_owned()),
        Just("Which one should I cancel?".to_owned()),
        Just("May I have your name?".to_owned()),
        said(),
    ];
    prop::collection::vec((worded(), ours), 0..3).prop_map(|turns| {
        turns.into_iter().flat_map(|(theirs, ours)| [(By::Customer, theirs), (By::Us, ours)]).collect()
    })
}

/// An output in the shape a tool has, with arbitrary figures in it, or a refusal.
fn output(tool: &str, seed: u64) -> Value {
    let figure = |offset: u64, below: u64| (seed.rotate_left(u32::try_from(offset).unwrap()) ^ offset) % below;
    let date = format!("2026-12-{:02}", 1 + figure(1, 28));
    let label = format!("Monday, December {} at {}:{:02} PM", 1 + figure(1, 28), 1 + figure(2, 12), figure(3, 60));
    let vehicle = |offset: u64| {
        let status = ["available", "pending", "sold"][usize::try_from(figure(offset + 6, 3)).unwrap()];
        json!({
            "stock_number": format!("S{}", figure(offset, 99_999)), "year": 1990 + figure(offset + 1, 40), "make": "Make", "model": format!("M{}", figure(offset + 2, 90)),
            "trim": "T", "mileage": figure(offset + 3, 300_000), "price": format!("${},{:03}", figure(offset + 4, 90), figure(offset + 5, 1000)),
            "status": status, "exterior_color": "Deep Blue 7", "features": ["sunroof"],
            "vin": "JM3KFBCM5M0123456", "fuel": "hybrid", "drivetrain": "awd",
        })
    };
    let appointment = json!({ "starts_at": "2026-12-01T15:00", "label": label, "kind": "test_drive", "vehicle": format!("2021 Mazda (stock S{})", figure(5, 999)), "with": "Dana" });
    let slot = |hour: u64| json!({ "starts_at": format!("{date}T{hour:02}:00"), "label": format!("{hour}:00 AM") });
    let errors = [
        "unavailable",
        "slot_taken",
        "outside_hours",
        "in_the_past",
        "too_far_ahead",
        "ambiguous",
        "not_identified",
        "denied",
        "needs_approval",
        "draft_only",
        "unknown_tool",
        "bad_arguments",
        "not_found",
    ];
    if figure(40, 4) == 0 {
        let error = errors[usize::try_from(figure(41, 13)).unwrap()];
        return json!({ "error": error, "message": "", "alternatives": [slot(9), slot(11)], "next_open_date": date, "appointments": [appointment] });
    }
    match tool {
        "search_inventory" => {
            json!({ "total": figure(6, 40), "exact": figure(7, 2) == 0, "vehicles": [vehicle(8), vehicle(20), vehicle(30)] })
        }
        "get_vehicle" => json!({ "vehicle": vehicle(8) }),
        "compare_vehicles" => {
            json!({ "vehicles": [vehicle(8), vehicle(20)], "cheapest": vehicle(8)["stock_number"], "price_spread": "$1,234", "lowest_mileage": vehicle(20)["stock_number"], "mileage_spread": figure(9, 9999) })
        }
        "get_dealership_info" => json!({
            "name": "Northgate Motors", "address": format!("{} Main Street", figure(10, 9999)), "phone": format!("(303) 555-{:04}", figure(11, 10_000)), "website": "https://n.example",
            "departments": [], "hours": [{ "department": "sales", "open_now": true, "days": [{ "date": date, "weekday": "x", "opens": format!("{}:30 AM", 1 + figure(12, 11)), "closes": "6:00 PM", "note": null }] }],
            "answers": [{ "question": "q", "answer": format!("It takes {} days.", figure(13, 90)) }],
        }),
        "list_appointment_slots" => {
            json!({ "date": date, "open": figure(14, 3) > 0, "slots": [slot(8), slot(9), slot(10), slot(11)], "next_open_date": "2026-12-30" })
        }
        "list_my_appointments" => json!({ "identified": figure(15, 3) > 0, "appointments": [appointment] }),
        "book_appointment" | "reschedule_appointment" | "cancel_appointment" => json!({ "appointment": appointment }),
        "escalate_to_human" => {
            json!({ "ticket": format!("H-{}", figure(16, 9999)), "open_now": figure(17, 2) == 0, "next_open": format!("tomorrow at {}:00 AM", 1 + figure(18, 11)) })
        }
        _ => json!({ "updated": [] }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_text_gets_whole_calls_or_words(said in said(), facts in facts(), history in history()) {
        let request = request(&history, &said, &facts);
        let answer = ask(&request);
        prop_assert_ne!(answer.text.is_some(), !answer.tool_calls.is_empty());
        prop_assert!(answer.text.as_ref().is_none_or(|text| !text.trim().is_empty()));
        for call in &answer.tool_calls {
            let schema = request.tools.iter().find(|schema| schema.name == call.name).unwrap();
            let arguments: Value = serde_json::from_str(&call.arguments).unwrap();
            let required = schema.parameters["properties"].as_object().unwrap();
            let written = arguments.as_object().unwrap();
            prop_assert!(required.keys().eq(written.keys()), "{} {}", call.name, call.arguments);
        }
        prop_assert_eq!(answer, ask(&request), "the same request gets the same answer");
    }

    #[test]
    fn no_figure_is_said_that_no_tool_gave(said in said(), facts in facts(), history in history(), seed in any::<u64>()) {
        let mut seed = seed;
        let played = play(request(&history, &said, &facts), |call| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            output(&call.name, seed)
        });
        let outputs: String = played.outputs.iter().map(ToString::to_string).collect();
        check_reply(&played.text, &format!("{FACTS} {} {outputs}", facts.join(" ")));
    }
}

/// A text a line, none of which asks for a visit.
const HOSTILE: &str = include_str!("../testdata/hostile.txt");

#[test]
fn hostile_and_odd_texts_reach_no_tool_that_changes_anything() {
    let appointment = ["appointment: 2026-11-21T15:00 sales scheduled".to_owned()];
    for text in HOSTILE.lines() {
        for facts in [&[], appointment.as_slice()] {
            let answer = ask(&request(&[], text, facts));
            let changes =
                ["book_appointment", "reschedule_appointment", "cancel_appointment", "update_customer_profile"];
            assert!(answer.tool_calls.iter().all(|call| !changes.contains(&call.name.as_str())), "{text}: {answer:?}");
        }
    }
}
