//! Operators on lists, tuples, dicts and sets.

use super::super::state::MAX_ITEMS;
use super::super::value::{Gap, Mapping, ObjectKind, Sequence, Value};
use super::{Evaluator, Stop};
use crate::tree::Location;
use ruff_python_ast::Operator;
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    pub(super) fn collections(
        &mut self,
        operator: Operator,
        left: &Value,
        right: &Value,
        at: Location,
    ) -> Result<Option<Value>, Stop> {
        let object = |value: &Value| value.as_object().and_then(|id| self.state.shared(id));
        let (one, two) = (object(left), object(right));
        let kinds = (one.as_deref().map(|object| &object.kind), two.as_deref().map(|object| &object.kind));
        let kind = match (operator, kinds) {
            (Operator::Add, (Some(ObjectKind::List(a)), Some(ObjectKind::List(b)))) => {
                ObjectKind::List(self.concatenated(a, b))
            }
            (Operator::Add, (Some(ObjectKind::Tuple(a)), Some(ObjectKind::Tuple(b)))) => {
                ObjectKind::Tuple(self.concatenated(a, b))
            }
            (Operator::Add, (Some(ObjectKind::List(a)), None)) if right.as_unknown().is_some() => {
                self.may_raise_builtin("TypeError", at);
                let mut items = a.clone();
                items.push_gap(self.gap_of(right));
                ObjectKind::List(items)
            }
            (Operator::Add, (None, Some(ObjectKind::List(b)))) if left.as_unknown().is_some() => {
                self.may_raise_builtin("TypeError", at);
                // An unknown object's own `__add__` might do anything; a list is what can be added to a list.
                let mut items = Sequence::unknown(self.gap_of(left));
                items.extend(b.clone());
                ObjectKind::List(items)
            }
            (Operator::Mult, (Some(ObjectKind::List(a)), None)) => ObjectKind::List(self.repeated(a, right, at)),
            (Operator::Mult, (None, Some(ObjectKind::List(b)))) => ObjectKind::List(self.repeated(b, left, at)),
            (Operator::Mult, (Some(ObjectKind::Tuple(a)), None)) => ObjectKind::Tuple(self.repeated(a, right, at)),
            (Operator::BitOr, (Some(ObjectKind::Dict(entries, factory)), Some(ObjectKind::Dict(..)))) => {
                let dict = self.allocate(ObjectKind::Dict(entries.clone(), factory.clone()), at);
                self.update_dict(&dict, right, at)?;
                return Ok(Some(dict));
            }
            (Operator::BitOr, (Some(ObjectKind::Dict(entries, factory)), None)) if right.as_unknown().is_some() => {
                let dict = self.allocate(ObjectKind::Dict(entries.clone(), factory.clone()), at);
                self.update_dict(&dict, right, at)?;
                return Ok(Some(dict));
            }
            (Operator::BitOr, (None, Some(ObjectKind::Dict(entries, _)))) if left.as_unknown().is_some() => {
                let mut mapping = entries.clone();
                mapping.open(&self.gap_of(left));
                ObjectKind::Dict(mapping, None)
            }
            (_, (Some(ObjectKind::Set(a)), Some(ObjectKind::Set(b) | ObjectKind::FrozenSet(b)))) => {
                match set_operation(operator, a, b) {
                    Some(result) => ObjectKind::Set(result),
                    None => return Ok(None),
                }
            }
            (_, (Some(ObjectKind::FrozenSet(a)), Some(ObjectKind::Set(b) | ObjectKind::FrozenSet(b)))) => {
                match set_operation(operator, a, b) {
                    Some(result) => ObjectKind::FrozenSet(result),
                    None => return Ok(None),
                }
            }
            _ => return Ok(None),
        };
        Ok(Some(self.allocate(kind, at)))
    }

    pub(super) fn gap_of(&self, value: &Value) -> Gap {
        let unknown = value.as_unknown();
        let candidates = unknown.map(|unknown| self.held_by(&unknown.candidates)).unwrap_or_default();
        Gap::with(unknown.map_or_else(|| "".into(), |unknown| Rc::clone(&unknown.reason)), candidates)
    }

    pub(super) fn concatenated(&self, one: &Sequence, two: &Sequence) -> Sequence {
        self.charge((one.elements.len() + two.elements.len()) / 4);
        let mut items = one.clone();
        items.extend(two.clone());
        items
    }

    pub(super) fn repeated(&mut self, items: &Sequence, count: &Value, at: Location) -> Sequence {
        let length = items.elements.len();
        match count.as_int().map(|count| usize::try_from(count).unwrap_or_default()) {
            Some(0) => Sequence::default(),
            Some(_) if length == 0 => Sequence::default(),
            Some(count) if length.saturating_mul(count) <= MAX_ITEMS && self.charge(length.saturating_mul(count)) => {
                let mut result = Sequence::default();
                for _ in 0..count {
                    result.extend(items.clone());
                }
                result
            }
            _ => {
                let values: Vec<Value> = items.values().cloned().collect();
                Sequence::unknown(Gap::with(self.snippet(at), values))
            }
        }
    }
}

pub(super) fn set_operation(operator: Operator, one: &Mapping, two: &Mapping) -> Option<Mapping> {
    let has = |mapping: &Mapping, key: &super::super::value::Key| mapping.entries.contains_key(key);
    let mut result = Mapping::default();
    let mut add = |from: &Mapping, keep: &dyn Fn(&super::super::value::Key) -> bool| {
        for (key, entry) in from.entries.iter().filter(|(key, _)| keep(key)) {
            result.entries.entry(key.clone()).or_insert_with(|| entry.clone());
        }
    };
    match operator {
        Operator::BitOr => {
            add(one, &|_| true);
            add(two, &|_| true);
        }
        Operator::BitAnd => add(one, &|key| has(two, key)),
        Operator::Sub if two.rest.is_none() => add(one, &|key| !has(two, key)),
        Operator::BitXor if one.rest.is_none() && two.rest.is_none() => {
            add(one, &|key| !has(two, key));
            add(two, &|key| !has(one, key));
        }
        Operator::Sub | Operator::BitXor => {}
        _ => return None,
    }
    if one.rest.is_some()
        || (two.rest.is_some() && !matches!(operator, Operator::BitAnd))
        || (two.rest.is_some() && operator == Operator::BitAnd)
    {
        let values: Vec<Value> = one.values().chain(two.values()).cloned().collect();
        let reason = one.rest.as_ref().or(two.rest.as_ref()).map_or_else(|| "".into(), |gap| Rc::clone(&gap.reason));
        result.open(&Gap::with(reason, values));
    }
    Some(result)
}
