//! How a session begins and ends.

use serde_json::json;

use crate::MANIFEST;
use crate::client::{Session, abilities, folder, rules};

#[test]
fn a_session_from_hello_to_goodbye() {
    let mut session = Session::raw(folder(&[("t.yaml", MANIFEST)]));
    let answer = session.initialize(&abilities());
    assert_eq!(answer["serverInfo"]["name"], "podlint");
    assert_eq!(answer["capabilities"]["textDocumentSync"]["change"], 2);
    session.open("t.yaml");
    let found = session.diagnostics("t.yaml", 1);
    assert!(rules(&found).contains(&"undefined-volume"), "{found:?}");
    assert!(session.end().success());
}

#[test]
fn the_encoding_is_one_that_the_client_offered() {
    for (offered, expected) in [
        (json!(["utf-16"]), "utf-16"),
        (json!(["utf-32", "utf-8"]), "utf-8"),
        (json!(["utf-32"]), "utf-32"),
        (json!(["utf-7"]), "utf-16"),
        (json!(null), "utf-16"),
    ] {
        let mut session = Session::raw(folder(&[]));
        let answer = session.initialize(&json!({"general": {"positionEncodings": offered}}));
        assert_eq!(answer["capabilities"]["positionEncoding"], expected);
    }
}

#[test]
fn nothing_is_answered_before_initialize_or_after_shutdown() {
    let mut session = Session::raw(folder(&[]));
    assert_eq!(session.request_raw("textDocument/hover", json!({}))["error"]["code"], -32002);
    session.initialize(&abilities());
    assert_eq!(session.request_raw("initialize", json!({}))["error"]["code"], -32600);
    session.request("shutdown", json!(null));
    assert_eq!(session.request_raw("textDocument/hover", json!({}))["error"]["code"], -32600);
    assert_eq!(session.request_raw("shutdown", json!(null))["error"]["code"], -32600);
    session.notify("exit", json!(null));
    assert_eq!(session.ended().code(), Some(0));
}

#[test]
fn an_exit_without_shutdown_is_not_proper() {
    let mut session = Session::start(&[]);
    session.notify("exit", json!(null));
    assert_eq!(session.ended().code(), Some(1));
}

#[test]
fn the_server_ends_with_its_client() {
    let mut session = Session::start(&[("t.yaml", MANIFEST)]);
    session.open("t.yaml");
    session.hang_up();
    assert_eq!(session.ended().code(), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn the_server_ends_with_the_process_that_started_it() {
    let mut session = Session::raw(folder(&[]));
    let mut other = std::process::Command::new("sleep").arg("60").spawn().expect("a process");
    session.request("initialize", json!({"processId": other.id(), "capabilities": {}}));
    other.kill().and_then(|()| other.wait()).expect("it ends");
    assert_eq!(session.ended().code(), Some(1));
}
