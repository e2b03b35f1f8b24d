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
        only(&["granit_parser"], "src/frontend");
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
        let is_of_python = file.starts_with(root().join("src/frontend/python"));
        let lines = text.lines().count();
        assert!(generated || !is_of_python || lines <= 400, "{} has {lines} lines, more than 400", file.display());
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

/// What the parts of the Python frontend may use of each other.
const PYTHON_ARROWS: &[(&str, &[&str])] = &[
    ("value", &[]),
    ("source", &[]),
    ("state", &["value"]),
    ("evaluate", &["source", "state", "value"]),
    ("library", &["evaluate", "source", "state", "value"]),
    ("sdk", &["evaluate", "source", "state", "value"]),
    ("documents", &["evaluate", "sdk", "state", "value"]),
    ("edits", &["source"]),
];

/// The path within the Python frontend that a `use` in a file means: `super::super::value::Value` in `state/join.rs` is
/// `value/Value`.
fn resolved(file: &Path, path: &str) -> Option<PathBuf> {
    let mut place = file.with_extension("");
    if place.file_name().is_some_and(|name| name == "mod") {
        place.pop();
    }
    let mut rest = path;
    while let Some(outer) = rest.strip_prefix("super::") {
        place.pop();
        rest = outer;
    }
    if rest == path {
        return None;
    }
    Some(place.join(rest.split("::").next().unwrap_or_default()))
}

/// All that a file says with `super::`, one path for each name.
fn uses(text: &str) -> Vec<String> {
    let code: String = text
        .split("#[cfg(test)]")
        .next()
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join(" ");
    let mut found = Vec::new();
    let mut rest = code.as_str();
    while let Some(start) = rest.find("super::") {
        let path: String =
            rest[start..].chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':')).collect();
        let behind = &rest[start + path.len()..];
        match behind.strip_prefix('{').and_then(|names| names.split_once('}')) {
            Some((names, _)) => found.extend(names.split(',').map(|name| format!("{path}{}", name.trim()))),
            None => found.push(path.clone()),
        }
        rest = behind;
    }
    found
}

#[test]
fn parts_of_the_python_frontend_use_only_what_is_below_them() {
    let frontend = root().join("src/frontend/python");
    for file in rust_files(&frontend) {
        let inner = file.strip_prefix(&frontend).expect("below").to_owned();
        let part = inner.components().next().expect("a part").as_os_str().to_string_lossy().replace(".rs", "");
        let Some((_, allowed)) = PYTHON_ARROWS.iter().find(|(name, _)| *name == part) else { continue };
        let text = std::fs::read_to_string(&file).expect("a source file");
        for path in uses(&text).iter().filter_map(|path| resolved(&inner, path)) {
            let used = path.components().next().map(|first| first.as_os_str().to_string_lossy().into_owned());
            let Some(used) = used.filter(|used| PYTHON_ARROWS.iter().any(|(name, _)| name == used)) else { continue };
            assert!(
                used == part || allowed.contains(&used.as_str()),
                "{} uses {used}, which `{part}` must not",
                inner.display()
            );
        }
    }
}

/// The files that a file of the Python frontend needs, where `mod.rs` stands only for the files whose names it passes on.
fn needed(frontend: &Path, inner: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(frontend.join(inner)).expect("a source file");
    let mut files = Vec::new();
    for path in uses(&text) {
        let Some(target) = resolved(inner, &path) else { continue };
        let (folder, name) = (
            target.parent().expect("a folder").to_owned(),
            target.file_name().expect("a name").to_string_lossy().into_owned(),
        );
        if frontend.join(&target).with_extension("rs").is_file() {
            files.push(target.with_extension("rs"));
            continue;
        }
        if frontend.join(&target).is_dir() {
            let last = path.rsplit("::").next().unwrap_or_default().to_owned();
            files.extend(defining(frontend, &target, &last));
            continue;
        }
        files.extend(defining(frontend, &folder, &name));
    }
    files.retain(|file| file != inner);
    files
}

/// The file behind a name that a folder's `mod.rs` passes on; `mod.rs` itself where it defines the name.
fn defining(frontend: &Path, folder: &Path, name: &str) -> Option<PathBuf> {
    let text = std::fs::read_to_string(frontend.join(folder).join("mod.rs")).ok()?;
    for statement in text.split("pub use ").skip(1) {
        let statement = statement.split(';').next().unwrap_or_default();
        let (from, names) = statement.split_once("::").unwrap_or((statement, ""));
        let is_passed_on = names.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|passed| passed == name);
        if is_passed_on {
            let file = folder.join(from.trim()).with_extension("rs");
            return if frontend.join(&file).is_file() {
                Some(file)
            } else {
                defining(frontend, &folder.join(from.trim()), name)
            };
        }
    }
    Some(folder.join("mod.rs"))
}

#[test]
fn no_two_files_of_the_python_frontend_need_each_other_outside_of_the_evaluator() {
    let frontend = root().join("src/frontend/python");
    let files: Vec<PathBuf> = rust_files(&frontend)
        .into_iter()
        .map(|file| file.strip_prefix(&frontend).expect("below").to_owned())
        .filter(|file| !file.starts_with("evaluate") && file != Path::new("mod.rs"))
        .collect();
    let mut done: std::collections::HashSet<PathBuf> = std::collections::HashSet::new();
    for file in &files {
        let mut way = Vec::new();
        visit(&frontend, file, &mut way, &mut done);
    }
}

fn visit(frontend: &Path, file: &Path, way: &mut Vec<PathBuf>, done: &mut std::collections::HashSet<PathBuf>) {
    if file.starts_with("evaluate") || file == Path::new("mod.rs") || done.contains(file) {
        return;
    }
    if let Some(start) = way.iter().position(|known| known == file) {
        panic!("files need each other: {:?} and again {}", way.get(start..), file.display());
    }
    way.push(file.to_owned());
    for next in needed(frontend, file) {
        visit(frontend, &next, way, done);
    }
    way.pop();
    done.insert(file.to_owned());
}
