//! Sessions with the language server, over its own framing and threads: nothing panics, each request is answered exactly once.
#![no_main]

mod client;

use arbitrary::Arbitrary;
use client::Session;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

/// What the server says that it can do.
const METHODS: &[&str] = &[
    "textDocument/diagnostic",
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/codeAction",
    "codeAction/resolve",
    "textDocument/codeLens",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/documentSymbol",
    "textDocument/inlayHint",
    "textDocument/prepareRename",
    "textDocument/rename",
    "podlint/effectivePod",
    "workspace/diagnostic",
    "workspace/executeCommand",
    "initialize",
    "nothing",
];
const COMMANDS: &[&str] = &["podlint.applyFixAll", "podlint.explainRule", "podlint.debugInformation", "podlint.restart"];
/// Documents that no disk has.
const NAMES: &[&str] = &["file:///nowhere/a.yaml", "file:///nowhere/b.py", "untitled:c.json", "file:///nowhere/d.ipynb"];
const LANGUAGES: &[&str] = &["yaml", "python", "json", "plaintext"];
const TEXTS: &[&str] = &[
    include_str!("../../tests/examples/clean/cluster_template.yaml"),
    "import flyte\nfrom kubernetes.client import V1PodSpec, V1Container as C\nfrom a import x\n\nt = flyte.PodTemplate(primary_container_name=\"😀\", pod_spec=V1PodSpec(containers=[C(name=\"é\", image=x)]))\n",
    "kind: PodTemplate\napiVersion: v1\nmetadata: {name: é}\ntemplate:\n  spec:\n    containers:\n    - {name: 😀, image: a}\r\n    volumes: [{name: a}]\n",
];

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    encoding: u8,
    abilities: u8,
    steps: Vec<Step<'a>>,
}

