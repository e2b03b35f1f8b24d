//! Files that are not open, pulled diagnostics, settings that change.

use serde_json::{Value, json};

use crate::client::{Session, abilities, folder, rules};
use crate::{MANIFEST, PARTS, TEMPLATE};

/// What was last published for a file.
pub fn published(session: &Session, uri: &str) -> Option<Value> {
    let all = session.notified("textDocument/publishDiagnostics");
    all.iter().rev().find(|params| params["uri"] == uri).map(|params| params["diagnostics"].clone())
}

#[test]
fn closed_files_are_checked_with_progress() {
    let mut session = Session::start(&[("a/t.yaml", MANIFEST), ("b.yaml", "x: 1\n")]);
    let uri = session.uri("a/t.yaml");
    let found = session.wait("the closed file", |session| published(session, &uri));
    assert!(found.to_string().contains("undefined-volume"));
    session.wait("the end of the progress", |session| {
        let kinds: Vec<&str> =
            session.notified("$/progress").iter().filter_map(|p| p["value"]["kind"].as_str()).collect();
        (kinds.first() == Some(&"begin") && kinds.last() == Some(&"end")).then_some(())
    });
    // A file that is changed behind the editor's back.
    std::fs::write(session.path("a/t.yaml"), MANIFEST.replace("dta", "data")).expect("a file");
    session.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri, "type": 2}]}));
    session.wait("the mended file", |session| published(session, &uri).filter(|found| *found == json!([])));
    std::fs::write(session.path("a/t.yaml"), MANIFEST).expect("a file");
    session.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri, "type": 2}]}));
    session.wait("the broken file", |session| published(session, &uri).filter(|found| *found != json!([])));
    std::fs::remove_file(session.path("a/t.yaml")).expect("a file");
    session.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri, "type": 3}]}));
    session.wait("the deleted file", |session| published(session, &uri).filter(|found| *found == json!([])));
}

#[test]
fn a_module_that_changes_on_disk_concerns_its_templates() {
    let mut session = Session::start(&[("main.py", TEMPLATE), ("parts.py", PARTS)]);
    session.open("main.py");
    assert!(session.diagnostics("main.py", 1).is_empty());
    std::fs::write(session.path("parts.py"), PARTS.replace("\"primary\"", "\"other\"")).expect("a file");
    let parts = session.uri("parts.py");
    session.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": parts, "type": 2}]}));
    let found = session.wait("the finding", |session| published(session, &parts).filter(|found| *found != json!([])));
    assert!(found.to_string().contains("missing-primary-container"), "{found}");
}

#[test]
fn closed_files_are_left_alone_when_asked() {
    let mut session = Session::raw(folder(&[("t.yaml", MANIFEST), ("o.yaml", "a: 1\n")]));
    session.settings = json!({"lint": {"workspace": false}});
    session.initialize(&abilities());
    session.open("o.yaml");
    session.diagnostics("o.yaml", 1);
    session.end();
    assert!(published(&session, &session.uri("t.yaml")).is_none());
}

fn pulling() -> Value {
    let mut abilities = abilities();
    abilities["textDocument"]["diagnostic"] = json!({"relatedDocumentSupport": true});
    abilities
}

#[test]
fn clients_that_pull_are_not_pushed_to() {
    let mut session = Session::with(&[("t.yaml", MANIFEST), ("u.yaml", MANIFEST)], &pulling());
    session.open("t.yaml");
    let document = json!({"uri": session.uri("t.yaml")});
    let report = session.request("textDocument/diagnostic", json!({"textDocument": document}));
    assert_eq!(report["kind"], "full");
    assert!(report["items"].to_string().contains("undefined-volume"));
    let again = json!({"textDocument": document, "previousResultId": report["resultId"]});
    let same = session.request("textDocument/diagnostic", again.clone());
    assert_eq!(same, json!({"kind": "unchanged", "resultId": report["resultId"]}));
    session.edit("t.yaml", 2, (10, 18, 10, 21), "data");
    let mended = session.request("textDocument/diagnostic", again);
    assert_eq!((&mended["kind"], &mended["items"]), (&json!("full"), &json!([])));
    assert!(session.notified("textDocument/publishDiagnostics").is_empty());
}

#[test]
fn clients_that_pull_open_documents_only_are_told_about_the_others() {
    let mut abilities = pulling();
    abilities["workspace"]["diagnostics"] = json!(null);
    let mut session = Session::with(&[("t.yaml", MANIFEST), ("u.yaml", MANIFEST)], &abilities);
    let (open, closed) = (session.uri("t.yaml"), session.uri("u.yaml"));
    session.wait("what is wrong in a closed file", |session| published(session, &closed));
    session.wait("what is wrong in another", |session| published(session, &open).filter(|found| *found != json!([])));
    session.open("t.yaml");
    session.wait("the opened one to be pulled only", |session| {
        published(session, &open).filter(|found| *found == json!([]))
    });
    let report = session.request("textDocument/diagnostic", json!({"textDocument": {"uri": open}}));
    assert!(report.to_string().contains("undefined-volume"), "{report}");
    session.end();
    assert_eq!(published(&session, &open), Some(json!([])));
}

