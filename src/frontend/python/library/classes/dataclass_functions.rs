//! The functions of `dataclasses` on instances: `fields`, `replace`, `asdict`, `astuple`, `is_dataclass`.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, Outcome};
use super::super::super::value::{
    Arguments, Attributes, ClassRef, Element, Field, FieldDefault, Gap, Instance, Key, Keyword, Mapping, ObjectId,
    ObjectKind, Sequence, Slot, Value,
};
use super::fields::class_behind;
use crate::tree::Location;

/// The functions of the module, its decorator excepted.
pub fn function(path: &str) -> Option<NativeFunction> {
    Some(match path {
        "dataclasses.fields" => fields_of,
        "dataclasses.replace" | "copy.replace" => replace,
        "dataclasses.asdict" => as_dict,
        "dataclasses.astuple" => as_tuple,
        "dataclasses.is_dataclass" => is_dataclass,
        _ => return None,
    })
}

/// The class of an instance, or the class itself, with its fields.
fn fields_and_class(evaluator: &Evaluator<'_>, value: &Value) -> Option<(ObjectId, Rc<[Field]>)> {
    let class = class_behind(evaluator, value)?;
    Some((class, evaluator.fields_of(class)?))
}

fn fields_of(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let found = call.arguments.positional.first().and_then(|slot| fields_and_class(evaluator, &slot.value));
    let Some((_, fields)) = found else { return Err(evaluator.not_modelled(call)) };
    let mut all = Vec::new();
    for field in fields.iter().filter(|field| !super::fields::is_init_only(field)) {
        let mut attributes = Attributes::default();
        attributes.set("name", field.at, Slot::here(Value::text(Rc::clone(&field.name), field.at)));
        if let FieldDefault::Value(value) = &field.default {
            attributes.set("default", field.at, Slot::here(value.clone()));
        }
        attributes.rest = Some(Gap::new("dataclasses.Field"));
        let instance = Instance {
            class: ClassRef::Library("dataclasses.Field".into()),
            attributes,
            payload: None,
            head: call.head,
        };
        all.push(evaluator.allocate(ObjectKind::Instance(instance), call.at));
    }
    Ok(evaluator.tuple(all, call.at))
}

/// `dataclasses.replace(instance, **changes)`: the constructor, with what is not changed taken from the instance.
fn replace(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(original) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(evaluator.opaque(call));
    };
    if let Some(outcome) = replace_fields(evaluator, &original, call) {
        return outcome;
    }
    Err(evaluator.opaque(call))
}

/// A changed copy of an instance made from fields.
pub fn replace_fields(evaluator: &mut Evaluator<'_>, original: &Value, call: &Call) -> Option<Outcome> {
    let (class, fields) = fields_and_class(evaluator, original)?;
    let object = evaluator.state.shared(original.as_object()?)?;
    let instance = object.as_instance()?.clone();
    let mut arguments = Arguments { more_keywords: call.arguments.more_keywords.clone(), ..Arguments::default() };
    for field in fields.iter().filter(|field| field.init) {
        let changed = call.arguments.keywords.iter().find(|keyword| keyword.name == field.name);
        let keyword = match (changed, instance.attributes.get(&field.name)) {
            (Some(changed), _) => changed.clone(),
            (None, Some(kept)) => {
                Keyword { name: Rc::clone(&field.name), name_at: kept.name_at, slot: kept.slot.clone() }
            }
            (None, None) if instance.attributes.rest.is_some() => {
                let value = evaluator.unsupported(call.at);
                Keyword { name: Rc::clone(&field.name), name_at: call.at, slot: Slot::new(value, call.at) }
            }
            (None, None) => continue,
        };
        arguments.keywords.push(keyword);
    }
    let surplus =
        call.arguments.keywords.iter().filter(|keyword| fields.iter().all(|field| field.name != keyword.name));
    arguments.keywords.extend(surplus.cloned());
    // What is not changed was validated and converted before.
    Some(evaluator.call_class(class, arguments, call.at).map_err(Failure::from))
}

fn as_dict(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(value) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(evaluator.not_modelled(call));
    };
    if call.arguments.len() > 1 {
        return Err(evaluator.opaque(call));
    }
    let Some(result) = unstructured(evaluator, &value, false, call.at, 0) else {
        return Err(evaluator.not_modelled(call));
    };
    Ok(result)
}

