//! # ignored-by-backend
//!
//! ## What it does
//! Finds fields that are newer than the Kubernetes API that Flyte's backend was built with.
//!
//! ## Why
//! The backend reads the pod spec that the SDK sends into the types of its own version of the API, and writes the pod from
//! these. What they do not have vanishes silently, even where the cluster would know it. Backend 1.16.8 (flytekit) knows
//! Kubernetes 1.34, backend 2.0.43 (flyte) knows 1.36.
//!
//! ## Example
//! ```python
//! from flytekit import PodTemplate, task
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary")],
//!         scheduling_group={"podGroupName": "training"},
//!     ),
//! )
//!
//!
//! @task(pod_template=template)
//! def train() -> None: ...
//! ```
//!
//! ## Use instead
//! ```python
//! from flytekit import PodTemplate, task
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//!
//!
//! @task(pod_template=template)
//! def train() -> None: ...
//! ```
//!
//! ## References
//! - [Kubernetes: Pod API](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/)

use crate::diagnostic::{Authority, Severity};
use crate::document::{Document, Kind};
use crate::flyte::{Generation, fields_lost};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "ignored-by-backend",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("ignored_by_backend.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let document: &Document = context.document;
    let Some(generation) = Generation::of(document).filter(|_| document.kind == Kind::PythonTemplate) else { return };
    let Field::Known(spec) = context.pod.spec else { return };
    for (entry, _) in fields_lost(spec, generation) {
        let (version, minor) = (generation.version(), generation.kubernetes());
        let message = format!(
            "`{}` vanishes: Flyte's backend {version} knows the API of Kubernetes 1.{minor}",
            context.field(&entry.key.wire)
        );
        let finding = context.at(&entry.value, message).shown_at(entry.key.location);
        findings.push(finding.help("leave it out, or set it in a policy or webhook of the cluster"));
    }
}
