//! # host-namespace
//!
//! ## What it does
//! Finds pods that share their node's network, processes or inter-process communication.
//!
//! ## Why
//! With `hostNetwork` a pod listens on and talks from its node's own addresses, past network policies, and meets the ports of
//! others there; with `hostPID` it sees and can signal every process of the node; with `hostIPC` it shares their memory.
//! Some interconnects of GPU nodes do need the host network; say so where you turn this rule off.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   hostNetwork: true
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary"),
//!         ],
//!         host_pid=True,
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
//!   shareProcessNamespace: true
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//! ```
//!
//! ## References
//! - [Kubernetes: Pod Security Standards](https://kubernetes.io/docs/concepts/security/pod-security-standards/)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "host-namespace",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("host_namespace.rs"),
    check,
};

const NAMESPACES: [(&str, &str); 3] =
    [("hostNetwork", "the network"), ("hostPID", "the processes"), ("hostIPC", "the inter-process communication")];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (wire, what) in NAMESPACES {
        let Field::Known(node) = context.pod.spec.then(|spec| spec.get(wire)) else { continue };
        if node.as_bool() == Some(true) {
            let message = format!("`{}` gives the pod {what} of its node", context.field(wire));
            let fix = Fix::needs_review(format!("remove `{}`", context.field(wire)), vec![context.remove(node)]);
            findings.push(context.at(node, message).help("do without it, unless the hardware needs it").fix(fix));
        }
    }
}
