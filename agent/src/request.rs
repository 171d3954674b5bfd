//! The messages of a turn's request: system, history, and only then the changing part.

use forecourt_crm_store::{StoreError, appointments::Appointment, turns::HistoryMessage};
use forecourt_domain::{
    conversation::{Author, Direction},
    evidence::{Evidence, SourceKind},
};
use forecourt_prompts::{AppointmentLine, ChangingContext, FixedContext, OpenNow};
use jiff::Timestamp;

use crate::{agent::Agent, budget::day_of, heard::persona, model::ChatMessage, turn_state::TurnState};

impl Agent {
    /// Writes the first request of a turn and notes the prompt's version.
    pub(crate) async fn write_request(&self, turn: &mut TurnState) -> Result<(), StoreError> {
        turn.rules = self.rules(&turn.dealership)?;
        turn.prompt_hash = self.keep_prompt(&persona(&turn.dealership)).await?;
        turn.policy_version = turn.policies.version().to_owned();
        turn.messages = vec![ChatMessage::System { text: turn.rules.prompt.clone() }];
        let up_to = turn.start.turn.answered_to;
        let history = turn.start.history.iter().filter(|message| message.inbound_no.is_none_or(|no| no <= up_to));
        turn.messages.extend(history.map(chat_message));
        let changing = self.changing(turn)?;
        turn.messages.push(ChatMessage::System { text: changing });
        Ok(())
    }

    /// Reads what is new and goes on with it: new messages and newer facts follow what was said.
    pub(crate) async fn go_on_with_newer_facts(&self, turn: &mut TurnState) -> Result<bool, StoreError> {
        let mut tx = self.store.begin(turn.scope).await?;
        // Before the rest, so that nothing it decides on is newer than what it is decided by.
        let profile = tx.load_profile().await?;
        let standing = tx.load_standing(&profile).await?;
        let Some((mut conversation, history)) = tx.refresh_turn(&turn.start.conversation).await? else {
            tx.rollback().await?;
            return Ok(false);
        };
        let now = tx.now();
        let appointments = tx.load_open_appointments(turn.party_id(), conversation.customer_id, now).await?;
        turn.start.usage = tx.load_usage(day_of(&turn.dealership, now)).await?;
        let stale = tx.load_stale_sources(&turn.sources(), Some(turn.party_id())).await?;
        turn.now = now;
        tx.commit().await?;
        conversation.seen.policy_version = standing.policy_version();
        turn.policies = self.policies_in_force(turn.scope.dealership_id(), &standing);
        turn.policy_version = turn.policies.version().to_owned();
        turn.dealership = profile;
        turn.start.standing = standing;
        let seen = turn.start.turn.answered_to;
        turn.messages.extend(history.iter().filter(|message| message.inbound_no > Some(seen)).map(chat_message));
        let still_holds = |item: &Evidence| !stale.iter().any(|source| source.id == item.source.id);
        turn.evidence.retain(still_holds);
        turn.start.fresh_evidence.retain(still_holds);
        turn.start.turn.answered_to = conversation.seen.last_inbound;
        turn.start.conversation = conversation;
        turn.start.history = history;
        turn.renew_appointments(appointments);
        turn.start.turn.restarts += 1;
        turn.guard_asked_again = false;
        if turn.start.turn.restarts >= self.limits.restarts {
            turn.rule = forecourt_crm_store::turns::NewInboundRule::BecomesNextTurn;
        }
        let changing = self.changing(turn)?;
        turn.messages.push(ChatMessage::System { text: changing });
        Ok(true)
    }

    fn changing(&self, turn: &TurnState) -> Result<String, StoreError> {
        self.prompts.render_changing(&changing_context(turn)).map_err(|error| StoreError::Corrupt(error.to_string()))
    }
}

impl TurnState {
    /// What the fixed sentences of the system speak of.
    pub(crate) fn fixed_context(&self) -> FixedContext {
        FixedContext {
            assistant_name: self.dealership.settings.assistant_name.clone(),
            dealership_name: self.dealership.name.clone(),
            dealership_phone: self.dealership.settings.phone.clone(),
        }
    }
}

fn chat_message(message: &HistoryMessage) -> ChatMessage {
    let text = message.text.clone();
    match (message.direction, message.author) {
        (Direction::Inbound, _) => ChatMessage::User { text },
        (Direction::Outbound, Author::Assistant | Author::System | Author::UserViaAssistant | Author::Customer) => {
            ChatMessage::Assistant { text: Some(text), tool_calls: Vec::new() }
        }
        (Direction::Outbound, Author::User) => {
            ChatMessage::Assistant { text: Some(format!("(written by a colleague) {text}")), tool_calls: Vec::new() }
        }
    }
}

fn changing_context(turn: &TurnState) -> ChangingContext {
    let zone = &turn.hours.zone;
    let proven = turn.is_proven();
    ChangingContext {
        now: zone.local(turn.now),
        dealership_name: turn.dealership.name.clone(),
        open_now: open_now(turn, turn.now),
        customer_first_name: turn.start.conversation.customer_first_name.clone().filter(|_| proven),
        customer_identified: proven,
        vehicles_discussed: turn.vehicles_discussed(),
        appointments: if proven { turn.appointment_lines() } else { Vec::new() },
        handoff_open: turn.start.conversation.handoff_open,
    }
}

fn open_now(turn: &TurnState, now: Timestamp) -> OpenNow {
    let local = turn.hours.zone.local(now);
    let open = turn
        .hours
        .spans_on(local.date())
        .into_iter()
        .find(|span| span.opens <= local.time() && local.time() < span.closes);
    match open {
        Some(span) => OpenNow::Until(span.closes),
        None => OpenNow::Closed { opens: turn.hours.next_opening(now).map(|at| turn.hours.zone.local(at)) },
    }
}

impl TurnState {
    fn appointment_lines(&self) -> Vec<AppointmentLine> {
        let line = |appointment: &Appointment| AppointmentLine {
            starts_at: self.hours.zone.local(appointment.starts_at).datetime(),
            kind: appointment.kind,
            status: appointment.status,
            stock_number: None,
        };
        self.appointments.iter().map(line).collect()
    }

    /// `U1043 2021 Mazda CX-5 Touring` of every vehicle whose facts are still fresh, latest last.
    fn vehicles_discussed(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for item in self.start.fresh_evidence.iter().filter(|item| item.source.kind == SourceKind::Vehicle) {
            let line = vehicle_line(&self.start.fresh_evidence, item.source.id);
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }
}

fn vehicle_line(evidence: &[forecourt_domain::evidence::Evidence], id: uuid::Uuid) -> String {
    use forecourt_domain::evidence::Fact;
    let field = |name: &str| {
        evidence.iter().filter(|item| item.source.id == id && item.field == name).find_map(|item| match &item.fact {
            Fact::Name(text) | Fact::Identifier(text) | Fact::Text(text) => Some(text.clone()),
            Fact::Year(year) => Some(year.to_string()),
            _ => None,
        })
    };
    let words = ["stock_number", "year", "make", "model", "trim"].into_iter().filter_map(field);
    words.collect::<Vec<_>>().join(" ")
}
