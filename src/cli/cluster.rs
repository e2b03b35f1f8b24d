//! `podlint cluster`: making a snapshot of a cluster, and looking at one.

use std::fs::{File, Metadata};
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use super::arguments::{ClusterCommand, ShowClusterArguments, SnapshotArguments};
use super::{Exit, complain, print};
use crate::cluster::{Inventory, ObjectKind, Reader, has_bindings, snapshot, table, timestamp};
use crate::project::reason;

/// What `--kubectl` asks for: the resource, whether it is in namespaces, and the kind where podlint has one.
const RESOURCES: &[(&str, bool, Option<ObjectKind>)] = &[
    // First, since they say which config maps are parameters.
    ("validatingadmissionpolicies.admissionregistration.k8s.io", false, None),
    ("validatingadmissionpolicybindings.admissionregistration.k8s.io", false, None),
    ("nodes", false, Some(ObjectKind::Node)),
    ("nodepools.karpenter.sh", false, None),
    ("namespaces", false, Some(ObjectKind::Namespace)),
    ("limitranges", true, Some(ObjectKind::LimitRange)),
    ("resourcequotas", true, Some(ObjectKind::ResourceQuota)),
    ("serviceaccounts", true, Some(ObjectKind::ServiceAccount)),
    ("secrets", true, Some(ObjectKind::Secret)),
    ("configmaps", true, Some(ObjectKind::ConfigMap)),
    ("persistentvolumeclaims", true, Some(ObjectKind::Claim)),
    ("podtemplates", true, Some(ObjectKind::PodTemplate)),
    ("persistentvolumes", false, Some(ObjectKind::Volume)),
    ("storageclasses.storage.k8s.io", false, Some(ObjectKind::StorageClass)),
    ("csistoragecapacities.storage.k8s.io", true, None),
    ("csidrivers.storage.k8s.io", false, Some(ObjectKind::CsiDriver)),
    ("priorityclasses.scheduling.k8s.io", false, Some(ObjectKind::PriorityClass)),
    ("runtimeclasses.node.k8s.io", false, Some(ObjectKind::RuntimeClass)),
    ("customresourcedefinitions.apiextensions.k8s.io", false, Some(ObjectKind::ResourceDefinition)),
];

/// Larger inputs than this are not what `kubectl get` prints.
const MAX_INPUT: u64 = 1024 * 1024 * 1024;

/// Runs one of the subcommands.
pub fn run(command: &ClusterCommand) -> Exit {
    let done = match command {
        ClusterCommand::Snapshot(arguments) => make(arguments),
        ClusterCommand::Show(arguments) => show(arguments),
    };
    done.unwrap_or_else(|message| {
        complain(&message);
        Exit::Failed
    })
}

