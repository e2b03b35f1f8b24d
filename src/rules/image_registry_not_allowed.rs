//! # image-registry-not-allowed
//!
//! ## What it does
//! Finds images from registries that are not among the allowed ones. It speaks only where allowed registries are configured.
//!
//! ## Why
//! A platform that scans and mirrors images wants nothing else to run, and a cluster without a way out cannot pull from
//! elsewhere at all. A name without a registry is one of `docker.io`, and a plain name one of `docker.io/library`.
//!
//! The option is a list of registries (`ghcr.io`), prefixes of repositories (`ghcr.io/acme`), and domains with all below them
//! (`*.example.com`).
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
//!       image: quay.io/stranger/train:1.0
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary")],
//!         init_containers=[V1Container(name="setup", image="alpine:3.20")],
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
//! ```
//!
//! ## Options
//! - `images.allowed-registries`: registries, or repositories in them, that images may come from: `ghcr.io/acme`, `*.example.com`
//!
//! ## References
//! - [Kubernetes: Images](https://kubernetes.io/docs/concepts/containers/images/)

use crate::diagnostic::{Authority, Severity};
use crate::pod::{ImageReference, Role, is_host};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Piece, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "image-registry-not-allowed",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("image_registry_not_allowed.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let allowed = &context.settings.images.allowed_registries;
    if allowed.is_empty() {
        return;
    }
    for container in context.pod.containers.known.iter().filter(|container| container.role != Role::Base) {
        let Some(entry) = container.node.as_map().and_then(|map| map.entry("image")) else { continue };
        let place = match &entry.value.value {
            Value::String(text) => match ImageReference::parse(text) {
                Ok(image) if !allowed.iter().any(|registry| image.is_in(registry)) => {
                    image.domain.unwrap_or("docker.io")
                }
                _ => continue,
            },
            Value::Dynamic(image) => match registry_of(&image.pattern) {
                Some(domain) if !allowed.iter().any(|registry| is_host(host_of(registry), domain)) => domain,
                _ => continue,
            },
            _ => continue,
        };
        let message = format!("the image of {} comes from `{place}`, from where it is not allowed", container.title());
        findings.push(context.at(&entry.value, message).help(format!("allowed are {}", list(allowed))));
    }
}

/// The registry of a partly known image: what stands before the first slash, where that is known.
fn registry_of(pattern: &[Piece]) -> Option<&str> {
    let Some(Piece::Text(start)) = pattern.first() else { return None };
    let (domain, _) = start.split_once('/')?;
    (domain.contains(['.', ':']) || domain == "localhost").then_some(domain)
}

fn host_of(registry: &str) -> &str {
    registry.split('/').next().unwrap_or(registry)
}

fn list(allowed: &[String]) -> String {
    const SHOWN: usize = 5;
    let names: Vec<String> = allowed.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = if allowed.len() > SHOWN { " and others" } else { "" };
    format!("{}{more}", names.join(", "))
}
