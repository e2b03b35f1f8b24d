//! Which files are patches: the kustomizations around them say so.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::plain;
use crate::config::Limits;
use crate::frontend;
use crate::source::SourceFile;
use crate::tree::Node;

/// The names that Kustomize reads in a folder.
const NAMES: &[&str] = &["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// The fields that name patches.
const FIELDS: &[&str] = &["patches", "patchesStrategicMerge", "patchesJson6902"];
/// How many folders up a kustomization may be; Kustomize itself takes patches from its own folder and those below.
const MAX_UP: usize = 8;

/// The files that the kustomizations of folders name as patches; each folder is looked into once.
#[derive(Debug, Default)]
pub struct Patches {
    known: Mutex<HashMap<PathBuf, HashSet<PathBuf>>>,
}

/// How the text of a file is had.
type Read<'r> = &'r dyn Fn(PathBuf) -> Option<Arc<SourceFile>>;

impl Patches {
    /// Whether a kustomization in a file's folder, or in one around it, names it.
    pub fn contain(&self, file: &Path, read: Read<'_>) -> bool {
        let file = plain(file);
        let Ok(mut known) = self.known.lock() else { return false };
        file.ancestors().skip(1).take(MAX_UP).any(|folder| match known.get(folder) {
            Some(patches) => patches.contains(&file),
            None => known.entry(folder.to_owned()).or_insert(named_in(folder, read)).contains(&file),
        })
    }

    /// Makes a change to what is read at a path. The files that it makes patches, or makes none, as far as anybody asked.
    pub fn changing(&self, path: &Path, change: impl FnOnce(), read: Read<'_>) -> Vec<PathBuf> {
        let is_kustomization = NAMES.iter().any(|name| path.file_name() == Some(name.as_ref()));
        let folder = path.parent().filter(|_| is_kustomization);
        // While this is held nobody can ask, and be told what held before.
        let (Some(folder), Ok(mut known)) = (folder, self.known.lock()) else {
            change();
            return Vec::new();
        };
        change();
        let Some(patches) = known.get_mut(folder) else { return Vec::new() };
        let before = std::mem::replace(patches, named_in(folder, read));
        patches.symmetric_difference(&before).cloned().collect()
    }
}

/// The patches of a folder's kustomizations. One that cannot be read names none.
fn named_in(folder: &Path, read: Read<'_>) -> HashSet<PathBuf> {
    let sources = NAMES.iter().filter_map(|name| read(folder.join(name)));
    let roots = sources.flat_map(|source| frontend::manifests(&source, &Limits::default()).unwrap_or_default());
    roots.flat_map(|root| names_in(&root)).map(|name| plain(&folder.join(name))).collect()
}

/// The paths in a kustomization. An inline patch is no path: as one it names a file that there cannot be.
fn names_in(root: &Node) -> Vec<String> {
    let lists = FIELDS.iter().filter_map(|field| root.get(field).known()?.as_list());
    let name = |item: &Node| item.as_str().or_else(|| item.get("path").known()?.as_str()).map(str::to_owned);
    lists.flat_map(|list| &list.items).filter_map(name).collect()
}
