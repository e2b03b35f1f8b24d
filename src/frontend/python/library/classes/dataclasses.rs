//! `dataclasses`: the decorator, fields, and the functions on instances.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, Mistake, NativeFunction, Outcome};
use super::super::super::value::{
    Arguments, Attributes, ClassKind, ClassRef, Field, FieldDefault, Instance, ObjectId, ObjectKind, Partial, Slot,
    Value, ValueKind,
};
use super::set_kind;
use crate::tree::Location;

/// The functions of the module.
pub fn function(path: &str) -> Option<NativeFunction> {
    Some(match path {
        "dataclasses.dataclass" | "pydantic.dataclasses.dataclass" => dataclass,
        "dataclasses.field" => field,
        _ => return super::dataclass_functions::function(path),
    })
}

/// A decorator without the class: what it was called with waits for that.
pub fn waiting(call: &Call) -> Value {
    let partial = Partial { callee: call.callee.clone(), arguments: call.arguments.clone() };
    Value::new(ValueKind::PartialCall(Rc::new(partial)), call.at)
}

/// Whether an option of a decorator is set; `None` where that is not known.
pub fn option(evaluator: &mut Evaluator<'_>, arguments: &Arguments, name: &str, default: bool) -> Option<bool> {
    match arguments.named(name) {
        None => arguments.more_keywords.is_none().then_some(default),
        Some(slot) => match evaluator.truth(&slot.value.clone(), slot.at) {
            Ok(super::super::super::evaluate::Truth::Known(value)) => Some(value),
            _ => None,
        },
    }
}

fn dataclass(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(class) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Ok(waiting(call));
    };
    let Some(id) = class.as_object().filter(|id| evaluator.class(*id).is_some()) else {
        return Err(evaluator.not_modelled(call));
    };
    let arguments = &call.arguments;
    let known = |evaluator: &mut Evaluator<'_>, name: &str, default: bool| option(evaluator, arguments, name, default);
    let options = (
        known(evaluator, "init", true),
        known(evaluator, "frozen", false),
        known(evaluator, "eq", true),
        known(evaluator, "order", false),
        known(evaluator, "kw_only", false),
    );
    let (Some(init), Some(frozen), Some(eq), Some(order), Some(keyword_only)) = options else {
        return Err(evaluator.not_modelled(call));
    };
    if call.name().starts_with("pydantic") {
        // Its arguments are validated, which is not modelled.
        return Err(evaluator.opaque(call));
    }
    let mut fields = collect(evaluator, id, keyword_only, call)?;
    if option(evaluator, arguments, "repr", true) != Some(true) {
        let hidden = |field: &Field| Field { is_shown: None, ..field.clone() };
        fields = fields.iter().map(hidden).collect();
    }
    if init {
        let kind = ClassKind::Fields { library: "dataclasses", fields, frozen, eq, order };
        set_kind(evaluator, id, kind);
    }
    Ok(class)
}

/// The fields of a class, those of its bases first.
fn collect(
    evaluator: &mut Evaluator<'_>,
    id: ObjectId,
    keyword_only: bool,
    call: &Call,
) -> Result<Rc<[Field]>, Failure> {
    let Some(class) = evaluator.class(id).cloned() else { return Ok(Rc::from([])) };
    let mut fields: Vec<Field> = inherited(evaluator, &class.order, "dataclasses");
    let mut by_name = keyword_only;
    for (name, annotation) in &class.annotations {
        let bare = annotation.rsplit_once("typing.").map_or(&**annotation, |(_, rest)| rest);
        if bare.starts_with("ClassVar") {
            continue;
        }
        if bare == "KW_ONLY" || bare == "dataclasses.KW_ONLY" {
            by_name = true;
            continue;
        }
        let written = class.attributes.get(name).cloned();
        let mut field = match &written {
            Some(attribute) => {
                from_value(evaluator, name, annotation, &attribute.slot.value, attribute.name_at, "dataclasses.Field")
            }
            None => plain(name, annotation, FieldDefault::Required, call.at),
        };
        field.keyword_only |= by_name;
        if let FieldDefault::Value(value) = &field.default
            && is_mutable(evaluator, value)
        {
            let message = format!(
                "mutable default {} for field {name} is not allowed: use default_factory",
                evaluator.type_name(value)
            );
            return Err(evaluator.raise_for(Mistake::InvalidClass, "ValueError", message, value.at));
        }
        settle_attribute(evaluator, id, &field, written.is_some());
        match fields.iter_mut().find(|known| known.name == field.name) {
            Some(known) => *known = field,
            None => fields.push(field),
        }
    }
    check_order(evaluator, &fields, call)?;
    // Keyword-only fields come last in the constructor, but their order of definition is kept.
    Ok(fields.into())
}

/// A default before a field that must be given is refused.
fn check_order(evaluator: &mut Evaluator<'_>, fields: &[Field], call: &Call) -> Result<(), Failure> {
    let mut seen_default = None;
    for field in fields.iter().filter(|field| field.init && !field.keyword_only) {
        match field.default {
            FieldDefault::Required => {
                if let Some(before) = seen_default {
                    let message = format!("non-default argument '{}' follows default argument '{before}'", field.name);
                    return Err(evaluator.raise_for(Mistake::InvalidClass, "TypeError", message, call.at));
                }
            }
            _ => seen_default = Some(Rc::clone(&field.name)),
        }
    }
    Ok(())
}

