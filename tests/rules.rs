//! Holds every rule to its fixture, its page to its examples, and what is generated from the rules to the rules.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;

use podlint::config::Settings;
use podlint::diagnostic::{Applicability, Severity};
use podlint::lint::lint;
use podlint::rule::{Facts, Group, Languages, Rule};
use podlint::rules::RULES;
use podlint::text::{Edit, apply};
use support::{Case, bless, cases, describe, is_update, repository, source};

/// Rules of which a Python case makes no sense, or a YAML one.
const ONE_LANGUAGE: &[&str] = &[
    "duplicate-key",
    "overridden-merge-key",
    "invalid-schedule",
    "invalid-selector",
    "template-container-dropped",
    "template-placeholder-image",
];

/// A rule of which only Python can be guilty.
const PYTHON_ONLY: &[&str] = &[
    "abstract-instance",
    "accelerator-without-gpu",
    "always-raises",
    "app-primary-name",
    "base-conflict",
    "conflicting-arguments",
    "conflicting-capability",
    "discarded-template-copy",
    "flyte-image-in-sidecar",
    "frozen-assignment",
    "ignored-by-backend",
    "invalid-class-definition",
    "kubernetes-not-installed",
    "lost-by-plugin",
    "lost-change",
    "misplaced-app-variables",
    "missing-argument",
    "missing-attribute",
    "missing-item",
    "non-string-label",
    "plugin-container-name",
    "plugin-name-conflict",
    "plugin-template-dropped",
    "pod-template-on-reusable",
    "pod-template-without-pod-spec",
    "positional-argument",
    "primary-image-override",
    "primary-is-init-container",
    "primary-resources-conflict",
    "refused-value",
    "rejected-data",
    "shm-conflict",
    "sidecar-missing-requests",
    "sidecar-never-finishes",
    "sidecar-outlives-nothing",
    "snake-case-dict-key",
    "termination-message-policy",
    "undefined-name",
    "unknown-argument",
    "unknown-client-class",
    "unknown-template-name",
    "unsupported-by-knative",
    "unsupported-operation",
    "unused-pod-template",
    "use-of-none",
    "wrong-argument-type",
    "wrong-call",
    "wrong-template-type",
    "wrong-unpacking",
];

/// Rules that speak only under settings that fixtures do not have; tests/policies.rs and tests/kubernetes.rs show them.
const BY_SETTING: &[&str] = &["policy-violation", "version-mismatch"];

/// A small cluster with two kinds of nodes, limits and a few objects.
fn cluster() -> podlint::cluster::Cluster {
    let mut reader = podlint::cluster::Reader::default();
    reader.add(include_str!("cluster/small.toml")).expect("a snapshot");
    podlint::cluster::Cluster { inventory: reader.finish(), ..podlint::cluster::Cluster::default() }
}

/// The settings without which a rule has nothing to say.
fn configured(rule: &str) -> Settings {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let mut settings = Settings::default();
    match rule {
        "unknown-template-name" => {
            let names = ["flyte-defaults", "gpu-node"].map(str::to_owned);
            settings.templates = Some(std::sync::Arc::new(names.into()));
        }
        "base-conflict" => {
            let base = Some(repository("tests/rules/base-conflict.yaml"));
            let choice = podlint::project::BackendChoice { base, ..Default::default() };
            settings.backend = choice.load(&settings.limits).expect("a base");
        }
        "image-registry-not-allowed" => {
            settings.images.allowed_registries = owned(&["ghcr.io/acme", "*.amazonaws.com"]);
        }
        "unschedulable"
        | "missing-cluster-object"
        | "limit-range"
        | "quota-exceeded"
        | "quota-used-up"
        | "admission-conflict" => settings.cluster = Some(std::sync::Arc::new(cluster())),
        "ignored-field" => settings.kubernetes_version = Some(34),
        "lost-change" => settings.client = podlint::config::ClientGeneration::From37,
        "image-pull-secret-missing" => settings.images.private_registries = owned(&["registry.acme.dev"]),
        _ => {}
    }
    settings
}

