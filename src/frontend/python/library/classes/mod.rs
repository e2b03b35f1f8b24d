//! Classes that the library completes: dataclasses, attrs, named tuples, enumerations, pydantic models.

mod annotations;
mod attrs;
mod attrs_validators;
mod coercion;
mod dataclass_functions;
mod dataclasses;
mod enums;
mod fields;
mod named_tuples;
mod pydantic;
mod pydantic_instances;
mod pydantic_methods;

use std::rc::Rc;

use super::super::evaluate::{Call, Evaluator, NativeFunction, NativeMethod, Outcome, Stop};
use super::super::value::{ClassKind, ClassRef, ObjectId, ObjectKind, Value, ValueKind};
use crate::tree::Location;

/// Functions of these libraries, by their paths.
pub fn function(path: &str) -> Option<NativeFunction> {
    dataclasses::function(path)
        .or_else(|| attrs::function(path))
        .or_else(|| enums::function(path))
        .or_else(|| named_tuples::function(path))
        .or_else(|| pydantic::function(path))
        .or_else(|| {
            let name = path.strip_prefix("builtins.")?.strip_suffix(".__init__")?;
            super::super::evaluate::is_builtin_exception(name).then_some(initialise_exception as NativeFunction)
        })
}

pub use attrs_validators::own_attribute;
pub use pydantic::assign;

/// Methods of what these libraries make.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    attrs_validators::method(kind, name)
}

/// `Exception.__init__(self, *args)`: sets `args`.
fn initialise_exception(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some((first, rest)) = call.arguments.positional.split_first() else { return Err(evaluator.opaque(call)) };
    let Some(object) = first.value.as_object().filter(|_| !call.arguments.is_open()) else {
        return Err(evaluator.opaque(call));
    };
    let arguments = evaluator.tuple(rest.iter().map(|slot| slot.value.clone()).collect(), call.at);
    evaluator.set_raw_attribute(object, "args", call.at, super::super::value::Slot::new(arguments, call.at));
    Ok(Value::none(call.at))
}

/// Finishes the definition of a class: what its bases of the library make of it.
pub fn define_class(evaluator: &mut Evaluator<'_>, id: ObjectId, at: Location) -> Result<(), Stop> {
    let Some(class) = evaluator.class(id) else { return Ok(()) };
    let order = class.order.clone();
    let bases = class.bases.clone();
    let has = |wanted: &str| order.iter().any(|base| matches!(base, ClassRef::Library(path) if &**path == wanted));
    let is_enum =
        ["Enum", "StrEnum", "IntEnum", "Flag", "IntFlag", "ReprEnum"].iter().any(|name| has(&format!("enum.{name}")));
    if is_enum {
        return enums::define(evaluator, id);
    }
    let direct = |wanted: &str| bases.iter().any(|base| matches!(base, ClassRef::Library(path) if &**path == wanted));
    if direct("typing.NamedTuple") {
        return named_tuples::define(evaluator, id, at);
    }
    if has("typing.TypedDict") || has("typing_extensions.TypedDict") {
        set_kind(evaluator, id, ClassKind::TypedDict);
        return Ok(());
    }
    if has("pydantic.BaseModel") || has("pydantic_settings.BaseSettings") || has("pydantic.main.BaseModel") {
        return pydantic::define(evaluator, id, at);
    }
    let is_exception = order.iter().any(|base| {
        matches!(base, ClassRef::Library(path) if path.strip_prefix("builtins.").is_some_and(super::super::evaluate::is_builtin_exception))
    });
    if is_exception {
        set_kind(evaluator, id, ClassKind::Exception);
        return Ok(());
    }
    inherit_fields(evaluator, id, &order);
    Ok(())
}

/// A class that extends one made from fields, without being decorated itself, takes the same arguments.
fn inherit_fields(evaluator: &mut Evaluator<'_>, id: ObjectId, order: &[ClassRef]) {
    let inherited = order.iter().skip(1).find_map(|base| match base {
        ClassRef::User(base) => match &evaluator.class(*base)?.kind {
            kind @ ClassKind::Fields { .. } => Some(kind.clone()),
            _ => None,
        },
        _ => None,
    });
    if let Some(kind) = inherited {
        set_kind(evaluator, id, kind);
    }
}

/// Sets what a class is.
fn set_kind(evaluator: &mut Evaluator<'_>, id: ObjectId, kind: ClassKind) {
    if let Some(object) = evaluator.state.object_mut(id)
        && let ObjectKind::Class(class) = &mut object.kind
    {
        class.kind = kind;
    }
}

/// Makes an instance of a class whose constructor the library defines.
pub fn instantiate(evaluator: &mut Evaluator<'_>, id: ObjectId, call: &Call) -> Option<Outcome> {
    let class = evaluator.class(id)?;
    match class.kind.clone() {
        ClassKind::Enum(_) => Some(enums::member_by_value(evaluator, id, call)),
        ClassKind::TypedDict => {
            Some(evaluator.call_named_with("builtins.dict", call.arguments.clone(), call.at).map_err(Into::into))
        }
        ClassKind::Exception => exception(evaluator, id, call),
        ClassKind::Fields { library, fields, .. } => {
            if has_own_constructor(evaluator, id) {
                return None;
            }
            Some(match library {
                "pydantic" | "pydantic_settings" => pydantic_instances::instantiate(evaluator, id, &fields, call),
                _ => fields::instantiate(evaluator, id, library, &fields, call),
            })
        }
        ClassKind::Plain => subclass_of_builtin(evaluator, id, call),
    }
}

