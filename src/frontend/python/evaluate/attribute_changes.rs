//! Setting and deleting attributes.

use super::super::value::{
    ClassKind, ClassRef, Descriptor, Object, ObjectId, ObjectKind, Slot, Unknown, Value, ValueKind,
};
use super::class_attributes::Found;
use super::{Evaluator, Failure, Mistake, Stop};
use crate::tree::Location;
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    /// `target.name = value`.
    pub fn set_attribute(&mut self, target: &Value, name: &str, name_at: Location, slot: Slot) -> Result<(), Stop> {
        if !self.charge(1) {
            return Err(Stop);
        }
        match &target.kind {
            ValueKind::Object(id) => self.set_attribute_of_object(*id, target, name, name_at, slot),
            ValueKind::Module(module) => {
                let scope = self.module_scope(*module);
                self.set_variable_named(scope, name, slot.value);
                Ok(())
            }
            ValueKind::Library(path) => {
                let reason: Rc<str> = format!("{path}.{name}").into();
                self.patched.insert(Rc::clone(&reason));
                self.give_away(&slot.value, &reason);
                Ok(())
            }
            ValueKind::ClientClass(class) => {
                self.patched.insert(format!("kubernetes.client.{}", class.name).into());
                Ok(())
            }
            ValueKind::Unknown(unknown) => {
                self.set_on_unknown(&Rc::clone(unknown), slot.at, &slot.value, |evaluator, candidate| {
                    evaluator.set_attribute(candidate, name, name_at, slot.clone())
                })
            }
            ValueKind::None
            | ValueKind::Bool(_)
            | ValueKind::Int(_)
            | ValueKind::Float(_)
            | ValueKind::Text(_)
            | ValueKind::Bytes(_) => {
                let message = format!("'{}' object has no attribute '{name}'", self.type_name(target));
                match self.raise_on(&[target], "AttributeError", message, name_at) {
                    Failure::Stop => Err(Stop),
                    _ => Ok(()),
                }
            }
            _ => {
                let reason = self.snippet(slot.at);
                self.give_away(&slot.value, &reason);
                Ok(())
            }
        }
    }

    /// Changes something unknown: each of its candidates, perhaps; and what is put there is out of sight.
    pub fn set_on_unknown(
        &mut self,
        unknown: &Unknown,
        at: Location,
        given: &Value,
        mut change: impl FnMut(&mut Self, &Value) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        if unknown.is_one_of && !unknown.candidates.is_empty() {
            return self
                .each_candidate(unknown, at, |evaluator, candidate| {
                    change(evaluator, candidate)?;
                    Ok(Value::none(at))
                })
                .map(|_| ());
        }
        self.may_raise_any(at);
        let reason = Rc::clone(&unknown.reason);
        for candidate in unknown.candidates.iter() {
            self.perhaps(&reason, |evaluator| change(evaluator, candidate));
        }
        self.give_away(given, &reason);
        Ok(())
    }

    pub(super) fn set_attribute_of_object(
        &mut self,
        id: ObjectId,
        target: &Value,
        name: &str,
        name_at: Location,
        slot: Slot,
    ) -> Result<(), Stop> {
        let Some(object) = self.state.shared(id) else { return Ok(()) };
        if let ObjectKind::Instance(instance) = &object.kind
            && let ClassRef::User(class) = instance.class
        {
            if let Some(method) = self.special_method(target, "__setattr__") {
                self.call_with(&method, vec![Value::text(name, name_at), slot.value], slot.at)?;
                return Ok(());
            }
            if let Some(result) = self.set_by_class(class, target, name, &slot) {
                return result;
            }
            if self.is_frozen(class) {
                let message = format!("cannot assign to field '{name}'");
                return match self.raise_for(Mistake::Frozen, "dataclasses.FrozenInstanceError", message, name_at) {
                    Failure::Stop => Err(Stop),
                    _ => Ok(()),
                };
            }
        }
        drop(object);
        self.set_own_attribute(id, name, name_at, slot)
    }

    /// What the class of an instance does with an attribute that is set: by a property or another descriptor.
    fn set_by_class(&mut self, class: ObjectId, target: &Value, name: &str, slot: &Slot) -> Option<Result<(), Stop>> {
        let order = self.class(class)?.order.clone();
        match self.find_in(&order, name) {
            Found::Value(found, _) => self.set_by_descriptor(&found, target, slot),
            _ => None,
        }
    }

    fn set_own_attribute(&mut self, id: ObjectId, name: &str, name_at: Location, slot: Slot) -> Result<(), Stop> {
        if !(self.hooks.assign)(self, id, name, name_at, &slot)? {
            self.set_raw_attribute(id, name, name_at, slot);
        }
        Ok(())
    }

    /// `object.__setattr__(target, name, value)`: properties count, `__setattr__` of the class and `frozen` do not.
    pub fn set_attribute_of_base(&mut self, target: &Value, name: &str, slot: Slot) -> Result<(), Stop> {
        let Some(id) = target.as_object() else { return Ok(()) };
        if let ClassRef::User(class) = self.class_ref_of(target)
            && let Some(result) = self.set_by_class(class, target, name, &slot)
        {
            return result;
        }
        let at = slot.at;
        self.set_own_attribute(id, name, at, slot)
    }

    /// Sets an attribute without asking anybody: `object.__setattr__`.
    pub fn set_raw_attribute(&mut self, id: ObjectId, name: &str, name_at: Location, slot: Slot) {
        // They are looked for one by one.
        self.charge(self.state.object(id).map_or(0, Object::size) / 16);
        self.state.change(id, |object| match &mut object.kind {
            ObjectKind::Instance(instance) => instance.attributes.set(name, name_at, slot),
            ObjectKind::Class(class) => class.attributes.set(name, name_at, slot),
            ObjectKind::Function(function) => function.attributes.set(name, name_at, slot),
            _ => {}
        });
    }

    /// Whether assignments to instances of a class raise.
    pub(super) fn is_frozen(&self, class: ObjectId) -> bool {
        self.class(class).is_some_and(|class| matches!(class.kind, ClassKind::Fields { frozen: true, .. }))
    }

    /// A property's setter or a descriptor's `__set__`.
    pub(super) fn set_by_descriptor(&mut self, found: &Value, target: &Value, slot: &Slot) -> Option<Result<(), Stop>> {
        let object = self.state.shared(found.as_object()?)?;
        match &object.kind {
            ObjectKind::Descriptor(Descriptor::Property(property)) => Some(match &property.set {
                Some(set) => self.call_with(set, vec![target.clone(), slot.value.clone()], slot.at).map(|_| ()),
                None => match self.raise("AttributeError", "property of the object has no setter", slot.at) {
                    Failure::Stop => Err(Stop),
                    _ => Ok(()),
                },
            }),
            ObjectKind::Instance(_) if self.special_in_class(found, "__set__") => {
                let method = self.special_method(found, "__set__")?;
                Some(self.call_with(&method, vec![target.clone(), slot.value.clone()], slot.at).map(|_| ()))
            }
            _ => None,
        }
    }

    /// `__delattr__`, a property's deleter or a descriptor's `__delete__`.
    fn delete_by_descriptor(&mut self, target: &Value, name: &str, at: Location) -> Option<Result<(), Stop>> {
        let ClassRef::User(class) = self.class_ref_of(target) else { return None };
        if let Some(method) = self.special_method(target, "__delattr__") {
            return Some(self.call_with(&method, vec![Value::text(name, at)], at).map(|_| ()));
        }
        let order = self.class(class)?.order.clone();
        let Found::Value(found, _) = self.find_in(&order, name) else { return None };
        let object = self.state.shared(found.as_object()?)?;
        match &object.kind {
            ObjectKind::Descriptor(Descriptor::Property(property)) => Some(match &property.delete {
                Some(delete) => self.call_with(delete, vec![target.clone()], at).map(|_| ()),
                None => match self.raise("AttributeError", "property of the object has no deleter", at) {
                    Failure::Stop => Err(Stop),
                    _ => Ok(()),
                },
            }),
            ObjectKind::Instance(_) if self.special_in_class(&found, "__delete__") => {
                let method = self.special_method(&found, "__delete__")?;
                Some(self.call_with(&method, vec![target.clone()], at).map(|_| ()))
            }
            _ => None,
        }
    }

    /// Whether a value is an instance of a class of the project that extends nothing else.
    fn is_of_project(&self, value: &Value) -> bool {
        self.classes_of(value).iter().all(|class| matches!(class, ClassRef::User(_)))
    }

    /// `del target.name`.
    pub fn delete_attribute(&mut self, target: &Value, name: &str, at: Location) -> Result<(), Stop> {
        match &target.kind {
            ValueKind::Object(id) => {
                if let Some(result) = self.delete_by_descriptor(target, name, at) {
                    return result;
                }
                let removed = self.state.change(*id, |object| match &mut object.kind {
                    ObjectKind::Instance(instance) => {
                        instance.attributes.remove(name).is_some() || instance.attributes.rest.is_some()
                    }
                    ObjectKind::Class(class) => {
                        class.attributes.remove(name).is_some() || class.attributes.rest.is_some()
                    }
                    ObjectKind::Function(function) => function.attributes.remove(name).is_some(),
                    _ => true,
                });
                if removed == Some(false)
                    && self.is_of_project(target)
                    && let Failure::Stop = self.raise("AttributeError", name, at)
                {
                    return Err(Stop);
                }
                Ok(())
            }
            ValueKind::Unknown(unknown) => {
                let none = Value::none(at);
                self.set_on_unknown(&Rc::clone(unknown), at, &none, |evaluator, candidate| {
                    evaluator.delete_attribute(candidate, name, at)
                })
            }
            _ => Ok(()),
        }
    }
}
