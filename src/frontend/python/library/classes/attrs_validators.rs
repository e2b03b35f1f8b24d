//! The validators of `attrs`: those of the library, and functions of the project.

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, NativeMethod, Outcome, Test};
use super::super::super::value::{Field, Method, ObjectKind, Slot, Value, ValueKind};
use super::super::arguments::{kept, kind_of, library_class, library_instance, misfit};
use crate::tree::Location;
use std::rc::Rc;

/// The functions of `attrs.validators`: each keeps what it was given.
pub fn function(path: &str) -> Option<NativeFunction> {
    let name = path.strip_prefix("attrs.validators.").or_else(|| path.strip_prefix("attr.validators."))?;
    Some(match name {
        "ge" | "gt" | "le" | "lt" | "in_" | "instance_of" | "optional" | "min_len" | "max_len" | "and_" => keep,
        _ => return None,
    })
}

fn keep(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.is_open() || !call.arguments.keywords.is_empty() || call.arguments.positional.is_empty() {
        return Err(evaluator.not_modelled(call));
    }
    let name = call.name().rsplit('.').next().unwrap_or_default().to_owned();
    let given = call.arguments.positional.iter().map(|slot| slot.value.clone()).collect();
    let given = evaluator.tuple(given, call.at);
    let class = format!("attrs.validators.{name}");
    Ok(library_instance(evaluator, &class, vec![("given", given)], None, call.at))
}

/// Methods of what `attrs.field()` gives: `@name.validator`, `@name.default`.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    match (kind, name) {
        ("Field", "validator") => Some(add_validator),
        _ => None,
    }
}

/// `field.validator` is the decorator, whatever the field was given.
pub fn own_attribute(evaluator: &Evaluator<'_>, value: &Value, name: &str, at: Location) -> Option<Value> {
    let is_field = library_class(evaluator, value).is_some_and(|path| &*path == "attrs.Field");
    let method = Method { receiver: value.clone(), name: name.into() };
    (is_field && name == "validator").then(|| Value::new(ValueKind::Method(Rc::new(method)), at))
}

fn add_validator(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let ([slot], Some(id)) = (&call.arguments.positional[..], call.receiver.as_ref().and_then(Value::as_object)) else {
        return Err(misfit(evaluator, call));
    };
    let known = call.receiver.as_ref().and_then(|field| kept(evaluator, field, "validator"));
    let both = match known {
        Some(known) => evaluator.list(vec![Slot::here(known), slot.clone()], call.at),
        None => slot.value.clone(),
    };
    evaluator.set_raw_attribute(id, "validator", call.at, Slot::new(both, call.at));
    Ok(slot.value.clone())
}

/// Runs the validators of all fields of a new instance.
pub fn validate(evaluator: &mut Evaluator<'_>, instance: &Value, fields: &[Field], call: &Call) -> Result<(), Failure> {
    for field in fields {
        let validator = field.rules.iter().find(|(rule, _)| &**rule == "validator").map(|(_, value)| value.clone());
        let value = kept(evaluator, instance, &field.name);
        if let (Some(validator), Some(value)) = (validator, value) {
            run(evaluator, &validator, instance, field, &value, call)?;
        }
    }
    Ok(())
}

fn run(
    evaluator: &mut Evaluator<'_>,
    validator: &Value,
    instance: &Value,
    field: &Field,
    value: &Value,
    call: &Call,
) -> Result<(), Failure> {
    if validator.is_none() {
        return Ok(());
    }
    if let Some(ObjectKind::List(all) | ObjectKind::Tuple(all)) =
        kind_of(evaluator, validator).as_deref().map(|object| &object.kind)
        && let Some(slots) = all.slots()
    {
        return slots.iter().try_for_each(|slot| run(evaluator, &slot.value, instance, field, value, call));
    }
    let class = library_class(evaluator, validator);
    if let Some(name) = class.as_deref().and_then(|path| path.strip_prefix("attrs.validators.")) {
        let given = kept(evaluator, validator, "given").unwrap_or_else(|| Value::none(call.at));
        let given = evaluator.elements(&given, call.at)?.slots().unwrap_or_default();
        return of_library(evaluator, name, &given, instance, field, value, call);
    }
    let attribute = evaluator.unsupported(call.at);
    evaluator.call_with(validator, vec![instance.clone(), attribute, value.clone()], call.at)?;
    Ok(())
}

fn of_library(
    evaluator: &mut Evaluator<'_>,
    name: &str,
    given: &[Slot],
    instance: &Value,
    field: &Field,
    value: &Value,
    call: &Call,
) -> Result<(), Failure> {
    let Some(first) = given.first().map(|slot| slot.value.clone()) else { return Ok(()) };
    let (test, class) = match name {
        "optional" if value.is_none() => return Ok(()),
        "optional" | "and_" => {
            return given.iter().try_for_each(|slot| run(evaluator, &slot.value, instance, field, value, call));
        }
        "in_" => (evaluator.contains(&first, value, call.at)?, "ValueError"),
        "instance_of" => {
            (evaluator.call_named("builtins.isinstance", vec![value.clone(), first], call.at)?, "TypeError")
        }
        "min_len" | "max_len" => {
            let length = evaluator.call_named("builtins.len", vec![value.clone()], call.at)?;
            let operator = if name == "min_len" { "operator.ge" } else { "operator.le" };
            (evaluator.call_named(operator, vec![length, first], call.at)?, "ValueError")
        }
        _ => {
            let operator = format!("operator.{name}");
            (evaluator.call_named(&operator, vec![value.clone(), first], call.at)?, "ValueError")
        }
    };
    let truth = evaluator.truth(&test, call.at)?;
    match evaluator.outcome(&Test::Value(truth)) {
        Some(true) => Ok(()),
        Some(false) => {
            let message = format!("'{}' does not satisfy its validator `{name}`", field.name);
            Err(evaluator.raise(class, message, call.at))
        }
        None => {
            evaluator.may_raise_builtin(class, call.at);
            Ok(())
        }
    }
}
