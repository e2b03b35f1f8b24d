//! Runs podlint on cases and compares what it shows and finds with what they expect.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::expectation::{DYNAMIC, Step, Subject, What};
use crate::markdown::{Case, File};

/// Rules that judge the values of labels, which the cases use to show any value.
const ABOUT_LABELS: [&str; 2] = ["non-string-label", "invalid-label"];

/// Something that is not as a case expects.
pub struct Failure {
    /// The case's theme and heading.
    pub case: String,
    place: String,
    message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} ({})", self.place, self.message, self.case)
    }
}

/// What is not as the cases expect, in their order.
pub fn failures(podlint: &Path, cases: &[Case]) -> Vec<Failure> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let chunk = cases.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = cases
            .chunks(chunk)
            .map(|part| scope.spawn(move || part.iter().flat_map(|case| check(podlint, case)).collect::<Vec<_>>()))
            .collect();
        parts.into_iter().flat_map(|part| part.join().expect("no panic")).collect()
    })
}

/// What podlint says about a case.
struct Answer {
    pods: Vec<Value>,
    findings: Vec<Value>,
}

fn check(podlint: &Path, case: &Case) -> Vec<Failure> {
    let folder = TempDir::new().unwrap();
    case.write(folder.path());
    let list =
        |arguments: &[&str], field: &str| run(podlint, folder.path(), arguments)?.get(field)?.as_array().cloned();
    let pods = list(&["render", ".", "--format", "json"], "pods");
    let findings = list(&["check", ".", "--format", "json"], "findings");
    let failure = |file: &File, line: usize, message: String| {
        let place = format!("tests/python/{}:{}", case.path.file_name().unwrap().to_string_lossy(), file.offset + line);
        Failure { case: case.title(), place, message }
    };
    let (Some(pods), Some(findings)) = (pods, findings) else {
        return vec![failure(&case.files[0], 0, "podlint does not run: is an option not supported?".to_owned())];
    };
    let answer = Answer { pods, findings };
    let mut failures = Vec::new();
    for file in &case.files {
        let messages = answer.judge(file).into_iter().chain(answer.unexpected_errors(file));
        failures.extend(messages.map(|(line, message)| failure(file, line, message)));
    }
    failures
}

fn run(podlint: &Path, folder: &Path, arguments: &[&str]) -> Option<Value> {
    let mut command = Command::new(podlint);
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).env_remove("PODLINT_CONFIG");
    serde_json::from_slice(&command.output().expect("podlint runs").stdout).ok()
}

impl Answer {
    fn judge(&self, file: &File) -> Vec<(usize, String)> {
        let mut messages = Vec::new();
        for (index, expectation) in file.expectations.iter().enumerate() {
            let line = expectation.line;
            let turn = file.expectations[..index].iter().filter(|other| other.line == line).count();
            let turns = file.expectations.iter().filter(|other| other.line == line).count();
            let shown = |subject: &Subject| self.shown(file, line, subject, (turn, turns));
            let message = match &expectation.what {
                What::Known(subject, value) => known(shown(subject), value),
                What::IfKnown(subject, value) => if_known(shown(subject), value),
                What::Dynamic(subject, reason) => dynamic(shown(subject), reason),
                What::Absent(subject) => absent(shown(subject)),
                What::Shown(name) => self.pod(name).is_none().then(|| format!("pod `{name}` is not shown")),
                What::Finding(severity, rule) => self.missing(file, line, severity, rule),
                What::NoFinding(rule) => self.surplus(file, line, rule),
            };
            messages.extend(message.map(|message| (line, message)));
        }
        messages
    }

    fn pod(&self, name: &str) -> Option<&Value> {
        self.pods.iter().find(|pod| pod["name"] == name)
    }

