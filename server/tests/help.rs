//! What `--help` says: the main command and every command below it.
#![allow(clippy::unwrap_used, reason = "these are tests")]

use clap::{Command, CommandFactory};
use forecourt_server::cli::Cli;

/// The help of a command and of those below it, each under its name.
fn help(command: &mut Command, name: &str, all: &mut Vec<(String, String)>) {
    // Settings are the same everywhere; the main command shows them.
    let text = command.render_long_help().to_string();
    let own = text.split("\nSettings:\n").next().unwrap_or_default();
    let shown = if all.is_empty() { text.as_str() } else { own };
    all.push((name.replace(' ', "_"), shown.trim_end().to_owned()));
    for below in command.get_subcommands_mut().filter(|below| below.get_name() != "help") {
        let name = format!("{name} {}", below.get_name());
        help(below, &name, all);
    }
}

#[test]
fn every_command_says_what_it_does() {
    let mut command = Cli::command().term_width(100);
    command.build();
    let mut all = Vec::new();
    help(&mut command, "forecourt", &mut all);
    let names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"forecourt_dealership_create") && names.contains(&"forecourt_chat"), "{names:?}");
    for (name, text) in all {
        insta::assert_snapshot!(name, text);
    }
}
