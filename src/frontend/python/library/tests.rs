//! What the tables compute, beside what Python does: known means equal.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::super::HOOKS;
use super::super::evaluate::{Assumptions, Evaluator, Event};
use super::super::source::{self, Analysis, Program};
use super::super::value::ValueKind;
use crate::config::Limits;
use crate::source::NoModules;

/// Expressions and the names that they import, one on a line.
const EXPRESSIONS: &str = include_str!("expressions.txt");

/// What an expression gives, as its `repr`.
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    Known(String),
    Raises(String),
    Unknown,
}

fn evaluated(preamble: &str, expression: &str, minor: u8) -> Answer {
    // Only what can have to do with templates is evaluated.
    let text = format!(
        "{preamble}\nimport flyte\nresult = repr(({expression}))\npod = flyte.PodTemplate(annotations={{'r': result}})\n"
    );
    let limits = Limits::default();
    let Ok(syntax) = source::parse(&text, limits.depth) else { return Answer::Unknown };
    assert!(syntax.errors().is_empty(), "{expression}");
    let analysis = std::sync::Arc::new(Analysis::new(syntax));
    let program = Program::load(Path::new("main.py"), &text, &analysis, &NoModules, &limits, &[]);
    let assumptions = Assumptions { python: Some(minor), ..Assumptions::default() };
    let mut evaluator = Evaluator::new(&program, &HOOKS, assumptions, limits.steps);
    evaluator.run(&mut |_| {});
    let raised = evaluator.events.iter().find_map(|event| match event {
        Event::Uncaught(uncaught) => Some(evaluator.exception_name(&uncaught.raised.class).to_string()),
        _ => None,
    });
    if let Some(raised) = raised {
        return Answer::Raises(raised);
    }
    let scope = evaluator.globals();
    match evaluator.variable(scope, "result").map(|value| value.kind) {
        Some(ValueKind::Text(text)) => Answer::Known(text.to_string()),
        _ => Answer::Unknown,
    }
}

/// Python's answers; `None` where there is no Python.
fn answers(preamble: &str, expressions: &[&str]) -> Option<(u8, Vec<Answer>)> {
    let script = "import sys, json\n\
        preamble, expressions = json.load(sys.stdin)\n\
        answers = [sys.version_info[1]]\n\
        for expression in expressions:\n\
        \x20   space = {}\n\
        \x20   try:\n\
        \x20       exec(preamble, space)\n\
        \x20       answers.append([repr(eval(expression, space)), None])\n\
        \x20   except BaseException as error:\n\
        \x20       answers.append([None, type(error).__name__])\n\
        print(json.dumps(answers))\n";
    let mut child =
        Command::new("python3").args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let input = serde_json::to_string(&(preamble, expressions)).ok()?;
    child.stdin.take()?.write_all(input.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    let answers: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).ok()?;
    let (minor, answers) = answers.split_first()?;
    let answers = answers.iter().map(|answer| match (answer[0].as_str(), answer[1].as_str()) {
        (Some(text), _) => Answer::Known(text.to_owned()),
        (_, Some(name)) => Answer::Raises(name.to_owned()),
        _ => Answer::Unknown,
    });
    Some((u8::try_from(minor.as_u64()?).ok()?, answers.collect()))
}

#[test]
fn known_means_equal_to_python() {
    let text = match std::env::var("PODLINT_EXPRESSIONS") {
        Ok(path) => std::fs::read_to_string(path).unwrap(),
        Err(_) => EXPRESSIONS.to_owned(),
    };
    let lines = || text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let preamble: Vec<&str> = lines().filter_map(|line| line.strip_prefix("> ")).collect();
    let preamble = preamble.join("\n");
    let expressions: Vec<&str> = lines().filter(|line| !line.starts_with("> ")).collect();
    let Some((minor, answers)) = answers(&preamble, &expressions) else { return };
    let count = answers.len();
    let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
    for (expression, python) in expressions.iter().zip(answers) {
        match evaluated(&preamble, expression, minor) {
            Answer::Unknown => unknown.push(*expression),
            own if own != python => wrong.push(format!("{expression}\n    own {own:?}\n    python {python:?}")),
            _ => {}
        }
    }
    if std::env::var_os("PODLINT_EXPRESSIONS").is_some() {
        let shown = format!("{} of {} unknown:\n{}\n", unknown.len(), expressions.len(), unknown.join("\n"));
        std::fs::write("/tmp/lib_unknown.txt", shown).unwrap();
    }
    assert!(unknown.len() * 4 < count, "too little is known:\n{}", unknown.join("\n"));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
