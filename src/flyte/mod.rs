//! What Flyte makes of a template: the pod that the SDK submits, and what the backend makes of that.

mod accelerator;
mod amounts;
mod backend;
mod build;
mod effective;
mod generation;
mod merge;
mod metadata;
mod notes;
mod platform;
mod plugins;
mod resources;
mod schedule;
mod submit;
mod templated;
mod unknown_fields;

pub use accelerator::{Accelerator, Part};
pub use backend::Backend;
pub use effective::{Effective, Origin, Origins};
pub use generation::Generation;
pub use merge::Losses;
pub use metadata::labels_of;
pub use notes::note;
pub use platform::{DeviceClass, Platform};
pub use resources::{TaskResources, V2_KEYS};
pub use submit::{each_pod, is_given_more_memory, pods, submitted};
pub use unknown_fields::lost as fields_lost;

/// Says of a tree that a `PodTemplate` of the cluster is where it comes from.
pub fn stamp_base(node: &mut crate::tree::Node) {
    build::stamp(node, crate::tree::Setter::Base);
}

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
