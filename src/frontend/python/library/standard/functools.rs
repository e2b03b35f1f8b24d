//! `functools`.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, NativeMethod, Outcome, Step, Test};
use super::super::super::value::{
    Arguments, Bound, Descriptor, Key, Keyword, Mapping, ObjectKind, Partial, Slot, TypeBound, Value, ValueKind,
};
use super::super::arguments::{bind, kept, kind_of, library_instance, misfit};
use super::dispatching;

/// The functions.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "partial" => partial,
        "reduce" => reduce,
        "wraps" => wraps,
        "update_wrapper" => update_wrapper,
        "lru_cache" | "cache" => cache,
        "cached_property" => cached_property,
        "total_ordering" => total_ordering,
        "_derived" => derived,
        "singledispatch" => dispatching::singledispatch,
        "partialmethod" => partialmethod,
        "cmp_to_key" => cmp_to_key,
        _ => return None,
    })
}

/// The methods of what they make.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    Some(match (kind, name) {
        ("_lru_cache_wrapper", "__call__") => call_cached,
        ("_lru_cache_wrapper" | "_ordering" | "partialmethod", "__get__") => get_bound,
        ("_lru_cache_wrapper", "cache_clear") => cache_clear,
        ("_lru_cache_wrapper", "cache_info") => cache_info,
        ("_singledispatch" | "_registration", _) => return dispatching::method(kind, name),
        ("_cmp_to_key", "__call__") => key_of_comparison,
        ("_cmp_key", "__lt__") => is_less_by_comparison,
        _ => return None,
    })
}

/// `partial(function, …)`.
fn partial(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let mut arguments = call.arguments.clone();
    if arguments.positional.is_empty() {
        return Err(evaluator.opaque(call));
    }
    let callee = arguments.positional.remove(0).value;
    Ok(Value::new(ValueKind::PartialCall(Rc::new(Partial { callee, arguments })), call.at))
}

