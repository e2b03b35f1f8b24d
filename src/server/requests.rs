//! Who answers which message.

use std::panic::{AssertUnwindSafe, catch_unwind};

use gen_lsp_types::Uri;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response, ResponseError};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::{Abilities, Awaited, failure};
use super::encoding::Encoding;
use super::preferences::Preferences;
use super::roots::Roots;
use super::state::{Phase, Server};
use super::transport::Incoming;
use super::{actions, capabilities, completion, hints, hover, pods, references, rename, symbols, watch};

/// Requests about one document.
const FEATURES: &[&str] = &[
    "codeAction/resolve",
    "podlint/effectivePod",
    "textDocument/codeAction",
    "textDocument/codeLens",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/diagnostic",
    "textDocument/documentHighlight",
    "textDocument/documentSymbol",
    "textDocument/hover",
    "textDocument/inlayHint",
    "textDocument/prepareRename",
    "textDocument/references",
    "textDocument/rename",
];

/// Those whose answers come from all open templates that a module is part of.
const ACROSS: &[&str] = &[
    "textDocument/definition",
    "textDocument/documentHighlight",
    "textDocument/hover",
    "textDocument/prepareRename",
    "textDocument/references",
];

impl Server {
    /// Takes what came; whether that was the end.
    pub fn incoming(&mut self, incoming: Incoming) -> bool {
        match incoming {
            Incoming::Closed => return true,
            Incoming::Refused(answer) => self.client.send(answer),
            Incoming::Message(message) => match *message {
                Message::Request(request) => self.request(request),
                Message::Response(response) => self.response(response),
                Message::Notification(notification) if notification.method == "exit" => return true,
                Message::Notification(notification) => self.notification(notification),
            },
        }
        false
    }

    /// Answers a request now or, when it needs a check that is under way, later.
    pub fn request(&mut self, request: Request) {
        let id = request.id.clone();
        let key = Self::key(&id);
        let outcome = match (self.phase, request.method.as_str()) {
            (Phase::New, "initialize") => Ok(self.initialize(&request.params)),
            (Phase::New, _) => Err(failure(ErrorCode::ServerNotInitialized, "`initialize` comes first")),
            (Phase::ShutDown, _) => Err(failure(ErrorCode::InvalidRequest, "the server is shut down")),
            (Phase::Running, "initialize") => Err(failure(ErrorCode::InvalidRequest, "initialized already")),
            (Phase::Running, "shutdown") => {
                self.shut_down();
                Ok(Value::Null)
            }
            (Phase::Running, _) => match self.attempt(request) {
                Some(outcome) => outcome,
                None => {
                    self.pending.insert(key);
                    return;
                }
            },
        };
        self.pending.remove(&key);
        self.client.answer(id, outcome);
    }

    /// Runs a handler; a defect in one costs an error, not the session.
    fn attempt(&mut self, request: Request) -> Option<Result<Value, ResponseError>> {
        let outcome = catch_unwind(AssertUnwindSafe(|| self.handle(request)));
        outcome
            .unwrap_or_else(|_| Some(Err(failure(ErrorCode::InternalError, "a defect of podlint; please report it"))))
    }

    /// The outcome of a request; `None` where it waits.
    fn handle(&mut self, request: Request) -> Option<Result<Value, ResponseError>> {
        match request.method.as_str() {
            "workspace/diagnostic" => self.pull_workspace(request),
            "workspace/executeCommand" => self.execute(request),
            method if FEATURES.contains(&method) => self.feature(request),
            method => Some(Err(failure(ErrorCode::MethodNotFound, format!("there is no `{method}`")))),
        }
    }

    /// What needs the check of one document; of documents that are not open there is nothing to say.
    fn feature(&mut self, request: Request) -> Option<Result<Value, ResponseError>> {
        let Some(uri) = document_of(&request.params) else {
            return Some(Err(failure(ErrorCode::InvalidParams, "`textDocument.uri` is missing")));
        };
        match self.unit_mut(&uri) {
            Some(document) if document.current().is_none() => {
                document.waiting.push(request);
                return None;
            }
            _ => {}
        }
        let unsettled = match request.method.as_str() {
            // What shares a module with the document is changed too.
            "textDocument/rename" => {
                self.open.values().find(|open| open.current().is_none()).map(|open| open.uri.0.clone())
            }
            method if ACROSS.contains(&method) => self.unsettled_importer(&uri),
            _ => None,
        };
        match unsettled.and_then(|unsettled| self.open.get_mut(&unsettled)) {
            Some(document) => {
                document.waiting.push(request);
                None
            }
            None => Some(self.answer_feature(&uri, &request.method, request.params)),
        }
    }

