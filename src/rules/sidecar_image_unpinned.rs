//! # sidecar-image-unpinned
//!
//! ## What it does
//! Finds images of sidecars without a tag, with a tag that moves (`latest`, `stable`, `main`, …), and those that
//! are no image references at all.
//!
//! ## Why
//! What such a name means changes without the template changing: two runs of one task may have different sidecars,
//! and a broken release stops all tasks at once. `latest` also makes the kubelet ask the registry each time. A
//! reference that is none (`nginx@sha256:abc`, capitals in the path) fails as `InvalidImageName`.
//!
//! Whether a digest is required is configurable; a tag is enough by default.
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
//!       image: ghcr.io/acme/placeholder:1.0
//!     - name: metrics
//!       image: prom/pushgateway:latest
//!       resources:
//!         limits: {cpu: 100m, memory: 64Mi}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary"),
//!             V1Container(name="cache", image="localhost:5000/redis"),
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
//!       image: ghcr.io/acme/placeholder:1.0
//!     - name: metrics
//!       image: prom/pushgateway:v1.9.0
//!       resources:
//!         limits: {cpu: 100m, memory: 64Mi}
//! ```
//!
//! ## Options
//! - `sidecars.moving-tags`: tags that move; `podlint config show --format json` lists the usual ones
//! - `sidecars.require-digest`: `true` where a tag alone is not enough
//! - `sidecars.exempt`: patterns for names of sidecars that are left alone, such as `"istio-*"`
//!
//! ## References
//! - [Kubernetes: Image names](https://kubernetes.io/docs/concepts/containers/images/#image-names)
//! - [OCI distribution specification](https://github.com/opencontainers/distribution-spec/blob/main/spec.md)

use crate::diagnostic::{Authority, Severity};
use crate::document::Flavour;
use crate::pod::{Container, ImageReference, Pinning, Role, is_surely_untagged};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "sidecar-image-unpinned",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Sidecars,
    enabled_by_default: true,
    source: include_str!("sidecar_image_unpinned.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in context.pod.sidecars() {
        let Some(entry) = container.node.as_map().and_then(|map| map.entry("image")) else { continue };
        let finding = match &entry.value.value {
            Value::String(text) if is_placeholder(text) => placeholder(context, container, &entry.value),
            Value::String(text) if !text.is_empty() => known(context, container, &entry.value, text),
            Value::Dynamic(image) if is_surely_untagged(&image.pattern) => Some(
                context
                    .at(&entry.value, format!("the image of {} has no tag, which means `latest`", container.title())),
            ),
            _ => None,
        };
        findings.push_if(
            finding.map(|finding| finding.or_help("name a version, or better a digest: `repository:1.2.3@sha256:…`")),
        );
    }
}

fn known(context: &Context<'_>, container: &Container<'_>, node: &Node, text: &str) -> Option<Finding> {
    let title = container.title();
    let reference = match ImageReference::parse(text) {
        Ok(reference) => reference,
        Err(error) => {
            let message = format!("the image of {title} is not an image reference: {error}");
            let help = "the kubelet refuses it as `InvalidImageName`; write `registry/repository:tag`";
            return Some(context.at(node, message).severity(Severity::Error).help(help));
        }
    };
    let message = match Pinning::of(&reference, &context.settings.sidecars.moving_tags) {
        Pinning::Digest => return None,
        Pinning::Tag if !context.settings.sidecars.require_digest => return None,
        Pinning::Tag => format!("the image of {title} has no digest"),
        Pinning::Moving(tag) => format!("the image of {title} has the tag `{tag}`, which moves"),
        Pinning::Untagged => format!("the image of {title} has no tag, which means `latest`"),
    };
    Some(context.at(node, message))
}

/// flytekit's `{{.image.name.fqn}}`, which it replaces in regular containers only.
fn is_placeholder(text: &str) -> bool {
    text.contains("{{") && text.contains(".image")
}

fn placeholder(context: &Context<'_>, container: &Container<'_>, node: &Node) -> Option<Finding> {
    let is_init = matches!(container.role, Role::Init | Role::NativeSidecar);
    (context.document.flavour == Flavour::V1Task && is_init).then(|| {
        let message = format!("flytekit does not fill in the image of {}", container.title());
        let finding = context.at(node, message).severity(Severity::Error).authority(Authority::Flyte);
        finding.help("write the image's name; placeholders work in regular containers only")
    })
}
