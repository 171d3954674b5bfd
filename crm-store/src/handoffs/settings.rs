//! What a dealership sets about its tickets: how fast they are taken, who is asked in which order, and when
//! a conversation goes back to the assistant.

use forecourt_domain::{
    escalation::{Deadlines, MOST_RUNGS, Reach, ReachKind, Rung},
    ids::{DepartmentId, UserId},
    staff::DepartmentKind,
};
use serde_json::json;
use sqlx::Row;
use uuid::Uuid;

use super::ladder::is_on_duty;
use crate::{
    CrmTx, StoreError,
    audit::{AuditActor, AuditKind, NewAuditEntry},
    rows::{int, parse},
};

/// How tickets and taken conversations are timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandoffSettings {
    pub deadlines: Deadlines,
    /// After so long without a reply by hand a conversation goes back to the assistant; none: never.
    pub hand_back_after_minutes: Option<u16>,
    /// How long before that its owner is told.
    pub hand_back_notice_minutes: u16,
}

impl Default for HandoffSettings {
    fn default() -> Self {
        Self { deadlines: Deadlines::default(), hand_back_after_minutes: None, hand_back_notice_minutes: 10 }
    }
}

/// Why settings are not taken. The text says what to change.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("this dealership has no {0} department")]
    NoDepartment(DepartmentKind),
    #[error("a ladder has 1 to {MOST_RUNGS} rungs; without one of its own a department uses the default ladder")]
    Length,
    #[error("rung {0}: each rung waits 1 to 10080 minutes")]
    Wait(usize),
    #[error(
        "rung {0} names somebody who does not work here, does not write to customers, or has no alert phone or e-mail"
    )]
    Unreachable(usize),
    #[error(
        "nobody on this ladder can be reached: give a person, or somebody of one of its roles in this department, an alert phone or e-mail"
    )]
    Nobody,
    #[error("each deadline is 1 to 10080 minutes")]
    Deadline,
    #[error("a conversation goes back after 2 to 43200 minutes, and its owner is told at least one minute before that")]
    HandBack,
    #[error("a hold is 0 to 3600 seconds")]
    Hold,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One week.
const LONGEST_WAIT: u16 = 10_080;

impl CrmTx {
    /// How tickets are timed here; what nobody set has its default.
    pub async fn load_handoff_settings(&mut self) -> Result<HandoffSettings, StoreError> {
        let tenant = self.tenant();
        let row: Option<(i32, i32, i32, Option<i32>, i32)> = sqlx::query_as(
            "select urgent_minutes, high_minutes, normal_minutes, hand_back_after_minutes, hand_back_notice_minutes
             from handoff_settings where dealership_id = $1",
        )
        .bind(tenant)
        .fetch_optional(self.connection())
        .await?;
        let Some((urgent, high, normal, after, notice)) = row else { return Ok(HandoffSettings::default()) };
        Ok(HandoffSettings {
            deadlines: Deadlines {
                urgent_minutes: minutes(urgent),
                high_minutes: minutes(high),
                normal_minutes: minutes(normal),
            },
            hand_back_after_minutes: after.map(minutes),
            hand_back_notice_minutes: minutes(notice),
        })
    }

