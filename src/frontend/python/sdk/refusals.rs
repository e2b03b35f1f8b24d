//! What the Kubernetes client refuses as soon as a model is made or changed, whether or not a template comes of it.

use super::super::evaluate::{Evaluator, Failure, Mistake, Reach};
use super::super::value::{Arguments, ObjectKind, Slot};
use super::findings::{self, diagnostic};
use super::sorts::{Sort, sort_of};
use crate::config::ClientGeneration;
use crate::diagnostic::{Authority, Diagnostic, Severity};
use crate::schema::python::{Attribute, Class, GENERATIONS, Kind, class};
use crate::text::nearest;
use crate::tree::Location;

/// How deeply what is given may nest.
const MAX_DEPTH: usize = 6;

/// The generations of the client in which something fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fails {
    Both,
    UpTo36,
    From37,
}

/// A value that a model does not take.
struct Misfit {
    slot: Slot,
    message: String,
    help: String,
}

/// Reports what a constructor refuses, where nothing may catch it.
pub fn judge(ev: &mut Evaluator<'_>, of: &'static Class, arguments: &Arguments, head: Location) {
    if ev.is_importing() || ev.reach().is_none() || !ev.charge(1 + arguments.len()) {
        return;
    }
    for (slot, attribute) in arguments.positional.iter().zip(of.attributes) {
        let message =
            format!("the client takes no positional arguments from version 37 on; this is `{}`", attribute.python);
        let help = format!("name it: `{}=…`", attribute.python);
        report(ev, Fails::From37, "positional-argument", slot.at, message, &help);
    }
    for keyword in &arguments.keywords {
        match attribute_of(of, &keyword.name) {
            Some(attribute) => known_argument(ev, attribute, &keyword.name, keyword.name_at, &keyword.slot),
            None => unknown_argument(ev, of, &keyword.name, keyword.name_at),
        }
    }
    // Without their names none of them count from 37 on, and that has been said.
    if !arguments.is_open() && arguments.positional.is_empty() {
        missing_arguments(ev, of, arguments, head);
    }
}

/// Reports a value that a model does not take as an attribute.
pub fn judge_assignment(ev: &mut Evaluator<'_>, attribute: &'static Attribute, slot: &Slot) {
    if ev.is_importing() || ev.reach().is_none() {
        return;
    }
    if slot.value.is_none() && attribute.required {
        let message = format!("`{}` cannot be `None`", attribute.python);
        return report(ev, Fails::Both, "missing-argument", slot.at, message, "");
    }
    value(ev, attribute, slot);
}

/// An exception that surely follows from the arguments, where something may catch it: pydantic's, from 37 on.
pub fn refused_value(ev: &mut Evaluator<'_>, class: &'static Class, arguments: &Arguments) -> Option<Failure> {
    if !ev.assumptions.client_copies {
        return None;
    }
    let misfit = arguments.keywords.iter().find_map(|keyword| {
        let attribute = attribute_of(class, &keyword.name)?;
        misfit(ev, &keyword.slot, attribute.kind, attribute.python, 0)
    })?;
    Some(ev.raise_for(Mistake::RejectedData, "pydantic.ValidationError", misfit.message, misfit.slot.at))
}

