//! Tasks: `@env.task` of flyte, `@task` and its like of flytekit, as decorators and as calls.

use std::rc::Rc;

use super::super::evaluate::{Call, Evaluator, Failure, Outcome};
use super::super::value::{Attributes, Cause, Keyword, Slot, Unknown, Value, ValueKind};
use super::handles::{
    DECORATOR, ENVIRONMENT, FUNCTION, TASK, V1_DECORATOR, class_of, defining, function_name, hidden, is_decorator,
    is_of, is_task, name_of, object, settings_of,
};
use super::settings::{keywords, setting, takes_template};
use super::{classes, findings, uses};
use crate::document::UseKind;
use crate::tree::Location;

/// A task of a function.
fn task(ev: &mut Evaluator<'_>, settings: Vec<Keyword>, function: &Value, at: Location) -> Value {
    let task = object(ev, TASK, &[], (FUNCTION, function), at);
    if let Some(id) = task.as_object() {
        ev.notes.tasks.insert(id, settings.into());
    }
    task
}

/// `env.task(…)`: a decorator, or the task of the function that it is given.
pub fn environment_task(ev: &mut Evaluator<'_>, environment: &Value, call: &Call) -> Outcome {
    let function = call.arguments.get("_func", 0).cloned();
    let settings = call.arguments.keywords.clone();
    match function {
        Some(function) => Ok(make(ev, environment, &function.value, settings, call.at)),
        None => Ok(object(ev, DECORATOR, &settings, (ENVIRONMENT, environment), call.at)),
    }
}

/// `@task(…)` of flytekit: likewise.
pub fn v1_task(ev: &mut Evaluator<'_>, path: &str, call: &Call) -> Outcome {
    let function = call.arguments.get("_task_function", 0).cloned();
    let settings = call.arguments.keywords.clone();
    findings::refuse_settings(ev, UseKind::V1Task, path, &settings);
    match function {
        Some(function) => Ok(make_v1(ev, &function.value, settings, call.at)),
        None => {
            let none = Value::none(call.at);
            Ok(object(ev, V1_DECORATOR, &settings, (ENVIRONMENT, &none), call.at))
        }
    }
}

/// What a decorator of an SDK makes of a function: a task.
pub fn decorate(ev: &mut Evaluator<'_>, decorator: &Value, function: &Value, at: Location) -> Option<Outcome> {
    if let ValueKind::Method(method) = &decorator.kind
        && &*method.name == "task"
        && class_of(ev, &method.receiver).is_some_and(|class| class.takes == Some(UseKind::TaskEnvironment))
    {
        return Some(Ok(make(ev, &method.receiver.clone(), function, Vec::new(), at)));
    }
    if matches!(&decorator.kind, ValueKind::Library(path) if classes::makes_v1_task(path)) {
        return Some(Ok(make_v1(ev, function, Vec::new(), at)));
    }
    apply(ev, decorator, function, at)
}

/// The task that a decorator with arguments makes of a function.
pub fn apply(ev: &mut Evaluator<'_>, decorator: &Value, function: &Value, at: Location) -> Option<Outcome> {
    if is_of(ev, decorator, V1_DECORATOR) {
        let settings = settings_of(ev, decorator);
        return Some(Ok(make_v1(ev, function, settings, at)));
    }
    if is_of(ev, decorator, DECORATOR) {
        let environment = hidden(ev, decorator, ENVIRONMENT)?;
        let settings = settings_of(ev, decorator);
        return Some(Ok(make(ev, &environment, function, settings, at)));
    }
    None
}

/// A task of an environment: with its own template, else the environment's.
fn make(ev: &mut Evaluator<'_>, environment: &Value, function: &Value, own: Vec<Keyword>, at: Location) -> Value {
    let inherited = ev.instance(environment).map(|instance| instance.attributes.clone()).unwrap_or_default();
    let mut settings: Vec<Keyword> = Vec::new();
    for keyword in keywords(&inherited) {
        let given = own.iter().find(|given| given.name == keyword.name && !given.slot.value.is_none());
        settings.push(given.cloned().unwrap_or(keyword));
    }
    settings.extend(own.iter().filter(|given| inherited.get(&given.name).is_none()).cloned());
    findings::refuse_unknown_arguments(ev, true, &own);
    let template = own.iter().find(|word| takes_template(&word.name) && !word.slot.value.is_none()).cloned();
    let is_own = template.is_some();
    let template = template.or_else(|| settings.iter().find(|word| takes_template(&word.name)).cloned());
    let name = function_name(ev, function).or_else(|| defining(ev));
    if let Some(Keyword { slot, .. }) = template.as_ref().filter(|word| !word.slot.value.is_none()) {
        if is_own {
            findings::refuse_as_template(ev, slot, false, false);
            let reusable = setting(&settings, "reusable");
            if reusable.is_some_and(|slot| matches!(slot.value.kind, ValueKind::Object(_))) {
                findings::template_on_reusable(ev, slot.at);
            }
        }
        let place = if is_own { slot.at } else { at };
        let slot = Slot::new(slot.value.clone(), place);
        uses::note(ev, &slot, UseKind::Task, None, name, settings.clone(), Attributes::default());
    } else if let Some(gap) = &inherited.rest {
        // Among the arguments that are not known may be a template.
        let unknown = Unknown::new(Cause::External, Rc::clone(&gap.reason)).with_candidates(Rc::clone(&gap.candidates));
        let slot = Slot::here(Value::unknown(unknown, at));
        if uses::is_template(ev, &slot.value) {
            uses::note(ev, &slot, UseKind::Task, None, name, settings.clone(), Attributes::default());
        }
    } else {
        uses::note_bare(ev, UseKind::Task, None, name, at, &settings);
    }
    task(ev, settings, function, at)
}

fn make_v1(ev: &mut Evaluator<'_>, function: &Value, settings: Vec<Keyword>, at: Location) -> Value {
    let name = function_name(ev, function).or_else(|| defining(ev));
    uses::of_arguments(ev, UseKind::V1Task, (None, at), name, settings.clone());
    task(ev, settings, function, at)
}

/// A call of a task, or of the decorator that makes one.
pub fn call_object(ev: &mut Evaluator<'_>, call: &Call) -> Option<Outcome> {
    if is_decorator(ev, &call.callee) {
        let function = call.arguments.positional.first().map(|slot| slot.value.clone());
        return match function {
            Some(function) => apply(ev, &call.callee.clone(), &function, call.at),
            None => None,
        };
    }
    is_task(ev, &call.callee)
        .then(|| Err(Failure::Unknown(Unknown::new(Cause::External, ev.snippet(call.at)).from(format!("{TASK}()")))))
}

/// What the project's own code sees of a task: its function under `func`.
pub fn attribute(ev: &Evaluator<'_>, value: &Value, name: &str) -> Option<Value> {
    match name {
        "func" | "task_function" | "__wrapped__" => hidden(ev, value, FUNCTION),
        "__name__" => name_of(ev, value).map(|name| Value::text(Rc::<str>::from(name), value.at)),
        _ => None,
    }
}
