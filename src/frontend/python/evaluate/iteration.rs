//! Iteration: iterators, and what they give one after another.

use super::mappings::keys_in_order;
use std::rc::Rc;

use super::super::value::{
    ClassKind, ClassRef, Element, Gap, GeneratorState, IteratorState, ObjectId, ObjectKind, Sequence, Slot, Value,
    ValueKind,
};
use super::{Evaluator, Failure, Stop};
use crate::tree::Location;

/// How many things an unknown value may be.
pub(super) const MAX_HELD: usize = 1_024;

/// What asking an iterator for its next element gives.
pub enum Step {
    /// An element.
    Item(Slot),
    /// Any number of elements that are not known, after which it goes on.
    Gap(Gap),
    /// It is used up.
    End,
    /// Nothing is known of it.
    Unknown,
}

impl<'a> Evaluator<'a> {
    /// `iter(value)`.
    pub fn iterator(&mut self, value: &Value, at: Location) -> Result<Value, Stop> {
        let state = match &value.kind {
            ValueKind::Object(id) => match self.state.shared(*id).as_deref().map(|object| &object.kind) {
                Some(ObjectKind::Iterator(_)) => return Ok(value.clone()),
                Some(
                    ObjectKind::List(_)
                    | ObjectKind::Tuple(_)
                    | ObjectKind::Dict(..)
                    | ObjectKind::Set(_)
                    | ObjectKind::FrozenSet(_),
                ) => IteratorState::Over(Slot::new(value.clone(), at), 0),
                Some(ObjectKind::Class(class)) if matches!(class.kind, ClassKind::Enum(_)) => {
                    IteratorState::Rest(self.members(*id))
                }
                Some(ObjectKind::Instance(instance)) => {
                    return self.iterator_of_instance(value, instance.payload.clone(), at);
                }
                _ => IteratorState::Rest(Sequence::unknown(Gap::new(self.snippet(at)))),
            },
            ValueKind::Text(text) => {
                self.budget.charge_text(text.len() * 16);
                let characters =
                    text.chars().map(|character| Slot::new(Value::text(character.to_string(), value.at), value.at));
                IteratorState::Rest(Sequence::known(characters.collect()))
            }
            ValueKind::Bytes(bytes) => {
                self.charge(bytes.len());
                let items = bytes
                    .iter()
                    .map(|byte| Slot::new(Value::new(ValueKind::Int(i64::from(*byte)), value.at), value.at));
                IteratorState::Rest(Sequence::known(items.collect()))
            }
            ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Ellipsis => {
                let message = format!("'{}' object is not iterable", self.type_name(value));
                match self.raise_on(&[value], "TypeError", message, at) {
                    Failure::Stop => return Err(Stop),
                    _ => IteratorState::Rest(Sequence::unknown(Gap::new(self.snippet(at)))),
                }
            }
            ValueKind::Unknown(unknown) => {
                let unknown = Rc::clone(unknown);
                if unknown.is_one_of && !unknown.candidates.is_empty() && unknown.candidates.len() <= 8 {
                    return self.iterator_of_one(&unknown, at);
                }
                self.may_raise_any(at);
                IteratorState::Rest(Sequence::unknown(Gap::with(
                    Rc::clone(&unknown.reason),
                    self.held_by(&unknown.candidates),
                )))
            }
            _ => {
                self.may_raise_any(at);
                IteratorState::Rest(Sequence::unknown(Gap::new(self.snippet(at))))
            }
        };
        Ok(self.allocate(ObjectKind::Iterator(state), at))
    }

    /// All that some values are or hold: what an element of one of them may be.
    pub fn held_by(&self, values: &[Value]) -> Vec<Value> {
        let mut held: Vec<Value> = Vec::new();
        for value in values {
            if let Some(object) = value.as_object().and_then(|id| self.state.object(id)) {
                held.extend(object.values());
            }
            held.push(value.clone());
        }
        held.truncate(MAX_HELD);
        held
    }

