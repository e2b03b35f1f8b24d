//! What Flyte makes of a template: the pod that the SDK submits, and its merge with a template of the cluster.

mod effective;
mod merge;
mod notes;
mod resources;
mod submit;

pub use effective::{Effective, Origin, Origins};
pub use merge::merge_base;
pub use notes::note;
pub use resources::{TaskResources, V2_KEYS};
pub use submit::{each_pod, pods, submitted};

/// Volumes that Flyte's SDK, backend and webhooks add to the pod of a task.
pub const ADDED_VOLUMES: &[&str] = &[
    "aws-secret-vol",
    "azure-secret-vol",
    "embedded-secret-vol",
    "flyte-copilot-storage-config",
    "flyte-inputs",
    "flyte-outputs",
    "flyte-shared-memory",
    "flyte-shm",
    "gcp-secret-vol",
    "system-ray-state",
];
