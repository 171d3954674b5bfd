//! Templates and scripts hold nothing that the content security policy forbids.

use std::{fs, path::PathBuf};

fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../console")).join(folder);
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty());
    files.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn no_template_needs_inline_styles_or_scripts() {
    for (path, text) in files("templates") {
        for line in text.lines() {
            let place = || format!("{}: {line}", path.display());
            for forbidden in ["style=", "<style", "hx-on", "js:", "javascript:", "|safe"] {
                assert!(!line.contains(forbidden), "{forbidden} in {}", place());
            }
            for script in line.split("<script").skip(1) {
                assert!(script.trim_start().starts_with("src="), "an inline script in {}", place());
            }
            for attribute in line.split_whitespace().filter_map(|word| word.split_once('=')) {
                let is_handler =
                    attribute.0.strip_prefix("on").is_some_and(|rest| rest.chars().all(char::is_alphabetic));
                assert!(!is_handler, "a handler in {}", place());
            }
            if let Some((_, trigger)) = line.split_once("hx-trigger=\"") {
                let trigger = trigger.split('"').next().unwrap();
                assert!(!trigger.contains('['), "a trigger with code in {}", place());
            }
        }
    }
}

#[test]
fn no_script_makes_code_or_markup_from_text() {
    for (path, text) in
        files("assets").into_iter().filter(|(path, _)| path.extension().is_some_and(|kind| kind == "js"))
    {
        for forbidden in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "new Function", "document.write", ".style"]
        {
            assert!(!text.contains(forbidden), "{forbidden} in {}", path.display());
        }
    }
}
