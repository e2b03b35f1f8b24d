//! # port-clash
//!
//! ## What it does
//! Finds containers of one pod that declare the same port, and sidecars of an app that declare the app's own.
//!
//! ## Why
//! The containers of a pod share one network: only one of them can listen on a port, and the other fails with "address
//! already in use". The API server only warns of it. Flyte's app environments listen on port 8080 unless they say otherwise.
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
//!       ports: [{containerPort: 8080}]
//!     - name: proxy
//!       image: envoyproxy/envoy:v1.30.1
//!       ports: [{containerPort: 8080}]
//!       resources:
//!         limits: {cpu: 100m, memory: 64Mi}
//! ```
//! ```python
//! import flyte
//! import flyte.app
//! from kubernetes.client import V1Container, V1ContainerPort, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     primary_container_name="app",
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="app"),
//!             V1Container(name="proxy", image="envoyproxy/envoy:v1.30.1", ports=[V1ContainerPort(container_port=8080)]),
//!         ],
//!     ),
//! )
//! env = flyte.app.AppEnvironment(name="web", pod_template=template)
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
//!       ports: [{containerPort: 8080}]
//!     - name: proxy
//!       image: envoyproxy/envoy:v1.30.1
//!       ports: [{containerPort: 9901}]
//!       resources:
//!         limits: {cpu: 100m, memory: 64Mi}
//! ```
//!
//! ## References
//! - [Kubernetes: Pod networking](https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking)

use crate::diagnostic::{Authority, Severity};
use crate::document::{Use, UseKind};
use crate::pod::Role;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Field, Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "port-clash",
    severity: Severity::Warning,
    authority: Authority::Kubernetes,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("port_clash.rs"),
    check,
};

/// The port of an app that names none.
const APP_PORT: i64 = 8080;

/// Clashes between containers are found by `crate::kubernetes`; here stands what an app adds.
fn check(context: &Context<'_>, findings: &mut Findings) {
    let apps = context.document.uses.iter().filter(|used| used.kind == UseKind::AppEnvironment);
    for (used, port) in apps.filter_map(|used| Some((used, port_of(used)?))) {
        for container in context.pod.sidecars().filter(|container| container.role != Role::Init) {
            let ports = container.node.get("ports").known().and_then(Node::as_list);
            for node in ports.map(|list| list.items.as_slice()).unwrap_or_default() {
                let Field::Known(number) = node.get("containerPort") else { continue };
                let is_tcp = matches!(node.text("protocol"), Field::Missing | Field::Known("TCP" | ""));
                if is_tcp && as_port(number) == Some(port) {
                    let message =
                        format!("{} declares port {port}, on which the app itself listens", container.title());
                    let finding = context.at(number, message).label(used.location, "the app");
                    findings.push(
                        finding.help("let the sidecar, or the app, listen elsewhere").authority(Authority::Flyte),
                    );
                }
            }
        }
    }
}

/// The port of an app, where it is known.
fn port_of(used: &Use) -> Option<i64> {
    match used.settings.get("port") {
        Field::Missing => Some(APP_PORT),
        Field::Known(node) => as_port(node).or_else(|| as_port(node.get("port").known()?)),
        Field::Dynamic => None,
    }
}

fn as_port(node: &Node) -> Option<i64> {
    match &node.value {
        Value::Number(number) => number.as_i64(),
        _ => None,
    }
}
