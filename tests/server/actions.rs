//! Code actions and commands: what they offer, and the text that they make.

use serde_json::{Value, json};

use crate::MANIFEST;
use crate::client::{Session, abilities, folder};

/// The actions at a range of a file.
fn actions(session: &mut Session, name: &str, range: (u32, u32, u32, u32), context: Value) -> Vec<Value> {
    let range = json!({
        "start": {"line": range.0, "character": range.1},
        "end": {"line": range.2, "character": range.3},
    });
    let document = json!({"uri": session.uri(name)});
    let params = json!({"textDocument": document, "range": range, "context": context});
    session.request("textDocument/codeAction", params).as_array().expect("a list").clone()
}

fn nothing() -> Value {
    json!({"diagnostics": []})
}

fn titled(actions: &[Value], title: &str) -> Value {
    let found = actions.iter().find(|action| action["title"].as_str().is_some_and(|text| text.contains(title)));
    found.unwrap_or_else(|| panic!("no `{title}` in {actions:#?}")).clone()
}

/// The text after a workspace edit of one document, in UTF-16 positions of ASCII text.
pub fn edited(text: &str, edit: &Value) -> String {
    let edits = match edit["documentChanges"].as_array() {
        Some(documents) => documents[0]["edits"].clone(),
        None => edit["changes"].as_object().expect("changes").values().next().expect("a document").clone(),
    };
    let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let offset = |at: &Value| {
        let line = usize::try_from(at["line"].as_u64().expect("a line")).expect("small");
        starts.get(line).copied().unwrap_or(text.len())
            + usize::try_from(at["character"].as_u64().expect("a column")).expect("small")
    };
    let mut list: Vec<(usize, usize, String)> = edits
        .as_array()
        .expect("edits")
        .iter()
        .map(|edit| {
            (
                offset(&edit["range"]["start"]),
                offset(&edit["range"]["end"]),
                edit["newText"].as_str().expect("text").to_owned(),
            )
        })
        .collect();
    list.sort_by_key(|edit| std::cmp::Reverse(edit.0));
    let mut text = text.to_owned();
    for (start, end, new) in list {
        text.replace_range(start..end, &new);
    }
    text
}

#[test]
fn a_fix_is_offered_by_range_and_made_when_chosen() {
    let mut session = Session::start(&[("t.yaml", MANIFEST)]);
    session.open("t.yaml");
    let offered = actions(&mut session, "t.yaml", (10, 19, 10, 19), nothing());
    let fix = titled(&offered, "`data`");
    assert_eq!((&fix["kind"], &fix["diagnostics"][0]["code"]), (&json!("quickfix"), &json!("undefined-volume")));
    assert!(fix.get("edit").is_none(), "{fix}");
    let resolved = session.request("codeAction/resolve", fix.clone());
    assert_eq!(edited(MANIFEST, &resolved["edit"]), MANIFEST.replace("dta", "data"));
    assert_eq!(resolved["edit"]["documentChanges"][0]["textDocument"]["version"], 1);
    assert!(actions(&mut session, "t.yaml", (3, 0, 3, 2), nothing()).iter().all(|action| action["kind"] != "quickfix"));
    session.edit("t.yaml", 2, (0, 0, 0, 0), "# moved\n");
    assert_eq!(session.request_raw("codeAction/resolve", fix)["error"]["code"], -32801);
}

#[test]
fn clients_that_cannot_resolve_get_the_edit_at_once() {
    let mut session = Session::with(
        &[("t.yaml", MANIFEST)],
        &json!({"textDocument": {"codeAction": {"codeActionLiteralSupport": {}}}}),
    );
    session.open("t.yaml");
    let offered = actions(&mut session, "t.yaml", (10, 0, 10, 40), nothing());
    let edit = &titled(&offered, "`data`")["edit"];
    assert_eq!(edited(MANIFEST, edit), MANIFEST.replace("dta", "data"));
}