    /// An iterator over one of several things: what they have in common.
    fn iterator_of_one(&mut self, unknown: &super::super::value::Unknown, at: Location) -> Result<Value, Stop> {
        let mut all: Vec<Sequence> = Vec::new();
        for candidate in unknown.candidates.iter() {
            all.push(self.elements(candidate, at)?);
        }
        let known: Option<Vec<Vec<Slot>>> = all.iter().map(Sequence::slots).collect();
        let same_length =
            known.as_ref().is_some_and(|known| known.windows(2).all(|pair| pair[0].len() == pair[1].len()));
        let sequence = match known.filter(|_| same_length) {
            Some(known) => {
                let mut known = known.into_iter();
                let mut joined = known.next().unwrap_or_default();
                for other in known {
                    for (slot, another) in joined.iter_mut().zip(other) {
                        slot.value = self.state.join_values(&slot.value, &another.value, &unknown.reason);
                    }
                }
                Sequence::known(joined)
            }
            None => {
                let values: Vec<Value> = all.iter().flat_map(|sequence| sequence.values().cloned()).collect();
                Sequence::unknown(Gap::with(Rc::clone(&unknown.reason), values))
            }
        };
        Ok(self.allocate(ObjectKind::Iterator(IteratorState::Rest(sequence)), at))
    }

    fn iterator_of_instance(&mut self, value: &Value, payload: Option<Value>, at: Location) -> Result<Value, Stop> {
        if let Some(result) = self.call_special(value, "__iter__", Vec::new(), at) {
            let result = result?;
            return if result.is_same(value) { Ok(result) } else { self.iterator(&result, at) };
        }
        if let Some(payload) = payload {
            return self.iterator(&payload, at);
        }
        if let Some(fields) = self.tuple_fields(value) {
            let sequence = IteratorState::Rest(Sequence::known(fields));
            return Ok(self.allocate(ObjectKind::Iterator(sequence), at));
        }
        if self.special_method(value, "__getitem__").is_some() {
            return self.iterator_by_index(value, at);
        }
        self.may_raise_any(at);
        let gap = Gap::with(self.snippet(at), self.held_by(std::slice::from_ref(value)));
        Ok(self.allocate(ObjectKind::Iterator(IteratorState::Rest(Sequence::unknown(gap))), at))
    }

    /// The old protocol: `__getitem__` with 0, 1, … until `IndexError`.
    fn iterator_by_index(&mut self, value: &Value, at: Location) -> Result<Value, Stop> {
        let gap = Gap::with(self.snippet(at), self.held_by(std::slice::from_ref(value)));
        Ok(self.allocate(ObjectKind::Iterator(IteratorState::Rest(Sequence::unknown(gap))), at))
    }

    /// The next of an iterator.
    pub fn step(&mut self, iterator: &Value, at: Location) -> Result<Step, Stop> {
        let Some(id) = iterator.as_object() else { return Ok(Step::Unknown) };
        let Some(object) = self.state.shared(id) else { return Ok(Step::Unknown) };
        let state = match &object.kind {
            ObjectKind::Iterator(state) => state,
            ObjectKind::Instance(_) => return self.step_of_instance(iterator, at),
            _ => return Ok(Step::Unknown),
        };
        match state {
            IteratorState::Over(slot, taken) => {
                let (source, taken) = (slot.value.clone(), *taken);
                let step = self.element_at(&source, taken);
                self.set_iterator(id, IteratorState::Over(Slot::new(source, slot.at), taken + 1));
                Ok(step)
            }
            IteratorState::Rest(sequence) => {
                let mut rest = sequence.clone();
                self.charge(rest.elements.len() / 8);
                if rest.elements.is_empty() {
                    return Ok(Step::End);
                }
                let first = rest.elements.remove(0);
                if object.escaped.is_none() {
                    self.set_iterator(id, IteratorState::Rest(rest));
                }
                Ok(match first {
                    Element::One(slot) => Step::Item(slot),
                    Element::Gap(gap) => Step::Gap(gap),
                })
            }
            IteratorState::Generator(generator) => {
                if generator.state == GeneratorState::Finished {
                    return Ok(Step::End);
                }
                self.collect_generator(id, at)?;
                self.step(iterator, at)
            }
            IteratorState::Library(name, _) => match (self.hooks.next)(self, id, name, at) {
                Ok(step) => Ok(step),
                Err(Failure::Stop) => Err(Stop),
                Err(_) => {
                    let reason = self.snippet(at);
                    let values = object.values();
                    self.set_iterator(
                        id,
                        IteratorState::Rest(Sequence::unknown(Gap::with(reason, self.held_by(&values)))),
                    );
                    Ok(Step::Unknown)
                }
            },
        }
    }

    /// Sets the state of an iterator.
    pub fn set_iterator(&mut self, id: ObjectId, state: IteratorState) {
        self.state.change(id, |object| object.kind = ObjectKind::Iterator(state));
    }

