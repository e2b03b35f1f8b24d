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

use std::cell::LazyCell;
use std::collections::HashMap;

use crate::diagnostic::{Authority, MAX_FINDINGS, Severity};
use crate::document::{Use, UseKind};
use crate::pod::{Container, Role};
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
    let declared = LazyCell::new(|| ports_of_sidecars(context));
    let apps = context.document.uses.iter().filter(|used| used.kind == UseKind::AppEnvironment);
    let clashes = apps.flat_map(|used| {
        let declared = port_of(used).and_then(|port| declared.get(&port)).map(Vec::as_slice).unwrap_or_default();
        declared.iter().map(move |place| (used, place))
    });
    // Every app may clash with every sidecar: more than are reported are not made.
    for (used, (container, number, port)) in clashes.take(MAX_FINDINGS + 1) {
        let message = format!("{} declares port {port}, on which the app itself listens", container.title());
        let finding = context.at(number, message).label(used.location, "the app");
        findings.push(finding.help("let the sidecar, or the app, listen elsewhere").authority(Authority::Flyte));
    }
}

/// The ports on which sidecars may listen, by their numbers.
fn ports_of_sidecars<'c, 'a>(context: &'c Context<'a>) -> HashMap<i64, Vec<(&'c Container<'a>, &'a Node, i64)>> {
    let mut found: HashMap<i64, Vec<_>> = HashMap::new();
    for container in context.pod.sidecars().filter(|container| container.role != Role::Init) {
        let ports = container.node.get("ports").known().and_then(Node::as_list);
        for node in ports.map(|list| list.items.as_slice()).unwrap_or_default() {
            let Field::Known(number) = node.get("containerPort") else { continue };
            let is_tcp = matches!(node.text("protocol"), Field::Missing | Field::Known("TCP" | ""));
            if let Some(port) = as_port(number).filter(|_| is_tcp) {
                found.entry(port).or_default().push((container, number, port));
            }
        }
    }
    found
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
