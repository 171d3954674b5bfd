//! How this program is called, so that a command that is shown can be typed as it stands.

use std::path::Path;

/// What to type for `forecourt`: the path this process was started by, where that names the program.
#[must_use]
pub fn name() -> String {
    let started = std::env::args_os().next().unwrap_or_default();
    as_typed(Path::new(&started))
}

fn as_typed(started: &Path) -> String {
    let is_program = started.file_stem().is_some_and(|name| name == "forecourt");
    if is_program { started.display().to_string() } else { "forecourt".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_typed_as_it_is_shown() {
        for (started, typed) in [
            ("target/debug/forecourt", "target/debug/forecourt"),
            ("forecourt", "forecourt"),
            ("/deps/console-1a2b", "forecourt"),
            ("", "forecourt"),
        ] {
            assert_eq!(as_typed(Path::new(started)), typed);
        }
    }
}
