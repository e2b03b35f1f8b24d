//! Holds the cluster to Kubernetes' own scheduler, admission plugins and Karpenter, and snapshots to what they may hold.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use podlint::cluster::{Cluster, Reader, Submission, admitted, snapshot};
use podlint::config::Settings;
use podlint::diagnostic::Severity;
use podlint::flyte::Effective;
use podlint::lint::lint;
use podlint::output::{Rendered, write_json};
use podlint::report::Report;
use serde_json::{Value, json};
use support::run::{podlint, project};
use support::{repository, source};

/// The fields of a stored pod that admission decides on.
const STORED: &[&str] = &[
    "priority",
    "priorityClassName",
    "preemptionPolicy",
    "tolerations",
    "serviceAccountName",
    "imagePullSecrets",
    "overhead",
    "nodeSelector",
    "runtimeClassName",
];

/// Recorded cases: the first line holds what several of them share, by number.
fn cases(name: &str) -> (Vec<Value>, Vec<Value>) {
    let text = std::fs::read_to_string(repository(&format!("tests/cluster/{name}.jsonl"))).expect("the cases");
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a case"));
    let shared = lines.next().expect("what is shared").as_array().expect("a list").clone();
    (shared, lines.collect())
}

fn cluster(objects: Vec<Value>, complete: bool) -> Cluster {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    let mut reader = Reader::default();
    reader.add(&list.to_string()).expect("objects");
    let mut inventory = reader.finish();
    inventory.complete = complete;
    // What is written and read again says the same.
    let mut again = Reader::default();
    again.add(&snapshot(&inventory)).expect("a snapshot");
    Cluster { inventory: again.finish(), ..Cluster::default() }
}

