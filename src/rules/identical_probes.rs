//! # identical-probes
//!
//! ## What it does
//! Finds liveness probes that are the same as the readiness probe.
//!
//! ## Why
//! A readiness probe says when a container can be asked, a liveness probe when it must be restarted. With the same test for both, a container that is
//! busy for a moment is restarted, where it should only get no more work.
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
//!       livenessProbe: {tcpSocket: {port: 8080}}
//!       readinessProbe: {tcpSocket: {port: 8080}}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1ContainerPort, V1PodSpec, V1Probe, V1TCPSocketAction
//!
//! probe = V1Probe(tcp_socket=V1TCPSocketAction(port=8080))
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 ports=[V1ContainerPort(container_port=8080)],
//!                 liveness_probe=probe,
//!                 readiness_probe=probe,
//!             ),
//!         ],
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
//!       ports: [{containerPort: 8080}]
//!       livenessProbe: {tcpSocket: {port: 8080}, failureThreshold: 10}
//!       readinessProbe: {tcpSocket: {port: 8080}}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1ContainerPort, V1PodSpec, V1Probe, V1TCPSocketAction
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 ports=[V1ContainerPort(container_port=8080)],
//!                 readiness_probe=V1Probe(tcp_socket=V1TCPSocketAction(port=8080)),
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Probes](https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Entry, Field, Map, Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "identical-probes",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: false,
    source: include_str!("identical_probes.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in &context.pod.containers.known {
        let (live, ready) = (container.node.get("livenessProbe"), container.node.get("readinessProbe"));
        let (Field::Known(live), Field::Known(ready)) = (live, ready) else { continue };
        if is_same(live, ready) && !live.has_dynamic_part() {
            let (liveness, readiness) = (context.field("livenessProbe"), context.field("readinessProbe"));
            let message = format!("the `{liveness}` is the same as the `{readiness}`: what is busy is restarted");
            let finding = context.at(live, message).label(ready.location, "the same test");
            findings
                .push(finding.help("let the container fail longer before it is restarted, or do without the probe"));
        }
    }
}

/// Whether two values are the same, wherever they are written.
fn is_same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::Map(a), Value::Map(b)) => {
            let own = |map: &Map| map.entries.iter().filter(|entry| entry.value.value != Value::Null).count();
            let there =
                |entry: &Entry| b.entry(&entry.key.wire).is_some_and(|other| is_same(&entry.value, &other.value));
            own(a) == own(b) && a.entries.iter().all(|entry| entry.value.value == Value::Null || there(entry))
        }
        (Value::List(a), Value::List(b)) => {
            a.items.len() == b.items.len() && a.items.iter().zip(&b.items).all(|(a, b)| is_same(a, b))
        }
        (a, b) => a == b,
    }
}
