//! What of a template does not reach the pods, held against the findings.

use podlint::diagnostic::Diagnostic;
use podlint::document::{Document, Flavour, Kind, UseKind};
use podlint::tree::{Entry, Location, Node, Path, Step, Value as Tree};
use serde_json::{Value, json};

use crate::case::{Case, same};

/// The names that plugins give to the primary container.
const RENAMED: &[&str] = &[
    "dask-worker",
    "job-runner",
    "mpi",
    "pytorch",
    "ray-head",
    "ray-worker",
    "scheduler",
    "spark-kubernetes-driver",
    "spark-kubernetes-executor",
    "tensorflow",
];
/// Rules whose findings say that something does not reach the pods.
const TELL_OF_LOSS: &[&str] = &["lost-by-plugin", "ignored-by-backend"];

/// A value that a template has.
struct Leaf<'a> {
    path: Path,
    value: &'a Node,
    /// Where it and what it is part of are written.
    places: Vec<Location>,
}

/// What is lost and not said, or said and not lost.
pub fn of(case: &Case) -> Vec<String> {
    let report = case.report();
    let mut wrong = Vec::new();
    for (who, object) in case.objects() {
        if who == "v2-template" {
            continue;
        }
        let pods = pods(object);
        for document in report.documents.iter().filter(|document| document.kind == Kind::PythonTemplate) {
            let targets = targets(document, &pods);
            if targets.is_empty() {
                continue;
            }
            let mut leaves = Vec::new();
            collect(&document.root, &mut Vec::new(), &mut Vec::new(), &mut leaves);
            let primary = document.primary.name.as_ref().known().cloned().unwrap_or_default();
            let roles: Vec<&Node> = report
                .documents
                .iter()
                .filter(|other| other.flavour == Flavour::PluginRole)
                .map(|other| &other.root)
                .collect();
            let gives_way = |leaf: &Leaf<'_>| {
                document.flavour != Flavour::PluginRole && roles.iter().any(|role| says_otherwise(role, leaf))
            };
            let is_lost = |leaf: &Leaf<'_>| {
                !gives_way(leaf) && !targets.iter().any(|pod| has(pod, leaf, &document.root, &primary))
            };
            for leaf in &leaves {
                if is_lost(leaf) && !is_injected(leaf) && !report.diagnostics.iter().any(|found| covers(found, leaf)) {
                    wrong.push(format!("{who}: silently lost: {}", Document::render_path(&leaf.path)));
                }
            }
            for found in report.diagnostics.iter().filter(|_| object["kind"].as_str().is_some_and(is_pod)) {
                if let Some(claim) = false_claim(found, document, object) {
                    wrong.push(format!("{who}: not so: {claim}: {}", found.message));
                }
            }
            for found in report.diagnostics.iter().filter(|found| TELL_OF_LOSS.contains(&found.rule)) {
                let below = |leaf: &&Leaf<'_>| covers_exactly(found, leaf);
                let told: Vec<&Leaf<'_>> = leaves.iter().filter(below).collect();
                let is_somewhere =
                    |leaf: &&Leaf<'_>| targets.iter().all(|pod| has(pod, leaf, &document.root, &primary));
                if !told.is_empty() && told.iter().all(is_somewhere) {
                    wrong.push(format!("{who}: not lost: {}: {}", found.path, found.message));
                }
            }
        }
    }
    wrong
}

fn is_pod(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("pod")
}

/// What a finding says of the amounts in the pod and the pod does not have.
fn false_claim(found: &Diagnostic, document: &Document, pod: &Value) -> Option<String> {
    let (list, rest) = found.path.strip_prefix("spec.")?.split_once('[')?;
    let index: usize = rest.split_once(']')?.0.parse().ok()?;
    let node = document.root.at(&[Step::from("spec"), Step::from(list), Step::Index(index)])?;
    if !node.location.span.contains(found.location.span) {
        return None;
    }
    let name = node.text("name").known()?;
    let containers = pod["spec"][list].as_array()?;
    let real = &containers.iter().find(|other| other["name"] == json!(name))?["resources"];
    let is_zero = |part: &str, name: &str| same(&real[part][name], &json!("0"));
    let mentioned = |text: &str| {
        ["cpu", "memory", "ephemeral-storage"].into_iter().filter(|name| text.contains(name)).collect::<Vec<_>>()
    };
    let message = &*found.message;
    let wrong = match found.rule {
        "sidecar-missing-requests" => {
            mentioned(message.split("has no request for").nth(1)?).into_iter().find(|name| !is_zero("requests", name))
        }
        "sidecar-missing-limits" if message.contains("makes the missing limit 0") => {
            let asked = message.split(" requests ").nth(1)?.split(" without ").next()?;
            mentioned(asked).into_iter().find(|name| !is_zero("limits", name))
        }
        "request-exceeds-limit" | "gpu-request-mismatch" if message.contains("Flyte cuts") => {
            let name = message.split('`').nth(1)?;
            return (!same(&real["requests"][name], &real["limits"][name]))
                .then(|| format!("{name} of {list}[{index}]"));
        }
        _ => None,
    };
    wrong.map(|name| format!("{name} of {list}[{index}]"))
}

