//! `get_vehicle`: everything a customer may know of one vehicle.

use async_trait::async_trait;
use forecourt_crm_store::CrmTx;
use forecourt_domain::action::ActionKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    arguments::Words,
    failure::{ToolError, ToolFailure},
    tool::{Done, Tool, ToolContext},
    vehicle_output::{VehicleDetail, detail},
};

/// Reads one vehicle.
pub struct GetVehicle;

/// Which vehicle.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetVehicleArgs {
    /// A stock number or VIN as it was said in the conversation.
    stock_number: Words<40>,
}

/// The vehicle; null if no vehicle has that number.
#[derive(Debug, Serialize)]
pub struct GetVehicleOutput {
    pub vehicle: Option<VehicleDetail>,
}

#[async_trait]
impl Tool for GetVehicle {
    type Args = GetVehicleArgs;
    type Output = GetVehicleOutput;
    type Prepared = ();

    const NAME: &'static str = "get_vehicle";
    const DESCRIPTION: &'static str = "Everything about one vehicle: price, features, whether it is still available. \
        Use it again before repeating anything said about a vehicle earlier; it may have changed or been sold.";
    const ACTION: ActionKind = ActionKind::ReadInventory;

    async fn call(
        tx: &mut CrmTx,
        _context: &ToolContext,
        args: Self::Args,
        _prepared: Self::Prepared,
    ) -> Result<Done<Self::Output>, ToolError> {
        let number = args
            .stock_number
            .get()
            .ok_or_else(|| ToolFailure::bad_argument("stock_number", "expected a stock number or VIN"))?;
        let Some(vehicle) = tx.find_vehicle(number).await? else {
            return Ok(Done::read(GetVehicleOutput { vehicle: None }, Vec::new()));
        };
        let (vehicle, evidence) = detail(&vehicle);
        Ok(Done::read(GetVehicleOutput { vehicle: Some(vehicle) }, evidence))
    }
}
