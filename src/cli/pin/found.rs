//! Which images the templates of some files name, and where.

use crate::document::Document;
use crate::pin::Image;
use crate::pod::{Container, Pod, Role};
use crate::project::Linted;
use crate::tree::{Location, Path, PathIndex, Step, Value};

/// An image in a template.
pub struct Found {
    /// The index of its file.
    pub file: usize,
    /// The index of its document in the file's report.
    pub document: usize,
    /// The value, from the document's root.
    pub path: Path,
    /// Where it is written.
    pub location: Location,
    /// As written.
    pub text: String,
    /// What it names.
    pub image: Image,
}

/// The images of sidecars and init containers; with `all`, of every container.
pub fn found(files: &[Linted], all: bool) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (file, (_, report)) in files.iter().enumerate() {
        for (document, tree) in report.documents.iter().enumerate() {
            for one in images(tree, all) {
                let known = |other: &&Found| other.file == file && other.location == one.1;
                // A template with two uses is two documents, and its text is still one.
                if found.iter().rev().take_while(|other| other.file == file).find(known).is_none() {
                    let (path, location, text, image) = one;
                    found.push(Found { file, document, path, location, text, image });
                }
            }
        }
    }
    found
}

fn images(document: &Document, all: bool) -> Vec<(Path, Location, String, Image)> {
    let index = PathIndex::new(&document.root);
    let pod = Pod::new(document);
    let wanted =
        |container: &&Container<'_>| container.role.is_sidecar() || (all && !matches!(container.role, Role::Ephemeral));
    let image = |container: &Container<'_>| {
        let entry = container.node.as_map()?.entry("image")?;
        let Value::String(text) = &entry.value.value else { return None };
        let image = Image::parse(text)?;
        let mut path = index.path(container.node);
        path.push(Step::from("image"));
        Some((path, entry.value.location, text.to_string(), image))
    };
    pod.containers.known.iter().filter(wanted).filter_map(image).collect()
}
