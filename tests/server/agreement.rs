//! The server says what the command line says, of every file that the tests have.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Session;

/// File, cell, rule, severity, message, start and end: what must be the same.
type Said = BTreeSet<String>;

/// Writes every example, fixture and corpus file of the repository into a folder.
fn corpus() -> TempDir {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let folder = TempDir::new().expect("a folder");
    for part in ["examples", "sdk/corpus"] {
        copy(&root.join(part), &folder.path().join(part));
    }
    for part in ["rules", "frontends"] {
        for entry in std::fs::read_dir(root.join(part)).expect("fixtures") {
            let path = entry.expect("an entry").path();
            blocks(&path, &folder.path().join(part).join(path.file_stem().expect("a name")));
        }
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a copy");
        }
    }
}

/// Each block of code of a fixture in a file of its own.
fn blocks(page: &Path, folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    let text = std::fs::read_to_string(page).expect("a fixture");
    for (number, block) in text.split("```").skip(1).step_by(2).enumerate() {
        let (language, code) = block.split_once('\n').unwrap_or_default();
        let extension = match language {
            "yaml" | "json" => language,
            // What is no notebook cannot be opened as one.
            "ipynb" if serde_json::from_str::<Value>(code).is_ok() => language,
            "python" => "py",
            _ => continue,
        };
        std::fs::write(folder.join(format!("case{number}.{extension}")), code).expect("a file");
    }
}

fn said_by_command(folder: &Path) -> Said {
    let output = crate::client::run::podlint(folder, &["check", "--format", "json", "--quiet", "."]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let place = |at: &Value| format!("{}:{}", at["line"], at["column"]);
    let findings = report["findings"].as_array().expect("findings");
    findings
        .iter()
        .map(|found| {
            let cell = found.get("cell").cloned().unwrap_or_default();
            let (rule, severity, message) = (&found["rule"], &found["severity"], &found["message"]);
            let (start, end) = (place(&found["start"]), place(&found["end"]));
            format!("{} {cell} {start}-{end} {rule} {severity} {message}", found["file"].as_str().expect("a file"))
        })
        .collect()
}

fn said_by_server(folder: TempDir) -> Said {
    let root = folder.path().to_owned();
    let mut session = Session::raw(folder);
    // Without folders nothing is checked but what is opened.
    let abilities = json!({"general": {"positionEncodings": ["utf-32"]}});
    session.request("initialize", json!({"processId": null, "rootUri": null, "capabilities": abilities}));
    session.notify("initialized", json!({}));
    for path in files(&root) {
        let name = path.strip_prefix(&root).expect("below").to_string_lossy().into_owned();
        let uri = if name.ends_with(".ipynb") { open_notebook(&mut session, &name) } else { session.open(&name) };
        // The answer comes when the check is done.
        session.request("textDocument/diagnostic", json!({"textDocument": {"uri": uri}}));
    }
    session.request("shutdown", Value::Null);
    let mut last = std::collections::BTreeMap::new();
    for params in session.notified("textDocument/publishDiagnostics") {
        last.insert(params["uri"].as_str().expect("a URI"), &params["diagnostics"]);
    }
    let prefix = session.uri("");
    let mut said = Said::new();
    for (uri, diagnostics) in last {
        let (file, cell) = uri.split_once('#').unwrap_or((uri, ""));
        let file = file.strip_prefix(&prefix).expect("below").trim_start_matches('/');
        let cell: Value = cell.parse::<usize>().map_or(Value::Null, Value::from);
        said.extend(diagnostics.as_array().expect("a list").iter().map(|found| said_of(file, &cell, found)));
    }
    said
}

fn said_of(file: &str, cell: &Value, found: &Value) -> String {
    let place = |at: &Value| {
        let number = |name: &str| at[name].as_u64().expect("a number") + 1;
        format!("{}:{}", number("line"), number("character"))
    };
    let severity = match found["severity"].as_u64() {
        Some(1) => "error",
        Some(2) => "warning",
        _ => "info",
    };
    let (start, end) = (place(&found["range"]["start"]), place(&found["range"]["end"]));
    format!("{file} {cell} {start}-{end} {} {} {}", found["code"], json!(severity), found["message"])
}

fn open_notebook(session: &mut Session, name: &str) -> String {
    let text = std::fs::read_to_string(session.path(name)).expect("a notebook");
    let notebook: Value = serde_json::from_str(&text).expect("a notebook");
    let uri = session.uri(name);
    let cells = notebook["cells"].as_array().cloned().unwrap_or_default();
    let name_of = |number: usize| format!("{uri}#{}", number + 1);
    let is_code = |cell: &Value| cell["cell_type"] == "code";
    let list: Vec<Value> = cells
        .iter()
        .enumerate()
        .map(|(number, cell)| json!({"kind": if is_code(cell) { 2 } else { 1 }, "document": name_of(number)}))
        .collect();
    let texts: Vec<Value> = cells
        .iter()
        .enumerate()
        .map(|(number, cell)| {
            let lines =
                cell["source"].as_array().map(|lines| lines.iter().filter_map(Value::as_str).collect::<String>());
            let text = lines.or_else(|| cell["source"].as_str().map(str::to_owned)).unwrap_or_default();
            let language = if is_code(cell) { "python" } else { "markdown" };
            json!({"uri": name_of(number), "languageId": language, "version": 1, "text": text})
        })
        .collect();
    let document = json!({"uri": uri, "notebookType": "jupyter-notebook", "version": 1, "cells": list});
    session.notify("notebookDocument/didOpen", json!({"notebookDocument": document, "cellTextDocuments": texts}));
    name_of(0)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn server_and_command_line_say_the_same_of_the_whole_corpus() {
    let folder = corpus();
    let expected = said_by_command(folder.path());
    assert!(expected.len() > 100, "the corpus has findings: {}", expected.len());
    let said = said_by_server(folder);
    let missing: Vec<&String> = expected.difference(&said).collect();
    let more: Vec<&String> = said.difference(&expected).collect();
    assert!(
        missing.is_empty() && more.is_empty(),
        "only the command says {missing:#?}\nonly the server says {more:#?}"
    );
}
