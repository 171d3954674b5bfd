//! What the house states of itself (its profile, its departments and their hours, its answers), read again.

use std::collections::BTreeSet;

use forecourt_crm_store::{
    CrmTx, StoreError, dealership::DealershipProfile, knowledge::KnowledgeEntry, opening_hours::DepartmentHours,
};
use forecourt_domain::{
    evidence::{Evidence, EvidenceClass, Fact, Source, SourceKind},
    ids::KnowledgeEntryId,
};
use jiff::civil::{Date, Time};
use uuid::Uuid;

use crate::{
    facts::Facts,
    slot_output::{facts_of, hours_facts},
    wording::time_label,
};

/// What the field of a department's hours on one day begins with; the day follows.
const HOURS_ON: &str = "hours_on_";

/// The hours of each day that a department's facts state, one fact a day, as a person is shown them.
#[must_use]
pub fn hours_by_day(evidence: &[Evidence]) -> Vec<(Date, Evidence)> {
    let mut days: Vec<(Source, Date, Vec<Time>)> = Vec::new();
    for item in evidence.iter().filter(|item| item.source.kind == SourceKind::Department) {
        match item.fact {
            Fact::Date(date) if item.field == "date" => days.push((item.source.clone(), date, Vec::new())),
            Fact::Time(time) => {
                if let Some((_, _, times)) = days.last_mut().filter(|(source, _, _)| *source == item.source) {
                    times.push(time);
                }
            }
            _ => {}
        }
    }
    let fact = |(source, date, times): (Source, Date, Vec<Time>)| (date, hours_on(source, date, &times));
    days.into_iter().map(fact).collect()
}

/// `opens` and `closes` in turn; none on a closed day.
fn hours_on(source: Source, date: Date, times: &[Time]) -> Evidence {
    let spans: Vec<_> =
        times.chunks_exact(2).map(|span| format!("{} to {}", time_label(span[0]), time_label(span[1]))).collect();
    let words = if spans.is_empty() { "closed".to_owned() } else { spans.join(" and ") };
    let (class, field) = (EvidenceClass::DealershipFact, format!("{HOURS_ON}{date}"));
    Evidence { class, source, field, fact: Fact::Text(words) }
}

/// Those of the cited facts that are of the house, as its records state them now.
pub(crate) async fn read_house_again(tx: &mut CrmTx, cited: &[Evidence]) -> Result<Vec<Evidence>, StoreError> {
    let is_cited = |kind| cited.iter().any(|item| item.source.kind == kind);
    let mut now = Vec::new();
    if is_cited(SourceKind::Dealership) {
        let profile = tx.load_profile().await?;
        let calendar = tx.load_calendar().await?;
        let phones: Vec<_> = calendar.departments.iter().filter_map(|desk| desk.department.phone.clone()).collect();
        let of_profile = cited.iter().filter(|item| item.source.kind == SourceKind::Dealership);
        now.extend(of_profile.filter(|item| is_still_so(item, &profile, &phones)).cloned());
    }
    if is_cited(SourceKind::Department) {
        let calendar = tx.load_calendar().await?;
        for desk in &calendar.departments {
            now.extend(of_department(desk, cited));
        }
    }
    if is_cited(SourceKind::Knowledge) {
        let entries = tx.load_knowledge().await?;
        let is_of = |id: KnowledgeEntryId| cited.iter().any(|item| item.source.id == id.0);
        now.extend(entries.iter().filter(|entry| is_of(entry.id)).flat_map(answer_facts));
    }
    Ok(now)
}

/// A question with the dealership's own answer.
pub(crate) fn answer_facts(entry: &KnowledgeEntry) -> Vec<Evidence> {
    let label = format!("knowledge={}", entry.topic);
    Facts::of(EvidenceClass::DealershipFact, SourceKind::Knowledge, entry.id.0, entry.version, label)
        .add_text("question", &entry.question)
        .add_text("answer", &entry.answer)
        .into_evidence()
}

/// What a department is called, its phone and its hours on the cited days.
fn of_department(desk: &DepartmentHours, cited: &[Evidence]) -> Vec<Evidence> {
    let id: Uuid = desk.department.id.0;
    let of_it: Vec<&Evidence> =
        cited.iter().filter(|item| item.source.kind == SourceKind::Department && item.source.id == id).collect();
    if of_it.is_empty() {
        return Vec::new();
    }
    let department = &desk.department;
    let mut now =
        facts_of(desk).add_name("name", &department.name).add_some("phone", department.phone.clone().map(Fact::Phone));
    let mut days = BTreeSet::new();
    for item in of_it {
        match &item.fact {
            Fact::Date(date) => {
                days.insert(*date);
            }
            // When it opens next depends on the moment as well; the same row says the same.
            Fact::Instant(_) if item.source.version == department.version => {
                now = now.add(&item.field, item.fact.clone());
            }
            Fact::Text(_) => days.extend(day_of(item)),
            _ => {}
        }
    }
    let hours = hours_facts(desk, days.into_iter());
    let by_day: Vec<_> = hours_by_day(&hours).into_iter().map(|(_, day)| day).collect();
    let shown = by_day.into_iter().filter(|day| cited.iter().any(|item| item.field == day.field));
    let shown: Vec<_> = shown.collect();
    [now.into_evidence(), hours, shown].concat()
}

fn day_of(item: &Evidence) -> Option<Date> {
    item.field.strip_prefix(HOURS_ON)?.parse().ok()
}

/// What the profile says and may come to say otherwise; anything else under its name was counted in a search.
fn is_still_so(item: &Evidence, profile: &DealershipProfile, phones: &[String]) -> bool {
    let settings = &profile.settings;
    let is = |now: Option<&str>| match &item.fact {
        Fact::Name(text) | Fact::Text(text) | Fact::Address(text) | Fact::Phone(text) | Fact::Email(text) => {
            now == Some(text.as_str())
        }
        _ => false,
    };
    match item.field.as_str() {
        "name" => is(Some(&profile.name)),
        "address" => is(settings.address.line().as_deref()),
        "phone" => is(settings.phone.as_deref()),
        "email" => is(settings.email.as_deref()),
        "website" => is(settings.website.as_deref()),
        "department_phone" => phones.iter().any(|phone| is(Some(phone))),
        _ => true,
    }
}
