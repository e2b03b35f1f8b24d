//! Completion: what is offered at a cursor that is shown as `|` in the text.

use serde_json::{Value, json};

use crate::client::Session;

/// The items at the `|` of a text, and the text without it.
fn items(session: &mut Session, name: &str, version: i32, text: &str) -> Vec<Value> {
    let at = text.find('|').expect("a cursor");
    let before = &text[..at];
    let line = before.matches('\n').count();
    let character = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    let plain = text.replacen('|', "", 1);
    if version == 1 {
        session.open_text(name, &plain)
    } else {
        session.change(name, version, json!([{"text": plain}]))
    }
    let document = json!({"uri": session.uri(name)});
    let params = json!({"textDocument": document, "position": {"line": line, "character": character}});
    session.request("textDocument/completion", params)["items"].as_array().expect("items").clone()
}

fn labels(items: &[Value]) -> Vec<&str> {
    items.iter().filter_map(|item| item["label"].as_str()).collect()
}

const YAML: &str = "apiVersion: v1
kind: PodTemplate
metadata: {name: t}
template:
  spec:
    containers:
      - name: primary
        image: a:1
        ports: [{name: web, containerPort: 80}]
HERE
    volumes:
      - name: data
        emptyDir: {}
      - name: cache
        emptyDir: {}
";

#[test]
fn yaml_is_completed_by_what_the_pod_has_and_the_schema_knows() {
    let mut session = Session::start(&[]);
    let cases: &[(&str, &[&str])] = &[
        ("        volumeMounts:\n          - name: |\n            mountPath: /d", &["data", "cache"]),
        ("        volumeMounts:\n          - name: da|\n            mountPath: /d", &["data"]),
        ("        volumeMounts: [{name: \"|\", mountPath: /d}]", &["data", "cache"]),
        ("        imagePullPolicy: |", &["Always", "IfNotPresent", "Never"]),
        ("        readinessProbe:\n          httpGet: {path: /, port: |}", &["web"]),
        ("        resources:\n          limits:\n            |", &["cpu", "memory", "nvidia.com/gpu"]),
        ("        resources:\n          limits:\n            memory: |", &["512Mi", "1Gi"]),
        ("        im|", &["imagePullPolicy"]),
        ("        securityContext:\n          |", &["runAsNonRoot", "capabilities"]),
        ("        securityContext:\n          runAsNonRoot: |", &["true", "false"]),
        ("      - |", &["sidecar", "name", "image"]),
    ];
    for (number, (case, expected)) in cases.iter().enumerate() {
        let version = i32::try_from(number + 1).expect("few");
        let found = items(&mut session, "t.yaml", version, &YAML.replace("HERE", case));
        let found = labels(&found);
        assert!(expected.iter().all(|label| found.contains(label)), "{case}: {found:?}");
    }
    let image = items(&mut session, "t.yaml", 100, &YAML.replace("HERE", "        im|"));
    assert!(!labels(&image).contains(&"image"), "what is there is not offered again");
    let key = image.iter().find(|item| item["label"] == "imagePullPolicy").expect("the key");
    assert_eq!(key["textEdit"]["newText"], "imagePullPolicy: ");
    assert_eq!(key["textEdit"]["range"]["start"]["character"], 8);
}

const PYTHON: &str = "import flyte
from kubernetes.client import *

