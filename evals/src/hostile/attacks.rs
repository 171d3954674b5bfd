//! Texts that tell a model to do what it must not. They stand wherever foreign words can stand.

use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    text: String,
}

/// The attacks of this repository, one a line.
#[must_use]
pub fn own() -> Vec<String> {
    include_str!("../../attacks/attacks.txt").lines().map(str::to_owned).collect()
}

/// Attacks of the caller's: a file of JSON lines with a `text` each, or of plain lines.
///
/// # Errors
/// When the file cannot be read or a line of JSON has no text.
pub fn read(path: &Path) -> anyhow::Result<Vec<String>> {
    let file = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = file.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            if !line.starts_with('{') {
                return Ok(line.to_owned());
            }
            let line: Line = serde_json::from_str(line).context("a line of the attacks")?;
            Ok(line.text)
        })
        .collect()
}
