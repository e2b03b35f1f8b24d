//! # misplaced-app-variables
//!
//! ## What it does
//! Finds templates of apps whose first container is a sidecar.
//!
//! ## Why
//! The service for apps adds Flyte's variables (`INTERNAL_APP_ENDPOINT_PATTERN`, `FLYTE_INTERNAL_EXECUTION_PROJECT`,
//! `FLYTE_INTERNAL_EXECUTION_DOMAIN`, and those of the cluster) to the container that comes first, whatever its name. Where that is a
//! sidecar, `app` has none of them, and `flyte.init_in_cluster()` fails there.
//!
//! ## Example
//! ```python
//! import flyte
//! import flyte.app
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     primary_container_name="app",
//!     pod_spec=V1PodSpec(containers=[V1Container(name="proxy", image="ghcr.io/acme/proxy:1.0"), V1Container(name="app")]),
//! )
//! app = flyte.app.AppEnvironment(name="dash", pod_template=template)
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! import flyte.app
//! from kubernetes.client import V1Container, V1PodSpec, V1ResourceRequirements
//!
//! small = V1ResourceRequirements(requests={"cpu": "100m", "memory": "64Mi"}, limits={"cpu": "100m", "memory": "64Mi"})
//! proxy = V1Container(name="proxy", image="ghcr.io/acme/proxy:1.0", resources=small)
//! template = flyte.PodTemplate(
//!     primary_container_name="app",
//!     pod_spec=V1PodSpec(containers=[V1Container(name="app"), proxy]),
//! )
//! app = flyte.app.AppEnvironment(name="dash", pod_template=template)
//! ```
//!
//! ## References
//! - [Flyte: Apps](https://www.union.ai/docs/v2/flyte/user-guide/build-apps/)

use crate::diagnostic::{Authority, Severity};
use crate::document::Flavour;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "misplaced-app-variables",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("misplaced_app_variables.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    if context.document.flavour != Flavour::V2App || context.pod.containers.open {
        return;
    }
    let mut containers = context.pod.containers.in_list("containers");
    let Some(first) = containers.next() else { return };
    let Field::Known(name) = first.name() else { return };
    if name != "app" && containers.any(|container| container.name() == Field::Known("app")) {
        let message =
            format!("Flyte's variables go to the first container, which is `{name}`: `app` gets none of them");
        findings.push(context.at(first.anchor(), message).help("put `app` first"));
    }
}
