//! # app-primary-name
//!
//! ## What it does
//! Finds templates of apps whose primary container is not called `app`.
//!
//! ## Why
//! An `AppEnvironment` needs a primary container of that very name, and flyte raises `ValueError` otherwise: "Primary
//! container name must be 'app'". The name that a `PodTemplate` has by default, `primary`, does not do.
//!
//! ## Example
//! ```python
//! import flyte.app
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//! env = flyte.app.AppEnvironment(name="dashboard", pod_template=template)
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte.app
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     primary_container_name="app",
//!     pod_spec=V1PodSpec(containers=[V1Container(name="app")]),
//! )
//! env = flyte.app.AppEnvironment(name="dashboard", pod_template=template)
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Change, Fix, Severity};
use crate::document::Flavour;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::Field;

/// The rule.
pub static RULE: Rule = Rule {
    name: "app-primary-name",
    severity: Severity::Error,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("app_primary_name.rs"),
    check,
};

/// The name that flyte wants.
const APP: &str = "app";

fn check(context: &Context<'_>, findings: &mut Findings) {
    let document = context.document;
    let Field::Known(primary) = &document.primary.name else { return };
    if document.flavour != Flavour::V2App || primary == APP {
        return;
    }
    let message = match document.primary.location {
        Some(_) => format!("the primary container of an app must be called `{APP}`, not `{primary}`"),
        None => format!("the primary container of an app must be called `{APP}`, and is `{primary}` by default"),
    };
    let place = document.primary.location.unwrap_or(document.head);
    let finding = context.missing(&document.root, "primary_container_name", place, message);
    let mut finding = finding.help(format!("set `primary_container_name=\"{APP}\"`, and name the container so"));
    if let Some(used) = document.uses.first() {
        finding = finding.label(used.location, "used by an app here");
    }
    if let Some(changes) = changes(context, primary) {
        finding = finding.fix(Fix::safe(format!("call it `{APP}`"), changes));
    }
    findings.push(finding);
}

/// What makes `app` the primary container, where it is plain which one is meant.
fn changes(context: &Context<'_>, primary: &str) -> Option<Vec<Change>> {
    let named = |wanted: &str| {
        context.pod.containers.in_list("containers").find(|container| container.name() == Field::Known(wanted))
    };
    let mut changes = vec![Change::SetPrimary { name: APP.to_owned() }];
    if named(APP).is_none() {
        changes.push(context.replace(named(primary)?.anchor(), APP));
    }
    Some(changes)
}
