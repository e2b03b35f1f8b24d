//! Attributes: reading, setting and deleting them, as Python's object model does.

use std::rc::Rc;

use super::super::value::{
    Bound, Cause, Class, ClassKind, ClassRef, Descriptor, Gap, Method, ModuleId, ObjectId, ObjectKind, Slot, SuperOf,
    Unknown, Value, ValueKind,
};
use super::{Evaluator, ExceptionClass, Failure, Raised, ScopeKind, Stop};
use crate::tree::Location;

/// How many candidates of an unknown value are followed each for itself.
const MAX_FOLLOWED: usize = 8;

impl<'a> Evaluator<'a> {
    /// The class object of an id.
    pub fn class(&self, id: ObjectId) -> Option<&Class> {
        match &self.state.object(id)?.kind {
            ObjectKind::Class(class) => Some(class),
            _ => None,
        }
    }

    /// `value.name`.
    pub fn attribute(&mut self, value: &Value, name: &str, at: Location) -> Result<Value, Stop> {
        if !self.charge(1) {
            return Err(Stop);
        }
        match &value.kind {
            ValueKind::Unknown(unknown) => self.attribute_of_unknown(&Rc::clone(unknown), name, at),
            ValueKind::Library(path) => Ok(self.attribute_of_library(&Rc::clone(path), name, at)),
            ValueKind::Module(module) => self.attribute_of_module(*module, name, at),
            ValueKind::Super(of) => self.attribute_of_super(&Rc::clone(of), name, at),
            ValueKind::Object(id) => self.attribute_of_object(*id, value, name, at),
            ValueKind::Bound(bound) => match name {
                "__self__" => Ok(bound.receiver.clone()),
                "__func__" => Ok(bound.function.clone()),
                _ => self.attribute(&bound.function.clone(), name, at),
            },
            _ => self.attribute_of_type(value, name, at),
        }
    }

    /// What an attribute of something unknown is.
    fn attribute_of_unknown(&mut self, unknown: &Unknown, name: &str, at: Location) -> Result<Value, Stop> {
        if unknown.is_one_of && !unknown.candidates.is_empty() && unknown.candidates.len() <= MAX_FOLLOWED {
            return self.each_candidate(unknown, at, |evaluator, candidate| evaluator.attribute(candidate, name, at));
        }
        self.may_raise_builtin("AttributeError", at);
        let type_name = bound_name(unknown.bound);
        if !type_name.is_empty() {
            let receiver = Value::unknown(unknown.clone(), at);
            return Ok(Value::new(ValueKind::Method(Rc::new(Method { receiver, name: name.into() })), at));
        }
        // What its candidates hold may be meant.
        let mut held = Vec::new();
        for candidate in unknown.candidates.iter() {
            held.push(candidate.clone());
            if let Some(object) = candidate.as_object().and_then(|id| self.state.object(id)) {
                held.extend(object.values());
            }
        }
        held.truncate(64);
        let symbol = self.symbols.opaque();
        let mut result = Unknown::new(unknown.cause, self.snippet(at)).with_symbol(symbol).with_candidates(held);
        result.origin = unknown.origin.as_ref().map(|origin| format!("{origin}.{name}").into());
        Ok(Value::unknown(result, at))
    }

    fn attribute_of_library(&mut self, path: &str, name: &str, at: Location) -> Value {
        let full: Rc<str> = format!("{path}.{name}").into();
        if self.patched.contains(&full) {
            return self.fresh(Cause::Unsupported, full, at);
        }
        if let Some(value) = (self.hooks.constant)(self, &full, at) {
            return value;
        }
        self.library(&full, at)
    }

    /// The value of a dotted path outside the project.
    pub fn library(&mut self, path: &str, at: Location) -> Value {
        if self.patched.contains(path) {
            return self.fresh(Cause::Unsupported, path, at);
        }
        if let Some(value) = (self.hooks.resolve)(path, at) {
            return value;
        }
        if let Some(value) = (self.hooks.constant)(self, path, at) {
            return value;
        }
        Value::new(ValueKind::Library(path.into()), at)
    }

    fn attribute_of_module(&mut self, module: ModuleId, name: &str, at: Location) -> Result<Value, Stop> {
        let scope = self.module_scope(module);
        if let Some(value) = self.variable(scope, name) {
            return Ok(value);
        }
        if let Some(submodule) = self.program.submodule(module, name) {
            self.module_scope(submodule);
            return Ok(Value::new(ValueKind::Module(submodule), at));
        }
        if name == "__name__" {
            return Ok(Value::text(self.program.name_of(module), at));
        }
        if let Some(function) = self.variable(scope, "__getattr__") {
            return self.call_with(&function, vec![Value::text(name, at)], at);
        }
        if self.program.is_open(module)
            || self.program.binds(module, name)
            || self.importing.contains(&module)
            || name.starts_with("__")
        {
            return Ok(self.unsupported(at));
        }
        let message = format!("module '{}' has no attribute '{name}'", self.program.name_of(module));
        let failure = self.raise("AttributeError", message, at);
        self.settle(failure, at)
    }

