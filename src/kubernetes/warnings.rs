//! What the server admits with a warning: deprecated fields and values that most likely are mistakes.
//!
//! Source: <https://kubernetes.io/docs/reference/using-api/deprecation-guide/>.

use super::containers::all;
use super::read::{entries, is_given, items, string};
use super::resources::quantity_of;
use super::{PodTemplate, Violations};
use crate::tree::Node;

const DEPRECATED_LABELS: &[(&str, &str)] = &[
    ("beta.kubernetes.io/arch", "kubernetes.io/arch"),
    ("beta.kubernetes.io/os", "kubernetes.io/os"),
    ("beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type"),
    ("failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"),
    ("failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"),
];

const DEPRECATED_VOLUMES: &[&str] =
    &["photonPersistentDisk", "gitRepo", "scaleIO", "flocker", "storageos", "quobyte", "glusterfs", "cephfs", "rbd"];

/// Notes what the server would warn of.
pub fn check(pod: &PodTemplate<'_>, out: &mut Violations<'_>) {
    let Some(spec) = pod.spec.known() else { return };
    if let Some(map) = spec.get("nodeSelector").known() {
        for entry in entries(spec, "nodeSelector") {
            if let Some((_, new)) = DEPRECATED_LABELS.iter().find(|(old, _)| *old == &*entry.key.wire) {
                let message = format!("the label `{}` is deprecated", entry.key.wire);
                let violation = out.at(map, "deprecated-field", message).warning().shown_at(entry.key.location);
                violation.help(format!("use `{new}`"));
            }
        }
    }
    for volume in items(spec, "volumes") {
        for kind in DEPRECATED_VOLUMES.iter().filter(|kind| is_given(volume, kind)) {
            let message = format!("volumes of the kind `{}` are deprecated or gone", out.field(kind));
            out.at_field(volume, kind, "deprecated-field", message).warning();
        }
    }
    for (_, container) in all(spec) {
        fractional_bytes(container, out);
    }
    if string(spec, "serviceAccount").is_some_and(|name| !name.is_empty())
        && string(spec, "serviceAccountName") == Some("")
    {
        let (old, new) = (out.field("serviceAccount"), out.field("serviceAccountName").into_owned());
        let message = format!("`{old}` is deprecated, and Flyte overwrites it");
        out.at_field(spec, "serviceAccount", "deprecated-field", message).warning().help(format!("use `{new}`"));
    }
}

/// `100m` of memory is a tenth of a byte.
fn fractional_bytes(container: &Node, out: &mut Violations<'_>) {
    let Some(resources) = container.get("resources").known() else { return };
    for wire in ["limits", "requests"] {
        for entry in entries(resources, wire) {
            let bytes = matches!(&*entry.key.wire, "memory" | "ephemeral-storage");
            if bytes && quantity_of(&entry.value).is_some_and(|quantity| !quantity.is_whole()) {
                let message = format!("this is a fraction of a byte of `{}`", entry.key.wire);
                let help = "`m` means thousandths; megabytes are `M` or `Mi`";
                out.at(&entry.value, "invalid-quantity", message).warning().help(help);
            }
        }
    }
}
