//! `update_customer_profile`: keeps what customers say about themselves.

use async_trait::async_trait;
use forecourt_crm_store::{
    CrmTx,
    customers::{Claim, Customer, CustomerPatch},
    leads::LeadPatch,
};
use forecourt_domain::{
    action::{ActionKind, Channel},
    contact::{ContactKind, EmailAddress},
    evidence::{EffectKind, Evidence, EvidenceClass, Fact, SourceKind},
    ids::CustomerId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    arguments::{Words, given},
    facts::Facts,
    failure::{ToolError, ToolFailure},
    lead_in_progress::{find_or_start, note_with},
    my_appointments::not_identified,
    tool::{Done, Tool, ToolContext},
};

/// Updates the customer's own profile.
pub struct UpdateCustomerProfile;

/// A channel that a customer may prefer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum PreferredChannel {
    Sms,
    Email,
}

impl From<PreferredChannel> for Channel {
    fn from(channel: PreferredChannel) -> Self {
        match channel {
            PreferredChannel::Sms => Self::Sms,
            PreferredChannel::Email => Self::Email,
        }
    }
}

/// What they said about themselves.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCustomerProfileArgs {
    first_name: Option<Words<60>>,
    last_name: Option<Words<60>>,
    email: Option<Words<254>>,
    preferred_channel: Option<PreferredChannel>,
}

/// The fields that were kept.
#[derive(Debug, Serialize)]
pub struct UpdateCustomerProfileOutput {
    pub updated: Vec<&'static str>,
}

#[async_trait]
impl Tool for UpdateCustomerProfile {
    type Args = UpdateCustomerProfileArgs;
    type Output = UpdateCustomerProfileOutput;
    type Prepared = ();

    const NAME: &'static str = "update_customer_profile";
    const DESCRIPTION: &'static str = "Keeps the customer's own name, e-mail address or preferred channel, when they \
        said it themselves. Never for anybody else's.";
    const ACTION: ActionKind = ActionKind::UpdateCustomerProfile;

    async fn call(
        tx: &mut CrmTx,
        context: &ToolContext,
        args: Self::Args,
        _prepared: Self::Prepared,
    ) -> Result<Done<Self::Output>, ToolError> {
        if !context.may_act_for_party() {
            return Err(not_identified().into());
        }
        let email = given(&args.email)
            .map(|text| text.parse::<EmailAddress>().map_err(|error| ToolFailure::bad_argument("email", error)))
            .transpose()?;
        let updated = given_fields(&args);
        if updated.is_empty() {
            return Err(ToolFailure::bad_argument("arguments", "expected at least one field that is not null").into());
        }
        let known = tx.lock_party(context.party_id).await?;
        let customer = keep_profile(tx, context, &args, known).await?;
        if let Some(email) = &email {
            keep_email(tx, context, email, customer.as_ref().map(|customer| customer.id)).await?;
        }
        let facts = customer_facts(context, customer.as_ref());
        let effect = facts.effect(EffectKind::ProfileUpdated);
        let evidence = [facts.into_evidence(), email_facts(context, customer.as_ref(), email.as_ref())].concat();
        Ok(Done::changed(UpdateCustomerProfileOutput { updated }, evidence, effect))
    }
}

fn given_fields(args: &UpdateCustomerProfileArgs) -> Vec<&'static str> {
    [
        ("first_name", given(&args.first_name).is_some()),
        ("last_name", given(&args.last_name).is_some()),
        ("email", given(&args.email).is_some()),
        ("preferred_channel", args.preferred_channel.is_some()),
    ]
    .into_iter()
    .filter_map(|(field, is_given)| is_given.then_some(field))
    .collect()
}

/// Writes to the customer, who is made with the first name. None: nobody yet, and only an address was given.
async fn keep_profile(
    tx: &mut CrmTx,
    context: &ToolContext,
    args: &UpdateCustomerProfileArgs,
    known: Option<CustomerId>,
) -> Result<Option<Customer>, ToolError> {
    let (first_name, last_name) = (given(&args.first_name), given(&args.last_name));
    let preferred_channel = args.preferred_channel.map(Channel::from);
    if let Some(id) = known {
        let patch = CustomerPatch {
            first_name: first_name.map(str::to_owned),
            last_name: last_name.map(str::to_owned),
            preferred_channel,
        };
        let customer = match tx.update_customer(id, &patch).await? {
            Some(changed) => Some(changed),
            None => tx.find_customer(id).await?,
        };
        return Ok(customer);
    }
    match first_name {
        Some(first_name) => {
            let last_name = last_name.unwrap_or_default();
            Ok(Some(tx.insert_customer(context.party_id, first_name, last_name, preferred_channel).await?))
        }
        None if last_name.is_some() || preferred_channel.is_some() => {
            let expected = "nobody is on file for this conversation yet; ask for their first name and send it along";
            Err(ToolFailure::bad_argument("first_name", expected).into())
        }
        None => Ok(None),
    }
}

/// An address that another party owns stays a note for the people of the dealership. The answer is the
/// same either way: whoever types an address learns nothing about its owner.
async fn keep_email(
    tx: &mut CrmTx,
    context: &ToolContext,
    email: &EmailAddress,
    customer_id: Option<CustomerId>,
) -> Result<(), ToolError> {
    let claim = tx.claim_contact_point(context.party_id, ContactKind::Email, email.as_str()).await?;
    match claim {
        Claim::Added | Claim::AlreadyTheirs => {}
        Claim::SomebodyElses => {
            let lead = find_or_start(tx, context, customer_id).await?;
            let line = format!("Says their e-mail is {email}; it is on file for somebody else (possible match).");
            let note = note_with(lead.note.as_deref(), &line);
            tx.update_lead(lead.id, &LeadPatch { note, ..LeadPatch::default() }).await?;
        }
    }
    Ok(())
}

fn source(context: &ToolContext, class: EvidenceClass, customer: Option<&Customer>) -> Facts {
    let (id, version) = customer.map_or((context.party_id.0, 0), |customer| (customer.id.0, customer.version));
    Facts::of(class, SourceKind::Customer, id, version, "the customer")
}

/// Whatever was written into a name, it is what they said: a figure in it is no fact of ours.
fn customer_facts(context: &ToolContext, customer: Option<&Customer>) -> Facts {
    let facts = source(context, EvidenceClass::CustomerSaid, customer);
    match customer {
        Some(customer) => facts.add_text("first_name", &customer.first_name).add_text("last_name", &customer.last_name),
        None => facts,
    }
}

/// They said it: it may be repeated to them, and is confirmed by nothing.
fn email_facts(context: &ToolContext, customer: Option<&Customer>, email: Option<&EmailAddress>) -> Vec<Evidence> {
    source(context, EvidenceClass::CustomerSaid, customer)
        .add_some("email", email.map(|email| Fact::Email(email.as_str().to_owned())))
        .into_evidence()
}
