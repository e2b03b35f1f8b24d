//! Setting and deleting items, and what that makes unknown.

use super::super::state::{Operator, SymbolKind};
use super::super::value::{Element, Gap, ObjectId, ObjectKind, Sequence, Slot, Value, ValueKind};
use super::keys::Lookup;
use super::slices::{Index, clamp, slice_positions};
use super::{Evaluator, Failure, Stop};
use crate::tree::Location;
use ruff_python_ast::{self as ast, Expr};
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    /// `target[key] = value`.
    pub fn set_item(&mut self, target: &Value, key: Slot, slot: Slot) -> Result<(), Stop> {
        if !self.charge(1) {
            return Err(Stop);
        }
        match &target.kind {
            ValueKind::Object(id) => self.set_item_of_object(*id, target, key, slot),
            ValueKind::Unknown(unknown) => {
                self.set_on_unknown(&Rc::clone(unknown), slot.at, &slot.value, |evaluator, candidate| {
                    evaluator.set_item(candidate, key.clone(), slot.clone())
                })
            }
            ValueKind::Library(path) => {
                let path = Rc::clone(path);
                let call = self.method_call(target, "__setitem__", vec![key.value, slot.value.clone()], slot.at);
                match (self.hooks.method)(&path, "__setitem__") {
                    Some(native) => native(self, &call).or_else(|failure| self.settle(failure, slot.at)).map(|_| ()),
                    None => {
                        self.give_away(&slot.value, &path);
                        Ok(())
                    }
                }
            }
            ValueKind::None
            | ValueKind::Bool(_)
            | ValueKind::Int(_)
            | ValueKind::Float(_)
            | ValueKind::Text(_)
            | ValueKind::Bytes(_) => {
                let message = format!("'{}' object does not support item assignment", self.type_name(target));
                match self.raise_on(&[target], "TypeError", message, slot.at) {
                    Failure::Stop => Err(Stop),
                    _ => Ok(()),
                }
            }
            _ => {
                let reason = self.snippet(slot.at);
                self.give_away(&slot.value, &reason);
                Ok(())
            }
        }
    }

    pub(super) fn set_item_of_object(
        &mut self,
        id: ObjectId,
        target: &Value,
        key: Slot,
        slot: Slot,
    ) -> Result<(), Stop> {
        let Some(object) = self.state.shared(id) else { return Ok(()) };
        match &object.kind {
            ObjectKind::Dict(..) => {
                // Whoever holds an object while it changes makes it be copied.
                drop(object);
                self.note_change(id, key.at);
                self.set_entry(id, key, slot);
                Ok(())
            }
            ObjectKind::List(items) => match key.value.as_int() {
                Some(index) => match items.position(index) {
                    Ok(position) => {
                        drop(object);
                        self.state.change(id, |object| {
                            if let ObjectKind::List(items) = &mut object.kind
                                && let Some(element) = items.elements.get_mut(position)
                            {
                                *element = Element::One(slot);
                            }
                        });
                        Ok(())
                    }
                    Err(true) => match self.raise("IndexError", "list assignment index out of range", slot.at) {
                        Failure::Stop => Err(Stop),
                        _ => Ok(()),
                    },
                    Err(false) => {
                        self.change_any_element(id, &slot);
                        Ok(())
                    }
                },
                None => {
                    self.change_any_element(id, &slot);
                    Ok(())
                }
            },
            ObjectKind::Instance(instance) => {
                if let Some(result) =
                    self.call_special(target, "__setitem__", vec![key.value.clone(), slot.value.clone()], slot.at)
                {
                    return result.map(|_| ());
                }
                match instance.payload.clone() {
                    Some(payload) => self.set_item(&payload, key, slot),
                    None => {
                        let reason = self.snippet(slot.at);
                        self.give_away(target, &reason);
                        self.give_away(&slot.value, &reason);
                        Ok(())
                    }
                }
            }
            ObjectKind::Tuple(_) => {
                match self.raise("TypeError", "'tuple' object does not support item assignment", slot.at) {
                    Failure::Stop => Err(Stop),
                    _ => Ok(()),
                }
            }
            _ => {
                let reason = self.snippet(slot.at);
                self.give_away(&slot.value, &reason);
                Ok(())
            }
        }
    }

    /// Any of the elements of a list may be another now.
    pub(super) fn change_any_element(&mut self, id: ObjectId, slot: &Slot) {
        self.may_raise_any(slot.at);
        let Some(object) = self.state.shared(id) else { return };
        let ObjectKind::List(items) = &object.kind else { return };
        let reason = self.snippet(slot.at);
        let mut changed = items.clone();
        for element in &mut changed.elements {
            match element {
                Element::One(known) => known.value = self.state.join_values(&known.value, &slot.value, &reason),
                Element::Gap(gap) => *gap = gap.merged(&Gap::with(Rc::clone(&reason), [slot.value.clone()])),
            }
        }
        self.state.change(id, |object| object.kind = ObjectKind::List(changed));
    }

    /// Sets an entry of a dict.
    pub fn set_entry(&mut self, id: ObjectId, key: Slot, slot: Slot) {
        match self.key_of(&key.value) {
            Some(known) => {
                self.state.change(id, |object| {
                    if let ObjectKind::Dict(entries, _) = &mut object.kind {
                        entries.set(known, key, slot);
                    }
                });
            }
            None => self.set_unknown_entry(id, &key, &slot),
        }
    }

    /// Sets an entry under a key that is not known: any known one may be overwritten, and there may be another.
    pub(super) fn set_unknown_entry(&mut self, id: ObjectId, key: &Slot, slot: &Slot) {
        let Some(object) = self.state.shared(id) else { return };
        let ObjectKind::Dict(entries, factory) = &object.kind else { return };
        let reason = self.snippet(key.at);
        let symbol = key.value.as_unknown().and_then(|unknown| unknown.symbol);
        let mut changed = entries.clone();
        self.charge(changed.entries.len());
        for (known, entry) in &mut changed.entries {
            if let Some(symbol) = symbol {
                let same = self.symbols.of(SymbolKind::Comparison(symbol, Operator::Equal, known.clone()));
                if self.outcome(&super::Test::Value(super::Truth::Unknown(same))) == Some(false) {
                    continue;
                }
            }
            entry.value.value = self.state.join_values(&entry.value.value, &slot.value, &reason);
        }
        changed.open(&Gap::with(reason, [key.value.clone(), slot.value.clone()]));
        let factory = factory.clone();
        self.state.change(id, |object| object.kind = ObjectKind::Dict(changed, factory));
    }

    /// `target[a:b] = values`, `target[key] = value` by a subscript.
    pub(super) fn assign_subscript(
        &mut self,
        node: &'a ast::ExprSubscript,
        value: Value,
        value_at: Location,
    ) -> Result<(), Stop> {
        let target = self.expression(&node.value)?;
        let at = self.at(node);
        if let Expr::Slice(slice) = &*node.slice {
            let index = self.slice(slice)?;
            return self.assign_slice(&target, &index, &value, at);
        }
        let key = self.expression(&node.slice)?;
        let key_at = self.at(&*node.slice);
        self.set_item(&target, Slot::new(key, key_at), Slot::new(value, value_at))
    }

    pub(super) fn assign_slice(
        &mut self,
        target: &Value,
        index: &Index,
        value: &Value,
        at: Location,
    ) -> Result<(), Stop> {
        let new = self.elements(value, at)?;
        let Some(id) = target.as_object() else {
            if let Some(unknown) = target.as_unknown() {
                let unknown = unknown.clone();
                return self.set_on_unknown(&unknown, at, value, |evaluator, candidate| {
                    evaluator.assign_slice(candidate, index, value, at)
                });
            }
            return Ok(());
        };
        let Some(object) = self.state.shared(id) else { return Ok(()) };
        let ObjectKind::List(items) = &object.kind else {
            let reason = self.snippet(at);
            self.give_away(target, &reason);
            self.give_away(value, &reason);
            return Ok(());
        };
        self.charge(items.elements.len() / 8);
        let changed = match (index, items.slots()) {
            (Index::Slice(lower, upper, 1), Some(slots)) => {
                let positions = slice_positions(*lower, *upper, 1, slots.len());
                let start = positions.first().copied().unwrap_or_else(|| clamp(lower.unwrap_or(0), slots.len()));
                let mut changed = Sequence::known(slots.get(..start).unwrap_or_default().to_vec());
                changed.extend(new);
                let rest = slots.get(start + positions.len()..).unwrap_or_default().to_vec();
                changed.extend(Sequence::known(rest));
                changed
            }
            (Index::Slice(None, None, 1), None) => new,
            (Index::Slice(lower, upper, step), Some(mut slots)) if new.len().is_some() => {
                let positions = slice_positions(*lower, *upper, *step, slots.len());
                let new = new.slots().unwrap_or_default();
                if positions.len() != new.len() {
                    return match self.raise(
                        "ValueError",
                        "attempt to assign sequence of another size to extended slice",
                        at,
                    ) {
                        Failure::Stop => Err(Stop),
                        _ => Ok(()),
                    };
                }
                for (position, slot) in positions.into_iter().zip(new) {
                    if let Some(place) = slots.get_mut(position) {
                        *place = slot;
                    }
                }
                Sequence::known(slots)
            }
            _ => {
                let mut values: Vec<Value> = items.values().cloned().collect();
                values.extend(new.values().cloned());
                Sequence::unknown(Gap::with(self.snippet(at), values))
            }
        };
        self.state.change(id, |object| object.kind = ObjectKind::List(changed));
        Ok(())
    }

    /// `del target[key]`.
    pub(super) fn delete_subscript(&mut self, node: &'a ast::ExprSubscript) -> Result<(), Stop> {
        let target = self.expression(&node.value)?;
        let at = self.at(node);
        if let Expr::Slice(slice) = &*node.slice {
            let index = self.slice(slice)?;
            let empty = self.allocate(ObjectKind::List(Sequence::default()), at);
            if let (Index::Slice(lower, upper, step), Some(id)) = (&index, target.as_object())
                && *step != 1
                && let Some(object) = self.state.shared(id)
                && let ObjectKind::List(items) = &object.kind
                && let Some(slots) = items.slots()
            {
                let positions = slice_positions(*lower, *upper, *step, slots.len());
                let kept =
                    slots.into_iter().enumerate().filter(|(at, _)| !positions.contains(at)).map(|(_, slot)| slot);
                let kept = Sequence::known(kept.collect());
                self.state.change(id, |object| object.kind = ObjectKind::List(kept));
                return Ok(());
            }
            return self.assign_slice(&target, &index, &empty, at);
        }
        let key = self.expression(&node.slice)?;
        self.delete_item(&target, &key, at)
    }

    /// Takes an item away.
    pub fn delete_item(&mut self, target: &Value, key: &Value, at: Location) -> Result<(), Stop> {
        let Some(id) = target.as_object() else {
            if let Some(unknown) = target.as_unknown() {
                let (unknown, none) = (unknown.clone(), Value::none(at));
                return self.set_on_unknown(&unknown, at, &none, |evaluator, candidate| {
                    evaluator.delete_item(candidate, key, at)
                });
            }
            if let ValueKind::Library(path) = &target.kind
                && let Some(native) = (self.hooks.method)(&Rc::clone(path), "__delitem__")
            {
                let call = self.method_call(target, "__delitem__", vec![key.clone()], at);
                return native(self, &call).or_else(|failure| self.settle(failure, at)).map(|_| ());
            }
            return Ok(());
        };
        let Some(object) = self.state.shared(id) else { return Ok(()) };
        match &object.kind {
            ObjectKind::Dict(entries, _) => match self.lookup(entries, key) {
                Lookup::Missing => match self.raise_key_error(key, at) {
                    Failure::Stop => Err(Stop),
                    _ => Ok(()),
                },
                Lookup::Found(_) if self.key_of(key).is_some() => {
                    self.charge(entries.entries.len() / 16);
                    let known = self.key_of(key);
                    drop(object);
                    self.state.change(id, |object| {
                        if let (ObjectKind::Dict(entries, _), Some(known)) = (&mut object.kind, known) {
                            entries.remove(&known);
                        }
                    });
                    Ok(())
                }
                _ => {
                    self.may_raise_builtin("KeyError", at);
                    let reason = self.snippet(at);
                    self.state.change(id, |object| {
                        if let ObjectKind::Dict(entries, _) = &mut object.kind {
                            entries.forget(&reason);
                        }
                    });
                    Ok(())
                }
            },
            ObjectKind::List(items) => {
                let position = key.as_int().map_or(Err(false), |index| items.position(index));
                match position {
                    Ok(position) => {
                        self.state.change(id, |object| {
                            if let ObjectKind::List(items) = &mut object.kind {
                                items.elements.remove(position);
                            }
                        });
                        Ok(())
                    }
                    Err(true) => match self.raise("IndexError", "list assignment index out of range", at) {
                        Failure::Stop => Err(Stop),
                        _ => Ok(()),
                    },
                    Err(false) => {
                        self.may_raise_any(at);
                        let reason = self.snippet(at);
                        self.state.change(id, |object| {
                            if let ObjectKind::List(items) = &mut object.kind {
                                items.forget(&reason);
                            }
                        });
                        Ok(())
                    }
                }
            }
            ObjectKind::Instance(instance) => {
                if let Some(result) = self.call_special(target, "__delitem__", vec![key.clone()], at) {
                    return result.map(|_| ());
                }
                match instance.payload.clone() {
                    Some(payload) => self.delete_item(&payload, key, at),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}