/// What podlint says of a case, with only this rule on, and what its fixes make of it.
fn run(rule: &str, case: &Case) -> (String, Option<String>) {
    let settings = Settings { select: BTreeSet::from([rule.to_owned()]), ..configured(rule) };
    let file = source(&case.language, &case.code);
    let report = lint(&file, &settings);
    let findings = report.diagnostics.iter().map(|found| describe(&file, &report, found)).collect();
    let mut edits: Vec<Edit> = Vec::new();
    for fix in report.diagnostics.iter().filter_map(|found| found.fixes.first()) {
        let clash = fix.edits.iter().any(|edit| edits.iter().any(|other| edit.span.overlaps(other.span)));
        if !clash {
            edits.extend(fix.edits.iter().cloned());
        }
    }
    let fixed = (!edits.is_empty()).then(|| apply(&file.text, &edits).expect("fixes apply"));
    (findings, fixed)
}

#[test]
fn fixtures_hold() {
    for rule in RULES.iter().filter(|rule| rule.group != Group::Input) {
        let path = repository(&format!("tests/rules/{}.md", rule.name));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let found = cases(&text);
        check_variety(rule, &found);
        let mut blessed = format!("# {}\n", rule.name);
        for case in &found {
            let (findings, fixed) = run(rule.name, case);
            if !is_update() {
                let expected =
                    |kind: &str| case.expected.iter().find(|(known, _)| known == kind).map(|(_, text)| text.clone());
                assert_eq!(findings, expected("findings").unwrap_or_default(), "{}: {}", rule.name, case.name);
                assert_eq!(fixed, expected("fixed"), "{}: {}", rule.name, case.name);
            }
            blessed.push_str(&format!("\n## {}\n```{}\n{}```\n", case.name, case.language, case.code));
            if !findings.is_empty() {
                blessed.push_str(&format!("```findings\n{findings}```\n"));
            }
            if let Some(fixed) = fixed {
                blessed.push_str(&format!("```fixed\n{fixed}```\n"));
            }
        }
        bless(&path, &blessed);
    }
}

/// A rule is shown to speak and to be silent, in both languages.
fn check_variety(rule: &Rule, cases: &[Case]) {
    let languages: &[&str] = match rule.name {
        name if BY_SETTING.contains(&name) => &[],
        name if ONE_LANGUAGE.contains(&name) => &["yaml"],
        name if PYTHON_ONLY.contains(&name) => &["python"],
        _ => &["yaml", "python"],
    };
    for language in languages {
        let of_language = || cases.iter().filter(|case| case.language == *language);
        let speaks = of_language().filter(|case| !run(rule.name, case).0.is_empty()).count();
        assert!(speaks > 0, "{} needs a {language} case with a finding", rule.name);
        assert!(speaks < of_language().count(), "{} needs a {language} case without one", rule.name);
    }
}

#[test]
fn fixes_settle_and_keep_the_file_readable() {
    for rule in RULES.iter().filter(|rule| rule.group != Group::Input) {
        let path = repository(&format!("tests/rules/{}.md", rule.name));
        for case in cases(&std::fs::read_to_string(path).expect("a fixture")) {
            let Some(fixed) = run(rule.name, &case).1 else { continue };
            let case_language = case.language.clone();
            let (again, more) = run(rule.name, &Case { code: fixed.clone(), ..case });
            let report = lint(&source(&case_language, &fixed), &Settings::default());
            assert!(report.diagnostics.iter().all(|found| found.rule != "syntax-error"), "{}: {fixed}", rule.name);
            assert_eq!(more, None, "{}: a fix leaves something to fix:\n{fixed}\n{again}", rule.name);
        }
    }
}

/// The default settings, with a rule on that is off by default.
fn with(rule: &Rule) -> Settings {
    let severities = (!rule.enabled_by_default).then(|| (rule.name.to_owned(), rule.severity));
    Settings { severities: severities.into_iter().collect(), ..configured(rule.name) }
}

