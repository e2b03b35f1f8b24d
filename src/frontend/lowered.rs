//! What a frontend makes of changes: edits, and where in the document each change takes place.

use crate::diagnostic::{Change, Target};
use crate::document::Document;
use crate::text::Edit;
use crate::tree::{Location, Node, Step};

/// Changes of a document as edits of its text.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The edits.
    pub edits: Vec<Edit>,
    /// Where each change takes place.
    pub targets: Vec<Target>,
    /// Whether the edits change code and not only what is written there: somebody should look at them.
    pub is_doubtful: bool,
}

/// Where a change takes place; `None` where the document has no such place.
pub fn target(document: &Document, change: &Change) -> Option<Target> {
    let root = &document.root;
    match change {
        Change::Replace { at, .. } | Change::Quote { at } | Change::Remove { at } => {
            let (_, parent) = at.split_last()?;
            Some(Target { at: written(root.at(at)?), within: root.at(parent)?.location, depth: at.len() })
        }
        Change::RenameKey { at, .. } => {
            let (Step::Key(key), parent) = at.split_last()? else { return None };
            let parent = root.at(parent)?;
            let entry = parent.as_map()?.entry(key)?;
            Some(Target { at: entry.key.location, within: parent.location, depth: at.len() })
        }
        Change::Insert { at, .. } | Change::Append { at, .. } => {
            let depth =
                (0..=at.len()).rev().find(|length| at.get(..*length).and_then(|path| root.at(path)).is_some())?;
            let place = root.at(at.get(..depth)?)?.location;
            Some(Target { at: place, within: place, depth })
        }
        Change::AppendCopy { of, .. } => {
            let place = root.at(of)?.location;
            Some(Target { at: place, within: place, depth: of.len() })
        }
        Change::SetPrimary { .. } => Some(Target { at: root.location, within: root.location, depth: 0 }),
    }
}

/// Where a value stands in the text of its template: the use of a constant, not the constant.
fn written(node: &Node) -> Location {
    node.used_at.as_deref().copied().unwrap_or(node.location)
}
