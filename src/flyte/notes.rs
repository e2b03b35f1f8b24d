//! What Flyte does to the fields of a template, in a sentence each, for those who ask at a place.

use crate::document::{Document, Flavour, Kind};
use crate::tree::Step;

/// What becomes of the field at `path` (from the object with `metadata` and `spec`); `None` where Flyte leaves it alone.
/// `is_primary` says of a field of a container whether that is the primary one.
#[must_use]
pub fn note(document: &Document, path: &[Step], is_primary: bool) -> Option<&'static str> {
    if document.flavour == Flavour::Workload {
        return None;
    }
    let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
    match keys.as_slice() {
        ["spec", "containers", field, ..] if is_primary => primary(document.flavour, field),
        ["spec", list @ ("containers" | "initContainers"), field, ..] => {
            sidecar(document.flavour, field, *list == "initContainers")
        }
        ["spec", field, ..] => pod(document.kind, field, document.sdk == Some(2)),
        ["metadata", "labels" | "annotations", ..] => Some(
            "Flyte adds its own labels and annotations, such as `project`, `domain` and `task-name`, over these: of two with one key, Flyte's counts.",
        ),
        _ => None,
    }
}

fn primary(flavour: Flavour, field: &str) -> Option<&'static str> {
    let is_v1 = matches!(flavour, Flavour::V1Task | Flavour::V1Pod);
    Some(match field {
        "command" | "args" => "Flyte replaces this by its own entrypoint, always.",
        "image" => {
            "Kept where it is set: then the image of the task's environment is not used. Else Flyte fills in the task's image."
        }
        "resources" if is_v1 => {
            "flytekit replaces the whole block when the task sets any resource: limits and extended resources written here are then gone."
        }
        "resources" => {
            "Merged key by key with the environment's `Resources`, which win. The backend makes a missing limit equal to the request, and a missing request equal to the limit."
        }
        "env" => {
            "The environment's variables come first, then these: of two with one name, the one written here counts."
        }
        "ports" if flavour == Flavour::V2App => "The app's port is put first.",
        "name" => "Flyte finds the container that runs the task by this name.",
        _ => return None,
    })
}

fn sidecar(flavour: Flavour, field: &str, is_init: bool) -> Option<&'static str> {
    Some(match field {
        "image" if !is_init && matches!(flavour, Flavour::V1Task | Flavour::V1Pod) => {
            "Where a sidecar has no image, flytekit gives it the task's default image."
        }
        "image" => "Sent as it is: a sidecar without an image is refused by the API server.",
        "resources" if flavour == Flavour::V2App => return None,
        "resources" if is_init && matches!(flavour, Flavour::V1Task | Flavour::V1Pod) => {
            "The backend fills in what is missing, as in the primary container: a limit equal to the request, else the cluster's default."
        }
        "resources" => {
            "The open-source backend writes cpu and memory back with 0 for what is missing: a request without a limit becomes a limit of 0, which the API server refuses."
        }
        "restartPolicy" => {
            "`Always` makes an init container a native sidecar: it starts before the primary container and ends after it."
        }
        _ => return None,
    })
}

fn pod(kind: Kind, field: &str, is_v2: bool) -> Option<&'static str> {
    Some(match field {
        "restartPolicy" => "Flyte sets `Never` where nothing is set; the task's retries are Flyte's own.",
        "enableServiceLinks" if is_v2 => "The backend of flyte sets this to `false`, whatever is written here.",
        "enableServiceLinks" if kind == Kind::PodTemplate => {
            "The backend of flyte sets this to `false` in the pods of tasks; the one of flytekit takes it over."
        }
        "serviceAccountName" | "schedulerName" => "Filled in by Flyte where it is empty.",
        "tolerations" => "Flyte puts its own tolerations before these.",
        "nodeSelector" => "Flyte merges its own node selectors in.",
        "volumes" | "imagePullSecrets" if kind == Kind::PodTemplate => {
            "Lists of a cluster's template and of the task's pod are appended, not merged by name: duplicates can make the pod invalid."
        }
        "containers" if kind == Kind::PodTemplate => {
            "Only `default`, `primary` and containers that the task declares too are used; any other container is dropped."
        }
        "initContainers" if kind == Kind::PodTemplate => {
            "Only `default-init`, `primary-init` and init containers that the task declares too are used."
        }
        _ => return None,
    })
}
