//! `copy`: `copy` and `deepcopy`.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, Outcome, Stop};
use super::super::super::value::{
    Attributes, ClassKind, ClassRef, Element, Entry, Gap, Instance, IteratorState, Mapping, ObjectId, ObjectKind,
    Sequence, Slot, Unknown, Value, ValueKind,
};
use super::super::arguments::{bind, kind_of, misfit};
use crate::tree::Location;

/// How deeply objects are copied.
const MAX_DEPTH: usize = 100;

/// The functions.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "copy" => copy,
        "deepcopy" => deepcopy,
        "replace" => replace,
        _ => return None,
    })
}

/// `copy.copy(value)`.
fn copy(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "x")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    if let Some(result) = evaluator.call_special(&value, "__copy__", Vec::new(), call.at) {
        return Ok(result?);
    }
    if let Some(unknown) = value.as_unknown() {
        let unknown = unknown.clone();
        return copy_of_unknown(evaluator, &value, &unknown, call);
    }
    Ok(shallow(evaluator, &value, call.at))
}

/// A copy of one of several; of something unknown an unknown one that holds the same.
fn copy_of_unknown(evaluator: &mut Evaluator<'_>, value: &Value, unknown: &Unknown, call: &Call) -> Outcome {
    if unknown.is_one_of && !unknown.candidates.is_empty() && unknown.candidates.len() <= 8 {
        let result = evaluator
            .each_candidate(unknown, call.at, |evaluator, candidate| Ok(shallow(evaluator, candidate, call.at)));
        return Ok(result?);
    }
    let held = evaluator.held_by(&unknown.candidates);
    let mut copy = Unknown { candidates: held.into(), is_one_of: false, ..unknown.clone() };
    copy.default = None;
    Ok(Value::unknown(copy, value.at))
}

fn shallow(evaluator: &mut Evaluator<'_>, value: &Value, at: Location) -> Value {
    let Some(object) = kind_of(evaluator, value) else { return value.clone() };
    evaluator.charge(object.size());
    match &object.kind {
        ObjectKind::List(_) | ObjectKind::Dict(..) | ObjectKind::Set(_) => evaluator.allocate(object.kind.clone(), at),
        ObjectKind::Instance(instance) if !is_shared(evaluator, instance) => {
            let payload = instance.payload.clone().map(|payload| shallow(evaluator, &payload, at));
            evaluator.allocate(ObjectKind::Instance(Instance { payload, ..instance.clone() }), object.at)
        }
        _ => value.clone(),
    }
}

/// Whether instances of a class are never copied: members of enumerations, and exceptions that hold nothing.
fn is_shared(evaluator: &Evaluator<'_>, instance: &Instance) -> bool {
    match &instance.class {
        ClassRef::User(class) => evaluator.class(*class).is_some_and(|class| matches!(class.kind, ClassKind::Enum(_))),
        _ => false,
    }
}

/// `copy.deepcopy(value)`.
fn deepcopy(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "x, memo?")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let mut copier = Copier { known: HashMap::new(), at: call.at };
    match copier.copy(evaluator, &value, 0) {
        Ok(copy) => Ok(copy),
        Err(Stop) => Err(Failure::Stop),
    }
}

struct Copier {
    known: HashMap<ObjectId, Value>,
    at: Location,
}

impl Copier {
    fn copy(&mut self, evaluator: &mut Evaluator<'_>, value: &Value, depth: usize) -> Result<Value, Stop> {
        if !evaluator.charge(1) {
            return Err(Stop);
        }
        match &value.kind {
            ValueKind::Object(id) => self.copy_object(evaluator, *id, value, depth),
            ValueKind::Unknown(unknown) if !unknown.candidates.is_empty() => {
                let mut copies = Vec::new();
                for candidate in unknown.candidates.iter() {
                    copies.push(self.copy(evaluator, candidate, depth + 1)?);
                }
                let copy = Unknown { candidates: copies.into(), ..(**unknown).clone() };
                Ok(Value::unknown(copy, value.at))
            }
            _ => Ok(value.clone()),
        }
    }

