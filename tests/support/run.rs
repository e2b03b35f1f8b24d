//! The binary in a folder, and folders with files.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// podlint in a folder, without input, and without what the tests' own surroundings would tell it.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podlint"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env_remove("FORCE_COLOR").env_remove("NO_COLOR").env_remove("PODLINT_CONFIG");
    command
}

/// Runs podlint in a folder to its end.
pub fn podlint(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("podlint runs")
}

/// A folder with these files.
pub fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}
