//! The dealership in words: hours, address, phone, website, answers.

use jiff::civil::{Date, DateTime, Weekday};

use super::{
    super::{
        calls::{DealershipInfo, Topic},
        outputs::{Day, Dealership, Hours},
    },
    appointments::day,
    clip, sentence,
};

/// How many letters of a dealership's own answer fit into a reply.
const ANSWER: usize = 290;

/// What was asked, in the order of the topics.
pub(super) fn told(known: &Dealership, info: &DealershipInfo, now: Option<DateTime>) -> String {
    let parts: Vec<String> = info.topics.iter().filter_map(|topic| topic_told(known, info, *topic, now)).collect();
    parts.join(" ")
}

fn topic_told(known: &Dealership, info: &DealershipInfo, topic: Topic, now: Option<DateTime>) -> Option<String> {
    match topic {
        Topic::Address => {
            let name =
                known.name.as_deref().map(|name| format!("{name} is at")).unwrap_or_else(|| "We're at".to_owned());
            known.address.as_ref().map(|address| format!("{name} {address}."))
        }
        Topic::Phone => phone(known, info),
        Topic::Hours => hours(known, info, now),
        Topic::Departments if info.topics.contains(&Topic::Phone) => None,
        Topic::Departments => departments(known),
        Topic::Website => {
            let site = known
                .website
                .as_deref()
                .map(|site| site.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/'));
            site.map(|site| format!("Our website is {site}"))
        }
        Topic::Faq => known.answers.first().map(|answer| clip(answer.answer.trim(), ANSWER)),
    }
}

fn phone(known: &Dealership, info: &DealershipInfo) -> Option<String> {
    let wanted = info.department.map(|department| department.as_str());
    let own = known.departments.iter().find(|department| Some(department.kind.as_str()) == wanted);
    let direct = own.and_then(|department| {
        let name = department.name.clone().unwrap_or_else(|| sentence(&department.kind));
        department.phone.as_ref().map(|phone| format!("You can reach {name} at {phone}."))
    });
    direct.or_else(|| known.phone.as_ref().map(|phone| format!("You can call us at {phone}.")))
}

fn departments(known: &Dealership) -> Option<String> {
    let each = known.departments.iter().map(|department| {
        let name = department.name.clone().unwrap_or_else(|| sentence(&department.kind));
        department.phone.as_ref().map_or_else(|| name.clone(), |phone| format!("{name} ({phone})"))
    });
    let each: Vec<String> = each.collect();
    (!each.is_empty()).then(|| format!("Our departments: {}.", each.join(", ")))
}

fn hours(known: &Dealership, info: &DealershipInfo, now: Option<DateTime>) -> Option<String> {
    let wanted = info.department.map_or("sales", |department| department.as_str());
    let of = |kind: &str| known.hours.iter().find(|hours| hours.department == kind);
    let hours = of(wanted).or_else(|| of("main")).or_else(|| known.hours.first())?;
    let (who, title) = match (info.department.is_some(), hours.department == wanted) {
        (true, true) => (format!("{} is", sentence(wanted)), format!("{} hours", sentence(wanted))),
        _ => ("We're".to_owned(), "Our hours".to_owned()),
    };
    match (info.date, hours.days.as_slice()) {
        (_, []) => None,
        (Some(date), days) => {
            let asked: Vec<&Day> = days.iter().filter(|day| day.date == date).collect();
            one_day(hours, &asked, &who, now)
        }
        (None, days) => Some(week(days, &title)),
    }
}

/// The spans of one day; none where the day is not told.
fn one_day(hours: &Hours, spans: &[&Day], who: &str, now: Option<DateTime>) -> Option<String> {
    let first = spans.first()?;
    let label = self::day(first.date);
    let note = first.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
    let (Some(closes), true) = (spans.last().and_then(|span| span.closes.as_ref()), first.opens.is_some()) else {
        return Some(format!("{who} closed on {label}{note}."));
    };
    let told = spans.iter().map(|span| open_hours(span)).collect::<Vec<_>>().join(" and ");
    let today = now.is_some_and(|now| now.date() == first.date);
    Some(match (today, hours.open_now) {
        (true, Some(true)) if spans.len() == 1 => format!("{who} open now, until {closes}."),
        (true, Some(false)) => format!("{who} closed at the moment. The hours on {label}{note} are {told}."),
        _ => format!("{who} open on {label}{note} from {told}."),
    })
}

/// A week with days of the same hours joined: `Mon-Fri 9:00 AM to 8:00 PM, Sat 9:00 AM to 6:00 PM, Sun closed`.
fn week(days: &[Day], title: &str) -> String {
    let (special, mut usual): (Vec<&Day>, Vec<&Day>) = days.iter().partition(|day| day.note.is_some());
    usual.sort_by_key(|day| day.date.weekday().to_monday_zero_offset());
    let mut groups: Vec<(Date, Date, String)> = Vec::new();
    for day in usual {
        let hours = open_hours(day);
        // A day with a break is there once for each of its spans.
        if let Some((_, _, told)) = groups.last_mut().filter(|(first, _, _)| *first == day.date) {
            told.push_str(" and ");
            told.push_str(&hours);
            continue;
        }
        match groups.last_mut().filter(|(_, last, same)| *same == hours && follows(last.weekday(), day.date.weekday()))
        {
            Some((_, last, _)) => *last = day.date,
            None => groups.push((day.date, day.date, hours)),
        }
    }
    let short = |date: Date| date.strftime("%a").to_string();
    let mut parts: Vec<String> = groups
        .iter()
        .map(|(first, last, hours)| {
            if first == last {
                format!("{} {hours}", short(*first))
            } else {
                format!("{}-{} {hours}", short(*first), short(*last))
            }
        })
        .collect();
    parts.extend(special.iter().map(|day| {
        let note = day.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
        format!("{}{note} {}", self::day(day.date), open_hours(day))
    }));
    format!("{title}: {}.", parts.join(", "))
}

fn open_hours(day: &Day) -> String {
    match (&day.opens, &day.closes) {
        (Some(opens), Some(closes)) => format!("{opens} to {closes}"),
        _ => "closed".to_owned(),
    }
}

fn follows(before: Weekday, after: Weekday) -> bool {
    before.to_monday_zero_offset() + 1 == after.to_monday_zero_offset()
}
