//! # plain-secret
//!
//! ## What it does
//! Finds credentials written as literals in environment variables and arguments: by the name of the variable
//! (`DB_PASSWORD`, `API_TOKEN`), or by their shape (keys and tokens of known services, private keys, passwords in URLs).
//!
//! ## Why
//! Whoever may read the repository, the pod or Flyte's record of the task has the credential, and it stays in the history of
//! all three. Keep it in a secret: `valueFrom.secretKeyRef` takes it from Kubernetes, `flyte.Secret` from Flyte's store.
//!
//! Findings never show the value, and source lines are shown without it. Names such as `SECRET_NAME` and `TOKEN_PATH`, paths,
//! references such as `$(OTHER)` and placeholders are no secrets; further exceptions are configurable.
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
//!         - name: DB_PASSWORD
//!           value: hunter2
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EnvVar, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(
//!                 name="primary",
//!                 env=[V1EnvVar(name="WANDB_API_KEY", value="d41d8cd98f00b204e9800998ecf8427e")],
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
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       env:
//!         - name: DB_PASSWORD
//!           valueFrom:
//!             secretKeyRef: {name: database, key: password}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EnvVar, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary", env=[V1EnvVar(name="WANDB_PROJECT", value="train")])]),
//! )
//! env = flyte.TaskEnvironment(
//!     name="train",
//!     pod_template=template,
//!     secrets=[flyte.Secret("wandb-key", as_env_var="WANDB_API_KEY")],
//! )
//! ```
//!
//! ## Options
//! - `secrets.public-variables`: variables that look like secrets and are none
//!
//! ## References
//! - [Kubernetes: Secrets](https://kubernetes.io/docs/concepts/configuration/secret/)
//! - [Flyte: Secrets](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/secrets)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Context, Findings, Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "plain-secret",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("plain_secret.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in &context.pod.containers.known {
        for secret in container.plain_secrets() {
            let public = &context.settings.secrets.public_variables;
            if secret.variable.is_some_and(|name| public.iter().any(|known| known == name)) {
                continue;
            }
            let title = container.title();
            let message = match (secret.variable, secret.shape) {
                (Some(name), Some(shape)) => format!("`{name}` of {title} holds {shape} in plain text"),
                (Some(name), None) => {
                    format!("`{name}` of {title} is set to a literal, and by its name it is a secret")
                }
                (None, shape) => {
                    format!("an argument of {title} holds {} in plain text", shape.unwrap_or("a secret"))
                }
            };
            let reference = format!("{}.{}", context.field("valueFrom"), context.field("secretKeyRef"));
            let help = match context.pod.belongs_to_flyte() {
                true => format!("take it from a secret with `{reference}`, or let Flyte inject it with `secrets=`"),
                false => format!("take it from a secret with `{reference}`"),
            };
            findings.push(context.at(secret.node, message).help(help));
        }
    }
}
