//! The generations of Flyte's backend, and the versions of each that podlint was held to.

use crate::document::{Document, Flavour};

/// A generation of the backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Generation {
    /// Propeller, which runs tasks of flytekit.
    V1,
    /// The executor, which runs tasks of flyte.
    V2,
}

impl Generation {
    /// The backend that gets what a document is for.
    #[must_use]
    pub fn of(document: &Document) -> Option<Self> {
        match (document.flavour, document.sdk) {
            (Flavour::V1Task | Flavour::V1Pod, _) => Some(Self::V1),
            (Flavour::V2Task | Flavour::V2App, _) => Some(Self::V2),
            (Flavour::PluginRole, Some(1)) => Some(Self::V1),
            (Flavour::PluginRole, Some(2)) => Some(Self::V2),
            _ => None,
        }
    }

    /// The version whose pods podlint was compared with.
    #[must_use]
    pub const fn version(self) -> &'static str {
        match self {
            Self::V1 => "1.16.8",
            Self::V2 => "2.0.43",
        }
    }

    /// The Kubernetes version (1.x) of the API that it knows: newer fields vanish on the way.
    #[must_use]
    pub const fn kubernetes(self) -> u8 {
        match self {
            Self::V1 => 34,
            Self::V2 => 36,
        }
    }

    /// The generation of a version such as `2.0.43`.
    #[must_use]
    pub fn of_version(version: &str) -> Option<Self> {
        match version.trim_start_matches('v').split('.').next()?.parse::<u32>().ok()? {
            1 => Some(Self::V1),
            2 => Some(Self::V2),
            _ => None,
        }
    }
}
