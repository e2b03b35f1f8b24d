//! Pydantic models: fields, validators and making instances.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, Outcome, Stop};
use super::super::super::value::{
    Attributes, Cause, ClassKind, ClassRef, Descriptor, Field, FieldDefault, Instance, Method, ObjectId, ObjectKind,
    Slot, Unknown, Value, ValueKind,
};
use super::dataclasses::{description, from_value, inherited, plain, settle_attribute};
use super::set_kind;
use crate::tree::Location;

/// The functions of the library.
pub fn function(path: &str) -> Option<NativeFunction> {
    Some(match path {
        "pydantic.Field" => field,
        "pydantic.ConfigDict" | "pydantic_settings.SettingsConfigDict" => config,
        "pydantic.field_validator" | "pydantic.model_validator" | "pydantic.validator" | "pydantic.root_validator" => {
            validator
        }
        "pydantic.computed_field" | "pydantic.field_serializer" | "pydantic.model_serializer" => untouched,
        _ => return None,
    })
}

fn field(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    description(evaluator, "pydantic.Field", call)
}

fn config(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    evaluator.call_named_with("builtins.dict", call.arguments.clone(), call.at).map_err(Failure::from)
}

/// Decorators that change nothing which instances are made of.
fn untouched(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match call.arguments.positional.first() {
        Some(slot) if slot.value.as_text().is_none() => Ok(slot.value.clone()),
        _ => {
            let _ = evaluator;
            Ok(super::dataclasses::waiting(call))
        }
    }
}

/// `@field_validator("a", mode="before")`: with the function, what runs when an instance is made.
fn validator(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let function = call.arguments.positional.iter().rev().find(|slot| slot.value.as_object().is_some()).cloned();
    let Some(function) = function else { return Ok(super::dataclasses::waiting(call)) };
    let names: Vec<Value> = call
        .arguments
        .positional
        .iter()
        .filter(|slot| slot.value.as_text().is_some())
        .map(|slot| slot.value.clone())
        .collect();
    let names = evaluator.tuple(names, call.at);
    let mut attributes = Attributes::default();
    attributes.set("function", call.at, function);
    attributes.set("names", call.at, Slot::here(names));
    attributes.set("kind", call.at, Slot::here(Value::text(call.name(), call.at)));
    for name in ["mode", "pre"] {
        if let Some(slot) = call.arguments.named(name) {
            attributes.set(name, slot.at, slot.clone());
        }
    }
    let instance =
        Instance { class: ClassRef::Library("pydantic.validator".into()), attributes, payload: None, head: call.head };
    Ok(evaluator.allocate(ObjectKind::Instance(instance), call.at))
}

/// A class that extends `BaseModel`.
pub fn define(evaluator: &mut Evaluator<'_>, id: ObjectId, at: Location) -> Result<(), Stop> {
    let Some(class) = evaluator.class(id).cloned() else { return Ok(()) };
    let is_settings = class
        .order
        .iter()
        .any(|base| matches!(base, ClassRef::Library(path) if &**path == "pydantic_settings.BaseSettings"));
    let library = if is_settings { "pydantic_settings" } else { "pydantic" };
    let mut fields: Vec<Field> = inherited(evaluator, &class.order, library);
    for (name, annotation) in &class.annotations {
        if annotation.contains("ClassVar") || name.starts_with('_') || &**name == "model_config" {
            continue;
        }
        let written = class.attributes.get(name).cloned();
        let field = match &written {
            Some(attribute) => {
                from_value(evaluator, name, annotation, &attribute.slot.value, attribute.name_at, "pydantic.Field")
            }
            None => plain(name, annotation, FieldDefault::Required, at),
        };
        settle_attribute(evaluator, id, &field, written.is_some());
        if written.is_some() {
            // Fields are attributes of instances only.
            evaluator.state.change(id, |object| {
                if let ObjectKind::Class(class) = &mut object.kind {
                    class.attributes.remove(name);
                }
            });
        }
        match fields.iter_mut().find(|known| known.name == field.name) {
            Some(known) => *known = field,
            None => fields.push(field),
        }
    }
    let frozen = setting(evaluator, id, "frozen").is_some_and(|value| matches!(value.kind, ValueKind::Bool(true)));
    set_kind(evaluator, id, ClassKind::Fields { library, fields: fields.into(), frozen, eq: true, order: false });
    Ok(())
}

/// Settings that are modelled, or that change no value.
const MODELLED: &[&str] = &[
    "arbitrary_types_allowed",
    "case_sensitive",
    "defer_build",
    "env_file",
    "env_file_encoding",
    "env_nested_delimiter",
    "env_prefix",
    "extra",
    "from_attributes",
    "frozen",
    "json_encoders",
    "json_schema_extra",
    "populate_by_name",
    "protected_namespaces",
    "title",
];

