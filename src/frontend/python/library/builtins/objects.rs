//! Classes and instances: `isinstance`, `type`, `super`, `property` and the like.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Outcome};
use super::super::super::value::{ClassRef, Descriptor, ObjectKind, Property, SuperOf, TypeBound, Value, ValueKind};
use super::super::arguments::{bind, kind_of, misfit};

/// `isinstance(value, class)`.
pub fn isinstance(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "object, class, /")?;
    let (Some(value), Some(class)) = (bound.value(0).cloned(), bound.value(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    let is_metaclassed =
        class.as_object().and_then(|id| evaluator.class(id)).is_some_and(|class| class.metaclass.is_some());
    if is_metaclassed
        && let Some(result) = evaluator.call_special(&class, "__instancecheck__", vec![value.clone()], call.at)
    {
        return super::numbers::truth_value(evaluator, &result?, call);
    }
    if matches!(class.kind, ValueKind::Text(_) | ValueKind::None | ValueKind::Int(_)) {
        let message = "isinstance() arg 2 must be a type, a tuple of types, or a union";
        return Err(evaluator.raise("TypeError", message, call.at));
    }
    match is_instance(evaluator, &value, &class) {
        Some(answer) => Ok(evaluator.bool(answer, call.at)),
        None => Err(super::super::arguments::applied(evaluator, call, TypeBound::Bool)),
    }
}

/// The same, with classes of which the evaluator knows less than the library.
fn is_instance(evaluator: &Evaluator<'_>, value: &Value, class: &Value) -> Option<bool> {
    let object = kind_of(evaluator, class);
    if let Some(ObjectKind::Tuple(items)) = object.as_deref().map(|object| &object.kind) {
        let answers: Vec<Option<bool>> = items.values().map(|class| is_instance(evaluator, value, class)).collect();
        return if answers.contains(&Some(true)) {
            Some(true)
        } else {
            (items.is_known() && answers.iter().all(|answer| *answer == Some(false))).then_some(false)
        };
    }
    super::super::standard::types::is_instance(evaluator, value, class)
        .unwrap_or_else(|| evaluator.is_instance(value, class))
}

/// `issubclass(class, other)`.
pub fn issubclass(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "class, other, /")?;
    let (Some(class), Some(other)) = (bound.value(0).cloned(), bound.value(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    let order = match evaluator.as_class_ref(&class) {
        ClassRef::User(id) => evaluator.class(id).map(|class| class.order.clone()),
        ClassRef::Unknown(_) => None,
        ClassRef::Library(path) if &*path == "builtins.bool" => {
            Some(vec![ClassRef::Library(path), ClassRef::Library("builtins.int".into())])
        }
        class => Some(vec![class]),
    };
    let answer = match kind_of(evaluator, &other).as_deref().map(|object| &object.kind) {
        Some(ObjectKind::Tuple(items)) => order.and_then(|order| {
            let answers: Option<Vec<bool>> =
                items.slots()?.iter().map(|slot| evaluator.extends(&order, &slot.value)).collect();
            Some(answers?.contains(&true))
        }),
        _ => order.and_then(|order| evaluator.extends(&order, &other)),
    };
    match answer {
        Some(answer) => Ok(evaluator.bool(answer, call.at)),
        None => Err(evaluator.unknown_of(call, TypeBound::Bool)),
    }
}

/// `callable(value)`.
pub fn callable(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "object, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let answer = match &value.kind {
        ValueKind::Unknown(_) | ValueKind::Library(_) | ValueKind::Super(_) => None,
        ValueKind::Bound(_)
        | ValueKind::Method(_)
        | ValueKind::PartialCall(_)
        | ValueKind::ClientClass(_)
        | ValueKind::TemplateClass(_) => Some(true),
        ValueKind::Object(_) => match kind_of(evaluator, &value).as_deref().map(|object| &object.kind) {
            Some(ObjectKind::Function(_) | ObjectKind::Class(_)) => Some(true),
            Some(ObjectKind::Instance(instance)) => match instance.class {
                ClassRef::User(_) => Some(evaluator.special_method(&value, "__call__").is_some()),
                _ => None,
            },
            Some(ObjectKind::Descriptor(_)) | None => None,
            Some(_) => Some(false),
        },
        _ => Some(false),
    };
    match (answer, &value.kind) {
        (Some(answer), _) => Ok(evaluator.bool(answer, call.at)),
        (None, ValueKind::Library(path)) if path.starts_with("builtins.") => Ok(evaluator.bool(true, call.at)),
        _ => Err(super::super::arguments::applied(evaluator, call, TypeBound::Bool)),
    }
}

/// `type(value)`, `type(name, bases, namespace)`.
pub fn type_of(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.positional.len() == 3 && !call.arguments.is_open() {
        return super::reflection::new_class(evaluator, call);
    }
    let bound = bind(evaluator, call, "object, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let class = match &value.kind {
        ValueKind::Unknown(unknown) => {
            let name = match unknown.bound {
                TypeBound::Bool => "bool",
                TypeBound::Float => "float",
                _ => return Err(evaluator.not_modelled(call)),
            };
            ClassRef::Library(format!("builtins.{name}").into())
        }
        ValueKind::Library(path) if super::is_pure(path.strip_prefix("builtins.").unwrap_or_default()) => {
            return Err(evaluator.not_modelled(call));
        }
        ValueKind::Library(_) | ValueKind::Module(_) | ValueKind::Method(_) => {
            return Err(evaluator.not_modelled(call));
        }
        _ => evaluator.class_ref_of(&value),
    };
    match evaluator.class_value(&class, call.at) {
        Some(class) => Ok(class),
        None => Err(evaluator.not_modelled(call)),
    }
}

/// `object()`: equal only to itself.
pub fn object(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.len() > 0 {
        return Err(misfit(evaluator, call));
    }
    Ok(super::super::arguments::library_instance(evaluator, "builtins.object", Vec::new(), None, call.at))
}

/// `super(class, value)`.
pub fn super_with_arguments(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "type, object, /")?;
    let (Some(class), Some(receiver)) = (bound.value(0).and_then(Value::as_object), bound.value(1).cloned()) else {
        return Err(evaluator.opaque(call));
    };
    Ok(Value::new(ValueKind::Super(Rc::new(SuperOf { receiver, class })), call.at))
}

