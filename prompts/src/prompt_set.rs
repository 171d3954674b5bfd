//! A set of prompt templates, built in or drafted, and how they are rendered.

use std::{borrow::Cow, collections::BTreeMap};

use minijinja::{AutoEscape, Environment, UndefinedBehavior, value::Serde};
use serde::Serialize;
use serde_json::Value;

use crate::{
    changing::{ChangingContext, GuardFeedback},
    system::SystemContext,
    version::PromptVersion,
};

/// More work than any prompt needs; a draft that loops for ever ends here.
const FUEL: u64 = 100_000;

/// The templates of the customer assistant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PromptName {
    /// Persona and rules.
    System,
    /// The facts of a turn.
    Changing,
    /// Why a draft was held back.
    GuardFeedback,
}

impl PromptName {
    /// Every template, in order.
    pub const ALL: [Self; 3] = [Self::System, Self::Changing, Self::GuardFeedback];

    /// The template's path below `prompts/templates`.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::System => "customer/system.md.j2",
            Self::Changing => "customer/changing.md.j2",
            Self::GuardFeedback => "customer/guard_feedback.md.j2",
        }
    }

    const fn built_in(self) -> &'static str {
        match self {
            Self::System => include_str!("../templates/customer/system.md.j2"),
            Self::Changing => include_str!("../templates/customer/changing.md.j2"),
            Self::GuardFeedback => include_str!("../templates/customer/guard_feedback.md.j2"),
        }
    }
}

/// A template that cannot be rendered. The text names template, line and problem, no values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{template}, line {line}: {problem}; correct the template")]
pub struct PromptError {
    pub template: &'static str,
    /// From 1; 0 where the problem has no line.
    pub line: usize,
    pub problem: String,
}

/// Templates to render prompts from. What a template asks for and its context lacks is an error.
#[derive(Debug, Clone)]
pub struct PromptSet {
    sources: BTreeMap<PromptName, Cow<'static, str>>,
    /// Each source compiled, where no other can be included. One that does not compile is missing and
    /// fails when it is rendered.
    compiled: BTreeMap<PromptName, Environment<'static>>,
}

impl PromptSet {
    /// The templates that came with this version of the program.
    #[must_use]
    pub fn built_in() -> Self {
        let sources = PromptName::ALL.into_iter().map(|name| (name, Cow::Borrowed(name.built_in()))).collect();
        let compiled = PromptName::ALL.into_iter().map(|name| {
            let mut environment = environment();
            let _ = environment.add_template(name.path(), name.built_in());
            (name, environment)
        });
        Self { sources, compiled: compiled.collect() }
    }

    /// The same set with `source` in place of one template.
    ///
    /// # Errors
    /// When the sample of that template's context cannot be rendered with it.
    pub fn with_draft(mut self, name: PromptName, source: String) -> Result<Self, PromptError> {
        let mut environment = environment();
        environment.add_template_owned(name.path(), source.clone()).map_err(|error| problem(name, &error))?;
        self.compiled.insert(name, environment);
        self.sources.insert(name, Cow::Owned(source));
        match name {
            PromptName::System => self.render_system(&SystemContext::sample())?,
            PromptName::Changing => self.render_changing(&ChangingContext::sample())?,
            PromptName::GuardFeedback => self.render_guard_feedback(&GuardFeedback::sample())?,
        };
        Ok(self)
    }

    /// Persona and rules: the first message of every request.
    ///
    /// # Errors
    /// When a draft does not render; the built-in template always does.
    pub fn render_system(&self, context: &SystemContext) -> Result<String, PromptError> {
        self.render(PromptName::System, context.on_lines())
    }

    /// The facts of a turn: the last message of its first request.
    ///
    /// # Errors
    /// When a draft does not render; the built-in template always does.
    pub fn render_changing(&self, context: &ChangingContext) -> Result<String, PromptError> {
        self.render(PromptName::Changing, context.lines())
    }

    /// Why a draft was held back: the message after it.
    ///
    /// # Errors
    /// When a draft does not render; the built-in template always does.
    pub fn render_guard_feedback(&self, feedback: &GuardFeedback) -> Result<String, PromptError> {
        self.render(PromptName::GuardFeedback, feedback.lines())
    }

    /// The version of this prompt with the given tool schemas and persona.
    #[must_use]
    pub fn version(&self, tools: &[Value], persona: &SystemContext) -> PromptVersion {
        let sources = self.sources.iter().map(|(name, source)| (name.path(), source.as_ref()));
        PromptVersion::of(sources, tools, persona)
    }

    fn render(&self, name: PromptName, context: impl Serialize) -> Result<String, PromptError> {
        let missing = Environment::empty();
        let template = self.compiled.get(&name).unwrap_or(&missing).get_template(name.path());
        template.and_then(|template| template.render(Serde(context))).map_err(|error| problem(name, &error))
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment
}

fn problem(name: PromptName, error: &minijinja::Error) -> PromptError {
    PromptError { template: name.path(), line: error.line().unwrap_or(0), problem: error.kind().to_string() }
}
