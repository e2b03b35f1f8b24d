//! How a fixed file replaces the old one, or is shown beside it.

use std::io::{self, Write as _};
use std::path::Path;

use similar::TextDiff;

use crate::output::{Checked, display_path};
use crate::project::reason;
use crate::report::Report;
use crate::source::SourceFile;

/// Where the changes of a run go.
pub struct Changes<'a> {
    /// The differences are shown, and the files left as they are.
    pub diff: bool,
    /// Where they are shown.
    pub out: &'a mut dyn io::Write,
    /// What could not be changed, in sentences.
    pub problems: &'a mut Vec<String>,
}

impl Changes<'_> {
    /// Puts a new text in a file's place, or shows the difference; whether the file has it now. `failure` says what that was to do.
    ///
    /// # Errors
    /// When the difference cannot be shown.
    pub fn make(&mut self, file: &mut Checked, source: SourceFile, report: Report, failure: &str) -> io::Result<bool> {
        let (path, old, new) = (&file.source.path, &file.source.text, &source.text);
        if self.diff {
            return write_diff(self.out, path, old, new).map(|()| false);
        }
        let replaced = replace(path, old, new);
        match &replaced {
            Ok(()) => *file = Checked::new(source, report),
            Err(error) => self.problems.push(format!("{failure} `{}`: {}", path.display(), reason(error))),
        }
        Ok(replaced.is_ok())
    }
}

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