#[test]
fn a_rule_that_is_off_runs_when_asked() {
    let settings = Settings::default();
    assert!(settings.is_enabled("a", true) && !settings.is_enabled("a", false));
    let selected = Settings { select: BTreeSet::from(["a".to_owned()]), ..Settings::default() };
    assert!(selected.is_enabled("a", false) && !selected.is_enabled("b", true));
    let given = Settings { severities: [("a".to_owned(), Severity::Info)].into(), ..Settings::default() };
    assert!(given.is_enabled("a", false) && !given.is_enabled("b", false) && given.is_enabled("c", true));
    let ignored = Settings { ignore: BTreeSet::from(["a".to_owned()]), ..given };
    assert!(!ignored.is_enabled("a", false) && !ignored.is_enabled("a", true));
}

#[test]
fn the_pod_security_standards_follow_the_version() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostUsers: false\n  securityContext:\n    runAsUser: 0\n    seLinuxOptions: {type: container_engine_t}\n    sysctls: [{name: net.ipv4.tcp_notsent_lowat, value: \"1\"}]\n  containers:\n    - name: a\n      image: a:1\n      readinessProbe: {tcpSocket: {host: b, port: 1}}\n      securityContext: {procMount: Unmasked}\n";
    let paths = |rules: &[&str], version: u8| {
        let select = rules.iter().map(|rule| (*rule).to_owned()).collect();
        let settings = Settings { select, kubernetes_version: Some(version), ..Settings::default() };
        let report = lint(&source("yaml", text), &settings);
        let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
        report.diagnostics.iter().map(|found| (found.rule, last(&found.path))).collect::<BTreeSet<_>>()
    };
    let has =
        |found: &BTreeSet<(&str, String)>, rule: &'static str, field: &str| found.contains(&(rule, field.to_owned()));
    let (baseline, restricted) = ("pod-security-baseline", "pod-security-restricted");
    let old = paths(&[baseline], 33);
    assert!(has(&old, baseline, "name") && has(&old, baseline, "procMount") && !has(&old, baseline, "host"), "{old:?}");
    let new = paths(&[baseline], 37);
    assert!(has(&new, baseline, "host") && new.len() == 1, "{new:?}");
    let old = paths(&[restricted], 34);
    assert!(
        has(&old, restricted, "runAsUser") && has(&old, restricted, "runAsNonRoot") && has(&old, restricted, "host")
    );
    let both = paths(&[baseline, restricted], 37);
    assert!(has(&both, restricted, "procMount") && has(&both, baseline, "host") && !has(&both, restricted, "host"));
    assert!(!has(&both, restricted, "runAsUser") && !has(&both, restricted, "runAsNonRoot"), "{both:?}");
}

/// The code blocks of a section of a rule's page.
fn blocks(rule: &Rule, section: &str) -> Vec<(String, String)> {
    let page = rule.page();
    let body = page.split(&format!("## {section}\n")).nth(1).unwrap_or_default();
    let body = body.split("\n## ").next().unwrap_or_default();
    let case = format!("## x\n{body}\n");
    let mut found = Vec::new();
    let mut lines = case.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let code: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            found.push((language.to_owned(), code));
        }
    }
    found
}

#[test]
fn examples_fire_and_their_cures_are_clean() {
    for rule in RULES {
        let examples = blocks(rule, "Example");
        let silent = rule.group == Group::Input || BY_SETTING.contains(&rule.name);
        assert!(!examples.is_empty() || silent, "{} has no example", rule.name);
        for (language, code) in examples {
            let report = lint(&source(&language, &code), &with(rule));
            let rules: Vec<&str> = report.diagnostics.iter().map(|found| found.rule).collect();
            assert!(rules.contains(&rule.name), "{}: the {language} example gives {rules:?}", rule.name);
        }
        for (language, code) in blocks(rule, "Use instead") {
            let report = lint(&source(&language, &code), &with(rule));
            assert!(report.diagnostics.is_empty(), "{}: {:?}", rule.name, report.diagnostics);
            let is_about_names = rule.name == "unknown-template-name";
            assert!(!report.documents.is_empty() || is_about_names, "{}: the cure holds no template", rule.name);
        }
    }
}

