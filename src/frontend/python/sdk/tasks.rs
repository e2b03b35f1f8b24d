//! Tasks: `@env.task` of flyte, `@task` and its like of flytekit, as decorators and as calls.

use std::rc::Rc;

use super::super::evaluate::{Call, Evaluator, Failure, Outcome};
use super::super::value::{
    Attributes, Cause, ClassRef, Instance, Keyword, ObjectKind, Slot, Unknown, Value, ValueKind,
};
use super::{classes, findings, objects, uses};
use crate::document::UseKind;
use crate::tree::Location;

/// The class of tasks, by a path under the SDK's.
pub const TASK: &str = "flyte.TaskTemplate";
/// The class of what `env.task(…)` gives: a decorator.
const DECORATOR: &str = "flyte.TaskEnvironment.task()";
/// The class of what `flytekit.task(…)` gives.
const V1_DECORATOR: &str = "flytekit.task()";
/// Attributes that no program can name: the environment of a decorator, the function of a task.
const ENVIRONMENT: &str = "task environment";
const FUNCTION: &str = "task function";

fn is_of(ev: &Evaluator<'_>, value: &Value, path: &str) -> bool {
    ev.instance(value).is_some_and(|instance| matches!(&instance.class, ClassRef::Library(of) if &**of == path))
}

/// Whether a path is that of a class of this file.
pub fn is_class(path: &str) -> bool {
    matches!(path, TASK | DECORATOR | V1_DECORATOR)
}

/// Whether a value is a task.
pub fn is_task(ev: &Evaluator<'_>, value: &Value) -> bool {
    is_of(ev, value, TASK)
}

/// Whether a value is what `env.task(…)` or `task(…)` gave.
pub fn is_decorator(ev: &Evaluator<'_>, value: &Value) -> bool {
    is_of(ev, value, DECORATOR) || is_of(ev, value, V1_DECORATOR)
}

fn object(ev: &mut Evaluator<'_>, path: &str, settings: &[Keyword], hidden: (&str, &Value), at: Location) -> Value {
    let mut attributes = Attributes::default();
    for keyword in settings {
        attributes.set(&keyword.name, keyword.name_at, keyword.slot.clone());
    }
    attributes.set(hidden.0, at, Slot::here(hidden.1.clone()));
    let instance = Instance { class: ClassRef::Library(path.into()), attributes, payload: None, head: at.span };
    ev.allocate(ObjectKind::Instance(instance), at)
}

/// A task of a function.
fn task(ev: &mut Evaluator<'_>, settings: Vec<Keyword>, function: &Value, at: Location) -> Value {
    let task = object(ev, TASK, &[], (FUNCTION, function), at);
    if let Some(id) = task.as_object() {
        ev.notes.tasks.insert(id, settings.into());
    }
    task
}

/// The arguments that an object keeps.
pub fn settings_of(ev: &Evaluator<'_>, value: &Value) -> Vec<Keyword> {
    if let Some(settings) = value.as_object().and_then(|id| ev.notes.tasks.get(&id)) {
        return settings.to_vec();
    }
    let attributes = ev.instance(value).map(|instance| instance.attributes.clone()).unwrap_or_default();
    uses::keywords(&attributes)
        .into_iter()
        .filter(|keyword| &*keyword.name != ENVIRONMENT && &*keyword.name != FUNCTION)
        .collect()
}

fn hidden(ev: &Evaluator<'_>, value: &Value, name: &str) -> Option<Value> {
    ev.instance(value)?.attributes.value(name).cloned()
}

/// The name of the function of a task.
pub fn name_of(ev: &Evaluator<'_>, task: &Value) -> Option<String> {
    hidden(ev, task, FUNCTION).and_then(|function| function_name(ev, &function))
}

/// The name of the function whose decorators are being applied: another decorator may have made something unknown of it.
fn defining(ev: &Evaluator<'_>) -> Option<String> {
    ev.notes.defining.as_deref().map(str::to_owned)
}

/// The name of a function.
pub fn function_name(ev: &Evaluator<'_>, value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Bound(bound) => function_name(ev, &bound.function),
        ValueKind::PartialCall(partial) => function_name(ev, &partial.callee),
        ValueKind::Unknown(unknown) => unknown.candidates.iter().find_map(|candidate| function_name(ev, candidate)),
        _ if is_task(ev, value) => name_of(ev, value),
        _ => {
            let function = ev.function(value)?;
            let named = function.attributes.value("__name__").and_then(Value::as_text).map(str::to_owned);
            named.or_else(|| ev.code(function.code).map(|code| code.name().to_owned()))
        }
    }
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
        && objects::class_of(ev, &method.receiver).is_some_and(|class| class.takes == Some(UseKind::TaskEnvironment))
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
    for keyword in uses::keywords(&inherited) {
        let given = own.iter().find(|given| given.name == keyword.name && !given.slot.value.is_none());
        settings.push(given.cloned().unwrap_or(keyword));
    }
    settings.extend(own.iter().filter(|given| inherited.get(&given.name).is_none()).cloned());
    findings::refuse_unknown_arguments(ev, true, &own);
    let template = own.iter().find(|word| uses::takes_template(&word.name) && !word.slot.value.is_none()).cloned();
    let is_own = template.is_some();
    let template = template.or_else(|| settings.iter().find(|word| uses::takes_template(&word.name)).cloned());
    let name = function_name(ev, function).or_else(|| defining(ev));
    if let Some(Keyword { slot, .. }) = &template {
        if is_own {
            findings::refuse_as_template(ev, slot, false, false);
            let reusable = uses::setting(&settings, "reusable");
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
    }
    task(ev, settings, function, at)
}

fn make_v1(ev: &mut Evaluator<'_>, function: &Value, settings: Vec<Keyword>, at: Location) -> Value {
    let name = function_name(ev, function).or_else(|| defining(ev));
    uses::of_arguments(ev, UseKind::V1Task, None, name, settings.clone());
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
