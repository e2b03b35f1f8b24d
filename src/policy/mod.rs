//! Custom policies: `ValidatingAdmissionPolicy` manifests, evaluated on what a template becomes in the cluster.
//!
//! A policy speaks only where all that its verdict rests on is known. What Flyte, the server or a run adds is unknown; so is
//! what an expression asks of a function that is not supported, which is said once of the policy's own file.

mod blame;
mod check;
mod compile;
mod constants;
mod defaults;
mod evaluate;
mod functions;
mod invalid;
mod kubernetes;
mod library;
mod macros;
mod manifest;
mod matching;
mod mutating;
mod names;
mod networks;
mod object;
mod signatures;
mod text;
mod types;
mod value;
mod version;
mod workloads;

pub use check::check;
pub use manifest::{Policies, Policy, Problem, Validation};
pub use mutating::loosen_document;
