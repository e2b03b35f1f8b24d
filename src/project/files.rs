//! Which files a run checks.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use super::border::Border;
use super::walk::walk;
use crate::source::Language;

/// The files to check, and what could not be looked at.
#[derive(Debug, Default)]
pub struct Selection {
    /// Files with their languages, by path.
    pub files: Vec<(PathBuf, Language)>,
    /// Sentences for standard error.
    pub problems: Vec<String>,
    /// Links that lead out of the project: they are not followed.
    pub left_out: Vec<PathBuf>,
    /// What is not checked, and why; only where that is asked.
    pub skipped: Vec<(PathBuf, String)>,
    /// Folders that were named and hold nothing to check.
    pub empty: Vec<PathBuf>,
    /// Whether links may lead to one file by several ways.
    has_links: bool,
}

impl Selection {
    /// Adds files, unless they are there already.
    pub fn add(&mut self, files: Vec<(PathBuf, Language)>) {
        if files.is_empty() {
            return;
        }
        self.files.extend(files);
        self.files.sort();
        drop_repeats(&mut self.files);
    }
}

/// Collects the files below `paths`: named files always, files in folders unless ignored.
#[must_use]
pub fn select(paths: &[PathBuf]) -> Selection {
    select_explained(paths, false)
}

/// The same; `explain` asks why files are left out.
#[must_use]
pub fn select_explained(paths: &[PathBuf], explain: bool) -> Selection {
    let mut selection = Selection::default();
    let border = Border::new(paths);
    for path in paths {
        match std::fs::metadata(path) {
            Err(error) => selection.problems.push(format!("cannot read `{}`: {}", path.display(), reason(&error))),
            Ok(metadata) if metadata.is_dir() => {
                let found = walk(path, &border, explain);
                if found.files.is_empty() && found.problems.is_empty() {
                    selection.empty.push(path.clone());
                }
                selection.skipped.extend(found.skipped);
                selection.files.extend(found.files);
                selection.problems.extend(found.problems);
                selection.left_out.extend(found.left_out);
                selection.has_links |= found.has_links;
            }
            Ok(metadata) if !metadata.is_file() => {
                selection.problems.push(format!("cannot read `{}`: not a regular file", path.display()));
            }
            Ok(_) => match Language::of_path(path) {
                Some(language) => selection.files.push((path.clone(), language)),
                None => selection
                    .problems
                    .push(format!("cannot check `{}`: not a .py, .ipynb, .yaml, .yml or .json file", path.display())),
            },
        }
    }
    selection.files.sort();
    // One folder without links holds each file once; to ask the system for the true path of each would cost more than to read it.
    if paths.len() > 1 || selection.has_links {
        drop_repeats(&mut selection.files);
    }
    selection
}

/// Keeps one of several ways to name the same file.
fn drop_repeats(files: &mut Vec<(PathBuf, Language)>) {
    files.dedup();
    let mut seen = HashSet::new();
    files.retain(|(path, _)| match std::fs::canonicalize(path) {
        Ok(real) => seen.insert(real),
        Err(_) => true,
    });
}

/// A path without `.` and `..`, from the root, as its text says: links are not followed.
#[must_use]
pub fn plain(path: &Path) -> PathBuf {
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut found = PathBuf::new();
    for part in full.components() {
        match part {
            Component::ParentDir => {
                found.pop();
            }
            Component::CurDir => {}
            part => found.push(part),
        }
    }
    found
}

/// A path for people: from the working folder, unless nothing leads there but the root.
#[must_use]
pub fn shown(path: &Path) -> PathBuf {
    let full = plain(path);
    let folder = std::env::current_dir().unwrap_or_default();
    let shared = full.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    match shared > 1 || full.starts_with(&folder) {
        true => up.chain(full.components().skip(shared)).collect(),
        false => full,
    }
}

/// An error of the system without its number.
#[must_use]
pub fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}
