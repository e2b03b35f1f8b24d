//! How a fixed file replaces the old one, or is shown beside it.

use std::io::{self, Write as _};
use std::path::Path;

use similar::TextDiff;

use crate::output::display_path;

/// Replaces a file's text in one step: readers see the old text or the new one, and a full disk leaves the old one.
///
/// # Errors
/// When the file changed since it was read, or the system refuses.
pub fn replace(path: &Path, old: &str, new: &str) -> io::Result<()> {
    let real = std::fs::canonicalize(path)?;
    if std::fs::read(&real)? != old.as_bytes() {
        return Err(io::Error::other("it was changed while it was being checked"));
    }
    let folder = real.parent().unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(new.as_bytes())?;
    file.as_file().set_permissions(std::fs::metadata(&real)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&real).map_err(|error| error.error)?;
    Ok(())
}

/// Writes the change as a unified diff.
///
/// # Errors
/// When the writer fails.
pub fn write_diff(out: &mut dyn io::Write, path: &Path, old: &str, new: &str) -> io::Result<()> {
    let name = display_path(path);
    write!(out, "{}", TextDiff::from_lines(old, new).unified_diff().header(&name, &name))
}
