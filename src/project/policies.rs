//! Custom policies on disk: the files that hold them, read before a run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{reason, select};
use crate::config::Limits;
use crate::frontend;
use crate::policy::Policies;
use crate::source::{Language, SourceFile};

/// Loads policies from files and folders, and parameters for them.
///
/// # Errors
/// A sentence when a file cannot be read, or there is no policy in what is named as one.
pub fn load_policies(policies: &[PathBuf], parameters: &[PathBuf], limits: &Limits) -> Result<Policies, String> {
    let mut loaded = Policies::default();
    for path in policies {
        let before = loaded.policies.len() + loaded.bindings.len();
        load(path, limits, &mut loaded)?;
        if loaded.policies.len() + loaded.bindings.len() == before {
            return Err(format!("there is no `ValidatingAdmissionPolicy` in `{}`", path.display()));
        }
    }
    parameters.iter().try_for_each(|path| load(path, limits, &mut loaded))?;
    Ok(loaded)
}

fn load(path: &Path, limits: &Limits, loaded: &mut Policies) -> Result<(), String> {
    let selection = select(std::slice::from_ref(&path.to_owned()));
    if let Some(problem) = selection.problems.first() {
        return Err(problem.clone());
    }
    let is_data = |language: &Language| matches!(language, Language::Yaml | Language::Json);
    let in_folder = path.is_dir();
    for (file, language) in selection.files.into_iter().filter(|(_, language)| is_data(language)) {
        let cannot = |why: String| format!("cannot read `{}`: {why}", file.display());
        let size = std::fs::metadata(&file).map_err(|error| cannot(reason(&error)))?.len();
        if size > limits.file_size {
            return Err(cannot(format!("it is larger than `limits.file-size` ({})", limits.file_size)));
        }
        let text = std::fs::read_to_string(&file).map_err(|error| cannot(reason(&error)))?;
        // A folder of manifests may hold much else, also what is no YAML.
        if in_folder && !text.contains("ValidatingAdmissionPolicy") {
            continue;
        }
        let source = Arc::new(SourceFile::new(&file, language, text));
        let manifests = frontend::manifests(&source, limits).map_err(cannot)?;
        loaded.add(source, manifests);
    }
    Ok(())
}
