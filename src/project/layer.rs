//! One of the files that make a configuration, with what its patterns count from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::configuration::{Given, Setter};
use super::policies::Manifests;
use crate::config::Globs;
use crate::config::keys::texts;
use crate::config::read::{Assignment, Read};
use crate::source::SourceFile;

/// One of the files.
#[derive(Debug)]
pub struct Layer {
    pub source: Arc<SourceFile>,
    /// What patterns for paths count from.
    pub root: PathBuf,
    /// It is an argument, not a file.
    pub is_inline: bool,
    pub read: Read,
    pub exclude: Globs,
    pub overrides: Vec<Globs>,
    pub policies: Vec<Manifests>,
    pub templates: Vec<Manifests>,
    /// The policies of each environment.
    pub environment_policies: Vec<Vec<Manifests>>,
}

impl Layer {
    /// What paths in it count from.
    pub fn folder(&self) -> &Path {
        self.source.path.parent().unwrap_or_else(|| Path::new("."))
    }

    pub fn given(&self, one: &Assignment, patterns: Option<&Vec<String>>) -> Given {
        if self.is_inline {
            return Given { key: one.key.clone(), value: one.value.clone(), by: Setter::Argument };
        }
        let line = self.source.place(one.span.start).at.line;
        let by = Setter::File(self.source.path.clone(), line, patterns.cloned());
        Given { key: one.key.clone(), value: one.value.clone(), by }
    }

    /// A path from the layer's root, with forward slashes.
    pub fn below(&self, path: &Path) -> Option<String> {
        let full = std::path::absolute(path).ok()?;
        let inner = full.strip_prefix(&self.root).ok()?;
        Some(inner.to_string_lossy().replace('\\', "/"))
    }

    /// Whether an entry of `exempt` is about a file.
    pub fn concerns(&self, one: &Assignment, path: &Path) -> bool {
        match one.value.get("paths") {
            None => true,
            Some(patterns) => {
                let globs = Globs::of_paths(&texts(patterns)).unwrap_or_default();
                self.below(path).is_some_and(|inner| globs.matches(&inner))
            }
        }
    }
}

/// The patterns of a configuration for what it excludes, and of each of its overrides.
pub fn globs_of(read: &Read) -> (Globs, Vec<Globs>) {
    let patterns = read.assignments.iter().filter(|one| one.key == "exclude").flat_map(|one| texts(&one.value));
    let exclude = Globs::of_paths(&patterns.collect::<Vec<_>>()).unwrap_or_default();
    let overrides = read.overrides.iter().map(|(paths, _)| Globs::of_paths(paths).unwrap_or_default()).collect();
    (exclude, overrides)
}
