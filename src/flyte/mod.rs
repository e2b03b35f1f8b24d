//! What Flyte makes of a template: the pod that the SDK submits, and its merge with a template of the cluster.

mod effective;
mod merge;
mod notes;
mod resources;
mod submit;

pub use effective::{Effective, Origin};
pub use merge::merge_base;
pub use notes::note;
pub use resources::{TaskResources, V2_KEYS};
pub use submit::{pods, submitted};
