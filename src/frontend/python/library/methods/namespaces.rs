//! `globals()` and `obj.__dict__`: variables and attributes through a live mapping.

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeMethod, Outcome};
use super::super::super::value::{Attributes, ObjectId, ObjectKind, ScopeId, Slot, Value, ValueKind};
use super::super::arguments::{bind, kept, misfit};

/// The methods of `globals()`.
pub fn globals_method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "__getitem__" => global_item,
        "__setitem__" => set_global,
        "__contains__" => has_global,
        "get" => get_global,
        "update" => update_globals,
        "keys" | "values" | "items" | "copy" | "__iter__" | "__len__" => all_globals,
        "pop" | "setdefault" | "clear" | "popitem" | "__delitem__" => forget_globals,
        _ => return None,
    })
}

/// The methods of `obj.__dict__`.
pub fn attributes_method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "__getitem__" => attribute_item,
        "__setitem__" => set_attribute,
        "__contains__" => has_attribute,
        "get" => get_attribute,
        "update" => update_attributes,
        "keys" | "values" | "items" | "copy" | "__iter__" | "__len__" | "__repr__" => all_attributes,
        "pop" | "setdefault" | "clear" | "popitem" | "__delitem__" => forget_attributes,
        _ => return None,
    })
}

fn scope(evaluator: &Evaluator<'_>, call: &Call) -> Option<ScopeId> {
    let number = kept(evaluator, call.receiver.as_ref()?, "scope")?.as_int()?;
    u32::try_from(number).ok().map(ScopeId)
}

fn first(call: &Call) -> Option<(Value, &str)> {
    let slot = call.arguments.positional.first()?;
    Some((slot.value.clone(), slot.value.as_text()?))
}

