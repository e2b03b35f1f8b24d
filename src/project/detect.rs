//! Which version of the Kubernetes Python client a project has, from the files that say so.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::config::ClientGeneration;

/// Files that pin versions, the most exact first.
const FILES: &[&str] =
    &["uv.lock", "poetry.lock", "pylock.toml", "requirements.txt", "requirements.in", "pyproject.toml"];
/// Larger files are not searched.
const MAX_SIZE: u64 = 16 * 1024 * 1024;

/// Looks each folder up once.
#[derive(Debug, Default)]
pub struct Detector {
    folders: Mutex<HashMap<PathBuf, ClientGeneration>>,
}

impl Detector {
    /// The generation that holds for a file: its own metadata, else the nearest file that names a version.
    pub fn generation(&self, path: &Path, text: &str) -> ClientGeneration {
        match script_metadata(text).and_then(|block| of_requirements(&block)) {
            Some(generation) => generation,
            None => self.of_folder(path.parent().unwrap_or_else(|| Path::new("."))),
        }
    }

    fn of_folder(&self, folder: &Path) -> ClientGeneration {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        if let Ok(known) = self.folders.lock()
            && let Some(generation) = known.get(&folder)
        {
            return *generation;
        }
        let found = folder.ancestors().find_map(in_folder).unwrap_or_default();
        if let Ok(mut known) = self.folders.lock() {
            known.insert(folder, found);
        }
        found
    }
}

/// What the files of one folder say; `None` where none of them names the client.
fn in_folder(folder: &Path) -> Option<ClientGeneration> {
    FILES.iter().find_map(|name| {
        let path = folder.join(name);
        let small = std::fs::metadata(&path).is_ok_and(|metadata| metadata.is_file() && metadata.len() < MAX_SIZE);
        let text = std::fs::read_to_string(path).ok().filter(|_| small)?;
        if name.ends_with(".lock") || *name == "pylock.toml" { of_lock(&text) } else { of_requirements(&text) }
    })
}

/// The generation of a version such as `36`, `36.0.3` or `v37`.
#[must_use]
pub fn of_version(version: &str) -> Option<ClientGeneration> {
    let major: u32 = version.trim().trim_start_matches('v').split('.').next()?.trim().parse().ok()?;
    Some(if major <= 36 { ClientGeneration::UpTo36 } else { ClientGeneration::From37 })
}

/// A lock file: `name = "kubernetes"`, and `version` in the lines behind it.
fn of_lock(text: &str) -> Option<ClientGeneration> {
    let mut lines = text.lines().skip_while(|line| line.trim() != "name = \"kubernetes\"");
    lines.next()?;
    let version = lines.take(4).find_map(|line| line.trim().strip_prefix("version = \""))?;
    of_version(version.trim_end_matches('"'))
}

/// Requirements: `kubernetes==36.0.3`, `"kubernetes>=29,<37"`, `kubernetes = "^36"`.
fn of_requirements(text: &str) -> Option<ClientGeneration> {
    text.lines().flat_map(|line| line.split('#').next().unwrap_or_default().split(['"', '\'', '[', ']'])).find_map(
        |part| {
            let rest = part.trim().strip_prefix("kubernetes")?;
            let named = rest.is_empty() || rest.starts_with(['=', '<', '>', '~', '!', ' ', ';', ',']);
            named.then(|| of_specifier(rest)).flatten()
        },
    )
}

/// `==36.0.3`, `>=29,<37`: the generation, where only one of them fits.
fn of_specifier(specifier: &str) -> Option<ClientGeneration> {
    let specifier = specifier.split(';').next().unwrap_or_default();
    let mut generation = None;
    for bound in specifier.split(',').map(str::trim) {
        let digits = bound.trim_start_matches(|c: char| !c.is_ascii_digit());
        let major: u32 = digits.split('.').next().and_then(|major| major.parse().ok()).unwrap_or_default();
        let operator = bound.get(..bound.len() - digits.len()).unwrap_or_default().trim();
        match operator {
            "==" | "===" | "~=" => return of_version(digits),
            "<" if major <= 37 && major > 0 => generation = Some(ClientGeneration::UpTo36),
            "<=" if major <= 36 && major > 0 => generation = Some(ClientGeneration::UpTo36),
            ">=" if major >= 37 => generation = Some(ClientGeneration::From37),
            ">" if major >= 36 => generation = Some(ClientGeneration::From37),
            _ => {}
        }
    }
    generation
}

/// The `# /// script` block of a module.
fn script_metadata(text: &str) -> Option<String> {
    let mut lines = text.lines().skip_while(|line| line.trim() != "# /// script");
    lines.next()?;
    Some(
        lines
            .take_while(|line| line.trim() != "# ///")
            .map(|line| format!("{}\n", line.trim_start_matches('#')))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifiers_tell_the_generation_where_they_can() {
        use ClientGeneration::{From37, UpTo36};
        let cases = [
            ("kubernetes==36.0.3", Some(UpTo36)),
            ("kubernetes >= 29, < 37 ; python_version > '3.8'", Some(UpTo36)),
            ("dependencies = [\"flyte\", \"kubernetes>=37\"]", Some(From37)),
            ("kubernetes~=36.0", Some(UpTo36)),
            ("kubernetes", None),
            ("kubernetes>=29", None),
            ("kubernetes-asyncio==30", None),
            ("# kubernetes==36", None),
            ("kubernetes<=36", Some(UpTo36)),
        ];
        for (text, expected) in cases {
            assert_eq!(of_requirements(text), expected, "{text}");
        }
        let lock = "[[package]]\nname = \"kubernetes\"\nversion = \"37.0.2\"\n";
        assert_eq!(of_lock(lock), Some(From37));
        let script = "# /// script\n# dependencies = [\n#   \"kubernetes<37\",\n# ]\n# ///\nimport flyte\n";
        assert_eq!(script_metadata(script).and_then(|block| of_requirements(&block)), Some(UpTo36));
    }
}
