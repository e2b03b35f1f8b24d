//! Links the program for Linux at a fixed address, which spares each start the work of moving it.

use std::env::var;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=PODLINT_PIE");
    // The loader would otherwise correct some thirty thousand pointers, and copy the pages that hold them, at each start:
    // half of what checking one file takes (docs/performance.md).
    let target = |key| var(key).unwrap_or_default();
    let is_linux = target("CARGO_CFG_TARGET_OS") == "linux" && target("CARGO_CFG_TARGET_ENV") == "gnu";
    if is_linux && target("PODLINT_PIE").is_empty() {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
