//! What the constructors of the Kubernetes client and of `PodTemplate` make, and copies of it.

use std::rc::Rc;

use super::calls::Arguments;
use super::interpreter::{Interpreter, Template};
use super::value::{Body, Data, Instance, Object, Of, Sdk, Slot, Val};
use crate::schema::python::Class;
use crate::text::Span;
use crate::tree::Location;

/// The fields of `PodTemplate`, in the order in which both SDKs take them.
pub const TEMPLATE_FIELDS: [&str; 4] = ["pod_spec", "primary_container_name", "labels", "annotations"];

impl Interpreter<'_> {
    /// An object of a client class; positional arguments go by the order of the older clients.
    pub(super) fn construct(&mut self, of: &'static Class, arguments: Arguments, at: Location, head: Span) -> Val {
        let mut instance = Instance { of: Of::Client(of), user: None, attributes: Vec::new(), head };
        for (attribute, slot) in of.attributes.iter().zip(arguments.positional) {
            instance.set(attribute.python, slot.at, slot);
        }
        for (name, named_at, slot) in arguments.keywords {
            instance.set(&name, named_at, slot);
        }
        self.allocate(Body::Instance(instance), arguments.open, at)
    }

    /// A `PodTemplate`.
    pub(super) fn template(&mut self, sdk: Sdk, arguments: Arguments, at: Location, head: Span) -> Val {
        self.refuse_template_arguments(sdk, &arguments);
        let mut instance = Instance { of: Of::Template(sdk), user: None, attributes: Vec::new(), head };
        for (name, slot) in TEMPLATE_FIELDS.iter().zip(arguments.positional) {
            instance.set(name, slot.at, slot);
        }
        for (name, named_at, slot) in arguments.keywords {
            instance.set(&name, named_at, slot);
        }
        let val = self.allocate(Body::Instance(instance), arguments.open, at);
        self.register(&val);
        val
    }

    pub(super) fn register(&mut self, val: &Val) {
        let Data::Object(object) = val.data else { return };
        self.template_of.insert(object, self.templates.len());
        self.templates.push(Template {
            object,
            name: None,
            is_global: false,
            foreign: self.is_importing(),
            made_at: self.left_at,
            superseded: false,
        });
    }

    /// `model.to_dict()`: every attribute by its name in Python, `None` where it is not set.
    pub(super) fn model_dict(&mut self, val: &Val, at: Location, depth: usize) -> Val {
        let Data::Object(_) = val.data else { return val.clone() };
        let fits = depth <= 30 && self.step(1);
        let Some(Object { body, open, at: made_at }) = self.copied(val).filter(|_| fits) else {
            return Val::dynamic("nested too deeply", at);
        };
        let mut inner = |slot: &Slot| Slot::new(self.model_dict(&slot.val, at, depth + 1), slot.at);
        let body = match &body {
            Body::List(items) => Body::List(items.iter().map(inner).collect()),
            Body::Dict(entries) => Body::Dict(entries.iter().map(|(key, slot)| (key.clone(), inner(slot))).collect()),
            Body::Instance(Instance { of: Of::Client(class), attributes, .. }) => {
                let none = Slot::new(Val::new(Data::None, at), at);
                let entry = |attribute: &crate::schema::python::Attribute| {
                    let given = attributes.iter().find(|(name, ..)| &**name == attribute.python);
                    let unwritten = Location { file: at.file, span: Span::at(at.span.start) };
                    let (named_at, slot) =
                        given.map_or((unwritten, none.clone()), |(_, named_at, slot)| (*named_at, inner(slot)));
                    (Slot::new(Val::new(Data::Text(attribute.python.into()), named_at), named_at), slot)
                };
                Body::Dict(class.attributes.iter().map(entry).collect())
            }
            Body::Instance(_) => return Val::dynamic("an object", at),
        };
        self.allocate(body, open, made_at)
    }

    /// A copy of a value and all that it holds.
    pub(super) fn deep_copy(&mut self, val: &Val, depth: usize) -> Val {
        let Data::Object(_) = val.data else { return val.clone() };
        let fits = depth <= 60 && self.step(1);
        let Some(Object { body, open, at }) = self.copied(val).filter(|_| fits) else {
            return Val::dynamic("a copy of something deep", val.at);
        };
        let mut copied = |slot: Slot| Slot { val: self.deep_copy(&slot.val, depth + 1), at: slot.at };
        let body = match body {
            Body::List(items) => Body::List(items.into_iter().map(copied).collect()),
            Body::Dict(entries) => Body::Dict(entries.into_iter().map(|(key, value)| (key, copied(value))).collect()),
            Body::Instance(mut instance) => {
                for (.., slot) in &mut instance.attributes {
                    *slot = copied(slot.clone());
                }
                Body::Instance(instance)
            }
        };
        let copy = self.allocate(body, open, at);
        Val { at: val.at, ..copy }
    }

    /// A copy of a value that shares what it holds.
    pub(super) fn shallow_copy(&mut self, val: &Val) -> Val {
        let Data::Object(_) = val.data else { return val.clone() };
        let Some(Object { body, open, at }) = self.copied(val) else {
            return Val::dynamic("a copy of something large", val.at);
        };
        let copy = self.allocate(body, open, at);
        Val { at: val.at, ..copy }
    }

    /// `dataclasses.replace(template, annotations=…)`.
    pub(super) fn replaced(&mut self, arguments: &Arguments) -> Option<Val> {
        let original = arguments.positional.first()?.val.clone();
        let is_template = matches!(self.instance_of(&original)?, Of::Template(_));
        let copy = self.shallow_copy(&original);
        let Data::Object(index) = copy.data else { return None };
        if let Some(Body::Instance(instance)) = self.heap.get_mut(index).map(|object| &mut object.body) {
            for (name, named_at, slot) in &arguments.keywords {
                let name: &Rc<str> = name;
                instance.set(name, *named_at, slot.clone());
            }
        }
        if is_template {
            self.register(&copy);
        }
        Some(copy)
    }
}
