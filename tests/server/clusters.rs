//! What the editor says of the user's cluster: on hover, while typing, and in the effective pod.

use serde_json::{Value, json};

use crate::client::Session;

const CLUSTER: &str = "\
complete = true

[[node]]
title = \"gpu\"
count = 12
labels = { pool = \"gpu\" }
taints = [\"nvidia.com/gpu=present:NoSchedule\"]
allocatable = { cpu = \"7910m\", memory = \"29Gi\", pods = \"110\", \"nvidia.com/gpu\" = \"1\" }

[[node]]
title = \"cpu\"
count = 30
labels = { pool = \"cpu\" }
allocatable = { cpu = \"15890m\", memory = \"60Gi\", pods = \"110\" }

[namespace.acme-production.secrets]
api-token = [\"token\", \"user\"]

[namespace.acme-production.service-accounts]
default = {}
worker = {}
";

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  nodeSelector:
    pool: cpu
  serviceAccountName: worker
  containers:
    - name: main
      image: a:1
      resources:
        limits: {cpu: \"2\"}
      env:
        - name: A
          valueFrom:
            secretKeyRef: {name: api-token, key: token}
";

fn session(text: &str) -> Session {
    let config = "cluster = \"prod.toml\"\nnamespace = \"acme-{domain}\"\n";
    Session::start(&[("podlint.toml", config), ("prod.toml", CLUSTER), ("t.yaml", text)])
}

fn place(text: &str, word: &str) -> Value {
    let at = text.find(word).expect("the word");
    let before = &text[..at];
    let character = at - before.rfind('\n').map_or(0, |at| at + 1);
    json!({"line": before.matches('\n').count(), "character": character + 1})
}

#[test]
fn hover_answers_from_the_snapshot() {
    let mut session = session(POD);
    let uri = session.open("t.yaml");
    let cases = [
        ("pool: cpu", "values of `pool`: `cpu` (30 nodes), `gpu` (12 nodes)"),
        ("worker", "the service account `worker` in acme-production"),
        ("api-token", "the secret `api-token` in acme-production, with `token`, `user`"),
        ("cpu: \"2\"", "the most that a node has is 15890m, on `cpu`"),
    ];
    for (word, expected) in cases {
        let params = json!({"textDocument": {"uri": uri}, "position": place(POD, word)});
        let answer = session.request("textDocument/hover", params);
        let text = answer["contents"]["value"].as_str().unwrap_or_default();
        assert!(text.contains(expected), "{word}: {text}");
    }
}

#[test]
fn completion_offers_what_the_cluster_has() {
    let cases = [
        ("pool: cpu", "pool: |", vec!["cpu", "gpu"]),
        ("pool: cpu", "|", vec!["pool"]),
        ("worker", "|", vec!["worker", "default"]),
        ("name: api-token", "name: |", vec!["api-token"]),
        ("key: token", "key: |", vec!["token", "user"]),
    ];
    for (word, instead, expected) in cases {
        let marked = POD.replacen(word, instead, 1);
        let position = {
            let at = marked.find('|').expect("a cursor");
            let before = &marked[..at];
            json!({"line": before.matches('\n').count(), "character": at - before.rfind('\n').map_or(0, |at| at + 1)})
        };
        let text = marked.replacen('|', "", 1);
        let mut session = session(&text);
        let uri = session.open("t.yaml");
        let params = json!({"textDocument": {"uri": uri}, "position": position});
        let answer = session.request("textDocument/completion", params);
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        let labels: Vec<&str> = items.iter().filter_map(|item| item["label"].as_str()).collect();
        assert!(expected.iter().all(|label| labels.contains(label)), "{instead} for {word}: {labels:?}");
    }
}

#[test]
fn the_effective_pod_says_where_it_can_run() {
    let mut session = session(POD);
    let uri = session.open("t.yaml");
    let pod = session.request("podlint/effectivePod", json!({"textDocument": {"uri": uri}, "name": "a"}));
    let text = pod["text"].as_str().expect("a pod");
    assert!(text.contains("# where it can run:\n#   fits: 30 × `cpu`, leaves 13890m cpu, 60Gi memory"), "{text}");
    assert!(text.contains("#   not: 12 × `gpu` have the taint"), "{text}");
}