    /// The values of a subject: several where its line runs several times. With several expectations of one line each is about one turn.
    fn shown(
        &self,
        file: &File,
        line: usize,
        subject: &Subject,
        (turn, turns): (usize, usize),
    ) -> Result<Vec<Place>, String> {
        match subject {
            Subject::Field(name, path) => {
                let pod = self.pod(name).ok_or_else(|| format!("pod `{name}` is not shown"))?;
                Ok(vec![find(pod, path)])
            }
            Subject::Revealed => {
                let is_here = |pod: &&Value| is_in(pod, file) && pod["line"] == file.line(line);
                let here: Vec<&Value> = self.pods.iter().filter(is_here).collect();
                if here.is_empty() {
                    return Err("nothing is shown".to_owned());
                }
                if turns > 1 && here.len() != turns {
                    return Err(format!("{} values are shown, not {turns}", here.len()));
                }
                let path = ["metadata", "labels", "reveal"].map(|key| Step::Key(key.to_owned()));
                let here = if turns > 1 { &here[turn..=turn] } else { &here[..] };
                Ok(here.iter().map(|pod| find(pod, &path)).collect())
            }
        }
    }

    fn findings_at(&self, file: &File, line: usize) -> impl Iterator<Item = &Value> {
        self.findings.iter().filter(move |found| is_in(found, file) && found["start"]["line"] == file.line(line))
    }

    fn missing(&self, file: &File, line: usize, severity: &str, rule: &str) -> Option<String> {
        let is_wanted = |found: &Value| found["severity"] == severity && (rule.is_empty() || found["rule"] == rule);
        (!self.findings_at(file, line).any(is_wanted)).then(|| format!("no {severity} `{rule}`"))
    }

    fn surplus(&self, file: &File, line: usize, rule: &str) -> Option<String> {
        let mut found = self.findings_at(file, line).filter(|found| found["rule"] == rule);
        found.next().map(|found| format!("`{rule}` is not expected: {}", found["message"].as_str().unwrap_or_default()))
    }

    fn unexpected_errors(&self, file: &File) -> Vec<(usize, String)> {
        let mut messages = Vec::new();
        for found in self.findings.iter().filter(|found| found["severity"] == "error" && is_in(found, file)) {
            let rule = found["rule"].as_str().unwrap_or_default();
            let line = found["start"]["line"].as_u64().unwrap_or_default() as usize - usize::from(file.reveals());
            let is_expected = file.expectations.iter().any(|expectation| {
                expectation.line == line
                    && matches!(&expectation.what, What::Finding("error", name) if name.is_empty() || name == rule)
            });
            if !(is_expected || ABOUT_LABELS.contains(&rule)) {
                messages.push((line, format!("false error {rule}: {}", found["message"].as_str().unwrap_or_default())));
            }
        }
        messages
    }
}

impl File {
    /// The line of the program that podlint sees for a line of the Markdown.
    fn line(&self, line: usize) -> usize {
        line + usize::from(self.reveals())
    }
}

/// Whether a pod or finding is in a file.
fn is_in(found: &Value, file: &File) -> bool {
    found["file"].as_str().is_some_and(|path| path.trim_start_matches("./").replace('\\', "/") == file.path)
}

/// What is at a path.
enum Place {
    Value(Value),
    /// Nothing, surely.
    Nothing,
    /// Something that is not known, and why.
    Unknown(String),
}

fn find(pod: &Value, path: &[Step]) -> Place {
    let mut value = pod;
    for step in path {
        let next = match step {
            Step::Key(key) => value.get(key),
            Step::Index(index) => value.get(index),
        };
        value = match next {
            Some(next) => next,
            None => return rest_of(value),
        };
    }
    match value {
        Value::String(text) if text.starts_with(DYNAMIC) => Place::Unknown(text.clone()),
        value => Place::Value(value.clone()),
    }
}

