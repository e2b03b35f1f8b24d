//! What stands at a place of the text: the key or value of a template that the cursor is in.

use super::site::Site;
use crate::document::Document;
use crate::tree::{Entry, FileId, Location, Node, Path, Step, Value};

/// A part of a document at a place.
#[derive(Clone, Debug)]
pub struct Focus<'a> {
    /// The document.
    pub document: &'a Document,
    /// From its root to the value.
    pub path: Path,
    /// The value.
    pub node: &'a Node,
    /// The entry, where the place is in its key.
    pub key: Option<&'a Entry>,
}

impl<'a> Focus<'a> {
    /// The smallest part of any document that covers a byte of the checked text.
    pub fn at(site: &Site<'a>, offset: u32) -> Option<Self> {
        let documents = site.analysis.report.documents.iter();
        let found = documents.filter_map(|document| Self::in_document(document, offset));
        found.min_by_key(|(size, focus)| (*size, focus.path.len())).map(|(_, focus)| focus)
    }

    fn in_document(document: &'a Document, offset: u32) -> Option<(u32, Self)> {
        let mut best: Option<(u32, Self)> = None;
        let mut path = Path::new();
        search(document, &document.root, None, offset, &mut path, &mut best);
        best
    }

    /// What of it is under the cursor: the key, the value, or the constant's name that brings the value.
    pub fn location(&self, offset: u32) -> Option<Location> {
        let places = [self.key.map(|entry| entry.key.location), self.node.used_at.as_deref().copied()];
        places.into_iter().flatten().chain([self.node.location]).find(|place| covers(*place, offset))
    }

    /// The steps from the pod template, where the place is within it.
    pub fn in_template(&self) -> Option<&[Step]> {
        self.path.strip_prefix(self.document.template.as_slice())
    }
}

fn search<'a>(
    document: &'a Document,
    node: &'a Node,
    entry: Option<&'a Entry>,
    offset: u32,
    path: &mut Path,
    best: &mut Option<(u32, Focus<'a>)>,
) {
    let mut offer = |location: Location, key: Option<&'a Entry>| {
        let smaller = best.as_ref().is_none_or(|(size, _)| location.span.len() <= *size);
        if covers(location, offset) && smaller {
            *best = Some((location.span.len(), Focus { document, path: path.clone(), node, key }));
        }
    };
    offer(node.location, None);
    if let Some(used) = &node.used_at {
        offer(**used, None);
    }
    if let Some(entry) = entry {
        offer(entry.key.location, Some(entry));
    }
    match &node.value {
        Value::List(list) => {
            for (index, item) in list.items.iter().enumerate() {
                path.push(Step::Index(index));
                search(document, item, None, offset, path, best);
                path.pop();
            }
        }
        Value::Map(map) => {
            for entry in &map.entries {
                path.push(Step::Key(entry.key.wire.clone()));
                search(document, &entry.value, Some(entry), offset, path, best);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Whether a place of the checked file holds a byte, its end included: the cursor may be behind the last character.
pub fn covers(location: Location, offset: u32) -> bool {
    location.file == FileId::MAIN && location.span.start <= offset && offset <= location.span.end
}
