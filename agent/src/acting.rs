//! Tool calls of one step: decode, decide, run. Reads run side by side; each effect is one transaction.

use forecourt_crm_store::{
    CrmTx, StoreError,
    audit::AuditKind,
    proposals::{NewItem, NewProposal},
    turns::{CallOutcome, CallOutput, JournaledCall, NewCall},
};
use forecourt_domain::{
    action::{ActionKind, Effect, Workflow},
    conversation::DraftReason,
    evidence::Evidence,
};
use forecourt_policies::{Actor, Decision, Verdict};
use forecourt_tools::{DecodedCall, ErasedDone, FailureCode, PreparedCall, ToolContext, ToolError, ToolFailure};
use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    agent::Agent,
    called::{call_output, called_details, failed},
    known::asked_a_person,
    model::{ChatMessage, ToolCall},
    turn_state::TurnState,
};

/// How long a proposed action waits for a human.
const PROPOSAL_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// How often an effect is tried again when the database asks for it.
const EFFECT_TRIES: u32 = 3;

/// Whether the step's calls all have an answer.
#[must_use]
pub(crate) enum Acted {
    Done,
    LeaseLost,
}

/// A call that was understood and decided.
struct Decided {
    call_no: i16,
    tool: String,
    action: ActionKind,
    call: DecodedCall,
    decision: Decision,
}

impl Decided {
    /// The call as the journal keeps it.
    fn journaled(&self, step_no: i16, outcome: CallOutcome, output: CallOutput) -> NewCall {
        NewCall {
            step_no,
            call_no: self.call_no,
            tool: self.tool.clone(),
            action: Some(self.action),
            outcome,
            arguments: self.call.arguments().clone(),
            output,
        }
    }
}

/// What becomes of a call next.
enum Next {
    /// It has its answer already: undecodable, refused, or journaled.
    Answered,
    Read(Decided),
    Effect(Decided, Course),
}

/// What becomes of an effect that is not denied.
#[derive(Debug, Clone, Copy)]
enum Course {
    Run,
    Propose,
    Draft,
}

impl Agent {
    /// Answers every call of a step, in order. `journaled` are those that a dead worker had finished.
    pub(crate) async fn act(
        &self,
        turn: &mut TurnState,
        step_no: i16,
        calls: &[ToolCall],
        journaled: &[JournaledCall],
    ) -> Result<Acted, StoreError> {
        let mut outputs: Vec<Option<Value>> = vec![None; calls.len()];
        let mut reads = Vec::new();
        for (index, call) in calls.iter().enumerate() {
            match self.decide_call(turn, step_no, index, call, journaled, &mut outputs) {
                Next::Answered => {}
                Next::Read(decided) => reads.push((index, decided)),
                Next::Effect(decided, course) => {
                    // An effect may change what a later read finds, and follows from the earlier ones.
                    self.run_reads(turn, step_no, std::mem::take(&mut reads), &mut outputs).await?;
                    let Some(output) = self.run_effect(turn, step_no, decided, course).await? else {
                        return Ok(Acted::LeaseLost);
                    };
                    outputs[index] = Some(output);
                }
            }
        }
        self.run_reads(turn, step_no, reads, &mut outputs).await?;
        for (call, output) in calls.iter().zip(outputs) {
            let unavailable = || ToolFailure::new(FailureCode::Unavailable, "This could not be looked up.").to_json();
            let text = output.unwrap_or_else(unavailable).to_string();
            turn.messages.push(ChatMessage::ToolOutput { call_id: call.id.clone(), text });
        }
        Ok(Acted::Done)
    }

