//! Holds every key of the configuration to what it does: findings with it and without it, through the command line.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;

use podlint::config::keys::KEYS;
use serde_json::Value;
use support::run::{podlint, project};
use support::{bless, is_update, repository};

/// The keys of one case of `tests/options.md`, and what they change.
struct Case {
    key: String,
    files: Vec<(String, String)>,
    /// What both runs have beside the key.
    base: String,
    config: String,
    expected: String,
}

/// Cases are headings with the key's name; each block of code is a file, named behind its language; a block `with` is the
/// configuration in question, one `base` what the other run has, too.
fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(key) = line.strip_prefix("## ") {
            let key = key.trim_matches('`').to_owned();
            let (base, config, expected) = Default::default();
            cases.push(Case { key, files: Vec::new(), base, config, expected });
        } else if let Some(head) = line.strip_prefix("```") {
            let body: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            let case = cases.last_mut().expect("a block belongs to a case");
            match head.split_once(' ') {
                Some((_, "base")) => case.base = body,
                Some((_, "with")) => case.config = body,
                Some((_, name)) => case.files.push((name.to_owned(), body)),
                None => case.expected = body,
            }
        }
    }
    cases
}

/// Findings of a check, `file:line severity rule`, and its exit code.
fn check(case: &Case, config: &str) -> BTreeSet<String> {
    let files: Vec<(&str, &str)> = case.files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = project(&files);
    std::fs::write(folder.path().join("podlint.toml"), config).unwrap();
    let run = |arguments: &[&str]| podlint(folder.path(), arguments);
    // What is about pods changes these, not findings.
    if case.key.starts_with("render.") || ["flyte-config", "flyte-backend"].contains(&&*case.key) {
        let output = run(&["render", &case.files[0].0]);
        return String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    }
    // How old a snapshot is only the summary says, and other than with this key that changes by the day.
    if case.key == "cluster-max-age" {
        let output = run(&["check", "--format", "concise"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        return text.split("more than ").skip(1).map(|rest| format!("more than {}", rest.trim())).collect();
    }
    let output = run(&["check", "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let text = |found: &Value, key: &str| found[key].as_str().unwrap_or_default().to_owned();
    let line = |found: &Value| {
        let known = if found["known"] == true { " (known)" } else { "" };
        let place = format!("{}:{}", text(found, "file"), found["start"]["line"]);
        format!("{place} {} {}{known}", text(found, "severity"), text(found, "rule"))
    };
    let findings = report["findings"].as_array().expect("findings");
    let code = format!("exit code {}", output.status.code().unwrap_or(-1));
    findings.iter().map(line).chain([code]).collect()
}

#[test]
fn every_key_changes_what_it_says() {
    let path = repository("tests/options.md");
    let page = std::fs::read_to_string(&path).expect("the cases");
    let mut page = page.clone();
    let cases = cases(&page);
    for case in &cases {
        let without = check(case, &case.base);
        // Keys of the top come before tables, so the key in question goes first unless it is in a table itself.
        let config =
            if case.config.starts_with('[') { [&*case.base, &*case.config] } else { [&*case.config, &*case.base] };
        let with = check(case, &config.concat());
        let gone = without.difference(&with).map(|line| format!("- {line}\n"));
        let more = with.difference(&without).map(|line| format!("+ {line}\n"));
        let found: String = gone.chain(more).collect();
        assert!(!found.is_empty(), "`{}` changes nothing: {with:#?}", case.key);
        let is_refusal = case.key == "required-version";
        assert!(is_refusal || !with.contains("exit code 2"), "`{}` cannot be used: {with:#?}", case.key);
        assert!(is_update() || found == case.expected, "`{}`:\n{found}", case.key);
        let head = format!("## `{}`\n", case.key);
        let start = page.find(&head).expect("the case") + head.len();
        let end = page[start..].find("\n## ").map_or(page.len(), |at| start + at + 1);
        let body = page[start..end].split("```diff\n").next().unwrap_or_default().trim_end().to_owned();
        let tail = if end == page.len() { "" } else { "\n" };
        page.replace_range(start..end, &format!("{body}\n```diff\n{found}```\n{tail}"));
    }
    bless(&path, &page);
    let told: BTreeSet<&str> = cases.iter().map(|case| case.key.as_str()).collect();
    let all: BTreeSet<&str> = KEYS.iter().map(|key| key.name).collect();
    assert_eq!(told, all, "tests/options.md has a case for each key");
}
