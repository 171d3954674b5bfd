//! What became of a proposal, in a few lines.

use forecourt_crm_store::proposals::Proposal;
use forecourt_domain::{conversation::ProposalStatus, ids::ConversationId};

use super::card;
use crate::http::console::{shell::Shell, times::When, words};

/// A proposal that waits no more.
pub struct Decided {
    pub title: String,
    pub who: String,
    pub conversation: ConversationId,
    /// `approved and done by Lucia`.
    pub state: String,
    pub when: Option<When>,
    /// How the state is meant; its words say the same.
    pub tone: &'static str,
    /// The reason, the rule, what has changed, what was edited.
    pub lines: Vec<String>,
}

impl Decided {
    /// The end of a proposal.
    #[must_use]
    pub fn new(shell: &Shell, who: String, proposal: &Proposal) -> Self {
        let by = proposal.decided_by_name.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
        Self {
            title: card::title(proposal),
            who,
            conversation: proposal.conversation_id,
            state: format!("{}{by}", words::proposal(proposal.status)),
            when: proposal.decided_at.map(|at| shell.calendar.moment(at)),
            tone: match proposal.status {
                ProposalStatus::Executed => "good",
                ProposalStatus::Pending
                | ProposalStatus::Rejected
                | ProposalStatus::Expired
                | ProposalStatus::Superseded => "line",
                ProposalStatus::Refused | ProposalStatus::Stale => "bad",
            },
            lines: lines(proposal),
        }
    }
}

fn lines(proposal: &Proposal) -> Vec<String> {
    let mut lines: Vec<String> = proposal.decision_reason.iter().cloned().collect();
    if proposal.status == ProposalStatus::Refused {
        lines.extend(proposal.outcome.clone());
    }
    lines.extend(proposal.changes.iter().map(ToString::to_string));
    let edited = proposal.items.iter().filter(|item| item.edit.is_some()).count();
    if edited > 0 {
        lines.push("Edited before it ran.".to_owned());
    }
    lines
}
