//! A project on disk: which files it has, how they are read, and what its files say about settings.

pub mod detect;
mod files;
mod modules;
mod policies;
mod read;

use std::borrow::Cow;
use std::path::Path;

pub use files::{Selection, reason, select};
pub use modules::ProjectFiles;
pub use policies::load_policies;
pub use read::{Linted, lint_bytes, lint_file};

use crate::config::{ClientGeneration, Settings};
use crate::source::Language;
use detect::{Detector, Versions};

/// What the user asked for, and what the project's files add to it.
#[derive(Debug, Default)]
pub struct Project {
    /// What holds for every file.
    pub base: Settings,
    detector: Detector,
    /// The modules of the project.
    pub modules: ProjectFiles,
}

impl Project {
    /// A project of which nothing has been read yet.
    #[must_use]
    pub fn new(base: Settings) -> Self {
        Self { base, ..Self::default() }
    }

    /// The settings for one file.
    pub fn settings(&self, path: &Path, language: Language, text: &str) -> Cow<'_, Settings> {
        let python = matches!(language, Language::Python | Language::Notebook);
        let base = &self.base;
        let settled = base.client != ClientGeneration::Unknown && (base.flyte.is_some() || base.flytekit.is_some());
        // Most Python files make no template; nothing is looked up for them.
        if settled || !python || !crate::frontend::python::may_hold_template(text) {
            return Cow::Borrowed(base);
        }
        let found = self.detector.versions(path, text);
        if found == Versions::default() {
            return Cow::Borrowed(base);
        }
        let client = if base.client == ClientGeneration::Unknown { found.client } else { None };
        Cow::Owned(Settings {
            client: client.unwrap_or(base.client),
            flyte: base.flyte.or(found.flyte),
            flytekit: base.flytekit.or(found.flytekit),
            ..base.clone()
        })
    }
}
