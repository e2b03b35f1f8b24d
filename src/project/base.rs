//! The cluster's template under all pods: which manifest the configuration names, and how it is read.

use std::path::{Path, PathBuf};

use super::{Project, lint_file, reason};
use crate::document::Kind;
use crate::source::Language;
use crate::tree::Node;

impl Project {
    /// The manifest that the configuration lays under the pods of a file.
    #[must_use]
    pub fn base_of(&self, path: &Path) -> Option<PathBuf> {
        let (value, folder) = self.configuration_of_run(path)?.of_run("render.base")?;
        Some(folder.join(value.as_str()?))
    }
}

/// The pod template of a manifest: the first `kind: PodTemplate` in the file.
///
/// # Errors
/// A sentence when the file cannot be read, or holds none.
pub fn read_base(path: &Path, project: &Project) -> Result<Node, String> {
    let language = Language::of_path(path).filter(|language| language.is_data());
    let language = language.ok_or_else(|| format!("`{}` is no YAML or JSON file", path.display()))?;
    let read = lint_file(path, language, project);
    let (_, report) = read.map_err(|error| format!("cannot read `{}`: {}", path.display(), reason(&error)))?;
    let template = report.documents.iter().find(|document| document.kind == Kind::PodTemplate);
    let template = template.and_then(|document| document.pod_template().known().cloned());
    template.ok_or_else(|| format!("there is no `kind: PodTemplate` in `{}`", path.display()))
}