fn check(pod: &Value, cluster: Cluster) -> Report {
    let settings = Settings { cluster: Some(Arc::new(cluster)), ..Settings::default() };
    lint(&source("json", &pod.to_string()), &settings)
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn shared_of(shared: &[Value], case: &Value, key: &str) -> Vec<Value> {
    list(&shared[usize::try_from(case[key].as_u64().expect("a number")).unwrap()])
}

#[test]
fn the_scheduler_agrees() {
    let kind = |plugin: &str| match plugin {
        "NodeUnschedulable" => "unschedulable",
        "TaintToleration" => "taint",
        "NodeAffinity" => "node-affinity",
        "NodeResourcesFit" => "resources",
        "VolumeZone" | "VolumeBinding" => "volume",
        other => panic!("{other}"),
    };
    let (shared, cases) = cases("scheduling");
    assert!(cases.len() > 200);
    for case in &cases {
        let mut objects = shared_of(&shared, case, "nodes");
        objects.extend(list(&case["objects"]));
        let report = check(&case["pod"], cluster(objects, true));
        let found = report.diagnostics.iter().find(|found| found.rule == "unschedulable");
        assert_eq!(found.is_some(), case["verdict"] == "unschedulable", "{}", case["id"]);
        let Some(found) = found else { continue };
        let mut kinds: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for nodes in &found.origin.cluster.nodes {
            for name in nodes.names.iter() {
                kinds.entry(name).or_default().extend(nodes.reasons.iter().map(|(kind, _)| *kind));
            }
        }
        for (node, plugin) in case["first"].as_object().expect("reasons") {
            let wanted = kind(plugin.as_str().unwrap());
            assert!(kinds.get(node.as_str()).is_some_and(|kinds| kinds.contains(wanted)), "{} {node}", case["id"]);
        }
    }
}

#[test]
fn karpenter_agrees() {
    let (shared, cases) = cases("karpenter");
    assert!(cases.len() > 80);
    for case in &cases {
        let report = check(&case["pod"], cluster(shared_of(&shared, case, "nodepools"), true));
        let found = report.diagnostics.iter().any(|found| found.rule == "unschedulable");
        assert_eq!(found, case["verdict"] == "none", "{}", case["id"]);
    }
}

/// A quota that only what runs has used up.
fn is_only_now(case: &Value) -> bool {
    let message = case["message"].as_str().unwrap_or_default();
    let used = message.split("used: ").nth(1).and_then(|rest| rest.split("limited").next()).unwrap_or_default();
    used.split(',').filter_map(|one| one.split_once('=')).any(|(_, amount)| amount.trim() != "0")
}

#[test]
fn the_admission_plugins_agree() {
    let (shared, cases) = cases("admission");
    let cases: Vec<&Value> = cases.iter().filter(|case| !is_only_now(case)).collect();
    assert!(cases.len() > 90);
    for case in cases {
        let objects = shared_of(&shared, case, "objects");
        let report = check(&case["pod"], cluster(objects.clone(), true));
        let errors: Vec<_> = report.diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
        assert_eq!(!errors.is_empty(), case["verdict"] == "refused", "{}: {errors:?}", case["id"]);
        if errors.is_empty() {
            let stored = stored(&report, &cluster(objects, false));
            for field in STORED {
                assert_eq!(stored[field], case["stored"][field], "{} {field}", case["id"]);
            }
            for (container, wanted) in list(&stored["containers"]).iter().zip(list(&case["stored"]["containers"])) {
                let resources = container.get("resources").cloned().unwrap_or_else(|| json!({}));
                assert_eq!(resources, wanted["resources"], "{}", case["id"]);
            }
        }
    }
}

/// The specification of the pod as admission leaves it.
fn stored(report: &Report, cluster: &Cluster) -> Value {
    let document = report.documents.first().expect("a pod");
    let pod = Effective::of(document);
    let submission = Submission { document, pod: &pod, is_whole: false };
    let (pod, _) = admitted(&submission, cluster, "default");
    let mut out = Vec::new();
    write_json(&mut out, &[Rendered { file: String::new(), line: 1, pod, runs_on: Vec::new() }]).expect("JSON");
    serde_json::from_slice::<Value>(&out).expect("JSON")["pods"][0]["spec"].clone()
}

/// Objects whose secrets, annotations and users all hold a mark.
fn marked() -> Value {
    let meta = |name: &str| {
        json!({
            "name": name,
            "namespace": "acme-production",
            "uid": "MARK-uid",
            "managedFields": [{"manager": "MARK-manager", "fieldsV1": {"f:data": {"f:MARK-field": {}}}}],
            "ownerReferences": [{"kind": "User", "name": "MARK-owner"}],
            "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": "{\"stringData\":{\"token\":\"MARK-applied\"}}",
                "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/MARK-role",
                "storageclass.kubernetes.io/is-default-class": "MARK-default",
            },
        })
    };
    let object = |kind: &str, name: &str, rest: Value| {
        let mut object = json!({"apiVersion": "v1", "kind": kind, "metadata": meta(name)});
        for (key, value) in rest.as_object().expect("fields") {
            object[key] = value.clone();
        }
        object
    };
    let pod = json!({"containers": [{"name": "a", "env": [{"name": "A", "value": "MARK-env"}]}]});
    let binding = json!([{"kind": "User", "name": "MARK-user"}]);
    json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": "MARK-version"}, "items": [
        object("Secret", "api", json!({"data": {"token": "MARK-data"}, "stringData": {"key": "MARK-string"}, "type": "MARK-type"})),
        object("Secret", "odd", json!({"data": "MARK-text"})),
        object("ConfigMap", "settings", json!({"data": {"a": "MARK-a"}, "binaryData": {"b": "MARK-b"}})),
        object("ServiceAccount", "worker", json!({"imagePullSecrets": [{"name": "api"}], "secrets": [{"name": "MARK-token"}]})),
        object("Node", "n1", json!({"spec": {"providerID": "MARK-provider", "taints": []}, "status": {
            "allocatable": {"cpu": "4"}, "images": [{"names": ["MARK-image"]}], "addresses": [{"address": "MARK-address"}],
        }})),
        object("PersistentVolumeClaim", "data", json!({"spec": {"volumeName": "pv", "dataSource": {"name": "MARK-source"}}})),
        object("PersistentVolume", "pv", json!({"spec": {"csi": {
            "volumeHandle": "MARK-handle", "volumeAttributes": {"p": "MARK-attribute"}, "nodeStageSecretRef": {"name": "MARK-ref"},
        }, "claimRef": {"namespace": "acme-production", "name": "data", "uid": "MARK-claim"}}})),
        object("StorageClass", "std", json!({"provisioner": "p", "parameters": {"secret": "MARK-parameter"}})),
        object("Pod", "running", json!({"spec": pod})),
        object("Deployment", "app", json!({"spec": {"template": {"spec": pod}}})),
        object("PodTemplate", "flyte", json!({"template": {"spec": pod}})),
        object("RoleBinding", "admins", json!({"subjects": binding, "roleRef": {"name": "MARK-role-ref"}})),
        object("ResourceQuota", "team", json!({"spec": {"hard": {"cpu": "4"}}, "status": {"hard": {"cpu": "4"}, "used": {"cpu": "1"}}})),
        object("ValidatingAdmissionPolicy", "policy", json!({"spec": {"validations": [{"expression": "true"}]}})),
    ]})
}

