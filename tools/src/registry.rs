//! Tools without their types: found by name, decoded from what the model wrote, run.

use std::{marker::PhantomData, sync::Arc};

use async_trait::async_trait;
use forecourt_crm_store::CrmTx;
use forecourt_domain::{
    action::ActionKind,
    evidence::{CommittedEffect, Evidence},
};
use serde_json::{Value, json};
use serde_path_to_error::{Path, Segment};

use crate::{
    customer,
    failure::{FailureCode, ToolError, ToolFailure},
    schema::strict_schema,
    tool::{Services, Tool, ToolContext},
};

/// The field of a refusal that concerns no single one.
const ARGUMENTS: &str = "arguments";

/// A tool whose types are hidden.
pub trait ErasedTool: Send + Sync {
    fn name(&self) -> &'static str;
    fn description(&self) -> &'static str;
    fn action(&self) -> ActionKind;
    /// The strict JSON Schema (draft 2020-12) of its arguments.
    fn schema(&self) -> &Value;
    /// Reads what the model wrote. What cannot be read is answered with the field and what is expected.
    fn decode(&self, raw: &str) -> Result<DecodedCall, ToolFailure>;
}

/// What a call came to, its output as the model reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct ErasedDone {
    pub output: Value,
    pub evidence: Vec<Evidence>,
    pub effects: Vec<CommittedEffect>,
}

/// A call whose arguments were understood. It can be prepared and run more than once.
pub struct DecodedCall {
    arguments: Value,
    call: Box<dyn ErasedCall>,
}

impl DecodedCall {
    /// The arguments as they were understood, every one present: what is journaled, decided on,
    /// approved and decoded again.
    #[must_use]
    pub const fn arguments(&self) -> &Value {
        &self.arguments
    }

    /// What these arguments rest on, as it is now.
    pub async fn cites(&self, tx: &mut CrmTx, context: &ToolContext) -> Result<Vec<Evidence>, ToolError> {
        self.call.cites(tx, context).await
    }

    /// Makes the calls to the outside; no transaction may be open.
    pub async fn prepare(&self, services: &Services, context: &ToolContext) -> Result<PreparedCall, ToolError> {
        Ok(PreparedCall(self.call.prepare(services, context).await?))
    }
}

/// A call that needs nothing more from outside.
pub struct PreparedCall(Box<dyn ErasedPrepared>);

impl PreparedCall {
    /// Does the work in the caller's transaction.
    pub async fn run(self, tx: &mut CrmTx, context: &ToolContext) -> Result<ErasedDone, ToolError> {
        self.0.run(tx, context).await
    }
}

/// The tools of a principal, in the order the model sees them.
#[derive(Clone)]
pub struct Registry(Arc<[Arc<dyn ErasedTool>]>);

impl Registry {
    /// What a turn with a customer may use.
    #[must_use]
    pub fn customer() -> Self {
        Self(Arc::new([
            erased::<customer::SearchInventory>(),
            erased::<customer::GetVehicle>(),
            erased::<customer::CompareVehicles>(),
            erased::<customer::GetDealershipInfo>(),
            erased::<customer::ListAppointmentSlots>(),
            erased::<customer::ListMyAppointments>(),
            erased::<customer::BookAppointment>(),
            erased::<customer::RescheduleAppointment>(),
            erased::<customer::CancelAppointment>(),
            erased::<customer::UpdateCustomerProfile>(),
            erased::<customer::UpdateLead>(),
            erased::<customer::EscalateToHuman>(),
        ]))
    }

    /// The tool of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<dyn ErasedTool>> {
        self.0.iter().find(|tool| tool.name() == name)
    }

    /// Every tool, in the order the model sees them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn ErasedTool>> {
        self.0.iter()
    }

    /// The tool of this name, or what the model is told when it made the name up.
    pub fn find(&self, name: &str) -> Result<&Arc<dyn ErasedTool>, ToolFailure> {
        self.get(name).ok_or_else(|| {
            let names: Vec<_> = self.iter().map(|tool| tool.name()).collect();
            ToolFailure::new(FailureCode::UnknownTool, "There is no tool of that name. Use one of `tools`.")
                .with("tools", json!(names))
        })
    }
}

fn erased<T: Tool>() -> Arc<dyn ErasedTool> {
    Arc::new(Erased::<T> { schema: strict_schema::<T::Args>(), tool: PhantomData })
}

struct Erased<T> {
    schema: Value,
    tool: PhantomData<fn() -> T>,
}