#[test]
fn names_are_words_and_unique() {
    let names: BTreeSet<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), RULES.len());
    for rule in RULES {
        assert!(rule.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.name);
        assert!(rule.page().starts_with(&format!("# {}\n", rule.name)), "{}", rule.name);
        assert!(rule.summary().ends_with('.'), "{}: {}", rule.name, rule.summary());
        for section in ["What it does", "Why", "References"] {
            assert!(rule.page().contains(&format!("## {section}\n")), "{} lacks {section}", rule.name);
        }
    }
}

/// The Rust files below a folder.
fn sources(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

#[test]
fn whatever_is_reported_has_a_page() {
    let mut seen = 0;
    for path in sources(&repository("src")) {
        let text = std::fs::read_to_string(&path).expect("a source file");
        for marker in ["report(\"", "rule: \"", "diagnostic(\""] {
            for name in text.split(marker).skip(1).filter_map(|rest| rest.split('"').next()) {
                seen += 1;
                assert!(RULES.iter().any(|rule| rule.name == name), "{}: `{name}` has no page", path.display());
            }
        }
    }
    assert!(seen > 20, "the markers are no longer those of the code: {seen}");
}

#[test]
fn the_list_of_rules_is_the_folder() {
    let mut modules: Vec<String> = std::fs::read_dir(repository("src/rules"))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| name != "mod")
        .collect();
    modules.sort();
    let declared: String = modules.iter().map(|name| format!("pub mod {name};\n")).collect();
    let listed: String = modules.iter().map(|name| format!("    &{name}::RULE,\n")).collect();
    let facts: String = RULES.iter().map(|rule| fact(rule)).collect();
    let text = format!(
        "//! All rules, one file each. This file is generated: `UPDATE=1 cargo test` rewrites it.\n\n\
         use crate::diagnostic::Applicability;\nuse crate::rule::{{Facts, Languages, Rule}};\n\n{declared}\n\
         /// Every rule, by name.\npub static RULES: &[&Rule] = &[\n{listed}];\n\n\
         /// What the fixtures of rules show, by name.\npub static FACTS: &[(&str, Facts)] = &[\n{facts}];\n"
    );
    bless(&repository("src/rules/mod.rs"), &text);
}

/// The languages of a rule, as its fixtures must show them.
fn languages(rule: &Rule) -> Languages {
    match rule.name {
        name if ONE_LANGUAGE.contains(&name) || name == "templated-file" => Languages::Yaml,
        name if PYTHON_ONLY.contains(&name) => Languages::Python,
        _ => Languages::Both,
    }
}

/// The best fix that a rule offers in its fixtures.
fn best_fix(rule: &Rule) -> Option<Applicability> {
    let text = std::fs::read_to_string(repository(&format!("tests/rules/{}.md", rule.name))).ok()?;
    let settings = Settings { select: BTreeSet::from([rule.name.to_owned()]), ..configured(rule.name) };
    let found =
        cases(&text).into_iter().flat_map(|case| lint(&source(&case.language, &case.code), &settings).diagnostics);
    found.flat_map(|found| found.fixes).map(|fix| fix.applicability).min()
}

fn fact(rule: &Rule) -> String {
    let fix = best_fix(rule).map_or("None".to_owned(), |fix| format!("Some(Applicability::{fix:?})"));
    format!("    (\"{}\", Facts::new(Languages::{:?}, {fix})),\n", rule.name, languages(rule))
}

