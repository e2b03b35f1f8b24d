//! # service-account-token
//!
//! ## What it does
//! Finds pods that get a token for the API server. Off until it is asked for.
//!
//! ## Why
//! Unless it is told otherwise, every container gets a token of the pod's service account, and whoever breaks into it can use
//! it against the API server. Tasks rarely talk to it. (Identities in the cloud mostly come without this token; some
//! setups use it, so that this rule is off by default.)
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
//!         automount_service_account_token=True,
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
//!   automountServiceAccountToken: false
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
//!         automount_service_account_token=False,
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Opt out of API credential automounting](https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting)

use crate::diagnostic::{Authority, Change, Fix, Literal, Severity};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "service-account-token",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: false,
    source: include_str!("service_account_token.rs"),
    check,
};

const WIRE: &str = "automountServiceAccountToken";

fn check(context: &Context<'_>, findings: &mut Findings) {
    let Field::Known(spec) = context.pod.spec else { return };
    let field = context.field(WIRE);
    let help = format!("set `{field}` to false");
    let message = "the pod gets a token for the API server";
    match spec.get(WIRE) {
        Field::Known(node) if node.as_bool() == Some(true) => {
            let fix = Fix::needs_review(help.clone(), vec![context.replace(node, Literal::Bool(false))]);
            findings.push(context.at(node, message).help(help).fix(fix));
        }
        Field::Missing => {
            let insert = Change::Insert { at: context.path(spec), key: WIRE.to_owned(), value: Literal::Bool(false) };
            let finding = context.missing(spec, WIRE, spec.head(), message);
            findings.push(finding.help(help.clone()).fix(Fix::needs_review(help, vec![insert])));
        }
        _ => {}
    }
}
