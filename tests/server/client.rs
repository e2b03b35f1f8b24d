//! A client that drives the real binary over its standard input and output.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

#[path = "../support/run.rs"]
pub mod run;

pub use run::project as folder;

/// Longer than anything takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A session with a server, and what came from it so far.
pub struct Session {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    next: i64,
    /// All notifications and requests of the server, in order.
    pub heard: Vec<Value>,
    /// Answers by id, all of them.
    pub answers: HashMap<String, Vec<Value>>,
    /// What the client says when it is asked for its settings.
    pub settings: Value,
    /// What it says about folders that have settings of their own, by URI.
    pub scoped: HashMap<String, Value>,
    /// A folder that goes with the session.
    pub folder: TempDir,
}

/// What a modern editor says it can do, apart from asking for diagnostics.
pub fn abilities() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-16"]},
        "workspace": {
            "configuration": true,
            "workspaceFolders": true,
            "didChangeWatchedFiles": {"dynamicRegistration": true},
            "didChangeConfiguration": {"dynamicRegistration": true},
            "diagnostics": {"refreshSupport": true},
            "codeLens": {"refreshSupport": true},
            "inlayHint": {"refreshSupport": true},
            "workspaceEdit": {"documentChanges": true},
        },
        "window": {"workDoneProgress": true, "showDocument": {"support": true}},
        "textDocument": {
            "publishDiagnostics": {"relatedInformation": true, "versionSupport": true, "dataSupport": true},
            "codeAction": {
                "resolveSupport": {"properties": ["edit"]},
                "dataSupport": true,
                "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source.fixAll"]}},
            },
            "completion": {"completionItem": {"snippetSupport": true}},
            "documentSymbol": {"hierarchicalDocumentSymbolSupport": true},
            "hover": {"contentFormat": ["markdown", "plaintext"]},
        },
    })
}

