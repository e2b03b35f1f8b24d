//! # monitoring-annotation
//!
//! ## What it does
//! Finds annotations for Datadog and Prometheus that they cannot use: for a container that the pod does not have, with text
//! that is no JSON, with a port that is none.
//!
//! ## Why
//! Monitoring skips what it cannot read, and the metrics or logs of a task are missing when they are needed. Datadog finds a
//! container's checks and logs by its name in the key, `ad.datadoghq.com/<container>.logs`.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//!   annotations:
//!     ad.datadoghq.com/main.logs: '[{"source": "python"}]'
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
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary")]),
//!     annotations={"prometheus.io/scrape": "True"},
//! )
//! env = flyte.TaskEnvironment(name="train", pod_template=template)
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//!   annotations:
//!     ad.datadoghq.com/primary.logs: '[{"source": "python"}]'
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
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary")]),
//!     annotations={"prometheus.io/scrape": "true", "prometheus.io/port": "9090"},
//! )
//! env = flyte.TaskEnvironment(name="train", pod_template=template)
//! ```
//!
//! ## References
//! - [Datadog: Autodiscovery annotations](https://docs.datadoghq.com/containers/kubernetes/integrations/)
//! - [Prometheus: Kubernetes service discovery](https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config)

use std::cell::LazyCell;

use crate::diagnostic::{Authority, Change, Fix, Severity};
use crate::document::Flavour;
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::text::Suggestions;
use crate::tree::{Entry, Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "monitoring-annotation",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("monitoring_annotation.rs"),
    check,
};

const DATADOG: &str = "ad.datadoghq.com/";
/// What follows a container's name, all of it JSON.
const PARTS: &[&str] = &["checks", "check_names", "init_configs", "instances", "logs", "tags"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    let Some(map) = context.pod.annotations().known().and_then(Node::as_map) else { return };
    let names = LazyCell::new(|| container_names(context));
    let mut suggestions = Suggestions::default();
    for entry in &map.entries {
        findings.push_if(match entry.key.wire.strip_prefix(DATADOG).and_then(|rest| rest.rsplit_once('.')) {
            Some((container, part)) if PARTS.contains(&part) => no_json(context, entry, part)
                .or_else(|| no_container(context, entry, container, names.as_deref()?, &mut suggestions)),
            Some(_) => None,
            None => prometheus(context, entry),
        });
    }
}

fn no_json(context: &Context<'_>, entry: &Entry, part: &str) -> Option<Finding> {
    let text = entry.value.as_str()?;
    let error = match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) => return wrong_shape(context, entry, part, &value),
        Err(error) => error,
    };
    // Datadog's own variables, `%%host%%`, stand in strings only; a template engine's stand anywhere.
    let is_plain = !text.contains("{{");
    is_plain.then(|| context.at(&entry.value, format!("this is no JSON: {error}")).help("Datadog reads it as JSON"))
}

/// JSON of another shape than Datadog reads there.
fn wrong_shape(context: &Context<'_>, entry: &Entry, part: &str, value: &serde_json::Value) -> Option<Finding> {
    let is_texts = value.as_array().is_some_and(|items| items.iter().all(serde_json::Value::is_string));
    let is_objects = value.as_array().is_some_and(|items| items.iter().all(serde_json::Value::is_object));
    let (fits, wanted) = match part {
        "checks" => {
            (value.is_object(), "an object with the name of each check: `{\"redisdb\": {\"instances\": [{}]}}`")
        }
        "check_names" => (is_texts, "a list of texts: `[\"redisdb\"]`"),
        "tags" => (value.is_object(), "an object: `{\"team\": \"ranking\"}`"),
        "logs" | "init_configs" | "instances" => (is_objects, "a list of objects: `[{}]`"),
        _ => return None,
    };
    (!fits).then(|| context.at(&entry.value, format!("Datadog wants {wanted}")).help("write it in that form"))
}

/// The annotation of a container that is none of `names`, which are in order.
fn no_container(
    context: &Context<'_>,
    entry: &Entry,
    container: &str,
    names: &[&str],
    suggestions: &mut Suggestions,
) -> Option<Finding> {
    names.binary_search(&container).err()?;
    let message = format!("the pod has no container `{container}`");
    let finding = context.at(&entry.value, message).shown_at(entry.key.location);
    let near = suggestions.nearest(container, names.iter().copied()).and_then(|index| names.get(index));
    let near = near.or(match names {
        [only] => Some(only),
        _ => None,
    });
    Some(match near {
        Some(near) => {
            let to = entry.key.wire.replacen(container, near, 1);
            let rename = Change::RenameKey { at: context.path(&entry.value), to: to.clone() };
            finding
                .help(format!("did you mean `{near}`?"))
                .fix(Fix::needs_review(format!("rename to `{to}`"), vec![rename]))
        }
        None => finding.help("the name before the dot is a container's"),
    })
}

/// The names of all containers; `None` where there may be others.
fn container_names<'a>(context: &Context<'a>) -> Option<Vec<&'a str>> {
    let containers = &context.pod.containers;
    let adds = matches!(context.document.flavour, Flavour::ClusterTemplate | Flavour::PluginRole | Flavour::Unknown);
    if containers.open || adds {
        return None;
    }
    let mut names: Vec<&str> =
        containers.known.iter().map(|container| container.name().known()).collect::<Option<_>>()?;
    match &context.document.primary.name {
        Field::Known(primary) => names.push(primary),
        Field::Missing => {}
        Field::Dynamic => return None,
    }
    names.sort_unstable();
    names.dedup();
    Some(names)
}

fn prometheus(context: &Context<'_>, entry: &Entry) -> Option<Finding> {
    let text = entry.value.as_str()?;
    let finding = |message: String| context.at(&entry.value, message);
    match &*entry.key.wire {
        "prometheus.io/scrape" if !matches!(text, "true" | "false") => {
            let meant = text.to_ascii_lowercase();
            let finding = finding(format!("the usual scrape configuration looks for \"true\", not `{text}`"));
            let fix = Fix::safe(format!("write \"{meant}\""), vec![context.replace(&entry.value, &*meant)]);
            Some(match meant.as_str() {
                "true" | "false" => finding.help(format!("write \"{meant}\"")).fix(fix),
                _ => finding.help("write \"true\" or \"false\""),
            })
        }
        "prometheus.io/port" if text.parse::<u16>().is_ok_and(|port| port > 0) => None,
        "prometheus.io/port" => {
            Some(finding(format!("`{text}` is no port")).help("write a number between 1 and 65535, in quotes"))
        }
        "prometheus.io/path" if !text.starts_with('/') => {
            let finding = finding(format!("`{text}` is no path of a URL: it must start with `/`"));
            let path = format!("/{text}");
            let fix = Fix::safe(format!("write `{path}`"), vec![context.replace(&entry.value, &*path)]);
            Some(finding.help(format!("write `{path}`")).fix(fix))
        }
        _ => None,
    }
}