impl<T: Tool> ErasedTool for Erased<T> {
    fn name(&self) -> &'static str {
        T::NAME
    }

    fn description(&self) -> &'static str {
        T::DESCRIPTION
    }

    fn action(&self) -> ActionKind {
        T::ACTION
    }

    fn schema(&self) -> &Value {
        &self.schema
    }

    fn decode(&self, raw: &str) -> Result<DecodedCall, ToolFailure> {
        // Some models write nothing at all where there are no arguments.
        let raw = if raw.trim().is_empty() { "{}" } else { raw };
        let json: Value = serde_json::from_str(raw)
            .map_err(|error| ToolFailure::bad_argument(ARGUMENTS, format_args!("not JSON ({error})")))?;
        if !json.is_object() {
            return Err(ToolFailure::bad_argument(ARGUMENTS, "expected a JSON object"));
        }
        let args: T::Args = serde_path_to_error::deserialize(json).map_err(|error| {
            let field = known_field(error.path(), &self.schema);
            ToolFailure::bad_argument(&field, expectation(&error.inner().to_string()))
        })?;
        let arguments = serde_json::to_value(&args).map_err(|error| ToolFailure::bad_argument(ARGUMENTS, error))?;
        Ok(DecodedCall { arguments, call: Box::new(Decoded::<T> { args }) })
    }
}

/// Where the fault is, in names of ours only: a made-up field is no part of it.
fn known_field(path: &Path, schema: &Value) -> String {
    let mut segments = path.iter();
    let known = |name: &String| schema["properties"].get(name).is_some();
    let Some(Segment::Map { key }) =
        segments.next().filter(|first| matches!(first, Segment::Map { key } if known(key)))
    else {
        return ARGUMENTS.to_owned();
    };
    let places = segments.map_while(|segment| match segment {
        Segment::Seq { index } => Some(format!("[{index}]")),
        Segment::Map { .. } | Segment::Enum { .. } | Segment::Unknown => None,
    });
    format!("{key}{}", places.collect::<String>())
}

/// What serde says was expected, without what it says was found.
///
/// What a model wrote may be what a stranger told it to write, and the message of a failure is where it is
/// told what to do next: a refusal never gives it back.
fn expectation(error: &str) -> String {
    const NONE: &str = ", there are no fields";
    let found = ["unknown field", "unknown variant", "invalid type", "invalid value", "invalid length"];
    let Some(kind) = found.into_iter().find(|kind| error.starts_with(kind)) else { return error.to_owned() };
    // What was found may hold these words too, but only before serde's own.
    let expected = if error.ends_with(NONE) { NONE } else { error.rfind(", expected ").map_or("", |at| &error[at..]) };
    format!("{kind}{expected}")
}

#[async_trait]
trait ErasedCall: Send + Sync {
    async fn cites(&self, tx: &mut CrmTx, context: &ToolContext) -> Result<Vec<Evidence>, ToolError>;
    async fn prepare(&self, services: &Services, context: &ToolContext) -> Result<Box<dyn ErasedPrepared>, ToolError>;
}

#[async_trait]
trait ErasedPrepared: Send {
    async fn run(self: Box<Self>, tx: &mut CrmTx, context: &ToolContext) -> Result<ErasedDone, ToolError>;
}

struct Decoded<T: Tool> {
    args: T::Args,
}

struct Prepared<T: Tool> {
    args: T::Args,
    prepared: T::Prepared,
}

#[async_trait]
impl<T: Tool> ErasedCall for Decoded<T> {
    async fn cites(&self, tx: &mut CrmTx, context: &ToolContext) -> Result<Vec<Evidence>, ToolError> {
        T::cites(tx, context, &self.args).await
    }

    async fn prepare(&self, services: &Services, context: &ToolContext) -> Result<Box<dyn ErasedPrepared>, ToolError> {
        let prepared = T::prepare(services, context, &self.args).await?;
        Ok(Box::new(Prepared::<T> { args: self.args.clone(), prepared }))
    }
}

#[async_trait]
impl<T: Tool> ErasedPrepared for Prepared<T> {
    async fn run(self: Box<Self>, tx: &mut CrmTx, context: &ToolContext) -> Result<ErasedDone, ToolError> {
        let done = T::call(tx, context, self.args, self.prepared).await?;
        let output = serde_json::to_value(&done.output)
            .map_err(|error| ToolFailure::new(FailureCode::Unavailable, format!("the output is no JSON: {error}")))?;
        Ok(ErasedDone { output, evidence: done.evidence, effects: done.effects })
    }
}