impl Session {
    /// A server that has been told nothing.
    pub fn raw(folder: TempDir) -> Self {
        // Another binary, such as one that was packaged, can be driven too.
        let built = || env!("CARGO_BIN_EXE_podlint").into();
        let mut child = Command::new(std::env::var_os("PODLINT").unwrap_or_else(built))
            .arg("server")
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("podlint runs");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut out) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take();
        let (heard, answers, scoped) = (Vec::new(), HashMap::new(), HashMap::new());
        Self { child, input, messages, next: 0, heard, answers, settings: json!({}), scoped, folder }
    }

    /// A session in a folder with these files, initialized with these abilities.
    pub fn with(files: &[(&str, &str)], abilities: &Value) -> Self {
        let mut session = Self::raw(folder(files));
        session.initialize(abilities);
        session
    }

    /// A session with the usual abilities.
    pub fn start(files: &[(&str, &str)]) -> Self {
        Self::with(files, &abilities())
    }

    /// Says what clients say first; the answer of the server.
    pub fn initialize(&mut self, abilities: &Value) -> Value {
        let folder = self.uri("");
        self.initialize_in(abilities, &[&folder])
    }

    /// The same with these folders.
    pub fn initialize_in(&mut self, abilities: &Value, folders: &[&str]) -> Value {
        let folders: Vec<Value> = folders.iter().map(|uri| json!({"uri": uri, "name": "test"})).collect();
        let params = json!({
            "processId": std::process::id(),
            "rootUri": self.uri(""),
            "workspaceFolders": folders,
            "capabilities": abilities,
        });
        let answer = self.request("initialize", params);
        self.notify("initialized", json!({}));
        answer
    }

    /// The path of a file in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The URI of a file in the folder; the names in tests need no escapes.
    pub fn uri(&self, name: &str) -> String {
        let path = if name.is_empty() { self.folder.path().to_owned() } else { self.path(name) };
        format!("file://{}", path.display())
    }

    /// Sends bytes as they are.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        if let Some(input) = &mut self.input {
            let _ = input.write_all(bytes).and_then(|()| input.flush());
        }
    }

    /// Sends a message.
    pub fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request without waiting; its id.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": self.next, "method": method, "params": params}));
        self.next
    }

    /// The answer to a request that was sent.
    pub fn answer(&mut self, id: i64) -> Value {
        let key = id.to_string();
        self.wait(&format!("the answer {id}"), |session| session.answers.get(&key).and_then(|all| all.first().cloned()))
    }

    /// Sends a request and waits for its answer, the whole message.
    pub fn request_raw(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// Sends a request and waits for its result.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let answer = self.request_raw(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Takes messages until `found` is.
    pub fn wait<T>(&mut self, what: &str, found: impl Fn(&Self) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(value) = found(self) {
                return value;
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.messages.recv_timeout(left) {
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => panic!("{what} did not come; heard {:#?}", self.heard),
                Err(RecvTimeoutError::Disconnected) => panic!("the server ended before {what}"),
            }
        }
    }

    /// Takes what comes for a while.
    pub fn idle(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Ok(message) = self.messages.recv_timeout(end.saturating_duration_since(Instant::now())) {
            self.take(message);
        }
    }

    fn take(&mut self, message: Value) {
        let (method, id) = (message["method"].as_str().map(str::to_owned), message.get("id").cloned());
        match (method, id) {
            (Some(method), Some(id)) => {
                let result = match method.as_str() {
                    "workspace/configuration" => {
                        let items = message["params"]["items"].as_array().cloned().unwrap_or_default();
                        let own = |item: &Value| self.scoped.get(item["scopeUri"].as_str()?).cloned();
                        json!(items.iter().map(|item| own(item).unwrap_or(self.settings.clone())).collect::<Vec<_>>())
                    }
                    "window/showDocument" => json!({"success": true}),
                    "workspace/applyEdit" => json!({"applied": true}),
                    _ => Value::Null,
                };
                self.send(&json!({"jsonrpc": "2.0", "id": id, "result": result}));
                self.heard.push(message);
            }
            (Some(_), None) => self.heard.push(message),
            (None, id) => self.answers.entry(id.unwrap_or_default().to_string()).or_default().push(message),
        }
    }

    /// Opens a file of the folder as it is there; its URI.
    pub fn open(&mut self, name: &str) -> String {
        let text = std::fs::read_to_string(self.path(name)).expect("a file");
        self.open_text(name, &text);
        self.uri(name)
    }

    /// Opens a file of the folder with another text, version 1.
    pub fn open_text(&mut self, name: &str, text: &str) {
        let language = match Path::new(name).extension().and_then(|extension| extension.to_str()) {
            Some("py") => "python",
            Some("json") => "json",
            _ => "yaml",
        };
        let document = json!({"uri": self.uri(name), "languageId": language, "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Edits a file: `(start line, start character, end line, end character)` becomes `text`.
    pub fn edit(&mut self, name: &str, version: i32, range: (u32, u32, u32, u32), text: &str) {
        let range = json!({
            "start": {"line": range.0, "character": range.1},
            "end": {"line": range.2, "character": range.3},
        });
        self.change(name, version, json!([{"range": range, "text": text}]));
    }

    /// Changes a file.
    pub fn change(&mut self, name: &str, version: i32, changes: Value) {
        let document = json!({"uri": self.uri(name), "version": version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    /// The notifications of a method that came so far.
    pub fn notified(&self, method: &str) -> Vec<&Value> {
        self.heard.iter().filter(|message| message["method"] == method).map(|message| &message["params"]).collect()
    }

    /// The diagnostics that were published for a version of a file.
    pub fn diagnostics(&mut self, name: &str, version: i32) -> Vec<Value> {
        let uri = self.uri(name);
        self.diagnostics_of(&uri, version)
    }

    /// The same, by URI.
    pub fn diagnostics_of(&mut self, uri: &str, version: i32) -> Vec<Value> {
        let uri = uri.to_owned();
        self.wait(&format!("diagnostics of {uri} {version}"), |session| {
            let all = session.notified("textDocument/publishDiagnostics");
            let last = all.iter().rev().find(|params| params["uri"] == *uri)?;
            (last["version"] == version).then(|| last["diagnostics"].as_array().cloned().unwrap_or_default())
        })
    }

    /// Says goodbye; how the server ended.
    pub fn end(&mut self) -> ExitStatus {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.ended()
    }

    /// Leaves without a word.
    pub fn hang_up(&mut self) {
        self.input = None;
    }

    /// How the server ended; it must, and soon.
    pub fn ended(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            self.idle(Duration::from_millis(5));
        }
        panic!("the server did not end");
    }

    /// The server's process.
    #[allow(dead_code)]
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The rules of some diagnostics.
pub fn rules(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic["code"].as_str().unwrap_or_default()).collect()
}

fn read(out: &mut BufReader<std::process::ChildStdout>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if out.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    out.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("JSON"))
}
