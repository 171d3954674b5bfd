//! What a yes is about to run: stored or edited arguments, decoded by their tools and prepared outside of any lock.

use forecourt_crm_store::{
    StoreError,
    proposals::{Edit, Item, Proposal},
};
use forecourt_tools::{PreparedCall, ToolContext, ToolError};
use serde_json::json;

use super::{ApprovalError, Change, ItemEdit};
use crate::agent::Agent;

/// An item that can run.
pub(super) struct Ready {
    pub item: Item,
    pub run: Run,
    /// What the approver made of it.
    pub edit: Option<Edit>,
}

pub(super) enum Run {
    Words(String),
    Call(PreparedCall),
}

/// An item as it was stored cannot run any more.
pub(super) struct Unusable {
    pub item_no: i16,
    pub why: String,
}

impl Agent {
    /// Prepares every item in order. What is wrong with an edit is told to whoever made it.
    pub(super) async fn prepare_items(
        &self,
        proposal: &Proposal,
        context: &ToolContext,
        edits: &[ItemEdit],
    ) -> Result<Result<Vec<Ready>, Unusable>, ApprovalError> {
        if let Some(stray) = edits.iter().find(|edit| proposal.pending().all(|item| item.no != edit.item_no)) {
            return Err(edit_refused(stray.item_no, "there is no such item to edit"));
        }
        let mut ready = Vec::new();
        for item in proposal.pending() {
            let edit = edits.iter().find(|edit| edit.item_no == item.no);
            match self.prepare_item(item, context, edit).await? {
                Ok(prepared) => ready.push(prepared),
                Err(why) if edit.is_some() => return Err(edit_refused(item.no, &why)),
                Err(why) => return Ok(Err(Unusable { item_no: item.no, why })),
            }
        }
        if ready.is_empty() {
            let why = "it was proposed by an earlier version and cannot run".to_owned();
            return Ok(Err(Unusable { item_no: 0, why }));
        }
        Ok(Ok(ready))
    }

    async fn prepare_item(
        &self,
        item: &Item,
        context: &ToolContext,
        edit: Option<&ItemEdit>,
    ) -> Result<Result<Ready, String>, StoreError> {
        let Some(tool) = item.tool.as_deref() else { return Ok(words(item, edit)) };
        let arguments = match edit.map(|edit| &edit.change) {
            None => &item.arguments,
            Some(Change::Arguments(arguments)) => arguments,
            Some(Change::Text(_)) => return Ok(Err("it has arguments and no text".to_owned())),
        };
        let Some(tool) = self.registry.get(tool) else { return Ok(Err(format!("there is no tool {tool} any more"))) };
        let call = match tool.decode(&arguments.to_string()) {
            Ok(call) => call,
            Err(failure) => return Ok(Err(failure.message)),
        };
        let after = call.arguments().clone();
        let edit = (after != item.arguments).then(|| Edit { before: item.arguments.clone(), after });
        match call.prepare(&self.services, context).await {
            Ok(prepared) => Ok(Ok(Ready { item: item.clone(), run: Run::Call(prepared), edit })),
            Err(ToolError::Told(failure)) => Ok(Err(failure.message)),
            Err(ToolError::Store(error)) => Err(error),
        }
    }
}

fn words(item: &Item, edit: Option<&ItemEdit>) -> Result<Ready, String> {
    let stored = item.text().unwrap_or_default();
    let text = match edit.map(|edit| &edit.change) {
        None => stored,
        Some(Change::Text(text)) => text.trim(),
        Some(Change::Arguments(_)) => return Err("it has a text and no arguments".to_owned()),
    };
    if text.is_empty() {
        return Err("an empty text cannot be sent".to_owned());
    }
    let edit = (text != stored).then(|| Edit { before: item.arguments.clone(), after: json!({ "text": text }) });
    Ok(Ready { item: item.clone(), run: Run::Words(text.to_owned()), edit })
}

pub(super) fn edit_refused(item_no: i16, reason: &str) -> ApprovalError {
    ApprovalError::EditRefused { item_no, reasons: vec![reason.to_owned()] }
}