/// `reduce(function, iterable, start)`.
fn reduce(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "function, iterable, initial?, /")?;
    let (Some(function), Some(iterable)) = (bound.value(0).cloned(), bound.value(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    let mut result = bound.value(2).cloned();
    let iterator = evaluator.iterator(&iterable, call.at)?;
    loop {
        match evaluator.step(&iterator, call.at)? {
            Step::Item(slot) => {
                result = Some(match result {
                    Some(before) => evaluator.call_with(&function, vec![before, slot.value], call.at)?,
                    None => slot.value,
                });
            }
            Step::End => break,
            Step::Gap(_) | Step::Unknown => return Err(evaluator.opaque(call)),
        }
    }
    result.ok_or_else(|| evaluator.raise("TypeError", "reduce() of empty iterable with no initial value", call.at))
}

/// `wraps(wrapped)`: a decorator.
fn wraps(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(slot) = call.arguments.get("wrapped", 0).cloned() else { return Err(misfit(evaluator, call)) };
    let keyword = Keyword { name: "wrapped".into(), name_at: call.at, slot };
    let arguments = Arguments { keywords: vec![keyword], ..Arguments::default() };
    let callee = Value::new(ValueKind::Library("functools.update_wrapper".into()), call.at);
    Ok(Value::new(ValueKind::PartialCall(Rc::new(Partial { callee, arguments })), call.at))
}

/// `update_wrapper(wrapper, wrapped)`: the wrapper, under the other's name.
fn update_wrapper(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (Some(wrapper), Some(wrapped)) = (call.arguments.get("wrapper", 0), call.arguments.get("wrapped", 1)) else {
        return Err(misfit(evaluator, call));
    };
    let (wrapper, wrapped) = (wrapper.value.clone(), wrapped.value.clone());
    let is_function =
        matches!(kind_of(evaluator, &wrapper).as_deref().map(|object| &object.kind), Some(ObjectKind::Function(_)));
    if let (Some(id), true) = (wrapper.as_object(), is_function) {
        if matches!(kind_of(evaluator, &wrapped).as_deref().map(|object| &object.kind), Some(ObjectKind::Function(_))) {
            let name = evaluator.attribute(&wrapped, "__name__", call.at)?;
            for key in ["__name__", "__qualname__"] {
                evaluator.set_raw_attribute(id, key, call.at, Slot::here(name.clone()));
            }
        }
        evaluator.set_raw_attribute(id, "__wrapped__", call.at, Slot::here(wrapped));
    }
    Ok(wrapper)
}

/// `cache(function)`, `lru_cache(maxsize)`, `lru_cache(function)`.
fn cache(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let first = call.arguments.get("maxsize", 0).map(|slot| slot.value.clone());
    match first {
        Some(function)
            if function.as_object().is_some()
                || matches!(function.kind, ValueKind::Bound(_) | ValueKind::Library(_)) =>
        {
            let store = evaluator.allocate(ObjectKind::Dict(Mapping::default(), None), call.at);
            let attributes = vec![("__wrapped__", function), ("store", store)];
            Ok(library_instance(evaluator, "functools._lru_cache_wrapper", attributes, None, call.at))
        }
        Some(limit) if !limit.is_none() && limit.as_int().is_none_or(|limit| limit < 16) => {
            Err(evaluator.not_modelled(call))
        }
        _ => Ok(Value::new(ValueKind::Library("functools.cache".into()), call.at)),
    }
}

/// A call of a cached function: equal arguments give the same object.
fn call_cached(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    let (Some(function), Some(store)) = (kept(evaluator, &own, "__wrapped__"), kept(evaluator, &own, "store")) else {
        return Err(evaluator.opaque(call));
    };
    let key = key_of_arguments(evaluator, call);
    let known = match kind_of(evaluator, &store).as_deref().map(|object| &object.kind) {
        Some(ObjectKind::Dict(entries, _)) if entries.rest.is_none() => Some(entries.clone()),
        _ => None,
    };
    if let (Some(key), Some(known)) = (&key, &known)
        && let Some(entry) = known.entries.get(key)
    {
        return Ok(entry.value.value.clone());
    }
    // Where an earlier call may have had these arguments, the function perhaps does not run.
    let is_perhaps_kept = match &key {
        Some(_) => known.is_none(),
        None => known.as_ref().is_none_or(|known| !known.entries.is_empty()),
    };
    let mut result = None;
    if is_perhaps_kept {
        let reason = evaluator.snippet(call.at);
        evaluator.perhaps(&reason, |evaluator| {
            result = Some(evaluator.call_at(&function, call.arguments.clone(), call.at, call.head)?);
            Ok(())
        });
    } else {
        result = Some(evaluator.call_at(&function, call.arguments.clone(), call.at, call.head)?);
    }
    let Some(result) = result else { return Err(evaluator.opaque(call)) };
    let is_plain = result.as_object().is_none() && result.as_unknown().is_none();
    let id = store.as_object();
    match (key, known, id) {
        (Some(key), Some(_), Some(id)) => {
            let slot = Slot::new(result.clone(), call.at);
            super::super::methods::dict::change(evaluator, id, |entries| {
                entries.set(key, Slot::here(Value::none(call.at)), slot)
            });
            Ok(result)
        }
        (_, known, Some(id)) => {
            let gap = super::super::super::value::Gap::with(evaluator.snippet(call.at), [result.clone()]);
            super::super::methods::dict::change(evaluator, id, |entries| entries.open(&gap));
            if is_plain {
                return Ok(result);
            }
            // It may be an object that an earlier call made.
            let mut values: Vec<Value> =
                known.iter().flat_map(|known| known.entries.values()).map(|entry| entry.value.value.clone()).collect();
            values.push(result);
            Ok(evaluator.one_of(values, false, call.at))
        }
        _ => Ok(result),
    }
}

fn key_of_arguments(evaluator: &Evaluator<'_>, call: &Call) -> Option<Key> {
    if call.arguments.is_open() {
        return None;
    }
    let mut keys: Vec<Key> = Vec::new();
    for slot in &call.arguments.positional {
        keys.push(evaluator.key_of(&slot.value)?);
    }
    for keyword in &call.arguments.keywords {
        keys.push(Key::Tuple(None, vec![Key::Text(Rc::clone(&keyword.name)), evaluator.key_of(&keyword.slot.value)?]));
    }
    Some(Key::Tuple(None, keys))
}

fn cache_clear(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let store =
        call.receiver.as_ref().and_then(|own| kept(evaluator, own, "store")).and_then(|store| store.as_object());
    if let Some(id) = store {
        super::super::methods::dict::change(evaluator, id, |entries| *entries = Mapping::default());
    }
    Ok(Value::none(call.at))
}

fn cache_info(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.not_modelled(call))
}

/// Access through an instance: the function with the instance as its first argument.
fn get_bound(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    let Some(instance) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    if instance.is_none() {
        return Ok(own);
    }
    let bound = |function: Value| {
        Value::new(ValueKind::Bound(Rc::new(Bound { receiver: instance.clone(), function })), call.at)
    };
    match &*evaluator.type_name(&own) {
        "partialmethod" => {
            let Some(partial) = kept(evaluator, &own, "partial") else { return Err(evaluator.opaque(call)) };
            let ValueKind::PartialCall(partial) = partial.kind else { return Err(evaluator.opaque(call)) };
            let callee = bound(partial.callee.clone());
            let arguments = partial.arguments.clone();
            Ok(Value::new(ValueKind::PartialCall(Rc::new(Partial { callee, arguments })), call.at))
        }
        "_ordering" => match kept(evaluator, &own, "partial") {
            Some(function) => Ok(bound(function)),
            None => Err(evaluator.opaque(call)),
        },
        _ => Ok(bound(own)),
    }
}

