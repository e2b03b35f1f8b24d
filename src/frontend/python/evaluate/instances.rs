//! Instances of the project's classes: how they are made.

use std::rc::Rc;

use super::super::value::{
    Arguments, Attributes, ClassKind, ClassRef, Descriptor, Gap, Instance, Key, Mapping, ObjectId, ObjectKind,
    Sequence, Slot, Value, ValueKind,
};
use super::class_attributes::Found;
use super::{Call, Evaluator, Failure, Stop};
use crate::tree::Location;

impl<'a> Evaluator<'a> {
    /// Calls a class.
    pub(super) fn instantiate(&mut self, id: ObjectId, call: Call) -> Result<Value, Stop> {
        let class = Value::new(ValueKind::Object(id), call.at);
        let metaclass =
            self.class(id).and_then(|class| class.metaclass.clone()).and_then(|metaclass| metaclass.as_object());
        if let Some(metaclass) = metaclass {
            let order = self.class(metaclass).map(|class| class.order.clone()).unwrap_or_default();
            if let Found::Value(function, _) = self.find_in(&order, "__call__") {
                let mut arguments = call.arguments;
                arguments.positional.insert(0, Slot::new(class, call.at));
                return self.call_value(&function, arguments, call.at);
            }
        }
        self.make_instance(id, &call)
    }

    /// `type.__call__(cls, …)`: `__new__`, then `__init__`.
    pub fn make_instance(&mut self, id: ObjectId, call: &Call) -> Result<Value, Stop> {
        let class = Value::new(ValueKind::Object(id), call.at);
        let order = self.class(id).map(|class| class.order.clone()).unwrap_or_default();
        if let Some(method) = self.abstract_method(id, &order) {
            let name = self.class(id).map(|class| Rc::clone(&class.name)).unwrap_or_default();
            let message = format!(
                "Can't instantiate abstract class {name} without an implementation for abstract method '{method}'"
            );
            let failure = self.raise_for(super::Mistake::AbstractInstance, "TypeError", message, call.at);
            return self.settle(failure, call.at);
        }
        if let Found::Value(function, _) = self.find_in(&order, "__new__")
            && !matches!(self.class(id).map(|class| &class.kind), Some(ClassKind::Enum(_)))
        {
            let function = self.plain_function(function);
            let mut arguments = call.arguments.clone();
            arguments.positional.insert(0, Slot::new(class, call.at));
            let made = self.call_value(&function, arguments, call.at)?;
            let is_own = matches!(self.class_ref_of(&made), ClassRef::User(of) if of == id);
            if is_own {
                self.initialise(&made, &order, call)?;
            }
            return Ok(made);
        }
        if let Some(outcome) = (self.hooks().instantiate)(self, id, call) {
            return outcome.or_else(|failure| self.settle(failure, call.at));
        }
        if let Some(base) = order.iter().find(|base| matches!(base, ClassRef::Unknown(_))) {
            return self.instance_of_unknown(id, &base.clone(), &order, call);
        }
        let instance = self.bare_instance(id, call);
        self.initialise(&instance, &order, call)?;
        Ok(instance)
    }

    /// A method that an abstract class leaves to those that extend it.
    fn abstract_method(&self, id: ObjectId, order: &[ClassRef]) -> Option<Rc<str>> {
        let has_meta =
            self.class(id)?.metaclass.as_ref().is_some_and(
                |metaclass| matches!(&metaclass.kind, ValueKind::Library(path) if &**path == "abc.ABCMeta"),
            );
        let is_abc = |class: &ClassRef| matches!(class, ClassRef::Library(path) if &**path == "abc.ABC");
        if !has_meta && !order.iter().any(is_abc) {
            return None;
        }
        let classes = order.iter().filter_map(|class| match class {
            ClassRef::User(id) => self.class(*id),
            _ => None,
        });
        let names = classes
            .flat_map(|class| class.attributes.iter())
            .filter(|attribute| self.is_abstract(&attribute.slot.value));
        names
            .map(|attribute| Rc::clone(&attribute.name))
            .find(|name| matches!(self.find_in(order, name), Found::Value(value, _) if self.is_abstract(&value)))
    }

    /// Whether `abstractmethod` decorates a function, or what a property or the like is made of.
    fn is_abstract(&self, value: &Value) -> bool {
        match value.as_object().and_then(|id| self.state.object(id)).map(|object| &object.kind) {
            Some(ObjectKind::Function(function)) => function.attributes.get("__isabstractmethod__").is_some(),
            Some(ObjectKind::Descriptor(Descriptor::Static(inner) | Descriptor::Class(inner))) => {
                self.is_abstract(inner)
            }
            Some(ObjectKind::Descriptor(Descriptor::Property(property))) => {
                property.get.as_ref().is_some_and(|get| self.is_abstract(get))
            }
            _ => false,
        }
    }

    /// An instance without attributes: `object.__new__(cls)`.
    pub fn bare_instance(&mut self, id: ObjectId, call: &Call) -> Value {
        let instance =
            Instance { class: ClassRef::User(id), attributes: Attributes::default(), payload: None, head: call.head };
        self.allocate(ObjectKind::Instance(instance), call.at)
    }

