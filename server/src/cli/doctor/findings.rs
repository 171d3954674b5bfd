//! What the doctor found: each thing well, worth a look, or wrong with its fix.

use forecourt_crm_store::StoreError;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Ok,
    Warn,
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub verdict: Verdict,
    pub what: String,
    /// How to fix it; none where nothing is to fix.
    pub fix: Option<String>,
}

impl Finding {
    pub fn ok(what: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, what: what.into(), fix: None }
    }

    pub fn warn(what: impl Into<String>, fix: &str) -> Self {
        Self { verdict: Verdict::Warn, what: what.into(), fix: Some(fix.to_owned()) }
    }

    pub fn fail(what: impl Into<String>, fix: &str) -> Self {
        Self { verdict: Verdict::Fail, what: what.into(), fix: Some(fix.to_owned()) }
    }
}

/// Everything that was found, in the order it was looked at.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub fn add(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// A question that the database refused is a finding too.
    pub fn add_result(&mut self, result: Result<Finding, StoreError>) {
        match result {
            Ok(finding) => self.add(finding),
            Err(error) => self.add_error(&error),
        }
    }

    pub fn add_error(&mut self, error: &StoreError) {
        self.add(Finding::fail("the database refused a question", &error.to_string()));
    }

    pub fn any_failed(&self) -> bool {
        self.0.iter().any(|finding| finding.verdict == Verdict::Fail)
    }

    /// One line for each finding, and one for its fix.
    pub fn lines(&self) -> Vec<String> {
        let line = |finding: &Finding| {
            let verdict = match finding.verdict {
                Verdict::Ok => "ok  ",
                Verdict::Warn => "warn",
                Verdict::Fail => "FAIL",
            };
            let fix =
                finding.fix.iter().flat_map(|fix| fix.lines().map(|line| format!("      {line}")).collect::<Vec<_>>());
            std::iter::once(format!("{verdict}  {}", finding.what)).chain(fix).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(line).collect()
    }
}
