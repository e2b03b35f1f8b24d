//! Clients that can do less than modern editors, and documents that belong to other servers.

use serde_json::{Value, json};

use crate::client::{Session, abilities, folder, rules};
use crate::workspace::published;
use crate::{MANIFEST, PARTS, TEMPLATE};

/// The whole of any document.
fn everything() -> Value {
    json!({"start": {"line": 0, "character": 0}, "end": {"line": 999, "character": 0}})
}

#[test]
fn who_knows_no_actions_gets_commands() {
    let mut session = Session::with(&[("t.yaml", MANIFEST)], &json!({}));
    let uri = session.open("t.yaml");
    let asked = json!({"textDocument": {"uri": uri}, "range": everything(), "context": {"diagnostics": [], "only": ["quickfix"]}});
    let offered = session.request("textDocument/codeAction", asked);
    let commands: Vec<Value> = offered.as_array().cloned().unwrap_or_default();
    assert!(
        commands.iter().all(|command| command["command"].is_string() && command.get("edit").is_none()),
        "{offered}"
    );
    assert_eq!(commands[0]["title"], "Rename to `data`");
    let run = json!({"command": commands[0]["command"], "arguments": commands[0]["arguments"]});
    session.request("workspace/executeCommand", run.clone());
    let edit = session.wait("the edit", |session| {
        session.notified("workspace/applyEdit").first().map(|params| params["edit"]["changes"].clone())
    });
    assert_eq!(edit[&uri][0]["newText"], "data", "{edit}");
    // The same command for a text that is another one by now changes nothing.
    session.edit("t.yaml", 2, (0, 0, 0, 0), "# x\n");
    let refused = session.request_raw("workspace/executeCommand", run);
    assert_eq!(refused["error"]["code"], -32801, "{refused}");
}

#[test]
fn who_would_lose_the_data_of_an_action_gets_its_edit_at_once() {
    let mut abilities = abilities();
    abilities["textDocument"]["codeAction"]["dataSupport"] = json!(false);
    let mut session = Session::with(&[("t.yaml", MANIFEST)], &abilities);
    let uri = session.open("t.yaml");
    let asked = json!({"textDocument": {"uri": uri}, "range": everything(), "context": {"diagnostics": []}});
    for action in session.request("textDocument/codeAction", asked).as_array().expect("actions") {
        assert!(action["edit"].is_object(), "{action}");
    }
}

#[test]
fn an_action_of_a_document_that_is_gone_is_refused() {
    let mut session = Session::start(&[("t.yaml", MANIFEST)]);
    let uri = session.open("t.yaml");
    let asked = json!({"textDocument": {"uri": uri}, "range": everything(), "context": {"diagnostics": []}});
    let offered = session.request("textDocument/codeAction", asked);
    session.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    let refused = session.request_raw("codeAction/resolve", offered[0].clone());
    assert_eq!(refused["error"]["code"], -32801, "{refused}");
}

#[test]
fn who_knows_no_tree_gets_a_flat_outline() {
    let mut session = Session::with(&[("t.yaml", MANIFEST)], &json!({}));
    let uri = session.open("t.yaml");
    let outline = session.request("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}}));
    let symbols: Vec<(&str, &str)> = outline
        .as_array()
        .expect("a list")
        .iter()
        .map(|symbol| {
            assert_eq!(symbol["location"]["uri"], json!(uri), "{symbol}");
            (symbol["name"].as_str().unwrap_or_default(), symbol["containerName"].as_str().unwrap_or_default())
        })
        .collect();
    assert_eq!(symbols, [("t", ""), ("primary", "t"), ("/d", "primary"), ("data", "t")]);
}

#[test]
fn who_watches_and_asks_nothing_is_not_asked_either() {
    let mut session = Session::with(&[("t.yaml", MANIFEST)], &json!({}));
    session.open("t.yaml");
    session.diagnostics("t.yaml", 1);
    session.end();
    let asked: Vec<&Value> = session.heard.iter().filter(|message| message.get("id").is_some()).collect();
    assert!(asked.is_empty(), "{asked:?}");
    assert!(session.notified("$/progress").is_empty());
}

#[test]
fn what_is_put_in_replaces_the_word_where_the_client_lets_the_user_choose() {
    let mut abilities = abilities();
    abilities["textDocument"]["completion"]["completionItem"] =
        json!({"insertReplaceSupport": true, "documentationFormat": ["plaintext"]});
    let mut session = Session::with(&[("t.yaml", MANIFEST)], &abilities);
    let uri = session.open("t.yaml");
    let at = |line: u32, character: u32| json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}});
    let found = session.request("textDocument/completion", at(10, 19));
    let edit = &found["items"][0]["textEdit"];
    assert_eq!((&edit["insert"]["end"]["character"], &edit["replace"]["end"]["character"]), (&json!(19), &json!(21)));
    let keys = session.request("textDocument/completion", at(8, 10));
    let documentation = &keys["items"][0]["documentation"];
    assert_eq!(documentation["kind"], "plaintext", "{keys}");
}