#[test]
fn snapshots_hold_no_secrets_annotations_or_users() {
    let text = marked().to_string();
    let folder = project(&[("raw.json", &*text), ("broken.json", &*text.replace("\"items\":[", "\"items\":[7,"))]);
    for arguments in [&["cluster", "snapshot", "raw.json"][..], &["cluster", "show", "raw.json"]] {
        let output = podlint(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(!shown.contains("MARK"), "{shown}");
        assert!(shown.contains("acme-production"), "{shown}");
    }
    let output = podlint(folder.path(), &["cluster", "snapshot", "broken.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("MARK"), "{output:?}");
    let output = podlint(folder.path(), &["cluster", "snapshot", "raw.json"]);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains("api = [\"key\", \"token\"]") && shown.contains("settings = [\"a\", \"b\"]"), "{shown}");
}

#[test]
fn a_finding_beside_a_list_shows_no_secret() {
    let mut list = marked();
    list["items"].as_array_mut().expect("items").push(json!({"apiVersion": "v1", "kind": "LimitRange", "metadata": {
        "name": "limits", "namespace": "acme-production", "annotations": {"a": "MARK-near"},
    }, "spec": {"limits": [{"type": "Container", "max": {"cpu": "1"}}]}}));
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: acme-production}\nspec:\n  containers:\n    \
        - {name: a, image: 'a:1', resources: {limits: {cpu: \"2\"}}}\n";
    let folder = project(&[("raw.json", &*list.to_string()), ("t.yaml", pod)]);
    for format in ["full", "json", "sarif"] {
        let arguments = ["check", "t.yaml", "--cluster", "raw.json", "--select", "limit-range", "--format", format];
        let output = podlint(folder.path(), &arguments);
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(shown.contains("limit-range"), "{format}: {shown}");
        assert!(shown.contains("the limit"), "the limit is shown where it stands, {format}: {shown}");
        assert!(!shown.contains("MARK"), "{format}: {shown}");
    }
}

#[test]
fn names_of_a_cluster_do_nothing_to_a_terminal() {
    let name = "n\u{1b}[31m\u{202e}\u{2028}\u{85}\n::error::x";
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {name: name}},
         "spec": {"taints": [{"key": name, "value": name, "effect": "NoSchedule"}]}, "status": {"allocatable": {"cpu": "1", name: "1"}}},
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": name}, "data": {name: "eA=="}},
    ]});
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  nodeSelector: {a: b}\n  containers: [{name: a, image: 'a:1'}]\n";
    let folder = project(&[("raw.json", &*list.to_string()), ("t.yaml", pod)]);
    let check = ["check", "t.yaml", "--cluster", "raw.json", "--format"];
    let render = ["render", "t.yaml", "--cluster", "raw.json"];
    for arguments in [
        &["cluster", "snapshot", "raw.json"][..],
        &["cluster", "show", "raw.json"],
        &render,
        &[&check[..], &["full"]].concat(),
        &[&check[..], &["github"]].concat(),
    ] {
        let shown = String::from_utf8_lossy(&podlint(folder.path(), arguments).stdout).into_owned();
        assert!(shown.contains("[31m"), "{arguments:?}: {shown}");
        let acts = |one: char| one != '\n' && (one.is_control() || matches!(one, '\u{202e}' | '\u{2028}'));
        assert!(!shown.contains(acts) && !shown.contains("\n::error::x"), "{arguments:?}: {shown:?}");
    }
    let shown = String::from_utf8_lossy(&podlint(folder.path(), &render).stdout).into_owned();
    assert_eq!(shown.matches("apiVersion:").count(), 1, "no key is there twice: {shown}");
}

