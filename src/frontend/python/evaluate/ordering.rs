//! The order of values.

use super::super::state::Operator;
use super::super::value::{ClassKind, ClassRef, ObjectKind, Sequence, Value, ValueKind};
use super::equality::MAX_DEPTH;
use super::{Evaluator, Stop};
use crate::tree::Location;
use std::cmp::Ordering;

impl<'a> Evaluator<'a> {
    /// `a < b` and its like.
    pub fn ordered(&mut self, operator: Operator, left: &Value, right: &Value, at: Location) -> Result<Value, Stop> {
        let names = special_names(operator);
        if let Some(result) = self.call_special(left, names.0, vec![right.clone()], at) {
            let result = result?;
            if !matches!(result.kind, ValueKind::NotImplemented) {
                return Ok(result);
            }
        }
        if let Some(result) = self.call_special(right, names.1, vec![left.clone()], at) {
            let result = result?;
            if !matches!(result.kind, ValueKind::NotImplemented) {
                return Ok(result);
            }
        }
        if let Some(result) = self.sets_ordered(operator, left, right) {
            return Ok(Value::new(ValueKind::Bool(result), at));
        }
        match self.order(left, right, 0) {
            Ok(Some(order)) => Ok(Value::new(ValueKind::Bool(holds(operator, order)), at)),
            Ok(None) => {
                self.may_raise_builtin("TypeError", at);
                Ok(self.relation(operator, left, right, at))
            }
            Err(()) => {
                let (one, two) = (self.type_name(left), self.type_name(right));
                let message = format!("'{}' not supported between instances of '{one}' and '{two}'", sign(operator));
                let failure = self.raise_on(&[left, right], "TypeError", message, at);
                self.settle(failure, at)
            }
        }
    }

