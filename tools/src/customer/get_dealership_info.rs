//! `get_dealership_info`: where the dealership is, when it is open, and its answers to common questions.

use async_trait::async_trait;
use forecourt_crm_store::{
    CrmTx,
    dealership::DealershipProfile,
    knowledge::KnowledgeEntry,
    opening_hours::{Calendar, DepartmentHours},
};
use forecourt_domain::{
    action::ActionKind,
    evidence::{Evidence, EvidenceClass, Fact, SourceKind},
    staff::DepartmentKind,
};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    arguments::{LocalDate, Words, given},
    embedder::{QueryVector, embed_query},
    facts::Facts,
    failure::{ToolError, ToolFailure},
    faq::find_answers,
    house_facts::answer_facts,
    slot_output::{facts_of, hours_facts},
    tool::{Done, Services, Tool, ToolContext},
    wording::{days_from, time_label},
};

/// How many days of hours are told when no date was asked for.
const DAYS: usize = 7;

/// Reads what the dealership says about itself.
pub struct GetDealershipInfo;

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Topic {
    Address,
    Phone,
    Hours,
    Departments,
    Website,
    Faq,
}

/// What is asked.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetDealershipInfoArgs {
    /// At least one. faq searches the dealership's own answers (financing, fees, warranty, delivery ...).
    topics: Vec<Topic>,
    /// Only this department's hours and phone; null for all.
    department: Option<DepartmentKind>,
    /// The local date whose hours are asked, such as 2026-11-21; null for the next 7 days.
    date: Option<LocalDate>,
    /// The customer's question, for faq.
    question: Option<Words<300>>,
}

/// What the dealership says about itself; a field that was not asked is null or empty.
#[derive(Debug, Serialize)]
pub struct GetDealershipInfoOutput {
    pub name: String,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub website: Option<String>,
    pub departments: Vec<DepartmentInfo>,
    pub hours: Vec<HoursInfo>,
    pub answers: Vec<Answer>,
}

/// A department and how to call it.
#[derive(Debug, Serialize)]
pub struct DepartmentInfo {
    pub kind: DepartmentKind,
    pub name: String,
    pub phone: Option<String>,
}

/// When a department is open.
#[derive(Debug, Serialize)]
pub struct HoursInfo {
    pub department: DepartmentKind,
    pub open_now: bool,
    pub days: Vec<DayInfo>,
}

/// One span of a day; a closed day has no hours. A day with a break is there twice.
#[derive(Debug, Serialize)]
pub struct DayInfo {
    pub date: String,
    pub weekday: String,
    pub opens: Option<String>,
    pub closes: Option<String>,
    /// The holiday that makes this day differ.
    pub note: Option<String>,
}

/// A question with the dealership's own answer.
#[derive(Debug, Serialize)]
pub struct Answer {
    pub question: String,
    pub answer: String,
}

/// The question as a vector, if there is one.
#[derive(Debug, Default)]
pub struct PreparedQuestion(Option<QueryVector>);

#[async_trait]
impl Tool for GetDealershipInfo {
    type Args = GetDealershipInfoArgs;
    type Output = GetDealershipInfoOutput;
    type Prepared = PreparedQuestion;

    const NAME: &'static str = "get_dealership_info";
    const DESCRIPTION: &'static str = "The dealership's address, phone, website, departments, opening hours with \
        holidays, and its own answers to common questions. What it does not say is not known.";
    const ACTION: ActionKind = ActionKind::ReadDealershipInfo;

    async fn prepare(
        services: &Services,
        _context: &ToolContext,
        args: &Self::Args,
    ) -> Result<Self::Prepared, ToolError> {
        Ok(PreparedQuestion(embed_query(services.embedder.as_ref(), given(&args.question)).await))
    }

