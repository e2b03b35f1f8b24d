//! The annotation `podlint.io/ignore`, for files that have no comments, and for all others as well.

use super::place;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::frontend::Parsed;
use crate::tree::{FileId, Location, Path, Step};

/// The key; a container's name may follow behind a dot.
pub const KEY: &str = "podlint.io/ignore";

/// An annotation that silences rules in one template.
pub struct Annotation {
    /// The document that it stands in, counted with the alternatives.
    pub document: usize,
    /// Where its value is, from the document's root.
    pub path: Path,
    /// The value.
    pub location: Location,
    /// The container that it is about; the whole template without one.
    pub container: Option<String>,
    /// The rules that it names, and whether they were found.
    pub names: Vec<(String, bool)>,
    /// The text of the whole document.
    whole: Location,
}

impl Annotation {
    /// The annotations of a file's documents.
    pub fn of(parsed: &Parsed) -> Vec<Self> {
        let documents = parsed.documents.iter().chain(&parsed.alternatives).enumerate();
        documents.flat_map(|(index, document)| of_document(index, document)).collect()
    }

    /// Whether this silences a finding; notes that it was of use.
    pub fn silences(&mut self, found: &Diagnostic) -> bool {
        let here = match found.origin.document {
            Some(document) => document == self.document,
            None => self.whole.file == found.location.file && self.whole.span.contains(found.location.span),
        };
        let in_container = |name: &String| place::container(&found.origin.place) == Some(name);
        if !here || !self.container.as_ref().is_none_or(in_container) {
            return false;
        }
        let named = self.names.iter_mut().find(|(name, _)| name == found.rule || name == "all");
        named.is_some_and(|(_, used)| {
            *used = true;
            true
        })
    }
}

fn of_document(index: usize, document: &Document) -> Vec<Annotation> {
    let mut holders = vec![document.template.clone()];
    if !document.template.is_empty() {
        holders.push(Path::new());
    }
    let mut found = Vec::new();
    for mut path in holders {
        path.extend([Step::from("metadata"), Step::from("annotations")]);
        let Some(annotations) = document.root.at(&path).and_then(|node| node.as_map()) else { continue };
        for entry in &annotations.entries {
            let Some(rest) = entry.key.wire.strip_prefix(KEY) else { continue };
            let container = rest.strip_prefix('.').map(str::to_owned);
            let Some(value) = entry.value.as_str().filter(|_| rest.is_empty() || container.is_some()) else { continue };
            let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
            found.push(Annotation {
                document: index,
                path: path.iter().cloned().chain([Step::Key(entry.key.wire.clone())]).collect(),
                location: entry.value.location,
                container,
                names: names.map(|name| (name.to_owned(), false)).collect(),
                whole: Location { file: FileId::MAIN, ..document.root.location },
            });
        }
    }
    found
}