/// The fields that bases bring, as a subclass takes them.
pub fn inherited(evaluator: &Evaluator<'_>, order: &[ClassRef], library: &str) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for base in order.iter().skip(1).rev() {
        let ClassRef::User(base) = base else { continue };
        let Some(ClassKind::Fields { library: of, fields: more, .. }) = evaluator.class(*base).map(|class| &class.kind)
        else {
            continue;
        };
        if *of != library {
            continue;
        }
        for field in more.iter() {
            match fields.iter_mut().find(|known| known.name == field.name) {
                Some(known) => *known = field.clone(),
                None => fields.push(field.clone()),
            }
        }
    }
    fields
}

/// A field without anything special.
pub fn plain(name: &Rc<str>, annotation: &Rc<str>, default: FieldDefault, at: Location) -> Field {
    Field {
        name: Rc::clone(name),
        annotation: Rc::clone(annotation),
        default,
        init: true,
        keyword_only: false,
        compare: true,
        is_shown: Some(true),
        alias: None,
        rules: Vec::new(),
        at,
    }
}

/// A field by what its class attribute holds: a plain default, or what `field(…)` made.
pub fn from_value(
    evaluator: &mut Evaluator<'_>,
    name: &Rc<str>,
    annotation: &Rc<str>,
    value: &Value,
    at: Location,
    class: &str,
) -> Field {
    let instance =
        value.as_object().and_then(|id| evaluator.state.object(id)).and_then(|object| object.as_instance()).cloned();
    let Some(instance) =
        instance.filter(|instance| matches!(&instance.class, ClassRef::Library(path) if &**path == class))
    else {
        return plain(name, annotation, FieldDefault::Value(value.clone()), at);
    };
    let get = |key: &str| instance.attributes.value(key).cloned();
    let is_set = |evaluator: &mut Evaluator<'_>, key: &str, default: bool| match get(key) {
        Some(value) => {
            matches!(evaluator.truth(&value, value.at), Ok(super::super::super::evaluate::Truth::Known(true)))
        }
        None => default,
    };
    let default = match (get("default"), get("default_factory").or_else(|| get("factory"))) {
        (Some(value), _) if !matches!(value.kind, ValueKind::Ellipsis) => FieldDefault::Value(value),
        (_, Some(factory)) => FieldDefault::Factory(factory),
        _ => FieldDefault::Required,
    };
    let mut field = plain(name, annotation, default, at);
    field.init = is_set(evaluator, "init", true);
    field.keyword_only = is_set(evaluator, "kw_only", false);
    field.compare = is_set(evaluator, "compare", true) && is_set(evaluator, "eq", true);
    field.is_shown = match get("repr").map(|value| value.kind) {
        None => Some(true),
        Some(ValueKind::Bool(is_shown)) => Some(is_shown),
        Some(_) => None,
    };
    field.alias =
        ["validation_alias", "alias"].iter().find_map(|key| get(key)).and_then(|value| value.as_text().map(Into::into));
    field.rules = instance
        .attributes
        .iter()
        .map(|attribute| (Rc::clone(&attribute.name), attribute.slot.value.clone()))
        .collect();
    field
}

/// After the decorator the class has a field's default as an attribute, and nothing where there is none.
pub fn settle_attribute(evaluator: &mut Evaluator<'_>, id: ObjectId, field: &Field, was_set: bool) {
    if !was_set {
        return;
    }
    let slot = match &field.default {
        FieldDefault::Value(value) => Some(Slot::here(value.clone())),
        _ => None,
    };
    let name = Rc::clone(&field.name);
    evaluator.state.change(id, |object| {
        if let ObjectKind::Class(class) = &mut object.kind {
            match slot {
                Some(slot) => class.attributes.set(&name, slot.at, slot),
                None => {
                    class.attributes.remove(&name);
                }
            }
        }
    });
}

fn is_mutable(evaluator: &Evaluator<'_>, value: &Value) -> bool {
    let object = value.as_object().and_then(|id| evaluator.state.object(id));
    object.is_some_and(|object| matches!(object.kind, ObjectKind::List(_) | ObjectKind::Dict(..) | ObjectKind::Set(_)))
}

/// An object that keeps what a function like `field(…)` was called with.
pub fn description(evaluator: &mut Evaluator<'_>, class: &str, call: &Call) -> Outcome {
    if call.arguments.is_open() {
        return Err(evaluator.not_modelled(call));
    }
    let mut attributes = Attributes::default();
    for keyword in &call.arguments.keywords {
        attributes.set(&keyword.name, keyword.name_at, keyword.slot.clone());
    }
    if let Some(slot) = call.arguments.positional.first() {
        attributes.set("default", slot.at, slot.clone());
    }
    let instance = Instance { class: ClassRef::Library(class.into()), attributes, payload: None, head: call.head };
    Ok(evaluator.allocate(ObjectKind::Instance(instance), call.at))
}

fn field(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    description(evaluator, "dataclasses.Field", call)
}