    pub(super) fn sets_ordered(&self, operator: Operator, left: &Value, right: &Value) -> Option<bool> {
        let set = |value: &Value| match &self.state.object(value.as_object()?)?.kind {
            ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries) if entries.rest.is_none() => {
                Some(entries.clone())
            }
            _ => None,
        };
        let (one, two) = (set(left)?, set(right)?);
        let within = |a: &super::super::value::Mapping, b: &super::super::value::Mapping| {
            a.entries.keys().all(|key| b.entries.contains_key(key))
        };
        let (count_one, count_two) = (one.entries.len(), two.entries.len());
        Some(match operator {
            Operator::Less => within(&one, &two) && count_one < count_two,
            Operator::LessEqual => within(&one, &two),
            Operator::Greater => within(&two, &one) && count_two < count_one,
            _ => within(&two, &one),
        })
    }

    /// The order of two values; `Err` where Python refuses to compare them.
    pub fn order(&self, left: &Value, right: &Value, depth: usize) -> Result<Option<Ordering>, ()> {
        if depth > MAX_DEPTH || !self.charge(1) {
            return Ok(None);
        }
        match (&left.kind, &right.kind) {
            (ValueKind::Text(one), ValueKind::Text(two)) => {
                self.budget.charge_text(one.len().min(two.len()));
                return Ok(Some(one.cmp(two)));
            }
            (ValueKind::Bytes(one), ValueKind::Bytes(two)) => return Ok(Some(one.cmp(two))),
            _ => {}
        }
        if let (Some(one), Some(two)) = (number_of(left), number_of(right)) {
            return Ok(match (left.as_int(), right.as_int()) {
                (Some(one), Some(two)) => Some(one.cmp(&two)),
                _ => one.partial_cmp(&two),
            });
        }
        // Of a library's value only the path is known.
        let is_foreign = |value: &Value| value.as_object().is_none() && !is_plain(value);
        if is_foreign(left) || is_foreign(right) {
            return Ok(None);
        }
        let object = |value: &Value| value.as_object().and_then(|id| self.state.shared(id));
        match (object(left), object(right)) {
            (Some(one), Some(two)) => match (&one.kind, &two.kind) {
                (ObjectKind::List(a), ObjectKind::List(b)) | (ObjectKind::Tuple(a), ObjectKind::Tuple(b)) => {
                    self.sequences_ordered(a, b, depth)
                }
                (ObjectKind::Instance(_), _) | (_, ObjectKind::Instance(_)) => {
                    self.instances_ordered(left, right, depth)
                }
                // Sets of which not all is known.
                (ObjectKind::Set(_) | ObjectKind::FrozenSet(_), ObjectKind::Set(_) | ObjectKind::FrozenSet(_)) => {
                    Ok(None)
                }
                _ => Err(()),
            },
            (Some(one), None) if matches!(one.kind, ObjectKind::Instance(_)) => {
                self.instances_ordered(left, right, depth)
            }
            (None, Some(two)) if matches!(two.kind, ObjectKind::Instance(_)) => {
                self.instances_ordered(left, right, depth)
            }
            (None, None) if !is_plain(left) || !is_plain(right) => Ok(None),
            _ => Err(()),
        }
    }

    pub(super) fn sequences_ordered(
        &self,
        one: &Sequence,
        two: &Sequence,
        depth: usize,
    ) -> Result<Option<Ordering>, ()> {
        let (Some(one), Some(two)) = (one.slots(), two.slots()) else { return Ok(None) };
        for (one, two) in one.iter().zip(&two) {
            match self.equals(&one.value, &two.value, depth + 1) {
                Some(true) => {}
                Some(false) => return self.order(&one.value, &two.value, depth + 1),
                None => return Ok(None),
            }
        }
        Ok(Some(one.len().cmp(&two.len())))
    }

    pub(super) fn instances_ordered(&self, left: &Value, right: &Value, depth: usize) -> Result<Option<Ordering>, ()> {
        let instance = |value: &Value| {
            let object = value.as_object().and_then(|id| self.state.shared(id))?;
            object.as_instance().cloned()
        };
        let payload =
            |value: &Value| instance(value).and_then(|instance| instance.payload).unwrap_or_else(|| value.clone());
        let (one, two) = (payload(left), payload(right));
        let is_model = |value: &Value| {
            instance(value).is_some_and(|one| matches!(one.class, ClassRef::Client(_) | ClassRef::Template(_)))
        };
        if is_model(left) && is_model(right) {
            return Err(());
        }
        if !one.is_same(left) || !two.is_same(right) {
            return self.order(&one, &two, depth + 1);
        }
        if let (Some(one), Some(two)) = (instance(left), instance(right))
            && let (ClassRef::User(a), ClassRef::User(b)) = (&one.class, &two.class)
            && a == b
            && let Some(ClassKind::Fields { fields, order, library, .. }) =
                self.class(*a).map(|class| class.kind.clone())
            && (order || library == "typing.NamedTuple")
        {
            for field in fields.iter().filter(|field| field.compare) {
                let (Some(a), Some(b)) = (one.attributes.value(&field.name), two.attributes.value(&field.name)) else {
                    return Ok(None);
                };
                match self.equals(a, b, depth + 1) {
                    Some(true) => {}
                    Some(false) => return self.order(a, b, depth + 1),
                    None => return Ok(None),
                }
            }
            return Ok(Some(Ordering::Equal));
        }
        Ok(None)
    }
}

pub(super) const fn turned(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::LessEqual => Operator::GreaterEqual,
        Operator::Greater => Operator::Less,
        Operator::GreaterEqual => Operator::LessEqual,
        other => other,
    }
}

pub(super) const fn special_names(operator: Operator) -> (&'static str, &'static str) {
    match operator {
        Operator::Less => ("__lt__", "__gt__"),
        Operator::LessEqual => ("__le__", "__ge__"),
        Operator::Greater => ("__gt__", "__lt__"),
        _ => ("__ge__", "__le__"),
    }
}

pub(super) const fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Less => "<",
        Operator::LessEqual => "<=",
        Operator::Greater => ">",
        _ => ">=",
    }
}

pub(super) fn holds(operator: Operator, order: Ordering) -> bool {
    match operator {
        Operator::Less => order.is_lt(),
        Operator::LessEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        _ => order.is_ge(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "compared as Python compares a float")]
pub(super) fn number_of(value: &Value) -> Option<f64> {
    match value.kind {
        ValueKind::Float(number) => Some(number),
        _ => value.as_int().map(|number| number as f64),
    }
}

pub(super) const fn is_plain(value: &Value) -> bool {
    matches!(
        value.kind,
        ValueKind::None
            | ValueKind::Bool(_)
            | ValueKind::Int(_)
            | ValueKind::Float(_)
            | ValueKind::Text(_)
            | ValueKind::Bytes(_)
    )
}
