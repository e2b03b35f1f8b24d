//! `typing.NamedTuple` and `collections.namedtuple`.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, Outcome, Stop};
use super::super::super::value::{
    Arguments, Attributes, Class, ClassKind, ClassRef, Field, FieldDefault, Key, Mapping, Method, ObjectId, ObjectKind,
    Slot, Value, ValueKind,
};
use super::dataclass_functions::replace_fields;
use super::dataclasses::plain;
use super::set_kind;
use crate::tree::Location;

/// The library's name in [`ClassKind::Fields`].
const LIBRARY: &str = "typing.NamedTuple";

/// The functions that make such classes.
pub fn function(path: &str) -> Option<NativeFunction> {
    Some(match path {
        "collections.namedtuple" => named_tuple,
        "typing.NamedTuple" => typed_named_tuple,
        _ => return None,
    })
}

/// A class with `NamedTuple` as its base.
pub fn define(evaluator: &mut Evaluator<'_>, id: ObjectId, at: Location) -> Result<(), Stop> {
    let Some(class) = evaluator.class(id).cloned() else { return Ok(()) };
    let fields: Vec<Field> = class
        .annotations
        .iter()
        .map(|(name, annotation)| {
            let default =
                class.attributes.value(name).map_or(FieldDefault::Required, |value| FieldDefault::Value(value.clone()));
            plain(name, annotation, default, at)
        })
        .collect();
    set_fields(evaluator, id, fields);
    Ok(())
}

fn set_fields(evaluator: &mut Evaluator<'_>, id: ObjectId, fields: Vec<Field>) {
    // The values of fields are found in the instance; as class attributes they would hide it from nobody.
    let kind = ClassKind::Fields { library: LIBRARY, fields: fields.into(), frozen: true, eq: true, order: true };
    set_kind(evaluator, id, kind);
}

/// `namedtuple("Point", "x y")`, with defaults for the last ones.
fn named_tuple(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (Some(name), Some(names)) = (call.arguments.get("typename", 0), call.arguments.get("field_names", 1)) else {
        return Err(evaluator.not_modelled(call));
    };
    let Some(name) = name.value.as_text().map(str::to_owned) else { return Err(evaluator.not_modelled(call)) };
    let names: Option<Vec<Rc<str>>> = match names.value.as_text() {
        Some(text) => Some(text.replace(',', " ").split_whitespace().map(Into::into).collect()),
        None => {
            let items = evaluator.elements(&names.value.clone(), names.at)?;
            items.slots().and_then(|slots| slots.iter().map(|slot| slot.value.as_text().map(Into::into)).collect())
        }
    };
    let Some(names) = names else { return Err(evaluator.not_modelled(call)) };
    let defaults = match call.arguments.named("defaults") {
        Some(slot) => match evaluator.elements(&slot.value.clone(), slot.at)?.slots() {
            Some(slots) => slots,
            None => return Err(evaluator.not_modelled(call)),
        },
        None => Vec::new(),
    };
    if call.arguments.named("rename").is_some() || call.arguments.is_open() {
        return Err(evaluator.not_modelled(call));
    }
    let first = names.len().saturating_sub(defaults.len());
    let fields = names.iter().enumerate().map(|(index, name)| {
        let default = index.checked_sub(first).and_then(|index| defaults.get(index));
        plain(
            name,
            &"".into(),
            default.map_or(FieldDefault::Required, |slot| FieldDefault::Value(slot.value.clone())),
            call.at,
        )
    });
    let fields: Vec<Field> = fields.collect();
    Ok(new_class(evaluator, &name, fields, call.at))
}

