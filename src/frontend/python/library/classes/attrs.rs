//! `attrs`: the decorators, fields and `evolve`.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, Outcome};
use super::super::super::value::{ClassKind, ClassRef, Field, FieldDefault};
use super::dataclass_functions::replace_fields;
use super::dataclasses::{description, from_value, inherited, option, plain, settle_attribute, waiting};
use super::{attrs_validators, set_kind};

/// The functions of `attr` and `attrs`.
pub fn function(path: &str) -> Option<NativeFunction> {
    Some(match path {
        "attrs.define" | "attr.define" | "attrs.mutable" | "attr.mutable" | "attr.s" | "attr.attrs"
        | "attr.dataclass" => define,
        "attrs.frozen" | "attr.frozen" => frozen,
        "attrs.field" | "attr.field" | "attr.ib" | "attr.attrib" => field,
        "attrs.evolve" | "attr.evolve" => evolve,
        "attrs.asdict" | "attr.asdict" => as_dict,
        "attrs.Factory" | "attr.Factory" => factory,
        _ => return attrs_validators::function(path),
    })
}

fn define(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    make(evaluator, call, false)
}

fn frozen(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    make(evaluator, call, true)
}

fn make(evaluator: &mut Evaluator<'_>, call: &Call, is_frozen: bool) -> Outcome {
    let Some(class) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Ok(waiting(call));
    };
    let Some(id) = class.as_object().filter(|id| evaluator.class(*id).is_some()) else {
        return Err(evaluator.not_modelled(call));
    };
    let frozen = option(evaluator, &call.arguments, "frozen", is_frozen);
    let keyword_only = option(evaluator, &call.arguments, "kw_only", false);
    let (Some(frozen), Some(keyword_only)) = (frozen, keyword_only) else { return Err(evaluator.not_modelled(call)) };
    let Some(found) = evaluator.class(id).cloned() else { return Ok(class) };
    let mut fields: Vec<Field> = inherited(evaluator, &found.order, "attrs");
    let annotated = found.annotations.iter().map(|(name, annotation)| (Rc::clone(name), Rc::clone(annotation)));
    let mut names: Vec<(Rc<str>, Rc<str>)> = annotated.collect();
    if names.is_empty() {
        // `attr.s` without annotations: whatever `attr.ib()` made.
        names = found.attributes.iter().map(|attribute| (Rc::clone(&attribute.name), Rc::from(""))).collect();
    }
    for (name, annotation) in names {
        if annotation.contains("ClassVar") {
            continue;
        }
        let written = found.attributes.get(&name).cloned();
        let is_description = written.as_ref().is_some_and(|attribute| is_described(evaluator, &attribute.slot.value));
        if annotation.is_empty() && !is_description {
            continue;
        }
        let mut field = match &written {
            Some(attribute) => {
                from_value(evaluator, &name, &annotation, &attribute.slot.value, attribute.name_at, "attrs.Field")
            }
            None => plain(&name, &annotation, FieldDefault::Required, call.at),
        };
        field.keyword_only |= keyword_only;
        if let Some(factory) = factory_of(evaluator, &field) {
            field.default = FieldDefault::Factory(factory);
        }
        if field.alias.is_none() && name.starts_with('_') {
            field.alias = Some(name.trim_start_matches('_').into());
        }
        settle_attribute(evaluator, id, &field, written.is_some());
        match fields.iter_mut().find(|known| known.name == field.name) {
            Some(known) => *known = field,
            None => fields.push(field),
        }
    }
    set_kind(
        evaluator,
        id,
        ClassKind::Fields { library: "attrs", fields: fields.into(), frozen, eq: true, order: false },
    );
    Ok(class)
}

fn is_described(evaluator: &Evaluator<'_>, value: &super::super::super::value::Value) -> bool {
    let instance = value.as_object().and_then(|id| evaluator.state.object(id)).and_then(|object| object.as_instance());
    instance.is_some_and(|instance| matches!(&instance.class, ClassRef::Library(path) if &**path == "attrs.Field"))
}

/// `default=attrs.Factory(…)`.
fn factory_of(evaluator: &Evaluator<'_>, field: &Field) -> Option<super::super::super::value::Value> {
    let FieldDefault::Value(value) = &field.default else { return None };
    let instance = evaluator.state.object(value.as_object()?)?.as_instance()?;
    let is_factory = matches!(&instance.class, ClassRef::Library(path) if &**path == "attrs.Factory");
    instance.attributes.value("default").filter(|_| is_factory).cloned()
}

fn field(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    description(evaluator, "attrs.Field", call)
}

fn factory(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    description(evaluator, "attrs.Factory", call)
}

fn evolve(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let original = call.arguments.positional.first().map(|slot| slot.value.clone());
    match original.and_then(|original| replace_fields(evaluator, &original, call)) {
        Some(outcome) => outcome,
        None => Err(evaluator.opaque(call)),
    }
}

fn as_dict(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    evaluator.call_named_with("dataclasses.asdict", call.arguments.clone(), call.at).map_err(Into::into)
}
