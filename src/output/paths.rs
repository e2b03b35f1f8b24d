//! Paths as reports name them: for programs relative, never absolute.

use std::path::{Component, Path, PathBuf};

use crate::text::one_line;

/// Where a run stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// The working folder.
    pub working: PathBuf,
    /// The root of the repository around it, else the working folder: what code hosts count from.
    pub repository: PathBuf,
}

impl Paths {
    /// A path from the repository's root, with forward slashes.
    #[must_use]
    pub fn from_repository(&self, path: &Path) -> String {
        self.relative(path, &self.repository)
    }

    /// A path from the working folder, with forward slashes.
    #[must_use]
    pub fn from_working(&self, path: &Path) -> String {
        self.relative(path, &self.working)
    }

    fn relative(&self, path: &Path, base: &Path) -> String {
        let full = normal(&self.working.join(path));
        let base = normal(base);
        let shared = full.iter().zip(&base).take_while(|(a, b)| a == b).count();
        // A file on another drive has no relative path; its name must do.
        if shared == 0 && !base.is_empty() {
            return full.last().cloned().unwrap_or_default();
        }
        let up = base.iter().skip(shared).map(|_| "..".to_owned());
        up.chain(full.iter().skip(shared).cloned()).collect::<Vec<_>>().join("/")
    }
}

/// The parts of a path without `.` and `..`, as the text says, links unseen.
fn normal(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if parts.last().is_some_and(|last| last != ".." && last != "/") => {
                parts.pop();
            }
            Component::RootDir => parts.push("/".to_owned()),
            other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts
}

/// A path for people to read.
#[must_use]
pub fn shown_path(path: &Path) -> String {
    one_line(&display_path(path)).into_owned()
}

/// A path as a user would type it: forward slashes, no leading `./`.
#[must_use]
pub fn display_path(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").map_or(text.clone(), str::to_owned)
}
