//! `PodTemplate` of both SDKs and the classes of the project that extend it.

use std::rc::Rc;

use super::super::evaluate::{Call, Evaluator, Event, Failure, Mistake, Outcome};
use super::super::value::{
    Arguments, Attributes, ClassKind, ClassRef, Field, FieldDefault, Instance, Method, ObjectId, ObjectKind, Sdk, Slot,
    Value, ValueKind,
};
use super::fields::{FIELDS, is_builder, nowhere};
use super::{findings, models};
use crate::schema::python::class;
use crate::tree::Location;

/// A `PodTemplate`; `None` for a class of that name that podlint does not know and that is not called like one.
pub fn construct(ev: &mut Evaluator<'_>, sdk: Sdk, call: &Call) -> Option<Outcome> {
    let looks_like_one =
        call.arguments.keywords.iter().any(|word| matches!(&*word.name, "pod_spec" | "primary_container_name"));
    if sdk == Sdk::Unknown && !looks_like_one {
        return None;
    }
    Some(made(ev, sdk, call))
}

fn made(ev: &mut Evaluator<'_>, sdk: Sdk, call: &Call) -> Outcome {
    let value = bare(ev, ClassRef::Template(sdk), call);
    initialise(ev, &value, sdk, &call.arguments, call.at)?;
    register(ev, &value);
    Ok(value)
}

/// A template without anything.
pub fn bare(ev: &mut Evaluator<'_>, class: ClassRef, call: &Call) -> Value {
    let instance = Instance { class, attributes: Attributes::default(), payload: None, head: call.head };
    ev.allocate(ObjectKind::Instance(instance), call.at)
}

/// What the constructor does to an object that exists.
pub fn initialise(
    ev: &mut Evaluator<'_>,
    value: &Value,
    sdk: Sdk,
    arguments: &Arguments,
    at: Location,
) -> Result<(), Failure> {
    let Some(id) = value.as_object() else { return Ok(()) };
    findings::refuse_template_arguments(ev, sdk, arguments);
    let unknown = arguments.keywords.iter().find(|word| !FIELDS.contains(&&*word.name));
    if let Some(keyword) = unknown.filter(|_| ev.is_guarded()) {
        let message = format!("PodTemplate.__init__() got an unexpected keyword argument '{}'", keyword.name);
        return Err(ev.raise_for(Mistake::WrongCall, "TypeError", message, at));
    }
    for (name, slot) in FIELDS.iter().zip(&arguments.positional) {
        ev.set_raw_attribute(id, name, slot.at, slot.clone());
    }
    for keyword in &arguments.keywords {
        ev.set_raw_attribute(id, &keyword.name, keyword.name_at, keyword.slot.clone());
    }
    models::open(ev, id, arguments);
    post_initialise(ev, value, sdk, at);
    Ok(())
}

/// flytekit's `__post_init__`: without a pod spec there is one without containers.
pub fn post_initialise(ev: &mut Evaluator<'_>, value: &Value, sdk: Sdk, at: Location) {
    let Some(instance) = ev.instance(value) else { return };
    let is_given =
        instance.attributes.rest.is_some() || instance.attributes.value("pod_spec").is_some_and(|spec| !spec.is_none());
    let (Some(id), Some(spec_class)) = (value.as_object(), class("V1PodSpec")) else { return };
    if sdk != Sdk::V1 || is_given {
        return;
    }
    let containers = ev.list(Vec::new(), at);
    let mut attributes = Attributes::default();
    attributes.set("containers", nowhere(at), Slot::here(containers));
    let class = ClassRef::Client(spec_class);
    let spec = ev.allocate(ObjectKind::Instance(Instance { class, attributes, payload: None, head: at.span }), at);
    if let Some(spec) = spec.as_object() {
        ev.notes.default_specs.insert(spec);
    }
    ev.set_raw_attribute(id, "pod_spec", nowhere(at), Slot::here(spec));
}

/// Notes that there is a template.
pub fn register(ev: &mut Evaluator<'_>, value: &Value) {
    if let Some(object) = value.as_object() {
        let (is_foreign, entry_call) = (ev.is_importing(), ev.entry_call());
        ev.emit(Event::Template { object, is_foreign, entry_call });
    }
}

