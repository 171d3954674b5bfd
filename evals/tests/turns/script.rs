//! The five lines of the first demonstration, as signed forms of Twilio's and with Twilio's answers.

use std::sync::Arc;

use forecourt_agent::models::offline::OfflineModel;
use forecourt_crm_store::trace::MessageTrace;
use forecourt_server::why;

use crate::world::World;

const LINES: [&str; 5] = [
    "any used CX-5 under 30k?",
    "what is the cheapest one?",
    "what are your hours on Saturday?",
    "can I see it tomorrow at 3pm?",
    "thanks, what is your address?",
];

/// What is recorded about every answer, oldest first.
async fn traces(world: &World) -> Vec<MessageTrace> {
    let mut tx = world.begin().await;
    let id = world.conversation().await;
    let mut traces = Vec::new();
    for message in tx.load_thread(id, 50).await.unwrap() {
        if message.author.as_str() == "assistant" {
            traces.push(tx.find_message_trace(message.id).await.unwrap().unwrap());
        }
    }
    traces
}

#[tokio::test]
async fn five_lines_end_with_an_appointment_and_every_answer_has_its_reasons() {
    let (database, world) = World::open_with(Arc::<OfflineModel>::default()).await;
    for line in LINES {
        world.say(line).await;
        world.advance(60);
    }
    let received = world.received();
    assert_eq!(received.len(), 5, "{received:#?}");
    for (answer, expected) in received.iter().zip([
        ["Northgate Motors", "$26,990", "U1041"],
        ["CX-5", "$26,990", "U1041"],
        ["Saturday", "8:00 AM", "8:00 PM"],
        ["booked", "November 21", "3:00 PM"],
        ["12 Main St", "Denver", "80202"],
    ]) {
        for part in expected {
            assert!(answer.contains(part), "{part:?} is missing: {received:#?}");
        }
    }
    assert_eq!(world.appointments().await, ["2026-11-21T15:00"]);
    assert_eq!(world.outbox().await, ["reply sent"; 5]);

    let reasons =
        ["search_inventory", "rests on vehicle:", "get_dealership_info", "book_appointment", "get_dealership_info"];
    for ((trace, line), reason) in traces(&world).await.iter().zip(LINES).zip(reasons) {
        let text = why::to_text(&why::explain(trace));
        for part in [line, reason, "send_reply: allow", "all passed", "provider id SM"] {
            assert!(text.contains(part), "{part:?} is missing in:\n{text}");
        }
        assert!(!text.contains("ALTERED"), "{text}");
    }

    // The owner of the tables can change a row that the app role may not; it shows.
    let mut tampering = database.owner.begin().await.unwrap();
    sqlx::query("select set_config('app.dealership_id', $1, true)")
        .bind(world.dealership.scope.dealership_id().to_string())
        .execute(&mut *tampering)
        .await
        .unwrap();
    let changed = sqlx::query(
        "update audit_entries set details = jsonb_set(details, '{verdict}', '\"deny\"')
         where id = (select min(id::text)::uuid from audit_entries where kind = 'action.decided')",
    )
    .execute(&mut *tampering)
    .await
    .unwrap();
    assert_eq!(changed.rows_affected(), 1);
    tampering.commit().await.unwrap();
    let told: Vec<usize> = traces(&world)
        .await
        .iter()
        .map(|trace| why::to_text(&why::explain(trace)).matches("ALTERED").count())
        .collect();
    assert_eq!(told, [1, 0, 0, 0, 0]);
}
