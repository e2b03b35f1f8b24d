//! Commands that the client has run.

use gen_lsp_types::Uri;
use lsp_server::{ErrorCode, Request, ResponseError};
use serde_json::{Value, json};

use super::actions::{self, APPLY, FIX_ALL_TITLE, fix_all};
use super::client::{Awaited, failure};
use super::diagnostics::page;
use super::edits::workspace_edit;
use super::pods::SHOW;
use super::state::Server;
use crate::rules::RULES;

impl Server {
    /// `workspace/executeCommand`; `None` where it waits for a check.
    pub fn execute(&mut self, request: Request) -> Option<Result<Value, ResponseError>> {
        let argument = request.params.pointer("/arguments/0").cloned().unwrap_or_default();
        let command = request.params.get("command").and_then(Value::as_str).unwrap_or_default();
        match command {
            "podlint.debugInformation" => Some(Ok(Value::from(self.debug_information()))),
            "podlint.explainRule" => Some(explain(&argument)),
            "podlint.applyFixAll" => self.with_document(request, &argument, Self::apply_fix_all),
            APPLY => self.with_document(request, &argument, Self::apply_action),
            SHOW => self.with_document(request, &argument, |server, _, argument| Ok(server.effective_pod(argument))),
            _ => Some(Err(failure(ErrorCode::InvalidParams, format!("there is no command `{command}`")))),
        }
    }

    /// Runs a command on a document's check, once there is one.
    fn with_document(
        &mut self,
        request: Request,
        argument: &Value,
        run: fn(&mut Self, &Uri, &Value) -> Result<Value, ResponseError>,
    ) -> Option<Result<Value, ResponseError>> {
        let Some(uri) = uri_of(argument) else {
            return Some(Err(failure(ErrorCode::InvalidParams, "the argument is no URI and has no `uri`")));
        };
        match self.unit_mut(&uri) {
            None => Some(Err(failure(ErrorCode::InvalidParams, "the document is not open"))),
            Some(document) if document.current().is_none() => {
                document.waiting.push(request);
                None
            }
            Some(_) => Some(run(self, &uri, argument)),
        }
    }

    /// Makes all safe fixes; how many documents were changed.
    fn apply_fix_all(&mut self, uri: &Uri, _: &Value) -> Result<Value, ResponseError> {
        let Some(analysis) = self.unit(uri).and_then(|document| document.current().cloned()) else {
            return Ok(Value::Null);
        };
        let site = self.site(&analysis);
        let edit = fix_all(self, &site).and_then(|edits| workspace_edit(self, &site, &edits));
        if let Some(edit) = edit {
            let params = json!({"label": FIX_ALL_TITLE, "edit": edit});
            self.client.ask("workspace/applyEdit", params, Awaited::Nothing);
        }
        Ok(Value::Null)
    }

    /// Makes one action that was offered as a command.
    fn apply_action(&mut self, uri: &Uri, argument: &Value) -> Result<Value, ResponseError> {
        let Some(analysis) = self.unit(uri).and_then(|document| document.current().cloned()) else {
            return Ok(Value::Null);
        };
        let edit = actions::edit_for(self, &self.site(&analysis), argument.clone())?;
        self.client.ask("workspace/applyEdit", json!({"edit": edit}), Awaited::Nothing);
        Ok(Value::Null)
    }

    /// What helps to understand a report of a problem.
    fn debug_information(&self) -> String {
        let mut text = format!(
            "podlint {}\nposition encoding: {:?}\ndiagnostics: {}\nfolders: {:?}\nsettings: {:#?}\n",
            env!("CARGO_PKG_VERSION"),
            self.client.encoding,
            if self.client.abilities.pulls() { "pulled" } else { "pushed" },
            self.workspace.folders,
            self.roots.all().map(|root| (&root.folder, &root.preferences)).collect::<Vec<_>>(),
        );
        for document in self.open.values() {
            let (templates, findings) = document
                .analysis
                .as_ref()
                .map_or((0, 0), |analysis| (analysis.report.documents.len(), analysis.report.diagnostics.len()));
            text.push_str(&format!(
                "open: {} version {}, {} bytes, {templates} templates, {findings} findings\n",
                document.uri.0,
                document.version,
                document.view.source.text.len(),
            ));
        }
        text
    }
}

/// A command's document: a URI, or an object that has one.
pub fn uri_of(argument: &Value) -> Option<Uri> {
    let text = argument.as_str().or_else(|| argument.get("uri").and_then(Value::as_str));
    let text = text.or_else(|| argument.pointer("/textDocument/uri").and_then(Value::as_str));
    text.map(|text| Uri(text.to_owned()))
}

/// A rule's page.
fn explain(argument: &Value) -> Result<Value, ResponseError> {
    let name = argument.as_str().or_else(|| argument.get("rule").and_then(Value::as_str)).unwrap_or_default();
    match RULES.iter().find(|rule| rule.name == name) {
        Some(rule) => Ok(json!({"rule": name, "url": page(name).0, "markdown": rule.page()})),
        None => Err(failure(ErrorCode::InvalidParams, format!("there is no rule `{name}`"))),
    }
}