    fn decide_call(
        &self,
        turn: &mut TurnState,
        step_no: i16,
        index: usize,
        call: &ToolCall,
        journaled: &[JournaledCall],
        outputs: &mut [Option<Value>],
    ) -> Next {
        let call_no = i16::try_from(index).unwrap_or(i16::MAX);
        if let Some(done) = journaled.iter().find(|done| done.call_no == call_no) {
            outputs[index] = Some(done.output.output.clone());
            turn.evidence.extend(done.output.evidence.iter().cloned());
            turn.effects.extend(done.output.effects.iter().cloned());
            turn.left_to_people += usize::from(done.left_to_people);
            return Next::Answered;
        }
        let (action, decoded) = match self.decode(call, index) {
            Ok(decoded) => decoded,
            Err(failure) => {
                outputs[index] = Some(self.refuse(turn, step_no, call_no, &call.name, &failure));
                return Next::Answered;
            }
        };
        turn.last_refusal = None;
        let facts = turn.circumstances(self.pricing).facts(Actor::Agent, action);
        let decision = turn.policies.decide(&facts);
        turn.audit_decision(&facts, &decision, Some((step_no, call_no)));
        let decided = Decided { call_no, tool: call.name.clone(), action, call: decoded, decision };
        let waits_until = decided.decision.not_before.filter(|at| *at > turn.now);
        let course = match (decided.decision.verdict, waits_until, action.effect()) {
            (Verdict::Deny, _, _) => {
                let message = "This is not allowed. Do not claim it was done; offer what is possible, or a person.";
                outputs[index] = Some(deny(turn, step_no, &decided, message));
                return Next::Answered;
            }
            // No turn lasts so long, and whoever would do it then would do it unasked.
            (Verdict::Allow, Some(at), _) => {
                let at = turn.hours.zone.local(at).strftime("%A, %B %-d at %-I:%M %p");
                let message = format!(
                    "This may not be done before {at}. Nothing was done, so do not claim it; say from when it is \
                     possible, or offer a person."
                );
                outputs[index] = Some(deny(turn, step_no, &decided, &message));
                return Next::Answered;
            }
            (Verdict::Allow, None, Effect::ReadOnly) => return Next::Read(decided),
            (Verdict::Allow, None, _) => Course::Run,
            (Verdict::RequireApproval, _, _) => Course::Propose,
            (Verdict::SuggestOnly, _, _) => Course::Draft,
        };
        Next::Effect(decided, course)
    }

    fn decode(&self, call: &ToolCall, index: usize) -> Result<(ActionKind, DecodedCall), ToolFailure> {
        if index >= self.limits.calls_per_step {
            let message =
                format!("At most {} tool calls in one answer; ask again for the rest.", self.limits.calls_per_step);
            return Err(ToolFailure::new(FailureCode::TooMany, message));
        }
        let tool = self.registry.find(&call.name)?;
        let decoded = tool.decode(&call.arguments)?;
        Ok((tool.action(), decoded))
    }

    /// An answer to a call that could not be understood.
    fn refuse(&self, turn: &mut TurnState, step_no: i16, call_no: i16, tool: &str, failure: &ToolFailure) -> Value {
        let output = failed(failure);
        turn.evidence.extend(output.evidence.iter().cloned());
        let told = output.output.clone();
        // A made-up name can be of any length.
        let tool: String = tool.chars().take(64).collect();
        turn.last_refusal = Some(failure.code);
        turn.audit(
            AuditKind::ToolCalled,
            json!({ "tool": self.registry.get(&tool).map(|known| known.name()), "outcome": CallOutcome::Failed.as_str(),
                "failure": failure.code, "step": step_no, "call": call_no }),
        );
        let (action, outcome, arguments) = (None, CallOutcome::Failed, Value::Null);
        turn.new_calls.push(NewCall { step_no, call_no, tool, action, outcome, arguments, output });
        told
    }

    /// An effect that was decided and could not be done: what was tried is journaled and audited.
    fn fail_effect(&self, turn: &mut TurnState, step_no: i16, decided: &Decided, failure: &ToolFailure) -> Value {
        let output = failed(failure);
        turn.evidence.extend(output.evidence.iter().cloned());
        let told = output.output.clone();
        audit_call(turn, step_no, decided, CallOutcome::Failed, &output);
        turn.new_calls.push(decided.journaled(step_no, CallOutcome::Failed, output));
        told
    }

