//! Modules as they would be after an edit that nobody has made.

use std::path::Path;
use std::sync::Arc;

use crate::project::ProjectFiles;
use crate::source::{Listed, Modules, SourceFile};

/// The project's modules, some of them with another text.
#[derive(Debug)]
pub struct Edited<'a> {
    /// The project.
    pub files: &'a ProjectFiles,
    /// What is read instead of its files.
    pub texts: Vec<Arc<SourceFile>>,
}

impl Edited<'_> {
    fn instead(&self, source: Arc<SourceFile>) -> Arc<SourceFile> {
        self.texts.iter().find(|text| text.path == source.path).map_or(source, Arc::clone)
    }
}

impl Modules for Edited<'_> {
    fn find(&self, importer: &Path, module: &str) -> Option<Arc<SourceFile>> {
        self.files.find(importer, module).map(|source| self.instead(source))
    }

    fn read(&self, importer: &Path, relative: &str) -> Option<Arc<SourceFile>> {
        self.files.read(importer, relative).map(|source| self.instead(source))
    }

    fn list(&self, importer: &Path, relative: &str) -> Option<Vec<Listed>> {
        self.files.list(importer, relative)
    }

    fn is_patch(&self, file: &Path) -> bool {
        self.files.is_patch(file)
    }
}
