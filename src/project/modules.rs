//! Finds and reads the files around those that are checked: modules that a Python file imports from, kustomizations.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::border::Border;
use super::encoding::decode;
use super::open::read_bytes;
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

/// Where imports led.
#[derive(Debug, Default)]
struct Found {
    /// By the importing folder and the name of the module. That the module lies in the folder's project was looked at.
    by_folder: HashMap<PathBuf, HashMap<String, Option<Arc<SourceFile>>>>,
    /// How often all of that was thrown away.
    generation: u64,
}

impl Found {
    fn clear(&mut self) {
        self.by_folder.clear();
        self.generation += 1;
    }
}

/// The files around those that are checked; each is read once.
#[derive(Debug, Default)]
pub struct ProjectFiles {
    read: Mutex<Read>,
    found: Mutex<Found>,
    patches: Patches,
    border: Arc<Border>,
}

impl Modules for ProjectFiles {
    fn find(&self, importer: &Path, module: &str) -> Option<Arc<SourceFile>> {
        let folder = importer.parent()?;
        let mut generation = 0;
        if let Ok(found) = self.found.lock() {
            if let Some(known) = found.by_folder.get(folder).and_then(|names| names.get(module)) {
                return known.clone();
            }
            generation = found.generation;
        }
        let source = self.look_for(importer, module);
        if let Ok(mut found) = self.found.lock()
            && found.generation == generation
        {
            found.by_folder.entry(folder.to_owned()).or_default().insert(module.to_owned(), source.clone());
        }
        source
    }

    fn read(&self, importer: &Path, relative: &str) -> Option<Arc<SourceFile>> {
        let path = importer.parent()?.join(relative);
        if !is_data(&path) {
            return None;
        }
        // The one name under which the editor and other importers know it.
        self.read_once(importer, plain(&path))
    }

    /// Folders that are not there hold nothing; above the top of the project nothing is looked at.
    fn list(&self, importer: &Path, relative: &str) -> Option<Vec<Listed>> {
        // The folder of a path that is only a name is the working folder.
        let own = plain(&Path::new(".").join(importer.parent()?));
        if !own.is_dir() {
            return None;
        }
        let folder = plain(&own.join(relative));
        if !self.border.admits(importer, &folder) {
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
        let folders = self.border.folders_of_settings(file);
        // A kustomization is looked for where settings are; a link in its place must not lead out.
        let is_near = |path: &Path| {
            !path.is_symlink() && path.parent().is_some_and(|parent| folders.iter().any(|one| one == parent))
        };
        self.patches.contain(file, &|path| {
            let from = if is_near(&path) { path.clone() } else { file.to_owned() };
            self.read_once(&from, path)
        })
    }
}

impl ProjectFiles {
    /// The module that an import in a file means.
    fn look_for(&self, importer: &Path, module: &str) -> Option<Arc<SourceFile>> {
        let folder = importer.parent()?;
        let name = module.trim_start_matches('.');
        let inner: PathBuf = name.split('.').filter(|part| !part.is_empty()).collect();
        match module.len() - name.len() {
            0 => self.roots(importer).iter().find_map(|root| self.in_folder(importer, root, &inner)),
            dots => self.in_folder(importer, folder.ancestors().nth(dots - 1)?, &inner),
        }
    }

    /// Files of which nothing has been read yet.
    #[must_use]
    pub fn new(border: Arc<Border>) -> Self {
        Self { border, ..Self::default() }
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
        let change = || {
            if let Ok(mut read) = self.read.lock() {
                change(&mut read);
            }
            // Only now: who looked before this has what was there before.
            if let Ok(mut found) = self.found.lock() {
                found.clear();
            }
        };
        self.patches.changing(path, change, &|inner| self.read_once(path, inner))
    }

    fn in_folder(&self, importer: &Path, folder: &Path, inner: &Path) -> Option<Arc<SourceFile>> {
        let base = folder.join(inner);
        let module = (!inner.as_os_str().is_empty()).then(|| base.with_extension("py"));
        let module = module.and_then(|path| self.read_once(importer, path));
        module.or_else(|| self.read_once(importer, base.join("__init__.py")))
    }

    /// The file at a path, as far as it lies in the project of the one that names it.
    fn read_once(&self, from: &Path, path: PathBuf) -> Option<Arc<SourceFile>> {
        if let Ok(read) = self.read.lock()
            && let Some(known) = read.get(&path)
        {
            return known.clone().filter(|_| self.border.admits(from, &path));
        }
        let is_there = std::fs::metadata(&path).is_ok_and(|metadata| metadata.is_file());
        if is_there && !self.border.admits(from, &path) {
            return None;
        }
        let language = Language::of_path(&path).unwrap_or(Language::Python);
        let bytes = if is_there { read_bytes(&path, MAX_SIZE).ok() } else { None };
        let text = bytes.and_then(|bytes| decode(bytes, language).ok());
        let source = text.map(|text| Arc::new(SourceFile::new(path.clone(), language, text)));
        if let Ok(mut read) = self.read.lock() {
            read.insert(path, source.clone());
        }
        source
    }

    /// Where absolute imports may start: the folder itself and those around it, up to what marks a project, and `src` in them. What is
    /// found there counts only within the border.
    fn roots(&self, importer: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let Some(folder) = importer.parent() else { return found };
        for root in folder.ancestors().take(MAX_UP) {
            found.push(root.to_owned());
            found.push(root.join("src"));
            if TOPS.iter().any(|top| root.join(top).exists()) {
                break;
            }
        }
        found
    }
}

/// Whether a file holds data that programs read: texts, never secrets or code.
fn is_data(path: &Path) -> bool {
    const TEXTS: &[&str] =
        &["toml", "ini", "cfg", "conf", "csv", "tsv", "txt", "tmpl", "tpl", "j2", "jinja", "properties"];
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    Language::of_path(path).is_some_and(Language::is_data) || TEXTS.contains(&&*ending)
}