/// A policy with a binding and a parameter, as `kubectl` prints them: keys in order, the data before the kind.
fn policies() -> Value {
    let admission = "admissionregistration.k8s.io/v1";
    let config_map = |name: &str, registry: &str| json!({"apiVersion": "v1", "data": {"registry": registry}, "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}});
    let policy = |name: &str, expression: &str| {
        json!({"apiVersion": admission, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": name, "annotations": {"a": "MARK"}}, "spec": {
            "failurePolicy": "Fail", "paramKind": {"apiVersion": "v1", "kind": "ConfigMap"},
            "matchConstraints": {"resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]},
            "validations": [{"expression": expression, "message": "only our registry's images"}],
        }})
    };
    json!({"apiVersion": "v1", "kind": "List", "items": [
        config_map("allowed", "ghcr.io/acme/"), config_map("other", "MARK"),
        {"apiVersion": "v1", "data": {"registry": "TUFSSw=="}, "kind": "Secret", "metadata": {"name": "allowed", "namespace": "default"}},
        policy("registry", "object.spec.containers.all(c, c.image.startsWith(params.data.registry))"),
        policy("unbound", "false"),
        {"apiVersion": admission, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": "registry"}, "spec": {
            "policyName": "registry", "validationActions": ["Deny"],
            "paramRef": {"name": "allowed", "namespace": "default", "parameterNotFoundAction": "Deny"},
        }},
    ]})
}

#[test]
fn policies_of_a_cluster_are_enforced() {
    let pod = |image: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n    - {{name: a, image: {image}}}\n"
        )
    };
    let (bad, good) = (pod("docker.io/a:1"), pod("ghcr.io/acme/a:1"));
    let config =
        "[environments.prod]\ncluster = \"../raw.json\"\n[environments.staging]\nkubernetes-version = \"1.34\"\n";
    let folder = project(&[
        ("raw.json", &*policies().to_string()),
        ("bad.yaml", &bad),
        ("good.yaml", &good),
        ("app/podlint.toml", config),
        ("app/bad.yaml", &bad),
        (".git/HEAD", ""),
    ]);
    let snapshot = podlint(folder.path(), &["cluster", "snapshot", "raw.json", "-o", "s.toml"]);
    assert_eq!(snapshot.status.code(), Some(0), "{snapshot:?}");
    let text = std::fs::read_to_string(folder.path().join("s.toml")).expect("the snapshot");
    assert!(text.contains("ghcr.io/acme/") && !text.contains("MARK") && !text.contains("TUFS"), "{text}");
    let line = text.lines().position(|line| line.contains("object.spec")).expect("the policy") + 1;
    for cluster in ["raw.json", "s.toml"] {
        let arguments = ["check", "bad.yaml", "good.yaml", "--format", "json", "--cluster", cluster];
        let output = podlint(folder.path(), &arguments);
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let found = list(&report["findings"]);
        assert_eq!(found.len(), 1, "{cluster}: {found:?}");
        assert_eq!(
            (found[0]["rule"].as_str(), found[0]["file"].as_str()),
            (Some("policy-violation"), Some("bad.yaml"))
        );
        assert_eq!(found[0]["start"]["line"], 6);
        let label = &found[0]["labels"][0];
        assert_eq!(label["file"], cluster);
        assert_eq!(label["start"]["line"], if cluster == "s.toml" { line } else { 1 });
    }
    let output = podlint(folder.path(), &["check", "app", "--format", "concise"]);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains("policy-violation") && shown.contains("(in prod)"), "{shown}{output:?}");
}