    fn answer_feature(&mut self, uri: &Uri, method: &str, params: Value) -> Result<Value, ResponseError> {
        match method {
            "textDocument/diagnostic" => return Ok(self.pull_document(&params)),
            "podlint/effectivePod" => return Ok(self.effective_pod(&params)),
            _ => {}
        }
        let Some(analysis) = self.unit(uri).and_then(|document| document.current()) else {
            return match method {
                "codeAction/resolve" => Err(failure(ErrorCode::ContentModified, "the document is closed")),
                "textDocument/rename" => Err(failure(ErrorCode::RequestFailed, "the document is not open")),
                _ => Ok(Value::Null),
            };
        };
        let site = self.site(analysis);
        let preferences = &self.root(&site).preferences;
        match method {
            "textDocument/codeAction" => with(params, |params| actions::list(self, &site, &params)),
            "codeAction/resolve" => actions::resolve(self, &site, params),
            "textDocument/codeLens" if preferences.lenses => Ok(pods::lenses(self, &site, uri)),
            "textDocument/hover" if preferences.hover => with(params, |at| hover::hover(self, &site, &at)),
            "textDocument/completion" if preferences.completion => {
                with(params, |at| completion::completion(self, &site, &at))
            }
            "textDocument/inlayHint" if preferences.hints => with(params, |params| hints::hints(&site, &params)),
            "textDocument/documentSymbol" => Ok(symbols::symbols(self, &site, uri)),
            "textDocument/definition" => with(params, |at| references::definition(self, &at)),
            "textDocument/references" => with(params, |at| references::references(self, &at)),
            "textDocument/documentHighlight" => with(params, |at| references::highlight(self, &at)),
            "textDocument/prepareRename" => with(params, |at| rename::prepare(self, &at)),
            "textDocument/rename" => match serde_json::from_value(params) {
                Ok(at) => rename::rename(self, &at),
                Err(error) => Err(failure(ErrorCode::InvalidParams, error.to_string())),
            },
            _ => Ok(Value::Null),
        }
    }

    fn initialize(&mut self, params: &Value) -> Value {
        self.phase = Phase::Running;
        self.client.abilities = Abilities::new(params);
        self.client.encoding = Encoding::negotiate(&self.client.abilities.strings("/general/positionEncodings"));
        self.learn_folders(params);
        if let Some(options) = params.get("initializationOptions") {
            self.initial = Preferences::new(options);
        }
        let folders = self.workspace.folders.iter().map(|folder| (folder.clone(), self.initial.clone())).collect();
        self.roots = Roots::new(self.initial.clone(), folders);
        if let Some(process) = params.get("processId").and_then(Value::as_u64) {
            watch(process, self.events.clone());
        }
        capabilities::initialize_result(self.client.encoding)
    }

    fn shut_down(&mut self) {
        self.phase = Phase::ShutDown;
        let mut waiting = std::mem::take(&mut self.workspace.pulls);
        waiting.extend(self.open.values_mut().flat_map(|document| std::mem::take(&mut document.waiting)));
        for request in waiting {
            self.client.answer(request.id, Err(failure(ErrorCode::RequestCanceled, "the server is shut down")));
        }
    }

    /// Takes a notification; those that are not known or not understood are passed over, as the protocol wants.
    fn notification(&mut self, notification: Notification) {
        if self.phase != Phase::Running {
            return;
        }
        let (method, params) = (notification.method, notification.params);
        let taken = catch_unwind(AssertUnwindSafe(|| match method.as_str() {
            "initialized" => take(json!(null), |(): ()| self.initialized()),
            "textDocument/didOpen" => take(params, |params| self.did_open(params)),
            "textDocument/didChange" => take(params, |params| self.did_change(params)),
            "textDocument/didSave" => take(params, |params| self.did_save(params)),
            "textDocument/didClose" => take(params, |params| self.did_close(params)),
            "notebookDocument/didOpen" => take(params, |params| self.did_open_notebook(params)),
            "notebookDocument/didChange" => take(params, |params| self.did_change_notebook(params)),
            "notebookDocument/didSave" => take(params, |params| self.did_save_notebook(params)),
            "notebookDocument/didClose" => take(params, |params| self.did_close_notebook(params)),
            "workspace/didChangeConfiguration" => take(params, |params| self.did_change_configuration(&params)),
            "workspace/didChangeWatchedFiles" => take(params, |params| self.did_change_watched_files(params)),
            "workspace/didCreateFiles" | "workspace/didRenameFiles" | "workspace/didDeleteFiles" => {
                take(params, |params: Value| self.did_operate_on_files(&params))
            }
            "workspace/didChangeWorkspaceFolders" => take(params, |params| self.did_change_folders(params)),
            "$/cancelRequest" => take(params, |params| self.cancel(&params)),
            _ => true,
        }));
        if !taken.unwrap_or_default() {
            let message = format!("`{method}` could not be taken");
            self.client.notify("window/logMessage", json!({"type": 2, "message": message}));
        }
    }

    /// Stops waiting for the answer to a request.
    fn cancel(&mut self, params: &Value) {
        let Some(id) = params.get("id").and_then(|id| serde_json::from_value::<RequestId>(id.clone()).ok()) else {
            return;
        };
        if self.pending.remove(&Self::key(&id)) {
            self.open.values_mut().for_each(|document| document.waiting.retain(|request| request.id != id));
            self.workspace.pulls.retain(|request| request.id != id);
            self.client.answer(id, Err(failure(ErrorCode::RequestCanceled, "canceled by the client")));
        }
    }

    fn response(&mut self, response: Response) {
        if let Some(Awaited::Configuration(folders)) = self.client.answered(&response.id) {
            self.configured(&folders, &response.response_result.unwrap_or_default());
        }
    }
}

/// The document that a request is about.
fn document_of(params: &Value) -> Option<Uri> {
    let uri = params.pointer("/textDocument/uri").or_else(|| params.pointer("/data/uri"))?;
    Some(Uri(uri.as_str()?.to_owned()))
}

/// The result of a handler, when the parameters are what it wants.
fn with<P: DeserializeOwned>(params: Value, run: impl FnOnce(P) -> Value) -> Result<Value, ResponseError> {
    serde_json::from_value(params).map(run).map_err(|error| failure(ErrorCode::InvalidParams, error.to_string()))
}

/// Runs a handler, when the parameters are what it wants; whether they were.
fn take<P: DeserializeOwned>(params: Value, run: impl FnOnce(P)) -> bool {
    serde_json::from_value(params).map(run).is_ok()
}