/// `NamedTuple("Point", [("x", int)])`.
fn typed_named_tuple(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (Some(name), Some(pairs)) = (call.arguments.positional.first(), call.arguments.positional.get(1)) else {
        return Err(evaluator.not_modelled(call));
    };
    let (Some(name), pairs) = (name.value.as_text().map(str::to_owned), pairs.clone()) else {
        return Err(evaluator.not_modelled(call));
    };
    let Some(slots) = evaluator.elements(&pairs.value, pairs.at)?.slots() else {
        return Err(evaluator.not_modelled(call));
    };
    let mut fields = Vec::new();
    for slot in slots {
        let pair = evaluator.elements(&slot.value, slot.at)?.slots().unwrap_or_default();
        let Some(field) = pair.first().and_then(|slot| slot.value.as_text()) else {
            return Err(evaluator.not_modelled(call));
        };
        fields.push(plain(&field.into(), &"".into(), FieldDefault::Required, call.at));
    }
    Ok(new_class(evaluator, &name, fields, call.at))
}

fn new_class(evaluator: &mut Evaluator<'_>, name: &str, fields: Vec<Field>, at: Location) -> Value {
    let class = Class {
        name: name.into(),
        bases: vec![ClassRef::Library("builtins.tuple".into())],
        order: Vec::new(),
        attributes: Attributes::default(),
        kind: ClassKind::Plain,
        metaclass: None,
        scope: evaluator.globals(),
        annotations: Vec::new(),
    };
    let value = evaluator.allocate(ObjectKind::Class(Box::new(class)), at);
    if let Some(id) = value.as_object() {
        if let Some(object) = evaluator.state.object_mut(id)
            && let ObjectKind::Class(class) = &mut object.kind
        {
            class.order = vec![ClassRef::User(id), ClassRef::Library("builtins.object".into())];
        }
        set_fields(evaluator, id, fields);
    }
    value
}

/// The attributes that named tuples have beside their fields.
pub fn attribute(
    evaluator: &mut Evaluator<'_>,
    value: &Value,
    fields: &Rc<[Field]>,
    name: &str,
    at: Location,
) -> Option<Outcome> {
    match name {
        "_fields" | "__match_args__" => {
            let names = fields.iter().map(|field| Value::text(Rc::clone(&field.name), at)).collect();
            Some(Ok(evaluator.tuple(names, at)))
        }
        "_replace" | "_asdict" | "_make" | "index" | "count" => {
            Some(Ok(Value::new(ValueKind::Method(Rc::new(Method { receiver: value.clone(), name: name.into() })), at)))
        }
        _ => None,
    }
}

/// The methods that named tuples have.
pub fn call(
    evaluator: &mut Evaluator<'_>,
    class: ObjectId,
    receiver: &Value,
    fields: &Rc<[Field]>,
    name: &str,
    call: &Call,
) -> Option<Outcome> {
    match name {
        "_replace" => replace_fields(evaluator, receiver, call),
        "_asdict" => {
            let instance = evaluator.state.object(receiver.as_object()?)?.as_instance()?.clone();
            let mut mapping = Mapping::default();
            for field in fields.iter() {
                let slot = instance.attributes.get(&field.name)?.slot.clone();
                let key = Value::text(Rc::clone(&field.name), field.at);
                mapping.set(Key::Text(Rc::clone(&field.name)), Slot::here(key), slot);
            }
            Some(Ok(evaluator.allocate(ObjectKind::Dict(mapping, None), call.at)))
        }
        "_make" => {
            let given = call.arguments.positional.first()?.clone();
            let items = match evaluator.elements(&given.value, given.at) {
                Ok(items) => items,
                Err(stop) => return Some(Err(Failure::from(stop))),
            };
            let Some(slots) = items.slots() else { return Some(Err(evaluator.not_modelled(call))) };
            Some(evaluator.call_class(class, Arguments::of(slots), call.at).map_err(Failure::from))
        }
        "index" | "count" => {
            let instance = evaluator.state.object(receiver.as_object()?)?.as_instance()?.clone();
            let values: Option<Vec<Value>> =
                fields.iter().map(|field| instance.attributes.value(&field.name).cloned()).collect();
            let tuple = evaluator.tuple(values?, call.at);
            let method = match evaluator.attribute(&tuple, name, call.at) {
                Ok(method) => method,
                Err(stop) => return Some(Err(Failure::from(stop))),
            };
            Some(evaluator.call_value(&method, call.arguments.clone(), call.at).map_err(Failure::from))
        }
        _ => None,
    }
}
