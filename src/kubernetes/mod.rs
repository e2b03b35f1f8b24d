//! What the API server checks when an object with a pod template is created, grouped as a user would look for it.

pub mod formats;
mod violation;

pub use violation::{Violation, Violations};
