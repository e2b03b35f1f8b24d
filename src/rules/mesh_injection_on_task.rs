//! # mesh-injection-on-task
//!
//! ## What it does
//! Finds tasks' pods that ask for the proxy of a service mesh (Istio, Linkerd) without asking for a native sidecar.
//!
//! ## Why
//! The mesh adds its proxy to the pod as one more regular container, which never ends by itself. The task's pod then stays when
//! the task is done, and with a further container of its own the task does not even end. Until the proxy is ready the task
//! has no network, so the first read of its inputs may fail, as may volumes that need the network, such as Cloud Storage FUSE.
//!
//! Istio makes native sidecars by default only from 1.27 on, and Linkerd on request.
//!
//! ## Example
//! ```python
//! import flyte
//!
//! env = flyte.TaskEnvironment(
//!     name="training",
//!     pod_template=flyte.PodTemplate(labels={"sidecar.istio.io/inject": "true"}),
//! )
//! ```
//! ```yaml
//! apiVersion: v1
//! kind: PodTemplate
//! metadata:
//!   name: training
//! template:
//!   metadata:
//!     annotations:
//!       linkerd.io/inject: enabled
//!   spec:
//!     containers:
//!       - name: default
//!         image: ghcr.io/acme/placeholder:1.0
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//!
//! env = flyte.TaskEnvironment(
//!     name="training",
//!     pod_template=flyte.PodTemplate(
//!         labels={"sidecar.istio.io/inject": "true"},
//!         annotations={"sidecar.istio.io/nativeSidecar": "true"},
//!     ),
//! )
//! ```
//!
//! ## References
//! - [Istio: Resource annotations](https://istio.io/latest/docs/reference/config/annotations/)
//! - [Linkerd: Native sidecars](https://linkerd.io/2/features/native-sidecars/)

use crate::diagnostic::{Authority, Change, Fix, Severity};
use crate::document::Flavour;
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Field, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "mesh-injection-on-task",
    severity: Severity::Warning,
    authority: Authority::Practice,
    group: Group::Sidecars,
    enabled_by_default: true,
    source: include_str!("mesh_injection_on_task.rs"),
    check,
};

/// A mesh: what asks for its proxy, and what makes that a native sidecar.
struct Mesh {
    name: &'static str,
    inject: &'static str,
    values: &'static [&'static str],
    native: &'static [&'static str],
}

const MESHES: &[Mesh] = &[
    Mesh {
        name: "Istio",
        inject: "sidecar.istio.io/inject",
        values: &["true"],
        native: &["sidecar.istio.io/nativeSidecar"],
    },
    Mesh {
        name: "Linkerd",
        inject: "linkerd.io/inject",
        values: &["enabled", "ingress"],
        native: &[
            "config.linkerd.io/proxy-enable-native-sidecar",
            "config.beta.linkerd.io/proxy-enable-native-sidecar",
            "config.alpha.linkerd.io/proxy-enable-native-sidecar",
        ],
    },
    Mesh {
        name: "Vault",
        inject: "vault.hashicorp.com/agent-inject",
        values: &["true"],
        native: &["vault.hashicorp.com/agent-pre-populate-only"],
    },
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    // Apps and workloads run on, and so may their proxies.
    if matches!(context.document.flavour, Flavour::V2App | Flavour::Workload | Flavour::Unknown) {
        return;
    }
    let (labels, annotations) = (context.pod.labels(), context.pod.annotations());
    for mesh in MESHES {
        let asked = [labels, annotations].into_iter().find_map(|map| map.then(|map| map.get(mesh.inject)).known());
        let Some(asked) = asked.filter(|node| node.as_str().is_some_and(|text| mesh.values.contains(&text))) else {
            continue;
        };
        let says_no = |key: &&&str| annotations.then(|map| map.text(key)) == Field::Known("false");
        let is_native = mesh
            .native
            .iter()
            .any(|key| !annotations.then(|map| map.get(key)).is_missing() && (mesh.name != "Vault" || !says_no(&key)));
        if !is_native {
            findings.push(finding(context, mesh, asked));
        }
    }
}

fn finding(context: &Context<'_>, mesh: &Mesh, asked: &Node) -> Finding {
    let is_vault = mesh.name == "Vault";
    let what = if is_vault { "agent" } else { "proxy" };
    let message = format!("the {what} of {} never ends by itself, and holds the task's pod", mesh.name);
    let key = mesh.native[0];
    let insert = Change::Insert { at: context.pod.annotations_path(), key: key.to_owned(), value: "true".into() };
    let mut finding = context.at(asked, message);
    let driver = |volume: &&crate::pod::Volume<'_>| {
        volume.node.get("csi").then(|csi| csi.text("driver")) == Field::Known("gcsfuse.csi.storage.gke.io")
    };
    if let Some(volume) = context.pod.volumes.known.iter().find(driver) {
        finding = finding.label(volume.anchor().location, "this volume needs the network before the proxy is ready");
    }
    if is_vault {
        let fix = Fix::needs_review(format!("add the annotation `{key}`"), vec![insert]);
        return finding.help(format!("let it only fetch secrets first, by the annotation `{key}: \"true\"`")).fix(fix);
    }
    finding
        .help(format!("ask for a native sidecar by the annotation `{key}: \"true\"`, or do without the mesh"))
        .fix(Fix::needs_review(format!("add the annotation `{key}`"), vec![insert]))
}