/// Nodes of ten pools, as a provider labels them.
fn nodes(count: usize) -> Vec<Value> {
    let node = |number: usize| {
        let (pool, zone) = (number % 10, ["a", "b", "c"][number / 10 % 3]);
        let name = format!("ip-10-{}-{}-{}.eu-central-1.compute.internal", number / 250, number % 250, pool);
        let mut taints = Vec::new();
        let mut allocatable = json!({
            "cpu": "7910m", "memory": format!("{}Ki", 29_000_000 + number), "pods": "58", "ephemeral-storage": "95551679124",
        });
        if pool == 0 {
            taints.push(json!({"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}));
            allocatable["nvidia.com/gpu"] = json!("1");
        }
        json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {
            "kubernetes.io/hostname": name, "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux",
            "topology.kubernetes.io/region": "eu-central-1", "topology.kubernetes.io/zone": format!("eu-central-1{zone}"),
            "topology.ebs.csi.aws.com/zone": format!("eu-central-1{zone}"),
            "node.kubernetes.io/instance-type": format!("m{pool}.2xlarge"),
            "eks.amazonaws.com/nodegroup": format!("workers-{pool}"), "eks.amazonaws.com/capacityType": "ON_DEMAND",
            "alpha.eksctl.io/instance-id": format!("i-{number:017x}"), "pool": format!("p{pool}"),
        }}, "spec": {"taints": taints}, "status": {"allocatable": allocatable}})
    };
    (0..count).map(node).collect()
}

#[test]
fn a_thousand_nodes_are_a_small_snapshot() {
    let mut reader = Reader::default();
    reader.add(&json!({"kind": "List", "items": nodes(1000)}).to_string()).expect("nodes");
    let inventory = reader.finish();
    assert_eq!(inventory.node_count(), 1000);
    assert_eq!(inventory.nodes.len(), 30, "a class per pool and zone");
    let text = snapshot(&inventory);
    assert!(text.len() <= 100_000, "{}", text.len());
    let names = inventory.nodes.iter().flat_map(|class| class.names.iter()).count();
    assert_eq!(names, 1000, "the names are kept");
    let mut again = Reader::default();
    again.add(&text).expect("a snapshot");
    assert_eq!(again.finish().nodes, inventory.nodes);
}

#[test]
fn nodes_are_told_apart_by_name_where_a_pod_does() {
    let pod = |name: &str| {
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {
            "nodeSelector": {"kubernetes.io/hostname": name}, "containers": [{"name": "a", "image": "a:1"}],
        }})
    };
    let is_refused = |name: &str| {
        let report = check(&pod(name), cluster(nodes(40), true));
        report.diagnostics.iter().any(|found| found.rule == "unschedulable")
    };
    assert!(!is_refused("ip-10-0-7-7.eu-central-1.compute.internal"));
    assert!(is_refused("ip-10-0-7-8.eu-central-1.compute.internal"));
}

