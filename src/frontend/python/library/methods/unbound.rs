//! Methods through their types: `str.upper(text)`, `dict.__setitem__(self, key, value)`.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, Outcome};
use super::super::super::value::{Method, ObjectKind, Slot, Value, ValueKind};
use super::super::arguments::unwrapped;
use super::super::builtins::collections::{fill, fill_by_name};

/// The function `type.method`, where there is one.
pub fn unbound(path: &str) -> Option<NativeFunction> {
    let (kind, name) = path.split_once('.')?;
    if super::method(kind, name).is_some() {
        return Some(call_unbound);
    }
    let is_builtin = matches!(kind, "dict" | "list" | "str" | "int" | "float" | "set" | "tuple" | "bytes");
    (is_builtin && is_special(name)).then_some(call_special as NativeFunction)
}

fn is_special(name: &str) -> bool {
    matches!(
        name,
        "__init__"
            | "__getitem__"
            | "__setitem__"
            | "__delitem__"
            | "__contains__"
            | "__len__"
            | "__iter__"
            | "__eq__"
            | "__str__"
            | "__repr__"
            | "__getattribute__"
            | "__setattr__"
    )
}

fn parts(call: &Call) -> (&str, &str) {
    let path = call.name().strip_prefix("builtins.").unwrap_or_default();
    path.split_once('.').unwrap_or_default()
}

fn receiver(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Value, Failure> {
    match call.arguments.positional.first() {
        Some(slot) => Ok(unwrapped(evaluator, &slot.value)),
        None => Err(evaluator.opaque(call)),
    }
}

fn call_unbound(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = receiver(evaluator, call)?;
    let (kind, name) = parts(call);
    if *evaluator.type_name(&own) != *kind && !own.is_unknown() {
        return Err(evaluator.opaque(call));
    }
    let mut arguments = call.arguments.clone();
    arguments.positional.remove(0);
    let method = Value::new(ValueKind::Method(Rc::new(Method { receiver: own, name: name.into() })), call.at);
    Ok(evaluator.call_at(&method, arguments, call.at, call.head)?)
}

/// A special method of a builtin type, called on an instance whose class extends it.
fn call_special(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = receiver(evaluator, call)?;
    let given: Vec<Slot> = call.arguments.positional.get(1..).unwrap_or_default().to_vec();
    let at = call.at;
    let first = call.arguments.positional.first().map(|slot| slot.value.clone()).unwrap_or_else(|| own.clone());
    match (parts(call).1, &given[..]) {
        ("__init__", _) => initialise(evaluator, &own, call),
        ("__getitem__", [key]) => Ok(evaluator.item(&own, &key.value, at)?),
        ("__setitem__", [key, slot]) => {
            evaluator.set_item(&own, key.clone(), slot.clone())?;
            Ok(Value::none(at))
        }
        ("__delitem__", [key]) => {
            evaluator.delete_item(&own, &key.value, at)?;
            Ok(Value::none(at))
        }
        ("__contains__", [key]) => Ok(evaluator.contains(&own, &key.value, at)?),
        ("__len__", []) => Ok(evaluator.call_named("builtins.len", vec![own], at)?),
        ("__iter__", []) => Ok(evaluator.iterator(&own, at)?),
        ("__eq__", [other]) => {
            let other = unwrapped(evaluator, &other.value);
            Ok(evaluator.equal(&own, &other, at)?)
        }
        ("__str__" | "__repr__", []) => Ok(evaluator.call_named("builtins.repr", vec![own], at)?),
        ("__getattribute__", [name]) => match name.value.as_text() {
            Some(name) => Ok(evaluator.attribute(&first, name, at)?),
            None => Err(evaluator.opaque(call)),
        },
        ("__setattr__", [name, slot]) => match (first.as_object(), name.value.as_text()) {
            (Some(id), Some(name)) => {
                evaluator.set_raw_attribute(id, name, at, slot.clone());
                Ok(Value::none(at))
            }
            _ => Err(evaluator.opaque(call)),
        },
        _ => Err(evaluator.opaque(call)),
    }
}

/// `dict.__init__(self, …)` and its like: the instance holds the value itself.
fn initialise(evaluator: &mut Evaluator<'_>, own: &Value, call: &Call) -> Outcome {
    let mut inner = call.clone();
    inner.arguments.positional.remove(0);
    let Some(object) = own.as_object().and_then(|id| evaluator.state.shared(id)) else {
        return Ok(Value::none(call.at));
    };
    match (&object.kind, &inner.arguments.positional[..]) {
        (ObjectKind::Dict(..), []) => fill_by_name(evaluator, own, &inner)?,
        (ObjectKind::Dict(..), [slot]) => {
            fill(evaluator, own, &slot.value, &inner)?;
            fill_by_name(evaluator, own, &inner)?;
        }
        (ObjectKind::List(_), [slot]) => {
            let items = evaluator.elements(&slot.value, call.at)?;
            if let Some(id) = own.as_object() {
                evaluator.change_object(id, ObjectKind::List(items));
            }
        }
        (_, []) => {}
        _ => return Err(evaluator.opaque(call)),
    }
    Ok(Value::none(call.at))
}
