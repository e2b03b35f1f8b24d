//! # sidecar-missing-image
//!
//! ## What it does
//! Finds containers without an image where nothing fills one in.
//!
//! ## Why
//! Flyte fills in the image of the primary container only. For any other container the API server answers "image:
//! Required value", and the task fails for good. flytekit (v1) is the exception: it gives regular sidecars, but not
//! init containers, the task's image.
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
//!       - name: metrics
//!         resources:
//!           limits: {cpu: 100m, memory: 64Mi}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary"), V1Container(name="metrics")]),
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
//! - `sidecars.exempt`: patterns for names of sidecars that are left alone, such as `"istio-*"`
//!
//! ## References
//! - [Kubernetes: Images](https://kubernetes.io/docs/concepts/containers/images/)
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::document::{Flavour, Kind};
use crate::pod::{Container, Role};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "sidecar-missing-image",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Sidecars,
    enabled_by_default: true,
    source: include_str!("sidecar_missing_image.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    // What stands in Flyte's configuration is only ever merged with the containers of tasks, and a patch with a manifest.
    if context.document.kind == Kind::Embedded || context.document.is_patch() {
        return;
    }
    let containers = context.pod.containers.known.iter();
    for container in containers.filter(|container| needs_own_image(context.document.flavour, container)) {
        if container.has_no_image() {
            let entry = container.node.as_map().and_then(|map| map.entry("image"));
            let place = entry.map_or_else(|| container.anchor().head(), |entry| entry.key.location);
            let message = format!("{} has no image", container.title());
            let finding = context.missing(container.node, "image", place, message);
            findings.push(finding.help(help(context.document.flavour)));
        }
    }
}

/// Whether nobody gives this container an image but the template itself.
fn needs_own_image(flavour: Flavour, container: &Container<'_>) -> bool {
    match flavour {
        Flavour::Workload => true,
        // The images of `default` and `primary` are the business of template-placeholder-image.
        Flavour::ClusterTemplate => !matches!(container.role, Role::Base | Role::Primary),
        Flavour::V1Task | Flavour::V1Pod => matches!(container.role, Role::Init | Role::NativeSidecar),
        Flavour::V2Task | Flavour::V2App => container.role.is_sidecar(),
        Flavour::Unknown => matches!(container.role, Role::Init | Role::NativeSidecar),
        Flavour::PluginRole => false,
    }
}

const fn help(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::V1Task | Flavour::V1Pod => {
            "set `image`; flytekit fills in the task's image for regular containers only"
        }
        Flavour::V2Task | Flavour::V2App => "set `image`; Flyte fills in the image of the primary container only",
        _ => "set `image`",
    }
}
