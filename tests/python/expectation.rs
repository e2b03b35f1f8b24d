//! What comments of a program expect of its lines: `# known: …`, `# dynamic`, `# error: rule` and their like.

use ruff_python_ast::{Expr, Number, Stmt, UnaryOp};
use ruff_python_parser::parse_module;
use serde_json::{Value, json};

/// How podlint begins what it does not know.
pub const DYNAMIC: &str = "<dynamic";

/// What a comment expects.
#[derive(Debug)]
pub struct Expectation {
    /// The line of the code that it is about, from 1.
    pub line: usize,
    /// What is to hold there.
    pub what: What,
}

/// A kind of expectation.
#[derive(Debug)]
pub enum What {
    /// The value is known and is this one; `dynamic` in it stands for a part that is not.
    Known(Subject, Value),
    /// The value is not known, or is this one.
    IfKnown(Subject, Value),
    /// The value is not known; the reason holds this text.
    Dynamic(Subject, String),
    /// Nothing is there, surely.
    Absent(Subject),
    /// A pod of this name is shown.
    Shown(String),
    /// A finding of this severity by this rule.
    Finding(&'static str, String),
    /// No finding by this rule.
    NoFinding(String),
}

/// What a value is looked up in.
#[derive(Clone, Debug)]
pub enum Subject {
    /// The argument of `reveal` in the same line.
    Revealed,
    /// A field of a pod by name: `t.labels["a"]`, `t.spec.containers[0].image`.
    Field(String, Vec<Step>),
}

/// A step of a path.
#[derive(Clone, Debug)]
pub enum Step {
    Key(String),
    Index(usize),
}

/// The expectations of a program's comments. A comment on a line of its own is about the last line of code above it.
pub fn expectations(text: &str) -> Vec<Expectation> {
    let mut found = Vec::new();
    let (mut code_line, mut code) = (1, "");
    for (number, line) in text.lines().enumerate() {
        let (before, comment) = match line.find("# ") {
            Some(0) => ("", &line[2..]),
            Some(start) if line[..start].ends_with("  ") || line[..start].trim().is_empty() => {
                (&line[..start], &line[start + 2..])
            }
            _ => (line, ""),
        };
        if !before.trim().is_empty() {
            (code_line, code) = (number + 1, before);
        }
        if let Some(what) = what(comment, code.trim_start().starts_with("reveal(")) {
            found.push(Expectation { line: code_line, what });
        }
    }
    found
}

fn what(comment: &str, is_reveal: bool) -> Option<What> {
    let (kind, rest) = comment.split_once(':').unwrap_or((comment, ""));
    let rest = rest.trim();
    Some(match kind.trim() {
        "known" => subject_and_value(rest, is_reveal, What::Known),
        "if known" => subject_and_value(rest, is_reveal, What::IfKnown),
        "dynamic" if is_reveal => What::Dynamic(Subject::Revealed, rest.to_owned()),
        "dynamic" => {
            let (path, reason) = rest.split_once(" because ").unwrap_or((rest, ""));
            What::Dynamic(field(&expression(path)), reason.to_owned())
        }
        "absent" => What::Absent(field(&expression(rest))),
        "shown" => What::Shown(rest.to_owned()),
        "error" => What::Finding("error", rest.to_owned()),
        "warning" => What::Finding("warning", rest.to_owned()),
        "no" => What::NoFinding(rest.to_owned()),
        _ => return None,
    })
}

fn subject_and_value(text: &str, is_reveal: bool, make: fn(Subject, Value) -> What) -> What {
    if is_reveal {
        return make(Subject::Revealed, value(&expression(text)));
    }
    let parsed = parse_module(text).unwrap_or_else(|error| panic!("`{text}`: {error}"));
    match parsed.suite().first() {
        Some(Stmt::Assign(assign)) => make(field(&assign.targets[0]), value(&assign.value)),
        _ => panic!("`{text}` is not `name.path = value`"),
    }
}

fn expression(text: &str) -> Expr {
    let parsed = parse_module(text).unwrap_or_else(|error| panic!("`{text}`: {error}"));
    match parsed.into_suite().into_iter().next() {
        Some(Stmt::Expr(statement)) => *statement.value,
        _ => panic!("`{text}` is not an expression"),
    }
}

/// The pod and the path of an expression such as `t.labels["a"]` or `pods["my-env"].spec.containers[0]`.
fn field(path: &Expr) -> Subject {
    let mut steps = Vec::new();
    let mut rest = path;
    loop {
        rest = match rest {
            Expr::Name(name) => {
                steps.push(Step::Key(name.id.to_string()));
                break;
            }
            Expr::Attribute(attribute) => {
                steps.push(Step::Key(attribute.attr.to_string()));
                &attribute.value
            }
            Expr::Subscript(subscript) => {
                steps.push(match value(&subscript.slice) {
                    Value::String(key) => Step::Key(key),
                    index => Step::Index(usize::try_from(index.as_u64().expect("an index")).unwrap()),
                });
                &subscript.value
            }
            other => panic!("not a path: {other:?}"),
        };
    }
    steps.reverse();
    let mut names = steps.into_iter();
    let mut first = names.next();
    if matches!(&first, Some(Step::Key(name)) if name == "pods") {
        first = names.next();
    }
    let Some(Step::Key(pod)) = first else { panic!("a path starts with the name of a pod") };
    let mut path: Vec<Step> = names.collect();
    if matches!(path.first(), Some(Step::Key(part)) if part == "labels" || part == "annotations") {
        path.insert(0, Step::Key("metadata".to_owned()));
    }
    Subject::Field(pod, path)
}

/// A literal as JSON; the name `dynamic` is what podlint does not know, starred the rest of a list or dict.
fn value(literal: &Expr) -> Value {
    match literal {
        Expr::StringLiteral(text) => json!(text.value.to_str()),
        Expr::BooleanLiteral(flag) => json!(flag.value),
        Expr::NoneLiteral(_) => Value::Null,
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(number) => json!(number.as_i64().expect("a small number")),
            Number::Float(number) => json!(number),
            Number::Complex { .. } => panic!("JSON has no complex numbers"),
        },
        Expr::UnaryOp(operation) if operation.op == UnaryOp::USub => match value(&operation.operand) {
            Value::Number(number) if number.is_i64() => json!(-number.as_i64().unwrap()),
            number => json!(-number.as_f64().unwrap()),
        },
        Expr::Name(name) if name.id.as_str() == "dynamic" => json!(DYNAMIC),
        Expr::Starred(_) => json!(format!("{DYNAMIC}: further")),
        Expr::List(list) => list.elts.iter().map(value).collect(),
        Expr::Dict(dict) => Value::Object(dict.items.iter().map(item).collect()),
        other => panic!("not a literal: {other:?}"),
    }
}

fn item(item: &ruff_python_ast::DictItem) -> (String, Value) {
    match item.key.as_ref().map(value) {
        Some(Value::String(key)) => (key, value(&item.value)),
        Some(key) => (key.to_string(), value(&item.value)),
        None => (DYNAMIC.to_owned(), json!(DYNAMIC)),
    }
}
