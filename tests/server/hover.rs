//! What the cursor is told.

use serde_json::{Value, json};

use crate::MANIFEST;
use crate::client::{Session, abilities, folder};

fn hover(session: &mut Session, name: &str, line: u32, character: u32) -> String {
    let document = json!({"uri": session.uri(name)});
    let params = json!({"textDocument": document, "position": {"line": line, "character": character}});
    let answer = session.request("textDocument/hover", params);
    answer["contents"]["value"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_field_is_explained_with_what_flyte_does_to_it() {
    let mut session = Session::start(&[("t.yaml", MANIFEST)]);
    session.open("t.yaml");
    let image = hover(&mut session, "t.yaml", 8, 10);
    assert!(image.contains("**image** of Container: `string`") && image.contains("Container image name"), "{image}");
    let path = hover(&mut session, "t.yaml", 11, 14);
    assert!(path.contains("**mountPath** of VolumeMount") && path.contains("required"), "{path}");
    let spec = hover(&mut session, "t.yaml", 6, 8);
    assert!(spec.contains("*Flyte*: Only `default`, `primary`"), "{spec}");
    assert_eq!(hover(&mut session, "t.yaml", 14, 0), "");
}

#[test]
fn a_finding_is_explained_by_its_rule() {
    let mut session = Session::start(&[("t.yaml", MANIFEST)]);
    session.open("t.yaml");
    let found = hover(&mut session, "t.yaml", 10, 19);
    assert!(!found.contains("the pod defines no volume"), "editors show the message beside it: {found}");
    assert!(found.contains("**[undefined-volume]") && found.contains("did you mean `data`?"), "{found}");
    assert!(found.contains("(https://github.com/podlint/podlint/blob/main/docs/rules/undefined-volume.md)"), "{found}");
    assert!(found.contains("**name** of VolumeMount"), "{found}");
}

#[test]
fn python_names_are_shown_in_python_and_the_pod_as_it_will_be() {
    let text = "import flyte\nfrom kubernetes.client import *\n\nt = flyte.PodTemplate(\n    primary_container_name=\"main\",\n    pod_spec=V1PodSpec(containers=[V1Container(name=\"main\", command=[\"x\"], liveness_probe=V1Probe(period_seconds=3))]),\n)\nenv = flyte.TaskEnvironment(name=\"e\", pod_template=t)\n";
    let mut session = Session::start(&[("t.py", text)]);
    session.open("t.py");
    let column = |word: &str| {
        u32::try_from(text.lines().nth(5).and_then(|line| line.find(word)).expect("there")).expect("small")
    };
    let command = hover(&mut session, "t.py", 5, column("command=") + 1);
    assert!(
        command.contains("**command** of Container") && command.contains("replaces this by its own entrypoint"),
        "{command}"
    );
    let period = hover(&mut session, "t.py", 5, column("period_seconds") + 1);
    assert!(
        period.contains("**period_seconds** of Probe") && period.contains("*Default*: Default to 10 seconds."),
        "{period}"
    );
    assert!(hover(&mut session, "t.py", 4, 30).contains("primary container"));
}

#[test]
fn hovers_can_be_plain_and_can_be_turned_off() {
    let mut abilities = abilities();
    abilities["textDocument"]["hover"]["contentFormat"] = json!(["plaintext"]);
    let mut session = Session::with(&[("t.yaml", MANIFEST)], &abilities);
    session.open("t.yaml");
    let document = json!({"uri": session.uri("t.yaml")});
    let params = json!({"textDocument": document, "position": {"line": 8, "character": 10}});
    assert_eq!(session.request("textDocument/hover", params)["contents"]["kind"], "plaintext");
    let mut session = Session::raw(folder(&[("t.yaml", MANIFEST)]));
    session.settings = json!({"hover": {"enable": false}});
    session.initialize(&crate::client::abilities());
    session.open("t.yaml");
    session.wait("the settings", |session| {
        session.heard.iter().find(|m| m["method"] == "workspace/configuration").map(|_| ())
    });
    assert_eq!(hover(&mut session, "t.yaml", 8, 10), Value::Null.as_str().unwrap_or_default());
}

#[test]
fn resources_annotations_and_the_template_itself_are_explained() {
    let text = MANIFEST
        .replace("template:\n", "template:\n  metadata:\n    annotations:\n      sidecar.istio.io/inject: \"false\"\n")
        .replace("        image: a:1\n", "        resources:\n          limits:\n            memory: 1Gi\n");
    let mut session = Session::start(&[("t.yaml", &text)]);
    session.open("t.yaml");
    for (word, expected) in [
        ("sidecar.istio", "keeps Istio's proxy out"),
        ("memory", "bytes, such as 4Gi"),
        ("template:", "**template** of PodTemplate: `PodTemplateSpec`"),
    ] {
        let line = text.lines().position(|line| line.trim().starts_with(word)).expect("there");
        let column = text.lines().nth(line).and_then(|line| line.find(word)).expect("there") + 1;
        let place = [line, column].map(|number| u32::try_from(number).expect("small"));
        let found = hover(&mut session, "t.yaml", place[0], place[1]);
        assert!(found.contains(expected), "{word}: {found}");
    }
}

#[test]
fn the_range_of_a_hover_is_what_is_under_the_cursor() {
    let text = "import flyte\nfrom kubernetes.client import *\nNAME = \"main\"\nt = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name=NAME)]))\n";
    let mut session = Session::start(&[("t.py", text)]);
    let uri = session.open("t.py");
    let line = text.lines().nth(3).expect("a line");
    let column = line.find("NAME").expect("there");
    let position = json!({"line": 3, "character": column + 1});
    let answer = session.request("textDocument/hover", json!({"textDocument": {"uri": uri}, "position": position}));
    let (start, end) = (json!({"line": 3, "character": column}), json!({"line": 3, "character": column + 4}));
    assert_eq!(answer["range"], json!({"start": start, "end": end}), "{answer}");
}

#[test]
fn what_is_known_only_at_run_time_says_why() {
    let text = "import os\nimport flyte\nfrom kubernetes.client import *\n\nextra = []\nif os.environ.get(\"GPU\"):\n    extra.append(V1Toleration(key=\"gpu\", operator=\"Exists\"))\nt = flyte.PodTemplate(pod_spec=V1PodSpec(tolerations=extra, containers=[V1Container(name=\"primary\", image=os.environ[\"IMAGE\"])]))\n";
    let mut session = Session::start(&[("t.py", text)]);
    session.open("t.py");
    let column = |word: &str| {
        u32::try_from(text.lines().nth(7).and_then(|line| line.find(word)).expect("there")).expect("small")
    };
    let image = hover(&mut session, "t.py", 7, column("image=") + 1);
    assert!(image.contains("known only at run time: `os.environ[\"IMAGE\"]`"), "{image}");
    let tolerations = hover(&mut session, "t.py", 7, column("tolerations=") + 1);
    assert!(tolerations.contains("may hold more at run time: `os.environ.get(\"GPU\")`"), "{tolerations}");
}
