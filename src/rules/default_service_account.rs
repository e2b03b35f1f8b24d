//! # default-service-account
//!
//! ## What it does
//! Finds pods that run as the service account `default`. Off until it is asked for.
//!
//! ## Why
//! All pods of a namespace that name no account share this one: what is granted to it is granted to all of them. For a task
//! Flyte fills in the account of the project and domain where the template names none, so that only a template that asks for
//! `default` is reported there.
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
//!         service_account_name="default",
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
//!   serviceAccountName: train
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
//!         service_account_name="train",
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Service accounts](https://kubernetes.io/docs/concepts/security/service-accounts/)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "default-service-account",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: false,
    source: include_str!("default_service_account.rs"),
    check,
};

const WIRE: &str = "serviceAccountName";

fn check(context: &Context<'_>, findings: &mut Findings) {
    let Field::Known(spec) = context.pod.spec else { return };
    let help = format!("name an account of its own in `{}`", context.field(WIRE));
    match spec.text(WIRE) {
        Field::Known("default") => {
            let node = spec.get(WIRE).known().unwrap_or(spec);
            findings.push(context.at(node, "the pod runs as the service account `default`").help(help));
        }
        Field::Missing | Field::Known("")
            if !context.pod.belongs_to_flyte() && !spec.get("serviceAccount").is_dynamic() =>
        {
            // The old name of the field counts too.
            if matches!(spec.text("serviceAccount"), Field::Missing | Field::Known("default" | "")) {
                let message = "the pod names no service account, and runs as `default`";
                findings.push(context.missing(spec, WIRE, spec.head(), message).help(help));
            }
        }
        _ => {}
    }
}