/// Numbers are taken modulo what there is.
#[derive(Arbitrary, Debug)]
enum Step<'a> {
    Open { document: u8, language: u8, version: i32, text: Text<'a> },
    Change { document: u8, version: i32, changes: Vec<Change<'a>> },
    Save(u8),
    Close(u8),
    OpenNotebook { version: i32, cells: Vec<Text<'a>> },
    ChangeCells { version: i32, start: u32, deleted: u32, cells: Vec<Text<'a>> },
    ChangeCell { cell: u8, version: i32, changes: Vec<Change<'a>> },
    CloseNotebook,
    Ask { method: u8, document: u8, from: Place, to: Place, wait: bool, name: &'a str },
    Resolve(u8),
    Cancel(u8),
    Settings(&'a str),
    Json(&'a str),
    Body(&'a [u8]),
}

#[derive(Arbitrary, Debug)]
enum Text<'a> {
    Known(u8),
    Any(&'a str),
}

#[derive(Arbitrary, Debug)]
enum Change<'a> {
    Whole(Text<'a>),
    Part { from: Place, to: Place, text: &'a str },
}

/// Mostly near the text, sometimes far behind its end.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Place {
    Near(u8, u8),
    Far(u32, u32),
}

impl Text<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Known(number) => pick(TEXTS, *number),
            Self::Any(text) => text,
        }
    }
}

impl Change<'_> {
    fn json(&self) -> Value {
        match self {
            Self::Whole(text) => json!({"text": text.text()}),
            Self::Part { from, to, text } => json!({"range": {"start": from.json(), "end": to.json()}, "text": text}),
        }
    }
}

impl Place {
    fn json(self) -> Value {
        let (line, character) = match self {
            Self::Near(line, character) => (u32::from(line % 32), u32::from(character % 128)),
            Self::Far(line, character) => (line, character),
        };
        json!({"line": line, "character": character})
    }
}

fn pick<T: Copy>(list: &[T], number: u8) -> T {
    list[usize::from(number) % list.len()]
}

fn cell(number: usize) -> String {
    format!("vscode-notebook-cell:/nowhere/n.ipynb#{number}")
}

const NOTEBOOK: &str = "file:///nowhere/n.ipynb";

/// Cells as the protocol has them, and their texts.
fn cells(texts: &[Text<'_>]) -> (Vec<Value>, Vec<Value>) {
    let cells = (0..texts.len()).map(|number| json!({"kind": 1 + u8::from(number % 5 != 4), "document": cell(number)}));
    let items = texts.iter().enumerate().map(|(number, text)| {
        json!({"uri": cell(number), "languageId": "python", "version": 1, "text": text.text()})
    });
    (cells.collect(), items.collect())
}

fn step(session: &mut Session, step: &Step<'_>) {
    let changes = |changes: &[Change<'_>]| changes.iter().map(Change::json).collect::<Vec<_>>();
    match step {
        Step::Open { document, language, version, text } => {
            let item = json!({"uri": pick(NAMES, *document), "languageId": pick(LANGUAGES, *language), "version": version, "text": text.text()});
            session.notify("textDocument/didOpen", json!({"textDocument": item}));
        }
        Step::Change { document, version, changes: list } => session.notify(
            "textDocument/didChange",
            json!({"textDocument": {"uri": pick(NAMES, *document), "version": version}, "contentChanges": changes(list)}),
        ),
        Step::Save(document) => {
            session.notify("textDocument/didSave", json!({"textDocument": {"uri": pick(NAMES, *document)}}));
        }
        Step::Close(document) => {
            session.notify("textDocument/didClose", json!({"textDocument": {"uri": pick(NAMES, *document)}}));
        }
        Step::OpenNotebook { version, cells: texts } => {
            let (cells, items) = cells(texts);
            let notebook = json!({"uri": NOTEBOOK, "notebookType": "jupyter-notebook", "version": version, "cells": cells});
            session.notify("notebookDocument/didOpen", json!({"notebookDocument": notebook, "cellTextDocuments": items}));
        }
        Step::ChangeCells { version, start, deleted, cells: texts } => {
            let (cells, items) = cells(texts);
            let structure = json!({"array": {"start": start, "deleteCount": deleted, "cells": cells}, "didOpen": items});
            let notebook = json!({"uri": NOTEBOOK, "version": version});
            let change = json!({"cells": {"structure": structure}});
            session.notify("notebookDocument/didChange", json!({"notebookDocument": notebook, "change": change}));
        }
        Step::ChangeCell { cell: number, version, changes: list } => {
            let document = json!({"uri": cell(usize::from(number % 4)), "version": version});
            let change = json!({"cells": {"textContent": [{"document": document, "changes": changes(list)}]}});
            let notebook = json!({"uri": NOTEBOOK, "version": version});
            session.notify("notebookDocument/didChange", json!({"notebookDocument": notebook, "change": change}));
        }
        Step::CloseNotebook => session.notify(
            "notebookDocument/didClose",
            json!({"notebookDocument": {"uri": NOTEBOOK}, "cellTextDocuments": []}),
        ),
        Step::Ask { method, document, from, to, wait, name } => {
            let uri = match usize::from(*document) % (NAMES.len() + 2) {
                number if number < NAMES.len() => NAMES[number].to_owned(),
                number => cell(number - NAMES.len()),
            };
            let params = json!({
                "textDocument": {"uri": uri}, "position": from.json(),
                "range": {"start": from.json(), "end": to.json()},
                "context": {"diagnostics": [], "includeDeclaration": true}, "newName": name, "previousResultIds": [],
                "command": pick(COMMANDS, *document), "arguments": [uri, name], "capabilities": {},
            });
            session.ask(pick(METHODS, *method), params, *wait);
        }
        Step::Resolve(number) => session.resolve(usize::from(*number)),
        Step::Cancel(number) => session.cancel(usize::from(*number)),
        Step::Settings(text) => {
            let settings: Value = serde_json::from_str(text).unwrap_or_else(|_| json!({"podlint": {"inlayHints": {"enable": true}}}));
            session.notify("workspace/didChangeConfiguration", json!({"settings": settings}));
        }
        Step::Json(text) => {
            session.send_body(format!("{{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didChange\",\"params\":{text}}}").as_bytes());
        }
        Step::Body(bytes) => session.send_body(bytes),
    }
}

fuzz_target!(|input: Input<'_>| {
    let encoding = pick(&["utf-8", "utf-16", "utf-32"], input.encoding);
    let mut session = Session::start(encoding, input.abilities);
    input.steps.iter().take(48).for_each(|one| step(&mut session, one));
    session.end();
});
