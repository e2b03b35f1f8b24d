//! What objects of the SDKs are known by: environments, tasks and the decorators that make them.

use std::rc::Rc;

use super::super::evaluate::{Call, Evaluator};
use super::super::value::{Attributes, ClassRef, Instance, Keyword, ObjectKind, Slot, Value, ValueKind};
use super::classes::{self, SdkClass};
use super::settings::keywords;
use crate::tree::Location;

/// The class of tasks, by a path under the SDK's.
pub const TASK: &str = "flyte.TaskTemplate";
/// The class of what `env.task(…)` gives: a decorator.
pub const DECORATOR: &str = "flyte.TaskEnvironment.task()";
/// The class of what `flytekit.task(…)` gives.
pub const V1_DECORATOR: &str = "flytekit.task()";
/// The attribute with the environment of a decorator; no program can name it.
pub const ENVIRONMENT: &str = "task environment";
/// The same with the function of a task.
pub const FUNCTION: &str = "task function";

/// Whether a value is an instance of a class of this file.
pub fn is_of(ev: &Evaluator<'_>, value: &Value, path: &str) -> bool {
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

/// An object that keeps settings, and something that nobody sees.
pub fn object(ev: &mut Evaluator<'_>, path: &str, settings: &[Keyword], hidden: (&str, &Value), at: Location) -> Value {
    let mut attributes = Attributes::default();
    for keyword in settings {
        attributes.set(&keyword.name, keyword.name_at, keyword.slot.clone());
    }
    attributes.set(hidden.0, at, Slot::here(hidden.1.clone()));
    let instance = Instance { class: ClassRef::Library(path.into()), attributes, payload: None, head: at.span };
    ev.allocate(ObjectKind::Instance(instance), at)
}

/// The arguments that an object keeps.
pub fn settings_of(ev: &Evaluator<'_>, value: &Value) -> Vec<Keyword> {
    if let Some(settings) = value.as_object().and_then(|id| ev.notes.tasks.get(&id)) {
        return settings.to_vec();
    }
    let attributes = ev.instance(value).map(|instance| instance.attributes.clone()).unwrap_or_default();
    keywords(&attributes)
        .into_iter()
        .filter(|keyword| &*keyword.name != ENVIRONMENT && &*keyword.name != FUNCTION)
        .collect()
}

/// What nobody sees of an object.
pub fn hidden(ev: &Evaluator<'_>, value: &Value, name: &str) -> Option<Value> {
    ev.instance(value)?.attributes.value(name).cloned()
}

/// The name of the function of a task.
pub fn name_of(ev: &Evaluator<'_>, task: &Value) -> Option<String> {
    hidden(ev, task, FUNCTION).and_then(|function| function_name(ev, &function))
}

/// The name of the function whose decorators are being applied: another decorator may have made something unknown of it.
pub fn defining(ev: &Evaluator<'_>) -> Option<String> {
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

/// The class of an SDK that an instance is of, by the instance's own class or what that extends.
pub fn class_of(ev: &Evaluator<'_>, value: &Value) -> Option<&'static SdkClass> {
    ev.classes_of(value).iter().find_map(|class| match class {
        ClassRef::Library(path) => classes::class(path),
        _ => None,
    })
}

/// An object of an SDK without attributes.
pub fn bare(ev: &mut Evaluator<'_>, path: &Rc<str>, call: &Call) -> Value {
    let class = ClassRef::Library(Rc::clone(path));
    let instance = Instance { class, attributes: Attributes::default(), payload: None, head: call.head };
    ev.allocate(ObjectKind::Instance(instance), call.at)
}
