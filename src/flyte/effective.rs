//! A pod as it will be, with who set what.

use std::collections::HashMap;
use std::sync::Arc;

use super::build;
use crate::document::{Document, UseKind};
use crate::tree::{Location, Node, Path, Step, Value};

pub use crate::tree::Setter as Origin;

/// Who put which values into a pod.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origins {
    listed: Vec<(Path, Origin)>,
    /// Of several with one path the first.
    by_path: HashMap<Path, Origin>,
}

impl Origins {
    /// Notes who put the value at a path there.
    pub fn push(&mut self, (path, origin): (Path, Origin)) {
        self.by_path.entry(path.clone()).or_insert(origin);
        self.listed.push((path, origin));
    }

    /// The setters that the nodes of a tree name, each where it begins to hold.
    #[must_use]
    pub fn of(root: &Node) -> Self {
        let mut found = Self::default();
        found.collect(root, Origin::Author, &mut Vec::new());
        found
    }

    fn collect(&mut self, node: &Node, above: Origin, path: &mut Path) {
        if node.setter != Origin::Author && node.setter != above {
            self.push((path.clone(), node.setter));
        }
        let setter = if node.setter == Origin::Author { above } else { node.setter };
        match &node.value {
            Value::Map(map) => {
                for entry in &map.entries {
                    path.push(Step::Key(entry.key.wire.clone()));
                    self.collect(&entry.value, setter, path);
                    path.pop();
                }
            }
            Value::List(list) => {
                for (index, item) in list.items.iter().enumerate() {
                    path.push(Step::Index(index));
                    self.collect(item, setter, path);
                    path.pop();
                }
            }
            _ => {}
        }
    }
}

impl<'a> IntoIterator for &'a Origins {
    type Item = &'a (Path, Origin);
    type IntoIter = std::slice::Iter<'a, (Path, Origin)>;

    fn into_iter(self) -> Self::IntoIter {
        self.listed.iter()
    }
}

/// A pod as Flyte would submit it.
#[derive(Clone, Debug, PartialEq)]
pub struct Effective {
    /// The name of the task, environment, template or manifest.
    pub name: Option<String>,
    /// The variable or manifest that the template is.
    pub template: Option<String>,
    /// What the template is given to; `None` for one that stands alone.
    pub used_by: Option<UseKind>,
    /// Where it is used, or else made.
    pub location: Location,
    /// The primary container's name, where known.
    pub primary: Option<String>,
    /// `metadata` and `spec`.
    pub root: Node,
    /// Values that do not come from the template: each with all below it.
    pub origins: Origins,
    /// What was left out on the way, in sentences.
    pub notes: Vec<String>,
    /// Which pod of a plugin's object this is: `head`, `driver`; `None` for the pod of a task.
    pub role: Option<String>,
    /// The whole object that is sent to Kubernetes, where it is not a pod.
    pub object: Option<Arc<Node>>,
    /// Why lists and objects at these places may hold more than is seen.
    pub opened: Arc<[(Location, String)]>,
}

impl Effective {
    /// The template of a document as it stands.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let root = document.pod_template().known().cloned();
        Self {
            name: document.name.clone(),
            template: document.name.clone(),
            used_by: None,
            location: document.head,
            primary: document.primary.name.as_ref().known().cloned(),
            root: root.unwrap_or_else(|| Node::dynamic("the template", document.head)),
            origins: Origins::default(),
            notes: Vec::new(),
            role: None,
            object: None,
            opened: Arc::clone(&document.opened),
        }
    }

    /// Why a list or object may hold more than is seen: "further items, as …".
    #[must_use]
    pub fn further(&self, what: &str, node: &Node) -> String {
        match self.opened.iter().find(|(place, _)| *place == node.location) {
            Some((_, reason)) => format!("further {what}: {reason}"),
            None => format!("further {what}"),
        }
    }

    /// The container of a task without a template is named by the run.
    pub(super) fn name_bare(&mut self) {
        if self.primary.as_deref() != Some(super::backend::BARE) {
            return;
        }
        self.primary = None;
        let Some(spec) = build::field_mut(&mut self.root, "spec") else { return };
        for container in build::items_mut(spec, "containers") {
            if build::text(container, "name") == Some(super::backend::BARE) {
                let at = container.location;
                build::set(container, "name", build::Maker::flyte(at).unknown("the name of the run and action"));
            }
        }
        let annotations =
            build::field_mut(&mut self.root, "metadata").and_then(|meta| build::field_mut(meta, "annotations"));
        if let Some(annotations) = annotations.filter(|node| build::field(node, "primary_container_name").is_some()) {
            let at = annotations.location;
            let name = build::Maker::flyte(at).unknown("the name of the run and action");
            build::set(annotations, "primary_container_name", name);
        }
    }

    /// Writes into each node who set it, so that it can be moved.
    pub(super) fn stamp(&mut self) {
        for (path, origin) in std::mem::take(&mut self.origins).listed {
            if let Some(node) = build::node_mut(&mut self.root, &path) {
                build::stamp(node, origin);
            }
        }
    }

    /// Who set the value at a path.
    #[must_use]
    pub fn origin(&self, path: &[crate::tree::Step]) -> Option<Origin> {
        self.origins.by_path.get(path).copied()
    }
}
