//! Documents: opened, edited, closed; what is published about them.

use serde_json::{Value, json};

use crate::client::{Session, abilities, folder, rules};
use crate::{MANIFEST, PARTS, TEMPLATE};

#[test]
fn a_finding_has_its_place_its_page_and_its_relations() {
    let mut session = Session::start(&[("t.yaml", MANIFEST)]);
    session.open("t.yaml");
    let found = session.diagnostics("t.yaml", 1);
    let undefined = found.iter().find(|found| found["code"] == "undefined-volume").expect("the finding");
    assert_eq!(
        undefined["range"],
        json!({"start": {"line": 10, "character": 18}, "end": {"line": 10, "character": 21}})
    );
    assert_eq!(undefined["severity"], 1);
    assert_eq!(undefined["source"], "podlint");
    let page = undefined["codeDescription"]["href"].as_str().expect("a page");
    assert!(page.ends_with("docs/rules/undefined-volume.md"), "{page}");
    assert_eq!(undefined["data"]["path"], "template.spec.containers[0].volumeMounts[0].name");
    assert!(undefined["data"]["fixes"][0]["title"].is_string(), "{undefined}");
    session.edit("t.yaml", 2, (9, 0, 12, 0), "");
    let found = session.diagnostics("t.yaml", 2);
    let unused = found.iter().find(|found| found["code"] == "unused-volume").expect("the finding");
    assert_eq!(unused["tags"], json!([1]));
}

#[test]
fn edits_are_followed_and_versions_are_told() {
    let mut session = Session::start(&[("t.yaml", MANIFEST)]);
    session.open("t.yaml");
    assert!(!session.diagnostics("t.yaml", 1).is_empty());
    session.edit("t.yaml", 2, (10, 19, 10, 19), "a");
    session.edit("t.yaml", 3, (10, 20, 10, 21), "");
    // `daa`, then `data`.
    session.edit("t.yaml", 4, (10, 20, 10, 20), "t");
    assert!(session.diagnostics("t.yaml", 4).is_empty());
}

#[test]
fn edits_beyond_the_end_are_edits_at_the_end() {
    let mut session = Session::start(&[]);
    session.open_text("t.yaml", "");
    session.edit("t.yaml", 2, (900, 900, 1000, 4), MANIFEST);
    assert!(!session.diagnostics("t.yaml", 2).is_empty());
    session.edit("t.yaml", 3, (10, 18, 10, 4_000_000_000), "data");
    assert!(session.diagnostics("t.yaml", 3).is_empty());
    // Backwards, and within a character of two units.
    session.edit("t.yaml", 4, (99, 0, 0, 0), "# 😀😀\n");
    session.edit("t.yaml", 5, (0, 3, 0, 3), "x");
    assert!(session.diagnostics("t.yaml", 5).is_empty());
}

#[test]
fn columns_are_in_the_units_of_the_encoding() {
    let text = MANIFEST
        .replace("name: dta", "\"name\": \"dta\" # 😀")
        .replace("          - ", "          - \"😀é\": 1\n            ");
    for (encoding, start) in [("utf-8", 21), ("utf-16", 21), ("utf-32", 21)] {
        let mut session = Session::raw(folder(&[]));
        session.initialize(&json!({"general": {"positionEncodings": [encoding]}}));
        session.open_text("t.yaml", &text);
        let found = session.diagnostics("t.yaml", 1);
        let undefined = found.iter().find(|found| found["code"] == "undefined-volume").expect("the finding");
        assert_eq!(undefined["range"]["start"]["character"], start - 1, "{encoding}");
    }
    let flow = "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: t}\ntemplate: {spec: {containers: [{name: primary, image: \"😀é\", volumeMounts: [{name: x, mountPath: /d}]}]}}\n";
    let mut columns = Vec::new();
    for encoding in ["utf-8", "utf-16", "utf-32"] {
        let mut session = Session::raw(folder(&[]));
        session.initialize(&json!({"general": {"positionEncodings": [encoding]}}));
        session.open_text("t.yaml", flow);
        let found = session.diagnostics("t.yaml", 1);
        let undefined = found.iter().find(|found| found["code"] == "undefined-volume").expect("the finding");
        columns.push(undefined["range"]["start"]["character"].as_u64().expect("a number"));
    }
    assert_eq!((columns[0] - columns[1], columns[1] - columns[2]), (3, 1), "{columns:?}");
}

#[test]
fn closing_clears() {
    let mut session = Session::with(&[], &json!({}));
    session.open_text("t.yaml", MANIFEST);
    assert!(!session.diagnostics("t.yaml", 1).is_empty());
    let uri = session.uri("t.yaml");
    session.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    let last = session.wait("the cleared document", |session| {
        let last = (*session.notified("textDocument/publishDiagnostics").last()?).clone();
        last["version"].is_null().then_some(last)
    });
    assert_eq!((&last["uri"], &last["diagnostics"]), (&json!(uri), &json!([])));
}

#[test]
fn fast_edits_never_show_an_old_version() {
    let mut session = Session::start(&[("t.yaml", MANIFEST)]);
    session.open("t.yaml");
    for version in 2..=51 {
        session.edit("t.yaml", version, (10, 18, 10, 21), if version % 2 == 0 { "xyz" } else { "dta" });
    }
    let found = session.diagnostics("t.yaml", 51);
    assert!(
        found.iter().any(|found| found["message"].as_str().is_some_and(|text| text.contains("`dta`"))),
        "{found:?}"
    );
    let versions: Vec<i64> = session
        .notified("textDocument/publishDiagnostics")
        .iter()
        .filter_map(|params| params["version"].as_i64())
        .collect();
    assert!(versions.is_sorted(), "{versions:?}");
}

