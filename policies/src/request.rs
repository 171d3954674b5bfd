//! Facts as a Cedar request: principal, action, resource and context.

use cedar_policy::{Context, EntityId, EntityTypeName, EntityUid, ParseErrors, Request, RestrictedExpression};
use forecourt_domain::action::{ActionKind, Channel};
use jiff::Timestamp;

use crate::{Actor, Facts, Fault, PolicyError};

/// The names of the schema's entity types, read once so that a request costs no parsing.
#[derive(Debug, Clone)]
pub(crate) struct Vocabulary {
    agent: EntityTypeName,
    user: EntityTypeName,
    system: EntityTypeName,
    action: EntityTypeName,
    channel: EntityTypeName,
    role: EntityTypeName,
    workflow: EntityTypeName,
    trigger: EntityTypeName,
    autonomy_level: EntityTypeName,
    paused_by: EntityTypeName,
    owner_kind: EntityTypeName,
    consent_state: EntityTypeName,
    after_hours: EntityTypeName,
}

impl Vocabulary {
    /// Reads the names.
    pub(crate) fn new() -> Result<Self, PolicyError> {
        Ok(Self {
            agent: type_name("Agent")?,
            user: type_name("User")?,
            system: type_name("System")?,
            action: type_name("Action")?,
            channel: type_name("Channel")?,
            role: type_name("Role")?,
            workflow: type_name("Workflow")?,
            trigger: type_name("Trigger")?,
            autonomy_level: type_name("AutonomyLevel")?,
            paused_by: type_name("PausedBy")?,
            owner_kind: type_name("OwnerKind")?,
            consent_state: type_name("ConsentState")?,
            after_hours: type_name("AfterHours")?,
        })
    }

    /// The request that `facts` make. It is not checked against the schema again, which would cost
    /// more than the decision: a test does so for every action.
    pub(crate) fn request(&self, facts: &Facts) -> Result<Request, Fault> {
        let unreadable = |message: String| Fault::UnreadableFacts { message };
        let context = Context::from_pairs(self.context(facts)).map_err(|error| unreadable(error.to_string()))?;
        Request::new(self.principal(facts.actor), self.action(facts.action), self.channel(facts.channel), context, None)
            .map_err(|error| unreadable(error.to_string()))
    }

    fn principal(&self, actor: Actor) -> EntityUid {
        match actor {
            Actor::Agent => uid(&self.agent, "assistant"),
            Actor::Copilot { .. } => uid(&self.agent, "copilot"),
            Actor::User { .. } => uid(&self.user, "user"),
            Actor::System => uid(&self.system, "forecourt"),
        }
    }

    fn action(&self, action: ActionKind) -> EntityUid {
        uid(&self.action, action.as_str())
    }

    fn channel(&self, channel: Channel) -> EntityUid {
        uid(&self.channel, channel.as_str())
    }

    /// The attributes of `type Facts` in the schema. Absent facts are left out, so that `has` tells.
    fn context(&self, facts: &Facts) -> impl Iterator<Item = (String, RestrictedExpression)> {
        let word = |name: &EntityTypeName, text: &str| RestrictedExpression::new_entity_uid(uid(name, text));
        let boolean = RestrictedExpression::new_bool;
        let number = |n: u32| RestrictedExpression::new_long(n.into());
        let always = [
            ("workflow", word(&self.workflow, facts.workflow.as_str())),
            ("trigger", word(&self.trigger, facts.trigger.as_str())),
            ("level", word(&self.autonomy_level, facts.level.as_str())),
            ("owner", word(&self.owner_kind, facts.owner.as_str())),
            ("consent", word(&self.consent_state, facts.consent.as_str())),
            ("assurance_proven", boolean(facts.assurance_proven)),
            ("own_profile", boolean(facts.own_profile)),
            ("answers_inbound", boolean(facts.answers_inbound)),
            ("business_open", boolean(facts.business_open)),
            ("after_hours", word(&self.after_hours, facts.after_hours.as_str())),
            ("recipient_minute", number(facts.recipient_minute.into())),
            ("answers_today", number(facts.answers_today)),
            ("answer_cap", number(facts.answer_cap)),
            ("token_cap_reached", boolean(facts.token_cap_reached)),
            ("spend_cap_reached", boolean(facts.spend_cap_reached)),
            ("dealership_suspended", boolean(facts.dealership_suspended)),
        ];
        let sometimes = [
            ("role", facts.actor.role().map(|role| word(&self.role, role.as_str()))),
            ("paused", facts.paused.map(|by| word(&self.paused_by, by.as_str()))),
            ("consent_age_days", facts.consent_age_days.map(number)),
            ("opens_at", facts.opens_at.map(datetime)),
            ("quiet_hours_end", facts.quiet_hours_end.map(datetime)),
        ];
        let present = sometimes.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
        always.into_iter().chain(present).map(|(name, value)| (name.to_owned(), value))
    }
}

