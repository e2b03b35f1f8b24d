//! Constructors made from fields: how arguments become attributes, and which class has the fields.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, Mistake, Outcome};
use super::super::super::value::{
    Attributes, Cause, ClassRef, Field, FieldDefault, Instance, ObjectId, ObjectKind, Slot, Unknown, Value,
};

/// Makes an instance of a class made from fields: a dataclass, attrs, a named tuple.
pub fn instantiate(
    evaluator: &mut Evaluator<'_>,
    id: ObjectId,
    library: &'static str,
    fields: &Rc<[Field]>,
    call: &Call,
) -> Outcome {
    let mut attributes = Attributes::default();
    let mut init_only: Vec<Value> = Vec::new();
    let given = bind(evaluator, id, fields, call)?;
    for (field, slot) in fields.iter().zip(given) {
        let slot = match slot {
            Some(slot) => converted(evaluator, library, field, slot)?,
            None => match default_of(evaluator, field, call)? {
                Some(slot) => converted(evaluator, library, field, slot)?,
                None => continue,
            },
        };
        if is_init_only(field) {
            init_only.push(slot.value);
        } else {
            attributes.set(&field.name, field.at, slot);
        }
    }
    let instance = Instance { class: ClassRef::User(id), attributes, payload: None, head: call.head };
    let value = evaluator.allocate(ObjectKind::Instance(instance), call.at);
    if library == "attrs" {
        super::attrs_validators::validate(evaluator, &value, fields, call)?;
    }
    let hook = if library == "attrs" { "__attrs_post_init__" } else { "__post_init__" };
    if library != "typing.NamedTuple"
        && let Some(result) = evaluator.call_special(&value, hook, init_only, call.at)
    {
        result?;
    }
    Ok(value)
}

/// What attrs' converters make of an argument.
fn converted(evaluator: &mut Evaluator<'_>, library: &str, field: &Field, slot: Slot) -> Result<Slot, Failure> {
    if library != "attrs" {
        return Ok(slot);
    }
    let Some((_, converter)) = field.rules.iter().find(|(name, _)| &**name == "converter") else { return Ok(slot) };
    let value = evaluator.call_with(converter, vec![slot.value.clone()], slot.at)?;
    Ok(Slot::new(value, slot.at))
}

/// The value of a field that no argument gives; `None` where it stays unset.
pub fn default_of(evaluator: &mut Evaluator<'_>, field: &Field, call: &Call) -> Result<Option<Slot>, Failure> {
    match &field.default {
        FieldDefault::Value(value) => Ok(Some(Slot::here(value.clone()))),
        FieldDefault::Factory(factory) => {
            let value = evaluator.call_with(factory, Vec::new(), call.at)?;
            Ok(Some(Slot::new(value, call.at)))
        }
        FieldDefault::Required => Ok(None),
    }
}

/// `dataclasses.InitVar`: given to `__post_init__` only.
pub fn is_init_only(field: &Field) -> bool {
    field.annotation.starts_with("InitVar") || field.annotation.starts_with("dataclasses.InitVar")
}

/// The argument of each field, as the constructor takes them.
fn bind(
    evaluator: &mut Evaluator<'_>,
    id: ObjectId,
    fields: &[Field],
    call: &Call,
) -> Result<Vec<Option<Slot>>, Failure> {
    let name: Rc<str> = evaluator.class(id).map_or_else(|| "".into(), |class| Rc::clone(&class.name));
    let arguments = &call.arguments;
    let mut given: Vec<Option<Slot>> = Vec::new();
    let mut position = 0;
    let mut missing: Vec<&str> = Vec::new();
    for field in fields {
        if !field.init {
            given.push(None);
            continue;
        }
        let mut slot = None;
        if !field.keyword_only {
            slot = arguments.positional.get(position).cloned();
            position += 1;
        }
        let keyword = field.alias.as_ref().map_or(&field.name, |alias| alias);
        let named = arguments.named(keyword).cloned();
        if slot.is_some() && named.is_some() {
            return Err(evaluator.raise_for(
                Mistake::WrongCall,
                "TypeError",
                format!("{name}.__init__() got multiple values for argument '{keyword}'"),
                call.at,
            ));
        }
        let gap = arguments
            .more_keywords
            .clone()
            .or_else(|| arguments.more_positional.clone().filter(|_| !field.keyword_only));
        let slot = match (slot.or(named), gap) {
            (Some(slot), _) => Some(slot),
            (None, Some(gap)) => {
                let mut candidates = gap.candidates.to_vec();
                if let FieldDefault::Value(value) = &field.default {
                    candidates.push(value.clone());
                }
                let symbol = evaluator.symbols.opaque();
                let unknown = Unknown::new(Cause::External, gap.reason).with_candidates(candidates).with_symbol(symbol);
                Some(Slot::new(Value::unknown(unknown, call.at), call.at))
            }
            (None, None) => None,
        };
        if slot.is_none() && matches!(field.default, FieldDefault::Required) {
            missing.push(&field.name);
        }
        given.push(slot);
    }
    if !missing.is_empty() {
        let names = missing.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(" and ");
        let message = format!("{name}.__init__() missing {} required positional argument: {names}", missing.len());
        return Err(evaluator.raise_for(Mistake::WrongCall, "TypeError", message, call.at));
    }
    if arguments.positional.len() > position {
        let message = format!(
            "{name}.__init__() takes {position} positional arguments but {} were given",
            arguments.positional.len()
        );
        return Err(evaluator.raise_for(Mistake::WrongCall, "TypeError", message, call.at));
    }
    let known = |keyword: &str| {
        fields.iter().any(|field| field.init && &**field.alias.as_ref().unwrap_or(&field.name) == keyword)
    };
    if let Some(keyword) = arguments.keywords.iter().find(|keyword| !known(&keyword.name)) {
        let message = format!("{name}.__init__() got an unexpected keyword argument '{}'", keyword.name);
        return Err(evaluator.raise_for(Mistake::WrongCall, "TypeError", message, keyword.name_at));
    }
    Ok(given)
}

/// The class of the project that a value is, or is an instance of.
pub fn class_behind(evaluator: &Evaluator<'_>, value: &Value) -> Option<ObjectId> {
    let id = value.as_object()?;
    match &evaluator.state.object(id)?.kind {
        ObjectKind::Class(_) => Some(id),
        ObjectKind::Instance(instance) => match instance.class {
            ClassRef::User(class) => Some(class),
            _ => None,
        },
        _ => None,
    }
}