#[test]
fn unsaved_modules_are_seen_by_those_that_import_from_them() {
    let mut session = Session::start(&[("main.py", TEMPLATE), ("parts.py", PARTS)]);
    session.open("main.py");
    assert!(session.diagnostics("main.py", 1).is_empty());
    session.open("parts.py");
    session.edit("parts.py", 2, (2, 28, 2, 35), "primry");
    let found = session.wait("the finding", |session| {
        let all = session.notified("textDocument/publishDiagnostics");
        let found = all.iter().rev().find(|params| !params["diagnostics"].as_array().is_some_and(Vec::is_empty))?;
        Some((*found).clone())
    });
    assert!(found.to_string().contains("missing-primary-container"), "{found}");
}

#[test]
fn what_is_wrong_in_a_module_is_shown_there() {
    let parts = PARTS.replace("\"primary\"", "\"primary\", imag=\"x\"");
    let mut session = Session::start(&[("main.py", TEMPLATE), ("parts.py", &parts)]);
    session.open("main.py");
    let uri = session.uri("parts.py");
    let found = session.wait("the finding in the module", |session| {
        let all = session.notified("textDocument/publishDiagnostics");
        all.iter().rev().find(|params| params["uri"] == *uri).map(|params| (*params).clone())
    });
    assert!(found.to_string().contains("unknown-argument"), "{found}");
    let related = &found["diagnostics"][0]["relatedInformation"][0];
    assert_eq!(related["location"]["uri"], session.uri("main.py"), "{found}");
}

#[test]
fn a_buffer_without_a_file_is_checked_by_its_language() {
    let mut session = Session::start(&[]);
    let uri = "untitled:Untitled-1";
    let document = json!({"uri": uri, "languageId": "yaml", "version": 7, "text": MANIFEST});
    session.notify("textDocument/didOpen", json!({"textDocument": document}));
    assert!(rules(&session.diagnostics_of(uri, 7)).contains(&"undefined-volume"));
    let helm = json!({"uri": "untitled:Untitled-2", "languageId": "helm", "version": 1, "text": MANIFEST});
    session.notify("textDocument/didOpen", json!({"textDocument": helm}));
    session.end();
    let published = session.notified("textDocument/publishDiagnostics");
    assert!(published.iter().all(|params| params["uri"] != "untitled:Untitled-2"));
}

fn cell(name: &str, kind: u32) -> Value {
    json!({"kind": kind, "document": name})
}

fn text(name: &str, language: &str, text: &str) -> Value {
    json!({"uri": name, "languageId": language, "version": 1, "text": text})
}

#[test]
fn the_cells_of_a_notebook_are_one_module() {
    let mut session = Session::start(&[]);
    let (imports, notes, use_) =
        ("vscode-notebook-cell:/n.ipynb#a", "vscode-notebook-cell:/n.ipynb#b", "vscode-notebook-cell:/n.ipynb#c");
    let notebook = json!({
        "uri": session.uri("n.ipynb"), "notebookType": "jupyter-notebook", "version": 1,
        "cells": [cell(imports, 2), cell(notes, 1), cell(use_, 2)],
    });
    let python = "%time\nt = flyte.PodTemplate(primary_container_name='a', pod_spec=V1PodSpec(containers=[V1Container(name='b')]))\nenv = flyte.TaskEnvironment(name='e', pod_template=t)\n";
    let texts = json!([
        text(imports, "python", "import flyte\nfrom kubernetes.client import *"),
        text(notes, "markdown", "# PodTemplate"),
        text(use_, "python", python),
    ]);
    session.notify("notebookDocument/didOpen", json!({"notebookDocument": notebook, "cellTextDocuments": texts}));
    let found = session.diagnostics_of(use_, 1);
    assert_eq!(rules(&found), ["missing-primary-container"], "{found:?}");
    assert_eq!(found[0]["range"]["start"]["line"], 1);
    let uri = session.uri("n.ipynb");
    let change =
        json!({"range": {"start": {"line": 1, "character": 46}, "end": {"line": 1, "character": 47}}, "text": "b"});
    session.notify(
        "notebookDocument/didChange",
        json!({
            "notebookDocument": {"uri": uri, "version": 2},
            "change": {"cells": {"textContent": [{"document": {"uri": use_, "version": 2}, "changes": [change]}]}},
        }),
    );
    assert!(session.diagnostics_of(use_, 2).is_empty());
    // Without the imports nothing is known of the names.
    session.notify(
        "notebookDocument/didChange",
        json!({
            "notebookDocument": {"uri": uri, "version": 3},
            "change": {"cells": {"structure": {"array": {"start": 0, "deleteCount": 1}, "didClose": [{"uri": imports}]}}},
        }),
    );
    session.notify("notebookDocument/didClose", json!({"notebookDocument": {"uri": uri}, "cellTextDocuments": []}));
    assert!(session.end().success());
}

#[test]
fn errors_of_syntax_are_left_to_another_yaml_server_when_asked() {
    let broken = format!("{MANIFEST}  x: [\n");
    let mut session = Session::raw(folder(&[]));
    session.settings = json!({"yaml": {"syntaxErrors": true}});
    session.initialize(&abilities());
    session.open_text("t.yaml", &broken);
    assert!(rules(&session.diagnostics("t.yaml", 1)).contains(&"syntax-error"));
    session.settings = json!({"yaml": {"syntaxErrors": false}});
    session.notify("workspace/didChangeConfiguration", json!({"settings": null}));
    session.wait("no syntax error", |session| {
        let last = (*session.notified("textDocument/publishDiagnostics").last()?).clone();
        (!last.to_string().contains("syntax-error")).then_some(())
    });
}
