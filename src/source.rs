//! One file as it was read: its name, its language, its text.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::text::LineIndex;

/// The languages that podlint reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// YAML manifests and configuration.
    Yaml,
    /// The same in JSON.
    Json,
    /// Python modules.
    Python,
    /// Jupyter notebooks.
    Notebook,
}

impl Language {
    /// The language by file name; `None` for files that are not podlint's business (`.pyi` stubs hold no values).
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            "py" => Some(Self::Python),
            "ipynb" => Some(Self::Notebook),
            _ => None,
        }
    }
}

/// A file under check. Offsets everywhere are bytes into [`SourceFile::text`].
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path as the user would recognise it.
    pub path: PathBuf,
    /// How to read it.
    pub language: Language,
    /// The whole text, exactly as on disk.
    pub text: String,
    lines: OnceLock<LineIndex>,
}

impl SourceFile {
    /// A file from its name, language and text.
    pub fn new(path: impl Into<PathBuf>, language: Language, text: impl Into<String>) -> Self {
        Self { path: path.into(), language, text: text.into(), lines: OnceLock::new() }
    }

    /// Where its lines begin; counted once, and only when a finding needs it.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }
}
