//! Links the program for Linux so that it starts with as little work for the loader as can be.

use std::env::var;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=PODLINT_PIE");
    let target = |key| var(key).unwrap_or_default();
    let is_linux = target("CARGO_CFG_TARGET_OS") == "linux" && target("CARGO_CFG_TARGET_ENV") == "gnu";
    if !is_linux {
        return;
    }
    // The loader would otherwise correct some thirty thousand pointers, and copy the pages that hold them, at each start:
    // half of what checking one file takes (docs/performance.md).
    if target("PODLINT_PIE").is_empty() {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
    // A library less to find, map and initialise: only unwinding is needed of it.
    if let Some(folder) = folder_of("libgcc_eh.a").filter(|_| target("HOST") == target("TARGET")) {
        println!("cargo:rustc-link-search=native={}", folder.display());
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
}

/// Where the C compiler has a library, if it has it.
fn folder_of(library: &str) -> Option<PathBuf> {
    let asked = Command::new("cc").arg(format!("-print-file-name={library}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8(asked.stdout).ok()?.trim());
    path.is_absolute().then(|| path.parent().map(Path::to_owned)).flatten()
}
