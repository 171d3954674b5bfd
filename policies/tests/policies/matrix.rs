//! The dial: level × action × channel × consent, as one reviewable table.

use std::fmt::Write as _;

use forecourt_domain::{
    action::{ActionKind, Channel, Trigger},
    autonomy::AutonomyLevel,
    contact::ConsentState,
    staff::Role,
};
use forecourt_policies::{Actor, Facts, Verdict};

use crate::{about, decide, facts};

const LEGEND: &str = "\
+ allow  ? require_approval  ~ suggest_only  - deny
four marks per channel: consent opted_in, implied, unknown, opted_out
the assistant on inbound turns; in the last column the copilot of a salesperson
";

#[test]
fn the_dial_means_what_the_table_says() {
    let mut table = format!("{LEGEND}\n{:24}{:12}", "", "");
    for channel in Channel::ALL {
        write!(table, "{:9}", channel.as_str()).unwrap();
    }
    for &action in ActionKind::ALL {
        for &level in AutonomyLevel::ALL {
            write!(table, "\n{action:24}{level:12}", action = action.as_str(), level = level.as_str()).unwrap();
            for &channel in Channel::ALL {
                write!(table, "{:9}", marks(action, level, channel)).unwrap();
            }
        }
    }
    let trimmed: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    insta::assert_snapshot!(trimmed);
}

fn marks(action: ActionKind, level: AutonomyLevel, channel: Channel) -> String {
    let (actor, trigger) = match channel {
        Channel::Copilot => (Actor::Copilot { role: Role::Salesperson }, Trigger::Copilot),
        Channel::Sms | Channel::Email | Channel::WebChat => (Actor::Agent, Trigger::Inbound),
    };
    let mark = |&consent: &ConsentState| {
        let facts = Facts { actor, trigger, level, channel, consent, ..facts() };
        match decide(about(action, facts)).verdict {
            Verdict::Allow => '+',
            Verdict::RequireApproval => '?',
            Verdict::SuggestOnly => '~',
            Verdict::Deny => '-',
        }
    };
    ConsentState::ALL.iter().map(mark).collect()
}

const LATER_LEGEND: &str = "\
+ allow  @ allow from the end of the quiet hours  ? require_approval  & the same, then  ~ suggest_only  - deny
four marks per channel: consent opted_in, implied, unknown, opted_out
the assistant on follow-ups that are due in the customer's quiet hours: verdict and instant together
";

#[test]
fn the_dial_and_the_clock_mean_what_the_table_says() {
    let channels = [Channel::Sms, Channel::Email, Channel::WebChat];
    let mut table = format!("{LATER_LEGEND}\n{:24}{:12}", "", "");
    for channel in channels {
        write!(table, "{:9}", channel.as_str()).unwrap();
    }
    for &action in ActionKind::ALL {
        for &level in AutonomyLevel::ALL {
            write!(table, "\n{action:24}{level:12}", action = action.as_str(), level = level.as_str()).unwrap();
            for channel in channels {
                write!(table, "{:9}", later_marks(action, level, channel)).unwrap();
            }
        }
    }
    let trimmed: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    insta::assert_snapshot!(trimmed);
}

fn later_marks(action: ActionKind, level: AutonomyLevel, channel: Channel) -> String {
    let quiet_hours_end = Some("2026-11-21T15:00:00Z".parse().unwrap());
    let begun = Facts { trigger: Trigger::FollowUp, answers_inbound: false, quiet_hours_end, ..facts() };
    let mark = |&consent: &ConsentState| {
        let decision = decide(about(action, Facts { level, channel, consent, ..begun }));
        match (decision.verdict, decision.not_before.is_some()) {
            (Verdict::Allow, false) => '+',
            (Verdict::Allow, true) => '@',
            (Verdict::RequireApproval, false) => '?',
            (Verdict::RequireApproval, true) => '&',
            (Verdict::SuggestOnly, _) => '~',
            (Verdict::Deny, _) => '-',
        }
    };
    ConsentState::ALL.iter().map(mark).collect()
}

#[test]
fn a_more_autonomous_level_is_never_stricter() {
    for &action in ActionKind::ALL {
        for &channel in Channel::ALL {
            let verdicts = AutonomyLevel::ALL
                .iter()
                .map(|&level| decide(about(action, Facts { level, channel, ..facts() })).verdict)
                .collect::<Vec<_>>();
            assert!(verdicts.is_sorted_by(|less, more| less >= more), "{action} on {channel}: {verdicts:?}");
        }
    }
}
