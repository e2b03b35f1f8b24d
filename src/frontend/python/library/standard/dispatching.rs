//! `functools.singledispatch`: functions that are chosen by the type of their first argument.

use ruff_text_size::Ranged;

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeMethod, Outcome, is_builtin_type};
use super::super::super::value::{Value, ValueKind};
use super::super::arguments::{bind, kept, library_instance, misfit};

/// The methods of such functions, and of what `register(class)` gives.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    Some(match (kind, name) {
        ("_singledispatch", "__call__") => call_dispatched,
        ("_singledispatch", "register") => register,
        ("_registration", "__call__") => call_registration,
        _ => return None,
    })
}

/// `singledispatch(function)`.
pub fn singledispatch(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "func")?;
    let Some(function) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let registry = evaluator.list(Vec::new(), call.at);
    let attributes = vec![("__wrapped__", function), ("registry", registry)];
    Ok(library_instance(evaluator, "functools._singledispatch", attributes, None, call.at))
}

/// `function.register(class)`, `function.register(class, implementation)`.
fn register(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    match &call.arguments.positional[..] {
        [slot] if evaluator.function(&slot.value).is_some() => {
            let function = slot.value.clone();
            let Some(classes) = annotated(evaluator, &function) else { return Err(evaluator.opaque(call)) };
            for class in classes {
                enter(evaluator, &own, class, function.clone(), call)?;
            }
            Ok(function)
        }
        [class] => {
            let attributes = vec![("dispatch", own), ("class", class.value.clone())];
            Ok(library_instance(evaluator, "functools._registration", attributes, None, call.at))
        }
        [class, function] => {
            enter(evaluator, &own, class.value.clone(), function.value.clone(), call)?;
            Ok(function.value.clone())
        }
        _ => Err(evaluator.opaque(call)),
    }
}

fn enter(
    evaluator: &mut Evaluator<'_>,
    own: &Value,
    class: Value,
    function: Value,
    call: &Call,
) -> Result<(), Failure> {
    let pair = evaluator.tuple(vec![class, function], call.at);
    let Some(registry) = kept(evaluator, own, "registry") else { return Err(evaluator.opaque(call)) };
    let append = evaluator.attribute(&registry, "append", call.at)?;
    evaluator.call_with(&append, vec![pair], call.at)?;
    Ok(())
}

/// The classes that the annotation of the first parameter names: `int | str`.
fn annotated(evaluator: &mut Evaluator<'_>, function: &Value) -> Option<Vec<Value>> {
    let (code, scope) = evaluator.function(function).map(|function| (function.code, function.closure))?;
    let code = evaluator.code(code)?;
    let first = code.parameters()?.iter_non_variadic_params().next()?.parameter.annotation.as_deref()?;
    let at = crate::tree::Location {
        file: code.file(),
        span: crate::text::Span::from_range(first.range().start().to_usize()..first.range().end().to_usize()),
    };
    let written = at.span.slice(evaluator.text_of(at.file)).trim_matches(['"', '\'']).to_owned();
    let mut classes = Vec::new();
    for name in written.split('|').map(str::trim) {
        let is_name = name.chars().all(|one| one.is_alphanumeric() || "_.".contains(one));
        let known = evaluator.name_from(scope, name).filter(|_| is_name);
        classes.push(match known {
            Some(class) => class,
            None if name == "None" => Value::new(ValueKind::Library("types.NoneType".into()), at),
            None if is_builtin_type(name) => Value::new(ValueKind::Library(format!("builtins.{name}").into()), at),
            None => return None,
        });
    }
    Some(classes)
}

fn call_registration(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    let (Some(dispatch), Some(class)) = (kept(evaluator, &own, "dispatch"), kept(evaluator, &own, "class")) else {
        return Err(evaluator.opaque(call));
    };
    let Some(function) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    let register = evaluator.attribute(&dispatch, "register", call.at)?;
    Ok(evaluator.call_with(&register, vec![class, function], call.at)?)
}

/// A call of a function that is chosen by the type of its first argument.
fn call_dispatched(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    let (Some(default), Some(registry)) = (kept(evaluator, &own, "__wrapped__"), kept(evaluator, &own, "registry"))
    else {
        return Err(evaluator.opaque(call));
    };
    let Some(first) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    let Some(entries) = evaluator.elements(&registry, call.at)?.slots() else { return Err(evaluator.opaque(call)) };
    let mut fitting: Vec<(Value, Value)> = Vec::new();
    for entry in entries {
        let pair = evaluator.elements(&entry.value, call.at)?.slots().unwrap_or_default();
        let [class, function] = &pair[..] else { return Err(evaluator.opaque(call)) };
        match evaluator.is_instance(&first, &class.value) {
            Some(true) => fitting.push((class.value.clone(), function.value.clone())),
            Some(false) => {}
            None => return Err(evaluator.opaque(call)),
        }
    }
    let own_class = evaluator.class_ref_of(&first);
    let exact = fitting.iter().rev().find(|(class, _)| evaluator.as_class_ref(class).is_same(&own_class));
    let chosen = match (exact, &fitting[..]) {
        (Some((_, function)), _) | (None, [(_, function)]) => function.clone(),
        (None, []) => default,
        _ => return Err(evaluator.opaque(call)),
    };
    Ok(evaluator.call_at(&chosen, call.arguments.clone(), call.at, call.head)?)
}
