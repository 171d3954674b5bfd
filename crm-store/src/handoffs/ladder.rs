//! The ladder of a ticket as people: whom each rung asks today, and how long it has.

use forecourt_domain::{
    conversation::HandoffCategory,
    escalation::{Reach, Rung, default_roles},
    hours::OpeningHours,
    ids::{DepartmentId, UserId},
    staff::{DepartmentKind, Role},
};
use jiff::SignedDuration;
use uuid::Uuid;

use super::Desk;
use crate::{CrmTx, StoreError, opening_hours::Calendar, system::names::StaffMember};

/// Who is asked for a ticket, rung by rung; rungs without anybody who can be reached are left out.
pub(super) struct Plan {
    pub department_id: Option<DepartmentId>,
    /// The department's hours, in which waits are counted.
    pub hours: Option<OpeningHours>,
    /// How long a ticket of this priority may wait.
    pub deadline: SignedDuration,
    steps: Vec<Step>,
}

struct Step {
    people: Vec<UserId>,
    wait: SignedDuration,
}

impl Plan {
    /// The people of a rung; nobody past the last.
    pub fn people_of(&self, level: usize) -> &[UserId] {
        self.steps.get(level).map_or(&[], |step| &step.people)
    }

    /// How long a rung has: where nobody can be asked, the whole of the deadline.
    pub fn wait_of(&self, level: usize) -> SignedDuration {
        self.steps.get(level).map_or(self.deadline, |step| step.wait)
    }

    /// Whether there is a rung of this number.
    pub fn has(&self, level: usize) -> bool {
        level < self.steps.len()
    }

    /// The one person of a rung, if it asks one alone.
    pub fn only_person_of(&self, level: usize) -> Option<UserId> {
        match self.people_of(level) {
            [only] => Some(*only),
            _ => None,
        }
    }
}

/// Whose people are looked for.
struct Lookup<'a> {
    staff: &'a [StaffMember],
    department_id: Option<DepartmentId>,
    lead_owner: Option<UserId>,
}

impl CrmTx {
    /// The ladder of a ticket as it stands now. `asked_first` takes the place of the first rung.
    pub(super) async fn plan_escalation(
        &mut self,
        desk: &Desk,
        category: HandoffCategory,
        asked_first: Option<UserId>,
    ) -> Result<Plan, StoreError> {
        let calendar = self.load_calendar().await?;
        let (department_id, kind, hours) = department_of(&calendar, desk.department_id, category);
        let deadline = self.load_handoff_settings().await?.deadlines.of(category.priority());
        let rungs = match department_id {
            Some(id) => self.load_ladder(id).await?,
            None => Vec::new(),
        };
        let lead_owner = self.find_lead_owner(desk).await?;
        let staff = self.load_staff().await?;
        let first = asked_first.or(desk.owner_user_id);
        let lookup = Lookup { staff: &staff, department_id, lead_owner };
        let steps = if rungs.is_empty() {
            default_steps(&lookup, first, category, kind, deadline)
        } else {
            set_steps(&lookup, first, &rungs)
        };
        Ok(Plan { department_id, hours, deadline, steps })
    }

    /// Whose lead it is. Nothing is locked: whoever works on the lead may be asking for this very ticket.
    async fn find_lead_owner(&mut self, desk: &Desk) -> Result<Option<UserId>, StoreError> {
        let tenant = self.tenant();
        let owner: Option<Option<Uuid>> = sqlx::query_scalar(
            "select owner_user_id from leads
             where dealership_id = $1
               and party_id = any (array(select id from parties where dealership_id = $1 and (id = $2 or customer_id = $3)))
               and not status in ('won', 'lost', 'duplicate')
             order by id desc limit 1",
        )
        .bind(tenant)
        .bind(desk.party_id.0)
        .bind(desk.customer_id.map(|id| id.0))
        .fetch_optional(self.connection())
        .await?;
        Ok(owner.flatten().map(UserId))
    }
}

/// The department that a ticket belongs to: of the matter, else of the conversation, else of sales.
fn department_of(
    calendar: &Calendar,
    own: Option<DepartmentId>,
    category: HandoffCategory,
) -> (Option<DepartmentId>, Option<DepartmentKind>, Option<OpeningHours>) {
    let own = calendar.departments.iter().find(|entry| Some(entry.department.id) == own);
    let of_matter = match category {
        HandoffCategory::Finance => calendar.department(&[DepartmentKind::Finance]),
        _ => None,
    };
    let entry = of_matter.or(own).or_else(|| calendar.department(&[DepartmentKind::Sales, DepartmentKind::Main]));
    let entry = entry.or(calendar.departments.first());
    (
        entry.map(|entry| entry.department.id),
        entry.map(|entry| entry.department.kind),
        entry.map(|entry| entry.hours.clone()),
    )
}

/// The owner, then by the matter, the department and the managers; the rungs share the deadline.
fn default_steps(
    lookup: &Lookup<'_>,
    first: Option<UserId>,
    category: HandoffCategory,
    kind: Option<DepartmentKind>,
    deadline: SignedDuration,
) -> Vec<Step> {
    let owner = first.and_then(|id| lookup.person(id)).or_else(|| lookup.owner());
    let roles = default_roles(category, kind).into_iter().map(|roles| lookup.people_of(roles));
    let mut rungs: Vec<Vec<UserId>> = Vec::new();
    for people in owner.map(|id| vec![id]).into_iter().chain(roles) {
        if !people.is_empty() && rungs.last() != Some(&people) {
            rungs.push(people);
        }
    }
    let share = i32::try_from(rungs.len().max(1)).unwrap_or(1);
    rungs.into_iter().map(|people| Step { people, wait: deadline / share }).collect()
}