/// `property(get, set, delete)`.
pub fn property(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "fget?, fset?, fdel?, doc?")?;
    let property =
        Property { get: bound.given(0).cloned(), set: bound.given(1).cloned(), delete: bound.given(2).cloned() };
    Ok(evaluator.allocate(ObjectKind::Descriptor(Descriptor::Property(property)), call.at))
}

/// `property.setter(function)` and its like: the property with another function.
pub fn property_with(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let receiver = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    let Some(object) = kind_of(evaluator, &receiver) else { return Err(evaluator.opaque(call)) };
    let (ObjectKind::Descriptor(Descriptor::Property(property)), [slot]) =
        (&object.kind, &call.arguments.positional[..])
    else {
        return Err(evaluator.opaque(call));
    };
    let mut property = property.clone();
    let function = Some(slot.value.clone());
    match call.name() {
        "setter" => property.set = function,
        "deleter" => property.delete = function,
        _ => property.get = function,
    }
    Ok(evaluator.allocate(ObjectKind::Descriptor(Descriptor::Property(property)), call.at))
}

/// `staticmethod(function)`.
pub fn staticmethod(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "function, /")?;
    let Some(function) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    Ok(evaluator.allocate(ObjectKind::Descriptor(Descriptor::Static(function)), call.at))
}

/// `classmethod(function)`.
pub fn classmethod(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "function, /")?;
    let Some(function) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    Ok(evaluator.allocate(ObjectKind::Descriptor(Descriptor::Class(function)), call.at))
}

/// `object.__setattr__(self, name, value)`.
pub fn object_setattr(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "object, name, value, /")?;
    let (Some(object), Some(name), Some(slot)) =
        (bound.value(0).cloned(), bound.value(1).cloned(), bound.slot(2).cloned())
    else {
        return Err(misfit(evaluator, call));
    };
    match (object.as_object(), name.as_text()) {
        (Some(_), Some(name)) => {
            evaluator.set_attribute_of_base(&object, name, slot)?;
            Ok(Value::none(call.at))
        }
        _ => Err(evaluator.opaque(call)),
    }
}

/// `object.__getattribute__(self, name)`.
pub fn object_getattribute(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "object, name, /")?;
    match (bound.value(0).cloned(), bound.value(1).and_then(Value::as_text)) {
        (Some(object), Some(name)) => Ok(evaluator.attribute(&object, name, call.at)?),
        _ => Err(evaluator.opaque(call)),
    }
}

/// `object.__new__(cls)`.
pub fn object_new(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let class = call.arguments.positional.first().and_then(|slot| slot.value.as_object());
    match class.filter(|id| evaluator.class(*id).is_some()) {
        Some(id) => Ok(evaluator.bare_instance(id, call)),
        None => Err(evaluator.opaque(call)),
    }
}

/// What does nothing, and gives `None`.
pub fn nothing(_: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Ok(Value::none(call.at))
}
