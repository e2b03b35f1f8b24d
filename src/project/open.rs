//! Opening files: regular ones of a sane size, and nothing else.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The bytes of a regular file.
///
/// # Errors
/// When the system refuses, what is there is no regular file, or it is larger than `limit`. Pipes and devices are not opened:
/// they would be waited for, or never end.
pub fn read_bytes(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut bytes = Vec::new();
    if metadata.len() <= limit {
        read(File::open(path)?, metadata.len(), limit, &mut bytes)?;
    }
    // It may have grown since, and some files have no size until they are read.
    if metadata.len().max(bytes.len() as u64) > limit {
        return Err(too_large(limit));
    }
    Ok(bytes)
}

/// The text of a regular file.
///
/// # Errors
/// As [`read_bytes`], and where it is not UTF-8.
pub fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    String::from_utf8(read_bytes(path, limit)?).map_err(|_| io::Error::other("it is not UTF-8"))
}

fn too_large(limit: u64) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {limit} bytes"))
}

/// Reads all of a file, or one byte more than is allowed.
fn read(file: File, expected: u64, limit: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    let size = usize::try_from(expected).unwrap_or_default();
    // Most files are as long as was said: then a short answer tells the end, and saves asking again.
    bytes.resize(size + 1, 0);
    let first = (&file).read(bytes)?;
    bytes.truncate(first);
    if first != size {
        file.take(limit.saturating_add(1).saturating_sub(first as u64)).read_to_end(bytes)?;
    }
    Ok(())
}