    /// `super().name`.
    fn attribute_of_super(&mut self, of: &SuperOf, name: &str, at: Location) -> Result<Value, Stop> {
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
            Found::Nothing => Ok(Value::new(
                ValueKind::Method(Rc::new(Method {
                    receiver: Value::new(ValueKind::Super(Rc::new(of.clone())), at),
                    name: name.into(),
                })),
                at,
            )),
        }
    }

    /// A method that a library's base class defines.
    fn foreign_super(&mut self, class: &ClassRef, receiver: &Value, name: &str, at: Location) -> Value {
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

    fn attribute_of_object(&mut self, id: ObjectId, value: &Value, name: &str, at: Location) -> Result<Value, Stop> {
        let Some(object) = self.state.shared(id) else { return Ok(self.unsupported(at)) };
        match &object.kind {
            ObjectKind::Instance(instance) => match &instance.class {
                ClassRef::User(class) => self.attribute_of_instance(id, *class, value, name, at),
                _ => self.attribute_of_foreign(value, name, at),
            },
            ObjectKind::Class(_) => self.attribute_of_class(id, value, name, at),
            ObjectKind::Function(function) => {
                if let Some(found) = function.attributes.value(name) {
                    return Ok(found.clone());
                }
                let code = self.code(function.code);
                match (name, code) {
                    ("__name__" | "__qualname__", Some(code)) => Ok(Value::text(code.name(), at)),
                    ("__doc__" | "__module__" | "__dict__" | "__defaults__" | "__annotations__", _) => {
                        Ok(self.unsupported(at))
                    }
                    _ if function.attributes.rest.is_some() => Ok(self.unsupported(at)),
                    _ => match (self.hooks.attribute)(self, value, name, at) {
                        Some(Ok(found)) => Ok(found),
                        Some(Err(failure)) => self.settle(failure, at),
                        None => self.no_attribute(value, name, at),
                    },
                }
            }
            ObjectKind::Descriptor(descriptor) => Ok(self.attribute_of_descriptor(descriptor, value, name, at)),
            _ => self.attribute_of_type(value, name, at),
        }
    }

    fn attribute_of_descriptor(&mut self, descriptor: &Descriptor, value: &Value, name: &str, at: Location) -> Value {
        match (descriptor, name) {
            (Descriptor::Property(_), "setter" | "getter" | "deleter") => {
                Value::new(ValueKind::Method(Rc::new(Method { receiver: value.clone(), name: name.into() })), at)
            }
            (Descriptor::Property(property), "fget") => property.get.clone().unwrap_or_else(|| Value::none(at)),
            (Descriptor::Static(inner) | Descriptor::Class(inner), "__func__" | "__wrapped__") => inner.clone(),
            _ => self.unsupported(at),
        }
    }

    /// An attribute of an instance of one of the project's classes.
    fn attribute_of_instance(
        &mut self,
        id: ObjectId,
        class: ObjectId,
        value: &Value,
        name: &str,
        at: Location,
    ) -> Result<Value, Stop> {
        if name == "__class__" {
            return Ok(Value::new(ValueKind::Object(class), at));
        }
        if name == "__dict__" {
            return Ok(self.attributes_as_dict(id, at));
        }
        let order = self.class(class).map(|class| class.order.clone()).unwrap_or_default();
        let found = self.find_in(&order, name);
        if let Found::Value(descriptor, _) = &found
            && self.is_data_descriptor(descriptor)
        {
            let owner = Value::new(ValueKind::Object(class), at);
            return self.bind_attribute(descriptor.clone(), Some(value), &owner, at);
        }
        let Some(object) = self.state.shared(id) else { return Ok(self.unsupported(at)) };
        let Some(instance) = object.as_instance() else { return Ok(self.unsupported(at)) };
        if let Some(attribute) = instance.attributes.get(name) {
            return Ok(attribute.slot.value.clone());
        }
        let rest = instance.attributes.rest.clone();
        let payload = instance.payload.clone();
        match found {
            Found::Value(found, _) => {
                let owner = Value::new(ValueKind::Object(class), at);
                let bound = self.bind_attribute(found, Some(value), &owner, at)?;
                let is_callable = matches!(bound.kind, ValueKind::Bound(_));
                Ok(match rest.filter(|_| !is_callable) {
                    None => bound,
                    Some(gap) => {
                        let mut candidates = gap.candidates.to_vec();
                        candidates.push(bound);
                        let symbol = self.symbols.opaque();
                        let reason = format!("{}.{name}", gap.reason);
                        Value::unknown(
                            Unknown::new(Cause::External, reason).with_symbol(symbol).with_candidates(candidates),
                            at,
                        )
                    }
                })
            }
            Found::Open(reason) => Ok(self.fresh(Cause::External, reason, at)),
            Found::Foreign(_) | Found::Nothing if rest.is_some() => {
                let gap = rest.unwrap_or_else(|| Gap::new(""));
                let symbol = self.symbols.opaque();
                let reason =
                    if gap.reason.len() < 40 { format!("{}.{name}", gap.reason) } else { gap.reason.to_string() };
                Ok(Value::unknown(
                    Unknown::new(Cause::External, reason).with_symbol(symbol).with_candidates(gap.candidates),
                    at,
                ))
            }
            Found::Foreign(_) => {
                if let Some(outcome) = (self.hooks.attribute)(self, value, name, at) {
                    return outcome.or_else(|failure| self.settle(failure, at));
                }
                if let Some(payload) = payload {
                    let method = Method { receiver: payload, name: name.into() };
                    return Ok(Value::new(ValueKind::Method(Rc::new(method)), at));
                }
                if let Some(result) = self.get_attr_hook(value, name, at) {
                    return result;
                }
                Ok(self.unsupported(at))
            }
            Found::Nothing => {
                if let Some(outcome) = (self.hooks.attribute)(self, value, name, at) {
                    return outcome.or_else(|failure| self.settle(failure, at));
                }
                match self.get_attr_hook(value, name, at) {
                    Some(result) => result,
                    None => self.no_attribute(value, name, at),
                }
            }
        }
    }

    /// `__getattr__`.
    fn get_attr_hook(&mut self, value: &Value, name: &str, at: Location) -> Option<Result<Value, Stop>> {
        let method = self.special_method(value, "__getattr__")?;
        Some(self.call_with(&method, vec![Value::text(name, at)], at))
    }

    /// An attribute of a class of the project.
    fn attribute_of_class(&mut self, id: ObjectId, value: &Value, name: &str, at: Location) -> Result<Value, Stop> {
        let Some(class) = self.class(id) else { return Ok(self.unsupported(at)) };
        let order = class.order.clone();
        match name {
            "__name__" | "__qualname__" => return Ok(Value::text(Rc::clone(&class.name), at)),
            "__mro__" | "__bases__" => {
                let refs = if name == "__mro__" { order } else { class.bases.clone() };
                return Ok(self.classes_as_tuple(&refs, name == "__mro__", at));
            }
            "__dict__" | "__annotations__" | "__doc__" | "__module__" => return Ok(self.unsupported(at)),
            _ => {}
        }
        let metaclass = class.metaclass.clone();
        if let Some(outcome) = (self.hooks.attribute)(self, value, name, at) {
            return outcome.or_else(|failure| self.settle(failure, at));
        }
        match self.find_in(&order, name) {
            Found::Value(found, _) => self.bind_attribute(found, None, value, at),
            Found::Open(reason) => Ok(self.fresh(Cause::External, reason, at)),
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

    /// An attribute of a value whose type the project does not define.
    fn attribute_of_type(&mut self, value: &Value, name: &str, at: Location) -> Result<Value, Stop> {
        if let Some(outcome) = (self.hooks.attribute)(self, value, name, at) {
            return outcome.or_else(|failure| self.settle(failure, at));
        }
        let kind = self.type_name(value);
        if name == "__class__" {
            return Ok(Value::new(ValueKind::Library(format!("builtins.{kind}").into()), at));
        }
        if (self.hooks.method)(&kind, name).is_some() {
            return Ok(Value::new(
                ValueKind::Method(Rc::new(Method { receiver: value.clone(), name: name.into() })),
                at,
            ));
        }
        if name.starts_with("__") || !is_plain_type(&kind) {
            return Ok(Value::new(
                ValueKind::Method(Rc::new(Method { receiver: value.clone(), name: name.into() })),
                at,
            ));
        }
        self.no_attribute(value, name, at)
    }

    /// An attribute of an instance of a library's class.
    fn attribute_of_foreign(&mut self, value: &Value, name: &str, at: Location) -> Result<Value, Stop> {
        if let Some(outcome) = (self.hooks.attribute)(self, value, name, at) {
            return outcome.or_else(|failure| self.settle(failure, at));
        }
        let instance = value.as_object().and_then(|id| self.state.object(id)).and_then(|object| object.as_instance());
        if let Some(instance) = instance {
            if let Some(found) = instance.attributes.value(name) {
                return Ok(found.clone());
            }
            if let Some(gap) = instance.attributes.rest.clone() {
                let symbol = self.symbols.opaque();
                return Ok(Value::unknown(
                    Unknown::new(Cause::External, format!("{}.{name}", self.snippet(value.at)))
                        .with_symbol(symbol)
                        .with_candidates(gap.candidates),
                    at,
                ));
            }
        }
        Ok(Value::new(ValueKind::Method(Rc::new(Method { receiver: value.clone(), name: name.into() })), at))
    }

    /// A surely missing attribute.
    fn no_attribute(&mut self, value: &Value, name: &str, at: Location) -> Result<Value, Stop> {
        let message = match value.as_object().and_then(|id| self.class(id)) {
            Some(class) => format!("type object '{}' has no attribute '{name}'", class.name),
            None => format!("'{}' object has no attribute '{name}'", self.type_name(value)),
        };
        let failure = self.raise("AttributeError", message, at);
        self.settle(failure, at)
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

    fn is_data_descriptor(&self, value: &Value) -> bool {
        let Some(object) = value.as_object().and_then(|id| self.state.object(id)) else { return false };
        match &object.kind {
            ObjectKind::Descriptor(Descriptor::Property(_)) => true,
            ObjectKind::Instance(_) => self.special_in_class(value, "__set__"),
            _ => false,
        }
    }

    /// Whether the library defines a special method for instances of a class of its own.
    fn is_native_special(&self, value: &Value, name: &str) -> bool {
        let instance = value.as_object().and_then(|id| self.state.object(id)).and_then(|object| object.as_instance());
        matches!(instance.map(|instance| &instance.class), Some(ClassRef::Library(_)))
            && (self.hooks.method)(&self.type_name(value), name).is_some()
    }

    fn special_in_class(&self, value: &Value, name: &str) -> bool {
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
    fn cached_property(
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
                match self.raise("AttributeError", message, name_at) {
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

    fn set_attribute_of_object(
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
            let order = self.class(class).map(|class| class.order.clone()).unwrap_or_default();
            if let Found::Value(found, _) = self.find_in(&order, name) {
                if let Some(result) = self.set_by_descriptor(&found, target, &slot) {
                    return result;
                }
            }
            if self.is_frozen(class) {
                let raised = Raised {
                    class: ExceptionClass::Library("dataclasses.FrozenInstanceError".into()),
                    value: None,
                    message: format!("cannot assign to field '{name}'").into(),
                    at: name_at,
                    is_sure: true,
                };
                return match self.raise_exception(raised) {
                    Failure::Stop => Err(Stop),
                    _ => Ok(()),
                };
            }
        }
        if (self.hooks.assign)(self, id, name, name_at, &slot)? {
            return Ok(());
        }
        self.set_raw_attribute(id, name, name_at, slot);
        Ok(())
    }

    /// Sets an attribute without asking anybody: `object.__setattr__`.
    pub fn set_raw_attribute(&mut self, id: ObjectId, name: &str, name_at: Location, slot: Slot) {
        self.state.change(id, |object| match &mut object.kind {
            ObjectKind::Instance(instance) => instance.attributes.set(name, name_at, slot),
            ObjectKind::Class(class) => class.attributes.set(name, name_at, slot),
            ObjectKind::Function(function) => function.attributes.set(name, name_at, slot),
            _ => {}
        });
    }

    /// Whether assignments to instances of a class raise.
    fn is_frozen(&self, class: ObjectId) -> bool {
        self.class(class).is_some_and(|class| matches!(class.kind, ClassKind::Fields { frozen: true, .. }))
    }

    /// A property's setter or a descriptor's `__set__`.
    fn set_by_descriptor(&mut self, found: &Value, target: &Value, slot: &Slot) -> Option<Result<(), Stop>> {
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

    /// `del target.name`.
    pub fn delete_attribute(&mut self, target: &Value, name: &str, at: Location) -> Result<(), Stop> {
        match &target.kind {
            ValueKind::Object(id) => {
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

    fn type_name_of_object(&self, id: ObjectId) -> Rc<str> {
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

    /// The scope of a module of the project, which is evaluated when it is first asked for.
    pub(super) fn module_scope(&mut self, module: ModuleId) -> super::super::value::ScopeId {
        if let Some(scope) = self.module_scopes.get(&module) {
            return *scope;
        }
        let scope = self.scopes.add(None, ScopeKind::Module(module));
        // Noted before it is evaluated: modules may import each other.
        self.module_scopes.insert(module, scope);
        self.evaluate_module(module, scope);
        scope
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
fn is_without_attributes(path: &str) -> bool {
    matches!(path, "builtins.object" | "abc.ABC" | "typing.Generic" | "typing.Protocol" | "typing_extensions.Protocol")
}

/// Types whose methods are all known.
fn is_plain_type(name: &str) -> bool {
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
