//! What pydantic makes of a value where a type is annotated, in its lax mode.

use super::super::super::evaluate::{Call, Evaluator, Failure};
use super::super::super::value::{
    Arguments, Cause, ClassKind, Element, Keyword, ObjectKind, ScopeId, Sequence, Slot, TypeBound, Unknown, Value,
    ValueKind, parse_float, parse_int,
};
use super::annotations::{Annotation, read};

/// Whether, and to what, a value is taken.
pub enum Coerced {
    /// To this.
    To(Value),
    /// It is refused.
    Refused,
    /// That is not modelled.
    Unknown(TypeBound),
}

/// Turns a value into what an annotation asks for.
pub fn coerce(
    evaluator: &mut Evaluator<'_>,
    scope: ScopeId,
    annotation: &str,
    value: &Value,
    call: &Call,
) -> Result<Coerced, Failure> {
    let annotation = read(annotation);
    to(evaluator, scope, &annotation, value, call, 0)
}

fn to(
    evaluator: &mut Evaluator<'_>,
    scope: ScopeId,
    annotation: &Annotation,
    value: &Value,
    call: &Call,
    depth: usize,
) -> Result<Coerced, Failure> {
    if depth > 20 {
        return Ok(Coerced::Unknown(TypeBound::Any));
    }
    match annotation {
        Annotation::Any => Ok(Coerced::To(value.clone())),
        Annotation::None => Ok(match &value.kind {
            ValueKind::None => Coerced::To(value.clone()),
            ValueKind::Unknown(_) => Coerced::Unknown(TypeBound::Any),
            _ => Coerced::Refused,
        }),
        Annotation::Unknown => Ok(Coerced::Unknown(TypeBound::Any)),
        Annotation::Literal(texts) => literal(evaluator, texts, value),
        Annotation::Union(parts) => union(evaluator, scope, parts, value, call, depth),
        Annotation::Name(name) => to_name(evaluator, scope, name, value, call),
        Annotation::Generic(name, parts) => generic(evaluator, scope, name, parts, value, call, depth),
    }
}

fn literal(evaluator: &mut Evaluator<'_>, texts: &[String], value: &Value) -> Result<Coerced, Failure> {
    if value.is_unknown() {
        return Ok(Coerced::Unknown(TypeBound::Any));
    }
    let shown = evaluator.repr(value);
    let same = |text: &String| {
        let text = text.replace('"', "'");
        shown.as_ref().is_some_and(|shown| *shown == text)
    };
    Ok(if texts.iter().any(same) { Coerced::To(value.clone()) } else { Coerced::Refused })
}

/// The member of a union that takes a value as it is comes first.
fn union(
    evaluator: &mut Evaluator<'_>,
    scope: ScopeId,
    parts: &[Annotation],
    value: &Value,
    call: &Call,
    depth: usize,
) -> Result<Coerced, Failure> {
    if value.is_unknown() {
        return Ok(Coerced::Unknown(TypeBound::Any));
    }
    let mut results = Vec::new();
    for part in parts {
        match to(evaluator, scope, part, value, call, depth + 1)? {
            Coerced::To(result) if result.is_same(value) => return Ok(Coerced::To(result)),
            other => results.push(other),
        }
    }
    if results.iter().any(|result| matches!(result, Coerced::Unknown(_))) {
        return Ok(Coerced::Unknown(TypeBound::Any));
    }
    Ok(results.into_iter().find(|result| matches!(result, Coerced::To(_))).unwrap_or(Coerced::Refused))
}

fn to_name(
    evaluator: &mut Evaluator<'_>,
    scope: ScopeId,
    name: &str,
    value: &Value,
    call: &Call,
) -> Result<Coerced, Failure> {
    let at = value.at;
    let bound = match name {
        "str" => TypeBound::Text,
        "int" => TypeBound::Int,
        "float" => TypeBound::Float,
        "bool" => TypeBound::Bool,
        _ => TypeBound::Any,
    };
    if bound != TypeBound::Any {
        if let Some(unknown) = value.as_unknown() {
            return Ok(if unknown.bound == bound { Coerced::To(value.clone()) } else { Coerced::Unknown(bound) });
        }
        let made = match bound {
            TypeBound::Text => to_text(evaluator, value),
            TypeBound::Int => to_int(value).map(|number| Value::new(ValueKind::Int(number), at)),
            TypeBound::Float => to_float(value).map(|number| Value::new(ValueKind::Float(number), at)),
            _ => to_bool(value).map(|value| Value::new(ValueKind::Bool(value), at)),
        };
        return Ok(made.map_or(Coerced::Refused, Coerced::To));
    }
    if matches!(name, "list" | "dict" | "tuple" | "set") {
        return generic(evaluator, scope, name, &[], value, call, 0);
    }
    let Some(class) = evaluator.name_from(scope, name) else { return Ok(Coerced::Unknown(TypeBound::Any)) };
    to_class(evaluator, &class, value, call)
}

