//! # unresolvable-reference
//!
//! ## What it does
//! Finds references to containers and variables that the pod does not have: `resourceFieldRef.containerName`, the variables of
//! `subPathExpr`, and `$(NAME)` in a `subPath`.
//!
//! ## Why
//! The API server takes them. The kubelet does not find the container or variable when it starts the pod, and the container never
//! starts: "CreateContainerConfigError". A `subPath` is plain text: `$(NAME)` in it is a folder of that very name.
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
//!         - name: LIMIT
//!           valueFrom:
//!             resourceFieldRef: {containerName: primry, resource: limits.memory}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 volume_mounts=[V1VolumeMount(name="data", mount_path="/data", sub_path="$(RUN_NAME)")],
//!             ),
//!         ],
//!         volumes=[V1Volume(name="data", empty_dir=V1EmptyDirVolumeSource())],
//!     ),
//! )
//! ```
//!
//! ## Use instead
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
//!         - name: LIMIT
//!           valueFrom:
//!             resourceFieldRef: {containerName: primary, resource: limits.memory}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 volume_mounts=[V1VolumeMount(name="data", mount_path="/data", sub_path_expr="$(RUN_NAME)")],
//!             ),
//!         ],
//!         volumes=[V1Volume(name="data", empty_dir=V1EmptyDirVolumeSource())],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Using subPath](https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath)

use std::collections::BTreeSet;

use crate::diagnostic::{Authority, Change, Fix, Severity};
use crate::document::Flavour;
use crate::pod::{Container, Role, references};
use crate::rule::{Context, Findings, Group, Rule};
use crate::text::nearest;
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unresolvable-reference",
    severity: Severity::Error,
    authority: Authority::Kubelet,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("unresolvable_reference.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let names = Names::of(context);
    for container in &context.pod.containers.known {
        let variables = container.node.get("env").known().and_then(Node::as_list);
        for item in variables.map(|list| list.items.as_slice()).unwrap_or_default() {
            let named = item
                .get("valueFrom")
                .then(|from| from.get("resourceFieldRef"))
                .then(|field| field.get("containerName"));
            if let Field::Known(node) = named {
                container_name(context, &names, node, findings);
            }
        }
        for mount in container.mounts().known {
            if let Field::Known(node) = mount.node.get("subPathExpr") {
                variables_of(context, container, node, findings);
            }
            if let Field::Known(node) = mount.node.get("subPath") {
                plain_path(context, node, findings);
            }
        }
    }
}

/// The names of the pod's containers.
struct Names<'a> {
    known: BTreeSet<&'a str>,
    /// Whether there may be others.
    open: bool,
}

impl<'a> Names<'a> {
    fn of(context: &Context<'a>) -> Self {
        let containers = &context.pod.containers;
        // What is merged into other pods may find its container there.
        let is_merged =
            matches!(context.document.flavour, Flavour::ClusterTemplate | Flavour::PluginRole | Flavour::Unknown);
        let mut names = Names { known: BTreeSet::new(), open: containers.open || is_merged };
        for container in &containers.known {
            match container.name() {
                Field::Known(name) => drop(names.known.insert(name)),
                Field::Missing | Field::Dynamic => names.open = true,
            }
        }
        names
    }
}

fn container_name(context: &Context<'_>, names: &Names<'_>, node: &Node, findings: &mut Findings) {
    let Some(name) = node.as_str().filter(|name| !name.is_empty()) else { return };
    let is_primary = match &context.document.primary.name {
        Field::Known(primary) => primary == name,
        Field::Missing => false,
        Field::Dynamic => true,
    };
    if names.open || names.known.contains(name) || is_primary {
        return;
    }
    let finding = context.at(node, format!("the pod has no container `{name}`, so its resources are not found"));
    let near = nearest(name, names.known.iter().copied()).and_then(|index| names.known.iter().nth(index).copied());
    findings.push(match near {
        Some(near) => {
            let fix = Fix::safe(format!("write `{near}`"), vec![context.replace(node, near)]);
            finding.help(format!("did you mean `{near}`?")).fix(fix)
        }
        None => finding.help("name a container of this pod"),
    });
}

fn variables_of(context: &Context<'_>, container: &Container<'_>, node: &Node, findings: &mut Findings) {
    let Some(text) = node.as_str() else { return };
    let known = match container.node.get("env") {
        Field::Known(list) => list.as_list().map(|list| (list.items.as_slice(), list.open)),
        Field::Missing => Some((&[][..], false)),
        Field::Dynamic => None,
    };
    let Some((items, false)) = known.filter(|_| container.node.get("envFrom").is_missing()) else { return };
    let Some(further) = further_variables(context, container) else { return };
    let mut names: Vec<Field<&str>> = items.iter().map(|item| item.text("name")).collect();
    if names.iter().any(Field::is_dynamic) {
        return;
    }
    names.extend(further.into_iter().map(Field::Known));
    // What the cluster adds to all containers is known only where its settings are.
    let is_sure = context.document.flavour == Flavour::Workload || context.settings.backend.is_some();
    let severity = if is_sure { Severity::Error } else { Severity::Warning };
    for name in references(text) {
        let is_flytes =
            name.starts_with("FLYTE_") || name.starts_with('_') || matches!(name, "ACTION_NAME" | "RUN_NAME");
        let is_set = names.contains(&Field::Known(name)) || (is_flytes && context.pod.belongs_to_flyte());
        if !is_set {
            let message = format!("the container has no variable `{name}`, so the path cannot be made");
            findings.push(context.at(node, message).severity(severity).help(format!("set `{name}` in its `env`")));
        }
    }
}

/// The names of variables that do not stand in the container: those of its task, and of the cluster; `None` where there may be
/// others.
fn further_variables<'a>(context: &Context<'a>, container: &Container<'_>) -> Option<Vec<&'a str>> {
    if context.document.flavour == Flavour::Workload {
        return Some(Vec::new());
    }
    let is_primary = container.role == Role::Primary;
    if matches!(context.document.flavour, Flavour::ClusterTemplate | Flavour::PluginRole | Flavour::Unknown)
        && is_primary
    {
        return None;
    }
    let mut found = Vec::new();
    for used in context.document.uses.iter().filter(|_| is_primary) {
        for name in ["env_vars", "environment"] {
            match used.settings.get(name) {
                Field::Missing => {}
                Field::Dynamic => return None,
                Field::Known(node) => {
                    let map = node.as_map().filter(|map| !map.open)?;
                    found.extend(map.entries.iter().map(|entry| &*entry.key.wire));
                }
            }
        }
    }
    if let Some(known) = &context.settings.backend {
        let platform = &known.backend.platform;
        let others = ["default-env-vars-from-env", "default-env-from-configmaps", "default-env-from-secrets"];
        if known.backend.base.is_some() || others.iter().any(|name| platform.get(name).is_some()) {
            return None;
        }
        found.extend(platform.pairs("default-env-vars").into_iter().map(|(name, _)| name));
    }
    Some(found)
}

fn plain_path(context: &Context<'_>, node: &Node, findings: &mut Findings) {
    let Some(name) = node.as_str().map(references).and_then(|names| names.first().copied()) else { return };
    let (plain, expression) = (context.field("subPath"), context.field("subPathExpr"));
    let message = format!("`$({name})` is not filled in here: `{plain}` is plain text");
    let finding = context.at(node, message).severity(Severity::Warning);
    let rename = Change::RenameKey { at: context.path(node), to: "subPathExpr".to_owned() };
    let fix = Fix::needs_review(format!("make it `{expression}`"), vec![rename]);
    findings.push(finding.help(format!("use `{expression}`")).fix(fix));
}
