//! Findings about exceptions that nothing catches.

use super::super::evaluate::{Evaluator, ExceptionClass, Mistake, Raised, Reach, Uncaught};
use crate::diagnostic::{Authority, Diagnostic, Label, Severity};
use crate::document::Condition;
use crate::text::{head, one_line};
use crate::tree::{FileId, Location};

/// How much of an exception's own message is shown.
const MAX_MESSAGE: usize = 200;

/// What is said of an exception; `None` where the author surely means it, or where nothing fails.
pub fn finding(ev: &Evaluator<'_>, uncaught: &Uncaught) -> Option<Diagnostic> {
    let Uncaught { raised, reach, call } = uncaught;
    let class = class_name(ev, raised)?;
    let is_meant = matches!(raised.mistake, Mistake::Raised | Mistake::FailedAssertion);
    let (severity, when) = match reach {
        Reach::Import => (Severity::Error, "when the module is imported".to_owned()),
        Reach::Call(_) if is_meant => return None,
        Reach::Call(function) => (Severity::Warning, format!("when `{function}` is called")),
    };
    let (location, label) = places(raised.at, *call, is_meant)?;
    Some(Diagnostic {
        help: help(ev, raised),
        labels: label.into_iter().collect(),
        ..Diagnostic::new(rule(raised.mistake), severity, Authority::Python, message(raised, &class, &when), location)
    })
}

/// A finding that only holds where a test comes out one way.
pub fn only_where(mut finding: Diagnostic, given: &Condition) -> Diagnostic {
    let outcome = if given.holds { "holds" } else { "does not hold" };
    finding.severity = finding.severity.min(Severity::Warning);
    let message = format!("where `{}` {outcome}", given.test);
    finding.labels.push(Label { location: given.location, message });
    finding
}

/// The name of the exception's class, where it is one that ends a program.
fn class_name(ev: &Evaluator<'_>, raised: &Raised) -> Option<String> {
    match &raised.class {
        ExceptionClass::Any => return None,
        // Some of them end a program well, or a test early.
        ExceptionClass::Library(_) if raised.mistake == Mistake::Raised => return None,
        ExceptionClass::Builtin(name) if matches!(&**name, "SystemExit" | "KeyboardInterrupt" | "GeneratorExit") => {
            return None;
        }
        _ => {}
    }
    Some(ev.exception_name(&raised.class).to_string())
}

/// Where it is shown, and the other end of the way there.
fn places(at: Location, call: Option<Location>, is_meant: bool) -> Option<(Location, Option<Label>)> {
    let label = |location: Location, message: &str| Some(Label { location, message: message.to_owned() });
    match call {
        Some(call) if is_meant || at.file != FileId::MAIN => Some((call, label(at, "raised here"))),
        Some(call) => Some((at, label(call, "called here"))),
        None if at.file == FileId::MAIN => Some((at, None)),
        None => None,
    }
}

/// The rule of a kind of mistake.
const fn rule(mistake: Mistake) -> &'static str {
    match mistake {
        Mistake::NoneUsed => "use-of-none",
        Mistake::MissingAttribute => "missing-attribute",
        Mistake::WrongCall => "wrong-call",
        Mistake::MissingItem => "missing-item",
        Mistake::UndefinedName => "undefined-name",
        Mistake::UnsupportedOperation => "unsupported-operation",
        Mistake::Raised | Mistake::FailedAssertion => "always-raises",
        Mistake::RefusedValue => "refused-value",
        Mistake::WrongUnpacking => "wrong-unpacking",
        Mistake::RejectedData => "rejected-data",
        Mistake::Frozen => "frozen-assignment",
        Mistake::AbstractInstance => "abstract-instance",
        Mistake::InvalidClass => "invalid-class-definition",
    }
}

fn message(raised: &Raised, class: &str, when: &str) -> String {
    let text = one_line(head(&raised.message, MAX_MESSAGE));
    match (raised.mistake, &*text) {
        (Mistake::FailedAssertion, "") => format!("this assertion fails {when}"),
        (Mistake::FailedAssertion, text) => format!("this assertion fails {when}: {text}"),
        (_, "") => format!("raises `{class}` {when}"),
        (Mistake::Raised, text) => format!("raises `{class}` {when}: {text}"),
        (Mistake::MissingItem, text) if class == "KeyError" => format!("raises `KeyError` {when}: no key {text}"),
        (_, text) => format!("raises `{class}` {when}: {text}"),
    }
}

/// What is `None`, where the text tells.
fn help(ev: &Evaluator<'_>, raised: &Raised) -> Option<String> {
    if raised.mistake != Mistake::NoneUsed || raised.class != ExceptionClass::Builtin("AttributeError".into()) {
        return None;
    }
    let text = ev.text_of(raised.at.file).get(raised.at.span.range())?;
    let (receiver, _) = text.rsplit_once('.')?;
    let is_plain = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.' | '[' | ']');
    (receiver.len() < 60 && receiver.chars().all(is_plain))
        .then(|| format!("`{receiver}` is `None` here: set it first"))
}
