//! Holds what installs podlint to the version that is being released, and the recipes to what the binary knows.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

/// How a version is named by those who install one.
const NAMED: &[&str] =
    &["podlint==", "rev: v", "podlint/podlint@v", "podlint/podlint:", "podlint/raw/v", "PODLINT_VERSION: \""];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn texts() -> Vec<(PathBuf, String)> {
    let folders = ["", "docs", "packaging"].map(|folder| root().join(folder));
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).expect("a folder"));
    let files = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
    let kinds = ["md", "yml", "yaml", "sh", "toml"];
    let known = |path: &Path| path.extension().is_some_and(|kind| kinds.iter().any(|known| kind == *known));
    files.filter(|path| known(path)).map(|path| (path.clone(), std::fs::read_to_string(path).expect("text"))).collect()
}

#[test]
fn whoever_names_a_version_names_this_one() {
    let mut seen = 0;
    for (path, text) in texts() {
        for name in NAMED {
            for (at, _) in text.match_indices(name) {
                let rest = &text[at + name.len()..];
                let version: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
                if version.contains('.') {
                    seen += 1;
                    assert_eq!(version.trim_end_matches('.'), env!("CARGO_PKG_VERSION"), "{}: {name}", path.display());
                }
            }
        }
    }
    assert!(seen > 5, "the recipes name versions: {seen}");
}

#[test]
fn recipes_use_options_that_exist() {
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_podlint")).args(["check", "--help"]).output();
    let help = String::from_utf8(help.expect("podlint runs").stdout).expect("UTF-8");
    for (path, text) in texts() {
        for line in text.lines().filter(|line| line.contains("podlint check ")) {
            let command = line.split("podlint check ").nth(1).unwrap_or_default();
            let command = command.split(['`', '|', '#', '>', '"', ')']).next().unwrap_or_default();
            for option in command.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2) {
                let name = option.split('=').next().unwrap_or(option);
                let is_known = help.contains(&format!(" {name} ")) || help.contains(&format!(" {name}\n"));
                assert!(is_known, "{}: there is no {name}: {line}", path.display());
            }
        }
    }
}

/// What links in the README begin with: package registries show it without the files beside it.
const ADDRESSES: &[&str] =
    &["https://github.com/podlint/podlint/blob/main/", "https://raw.githubusercontent.com/podlint/podlint/main/"];

#[test]
fn the_readme_is_short_and_stands_alone() {
    let text = std::fs::read_to_string(root().join("README.md")).expect("README.md");
    assert!(text.lines().count() <= 120, "{} lines", text.lines().count());
    let links: Vec<&str> = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|link| !link.starts_with('#'))
        .collect();
    assert!(links.len() > 10, "{links:?}");
    for link in links {
        assert!(link.starts_with("https://"), "not absolute: {link}");
        let inner = ADDRESSES.iter().find_map(|address| link.strip_prefix(address));
        assert!(inner.is_none_or(|path| root().join(path).exists()), "there is no file behind {link}");
    }
    // What renders a package's page supports no HTML except pictures.
    assert!(!text.contains("<div") && !text.contains("<details"));
}

#[test]
fn the_toolchain_file_forces_no_download() {
    let text = std::fs::read_to_string(root().join("rust-toolchain.toml")).expect("rust-toolchain.toml");
    assert!(text.contains("channel = \"stable\"") && text.contains("components = ["), "{text}");
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let floor =
        manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).expect("a floor").trim_matches('"');
    let script = std::fs::read_to_string(root().join("tests/all.sh")).expect("tests/all.sh");
    assert!(script.contains(&format!("developed_with={floor}")), "{floor}");
}

#[test]
fn pages_of_the_site_name_no_file_that_is_not_on_it() {
    let folders = ["`tests/", "`src/", "`schemas/", "`benches/", "`packaging/", "`docs/"];
    for entry in std::fs::read_dir(root().join("docs")).expect("docs") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|kind| kind == "md") {
            let text = std::fs::read_to_string(&path).expect("a page");
            for (at, _) in folders.iter().flat_map(|folder| text.match_indices(folder)) {
                assert!(
                    text[..at].ends_with('['),
                    "{}: {}",
                    path.display(),
                    &text[at..].lines().next().unwrap_or_default()
                );
            }
        }
    }
}