/// What a class says in `model_config`, or in a class `Config` of its own; `None` in the place of what is not known.
fn own_settings(evaluator: &Evaluator<'_>, class: ObjectId) -> Vec<(Rc<str>, Option<Value>)> {
    let Some(class) = evaluator.class(class) else { return Vec::new() };
    let given = ["model_config", "Config"].iter().filter_map(|name| class.attributes.value(name));
    let by_keyword = class.attributes.iter().filter_map(|attribute| {
        let name = attribute.name.strip_prefix("class keyword ")?;
        Some((Rc::from(name), Some(attribute.slot.value.clone())))
    });
    let mut settings: Vec<(Rc<str>, Option<Value>)> = by_keyword.collect();
    for config in given {
        match config.as_object().and_then(|id| evaluator.state.object(id)).map(|object| &object.kind) {
            Some(ObjectKind::Dict(entries, _)) if entries.rest.is_none() => {
                let named = entries.entries.values().filter_map(|entry| Some((entry.key.value.as_text()?, entry)));
                settings.extend(named.map(|(name, entry)| (Rc::from(name), Some(entry.value.value.clone()))));
            }
            Some(ObjectKind::Class(inner)) if inner.attributes.rest.is_none() => {
                let all = inner.attributes.iter();
                settings.extend(all.map(|one| (Rc::clone(&one.name), Some(one.slot.value.clone()))));
            }
            _ => settings.push(("model_config".into(), None)),
        }
    }
    settings
}

fn settings(evaluator: &Evaluator<'_>, id: ObjectId) -> Vec<(Rc<str>, Option<Value>)> {
    let order = evaluator.class(id).map(|class| class.order.clone()).unwrap_or_default();
    let classes = order.iter().filter_map(|base| if let ClassRef::User(base) = base { Some(*base) } else { None });
    classes.flat_map(|base| own_settings(evaluator, base)).collect()
}

/// A setting of `model_config`.
pub fn setting(evaluator: &Evaluator<'_>, id: ObjectId, name: &str) -> Option<Value> {
    settings(evaluator, id).into_iter().find(|(known, _)| &**known == name)?.1
}

/// Whether a setting may change values in a way that is not modelled.
pub fn has_unmodelled_setting(evaluator: &Evaluator<'_>, id: ObjectId) -> bool {
    settings(evaluator, id).iter().any(|(name, _)| !MODELLED.contains(&&**name))
}

/// Sees an attribute of a model set: where assignments are validated, what the attribute becomes is not known.
pub fn assign(evaluator: &mut Evaluator<'_>, id: ObjectId, name: &str, name_at: Location, slot: &Slot) -> bool {
    let instance = evaluator.state.object(id).and_then(|object| object.as_instance());
    let Some(ClassRef::User(class)) = instance.map(|instance| instance.class.clone()) else { return false };
    let kind = evaluator.class(class).map(|class| &class.kind);
    let is_model = matches!(kind, Some(ClassKind::Fields { library: "pydantic" | "pydantic_settings", .. }));
    if !is_model || !has_unmodelled_setting(evaluator, class) {
        return false;
    }
    let unknown = Unknown::new(Cause::Unsupported, evaluator.snippet(slot.at)).with_candidates([slot.value.clone()]);
    let value = Value::unknown(unknown.with_symbol(evaluator.symbols.opaque()), slot.value.at);
    evaluator.set_raw_attribute(id, name, name_at, Slot::new(value, slot.at));
    true
}

/// A validator of a model, in the order in which they run.
pub struct Validator {
    pub function: Value,
    pub names: Vec<Rc<str>>,
    pub is_before: bool,
    pub is_of_model: bool,
    pub is_known: bool,
}

pub fn validators(evaluator: &Evaluator<'_>, id: ObjectId) -> Vec<Validator> {
    let order = evaluator.class(id).map(|class| class.order.clone()).unwrap_or_default();
    let mut found: Vec<Validator> = Vec::new();
    let mut names_seen: Vec<Rc<str>> = Vec::new();
    for base in order.iter().rev() {
        let ClassRef::User(base) = base else { continue };
        let Some(class) = evaluator.class(*base) else { continue };
        for attribute in class.attributes.iter() {
            if let Some(validator) = as_validator(evaluator, &attribute.slot.value) {
                names_seen.push(Rc::clone(&attribute.name));
                found.push(validator);
            }
        }
    }
    found
}

fn as_validator(evaluator: &Evaluator<'_>, value: &Value) -> Option<Validator> {
    let instance = evaluator.state.object(value.as_object()?)?.as_instance()?;
    if !matches!(&instance.class, ClassRef::Library(path) if &**path == "pydantic.validator") {
        return None;
    }
    let text = |name: &str| instance.attributes.value(name).and_then(|value| value.as_text().map(str::to_owned));
    let function = instance.attributes.value("function")?.clone();
    let function = match function.as_object().and_then(|id| evaluator.state.object(id)).map(|object| &object.kind) {
        Some(ObjectKind::Descriptor(Descriptor::Class(inner) | Descriptor::Static(inner))) => inner.clone(),
        _ => function,
    };
    let names = match &evaluator.state.object(instance.attributes.value("names")?.as_object()?)?.kind {
        ObjectKind::Tuple(items) => items.values().filter_map(|value| value.as_text().map(Into::into)).collect(),
        _ => Vec::new(),
    };
    let mode = text("mode").unwrap_or_else(|| "after".to_owned());
    let kind = text("kind")?;
    Some(Validator {
        function,
        names,
        is_before: mode == "before" || instance.attributes.value("pre").is_some(),
        is_of_model: kind.contains("model") || kind.contains("root"),
        is_known: matches!(mode.as_str(), "before" | "after") && !kind.ends_with("root_validator"),
    })
}

/// A method of the library.
#[must_use]
pub fn method(receiver: &Value, name: &str, at: Location) -> Value {
    Value::new(ValueKind::Method(Rc::new(Method { receiver: receiver.clone(), name: name.into() })), at)
}
