//! The `V1*` classes of the Kubernetes client: constructors, attributes that are set and read.

use std::rc::Rc;

use super::super::evaluate::{Call, Evaluator, Failure, Mistake, Outcome, Stop};
use super::super::value::{
    Arguments, Attributes, ClassRef, Gap, Instance, Method, ObjectId, ObjectKind, Slot, Value, ValueKind,
};
use super::refusals;
use super::taking::taken;
use crate::config::ClientGeneration;
use crate::schema::python::{Attribute, Class, Kind};
use crate::tree::Location;

/// What models of either generation have beside their attributes.
const METHODS: &[&str] = &[
    "attribute_map",
    "construct",
    "copy",
    "dict",
    "discriminator",
    "from_dict",
    "from_json",
    "from_orm",
    "json",
    "local_vars_configuration",
    "openapi_types",
    "parse_obj",
    "parse_raw",
    "schema",
    "to_dict",
    "to_json",
    "to_str",
    "update_forward_refs",
    "validate",
];

/// What only models from version 37 on have.
const NEWER: &[&str] = &[
    "construct",
    "copy",
    "dict",
    "from_dict",
    "from_json",
    "from_orm",
    "json",
    "parse_obj",
    "parse_raw",
    "schema",
    "to_json",
    "update_forward_refs",
    "validate",
];

/// An object of a class of the client.
pub fn construct(ev: &mut Evaluator<'_>, class: &'static Class, call: &Call) -> Outcome {
    let instance =
        Instance { class: ClassRef::Client(class), attributes: Attributes::default(), payload: None, head: call.head };
    let value = ev.allocate(ObjectKind::Instance(instance), call.at);
    initialise(ev, &value, class, &call.arguments, call)?;
    Ok(value)
}

/// What the constructor does to an object that exists; positional arguments go by the order of the older clients.
pub fn initialise(
    ev: &mut Evaluator<'_>,
    value: &Value,
    class: &'static Class,
    arguments: &Arguments,
    call: &Call,
) -> Result<(), Failure> {
    let Some(id) = value.as_object() else { return Ok(()) };
    if ev.is_guarded() {
        refuse(ev, class, arguments, call.at)?;
    } else {
        refusals::judge(ev, class, arguments, Location { span: call.head, ..call.at });
    }
    for (attribute, slot) in class.attributes.iter().zip(&arguments.positional) {
        let given = taken(ev, slot, class, attribute.kind);
        ev.set_raw_attribute(id, attribute.python, slot.at, given);
    }
    for keyword in &arguments.keywords {
        let attribute = attribute_of(class, &keyword.name);
        let kind = attribute.map_or(Kind::Any, |attribute| attribute.kind);
        let given = taken(ev, &keyword.slot, class, kind);
        let name = attribute.map_or(&*keyword.name, |attribute| attribute.python);
        ev.set_raw_attribute(id, name, keyword.name_at, given);
    }
    open(ev, id, arguments);
    Ok(())
}

