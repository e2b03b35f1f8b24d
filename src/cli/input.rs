//! Standard input: its name, its language, and whether there is anything in it.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::arguments::CheckArguments;
use super::complain;
use crate::frontend::looks_like_python;
use crate::output::Checked;
use crate::project::{Project, lint_bytes, reason};
use crate::source::Language;

/// The names of standard input where nobody gives one.
const YAML: &str = "stdin.yaml";
const PYTHON: &str = "stdin.py";

/// Whether a file that was checked is what standard input held.
pub fn is_input(path: &Path, arguments: &CheckArguments) -> bool {
    match &arguments.stdin_filename {
        Some(name) => path == name,
        None => path == Path::new(YAML) || path == Path::new(PYTHON),
    }
}

/// Reads and checks standard input.
///
/// # Errors
/// A sentence when it cannot be read.
pub fn check(arguments: &CheckArguments, project: &Project) -> Result<Checked, String> {
    let named = arguments.stdin_filename.as_ref();
    let known = named.map(|path| {
        let refused = || format!("cannot check `{}`: not a .py, .ipynb, .yaml, .yml or .json file", path.display());
        Language::of_path(path).ok_or_else(refused)
    });
    let known = known.transpose()?;
    let mut bytes = Vec::new();
    let limit = project.file_size_limit(named.map_or(Path::new(YAML), |path| path));
    let mut input = io::stdin().lock().take(limit.saturating_add(1));
    input.read_to_end(&mut bytes).map_err(|error| format!("cannot read standard input: {}", reason(&error)))?;
    if bytes.len() as u64 > limit {
        return Err(format!("standard input is larger than `limits.file-size` ({limit})"));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        if arguments.require_templates {
            return Err("standard input is empty".to_owned());
        }
        complain("warning: standard input is empty");
    }
    let is_python = || std::str::from_utf8(&bytes).is_ok_and(looks_like_python);
    let (path, language) = match (named, known) {
        (Some(path), Some(language)) => (path.clone(), language),
        _ if is_python() => (PathBuf::from(PYTHON), Language::Python),
        _ => (PathBuf::from(YAML), Language::Yaml),
    };
    let (source, report) = lint_bytes(&path, language, bytes, project);
    Ok(Checked::new(source, report))
}
