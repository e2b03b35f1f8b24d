//! A pod as it will be, with who set what.

use std::collections::HashMap;
use std::sync::Arc;

use crate::document::{Document, UseKind};
use crate::tree::{Location, Node, Path};

/// Who put a value into a pod, where it was not the template itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The task, its environment or its decorator.
    Environment,
    /// Flyte's SDK or backend, by itself.
    Flyte,
    /// A `PodTemplate` of the cluster, merged underneath.
    Base,
}

impl Origin {
    /// The origin in a word, for comments.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Flyte => "Flyte",
            Self::Base => "base template",
        }
    }
}

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

    /// In the order in which they were noted.
    pub(super) fn into_vec(self) -> Vec<(Path, Origin)> {
        self.listed
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

    /// Who set the value at a path.
    #[must_use]
    pub fn origin(&self, path: &[crate::tree::Step]) -> Option<Origin> {
        self.origins.by_path.get(path).copied()
    }
}
