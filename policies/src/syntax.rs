//! Cedar text into policies and against the schema, with errors that a person can act on.

use std::{collections::BTreeSet, str::FromStr as _};

use cedar_policy::{
    ParseErrors, Policy, PolicySet as CedarPolicies, Schema, ValidationMode, Validator, ffi::DetailedError,
};

use crate::{PolicyError, built_in::Source};

/// Reads the policies of a source, in the order in which they stand there. Templates are refused.
pub(crate) fn parse(source: Source<'_>) -> Result<Vec<Policy>, PolicyError> {
    let parsed = CedarPolicies::from_str(source.text).map_err(|errors| {
        let (line, message) = located(&errors, source.text);
        PolicyError::Syntax { file: source.file.to_owned(), line, message }
    })?;
    if parsed.templates().next().is_some() {
        return Err(PolicyError::Template);
    }
    let mut policies: Vec<_> = parsed.policies().cloned().collect();
    // Cedar numbers them as they come (policy0, policy1, …) and hands them out in no order.
    policies.sort_by_cached_key(|policy| {
        let number = policy.id().to_string();
        (number.len(), number)
    });
    Ok(policies)
}

/// Everything in which policies do not fit the schema, sorted. Warnings count: a policy that can never
/// match, or that looks like another word than it is, is a mistake of whoever wrote it.
pub(crate) fn misfits<'a>(schema: &Schema, sets: impl IntoIterator<Item = &'a CedarPolicies>) -> Vec<String> {
    let validator = Validator::new(schema.clone());
    let mut messages = BTreeSet::new();
    for policies in sets {
        let result = validator.validate(policies, ValidationMode::Strict);
        messages.extend(result.validation_errors().map(|error| without_action(&error.to_string())));
        messages.extend(result.validation_warnings().map(ToString::to_string));
    }
    messages.into_iter().collect()
}

/// Cedar says the same of every action that a policy could concern; once is enough.
fn without_action(message: &str) -> String {
    let cut = message.split_once(" for Action::\"").and_then(|(before, rest)| Some((before, rest.split_once('"')?.1)));
    cut.map_or_else(|| message.to_owned(), |(before, after)| format!("{before}{after}"))
}

/// The first error with its line. Only Cedar's errors for foreign languages tell where they are.
fn located(errors: &ParseErrors, text: &str) -> (Option<usize>, String) {
    let DetailedError { message, source_locations, .. } = errors.into();
    let line = source_locations
        .first()
        .map(|label| text.bytes().take(label.loc.start).filter(|byte| *byte == b'\n').count() + 1);
    (line, message)
}
