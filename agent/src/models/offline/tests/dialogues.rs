//! Whole conversations against a dealership in memory (`testdata/dialogues.txt`).

use super::{
    fake::Dealership,
    support::{By, FACTS, check_reply, play, request},
};

/// One exchange: what the customer says, the tools that must be called, and what the reply must contain.
#[derive(Default)]
struct Exchange<'a> {
    say: &'a str,
    tools: Vec<&'a str>,
    contains: Vec<&'a str>,
}

fn dialogues(text: &str) -> Vec<(&str, Vec<Exchange<'_>>)> {
    let mut dialogues: Vec<(&str, Vec<Exchange<'_>>)> = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("# ") {
            dialogues.push((title, Vec::new()));
        } else if let Some((_, exchanges)) = dialogues.last_mut() {
            if let Some(say) = line.strip_prefix("> ") {
                exchanges.push(Exchange { say, ..Exchange::default() });
            } else if let (Some(tools), Some(last)) = (line.strip_prefix("= "), exchanges.last_mut()) {
                last.tools = tools.split(", ").collect();
            } else if let (Some(part), Some(last)) = (line.strip_prefix("< "), exchanges.last_mut()) {
                last.contains.push(part);
            }
        }
    }
    dialogues
}

#[test]
fn dialogues_go_as_a_customer_expects() {
    let dialogues = dialogues(include_str!("../testdata/dialogues.txt"));
    assert!(dialogues.len() >= 8);
    let mut faults = Vec::new();
    for (title, exchanges) in dialogues {
        let mut dealership = Dealership::default();
        let mut history: Vec<(By, String)> = Vec::new();
        for exchange in exchanges {
            let facts = dealership.facts();
            let played = play(request(&history, exchange.say, &facts), |call| dealership.call(call));
            let outputs: String = played.outputs.iter().map(ToString::to_string).collect();
            check_reply(&played.text, &format!("{FACTS} {} {outputs}", facts.join(" ")));
            let worded = exchange.contains.iter().all(|part| played.text.contains(part));
            if played.tools != exchange.tools || !worded {
                faults.push(format!("{title}: {:?}\n    {:?} {}", exchange.say, played.tools, played.text));
            }
            history.push((By::Customer, exchange.say.to_owned()));
            history.push((By::Us, played.text));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
