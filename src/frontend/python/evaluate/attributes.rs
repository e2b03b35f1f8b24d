//! Attributes: reading, setting and deleting them, as Python's object model does.

use super::class_attributes::Found;
use super::types::bound_name;
use super::types::is_plain_type;
use std::rc::Rc;

use super::super::value::{
    Cause, Class, ClassRef, Descriptor, Gap, Method, ModuleId, ObjectId, ObjectKind, Unknown, Value, ValueKind,
};
use super::{Evaluator, ScopeKind, Stop};
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
            if let ValueKind::Library(path) = &candidate.kind {
                held.push(self.library(&format!("{path}.{name}"), at));
            }
            if let Some(object) = candidate.as_object().and_then(|id| self.state.object(id)) {
                held.extend(object.values());
            }
        }
        held.truncate(super::iteration::MAX_HELD);
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
            self.may_be_absent(&value, "AttributeError", at);
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
        // What is imported under the name of a module nearby may be another one: only a slip of the pen is certain.
        let names = self.variables_of(scope);
        let is_near = crate::text::nearest(name, names.iter().map(|(known, _)| &**known)).is_some();
        if !is_near
            || self.program.is_open(module)
            || self.program.binds(module, name)
            || self.importing.contains(&module)
            || name.starts_with("__")
        {
            return Ok(self.unsupported(at));
        }
        let message = format!("module '{}' has no attribute '{name}'", self.program.name_of(module));
        self.refuse("AttributeError", message, at)
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
        self.charge(instance.attributes.len() / 16);
        if let Some(attribute) = instance.attributes.get(name) {
            self.may_be_absent(&attribute.slot.value, "AttributeError", at);
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
                let is_own = |evaluator: &Self, payload: &Value| {
                    name.starts_with("__") || (evaluator.hooks.method)(&evaluator.type_name(payload), name).is_some()
                };
                if let Some(payload) = payload.clone().filter(|payload| !is_own(self, payload))
                    && payload.as_unknown().is_none()
                    && let Some(result) = self.get_attr_hook(value, name, at)
                {
                    return result;
                }
                if let Some(payload) = payload {
                    let method = Method { receiver: payload, name: name.into() };
                    return Ok(Value::new(ValueKind::Method(Rc::new(method)), at));
                }
                if let Some(result) = self.get_attr_hook(value, name, at) {
                    return result;
                }
                if self.surely_lacks(&order, name) {
                    return self.no_attribute(value, name, at);
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
    pub(super) fn no_attribute(&mut self, value: &Value, name: &str, at: Location) -> Result<Value, Stop> {
        let message = match value.as_object().and_then(|id| self.class(id)) {
            Some(class) => format!("type object '{}' has no attribute '{name}'", class.name),
            None => format!("'{}' object has no attribute '{name}'", self.type_name(value)),
        };
        let failure = self.raise_on(&[value], "AttributeError", message, at);
        self.settle(failure, at)
    }

    /// Whether the library defines a special method for instances of a class of its own.
    pub(super) fn is_native_special(&self, value: &Value, name: &str) -> bool {
        let instance = value.as_object().and_then(|id| self.state.object(id)).and_then(|object| object.as_instance());
        matches!(instance.map(|instance| &instance.class), Some(ClassRef::Library(_)))
            && (self.hooks.method)(&self.type_name(value), name).is_some()
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
