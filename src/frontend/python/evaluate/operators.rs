//! Operators: arithmetic, concatenation and the operators of the project's classes.

use std::rc::Rc;

use ruff_python_ast::{Operator, UnaryOp};

use super::super::state::{MAX_ITEMS, MAX_TEXT};
use super::super::value::{
    Cause, ClassRef, Gap, Mapping, ObjectKind, Sequence, Slot, TypeBound, Unknown, Value, ValueKind,
};
use super::{Evaluator, Stop};
use crate::tree::{Location, Piece};

impl<'a> Evaluator<'a> {
    /// `left op right`.
    pub fn binary(&mut self, operator: Operator, left: &Value, right: &Value, at: Location) -> Result<Value, Stop> {
        let (name, reflected) = special_names(operator);
        if let Some(result) = self.operator_of_class(left, right, name, reflected, at) {
            return result;
        }
        for value in [left, right] {
            if let Some(unknown) = value.as_unknown()
                && unknown.is_one_of
                && !unknown.candidates.is_empty()
                && unknown.candidates.len() <= 8
            {
                let unknown = unknown.clone();
                let is_left = std::ptr::eq(value, left);
                return self.each_candidate(&unknown, at, |evaluator, candidate| {
                    let (one, two) = if is_left { (candidate, right) } else { (left, candidate) };
                    evaluator.binary(operator, one, two, at)
                });
            }
        }
        if let Some(native) = (self.hooks().method)(&self.type_name(left), name) {
            let call = self.method_call(left, name, vec![right.clone()], at);
            return native(self, &call).or_else(|failure| self.settle(failure, at));
        }
        if let Some(native) = (self.hooks().method)(&self.type_name(right), reflected) {
            let call = self.method_call(right, reflected, vec![left.clone()], at);
            return native(self, &call).or_else(|failure| self.settle(failure, at));
        }
        self.plain_operation(operator, left, right, at)
    }

    /// An operator that a class of the project defines.
    fn operator_of_class(
        &mut self,
        left: &Value,
        right: &Value,
        name: &str,
        reflected: &str,
        at: Location,
    ) -> Option<Result<Value, Stop>> {
        if let Some(result) = self.call_special(left, name, vec![right.clone()], at) {
            match result {
                Ok(value) if matches!(value.kind, ValueKind::NotImplemented) => {}
                result => return Some(result),
            }
        }
        match self.call_special(right, reflected, vec![left.clone()], at)? {
            Ok(value) if matches!(value.kind, ValueKind::NotImplemented) => None,
            result => Some(result),
        }
    }

    /// `left op= right`: objects that can be changed are.
    pub fn in_place(&mut self, operator: Operator, left: &Value, right: &Value, at: Location) -> Result<Value, Stop> {
        let (name, _) = special_names(operator);
        let in_place = format!("__i{}", name.trim_start_matches("__"));
        if let Some(result) = self.call_special(left, &in_place, vec![right.clone()], at) {
            return result;
        }
        if let Some(unknown) = left.as_unknown() {
            if unknown.is_one_of && !unknown.candidates.is_empty() && unknown.candidates.len() <= 8 {
                let unknown = unknown.clone();
                return self.each_candidate(&unknown, at, |evaluator, candidate| {
                    evaluator.in_place(operator, candidate, right, at)
                });
            }
            // It may be a list or dict that is changed.
            let reason = Rc::clone(&unknown.reason);
            self.give_away(left, &reason);
            self.give_away(right, &reason);
        }
        let object = left.as_object().and_then(|id| self.state.shared(id).map(|object| (id, object)));
        if let Some((id, object)) = object {
            match (&object.kind, operator) {
                (ObjectKind::List(_), Operator::Add) => {
                    let more = self.elements(right, at)?;
                    self.state.change(id, |object| {
                        if let ObjectKind::List(items) = &mut object.kind {
                            items.extend(more);
                        }
                    });
                    return Ok(left.clone());
                }
                (ObjectKind::List(items), Operator::Mult) => {
                    let result = self.repeated(items, right, at);
                    self.state.change(id, |object| object.kind = ObjectKind::List(result));
                    return Ok(left.clone());
                }
                (ObjectKind::Dict(..), Operator::BitOr) => {
                    self.update_dict(left, right, at)?;
                    return Ok(left.clone());
                }
                (ObjectKind::Set(_), Operator::BitOr | Operator::BitAnd | Operator::Sub | Operator::BitXor) => {
                    let result = self.plain_operation(operator, left, right, at)?;
                    let kind =
                        result.as_object().and_then(|id| self.state.object(id)).map(|object| object.kind.clone());
                    if let Some(kind) = kind {
                        self.state.change(id, |object| object.kind = kind);
                    }
                    return Ok(left.clone());
                }
                (ObjectKind::Instance(instance), _) => {
                    if let Some(payload) = instance.payload.clone()
                        && payload.as_object().is_some()
                    {
                        self.in_place(operator, &payload, right, at)?;
                        return Ok(left.clone());
                    }
                }
                _ => {}
            }
        }
        self.binary(operator, left, right, at)
    }

