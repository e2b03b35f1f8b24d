//! Names within a pod: where they are given, where they are used, and what renaming them makes of the text.

use serde_json::{Value, json};

use crate::actions::edited;
use crate::client::Session;
use crate::{PARTS, TEMPLATE};

const POD: &str = "apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - name: main
      image: a:1
      ports:
        - {name: web, containerPort: 80}
      readinessProbe:
        httpGet: {path: /, port: web}
      volumeMounts:
        - name: cache
          mountPath: /d
    - name: \"side\"
      image: b:1
      volumeMounts:
        - {name: \"cache\", mountPath: /e}
      env:
        - name: CPU
          valueFrom: {resourceFieldRef: {containerName: main, resource: limits.cpu}}
  volumes:
    - name: cache
      emptyDir: {}
";

const PYTHON: &str = "import flyte
from kubernetes.client import *

NAME = \"data\"
template = flyte.PodTemplate(
    primary_container_name=\"main\",
    pod_spec=V1PodSpec(
        containers=[
            V1Container(name=\"main\", volume_mounts=[V1VolumeMount(name=NAME, mount_path=\"/d\")]),
            V1Container(name='side', image=\"b:1\", volume_mounts=[V1VolumeMount(name=\"da\" \"ta\", mount_path=\"/e\")]),
        ],
        volumes=[V1Volume(name=NAME, empty_dir=V1EmptyDirVolumeSource())],
    ),
)
env = flyte.TaskEnvironment(name=\"e\", pod_template=template)
";

fn at(session: &Session, name: &str, line: u32, character: u32) -> Value {
    json!({"textDocument": {"uri": session.uri(name)}, "position": {"line": line, "character": character}})
}

fn lines(places: &Value) -> Vec<u64> {
    let range = |place: &Value| place["range"]["start"]["line"].as_u64();
    places.as_array().expect("places").iter().filter_map(range).collect()
}

fn renamed(session: &mut Session, name: &str, line: u32, character: u32, new: &str) -> Value {
    let mut params = at(session, name, line, character);
    params["newName"] = json!(new);
    session.request_raw("textDocument/rename", params)
}

#[test]
fn names_in_yaml_lead_to_each_other() {
    let mut session = Session::start(&[("p.yaml", POD)]);
    session.open("p.yaml");
    let ask = |session: &mut Session, method: &str, line, character| {
        let params = at(session, "p.yaml", line, character);
        session.request(&format!("textDocument/{method}"), params)
    };
    assert_eq!(lines(&ask(&mut session, "definition", 12, 17)), [22]);
    assert_eq!(lines(&ask(&mut session, "references", 22, 12)), [12, 17, 22]);
    assert_eq!(lines(&ask(&mut session, "definition", 10, 34)), [8], "a port");
    assert_eq!(lines(&ask(&mut session, "definition", 20, 57)), [5], "a container");
    assert_eq!(lines(&ask(&mut session, "documentHighlight", 17, 18)), [22, 12, 17]);
    assert_eq!(lines(&ask(&mut session, "definition", 6, 14)), [] as [u64; 0], "an image is no name");
}

#[test]
fn renaming_in_yaml_keeps_quotes_and_adds_those_that_are_needed() {
    let mut session = Session::start(&[("p.yaml", POD)]);
    session.open("p.yaml");
    let params = at(&session, "p.yaml", 17, 20);
    let prepared = session.request("textDocument/prepareRename", params);
    assert_eq!(prepared["placeholder"], "cache");
    assert_eq!(prepared["range"]["start"]["character"], 18, "without the quote");
    let answer = renamed(&mut session, "p.yaml", 22, 13, "scratch");
    assert_eq!(edited(POD, &answer["result"]), POD.replace("cache", "scratch"));
    let answer = renamed(&mut session, "p.yaml", 14, 14, "true");
    assert_eq!(edited(POD, &answer["result"]), POD.replace("\"side\"", "\"true\""));
    let answer = renamed(&mut session, "p.yaml", 5, 13, "off");
    let expected = POD.replace("name: main", "name: \"off\"").replace("containerName: main", "containerName: \"off\"");
    assert_eq!(edited(POD, &answer["result"]), expected);
    for (line, character, new) in [(22, 13, "Not_Valid"), (14, 14, "main"), (6, 14, "x"), (22, 13, "")] {
        let answer = renamed(&mut session, "p.yaml", line, character, new);
        assert!(answer["error"]["message"].is_string(), "{new}: {answer}");
    }
    let params = at(&session, "p.yaml", 6, 14);
    assert_eq!(session.request("textDocument/prepareRename", params), Value::Null);
}

#[test]
fn names_in_python_are_followed_through_constants() {
    let mut session = Session::start(&[("t.py", PYTHON)]);
    session.open("t.py");
    let params = at(&session, "t.py", 8, 72);
    assert_eq!(lines(&session.request("textDocument/definition", params)), [11]);
    let params = at(&session, "t.py", 5, 30);
    assert_eq!(lines(&session.request("textDocument/definition", params)), [8], "the primary container");
    let answer = renamed(&mut session, "t.py", 5, 30, "job");
    assert_eq!(edited(PYTHON, &answer["result"]), PYTHON.replace("\"main\"", "\"job\""));
    let answer = renamed(&mut session, "t.py", 9, 32, "proxy");
    assert_eq!(edited(PYTHON, &answer["result"]), PYTHON.replace("'side'", "'proxy'"));
    // One of the strings is written in two pieces.
    assert!(renamed(&mut session, "t.py", 3, 10, "scratch")["error"]["message"].is_string());
    let whole = PYTHON.replace("\"da\" \"ta\"", "\"data\"");
    session.change("t.py", 2, json!([{"text": whole}]));
    let answer = renamed(&mut session, "t.py", 3, 10, "scratch");
    assert_eq!(edited(&whole, &answer["result"]), whole.replace("\"data\"", "\"scratch\""));
}

#[test]
fn renaming_reaches_the_modules_that_a_template_is_made_of() {
    let mut session = Session::start(&[("main.py", TEMPLATE), ("parts.py", PARTS)]);
    session.open("main.py");
    let answer = renamed(&mut session, "main.py", 5, 55, "job");
    let documents = answer["result"]["documentChanges"].as_array().expect("documents");
    let uris: Vec<&str> = documents.iter().filter_map(|document| document["textDocument"]["uri"].as_str()).collect();
    assert_eq!(uris, [session.uri("main.py"), session.uri("parts.py")]);
}

#[test]
fn the_outline_shows_pods_containers_and_what_they_hold() {
    let mut session = Session::start(&[("p.yaml", POD), ("t.py", PYTHON)]);
    for (name, pod, volume) in [("p.yaml", "p", "cache"), ("t.py", "template", "data")] {
        session.open(name);
        let document = json!({"uri": session.uri(name)});
        let outline = session.request("textDocument/documentSymbol", json!({"textDocument": document}));
        assert_eq!(outline[0]["name"], pod);
        let children = outline[0]["children"].as_array().expect("children");
        let names: Vec<&str> = children.iter().filter_map(|child| child["name"].as_str()).collect();
        assert_eq!(names, ["main", "side", volume], "{outline:#}");
        let mounts = children[1]["children"].as_array().expect("mounts");
        assert_eq!(mounts[0]["name"], "/e");
        assert_contained(&outline[0]);
    }
}

/// A symbol's name lies within it.
fn assert_contained(symbol: &Value) {
    let key = |at: &Value| (at["line"].as_u64(), at["character"].as_u64());
    let (whole, name) = (&symbol["range"], &symbol["selectionRange"]);
    assert!(key(&whole["start"]) <= key(&name["start"]) && key(&name["end"]) <= key(&whole["end"]), "{symbol:#}");
    symbol["children"].as_array().expect("children").iter().for_each(assert_contained);
}

#[test]
fn a_renaming_that_would_break_other_code_is_refused() {
    let text = "import flyte\nfrom kubernetes.client import *\n\nNAME = \"data\"\ndef pod(mounted):\n    return V1PodSpec(containers=[V1Container(name=\"p\", volume_mounts=[V1VolumeMount(name=mounted, mount_path=\"/d\")])], volumes=[V1Volume(name=\"data\")])\na = flyte.PodTemplate(primary_container_name=\"p\", pod_spec=pod(NAME))\nb = flyte.PodTemplate(primary_container_name=\"p\", pod_spec=pod(f\"{NAME}\"))\n";
    let mut session = Session::start(&[("t.py", text)]);
    session.open("t.py");
    assert_eq!(session.diagnostics("t.py", 1), Vec::<Value>::new());
    let mut params = at(&session, "t.py", 3, 9);
    params["newName"] = json!("other");
    let refused = session.request_raw("textDocument/rename", params.clone());
    assert!(refused["error"]["message"].as_str().is_some_and(|text| text.contains("`data`")), "{refused}");
    params["newName"] = json!("data");
    assert_eq!(session.request("textDocument/rename", params), json!({"documentChanges": []}));
}

#[test]
fn names_in_a_module_lead_to_the_templates_that_are_open() {
    let parts = "from kubernetes.client import *\n\nmounts = [V1VolumeMount(name=\"data\", mount_path=\"/d\")]\n";
    let main = |name: &str| {
        format!(
            "import flyte\nfrom kubernetes.client import *\nfrom parts import mounts\n\n{name} = flyte.PodTemplate(\n    \
             primary_container_name=\"p\",\n    pod_spec=V1PodSpec(\n        containers=[V1Container(name=\"p\", \
             volume_mounts=mounts)],\n        volumes=[V1Volume(name=\"data\")],\n    ),\n)\n"
        )
    };
    let files = [("parts.py", parts), ("a.py", &*main("a")), ("b.py", &*main("b"))];
    let mut session = Session::start(&files);
    for (name, _) in files {
        session.open(name);
        session.request("textDocument/documentSymbol", json!({"textDocument": {"uri": session.uri(name)}}));
    }
    let mut params = at(&session, "parts.py", 2, 32);
    let defined = session.request("textDocument/definition", params.clone());
    let uris: Vec<&str> =
        defined.as_array().expect("places").iter().filter_map(|place| place["uri"].as_str()).collect();
    assert_eq!(uris, [session.uri("a.py"), session.uri("b.py")], "{defined}");
    assert_eq!(lines(&session.request("textDocument/documentHighlight", params.clone())), [2]);
    let name = session.request("textDocument/prepareRename", params.clone());
    assert_eq!(name["placeholder"], "data");
    params["newName"] = json!("other");
    let edit = session.request("textDocument/rename", params);
    let documents = edit["documentChanges"].as_array().expect("documents").clone();
    let names: Vec<(String, usize)> = documents
        .iter()
        .map(|document| {
            let uri = document["textDocument"]["uri"].as_str().unwrap_or_default();
            (uri.rsplit('/').next().unwrap_or_default().to_owned(), document["edits"].as_array().map_or(0, Vec::len))
        })
        .collect();
    assert_eq!(names, [("a.py".to_owned(), 1), ("b.py".to_owned(), 1), ("parts.py".to_owned(), 1)], "{edit}");
    // Also right after an edit, while the templates are checked again.
    session.edit("parts.py", 2, (0, 0, 0, 0), "#\n");
    let below = at(&session, "parts.py", 3, 32);
    assert_eq!(session.request("textDocument/definition", below), defined);
    session.edit("parts.py", 3, (0, 0, 1, 0), "");
    // From one of the templates it is the same.
    let mut params = at(&session, "a.py", 8, 33);
    params["newName"] = json!("other");
    let again = session.request("textDocument/rename", params);
    let edits = |edit: &Value| {
        let documents = edit["documentChanges"].as_array().cloned().unwrap_or_default();
        documents.into_iter().map(|document| document["edits"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(edits(&again), edits(&edit));
}
