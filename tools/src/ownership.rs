//! Who of the dealership's people takes an appointment on: a fair choice.

use forecourt_crm_store::{appointments::StaffTime, system::names::StaffMember};
use forecourt_domain::{ids::UserId, staff::Role};
use jiff::Timestamp;

/// Who expects a customer: the lead's owner if still here, else a salesperson who is free at that time,
/// and of those the one with the fewest appointments that day.
pub(crate) fn choose_salesperson(
    staff: &[StaffMember],
    lead_owner: Option<UserId>,
    that_day: &[StaffTime],
    starts_at: Timestamp,
    ends_at: Timestamp,
) -> Option<UserId> {
    if let Some(owner) = staff.iter().find(|member| Some(member.user_id) == lead_owner) {
        return Some(owner.user_id);
    }
    let load = |member: &&StaffMember| {
        let mine = that_day.iter().filter(|time| time.user_id == member.user_id);
        let busy = mine.clone().any(|time| time.starts_at < ends_at && starts_at < time.ends_at);
        (busy, mine.count(), member.user_id)
    };
    let salespeople = staff.iter().filter(|member| member.role == Role::Salesperson);
    salespeople.min_by_key(load).map(|member| member.user_id)
}

#[cfg(test)]
mod tests {
    use forecourt_domain::ids::generate;

    use super::*;

    fn member(user_id: UserId, role: Role) -> StaffMember {
        StaffMember {
            user_id,
            first_name: "Dana".to_owned(),
            last_name: String::new(),
            role,
            department_id: None,
            alert_phone: None,
            alert_email: None,
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn users<const N: usize>() -> [UserId; N] {
        std::array::from_fn(|_| UserId(generate(at("2026-11-20T12:00:00Z"))))
    }

    #[test]
    fn an_appointment_goes_to_the_owner_else_to_whoever_is_free_and_has_least_to_do() {
        let [ann, bob, manager] = users();
        let staff =
            [member(manager, Role::SalesManager), member(ann, Role::Salesperson), member(bob, Role::Salesperson)];
        let (three, four) = (at("2026-11-21T22:00:00Z"), at("2026-11-21T23:00:00Z"));
        let choose = |owner, times: &[StaffTime]| choose_salesperson(&staff, owner, times, three, four);
        let busy = |user_id, starts_at: &str, ends_at: &str| StaffTime {
            user_id,
            starts_at: at(starts_at),
            ends_at: at(ends_at),
        };
        assert_eq!(choose(None, &[]), Some(ann));
        assert_eq!(choose(Some(bob), &[]), Some(bob));
        assert_eq!(choose(None, &[busy(ann, "2026-11-21T16:00:00Z", "2026-11-21T17:00:00Z")]), Some(bob));
        let morning = busy(bob, "2026-11-21T16:00:00Z", "2026-11-21T17:00:00Z");
        let noon = busy(bob, "2026-11-21T19:00:00Z", "2026-11-21T20:00:00Z");
        let overlapping = busy(ann, "2026-11-21T22:30:00Z", "2026-11-21T23:30:00Z");
        assert_eq!(choose(None, &[morning, noon, overlapping]), Some(bob), "ann is with somebody else then");
        assert_eq!(choose_salesperson(&staff[..1], None, &[], three, four), None);
    }
}
