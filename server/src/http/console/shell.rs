//! What every page and every part of one knows: the dealership, who looks, what they may do, and
//! whether the assistant works.

use std::collections::HashMap;

use forecourt_agent::WhoDecides;
use forecourt_crm_store::{CrmTx, StoreError, inbox::Waiting};
use forecourt_domain::{ids::UserId, staff::Role};

use super::{
    times::Calendar,
    words::{self, OwnerSeen},
};
use crate::http::{AppState, principal::Principal};

/// The surroundings of a page. Read in the transaction that reads what the page shows.
#[derive(Debug, Clone)]
pub struct Shell {
    pub dealership: String,
    /// The assistant's name.
    pub assistant: String,
    pub person: Person,
    pub ai: AiState,
    pub waiting: Waiting,
    pub calendar: Calendar,
    /// Who may decide on what.
    pub deciders: WhoDecides,
    staff: HashMap<UserId, String>,
    principal: Principal,
}

/// Who looks, and what the role lets them do.
#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    pub role: &'static str,
    pub may_write: bool,
    pub may_switch: bool,
    pub may_switch_group: bool,
    /// They work at several dealerships, or are on a visit.
    pub may_choose: bool,
    /// Somebody who owns the platform is here on a visit.
    pub visitor: bool,
}

/// Whether the assistant works, and what answers.
#[derive(Debug, Clone)]
pub struct AiState {
    /// In the whole dealership, by its own switch or its group's.
    pub paused: bool,
    /// By the dealership's own switch.
    pub paused_here: bool,
    /// How many switches of channels and conversations are thrown.
    pub paused_parts: usize,
    pub model: String,
    /// False for the offline receptionist, which is no language model.
    pub is_language_model: bool,
}

impl Shell {
    /// Reads the surroundings.
    pub async fn load(state: &AppState, principal: Principal, tx: &mut CrmTx) -> Result<Self, StoreError> {
        let profile = tx.load_profile().await?;
        let staff: HashMap<_, _> =
            tx.load_staff().await?.into_iter().map(|member| (member.user_id, member.first_name)).collect();
        let model = state.agent.model();
        let switches = tx.load_switches().await?;
        let role = principal.role;
        let acted_by = principal.scope.acted_by();
        let places = tx.count_workplaces(principal.user_id).await?;
        Ok(Self {
            dealership: profile.name,
            assistant: profile.settings.assistant_name,
            person: Person {
                name: staff.get(&principal.user_id).cloned().unwrap_or_else(|| "You".to_owned()),
                role: words::role(role),
                may_write: role.writes_to_customers(),
                may_switch: role.switches_ai(),
                may_switch_group: role.switches_group(),
                may_choose: acted_by.is_some() || places > 1,
                visitor: acted_by.is_some(),
            },
            ai: AiState {
                paused: switches.group.is_some() || switches.dealership.is_some(),
                paused_here: switches.dealership.is_some(),
                paused_parts: switches.channels.len() + switches.conversations.len(),
                model: model.name().to_owned(),
                is_language_model: model.is_language_model(),
            },
            waiting: tx.count_waiting().await?,
            deciders: state.agent.who_decides(tx).await?,
            calendar: Calendar { zone: profile.settings.zone, now: tx.now() },
            staff,
            principal,
        })
    }

    /// In which role this person looks.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.principal.role
    }

    /// Whose conversation it is, from where this person sits.
    #[must_use]
    pub fn sees(&self, owner: Option<UserId>) -> OwnerSeen {
        match owner {
            None => OwnerSeen::Assistant,
            Some(id) if id == self.principal.user_id => OwnerSeen::You,
            Some(_) => OwnerSeen::Colleague,
        }
    }

    /// The first name of somebody who works here; somebody who left is still a colleague.
    #[must_use]
    pub fn name_of(&self, user: UserId) -> &str {
        self.staff.get(&user).map_or("A colleague", String::as_str)
    }
}
