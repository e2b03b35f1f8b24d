//! What the program is made of: licences, versions, sources and the number of crates, held to `deny.toml` without a network.
#![allow(clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use support::repository;

/// More crates than this in the program want a reason.
const MOST_CRATES: usize = 180;

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--offline", "--locked"])
        .current_dir(repository(""))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The strings of one list of `deny.toml`.
fn listed(name: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(repository("deny.toml")).expect("deny.toml");
    let start = text.find(&format!("\n{name} = [")).unwrap_or_else(|| panic!("deny.toml has no `{name}`"));
    let list = text.get(start..).and_then(|rest| rest.split(']').next()).expect("a list");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The packages that are built for this machine, tests included, from the registry's metadata.
fn packages() -> Vec<Value> {
    let host = cargo_host();
    let metadata = cargo(&["metadata", "--format-version", "1", "--filter-platform", &host]);
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let used: BTreeSet<&str> =
        metadata["resolve"]["nodes"].as_array().expect("nodes").iter().filter_map(|node| node["id"].as_str()).collect();
    let all = metadata["packages"].as_array().expect("packages");
    all.iter().filter(|package| package["id"].as_str().is_some_and(|id| used.contains(id))).cloned().collect()
}

fn cargo_host() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host").to_owned()
}

fn text<'v>(package: &'v Value, key: &str) -> &'v str {
    package[key].as_str().unwrap_or_default()
}

/// Whether an expression of SPDX, or the old form with slashes, can be met by the allowed licences.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.replace('/', " OR ");
    expression.split(" AND ").all(|part| {
        let choices = part.trim_matches(['(', ')', ' ']).split(" OR ");
        choices.map(|choice| choice.trim_matches(['(', ')', ' '])).any(|choice| allowed.contains(choice))
    })
}

#[test]
fn licences_are_allowed_ones() {
    let allowed = listed("allow");
    let own = |package: &&Value| text(package, "name") != "podlint";
    for package in packages().iter().filter(own) {
        let licence = text(package, "license");
        assert!(is_allowed(licence, &allowed), "{} is under {licence:?}", text(package, "name"));
    }
    assert!(!is_allowed("GPL-3.0", &allowed) && !is_allowed("(MIT OR Apache-2.0) AND GPL-3.0", &allowed));
}

#[test]
fn everything_comes_from_the_registry() {
    for package in packages() {
        let source = text(&package, "source");
        let fine = source.is_empty() && text(&package, "name") == "podlint"
            || source == "registry+https://github.com/rust-lang/crates.io-index";
        assert!(fine, "{} comes from {source:?}", text(&package, "name"));
    }
}

#[test]
fn no_crate_is_there_twice_or_banned() {
    let (skip, banned) = (listed("skip"), listed("deny"));
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages() {
        let (name, version) = (text(&package, "name").to_owned(), text(&package, "version").to_owned());
        assert!(!banned.contains(&name), "{name} is banned");
        versions.entry(name).or_default().insert(version);
    }
    for (name, versions) in versions.iter().filter(|(name, _)| !skip.contains(*name)) {
        assert!(versions.len() == 1, "{name} is there as {versions:?}: mend it, or give the reason in deny.toml");
    }
}

#[test]
fn the_program_stays_small() {
    let tree = cargo(&["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let crates: BTreeSet<&str> =
        tree.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.is_empty()).collect();
    assert!(crates.len() <= MOST_CRATES, "{} crates: is the new one worth it?", crates.len());
}
