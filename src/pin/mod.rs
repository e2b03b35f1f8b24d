//! Resolving image tags to digests: the only part of podlint that touches the network, and only when `podlint pin` asks.
//!
//! A registry is asked for the manifest that a tag names ([`Registry`]), with what the user's Docker configuration knows
//! ([`Credentials`]). What is believed is the digest of the bytes that came, and only if the registry claims the same.

mod challenge;
mod credentials;
mod http;
mod image;
mod lock;
mod registry;

pub use credentials::Credentials;
pub use image::Image;
pub use lock::Lock;
pub use registry::{Options, Problem, Registry};
