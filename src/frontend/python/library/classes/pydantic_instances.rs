//! Instances of pydantic models: what their fields hold after validation.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, Mistake, Outcome};
use super::super::super::value::{
    Arguments, Attributes, Cause, ClassKind, ClassRef, Field, Gap, Instance, Key, Keyword, Mapping, ObjectId,
    ObjectKind, ScopeId, Slot, Unknown, Value, ValueKind,
};
use super::coercion::{Coerced, coerce, lost};
use super::pydantic::{Validator, has_unmodelled_setting, setting, validators};

/// Makes an instance of a model.
pub fn instantiate(evaluator: &mut Evaluator<'_>, id: ObjectId, fields: &Rc<[Field]>, call: &Call) -> Outcome {
    if !call.arguments.positional.is_empty() {
        let name = evaluator.class(id).map_or_else(|| "".into(), |class| Rc::clone(&class.name));
        return Err(evaluator.raise_for(
            Mistake::WrongCall,
            "TypeError",
            format!("{name}() takes no positional arguments"),
            call.at,
        ));
    }
    let validators = validators(evaluator, id);
    let is_settings = matches!(
        evaluator.class(id).map(|class| &class.kind),
        Some(ClassKind::Fields { library: "pydantic_settings", .. })
    );
    let is_modelled = validators.iter().all(|validator| validator.is_known) && !has_unmodelled_setting(evaluator, id);
    let mut arguments = call.arguments.clone();
    for validator in validators.iter().filter(|validator| validator.is_of_model && validator.is_before) {
        arguments = before_model(evaluator, id, validator, arguments, call)?;
    }
    let scope = evaluator.class(id).map_or_else(|| evaluator.globals(), |class| class.scope);
    let mut attributes = Attributes::default();
    for field in fields.iter() {
        let slot = field_value(evaluator, id, scope, field, &arguments, &validators, is_settings, call)?;
        attributes.set(&field.name, field.at, slot);
    }
    extra(evaluator, id, fields, &arguments, &mut attributes, call)?;
    if !is_modelled {
        let reason: Rc<str> = "a validator or setting that is not modelled".into();
        attributes.forget(&reason);
    }
    let instance = Instance { class: ClassRef::User(id), attributes, payload: None, head: call.head };
    let mut value = evaluator.allocate(ObjectKind::Instance(instance), call.at);
    for validator in
        validators.iter().filter(|validator| validator.is_of_model && !validator.is_before && validator.is_known)
    {
        value = evaluator.call_with(&validator.function, vec![value.clone()], call.at)?;
    }
    if let Some(result) = evaluator.call_special(&value, "model_post_init", vec![Value::none(call.at)], call.at) {
        result?;
    }
    Ok(value)
}

/// A validator that sees all the data before anything is made of it.
fn before_model(
    evaluator: &mut Evaluator<'_>,
    id: ObjectId,
    validator: &Validator,
    arguments: Arguments,
    call: &Call,
) -> Result<Arguments, Failure> {
    let mut mapping = Mapping { rest: arguments.more_keywords.clone(), ..Mapping::default() };
    for keyword in &arguments.keywords {
        let key = Value::text(Rc::clone(&keyword.name), keyword.name_at);
        mapping.set(Key::Text(Rc::clone(&keyword.name)), Slot::here(key), keyword.slot.clone());
    }
    let data = evaluator.allocate(ObjectKind::Dict(mapping, None), call.at);
    let class = Value::new(ValueKind::Object(id), call.at);
    let result = evaluator.call_with(&validator.function, vec![class, data], call.at)?;
    let Some(mapping) = evaluator.mapping_of(&result, call.at)? else {
        return Ok(Arguments { more_keywords: Some(Gap::new(evaluator.snippet(call.at))), ..Arguments::default() });
    };
    let mut changed = Arguments { more_keywords: mapping.rest.clone(), ..Arguments::default() };
    for entry in mapping.entries.values() {
        if let Some(name) = entry.key.value.as_text() {
            let keyword = Keyword { name: name.into(), name_at: entry.key.at, slot: entry.value.clone() };
            changed.keywords.push(keyword);
        }
    }
    Ok(changed)
}

