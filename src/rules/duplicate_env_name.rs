//! # duplicate-env-name
//!
//! ## What it does
//! Finds environment variables that a container sets twice, or that the task's environment sets as well.
//!
//! ## Why
//! Kubernetes takes the list as it is, and the later entry counts. flyte and flytekit put the variables of `env_vars`
//! (`environment`) before those of the primary container, so the template wins over the task, against what most expect.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       env:
//!         - {name: LOG_LEVEL, value: info}
//!         - {name: LOG_LEVEL, value: debug}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EnvVar, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary", env=[V1EnvVar(name="LOG_LEVEL", value="info")])]),
//! )
//! env = flyte.TaskEnvironment(name="training", env_vars={"LOG_LEVEL": "debug"}, pod_template=template)
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EnvVar, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary", env=[V1EnvVar(name="REGION", value="eu")])]),
//! )
//! env = flyte.TaskEnvironment(name="training", env_vars={"LOG_LEVEL": "debug"}, pod_template=template)
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::document::{Flavour, Use};
use crate::pod::{Container, Role};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Entry, Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-env-name",
    severity: Severity::Warning,
    authority: Authority::Kubernetes,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("duplicate_env_name.rs"),
    check,
};

/// Two of one name in a container are found by `crate::kubernetes`; here stands what Flyte sets beside them.
fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in &context.pod.containers.known {
        let Field::Known(list) = container.node.get("env") else { continue };
        let items = list.as_list().map(|list| list.items.as_slice()).unwrap_or_default();
        let named: Vec<(&Node, &str)> =
            items.iter().filter_map(|item| Some((item, item.text("name").known()?))).collect();
        if container.role == Role::Primary {
            check_task(context, container, &named, findings);
        }
    }
}

/// The variables of the task or environment, which come before the container's own.
fn check_task(context: &Context<'_>, container: &Container<'_>, named: &[(&Node, &str)], findings: &mut Findings) {
    let setting = match context.document.flavour {
        Flavour::V1Task | Flavour::V1Pod => "environment",
        Flavour::V2Task | Flavour::V2App => "env_vars",
        _ => return,
    };
    for (item, name) in named {
        let shadowed = context.document.uses.iter().find_map(|used| shadowed(used, setting, name, item));
        let (Some((used, entry)), Field::Known(node)) = (shadowed, item.get("name")) else { continue };
        let noun = used.kind.noun();
        let message =
            format!("`{setting}` of the {noun} sets `{name}` too, and the value of the {} counts", container.title());
        let finding = context.at(node, message).authority(Authority::Flyte);
        findings.push(finding.label(entry.key.location, format!("set by the {noun}")).help("set it in one place"));
    }
}

/// The setting of that name beside a template, unless it says the same.
fn shadowed<'a>(used: &'a Use, setting: &str, name: &str, item: &Node) -> Option<(&'a Use, &'a Entry)> {
    let entry = used.settings.get(setting).known()?.as_map()?.entry(name)?;
    let same = entry.value.as_str().is_some() && entry.value.as_str() == item.text("value").known();
    (!same).then_some((used, entry))
}
