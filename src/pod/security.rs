//! What containers may do, as their own security context and the pod's say together.

use super::{Container, Pod};
use crate::tree::{Field, Node};

/// The annotations that the builders of flyte's `PodTemplate` leave: `allow_fuse()`, `allow_nested_sandboxing()`.
const BUILDERS: &str = "flyte.org/capability-";

impl<'a> Container<'a> {
    /// A field of its own security context.
    #[must_use]
    pub fn security(&self, wire: &str) -> Field<&'a Node> {
        self.node.get("securityContext").then(|context| context.get(wire))
    }
}

impl<'a> Pod<'a> {
    /// A field of the pod's security context.
    #[must_use]
    pub fn security(&self, wire: &str) -> Field<&'a Node> {
        self.security.then(|context| context.get(wire))
    }

    /// A field that a container has from the pod unless it says otherwise.
    #[must_use]
    pub fn security_of(&self, container: &Container<'a>, wire: &str) -> Field<&'a Node> {
        match container.security(wire) {
            Field::Missing => self.security(wire),
            own => own,
        }
    }

    /// Whether the pod is declared to run on Windows, or on a system that is not known.
    #[must_use]
    pub fn may_be_windows(&self) -> bool {
        let os = self.spec.then(|spec| spec.get("os")).known();
        os.is_some_and(|os| matches!(os.text("name"), Field::Known("windows") | Field::Dynamic))
    }

    /// Whether a builder of Flyte's own SDK wrote this value: whoever calls `allow_fuse()` knows what it asks for.
    #[must_use]
    pub fn is_from_builder(&self, node: &Node) -> bool {
        let marks = || {
            let annotations = self.annotations().known().and_then(Node::as_map);
            let entries = annotations.map(|map| map.entries.as_slice()).unwrap_or_default().iter();
            entries.filter(|entry| entry.key.wire.starts_with(BUILDERS)).map(|entry| entry.value.location).collect()
        };
        self.of_builders.get_or_init(marks).contains(&node.location)
    }
}
