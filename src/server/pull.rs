//! Diagnostics for clients that ask for them: of one document, and of the whole workspace.

use std::collections::BTreeMap;

use gen_lsp_types::{Diagnostic, Uri};
use lsp_server::{Request, ResponseError};
use serde_json::{Value, json};

use super::diagnostics::result_id;
use super::state::Server;

/// How many documents one partial result holds.
const PART: usize = 100;

impl Server {
    /// `textDocument/diagnostic`.
    pub fn pull_document(&self, params: &Value) -> Value {
        let Some(uri) = params.pointer("/textDocument/uri").and_then(Value::as_str) else { return Value::Null };
        let previous = params.get("previousResultId").and_then(Value::as_str);
        // What was found in an earlier text is not told; a refresh follows when it is found again.
        let counts = |origin: &str| origin == uri || self.is_settled(origin);
        let mut report = full_or_unchanged(&self.board.get_of(uri, counts), previous);
        if self.client.abilities.has("/textDocument/diagnostic/relatedDocumentSupport") {
            let others = self.board.elsewhere(uri).into_iter().filter(|other| self.unit(&Uri(other.clone())).is_none());
            let related: BTreeMap<String, Value> =
                others.map(|other| (other.clone(), full_or_unchanged(&self.board.get(&other), None))).collect();
            if let (Some(object), false) = (report.as_object_mut(), related.is_empty()) {
                object.insert("relatedDocuments".to_owned(), json!(related));
            }
        }
        report
    }

    /// `workspace/diagnostic`: answered when the scan is done, or at once where there is none.
    pub fn pull_workspace(&mut self, request: Request) -> Option<Result<Value, ResponseError>> {
        if self.is_scanning() {
            self.workspace.pulls.push(request);
            return None;
        }
        Some(Ok(self.workspace_report(&request.params)))
    }

    /// Answers those who waited for the scan.
    pub fn answer_workspace_pull(&mut self) {
        for request in std::mem::take(&mut self.workspace.pulls) {
            let report = self.workspace_report(&request.params);
            self.pending.remove(&Self::key(&request.id));
            self.client.answer(request.id, Ok(report));
        }
    }

    fn workspace_report(&self, params: &Value) -> Value {
        let previous = params.get("previousResultIds").and_then(Value::as_array).cloned().unwrap_or_default();
        let previous: BTreeMap<&str, &str> =
            previous.iter().filter_map(|id| Some((id.get("uri")?.as_str()?, id.get("value")?.as_str()?))).collect();
        let mut targets: Vec<&str> = self.board.targets().map(String::as_str).collect();
        // What showed something before must hear that it no longer does.
        let empty = result_id(&[]);
        targets.extend(previous.iter().filter(|(_, id)| **id != empty).map(|(uri, _)| *uri));
        targets.sort_unstable();
        targets.dedup();
        let item = |uri: &str| {
            let mut report = full_or_unchanged(&self.board.get(uri), previous.get(uri).copied());
            let buffer = self.unit(&Uri(uri.to_owned()));
            let version = buffer.and_then(|open| open.view.buffers.iter().find(|buffer| buffer.uri.0 == uri));
            if let Some(object) = report.as_object_mut() {
                object.insert("uri".to_owned(), json!(uri));
                object.insert("version".to_owned(), json!(version.map(|buffer| buffer.version)));
            }
            report
        };
        let items: Vec<Value> = targets.into_iter().map(item).collect();
        match params.get("partialResultToken") {
            Some(token) => {
                for part in items.chunks(PART) {
                    self.client.notify("$/progress", json!({"token": token, "value": {"items": part}}));
                }
                json!({"items": []})
            }
            None => json!({"items": items}),
        }
    }
}

fn full_or_unchanged(diagnostics: &[Diagnostic], previous: Option<&str>) -> Value {
    let id = result_id(diagnostics);
    if previous == Some(&id) {
        json!({"kind": "unchanged", "resultId": id})
    } else {
        json!({"kind": "full", "resultId": id, "items": diagnostics})
    }
}