fn attribute_of(class: &'static Class, name: &str) -> Option<&'static Attribute> {
    class.attribute(name).or_else(|| class.attribute_by_wire(name))
}

fn known_argument(ev: &mut Evaluator<'_>, attribute: &'static Attribute, name: &str, name_at: Location, slot: &Slot) {
    // The last bit is the newest generation of the table, the only one from 37 on.
    let newest = 1 << (GENERATIONS.len() - 1);
    let fails = match (attribute.clients & newest, attribute.clients & !newest) {
        (0, _) => Some((Fails::From37, "up to version 36")),
        (_, 0) => Some((Fails::UpTo36, "from version 37 on")),
        _ => None,
    };
    if let Some((fails, known)) = fails {
        let message = format!("the client has the argument `{}` only {known}", attribute.python);
        report(ev, fails, "unknown-argument", name_at, message, "");
    } else if attribute.python.trim_start_matches('_') != name.trim_start_matches('_') {
        let message = format!("the client up to version 36 has no argument `{name}`, only `{}`", attribute.python);
        let help = format!("write `{}`", attribute.python);
        report(ev, Fails::UpTo36, "unknown-argument", name_at, message, &help);
    }
    value(ev, attribute, slot);
}

fn unknown_argument(ev: &mut Evaluator<'_>, class: &'static Class, name: &str, name_at: Location) {
    let near = nearest(name, class.attributes.iter().map(|attribute| attribute.python))
        .and_then(|index| class.attributes.get(index));
    let help = near.map(|near| format!("did you mean `{}`?", near.python)).unwrap_or_default();
    let message = format!("`{}` has no argument `{name}`", class.name);
    report(ev, Fails::Both, "unknown-argument", name_at, message, &help);
}

fn missing_arguments(ev: &mut Evaluator<'_>, class: &'static Class, arguments: &Arguments, head: Location) {
    let raises = match ev.reach() {
        Some(Reach::Call(name)) => format!("raises when `{name}` is called"),
        _ => "the module raises when it is imported".to_owned(),
    };
    for attribute in class.attributes.iter().filter(|attribute| attribute.required) {
        let given = arguments
            .keywords
            .iter()
            .find(|word| attribute_of(class, &word.name).is_some_and(|known| known.python == attribute.python));
        let (name, argument) = (class.name, attribute.python);
        match given {
            None => {
                let message = format!("`{name}` needs the argument `{argument}`: {raises}");
                report(ev, Fails::Both, "missing-argument", head, message, "");
            }
            Some(word) if word.slot.value.is_none() => {
                let message = format!("`{argument}` of `{name}` cannot be `None`: {raises}");
                report(ev, Fails::Both, "missing-argument", word.slot.value.at, message, "");
            }
            Some(_) => {}
        }
    }
}

fn value(ev: &mut Evaluator<'_>, attribute: &'static Attribute, slot: &Slot) {
    let is_amount =
        matches!(attribute.python, "limits" | "requests" | "overhead" | "size_limit" | "divisor" | "capacity");
    if let Some(Misfit { slot, message, help }) = misfit(ev, slot, attribute.kind, attribute.python, 0) {
        let finding = diagnostic("wrong-argument-type", slot.value.at, message, &help);
        let mut finding = findings::with_use(finding, &slot);
        if is_amount && ev.assumptions.client == ClientGeneration::Unknown {
            finding.severity = Severity::Info;
        }
        tell(ev, Fails::From37, finding);
    }
}

/// What does not fit in a value, itself or an item of it.
fn misfit(ev: &Evaluator<'_>, slot: &Slot, kind: Kind, name: &str, depth: usize) -> Option<Misfit> {
    let sort = sort_of(ev, &slot.value)?;
    if depth > MAX_DEPTH || !ev.charge(1) || name.ends_with("timestamp") {
        return None;
    }
    if sort == Sort::None {
        let is_item = depth > 0;
        return is_item.then(|| wrong(slot, kind, name, &sort));
    }
    match (kind, &sort) {
        (Kind::Any, _)
        | (Kind::String, Sort::Text)
        | (Kind::Integer, Sort::Int | Sort::IntOrBool)
        | (Kind::Boolean, Sort::Bool | Sort::IntOrBool)
        | (Kind::List(_), Sort::Iterable) => None,
        (Kind::Class(wanted), Sort::Model(name)) if *name == wanted => None,
        (Kind::Class(wanted), Sort::Dict) => dict_misfit(ev, slot, class(wanted)?, depth),
        (Kind::List(item), Sort::List | Sort::Tuple) => {
            let object = slot.value.as_object().and_then(|id| ev.state.object(id))?;
            let (ObjectKind::List(items) | ObjectKind::Tuple(items)) = &object.kind else { return None };
            items.sure().find_map(|slot| misfit(ev, slot, *item, name, depth + 1))
        }
        (Kind::Map(of), Sort::Dict) => {
            let object = slot.value.as_object().and_then(|id| ev.state.object(id))?;
            let ObjectKind::Dict(entries, _) = &object.kind else { return None };
            entries.entries.values().find_map(|entry| misfit(ev, &entry.value, *of, name, depth + 1))
        }
        _ => Some(wrong(slot, kind, name, &sort)),
    }
}

/// What does not fit in a dict that becomes a model.
fn dict_misfit(ev: &Evaluator<'_>, slot: &Slot, class: &'static Class, depth: usize) -> Option<Misfit> {
    let object = slot.value.as_object().and_then(|id| ev.state.object(id))?;
    let ObjectKind::Dict(entries, _) = &object.kind else { return None };
    for entry in entries.entries.values() {
        let name = entry.key.value.as_text()?;
        match attribute_of(class, name) {
            Some(attribute) => {
                let inner = if entry.value.value.is_none() { depth } else { depth + 1 };
                let is_unset = entry.value.value.is_none() && !attribute.required;
                if let Some(found) =
                    misfit(ev, &entry.value, attribute.kind, attribute.python, inner).filter(|_| !is_unset)
                {
                    return Some(found);
                }
            }
            None => {
                let message = format!("`{}` has no field `{name}`", class.name);
                return Some(Misfit { slot: entry.key.clone(), message, help: String::new() });
            }
        }
    }
    let has = |attribute: &Attribute| {
        let mut keys = entries.entries.values().filter_map(|entry| entry.key.value.as_text());
        keys.any(|key| attribute_of(class, key).is_some_and(|known| known.python == attribute.python))
    };
    let missing = class.attributes.iter().find(|attribute| attribute.required && !has(attribute))?;
    if entries.rest.is_some() {
        return None;
    }
    let message = format!("this dict becomes a `{}`, and lacks `{}`", class.name, missing.python);
    Some(Misfit { slot: slot.clone(), message, help: String::new() })
}

fn wrong(slot: &Slot, kind: Kind, name: &str, sort: &Sort) -> Misfit {
    let message = format!("`{name}` takes {}, not {}", kind.in_words(), sort.words());
    Misfit { slot: slot.clone(), message, help: sort.help() }
}

fn report(ev: &mut Evaluator<'_>, fails: Fails, rule: &'static str, at: Location, message: String, help: &str) {
    tell(ev, fails, diagnostic(rule, at, message, help));
}

/// Reports what fails in some generations of the client as severely as it is known which one is in use.
fn tell(ev: &mut Evaluator<'_>, fails: Fails, finding: Diagnostic) {
    let severity = match (fails, ev.assumptions.client) {
        (Fails::Both, _) | (Fails::UpTo36, ClientGeneration::UpTo36) | (Fails::From37, ClientGeneration::From37) => {
            Severity::Error
        }
        (Fails::UpTo36 | Fails::From37, ClientGeneration::Unknown) => finding.severity.min(Severity::Warning),
        _ => return,
    };
    findings::report(ev, Diagnostic { authority: Authority::Client, severity, ..finding });
}
