//! # mesh-annotation
//!
//! ## What it does
//! Finds annotations and labels for Istio and Linkerd whose values they do not know, and those that stand in the wrong place.
//!
//! ## Why
//! A mesh ignores a word that it does not know, and falls back to what holds for the namespace: a proxy that was to be left
//! out is injected, and the pod of a task may never end; or one that was wanted is missing. Istio knows `"true"` and
//! `"false"`, Linkerd `enabled`, `disabled` and `ingress`; Linkerd reads annotations only. Istio's annotation for injection
//! is an old form of the label, which its webhook selects by.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//!   annotations:
//!     linkerd.io/inject: "false"
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
//!     labels={"sidecar.istio.io/inject": "no"},
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
//!     linkerd.io/inject: disabled
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
//!     labels={"sidecar.istio.io/inject": "false"},
//! )
//! env = flyte.TaskEnvironment(name="train", pod_template=template)
//! ```
//!
//! ## References
//! - [Istio: Installing the sidecar](https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/)
//! - [Istio: Resource annotations](https://istio.io/latest/docs/reference/config/annotations/)
//! - [Linkerd: Proxy configuration](https://linkerd.io/2/reference/proxy-configuration/)

use crate::diagnostic::{Authority, Change, Fix, Severity};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Location, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "mesh-annotation",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Hygiene,
    enabled_by_default: true,
    source: include_str!("mesh_annotation.rs"),
    check,
};

const ISTIO_INJECT: &str = "sidecar.istio.io/inject";
const LINKERD_INJECT: &str = "linkerd.io/inject";

/// What makes Linkerd's proxy a native sidecar, behind the group.
const NATIVE: &str = "proxy-enable-native-sidecar";

/// Annotations that are a switch.
const SWITCHES: &[&str] = &[
    "sidecar.istio.io/nativeSidecar",
    "sidecar.istio.io/rewriteAppHTTPProbers",
    "config.linkerd.io/proxy-enable-native-sidecar",
    "config.beta.linkerd.io/proxy-enable-native-sidecar",
    "config.alpha.linkerd.io/proxy-enable-native-sidecar",
];

/// Annotations that list ports, and whether ranges and `*` are allowed.
const PORTS: &[(&str, bool, bool)] = &[
    ("traffic.sidecar.istio.io/excludeInboundPorts", false, false),
    ("traffic.sidecar.istio.io/excludeOutboundPorts", false, false),
    ("traffic.sidecar.istio.io/includeInboundPorts", false, true),
    ("traffic.sidecar.istio.io/includeOutboundPorts", false, false),
    ("config.linkerd.io/skip-inbound-ports", true, false),
    ("config.linkerd.io/skip-outbound-ports", true, false),
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for (field, is_label) in [(context.pod.annotations(), false), (context.pod.labels(), true)] {
        let Some(map) = field.known().and_then(Node::as_map) else { continue };
        // Of several keys only one can take the right name, and only where nothing has it.
        let mut is_taken = map.open || map.entry(&native()).is_some();
        for entry in &map.entries {
            findings.push_if(match &*entry.key.wire {
                ISTIO_INJECT => istio(context, &entry.value, is_label),
                LINKERD_INJECT if is_label => {
                    let message = "Linkerd reads this as an annotation only";
                    Some(context.at(&entry.value, message).help("move it to the annotations"))
                }
                LINKERD_INJECT => linkerd(context, &entry.value),
                key if SWITCHES.contains(&key) && !is_label => switch(context, &entry.value, "the mesh"),
                key if !is_label => ports(context, &entry.value, key)
                    .or_else(|| misspelt(context, &entry.value, entry.key.location, (key, &mut is_taken))),
                _ => None,
            });
        }
    }
}

fn istio(context: &Context<'_>, node: &Node, is_label: bool) -> Option<Finding> {
    if node.as_str() == Some("true") && !is_label {
        let message = "as an annotation this works only where Istio's webhook looks at the namespace anyway";
        return Some(
            context.at(node, message).severity(Severity::Info).help("make it a label, which the webhook selects by"),
        );
    }
    switch(context, node, "Istio")
}

/// A value that must be one of two words.
fn switch(context: &Context<'_>, node: &Node, who: &str) -> Option<Finding> {
    let text = node.as_str().filter(|text| !matches!(*text, "true" | "false"))?;
    let finding = context.at(node, format!("{who} ignores `{text}`: it knows \"true\" and \"false\""));
    Some(meant(context, node, finding, ["true", "false"]))
}

fn linkerd(context: &Context<'_>, node: &Node) -> Option<Finding> {
    let text = node.as_str().filter(|text| !matches!(*text, "enabled" | "disabled" | "ingress"))?;
    let finding = context.at(node, format!("Linkerd ignores `{text}`: it knows `enabled`, `disabled` and `ingress`"));
    Some(meant(context, node, finding, ["enabled", "disabled"]))
}

/// Offers the word for yes or the one for no, by what is written.
fn meant(context: &Context<'_>, node: &Node, finding: Finding, [yes, no]: [&str; 2]) -> Finding {
    let word = match node.as_str().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "on" | "1" | "enabled" | "enable" => yes,
        "false" | "no" | "n" | "off" | "0" | "disabled" | "disable" => no,
        _ => return finding.help(format!("write \"{yes}\" or \"{no}\"")),
    };
    let fix = Fix::safe(format!("write \"{word}\""), vec![context.replace(node, word)]);
    finding.help(format!("write \"{word}\"")).fix(fix)
}

/// An annotation for a native proxy of Linkerd whose name Linkerd does not know.
fn misspelt(
    context: &Context<'_>,
    node: &Node,
    place: Location,
    (key, is_taken): (&str, &mut bool),
) -> Option<Finding> {
    let (group, name) = key.split_once('/')?;
    let is_near = name.contains("native") || crate::text::nearest(name, [NATIVE]).is_some();
    if !group.contains("linkerd.io") || name == NATIVE || !is_near {
        return None;
    }
    let right = native();
    let finding = context.at(node, format!("Linkerd has no annotation `{key}`")).shown_at(place);
    let finding = finding.help(format!("did you mean `{right}`?"));
    if std::mem::replace(is_taken, true) {
        return Some(finding);
    }
    let rename = Change::RenameKey { at: context.path(node), to: right.clone() };
    Some(finding.fix(Fix::needs_review(format!("rename to `{right}`"), vec![rename])))
}

fn native() -> String {
    format!("config.linkerd.io/{NATIVE}")
}

fn ports(context: &Context<'_>, node: &Node, key: &str) -> Option<Finding> {
    let (_, ranges, star) = PORTS.iter().find(|(known, ..)| *known == key)?;
    let text = node.as_str()?;
    let is_port = |word: &str| word.trim().parse::<u16>().is_ok_and(|port| port > 0);
    let is_item = |word: &str| {
        is_port(word) || (*ranges && word.split_once('-').is_some_and(|(from, to)| is_port(from) && is_port(to)))
    };
    let fine = text.is_empty() || (*star && text == "*") || text.split(',').all(is_item);
    (!fine).then(|| {
        let finding = context.at(node, format!("`{text}` is no list of ports"));
        finding.help("write numbers between 1 and 65535, with commas between them")
    })
}
