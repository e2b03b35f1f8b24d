//! The types of values, by name.

use super::super::value::{ClassRef, ObjectId, ObjectKind, Value, ValueKind};
use super::Evaluator;
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    /// The name of the type of a value, as `type(value).__name__` says it.
    pub fn type_name(&self, value: &Value) -> Rc<str> {
        let name = match &value.kind {
            ValueKind::None => "NoneType",
            ValueKind::Ellipsis => "ellipsis",
            ValueKind::NotImplemented => "NotImplementedType",
            ValueKind::Bool(_) => "bool",
            ValueKind::Int(_) => "int",
            ValueKind::Float(_) => "float",
            ValueKind::Text(_) | ValueKind::Partial(_) => "str",
            ValueKind::Bytes(_) => "bytes",
            ValueKind::ClientClass(_) | ValueKind::TemplateClass(_) => "type",
            ValueKind::Library(_) => "library",
            ValueKind::Module(_) => "module",
            ValueKind::Bound(_) => "method",
            ValueKind::Method(_) => "builtin_function_or_method",
            ValueKind::PartialCall(_) => "partial",
            ValueKind::Super(_) => "super",
            ValueKind::Unknown(unknown) => bound_name(unknown.bound),
            ValueKind::Object(id) => return self.type_name_of_object(*id),
        };
        name.into()
    }

    pub(super) fn type_name_of_object(&self, id: ObjectId) -> Rc<str> {
        let name = match self.state.object(id).map(|object| &object.kind) {
            Some(ObjectKind::List(_)) => "list",
            Some(ObjectKind::Tuple(_)) => "tuple",
            Some(ObjectKind::Dict(_, None)) => "dict",
            Some(ObjectKind::Dict(_, Some(_))) => "defaultdict",
            Some(ObjectKind::Set(_)) => "set",
            Some(ObjectKind::FrozenSet(_)) => "frozenset",
            Some(ObjectKind::Class(_)) => "type",
            Some(ObjectKind::Function(_)) => "function",
            Some(ObjectKind::Descriptor(_)) => "property",
            Some(ObjectKind::Iterator(super::super::value::IteratorState::Generator(_))) => "generator",
            Some(ObjectKind::Iterator(_)) => "iterator",
            Some(ObjectKind::Instance(instance)) => match &instance.class {
                ClassRef::User(class) => {
                    return self.class(*class).map_or_else(|| "object".into(), |class| Rc::clone(&class.name));
                }
                ClassRef::Client(class) => class.name,
                ClassRef::Template(_) => "PodTemplate",
                ClassRef::Library(path) => return path.rsplit('.').next().unwrap_or(path).into(),
                ClassRef::Unknown(_) => "object",
            },
            None => "object",
        };
        name.into()
    }

    /// Whether an object is a `PodTemplate`, or of a class that extends it.
    pub fn is_template(&self, id: ObjectId) -> bool {
        let Some(instance) = self.state.object(id).and_then(|object| object.as_instance()) else { return false };
        match &instance.class {
            ClassRef::Template(_) => true,
            ClassRef::User(class) => self
                .class(*class)
                .is_some_and(|class| class.order.iter().any(|base| matches!(base, ClassRef::Template(_)))),
            _ => false,
        }
    }
}

/// Types whose methods are all known.
pub(super) fn is_plain_type(name: &str) -> bool {
    matches!(
        name,
        "NoneType"
            | "bool"
            | "int"
            | "float"
            | "str"
            | "bytes"
            | "list"
            | "tuple"
            | "dict"
            | "defaultdict"
            | "set"
            | "frozenset"
    )
}

/// The name of the type that an unknown value surely has; empty where there is none.
pub fn bound_name(bound: super::super::value::TypeBound) -> &'static str {
    use super::super::value::TypeBound as T;
    match bound {
        T::Any | T::Sdk(_) => "",
        T::Bool => "bool",
        T::Int => "int",
        T::Float => "float",
        T::Text => "str",
        T::Bytes => "bytes",
        T::List => "list",
        T::Tuple => "tuple",
        T::Dict => "dict",
        T::Set => "set",
    }
}