/// The value of one field, validated.
#[expect(clippy::too_many_arguments, reason = "one field of one call")]
fn field_value(
    evaluator: &mut Evaluator<'_>,
    id: ObjectId,
    scope: ScopeId,
    field: &Field,
    arguments: &Arguments,
    validators: &[Validator],
    is_settings: bool,
    call: &Call,
) -> Result<Slot, Failure> {
    let by_name =
        setting(evaluator, id, "populate_by_name").is_some_and(|value| matches!(value.kind, ValueKind::Bool(true)));
    let keyword = field.alias.as_ref().unwrap_or(&field.name);
    let given = arguments.named(keyword).or_else(|| arguments.named(&field.name).filter(|_| by_name)).cloned();
    let mut slot = match given {
        Some(slot) => slot,
        None => {
            let default = match super::fields::default_of(evaluator, field, call)? {
                Some(slot) => Some(Slot::new(copied(evaluator, &slot.value, call)?, slot.at)),
                None => None,
            };
            let reason = if is_settings {
                Some((Cause::Environment, format!("the environment variable of {}", field.name)))
            } else {
                None
            };
            let gap = arguments.more_keywords.as_ref().map(|gap| (Cause::External, gap.reason.to_string()));
            if let Some((cause, reason)) = reason.or(gap) {
                let candidates: Vec<Value> = default.iter().map(|slot| slot.value.clone()).collect();
                let symbol = evaluator.symbols.opaque();
                let mut unknown = Unknown::new(cause, reason).with_candidates(candidates).with_symbol(symbol);
                unknown.default = default.map(|slot| slot.value);
                return Ok(Slot::new(Value::unknown(unknown, call.at), call.at));
            }
            return match default {
                // Defaults are not validated.
                Some(slot) => Ok(slot),
                None => Err(refused(evaluator, format!("{}: field required", field.name), call)),
            };
        }
    };
    let class = Value::new(ValueKind::Object(id), call.at);
    let concerns = |validator: &&Validator| {
        !validator.is_of_model && validator.names.iter().any(|name| *name == field.name || &**name == "*")
    };
    for validator in validators.iter().filter(concerns).filter(|validator| validator.is_before) {
        let value = run(evaluator, validator, &class, slot.value.clone(), call)?;
        slot.value = value;
    }
    slot.value = match coerce(evaluator, scope, &field.annotation, &slot.value, call)? {
        Coerced::To(value) => value,
        Coerced::Refused => {
            let message = format!("{}: not a valid value for `{}`", field.name, field.annotation);
            return Err(refused(evaluator, message, call));
        }
        Coerced::Unknown(bound) => lost(evaluator, &slot.value, bound, call),
    };
    check_rules(evaluator, field, &slot.value, call)?;
    for validator in validators.iter().filter(concerns).filter(|validator| !validator.is_before) {
        slot.value = run(evaluator, validator, &class, slot.value.clone(), call)?;
    }
    Ok(slot)
}

/// Calls a field validator: with the class, the value and, where it takes it, information.
fn run(
    evaluator: &mut Evaluator<'_>,
    validator: &Validator,
    class: &Value,
    value: Value,
    call: &Call,
) -> Result<Value, Failure> {
    let mut arguments = vec![class.clone(), value];
    if evaluator.parameter_count(&validator.function) == Some(3) {
        arguments.push(evaluator.unsupported(call.at));
    }
    Ok(evaluator.call_with(&validator.function, arguments, call.at)?)
}

/// `Field(ge=1, max_length=63, pattern=…)`.
fn check_rules(evaluator: &mut Evaluator<'_>, field: &Field, value: &Value, call: &Call) -> Result<(), Failure> {
    use std::cmp::Ordering;
    for (rule, bound) in &field.rules {
        let order = evaluator.order(value, bound, 0).ok().flatten();
        let length = value.as_text().map(|text| i64::try_from(text.chars().count()).unwrap_or(i64::MAX));
        let is_broken = match (&**rule, order, length, bound.as_int()) {
            ("ge", Some(order), ..) => order == Ordering::Less,
            ("gt", Some(order), ..) => order != Ordering::Greater,
            ("le", Some(order), ..) => order == Ordering::Greater,
            ("lt", Some(order), ..) => order != Ordering::Less,
            ("min_length", _, Some(length), Some(bound)) => length < bound,
            ("max_length", _, Some(length), Some(bound)) => length > bound,
            _ => false,
        };
        if is_broken {
            let shown = evaluator.repr(bound).unwrap_or_default();
            return Err(refused(evaluator, format!("{}: breaks {rule}={shown}", field.name), call));
        }
    }
    Ok(())
}

/// Keywords that no field takes: ignored, kept or refused, as the configuration says.
fn extra(
    evaluator: &mut Evaluator<'_>,
    id: ObjectId,
    fields: &[Field],
    arguments: &Arguments,
    attributes: &mut Attributes,
    call: &Call,
) -> Result<(), Failure> {
    let known = |name: &str| fields.iter().any(|field| &*field.name == name || field.alias.as_deref() == Some(name));
    let surplus: Vec<_> = arguments.keywords.iter().filter(|keyword| !known(&keyword.name)).cloned().collect();
    let mode = setting(evaluator, id, "extra").and_then(|value| value.as_text().map(str::to_owned));
    match (mode.as_deref(), surplus.first()) {
        (Some("forbid"), Some(first)) => {
            Err(refused(evaluator, format!("{}: extra inputs are not permitted", first.name), call))
        }
        (Some("allow"), _) => {
            for keyword in surplus {
                attributes.set(&keyword.name, keyword.name_at, keyword.slot);
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A default of a model, which each instance gets a copy of where it can be changed.
fn copied(evaluator: &mut Evaluator<'_>, value: &Value, call: &Call) -> Result<Value, Failure> {
    let object = value.as_object().and_then(|id| evaluator.state.object(id));
    let is_mutable = object
        .is_some_and(|object| matches!(object.kind, ObjectKind::List(_) | ObjectKind::Dict(..) | ObjectKind::Set(_)));
    if !is_mutable {
        return Ok(value.clone());
    }
    Ok(evaluator.call_named("copy.deepcopy", vec![value.clone()], call.at)?)
}

/// `ValidationError`.
pub fn refused(evaluator: &mut Evaluator<'_>, message: String, call: &Call) -> Failure {
    evaluator.raise_for(Mistake::RejectedData, "pydantic.ValidationError", message, call.at)
}
