//! What the referee, the provider's log and the rows say about the races.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{desk::Answer, lane::Played};
use crate::{
    crash::site::Site,
    referee::{self, Cut},
};

/// What was found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Findings {
    /// Attempts of the assistant that were watched, and cuts.
    pub attempts: usize,
    pub cuts: usize,
    /// Attempts whose call was running when somebody cut in.
    pub in_flight: usize,
    /// Approvals that ran, and clicks that were told that somebody else's did.
    pub executed: usize,
    pub told_otherwise: usize,
    /// Promises that were broken.
    pub broken: Vec<String>,
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} attempts watched, {} cuts, {} attempts in flight at a cut, {} approvals run, {} clicks told otherwise",
            self.attempts, self.cuts, self.in_flight, self.executed, self.told_otherwise
        )?;
        for broken in &self.broken {
            writeln!(f, "{broken}")?;
        }
        write!(f, "attempts after the cut, cuts that hid an attempt, things done twice: {}", self.broken.len())
    }
}

/// What the rows of one conversation say.
struct Records {
    /// Text of each message that left or was to leave, by outbox id, and the message's own id.
    texts: BTreeMap<Uuid, (String, Uuid)>,
    /// Messages of proposals that were carried out, and appointments.
    approved: i64,
    appointments: i64,
    executed: i64,
    /// What the log says was leaving, for each cut of the conversation, with the kind of its entry.
    recorded: Vec<(String, Value)>,
}

pub(super) async fn check(site: &Site, all: &[Played]) -> anyhow::Result<Findings> {
    let pool = &site.database.app;
    let late = [referee::late_attempts(pool).await?, referee::late_effects(pool).await?].concat();
    let cuts = referee::cuts(pool).await?;
    let mut findings = Findings {
        attempts: usize::try_from(referee::count_attempts(pool).await?)?,
        cuts: cuts.len(),
        in_flight: cuts.iter().map(|cut| cut.in_flight.len()).sum(),
        ..Findings::default()
    };
    for foul in late {
        let (what, conversation) = (foul.what, foul.conversation_id);
        findings.broken.push(format!("{what} in conversation {conversation} after {}", foul.cuts.join(", ")));
    }
    for played in all {
        let records = Records::read(site, played).await?;
        check_executions(played, &records, &mut findings);
        for cut in cuts.iter().filter(|cut| concerns(cut, played, &records)) {
            check_cut(cut, played, answer_to(cut, played, all), &records, &mut findings.broken);
        }
    }
    check_calls(site, &mut findings.broken);
    Ok(findings)
}

/// A switch above conversations concerns the one of which a message was leaving.
fn concerns(cut: &Cut, played: &Played, records: &Records) -> bool {
    match cut.conversation_id {
        Some(conversation) => conversation == played.conversation,
        None => cut.in_flight.iter().any(|id| records.texts.contains_key(id)),
    }
}

/// One decision only, however many click, and it ran once.
fn check_executions(played: &Played, records: &Records, findings: &mut Findings) {
    let ran = played.approvals.iter().filter(|answer| answer.body["status"] == "executed").count();
    findings.executed += ran;
    findings.told_otherwise += played.approvals.len() - ran;
    let (conversation, executed) = (played.conversation, records.executed);
    if ran > 1 || executed > 1 || i64::try_from(ran).unwrap_or(i64::MAX) != executed {
        findings
            .broken
            .push(format!("conversation {conversation}: {ran} clicks ran, {executed} proposals are executed"));
    }
    if records.approved > executed || records.appointments > 1 {
        findings.broken.push(format!(
            "conversation {conversation}: {} approved messages and {} appointments from {executed} approvals",
            records.approved, records.appointments
        ));
    }
    if let Some(odd) = played.approvals.iter().find(|answer| !matches!(answer.status, 200 | 409)) {
        findings.broken.push(format!("conversation {conversation}: a click was answered with {}", odd.status));
    }
}