#[test]
fn groups_are_those_of_the_rules() {
    let mut text = "//! The groups of rules, by name. This file is generated: `UPDATE=1 cargo test` rewrites it.\n\n\
                    /// Each group with its rules.\npub static GROUPS: &[(&str, &[&str])] = &[\n"
        .to_owned();
    for group in Group::ALL {
        let members = RULES.iter().filter(|rule| rule.group == group);
        let members: String = members.map(|rule| format!("            \"{}\",\n", rule.name)).collect();
        text.push_str(&format!("    (\n        \"{}\",\n        &[\n{members}        ],\n    ),\n", group.as_str()));
    }
    text.push_str("];\n");
    bless(&repository("src/config/groups.rs"), &text);
}

#[test]
fn the_documentation_is_the_pages() {
    let index = index();
    for rule in RULES {
        let severity = match rule.enabled_by_default {
            true => format!("**{}**", rule.severity.as_str()),
            false => format!("**off** (**{}** when it is turned on)", rule.severity.as_str()),
        };
        let facts = format!(
            "Default severity: {severity} · [who would object](README.md#who-would-object): **{}** · languages: {} · fix: {}\n",
            rule.authority.as_str(),
            languages(rule).as_str(),
            Facts::new(languages(rule), best_fix(rule)).fix_in_words(),
        );
        let page = rule.page().replacen("\n\n", &format!("\n\n{facts}\n"), 1);
        bless(&repository(&format!("docs/rules/{}.md", rule.name)), &page);
    }
    bless(&repository("docs/rules/README.md"), &index);
}

const INDEX: &str = "# Rules

An *error* means the pod will be rejected or cannot run; a *warning* is a likely surprise; *info* is worth knowing. A rule that is *off* runs
when it is selected (`--extend-select RULE`, or a severity in the configuration). `podlint explain RULE` shows a rule's page, and
`--select GROUP` runs a theme.

<div class=\"rule-filter\"></div>

";
const AUTHORITIES: &str = "## Who would object

| authority | means |
|---|---|
| kubernetes | the Kubernetes API server would reject the pod, or drop the field |
| kubelet | the pod is admitted, and the kubelet of its node cannot run it |
| flyte | Flyte's SDK or backend would reject the template, or run something else |
| client | the Kubernetes Python client would raise an exception |
| cluster | the cluster that you described with `--cluster` would reject the pod, or never run it |
| practice | nobody would reject it; experience says that it goes wrong |

A fix is *safe* where it surely does what was meant (`--fix`), *unsafe* where it may not (`--unsafe-fixes`), *manual* where only you can
decide: editors offer it.

This page is generated from the rules by `UPDATE=1 cargo test`.
";

/// The catalogue: a table for each theme.
fn index() -> String {
    let mut text = INDEX.to_owned();
    for group in Group::ALL {
        text.push_str(&format!("## {}\n\nGroup: `{}`\n\n", group.title(), group.as_str()));
        text.push_str("| rule | finds | severity | authority | fix | languages |\n|---|---|---|---|---|---|\n");
        for rule in RULES.iter().filter(|rule| rule.group == group) {
            let summary = rule.summary().replace('|', "\\|");
            let fix = best_fix(rule).map_or("–", |fix| fix.as_str());
            text.push_str(&format!(
                "| [{0}](./{0}.md) | {summary} | {1} | {2} | {fix} | {3} |\n",
                rule.name,
                rule.level(),
                rule.authority.as_str(),
                languages(rule).as_str()
            ));
        }
        text.push('\n');
    }
    text + AUTHORITIES
}

#[test]
fn safe_fixes_come_first() {
    // `--fix` takes the first fix that fits; a rule that offers several must offer the safe one first.
    for rule in RULES.iter().filter(|rule| rule.group != Group::Input) {
        let path = repository(&format!("tests/rules/{}.md", rule.name));
        for case in cases(&std::fs::read_to_string(path).expect("a fixture")) {
            let report = lint(&source(&case.language, &case.code), &Settings::default());
            for found in &report.diagnostics {
                let order: Vec<Applicability> = found.fixes.iter().map(|fix| fix.applicability).collect();
                assert!(order.is_sorted(), "{}: {:?}", rule.name, found.fixes);
            }
        }
    }
}
