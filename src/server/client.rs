//! The other end: what it can do, and how it is spoken to.

use std::collections::HashMap;
use std::path::PathBuf;

use crossbeam_channel::Sender;
use lsp_server::{ErrorCode, RequestId, Response, ResponseError};
use serde::Serialize;
use serde_json::{Value, json};

use super::encoding::Encoding;

/// What becomes of the client's answer to a request of the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// The user's settings for these folders.
    Configuration(Vec<PathBuf>),
    /// Nothing depends on it.
    Nothing,
}

/// What a client said about itself; all that it does not say, it cannot.
#[derive(Debug, Default)]
pub struct Abilities(Value);

impl Abilities {
    /// From the parameters of `initialize`.
    pub fn new(initialize: &Value) -> Self {
        Self(initialize.get("capabilities").cloned().unwrap_or_default())
    }

    /// The flag at a JSON pointer.
    pub fn has(&self, pointer: &str) -> bool {
        self.0.pointer(pointer).and_then(Value::as_bool).unwrap_or_default()
    }

    /// Whether there is an object at a JSON pointer.
    pub fn speaks(&self, pointer: &str) -> bool {
        self.0.pointer(pointer).is_some_and(Value::is_object)
    }

    /// The strings at a JSON pointer.
    pub fn strings(&self, pointer: &str) -> Vec<String> {
        let list = self.0.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Markdown, or its words alone for a client whose formats, at a JSON pointer, are others.
    pub fn markup(&self, formats: &str, markdown: &str) -> Value {
        let formats = self.strings(formats);
        if formats.is_empty() || formats.iter().any(|format| format == "markdown") {
            return json!({"kind": "markdown", "value": markdown});
        }
        json!({"kind": "plaintext", "value": markdown.replace("**", "").replace('`', "")})
    }

    /// Whether it asks for the diagnostics of documents that are open by itself.
    pub fn pulls(&self) -> bool {
        self.speaks("/textDocument/diagnostic")
    }

    /// Whether it asks for those of files that are not open too: an editor may do the one without the other.
    pub fn pulls_workspace(&self) -> bool {
        self.pulls() && self.speaks("/workspace/diagnostics")
    }
}

/// The connection to the client.
#[derive(Debug)]
pub struct Client {
    out: Sender<Value>,
    /// What it can do.
    pub abilities: Abilities,
    /// How it counts characters.
    pub encoding: Encoding,
    asked: HashMap<RequestId, Awaited>,
    next: i32,
}

impl Client {
    /// A client of which nothing is known yet.
    pub fn new(out: Sender<Value>) -> Self {
        Self { out, abilities: Abilities::default(), encoding: Encoding::default(), asked: HashMap::new(), next: 1 }
    }

    /// Sends a message as it is.
    pub fn send(&self, message: Value) {
        // A writer that is gone means that the client is; the reader will say so.
        let _ = self.out.send(message);
    }

    /// Sends a notification.
    pub fn notify(&self, method: &str, params: impl Serialize) {
        self.send(json!({"jsonrpc": "2.0", "method": method, "params": plain(params)}));
    }

    /// Asks something; the answer comes back as `awaited`.
    pub fn ask(&mut self, method: &str, params: impl Serialize, awaited: Awaited) {
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        self.asked.insert(RequestId::from(id), awaited);
        self.send(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": plain(params)}));
    }

    /// What was awaited of an answer; `None` for answers to nothing.
    pub fn answered(&mut self, id: &RequestId) -> Option<Awaited> {
        self.asked.remove(id)
    }

    /// Answers a request.
    pub fn answer(&self, id: RequestId, outcome: Result<Value, ResponseError>) {
        let mut message = plain(Response { id, response_result: outcome });
        if let Some(object) = message.as_object_mut() {
            object.insert("jsonrpc".to_owned(), json!("2.0"));
        }
        self.send(message);
    }
}

/// What can be serialized, as JSON; the protocol's types always can.
pub fn plain(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// Why a request got no result.
pub fn failure(code: ErrorCode, message: impl Into<String>) -> ResponseError {
    ResponseError { code: code as i32, message: message.into(), data: None }
}
