//! Holds what is said of patches: files that a kustomization names, and documents with directives, are parts of manifests.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use podlint::config::{Limits, Settings};
use podlint::frontend;
use podlint::lint::lint_in;
use podlint::project::{Choice, Project, Trust, lint_file};
use podlint::rules::RULES;
use podlint::source::{Language, Modules, SourceFile};
use serde_json::Value;
use support::run::project;
use support::{Case, bless, cases, describe, is_update, repository, show, source};

/// A project in which a kustomization names every file, or none.
struct Named(bool);

impl Modules for Named {
    fn find(&self, _: &Path, _: &str) -> Option<Arc<SourceFile>> {
        None
    }

    fn is_patch(&self, _: &Path) -> bool {
        self.0
    }
}

/// What is found in a case; its heading says whether a kustomization names it, and then all rules are on.
fn run(case: &Case) -> String {
    let file = source(&case.language, &case.code);
    let is_named = case.name.starts_with("named");
    let settings = if is_named { every_rule() } else { Settings::default() };
    let report = lint_in(&file, &settings, &Named(is_named));
    report.diagnostics.iter().map(|found| describe(&file, &report, found)).collect()
}

#[test]
fn fixtures_hold() {
    let path = repository("tests/patches.md");
    let mut blessed = "# Patches\n".to_owned();
    for case in cases(&std::fs::read_to_string(&path).expect("the fixture")) {
        let found = run(&case);
        if !is_update() {
            let expected = case.expected.first().map(|(_, text)| text.clone()).unwrap_or_default();
            assert_eq!(found, expected, "{}", case.name);
        }
        blessed.push_str(&format!("\n## {}\n```{}\n{}```\n", case.name, case.language, case.code));
        if !found.is_empty() {
            blessed.push_str(&format!("```findings\n{found}```\n"));
        }
    }
    bless(&path, &blessed);
}

fn every_rule() -> Settings {
    let off = RULES.iter().filter(|rule| !rule.enabled_by_default);
    Settings { severities: off.map(|rule| (rule.name.to_owned(), rule.severity)).collect(), ..Settings::default() }
}

/// The rules that speak on a manifest.
fn rules_on(manifest: &Value, is_patch: bool) -> BTreeSet<&'static str> {
    let file = SourceFile::new("part.json", Language::Json, manifest.to_string());
    lint_in(&file, &every_rule(), &Named(is_patch)).diagnostics.iter().map(|found| found.rule).collect()
}

/// All values in a manifest but those that say what it is, as pointers.
fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
    let mut add = |key: &str, value: &Value| {
        let key = key.replace('~', "~0").replace('/', "~1");
        found.push(format!("{here}/{key}"));
        pointers(value, &format!("{here}/{key}"), found);
    };
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| !here.is_empty() || !matches!(key.as_str(), "kind" | "apiVersion"))
            .for_each(|(key, value)| add(key, value)),
        Value::Array(list) => list.iter().enumerate().for_each(|(index, value)| add(&index.to_string(), value)),
        _ => {}
    }
}

fn without(manifest: &Value, pointer: &str) -> Value {
    let mut manifest = manifest.clone();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    match manifest.pointer_mut(parent).expect("a parent") {
        Value::Object(map) => drop(map.remove(&key.replace("~1", "/").replace("~0", "~"))),
        Value::Array(list) => drop(list.remove(key.parse().expect("an index"))),
        _ => panic!("{pointer}"),
    }
    manifest
}

/// The manifests in the fixtures of all rules.
fn manifests() -> Vec<Value> {
    let mut found = Vec::new();
    for rule in RULES {
        let Ok(text) = std::fs::read_to_string(repository(&format!("tests/rules/{}.md", rule.name))) else { continue };
        for case in cases(&text).iter().filter(|case| case.language == "yaml" && !case.code.contains("{{")) {
            let read = frontend::manifests(&source("yaml", &case.code), &Limits::default());
            found.extend(read.unwrap_or_default().iter().map(show));
        }
    }
    found
}

/// Rules that say of a container or port, when it may be another, what else a second rule says.
const INSTEAD: &[(&str, &str)] = &[
    ("sidecar-missing-image", "template-placeholder-image"),
    ("sidecar-missing-limits", "template-placeholder-image"),
    ("invalid-port", "port-clash"),
];

/// The rule that says that no pod has anything of a container: what else is found in it is left out where its name says so.
const DROPPED: &str = "template-container-dropped";

