//! Objects of the SDKs: environments, resources, secrets, images, with the arguments that are known.

use std::rc::Rc;

use super::super::evaluate::{Call, Evaluator, Failure, Outcome};
use super::super::value::{Arguments, Cause, ClassRef, Method, ObjectId, Slot, Unknown, Value, ValueKind};
use super::classes::{self, SdkClass};
use super::handles::{TASK, bare, class_of};
use super::settings::named;
use super::{copies, images, models, tasks, uses};
use crate::document::UseKind;
use crate::schema::sdk;
use crate::tree::Location;

/// What objects of the SDKs are called for.
const METHODS: &[&str] = &[
    "task",
    "clone_with",
    "add_dependency",
    "add_task",
    "trigger",
    "override",
    "with_overrides",
    "to_k8s_pod",
    "aio",
    "on_startup",
    "on_shutdown",
    "server",
    "map",
];

/// A call of a function or class of an SDK.
pub fn call_path(ev: &mut Evaluator<'_>, path: &Rc<str>, call: &Call) -> Option<Outcome> {
    if let Some(base) = path.strip_suffix(".__init__") {
        return super_initialise(ev, base, call);
    }
    if let Some(layer) = classes::image_layer(path) {
        return Some(Ok(images::image(ev, "", layer, call)));
    }
    if classes::makes_v1_task(path) {
        return Some(tasks::v1_task(ev, path, call));
    }
    if classes::is_api_client(path) {
        return Some(Ok(bare(ev, path, call)));
    }
    if let Some(class) = classes::class(path) {
        let value = bare(ev, path, call);
        initialise(ev, &value, (path, class), &call.arguments);
        return Some(Ok(value));
    }
    let is_lazy = path.ends_with(".lazy_module") && path.starts_with("flytekit.");
    let module = call.arguments.positional.first().filter(|_| is_lazy)?;
    let module: Rc<str> = module.value.as_text()?.into();
    Some(Ok(ev.library(&module, call.at)))
}

/// `super().__init__(…)` in a class that extends one of an SDK.
fn super_initialise(ev: &mut Evaluator<'_>, base: &str, call: &Call) -> Option<Outcome> {
    let class = classes::class(base)?;
    let mut arguments = call.arguments.clone();
    if arguments.positional.is_empty() {
        return None;
    }
    let receiver = arguments.positional.remove(0).value;
    initialise(ev, &receiver, (base, class), &arguments);
    Some(Ok(Value::none(call.at)))
}