    /// Calls `__init__`, where the project defines one.
    pub fn initialise(&mut self, instance: &Value, order: &[ClassRef], call: &Call) -> Result<(), Stop> {
        match self.find_in(order, "__init__") {
            Found::Value(function, _) => {
                let mut arguments = call.arguments.clone();
                arguments.positional.insert(0, Slot::new(instance.clone(), call.at));
                self.call_value(&function, arguments, call.at).map(|_| ())
            }
            Found::Nothing if call.arguments.slots().next().is_some() && !self.defines_new(order) => {
                let name = self.type_name(instance);
                match self.raise_for(
                    super::Mistake::WrongCall,
                    "TypeError",
                    format!("{name}() takes no arguments"),
                    call.at,
                ) {
                    Failure::Stop => Err(Stop),
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn defines_new(&self, order: &[ClassRef]) -> bool {
        !matches!(self.find_in(order, "__new__"), Found::Nothing)
    }

    /// An instance of a class with a base that is not known: that may set and change anything in it.
    fn instance_of_unknown(
        &mut self,
        id: ObjectId,
        base: &ClassRef,
        order: &[ClassRef],
        call: &Call,
    ) -> Result<Value, Stop> {
        let reason: Rc<str> = match base {
            ClassRef::Unknown(reason) => Rc::clone(reason),
            _ => "a base class".into(),
        };
        let instance = self.bare_instance(id, call);
        if let Found::Value(..) = self.find_in(order, "__init__") {
            self.initialise(&instance, order, call)?;
        } else {
            self.give_away_arguments(&call.arguments, &reason);
        }
        if let Some(object) = instance.as_object().and_then(|id| self.state.object_mut(id))
            && let ObjectKind::Instance(instance) = &mut object.kind
        {
            instance.attributes.open(&Gap::new(reason));
        }
        Ok(instance)
    }

    /// The members of an enumeration, in order, without aliases.
    pub fn members(&self, class: ObjectId) -> Sequence {
        let Some(found) = self.class(class) else { return Sequence::default() };
        let mut members: Vec<Slot> = Vec::new();
        for attribute in found.attributes.iter() {
            let is_member = attribute
                .slot
                .value
                .as_object()
                .and_then(|id| self.state.object(id))
                .and_then(|object| object.as_instance())
                .is_some_and(|instance| matches!(instance.class, ClassRef::User(of) if of == class));
            if is_member && !members.iter().any(|known| known.value.is_same(&attribute.slot.value)) {
                members.push(attribute.slot.clone());
            }
        }
        let mut members = Sequence::known(members);
        if let Some(gap) = &found.attributes.rest {
            members.push_gap(gap.clone());
        }
        members
    }

    /// The attributes of an object as a dict: `vars(obj)`. It is a copy: to write to it is not followed.
    pub fn attributes_as_dict(&mut self, id: ObjectId, at: Location) -> Value {
        let attributes = match self.state.object(id).map(|object| &object.kind) {
            Some(ObjectKind::Instance(instance)) => instance.attributes.clone(),
            Some(ObjectKind::Class(class)) => class.attributes.clone(),
            Some(ObjectKind::Function(function)) => function.attributes.clone(),
            _ => return self.unsupported(at),
        };
        let namespace = super::super::value::Instance {
            class: ClassRef::Library("types.__dict__".into()),
            attributes: {
                let mut owner = Attributes::default();
                owner.set("owner", at, Slot::new(Value::new(ValueKind::Object(id), at), at));
                owner
            },
            payload: None,
            head: at.span,
        };
        if (self.hooks().method)("__dict__", "__setitem__").is_some() {
            return self.allocate(ObjectKind::Instance(namespace), at);
        }
        self.dict_of(&attributes, at)
    }

    /// A dict with the values of attributes.
    pub fn dict_of(&mut self, attributes: &Attributes, at: Location) -> Value {
        let mut mapping = Mapping { rest: attributes.rest.clone(), ..Mapping::default() };
        for attribute in attributes.iter() {
            if let Some(unknown) = attribute.slot.value.as_unknown().filter(|unknown| unknown.is_perhaps_absent()) {
                mapping.open(&Gap::with(Rc::clone(&unknown.reason), [attribute.slot.value.clone()]));
                continue;
            }
            let name = Value::text(Rc::clone(&attribute.name), attribute.name_at);
            mapping.set(Key::Text(Rc::clone(&attribute.name)), Slot::here(name), attribute.slot.clone());
        }
        self.allocate(ObjectKind::Dict(mapping, None), at)
    }

    /// Classes as a tuple of values.
    pub fn classes_as_tuple(&mut self, classes: &[ClassRef], with_object: bool, at: Location) -> Value {
        let mut values: Vec<Slot> = Vec::new();
        let mut is_open = false;
        for class in classes {
            match self.class_value(class, at) {
                Some(value) => values.push(Slot::new(value, at)),
                None => is_open = true,
            }
        }
        if with_object {
            values.push(Slot::new(Value::new(ValueKind::Library("builtins.object".into()), at), at));
        }
        let mut items = Sequence::known(values);
        if is_open {
            items.forget(&"a base class".into());
        }
        self.allocate(ObjectKind::Tuple(items), at)
    }

    /// A class as a value.
    pub fn class_value(&self, class: &ClassRef, at: Location) -> Option<Value> {
        let kind = match class {
            ClassRef::User(id) => ValueKind::Object(*id),
            ClassRef::Client(class) => ValueKind::ClientClass(class),
            ClassRef::Template(sdk) => ValueKind::TemplateClass(*sdk),
            ClassRef::Library(path) => ValueKind::Library(Rc::clone(path)),
            ClassRef::Unknown(_) => return None,
        };
        Some(Value::new(kind, at))
    }

    /// A call of a class of the project, for the library.
    pub fn call_class(&mut self, id: ObjectId, arguments: Arguments, at: Location) -> Result<Value, Stop> {
        self.call_value(&Value::new(ValueKind::Object(id), at), arguments, at)
    }
}
