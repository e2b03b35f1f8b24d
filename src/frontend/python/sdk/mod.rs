//! The Kubernetes client and the SDKs of Flyte, as tables.

mod amounts;
mod argument_checks;
mod builders;
mod classes;
mod copies;
mod fields;
mod findings;
mod handles;
mod images;
mod lost_changes;
mod models;
mod objects;
mod paths;
mod records;
mod refusals;
mod settings;
mod signatures;
mod sorts;
mod taking;
mod tasks;
mod templates;
mod uses;

use std::rc::Rc;

pub use copies::copy_function;
pub use findings::copy_discarded;
pub use images::layers_of;
pub use lost_changes::report as report_lost_changes;
pub use paths::{is_harmless, names_of};
pub use settings::takes_template;
pub use taking::has_changed;

use super::evaluate::{Call, Evaluator, Outcome, Stop};
use super::value::{ClassRef, Method, ObjectId, PartialText, Sdk, Slot, Value, ValueKind};
use crate::tree::{Location, Piece};

/// What a dotted path of an SDK means.
pub fn resolve(path: &str, at: Location) -> Option<Value> {
    paths::meaning(path).map(|kind| Value::new(kind, at))
}

/// Sees each dotted path that is looked up.
pub fn constant(ev: &mut Evaluator<'_>, path: &str, at: Location) -> Option<Value> {
    if matches!(path, "kubernetes.__version__" | "kubernetes.client.__version__") {
        return client_version(ev, at);
    }
    if path.starts_with("kubernetes.client.") {
        findings::refuse_class_name(ev, path, at);
    } else if path.starts_with("flyte") || path.starts_with("union.") {
        signatures::refuse_name(ev, path, at);
    }
    None
}

/// `kubernetes.__version__`: only the major version is known.
fn client_version(ev: &Evaluator<'_>, at: Location) -> Option<Value> {
    let major = ev.assumptions.client_major?;
    let pieces = [Piece::Text(format!("{major}.").into()), Piece::Hole];
    let text = PartialText::new(pieces, "kubernetes.__version__");
    Some(Value::new(ValueKind::Partial(Rc::new(text)), at))
}

/// The class of the SDKs or the client that the classes of an object lead to.
fn foreign(order: &[ClassRef]) -> Option<ClassRef> {
    order
        .iter()
        .find(|class| match class {
            ClassRef::Client(_) | ClassRef::Template(_) => true,
            ClassRef::Library(path) => {
                classes::class(path).is_some()
                    || classes::image_layer(path).is_some()
                    || classes::is_api_client(path)
                    || handles::is_class(path)
            }
            _ => false,
        })
        .cloned()
}

/// An attribute of an object of an SDK or the client.
pub fn attribute(ev: &mut Evaluator<'_>, value: &Value, name: &str, at: Location) -> Option<Outcome> {
    ev.instance(value)?;
    match foreign(&ev.classes_of(value))? {
        ClassRef::Client(class) => models::attribute(ev, value, class, name, at),
        ClassRef::Template(sdk) => templates::attribute(ev, value, sdk, name, at),
        ClassRef::Library(path) => match tasks::attribute(ev, value, name) {
            Some(found) => Some(Ok(found)),
            None => objects::attribute(ev, value, &path, name, at),
        },
        _ => None,
    }
}

/// Makes an object of a class of an SDK or the client, and calls their functions and methods.
pub fn construct(ev: &mut Evaluator<'_>, call: &Call) -> Option<Outcome> {
    match &call.callee.kind {
        ValueKind::ClientClass(class) => Some(models::construct(ev, class, call)),
        ValueKind::TemplateClass(sdk) => templates::construct(ev, *sdk, call),
        ValueKind::Library(path) => objects::call_path(ev, &Rc::clone(path), call),
        ValueKind::Method(method) => call_method(ev, &Rc::clone(method), call),
        ValueKind::Object(_) => tasks::call_object(ev, call),
        _ => None,
    }
}