    fn copy_object(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        id: ObjectId,
        value: &Value,
        depth: usize,
    ) -> Result<Value, Stop> {
        if let Some(known) = self.known.get(&id) {
            return Ok(known.clone());
        }
        let Some(object) = evaluator.state.shared(id) else { return Ok(value.clone()) };
        if depth > MAX_DEPTH {
            let reason = evaluator.snippet(self.at);
            return Ok(evaluator.fresh(super::super::super::value::Cause::Limit, reason, self.at));
        }
        match &object.kind {
            ObjectKind::Class(_) | ObjectKind::Function(_) | ObjectKind::Descriptor(_) | ObjectKind::Iterator(_) => {
                return Ok(value.clone());
            }
            ObjectKind::Instance(instance) if is_shared(evaluator, instance) => return Ok(value.clone()),
            ObjectKind::Instance(_) => {
                let memo = evaluator.allocate(ObjectKind::Dict(Mapping::default(), None), self.at);
                if let Some(result) = evaluator.call_special(value, "__deepcopy__", vec![memo], self.at) {
                    let copy = result?;
                    self.known.insert(id, copy.clone());
                    return Ok(copy);
                }
            }
            _ => {}
        }
        // Noted before its parts are copied, which may refer back to it.
        let copy = evaluator.allocate(ObjectKind::Iterator(IteratorState::Rest(Sequence::default())), object.at);
        self.known.insert(id, copy.clone());
        let kind = self.copy_kind(evaluator, &object.kind, depth)?;
        if let Some(id) = copy.as_object() {
            evaluator.change_object(id, kind);
        }
        Ok(copy)
    }

    fn copy_kind(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        kind: &ObjectKind,
        depth: usize,
    ) -> Result<ObjectKind, Stop> {
        Ok(match kind {
            ObjectKind::List(items) => ObjectKind::List(self.copy_items(evaluator, items, depth)?),
            ObjectKind::Tuple(items) => ObjectKind::Tuple(self.copy_items(evaluator, items, depth)?),
            ObjectKind::Dict(entries, factory) => {
                ObjectKind::Dict(self.copy_entries(evaluator, entries, depth)?, factory.clone())
            }
            // Elements of sets are hashable: what is equal stays equal.
            ObjectKind::Set(entries) => ObjectKind::Set(entries.clone()),
            ObjectKind::FrozenSet(entries) => ObjectKind::FrozenSet(entries.clone()),
            ObjectKind::Instance(instance) => {
                let payload = match &instance.payload {
                    Some(payload) => Some(self.copy(evaluator, payload, depth + 1)?),
                    None => None,
                };
                let mut attributes = Attributes::default();
                for attribute in instance.attributes.iter() {
                    let slot = self.copy_slot(evaluator, &attribute.slot, depth)?;
                    attributes.set(&attribute.name, attribute.name_at, slot);
                }
                if let Some(rest) = &instance.attributes.rest {
                    attributes.rest = Some(self.copy_gap(evaluator, rest, depth)?);
                }
                ObjectKind::Instance(Instance { attributes, payload, ..instance.clone() })
            }
            other => other.clone(),
        })
    }

    fn copy_slot(&mut self, evaluator: &mut Evaluator<'_>, slot: &Slot, depth: usize) -> Result<Slot, Stop> {
        Ok(Slot::new(self.copy(evaluator, &slot.value, depth + 1)?, slot.at))
    }

    fn copy_gap(&mut self, evaluator: &mut Evaluator<'_>, gap: &Gap, depth: usize) -> Result<Gap, Stop> {
        let mut candidates = Vec::new();
        for candidate in gap.candidates.iter() {
            candidates.push(self.copy(evaluator, candidate, depth + 1)?);
        }
        Ok(Gap::with(Rc::clone(&gap.reason), candidates))
    }

    fn copy_items(&mut self, evaluator: &mut Evaluator<'_>, items: &Sequence, depth: usize) -> Result<Sequence, Stop> {
        let mut copies = Sequence::default();
        for element in &items.elements {
            match element {
                Element::One(slot) => copies.push(self.copy_slot(evaluator, slot, depth)?),
                Element::Gap(gap) => copies.push_gap(self.copy_gap(evaluator, gap, depth)?),
            }
        }
        Ok(copies)
    }

    fn copy_entries(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        entries: &Mapping,
        depth: usize,
    ) -> Result<Mapping, Stop> {
        let mut copies = Mapping::default();
        for (key, entry) in &entries.entries {
            let value = self.copy_slot(evaluator, &entry.value, depth)?;
            copies.entries.insert(key.clone(), Entry { key: entry.key.clone(), value });
        }
        if let Some(rest) = &entries.rest {
            copies.rest = Some(self.copy_gap(evaluator, rest, depth)?);
        }
        Ok(copies)
    }
}

/// `copy.replace(object, **changes)`, since 3.13.
fn replace(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(value) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    let mut arguments = call.arguments.clone();
    arguments.positional.clear();
    match evaluator.special_method(&value, "__replace__") {
        Some(method) => Ok(evaluator.call_value(&method, arguments, call.at)?),
        None => Err(evaluator.opaque(call)),
    }
}
