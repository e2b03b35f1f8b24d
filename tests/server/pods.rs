//! The pods that Flyte submits, beside their source.

use serde_json::{Value, json};

use crate::client::Session;

const PYTHON: &str = "import flyte
from kubernetes.client import *

template = flyte.PodTemplate(
    primary_container_name=\"main\",
    pod_spec=V1PodSpec(containers=[V1Container(name=\"main\"), V1Container(name=\"side\", image=\"b:1\")]),
)
env = flyte.TaskEnvironment(name=\"e\", image=\"ghcr.io/me/task:1\", pod_template=template)


@env.task
def train(x: int) -> int:
    return x
";

#[test]
fn lenses_open_pods_that_follow_edits() {
    let mut session = Session::start(&[("t.py", PYTHON)]);
    session.open("t.py");
    let uri = session.uri("t.py");
    let lenses = session.request("textDocument/codeLens", json!({"textDocument": {"uri": uri}}));
    let lines: Vec<u64> =
        lenses.as_array().expect("lenses").iter().filter_map(|lens| lens["range"]["start"]["line"].as_u64()).collect();
    assert!(lines.contains(&3), "above the template: {lenses:#}");
    assert!(lines.iter().any(|line| *line >= 7), "at the environment or its task: {lenses:#}");
    for lens in lenses.as_array().expect("lenses") {
        assert_eq!(lens["command"]["command"], "podlint.showEffectivePod");
        let run = json!({"command": "podlint.showEffectivePod", "arguments": lens["command"]["arguments"]});
        let pod = session.request("workspace/executeCommand", run);
        assert!(pod["text"].as_str().is_some_and(|text| text.contains("name: side")), "{pod}");
        assert!(pod["uri"].as_str().is_some_and(|uri| uri.starts_with("podlint-pod:/")), "{pod}");
    }
    let pod = session.request("podlint/effectivePod", json!({"textDocument": {"uri": uri}, "name": "train"}));
    assert_eq!((&pod["name"], &pod["languageId"]), (&json!("train"), &json!("yaml")));
    let text = pod["text"].as_str().expect("a text").to_owned();
    session.edit("t.py", 2, (5, 90, 5, 94), "spot");
    let change = session.wait("word of the change", |session| {
        let all = session.notified("podlint/effectivePodChanged");
        all.into_iter().find(|params| params["name"] == "train").cloned()
    });
    assert_eq!(change["textDocument"]["uri"], uri);
    assert_ne!(change["text"].as_str(), Some(text.as_str()));
    assert_eq!(change["uri"], pod["uri"]);
}

#[test]
fn the_pod_is_what_the_command_line_renders() {
    let mut session = Session::start(&[("t.py", PYTHON)]);
    session.open("t.py");
    let uri = session.uri("t.py");
    let pod = session.request("podlint/effectivePod", json!({"textDocument": {"uri": uri}}));
    let output = crate::client::run::podlint(&session.path("."), &["render", "t.py"]);
    assert_eq!(pod["text"].as_str(), Some(String::from_utf8_lossy(&output.stdout).as_ref()));
}

#[test]
fn what_is_not_there_has_no_pod() {
    let mut session = Session::start(&[("t.py", PYTHON)]);
    session.open("t.py");
    let uri = session.uri("t.py");
    let none = session.request("podlint/effectivePod", json!({"textDocument": {"uri": uri}, "name": "nope"}));
    assert_eq!(none, Value::Null);
    let closed = session.request("podlint/effectivePod", json!({"textDocument": {"uri": "file:///no.py"}}));
    assert_eq!(closed, Value::Null);
}

#[test]
fn hints_show_what_flyte_puts_in_when_asked() {
    let whole = json!({"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}});
    for (enable, expected) in [(true, true), (false, false)] {
        let mut session = Session::raw(crate::client::folder(&[("t.py", PYTHON)]));
        session.request(
            "initialize",
            json!({
                "capabilities": {},
                "initializationOptions": {"inlayHints": {"enable": enable}},
            }),
        );
        session.notify("initialized", json!({}));
        session.open("t.py");
        let document = json!({"uri": session.uri("t.py")});
        let hints = session.request("textDocument/inlayHint", json!({"textDocument": document, "range": whole}));
        let labels = hints.to_string();
        assert_eq!(labels.contains("image: ghcr.io/me/task:1 (environment)"), expected, "{hints:#}");
    }
}

#[test]
fn pods_are_laid_over_the_base_of_the_configuration() {
    let base = "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: base}\ntemplate:\n  spec:\n    serviceAccountName: \
                training\n    containers:\n      - {name: default, image: 'a:1'}\n";
    let files = [("t.py", PYTHON), ("podlint.toml", "[render]\nbase = \"base.yaml\"\n"), ("base.yaml", base)];
    let mut session = Session::start(&files);
    let uri = session.open("t.py");
    let ask = json!({"textDocument": {"uri": uri}, "name": "train"});
    let pod = session.request("podlint/effectivePod", ask.clone());
    assert!(pod["text"].as_str().is_some_and(|text| text.contains("serviceAccountName: training")), "{pod}");
    // A manifest that is gone leaves the pod as the file has it.
    std::fs::remove_file(session.path("base.yaml")).expect("a file");
    let pod = session.request("podlint/effectivePod", ask);
    assert!(pod["text"].as_str().is_some_and(|text| !text.contains("serviceAccountName")), "{pod}");
}

#[test]
fn an_environment_shows_the_pods_of_its_tasks() {
    let mut session = Session::start(&[("t.py", PYTHON)]);
    let uri = session.open("t.py");
    let pod = session.request("podlint/effectivePod", json!({"textDocument": {"uri": uri}, "name": "e"}));
    assert!(pod["text"].as_str().is_some_and(|text| text.contains("name: side")), "{pod}");
    let none = session.request("podlint/effectivePod", json!({"textDocument": {"uri": uri}, "name": "nobody"}));
    assert_eq!(none, Value::Null);
}

#[test]
fn pods_follow_the_manifest_under_them_watched_or_saved() {
    let base = |pool: &str| {
        format!(
            "apiVersion: v1\nkind: PodTemplate\nmetadata: {{name: b}}\ntemplate:\n  spec:\n    nodeSelector: {{pool: {pool}}}\n    \
             containers: [{{name: default, image: x}}]\n"
        )
    };
    let settings = "[render]\nbase = \"base.yaml\"\n";
    let mut session = Session::start(&[("t.py", PYTHON), ("podlint.toml", settings), ("base.yaml", &base("first"))]);
    let uri = session.open("t.py");
    let pod = session.request("podlint/effectivePod", json!({"textDocument": {"uri": uri}, "name": "train"}));
    assert!(pod["text"].as_str().is_some_and(|text| text.contains("pool: first")), "{pod}");
    let file = session.uri("base.yaml");
    let word = |session: &mut Session, pool: &str| {
        session.wait(&format!("the pod in {pool}"), |session| {
            let all = session.notified("podlint/effectivePodChanged");
            all.iter().any(|params| params["text"].as_str().is_some_and(|text| text.contains(pool))).then_some(())
        });
    };
    std::fs::write(session.path("base.yaml"), base("second")).expect("a file");
    session.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": file, "type": 2}]}));
    word(&mut session, "pool: second");
    session.open("base.yaml");
    std::fs::write(session.path("base.yaml"), base("third")).expect("a file");
    session.notify("textDocument/didSave", json!({"textDocument": {"uri": file}}));
    word(&mut session, "pool: third");
}