/// The attribute of that name in Python or, as newer clients allow it, in the API.
fn attribute_of(class: &'static Class, name: &str) -> Option<&'static Attribute> {
    class.attribute(name).or_else(|| class.attribute_by_wire(name))
}

/// Opens an object whose constructor was given what is not known.
pub fn open(ev: &mut Evaluator<'_>, id: ObjectId, arguments: &Arguments) {
    for gap in arguments.more_positional.iter().chain(&arguments.more_keywords) {
        open_by(ev, id, gap);
    }
}

fn open_by(ev: &mut Evaluator<'_>, id: ObjectId, gap: &Gap) {
    ev.state.change(id, |object| {
        if let ObjectKind::Instance(instance) = &mut object.kind {
            instance.attributes.open(gap);
        }
    });
}

/// What the constructor surely raises, where that may be caught. Elsewhere the rules say it.
fn refuse(ev: &mut Evaluator<'_>, class: &'static Class, arguments: &Arguments, at: Location) -> Result<(), Failure> {
    let copies = ev.assumptions.client_copies;
    if !arguments.positional.is_empty() {
        ev.depends_on_client = true;
        if copies {
            return Err(ev.raise("TypeError", "takes 1 positional argument", at));
        }
    }
    for keyword in &arguments.keywords {
        let is_wire_only = class.attribute(&keyword.name).is_none() && class.attribute_by_wire(&keyword.name).is_some();
        ev.depends_on_client |= is_wire_only;
        if attribute_of(class, &keyword.name).is_none() || (is_wire_only && !copies) {
            let message = format!("got an unexpected keyword argument '{}'", keyword.name);
            return Err(refused(ev, "TypeError", message, keyword.name_at));
        }
    }
    let is_given = |(index, attribute): (usize, &Attribute)| {
        let named = arguments
            .keywords
            .iter()
            .find(|keyword| attribute_of(class, &keyword.name).is_some_and(|known| known.python == attribute.python))
            .map(|keyword| &keyword.slot);
        named.or_else(|| arguments.positional.get(index)).is_some_and(|slot| !slot.value.is_none())
    };
    let missing =
        class.attributes.iter().enumerate().find(|(index, known)| known.required && !is_given((*index, known)));
    match missing {
        Some((_, attribute)) if !arguments.is_open() => {
            let message = format!("Invalid value for `{}`, must not be `None`", attribute.python);
            Err(refused(ev, "ValueError", message, at))
        }
        _ => match refusals::refused_value(ev, class, arguments) {
            Some(failure) => Err(failure),
            None => Ok(()),
        },
    }
}

/// An exception of the client: from 37 on pydantic's, before that `older`.
fn refused(ev: &mut Evaluator<'_>, older: &str, message: String, at: Location) -> Failure {
    if !ev.assumptions.client_copies {
        return ev.raise(older, message, at);
    }
    ev.raise_for(Mistake::RejectedData, "pydantic.ValidationError", message, at)
}

/// Reads an attribute; one that was never set is `None`.
pub fn attribute(
    ev: &mut Evaluator<'_>,
    value: &Value,
    class: &'static Class,
    name: &str,
    at: Location,
) -> Option<Outcome> {
    let instance = ev.instance(value)?;
    let is_open = instance.attributes.rest.is_some();
    if let Some(known) = class.attribute(name) {
        return match instance.attributes.value(known.python) {
            Some(found) => Some(Ok(found.clone())),
            None if is_open => None,
            None => Some(Ok(Value::none(at))),
        };
    }
    if instance.attributes.get(name).is_some() {
        return None;
    }
    let is_newer = name.starts_with("model_") || NEWER.contains(&name);
    if is_newer && ev.assumptions.client == ClientGeneration::UpTo36 {
        let message = format!("'{}' object has no attribute '{name}' up to version 36 of the client", class.name);
        return Some(Err(ev.raise("AttributeError", message, at)));
    }
    if name.starts_with('_') || is_newer || METHODS.contains(&name) {
        let method = Method { receiver: value.clone(), name: name.into() };
        return (name != "__class__").then(|| Ok(Value::new(ValueKind::Method(Rc::new(method)), at)));
    }
    if is_open {
        return None;
    }
    let message = format!("'{}' object has no attribute '{name}'", class.name);
    Some(Err(ev.raise("AttributeError", message, at)))
}

/// Sets an attribute: from client 37 on lists and dicts are copied, and attributes that the class does not have are refused; up
/// to 36 these are kept, and never reach the pod.
pub fn assign(
    ev: &mut Evaluator<'_>,
    id: ObjectId,
    class: &'static Class,
    name: &str,
    name_at: Location,
    slot: &Slot,
) -> Result<bool, Stop> {
    if let Some(attribute) = class.attribute(name) {
        if !ev.is_guarded() {
            refusals::judge_assignment(ev, attribute, slot);
        }
        let given = taken(ev, slot, class, attribute.kind);
        ev.set_raw_attribute(id, attribute.python, name_at, given);
        return Ok(true);
    }
    ev.depends_on_client = true;
    if !ev.assumptions.client_copies {
        ev.notes.dropped.insert((id, name.into()));
        return Ok(false);
    }
    if ev.is_guarded() {
        let message = format!("\"{}\" object has no field \"{name}\"", class.name);
        if let Failure::Stop = refused(ev, "ValueError", message, name_at) {
            return Err(Stop);
        }
    }
    Ok(false)
}

/// An instance of a class of the project that extends one of the client.
pub fn instantiate(
    ev: &mut Evaluator<'_>,
    id: ObjectId,
    class: &'static Class,
    order: &[ClassRef],
    call: &Call,
) -> Outcome {
    let value = ev.bare_instance(id, call);
    if ev.defined_in(order, "__init__").is_some() {
        ev.initialise(&value, order, call)?;
    } else {
        initialise(ev, &value, class, &call.arguments, call)?;
    }
    Ok(value)
}
