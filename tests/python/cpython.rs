//! Runs programs under this machine's Python: the cases, to verify what they call known, and random programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::expectation::{Expectation, Step, Subject, What};
use crate::markdown::Case;

/// Python 3.10 or newer: `PODLINT_PYTHON`, or the one on the path. Without one the test is skipped, but not in CI.
pub fn find() -> Option<PathBuf> {
    if let Some(python) = std::env::var_os("PODLINT_PYTHON") {
        return Some(python.into());
    }
    let program = "import sys; sys.exit(sys.version_info < (3, 10) or sys.platform == 'win32')";
    let is_new =
        |name: &&str| Command::new(name).args(["-c", program]).output().is_ok_and(|output| output.status.success());
    let found = ["python3", "python"].into_iter().find(is_new);
    if found.is_none() {
        let is_required = std::env::var("CI").is_ok_and(|value| value == "true") && !cfg!(windows);
        assert!(!is_required, "Python 3.10 or newer is required in CI");
        eprintln!("skipped: there is no python3 of version 3.10 or newer");
    }
    found.map(PathBuf::from)
}

/// Runs every case in several environments and holds what it calls known to what Python has.
pub fn verify(python: &Path, cases: &[Case]) {
    let root = TempDir::new().unwrap();
    let mut list = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let folder = root.path().join(format!("case{number}"));
        std::fs::create_dir(&folder).unwrap();
        case.write(&folder);
        let client = case.option("kubernetes-client");
        let version = case.option("python-version");
        let claims: Vec<Value> = case
            .files
            .iter()
            .flat_map(|file| {
                let of = |expectation: &Expectation| {
                    claim(case, file.offset, usize::from(file.reveals()), &file.path, expectation)
                };
                file.expectations.iter().filter_map(of).collect::<Vec<_>>()
            })
            .collect();
        list.push(json!({"folder": folder, "client": client, "version": version, "claims": claims}));
    }
    std::fs::write(root.path().join("cases.json"), json!(list).to_string()).unwrap();
    run(Command::new(python).arg(crate::folder().join("verify.py")).arg(root.path()));
}

/// What Python is to have somewhere, as `verify.py` reads it.
fn claim(case: &Case, offset: usize, shift: usize, path: &str, expectation: &Expectation) -> Option<Value> {
    let (What::Known(subject, value) | What::IfKnown(subject, value)) = &expectation.what else { return None };
    let place = format!("tests/python/{}:{}", case.path.file_name()?.to_string_lossy(), offset + expectation.line);
    let line = expectation.line + shift;
    let (pod, steps) = match subject {
        Subject::Revealed => (None, Vec::new()),
        Subject::Field(pod, steps) => (Some(pod), steps.iter().map(step).collect()),
    };
    Some(json!({"place": place, "file": path, "line": line, "pod": pod, "path": steps, "value": value}))
}

fn step(step: &Step) -> Value {
    match step {
        Step::Key(key) => json!(key),
        Step::Index(index) => json!(index),
    }
}

/// Holds podlint to Python on random programs.
pub fn random_programs(python: &Path, podlint: &Path, count: usize) {
    let mut command = Command::new(python);
    command.arg(crate::folder().join("generate")).arg("--podlint").arg(podlint);
    run(command.arg("--count").arg(count.to_string()).args(["--seed", "1", "--shrink", "2"]));
}

fn run(command: &mut Command) {
    let output = command.output().expect("Python runs");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
    eprintln!("{text}");
}
