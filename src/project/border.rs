//! The border of a project: what lies outside is neither read nor shown, unless the command line names it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::plain;

/// Where projects end, for the files and folders that a run was asked about.
#[derive(Debug, Default)]
pub struct Border {
    /// The folders that were named, or those of the files, without links.
    asked: Vec<PathBuf>,
    tops: Mutex<HashMap<PathBuf, PathBuf>>,
}

impl Border {
    /// The border for what the command line or the editor names.
    #[must_use]
    pub fn new(asked: &[PathBuf]) -> Self {
        let folder = |path: &PathBuf| if path.is_dir() { resolved(path) } else { folder_of(path) };
        Self { asked: asked.iter().map(folder).collect(), tops: Mutex::default() }
    }

    /// The top of the project that a file belongs to: the nearest folder upward with `.git`; without one, the outermost folder that
    /// was asked about; else the file's own folder.
    #[must_use]
    pub fn top(&self, file: &Path) -> PathBuf {
        let folder = folder_of(file);
        if let Ok(known) = self.tops.lock()
            && let Some(top) = known.get(&folder)
        {
            return top.clone();
        }
        let repository = folder.ancestors().find(|folder| folder.join(".git").exists());
        let asked = || folder.ancestors().filter(|above| self.asked.iter().any(|asked| asked == above)).last();
        let top = repository.or_else(asked).unwrap_or(&folder).to_owned();
        if let Ok(mut known) = self.tops.lock() {
            known.insert(folder, top.clone());
        }
        top
    }

    /// Whether a path, its links followed, lies in the project that a file belongs to.
    #[must_use]
    pub fn admits(&self, file: &Path, wanted: &Path) -> bool {
        resolved(wanted).starts_with(self.top(file))
    }

    /// The folders in which settings for a file are looked for, the nearest first, up to the top of the project. Without a repository
    /// they may also lie in the working folder, where the user is.
    #[must_use]
    pub fn folders_of_settings(&self, file: &Path) -> Vec<PathBuf> {
        let full = plain(file);
        let top = self.top(file);
        let working = std::env::current_dir().unwrap_or_default();
        let is_above = !top.join(".git").exists() && full.starts_with(&working) && !working.as_os_str().is_empty();
        let mut found = Vec::new();
        for folder in full.ancestors().skip(1) {
            let real = resolved(folder);
            if !real.starts_with(&top) && !is_above {
                break;
            }
            found.push(folder.to_owned());
            if (real == top && !is_above) || folder == working {
                break;
            }
        }
        found
    }
}

/// The folder of a file, without links.
fn folder_of(file: &Path) -> PathBuf {
    let full = plain(file);
    full.parent().map_or_else(|| full.clone(), resolved)
}

/// A path without links. What does not exist is where its folder is.
fn resolved(path: &Path) -> PathBuf {
    if let Ok(real) = std::fs::canonicalize(path) {
        return real;
    }
    let full = plain(path);
    match (full.parent(), full.file_name()) {
        (Some(parent), Some(name)) => resolved(parent).join(name),
        _ => full,
    }
}