/// Reads an attribute of a template.
pub fn attribute(ev: &mut Evaluator<'_>, value: &Value, sdk: Sdk, name: &str, at: Location) -> Option<Outcome> {
    let instance = ev.instance(value)?;
    let is_method =
        is_builder(name) || matches!(name, "from_spec" | "to_k8s_pod" | "version_hash") || name.starts_with('_');
    if is_method && name != "__class__" && name != "__dict__" && instance.attributes.get(name).is_none() {
        let method = Method { receiver: value.clone(), name: name.into() };
        return Some(Ok(Value::new(ValueKind::Method(Rc::new(method)), at)));
    }
    if instance.attributes.get(name).is_some() || instance.attributes.rest.is_some() {
        return None;
    }
    match name {
        "pod_spec" | "labels" | "annotations" => Some(Ok(Value::none(at))),
        "primary_container_name" => Some(Ok(Value::text("primary", at))),
        _ if name.starts_with("__") || sdk == Sdk::Unknown => None,
        _ => {
            let message = format!("'PodTemplate' object has no attribute '{name}'");
            Some(Err(ev.raise("AttributeError", message, at)))
        }
    }
}

/// An instance of a class of the project that extends `PodTemplate`.
pub fn instantiate(ev: &mut Evaluator<'_>, id: ObjectId, sdk: Sdk, order: &[ClassRef], call: &Call) -> Outcome {
    let value = bare(ev, ClassRef::User(id), call);
    register(ev, &value);
    if ev.defined_in(order, "__init__").is_some() {
        ev.initialise(&value, order, call)?;
        return Ok(value);
    }
    let Some((with_fields, fields)) = fields_of(ev, order) else {
        initialise(ev, &value, sdk, &call.arguments, call.at)?;
        return Ok(value);
    };
    initialise_fields(ev, &value, &fields, call)?;
    let behind: Vec<ClassRef> =
        order.iter().skip_while(|class| !matches!(class, ClassRef::User(id) if *id == with_fields)).cloned().collect();
    if ev.defined_in(&behind, "__post_init__").is_none() {
        post_initialise(ev, &value, sdk, call.at);
    } else if let Some(result) = ev.call_special(&value, "__post_init__", Vec::new(), call.at) {
        result?;
    }
    Ok(value)
}

/// The first class in the order that was made a dataclass, and its fields beside those of the template.
fn fields_of(ev: &Evaluator<'_>, order: &[ClassRef]) -> Option<(ObjectId, Rc<[Field]>)> {
    order.iter().find_map(|class| {
        let ClassRef::User(id) = class else { return None };
        match &ev.class(*id)?.kind {
            ClassKind::Fields { fields, .. } => Some((*id, Rc::clone(fields))),
            _ => None,
        }
    })
}

/// What the constructor of a dataclass that extends `PodTemplate` does: the template's fields come first.
fn initialise_fields(ev: &mut Evaluator<'_>, value: &Value, fields: &[Field], call: &Call) -> Result<(), Failure> {
    let Some(id) = value.as_object() else { return Ok(()) };
    let arguments = &call.arguments;
    let by_position: Vec<Rc<str>> = FIELDS
        .iter()
        .map(|name| Rc::from(*name))
        .chain(
            fields
                .iter()
                .filter(|field| field.init && !field.keyword_only && !FIELDS.contains(&&*field.name))
                .map(|field| Rc::clone(&field.name)),
        )
        .collect();
    for (name, slot) in by_position.iter().zip(&arguments.positional) {
        ev.set_raw_attribute(id, name, slot.at, slot.clone());
    }
    for keyword in &arguments.keywords {
        let is_known = FIELDS.contains(&&*keyword.name) || fields.iter().any(|field| field.name == keyword.name);
        if !is_known {
            let message = format!("__init__() got an unexpected keyword argument '{}'", keyword.name);
            return Err(ev.raise_for(Mistake::WrongCall, "TypeError", message, keyword.name_at));
        }
        ev.set_raw_attribute(id, &keyword.name, keyword.name_at, keyword.slot.clone());
    }
    models::open(ev, id, arguments);
    for field in fields {
        let is_set = ev.instance(value).is_some_and(|instance| instance.attributes.get(&field.name).is_some());
        if is_set || arguments.is_open() {
            continue;
        }
        let default = match &field.default {
            FieldDefault::Required if FIELDS.contains(&&*field.name) => continue,
            FieldDefault::Required => {
                let message = format!("__init__() missing 1 required positional argument: '{}'", field.name);
                return Err(ev.raise_for(Mistake::WrongCall, "TypeError", message, call.at));
            }
            FieldDefault::Value(default) => default.clone(),
            FieldDefault::Factory(factory) => ev.call_with(&factory.clone(), Vec::new(), call.at)?,
        };
        ev.set_raw_attribute(id, &field.name, field.at, Slot::here(default));
    }
    Ok(())
}
