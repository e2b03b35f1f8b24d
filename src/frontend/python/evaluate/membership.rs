//! Membership: `in`.

use super::super::state::Operator;
use super::super::value::{Key, ObjectKind, Sequence, Slot, TypeBound, Value, ValueKind};
use super::{Evaluator, Stop, Test};
use crate::tree::Location;
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    /// `a in b`.
    pub fn contains(&mut self, container: &Value, value: &Value, at: Location) -> Result<Value, Stop> {
        let known = |result: bool| Ok(Value::new(ValueKind::Bool(result), at));
        if let Some(result) = self.call_special(container, "__contains__", vec![value.clone()], at) {
            let result = result?;
            let truth = self.truth(&result, at)?;
            return Ok(match self.outcome(&Test::Value(truth)) {
                Some(outcome) => Value::new(ValueKind::Bool(outcome), at),
                None => self.unknown_bool(at),
            });
        }
        match (&container.kind, &value.kind) {
            (ValueKind::Text(text), ValueKind::Text(part)) => {
                self.budget.charge_text(text.len() + part.len());
                return known(text.contains(&**part));
            }
            (ValueKind::Partial(text), ValueKind::Text(part)) if text.surely_contains(part) => return known(true),
            (ValueKind::Text(_), ValueKind::None | ValueKind::Int(_) | ValueKind::Bool(_) | ValueKind::Float(_)) => {
                let message = format!("'in <string>' requires string as left operand, not {}", self.type_name(value));
                return self.refuse("TypeError", message, at);
            }
            (ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_), _) => {
                let message = format!("argument of type '{}' is not iterable", self.type_name(container));
                let failure = self.raise_on(&[container], "TypeError", message, at);
                return self.settle(failure, at);
            }
            (ValueKind::Library(path), _) => {
                let path = Rc::clone(path);
                if let Some(native) = (self.hooks().method)(&path, "__contains__") {
                    let call = self.method_call(container, "__contains__", vec![value.clone()], at);
                    return native(self, &call).or_else(|failure| self.settle(failure, at));
                }
                return Ok(self.unknown_bool(at));
            }
            _ => {}
        }
        let object = container.as_object().and_then(|id| self.state.shared(id));
        match object.as_deref().map(|object| &object.kind) {
            Some(ObjectKind::Dict(entries, _) | ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries)) => {
                match self.lookup(entries, value) {
                    super::keys::Lookup::Found(_) => known(true),
                    super::keys::Lookup::Missing => known(false),
                    super::keys::Lookup::OneOf(..) => Ok(self.relation_in(
                        value,
                        &entries.entries.keys().cloned().collect::<Vec<_>>(),
                        entries.rest.is_none(),
                        at,
                    )),
                }
            }
            Some(ObjectKind::List(items) | ObjectKind::Tuple(items)) => self.contained(items, value, at),
            Some(ObjectKind::Instance(instance)) => match instance.payload.clone() {
                Some(payload) => self.contains(&payload, value, at),
                None => self.contained_by_iteration(container, value, at),
            },
            Some(ObjectKind::Iterator(_) | ObjectKind::Class(_)) => self.contained_by_iteration(container, value, at),
            _ => {
                if let Some(unknown) = container.as_unknown() {
                    let unknown = unknown.clone();
                    if unknown.is_one_of && !unknown.candidates.is_empty() && unknown.candidates.len() <= 8 {
                        return self.each_candidate(&unknown, at, |evaluator, candidate| {
                            evaluator.contains(candidate, value, at)
                        });
                    }
                }
                self.may_raise_any(at);
                Ok(self.unknown_text_relation(container, value, at))
            }
        }
    }

    /// Whether something unknown holds a text: the same wherever it is asked again.
    pub(super) fn unknown_text_relation(&mut self, container: &Value, value: &Value, at: Location) -> Value {
        let symbol = container
            .as_unknown()
            .filter(|unknown| unknown.bound == TypeBound::Text)
            .and_then(|unknown| unknown.symbol);
        match (symbol, self.key_of(value)) {
            (Some(symbol), Some(key)) => self.compare_symbol(symbol, Operator::Contains, key, at),
            _ => self.unknown_bool(at),
        }
    }

    /// Whether an unknown value is one of several keys: the same wherever it is asked again.
    pub(super) fn relation_in(&mut self, value: &Value, keys: &[Key], is_closed: bool, at: Location) -> Value {
        let symbol = value.as_unknown().and_then(|unknown| unknown.symbol);
        match symbol {
            Some(symbol) if is_closed && keys.len() <= 64 => {
                let mut keys: Vec<Key> = keys.to_vec();
                keys.sort_by_cached_key(|key| format!("{key:?}"));
                self.compare_symbol(symbol, Operator::In, Key::Set(keys), at)
            }
            _ => self.unknown_bool(at),
        }
    }

    /// Whether a sequence holds a value: identical or equal.
    pub(super) fn contained(&mut self, items: &Sequence, value: &Value, at: Location) -> Result<Value, Stop> {
        let mut is_open = !items.is_known();
        let mut keys = Vec::new();
        let slots: Vec<Slot> = items.sure().cloned().collect();
        for slot in &slots {
            if !self.charge(1) {
                return Err(Stop);
            }
            if self.identical(&slot.value, value) == Some(true) {
                return Ok(Value::new(ValueKind::Bool(true), at));
            }
            let equal = self.equal(&slot.value, value, at)?;
            let truth = self.truth(&equal, at)?;
            match self.outcome(&Test::Value(truth)) {
                Some(true) => return Ok(Value::new(ValueKind::Bool(true), at)),
                Some(false) => {}
                None => is_open = true,
            }
            keys.extend(self.key_of(&slot.value));
        }
        if !is_open {
            return Ok(Value::new(ValueKind::Bool(false), at));
        }
        let is_closed = items.is_known() && keys.len() == slots.len();
        Ok(self.relation_in(value, &keys, is_closed, at))
    }

    pub(super) fn contained_by_iteration(
        &mut self,
        container: &Value,
        value: &Value,
        at: Location,
    ) -> Result<Value, Stop> {
        let items = self.elements(container, at)?;
        self.contained(&items, value, at)
    }
}