/// What may be where a value has no such part.
fn rest_of(value: &Value) -> Place {
    let unknown = match value {
        Value::Object(map) => map.keys().find(|key| key.starts_with(DYNAMIC)).cloned(),
        Value::Array(items) => items.last().and_then(Value::as_str).map(ToOwned::to_owned),
        Value::String(text) => Some(text.clone()),
        _ => None,
    };
    unknown.filter(|text| text.starts_with(DYNAMIC)).map_or(Place::Nothing, Place::Unknown)
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Value(value) => write!(formatter, "{value}"),
            Place::Nothing => write!(formatter, "nothing"),
            Place::Unknown(reason) => write!(formatter, "{reason}"),
        }
    }
}

/// The message for the first value that is not as expected.
fn first_wrong(shown: Result<Vec<Place>, String>, wanted: &str, is_right: impl Fn(&Place) -> bool) -> Option<String> {
    match shown {
        Err(message) => Some(format!("{wanted} expected, but {message}")),
        Ok(places) => {
            places.iter().find(|place| !is_right(place)).map(|place| format!("{wanted} expected, {place} shown"))
        }
    }
}

fn known(shown: Result<Vec<Place>, String>, value: &Value) -> Option<String> {
    first_wrong(shown, &value.to_string(), |place| matches!(place, Place::Value(shown) if is_same(shown, value)))
}

fn if_known(shown: Result<Vec<Place>, String>, value: &Value) -> Option<String> {
    first_wrong(shown, &format!("{value} or dynamic"), |place| match place {
        Place::Value(shown) => may_be(shown, value),
        Place::Nothing => false,
        Place::Unknown(_) => true,
    })
}

fn dynamic(shown: Result<Vec<Place>, String>, reason: &str) -> Option<String> {
    first_wrong(
        shown,
        &format!("dynamic {reason}"),
        |place| matches!(place, Place::Unknown(text) if text.contains(reason)),
    )
}

fn absent(shown: Result<Vec<Place>, String>) -> Option<String> {
    first_wrong(shown, "nothing", |place| matches!(place, Place::Nothing))
}

/// Whether a value is known and dynamic in just the parts that are expected to be.
fn is_same(shown: &Value, expected: &Value) -> bool {
    match (shown, expected) {
        (Value::String(shown), Value::String(expected)) if expected.starts_with(DYNAMIC) => shown.starts_with(expected),
        (Value::Array(shown), Value::Array(expected)) => {
            shown.len() == expected.len()
                && shown.iter().zip(expected).all(|(shown, expected)| is_same(shown, expected))
        }
        (Value::Object(shown), Value::Object(expected)) => {
            let key_of = |key: &str| if key.starts_with(DYNAMIC) { DYNAMIC.to_owned() } else { key.to_owned() };
            shown.len() == expected.len()
                && shown.iter().all(|(key, value)| {
                    expected
                        .get(&key_of(key))
                        .is_some_and(|expected| key.starts_with(DYNAMIC) || is_same(value, expected))
                })
        }
        (shown, expected) => shown == expected,
    }
}

/// Whether a value can be the expected one: it is where it is known.
fn may_be(shown: &Value, expected: &Value) -> bool {
    match (shown, expected) {
        (Value::String(text), _) if text.starts_with(DYNAMIC) => true,
        (Value::Array(shown), Value::Array(expected)) => {
            let is_open = shown.last().and_then(Value::as_str).is_some_and(|text| text.starts_with(DYNAMIC));
            is_open
                || shown.len() == expected.len() && shown.iter().zip(expected).all(|(one, other)| may_be(one, other))
        }
        (Value::Object(shown), Value::Object(expected)) => {
            let is_open = shown.keys().any(|key| key.starts_with(DYNAMIC));
            let has_all = is_open || expected.keys().all(|key| shown.contains_key(key));
            has_all
                && shown.iter().filter(|(key, _)| !key.starts_with(DYNAMIC)).all(|(key, value)| {
                    expected.get(key).map_or(value.as_str().is_some_and(|text| text.starts_with(DYNAMIC)), |other| {
                        may_be(value, other)
                    })
                })
        }
        (shown, expected) => shown == expected,
    }
}