    /// An operation on builtin types.
    fn plain_operation(
        &mut self,
        operator: Operator,
        left: &Value,
        right: &Value,
        at: Location,
    ) -> Result<Value, Stop> {
        self.charge(1);
        let left = &self.unwrapped(left);
        let right = &self.unwrapped(right);
        if let Some(result) = self.texts(operator, left, right, at)? {
            return Ok(result);
        }
        if let Some(result) = self.numbers(operator, left, right, at)? {
            return Ok(result);
        }
        if let Some(result) = self.collections(operator, left, right, at)? {
            return Ok(result);
        }
        if left.as_unknown().is_some()
            || right.as_unknown().is_some()
            || self.is_foreign(left)
            || self.is_foreign(right)
        {
            self.may_raise_any(at);
            let bound = unknown_bound(operator, left, right);
            let symbol = self.symbols.opaque();
            let mut candidates: Vec<Value> = Vec::new();
            for value in [left, right] {
                candidates.extend(
                    self.held_by(std::slice::from_ref(value)).into_iter().filter(|value| value.as_object().is_some()),
                );
                candidates.extend(value.as_unknown().map(|unknown| unknown.candidates.to_vec()).unwrap_or_default());
            }
            let unknown = Unknown::new(Cause::External, self.snippet(at))
                .of(bound)
                .with_symbol(symbol)
                .with_candidates(candidates);
            return Ok(Value::unknown(unknown, at));
        }
        let message = format!(
            "unsupported operand type(s) for {}: '{}' and '{}'",
            operator.as_str(),
            self.type_name(left),
            self.type_name(right)
        );
        let failure = self.raise("TypeError", message, at);
        self.settle(failure, at)
    }

    /// The builtin value of an instance whose class extends a builtin type.
    fn unwrapped(&self, value: &Value) -> Value {
        let instance = value.as_object().and_then(|id| self.state.object(id)).and_then(|object| object.as_instance());
        match instance.and_then(|instance| instance.payload.clone()) {
            Some(payload) => payload,
            None => value.clone(),
        }
    }

    /// Whether a class that podlint does not know decides about operators.
    fn is_foreign(&self, value: &Value) -> bool {
        match &value.kind {
            ValueKind::Library(_)
            | ValueKind::Method(_)
            | ValueKind::Super(_)
            | ValueKind::PartialCall(_)
            | ValueKind::ClientClass(_)
            | ValueKind::TemplateClass(_) => true,
            ValueKind::Object(id) => match self.state.object(*id).map(|object| &object.kind) {
                Some(ObjectKind::Instance(instance)) => match &instance.class {
                    ClassRef::User(class) => self.class(*class).is_some_and(|class| {
                        class.order.iter().any(|base| match base {
                            ClassRef::Unknown(_) => true,
                            ClassRef::Library(path) => &**path != "builtins.object" && &**path != "abc.ABC",
                            _ => false,
                        }) || class.attributes.rest.is_some()
                    }),
                    ClassRef::Client(_) => false,
                    _ => true,
                },
                Some(ObjectKind::Class(_) | ObjectKind::Iterator(_)) => true,
                _ => false,
            },
            _ => false,
        }
    }

