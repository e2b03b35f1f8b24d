//! `collections`: `defaultdict`, `OrderedDict`, `ChainMap` and named tuples.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, NativeMethod, Outcome};
use super::super::super::value::{
    Attributes, Class, ClassKind, ClassRef, Field, FieldDefault, Mapping, ObjectKind, Slot, TypeBound, Value, ValueKind,
};
use super::super::arguments::{bind, kept, kind_of, library_instance, misfit, unwrapped};
use super::super::builtins::collections::{fill, fill_by_name};
use super::super::text::represent::represented;

/// The classes.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "defaultdict" => defaultdict,
        "OrderedDict" => ordered_dict,
        "ChainMap" => chain_map,
        "namedtuple" => namedtuple,
        _ => return None,
    })
}

/// The methods of their instances.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    match (kind, name) {
        ("OrderedDict", "move_to_end") => Some(move_to_end),
        ("OrderedDict", "__repr__") => Some(ordered_repr),
        ("OrderedDict", "__eq__") => Some(ordered_equal),
        ("OrderedDict", "copy") => Some(copy_as_own),
        ("OrderedDict", _) => super::super::methods::dict::method(name),
        ("ChainMap", _) => chain_method(name),
        _ => None,
    }
}

/// A new dict from the arguments of a call, after some that were taken already.
pub fn dict_from(evaluator: &mut Evaluator<'_>, call: &Call, taken: usize, factory: Option<Value>) -> Outcome {
    if call.arguments.more_positional.is_some() {
        return Err(evaluator.opaque(call));
    }
    let made = evaluator.allocate(ObjectKind::Dict(Mapping::default(), factory), call.at);
    match call.arguments.positional.get(taken..).unwrap_or_default() {
        [] => {}
        [slot] => fill(evaluator, &made, &slot.value, call)?,
        _ => return Err(misfit(evaluator, call)),
    }
    fill_by_name(evaluator, &made, call)?;
    Ok(made)
}

fn defaultdict(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let factory = call.arguments.positional.first().map_or_else(|| Value::none(call.at), |slot| slot.value.clone());
    dict_from(evaluator, call, 1, Some(factory))
}

fn ordered_dict(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let made = dict_from(evaluator, call, 0, None)?;
    Ok(library_instance(evaluator, "collections.OrderedDict", Vec::new(), Some(made), call.at))
}

/// The entries of the receiver.
pub fn own_entries(evaluator: &Evaluator<'_>, value: &Value) -> Option<Mapping> {
    match &kind_of(evaluator, &unwrapped(evaluator, value))?.kind {
        ObjectKind::Dict(entries, _) => {
            evaluator.charge(entries.entries.len() / 8);
            Some(entries.clone())
        }
        _ => None,
    }
}

fn receiver(call: &Call) -> Value {
    call.receiver.clone().unwrap_or_else(|| Value::none(call.at))
}

fn move_to_end(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "key, last?")?;
    let Some(key) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let is_last = bound.value(1).map_or(Some(1), Value::as_int);
    let own = unwrapped(evaluator, &receiver(call));
    let (Some(entries), Some(id), Some(known), Some(is_last)) =
        (own_entries(evaluator, &own), own.as_object(), evaluator.key_of(&key), is_last)
    else {
        return Err(evaluator.opaque(call));
    };
    if entries.rest.is_some() {
        return Err(evaluator.opaque(call));
    }
    let Some(from) = entries.entries.get_index_of(&known) else {
        let shown = evaluator.repr(&key).unwrap_or_default();
        return Err(evaluator.raise("KeyError", shown, call.at));
    };
    super::super::methods::dict::change(evaluator, id, |entries| {
        let to = if is_last == 0 { 0 } else { entries.entries.len() - 1 };
        entries.entries.move_index(from, to);
    });
    Ok(Value::none(call.at))
}

