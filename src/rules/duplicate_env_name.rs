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

use std::cell::LazyCell;
use std::collections::HashMap;

use crate::diagnostic::{Authority, Severity};
use crate::document::{Flavour, Use};
use crate::pod::{Container, Role};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Entry, Node};

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
    let setting = match context.document.flavour {
        Flavour::V1Task | Flavour::V1Pod => "environment",
        Flavour::V2Task | Flavour::V2App => "env_vars",
        _ => return,
    };
    let set = LazyCell::new(|| settings_by_name(&context.document.uses, setting));
    for container in context.pod.containers.known.iter().filter(|container| container.role == Role::Primary) {
        let variables = container.node.get("env").known().and_then(Node::as_list);
        for item in variables.map(|list| list.items.as_slice()).unwrap_or_default() {
            findings.push_if(shadowed(context, container, item, (setting, &set)));
        }
    }
}

/// A variable that the task or environment sets too: that one comes before the container's own.
fn shadowed(
    context: &Context<'_>,
    container: &Container<'_>,
    item: &Node,
    (setting, set): (&str, &Settings<'_>),
) -> Option<Finding> {
    let node = item.get("name").known()?;
    let name = node.as_str()?;
    let (used, entry) = set.get(name)?.iter().find(|(_, entry)| !says_the_same(entry, item))?;
    let noun = used.kind.noun();
    let message =
        format!("`{setting}` of the {noun} sets `{name}` too, and the value of the {} counts", container.title());
    let finding = context.at(node, message).authority(Authority::Flyte);
    Some(finding.label(entry.key.location, format!("set by the {noun}")).help("set it in one place"))
}

/// The variables that are set beside a template, by their names, in the order of its uses.
type Settings<'a> = HashMap<&'a str, Vec<(&'a Use, &'a Entry)>>;

fn settings_by_name<'a>(uses: &'a [Use], setting: &str) -> Settings<'a> {
    let mut found = Settings::new();
    for used in uses {
        let map = used.settings.get(setting).known().and_then(Node::as_map);
        for entry in map.map(|map| map.entries.as_slice()).unwrap_or_default() {
            found.entry(&entry.key.wire).or_default().push((used, entry));
        }
    }
    found
}

fn says_the_same(entry: &Entry, item: &Node) -> bool {
    entry.value.as_str().is_some() && entry.value.as_str() == item.text("value").known()
}
