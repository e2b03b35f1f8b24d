//! Patches are judged as what the kustomizations around them say now, saved or not.

use serde_json::{Value, json};

use crate::client::{Session, rules};
use crate::workspace::published;

const PATCH: &str = "\
apiVersion: batch/v1
kind: Job
metadata: {name: train}
spec: {template: {spec: {containers: [{name: train}]}}}
";
const NAMING: &str = "patches: [{path: patches/cpu.yaml}]\n";

fn changed(session: &mut Session, name: &str, text: Option<&str>) {
    let (path, kind) = (session.path(name), if text.is_some() { 2 } else { 3 });
    match text {
        Some(text) => std::fs::write(path, text).expect("a file"),
        None => std::fs::remove_file(path).expect("a file"),
    }
    let uri = session.uri(name);
    session.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": uri, "type": kind}]}));
}

fn wait(session: &mut Session, what: &str, is_clean: bool) {
    let uri = session.uri("patches/cpu.yaml");
    session.wait(what, |session| published(session, &uri).filter(|found| (*found == json!([])) == is_clean));
}

#[test]
fn an_open_patch_follows_the_kustomization_on_disk() {
    let mut session = Session::start(&[("patches/cpu.yaml", PATCH), ("kustomization.yaml", NAMING)]);
    session.open("patches/cpu.yaml");
    assert_eq!(rules(&session.diagnostics("patches/cpu.yaml", 1)), [""; 0]);
    changed(&mut session, "kustomization.yaml", Some("resources: [patches/cpu.yaml]\n"));
    wait(&mut session, "a whole manifest", false);
    changed(&mut session, "kustomization.yaml", Some(NAMING));
    wait(&mut session, "a patch again", true);
    changed(&mut session, "kustomization.yaml", None);
    wait(&mut session, "no kustomization", false);
    changed(&mut session, "Kustomization", Some(NAMING));
    wait(&mut session, "another kustomization", true);
}

#[test]
fn a_closed_patch_follows_the_kustomization_that_is_typed() {
    let mut session = Session::start(&[("patches/cpu.yaml", PATCH), ("kustomization.yaml", "resources: []\n")]);
    wait(&mut session, "a whole manifest", false);
    session.open("kustomization.yaml");
    session.change("kustomization.yaml", 2, json!([{"text": NAMING}]));
    wait(&mut session, "a patch", true);
    session.change("kustomization.yaml", 3, json!([{"text": ""}]));
    wait(&mut session, "a whole manifest again", false);
    session.change("kustomization.yaml", 4, json!([{"text": NAMING}]));
    wait(&mut session, "a patch again", true);
    let document: Value = json!({"uri": session.uri("kustomization.yaml")});
    session.notify("textDocument/didClose", json!({"textDocument": document}));
    wait(&mut session, "what is on disk", false);
}