    fn texts(&mut self, operator: Operator, left: &Value, right: &Value, at: Location) -> Result<Option<Value>, Stop> {
        let is_text = |value: &Value| {
            matches!(value.kind, ValueKind::Text(_) | ValueKind::Partial(_))
                || value.as_unknown().is_some_and(|unknown| unknown.bound == TypeBound::Text)
        };
        match operator {
            Operator::Add if is_text(left) || is_text(right) => {
                let is_open = |value: &Value| value.as_unknown().is_some_and(|unknown| unknown.bound == TypeBound::Any);
                if !(is_text(left) || is_open(left)) || !(is_text(right) || is_open(right)) {
                    return Ok(None);
                }
                if is_open(left) || is_open(right) {
                    self.may_raise_builtin("TypeError", at);
                }
                let (mut pieces, mut reason) = (Vec::new(), None);
                self.add_text(left, &mut pieces, &mut reason, left.at);
                self.add_text(right, &mut pieces, &mut reason, right.at);
                Ok(Some(self.text_of_pieces(pieces, reason, at)))
            }
            Operator::Mult => {
                let (text, count) = match (left.as_text(), right.as_text()) {
                    (Some(text), None) => (text, right),
                    (None, Some(text)) => (text, left),
                    _ => return Ok(None),
                };
                let Some(count) = count.as_int() else { return Ok(None) };
                let count = usize::try_from(count).unwrap_or_default();
                if text.len().saturating_mul(count) > MAX_TEXT {
                    return Ok(Some(self.unknown_text(at)));
                }
                let text = text.repeat(count);
                self.budget.charge_text(text.len());
                Ok(Some(Value::text(text, at)))
            }
            Operator::Mod if is_text(left) => {
                let result = match (self.hooks().method)("str", "__mod__") {
                    Some(native) => {
                        let call = self.method_call(left, "__mod__", vec![right.clone()], at);
                        native(self, &call).or_else(|failure| self.settle(failure, at))?
                    }
                    None => self.unknown_text(at),
                };
                Ok(Some(result))
            }
            Operator::Add => match (&left.kind, &right.kind) {
                (ValueKind::Bytes(one), ValueKind::Bytes(two)) => {
                    let bytes: Vec<u8> = one.iter().chain(two.iter()).copied().collect();
                    if bytes.len() > MAX_TEXT {
                        return Ok(None);
                    }
                    self.budget.charge_text(bytes.len());
                    Ok(Some(Value::new(ValueKind::Bytes(bytes.into()), at)))
                }
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "as Python converts to float")]
    fn numbers(
        &mut self,
        operator: Operator,
        left: &Value,
        right: &Value,
        at: Location,
    ) -> Result<Option<Value>, Stop> {
        let float = |value: &Value| match value.kind {
            ValueKind::Float(number) => Some(number),
            _ => value.as_int().map(|number| number as f64),
        };
        let (Some(a), Some(b)) = (float(left), float(right)) else { return Ok(None) };
        if b == 0.0 && matches!(operator, Operator::Div | Operator::FloorDiv | Operator::Mod) {
            let failure = self.raise("ZeroDivisionError", "division by zero", at);
            return self.settle(failure, at).map(Some);
        }
        if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
            let both_bool = matches!((&left.kind, &right.kind), (ValueKind::Bool(_), ValueKind::Bool(_)));
            return self.integers(operator, a, b, both_bool, at).map(Some);
        }
        let result = match operator {
            Operator::Add => a + b,
            Operator::Sub => a - b,
            Operator::Mult => a * b,
            Operator::Div => a / b,
            Operator::FloorDiv => floor_div(a, b),
            Operator::Mod => float_mod(a, b),
            Operator::Pow if a >= 0.0 || b.fract() == 0.0 => a.powf(b),
            _ => return Ok(None),
        };
        Ok(Some(Value::new(ValueKind::Float(result), at)))
    }