/// A value where a class is annotated: an instance stays, a mapping becomes a model, a member is found by its value.
fn to_class(evaluator: &mut Evaluator<'_>, class: &Value, value: &Value, call: &Call) -> Result<Coerced, Failure> {
    match evaluator.is_instance(value, class) {
        Some(true) => return Ok(Coerced::To(value.clone())),
        None => return Ok(Coerced::Unknown(TypeBound::Any)),
        Some(false) => {}
    }
    let Some(id) = class.as_object() else { return Ok(Coerced::Refused) };
    match evaluator.class(id).map(|class| class.kind.clone()) {
        Some(ClassKind::Enum(_)) => {
            let result = evaluator.call_class(id, Arguments::of(vec![Slot::here(value.clone())]), call.at)?;
            Ok(Coerced::To(result))
        }
        Some(ClassKind::Fields { library: "pydantic" | "pydantic_settings" | "dataclasses", .. }) => {
            let Some(mapping) = evaluator.mapping_of(value, call.at)? else {
                return Ok(Coerced::Unknown(TypeBound::Any));
            };
            let mut arguments = Arguments { more_keywords: mapping.rest.clone(), ..Arguments::default() };
            for entry in mapping.entries.values() {
                let Some(name) = entry.key.value.as_text() else { return Ok(Coerced::Refused) };
                arguments.keywords.push(Keyword {
                    name: name.into(),
                    name_at: entry.key.at,
                    slot: entry.value.clone(),
                });
            }
            Ok(Coerced::To(evaluator.call_class(id, arguments, call.at)?))
        }
        _ => Ok(Coerced::Refused),
    }
}

fn generic(
    evaluator: &mut Evaluator<'_>,
    scope: ScopeId,
    name: &str,
    parts: &[Annotation],
    value: &Value,
    call: &Call,
    depth: usize,
) -> Result<Coerced, Failure> {
    if name == "Annotated" {
        return match parts.first() {
            Some(part) => to(evaluator, scope, part, value, call, depth + 1),
            None => Ok(Coerced::Unknown(TypeBound::Any)),
        };
    }
    let any = Annotation::Any;
    let Some(object) = value.as_object().and_then(|id| evaluator.state.shared(id)) else {
        return Ok(if value.is_unknown() { Coerced::Unknown(TypeBound::Any) } else { Coerced::Refused });
    };
    match (name, &object.kind) {
        ("dict", ObjectKind::Dict(entries, _)) => {
            let mut result = super::super::super::value::Mapping { rest: entries.rest.clone(), ..Default::default() };
            let (key_type, value_type) = (parts.first().unwrap_or(&any), parts.get(1).unwrap_or(&any));
            for entry in entries.entries.values() {
                let key = inner(evaluator, scope, key_type, &entry.key, call, depth)?;
                let item = inner(evaluator, scope, value_type, &entry.value, call, depth)?;
                let (Some(key), Some(item)) = (key, item) else { return Ok(Coerced::Refused) };
                match evaluator.key_of(&key.value) {
                    Some(known) => result.set(known, key, item),
                    None => return Ok(Coerced::Unknown(TypeBound::Dict)),
                }
            }
            Ok(Coerced::To(evaluator.allocate(ObjectKind::Dict(result, None), object.at)))
        }
        ("list", ObjectKind::List(items) | ObjectKind::Tuple(items)) => {
            let Some(items) = each(evaluator, scope, parts.first().unwrap_or(&any), items, call, depth)? else {
                return Ok(Coerced::Refused);
            };
            Ok(Coerced::To(evaluator.allocate(ObjectKind::List(items), object.at)))
        }
        ("tuple", ObjectKind::List(items) | ObjectKind::Tuple(items)) => {
            let is_uniform = parts.len() <= 1 || matches!(parts.get(1), Some(Annotation::Unknown));
            if !is_uniform {
                let Some(slots) = items.slots() else { return Ok(Coerced::Unknown(TypeBound::Tuple)) };
                if slots.len() != parts.len() {
                    return Ok(Coerced::Refused);
                }
                let mut made = Vec::new();
                for (slot, part) in slots.iter().zip(parts) {
                    let Some(slot) = inner(evaluator, scope, part, slot, call, depth)? else {
                        return Ok(Coerced::Refused);
                    };
                    made.push(slot);
                }
                return Ok(Coerced::To(evaluator.allocate(ObjectKind::Tuple(Sequence::known(made)), object.at)));
            }
            let Some(items) = each(evaluator, scope, parts.first().unwrap_or(&any), items, call, depth)? else {
                return Ok(Coerced::Refused);
            };
            Ok(Coerced::To(evaluator.allocate(ObjectKind::Tuple(items), object.at)))
        }
        ("list", ObjectKind::Dict(..)) | ("dict", ObjectKind::List(_) | ObjectKind::Tuple(_)) => Ok(Coerced::Refused),
        _ => Ok(Coerced::Unknown(TypeBound::Any)),
    }
}

