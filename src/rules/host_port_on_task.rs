//! # host-port-on-task
//!
//! ## What it does
//! Finds ports of the node in the pods of tasks.
//!
//! ## Why
//! A pod with a `hostPort` runs only on a node where that port is free: two tasks of one template never share a node, and the second waits. A
//! task is seldom asked for anything from outside.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: PodTemplate
//! metadata:
//!   name: training
//! template:
//!   spec:
//!     containers:
//!       - name: primary
//!         image: ghcr.io/acme/placeholder:1.0
//!         ports: [{containerPort: 8080, hostPort: 8080}]
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1ContainerPort, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary", ports=[V1ContainerPort(container_port=8080, host_port=8080)])],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: v1
//! kind: PodTemplate
//! metadata:
//!   name: training
//! template:
//!   spec:
//!     containers:
//!       - name: primary
//!         image: ghcr.io/acme/placeholder:1.0
//!         ports: [{containerPort: 8080}]
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1ContainerPort, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary", ports=[V1ContainerPort(container_port=8080)])]),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Configuration best practices](https://kubernetes.io/docs/concepts/configuration/overview/)

use crate::diagnostic::{Authority, Severity};
use crate::document::Flavour;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Field, Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "host-port-on-task",
    severity: Severity::Info,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("host_port_on_task.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    if !matches!(
        context.document.flavour,
        Flavour::V1Task | Flavour::V1Pod | Flavour::V2Task | Flavour::ClusterTemplate
    ) {
        return;
    }
    for container in &context.pod.containers.known {
        let ports = container.node.get("ports").known().and_then(Node::as_list);
        for port in ports.map(|list| list.items.as_slice()).unwrap_or_default() {
            let Field::Known(node) = port.get("hostPort") else { continue };
            let Some(number) = as_number(node).filter(|number| *number > 0) else { continue };
            let message = format!("each node runs only one pod with its port {number}: tasks wait for each other");
            findings
                .push(context.at(node, message).help("leave it out: pods reach each other without ports of the node"));
        }
    }
}

fn as_number(node: &Node) -> Option<i64> {
    match &node.value {
        Value::Number(number) => number.as_i64(),
        _ => None,
    }
}
