//! What the server offers.

use serde_json::{Value, json};

use super::actions::{APPLY, FIX_ALL};
use super::encoding::Encoding;

/// The commands that the server runs.
pub const COMMANDS: &[&str] =
    &["podlint.applyFixAll", APPLY, "podlint.showEffectivePod", "podlint.debugInformation", "podlint.explainRule"];

/// What the editor is to tell of when it moves it about: for clients that cannot watch files, and for folders.
fn files() -> Value {
    let filter = |glob: &str, matches: &str| json!({"scheme": "file", "pattern": {"glob": glob, "matches": matches}});
    json!({"filters": [filter("**/*.{py,ipynb,yaml,yml,json,toml}", "file"), filter("**", "folder")]})
}

/// The answer to `initialize`.
pub fn initialize_result(encoding: Encoding) -> Value {
    json!({
        "serverInfo": {"name": "podlint", "version": env!("CARGO_PKG_VERSION")},
        "capabilities": {
            "positionEncoding": encoding.kind(),
            "textDocumentSync": {"openClose": true, "change": 2, "save": {"includeText": false}},
            "notebookDocumentSync": {
                "notebookSelector": [{
                    "notebook": {"notebookType": "jupyter-notebook"},
                    "cells": [{"language": "python"}],
                }],
                "save": true,
            },
            // A client that can ask is not pushed to, so it has to be told that it may ask.
            "diagnosticProvider": {
                "identifier": "podlint",
                "interFileDependencies": true,
                "workspaceDiagnostics": true,
            },
            "codeActionProvider": {"codeActionKinds": ["quickfix", FIX_ALL], "resolveProvider": true},
            "inlayHintProvider": true,
            "hoverProvider": true,
            "completionProvider": {"triggerCharacters": ["\"", "'", "=", "/"], "resolveProvider": false},
            "codeLensProvider": {"resolveProvider": false},
            "definitionProvider": true,
            "referencesProvider": true,
            "documentHighlightProvider": true,
            "renameProvider": {"prepareProvider": true},
            "documentSymbolProvider": true,
            "executeCommandProvider": {"commands": COMMANDS},
            "workspace": {
                "workspaceFolders": {"supported": true, "changeNotifications": true},
                "fileOperations": {"didCreate": files(), "didRename": files(), "didDelete": files()},
            },
        },
    })
}