fn set_steps(lookup: &Lookup<'_>, first: Option<UserId>, rungs: &[Rung]) -> Vec<Step> {
    let mut steps: Vec<Step> = rungs
        .iter()
        .map(|rung| {
            let people = match rung.reach {
                Reach::Owner => lookup.owner().into_iter().collect(),
                Reach::Person(id) => lookup.person(id).into_iter().collect(),
                Reach::Role(role) => lookup.people_of(&[role]),
                Reach::Managers => lookup.people_of(forecourt_domain::escalation::MANAGERS),
            };
            Step { people, wait: SignedDuration::from_mins(rung.wait_minutes.into()) }
        })
        .filter(|step| !step.people.is_empty())
        .collect();
    if let (Some(id), Some(rung)) = (first.and_then(|id| lookup.person(id)), rungs.first())
        && steps.first().is_none_or(|step| step.people != [id])
    {
        let wait = SignedDuration::from_mins(rung.wait_minutes.into());
        steps.insert(0, Step { people: vec![id], wait });
    }
    steps
}

impl Lookup<'_> {
    /// A person who works here and can be reached.
    fn person(&self, id: UserId) -> Option<UserId> {
        self.staff.iter().find(|member| member.user_id == id && is_on_duty(member)).map(|member| member.user_id)
    }

    fn owner(&self) -> Option<UserId> {
        self.lead_owner.and_then(|id| self.person(id))
    }

    /// Everybody of some roles in the department, and those who belong to none.
    fn people_of(&self, roles: &[Role]) -> Vec<UserId> {
        let here = |member: &&StaffMember| {
            member.department_id.is_none() || self.department_id.is_none() || member.department_id == self.department_id
        };
        // Managers answer for every department.
        let manages = |member: &&StaffMember| forecourt_domain::escalation::MANAGERS.contains(&member.role);
        let of_roles = self.staff.iter().filter(|member| roles.contains(&member.role) && is_on_duty(member));
        of_roles.filter(|member| here(member) || manages(member)).map(|member| member.user_id).collect()
    }
}

/// Works here now, writes to customers, and can be alerted. There are no shifts: the department's hours
/// are in the deadlines.
pub(super) fn is_on_duty(member: &StaffMember) -> bool {
    member.role.writes_to_customers() && (member.alert_phone.is_some() || member.alert_email.is_some())
}

#[cfg(test)]
mod tests {
    use forecourt_domain::ids::generate;

    use super::*;

    fn member(role: Role, department_id: Option<DepartmentId>) -> StaffMember {
        let now = "2026-11-20T12:00:00Z".parse().unwrap();
        StaffMember {
            user_id: UserId(generate(now)),
            first_name: "Dana".to_owned(),
            last_name: String::new(),
            role,
            department_id,
            alert_phone: None,
            alert_email: Some("dana@test.example".to_owned()),
        }
    }

    #[test]
    fn the_default_ladder_goes_from_the_owner_over_the_department_to_the_managers() {
        let sales = DepartmentId(generate("2026-11-20T12:00:00Z".parse().unwrap()));
        let service = DepartmentId(generate("2026-11-20T12:00:00Z".parse().unwrap()));
        let (ann, bob) = (member(Role::Salesperson, Some(sales)), member(Role::Bdc, None));
        let (elsewhere, maya) = (member(Role::Salesperson, Some(service)), member(Role::SalesManager, None));
        let unreachable = StaffMember { alert_email: None, ..member(Role::Salesperson, None) };
        let fay = member(Role::FinanceManager, None);
        let staff = [ann.clone(), bob.clone(), elsewhere, maya.clone(), unreachable.clone(), fay.clone()];
        let steps = |lead_owner, category| {
            let lookup = Lookup { staff: &staff, department_id: Some(sales), lead_owner };
            let hour = SignedDuration::from_mins(60);
            let steps = default_steps(&lookup, None, category, Some(DepartmentKind::Sales), hour);
            steps.into_iter().map(|step| (step.people, step.wait.as_mins())).collect::<Vec<_>>()
        };
        let both = vec![ann.user_id, bob.user_id];
        assert_eq!(
            steps(Some(ann.user_id), HandoffCategory::Other),
            [(vec![ann.user_id], 20), (both.clone(), 20), (vec![maya.user_id], 20)]
        );
        let without_owner = [(both.clone(), 30), (vec![maya.user_id], 30)];
        assert_eq!(steps(None, HandoffCategory::Other), without_owner);
        assert_eq!(steps(Some(unreachable.user_id), HandoffCategory::Other), without_owner, "nobody can reach them");
        assert_eq!(
            steps(None, HandoffCategory::Finance),
            [(vec![fay.user_id], 20), (both.clone(), 20), (vec![maya.user_id], 20)]
        );
        assert_eq!(
            steps(None, HandoffCategory::Complaint),
            [(vec![maya.user_id], 20), (both, 20), (vec![maya.user_id], 20)]
        );
    }
}
