//! Typed views over a document's tree: what a rule asks for instead of walking maps.

pub mod amount;
mod capability;
mod container;
mod image;
mod quantity;
mod reference;
mod secret;
mod security;
mod unknown;
mod volume;

pub use capability::{CAPABILITIES, DEFAULT_CAPABILITIES, capability_name, is_default_capability};
pub use container::{Container, Role};
pub use image::{ImageError, ImageReference, Pinning, is_host, is_surely_untagged};
pub use quantity::{Quantity, QuantityError};
pub use reference::references;
pub use secret::PlainSecret;
pub use volume::{Mount, MountKind, Volume, runtime_of_socket};

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use crate::document::{Document, Flavour};
use crate::tree::{Field, Location, Node, Step};

/// A list of views, and whether the program may add further items that are not known.
#[derive(Clone, Debug)]
pub struct Items<T> {
    /// The known items.
    pub known: Vec<T>,
    /// There may be more.
    pub open: bool,
}

impl<'a> Items<Container<'a>> {
    /// The containers of one list: `containers`, `initContainers`, `ephemeralContainers`.
    pub fn in_list(&self, list: &str) -> impl Iterator<Item = &Container<'a>> {
        self.known.iter().filter(move |container| container.list == list)
    }
}

/// The pod of a document.
#[derive(Clone, Debug)]
pub struct Pod<'a> {
    document: &'a Document,
    /// The object with `metadata` and `spec`.
    pub template: Field<&'a Node>,
    /// The pod spec.
    pub spec: Field<&'a Node>,
    /// All containers with their roles: regular ones, init containers, ephemeral ones.
    pub containers: Items<Container<'a>>,
    /// The volumes.
    pub volumes: Items<Volume<'a>>,
    security: Field<&'a Node>,
    by_name: OnceCell<HashMap<&'a str, Volume<'a>>>,
    of_builders: OnceCell<HashSet<Location>>,
}

impl<'a> Pod<'a> {
    /// Looks at the pod of a document.
    #[must_use]
    pub fn new(document: &'a Document) -> Self {
        let template = document.pod_template();
        let spec = template.then(|node| node.get("spec"));
        let volumes = items(spec, "volumes");
        let volumes = Items { known: volumes.known.into_iter().map(Volume::new).collect(), open: volumes.open };
        let containers = container::all(document, spec);
        let security = spec.then(|spec| spec.get("securityContext"));
        let (by_name, of_builders) = (OnceCell::new(), OnceCell::new());
        Self { document, template, spec, containers, volumes, security, by_name, of_builders }
    }

    /// The document that holds the pod.
    #[must_use]
    pub const fn document(&self) -> &'a Document {
        self.document
    }

    /// The first volume of that name.
    #[must_use]
    pub fn volume(&self, name: &str) -> Option<Volume<'a>> {
        let index = || {
            let named = self.volumes.known.iter().rev().filter_map(|volume| Some((volume.name().known()?, *volume)));
            named.collect()
        };
        self.by_name.get_or_init(index).get(name).copied()
    }

    /// The pod's own annotations (not those of the object around it).
    #[must_use]
    pub fn annotations(&self) -> Field<&'a Node> {
        self.template.then(|node| node.get("metadata")).then(|node| node.get("annotations"))
    }

    /// The pod's own labels.
    #[must_use]
    pub fn labels(&self) -> Field<&'a Node> {
        self.template.then(|node| node.get("metadata")).then(|node| node.get("labels"))
    }

    /// Steps from the document's root to the pod's annotations, whether they exist or not.
    #[must_use]
    pub fn annotations_path(&self) -> Vec<Step> {
        let mut path = self.document.template.clone();
        path.extend([Step::from("metadata"), Step::from("annotations")]);
        path
    }

    /// The containers that are not the primary one.
    pub fn sidecars(&self) -> impl Iterator<Item = &Container<'a>> {
        self.containers.known.iter().filter(|container| container.role.is_sidecar())
    }

    /// Whether Flyte turns this template into the pod of a task or app.
    #[must_use]
    pub const fn belongs_to_flyte(&self) -> bool {
        !matches!(self.document.flavour, Flavour::Workload)
    }
}

/// The items of the list in field `wire`; a missing list is empty and closed, an unknown one empty and open.
fn items<'a>(parent: Field<&'a Node>, wire: &str) -> Items<&'a Node> {
    match parent.then(|node| node.get(wire)) {
        Field::Known(node) => match node.as_list() {
            Some(list) => Items { known: list.items.iter().collect(), open: list.open },
            None => Items { known: Vec::new(), open: true },
        },
        Field::Missing => Items { known: Vec::new(), open: false },
        Field::Dynamic => Items { known: Vec::new(), open: true },
    }
}

/// The name of something that has one, else all of it.
fn name_or_whole(node: &Node) -> &Node {
    node.get("name").known().unwrap_or(node)
}
