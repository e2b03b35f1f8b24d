//! Operators: arithmetic, concatenation and the operators of the project's classes.

use std::rc::Rc;

use ruff_python_ast::Operator;

use super::super::state::MAX_TEXT;
use super::super::value::{Cause, ClassRef, ObjectKind, TypeBound, Unknown, Value, ValueKind};
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
                    drop(object);
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
        let failure = self.raise_on(&[left, right], "TypeError", message, at);
        self.settle(failure, at)
    }

    /// The builtin value of an instance whose class extends a builtin type.
    pub(super) fn unwrapped(&self, value: &Value) -> Value {
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