    /// Runs reads side by side, each in its own short transaction.
    async fn run_reads(
        &self,
        turn: &mut TurnState,
        step_no: i16,
        reads: Vec<(usize, Decided)>,
        outputs: &mut [Option<Value>],
    ) -> Result<(), StoreError> {
        let context = turn.tool_context();
        let results = join_all(reads.iter().map(|(_, decided)| self.run_read(turn, &context, &decided.call))).await;
        for ((index, decided), result) in reads.into_iter().zip(results) {
            let (outcome, output) = match result {
                Ok(done) => (CallOutcome::Done, call_output(done)),
                Err(ToolError::Told(failure)) => (CallOutcome::Failed, failed(&failure)),
                Err(ToolError::Store(error)) => return Err(error),
            };
            turn.evidence.extend(output.evidence.iter().cloned());
            outputs[index] = Some(output.output.clone());
            audit_call(turn, step_no, &decided, outcome, &output);
            turn.new_calls.push(decided.journaled(step_no, outcome, output));
        }
        Ok(())
    }

    async fn run_read(
        &self,
        turn: &TurnState,
        context: &ToolContext,
        call: &DecodedCall,
    ) -> Result<ErasedDone, ToolError> {
        let prepared = call.prepare(&self.services, context).await?;
        let mut tx = self.store.begin(turn.scope).await?;
        let done = prepared.run(&mut tx, context).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Runs an effect, or stores it as a proposal or a draft: one transaction with its journal and
    /// audit rows. `None`: the lease is lost and nothing was done.
    async fn run_effect(
        &self,
        turn: &mut TurnState,
        step_no: i16,
        decided: Decided,
        course: Course,
    ) -> Result<Option<Value>, StoreError> {
        if turn.effects.len() + turn.left_to_people >= self.limits.effects {
            let message = "Too many changes in one turn. Say what was done and ask the customer about the rest.";
            let failure = ToolFailure::new(FailureCode::TooMany, message);
            return Ok(Some(self.fail_effect(turn, step_no, &decided, &failure)));
        }
        let context = turn.tool_context();
        let mut tries = 1;
        loop {
            let prepared = match decided.call.prepare(&self.services, &context).await {
                Ok(prepared) => prepared,
                Err(ToolError::Told(failure)) => {
                    return Ok(Some(self.fail_effect(turn, step_no, &decided, &failure)));
                }
                Err(ToolError::Store(error)) => return Err(error),
            };
            match self.commit_effect(turn, step_no, (&decided, course), prepared, &context).await {
                Err(error) if error.is_transient() && tries < EFFECT_TRIES => tries += 1,
                result => return result,
            }
        }
    }

    async fn commit_effect(
        &self,
        turn: &mut TurnState,
        step_no: i16,
        (decided, course): (&Decided, Course),
        prepared: PreparedCall,
        context: &ToolContext,
    ) -> Result<Option<Value>, StoreError> {
        let mut tx = self.store.begin_before_cut(turn.scope).await?;
        if !tx.lock_for_effect(&turn.start.conversation).await? {
            tx.rollback().await?;
            return Ok(None);
        }
        let noted = turn.new_audit.len();
        let (outcome, output) = match self.apply(&mut tx, turn, (decided, course), prepared, context).await {
            Ok(applied) => applied,
            Err(ToolError::Told(failure)) => {
                // Whatever the tool wrote before it refused is undone.
                tx.rollback().await?;
                turn.new_audit.truncate(noted);
                return Ok(Some(self.fail_effect(turn, step_no, decided, &failure)));
            }
            Err(ToolError::Store(error)) => {
                turn.new_audit.truncate(noted);
                return Err(error);
            }
        };
        audit_call(turn, step_no, decided, outcome, &output);
        let mut calls = turn.new_calls.clone();
        calls.push(decided.journaled(step_no, outcome, output.clone()));
        let committed = async {
            tx.insert_journal(turn.turn_id(), turn.party_id(), &turn.new_steps, &calls).await?;
            tx.append_audit(&turn.new_audit).await?;
            tx.commit().await
        };
        if let Err(error) = committed.await {
            turn.new_audit.truncate(noted);
            return Err(error);
        }
        turn.journaled();
        turn.evidence.extend(output.evidence);
        turn.effects.extend(output.effects);
        turn.left_to_people += usize::from(matches!(course, Course::Propose | Course::Draft));
        Ok(Some(output.output))
    }

    async fn apply(
        &self,
        tx: &mut CrmTx,
        turn: &mut TurnState,
        (decided, course): (&Decided, Course),
        prepared: PreparedCall,
        context: &ToolContext,
    ) -> Result<(CallOutcome, CallOutput), ToolError> {
        match course {
            Course::Run => {
                let done = prepared.run(tx, context).await?;
                Ok((CallOutcome::Done, call_output(done)))
            }
            Course::Propose => {
                let cited = decided.call.cites(tx, context).await?;
                let placed = tx.propose(&proposal(turn, decided, &cited, tx.now())).await?;
                if !self.tell_of_proposal(tx, turn, decided.action, placed.item_no == 1).await? {
                    let message = "A person must approve this first, and nobody who may could be told of it. Say that \
                                   it is not confirmed; claim neither that it is done nor that somebody was asked.";
                    return Ok((CallOutcome::Proposed, failed(&ToolFailure::new(FailureCode::NeedsApproval, message))));
                }
                let message = "A person must approve this first and has been asked. Say so; do not claim it is done.";
                let failure = ToolFailure::new(FailureCode::NeedsApproval, message);
                let asked = asked_a_person(placed.proposal.0, "a person decides");
                Ok((CallOutcome::Proposed, failed(&failure.citing(vec![asked]))))
            }
            Course::Draft => {
                let draft = format!("{}: {}", decided.tool, decided.call.arguments());
                let conversation = &turn.start.conversation;
                tx.insert_draft(conversation, turn.turn_id(), &draft, DraftReason::SuggestedAction).await?;
                let message = "This was noted for the team as a suggestion only. Say that a person will look at it.";
                Ok((CallOutcome::Drafted, failed(&ToolFailure::new(FailureCode::DraftOnly, message))))
            }
        }
    }
}

fn proposal(turn: &TurnState, decided: &Decided, cited: &[Evidence], now: jiff::Timestamp) -> NewProposal {
    NewProposal {
        conversation_id: turn.start.conversation.id,
        party_id: turn.party_id(),
        turn_id: turn.turn_id(),
        channel: turn.start.conversation.channel,
        item: NewItem {
            action: decided.action,
            tool: Some(decided.tool.clone()),
            workflow: Workflow::of(decided.action, turn.trigger),
            arguments: decided.call.arguments().clone(),
            facts: turn.wording().show(cited),
            grounds: None,
            sources: Vec::new(),
            reason: decided.decision.why(),
            policy_version: decided.decision.policy_version.clone(),
        },
        expires_at: now + PROPOSAL_LIFETIME,
    }
}

/// An answer to a call that the policies do not let run now.
fn deny(turn: &mut TurnState, step_no: i16, decided: &Decided, message: &str) -> Value {
    let failure = ToolFailure::new(FailureCode::Denied, message).with("reason", json!(decided.decision.why()));
    let output = failure.to_json();
    turn.new_calls.push(decided.journaled(step_no, CallOutcome::Denied, failed(&failure)));
    output
}

/// Notes which tool ran with what outcome and which rows it read, by id and version.
fn audit_call(turn: &mut TurnState, step_no: i16, decided: &Decided, outcome: CallOutcome, output: &CallOutput) {
    let mut details = called_details(&decided.tool, decided.action, outcome, &output.evidence, &output.effects);
    details["step"] = json!(step_no);
    details["call"] = json!(decided.call_no);
    turn.audit(AuditKind::ToolCalled, details);
}
