//! The tolerations that every pod gets: five minutes on a node that is not ready or cannot be reached.
//!
//! Source: `plugin/pkg/admission/defaulttolerationseconds/admission.go`.

use std::collections::BTreeSet;

use crate::cluster::edit::{append, map, number, spec};
use crate::cluster::needs::PodNeeds;
use crate::flyte::Effective;
use crate::tree::{Field, Node};

const BY: &str = "the API server's defaults";

/// Adds a toleration for each device that the pod asks for, where the cluster has the plugin that does.
pub fn of_devices(pod: &mut Effective) {
    let needs = PodNeeds::of(&pod.root);
    let lists = needs.containers.iter().flat_map(|one| [&one.requests, &one.limits]);
    let devices: BTreeSet<String> =
        lists.flat_map(|list| list.known.keys()).filter(|name| is_device(name)).cloned().collect();
    let path = spec();
    let Some(at) = pod.root.at(&path).map(|node| node.location) else { return };
    for device in devices {
        let parts = vec![
            ("effect", Node::string("NoSchedule", at)),
            ("key", Node::string(&device, at)),
            ("operator", Node::string("Exists", at)),
        ];
        append(pod, &path, "tolerations", map(parts, at), "the plugin ExtendedResourceToleration");
    }
}

/// Whether a resource is one that no node has by itself.
#[must_use]
pub fn is_device(name: &str) -> bool {
    name.split_once('/').is_some_and(|(domain, _)| !domain.ends_with("kubernetes.io"))
}

/// Adds them where nothing like them is there.
pub fn fill(pod: &mut Effective) {
    let path = spec();
    let Some(node) = pod.root.at(&path) else { return };
    let at = node.location;
    let listed = match node.get("tolerations") {
        Field::Known(known) => known.as_list().cloned().unwrap_or_default(),
        Field::Missing => Default::default(),
        Field::Dynamic => return,
    };
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        let is_such = |one: &Node| {
            let any = |field: &str, wanted: &str| match one.text(field) {
                Field::Known(text) => text.is_empty() || text == wanted,
                Field::Missing | Field::Dynamic => true,
            };
            any("key", key) && any("effect", "NoExecute")
        };
        if !listed.items.iter().any(is_such) {
            let parts = vec![
                ("effect", Node::string("NoExecute", at)),
                ("key", Node::string(key, at)),
                ("operator", Node::string("Exists", at)),
                ("tolerationSeconds", number(300, at)),
            ];
            append(pod, &path, "tolerations", map(parts, at), BY);
        }
    }
}