#[test]
fn the_whole_workspace_can_be_pulled_whole_and_in_parts() {
    let mut session = Session::with(&[("t.yaml", MANIFEST), ("u.yaml", MANIFEST), ("v.yaml", "a: 1\n")], &pulling());
    session.open("t.yaml");
    let report = session.request("workspace/diagnostic", json!({"previousResultIds": []}));
    let items = report["items"].as_array().expect("items").clone();
    let uris: Vec<&str> = items.iter().filter_map(|item| item["uri"].as_str()).collect();
    assert_eq!(uris, [session.uri("t.yaml"), session.uri("u.yaml")], "{report}");
    assert_eq!((&items[0]["version"], &items[1]["version"]), (&json!(1), &Value::Null));
    let previous: Vec<Value> =
        items.iter().map(|item| json!({"uri": item["uri"], "value": item["resultId"]})).collect();
    session.edit("t.yaml", 2, (10, 18, 10, 21), "data");
    let document = json!({"uri": session.uri("t.yaml")});
    session.request("textDocument/diagnostic", json!({"textDocument": document}));
    let next = session.request("workspace/diagnostic", json!({"previousResultIds": previous}));
    assert_eq!((&next["items"][0]["kind"], &next["items"][0]["items"]), (&json!("full"), &json!([])), "{next}");
    assert_eq!(next["items"][1]["kind"], "unchanged", "{next}");
    let parts = session.request("workspace/diagnostic", json!({"previousResultIds": [], "partialResultToken": "p"}));
    assert_eq!(parts, json!({"items": []}));
    let told = session.notified("$/progress");
    let part = told.iter().find(|params| params["token"] == "p").expect("a part");
    assert_eq!(part["value"]["items"].as_array().map(Vec::len), Some(1), "{part}");
}

#[test]
fn settings_of_the_editor_and_of_lock_files_are_followed() {
    let files = [("main.py", TEMPLATE), ("parts.py", PARTS)];
    let mut session = Session::start(&files);
    session.open_text("t.yaml", MANIFEST);
    assert!(!session.diagnostics("t.yaml", 1).is_empty());
    session.settings = json!({"lint": {"ignore": ["undefined-volume", "unused-volume", "no-such-rule"]}});
    session.notify("workspace/didChangeConfiguration", json!({"settings": {}}));
    let uri = session.uri("t.yaml");
    session.wait("nothing", |session| published(session, &uri).filter(|found| *found == json!([])));
}

#[test]
fn folders_come_and_go() {
    let other = folder(&[("u.yaml", MANIFEST)]);
    let mut session = Session::start(&[("t.yaml", MANIFEST)]);
    let here = session.uri("t.yaml");
    let there = format!("file://{}", other.path().join("u.yaml").display());
    let added = json!({"uri": format!("file://{}", other.path().display()), "name": "other"});
    session.wait("the first folder", |session| published(session, &here));
    session.notify("workspace/didChangeWorkspaceFolders", json!({"event": {"added": [added], "removed": []}}));
    session.wait("the second folder", |session| published(session, &there).filter(|found| *found != json!([])));
    session.notify("workspace/didChangeWorkspaceFolders", json!({"event": {"added": [], "removed": [added]}}));
    session.wait("its end", |session| published(session, &there).filter(|found| *found == json!([])));
}

#[test]
fn configuration_files_are_followed_and_their_faults_shown() {
    let mut session = Session::start(&[("t.yaml", MANIFEST), ("podlint.toml", "ignore = [\"undefined-volume\"]\n")]);
    session.open("t.yaml");
    let found = session.diagnostics("t.yaml", 1);
    assert!(!rules(&found).contains(&"undefined-volume"), "{found:?}");
    let (manifest, settings) = (session.uri("t.yaml"), session.uri("podlint.toml"));
    let change = json!({"changes": [{"uri": settings, "type": 2}]});
    std::fs::write(session.path("podlint.toml"), "ignor = [\"undefined-volume\"]\n").expect("a file");
    session.notify("workspace/didChangeWatchedFiles", change.clone());
    session.wait("the finding", |session| {
        published(session, &manifest).filter(|found| found.to_string().contains("undefined-volume"))
    });
    let fault = session.wait("the fault", |session| published(session, &settings).filter(|found| *found != json!([])));
    assert!(fault.to_string().contains("ignor"), "{fault}");
    std::fs::write(session.path("podlint.toml"), "exclude = [\"*.yaml\"]\n").expect("a file");
    session.notify("workspace/didChangeWatchedFiles", change);
    session.wait("nothing", |session| published(session, &manifest).filter(|found| *found == json!([])));
    session.wait("no fault", |session| published(session, &settings).filter(|found| *found == json!([])));
}