/// The pods in an object, by role.
fn pods(object: &Value) -> Vec<(String, Value)> {
    let spec = &object["spec"];
    let named = |name: &str, pod: &Value| (name.to_owned(), pod.clone());
    let is_service = object["spec"]["template"].is_object();
    match object["kind"].as_str().unwrap_or(if is_service { "Service" } else { "" }) {
        "RayJob" => {
            let cluster = &spec["rayClusterSpec"];
            let mut found = vec![named("head", &cluster["headGroupSpec"]["template"])];
            let groups = cluster["workerGroupSpecs"].as_array().cloned().unwrap_or_default();
            found.extend(groups.iter().map(|group| named("worker", &group["template"])));
            found
        }
        "SparkApplication" => ["driver", "executor"].map(|role| named(role, &of_spark(&spec[role]))).into(),
        "DaskJob" => {
            let cluster = &spec["cluster"]["spec"];
            let cluster = if cluster.is_null() { &spec["cluster"] } else { cluster };
            let parts = [&spec["job"]["spec"], &cluster["scheduler"]["spec"], &cluster["worker"]["spec"]];
            parts.map(|spec| named("dask", &json!({"spec": spec}))).into()
        }
        kind if kind.ends_with("Job") => {
            let groups = spec.as_object().into_iter().flatten().find(|(key, _)| key.ends_with("ReplicaSpecs"));
            let groups = groups.and_then(|(_, groups)| groups.as_object()).cloned().unwrap_or_default();
            groups.iter().map(|(name, group)| named(name, &group["template"])).collect()
        }
        "Service" => vec![named("app", &spec["template"])],
        _ => vec![named("task", object)],
    }
}

/// The fields of a role of Spark as a pod.
fn of_spark(role: &Value) -> Value {
    let mut spec = role.clone();
    if let Some(pod) = role["podSecurityContext"].as_object() {
        spec["securityContext"] = json!(pod);
    }
    let container = json!({
        "name": "spark-kubernetes-driver",
        "image": role["image"],
        "env": role["env"],
        "securityContext": role["securityContext"],
    });
    spec["containers"] = json!([container]);
    json!({"metadata": {"labels": role["labels"], "annotations": role["annotations"]}, "spec": spec})
}

/// The pods that a template is for.
fn targets(document: &Document, pods: &[(String, Value)]) -> Vec<Value> {
    let of = |role: &str| pods.iter().filter(|(name, _)| name == role).map(|(_, pod)| pod.clone()).collect::<Vec<_>>();
    if document.flavour != Flavour::PluginRole {
        let is_used = document.uses.iter().any(|used| used.kind != UseKind::PluginRole);
        return if is_used { pods.iter().map(|(_, pod)| pod.clone()).collect() } else { Vec::new() };
    }
    let role = |taker: &str| match taker {
        "HeadNodeConfig" => of("head"),
        "WorkerNodeConfig" => of("worker"),
        "driver_pod" => of("driver"),
        "executor_pod" => of("executor"),
        _ => Vec::new(),
    };
    document.uses.iter().filter_map(|used| used.taker).flat_map(role).collect()
}

fn collect<'a>(node: &'a Node, path: &mut Path, places: &mut Vec<Location>, into: &mut Vec<Leaf<'a>>) {
    places.push(node.location);
    match &node.value {
        Tree::Map(map) => {
            for Entry { key, value } in &map.entries {
                path.push(Step::Key(key.wire.clone()));
                places.push(key.location);
                collect(value, path, places, into);
                places.pop();
                path.pop();
            }
        }
        Tree::List(list) => {
            for (index, item) in list.items.iter().enumerate() {
                path.push(Step::Index(index));
                collect(item, path, places, into);
                path.pop();
            }
        }
        Tree::Null | Tree::Dynamic(_) => {}
        _ => into.push(Leaf { path: path.clone(), value: node, places: places.clone() }),
    }
    places.pop();
}

fn json_of(node: &Node) -> Value {
    match &node.value {
        Tree::Null | Tree::Dynamic(_) => Value::Null,
        Tree::Bool(value) => json!(value),
        Tree::Number(number) => serde_json::from_str(&number.text).unwrap_or(Value::Null),
        Tree::String(text) => json!(&**text),
        Tree::List(list) => list.items.iter().map(json_of).collect(),
        Tree::Map(map) => map.entries.iter().map(|entry| (entry.key.wire.to_string(), json_of(&entry.value))).collect(),
    }
}

