//! Who of the dealership's people takes something on: a fair choice for an appointment, the right one
//! for a handoff.

use forecourt_crm_store::{appointments::StaffTime, system::names::StaffMember};
use forecourt_domain::{conversation::HandoffCategory, ids::UserId, staff::Role};
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

/// Who is asked to take a conversation: the lead's owner if still here, else by what it is about.
pub(crate) fn choose_handoff_owner(
    staff: &[StaffMember],
    lead_owner: Option<UserId>,
    category: HandoffCategory,
) -> Option<UserId> {
    let owner = staff.iter().find(|member| Some(member.user_id) == lead_owner && member.role.writes_to_customers());
    let by_role = || {
        let roles = roles_for(category).iter().chain(&ANYBODY);
        roles.into_iter().find_map(|role| staff.iter().find(|member| member.role == *role))
    };
    owner.or_else(by_role).map(|member| member.user_id)
}

/// Who takes it when nobody of the right role works here.
const ANYBODY: [Role; 8] = [
    Role::SalesManager,
    Role::Bdc,
    Role::GeneralManager,
    Role::Admin,
    Role::Salesperson,
    Role::FinanceManager,
    Role::ServiceManager,
    Role::PlatformOwner,
];

const fn roles_for(category: HandoffCategory) -> &'static [Role] {
    match category {
        HandoffCategory::Finance => &[Role::FinanceManager],
        HandoffCategory::TradeIn | HandoffCategory::Pricing => &[Role::SalesManager],
        HandoffCategory::Complaint | HandoffCategory::Safety => &[Role::GeneralManager, Role::SalesManager],
        HandoffCategory::CustomerAsked
        | HandoffCategory::NotUnderstood
        | HandoffCategory::ModelFailed
        | HandoffCategory::GuardBlocked
        | HandoffCategory::Other => &[Role::Bdc],
    }
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

    #[test]
    fn a_handoff_goes_to_whoever_it_concerns() {
        let [sales, finance, bdc, viewer] = users();
        let staff = [
            member(sales, Role::Salesperson),
            member(finance, Role::FinanceManager),
            member(bdc, Role::Bdc),
            member(viewer, Role::Viewer),
        ];
        for (category, lead_owner, chosen) in [
            (HandoffCategory::Finance, None, Some(finance)),
            (HandoffCategory::Finance, Some(sales), Some(sales)),
            (HandoffCategory::CustomerAsked, None, Some(bdc)),
            (HandoffCategory::Complaint, None, Some(bdc)),
            (HandoffCategory::CustomerAsked, Some(viewer), Some(bdc)),
        ] {
            assert_eq!(choose_handoff_owner(&staff, lead_owner, category), chosen, "{category}");
        }
        assert_eq!(choose_handoff_owner(&staff[3..], None, HandoffCategory::Finance), None);
    }
}