    #[expect(clippy::cast_precision_loss, reason = "as Python divides")]
    fn integers(&mut self, operator: Operator, a: i64, b: i64, both_bool: bool, at: Location) -> Result<Value, Stop> {
        let number = match operator {
            Operator::Add => a.checked_add(b),
            Operator::Sub => a.checked_sub(b),
            Operator::Mult => a.checked_mul(b),
            Operator::Div => {
                let exact = a.unsigned_abs() <= 1 << 53 && b.unsigned_abs() <= 1 << 53;
                return Ok(if exact {
                    Value::new(ValueKind::Float(a as f64 / b as f64), at)
                } else {
                    self.unknown_number(TypeBound::Float, at)
                });
            }
            Operator::FloorDiv => a
                .checked_div_euclid(b)
                .map(|quotient| if b < 0 && a.rem_euclid(b) != 0 { quotient - 1 } else { quotient }),
            Operator::Mod => {
                a.checked_rem(b).map(|rest| if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
            }
            Operator::Pow if b >= 0 => u32::try_from(b).ok().and_then(|exponent| a.checked_pow(exponent)),
            Operator::Pow => {
                return Ok(if a == 0 {
                    let failure = self.raise("ZeroDivisionError", "0.0 cannot be raised to a negative power", at);
                    return self.settle(failure, at);
                } else {
                    Value::new(ValueKind::Float((a as f64).powf(b as f64)), at)
                });
            }
            Operator::LShift => {
                u32::try_from(b).ok().filter(|bits| *bits < 63).and_then(|bits| a.checked_mul(1 << bits))
            }
            Operator::RShift if b >= 0 => Some(a >> b.min(63)),
            Operator::BitAnd | Operator::BitOr | Operator::BitXor => {
                let result = match operator {
                    Operator::BitAnd => a & b,
                    Operator::BitOr => a | b,
                    _ => a ^ b,
                };
                let kind = if both_bool { ValueKind::Bool(result != 0) } else { ValueKind::Int(result) };
                return Ok(Value::new(kind, at));
            }
            _ => None,
        };
        Ok(match number {
            Some(number) => Value::new(ValueKind::Int(number), at),
            None => self.unknown_number(TypeBound::Int, at),
        })
    }

    /// A number of which only the type is known.
    pub fn unknown_number(&mut self, bound: TypeBound, at: Location) -> Value {
        let symbol = self.symbols.opaque();
        Value::unknown(Unknown::new(Cause::External, self.snippet(at)).of(bound).with_symbol(symbol), at)
    }

    fn collections(
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

    fn gap_of(&self, value: &Value) -> Gap {
        let unknown = value.as_unknown();
        let candidates = unknown.map(|unknown| self.held_by(&unknown.candidates)).unwrap_or_default();
        Gap::with(unknown.map_or_else(|| "".into(), |unknown| Rc::clone(&unknown.reason)), candidates)
    }

    fn concatenated(&self, one: &Sequence, two: &Sequence) -> Sequence {
        self.charge((one.elements.len() + two.elements.len()) / 4);
        let mut items = one.clone();
        items.extend(two.clone());
        items
    }

    fn repeated(&mut self, items: &Sequence, count: &Value, at: Location) -> Sequence {
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

    /// `-value`, `+value`, `~value`.
    pub(super) fn unary_operation(&mut self, operator: UnaryOp, value: &Value, at: Location) -> Result<Value, Stop> {
        let name = match operator {
            UnaryOp::USub => "__neg__",
            UnaryOp::UAdd => "__pos__",
            UnaryOp::Invert | UnaryOp::Not => "__invert__",
        };
        if let Some(result) = self.call_special(value, name, Vec::new(), at) {
            return result;
        }
        let value = self.unwrapped(value);
        let kind = match (operator, &value.kind) {
            (UnaryOp::USub, ValueKind::Float(number)) => ValueKind::Float(-number),
            (UnaryOp::UAdd, ValueKind::Float(number)) => ValueKind::Float(*number),
            (UnaryOp::USub, _) if value.as_int().is_some_and(|number| number != i64::MIN) => {
                ValueKind::Int(-value.as_int().unwrap_or_default())
            }
            (UnaryOp::UAdd, _) if value.as_int().is_some() => ValueKind::Int(value.as_int().unwrap_or_default()),
            (UnaryOp::Invert, _) if value.as_int().is_some() => ValueKind::Int(!value.as_int().unwrap_or_default()),
            (_, ValueKind::Text(_) | ValueKind::None | ValueKind::Bytes(_)) => {
                let message = format!("bad operand type for unary {}: '{}'", operator.as_str(), self.type_name(&value));
                let failure = self.raise("TypeError", message, at);
                return self.settle(failure, at);
            }
            _ => {
                self.may_raise_builtin("TypeError", at);
                let bound = value.as_unknown().map_or(TypeBound::Any, |unknown| unknown.bound);
                return Ok(self.unknown_number(if bound == TypeBound::Bool { TypeBound::Int } else { bound }, at));
            }
        };
        Ok(Value::new(kind, at))
    }

    /// Slots of values written at one place.
    pub fn slots_at(values: Vec<Value>, at: Location) -> Vec<Slot> {
        values.into_iter().map(|value| Slot::new(value, at)).collect()
    }

    /// A text made of pieces that may be unknown.
    pub fn joined_text(&mut self, parts: &[Value], at: Location) -> Value {
        let (mut pieces, mut reason): (Vec<Piece>, Option<Rc<str>>) = (Vec::new(), None);
        for part in parts {
            self.add_text(part, &mut pieces, &mut reason, part.at);
        }
        self.text_of_pieces(pieces, reason, at)
    }
}

/// What is known of the type of a result, where an operand is not known.
fn unknown_bound(operator: Operator, left: &Value, right: &Value) -> TypeBound {
    use super::super::state::bound_of;
    match (operator, bound_of(left), bound_of(right)) {
        (
            Operator::Div,
            TypeBound::Int | TypeBound::Bool | TypeBound::Float,
            TypeBound::Int | TypeBound::Bool | TypeBound::Float,
        ) => TypeBound::Float,
        (Operator::Pow, ..) => TypeBound::Any,
        (_, TypeBound::Float, TypeBound::Int | TypeBound::Bool | TypeBound::Float)
        | (_, TypeBound::Int | TypeBound::Bool, TypeBound::Float) => TypeBound::Float,
        (_, TypeBound::Int | TypeBound::Bool, TypeBound::Int | TypeBound::Bool) => TypeBound::Int,
        (Operator::Mult, TypeBound::Text, TypeBound::Int) | (Operator::Mult, TypeBound::Int, TypeBound::Text) => {
            TypeBound::Text
        }
        _ => TypeBound::Any,
    }
}

fn set_operation(operator: Operator, one: &Mapping, two: &Mapping) -> Option<Mapping> {
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

fn floor_div(a: f64, b: f64) -> f64 {
    let rest = float_mod(a, b);
    ((a - rest) / b).round()
}

fn float_mod(a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest != 0.0 && (rest < 0.0) != (b < 0.0) {
        rest + b
    } else if rest == 0.0 {
        0.0_f64.copysign(b)
    } else {
        rest
    }
}

/// The special methods of an operator.
pub const fn special_names(operator: Operator) -> (&'static str, &'static str) {
    match operator {
        Operator::Add => ("__add__", "__radd__"),
        Operator::Sub => ("__sub__", "__rsub__"),
        Operator::Mult => ("__mul__", "__rmul__"),
        Operator::MatMult => ("__matmul__", "__rmatmul__"),
        Operator::Div => ("__truediv__", "__rtruediv__"),
        Operator::Mod => ("__mod__", "__rmod__"),
        Operator::Pow => ("__pow__", "__rpow__"),
        Operator::LShift => ("__lshift__", "__rlshift__"),
        Operator::RShift => ("__rshift__", "__rrshift__"),
        Operator::BitOr => ("__or__", "__ror__"),
        Operator::BitXor => ("__xor__", "__rxor__"),
        Operator::BitAnd => ("__and__", "__rand__"),
        Operator::FloorDiv => ("__floordiv__", "__rfloordiv__"),
    }
}
