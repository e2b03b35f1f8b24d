//! How a new text takes the place of a file's old one: in one step, with the file's owner and rights.

use std::fs::{File, Metadata};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

/// What the names of temporary files begin with; the number of the process that makes them follows.
const PREFIX: &str = ".podlint-";
/// What they end with.
const SUFFIX: &str = ".tmp";
/// No file takes that long to be written.
const STALE: Duration = Duration::from_secs(600);

/// Replaces a file's text in one step: readers see the old text or the new one, and a full disk leaves the old one.
///
/// # Errors
/// When the file changed since it was read, the system refuses, or what the file is besides its text could not be kept.
pub fn replace(path: &Path, old: &str, new: &str) -> io::Result<()> {
    let real = std::fs::canonicalize(path)?;
    let metadata = std::fs::metadata(&real)?;
    let is_same_size = metadata.is_file() && metadata.len() == old.len() as u64;
    if !is_same_size || std::fs::read(&real)? != old.as_bytes() {
        return Err(io::Error::other("it was changed while it was being checked, or is not UTF-8"));
    }
    let folder = real.parent().unwrap_or_else(|| Path::new("."));
    let prefix = format!("{PREFIX}{}-", std::process::id());
    let mut file = tempfile::Builder::new().prefix(&prefix).suffix(SUFFIX).tempfile_in(folder)?;
    file.write_all(new.as_bytes())?;
    keep(file.as_file(), &metadata)?;
    file.as_file().sync_all()?;
    file.persist(&real).map_err(|error| error.error)?;
    Ok(())
}

/// Gives a new file the owner and the rights of the old one.
#[cfg(unix)]
fn keep(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    if old.nlink() > 1 {
        return Err(io::Error::other("it has further hard links, which would keep the old text"));
    }
    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        let owner = (new.uid() != old.uid()).then_some(old.uid());
        fchown(file, owner, Some(old.gid())).map_err(|_| io::Error::other("its owner cannot be kept"))?;
    }
    file.set_permissions(old.permissions())
}

#[cfg(not(unix))]
fn keep(file: &File, old: &Metadata) -> io::Result<()> {
    file.set_permissions(old.permissions())
}

/// Removes the temporary files that earlier runs left in a folder when they were ended.
pub fn remove_stale(folder: &Path) {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let name = entry.file_name();
        let inner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
        let Some((process, _)) = inner.and_then(|inner| inner.split_once('-')) else { continue };
        let Ok(process) = process.parse::<u32>() else { continue };
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && entry.metadata().is_ok_and(|metadata| is_stale(process, &metadata)) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Whether nobody writes a temporary file any more: its process has ended, or it is too old.
fn is_stale(process: u32, metadata: &Metadata) -> bool {
    let processes = Path::new("/proc");
    let has_ended = processes.join("self").exists() && !processes.join(process.to_string()).exists();
    let age = metadata.modified().ok().and_then(|at| at.elapsed().ok());
    has_ended || age.is_some_and(|age| age > STALE)
}
