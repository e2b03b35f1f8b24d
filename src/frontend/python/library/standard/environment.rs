//! `os.environ`: the variables of the process, which only running tells, and what the program writes to them.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, NativeMethod, Outcome};
use super::super::super::state::SymbolKind;
use super::super::super::value::{
    Cause, Gap, Key, Mapping, ObjectId, ObjectKind, ScopeId, Slot, TypeBound, Unknown, Value, ValueKind,
};
use super::super::arguments::{bind, misfit};
use crate::tree::Location;

/// The name under which the checked module's scope holds what was written; no variable can have it.
const WRITTEN: &str = "os.environ";

/// The functions.
pub fn function(path: &str) -> Option<NativeFunction> {
    Some(match path {
        "os.getenv" | "os.environ.get" => get,
        "os.environ.setdefault" => setdefault,
        "os.environ.pop" => pop,
        "os.environ.update" => update,
        "os.putenv" | "os.environ.clear" | "os.unsetenv" | "os.environ.popitem" => forget,
        "os.environ.copy" | "os.environ.items" | "os.environ.keys" | "os.environ.values" | "os.environ.__iter__" => all,
        _ => return None,
    })
}

/// The operators of `os.environ`.
pub fn method(name: &str) -> Option<NativeMethod> {
    Some(match name {
        "__getitem__" => item,
        "__setitem__" => set_item,
        "__delitem__" => delete_item,
        "__contains__" => contains,
        _ => return None,
    })
}

/// What is known of a variable.
enum Variable {
    /// The program has set it.
    Set(Value),
    /// The program has removed it.
    Gone,
    /// It is taken for granted.
    Given(Rc<str>),
    /// Only running tells.
    Outside,
    /// The program may have set it.
    Open,
}

/// The dict of what the program has written; removed variables stand there as `NotImplemented`.
fn written(evaluator: &mut Evaluator<'_>, at: Location) -> Option<(ObjectId, Mapping)> {
    let value = match evaluator.variable(ScopeId(0), WRITTEN) {
        Some(value) => value,
        None => {
            let value = evaluator.allocate(ObjectKind::Dict(Mapping::default(), None), at);
            evaluator.set_variable_named(ScopeId(0), WRITTEN, value.clone());
            value
        }
    };
    let id = value.as_object()?;
    match &evaluator.state.object(id)?.kind {
        ObjectKind::Dict(entries, _) => Some((id, entries.clone())),
        _ => None,
    }
}

fn variable(evaluator: &mut Evaluator<'_>, name: &str, at: Location) -> Variable {
    if evaluator.variable(ScopeId(0), WRITTEN).is_some() {
        let Some((_, entries)) = written(evaluator, at) else { return Variable::Open };
        match entries.entries.get(&Key::Text(name.into())).map(|entry| &entry.value.value) {
            Some(value) if matches!(value.kind, ValueKind::NotImplemented) => return Variable::Gone,
            Some(value) => return Variable::Set(value.clone()),
            None if entries.rest.is_some() => return Variable::Open,
            None => {}
        }
    }
    match evaluator.assumptions.environment.get(name) {
        Some(value) => Variable::Given(value.as_str().into()),
        None => Variable::Outside,
    }
}

/// A variable of which only running tells the text; without it, `default`, or an exception.
fn outside(evaluator: &mut Evaluator<'_>, name: &str, default: Option<&Value>, at: Location) -> Value {
    let key = default.and_then(|default| evaluator.key_of(default));
    let symbol = match (default, &key) {
        (Some(_), None) => evaluator.symbols.opaque(),
        _ => evaluator.symbols.of(SymbolKind::Environment(name.into(), key)),
    };
    let bound = match default {
        None => TypeBound::Text,
        Some(default) if super::super::super::state::bound_of(default) == TypeBound::Text => TypeBound::Text,
        Some(_) => TypeBound::Any,
    };
    let mut unknown = Unknown::new(Cause::Environment, evaluator.snippet(at)).of(bound).with_symbol(symbol);
    unknown.default = default.cloned();
    if let Some(candidates) = default.filter(|default| default.as_object().is_some()) {
        unknown.candidates = Rc::from([candidates.clone()]);
    }
    Value::unknown(unknown, at)
}

