//! The fields of templates and models, as the SDKs' own methods read and set them.

use super::super::evaluate::Evaluator;
use super::super::value::{
    Attributes, ClassRef, Element, Gap, Instance, Key, Mapping, ObjectKind, Sequence, Slot, Value,
};
use crate::schema::python::class;
use crate::text::Span;
use crate::tree::Location;

/// The fields of `PodTemplate`, in the order in which both SDKs take them.
pub const FIELDS: [&str; 4] = ["pod_spec", "primary_container_name", "labels", "annotations"];

/// What is in a field.
pub enum Held {
    /// This.
    Known(Value),
    /// Nothing, or `None`.
    Nothing,
    /// That is not known.
    Unknown,
}

/// What a field of a template or model holds.
pub fn held(ev: &Evaluator<'_>, owner: &Value, name: &str) -> Held {
    let Some(instance) = ev.instance(owner) else { return Held::Unknown };
    match instance.attributes.value(name) {
        Some(value) if value.is_none() => Held::Nothing,
        Some(value) if value.is_unknown() => Held::Unknown,
        Some(value) => Held::Known(value.clone()),
        None if instance.attributes.rest.is_some() => Held::Unknown,
        None => Held::Nothing,
    }
}

/// The elements of a list in a field.
pub fn items_of(ev: &mut Evaluator<'_>, owner: &Value, field: &str, at: Location) -> Sequence {
    match held(ev, owner, field) {
        Held::Nothing => Sequence::default(),
        Held::Known(list) => match list.as_object().and_then(|id| ev.state.object(id)).map(|object| &object.kind) {
            Some(ObjectKind::List(items) | ObjectKind::Tuple(items)) => items.clone(),
            _ => Sequence { elements: vec![Element::Gap(ev.gap_for(&list))] },
        },
        Held::Unknown => Sequence { elements: vec![Element::Gap(Gap::new(ev.snippet(at)))] },
    }
}

/// An object of the Kubernetes client that nobody wrote.
pub fn client_object(ev: &mut Evaluator<'_>, name: &str, fields: &[(&str, Value)], at: Location) -> Value {
    let Some(of) = class(name) else { return ev.unsupported(at) };
    let mut attributes = Attributes::default();
    for (field, value) in fields {
        attributes.set(field, nowhere(at), Slot::new(value.clone(), at));
    }
    let instance = Instance { class: ClassRef::Client(of), attributes, payload: None, head: at.span };
    ev.allocate(ObjectKind::Instance(instance), at)
}

/// The object in a field, which is made where there is none.
pub fn field_or_new(ev: &mut Evaluator<'_>, owner: &Value, field: &str, class: &str, at: Location) -> Value {
    match held(ev, owner, field) {
        Held::Known(value) => value,
        Held::Nothing => {
            let value = client_object(ev, class, &[], at);
            set_field(ev, owner, field, Slot::new(value.clone(), at));
            value
        }
        Held::Unknown => {
            let value = ev.unsupported(at);
            set_field(ev, owner, field, Slot::new(value.clone(), at));
            value
        }
    }
}

/// Sets a field, which nobody wrote.
pub fn set_field(ev: &mut Evaluator<'_>, owner: &Value, field: &str, slot: Slot) {
    if let Some(id) = owner.as_object() {
        ev.set_raw_attribute(id, field, nowhere(slot.at), slot);
    }
}

/// Sets a key in a dict of the owner; the dict is a copy, as others may hold the old one.
pub fn add_entry(ev: &mut Evaluator<'_>, owner: &Value, field: &str, key: &str, value: &str, at: Location) {
    let mut entries = match held(ev, owner, field) {
        Held::Nothing => Mapping::default(),
        Held::Known(dict) => match dict.as_object().and_then(|id| ev.state.object(id)).map(|object| &object.kind) {
            Some(ObjectKind::Dict(entries, _)) => entries.clone(),
            _ => Mapping::unknown(ev.gap_for(&dict)),
        },
        Held::Unknown => Mapping::unknown(Gap::new(ev.snippet(at))),
    };
    let text = |text: &str| Slot::new(Value::text(text, at), at);
    entries.set(Key::Text(key.into()), text(key), text(value));
    let dict = ev.allocate(ObjectKind::Dict(entries, None), at);
    set_field(ev, owner, field, Slot::new(dict, at));
}

/// Adds an object to a list of the owner unless one of that name is there.
pub fn add_named(ev: &mut Evaluator<'_>, owner: &Value, field: &str, object: Value, at: Location) {
    let mut items = items_of(ev, owner, field, at);
    let Held::Known(name) = held(ev, &object, "name") else { return };
    let mut is_there = false;
    for slot in items.sure() {
        is_there |= matches!(held(ev, &slot.value, "name"), Held::Known(known) if known.is_same(&name));
    }
    if !is_there {
        items.push(Slot::new(object, at));
    }
    let list = ev.allocate(ObjectKind::List(items), at);
    set_field(ev, owner, field, Slot::new(list, at));
}

/// Methods of `PodTemplate` that give a changed copy.
pub fn is_builder(name: &str) -> bool {
    matches!(name, "allow_fuse" | "allow_nested_sandboxing" | "with_termination_grace_period")
}

/// The place of a name that nobody wrote: it begins where the call does, and is empty.
pub const fn nowhere(at: Location) -> Location {
    Location { file: at.file, span: Span::at(at.span.start) }
}