fn ordered_repr(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(entries) = own_entries(evaluator, &receiver(call)).filter(|entries| entries.rest.is_none()) else {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    };
    if entries.entries.is_empty() {
        return Ok(Value::text("OrderedDict()", call.at));
    }
    let Some(minor) = evaluator.assumptions.python else { return Err(evaluator.unknown_of(call, TypeBound::Text)) };
    let mut parts = Vec::new();
    for entry in entries.entries.values() {
        let key = represented(evaluator, &entry.key.value, call.at, 1)?;
        let value = represented(evaluator, &entry.value.value, call.at, 1)?;
        let (Some(key), Some(value)) = (key, value) else { return Err(evaluator.unknown_of(call, TypeBound::Text)) };
        parts.push(if minor >= 12 { format!("{key}: {value}") } else { format!("({key}, {value})") });
    }
    let parts = parts.join(", ");
    let text = if minor >= 12 { format!("OrderedDict({{{parts}}})") } else { format!("OrderedDict([{parts}])") };
    Ok(evaluator.computed_text(text, call.at))
}

/// With another of its kind the order counts.
fn ordered_equal(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(other) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    let own = receiver(call);
    let (one, two) = (unwrapped(evaluator, &own), unwrapped(evaluator, &other));
    if &*evaluator.type_name(&other) == "OrderedDict" {
        let (Some(a), Some(b)) = (own_entries(evaluator, &own), own_entries(evaluator, &other)) else {
            return Err(evaluator.unknown_of(call, TypeBound::Bool));
        };
        if a.rest.is_none() && b.rest.is_none() && !a.entries.keys().eq(b.entries.keys()) {
            return Ok(evaluator.bool(false, call.at));
        }
    }
    Ok(evaluator.equal(&one, &two, call.at)?)
}

/// A copy of the same class.
pub fn copy_as_own(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = receiver(call);
    let Some(entries) = own_entries(evaluator, &own) else { return Err(evaluator.opaque(call)) };
    let class = super::super::arguments::library_class(evaluator, &own).unwrap_or_default();
    let payload = evaluator.allocate(ObjectKind::Dict(entries, None), call.at);
    Ok(library_instance(evaluator, &class, Vec::new(), Some(payload), call.at))
}

fn chain_map(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.is_open() || !call.arguments.keywords.is_empty() {
        return Err(evaluator.opaque(call));
    }
    let mut slots = call.arguments.positional.clone();
    if slots.is_empty() {
        let empty = evaluator.allocate(ObjectKind::Dict(Mapping::default(), None), call.at);
        slots.push(Slot::new(empty, call.at));
    }
    let maps = evaluator.list(slots, call.at);
    Ok(library_instance(evaluator, "collections.ChainMap", vec![("maps", maps)], None, call.at))
}

fn chain_method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "__getitem__" | "__contains__" | "__len__" | "__iter__" | "get" | "keys" | "values" | "items" | "__bool__" => {
            on_merged
        }
        "__setitem__" | "__delitem__" | "pop" | "update" | "setdefault" | "clear" | "popitem" => on_first,
        "new_child" => new_child,
        _ => return None,
    })
}

