//! # undefined-volume
//!
//! ## What it does
//! Finds `volumeMounts` and `volumeDevices` that name a volume which the pod does not define.
//!
//! ## Why
//! The API server refuses such a pod: every mount must name one of the pod's `volumes`. With Flyte this shows only
//! after the image is built and the task is queued.
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
//!         volumeMounts:
//!           - name: dta
//!             mountPath: /data
//!     volumes:
//!       - name: data
//!         emptyDir: {}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EmptyDirVolumeSource, V1PodSpec, V1Volume, V1VolumeMount
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(
//!         containers=[
//!             V1Container(name="primary", volume_mounts=[V1VolumeMount(name="dta", mount_path="/data")]),
//!         ],
//!         volumes=[V1Volume(name="data", empty_dir=V1EmptyDirVolumeSource())],
//!     ),
//! )
//! ```
//!
//! ## Use instead
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
//!         volumeMounts:
//!           - name: data
//!             mountPath: /data
//!     volumes:
//!       - name: data
//!         emptyDir: {}
//! ```
//!
//! ## References
//! - [Kubernetes: Volumes](https://kubernetes.io/docs/concepts/storage/volumes/)

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};

use crate::diagnostic::{Authority, Fix, Severity};
use crate::document::Kind;
use crate::flyte::ADDED_VOLUMES;
use crate::pod::{Mount, Volume};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::text::{MAX_SUGGESTIONS, nearest};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "undefined-volume",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Volumes,
    enabled_by_default: true,
    source: include_str!("undefined_volume.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let volumes = &context.pod.volumes;
    if volumes.open || volumes.known.iter().any(|volume| volume.name().is_dynamic()) {
        return;
    }
    let Some(claims) = claim_templates(context) else { return };
    let own = volumes.known.iter().filter_map(|volume| volume.name().known());
    let defined: HashSet<&str> = own.chain(claims).collect();
    let mounts = context.pod.containers.known.iter().flat_map(|container| container.mounts().known);
    let named = mounts.filter_map(|mount| Some((mount, mount.volume().known()?)));
    let words = OnceCell::new();
    let words = || words.get_or_init(|| words_of(&context.document.root));
    let is_undefined = |name: &str| !name.is_empty() && !defined.contains(name) && !is_added_later(context, name);
    for (count, (mount, name)) in named.filter(|(_, name)| is_undefined(name)).enumerate() {
        // Where that many are undefined, none of the rest is held against those that are.
        let known = if count < MAX_SUGGESTIONS { volumes.known.as_slice() } else { &[] };
        findings.push(finding(context, &mount, name, known, words));
    }
}

/// The names of the claims that a `StatefulSet` makes for each pod, and mounts as volumes; `None` where not all are known.
fn claim_templates<'a>(context: &Context<'a>) -> Option<Vec<&'a str>> {
    if context.document.kind != Kind::Workload {
        return Some(Vec::new());
    }
    match context.document.root.get("spec").then(|spec| spec.get("volumeClaimTemplates")) {
        Field::Missing => Some(Vec::new()),
        Field::Known(node) => {
            let list = node.as_list().filter(|list| !list.open)?;
            let name = |claim: &'a Node| claim.get("metadata").then(|metadata| metadata.text("name"));
            list.items.iter().map(|claim| name(claim).or_default("")).collect()
        }
        Field::Dynamic => None,
    }
}

/// Whether Flyte adds a volume of that name to the pods of tasks; the template itself need not define it.
fn is_added_later(context: &Context<'_>, name: &str) -> bool {
    context.is_python() && ADDED_VOLUMES.contains(&name)
}

fn finding<'w>(
    context: &Context<'_>,
    mount: &Mount<'_>,
    name: &str,
    volumes: &[Volume<'_>],
    words: impl Fn() -> &'w HashMap<&'w str, usize>,
) -> Finding {
    let node = mount.node.get("name").known().unwrap_or(mount.node);
    let finding = context.at(node, format!("the pod defines no volume `{name}`"));
    let names = volumes.iter().map(|volume| volume.name().known().unwrap_or_default());
    let Some(meant) = nearest(name, names).and_then(|index| volumes.get(index)) else {
        return finding.help(help(volumes));
    };
    let right = meant.name().known().unwrap_or_default();
    let finding = finding
        .label(meant.anchor().location, format!("`{right}` is defined here"))
        .help(format!("did you mean `{right}`?"));
    let rename = |node: &Node, to: &str| vec![context.replace(node, to)];
    let (of_mount, of_volume) = (rename(node, right), rename(meant.anchor(), name));
    let (mount_title, volume_title) = (format!("rename to `{right}`"), format!("rename the volume to `{name}`"));
    // Either may be the misspelt one; the right one likely stands elsewhere as well, in a path or another mount.
    let count = |name: &str| words().get(name).copied().unwrap_or_default() + WEIGHT * usual_words(name);
    match count(right).cmp(&count(name)) {
        Ordering::Greater => finding.fix(Fix::safe(mount_title, of_mount)),
        Ordering::Less => finding.fix(Fix::safe(volume_title, of_volume)),
        Ordering::Equal => finding.fix(Fix::manual(mount_title, of_mount)).fix(Fix::manual(volume_title, of_volume)),
    }
}

/// Words that names of volumes are made of: a name with one of them is hardly the misspelt one.
const USUAL: &[&str] = &[
    "artifacts",
    "assets",
    "bin",
    "bucket",
    "cache",
    "certs",
    "checkpoint",
    "checkpoints",
    "claim",
    "code",
    "config",
    "configs",
    "credentials",
    "creds",
    "data",
    "dataset",
    "datasets",
    "dev",
    "dir",
    "disk",
    "docker",
    "dshm",
    "empty",
    "files",
    "home",
    "hub",
    "images",
    "input",
    "inputs",
    "key",
    "keys",
    "libs",
    "local",
    "log",
    "logs",
    "memory",
    "model",
    "models",
    "nfs",
    "output",
    "outputs",
    "project",
    "projects",
    "pvc",
    "repo",
    "results",
    "root",
    "run",
    "scratch",
    "script",
    "scripts",
    "secret",
    "secrets",
    "shared",
    "shm",
    "socket",
    "spool",
    "src",
    "ssh",
    "ssl",
    "storage",
    "store",
    "temp",
    "tls",
    "tmp",
    "token",
    "tokens",
    "tools",
    "train",
    "training",
    "var",
    "vol",
    "volume",
    "weights",
    "work",
    "workdir",
    "workspace",
];

/// A usual word counts as much as this many mentions.
const WEIGHT: usize = 10;

fn usual_words(name: &str) -> usize {
    name.split('-').filter(|word| USUAL.binary_search(word).is_ok()).count()
}

/// How many texts of a document have each word; a path is made of words, and so is `train-data`.
fn words_of(root: &Node) -> HashMap<&str, usize> {
    let mut words = HashMap::new();
    let mut pending = vec![root];
    while let Some(node) = pending.pop() {
        pending.extend(node.children());
        let Some(text) = node.as_str() else { continue };
        let names = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
        let own: BTreeSet<&str> = names.flat_map(|name| name.split('-').chain([name])).chain([text]).collect();
        own.into_iter().for_each(|word| *words.entry(word).or_default() += 1);
    }
    words
}

fn help(volumes: &[Volume<'_>]) -> String {
    let names: Vec<String> =
        volumes.iter().filter_map(|volume| Some(format!("`{}`", volume.name().known()?))).collect();
    if names.is_empty() {
        return "add it to `volumes`, or remove the mount".to_owned();
    }
    format!("add it to `volumes`, or mount one of those that are defined: {}", names.join(", "))
}
