//! The floors: the least that a program can do that reads the same files, or parses them with the same crate.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

/// The argument that makes this program a floor.
pub const MODE: &str = "floor";

/// Does one kind of work on all files below a folder: `scan` reads them and looks for one word, `parse` parses them as well.
pub fn run(kind: &str, threads: &str, root: &Path) {
    let mut files = Vec::new();
    list(root, &mut files);
    let work = |path: &PathBuf| one(kind, path);
    let total: usize = match threads {
        "1" => files.iter().map(work).sum(),
        _ => files.par_iter().map(work).sum(),
    };
    println!("{total}");
}

fn list(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        files.push(path.to_owned());
        return;
    }
    for entry in std::fs::read_dir(path).expect("a folder") {
        list(&entry.expect("an entry").path(), files);
    }
}

/// Something that depends on all of the work, so that none of it can be left out.
fn one(kind: &str, path: &Path) -> usize {
    let text = std::fs::read_to_string(path).expect("a text");
    let found = memchr::memmem::find(text.as_bytes(), b"PodTemplate").unwrap_or(text.len());
    let parsed = match (kind, path.extension().and_then(|extension| extension.to_str())) {
        ("parse", Some("py")) => {
            let options = ruff_python_parser::ParseOptions::from(ruff_python_parser::Mode::Module);
            ruff_python_parser::parse_unchecked(&text, options).tokens().len()
        }
        ("parse", _) => granit_parser::Parser::new_from_str(&text).count(),
        _ => 0,
    };
    found + parsed
}