fn maps(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Vec<Slot>, super::super::super::evaluate::Failure> {
    let Some(maps) = kept(evaluator, &receiver(call), "maps") else { return Err(evaluator.opaque(call)) };
    match evaluator.elements(&maps, call.at)?.slots() {
        Some(slots) => Ok(slots),
        None => Err(evaluator.opaque(call)),
    }
}

/// Reading goes through all maps, the first before the others.
fn on_merged(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let merged = evaluator.allocate(ObjectKind::Dict(Mapping::default(), None), call.at);
    for slot in maps(evaluator, call)?.into_iter().rev() {
        evaluator.update_dict(&merged, &slot.value, call.at)?;
    }
    let first = call.arguments.positional.first().map(|slot| slot.value.clone());
    match (call.name(), first) {
        ("__getitem__", Some(key)) => Ok(evaluator.item(&merged, &key, call.at)?),
        ("__contains__", Some(key)) => Ok(evaluator.contains(&merged, &key, call.at)?),
        ("__len__", _) => Ok(evaluator.call_named("builtins.len", vec![merged], call.at)?),
        ("__bool__", _) => Ok(evaluator.call_named("builtins.bool", vec![merged], call.at)?),
        ("__iter__", _) => Ok(evaluator.iterator(&merged, call.at)?),
        (name, _) => {
            let method = evaluator.attribute(&merged, name, call.at)?;
            Ok(evaluator.call_value(&method, call.arguments.clone(), call.at)?)
        }
    }
}

/// Writing goes to the first map.
fn on_first(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(first) = maps(evaluator, call)?.first().map(|slot| slot.value.clone()) else {
        return Err(evaluator.opaque(call));
    };
    match (call.name(), &call.arguments.positional[..]) {
        ("__setitem__", [key, slot]) => {
            evaluator.set_item(&first, key.clone(), slot.clone())?;
            Ok(Value::none(call.at))
        }
        ("__delitem__", [key]) => {
            evaluator.delete_item(&first, &key.value, call.at)?;
            Ok(Value::none(call.at))
        }
        (name, _) => {
            let method = evaluator.attribute(&first, name, call.at)?;
            Ok(evaluator.call_value(&method, call.arguments.clone(), call.at)?)
        }
    }
}

fn new_child(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "m?")?;
    let first = match bound.slot(0).cloned() {
        Some(slot) => slot,
        None => Slot::new(evaluator.allocate(ObjectKind::Dict(Mapping::default(), None), call.at), call.at),
    };
    let mut slots = vec![first];
    slots.extend(maps(evaluator, call)?);
    let maps = evaluator.list(slots, call.at);
    Ok(library_instance(evaluator, "collections.ChainMap", vec![("maps", maps)], None, call.at))
}

/// `namedtuple(name, fields, defaults=…)`: a class that is made from fields.
fn namedtuple(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "typename, field_names, *, rename?, defaults?, module?")?;
    let (Some(name), Some(fields)) = (bound.value(0).cloned(), bound.value(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    let Some(name) = name.as_text() else { return Err(evaluator.opaque(call)) };
    let names: Option<Vec<(String, crate::tree::Location)>> = match fields.as_text() {
        Some(text) => {
            Some(text.replace(',', " ").split_whitespace().map(|name| (name.to_owned(), fields.at)).collect())
        }
        None => evaluator
            .elements(&fields, call.at)?
            .slots()
            .and_then(|slots| slots.iter().map(|slot| Some((slot.value.as_text()?.to_owned(), slot.at))).collect()),
    };
    let defaults = match bound.given(3).cloned() {
        Some(defaults) => evaluator.elements(&defaults, call.at)?.slots(),
        None => Some(Vec::new()),
    };
    let (Some(names), Some(defaults), None) = (names, defaults, bound.given(2)) else {
        return Err(evaluator.opaque(call));
    };
    let required = names.len().saturating_sub(defaults.len());
    let field = |(index, (name, at)): (usize, (String, crate::tree::Location))| Field {
        name: name.into(),
        annotation: "".into(),
        default: match index.checked_sub(required).and_then(|index| defaults.get(index)) {
            Some(slot) => FieldDefault::Value(slot.value.clone()),
            None => FieldDefault::Required,
        },
        init: true,
        keyword_only: false,
        compare: true,
        is_shown: Some(true),
        alias: None,
        rules: Vec::new(),
        at,
    };
    let fields: Rc<[Field]> = names.into_iter().enumerate().map(field).collect();
    let mut attributes = Attributes::default();
    let listed = fields.iter().map(|field| Value::text(Rc::clone(&field.name), field.at)).collect();
    let listed = evaluator.tuple(listed, call.at);
    attributes.set("_fields", call.at, Slot::here(listed));
    let base = ClassRef::Library("typing.NamedTuple".into());
    let class = Class {
        name: name.into(),
        bases: vec![base.clone()],
        order: Vec::new(),
        attributes,
        kind: ClassKind::Fields { library: "typing.NamedTuple", fields, frozen: true, eq: true, order: true },
        metaclass: None,
        scope: evaluator.current_scope(),
        annotations: Vec::new(),
    };
    let made = evaluator.allocate(ObjectKind::Class(Box::new(class)), call.at);
    if let ValueKind::Object(id) = made.kind {
        evaluator.state.change(id, |object| {
            if let ObjectKind::Class(class) = &mut object.kind {
                class.order = vec![ClassRef::User(id), base];
            }
        });
    }
    Ok(made)
}