/// What the constructor does to an object that exists, and where the templates go that it is given.
pub fn initialise(
    ev: &mut Evaluator<'_>,
    value: &Value,
    (path, class): (&str, &'static SdkClass),
    arguments: &Arguments,
) {
    let Some(id) = value.as_object() else { return };
    let named = named(arguments, &classes::positional(path, class));
    for keyword in &named {
        ev.set_raw_attribute(id, &keyword.name, keyword.name_at, keyword.slot.clone());
    }
    models::open(ev, id, arguments);
    uses::of_class(ev, value, class, named);
}

/// An instance of a class of the project that extends one of an SDK.
pub fn instantiate(
    ev: &mut Evaluator<'_>,
    id: ObjectId,
    (path, class): (&str, &'static SdkClass),
    order: &[ClassRef],
    call: &Call,
) -> Outcome {
    let value = ev.bare_instance(id, call);
    if ev.defined_in(order, "__init__").is_some() {
        ev.initialise(&value, order, call)?;
    } else {
        initialise(ev, &value, (path, class), &call.arguments);
        if let Some(result) = ev.call_special(&value, "__post_init__", Vec::new(), call.at) {
            result?;
        }
    }
    Ok(value)
}

/// Reads an attribute of an object of an SDK: what was not given is the SDK's matter, and a method is what else it can be.
pub fn attribute(ev: &mut Evaluator<'_>, value: &Value, path: &str, name: &str, at: Location) -> Option<Outcome> {
    let instance = ev.instance(value)?;
    if instance.attributes.get(name).is_some() || name == "__class__" {
        return None;
    }
    let is_image = classes::image_layer(path).is_some();
    if instance.attributes.rest.is_none()
        && let Some(outcome) = by_tables(ev, path, name, at)
    {
        return Some(outcome);
    }
    let instance = ev.instance(value)?;
    let is_method = METHODS.contains(&name)
        || name.starts_with('_')
        || classes::is_api_client(path)
        || (is_image && (name.starts_with("with_") || name == "clone"));
    if is_method {
        let method = Method { receiver: value.clone(), name: name.into() };
        return Some(Ok(Value::new(ValueKind::Method(Rc::new(method)), at)));
    }
    let class = classes::class(path)?;
    if instance.attributes.rest.is_some() {
        return None;
    }
    if class.positional.contains(&name) || (name == "pod_template" && class.takes.is_some()) {
        return Some(Ok(Value::none(at)));
    }
    let origin = format!("{path}().{name}");
    Some(Err(Failure::Unknown(Unknown::new(Cause::External, ev.snippet(at)).from(origin))))
}

/// Fields of environments that stay `None` unless they are given.
const UNSET: &[&str] = &[
    "description",
    "env_vars",
    "plugin_config",
    "pod_template",
    "queue",
    "resources",
    "reusable",
    "secrets",
    "service_account",
];

/// What the tables say of an attribute that was not given: that no release has it, or that it is `None`.
fn by_tables(ev: &mut Evaluator<'_>, path: &str, name: &str, at: Location) -> Option<Outcome> {
    let definition = sdk::find(path)?;
    if name.starts_with('_') || !definition.is_closed(None) {
        return None;
    }
    let class = definition.path.rsplit('.').next().unwrap_or_default();
    let Some(attribute) = definition.attribute(name, None) else {
        if definition.method(name, None).is_some() {
            return None;
        }
        let message = format!("'{class}' object has no attribute '{name}'");
        return Some(Err(ev.raise("AttributeError", message, at)));
    };
    let is_unset = UNSET.contains(&name) && definition.is_a("flyte.Environment", None);
    (is_unset && attribute.kind == sdk::AttributeKind::Instance).then(|| Ok(Value::none(at)))
}

/// A method of an object of an SDK. What it does to a template is known: nothing.
pub fn call_method(ev: &mut Evaluator<'_>, receiver: &Value, path: &str, name: &str, call: &Call) -> Outcome {
    if classes::image_layer(path).is_some() {
        let layers = images::layers_of(ev, receiver);
        return Ok(images::image(ev, &layers, name, call));
    }
    match name {
        "task" if class_of(ev, receiver).is_some_and(|class| class.takes == Some(UseKind::TaskEnvironment)) => {
            tasks::environment_task(ev, receiver, call)
        }
        "clone_with" => Ok(clone_with(ev, receiver, call)),
        "override" | "with_overrides" if path == TASK => {
            Err(Failure::Unknown(Unknown::new(Cause::External, ev.snippet(call.at)).from(path)))
        }
        _ => Err(Failure::Unknown(Unknown::new(Cause::External, ev.snippet(call.at)).from(format!("{path}.{name}()")))),
    }
}

/// `env.clone_with(name, …)`: a copy with some settings of its own.
fn clone_with(ev: &mut Evaluator<'_>, receiver: &Value, call: &Call) -> Value {
    let copy = copies::shallow_copy(ev, receiver);
    let Some(id) = copy.as_object() else { return copy };
    let (arguments, at) = (&call.arguments, call.at);
    if let Some(name) = arguments.get("name", 0) {
        ev.set_raw_attribute(id, "name", name.at, name.clone());
    }
    for keyword in arguments.keywords.iter().filter(|word| !word.slot.value.is_none()) {
        ev.set_raw_attribute(id, &keyword.name, keyword.name_at, keyword.slot.clone());
    }
    models::open(ev, id, arguments);
    let template = ev.instance(&copy).and_then(|instance| instance.attributes.value("pod_template").cloned());
    if let Some(template) = template {
        uses::of_attribute(ev, id, &Slot::new(template, at));
    }
    copy.moved(at)
}
