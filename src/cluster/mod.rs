//! The user's cluster: what it has, what it allows, and where a pod can run in it.
//!
//! Everything here is about what somebody wrote down (`inventory`): lists of `kubectl get -o json`, or a snapshot made of them. A pod
//! is taken as Flyte makes it, goes through the server's admission (`admit`) and is held against empty nodes (`schedule`).
//! A kind of object of which nothing was read is unknown, never absent.

mod admit;
mod amount;
mod check;
mod contradiction;
mod edit;
mod exist;
mod group;
mod hints;
mod inventory;
mod karpenter;
mod needs;
mod read;
mod requirement;
mod schedule;
mod show;
mod target;
mod view;
mod write;

pub use amount::{Amount, Amounts};
pub use check::check;
pub use contradiction::{Remark, contradictions, suspicions, unused_accelerator};
pub use hints::{Suggestion, hint, label_suggestions, suggestions};
pub use inventory::{Inventory, NodeClass, ObjectKind, Taint};
pub use read::{Reader, has_bindings};
pub use show::{in_cluster, placement, table};
pub use target::{Cluster, Submission, admitted, timestamp};
pub use write::snapshot;