/// Makes a change at each place of all manifests, one at a time, which must not bring any rule to speak.
fn assert_silent_changes(are_patches: bool, change: impl Fn(&Value, &str) -> Option<Value>) {
    let mut faults = Vec::new();
    for manifest in manifests() {
        let whole = rules_on(&manifest, false);
        let mut places = Vec::new();
        pointers(&manifest, "", &mut places);
        for place in places {
            let Some(changed) = change(&manifest, &place) else { continue };
            let mut more = rules_on(&changed, are_patches);
            more.retain(|rule| !whole.contains(rule));
            more.retain(|rule| !INSTEAD.iter().any(|(own, other)| own == rule && whole.contains(other)));
            let is_within = place.contains("ontainers/") && whole.iter().any(|rule| *rule == DROPPED);
            if !more.is_empty() && !is_within {
                faults.push(format!("{more:?} at {place}: {changed}"));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_part_of_a_manifest_has_no_fault_that_the_whole_has_not() {
    assert_silent_changes(true, |manifest, place| Some(without(manifest, place)));
}

#[test]
fn a_value_that_is_not_known_has_no_fault_that_a_known_one_has_not() {
    assert_silent_changes(false, |manifest, place| {
        let mut manifest = manifest.clone();
        let value = manifest.pointer_mut(place).filter(|value| !value.is_object() && !value.is_array())?;
        *value = "{{ x }}".into();
        Some(manifest)
    });
}

/// What is found in a file of a project, by rule.
fn rules_in(folder: &Path, file: &str) -> Vec<&'static str> {
    let project = Project::configured(Vec::new(), Choice::Isolated, Vec::new(), &[folder.to_owned()], Trust::default());
    let (_, report) = lint_file(&folder.join(file), Language::Yaml, &project).expect("a file");
    report.diagnostics.iter().map(|found| found.rule).collect()
}

const PATCH: &str = "\
apiVersion: batch/v1
kind: Job
metadata: {name: train}
spec: {template: {spec: {containers: [{name: train}]}}}
";

#[test]
fn kustomizations_name_patches_in_all_their_ways() {
    let kustomizations = [
        ("kustomization.yaml", "patches:\n- path: patches/cpu.yaml\n"),
        ("kustomization.yml", "patches:\n- {path: ./patches/../patches/cpu.yaml, target: {kind: Job}}\n"),
        ("Kustomization", "kind: Component\npatchesStrategicMerge: [patches/cpu.yaml]\n"),
        ("kustomization.yaml", "patchesJson6902:\n- {target: {kind: Job}, path: patches/cpu.yaml}\n"),
        ("kustomization.yaml", "patches: [patches/cpu.yaml]\n"),
        ("patches/kustomization.yaml", "patches: [{path: cpu.yaml}, {patch: '[]'}]\n"),
        ("kustomization.yaml", "a: 1\n---\npatches: [{path: other.yaml}, {path: patches/cpu.yaml}]\n"),
    ];
    for (name, text) in kustomizations {
        let folder = project(&[(name, text), ("patches/cpu.yaml", PATCH)]);
        assert_eq!(rules_in(folder.path(), "patches/cpu.yaml"), [""; 0], "{name}: {text}");
    }
}

#[test]
fn kustomizations_that_do_not_name_a_file_leave_it_whole() {
    let deep = "[".repeat(100_000);
    let large = format!("patches: [{{path: patches/cpu.yaml}}]\n#{}\n", "x".repeat(2_000_000));
    let texts = [
        "resources: [patches/cpu.yaml]",
        "patches: [{path: patches}, {path: ''}, {path: cpu.yaml}, {path: '../patches/cpu.yaml'}, {path: /}, {path: 1}]",
        "patches: [{patch: patches/cpu.yaml}]",
        "patches: {path: patches/cpu.yaml}",
        "patches: patches/cpu.yaml",
        "patchesStrategicMerge:\n- |-\n  patches/cpu.yaml\n  kind: Job\n",
        "patches: [{path: patches/cpu.yaml}",
        "{{ patches }}",
        "a: &a [*a, *a]\npatches: *a",
        "\0\u{1}\n",
        "",
        &deep,
        &large,
    ];
    for text in texts {
        let folder = project(&[("kustomization.yaml", text), ("patches/cpu.yaml", PATCH)]);
        let found = rules_in(folder.path(), "patches/cpu.yaml");
        assert!(found.contains(&"sidecar-missing-image"), "{}: {found:?}", text.get(..80).unwrap_or(text));
    }
}

#[cfg(unix)]
#[test]
fn kustomizations_that_are_no_files_are_passed_over() {
    let folder = project(&[("a/patches/cpu.yaml", PATCH)]);
    std::os::unix::fs::symlink("kustomization.yaml", folder.path().join("kustomization.yaml")).expect("a link");
    std::fs::create_dir(folder.path().join("a/kustomization.yaml")).expect("a folder");
    std::fs::write(folder.path().join("a/Kustomization"), b"patches: [\xff]").expect("a file");
    let pipe = folder.path().join("a/patches/kustomization.yaml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()));
    assert!(!rules_in(folder.path(), "a/patches/cpu.yaml").is_empty());
    // What can be read beside them counts.
    std::fs::write(folder.path().join("a/kustomization.yml"), "patches: [{path: patches/cpu.yaml}]").expect("a file");
    assert_eq!(rules_in(folder.path(), "a/patches/cpu.yaml"), [""; 0]);
}