/// Each element turned into a type; `None` where one is refused.
fn each(
    evaluator: &mut Evaluator<'_>,
    scope: ScopeId,
    part: &Annotation,
    items: &Sequence,
    call: &Call,
    depth: usize,
) -> Result<Option<Sequence>, Failure> {
    let mut result = Sequence::default();
    for element in &items.elements {
        match element {
            Element::One(slot) => {
                let Some(slot) = inner(evaluator, scope, part, slot, call, depth)? else { return Ok(None) };
                result.push(slot);
            }
            Element::Gap(gap) => result.push_gap(gap.clone()),
        }
    }
    Ok(Some(result))
}

fn inner(
    evaluator: &mut Evaluator<'_>,
    scope: ScopeId,
    part: &Annotation,
    slot: &Slot,
    call: &Call,
    depth: usize,
) -> Result<Option<Slot>, Failure> {
    Ok(match to(evaluator, scope, part, &slot.value, call, depth + 1)? {
        Coerced::To(value) => Some(Slot::new(value, slot.at)),
        Coerced::Refused => None,
        Coerced::Unknown(bound) => Some(Slot::new(lost(evaluator, &slot.value, bound, call), slot.at)),
    })
}

/// A value that was turned into something that is not known.
pub fn lost(evaluator: &mut Evaluator<'_>, value: &Value, bound: TypeBound, call: &Call) -> Value {
    evaluator.may_raise_any(call.at);
    let symbol = evaluator.symbols.opaque();
    let reason = evaluator.snippet(value.at);
    Value::unknown(
        Unknown::new(Cause::Unsupported, reason).of(bound).with_candidates([value.clone()]).with_symbol(symbol),
        value.at,
    )
}

fn to_text(evaluator: &Evaluator<'_>, value: &Value) -> Option<Value> {
    match &value.kind {
        ValueKind::Text(_) | ValueKind::Partial(_) => Some(value.clone()),
        ValueKind::Object(id) => {
            // A member of a text enumeration becomes its value.
            let instance = evaluator.state.object(*id)?.as_instance()?;
            instance.payload.clone().filter(|payload| payload.as_text().is_some())
        }
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "whole floats only")]
fn to_int(value: &Value) -> Option<i64> {
    match &value.kind {
        ValueKind::Int(number) => Some(*number),
        ValueKind::Bool(value) => Some(i64::from(*value)),
        ValueKind::Float(number) if (*number as i64) as f64 == *number => Some(*number as i64),
        ValueKind::Text(text) => parse_int(text, 10).or_else(|| {
            let whole = text.trim().strip_suffix(".0")?;
            parse_int(whole, 10)
        }),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "as Python converts to float")]
fn to_float(value: &Value) -> Option<f64> {
    match &value.kind {
        ValueKind::Float(number) => Some(*number),
        ValueKind::Text(text) => parse_float(text),
        _ => value.as_int().map(|number| number as f64),
    }
}

fn to_bool(value: &Value) -> Option<bool> {
    match &value.kind {
        ValueKind::Bool(value) => Some(*value),
        ValueKind::Int(0) => Some(false),
        ValueKind::Int(1) => Some(true),
        ValueKind::Float(number) if *number == 0.0 || *number == 1.0 => Some(*number == 1.0),
        ValueKind::Text(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
            "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}
