//! Traffic that no good client sends: every id is answered once, nothing panics, the session goes on.

use std::time::Duration;

use serde_json::{Value, json};

use crate::MANIFEST;
use crate::client::{Session, abilities, folder};

/// Whether the server still does its work.
fn assert_alive(session: &mut Session) {
    session.open_text("alive.yaml", MANIFEST);
    assert!(!session.diagnostics("alive.yaml", 1).is_empty());
    assert!(session.end().success());
    for (id, answers) in &session.answers {
        assert!(answers.len() == 1 || id == "null", "{id} was answered {} times", answers.len());
    }
}

#[test]
fn unknown_methods_are_refused_and_unknown_notifications_passed_over() {
    let mut session = Session::start(&[]);
    for method in ["textDocument/foldingRange", "podlint/nothing", "", "$/internal"] {
        assert_eq!(session.request_raw(method, json!({}))["error"]["code"], -32601, "{method}");
        session.notify(method, json!({}));
    }
    session.notify("$/setTrace", json!({"value": "verbose"}));
    session.notify("textDocument/didOpen", json!({"textDocument": 3}));
    session.notify("textDocument/didChange", json!([]));
    session.notify("textDocument/didClose", json!({"textDocument": {"uri": "file:///never/opened"}}));
    session.notify("$/cancelRequest", json!({"id": 99}));
    session.send(&json!({"jsonrpc": "2.0", "id": 77, "result": null}));
    session.send(&json!({"jsonrpc": "2.0", "id": "none", "error": {"code": 1, "message": "x"}}));
    assert_alive(&mut session);
}

#[test]
fn garbage_between_messages_is_passed_over() {
    let mut session = Session::start(&[]);
    session.send_bytes(b"what is this\r\n\r\n");
    session.send_bytes(b"Content-Length: 3\r\n\r\n{\"}");
    session.send_bytes(b"Content-Length: 4\r\n\r\n\xff\xfe\xfd\xfc");
    session.send_bytes(b"Content-Length: oops\r\n\r\n");
    for odd in [json!([]), json!(3), json!({}), json!({"id": 5}), json!({"method": 3, "id": [1]}), json!({"id": {}})] {
        session.send(&odd);
    }
    session.send(&json!({"jsonrpc": "2.0", "id": 1.5, "method": "textDocument/hover"}));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    session.send_bytes(format!("Content-Length: {}\r\n\r\n{deep}", deep.len()).as_bytes());
    session.wait("the odd id", |session| session.answers.get("1.5").map(|_| ()));
    assert_alive(&mut session);
}

#[test]
fn parameters_of_any_shape_get_an_answer() {
    let mut session = Session::start(&[]);
    session.open_text("t.yaml", MANIFEST);
    let uri = session.uri("t.yaml");
    let far = json!({"line": u32::MAX, "character": u32::MAX});
    let shapes = [
        json!(null),
        json!([1, 2]),
        json!({"textDocument": {"uri": 3}}),
        json!({"textDocument": {"uri": uri}}),
        json!({"textDocument": {"uri": uri}, "position": {"line": -1, "character": "x"}}),
        json!({"textDocument": {"uri": uri}, "position": far, "range": {"start": far, "end": {"line": 0, "character": 0}}, "newName": "x", "context": {}}),
        json!({"textDocument": {"uri": "untitled:nothing"}, "position": far}),
        json!({"command": 3, "arguments": {"a": 1}}),
        json!({"data": {"uri": uri, "version": 1, "what": "Nonsense"}}),
    ];
    let methods = [
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
        "workspace/diagnostic",
        "workspace/executeCommand",
    ];
    for method in methods {
        for shape in &shapes {
            let answer = session.request_raw(method, shape.clone());
            let code = answer["error"]["code"].as_i64();
            assert!(code != Some(-32603), "{method} {shape}: {answer}");
        }
    }
    assert_alive(&mut session);
}

#[test]
fn a_huge_document_is_taken_and_the_session_stays_responsive() {
    let mut session = Session::start(&[]);
    let huge = format!("{MANIFEST}{}", "# filling\n".repeat(500_000));
    session.open_text("huge.yaml", &huge);
    session.open_text("small.yaml", MANIFEST);
    assert!(!session.diagnostics("small.yaml", 1).is_empty());
    session.edit("huge.yaml", 2, (10, 18, 10, 21), "data");
    assert!(session.diagnostics("huge.yaml", 2).is_empty());
    assert_alive(&mut session);
}

#[test]
fn canceled_requests_are_answered_once() {
    let mut session = Session::start(&[]);
    for round in 0..20 {
        let name = format!("t{round}.yaml");
        session.open_text(&name, MANIFEST);
        let document = json!({"uri": session.uri(&name)});
        let hover = session
            .ask("textDocument/hover", json!({"textDocument": document, "position": {"line": 10, "character": 19}}));
        let symbols = session.ask("textDocument/documentSymbol", json!({"textDocument": document}));
        session.notify("$/cancelRequest", json!({"id": hover}));
        session.edit(&name, 2, (10, 18, 10, 21), "data");
        for id in [hover, symbols] {
            let answer = session.answer(id);
            let code = answer["error"]["code"].as_i64();
            assert!(matches!(code, None | Some(-32800 | -32801)), "{answer}");
        }
    }
    session.idle(Duration::from_millis(50));
    assert_alive(&mut session);
}

#[test]
fn a_document_that_is_opened_again_answers_what_was_asked_of_the_first() {
    let mut session = Session::start(&[]);
    let fixed = MANIFEST.replace("dta", "data");
    for round in 0..40 {
        let text = if round % 2 == 0 { MANIFEST } else { &fixed };
        session.open_text("t.yaml", text);
        let uri = json!({"uri": session.uri("t.yaml")});
        let symbols = session.ask("textDocument/documentSymbol", json!({"textDocument": uri}));
        if round % 3 == 0 {
            session.notify("textDocument/didClose", json!({"textDocument": uri}));
        }
        session.open_text("t.yaml", text);
        session.answer(symbols);
    }
    assert_alive(&mut session);
}

#[test]
fn two_hundred_files_open_at_once_do_not_hold_up_an_edit() {
    let mut session = Session::raw(folder(&[]));
    session.settings = json!({"lint": {"workspace": false}});
    session.initialize(&abilities());
    for number in 0..200 {
        session.open_text(&format!("t{number}.yaml"), MANIFEST);
    }
    session.edit("t0.yaml", 2, (10, 18, 10, 21), "data");
    assert!(session.diagnostics("t0.yaml", 2).is_empty());
    let last = session.diagnostics("t199.yaml", 1);
    assert!(!last.is_empty());
    session.request("shutdown", Value::Null);
}

#[test]
fn a_client_that_stops_reading_and_leaves_is_not_waited_for() {
    let mut session = Session::start(&[]);
    for version in 2..400 {
        session.change("none.yaml", version, json!([{"text": MANIFEST}]));
    }
    session.hang_up();
    session.ended();
}