#[test]
fn hostile_descriptions_are_bounded() {
    let deep = format!("{}{}", "{\"items\":[".repeat(10_000), "]}".repeat(10_000));
    let mut many = String::from("version = 1\n");
    for number in 0..20_000 {
        let _ = write!(many, "[[node]]\ncount = 1\nlabels = {{ a = \"{number}\" }}\n");
    }
    let texts: [&str; 9] = [
        "",
        "[",
        "[{}]",
        "7",
        "{\"kind\": 7}",
        "version = 99",
        "[[node]]\ntaints = [\"x\"]",
        "[[pool]]\ncapacity = { cpu = \"many\" }",
        &deep,
    ];
    for text in texts {
        assert!(Reader::default().add(text).is_err(), "{}", text.get(..40).unwrap_or(text));
    }
    assert!(Reader::default().add(&many).is_err_and(|why| why.contains("classes")), "too many classes of nodes");
}

#[test]
fn environments_are_told_apart() {
    let node = |pool: &str| {
        format!("complete = true\n[[node]]\ntitle = \"{pool}\"\ncount = 2\nlabels = {{ pool = \"{pool}\" }}\n")
    };
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  nodeSelector: {pool: gpu}\n  containers:\n    - {name: a, image: 'a:1'}\n";
    let config = "[environments.prod]\ncluster = \"prod.toml\"\n[environments.staging]\ncluster = \"staging.toml\"\n\
        [environments.dev]\ncluster = \"dev.toml\"\n";
    let files = [
        ("podlint.toml", config.to_owned()),
        ("prod.toml", node("gpu")),
        ("staging.toml", node("cpu")),
        ("dev.toml", node("small")),
        ("t.yaml", pod.to_owned()),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = project(&files);
    let findings = |arguments: &[&str]| {
        let all = [&["check", "t.yaml", "--format", "json"][..], arguments].concat();
        let output = podlint(folder.path(), &all);
        let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
        list(&report["findings"]).into_iter().filter(|found| found["rule"] == "unschedulable").collect::<Vec<_>>()
    };
    let found = findings(&[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["environments"], json!(["dev", "staging"]));
    assert!(found[0]["message"].as_str().unwrap().ends_with("(in dev, staging)"), "{found:?}");
    assert!(findings(&["--environment", "prod"]).is_empty());
    assert_eq!(findings(&["--environment", "dev"])[0]["environments"], json!(["dev"]));
    let output = podlint(folder.path(), &["check", "t.yaml", "--environment", "prd"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let output = podlint(folder.path(), &["render", "t.yaml", "--environment", "prod"]);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains("# where it can run:\n#   fits: 2 × `gpu`"), "{shown}");
}

/// The files of a case, and what it expects: blocks are named behind their language, the last one is the answer.
fn blocks(case: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = case.lines();
    while let Some(line) = lines.next() {
        if let Some(head) = line.strip_prefix("```") {
            let name = head.split_once(' ').map_or("", |(_, name)| name).to_owned();
            let body: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            found.push((name, body));
        }
    }
    found
}

#[test]
fn invented_clusters_get_their_answers() {
    let path = repository("tests/cluster/clouds.md");
    let page = std::fs::read_to_string(&path).expect("the cases");
    let mut blessed = String::new();
    for (number, case) in page.split("\n## ").enumerate() {
        if number == 0 {
            blessed.push_str(case);
            continue;
        }
        let found = blocks(case);
        let files: Vec<(&str, &str)> =
            found.iter().filter(|(name, _)| !name.is_empty()).map(|(name, text)| (&**name, &**text)).collect();
        let folder = project(&files);
        let template =
            files.iter().map(|(name, _)| *name).find(|name| name.starts_with("pod.") || name.ends_with(".py"));
        let template = template.expect("a template");
        let checked = podlint(folder.path(), &["check", template, "--format", "concise", "--quiet"]);
        let rendered = podlint(folder.path(), &["render", template]);
        let rendered = String::from_utf8_lossy(&rendered.stdout).into_owned();
        let places = rendered.lines().skip_while(|line| *line != "# where it can run:");
        let places = places.take_while(|line| line.starts_with('#')).map(|line| format!("{line}\n"));
        let answer = format!("{}{}", String::from_utf8_lossy(&checked.stdout), places.collect::<String>());
        let head = case.split("```text\n").next().expect("the files");
        let _ = write!(blessed, "\n## {head}```text\n{answer}```\n");
    }
    support::bless(&path, &blessed);
}

#[test]
fn variables_of_environments_are_known_in_them() {
    let node = |pool: &str| {
        format!("complete = true\n[[node]]\ntitle = \"{pool}\"\ncount = 2\nlabels = {{ pool = \"{pool}\" }}\n")
    };
    let template = "\
import os

import flyte
from kubernetes import client as k8s

STAGE = os.environ.get(\"STAGE\", \"dev\")
POOL = os.environ[\"POOL\"]

if STAGE == \"prod\":
    selector = {\"pool\": POOL}
else:
    selector = {\"pool\": \"cpus\"}

template = flyte.PodTemplate(
    pod_spec=k8s.V1PodSpec(containers=[k8s.V1Container(name=\"primary\")], node_selector=selector),
)
";
    let config = "[environments.prod]\ncluster = \"prod.toml\"\nenv = { STAGE = \"prod\", POOL = \"gpu\" }\n\
        [environments.staging]\ncluster = \"staging.toml\"\nenv = { STAGE = \"staging\" }\n";
    let (prod, staging) = (node("gpu"), node("cpu"));
    let folder =
        project(&[("podlint.toml", config), ("prod.toml", &prod), ("staging.toml", &staging), ("train.py", template)]);
    let findings = |arguments: &[&str]| {
        let all = [&["check", "train.py", "--format", "json", "--select", "unschedulable"][..], arguments].concat();
        let report: Value = serde_json::from_slice(&podlint(folder.path(), &all).stdout).expect("a report");
        list(&report["findings"])
    };
    assert!(findings(&["--environment", "prod"]).is_empty());
    let found = findings(&[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["start"]["line"], &found[0]["environments"]), (&json!(12), &json!(["staging"])));
}

/// A `kubectl` that knows two nodes and may not read secrets.
#[cfg(unix)]
const KUBECTL: &str = r#"#!/bin/sh
echo "$@" >> "$0.log"
case "$*" in
  *version*) echo '{"serverVersion": {"gitVersion": "v1.34.1-gke.100"}}' ;;
  *"get nodes "*) echo '{"kind": "List", "items": [{"kind": "Node", "metadata": {"name": "n1"}, "status": {"allocatable": {"cpu": "4", "pods": "9"}}}]}' ;;
  *secrets*) echo 'Error from server (Forbidden)' >&2; exit 1 ;;
  *) echo '{"kind": "List", "items": []}' ;;
esac
"#;

#[cfg(unix)]
#[test]
fn kubectl_is_called_when_asked_for_and_never_otherwise() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = project(&[("bin/kubectl", KUBECTL)]);
    let program = folder.path().join("bin/kubectl");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
    let log = folder.path().join("bin/kubectl.log");
    let run = |arguments: &[&str]| {
        let mut command = support::run::command(folder.path(), arguments);
        let path = format!("{}:/usr/bin:/bin", folder.path().join("bin").display());
        command.env("PATH", path).output().expect("podlint runs")
    };
    run(&["cluster", "snapshot"]);
    assert!(!log.exists(), "kubectl was called without --kubectl");
    let output = run(&["cluster", "snapshot", "--kubectl", "--context", "prod", "-o", "prod.toml"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("not known, as kubectl cannot read them: secrets"));
    assert!(std::fs::read_to_string(&log).expect("a log").lines().all(|line| line.starts_with("--context prod ")));
    let text = std::fs::read_to_string(folder.path().join("prod.toml")).expect("a snapshot");
    let known = text.lines().find(|line| line.starts_with("known = ")).expect("the kinds");
    assert!(known.contains("ConfigMap") && !known.contains("Secret"), "{text}");
    assert!(text.contains("kubernetes-version = \"1.34.1-gke.100\"") && text.contains("extended-resource-toleration"));
}
