//! Finds and reads the files around those that are checked: modules that a Python file imports from, kustomizations.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::patches::Patches;
use super::plain;
use crate::source::{Language, Listed, Modules, SourceFile};

/// Larger modules are not followed.
const MAX_SIZE: u64 = 1024 * 1024;
/// How many folders up a package may start.
const MAX_UP: usize = 8;
/// Larger folders are not listed.
const MAX_ENTRIES: usize = 1_000;
/// What marks the top of a project.
const TOPS: &[&str] = &[".git", "pyproject.toml", "setup.py", "setup.cfg"];

/// Texts by their paths; `None` where there is no such file.
type Read = HashMap<PathBuf, Option<Arc<SourceFile>>>;

/// The files around those that are checked; each is read once.
#[derive(Debug, Default)]
pub struct ProjectFiles {
    read: Mutex<Read>,
    /// Where imports led, by the importing folder and the name of the module.
    found: Mutex<HashMap<(PathBuf, String), Option<PathBuf>>>,
    patches: Patches,
}

impl Modules for ProjectFiles {
    fn find(&self, importer: &Path, module: &str) -> Option<Arc<SourceFile>> {
        let folder = importer.parent()?;
        let key = (folder.to_owned(), module.to_owned());
        if let Ok(found) = self.found.lock()
            && let Some(known) = found.get(&key)
        {
            let known = known.clone();
            drop(found);
            return known.and_then(|path| self.read_once(path));
        }
        let source = self.look_for(folder, module);
        if let Ok(mut found) = self.found.lock() {
            found.insert(key, source.as_ref().map(|source| source.path.clone()));
        }
        source
    }

    fn read(&self, importer: &Path, relative: &str) -> Option<Arc<SourceFile>> {
        let path = importer.parent()?.join(relative);
        if !is_data(&path) {
            return None;
        }
        // The one name under which the editor and other importers know it.
        self.read_once(plain(&path))
    }

    /// Folders that are not there hold nothing; above the top of the project nothing is looked at.
    fn list(&self, importer: &Path, relative: &str) -> Option<Vec<Listed>> {
        // The folder of a path that is only a name is the working folder.
        let own = plain(&Path::new(".").join(importer.parent()?));
        if !own.is_dir() {
            return None;
        }
        let folder = plain(&own.join(relative));
        if !folder.starts_with(top(&own)) {
            return None;
        }
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Some(Vec::new()),
            Err(_) => return None,
        };
        let mut listed = Vec::new();
        for entry in entries.take(MAX_ENTRIES + 1) {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            listed.push(Listed { name, is_folder: entry.path().is_dir() });
        }
        listed.sort();
        (listed.len() <= MAX_ENTRIES).then_some(listed)
    }

    fn is_patch(&self, file: &Path) -> bool {
        self.patches.contain(file, &|path| self.read_once(path))
    }
}

impl ProjectFiles {
    /// The module that an import in a folder means.
    fn look_for(&self, folder: &Path, module: &str) -> Option<Arc<SourceFile>> {
        let name = module.trim_start_matches('.');
        let inner: PathBuf = name.split('.').filter(|part| !part.is_empty()).collect();
        match module.len() - name.len() {
            0 => roots(folder).iter().find_map(|root| self.in_folder(root, &inner)),
            dots => self.in_folder(folder.ancestors().nth(dots - 1)?, &inner),
        }
    }

    /// Has a file read as `source`, whatever is on disk: an editor's unsaved text. The patches that this makes or unmakes.
    pub fn put(&self, path: &Path, source: &Arc<SourceFile>) -> Vec<PathBuf> {
        self.change(path, |read| {
            read.insert(path.to_owned(), Some(Arc::clone(source)));
        })
    }

    /// Whether a file was asked for and was not there.
    pub fn misses(&self, path: &Path) -> bool {
        self.read.lock().is_ok_and(|read| matches!(read.get(path), Some(None)))
    }

    /// Has a file read again when it is next asked for. The patches that this makes or unmakes.
    pub fn forget(&self, path: &Path) -> Vec<PathBuf> {
        self.change(path, |read| {
            read.remove(path);
        })
    }

    fn change(&self, path: &Path, change: impl FnOnce(&mut Read)) -> Vec<PathBuf> {
        if let Ok(mut found) = self.found.lock() {
            found.clear();
        }
        let change = || {
            if let Ok(mut read) = self.read.lock() {
                change(&mut read);
            }
        };
        self.patches.changing(path, change, &|path| self.read_once(path))
    }

    fn in_folder(&self, folder: &Path, inner: &Path) -> Option<Arc<SourceFile>> {
        let base = folder.join(inner);
        let module = (!inner.as_os_str().is_empty()).then(|| base.with_extension("py"));
        module.and_then(|path| self.read_once(path)).or_else(|| self.read_once(base.join("__init__.py")))
    }

    fn read_once(&self, path: PathBuf) -> Option<Arc<SourceFile>> {
        if let Ok(read) = self.read.lock()
            && let Some(known) = read.get(&path)
        {
            return known.clone();
        }
        let small = std::fs::metadata(&path).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MAX_SIZE);
        let text = if small { std::fs::read_to_string(&path).ok() } else { None };
        let source = text.map(|text| {
            Arc::new(SourceFile::new(path.clone(), Language::of_path(&path).unwrap_or(Language::Python), text))
        });
        if let Ok(mut read) = self.read.lock() {
            read.insert(path, source.clone());
        }
        source
    }
}

/// Where absolute imports may start: the folder itself and those around it, up to the top of the project, and `src` in them.
fn roots(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for root in folder.ancestors().take(MAX_UP) {
        found.push(root.to_owned());
        found.push(root.join("src"));
        if TOPS.iter().any(|top| root.join(top).exists()) {
            break;
        }
    }
    found
}

/// The top of the project around a folder: the folder itself where nothing marks one.
fn top(folder: &Path) -> &Path {
    let is_top = |folder: &&Path| TOPS.iter().any(|top| folder.join(top).exists());
    folder.ancestors().take(MAX_UP).find(is_top).unwrap_or(folder)
}

/// Whether a file holds data that programs read: texts, never secrets or code.
fn is_data(path: &Path) -> bool {
    const TEXTS: &[&str] =
        &["toml", "ini", "cfg", "conf", "csv", "tsv", "txt", "tmpl", "tpl", "j2", "jinja", "properties"];
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    Language::of_path(path).is_some_and(Language::is_data) || TEXTS.contains(&&*ending)
}
