//! The definitions of the Kubernetes API that a pod template is made of.

use super::gates_table::Gate;
use super::kubernetes_table::DEFINITIONS;

/// The Kubernetes versions (1.x) that the table covers.
pub const VERSIONS: std::ops::RangeInclusive<u8> = 27..=37;

/// An object type of the API.
#[derive(Debug)]
pub struct Definition {
    /// Its name without package: `Container`.
    pub name: &'static str,
    /// Its fields, by wire name.
    pub fields: &'static [Field],
}

/// A field of an object.
#[derive(Debug)]
pub struct Field {
    /// The name that is sent: `volumeMounts`.
    pub wire: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether the schema says that it must be there.
    pub required: bool,
    /// The first and last Kubernetes version (1.x) of the table that has it.
    pub versions: (u8, u8),
    /// The feature gate without which the server drops it.
    pub gate: Option<Gate>,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    String,
    /// A truth value.
    Boolean,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// A quantity of a resource, as string or number.
    Quantity,
    /// A 32-bit number or a string.
    IntOrString,
    /// A time by RFC 3339.
    Time,
    /// Base64.
    Bytes,
    /// Anything.
    Any,
    /// Another object, by its index in the table.
    Object(u16),
    /// A list.
    List(&'static Self),
    /// An object whose keys are the user's own.
    Map(&'static Self),
}

/// The definition at an index of the table.
#[must_use]
pub fn definition_at(index: u16) -> Option<&'static Definition> {
    DEFINITIONS.get(usize::from(index))
}

/// The definition of that name.
#[must_use]
pub fn definition(name: &str) -> Option<&'static Definition> {
    DEFINITIONS.binary_search_by(|definition| definition.name.cmp(name)).ok().and_then(|index| DEFINITIONS.get(index))
}

/// The definition of a manifest's kind, and the `apiVersion` that it is served under.
#[must_use]
pub fn root(kind: &str) -> Option<(&'static Definition, &'static str)> {
    let api_version = match kind {
        "PodTemplate" | "Pod" | "ReplicationController" => "v1",
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" => "apps/v1",
        "Job" | "CronJob" => "batch/v1",
        _ => return None,
    };
    Some((definition(kind)?, api_version))
}

impl Definition {
    /// The field of that name.
    #[must_use]
    pub fn field(&self, wire: &str) -> Option<&'static Field> {
        self.fields.binary_search_by(|field| field.wire.cmp(wire)).ok().and_then(|index| self.fields.get(index))
    }
}
