//! Names of documents: URIs as clients write them, and the paths that they mean.

use std::path::{Path, PathBuf};

use gen_lsp_types::Uri;

/// The path of a `file:` URI; for other schemes (`untitled:`, `vscode-notebook-cell:`) the path part as it stands.
pub fn path(uri: &Uri) -> PathBuf {
    let text = uri.0.split(['#', '?']).next().unwrap_or_default();
    let Some(rest) = text.strip_prefix("file://") else {
        let (_, rest) = text.split_once(':').unwrap_or(("", text));
        return PathBuf::from(decode(rest));
    };
    // An authority is part of the path only on Windows shares.
    let rest = if rest.starts_with('/') { rest } else { rest.find('/').map_or("", |at| rest.get(at..).unwrap_or("")) };
    let path = decode(rest);
    let drive = path.as_bytes().get(2) == Some(&b':') && path.starts_with('/');
    PathBuf::from(if drive { path.get(1..).unwrap_or_default() } else { &path })
}

/// Whether the document is a file on disk.
pub fn is_file(uri: &Uri) -> bool {
    uri.0.starts_with("file:")
}

/// The `file:` URI of a path.
pub fn of_path(path: &Path) -> Uri {
    let text = path.to_string_lossy().replace('\\', "/");
    let mut uri = String::from(if text.starts_with('/') { "file://" } else { "file:///" });
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    Uri(uri)
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_the_way_to_a_uri_and_back() {
        for name in ["/a/b.py", "/mit leer/ä%41.yaml", "/a#b?c.py"] {
            assert_eq!(path(&of_path(Path::new(name))), Path::new(name));
        }
        assert_eq!(path(&Uri("file:///c%3A/x/y.py".to_owned())), Path::new("c:/x/y.py"));
        assert_eq!(path(&Uri("file://localhost/x.py".to_owned())), Path::new("/x.py"));
        assert_eq!(path(&Uri("untitled:Untitled-1".to_owned())), Path::new("Untitled-1"));
        assert_eq!(path(&Uri("file:///100%".to_owned())), Path::new("/100%"));
    }
}
