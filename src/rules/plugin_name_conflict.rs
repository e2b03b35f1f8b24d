//! # plugin-name-conflict
//!
//! ## What it does
//! Finds containers, ports and hooks of a template that a plugin gives to the pod, too.
//!
//! ## Why
//! A plugin renames the primary container and adds to it: Ray calls it `ray-head` and `ray-worker` and opens the ports `redis`,
//! `head` and `dashboard`; Dask calls it `scheduler`, `dask-worker` and `job-runner`; Kubeflow `pytorch`, `mpi` or `tensorflow`. A sidecar or
//! port of the same name is there twice then, and the API server refuses the pod. A `preStop` hook for a worker of Ray
//! is merged with Ray's own, which leaves neither of them whole.
//!
//! ## Example
//! ```python
//! import flyte
//! from flyteplugins.ray import HeadNodeConfig
//! from kubernetes.client import V1Container, V1ContainerPort, V1PodSpec
//!
//! head = HeadNodeConfig(
//!     pod_template=flyte.PodTemplate(
//!         primary_container_name="ray-head",
//!         pod_spec=V1PodSpec(
//!             containers=[V1Container(name="ray-head", ports=[V1ContainerPort(name="dashboard", container_port=8265)])],
//!         ),
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from flyteplugins.ray import HeadNodeConfig
//! from kubernetes.client import V1Container, V1ContainerPort, V1PodSpec
//!
//! head = HeadNodeConfig(
//!     pod_template=flyte.PodTemplate(
//!         primary_container_name="ray-head",
//!         pod_spec=V1PodSpec(
//!             containers=[V1Container(name="ray-head", ports=[V1ContainerPort(name="metrics", container_port=9090)])],
//!         ),
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::document::{Use, UseKind};
use crate::pod::{Container, Role};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "plugin-name-conflict",
    severity: Severity::Error,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("plugin_name_conflict.rs"),
    check,
};

/// The names that a plugin gives to the primary container, by the class of its configuration.
const NAMES: &[(&str, &str, &[&str])] = &[
    ("RayJobConfig", "Ray", &["ray-head", "ray-worker"]),
    ("Dask", "Dask", &["scheduler", "dask-worker", "job-runner"]),
    ("Elastic", "PyTorch", &["pytorch"]),
    ("PyTorch", "PyTorch", &["pytorch"]),
    ("MPIJob", "MPI", &["mpi"]),
    ("HorovodJob", "MPI", &["mpi"]),
    ("TfJob", "TensorFlow", &["tensorflow"]),
];

/// The ports that Ray opens in each role.
const RAY_PORTS: &[&str] = &["redis", "head", "dashboard"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for used in &context.document.uses {
        if used.kind == UseKind::PluginRole {
            match used.taker {
                Some("HeadNodeConfig") => of_ray(context, used, |name| name == Some("ray-head"), findings),
                Some("WorkerNodeConfig") => of_ray(context, used, |name| name == Some("ray-worker"), findings),
                _ => continue,
            }
            return;
        }
        let config = ["plugin_config", "task_config"].into_iter().find_map(|name| used.settings.get(name).known());
        let class = config.and_then(Node::as_map).and_then(|map| map.class).and_then(|class| class.rsplit('.').next());
        let Some((class, who, names)) = NAMES.iter().find(|(known, ..)| Some(*known) == class) else { continue };
        sidecars(context, used, who, names, findings);
        if *class == "RayJobConfig" {
            let primary = context.document.primary.name.as_ref().known().map(String::as_str);
            of_ray(context, used, |name| name.is_some() && name == primary, findings);
        }
        return;
    }
}

fn sidecars(context: &Context<'_>, used: &Use, who: &str, names: &[&str], findings: &mut Findings) {
    for container in context.pod.containers.known.iter().filter(|one| one.role != Role::Primary) {
        let Field::Known(name) = container.name() else { continue };
        if names.contains(&name) {
            let message = format!("{who} calls the primary container `{name}`, so that the pod has two of that name");
            let finding = context.at(container.anchor(), message).label(used.location, format!("used by {who} here"));
            findings.push(finding.help("give the container another name"));
        }
    }
}

fn of_ray(context: &Context<'_>, used: &Use, is_own: impl Fn(Option<&str>) -> bool, findings: &mut Findings) {
    let containers = context.pod.containers.in_list("containers");
    for container in containers.filter(|container| is_own(container.name().known())) {
        ports(context, used, container, findings);
        let hook = container.node.get("lifecycle").then(|lifecycle| lifecycle.get("preStop"));
        if let Field::Known(hook) = hook
            && used.taker == Some("WorkerNodeConfig")
        {
            let message =
                "Ray has a `preStop` hook for its workers, with which this one is merged: neither stays whole";
            let finding = context.at(hook, message).severity(Severity::Warning);
            findings.push(finding.label(used.location, "used by Ray here").help("leave the hook out"));
        }
    }
}

fn ports(context: &Context<'_>, used: &Use, container: &Container<'_>, findings: &mut Findings) {
    let ports = container.node.get("ports").known().and_then(Node::as_list);
    for port in ports.map(|list| list.items.as_slice()).unwrap_or_default() {
        let Field::Known(name) = port.get("name") else { continue };
        if let Some(text) = name.as_str().filter(|text| RAY_PORTS.contains(text)) {
            let message = format!("Ray opens a port `{text}` itself, so that the container has two of that name");
            let finding = context.at(name, message).label(used.location, "used by Ray here");
            findings.push(finding.help("leave the port to Ray, or give it another name"));
        }
    }
}
