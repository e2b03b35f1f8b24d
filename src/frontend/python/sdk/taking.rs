//! What models of the Kubernetes client make of the lists and dicts that they are given: from client 37 on copies, and models
//! of dicts; up to 36 they keep what they are given.

use std::rc::Rc;

use super::super::evaluate::Evaluator;
use super::super::value::{
    Attributes, ClassRef, Element, Entry, Gap, Instance, Mapping, ObjectId, ObjectKind, Sequence, Slot, Unknown, Value,
    ValueKind,
};
use crate::schema::python::{self, Class, Kind};
use crate::text::Span;

/// How deeply what is given may nest.
const MAX_DEPTH: usize = 40;

/// What an attribute of this kind holds after an object of a class was given a value.
pub fn taken(ev: &mut Evaluator<'_>, slot: &Slot, class: &'static Class, kind: Kind) -> Slot {
    let value = value_taken(ev, &slot.value, kind, 0);
    if let (Some(given), Some(own)) = (slot.value.as_object(), value.as_object())
        && given != own
    {
        super::lost_changes::note_copy(ev, given, class.name);
    }
    Slot::new(value, slot.at)
}

fn value_taken(ev: &mut Evaluator<'_>, value: &Value, kind: Kind, depth: usize) -> Value {
    let is_plain = !matches!(kind, Kind::List(_) | Kind::Map(_) | Kind::Class(_));
    if is_plain || depth > MAX_DEPTH || !ev.charge(1) {
        return value.clone();
    }
    match &value.kind {
        ValueKind::Object(id) => object_taken(ev, *id, value, kind, depth),
        ValueKind::Unknown(unknown) => one_of_taken(ev, unknown, value, kind, depth),
        _ => value.clone(),
    }
}

/// Each of the things that an unknown value may be, as it is taken.
fn one_of_taken(ev: &mut Evaluator<'_>, unknown: &Rc<Unknown>, value: &Value, kind: Kind, depth: usize) -> Value {
    if unknown.candidates.iter().all(|candidate| candidate.as_object().is_none()) {
        return value.clone();
    }
    let candidates: Vec<Value> =
        unknown.candidates.iter().map(|candidate| value_taken(ev, candidate, kind, depth + 1)).collect();
    Value::new(ValueKind::Unknown(Rc::new(Unknown { candidates: candidates.into(), ..(**unknown).clone() })), value.at)
}

fn object_taken(ev: &mut Evaluator<'_>, id: ObjectId, value: &Value, kind: Kind, depth: usize) -> Value {
    let Some(object) = ev.state.shared(id) else { return value.clone() };
    let made = match (&object.kind, kind) {
        (ObjectKind::List(items) | ObjectKind::Tuple(items), Kind::List(item)) => {
            ev.charge(items.elements.len());
            let elements = items.elements.iter().map(|element| element_taken(ev, element, *item, depth));
            ObjectKind::List(Sequence { elements: elements.collect() })
        }
        (ObjectKind::Dict(entries, _), Kind::Map(of)) => {
            ev.charge(entries.entries.len());
            let mut mapping = Mapping { rest: entries.rest.clone(), ..Mapping::default() };
            for (key, entry) in &entries.entries {
                let slot = Slot::new(value_taken(ev, &entry.value.value, *of, depth + 1), entry.value.at);
                mapping.entries.insert(key.clone(), Entry { key: entry.key.clone(), value: slot });
            }
            ObjectKind::Dict(mapping, None)
        }
        (ObjectKind::Dict(entries, _), Kind::Class(name)) => {
            let Some(class) = python::class(name) else { return value.clone() };
            let start = object.at.span.start;
            model_of(ev, entries, class, Span::new(start, start + 1), depth)
        }
        _ => return value.clone(),
    };
    note_given(ev, id);
    if !ev.assumptions.client_copies {
        return value.clone();
    }
    let is_model = matches!(made, ObjectKind::Instance(_));
    let copy = ev.allocate(made, object.at);
    if let Some(copy) = copy.as_object() {
        note_given(ev, copy);
        if is_model {
            ev.notes.from_dict.insert(copy);
        }
    }
    copy.moved(value.at)
}

fn element_taken(ev: &mut Evaluator<'_>, element: &Element, kind: Kind, depth: usize) -> Element {
    match element {
        Element::One(slot) => Element::One(Slot::new(value_taken(ev, &slot.value, kind, depth + 1), slot.at)),
        Element::Gap(gap) => {
            let candidates: Vec<Value> =
                gap.candidates.iter().map(|value| value_taken(ev, value, kind, depth + 1)).collect();
            Element::Gap(Gap::with(Rc::clone(&gap.reason), candidates))
        }
    }
}

/// A model with the entries of a dict, by the names of Python or of the API.
fn model_of(ev: &mut Evaluator<'_>, entries: &Mapping, class: &'static Class, head: Span, depth: usize) -> ObjectKind {
    let mut attributes = Attributes::default();
    attributes.rest.clone_from(&entries.rest);
    for entry in entries.entries.values() {
        let Some(name) = entry.key.value.as_text() else { continue };
        let attribute = class.attribute_by_wire(name).or_else(|| class.attribute(name));
        let kind = attribute.map_or(Kind::Any, |attribute| attribute.kind);
        let slot = Slot::new(value_taken(ev, &entry.value.value, kind, depth + 1), entry.value.at);
        attributes.set(attribute.map_or(name, |attribute| attribute.python), entry.key.at, slot);
    }
    ObjectKind::Instance(Instance { class: ClassRef::Client(class), attributes, payload: None, head })
}

/// A model of a dict, whatever the generation of the client: `from_dict`, `deserialize`.
pub fn model(ev: &mut Evaluator<'_>, value: &Value, class: &'static Class) -> Value {
    let copies = std::mem::replace(&mut ev.assumptions.client_copies, true);
    let made = value_taken(ev, value, python_kind(class), 0);
    ev.assumptions.client_copies = copies;
    made
}

const fn python_kind(class: &'static Class) -> Kind {
    Kind::Class(class.name)
}

/// Remembers what a container holds when a model gets it: if that changes later, the generation of the client matters.
fn note_given(ev: &mut Evaluator<'_>, id: ObjectId) {
    if !ev.depends_on_client
        && let Some(object) = ev.state.shared(id)
    {
        ev.notes.given.push((id, object));
    }
}

/// Whether something that was given to a model, or its copy, has changed since.
pub fn has_changed(ev: &Evaluator<'_>) -> bool {
    ev.notes.given.iter().any(|(id, then)| ev.state.shared(*id).is_some_and(|now| !Rc::ptr_eq(&now, then)))
}