    fn step_of_instance(&mut self, iterator: &Value, at: Location) -> Result<Step, Stop> {
        let Some(method) = self.special_method(iterator, "__next__") else { return Ok(Step::Unknown) };
        let base = self.pending.len();
        self.handlers += 1;
        let result = self.call_with(&method, Vec::new(), at);
        self.handlers -= 1;
        let mut stopped = self.take_exits(base, |exit| {
            matches!(exit, super::Exit::Raise(raised) if raised.class == super::ExceptionClass::Builtin("StopIteration".into()))
        });
        match (result, stopped.pop()) {
            (Ok(value), None) => Ok(Step::Item(Slot::new(value, at))),
            (Err(Stop), Some(state)) if stopped.is_empty() => {
                self.state = state;
                Ok(Step::End)
            }
            (Ok(value), Some(state)) => {
                let reason = self.snippet(at);
                let now = std::mem::take(&mut self.state);
                self.state = self.joined(now, &state, &reason);
                let _ = value;
                Ok(Step::Unknown)
            }
            _ => Err(Stop),
        }
    }

    /// The element of a live collection behind those that were taken.
    fn element_at(&self, source: &Value, taken: usize) -> Step {
        let Some(object) = source.as_object().and_then(|id| self.state.object(id)) else { return Step::Unknown };
        match &object.kind {
            ObjectKind::List(items) | ObjectKind::Tuple(items) => match items.elements.get(taken) {
                Some(Element::One(slot)) => Step::Item(slot.clone()),
                Some(Element::Gap(gap)) => Step::Gap(gap.clone()),
                None => Step::End,
            },
            ObjectKind::Dict(entries, _) | ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries) => {
                let is_set = !matches!(object.kind, ObjectKind::Dict(..));
                match keys_in_order(entries, is_set).elements.get(taken) {
                    Some(Element::One(slot)) => Step::Item(slot.clone()),
                    Some(Element::Gap(gap)) => Step::Gap(gap.clone()),
                    None => Step::End,
                }
            }
            _ => Step::Unknown,
        }
    }

    /// All that iterating over a value gives, at once; an iterator is used up by it.
    pub fn elements(&mut self, value: &Value, at: Location) -> Result<Sequence, Stop> {
        if let Some(object) = value.as_object().and_then(|id| self.state.shared(id)) {
            let whole = match &object.kind {
                ObjectKind::List(items) | ObjectKind::Tuple(items) => Some(items.clone()),
                ObjectKind::Dict(entries, _) => Some(keys_in_order(entries, false)),
                ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries) => Some(self.set_in_some_order(entries)),
                _ => None,
            };
            if let Some(whole) = whole {
                return if self.charge(1 + whole.elements.len() / 4) { Ok(whole) } else { Err(Stop) };
            }
        }
        let iterator = self.iterator(value, at)?;
        if let Some(id) = iterator.as_object()
            && let Some(object) = self.state.shared(id)
            && let ObjectKind::Iterator(IteratorState::Rest(rest)) = &object.kind
            && object.escaped.is_none()
        {
            self.set_iterator(id, IteratorState::Rest(Sequence::default()));
            return if self.charge(1 + rest.elements.len() / 4) { Ok(rest.clone()) } else { Err(Stop) };
        }
        let mut sequence = Sequence::default();
        loop {
            if !self.charge(1) {
                return Err(Stop);
            }
            match self.step(&iterator, at)? {
                Step::Item(slot) => sequence.push(slot),
                Step::Gap(gap) => {
                    sequence.push_gap(gap);
                    if sequence.elements.len() > super::super::state::MAX_ITEMS {
                        return Ok(sequence);
                    }
                }
                Step::End => return Ok(sequence),
                Step::Unknown => {
                    let held: Vec<Value> = sequence.values().cloned().collect();
                    sequence.push_gap(Gap::with(self.snippet(at), held));
                    return Ok(sequence);
                }
            }
        }
    }

    /// Whether a class of an object is a named tuple: its fields in order.
    pub fn tuple_fields(&self, value: &Value) -> Option<Vec<Slot>> {
        let instance = self.state.object(value.as_object()?)?.as_instance()?;
        let ClassRef::User(class) = instance.class else { return None };
        let ClassKind::Fields { library: "typing.NamedTuple", fields, .. } = &self.class(class)?.kind else {
            return None;
        };
        let slots =
            fields.iter().map(|field| instance.attributes.get(&field.name).map(|attribute| attribute.slot.clone()));
        slots.collect()
    }
}