/// Whether the project's own `__init__` comes before the one that the library makes.
fn has_own_constructor(evaluator: &Evaluator<'_>, id: ObjectId) -> bool {
    let order = evaluator.class(id).map(|class| class.order.clone()).unwrap_or_default();
    order.iter().any(|base| match base {
        ClassRef::User(base) => evaluator.class(*base).is_some_and(|class| class.attributes.get("__init__").is_some()),
        _ => false,
    })
}

/// An exception of the project's own class without `__init__`: its arguments are `args`.
fn exception(evaluator: &mut Evaluator<'_>, id: ObjectId, call: &Call) -> Option<Outcome> {
    let instance = evaluator.bare_instance(id, call);
    let object = instance.as_object()?;
    let values = call.arguments.positional.iter().map(|slot| slot.value.clone()).collect();
    let arguments = evaluator.tuple(values, call.at);
    evaluator.set_raw_attribute(object, "args", call.at, super::super::value::Slot::new(arguments, call.at));
    let order = evaluator.class(id).map(|class| class.order.clone()).unwrap_or_default();
    if has_own_constructor(evaluator, id)
        && let Err(Stop) = evaluator.initialise(&instance, &order, call)
    {
        return Some(Err(super::super::evaluate::Failure::Stop));
    }
    Some(Ok(instance))
}

/// An instance of a class that extends `dict`, `list`, `str`, `int`, …: it holds the value itself.
fn subclass_of_builtin(evaluator: &mut Evaluator<'_>, id: ObjectId, call: &Call) -> Option<Outcome> {
    let order = evaluator.class(id)?.order.clone();
    let base: Rc<str> = order.iter().find_map(|base| match base {
        ClassRef::Library(path) if is_value_type(path) => Some(Rc::clone(path)),
        _ => None,
    })?;
    let own = has_own_constructor(evaluator, id);
    let is_mutable = matches!(
        &*base,
        "builtins.dict" | "builtins.list" | "builtins.set" | "collections.UserDict" | "collections.OrderedDict"
    );
    // A mutable one is filled by `__init__`, perhaps by `super().__init__(…)` of the project's own.
    let arguments = if own && is_mutable { Default::default() } else { call.arguments.clone() };
    let builtin = match &*base {
        "collections.UserDict" | "collections.OrderedDict" => "builtins.dict",
        other => other,
    };
    let payload = match evaluator.call_named_with(builtin, arguments, call.at) {
        Ok(payload) => payload,
        Err(Stop) => return Some(Err(super::super::evaluate::Failure::Stop)),
    };
    let instance = evaluator.bare_instance(id, call);
    let object = instance.as_object()?;
    set_payload(evaluator, object, payload);
    if own && let Err(Stop) = evaluator.initialise(&instance, &order, call) {
        return Some(Err(super::super::evaluate::Failure::Stop));
    }
    Some(Ok(instance))
}

/// Sets the value that an instance of a subclass of a builtin type holds.
pub fn set_payload(evaluator: &mut Evaluator<'_>, id: ObjectId, payload: Value) {
    if let Some(object) = evaluator.state.object_mut(id)
        && let ObjectKind::Instance(instance) = &mut object.kind
    {
        instance.payload = Some(payload);
    }
}

/// Builtin types whose subclasses hold a value.
pub fn is_value_type(path: &str) -> bool {
    matches!(
        path,
        "builtins.dict"
            | "builtins.list"
            | "builtins.set"
            | "builtins.frozenset"
            | "builtins.tuple"
            | "builtins.str"
            | "builtins.int"
            | "builtins.float"
            | "builtins.bytes"
            | "collections.UserDict"
            | "collections.OrderedDict"
    )
}

/// An attribute that these libraries define: of classes and instances made from fields, and of members of enumerations.
pub fn attribute(evaluator: &mut Evaluator<'_>, value: &Value, name: &str, at: Location) -> Option<Outcome> {
    let class = fields::class_behind(evaluator, value)?;
    let is_class = value.as_object() == Some(class);
    match evaluator.class(class)?.kind.clone() {
        ClassKind::Enum(_) if is_class => enums::class_attribute(evaluator, class, name, at),
        ClassKind::Fields { library, fields, .. } => match library {
            "pydantic" | "pydantic_settings" => pydantic_methods::attribute(evaluator, value, name, at),
            "typing.NamedTuple" => named_tuples::attribute(evaluator, value, &fields, name, at),
            _ => dataclass_functions::attribute(evaluator, value, &fields, name, at),
        },
        _ => None,
    }
}

/// Calls of methods that these libraries define.
pub fn construct(evaluator: &mut Evaluator<'_>, call: &Call) -> Option<Outcome> {
    let ValueKind::Method(method) = &call.callee.kind else { return None };
    let (receiver, name) = (method.receiver.clone(), Rc::clone(&method.name));
    let class = fields::class_behind(evaluator, &receiver)?;
    let ClassKind::Fields { library, fields, .. } = evaluator.class(class)?.kind.clone() else { return None };
    match library {
        "pydantic" | "pydantic_settings" => pydantic_methods::call(evaluator, class, &receiver, &fields, &name, call),
        "typing.NamedTuple" => named_tuples::call(evaluator, class, &receiver, &fields, &name, call),
        _ => None,
    }
}
