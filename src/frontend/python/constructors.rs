//! What the constructors of the Kubernetes client and the SDKs make, and the builders of `PodTemplate`.

use std::rc::Rc;

use super::calls::Arguments;
use super::interpreter::{Interpreter, Template};
use super::value::{Body, Data, Instance, Object, Of, Sdk, Slot, Val};
use crate::schema::python::{Class, class};
use crate::text::Span;
use crate::tree::Location;

/// The fields of `PodTemplate`, in the order in which both SDKs take them.
pub const TEMPLATE_FIELDS: [&str; 4] = ["pod_spec", "primary_container_name", "labels", "annotations"];

impl Interpreter<'_> {
    /// An object of a client class; positional arguments go by the order of the older clients.
    pub(super) fn construct(&mut self, of: &'static Class, arguments: Arguments, at: Location, head: Span) -> Val {
        let mut instance = Instance { of: Of::Client(of), attributes: Vec::new(), head };
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
        let mut instance = Instance { of: Of::Template(sdk), attributes: Vec::new(), head };
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
        self.templates.push(Template {
            object,
            name: None,
            foreign: self.is_importing(),
            made_at: self.left_at,
            superseded: false,
            used_by_app: false,
            used_by_plugin: false,
            used_by_task: false,
        });
    }

    /// `PodTemplate.from_spec(spec, primary_container_name=…, labels=…, annotations=…)`: a deep copy whose primary is
    /// the named container, else `primary`, else the only one.
    pub(super) fn template_from_spec(&mut self, sdk: Sdk, arguments: &Arguments, at: Location, head: Span) -> Val {
        let mut instance = Instance { of: Of::Template(sdk), attributes: Vec::new(), head };
        for (name, named_at, slot) in &arguments.keywords {
            if &**name != "spec" {
                instance.set(name, *named_at, slot.clone());
            }
        }
        if let Some(spec) = arguments.get("spec", 0) {
            let copy = self.deep_copy(&spec.val, 0);
            instance.set("pod_spec", spec.at, Slot::new(copy, spec.at));
        }
        if instance.attribute("primary_container_name").is_none()
            && let Some(name) = self.only_container(&instance)
        {
            instance.set("primary_container_name", name.at, Slot::new(name.clone(), name.at));
        }
        let val = self.allocate(Body::Instance(instance), arguments.open, at);
        self.register(&val);
        val
    }

    /// The name of a spec's only container, where it is not `primary`.
    fn only_container(&self, instance: &Instance) -> Option<Val> {
        let spec = &instance.attribute("pod_spec")?.val;
        let (items, open) = self.items(&self.instance_attribute(spec, "containers")?)?;
        let [only] = items.as_slice() else { return None };
        if open {
            return None;
        }
        self.instance_attribute(&only.val, "name").filter(|name| name.text() != Some("primary"))
    }

    /// `allow_fuse()` and its like: a copy that has its primary container, whether the original had or not.
    pub(super) fn augmented_copy(&mut self, owner: &Val, at: Location) -> Val {
        let copy = self.deep_copy(owner, 0);
        // What a builder starts from counts only where it is used itself.
        if let Some(template) = self.is_template(owner)
            && let Some(template) = self.templates.get_mut(template)
        {
            template.superseded = true;
        }
        self.ensure_primary(&copy, at);
        self.register(&copy);
        copy
    }

    /// Adds the primary container to a template that lacks it.
    fn ensure_primary(&mut self, template: &Val, at: Location) {
        let name = self.instance_attribute(template, "primary_container_name");
        let Some(name) = name.filter(|name| name.text().is_some()) else { return };
        let Some(spec) = self.instance_attribute(template, "pod_spec") else { return };
        let containers = self.instance_attribute(&spec, "containers");
        let Some((items, open)) = containers.as_ref().and_then(|list| self.items(list)) else { return };
        let named = |slot: &Slot| {
            self.instance_attribute(&slot.val, "name")
                .is_none_or(|known| known.text() == name.text() || known.is_dynamic())
        };
        if open || items.iter().any(named) {
            return;
        }
        let Some(of) = class("V1Container") else { return };
        let mut primary = Instance { of: Of::Client(of), attributes: Vec::new(), head: at.span };
        primary.set("name", at, Slot::new(Val::new(name.data, at), at));
        let primary = self.allocate(Body::Instance(primary), false, at);
        if let Some(Data::Object(list)) = containers.map(|list| list.data)
            && let Some(Body::List(items)) = self.heap.get_mut(list).map(|object| &mut object.body)
        {
            items.push(Slot::new(primary, at));
        }
    }

    /// A copy of a value and all that it holds.
    pub(super) fn deep_copy(&mut self, val: &Val, depth: usize) -> Val {
        let Some(Object { body, open, at }) = self.object(val).cloned() else { return val.clone() };
        if depth > 60 || !self.step(1) {
            return Val::dynamic("a copy of something deep", val.at);
        }
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
        let Some(Object { body, open, at }) = self.object(val).cloned() else { return val.clone() };
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
