//! Several folders, each with its own settings.

use serde_json::json;

use crate::MANIFEST;
use crate::client::{Session, abilities, folder};
use crate::workspace::published;

/// A session with the folders `a`, `b` and `a/inner`.
fn session() -> Session {
    let text = &MANIFEST.replace("image: a:1", "image: a:1\n        imagePullPolicy: Sometimes");
    let mut session = Session::raw(folder(&[
        ("a/t.yaml", text),
        ("a/inner/t.yaml", text),
        ("b/t.yaml", text),
        ("b/o.yaml", text),
        ("c/t.yaml", text),
    ]));
    session.scoped.insert(session.uri("a"), json!({"enable": false}));
    session.scoped.insert(session.uri("b"), json!({"lint": {"ignore": ["undefined-volume"]}}));
    let folders = ["a", "b", "a/inner"].map(|name| session.uri(name));
    session.initialize_in(&abilities(), &folders.each_ref().map(String::as_str));
    session
}

#[test]
fn each_folder_has_its_own_settings() {
    let mut session = session();
    let uris = ["a/t.yaml", "a/inner/t.yaml", "b/t.yaml"].map(|name| session.uri(name));
    let inner = session.wait("the inner folder", |session| published(session, &uris[1]));
    assert!(inner.to_string().contains("undefined-volume"), "{inner}");
    let other = session.wait("the other folder", |session| published(session, &uris[2]));
    assert!(!other.to_string().contains("undefined-volume") && other.to_string().contains("invalid-value"), "{other}");
    assert!(published(&session, &uris[0]).is_none());
    // Open documents are under the same rule, and what is outside under that of none.
    session.open("a/t.yaml");
    session.open("b/o.yaml");
    session.open("c/t.yaml");
    assert!(session.diagnostics("a/t.yaml", 1).is_empty());
    let found = json!(session.diagnostics("b/o.yaml", 1)).to_string();
    assert!(!found.contains("undefined-volume") && found.contains("invalid-value"), "{found}");
    assert!(json!(session.diagnostics("c/t.yaml", 1)).to_string().contains("undefined-volume"));
}

#[test]
fn settings_of_a_folder_change_alone() {
    let mut session = session();
    let uris = ["a/t.yaml", "b/t.yaml"].map(|name| session.uri(name));
    session.wait("the other folder", |session| published(session, &uris[1]));
    session.open("b/o.yaml");
    session.diagnostics("b/o.yaml", 1);
    session.scoped.insert(session.uri("a"), json!({"enable": true}));
    session.scoped.insert(session.uri("b"), json!({"enable": false}));
    session.notify("workspace/didChangeConfiguration", json!({"settings": null}));
    session.wait("the first folder", |session| published(session, &uris[0]).filter(|found| *found != json!([])));
    for uri in [uris[1].clone(), session.uri("b/o.yaml")] {
        session.wait("silence in the other", |session| published(session, &uri).filter(|found| *found == json!([])));
    }
}

#[test]
fn a_folder_that_is_added_is_asked_for() {
    let mut session = session();
    let (added, uri) = (session.uri("c"), session.uri("c/t.yaml"));
    session.scoped.insert(added.clone(), json!({"lint": {"ignore": ["invalid-value"]}}));
    let folder = json!({"uri": added, "name": "c"});
    session.notify("workspace/didChangeWorkspaceFolders", json!({"event": {"added": [folder], "removed": []}}));
    let found = session.wait("the new folder", |session| published(session, &uri).filter(|found| *found != json!([])));
    assert!(found.to_string().contains("undefined-volume") && !found.to_string().contains("invalid-value"), "{found}");
}

#[test]
fn folders_that_are_added_all_at_once_are_all_looked_through() {
    let files: Vec<(String, &str)> = (0..20).map(|number| (format!("f{number}/t.yaml"), MANIFEST)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let mut session = Session::raw(folder(&files));
    session.initialize_in(&abilities(), &[]);
    for number in 0..20 {
        let added = json!({"uri": session.uri(&format!("f{number}")), "name": "f"});
        session.notify("workspace/didChangeWorkspaceFolders", json!({"event": {"added": [added], "removed": []}}));
    }
    for number in 0..20 {
        let uri = session.uri(&format!("f{number}/t.yaml"));
        session.wait("each folder", |session| published(session, &uri).filter(|found| *found != json!([])));
    }
}

#[test]
fn what_the_editor_does_to_files_and_folders_is_followed_without_watching() {
    let mut session = Session::with(&[("a.yaml", MANIFEST), ("sub/b.yaml", MANIFEST)], &json!({}));
    let uris = ["a.yaml", "sub/b.yaml", "c.yaml", "new/b.yaml"].map(|name| session.uri(name));
    let shows = |session: &mut Session, uri: &str, something: bool| {
        session.wait(uri, |session| published(session, uri).filter(|found| (*found != json!([])) == something));
    };
    shows(&mut session, &uris[0], true);
    shows(&mut session, &uris[1], true);
    std::fs::rename(session.path("a.yaml"), session.path("c.yaml")).expect("a file");
    let renamed = json!({"files": [{"oldUri": uris[0], "newUri": uris[2]}]});
    session.notify("workspace/didRenameFiles", renamed);
    shows(&mut session, &uris[0], false);
    shows(&mut session, &uris[2], true);
    std::fs::rename(session.path("sub"), session.path("new")).expect("a folder");
    let renamed = json!({"files": [{"oldUri": session.uri("sub"), "newUri": session.uri("new")}]});
    session.notify("workspace/didRenameFiles", renamed);
    shows(&mut session, &uris[1], false);
    shows(&mut session, &uris[3], true);
    std::fs::remove_dir_all(session.path("new")).expect("a folder");
    session.notify("workspace/didDeleteFiles", json!({"files": [{"uri": session.uri("new")}]}));
    shows(&mut session, &uris[3], false);
}
