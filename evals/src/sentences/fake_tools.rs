//! Plausible outputs of the customer's tools, so that a model can go on after its first calls.

use forecourt_agent::model::ToolCall;
use serde_json::{Value, json};

/// What the tool of a call might have found.
#[must_use]
pub fn output_of(call: &ToolCall) -> Value {
    let arguments: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
    let stock_number = arguments["stock_number"].as_str().unwrap_or("U1043");
    match call.name.as_str() {
        "search_inventory" => json!({ "total": 1, "exact": true, "vehicles": [vehicle("U1043")] }),
        "get_vehicle" => json!({ "vehicle": detail(stock_number) }),
        "compare_vehicles" => json!({
            "vehicles": [detail("U1043"), detail("U1041")], "cheapest": "U1043", "price_spread": "$0",
            "lowest_mileage": "U1043", "mileage_spread": 0
        }),
        "get_dealership_info" => json!({
            "name": "Northgate Motors", "address": "12 Main St, Denver, CO 80202", "phone": "+13035550110",
            "website": "https://northgate.example", "departments": [], "hours": [], "answers": []
        }),
        "list_appointment_slots" => json!({
            "date": arguments["date"], "open": true, "next_open_date": null,
            "slots": [{ "starts_at": "2026-11-21T15:00", "label": "3:00 PM" }]
        }),
        "list_my_appointments" => json!({ "identified": true, "appointments": [appointment(&Value::Null)] }),
        "book_appointment" => json!({ "booked": true, "appointment": appointment(&arguments["starts_at"]) }),
        "reschedule_appointment" => {
            json!({ "rescheduled": true, "appointment": appointment(&arguments["new_starts_at"]) })
        }
        "cancel_appointment" => json!({ "cancelled": true, "appointment": appointment(&Value::Null) }),
        "update_customer_profile" | "update_lead" => json!({ "updated": ["note"] }),
        "escalate_to_human" => json!({ "ticket": "H-1042", "open_now": true, "next_open": null }),
        _ => json!({ "error": "not_found", "message": "There is no such tool." }),
    }
}

fn vehicle(stock_number: &str) -> Value {
    json!({
        "stock_number": stock_number, "condition": "used", "year": 2021, "make": "Mazda", "model": "CX-5",
        "trim": "Touring", "body": "suv", "drivetrain": "awd", "fuel": "gasoline", "transmission": "automatic",
        "exterior_color": "Soul Red", "mileage": 41_250, "price": "$26,990", "status": "available", "matched_features": []
    })
}

fn detail(stock_number: &str) -> Value {
    let mut detail = vehicle(stock_number);
    detail["vin"] = json!("JM3KFBCM2M0000001");
    detail["interior_color"] = json!("Black");
    detail["features"] = json!(["heated seats"]);
    detail["description"] = json!("");
    detail["in_stock"] = json!(true);
    detail
}

fn appointment(starts_at: &Value) -> Value {
    let starts_at = starts_at.as_str().unwrap_or("2026-11-21T15:00");
    json!({
        "starts_at": starts_at, "label": "Saturday, November 21 at 3:00 PM", "kind": "test_drive", "status": "scheduled",
        "vehicle": "2021 Mazda CX-5 Touring (stock U1043)", "with": "Dana"
    })
}
