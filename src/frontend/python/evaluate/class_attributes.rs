//! Attributes of classes, and what access through an instance makes of them.

use super::super::value::{
    Bound, Cause, ClassRef, Descriptor, Method, ObjectId, ObjectKind, Slot, SuperOf, Value, ValueKind,
};
use super::{Evaluator, Stop};
use crate::tree::Location;
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    /// An attribute of a class of the project.
    pub(super) fn attribute_of_class(
        &mut self,
        id: ObjectId,
        value: &Value,
        name: &str,
        at: Location,
    ) -> Result<Value, Stop> {
        let Some(class) = self.class(id) else { return Ok(self.unsupported(at)) };
        let order = class.order.clone();
        match name {
            "__name__" | "__qualname__" => return Ok(Value::text(Rc::clone(&class.name), at)),
            "__mro__" | "__bases__" => {
                let refs = if name == "__mro__" { order } else { class.bases.clone() };
                return Ok(self.classes_as_tuple(&refs, name == "__mro__", at));
            }
            "__dict__" => return Ok(self.attributes_as_dict(id, at)),
            "__annotations__" | "__doc__" | "__module__" => return Ok(self.unsupported(at)),
            _ => {}
        }
        let metaclass = class.metaclass.clone();
        if let Some(outcome) = (self.hooks.attribute)(self, value, name, at) {
            return outcome.or_else(|failure| self.settle(failure, at));
        }
        match self.find_in(&order, name) {
            Found::Value(found, _) => self.bind_attribute(found, None, value, at),
            Found::Open(reason) => Ok(self.fresh(Cause::External, reason, at)),
            Found::Foreign(_) if self.surely_lacks(&order, name) && self.is_enumeration(id) => {
                self.no_attribute(value, name, at)
            }
            Found::Foreign(ClassRef::Library(path)) => {
                let function = Value::new(ValueKind::Library(format!("{path}.{name}").into()), at);
                Ok(Value::new(ValueKind::Bound(Rc::new(Bound { receiver: value.clone(), function })), at))
            }
            Found::Foreign(_) => {
                Ok(Value::new(ValueKind::Method(Rc::new(Method { receiver: value.clone(), name: name.into() })), at))
            }
            Found::Nothing => {
                if let Some(metaclass) = metaclass.and_then(|metaclass| metaclass.as_object()) {
                    let order = self.class(metaclass).map(|class| class.order.clone()).unwrap_or_default();
                    let owner = Value::new(ValueKind::Object(metaclass), at);
                    match self.find_in(&order, name) {
                        Found::Value(found, _) => return self.bind_attribute(found, Some(value), &owner, at),
                        Found::Open(reason) => return Ok(self.fresh(Cause::External, reason, at)),
                        _ => {
                            if let Found::Value(found, _) = self.find_in(&order, "__getattr__") {
                                let method = self.bind_attribute(found, Some(value), &owner, at)?;
                                return self.call_with(&method, vec![Value::text(name, at)], at);
                            }
                        }
                    }
                }
                if name.starts_with("__") { Ok(self.unsupported(at)) } else { self.no_attribute(value, name, at) }
            }
        }
    }

    fn is_enumeration(&self, id: ObjectId) -> bool {
        self.class(id).is_some_and(|class| matches!(class.kind, super::super::value::ClassKind::Enum(_)))
    }

    /// Looks for an attribute in classes, in order.
    pub(super) fn find_in(&self, order: &[ClassRef], name: &str) -> Found {
        for class in order {
            match class {
                ClassRef::User(id) => {
                    let Some(found) = self.class(*id) else { continue };
                    if let Some(attribute) = found.attributes.get(name) {
                        return Found::Value(attribute.slot.value.clone(), *id);
                    }
                    if let Some(gap) = &found.attributes.rest {
                        return Found::Open(Rc::clone(&gap.reason));
                    }
                }
                ClassRef::Library(path) if is_without_attributes(path) => {}
                ClassRef::Unknown(reason) => return Found::Open(Rc::clone(reason)),
                other => return Found::Foreign(other.clone()),
            }
        }
        Found::Nothing
    }

    pub(super) fn is_data_descriptor(&self, value: &Value) -> bool {
        let Some(object) = value.as_object().and_then(|id| self.state.object(id)) else { return false };
        match &object.kind {
            ObjectKind::Descriptor(Descriptor::Property(_)) => true,
            ObjectKind::Instance(_) => self.special_in_class(value, "__set__"),
            _ => false,
        }
    }

    pub(super) fn special_in_class(&self, value: &Value, name: &str) -> bool {
        if self.is_native_special(value, name) {
            return true;
        }
        let instance = value.as_object().and_then(|id| self.state.object(id)).and_then(|object| object.as_instance());
        let Some(ClassRef::User(class)) = instance.map(|instance| instance.class.clone()) else { return false };
        let order = self.class(class).map(|class| class.order.clone()).unwrap_or_default();
        matches!(self.find_in(&order, name), Found::Value(..))
    }

    /// What access to an attribute of a class gives: through an instance, or the class itself.
    pub(super) fn bind_attribute(
        &mut self,
        value: Value,
        instance: Option<&Value>,
        owner: &Value,
        at: Location,
    ) -> Result<Value, Stop> {
        let Some(object) = value.as_object().and_then(|id| self.state.shared(id)) else {
            return Ok(value);
        };
        let bound = |receiver: &Value, function: Value| {
            Value::new(ValueKind::Bound(Rc::new(Bound { receiver: receiver.clone(), function })), at)
        };
        match &object.kind {
            ObjectKind::Function(_) => Ok(match instance {
                Some(instance) => bound(instance, value),
                None => value,
            }),
            ObjectKind::Descriptor(Descriptor::Static(function)) => Ok(function.clone()),
            ObjectKind::Descriptor(Descriptor::Class(function)) => Ok(bound(owner, function.clone())),
            ObjectKind::Descriptor(Descriptor::Property(property)) => match (instance, &property.get) {
                (Some(instance), Some(get)) => self.call_with(get, vec![instance.clone()], at),
                _ => Ok(value),
            },
            ObjectKind::Descriptor(Descriptor::CachedProperty(function)) => match instance {
                None => Ok(value),
                Some(instance) => self.cached_property(&value, function, instance, at),
            },
            ObjectKind::Instance(_) if self.special_in_class(&value, "__get__") => {
                let Some(get) = self.special_method(&value, "__get__") else { return Ok(value) };
                let none = Value::none(at);
                self.call_with(&get, vec![instance.cloned().unwrap_or(none), owner.clone()], at)
            }
            _ => Ok(value),
        }
    }

    /// Evaluates a cached property once, and keeps it among the attributes.
    pub(super) fn cached_property(
        &mut self,
        descriptor: &Value,
        function: &Value,
        instance: &Value,
        at: Location,
    ) -> Result<Value, Stop> {
        let result = self.call_with(function, vec![instance.clone()], at)?;
        let ClassRef::User(class) = self.class_ref_of(instance) else { return Ok(result) };
        let order = self.class(class).map(|class| class.order.clone()).unwrap_or_default();
        let name = order.iter().find_map(|entry| {
            let ClassRef::User(id) = entry else { return None };
            let attributes = &self.class(*id)?.attributes;
            attributes
                .iter()
                .find(|attribute| attribute.slot.value.is_same(descriptor))
                .map(|attribute| Rc::clone(&attribute.name))
        });
        if let (Some(name), Some(id)) = (name, instance.as_object()) {
            self.set_raw_attribute(id, &name, at, Slot::new(result.clone(), at));
        }
        Ok(result)
    }

    /// The method that a special name has in the class of an object, bound to it.
    pub fn special_method(&mut self, value: &Value, name: &str) -> Option<Value> {
        let ClassRef::User(class) = self.class_ref_of(value) else {
            return self.is_native_special(value, name).then(|| {
                Value::new(ValueKind::Method(Rc::new(Method { receiver: value.clone(), name: name.into() })), value.at)
            });
        };
        let order = self.class(class)?.order.clone();
        match self.find_in(&order, name) {
            Found::Value(found, _) => {
                let owner = Value::new(ValueKind::Object(class), value.at);
                self.bind_attribute(found, Some(value), &owner, value.at).ok()
            }
            _ => None,
        }
    }

    /// Calls a special method of an object, where its class defines it.
    pub fn call_special(
        &mut self,
        value: &Value,
        name: &str,
        arguments: Vec<Value>,
        at: Location,
    ) -> Option<Result<Value, Stop>> {
        let method = self.special_method(value, name)?;
        Some(self.call_with(&method, arguments, at))
    }

    /// The class of a value.
    pub fn class_ref_of(&self, value: &Value) -> ClassRef {
        match &value.kind {
            ValueKind::Object(id) => match self.state.object(*id).map(|object| &object.kind) {
                Some(ObjectKind::Instance(instance)) => instance.class.clone(),
                Some(ObjectKind::Class(class)) => match class.metaclass.as_ref().and_then(Value::as_object) {
                    Some(metaclass) => ClassRef::User(metaclass),
                    None => ClassRef::Library("builtins.type".into()),
                },
                _ => ClassRef::Library(format!("builtins.{}", self.type_name(value)).into()),
            },
            ValueKind::Unknown(_) => ClassRef::Unknown("an unknown value".into()),
            _ => ClassRef::Library(format!("builtins.{}", self.type_name(value)).into()),
        }
    }

    /// A method that a library's base class defines.
    pub(super) fn foreign_super(&mut self, class: &ClassRef, receiver: &Value, name: &str, at: Location) -> Value {
        let function = match class {
            ClassRef::Library(path) => Value::new(ValueKind::Library(format!("{path}.{name}").into()), at),
            _ => {
                let method = Method { receiver: receiver.clone(), name: format!("super.{name}").into() };
                return Value::new(ValueKind::Method(Rc::new(method)), at);
            }
        };
        if name == "__new__" {
            return function;
        }
        Value::new(ValueKind::Bound(Rc::new(Bound { receiver: receiver.clone(), function })), at)
    }

    /// `super().name`.
    pub(super) fn attribute_of_super(&mut self, of: &SuperOf, name: &str, at: Location) -> Result<Value, Stop> {
        let start = match &of.receiver.kind {
            ValueKind::Object(id) => match self.state.object(*id).map(|object| &object.kind) {
                Some(ObjectKind::Instance(instance)) => match instance.class {
                    ClassRef::User(class) => Some((class, true)),
                    _ => None,
                },
                Some(ObjectKind::Class(_)) => Some((*id, false)),
                _ => None,
            },
            _ => None,
        };
        let Some((class, is_instance)) = start else { return Ok(self.unsupported(at)) };
        let order = self.class(class).map(|class| class.order.clone()).unwrap_or_default();
        let behind = order.iter().position(|entry| matches!(entry, ClassRef::User(id) if *id == of.class));
        // In a metaclass the receiver is the class that is made.
        let rest = match behind {
            Some(index) => order.get(index + 1..).unwrap_or_default().to_vec(),
            None => {
                self.class(of.class).map(|class| class.order.get(1..).unwrap_or_default().to_vec()).unwrap_or_default()
            }
        };
        match self.find_in(&rest, name) {
            Found::Value(value, _) => {
                let owner = Value::new(ValueKind::Object(class), at);
                self.bind_attribute(value, Some(&of.receiver).filter(|_| is_instance), &owner, at)
            }
            Found::Foreign(class) => Ok(self.foreign_super(&class, &of.receiver, name, at)),
            Found::Open(reason) => Ok(self.fresh(Cause::Unsupported, reason, at)),
            Found::Nothing if (self.hooks.function)(&format!("builtins.object.{name}")).is_some() => {
                Ok(self.foreign_super(&ClassRef::Library("builtins.object".into()), &of.receiver, name, at))
            }
            Found::Nothing => Ok(Value::new(
                ValueKind::Method(Rc::new(Method {
                    receiver: Value::new(ValueKind::Super(Rc::new(of.clone())), at),
                    name: name.into(),
                })),
                at,
            )),
        }
    }
}

/// Where an attribute was found.
#[derive(Clone, Debug)]
pub enum Found {
    /// In this class of the project.
    Value(Value, ObjectId),
    /// Perhaps in this class, which is not the project's.
    Foreign(ClassRef),
    /// What is not known may define it.
    Open(Rc<str>),
    /// Nowhere.
    Nothing,
}

/// Library bases that bring no attributes of their own into play.
pub(super) fn is_without_attributes(path: &str) -> bool {
    matches!(path, "builtins.object" | "abc.ABC" | "typing.Generic" | "typing.Protocol" | "typing_extensions.Protocol")
}
