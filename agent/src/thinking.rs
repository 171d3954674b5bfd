//! Asking the model, step by step, until it has words, has failed, or has used up its steps.

use std::time::Duration;

use forecourt_crm_store::{
    StoreError,
    turns::{Lost, LostTo, NewStep},
};
use forecourt_domain::{conversation::TurnReason, settings::ModelFallback};

use forecourt_tools::FailureCode;

use crate::{
    acting::Acted,
    agent::Agent,
    budget::day_of,
    model::{ChatMessage, FinishReason, ModelAnswer, ModelError, ModelRequest},
    pricing::Pricing,
    turn_state::TurnState,
};

/// What asking came to.
pub(crate) enum Thought {
    /// Words for the customer, unchecked.
    Words(String),
    /// No usable words.
    Failed(TurnReason),
    /// Another worker has the conversation.
    LeaseLost,
    /// A takeover, a switch or a STOP came: nothing more is asked.
    Cut(LostTo),
}

/// How long the offline model may take for one step. It is not part of the turn's model time: that may
/// have been used up by the provider that failed.
const OFFLINE_STEP_TIME: Duration = Duration::from_secs(5);

impl Agent {
    /// Goes on from the last journaled step until the model has words.
    pub(crate) async fn think(&self, turn: &mut TurnState) -> Result<Thought, StoreError> {
        if let Acted::LeaseLost = self.replay_journal(turn).await? {
            return Ok(Thought::LeaseLost);
        }
        while turn.next_step < self.limits.steps {
            if let Some(ended) = self.ended_meanwhile(turn).await? {
                return Ok(ended);
            }
            let answer = match self.ask(turn).await {
                Ok(answer) => answer,
                Err(error) if self.may_answer_offline(turn, &error) => continue,
                Err(error) => return Ok(Thought::Failed(reason(&error))),
            };
            if answer.tool_calls.is_empty() {
                return Ok(words_of(answer));
            }
            let step_no = turn.next_step - 1;
            if let Acted::LeaseLost = self.act(turn, step_no, &answer.tool_calls, &[]).await? {
                return Ok(Thought::LeaseLost);
            }
        }
        Ok(Thought::Failed(match turn.last_refusal {
            Some(FailureCode::UnknownTool) => TurnReason::UnknownTool,
            Some(FailureCode::BadArguments) => TurnReason::BadArguments,
            _ => TurnReason::TooManySteps,
        }))
    }

    /// Before a call that follows others, which would show the provider more of the customer's: whether
    /// something ended the right to make it since the gate let the turn begin.
    async fn ended_meanwhile(&self, turn: &mut TurnState) -> Result<Option<Thought>, StoreError> {
        if turn.next_step == 0 {
            return Ok(None);
        }
        let mut tx = self.store.begin(turn.scope).await?;
        let ended = match tx.find_cut(&turn.start.conversation).await? {
            Some(Lost::Lease) => Some(Thought::LeaseLost),
            Some(Lost::Consent) => Some(Thought::Cut(LostTo::Consent)),
            Some(Lost::Owner | Lost::NewInbound | Lost::Evidence | Lost::Policies) => Some(Thought::Cut(LostTo::Owner)),
            None => {
                let used_up = self.is_budget_used_up(&mut tx, turn).await?;
                used_up.then_some(Thought::Failed(TurnReason::BudgetReached))
            }
        };
        tx.commit().await?;
        Ok(ended)
    }

    /// One model call, recorded as a step and appended to the request.
    async fn ask(&self, turn: &mut TurnState) -> Result<ModelAnswer, ModelError> {
        let (model, pricing, timeout) = if turn.on_offline_model {
            (&self.offline, Pricing::Free, OFFLINE_STEP_TIME)
        } else {
            (&self.model, self.pricing, turn.time_left(self.limits.deadline))
        };
        if timeout.is_zero() {
            return Err(ModelError::Timeout);
        }
        let request = ModelRequest {
            tools: self.schemas.clone(),
            messages: turn.messages.clone(),
            max_output_tokens: self.limits.max_output_tokens,
            timeout,
        };
        let started_at = self.store.now();
        let answer = tokio::time::timeout(timeout, model.respond(&request, &mut |_| {}))
            .await
            .map_err(|_| ModelError::Timeout)??;
        let ended_at = self.store.now();
        turn.new_steps.push(NewStep {
            step_no: turn.next_step,
            model: answer.model.clone(),
            finish: finish(answer.finish),
            answer: serde_json::to_value(&answer).unwrap_or_default(),
            input_tokens: answer.usage.input_tokens,
            cached_input_tokens: answer.usage.cached_input_tokens,
            output_tokens: answer.usage.output_tokens,
            started_at,
            ended_at,
            spend_micros: pricing.micros(answer.usage),
            day: day_of(&turn.dealership, ended_at),
        });
        turn.next_step += 1;
        turn.messages.push(ChatMessage::Assistant { text: answer.text.clone(), tool_calls: answer.tool_calls.clone() });
        Ok(answer)
    }

    /// Steps that a dead worker had made durable are taken word for word; calls of theirs that had
    /// not run yet are run now.
    async fn replay_journal(&self, turn: &mut TurnState) -> Result<Acted, StoreError> {
        for step in std::mem::take(&mut turn.start.turn.journal) {
            let answer: ModelAnswer = serde_json::from_value(step.answer)
                .map_err(|error| StoreError::Corrupt(format!("journaled answer: {error}")))?;
            turn.next_step = step.step_no + 1;
            turn.messages
                .push(ChatMessage::Assistant { text: answer.text.clone(), tool_calls: answer.tool_calls.clone() });
            if let Acted::LeaseLost = self.act(turn, step.step_no, &answer.tool_calls, &step.calls).await? {
                return Ok(Acted::LeaseLost);
            }
        }
        Ok(Acted::Done)
    }

    /// Whether the rest of the turn goes to the offline model; true once.
    fn may_answer_offline(&self, turn: &mut TurnState, error: &ModelError) -> bool {
        tracing::warn!(turn = %turn.turn_id(), model = self.model.name(), %error, "model call failed");
        let chosen = turn.dealership.settings.model_fallback == ModelFallback::OfflineAnswers;
        let switches = chosen && !turn.on_offline_model && self.model.is_language_model();
        turn.on_offline_model |= switches;
        switches
    }
}

fn words_of(answer: ModelAnswer) -> Thought {
    let text = answer.text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match (text, answer.finish) {
        (_, FinishReason::ContentFilter) => Thought::Failed(TurnReason::ContentFilter),
        (Some(_), FinishReason::Length) => Thought::Failed(TurnReason::CutOff),
        (Some(text), _) => Thought::Words(text),
        (None, _) => Thought::Failed(TurnReason::EmptyAnswer),
    }
}

const fn finish(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Stop => "stop",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::Length => "length",
        FinishReason::ContentFilter => "content_filter",
        FinishReason::Other => "other",
    }
}

/// The reason under which a failed turn is recorded.
const fn reason(error: &ModelError) -> TurnReason {
    match error {
        ModelError::Timeout => TurnReason::ModelTimeout,
        ModelError::RateLimited { .. } => TurnReason::ModelRateLimited,
        ModelError::Unavailable(_) => TurnReason::ModelUnavailable,
        ModelError::ContextOverflow => TurnReason::ModelContextOverflow,
        ModelError::Refused => TurnReason::ModelRefused,
        ModelError::Malformed(_) => TurnReason::ModelMalformed,
        ModelError::Rejected { .. } => TurnReason::ModelRejected,
    }
}