/// What whoever made a cut was answered. Who throws the switch of a group is told of their own dealership only.
fn answer_to<'a>(cut: &Cut, played: &'a Played, all: &'a [Played]) -> Option<&'a Answer> {
    match cut.cut.as_str() {
        "takeover" => played.takeover.as_ref(),
        "stop" => None,
        _ => {
            let reason = cut.reason.as_deref()?;
            let mut here = all.iter().filter(|other| other.dealership.scope.dealership_id().0 == cut.dealership_id);
            here.find(|other| other.conversation.to_string() == reason)?.switch.as_ref()
        }
    }
}

/// Whoever cut in was told of everything that was leaving, and so is whoever reads the log.
fn check_cut(cut: &Cut, played: &Played, answer: Option<&Answer>, records: &Records, broken: &mut Vec<String>) {
    let leaving: Vec<String> = cut.in_flight.iter().filter_map(|id| Some(records.texts.get(id)?.0.clone())).collect();
    if let Some(answer) = answer.filter(|answer| answer.status == 200) {
        let told = answer.already_leaving();
        let hidden: Vec<_> = leaving.iter().filter(|text| !told.contains(text)).collect();
        if !hidden.is_empty() {
            broken.push(format!("conversation {}: a {} was not told of {hidden:?}", played.conversation, cut.cut));
        }
    }
    let entry = match cut.cut.as_str() {
        "takeover" => "owner.changed",
        "stop" => "consent.changed",
        _ => "switch.thrown",
    };
    let of_the_cut = records.recorded.iter().filter(|(kind, _)| kind == entry);
    let recorded: BTreeSet<String> = of_the_cut.flat_map(|(_, leaving)| ids_in(leaving)).collect();
    let is_named = |id: &Uuid| {
        let message = records.texts.get(id).map(|(_, message)| message);
        [Some(id), message].into_iter().flatten().any(|id| recorded.contains(&id.to_string()))
    };
    for id in cut.in_flight.iter().filter(|id| records.texts.contains_key(id) && !is_named(id)) {
        broken.push(format!(
            "conversation {} ({}): the log of the {} does not name {id}, but {:?}",
            played.conversation,
            played.kind.name(),
            cut.cut,
            records.recorded
        ));
    }
}

/// Every text in a piece of JSON.
fn ids_in(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(ids_in).collect(),
        Value::Object(fields) => fields.values().flat_map(ids_in).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// The provider took no message twice.
fn check_calls(site: &Site, broken: &mut Vec<String>) {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for taken in site.twilio.taken() {
        *times.entry(taken.send_id.unwrap_or_default()).or_default() += 1;
    }
    broken.extend(
        times.into_iter().filter(|(_, times)| *times > 1).map(|(id, times)| format!("{id} was sent {times} times")),
    );
}

impl Records {
    async fn read(site: &Site, played: &Played) -> anyhow::Result<Self> {
        let mut tx = site.database.app.begin().await?;
        let setting = "select set_config('app.dealership_id', $1, true)";
        sqlx::query(setting).bind(played.dealership.scope.dealership_id().to_string()).execute(&mut *tx).await?;
        let texts: Vec<(Uuid, String, Uuid)> = sqlx::query_as(
            "select o.id, coalesce(p.body ->> 'text', ''), o.message_id from outbox o join payloads p on p.id = o.payload_id
             where o.conversation_id = $1",
        )
        .bind(played.conversation)
        .fetch_all(&mut *tx)
        .await?;
        let (approved, appointments, executed): (i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from messages where conversation_id = $1 and author = 'user_via_assistant'),
                 (select count(*) from appointments a join conversations c on c.party_id = a.party_id where c.id = $1),
                 (select count(*) from proposed_actions where conversation_id = $1 and status = 'executed')",
        )
        .bind(played.conversation)
        .fetch_one(&mut *tx)
        .await?;
        let recorded = sqlx::query_as(
            "select kind, coalesce(details -> 'already_leaving', '[]') from audit_entries
             where (conversation_id = $1 or conversation_id is null) and kind in ('owner.changed', 'consent.changed', 'switch.thrown')",
        )
        .bind(played.conversation)
        .fetch_all(&mut *tx)
        .await?;
        let texts = texts.into_iter().map(|(id, text, message)| (id, (text, message))).collect();
        Ok(Self { texts, approved, appointments, executed, recorded })
    }
}
