//! The test inputs that are shared with other projects and never committed.

use std::path::PathBuf;

/// A file of the shared test inputs as text, or a line that says why the test did nothing.
#[allow(clippy::print_stdout, reason = "a skipped test says so")]
pub fn shared(file: &str) -> Option<String> {
    let folder = std::env::var_os("FORECOURT_SHARED_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")), PathBuf::from);
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path);
    if text.is_err() {
        println!("skipped: {} is absent (set FORECOURT_SHARED_DATA)", path.display());
    }
    text.ok()
}
