//! Files that describe clusters: reading them, once each.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{reason, shown};
use crate::cluster::{Cluster, Reader};
use crate::source::{Language, SourceFile};

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
    let mut sources = Vec::new();
    for file in files {
        let text = text_of(file, limit)?;
        reader.add(&text).map_err(|why| format!("cannot use `{}` as a cluster: {why}", file.display()))?;
        sources.push(Arc::new(SourceFile::new(shown(file), Language::Yaml, text)));
    }
    let mut inventory = reader.finish();
    inventory.complete |= options.complete;
    let (name, namespace) = (options.name.clone(), options.namespace.clone());
    Ok(Cluster { inventory, name, namespace, files: sources })
}

fn text_of(file: &Path, limit: u64) -> Result<String, String> {
    let cannot = |why: String| format!("cannot read `{}`: {why}", file.display());
    let metadata = std::fs::metadata(file).map_err(|error| cannot(reason(&error)))?;
    if !metadata.is_file() {
        return Err(cannot("not a regular file".to_owned()));
    }
    if metadata.len() > limit {
        return Err(cannot(format!("it is larger than `limits.file-size` ({limit})")));
    }
    std::fs::read_to_string(file).map_err(|error| cannot(reason(&error)))
}
