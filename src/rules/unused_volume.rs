//! # unused-volume
//!
//! ## What it does
//! Finds volumes that no container mounts.
//!
//! ## Why
//! An unused volume is usually a forgotten or misspelt mount: the data is not where the task looks for it. A claim
//! that cannot be bound keeps the pod pending all the same. In a `PodTemplate` manifest this is only a note, since
//! the containers of tasks may mount the volume.
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
//!   volumes:
//!     - name: data
//!       emptyDir: {}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="primary")],
//!         volumes=[V1Volume(name="data", empty_dir=V1EmptyDirVolumeSource())],
//!     ),
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary", volume_mounts=[V1VolumeMount(name="data", mount_path="/data")]),
//!         ],
//!         volumes=[V1Volume(name="data", empty_dir=V1EmptyDirVolumeSource())],
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Kubernetes: Volumes](https://kubernetes.io/docs/concepts/storage/volumes/)

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Authority, Fix, Severity};
use crate::document::Flavour;
use crate::pod::{Pod, Volume};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::text::{MAX_SUGGESTIONS, nearest};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unused-volume",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("unused_volume.rs"),
    check,
};

/// Volumes with these names are mounted by containers that webhooks add.
const INJECTED: &[&str] = &["gke-gcsfuse-", "istio-", "linkerd-"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    let Some(names) = mounted_names(&context.pod) else { return };
    if context.pod.volumes.known.is_empty() || context.pod.has_unknown_keys() {
        return;
    }
    let mounted: HashSet<&str> = names.iter().copied().collect();
    let mut defined: HashSet<&str> =
        context.pod.volumes.known.iter().filter_map(|volume| volume.name().known()).collect();
    let undefined = names.into_iter().filter(|name| defined.insert(name));
    let undefined: Vec<&str> = undefined.take(MAX_SUGGESTIONS).collect();
    let named = context.pod.volumes.known.iter().filter_map(|volume| Some((volume, volume.name().known()?)));
    let is_injected = |name: &str| INJECTED.iter().any(|prefix| name.starts_with(prefix));
    let unused = named.filter(|(_, name)| !mounted.contains(name) && !is_injected(name));
    let texts = OnceCell::new();
    let texts = || texts.get_or_init(|| texts_of(&context.document.root));
    for (number, (volume, name)) in unused.enumerate() {
        if number >= MAX_SUGGESTIONS || !is_misspelt(name, &undefined) {
            findings.push(finding(context, texts(), volume, name));
        }
    }
}

/// The names of volumes that containers use, in their order; `None` where there may be uses that are not known.
fn mounted_names<'a>(pod: &Pod<'a>) -> Option<Vec<&'a str>> {
    let mut names = Vec::new();
    if pod.containers.open || pod.spec.is_dynamic() {
        return None;
    }
    for container in &pod.containers.known {
        let mounts = container.mounts();
        if mounts.open || container.node.is_dynamic() {
            return None;
        }
        let mounted = mounts.known.into_iter().map(|mount| mount.volume());
        for name in mounted.chain(container.env_file_volumes()) {
            match name {
                Field::Known(name) => names.push(name),
                // Which volume a mount without a name should have is not known either.
                Field::Dynamic | Field::Missing => return None,
            }
        }
    }
    Some(names)
}

/// Whether a mount of an undefined volume most likely means this one: one mistake, one finding (undefined-volume).
fn is_misspelt(name: &str, undefined: &[&str]) -> bool {
    undefined.iter().any(|mount| nearest(mount, [name]).is_some())
}

fn finding(context: &Context<'_>, texts: &HashMap<&str, usize>, volume: &Volume<'_>, name: &str) -> Finding {
    let finding = context
        .at(volume.anchor(), format!("no container mounts the volume `{name}`"))
        .help(format!("mount it in `{}`, or remove it", context.field("volumeMounts")));
    // Whether the volume or a mount of it is one too many only the user knows.
    let fix = Fix::manual(format!("remove the volume `{name}`"), vec![context.remove(volume.node)]);
    let finding = if is_named_elsewhere(texts, volume.node, name) { finding } else { finding.fix(fix) };
    let in_template = context.document.flavour == Flavour::ClusterTemplate;
    if in_template { finding.severity(Severity::Info) } else { finding }
}

fn texts_of(root: &Node) -> HashMap<&str, usize> {
    let mut texts = HashMap::new();
    count(root, &mut texts);
    texts
}

/// How often each text stands in a tree, as a value or a key.
fn count<'n>(node: &'n Node, texts: &mut HashMap<&'n str, usize>) {
    let keys = node.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
    let keys = keys.iter().map(|entry| &*entry.key.wire);
    keys.chain(node.as_str()).for_each(|text| *texts.entry(text).or_default() += 1);
    node.children().for_each(|child| count(child, texts));
}

/// Whether a name stands in the document more often than in the volume itself.
fn is_named_elsewhere(texts: &HashMap<&str, usize>, volume: &Node, name: &str) -> bool {
    let mut own = HashMap::new();
    count(volume, &mut own);
    texts.get(name) > own.get(name)
}