#[test]
fn all_safe_fixes_are_one_action_and_one_command() {
    let text = "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: t}\ntemplate:\n  metadata:\n    annotations:\n      a: true\n  spec:\n    containers:\n      - name: primary\n        image: a:1\n        env:\n          - {name: A, value: 1}\n";
    let mut session = Session::start(&[("t.yaml", text)]);
    session.open("t.yaml");
    let only = json!({"diagnostics": [], "only": ["source.fixAll"]});
    let offered = actions(&mut session, "t.yaml", (0, 0, 0, 0), only);
    assert_eq!(offered.len(), 1, "{offered:#?}");
    assert_eq!(offered[0]["kind"], "source.fixAll.podlint");
    let resolved = session.request("codeAction/resolve", offered[0].clone());
    let fixed = edited(text, &resolved["edit"]);
    assert_eq!(fixed, text.replace("a: true", "a: \"true\"").replace("value: 1", "value: \"1\""));
    let uri = session.uri("t.yaml");
    session.request("workspace/executeCommand", json!({"command": "podlint.applyFixAll", "arguments": [{"uri": uri}]}));
    let edit = session.wait("the edit", |session| {
        session.heard.iter().find(|message| message["method"] == "workspace/applyEdit").cloned()
    });
    assert_eq!(edited(text, &edit["params"]["edit"]), fixed);
}

#[test]
fn a_rule_is_silenced_here_or_in_the_file() {
    let mut session = Session::start(&[("t.yaml", MANIFEST)]);
    session.open("t.yaml");
    let offered = actions(&mut session, "t.yaml", (10, 19, 10, 19), nothing());
    let here = session.request("codeAction/resolve", titled(&offered, "Ignore `undefined-volume` here"));
    let expected = MANIFEST.replace("name: dta", "name: dta  # podlint: ignore[undefined-volume]");
    assert_eq!(edited(MANIFEST, &here["edit"]), expected);
    let file = session.request("codeAction/resolve", titled(&offered, "Ignore `undefined-volume` in this file"));
    assert_eq!(edited(MANIFEST, &file["edit"]), format!("# podlint: ignore-file[undefined-volume]\n{MANIFEST}"));
}

#[test]
fn a_comment_that_would_land_in_a_string_goes_above() {
    let text = "import flyte\nfrom kubernetes.client import *\n\nt = flyte.PodTemplate(\n    primary_container_name=\"a\",\n    pod_spec=V1PodSpec(\n        containers=[\n            V1Container(name=\"b\", args=[\"\"\"x\n\"\"\"]),\n        ],\n    ),\n)\nenv = flyte.TaskEnvironment(name=\"e\", pod_template=t)\n";
    let mut session = Session::start(&[("t.py", text)]);
    session.open("t.py");
    let offered = actions(&mut session, "t.py", (7, 30, 7, 30), nothing());
    let here = session.request("codeAction/resolve", titled(&offered, "here"));
    let fixed = edited(text, &here["edit"]);
    let line = "            # podlint: ignore[missing-primary-container]\n            V1Container(";
    assert!(fixed.contains(line), "{fixed}");
}

#[test]
fn commands_explain_themselves() {
    let mut session = Session::raw(folder(&[]));
    let answer = session.initialize(&abilities());
    let commands = answer["capabilities"]["executeCommandProvider"]["commands"].as_array().expect("commands").clone();
    assert!(commands.contains(&json!("podlint.showEffectivePod")));
    let run = |session: &mut Session, command: &str, argument: Value| {
        session.request_raw("workspace/executeCommand", json!({"command": command, "arguments": [argument]}))
    };
    let page = run(&mut session, "podlint.explainRule", json!("undefined-volume"));
    assert!(page["result"]["markdown"].as_str().is_some_and(|text| text.contains("## What it does")), "{page}");
    let information = run(&mut session, "podlint.debugInformation", Value::Null);
    assert!(information["result"].as_str().is_some_and(|text| text.contains("position encoding")), "{information}");
    assert_eq!(run(&mut session, "podlint.explainRule", json!("nope"))["error"]["code"], -32602);
    assert_eq!(run(&mut session, "other.command", Value::Null)["error"]["code"], -32602);
    assert_eq!(run(&mut session, "podlint.applyFixAll", json!("file:///not/open"))["error"]["code"], -32602);
}