#[test]
fn a_chart_that_is_open_is_left_to_its_own_language() {
    let mut session = Session::start(&[("t.yaml", MANIFEST)]);
    let uri = session.uri("t.yaml");
    session.wait("the closed file", |session| published(session, &uri).filter(|found| *found != json!([])));
    let document = json!({"uri": uri, "languageId": "helm", "version": 1, "text": MANIFEST});
    session.notify("textDocument/didOpen", json!({"textDocument": document}));
    session.wait("silence", |session| published(session, &uri).filter(|found| *found == json!([])));
    session.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri, "type": 2}]}));
    session.request("workspace/executeCommand", json!({"command": "podlint.debugInformation"}));
    assert_eq!(published(&session, &uri), Some(json!([])));
    session.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    session.wait("the closed file again", |session| published(session, &uri).filter(|found| *found != json!([])));
}

#[test]
fn json_with_comments_is_no_error() {
    let mut session = Session::raw(folder(&[]));
    session.initialize(&abilities());
    let text = "// a comment\n{\"apiVersion\": \"v1\", \"kind\": \"PodTemplate\", \"template\": {\"spec\": {\"containers\": []}}}\n";
    for (language, expected) in [("jsonc", vec![]), ("json", vec!["syntax-error"])] {
        let uri = session.uri(&format!("{language}.json"));
        let document = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        session.notify("textDocument/didOpen", json!({"textDocument": document}));
        assert_eq!(rules(&session.diagnostics_of(&uri, 1)), expected, "{language}");
    }
}

#[test]
fn what_a_module_shows_is_never_of_an_earlier_text_of_it() {
    for is_open in [true, false] {
        module_shows_no_earlier_text(is_open);
    }
}

fn module_shows_no_earlier_text(is_open: bool) {
    let mut session = Session::start(&[("main.py", TEMPLATE), ("parts.py", PARTS)]);
    if is_open {
        session.open("main.py");
        session.diagnostics("main.py", 1);
    }
    session.open_text("parts.py", &PARTS.replace("\"primary\"", "\"other\""));
    let parts = session.uri("parts.py");
    session.wait("the finding", |session| published(session, &parts).filter(|found| *found != json!([])));
    for version in 2..30 {
        session.edit("parts.py", version, (0, 0, 0, 0), "\n");
    }
    session.wait("the last version", |session| {
        let all = session.notified("textDocument/publishDiagnostics");
        all.iter().any(|params| params["uri"] == parts && params["version"] == 29).then_some(())
    });
    session.end();
    for params in session.notified("textDocument/publishDiagnostics").iter().filter(|params| params["uri"] == parts) {
        let (Some(version), Some(first)) = (params["version"].as_u64(), params["diagnostics"].get(0)) else { continue };
        assert_eq!(first["range"]["start"]["line"], version + 1, "{params}");
    }
}

#[test]
fn a_check_that_is_asked_for_while_all_threads_work_does_not_end_the_session() {
    let large: String = (0..400).map(|number| TEMPLATE.replace("template", &format!("template{number}"))).collect();
    let mut session = Session::with(&[("main.py", &large), ("parts.py", PARTS)], &json!({}));
    for round in 0..10 {
        for name in ["a.py", "b.py", "c.py"] {
            session.open_text(name, &large);
        }
        let settings = json!({"settings": {"podlint": {"inlayHints": {"enable": round % 2 == 0}}}});
        session.notify("workspace/didChangeConfiguration", settings);
    }
    assert!(session.end().success());
}