    async fn call(
        tx: &mut CrmTx,
        context: &ToolContext,
        args: Self::Args,
        prepared: Self::Prepared,
    ) -> Result<Done<Self::Output>, ToolError> {
        if args.topics.is_empty() {
            return Err(ToolFailure::bad_argument("topics", "expected at least one topic").into());
        }
        let asked = |topic| args.topics.contains(&topic);
        let profile = tx.load_profile().await?;
        let calendar = tx.load_calendar().await?;
        let desks: Vec<&DepartmentHours> = desks(&calendar, args.department);
        let answers = match given(&args.question) {
            Some(question) if asked(Topic::Faq) => find_answers(tx, question, prepared.0.as_ref()).await?,
            _ => Vec::new(),
        };
        let mut evidence = Vec::new();
        let mut output = profile_output(tx, &profile, &args, &mut evidence);
        if asked(Topic::Departments) || asked(Topic::Phone) {
            output.departments = desks.iter().map(|desk| department_output(desk, &mut evidence)).collect();
        }
        if asked(Topic::Hours) {
            let days = dates(context, args.date);
            output.hours =
                desks.iter().map(|desk| hours_output(context, &calendar, desk, &days, &mut evidence)).collect();
        }
        output.answers = answers.iter().map(|entry| answer_output(entry, &mut evidence)).collect();
        Ok(Done::read(output, evidence))
    }
}

fn desks(calendar: &Calendar, department: Option<DepartmentKind>) -> Vec<&DepartmentHours> {
    let is_asked = |desk: &&DepartmentHours| department.is_none_or(|kind| desk.department.kind == kind);
    calendar.departments.iter().filter(is_asked).collect()
}

fn profile_output(
    tx: &CrmTx,
    profile: &DealershipProfile,
    args: &GetDealershipInfoArgs,
    evidence: &mut Vec<Evidence>,
) -> GetDealershipInfoOutput {
    let asked = |topic, value: Option<String>| value.filter(|_| args.topics.contains(&topic));
    let settings = &profile.settings;
    let output = GetDealershipInfoOutput {
        name: profile.name.clone(),
        address: asked(Topic::Address, settings.address.line()),
        phone: asked(Topic::Phone, settings.phone.clone()),
        website: asked(Topic::Website, settings.website.clone()),
        departments: Vec::new(),
        hours: Vec::new(),
        answers: Vec::new(),
    };
    let id = tx.scope().dealership_id().0;
    let facts = Facts::of(EvidenceClass::DealershipFact, SourceKind::Dealership, id, profile.version, "the dealership")
        .add_name("name", &output.name)
        .add_some("address", output.address.clone().map(Fact::Address))
        .add_some("phone", output.phone.clone().map(Fact::Phone))
        .add_text("website", output.website.as_deref().unwrap_or_default());
    evidence.extend(facts.into_evidence());
    output
}

fn department_output(desk: &DepartmentHours, evidence: &mut Vec<Evidence>) -> DepartmentInfo {
    let department = &desk.department;
    let facts =
        facts_of(desk).add_name("name", &department.name).add_some("phone", department.phone.clone().map(Fact::Phone));
    evidence.extend(facts.into_evidence());
    DepartmentInfo { kind: department.kind, name: department.name.clone(), phone: department.phone.clone() }
}

fn dates(context: &ToolContext, asked: Option<LocalDate>) -> Vec<Date> {
    let today = context.zone.local(context.now).date();
    asked.map_or_else(|| days_from(today, DAYS).collect(), |date| vec![date.0])
}

fn hours_output(
    context: &ToolContext,
    calendar: &Calendar,
    desk: &DepartmentHours,
    dates: &[Date],
    evidence: &mut Vec<Evidence>,
) -> HoursInfo {
    evidence.extend(hours_facts(desk, dates.iter().copied()));
    let mut days = Vec::new();
    for date in dates {
        let day = |opens, closes| DayInfo {
            date: date.to_string(),
            weekday: date.strftime("%A").to_string(),
            opens,
            closes,
            note: calendar.holiday_on(*date).map(str::to_owned),
        };
        let spans = desk.hours.spans_on(*date);
        if spans.is_empty() {
            days.push(day(None, None));
        }
        days.extend(spans.iter().map(|span| day(Some(time_label(span.opens)), Some(time_label(span.closes)))));
    }
    HoursInfo { department: desk.department.kind, open_now: desk.hours.is_open(context.now), days }
}

fn answer_output(entry: &KnowledgeEntry, evidence: &mut Vec<Evidence>) -> Answer {
    evidence.extend(answer_facts(entry));
    Answer { question: entry.question.clone(), answer: entry.answer.clone() }
}