template = flyte.PodTemplate(
    primary_container_name=\"PRIMARY\",
    annotations={ANNOTATION},
    pod_spec=V1PodSpec(
        containers=[
            V1Container(name=\"main\", image=\"a:1\", HERE),
            ITEM
        ],
        volumes=[V1Volume(name=\"data\", empty_dir=V1EmptyDirVolumeSource())],
    ),
)
env = flyte.TaskEnvironment(name=\"e\", pod_template=template)
";

fn python(place: &str, text: &str) -> String {
    let mut code = PYTHON.replace(place, text);
    for (name, plain) in [("PRIMARY", "main"), ("ANNOTATION", ""), ("HERE", "tty=True"), ("ITEM", "")] {
        code = code.replace(name, plain);
    }
    code
}

#[test]
fn python_is_completed_by_what_the_pod_has_and_the_classes_take() {
    let mut session = Session::start(&[]);
    let cases: &[(&str, &str, &[&str])] = &[
        ("HERE", "volume_mounts=[V1VolumeMount(name=\"|\", mount_path=\"/d\")]", &["data"]),
        ("PRIMARY", "|", &["main"]),
        ("HERE", "image_pull_policy=\"|\"", &["Always", "Never"]),
        ("HERE", "image_pull_policy=|", &["Always", "Never"]),
        ("HERE", "vol|", &["volume_mounts", "env"]),
        ("HERE", "resources=V1ResourceRequirements(limits={\"|\": \"1\"})", &["cpu", "memory"]),
        ("HERE", "resources=V1ResourceRequirements(limits={\"m|\"})", &["cpu", "memory"]),
        ("HERE", "resources=V1ResourceRequirements(limits={\"cpu\": \"|\"})", &["500m", "2"]),
        ("ANNOTATION", "\"gke|\": \"true\"", &["gke-gcsfuse/volumes"]),
        ("ITEM", "|", &["sidecar"]),
        ("ITEM", "si|", &["sidecar"]),
    ];
    for (number, (place, text, expected)) in cases.iter().enumerate() {
        let version = i32::try_from(number + 1).expect("few");
        let found = items(&mut session, "t.py", version, &python(place, text));
        let found = labels(&found);
        assert!(expected.iter().all(|label| found.contains(label)), "{text}: {found:?}");
    }
    let found = items(&mut session, "t.py", 100, &python("HERE", "image_pull_policy=|"));
    assert_eq!(found[0]["textEdit"]["newText"], "\"Always\"");
    let found = items(
        &mut session,
        "t.py",
        101,
        &python("HERE", "volume_mounts=[V1VolumeMount(name=\"|\", mount_path=\"/d\")]"),
    );
    assert_eq!(found[0]["textEdit"]["newText"], "data");
}

#[test]
fn clients_without_snippets_get_none_and_other_files_nothing() {
    let mut session = Session::with(&[], &json!({}));
    let found = items(&mut session, "t.yaml", 1, &YAML.replace("HERE", "      - |"));
    assert!(!labels(&found).contains(&"sidecar"), "{found:?}");
    assert!(items(&mut session, "o.yaml", 1, "jobs:\n  - na|\n").is_empty());
    assert!(items(&mut session, "o.py", 1, "print(na|)\n").is_empty());
}

/// The first offer at the `|` of a text, and the text with it put in.
fn chosen(session: &mut Session, name: &str, text: &str) -> (String, String) {
    let at = text.find('|').expect("a cursor");
    let (before, after) = (&text[..at], &text[at + 1..]);
    let whole = format!("{before}{after}");
    session.open_text(name, &whole);
    let line = before.matches('\n').count();
    let character = before.rsplit('\n').next().map_or(0, str::len);
    let document = json!({"uri": session.uri(name)});
    let params = json!({"textDocument": document, "position": {"line": line, "character": character}});
    let first = session.request("textDocument/completion", params)["items"][0].clone();
    let range = &first["textEdit"]["range"];
    assert_eq!((&range["end"]["line"], &range["end"]["character"]), (&json!(line), &json!(character)), "{first}");
    let start = usize::try_from(range["start"]["character"].as_u64().expect("a column")).expect("small");
    let kept = before.len() - (character - start);
    let new = first["textEdit"]["newText"].as_str().expect("a text");
    let label = first["label"].as_str().expect("a label").to_owned();
    (label, format!("{}{new}{after}", &before[..kept]))
}

#[test]
fn what_is_chosen_makes_sense_where_it_is_put() {
    let mut session = Session::start(&[]);
    let yaml = "apiVersion: v1\nkind: PodTemplate\ntemplate:\n  spec:\n    containers:\n    - name: p\n";
    let (_, text) = chosen(&mut session, "a.yaml", &format!("{yaml}      imagePullPolicy:|\n"));
    assert!(text.contains("imagePullPolicy: Always\n"), "{text}");
    let (_, text) = chosen(&mut session, "b.yaml", &format!("{yaml}      ports:\n      -|\n"));
    assert!(text.contains("\n      - containerPort: \n"), "{text}");
    let python = "import flyte\nfrom kubernetes.client import *\nt = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name=\"p\", ";
    let (label, _) = chosen(&mut session, "a.py", &format!("{python}volume_mounts=[V1VolumeMount(|)])]))\n"));
    assert!(["mount_path", "name"].contains(&label.as_str()), "required ones are first, no snippet in a call: {label}");
    let (_, text) =
        chosen(&mut session, "b.py", &format!("{python}resources=V1ResourceRequirements(limits={{|}}))]))\n"));
    assert!(text.contains("limits={\"cpu\": }"), "{text}");
}

#[test]
fn a_module_is_completed_with_the_names_of_the_template_that_is_made_of_it() {
    let main = "import flyte\nfrom kubernetes.client import *\nfrom parts import mount\n\nt = flyte.PodTemplate(primary_container_name=\"p\", pod_spec=V1PodSpec(containers=[V1Container(name=\"p\", volume_mounts=[mount])], volumes=[V1Volume(name=\"data\")]))\n";
    let parts = "from kubernetes.client import *\n\nmount = V1VolumeMount(name=\"d\", mount_path=\"/d\")\n";
    let mut session = Session::start(&[("main.py", main), ("parts.py", parts)]);
    let uri = session.open("main.py");
    session.request("textDocument/documentSymbol", json!({"textDocument": {"uri": uri}}));
    let (label, text) = chosen(&mut session, "parts.py", &parts.replace("\"d\"", "\"d|\""));
    assert_eq!(label, "data");
    assert!(text.contains("name=\"data\""), "{text}");
    // What the template finds there is explained there.
    let document = json!({"uri": session.uri("parts.py")});
    session.wait("the finding", |session| {
        let all = session.notified("textDocument/publishDiagnostics");
        all.iter().any(|params| params.to_string().contains("defines no volume `d`")).then_some(())
    });
    let params = json!({"textDocument": document, "position": {"line": 2, "character": 29}});
    let hover = session.request("textDocument/hover", params);
    assert!(hover.to_string().contains("[undefined-volume]"), "{hover}");
}