#[test]
fn policies_of_the_configuration_are_followed() {
    let policy = |name: &str| {
        format!(
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {{name: p}}\nspec:\n  \
             matchConstraints:\n    resourceRules: [{{apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: \
             ['*']}}]\n  validations:\n  - {{message: name it {name}, expression: object.metadata.name == '{name}'}}\n"
        )
    };
    let files = [
        ("t.yaml", MANIFEST),
        ("podlint.toml", "policies = [\"rules/*.yaml\"]\n"),
        ("rules/names.yaml", &*policy("other")),
    ];
    let mut session = Session::start(&files);
    session.open("t.yaml");
    let found = session.diagnostics("t.yaml", 1);
    let violation = found.iter().find(|found| found["code"] == "policy-violation").expect("a violation");
    assert!(violation["relatedInformation"].to_string().contains("rules/names.yaml"), "{violation}");
    let manifest = session.uri("t.yaml");
    let change = |session: &mut Session, name: &str, text: &str| {
        std::fs::write(session.path(name), text).expect("a file");
        let change = json!({"uri": session.uri(name), "type": 1});
        session.notify("workspace/didChangeWatchedFiles", json!({"changes": [change]}));
    };
    change(&mut session, "rules/more.yaml", &policy("further"));
    session.wait("the new policy", |session| {
        published(session, &manifest).filter(|found| found.to_string().contains("name it further"))
    });
    change(&mut session, "rules/more.yaml", "kind: 'ValidatingAdmissionPolicy\n");
    let uri = session.uri("rules/more.yaml");
    let fault = session.wait("the fault", |session| published(session, &uri).filter(|found| *found != json!([])));
    assert!(fault.to_string().contains("invalid-configuration"), "{fault}");
}

#[test]
fn the_configuration_says_what_is_too_large_and_which_kinds_hold_templates() {
    let resource = MANIFEST.replace("kind: PodTemplate", "kind: Training");
    let files = [("t.yaml", &*resource), ("podlint.toml", "[kinds]\nTraining = \"template\"\n")];
    let mut session = Session::start(&files);
    session.open("t.yaml");
    let found = session.diagnostics("t.yaml", 1);
    assert!(rules(&found).contains(&"undefined-volume"), "{found:?}");
    let (manifest, settings) = (session.uri("t.yaml"), session.uri("podlint.toml"));
    std::fs::write(session.path("podlint.toml"), "[limits]\nfile-size = 20\n").expect("a file");
    session.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": settings, "type": 2}]}));
    let found = session.wait("the limit", |session| {
        published(session, &manifest).filter(|found| found.to_string().contains("limits.file-size"))
    });
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
}

#[test]
fn a_module_that_is_edited_while_its_template_is_checked_is_not_missed() {
    for _ in 0..8 {
        let mut session = Session::start(&[("main.py", TEMPLATE), ("parts.py", PARTS)]);
        session.open("main.py");
        session.open("parts.py");
        for (version, name) in [(2, "a"), (3, "primary"), (4, "other")] {
            let text = PARTS.replace("\"primary\"", &format!("\"{name}\""));
            session.change("parts.py", version, json!([{"text": text}]));
        }
        let found = session.wait("the last text", |session| {
            let uri = session.uri("parts.py");
            published(session, &uri).filter(|found| found.to_string().contains("\"other\"") || *found != json!([]))
        });
        assert!(found.to_string().contains("missing-primary-container"), "{found}");
    }
}

#[test]
fn a_document_that_is_closed_and_opened_again_never_shows_its_former_text() {
    let long = format!("{MANIFEST}{}", "# x\n".repeat(20_000));
    let mut session = Session::start(&[]);
    for round in 0..10 {
        let name = format!("t{round}.yaml");
        session.open_text(&name, &long);
        let uri = session.uri(&name);
        session.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
        session.open_text(&name, "a: 1\n");
        let outline = session.request("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}}));
        assert_eq!(outline, json!([]));
    }
    session.end();
    for params in session.notified("textDocument/publishDiagnostics") {
        assert_eq!(params["diagnostics"], json!([]), "{params}");
    }
}

#[test]
fn a_module_that_appears_concerns_the_templates_that_looked_for_it() {
    let other = PARTS.replace("\"primary\"", "\"other\"");
    for (is_open, is_saved) in [(false, true), (false, false), (true, true), (true, false)] {
        let mut session = Session::start(&[("main.py", TEMPLATE)]);
        if is_open {
            session.open("main.py");
        }
        session.request("workspace/diagnostic", json!({"previousResultIds": []}));
        let parts = session.uri("parts.py");
        if is_saved {
            std::fs::write(session.path("parts.py"), &other).expect("a file");
            session.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": parts, "type": 1}]}));
        } else {
            session.open_text("parts.py", &other);
        }
        let found =
            session.wait("the finding", |session| published(session, &parts).filter(|found| *found != json!([])));
        assert!(found.to_string().contains("missing-primary-container"), "{found}");
    }
}