fn global(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<(ScopeId, String, Option<Value>), Failure> {
    let (Some(scope), Some((_, name))) = (scope(evaluator, call), first(call)) else {
        return Err(evaluator.not_modelled(call));
    };
    let found = evaluator.variable(scope, name);
    Ok((scope, name.to_owned(), found))
}

fn global_item(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match global(evaluator, call)?.2 {
        Some(value) => Ok(value),
        // Names of a module that are bound elsewhere are not seen here.
        None => Err(evaluator.not_modelled(call)),
    }
}

fn set_global(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(value) = call.arguments.positional.get(1).map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    match (scope(evaluator, call), first(call)) {
        (Some(scope), Some((_, name))) => {
            evaluator.set_variable_named(scope, name, value);
            Ok(Value::none(call.at))
        }
        _ => forget_globals(evaluator, call),
    }
}

fn has_global(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match global(evaluator, call)?.2 {
        Some(_) => Ok(evaluator.bool(true, call.at)),
        None => Err(evaluator.not_modelled(call)),
    }
}

fn get_global(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    global_item(evaluator, call)
}

fn update_globals(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let [slot] = &call.arguments.positional[..] else { return forget_globals(evaluator, call) };
    let mapping = evaluator.mapping_of(&slot.value, call.at)?.filter(|mapping| mapping.rest.is_none());
    let (Some(mapping), Some(scope)) = (mapping, scope(evaluator, call)) else {
        return forget_globals(evaluator, call);
    };
    for entry in mapping.entries.values() {
        match entry.key.value.as_text() {
            Some(name) => evaluator.set_variable_named(scope, name, entry.value.value.clone()),
            None => return forget_globals(evaluator, call),
        }
    }
    Ok(Value::none(call.at))
}

fn all_globals(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let held: Vec<Value> = match scope(evaluator, call) {
        Some(scope) => evaluator.variables_of(scope).into_iter().map(|(_, value)| value).collect(),
        None => Vec::new(),
    };
    Ok(evaluator.one_of(held, false, call.at))
}

fn forget_globals(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let reason = evaluator.snippet(call.at);
    evaluator.forget_everything(&reason);
    Err(evaluator.opaque(call))
}

/// Whether a method of `__dict__` asks for one name that the program gave.
fn is_read(call: &Call) -> bool {
    matches!(call.name(), "__getitem__" | "__contains__" | "get")
        && first(call).is_some_and(|(_, name)| !name.starts_with("__"))
}

fn owner(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<(ObjectId, Attributes), Failure> {
    let owner =
        call.receiver.as_ref().and_then(|own| kept(evaluator, own, "owner")).and_then(|owner| owner.as_object());
    let attributes = owner.and_then(|id| match &evaluator.state.object(id)?.kind {
        ObjectKind::Instance(instance) => Some(instance.attributes.clone()),
        // Python adds names of its own to a class, and its `__dict__` is read only.
        ObjectKind::Class(class) if is_read(call) => Some(class.attributes.clone()),
        _ => None,
    });
    match (owner, attributes) {
        (Some(owner), Some(attributes)) => Ok((owner, attributes)),
        _ => Err(evaluator.opaque(call)),
    }
}

/// The attributes as a dict of their own.
fn as_dict(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let attributes = match call.receiver.as_ref().and_then(|own| kept(evaluator, own, "owner")).map(|owner| owner.kind)
    {
        // All names of `object` are special ones.
        Some(ValueKind::Library(path)) if &*path == "builtins.object" && is_read(call) => Attributes::default(),
        _ => owner(evaluator, call)?.1,
    };
    Ok(evaluator.dict_of(&attributes, call.at))
}

fn attribute_item(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let dict = as_dict(evaluator, call)?;
    let Some((key, _)) = first(call) else { return Err(evaluator.not_modelled(call)) };
    Ok(evaluator.item(&dict, &key, call.at)?)
}

fn has_attribute(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let dict = as_dict(evaluator, call)?;
    let Some((key, _)) = first(call) else { return Err(evaluator.not_modelled(call)) };
    Ok(evaluator.contains(&dict, &key, call.at)?)
}

fn get_attribute(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    on_copy(evaluator, call)
}

/// The same method of a dict with the attributes.
fn on_copy(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let dict = as_dict(evaluator, call)?;
    let method = evaluator.attribute(&dict, call.name(), call.at)?;
    Ok(evaluator.call_value(&method, call.arguments.clone(), call.at)?)
}

fn all_attributes(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match call.name() {
        "__iter__" => {
            let dict = as_dict(evaluator, call)?;
            Ok(evaluator.iterator(&dict, call.at)?)
        }
        "__len__" => {
            let dict = as_dict(evaluator, call)?;
            Ok(evaluator.call_named("builtins.len", vec![dict], call.at)?)
        }
        "__repr__" => {
            let dict = as_dict(evaluator, call)?;
            Ok(evaluator.call_named("builtins.repr", vec![dict], call.at)?)
        }
        _ => on_copy(evaluator, call),
    }
}

fn set_attribute(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (id, _) = owner(evaluator, call)?;
    let bound = bind(evaluator, call, "key, value, /")?;
    match (bound.value(0).cloned(), bound.slot(1).cloned()) {
        (Some(key), Some(slot)) if key.as_text().is_some() => {
            evaluator.set_raw_attribute(id, key.as_text().unwrap_or_default(), key.at, slot);
            Ok(Value::none(call.at))
        }
        _ => forget_attributes(evaluator, call),
    }
}

fn update_attributes(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (id, _) = owner(evaluator, call)?;
    let made = evaluator.call_value(
        &Value::new(super::super::super::value::ValueKind::Library("builtins.dict".into()), call.at),
        call.arguments.clone(),
        call.at,
    )?;
    let Some(mapping) = evaluator.mapping_of(&made, call.at)?.filter(|mapping| mapping.rest.is_none()) else {
        return forget_attributes(evaluator, call);
    };
    for entry in mapping.entries.values() {
        match entry.key.value.as_text() {
            Some(name) => {
                let slot: Slot = entry.value.clone();
                evaluator.set_raw_attribute(id, name, entry.key.value.at, slot);
            }
            None => return forget_attributes(evaluator, call),
        }
    }
    Ok(Value::none(call.at))
}

fn forget_attributes(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (id, _) = owner(evaluator, call)?;
    let reason = evaluator.snippet(call.at);
    evaluator.state.forget(id, &reason);
    Err(evaluator.not_modelled(call))
}