    /// Sets how tickets are timed. Open tickets keep the deadline they were given.
    pub async fn set_handoff_settings(&mut self, by: UserId, set: &HandoffSettings) -> Result<(), SettingsError> {
        let Deadlines { urgent_minutes, high_minutes, normal_minutes } = set.deadlines;
        if [urgent_minutes, high_minutes, normal_minutes].iter().any(|wait| !(1..=LONGEST_WAIT).contains(wait)) {
            return Err(SettingsError::Deadline);
        }
        let notice = set.hand_back_notice_minutes;
        let is_timely = |after: u16| (2..=43_200).contains(&after) && notice < after;
        if notice == 0 || !set.hand_back_after_minutes.is_none_or(is_timely) {
            return Err(SettingsError::HandBack);
        }
        let tenant = self.tenant();
        sqlx::query(
            "insert into handoff_settings (dealership_id, urgent_minutes, high_minutes, normal_minutes,
                 hand_back_after_minutes, hand_back_notice_minutes)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (dealership_id) do update set urgent_minutes = excluded.urgent_minutes,
                 high_minutes = excluded.high_minutes, normal_minutes = excluded.normal_minutes,
                 hand_back_after_minutes = excluded.hand_back_after_minutes,
                 hand_back_notice_minutes = excluded.hand_back_notice_minutes",
        )
        .bind(tenant)
        .bind(int(urgent_minutes))
        .bind(int(high_minutes))
        .bind(int(normal_minutes))
        .bind(set.hand_back_after_minutes.map(int))
        .bind(int(notice))
        .execute(self.connection())
        .await
        .map_err(StoreError::from)?;
        let details = json!({
            "settings": "handoffs", "urgent_minutes": urgent_minutes, "high_minutes": high_minutes,
            "normal_minutes": normal_minutes, "hand_back_after_minutes": set.hand_back_after_minutes,
            "hand_back_notice_minutes": notice,
        });
        Ok(self.log_settings(by, details).await?)
    }

    /// The ladder of a department, in order; empty where it uses the default one.
    pub async fn load_ladder(&mut self, department_id: DepartmentId) -> Result<Vec<Rung>, StoreError> {
        let tenant = self.tenant();
        let rows = sqlx::query(
            "select reach, user_id, role, wait_minutes from escalation_rungs
             where dealership_id = $1 and department_id = $2 order by rung_no",
        )
        .bind(tenant)
        .bind(department_id.0)
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(read_rung).collect()
    }

    /// Gives a department a ladder of its own; with no rungs it uses the default one again. Somebody on it
    /// must be reachable today.
    pub async fn set_ladder(&mut self, by: UserId, of: DepartmentKind, rungs: &[Rung]) -> Result<(), SettingsError> {
        let department = self.load_departments().await?.into_iter().find(|department| department.kind == of);
        let department_id = department.ok_or(SettingsError::NoDepartment(of))?.id;
        if !rungs.is_empty() {
            self.check_ladder(department_id, rungs).await?;
        }
        let tenant = self.tenant();
        sqlx::query("delete from escalation_rungs where dealership_id = $1 and department_id = $2")
            .bind(tenant)
            .bind(department_id.0)
            .execute(self.connection())
            .await
            .map_err(StoreError::from)?;
        for (no, rung) in rungs.iter().enumerate() {
            self.insert_rung(department_id, no, rung).await?;
        }
        let ladder: Vec<_> = rungs.iter().map(|rung| json!([rung.reach.kind(), rung.wait_minutes])).collect();
        Ok(self.log_settings(by, json!({ "settings": "ladder", "department": of, "rungs": ladder })).await?)
    }

    async fn check_ladder(&mut self, department_id: DepartmentId, rungs: &[Rung]) -> Result<(), SettingsError> {
        if rungs.len() > MOST_RUNGS {
            return Err(SettingsError::Length);
        }
        let staff = self.load_staff().await?;
        let in_department =
            |member: &&crate::system::names::StaffMember| member.department_id.is_none_or(|id| id == department_id);
        let mut anybody = false;
        for (no, rung) in rungs.iter().enumerate() {
            if !(1..=LONGEST_WAIT).contains(&rung.wait_minutes) {
                return Err(SettingsError::Wait(no + 1));
            }
            let mut on_duty = staff.iter().filter(|member| is_on_duty(member));
            anybody |= match rung.reach {
                // Whose lead it is differs from ticket to ticket: they alone are no ladder.
                Reach::Owner => false,
                Reach::Person(id) if on_duty.any(|member| member.user_id == id) => true,
                Reach::Person(_) => return Err(SettingsError::Unreachable(no + 1)),
                Reach::Role(role) => on_duty.filter(in_department).any(|member| member.role == role),
                Reach::Managers => on_duty.any(|member| forecourt_domain::escalation::MANAGERS.contains(&member.role)),
            };
        }
        if anybody { Ok(()) } else { Err(SettingsError::Nobody) }
    }

    async fn insert_rung(&mut self, department_id: DepartmentId, no: usize, rung: &Rung) -> Result<(), StoreError> {
        let tenant = self.tenant();
        let (user_id, role) = match rung.reach {
            Reach::Person(id) => (Some(id.0), None),
            Reach::Role(role) => (None, Some(role.as_str())),
            Reach::Owner | Reach::Managers => (None, None),
        };
        sqlx::query(
            "insert into escalation_rungs (dealership_id, department_id, rung_no, reach, user_id, role, wait_minutes)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(tenant)
        .bind(department_id.0)
        .bind(i16::try_from(no).unwrap_or(i16::MAX))
        .bind(rung.reach.kind().as_str())
        .bind(user_id)
        .bind(role)
        .bind(int(rung.wait_minutes))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    pub(crate) async fn log_settings(&mut self, by: UserId, details: serde_json::Value) -> Result<(), StoreError> {
        self.append_audit(&[NewAuditEntry {
            kind: AuditKind::SettingsChanged,
            actor: AuditActor::User(by),
            conversation_id: None,
            turn_id: None,
            details,
        }])
        .await?;
        Ok(())
    }
}

fn read_rung(row: &sqlx::postgres::PgRow) -> Result<Rung, StoreError> {
    let missing = || StoreError::Corrupt("a rung without its person or role".to_owned());
    let reach = match parse::<ReachKind>(row.try_get("reach")?)? {
        ReachKind::Owner => Reach::Owner,
        ReachKind::Managers => Reach::Managers,
        ReachKind::Person => Reach::Person(UserId(row.try_get::<Option<Uuid>, _>("user_id")?.ok_or_else(missing)?)),
        ReachKind::Role => Reach::Role(parse(row.try_get::<Option<&str>, _>("role")?.ok_or_else(missing)?)?),
    };
    Ok(Rung { reach, wait_minutes: minutes(row.try_get("wait_minutes")?) })
}

fn minutes(number: i32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
