//! # template-placeholder-image
//!
//! ## What it does
//! Finds containers `default` and `primary` of a `PodTemplate` manifest that have no image.
//!
//! ## Why
//! Flyte replaces the image of these containers by the task's, but the object must be valid by itself before it can
//! be stored in the cluster: the API server answers "image: Required value". Any image will do as a
//! placeholder, but give it a tag: for one without, the server stores the pull policy `Always`, which Flyte then merges into
//! every task.
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
//!         terminationMessagePolicy: FallbackToLogsOnError
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
//!         image: docker.io/rwgrim/docker-noop:v1
//!         terminationMessagePolicy: FallbackToLogsOnError
//! ```
//!
//! ## References
//! - [Flyte: Configuring pods](https://www.union.ai/docs/v1/flyte/deployment/flyte-configuration/configuring-access-to-gpus/)

use crate::diagnostic::{Authority, Severity};
use crate::document::Kind;
use crate::pod::Role;
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "template-placeholder-image",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Sidecars,
    enabled_by_default: true,
    source: include_str!("template_placeholder_image.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    if context.document.kind != Kind::PodTemplate {
        return;
    }
    let base =
        context.pod.containers.known.iter().filter(|container| matches!(container.role, Role::Base | Role::Primary));
    for container in base.filter(|container| container.has_no_image()) {
        let message = format!("{} has no image, so the API server refuses the object", container.title());
        let finding = context.missing(container.node, "image", container.anchor().head(), message);
        findings.push(finding.help("set any `image` as a placeholder; the task's image takes its place"));
    }
}