fn make(arguments: &SnapshotArguments) -> Result<Exit, String> {
    let mut inventory = match arguments.kubectl {
        true => from_kubectl(arguments)?,
        false => from_files(&arguments.files)?,
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default();
    inventory.taken = Some(timestamp(i64::try_from(now).unwrap_or_default()));
    let text = snapshot(&inventory);
    match &arguments.output {
        None => Ok(print(text.as_bytes())),
        Some(file) => {
            std::fs::write(file, text)
                .map_err(|error| format!("cannot write `{}`: {}", file.display(), reason(&error)))?;
            Ok(Exit::Clean)
        }
    }
}

fn show(arguments: &ShowClusterArguments) -> Result<Exit, String> {
    Ok(print(table(&from_files(&arguments.files)?).as_bytes()))
}

/// Files, or standard input where none is named.
fn from_files(files: &[PathBuf]) -> Result<Inventory, String> {
    let mut reader = Reader::default();
    let input = [PathBuf::from("-")];
    let files = if files.is_empty() { &input } else { files };
    let read = |file: &PathBuf| if file == Path::new("-") { from_input() } else { from_file(file) };
    let texts: Result<Vec<String>, String> = files.iter().map(read).collect();
    let mut texts: Vec<(&PathBuf, String)> = files.iter().zip(texts?).collect();
    texts.sort_by_key(|(_, text)| !has_bindings(text));
    for (file, text) in texts {
        reader.add(&text).map_err(|why| format!("cannot use `{}`: {why}", file.display()))?;
    }
    Ok(reader.finish())
}

fn from_input() -> Result<String, String> {
    if io::stdin().is_terminal() {
        return Err(
            "no input: name files with the output of `kubectl get … -o json`, pipe it in, or use --kubectl".into()
        );
    }
    let mut text = String::new();
    let read = io::stdin().lock().take(MAX_INPUT).read_to_string(&mut text);
    read.map_err(|error| format!("cannot read standard input: {}", reason(&error)))?;
    Ok(text)
}

fn from_file(file: &Path) -> Result<String, String> {
    let cannot = |why: String| format!("cannot read `{}`: {why}", file.display());
    let metadata = std::fs::metadata(file).map_err(|error| cannot(reason(&error)))?;
    if !is_readable(&metadata) {
        return Err(cannot("not a regular file".to_owned()));
    }
    if metadata.len() > MAX_INPUT {
        return Err(cannot(format!("it is larger than {MAX_INPUT} bytes")));
    }
    let mut text = String::new();
    let read = File::open(file).and_then(|file| file.take(MAX_INPUT).read_to_string(&mut text));
    read.map(|_| text).map_err(|error| cannot(reason(&error)))
}

/// Whether a file comes to an end: a regular one, or what a shell makes of `<(kubectl get …)`.
#[cfg(unix)]
fn is_readable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    metadata.is_file() || metadata.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_readable(metadata: &Metadata) -> bool {
    metadata.is_file()
}

/// Asks `kubectl`, one kind after another: what may not be read stays unknown.
fn from_kubectl(arguments: &SnapshotArguments) -> Result<Inventory, String> {
    let mut reader = Reader::default();
    let mut read = Vec::new();
    let mut refused = Vec::new();
    for (resource, namespaced, kind) in RESOURCES {
        let mut words = vec!["get", resource, "-o", "json"];
        if *namespaced {
            words.push("-A");
        }
        match kubectl(arguments.context.as_deref(), &words)? {
            Ok(text) => {
                reader.add(&text).map_err(|why| format!("cannot use what kubectl says of {resource}: {why}"))?;
                read.extend(kind.map(|kind| (kind, *namespaced)));
            }
            Err(_) => refused.push(*resource),
        }
    }
    if read.is_empty() {
        return Err("kubectl could read nothing; try `kubectl get nodes`".to_owned());
    }
    if !refused.is_empty() {
        complain(&format!("not known, as kubectl cannot read them: {}", refused.join(", ")));
    }
    let mut inventory = reader.finish();
    for (kind, namespaced) in read {
        inventory.known.insert(kind);
        if namespaced {
            inventory.everywhere.insert(kind);
        }
    }
    let version = kubectl(arguments.context.as_deref(), &["version", "-o", "json"])?
        .ok()
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .and_then(|version| {
            Some(version.pointer("/serverVersion/gitVersion")?.as_str()?.trim_start_matches('v').to_owned())
        });
    inventory.tolerates_devices = version.as_ref().is_some_and(|version| version.contains("-gke."));
    inventory.kubernetes_version = version;
    Ok(inventory)
}

/// What `kubectl` prints, or why it fails; an error where there is no `kubectl`.
fn kubectl(context: Option<&str>, words: &[&str]) -> Result<Result<String, String>, String> {
    let mut command = Command::new("kubectl");
    command.args(context.iter().flat_map(|context| ["--context", context])).args(words);
    let output = command.output().map_err(|error| format!("cannot run kubectl: {}", reason(&error)))?;
    Ok(match output.status.success() {
        true => String::from_utf8(output.stdout).map_err(|_| "not UTF-8".to_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    })
}