fn as_tuple(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(value) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(evaluator.not_modelled(call));
    };
    let Some(result) = unstructured(evaluator, &value, true, call.at, 0) else {
        return Err(evaluator.not_modelled(call));
    };
    Ok(result)
}

/// Instances as dicts or tuples, all the way down; lists and dicts are copied.
fn unstructured(
    evaluator: &mut Evaluator<'_>,
    value: &Value,
    as_tuple: bool,
    at: Location,
    depth: usize,
) -> Option<Value> {
    if depth > 40 || !evaluator.charge(2) {
        return None;
    }
    let Some(id) = value.as_object() else { return Some(value.clone()) };
    if let Some((_, fields)) = fields_and_class(evaluator, value)
        && !matches!(evaluator.state.object(id)?.kind, ObjectKind::Class(_))
    {
        let instance = evaluator.state.shared(id)?.as_instance()?.clone();
        let mut mapping = Mapping::default();
        let mut values = Vec::new();
        for field in fields.iter().filter(|field| !super::fields::is_init_only(field)) {
            let slot = match instance.attributes.get(&field.name) {
                Some(attribute) => attribute.slot.clone(),
                None => Slot::new(evaluator.unsupported(at), at),
            };
            let inner = unstructured(evaluator, &slot.value, as_tuple, at, depth + 1)?;
            values.push(inner.clone());
            let key = Value::text(Rc::clone(&field.name), field.at);
            mapping.set(Key::Text(Rc::clone(&field.name)), Slot::here(key), Slot::new(inner, slot.at));
        }
        return Some(if as_tuple {
            evaluator.tuple(values, at)
        } else {
            evaluator.allocate(ObjectKind::Dict(mapping, None), at)
        });
    }
    let object = evaluator.state.shared(id)?;
    let copied = |evaluator: &mut Evaluator<'_>, items: &Sequence| -> Option<Sequence> {
        let mut result = Sequence::default();
        for element in &items.elements {
            match element {
                Element::One(slot) => {
                    let inner = unstructured(evaluator, &slot.value, as_tuple, at, depth + 1)?;
                    result.push(Slot::new(inner, slot.at));
                }
                Element::Gap(gap) => result.push_gap(gap.clone()),
            }
        }
        Some(result)
    };
    let kind = match &object.kind {
        ObjectKind::List(items) => ObjectKind::List(copied(evaluator, items)?),
        ObjectKind::Tuple(items) => ObjectKind::Tuple(copied(evaluator, items)?),
        ObjectKind::Dict(entries, factory) => {
            let mut mapping = Mapping { rest: entries.rest.clone(), ..Mapping::default() };
            for (key, entry) in &entries.entries {
                let inner = unstructured(evaluator, &entry.value.value, as_tuple, at, depth + 1)?;
                mapping.set(key.clone(), entry.key.clone(), Slot::new(inner, entry.value.at));
            }
            ObjectKind::Dict(mapping, factory.clone())
        }
        // Anything else is deep-copied; of plain objects that is not to be told from sharing, unless they are changed.
        _ => return evaluator.call_named("copy.deepcopy", vec![value.clone()], at).ok(),
    };
    Some(evaluator.allocate(kind, object.at))
}

fn is_dataclass(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(value) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(evaluator.not_modelled(call));
    };
    if value.is_unknown() {
        return Err(evaluator.not_modelled(call));
    }
    let is_one = fields_and_class(evaluator, &value).is_some();
    Ok(evaluator.bool(is_one, call.at))
}

/// Attributes that every dataclass has.
pub fn attribute(
    evaluator: &mut Evaluator<'_>,
    _value: &Value,
    fields: &Rc<[Field]>,
    name: &str,
    at: Location,
) -> Option<Outcome> {
    match name {
        "__dataclass_fields__" | "__attrs_attrs__" => {
            let mut mapping = Mapping::default();
            for field in fields.iter() {
                let key = Value::text(Rc::clone(&field.name), at);
                let value = evaluator.unsupported(at);
                mapping.set(Key::Text(Rc::clone(&field.name)), Slot::here(key), Slot::new(value, at));
            }
            Some(Ok(evaluator.allocate(ObjectKind::Dict(mapping, None), at)))
        }
        "__match_args__" => {
            let names = fields
                .iter()
                .filter(|field| field.init && !field.keyword_only)
                .map(|field| Value::text(Rc::clone(&field.name), at));
            let names = names.collect();
            Some(Ok(evaluator.tuple(names, at)))
        }
        _ => None,
    }
}
