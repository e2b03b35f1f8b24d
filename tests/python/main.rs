//! Holds the evaluator of Python programs to what Python makes of them: the programs of the Markdown files beside this
//! one, with what is known at their lines, and random programs.
//!
//! `PYTHON_CASES=branches cargo test --test python` runs the cases whose file or heading holds that text;
//! `PODLINT=path` tests another binary.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod cpython;
mod expectation;
mod markdown;
mod run;

use std::path::{Path, PathBuf};

use markdown::Case;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python")
}

/// The binary under test.
fn podlint() -> PathBuf {
    std::env::var_os("PODLINT").map_or_else(|| env!("CARGO_BIN_EXE_podlint").into(), PathBuf::from)
}

/// The cases of all themes, or those that were asked for.
fn cases() -> Vec<Case> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    let wanted = std::env::var("PYTHON_CASES").unwrap_or_default();
    let mut cases: Vec<Case> = files.iter().flat_map(|path| markdown::cases(path)).collect();
    cases.retain(|case| case.title().contains(&wanted));
    cases
}

#[test]
fn values_are_as_known_as_the_lines_say() {
    let cases = cases();
    assert!(!cases.is_empty(), "no case is called like that");
    let failures = run::failures(&podlint(), &cases);
    let count = failures.len();
    let failing: std::collections::HashSet<&str> = failures.iter().map(|failure| failure.case.as_str()).collect();
    let text: Vec<String> = failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{}\n{count} failures in {} of {} cases", text.join("\n"), failing.len(), cases.len());
}

/// What the cases call known is what this machine's Python makes of them.
#[test]
fn known_values_are_those_of_cpython() {
    let Some(python) = cpython::find() else { return };
    cpython::verify(&python, &cases());
}

/// About 15 seconds of random programs, the same ones each time; CONTRIBUTING.md has the command for more.
#[test]
fn random_programs_are_known_as_cpython_runs_them() {
    let Some(python) = cpython::find() else { return };
    cpython::random_programs(&python, &podlint(), 900);
}
