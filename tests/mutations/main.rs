//! Slips of the pen in clean templates, and what fixes make of them: nothing is harmed.
//!
//! A sample runs with the other tests. `MUTANTS=10000 SEED=7 cargo test --release --test mutations` makes as many as are asked for;
//! each number is another set. What is made of them is judged a second time by CPython and PyYAML, where these are installed.
#![allow(clippy::print_stdout, clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod mutants;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use mutants::{Random, mutant};
use podlint::config::Settings;
use podlint::diagnostic::{Applicability, Severity};
use podlint::fix::{Fixed, fix};
use podlint::lint::lint;
use podlint::report::Report;
use podlint::source::{Language, NoModules, SourceFile};
use serde_json::{Value, json};

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The clean templates, by name.
fn templates() -> Vec<SourceFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutations/templates");
    let mut paths: Vec<_> = std::fs::read_dir(folder).expect("templates").map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let language = Language::of_path(path).expect("a language");
        SourceFile::new(path.file_name().unwrap(), language, std::fs::read_to_string(path).expect("text"))
    };
    paths.iter().map(read).collect()
}

fn errors(report: &Report) -> usize {
    report.diagnostics.iter().filter(|found| found.severity == Severity::Error).count()
}

#[test]
fn the_templates_are_clean() {
    for source in templates() {
        let found = lint(&source, &Settings::default());
        assert!(!found.documents.is_empty(), "{}: no template", source.path.display());
        assert!(found.diagnostics.is_empty(), "{}: {:?}", source.path.display(), found.diagnostics);
    }
}

#[test]
fn fixes_of_mutants_harm_nothing() {
    let templates = templates();
    let settings = Settings::default();
    let count = number("MUTANTS", 400);
    let mut random = Random::new(number("SEED", 1));
    let (mut outcomes, mut broken, mut fixed_runs) = (Vec::new(), Vec::new(), 0);
    for _ in 0..count {
        let original = &templates[random.below(templates.len())];
        let mutant = SourceFile::new(original.path.clone(), original.language, mutant(original, &mut random));
        let report = lint(&mutant, &settings);
        for applicability in [Applicability::Safe, Applicability::Unsafe] {
            let Some(fixed) = fix(&mutant, &report, &settings, &NoModules, applicability) else { continue };
            fixed_runs += 1;
            if let Some(why) = harm(&report, &fixed, applicability, &settings) {
                broken.push(format!(
                    "{why} in {}:\n{}\n---\n{}",
                    mutant.path.display(),
                    mutant.text,
                    fixed.source.text
                ));
            }
            outcomes.push(outcome(original, &mutant, &fixed, applicability));
        }
    }
    println!("{count} mutants, {fixed_runs} of them with fixes, {} harmed", broken.len());
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
    assert!(fixed_runs * 8 > count, "fixes are made at all: {fixed_runs}");
    judge(&outcomes);
}

/// What is wrong with a fixed file, seen from within.
fn harm(before: &Report, fixed: &Fixed, applicability: Applicability, settings: &Settings) -> Option<String> {
    let again = fix(&fixed.source, &fixed.report, settings, &NoModules, applicability);
    if let Some(again) = again {
        return Some(format!("a second run changes {:?}", again.done));
    }
    if lint(&fixed.source, settings).diagnostics != fixed.report.diagnostics {
        return Some("the report is not that of the new text".to_owned());
    }
    let readable = before.documents.len() <= fixed.report.documents.len();
    (!readable).then(|| "a template is lost".to_owned()).or_else(|| {
        let revealed = fixed.done.iter().any(|done| done.title.starts_with("rename"));
        (errors(&fixed.report) > errors(before) && !revealed).then(|| "there are more errors".to_owned())
    })
}

fn outcome(original: &SourceFile, mutant: &SourceFile, fixed: &Fixed, applicability: Applicability) -> Value {
    let done: Vec<Value> = fixed
        .done
        .iter()
        .map(|done| json!({"rule": done.rule, "title": done.title, "before": done.before, "after": done.after}))
        .collect();
    json!({
        "file": original.path,
        "option": applicability.as_str(),
        "original": original.text,
        "mutant": mutant.text,
        "fixed": fixed.source.text,
        "done": done,
    })
}

/// Has CPython and PyYAML look at what became of the mutants.
fn judge(outcomes: &[Value]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutations/judge.py");
    let usable = Command::new("python3").args(["-c", "import yaml"]).stderr(Stdio::null()).status();
    if !usable.is_ok_and(|status| status.success()) {
        println!("not judged a second time: there is no python3 with PyYAML");
        return;
    }
    let mut judge = Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = judge.stdin.take().unwrap();
    let text: String = outcomes.iter().map(|outcome| format!("{outcome}\n")).collect();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = judge.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{}", said.lines().last().unwrap_or_default());
    assert!(output.status.success(), "{said}");
}
