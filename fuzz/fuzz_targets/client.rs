//! A client in the process of the server: it sends over a stream in memory, and counts the answers.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::{Value, json};

/// Longer than any check within the fuzzer's limits takes.
const PATIENCE: Duration = Duration::from_secs(8);

/// A session, and what came from the server so far.
pub struct Session {
    input: Sender<Vec<u8>>,
    output: Receiver<Value>,
    server: JoinHandle<bool>,
    asked: usize,
    answers: HashMap<String, usize>,
    actions: Vec<Value>,
}

/// What the client sends.
struct Sent {
    messages: Receiver<Vec<u8>>,
    rest: Vec<u8>,
}

/// What the server sends: each write is one message.
struct Heard(Sender<Value>);

impl Read for Sent {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            self.rest = self.messages.recv().unwrap_or_default();
        }
        let length = buffer.len().min(self.rest.len());
        buffer[..length].copy_from_slice(&self.rest[..length]);
        self.rest.drain(..length);
        Ok(length)
    }
}

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(bytes).expect("messages are UTF-8");
        let (_, body) = text.split_once("\r\n\r\n").expect("messages come whole");
        let _ = self.0.send(serde_json::from_str(body).expect("messages are JSON"));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Session {
    /// A session that is initialized; each bit of `abilities` is something that the client can do.
    pub fn start(encoding: &str, abilities: u8) -> Self {
        let (input, messages) = channel();
        let (heard, output) = channel();
        let server = std::thread::spawn(move || {
            let sent = Sent { messages, rest: Vec::new() };
            podlint::server::talk(sent, Heard(heard)).expect("there are threads")
        });
        let mut session =
            Self { input, output, server, asked: 0, answers: HashMap::new(), actions: Vec::new() };
        let has = |bit: u8| abilities & (1 << bit) != 0;
        let mut document = json!({"publishDiagnostics": {"relatedInformation": has(0), "versionSupport": has(0), "dataSupport": has(0)}});
        if has(1) {
            document["diagnostic"] = json!({});
        }
        if has(2) {
            document["codeAction"] = json!({"resolveSupport": {"properties": ["edit"]}, "dataSupport": true, "codeActionLiteralSupport": {}});
        }
        if has(3) {
            document["completion"] = json!({"completionItem": {"snippetSupport": true}});
        }
        let capabilities = json!({
            "general": {"positionEncodings": [encoding]},
            "textDocument": document,
            "workspace": {"configuration": has(4), "workspaceEdit": {"documentChanges": has(5)}, "diagnostics": {"refreshSupport": has(6)}},
            "window": {"workDoneProgress": has(7)},
        });
        session.ask("initialize", json!({"capabilities": capabilities}), true);
        session.notify("initialized", json!({}));
        session
    }

    /// Sends any bytes in a proper frame.
    pub fn send_body(&mut self, body: &[u8]) {
        let mut message = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        message.extend(body);
        let _ = self.input.send(message);
    }

    fn send(&mut self, message: &Value) {
        self.send_body(message.to_string().as_bytes());
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request under a new id.
    pub fn ask(&mut self, method: &str, params: Value, wait: bool) {
        let id = Self::id(self.asked);
        self.asked += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        if wait {
            self.wait(&id);
        }
    }

    /// Cancels the last request but so many, whether or not it is answered.
    pub fn cancel(&mut self, back: usize) {
        let id = Self::id(self.asked.saturating_sub(back % 4 + 1));
        self.notify("$/cancelRequest", json!({"id": id}));
    }

    /// Resolves an action that the server offered.
    pub fn resolve(&mut self, number: usize) {
        if let Some(action) = self.actions.get(number % self.actions.len().max(1)).cloned() {
            self.ask("codeAction/resolve", action, true);
        }
    }

    /// Ends the session properly; every request must have been answered once.
    pub fn end(mut self) {
        self.ask("shutdown", Value::Null, true);
        self.notify("exit", Value::Null);
        assert!(self.server.join().expect("the server does not panic"), "the session did not end properly");
        while let Ok(message) = self.output.recv() {
            take(&mut self.answers, &mut self.actions, &message);
        }
        for number in 0..self.asked {
            let id = Self::id(number);
            assert_eq!(self.answers.get(&id), Some(&1), "answers to {id}");
        }
    }

    fn id(number: usize) -> String {
        format!("request {number}")
    }

    fn wait(&mut self, id: &str) {
        while !self.answers.contains_key(id) {
            let message = self.output.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("no answer to {id}: {error}"));
            take(&mut self.answers, &mut self.actions, &message);
            // What waits for the user's settings waits as long as the client does.
            if message.get("method").is_some() && message.get("id").is_some() {
                self.send(&json!({"jsonrpc": "2.0", "id": message["id"], "result": [null]}));
            }
        }
    }
}

fn take(answers: &mut HashMap<String, usize>, actions: &mut Vec<Value>, message: &Value) {
    if message.get("method").is_some() {
        return;
    }
    assert_ne!(message["error"]["code"], -32603, "a handler failed: {message}");
    if let Some(id) = message["id"].as_str() {
        *answers.entry(id.to_owned()).or_default() += 1;
    }
    let offered = message["result"].as_array().into_iter().flatten();
    actions.extend(offered.filter(|one| one.get("kind").is_some() && one.get("data").is_some()).cloned());
}
