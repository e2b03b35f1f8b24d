//! # run-as-user-conflict
//!
//! ## What it does
//! Finds containers that must not run as root and are told to run as user 0.
//!
//! ## Why
//! The API server accepts it, and the kubelet then refuses to start the container: "container's runAsUser breaks non-root
//! policy". The pod stays in `CreateContainerConfigError`, which Flyte takes for a failure at once. Often one of the two
//! comes from the pod's security context and the other from the container's.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   securityContext:
//!     runAsNonRoot: true
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       securityContext:
//!         runAsUser: 0
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1SecurityContext
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 security_context=V1SecurityContext(run_as_non_root=True, run_as_user=0),
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
//!   securityContext:
//!     runAsNonRoot: true
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       securityContext:
//!         runAsUser: 1000
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec, V1SecurityContext
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 security_context=V1SecurityContext(run_as_non_root=True, run_as_user=1000),
//!             ),
//!         ],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Security context](https://kubernetes.io/docs/tasks/configure-pod-container/security-context/)

use crate::diagnostic::{Authority, Severity};
use crate::document::Flavour;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Field, Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "run-as-user-conflict",
    severity: Severity::Error,
    authority: Authority::Kubelet,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("run_as_user_conflict.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let pod = &context.pod;
    if pod.may_be_windows() {
        return;
    }
    for container in &pod.containers.known {
        let (Field::Known(demand), Field::Known(user)) =
            (pod.security_of(container, "runAsNonRoot"), pod.security_of(container, "runAsUser"))
        else {
            continue;
        };
        if demand.as_bool() == Some(true) && is_root(user) {
            let (as_user, non_root) = (context.field("runAsUser"), context.field("runAsNonRoot"));
            let title = container.title();
            let message = format!("{title} has `{as_user}` 0 and `{non_root}` true, so it never starts");
            let finding = context.at(user, message).label(demand.location, "forbids root");
            let finding = finding.help(format!("give it another user, or set its `{non_root}` to false"));
            // A task's own container may say otherwise when it is merged with a template of the cluster.
            let merged = context.document.flavour == Flavour::ClusterTemplate;
            findings.push(if merged { finding.severity(Severity::Warning) } else { finding });
        }
    }
}

fn is_root(user: &Node) -> bool {
    matches!(&user.value, Value::Number(number) if number.as_i64() == Some(0))
}