fn cached_property(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "func")?;
    let Some(function) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    Ok(evaluator.allocate(ObjectKind::Descriptor(Descriptor::CachedProperty(function)), call.at))
}

fn partialmethod(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let partial = partial(evaluator, call)?;
    Ok(library_instance(evaluator, "functools.partialmethod", vec![("partial", partial)], None, call.at))
}

/// `total_ordering(class)`: the comparisons that it lacks.
fn total_ordering(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "cls")?;
    let Some(class) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let Some(id) = class.as_object() else { return Err(evaluator.opaque(call)) };
    const NAMES: [&str; 4] = ["__lt__", "__le__", "__gt__", "__ge__"];
    let defines: Vec<bool> = NAMES
        .iter()
        .map(|name| evaluator.class(id).is_some_and(|class| class.attributes.get(name).is_some()))
        .collect();
    let Some(given) = NAMES.iter().zip(&defines).find_map(|(name, defined)| defined.then_some(*name)) else {
        return Err(evaluator.opaque(call));
    };
    for (name, defined) in NAMES.iter().zip(&defines) {
        if *defined {
            continue;
        }
        let keyword = |key: &str, text: &str| Keyword {
            name: key.into(),
            name_at: call.at,
            slot: Slot::here(Value::text(text, call.at)),
        };
        let arguments =
            Arguments { keywords: vec![keyword("wanted", name), keyword("given", given)], ..Arguments::default() };
        let callee = Value::new(ValueKind::Library("functools._derived".into()), call.at);
        let partial = Value::new(ValueKind::PartialCall(Rc::new(Partial { callee, arguments })), call.at);
        let ordering = library_instance(evaluator, "functools._ordering", vec![("partial", partial)], None, call.at);
        evaluator.set_raw_attribute(id, name, call.at, Slot::here(ordering));
    }
    Ok(class)
}

/// A comparison that follows from another one and equality.
fn derived(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let text = |name: &str| call.arguments.named(name).and_then(|slot| slot.value.as_text()).unwrap_or_default();
    let (wanted, given) = (text("wanted").to_owned(), text("given").to_owned());
    let [own, other] = &call.arguments.positional[..] else { return Err(misfit(evaluator, call)) };
    let (own, other) = (own.value.clone(), other.value.clone());
    let Some(result) = evaluator.call_special(&own, &given, vec![other.clone()], call.at) else {
        return Err(evaluator.opaque(call));
    };
    let result = result?;
    if matches!(result.kind, ValueKind::NotImplemented) {
        return Ok(result);
    }
    let holds = evaluator.truth(&result, call.at)?;
    let Some(holds) = evaluator.outcome(&Test::Value(holds)) else {
        return Err(evaluator.unknown_of(call, TypeBound::Bool));
    };
    let is_strict = |name: &str| matches!(name, "__lt__" | "__gt__");
    let is_less = |name: &str| matches!(name, "__lt__" | "__le__");
    // Turned round and with the other strictness: the plain opposite.
    if is_less(&wanted) != is_less(&given) && is_strict(&wanted) != is_strict(&given) {
        return Ok(evaluator.bool(!holds, call.at));
    }
    let equal = evaluator.equal(&own, &other, call.at)?;
    let equal = evaluator.truth(&equal, call.at)?;
    let Some(equal) = evaluator.outcome(&Test::Value(equal)) else {
        return Err(evaluator.unknown_of(call, TypeBound::Bool));
    };
    let holds = if is_less(&wanted) == is_less(&given) { holds } else { !holds };
    Ok(evaluator.bool(if is_strict(&wanted) { holds && !equal } else { holds || equal }, call.at))
}

fn cmp_to_key(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "mycmp")?;
    let Some(function) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    Ok(library_instance(evaluator, "functools._cmp_to_key", vec![("function", function)], None, call.at))
}

fn key_of_comparison(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    match (kept(evaluator, &own, "function"), call.arguments.positional.first()) {
        (Some(function), Some(slot)) => {
            let attributes = vec![("function", function), ("value", slot.value.clone())];
            Ok(library_instance(evaluator, "functools._cmp_key", attributes, None, call.at))
        }
        _ => Err(evaluator.opaque(call)),
    }
}

fn is_less_by_comparison(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    let other = call.arguments.positional.first().map(|slot| slot.value.clone());
    let parts = (
        kept(evaluator, &own, "function"),
        kept(evaluator, &own, "value"),
        other.and_then(|other| kept(evaluator, &other, "value")),
    );
    let (Some(function), Some(one), Some(two)) = parts else { return Err(evaluator.opaque(call)) };
    let result = evaluator.call_with(&function, vec![one, two], call.at)?;
    let zero = evaluator.int(0, call.at);
    Ok(evaluator.ordered(super::super::super::state::Operator::Less, &result, &zero, call.at)?)
}