fn name_of(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Rc<str>, Failure> {
    match call.arguments.get("key", 0).map(|slot| &slot.value.kind) {
        Some(ValueKind::Text(name)) if !call.arguments.is_open() => Ok(Rc::clone(name)),
        Some(ValueKind::None | ValueKind::Int(_)) => {
            Err(evaluator.raise("TypeError", "str expected, not another type", call.at))
        }
        _ => Err(evaluator.environment(call)),
    }
}

/// `os.environ.get(name, default)`.
fn get(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let name = name_of(evaluator, call)?;
    let default = call.arguments.get("default", 1).map_or_else(|| Value::none(call.at), |slot| slot.value.clone());
    Ok(match variable(evaluator, &name, call.at) {
        Variable::Set(value) => value,
        Variable::Gone => default,
        Variable::Given(text) => Value::text(text, call.at),
        Variable::Outside => outside(evaluator, &name, Some(&default), call.at),
        Variable::Open => return Err(evaluator.environment(call)),
    })
}

fn item(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let name = name_of(evaluator, call)?;
    Ok(match variable(evaluator, &name, call.at) {
        Variable::Set(value) => value,
        Variable::Gone => return Err(evaluator.raise("KeyError", format!("'{name}'"), call.at)),
        Variable::Given(text) => Value::text(text, call.at),
        Variable::Outside => {
            evaluator.may_raise_builtin("KeyError", call.at);
            outside(evaluator, &name, None, call.at)
        }
        Variable::Open => return Err(evaluator.environment(call)),
    })
}

fn write(evaluator: &mut Evaluator<'_>, name: &str, slot: Slot) {
    if let Some((id, _)) = written(evaluator, slot.at) {
        evaluator.set_entry(id, Slot::new(Value::text(name, slot.at), slot.at), slot);
    }
}

fn set_item(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(slot) = call.arguments.positional.get(1).cloned() else { return Err(misfit(evaluator, call)) };
    if matches!(slot.value.kind, ValueKind::None | ValueKind::Int(_) | ValueKind::Bool(_) | ValueKind::Float(_)) {
        let message = format!("str expected, not {}", evaluator.type_name(&slot.value));
        return Err(evaluator.raise("TypeError", message, call.at));
    }
    match call.arguments.positional.first().and_then(|slot| slot.value.as_text()) {
        Some(name) => {
            let name = name.to_owned();
            write(evaluator, &name, slot);
            Ok(Value::none(call.at))
        }
        None => forget(evaluator, call),
    }
}

fn remove(evaluator: &mut Evaluator<'_>, name: &str, at: Location) {
    write(evaluator, name, Slot::new(Value::new(ValueKind::NotImplemented, at), at));
}

fn delete_item(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(name) = call.arguments.positional.first().and_then(|slot| slot.value.as_text()) else {
        return forget(evaluator, call);
    };
    let name = name.to_owned();
    if let Variable::Gone = variable(evaluator, &name, call.at) {
        return Err(evaluator.raise("KeyError", format!("'{name}'"), call.at));
    }
    evaluator.may_raise_builtin("KeyError", call.at);
    remove(evaluator, &name, call.at);
    Ok(Value::none(call.at))
}

fn pop(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "key, default?")?;
    let Some(name) = bound.value(0).and_then(Value::as_text).map(str::to_owned) else {
        return forget(evaluator, call);
    };
    let result = match bound.value(1) {
        Some(_) => get(evaluator, call)?,
        None => item(evaluator, call)?,
    };
    remove(evaluator, &name, call.at);
    Ok(result)
}

fn contains(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let name = name_of(evaluator, call)?;
    match variable(evaluator, &name, call.at) {
        Variable::Set(_) | Variable::Given(_) => Ok(evaluator.bool(true, call.at)),
        Variable::Gone => Ok(evaluator.bool(false, call.at)),
        Variable::Outside => {
            let symbol = evaluator.symbols.of(SymbolKind::Environment(name, Some(Key::None)));
            let kind = SymbolKind::Applied("in os.environ".into(), vec![symbol], Vec::new());
            let reason = evaluator.snippet(call.at);
            Ok(evaluator.symbol_value(kind, reason, call.at))
        }
        Variable::Open => Ok(evaluator.unknown_bool(call.at)),
    }
}

fn setdefault(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "key, value")?;
    let (Some(name), Some(slot)) = (bound.value(0).and_then(Value::as_text).map(str::to_owned), bound.slot(1).cloned())
    else {
        return forget(evaluator, call);
    };
    let result = match variable(evaluator, &name, call.at) {
        Variable::Set(value) => value,
        Variable::Given(text) => Value::text(text, call.at),
        Variable::Gone => slot.value,
        Variable::Outside => outside(evaluator, &name, Some(&slot.value), call.at),
        Variable::Open => evaluator.unknown_text(call.at),
    };
    write(evaluator, &name, Slot::new(result.clone(), slot.at));
    Ok(result)
}

fn update(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let made = evaluator.call_value(
        &Value::new(ValueKind::Library("builtins.dict".into()), call.at),
        call.arguments.clone(),
        call.at,
    )?;
    let mapping = evaluator.mapping_of(&made, call.at)?;
    let Some(mapping) = mapping.filter(|mapping| mapping.rest.is_none()) else { return forget(evaluator, call) };
    for entry in mapping.entries.values() {
        match entry.key.value.as_text() {
            Some(name) => write(evaluator, name, entry.value.clone()),
            None => return forget(evaluator, call),
        }
    }
    Ok(Value::none(call.at))
}

/// Any variable may be another now.
pub fn forget(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if let Some((id, _)) = written(evaluator, call.at) {
        let reason = evaluator.snippet(call.at);
        evaluator.state.change(id, |object| {
            if let ObjectKind::Dict(entries, _) = &mut object.kind {
                *entries = Mapping::unknown(Gap::new(reason));
            }
        });
    }
    Err(evaluator.environment(call))
}

/// All variables: a dict of which only what was written is known to be there.
fn all(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let gap = Gap::new(evaluator.snippet(call.at));
    let mut mapping = Mapping::unknown(gap);
    if let Some((_, entries)) = written(evaluator, call.at) {
        for (key, entry) in entries.entries {
            if !matches!(entry.value.value.kind, ValueKind::NotImplemented) {
                mapping.entries.insert(key, entry);
            }
        }
    }
    let dict = evaluator.allocate(ObjectKind::Dict(mapping, None), call.at);
    let name = call.name().rsplit('.').next().unwrap_or_default().to_owned();
    match name.as_str() {
        "copy" => Ok(dict),
        "__iter__" => Ok(evaluator.iterator(&dict, call.at)?),
        name => {
            let method = evaluator.attribute(&dict, name, call.at)?;
            Ok(evaluator.call_with(&method, Vec::new(), call.at)?)
        }
    }
}