/// Whether a pod has a value where the template has it.
fn has(pod: &Value, leaf: &Leaf<'_>, root: &Node, primary: &str) -> bool {
    let (mut here, mut written) = (pod, root);
    for (depth, step) in leaf.path.iter().enumerate() {
        match step {
            Step::Key(key) => {
                let Some(next) = written.as_map().and_then(|map| map.entry(key)) else { return false };
                written = &next.value;
                match here.get(&**key) {
                    Some(next) => here = next,
                    None => return is_nothing(&json_of(leaf.value)),
                }
            }
            Step::Index(index) => {
                let Some(item) = written.as_list().and_then(|list| list.items.get(*index)) else { return false };
                written = item;
                let others = here.as_array().map(Vec::as_slice).unwrap_or_default();
                let is_containers = depth == 2 && matches!(&leaf.path[1], Step::Key(key) if key.ends_with("ontainers"));
                if !is_containers {
                    let wanted = json_of(item);
                    return others.iter().any(|other| holds(other, &wanted));
                }
                let name = item.text("name").known().unwrap_or_default();
                let exact = others.iter().find(|other| other["name"] == json!(name));
                let renamed = || {
                    let is = |other: &&Value| RENAMED.iter().any(|known| other["name"] == json!(known));
                    others.iter().find(is).filter(|_| name == primary || RENAMED.contains(&name))
                };
                match exact.or_else(renamed) {
                    Some(_)
                        if leaf.path.last().is_some_and(|step| step.key() == Some("name"))
                            && depth + 2 == leaf.path.len() =>
                    {
                        return true;
                    }
                    Some(next) => here = next,
                    None => return false,
                }
            }
        }
    }
    same(here, &json_of(leaf.value))
}

/// Whether the template of a role, which lies over the task's, says something of the same.
fn says_otherwise(role: &Node, leaf: &Leaf<'_>) -> bool {
    let mut here = role;
    for step in &leaf.path {
        let next = match step {
            Step::Key(key) => here.as_map().and_then(|map| map.entry(key)).map(|entry| &entry.value),
            Step::Index(index) => here.as_list().and_then(|list| list.items.get(*index)),
        };
        match next {
            Some(next) => here = next,
            None => return false,
        }
    }
    true
}

/// Whether one value has all of another.
fn holds(real: &Value, wanted: &Value) -> bool {
    match (real, wanted) {
        (Value::Object(real), Value::Object(wanted)) => {
            wanted.iter().all(|(key, wanted)| real.get(key).map_or(is_nothing(wanted), |real| holds(real, wanted)))
        }
        (Value::Array(real), Value::Array(wanted)) => {
            wanted.iter().all(|wanted| real.iter().any(|real| holds(real, wanted)))
        }
        _ => wanted.is_null() || same(real, wanted),
    }
}

/// What is not sent where it stands alone.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_nothing),
        Value::Object(map) => map.values().all(is_nothing),
        Value::Bool(true) => false,
    }
}

/// What Flyte's documentation says that it sets, whatever is written.
fn is_injected(leaf: &Leaf<'_>) -> bool {
    let keys: Vec<&str> = leaf.path.iter().filter_map(Step::key).collect();
    let is_placeholder = leaf.value.as_str().is_some_and(|text| text.contains("{{"));
    // `gpu` becomes the name that the cluster has for it.
    matches!(keys.as_slice(), ["spec", "enableServiceLinks"] | [.., "requests" | "limits", "gpu"]) || is_placeholder
}

/// Whether a finding is about a value: at it, or at what it is part of.
fn covers(found: &Diagnostic, leaf: &Leaf<'_>) -> bool {
    let path = Document::render_path(&leaf.path);
    // What is said of a container is said at its name.
    let of_container = found.path.strip_suffix(".name").filter(|rest| rest.ends_with(']'));
    let said_of = of_container.unwrap_or(&found.path);
    let related =
        |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    let at = |location: &Location| leaf.places.iter().skip(2).any(|place| place == location);
    let labels = found.labels.iter().any(|label| at(&label.location));
    (!said_of.is_empty() && related(&path, said_of)) || at(&found.location) || labels
}

/// The same, of the value itself or of what is part of it.
fn covers_exactly(found: &Diagnostic, leaf: &Leaf<'_>) -> bool {
    let path = Document::render_path(&leaf.path);
    let is_here = leaf.places.contains(&found.location);
    is_here && path.strip_prefix(&found.path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}