fn type_name(text: &str) -> Result<EntityTypeName, PolicyError> {
    text.parse().map_err(|error: ParseErrors| PolicyError::Schema { message: error.to_string() })
}

fn uid(name: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(name.clone(), EntityId::new(id))
}

/// Cedar keeps milliseconds. A decision's `not_before` comes from the facts and loses nothing.
fn datetime(instant: Timestamp) -> RestrictedExpression {
    RestrictedExpression::new_datetime(instant.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cedar_policy::{Schema, SchemaFragment};
    use forecourt_domain::{autonomy::PausedBy, staff::Role};

    use super::*;
    use crate::built_in::SCHEMA;

    /// Facts with every optional field absent, and with every one present.
    fn least_and_most() -> [Facts; 2] {
        let least: Facts = serde_json::from_str(include_str!("../tests/facts.v2.json")).unwrap();
        let least = Facts { consent_age_days: None, ..least };
        let most = Facts {
            actor: Actor::Copilot { role: Role::Bdc },
            paused: Some(PausedBy::Dealership),
            consent_age_days: Some(u32::MAX),
            opens_at: Some(Timestamp::UNIX_EPOCH),
            quiet_hours_end: Some("2026-11-21T15:00:00.123456Z".parse().unwrap()),
            ..least
        };
        [least, most]
    }

    #[test]
    fn the_request_of_every_action_and_actor_fits_the_schema() {
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA.text).unwrap();
        let vocabulary = Vocabulary::new().unwrap();
        let role = Role::Viewer;
        for actor in [Actor::Agent, Actor::Copilot { role }, Actor::User { role }, Actor::System] {
            for (&action, &channel) in ActionKind::ALL.iter().zip(Channel::ALL.iter().cycle()) {
                for facts in least_and_most() {
                    let request = vocabulary.request(&Facts { actor, action, channel, ..facts }).unwrap();
                    let part = |uid: Option<&EntityUid>| uid.unwrap().clone();
                    Request::new(
                        part(request.principal()),
                        part(request.action()),
                        part(request.resource()),
                        request.context().unwrap().clone(),
                        Some(&schema),
                    )
                    .unwrap();
                }
            }
        }
    }

    #[test]
    fn policies_see_every_fact_of_the_schema_and_no_other() {
        let (fragment, _) = SchemaFragment::from_cedarschema_str(SCHEMA.text).unwrap();
        let schema = fragment.to_json_value().unwrap();
        let described: BTreeSet<_> =
            schema[""]["commonTypes"]["Facts"]["attributes"].as_object().unwrap().keys().cloned().collect();
        let [_, most] = least_and_most();
        let seen = Vocabulary::new().unwrap().context(&most).map(|(name, _)| name).collect();
        assert_eq!(described, seen);
    }

    #[test]
    fn every_recorded_fact_reaches_the_policies() {
        let [_, most] = least_and_most();
        let recorded = serde_json::to_value(most).unwrap();
        // The actor is principal and role, the action and the channel are action and resource.
        let outside = ["actor", "action", "channel"].map(str::to_owned);
        let expected: BTreeSet<_> = recorded
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| !outside.contains(name))
            .cloned()
            .chain(["role".to_owned()])
            .collect();
        let seen = Vocabulary::new().unwrap().context(&most).map(|(name, _)| name).collect();
        assert_eq!(expected, seen);
    }
}
