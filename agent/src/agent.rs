//! The parts an agent is made of, and the limits it works under.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use forecourt_crm_store::{Store, StoreError};
use forecourt_policies::PolicySet;
use forecourt_prompts::{PromptSet, SystemContext};
use forecourt_tools::{Registry, Services};

use crate::{
    in_force::Compiled,
    model::{ChatModel, ToolSchema},
    pricing::Pricing,
    walls::{Guards, Walls},
};

/// How far one turn may go.
#[derive(Debug, Clone, Copy)]
pub struct TurnLimits {
    /// Model calls per turn.
    pub steps: i16,
    /// Tool calls per model call; more are answered with an error.
    pub calls_per_step: usize,
    /// Tool calls that change something, per turn.
    pub effects: usize,
    /// Model time per turn, retries included.
    pub deadline: Duration,
    pub max_output_tokens: u32,
    /// How often a turn goes on with newer facts before it answers with what it has.
    pub restarts: i16,
}

impl Default for TurnLimits {
    fn default() -> Self {
        Self {
            steps: 8,
            calls_per_step: 8,
            effects: 6,
            deadline: Duration::from_secs(45),
            max_output_tokens: 700,
            restarts: 2,
        }
    }
}

/// Everything a turn needs that outlives it. One per process.
pub struct Agent {
    pub(crate) store: Store,
    pub(crate) model: Arc<dyn ChatModel>,
    /// Answers in place of a provider that is down, where a dealership chose that.
    pub(crate) offline: Arc<dyn ChatModel>,
    /// What decides where a dealership has no policies of its own.
    pub(crate) policies: Arc<PolicySet>,
    pub(crate) compiled: Compiled,
    pub(crate) guards: Guards,
    pub(crate) prompts: PromptSet,
    pub(crate) registry: Registry,
    pub(crate) services: Services,
    pub(crate) schemas: Arc<[ToolSchema]>,
    pub(crate) limits: TurnLimits,
    pub(crate) pricing: Pricing,
    /// The hashes of the prompts whose bodies this process has stored, by persona: all else of a prompt
    /// stays the same as long as the process runs.
    kept_prompts: Mutex<HashMap<SystemContext, String>>,
}

/// What an agent is built from.
pub struct AgentParts {
    pub store: Store,
    pub model: Arc<dyn ChatModel>,
    pub offline: Arc<dyn ChatModel>,
    pub walls: Walls,
    pub prompts: PromptSet,
    pub registry: Registry,
    pub services: Services,
    pub limits: TurnLimits,
    /// What `model` costs; the offline one costs nothing.
    pub pricing: Pricing,
}

impl Agent {
    /// An agent from its parts.
    #[must_use]
    pub fn new(parts: AgentParts) -> Self {
        let schemas = parts
            .registry
            .iter()
            .map(|tool| ToolSchema {
                name: tool.name(),
                description: tool.description(),
                parameters: tool.schema().clone(),
            })
            .collect();
        Self {
            store: parts.store,
            model: parts.model,
            offline: parts.offline,
            policies: Arc::new(parts.walls.policies),
            compiled: Compiled::default(),
            guards: parts.walls.guards,
            prompts: parts.prompts,
            registry: parts.registry,
            services: parts.services,
            schemas,
            limits: parts.limits,
            pricing: parts.pricing,
            kept_prompts: Mutex::default(),
        }
    }

    /// The model that answers customers.
    #[must_use]
    pub fn model(&self) -> &dyn ChatModel {
        &*self.model
    }

    /// What the model that answers customers costs.
    #[must_use]
    pub const fn pricing(&self) -> Pricing {
        self.pricing
    }

    /// The store this agent works on.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The hash of the prompt of a persona. Its body is stored, once per process.
    pub(crate) async fn keep_prompt(&self, persona: &SystemContext) -> Result<String, StoreError> {
        let kept = self.kept_prompts.lock().unwrap_or_else(PoisonError::into_inner).get(persona).cloned();
        if let Some(hash) = kept {
            return Ok(hash);
        }
        let schemas: Vec<_> =
            self.schemas.iter().map(|schema| serde_json::to_value(schema).unwrap_or_default()).collect();
        let version = self.prompts.version(&schemas, persona);
        self.store.keep_prompt_body(&version.hash, &version.body).await?;
        let mut kept = self.kept_prompts.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(persona.clone(), version.hash.clone());
        Ok(version.hash)
    }
}
