//! Files that describe clusters: reading them, once each.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{reason, shown};
use super::open::read_text;
use crate::cluster::{Cluster, Inventory, Reader, has_bindings};
use crate::source::{Language, SourceFile};

/// The kinds of objects that findings point at.
const KINDS: &[&str] = &["LimitRange", "ResourceQuota", "RuntimeClass", "PriorityClass", "ServiceAccount"];
/// Of larger lists nothing is shown.
const MAX_SHOWN: usize = 1024 * 1024;

/// What the user says of a cluster beside its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClusterOptions {
    /// The environment's name.
    pub name: Option<String>,
    /// Whether nothing is left out.
    pub complete: bool,
    /// Where pods go.
    pub namespace: Option<String>,
}

/// Reads the files that describe one cluster.
///
/// # Errors
/// A sentence when a file cannot be read, or describes no cluster.
pub fn load_cluster(files: &[PathBuf], options: &ClusterOptions, limit: u64) -> Result<Cluster, String> {
    let mut reader = Reader::default();
    let mut texts = Vec::new();
    for file in files {
        texts.push((file, text_of(file, limit)?));
    }
    let (first, then): (Vec<_>, Vec<_>) = texts.iter().partition(|(_, text)| has_bindings(text));
    for (file, text) in first.into_iter().chain(then) {
        reader.add(text).map_err(|why| format!("cannot use `{}` as a cluster: {why}", file.display()))?;
    }
    let mut inventory = reader.finish();
    inventory.complete |= options.complete;
    let names = names_of_limits(&inventory);
    let source = |(file, text): (&PathBuf, String)| {
        let language = if is_list(&text) { Language::Json } else { Language::Yaml };
        Arc::new(SourceFile::new(shown(file), language, showable(text, &names)))
    };
    let sources = texts.into_iter().map(source).collect();
    let (name, namespace) = (options.name.clone(), options.namespace.clone());
    Ok(Cluster { inventory, name, namespace, files: sources })
}

/// The names of the objects that findings point at.
fn names_of_limits(inventory: &Inventory) -> BTreeSet<String> {
    let within = inventory
        .namespaces
        .values()
        .flat_map(|one| one.limit_ranges.keys().chain(one.quotas.keys()).chain(one.service_accounts.keys()));
    within.chain(inventory.runtime_classes.keys()).chain(inventory.priority_classes.keys()).cloned().collect()
}

/// Whether a text is what `kubectl` prints, not a snapshot.
fn is_list(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// What of a file may be shown beside a finding. Of lists of `kubectl` these are kinds and names of limits and classes, each where it
/// stands: all else may be the value of a secret.
fn showable(text: String, names: &BTreeSet<String>) -> String {
    if !is_list(&text) {
        return text;
    }
    if text.len() > MAX_SHOWN {
        return String::new();
    }
    let mut shown: Vec<u8> = text.bytes().map(|byte| if byte == b'\n' { byte } else { b' ' }).collect();
    for (key, is_kind) in [("\"kind\"", true), ("\"name\"", false)] {
        for (at, _) in text.match_indices(key) {
            let rest = text.get(at + key.len()..).unwrap_or_default();
            let value = rest.trim_start_matches(|c: char| c == ':' || c.is_ascii_whitespace());
            let inner = value.strip_prefix('"').and_then(|inner| inner.get(..inner.find(['"', '\\', '\n'])?));
            let is_wanted =
                inner.is_some_and(|inner| if is_kind { KINDS.contains(&inner) } else { names.contains(inner) });
            let behind = if is_wanted { rest.len() - value.len() + inner.map_or(0, str::len) + 2 } else { 0 };
            let part = at..at + key.len() + behind;
            if let (Some(to), Some(from)) = (shown.get_mut(part.clone()), text.as_bytes().get(part)) {
                to.copy_from_slice(from);
            }
        }
    }
    String::from_utf8(shown).unwrap_or_default()
}

fn text_of(file: &Path, limit: u64) -> Result<String, String> {
    let cannot = |why: String| format!("cannot read `{}`: {why}", file.display());
    read_text(file, limit).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => cannot(format!("it is larger than `limits.file-size` ({limit})")),
        _ => cannot(reason(&error)),
    })
}
