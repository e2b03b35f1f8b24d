//! The builders of flyte's `PodTemplate`, which give a changed copy: `from_spec`, `allow_fuse()` and their like.

use super::calls::Arguments;
use super::interpreter::Interpreter;
use super::value::{Body, Data, Instance, Of, Sdk, Slot, Val};
use crate::schema::python::class;
use crate::text::Span;
use crate::tree::Location;

const FUSE_RESOURCE: &str = "smarter-devices/fuse";
const FUSE_VOLUME: &str = "fuse-device";
const FUSE_PATH: &str = "/dev/fuse";
const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Methods of `PodTemplate` that give a changed copy.
pub fn is_builder(name: &str) -> bool {
    matches!(name, "allow_fuse" | "allow_nested_sandboxing" | "with_termination_grace_period")
}

impl Interpreter<'_> {
    /// `PodTemplate.from_spec(spec, primary_container_name=…, labels=…, annotations=…)`: a deep copy whose primary is
    /// the named container, else `primary`, else the only one.
    pub(super) fn template_from_spec(&mut self, sdk: Sdk, arguments: &Arguments, at: Location, head: Span) -> Val {
        let mut instance = Instance { of: Of::Template(sdk), user: None, attributes: Vec::new(), head };
        for (name, named_at, slot) in &arguments.keywords {
            if !matches!(&**name, "spec" | "pod_spec") {
                instance.set(name, *named_at, slot.clone());
            }
        }
        if let Some(spec) = arguments.get("pod_spec", 0).or_else(|| arguments.get("spec", 0)) {
            let copy = self.deep_copy(&spec.val, 0);
            instance.set("pod_spec", spec.at, Slot::new(copy, spec.at));
        }
        let given = instance.attribute("primary_container_name").filter(|slot| slot.val.data != Data::None);
        if given.is_none() {
            if let Some(name) = self.only_container(&instance) {
                instance.set("primary_container_name", name.at, Slot::new(name.clone(), name.at));
            } else if self.lacks_primary(&instance) {
                self.primary_unclear(at);
            }
        }
        let val = self.allocate(Body::Instance(instance), arguments.open, at);
        self.register(&val);
        val
    }

    fn containers_of(&self, instance: &Instance) -> Option<(Vec<Slot>, bool)> {
        let spec = &instance.attribute("pod_spec")?.val;
        self.items(&self.instance_attribute(spec, "containers")?)
    }

    /// The name of a spec's only container, where it is not `primary`.
    fn only_container(&self, instance: &Instance) -> Option<Val> {
        let (items, open) = self.containers_of(instance)?;
        let [only] = items.as_slice() else { return None };
        if open {
            return None;
        }
        self.instance_attribute(&only.val, "name").filter(|name| name.text() != Some("primary"))
    }

    /// Whether a spec surely has several containers and none of them is `primary`.
    fn lacks_primary(&self, instance: &Instance) -> bool {
        let Some((items, false)) = self.containers_of(instance) else { return false };
        let names: Option<Vec<Val>> = items
            .iter()
            .map(|slot| self.instance_attribute(&slot.val, "name").filter(|name| name.text().is_some()))
            .collect();
        names.is_some_and(|names| names.len() != 1 && names.iter().all(|name| name.text() != Some("primary")))
    }

    /// What a builder gives: a copy that has its primary container, whether the original had or not, and some more.
    pub(super) fn augmented_copy(&mut self, owner: &Val, name: &str, arguments: &Arguments, at: Location) -> Val {
        let copy = self.deep_copy(owner, 0);
        // What a builder starts from counts only where it is used itself.
        if let Some(template) = self.is_template(owner)
            && let Some(template) = self.templates.get_mut(template)
        {
            template.superseded = true;
        }
        let primary = self.ensure_primary(&copy, at);
        match (name, &primary) {
            ("with_termination_grace_period", _) => self.set_grace_period(&copy, arguments, at),
            ("allow_fuse", Some(primary)) => self.allow_fuse(&copy, primary, arguments, at),
            ("allow_nested_sandboxing", Some(primary)) => self.allow_sandboxing(&copy, primary, at),
            // Which container is the primary one is not known: any may have changed.
            _ => self.escape(&copy, &format!("which container {name}() changes").into()),
        }
        self.register(&copy);
        copy
    }

    fn set_grace_period(&mut self, template: &Val, arguments: &Arguments, at: Location) {
        let Some(spec) = self.instance_attribute(template, "pod_spec") else { return };
        let given = arguments.get("termination_grace_period", 0).cloned();
        let mut slot = given.unwrap_or_else(|| Slot::new(Val::dynamic("a grace period", at), at));
        if let Data::Seconds(seconds) = slot.val.data {
            slot.val.data = Data::Number(seconds.to_string().into());
        }
        self.refuse_grace_period(&slot);
        self.set_field(&spec, "termination_grace_period_seconds", slot);
    }

    fn allow_fuse(&mut self, template: &Val, primary: &Val, arguments: &Arguments, at: Location) {
        let privileged = arguments.get("privileged", 0).map(|slot| self.truth(&slot.val));
        match privileged {
            None | Some(Some(false)) => {
                let resources = self.field_or_new(primary, "resources", "V1ResourceRequirements", at);
                for kind in ["requests", "limits"] {
                    self.add_entry(&resources, kind, FUSE_RESOURCE, "1", at);
                }
            }
            Some(Some(true)) => self.mount_fuse(template, primary, at),
            Some(None) => self.escape(template, &"whether it is privileged".into()),
        }
        self.add_sys_admin(primary, at);
        self.add_entry(template, "annotations", "flyte.org/capability-fuse", "true", at);
    }

    fn mount_fuse(&mut self, template: &Val, primary: &Val, at: Location) {
        if let Some(context) = self.instance_attribute(primary, "security_context") {
            self.refuse_privileged(&context, at);
        }
        let text = |text: &str| Val::new(Data::Text(text.into()), at);
        let Some(spec) = self.instance_attribute(template, "pod_spec") else { return };
        let path = [("path", text(FUSE_PATH)), ("type", text("CharDevice"))];
        let host_path = self.client_object("V1HostPathVolumeSource", &path, at);
        let volume = self.client_object("V1Volume", &[("name", text(FUSE_VOLUME)), ("host_path", host_path)], at);
        self.add_named(&spec, "volumes", volume, at);
        let mount = [("name", text(FUSE_VOLUME)), ("mount_path", text(FUSE_PATH))];
        let mount = self.client_object("V1VolumeMount", &mount, at);
        self.add_named(primary, "volume_mounts", mount, at);
        let context = self.field_or_new(primary, "security_context", "V1SecurityContext", at);
        self.set_field(&context, "privileged", Slot::new(Val::new(Data::Bool(true), at), at));
    }

    fn allow_sandboxing(&mut self, template: &Val, primary: &Val, at: Location) {
        if let Some(context) = self.instance_attribute(primary, "security_context") {
            self.refuse_sandboxing(&context, at);
        }
        let name = self.instance_attribute(template, "primary_container_name");
        let key = format!("{APPARMOR}{}", name.as_ref().and_then(Val::text).unwrap_or("primary"));
        self.refuse_profile(template, &key, at);
        self.add_entry(template, "annotations", &key, "unconfined", at);
        self.add_sys_admin(primary, at);
        let context = self.field_or_new(primary, "security_context", "V1SecurityContext", at);
        self.set_field(&context, "allow_privilege_escalation", Slot::new(Val::new(Data::Bool(false), at), at));
        self.add_entry(template, "annotations", "flyte.org/capability-nested-sandboxing", "true", at);
    }

    fn add_sys_admin(&mut self, primary: &Val, at: Location) {
        let context = self.field_or_new(primary, "security_context", "V1SecurityContext", at);
        let capabilities = self.field_or_new(&context, "capabilities", "V1Capabilities", at);
        let known = self.instance_attribute(&capabilities, "add").and_then(|list| self.items(&list));
        let (mut items, open) = known.unwrap_or_default();
        if items.iter().all(|slot| slot.val.text() != Some("SYS_ADMIN")) {
            items.push(Slot::new(Val::new(Data::Text("SYS_ADMIN".into()), at), at));
        }
        let list = self.allocate(Body::List(items), open, at);
        self.set_field(&capabilities, "add", Slot::new(list, at));
    }

    /// The primary container of a template, which is added where it is surely not there; `None` where that is not known.
    fn ensure_primary(&mut self, template: &Val, at: Location) -> Option<Val> {
        let name = self.instance_attribute(template, "primary_container_name")?;
        name.text()?;
        let spec = self.field_or_new(template, "pod_spec", "V1PodSpec", at);
        let containers = self.instance_attribute(&spec, "containers")?;
        let (mut items, open) = match containers.data {
            Data::None => (Vec::new(), false),
            _ => self.items(&containers)?,
        };
        let names: Vec<Option<Val>> = items.iter().map(|slot| self.instance_attribute(&slot.val, "name")).collect();
        if let Some(index) = names.iter().position(|known| known.as_ref().and_then(Val::text) == name.text()) {
            return items.get(index).map(|slot| slot.val.clone());
        }
        if open || names.iter().any(|known| known.as_ref().is_none_or(Val::is_dynamic)) {
            return None;
        }
        let primary = self.client_object("V1Container", &[("name", Val::new(name.data, at))], at);
        items.push(Slot::new(primary.clone(), at));
        let list = self.allocate(Body::List(items), false, at);
        self.set_field(&spec, "containers", Slot::new(list, at));
        Some(primary)
    }

    /// An object of the Kubernetes client that nobody wrote.
    fn client_object(&mut self, name: &str, fields: &[(&str, Val)], at: Location) -> Val {
        let Some(of) = class(name) else { return Val::dynamic(name, at) };
        let mut instance = Instance { of: Of::Client(of), user: None, attributes: Vec::new(), head: at.span };
        for (field, val) in fields {
            instance.set(field, nowhere(at), Slot::new(val.clone(), at));
        }
        self.allocate(Body::Instance(instance), false, at)
    }

    /// The object in a field, which is made where there is none.
    fn field_or_new(&mut self, owner: &Val, field: &str, class: &str, at: Location) -> Val {
        match self.instance_attribute(owner, field) {
            Some(val) if val.data != Data::None => val,
            _ => {
                let val = self.client_object(class, &[], at);
                self.set_field(owner, field, Slot::new(val.clone(), at));
                val
            }
        }
    }

    pub(super) fn set_field(&mut self, owner: &Val, field: &str, slot: Slot) {
        let Data::Object(index) = owner.data else { return };
        if let Some(Body::Instance(instance)) = self.heap.get_mut(index).map(|object| &mut object.body) {
            instance.set(field, nowhere(slot.at), slot);
        }
    }

    /// Sets a key in a dict of the owner; the dict is a copy, as others may hold the old one.
    fn add_entry(&mut self, owner: &Val, field: &str, key: &str, value: &str, at: Location) {
        let mut entries = Vec::new();
        let dict = self.instance_attribute(owner, field).filter(|dict| dict.data != Data::None);
        let open = dict.is_some_and(|dict| self.spread(&mut entries, &dict));
        let text = |text: &str| Slot::new(Val::new(Data::Text(text.into()), at), at);
        super::expressions::put(&mut entries, text(key), text(value));
        let dict = self.allocate(Body::Dict(entries), open, at);
        self.set_field(owner, field, Slot::new(dict, at));
    }

    /// Adds an object to a list of the owner unless one of that name is there.
    fn add_named(&mut self, owner: &Val, field: &str, object: Val, at: Location) {
        let known = self.instance_attribute(owner, field).filter(|list| list.data != Data::None);
        let (mut items, open) = match known {
            Some(list) => self.items(&list).unwrap_or((Vec::new(), true)),
            None => (Vec::new(), false),
        };
        let name = self.instance_attribute(&object, "name");
        if items.iter().all(|slot| {
            self.instance_attribute(&slot.val, "name").map(|known| known.data)
                != name.as_ref().map(|name| name.data.clone())
        }) {
            items.push(Slot::new(object, at));
        }
        let list = self.allocate(Body::List(items), open, at);
        self.set_field(owner, field, Slot::new(list, at));
    }
}

/// The place of a name that nobody wrote: it begins where the call does, and is empty.
const fn nowhere(at: Location) -> Location {
    Location { file: at.file, span: Span::at(at.span.start) }
}
