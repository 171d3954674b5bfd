//! `list_my_appointments`: when the one who writes is expected.

use async_trait::async_trait;
use forecourt_crm_store::CrmTx;
use forecourt_domain::action::ActionKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    appointment_output::{Appointment, show_all},
    failure::ToolError,
    my_appointments::load,
    tool::{Done, Tool, ToolContext},
};

/// Lists the customer's own appointments.
pub struct ListMyAppointments;

/// Nothing needs to be said.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListMyAppointmentsArgs {}

/// Their appointments from today on, the next one first.
#[derive(Debug, Serialize)]
pub struct ListMyAppointmentsOutput {
    /// False: nobody knows who writes, so nothing is shown.
    pub identified: bool,
    pub appointments: Vec<Appointment>,
}

#[async_trait]
impl Tool for ListMyAppointments {
    type Args = ListMyAppointmentsArgs;
    type Output = ListMyAppointmentsOutput;
    type Prepared = ();

    const NAME: &'static str = "list_my_appointments";
    const DESCRIPTION: &'static str = "The customer's own coming appointments. With identified=false nothing may be \
        said about whether there are any.";
    const ACTION: ActionKind = ActionKind::ReadAppointments;

    async fn call(
        tx: &mut CrmTx,
        context: &ToolContext,
        _args: Self::Args,
        _prepared: Self::Prepared,
    ) -> Result<Done<Self::Output>, ToolError> {
        if !context.assurance_proven {
            let output = ListMyAppointmentsOutput { identified: false, appointments: Vec::new() };
            return Ok(Done::read(output, Vec::new()));
        }
        let mine = load(tx, context).await?;
        let (mut appointments, mut evidence) = (Vec::new(), Vec::new());
        for shown in show_all(tx, context, &mine).await? {
            appointments.push(shown.appointment.clone());
            evidence.extend(shown.into_evidence());
        }
        Ok(Done::read(ListMyAppointmentsOutput { identified: true, appointments }, evidence))
    }
}