fn call_method(ev: &mut Evaluator<'_>, method: &Method, call: &Call) -> Option<Outcome> {
    let receiver = &method.receiver;
    let (name, is_super) = match method.name.strip_prefix("super.") {
        Some(name) => (name, true),
        None => (&*method.name, false),
    };
    match &receiver.kind {
        ValueKind::ClientClass(class) => return records::class_method(ev, class, name, call),
        ValueKind::TemplateClass(sdk) if name == "from_spec" => {
            return Some(builders::from_spec(ev, ClassRef::Template(*sdk), *sdk, call));
        }
        ValueKind::Object(id) if ev.class(*id).is_some() => {
            let order = ev.class(*id).map(|class| class.order.clone()).unwrap_or_default();
            return match foreign(&order)? {
                ClassRef::Template(sdk) if name == "from_spec" => {
                    Some(builders::from_spec(ev, ClassRef::User(*id), sdk, call))
                }
                _ => None,
            };
        }
        _ => {}
    }
    ev.instance(receiver)?;
    match foreign(&ev.classes_of(receiver))? {
        ClassRef::Client(class) if is_super && name == "__init__" => {
            let result = models::initialise(ev, receiver, class, &call.arguments, call);
            Some(result.map(|()| Value::none(call.at)))
        }
        ClassRef::Client(class) => records::method(ev, receiver, class, name, call),
        ClassRef::Template(sdk) => template_method(ev, receiver, sdk, name, call),
        ClassRef::Library(path) if classes::is_api_client(&path) => records::api_method(ev, name, call),
        ClassRef::Library(path) => Some(objects::call_method(ev, receiver, &path, name, call)),
        _ => None,
    }
}

fn template_method(ev: &mut Evaluator<'_>, receiver: &Value, sdk: Sdk, name: &str, call: &Call) -> Option<Outcome> {
    match name {
        "__init__" => {
            let result = templates::initialise(ev, receiver, sdk, &call.arguments, call.at);
            Some(result.map(|()| Value::none(call.at)))
        }
        "__post_init__" => {
            templates::post_initialise(ev, receiver, sdk, call.at);
            Some(Ok(Value::none(call.at)))
        }
        "from_spec" => {
            let class = ev.instance(receiver)?.class.clone();
            Some(builders::from_spec(ev, class, sdk, call))
        }
        _ if fields::is_builder(name) => Some(builders::build(ev, receiver, name, call)),
        "to_k8s_pod" | "version_hash" => Some(Err(ev.not_modelled(call))),
        _ => None,
    }
}

/// Sees each call before it is made.
pub fn observe_call(ev: &mut Evaluator<'_>, call: &Call) {
    signatures::judge(ev, call);
    uses::observe(ev, call);
    lost_changes::observe(ev, call);
}

/// What a decorator of an SDK makes of a function or class.
pub fn decorate(ev: &mut Evaluator<'_>, decorator: &Value, decorated: &Value, at: Location) -> Option<Outcome> {
    tasks::decorate(ev, decorator, decorated, at)
}

/// Sees an attribute of an object set.
pub fn assign(
    ev: &mut Evaluator<'_>,
    object: ObjectId,
    name: &str,
    name_at: Location,
    slot: &Slot,
) -> Result<bool, Stop> {
    uses::of_attribute(ev, object, slot);
    let value = Value::new(ValueKind::Object(object), slot.at);
    match foreign(&ev.classes_of(&value)) {
        Some(ClassRef::Client(class)) => models::assign(ev, object, class, name, name_at, slot),
        _ => Ok(false),
    }
}

/// Makes an instance of a class of the project that extends one of the client or an SDK.
pub fn instantiate(ev: &mut Evaluator<'_>, id: ObjectId, call: &Call) -> Option<Outcome> {
    let order = ev.class(id)?.order.clone();
    match foreign(&order)? {
        ClassRef::Template(sdk) => Some(templates::instantiate(ev, id, sdk, &order, call)),
        ClassRef::Client(class) => Some(models::instantiate(ev, id, class, &order, call)),
        ClassRef::Library(path) => {
            let class = classes::class(&path)?;
            Some(objects::instantiate(ev, id, (&path, class), &order, call))
        }
        _ => None,
    }
}

/// The class of an SDK that a path means, as people call it, where templates are given to it or stand beside it.
pub fn class_name(path: &str) -> Option<&'static str> {
    if classes::image_layer(path).is_some() {
        return Some("flyte.Image");
    }
    classes::class(path).map(|class| class.name)
}
