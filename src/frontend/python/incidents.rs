//! What surely raises in the SDKs before there is a pod, or is surely lost: found while evaluating.

use super::budget::MAX_NAME;
use super::calls::Arguments;
use super::constructors::TEMPLATE_FIELDS;
use super::interpreter::Interpreter;
use super::uses::Settings;
use super::value::{Body, Data, Of, Sdk, Slot, Val};
use crate::diagnostic::{Authority, Diagnostic, Label, Origin, Severity};
use crate::document::UseKind;
use crate::schema::python;
use crate::text::nearest;
use crate::tree::Location;

/// Nobody reads more of them.
const MAX_INCIDENTS: usize = 5_000;

impl Interpreter<'_> {
    /// Notes something at a place; the same is noted once.
    pub(super) fn report(&mut self, rule: &'static str, at: Location, message: String, help: &str) {
        let known = self.incidents.iter().any(|known| known.rule == rule && known.location == at);
        self.look_through(self.incidents.len());
        if known || self.is_importing() || self.incidents.len() >= MAX_INCIDENTS {
            return;
        }
        self.incidents.push(Diagnostic {
            rule,
            severity: Severity::Error,
            authority: Authority::Flyte,
            message,
            location: at,
            path: String::new(),
            help: (!help.is_empty()).then(|| help.to_owned()),
            labels: Vec::new(),
            fixes: Vec::new(),
            origin: Origin::default(),
        });
    }

    /// A class that `kubernetes.client` does not have.
    pub(super) fn refuse_class_name(&mut self, path: &str, at: Location) {
        let Some(name) = path.strip_prefix("kubernetes.client.") else { return };
        let name = name.strip_prefix("models.").unwrap_or(name);
        let is_class = name.starts_with(['V', 'v']) && name.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        if !is_class || name.contains(['.', '(', '_']) || python::is_class_name(name) {
            return;
        }
        // Loops come here again and again, and to compare with all names takes long.
        let is_known = self.near_classes.contains_key(name);
        if name.len() > MAX_NAME || (!is_known && !self.step(2000)) {
            return;
        }
        let near = *self.near_classes.entry(name.to_owned()).or_insert_with(|| {
            let names: Vec<&'static str> = python::class_names().collect();
            nearest(name, names.iter().copied()).and_then(|index| names.get(index).copied())
        });
        let Some(near) = near else { return };
        let message = format!("`kubernetes.client` has no class `{name}`");
        self.report("unknown-client-class", at, message, &format!("did you mean `{near}`?"));
        if let Some(incident) = self.incidents.last_mut().filter(|incident| incident.location == at) {
            incident.authority = Authority::Client;
        }
    }

    /// Makes what was just noted at a place a warning.
    fn soften(&mut self, at: Location) {
        if let Some(last) = self.incidents.last_mut().filter(|last| last.location == at) {
            last.severity = Severity::Warning;
        }
    }

    /// `from_spec` of a spec with several containers, none of them `primary`.
    pub(super) fn primary_unclear(&mut self, at: Location) {
        let message = "`from_spec` cannot tell which container is the primary one, and raises `ValueError`".to_owned();
        self.report("missing-primary-container", at, message, "say it with `primary_container_name=`");
    }

    /// A builder's result that nothing keeps.
    pub(super) fn copy_discarded(&mut self, method: &str, at: Location) {
        let message = format!("`{method}()` gives a changed copy, which is lost here");
        self.report("discarded-template-copy", at, message, "assign the result: the template itself stays as it was");
    }

    /// A grace period that the builder refuses.
    pub(super) fn refuse_grace_period(&mut self, slot: &Slot) {
        let noted = self.incidents.len();
        let wrong = match &slot.val.data {
            Data::Bool(_) | Data::Text(_) | Data::None => {
                Some("`with_termination_grace_period` takes seconds or a `timedelta`")
            }
            Data::Number(text) if text.starts_with('-') => Some("a grace period cannot be negative"),
            Data::Number(text) if text.contains(['.', 'e']) => {
                Some("`with_termination_grace_period` takes whole seconds")
            }
            _ => None,
        };
        if let Some(message) = wrong {
            self.report("conflicting-capability", slot.val.at, message.to_owned(), "");
        }
        if let Some(incident) = self.incidents.get_mut(noted).filter(|incident| incident.location != slot.at) {
            incident.labels.push(Label { location: slot.at, message: "used here".to_owned() });
        }
    }

    /// `allow_fuse(privileged=True)` on a container that says otherwise.
    pub(super) fn refuse_privileged(&mut self, context: &Val, at: Location) {
        for (field, set) in [("privileged", false), ("allow_privilege_escalation", false)] {
            self.refuse_if(context, field, set, "allow_fuse(privileged=True)", at);
        }
    }

    /// `allow_nested_sandboxing()` on a container that says otherwise.
    pub(super) fn refuse_sandboxing(&mut self, context: &Val, at: Location) {
        for (field, set) in [("privileged", true), ("allow_privilege_escalation", true)] {
            self.refuse_if(context, field, set, "allow_nested_sandboxing()", at);
        }
    }

    fn refuse_if(&mut self, context: &Val, field: &str, set: bool, builder: &str, at: Location) {
        let found = self.instance_attribute(context, field);
        if found.is_some_and(|val| val.data == Data::Bool(set)) {
            let python = if set { "True" } else { "False" };
            let message = format!("`{builder}` raises `ValueError`: the primary container sets `{field}={python}`");
            self.report("conflicting-capability", at, message, "drop one of the two");
        }
    }

    /// What no environment or task takes as a template: a dict, a spec, a number.
    pub(super) fn refuse_as_template(&mut self, slot: &Slot, v1: bool, app: bool) {
        let found = match &slot.val.data {
            Data::Bool(_) | Data::Number(_) => "a value of another type",
            Data::Text(text) if v1 && !text.is_empty() => {
                let message = "flytekit takes the name of a cluster's template as `pod_template_name`".to_owned();
                return self.report("wrong-template-type", slot.at, message, "use `pod_template_name=`");
            }
            Data::Text(text) if app && !text.is_empty() => {
                "the name of a cluster's template, which apps do not support"
            }
            Data::Text(text) if text.is_empty() => {
                let message = "an empty name means no template at all".to_owned();
                self.report("wrong-template-type", slot.at, message, "");
                // The SDKs go on without a template.
                return self.soften(slot.at);
            }
            Data::Text(_) => return self.refuse_template_name(slot),
            Data::Object(_) => match self.instance_of(&slot.val) {
                Some(Of::Template(_) | Of::User(_) | Of::Plain) => return,
                Some(Of::Client(class)) => return self.refuse_class(class.name, slot),
                Some(Of::Sdk(class)) => return self.refuse_class(class.name, slot),
                None => "a dict or list",
            },
            Data::Template(_) => "the class itself",
            _ => return,
        };
        let message = format!("`pod_template` takes a `PodTemplate`, and this is {found}");
        self.report("wrong-template-type", slot.at, message, "");
    }

    /// A name that no template of the cluster has, where these are told.
    pub(super) fn refuse_template_name(&mut self, slot: &Slot) {
        let (Some(name), Some(known)) = (slot.val.text(), self.cluster_templates.clone()) else { return };
        if name.is_empty() || known.contains(name) {
            return;
        }
        let message = format!("none of the cluster's templates is named `{name}`");
        let near = nearest(name, known.iter().map(String::as_str)).and_then(|index| known.iter().nth(index));
        let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
        self.report("unknown-template-name", slot.val.at, message, &help);
        self.soften(slot.val.at);
        if let Some(incident) = self.incidents.last_mut().filter(|incident| incident.location != slot.at) {
            incident.labels.push(Label { location: slot.at, message: "used here".to_owned() });
        }
    }

    fn refuse_class(&mut self, class: &str, slot: &Slot) {
        let message = format!("`pod_template` takes a `PodTemplate`, and this is a `{class}`");
        let help = if class == "V1PodSpec" { "wrap it: `PodTemplate(pod_spec=…)`" } else { "" };
        self.report("wrong-template-type", slot.at, message, help);
    }

    /// `@env.task(pod_template=…)` of a reusable environment.
    pub(super) fn template_on_reusable(&mut self, at: Location) {
        let message = "the environment is reusable: a task of it cannot have a `pod_template` of its own".to_owned();
        self.report("pod-template-on-reusable", at, message, "set `pod_template` on the environment");
    }

    /// A template whose constructor raises, or whose pod spec is none.
    pub(super) fn refuse_template_arguments(&mut self, sdk: Sdk, arguments: &Arguments) {
        for (name, named_at, _) in &arguments.keywords {
            if TEMPLATE_FIELDS.contains(&&**name) {
                continue;
            }
            let message = format!("`PodTemplate` has no argument `{name}`");
            let near = nearest(name, TEMPLATE_FIELDS).and_then(|index| TEMPLATE_FIELDS.get(index));
            let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
            self.report("unknown-argument", *named_at, message, &help);
        }
        if let Some(spec) = arguments.get("pod_spec", 0).cloned() {
            self.refuse_as_spec(&spec);
        }
        let primary = arguments.get("primary_container_name", 1).filter(|_| matches!(sdk, Sdk::V1 | Sdk::Pod)).cloned();
        if let Some(slot) = primary.filter(|slot| slot.val.text() == Some("")) {
            let message = "flytekit raises: a primary container needs a name".to_owned();
            self.report("missing-primary-container", slot.at, message, "");
        }
    }

    fn refuse_as_spec(&mut self, slot: &Slot) {
        let found = match &slot.val.data {
            Data::Text(_) => "a string",
            Data::Number(_) | Data::Bool(_) => "a plain value",
            Data::Object(_) => match self.instance_of(&slot.val) {
                Some(Of::Client(class)) if class.name == "V1PodSpec" => return,
                Some(Of::Client(class)) => class.name,
                Some(Of::User(_) | Of::Plain) => return,
                Some(Of::Sdk(_) | Of::Template(_)) => "an object of an SDK",
                None => "a dict or list",
            },
            _ => return,
        };
        let message = format!("`pod_spec` takes a `V1PodSpec`, and this is {found}");
        self.report("wrong-argument-type", slot.at, message, "the SDK fails on it when the task is submitted");
    }

    /// `allow_nested_sandboxing()` on a template that asks for another AppArmor profile.
    pub(super) fn refuse_profile(&mut self, template: &Val, key: &str, at: Location) {
        let Some(annotations) = self.instance_attribute(template, "annotations") else { return };
        let mut entries = Vec::new();
        self.spread(&mut entries, &annotations);
        let found =
            entries.iter().find(|(name, _)| name.val.text() == Some(key)).and_then(|(_, value)| value.val.text());
        if found.is_some_and(|profile| profile != "unconfined") {
            let message = "`allow_nested_sandboxing()` raises `ValueError`: the primary container has an AppArmor profile of its own";
            self.report("conflicting-capability", at, message.to_owned(), "drop one of the two");
        }
    }

    /// Arguments of environments and tasks that the SDK refuses.
    pub(super) fn refuse_arguments(&mut self, kind: UseKind, callee: &Val, settings: &Settings) {
        let is_v2 = matches!(&callee.data, Data::Path(path) if path.starts_with("flyte."));
        match kind {
            UseKind::TaskEnvironment | UseKind::AppEnvironment => self.refuse_unknown_arguments(true, settings),
            UseKind::V1Task => self.refuse_unknown_arguments(false, settings),
            UseKind::ContainerTask => self.refuse_unknown_arguments(is_v2, settings),
            _ => return,
        }
        let find = |name: &str| settings.iter().find(|(known, ..)| &**known == name).map(|(.., slot)| slot);
        let given = |name: &str| find(name).is_some_and(|slot| matches!(slot.val.data, Data::Object(_)));
        if kind == UseKind::V1Task
            && given("resources")
            && (given("requests") || given("limits"))
            && let Some(at) = find("resources").map(|slot| slot.at)
        {
            let message =
                "flytekit raises: `resources` stands for `requests` and `limits`, and excludes them".to_owned();
            self.report("conflicting-arguments", at, message, "use `resources` alone, or the other two");
        }
        let name = if is_v2 { "env_vars" } else { "environment" };
        if let Some(slot) = find(name).cloned() {
            self.refuse_variables(name, &slot.val);
        }
    }

    /// A keyword about templates that the SDK does not have.
    pub(super) fn refuse_unknown_arguments(&mut self, is_v2: bool, settings: &Settings) {
        for (name, named_at, _) in settings {
            let (known, sdk): (&[&str], &str) =
                if is_v2 { (&["pod_template"], "flyte") } else { (&["pod_template", "pod_template_name"], "flytekit") };
            if name.to_ascii_lowercase().contains("template") && !known.contains(&&**name) {
                let message = format!("{sdk} has no argument `{name}` here");
                self.report("unknown-argument", *named_at, message, "did you mean `pod_template`?");
            }
        }
    }

    /// Variables whose values are no strings.
    fn refuse_variables(&mut self, name: &str, variables: &Val) {
        let Some(Body::Dict(entries)) = self.object(variables).map(|object| object.body.clone()) else { return };
        for (key, value) in entries {
            if matches!(value.val.data, Data::Number(_) | Data::Bool(_) | Data::None) {
                let variable = key.val.text().unwrap_or_default().to_owned();
                let message = format!("the value of `{variable}` in `{name}` must be a string");
                self.report("wrong-argument-type", value.at, message, "put it in quotes");
            }
        }
    }
}
