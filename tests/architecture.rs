//! Holds the layers to their order, files to their size, and the documentation to the paths that it names.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// A layer, and the layers that it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("tree", &["text"]),
    ("source", &["text"]),
    ("stop", &[]),
    ("diagnostic", &["text", "tree"]),
    ("document", &["tree"]),
    ("config", &["cluster", "diagnostic", "flyte", "policy", "schema", "source", "text", "tree"]),
    ("schema", &[]),
    ("pod", &["document", "schema", "tree", "text"]),
    ("flyte", &["document", "pod", "schema", "tree"]),
    ("pin", &["pod"]),
    ("cluster", &["diagnostic", "document", "flyte", "pod", "source", "text", "tree"]),
    ("policy", &["diagnostic", "document", "flyte", "pod", "source", "text", "tree"]),
    ("kubernetes", &["config", "diagnostic", "document", "pod", "schema", "text", "tree"]),
    ("client", &["config", "diagnostic", "document", "kubernetes", "schema", "text", "tree"]),
    ("frontend", &["config", "diagnostic", "document", "schema", "source", "stop", "text", "tree"]),
    ("rule", &["config", "diagnostic", "document", "pod", "text", "tree"]),
    ("rules", &["cluster", "diagnostic", "document", "flyte", "pod", "rule", "schema", "text", "tree"]),
    ("suppress", &["config", "diagnostic", "document", "frontend", "rules", "source", "text", "tree"]),
    ("report", &["diagnostic", "document", "source", "text", "tree"]),
    (
        "lint",
        &[
            "client",
            "cluster",
            "config",
            "diagnostic",
            "document",
            "flyte",
            "frontend",
            "kubernetes",
            "pod",
            "policy",
            "report",
            "rule",
            "rules",
            "source",
            "stop",
            "suppress",
            "text",
            "tree",
        ],
    ),
    ("fix", &["config", "diagnostic", "document", "frontend", "lint", "report", "source", "text", "tree"]),
    ("ignores", &["config", "diagnostic", "fix", "lint", "report", "source", "text", "tree"]),
    (
        "project",
        &[
            "cluster",
            "config",
            "diagnostic",
            "document",
            "flyte",
            "frontend",
            "lint",
            "policy",
            "report",
            "rules",
            "source",
            "text",
            "tree",
        ],
    ),
    ("fingerprint", &["diagnostic"]),
    (
        "output",
        &["diagnostic", "document", "fingerprint", "flyte", "report", "rule", "rules", "source", "text", "tree"],
    ),
    (
        "server",
        &[
            "cluster",
            "config",
            "diagnostic",
            "document",
            "fix",
            "flyte",
            "frontend",
            "ignores",
            "kubernetes",
            "lint",
            "output",
            "pod",
            "project",
            "report",
            "rule",
            "rules",
            "schema",
            "source",
            "stop",
            "text",
            "tree",
        ],
    ),
    (
        "cli",
        &[
            "cluster",
            "config",
            "diagnostic",
            "document",
            "fingerprint",
            "fix",
            "flyte",
            "frontend",
            "ignores",
            "lint",
            "output",
            "pin",
            "pod",
            "policy",
            "project",
            "report",
            "rule",
            "rules",
            "server",
            "source",
            "text",
            "tree",
        ],
    ),
];

#[test]
fn layers_use_only_what_is_below_them() {
    for (layer, allowed) in ARROWS {
        let folder = root().join("src").join(layer);
        let files = if folder.is_dir() { rust_files(&folder) } else { vec![folder.with_extension("rs")] };
        for file in files {
            let text = std::fs::read_to_string(&file).expect("a source file");
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            for used in code.flat_map(|line| line.split("crate::").skip(1).map(str::to_owned).collect::<Vec<_>>()) {
                let module: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let fine = module == *layer || allowed.contains(&module.as_str()) || module.is_empty();
                assert!(fine, "{} uses {module}, which `{layer}` must not", file.display());
            }
        }
    }
}

#[test]
fn every_layer_has_its_arrows() {
    let library = std::fs::read_to_string(root().join("src/lib.rs")).expect("lib.rs");
    for module in library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')) {
        assert!(ARROWS.iter().any(|(layer, _)| *layer == module), "{module} has no arrows in tests/architecture.rs");
    }
}

#[test]
fn rules_do_not_know_each_other_and_crates_stay_in_their_place() {
    for file in rust_files(&root().join("src")) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let path = file.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
        let only = |crates: &[&str], place: &str| {
            for name in crates {
                assert!(
                    !text.contains(name) || path.starts_with(place),
                    "{path} uses {name}, which belongs in {place}"
                );
            }
        };
        only(&["clap::", "clap_complete", "clap_mangen"], "src/cli");
        only(&["lsp_server", "gen_lsp_types"], "src/server");
        only(&["codespan_reporting"], "src/output");
        only(&["cel::"], "src/policy");
        only(&["ureq", "std::net::TcpStream", "UdpSocket"], "src/pin");
        only(&["crate::pin"], "src/cli/pin");
        only(&["granit_parser"], "src/frontend/yaml");
        only(&["ruff_python"], "src/frontend/python");
        if path.starts_with("src/rules/") && !path.ends_with("mod.rs") {
            assert!(!text.contains("crate::rules::") && !text.contains("super::"), "{path} knows another rule");
        }
    }
}

#[test]
fn files_open_with_a_sentence_and_stay_small() {
    for file in rust_files(&root().join("src")) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        assert!(text.starts_with("//!"), "{} does not say what it owns", file.display());
        let generated = text.starts_with("//! Generated from");
        assert!(generated || text.len() <= 24 * 1024, "{} is larger than 24 kB", file.display());
    }
}

#[test]
fn paths_named_in_the_documentation_exist() {
    let mut documents = vec![root().join("docs")];
    let mut pages: Vec<PathBuf> =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|name| root().join(name)).into();
    while let Some(folder) = documents.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { documents.push(path) } else { pages.push(path) }
        }
    }
    for page in pages.iter().filter(|page| page.extension().is_some_and(|extension| extension == "md")) {
        let text = std::fs::read_to_string(page).expect("a page");
        for name in text.split('`').skip(1).step_by(2) {
            let is_path =
                ["src/", "tests/", "schemas/", "benches/", "docs/", ".ci/"].iter().any(|top| name.starts_with(top));
            if is_path && !name.contains(['<', '*', ' ', '{']) {
                assert!(root().join(name).exists(), "{} names {name}, which does not exist", page.display());
            }
        }
    }
}
