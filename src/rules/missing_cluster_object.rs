//! # missing-cluster-object
//!
//! ## What it does
//! Checks for secrets, config maps, their keys, service accounts, claims and classes that your cluster does not have.
//!
//! ## Why
//! The API server refuses pods with an account, a priority class or a runtime class that does not exist. Without a secret or config map
//! the container does not start (`CreateContainerConfigError`) or the pod waits for its volume (`FailedMount`), for as long as it takes. What
//! is `optional` may be missing. A missing pull secret is a warning, since the image may be public.
//!
//! Where the namespace of the pods is not known, the object may be in any of those that `namespace` fits.
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
//!         - name: TOKEN
//!           valueFrom:
//!             secretKeyRef: {name: api-tokens, key: token}
//!       resources:
//!         requests: {cpu: "1", memory: 2Gi}
//!         limits: {cpu: "2", memory: 2Gi}
//! ```
//! ```python
//! import flyte
//! from kubernetes import client as k8s
//!
//! template = flyte.PodTemplate(
//!     pod_spec=k8s.V1PodSpec(
//!         containers=[k8s.V1Container(name="primary")],
//!         service_account_name="flyte-worker",
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
//!         - name: TOKEN
//!           valueFrom:
//!             secretKeyRef: {name: api-token, key: token}
//!       resources:
//!         requests: {cpu: "1", memory: 2Gi}
//!         limits: {cpu: "2", memory: 2Gi}
//! ```
//!
//! ## Options
//! - `cluster`, `--cluster`: snapshots, or lists of `kubectl get -o json`
//! - `namespace`: where pods go, such as `{project}-{domain}`
//!
//! ## References
//! - [Kubernetes: Secrets](https://kubernetes.io/docs/concepts/configuration/secret/)
//! - [Kubernetes: Service accounts](https://kubernetes.io/docs/concepts/security/service-accounts/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-cluster-object",
    severity: Severity::Error,
    authority: Authority::Cluster,
    group: Group::Cluster,
    enabled_by_default: true,
    source: include_str!("missing_cluster_object.rs"),
    check,
};

/// Found by `crate::cluster`, where a cluster is described.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
