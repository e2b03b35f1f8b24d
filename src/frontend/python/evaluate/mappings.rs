//! The entries of mappings, and the keys of dicts and sets in order.

use std::rc::Rc;

use super::super::state::SymbolKind;
use super::super::value::{Element, Key, Mapping, ObjectKind, Sequence, Slot, Value};
use super::{Evaluator, Stop};
use crate::tree::Location;

/// What the symbols of elements are made with whose order is not known.
pub const UNORDERED: &str = "an element in unknown order";

impl<'a> Evaluator<'a> {
    /// The elements of a set in an order that is not known; each is told from the others, so that it is known which they are
    /// once they are sorted.
    pub fn set_in_some_order(&mut self, entries: &Mapping) -> Sequence {
        let mut sequence = keys_in_order(entries, true);
        if entries.rest.is_some() || entries.entries.len() < 2 {
            return sequence;
        }
        let group = self.symbols.opaque();
        for (index, element) in sequence.elements.iter_mut().enumerate() {
            let Element::One(slot) = element else { continue };
            let Some(mut unknown) = slot.value.as_unknown().cloned() else { continue };
            let number = Key::Int(i64::try_from(index).unwrap_or_default());
            let kind = SymbolKind::Applied(UNORDERED.into(), vec![group], vec![number]);
            unknown.symbol = Some(self.symbols.of(kind));
            slot.value = Value::unknown(unknown, slot.value.at);
        }
        sequence
    }

    /// The entries of a mapping: a dict, a subclass of it, an object with `keys()`. `None` where that is not known.
    pub fn mapping_of(&mut self, value: &Value, at: Location) -> Result<Option<Mapping>, Stop> {
        let Some(object) = value.as_object().and_then(|id| self.state.shared(id)) else {
            if let Some(unknown) = value.as_unknown() {
                let candidates = Rc::clone(&unknown.candidates);
                if unknown.is_one_of && !candidates.is_empty() && candidates.len() <= 8 {
                    return self.mapping_of_one(&candidates, &Rc::clone(&unknown.reason), at);
                }
            }
            self.may_raise_any(at);
            return Ok(None);
        };
        match &object.kind {
            ObjectKind::Dict(entries, _) => {
                self.charge(1 + entries.entries.len() / 4);
                Ok(Some(entries.clone()))
            }
            ObjectKind::Instance(instance) => match &instance.payload {
                Some(payload) => self.mapping_of(&payload.clone(), at),
                None => self.mapping_by_keys(value, at),
            },
            _ => Ok(None),
        }
    }

    /// What one of several mappings holds: each entry that all have, and whatever else.
    pub(super) fn mapping_of_one(
        &mut self,
        candidates: &[Value],
        reason: &Rc<str>,
        at: Location,
    ) -> Result<Option<Mapping>, Stop> {
        let mut joined: Option<Mapping> = None;
        for candidate in candidates {
            let Some(mapping) = self.mapping_of(candidate, at)? else { return Ok(None) };
            joined = Some(match joined {
                None => mapping,
                Some(known) => {
                    let one = self.allocate(ObjectKind::Dict(known, None), at);
                    let id = one.as_object();
                    let mut other = self.state.clone();
                    if let Some(id) = id {
                        other.change(id, |object| object.kind = ObjectKind::Dict(mapping, None));
                    }
                    let state = std::mem::take(&mut self.state);
                    self.state = self.joined(state, &other, reason);
                    match id.and_then(|id| self.state.object(id)).map(|object| &object.kind) {
                        Some(ObjectKind::Dict(mapping, _)) => mapping.clone(),
                        _ => return Ok(None),
                    }
                }
            });
        }
        Ok(joined)
    }

    pub(super) fn mapping_by_keys(&mut self, value: &Value, at: Location) -> Result<Option<Mapping>, Stop> {
        let Some(keys) = self.call_special(value, "keys", Vec::new(), at) else { return Ok(None) };
        let keys = keys?;
        let Some(slots) = self.elements(&keys, at)?.slots() else { return Ok(None) };
        let mut mapping = Mapping::default();
        for slot in slots {
            let item = self.item(value, &slot.value, at)?;
            let Some(key) = self.key_of(&slot.value) else { return Ok(None) };
            mapping.set(key, slot, Slot::new(item, at));
        }
        Ok(Some(mapping))
    }
}

/// The keys of a dict or set in the order of iteration. That of a set is not known, unless it has at most one.
pub fn keys_in_order(entries: &Mapping, is_set: bool) -> Sequence {
    let mut sequence = Sequence::known(entries.entries.values().map(|entry| entry.key.clone()).collect());
    if let Some(rest) = &entries.rest {
        sequence.forget_positions(rest);
    } else if is_set && entries.entries.len() > 1 {
        let values: Vec<Value> = entries.entries.values().map(|entry| entry.key.value.clone()).collect();
        let values: std::rc::Rc<[Value]> = values.into();
        // As many elements as there are, each of them any of these.
        let one_of = super::super::value::Unknown {
            is_one_of: values.len() <= 64,
            ..super::super::value::Unknown::new(super::super::value::Cause::External, "the order of a set")
        };
        let slots = entries.entries.values().map(|entry| {
            let unknown = one_of.clone().with_candidates(std::rc::Rc::clone(&values));
            Slot::new(Value::unknown(unknown, entry.key.value.at), entry.key.at)
        });
        return Sequence::known(slots.collect());
    }
    sequence
}
