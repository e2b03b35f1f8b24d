//! What surely raises in the SDKs before there is a pod, or is surely lost: found while evaluating.

use super::interpreter::Interpreter;
use super::value::{Data, Of, Slot, Val};
use crate::diagnostic::{Authority, Diagnostic, Severity};
use crate::tree::Location;

impl Interpreter<'_> {
    /// Notes something at a place; the same is noted once.
    pub(super) fn report(&mut self, rule: &'static str, at: Location, message: String, help: &str) {
        let known = self.incidents.iter().any(|known| known.rule == rule && known.location == at);
        if known || self.is_importing() {
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
        });
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
                return self.report("wrong-template-type", slot.at, message, "");
            }
            Data::Object(_) => match self.instance_of(&slot.val) {
                Some(Of::Template(_) | Of::User(_)) => return,
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
}
