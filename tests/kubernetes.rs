//! Holds podlint to the answers of a real API server, and its schema tables to `jsonschema`.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod support;

use std::collections::BTreeSet;

use podlint::config::Settings;
use podlint::diagnostic::{Authority, Diagnostic, Severity};
use podlint::lint::lint;
use serde_json::Value;
use support::{repository, source};

/// Cases that a whole server answers otherwise than its validation alone, which the set was asked of. Admission plugins look
/// first: they give a pod its service account, and refuse overhead without a runtime class. Managed fields are taken away,
/// and AppArmor's annotations copied into fields.
const BEFORE_VALIDATION: &[&str] = &["1173", "1208", "1404", "1430", "1778", "1781", "2058", "2060", "2061", "3998"];

/// The cases of a file. Of each manifest only the middle is written: `as` says how many bytes at its start and at its end are
/// those of the one before.
fn rows(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(repository(&format!("tests/conformance/{name}.jsonl"))).expect("the set");
    let mut before = String::new();
    let mut rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a case")).collect();
    for row in &mut rows {
        let count = |index: usize| usize::try_from(row["as"][index].as_u64().expect("a count")).expect("a count");
        let tail = before.len() - count(1);
        let whole = format!("{}{}{}", &before[..count(0)], row["yaml"].as_str().unwrap(), &before[tail..]);
        row["yaml"] = whole.clone().into();
        before = whole;
    }
    rows
}

fn cases() -> Vec<Value> {
    let counts = |case: &Value| !BEFORE_VALIDATION.contains(&case["id"].as_str().unwrap());
    rows("api-server-1.34").into_iter().filter(counts).collect()
}

fn settings() -> Settings {
    Settings { kubernetes_version: Some(34), ..Settings::default() }
}

fn errors(yaml: &str, settings: &Settings) -> Vec<Diagnostic> {
    let found = lint(&source("yaml", yaml), settings).diagnostics;
    let by_server = |found: &Diagnostic| found.severity == Severity::Error && found.authority == Authority::Kubernetes;
    found.into_iter().filter(by_server).collect()
}

/// Where the server's own paths are odd: what it writes, and what the field is called. podlint's paths stay true.
const ODD_PATHS: &[(&str, &str)] = &[
    ("template.labels", "template.metadata.labels"),
    ("template.annotations", "template.metadata.annotations"),
    ("downwarAPI", "downwardAPI"),
    (".persistentDisk", ".gcePersistentDisk"),
    ("spec.HostPID", "spec.hostPID"),
    ("spec.HostIPC", "spec.hostIPC"),
    (".cephFS", ".cephfs"),
    (".initiatorname", ".initiatorName"),
    ("csi.name", "csi.nodePublishSecretRef.name"),
];

/// Fields that the server names without the index of the list before them.
const WITHOUT_INDEX: &[(&str, &str)] = &[
    ("volumeMounts", "subPath"),
    ("volumeMounts", "subPathExpr"),
    ("volumeMounts", "mountPropagation"),
    ("volumeMounts", "recursiveReadOnly"),
    ("downwardAPI.items", ""),
];

/// Both sides in the same words.
fn comparable(path: &str) -> String {
    let mut path = path.to_owned();
    for (odd, plain) in ODD_PATHS {
        path = path.replace(odd, plain);
    }
    for (list, field) in WITHOUT_INDEX {
        while let Some(start) = path.find(&format!("{list}[")) {
            let tail_at = path[start..].find(']').map_or(path.len(), |end| start + end + 1);
            if !field.is_empty() && path[tail_at..] != format!(".{field}") {
                break;
            }
            path.replace_range(start + list.len()..tail_at, "");
        }
    }
    path.replace("downwardAPI.items", "downwardAPI")
}

/// Cases whose field set differs although the verdict is right, and why.
///
/// All of them hold a volume of the kind `image` before the one in question. Its feature gate is off, so the server drops
/// that volume before it looks, and counts the later ones by one less. podlint names the place in the user's file.
const EXPLAINED: &[&str] = &["2333", "2842", "3244", "3498", "3628", "3721", "3897"];

#[test]
fn the_server_and_podlint_admit_the_same() {
    let (mut agree, mut exact, mut compared, mut decoding, mut decoding_found) = (0, 0, 0, 0, 0);
    let cases = cases();
    let mut wrong = Vec::new();
    let mut differing = Vec::new();
    for case in &cases {
        let (id, accepted) = (case["id"].as_str().unwrap(), case["accepted"].as_bool().unwrap());
        let found = errors(case["yaml"].as_str().unwrap(), &settings());
        if found.is_empty() == accepted {
            agree += 1;
        } else {
            wrong.push(format!("{id} accepted={accepted} {:?}", found.first().map(|found| &found.message)));
        }
        let stage = case["stage"].as_str().unwrap();
        if stage.starts_with("decode") {
            decoding += 1;
            decoding_found += usize::from(found.iter().any(is_decoding));
        }
        if matches!(stage, "ok" | "invalid") {
            compared += 1;
            let fields = |found: &Diagnostic| comparable(&found.path);
            let ours: BTreeSet<String> = found.iter().map(fields).collect();
            let theirs = case["errors"].as_array().unwrap().iter();
            let theirs: BTreeSet<String> = theirs.map(|error| comparable(error["field"].as_str().unwrap())).collect();
            if ours == theirs {
                exact += 1;
            } else {
                differing.push(id.to_owned());
                println!("{id}: server {theirs:?}, podlint {ours:?}");
            }
        }
    }
    println!("admitted-or-not: {agree} of {}", cases.len());
    println!("exact field set: {exact} of {compared}");
    println!("decoding errors: {decoding_found} of {decoding}");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(decoding_found, decoding);
    differing.sort();
    assert_eq!(differing, EXPLAINED);
}

/// What servers of several versions answered to the same manifests: `accepted`, a word for another stage, or fields.
#[test]
fn servers_of_every_version_and_podlint_admit_the_same() {
    let rows = rows("servers");
    for minor in [29, 31, 33, 34, 35, 36, 37] {
        let settings = Settings { kubernetes_version: Some(minor), ..Settings::default() };
        let version = format!("1.{minor}");
        let (mut asked, mut agree, mut compared, mut exact) = (0, 0, 0, 0);
        for (index, row) in rows.iter().enumerate() {
            // What a version answered as 1.34 did is not written down again; of that a part is enough.
            let own = row["answers"].get(&version);
            let answer = own.unwrap_or(&row["answers"]["1.34"]);
            if answer.is_null() || (own.is_none() && index % 7 != 0) {
                continue;
            }
            let found = errors(row["yaml"].as_str().unwrap(), &settings);
            asked += 1;
            if found.is_empty() == (answer == "accepted") {
                agree += 1;
            } else {
                println!("{version} {}: server {answer}, podlint {:?}", row["id"], found.first());
            }
            if answer == "accepted" || answer.is_array() {
                let theirs = answer.as_array().into_iter().flatten().filter_map(Value::as_str);
                let ours: BTreeSet<String> = found.iter().map(|found| comparable(&found.path)).collect();
                let theirs: BTreeSet<String> = theirs.map(comparable).collect();
                compared += 1;
                exact += usize::from(ours == theirs);
            }
        }
        println!("{version}: admitted-or-not {agree} of {asked}, exact field set {exact} of {compared}");
        assert_eq!(agree, asked, "{version}");
        assert!(exact * 100 >= compared * 95, "{version}: {exact} of {compared}");
    }
}

/// Whether a finding is one of decoding: the server reports these before it validates anything.
fn is_decoding(found: &Diagnostic) -> bool {
    let rules = [
        "unknown-field",
        "wrong-type",
        "duplicate-key",
        "invalid-quantity",
        "syntax-error",
        "missing-field",
        "invalid-value",
    ];
    rules.contains(&found.rule)
}

#[test]
fn warnings_are_no_errors() {
    // The newest version is assumed where none is set: what 1.34 admits, it admits too, unless 1.34 did not look at it. Of
    // addresses it wants the plain form.
    for case in cases().iter().filter(|case| case["accepted"] == true) {
        let yaml = case["yaml"].as_str().unwrap();
        if lint(&source("yaml", yaml), &settings()).diagnostics.iter().any(|found| found.rule == "ignored-field") {
            continue;
        }
        let mut found = errors(yaml, &Settings::default());
        found.retain(|found| !found.message.contains("leading zeros"));
        assert!(found.is_empty(), "{}: {found:#?}", case["id"]);
    }
}

#[test]
fn the_server_and_podlint_warn_of_the_same() {
    let (mut agree, mut compared) = (0, 0);
    for case in cases().iter().filter(|case| case["accepted"] == true) {
        let report = lint(&source("yaml", case["yaml"].as_str().unwrap()), &settings());
        // Of what it drops the server says nothing, and of what it will refuse in the pods of a template.
        let says_nothing = ["ignored-field", "forbidden-combination"];
        let by_server = |found: &&Diagnostic| {
            found.severity == Severity::Warning
                && found.authority == Authority::Kubernetes
                && !says_nothing.contains(&found.rule)
        };
        let warned = report.diagnostics.iter().filter(by_server).count() > 0;
        compared += 1;
        agree += usize::from(warned == (case["warnings"].as_u64().unwrap_or_default() > 0));
    }
    println!("warnings or none: {agree} of {compared}");
    // The rest are projected sources behind feature gates, which the server drops and then misses.
    assert!(agree * 100 >= compared * 95, "{agree} of {compared}");
}

#[test]
fn fields_belong_to_versions() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  workloadRef: {name: w}\n  containers: [{name: a, image: 'a:1'}]\n";
    let definition = podlint::schema::kubernetes::definition("PodSpec").expect("the table");
    let newer =
        definition.fields.iter().find(|field| field.versions.0 > 34 && field.versions.1 == 37).expect("a newer field");
    let text = pod.replace("workloadRef: {name: w}", &format!("{}: null", newer.wire));
    let rules = |version| {
        let settings = Settings { kubernetes_version: Some(version), ..Settings::default() };
        errors(&text, &settings).iter().map(|found| found.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules(34), ["version-mismatch"]);
    assert_eq!(rules(37), Vec::<&str>::new());
}

#[test]
fn policies_of_single_containers_are_judged_by_version() {
    let verdict = |version: Option<u8>, list: &str, policy: &str| {
        let other = if list == "containers" { "" } else { "  containers: [{name: b, image: 'b:1'}]\n" };
        let container = format!("  {list}: [{{name: a, image: 'a:1', restartPolicy: {policy}}}]\n");
        let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: x}}\nspec:\n{other}{container}");
        let settings = Settings { kubernetes_version: version, ..Settings::default() };
        let report = lint(&source("yaml", &text), &settings);
        let found = report.diagnostics.iter().find(|found| found.rule == "container-restart-policy");
        found.map(|found| (found.severity, found.authority))
    };
    let refused = Some((Severity::Error, Authority::Kubernetes));
    for policy in ["Always", "always", "OnFailure"] {
        assert_eq!(verdict(Some(33), "containers", policy), refused, "{policy}");
        assert_eq!(verdict(Some(34), "containers", policy), None, "{policy}");
    }
    for policy in ["always", "OnFailure"] {
        assert_eq!(verdict(Some(33), "initContainers", policy), refused, "{policy}");
        assert_eq!(verdict(Some(34), "initContainers", policy), None, "{policy}");
    }
    for list in ["containers", "initContainers"] {
        assert_eq!(verdict(Some(36), list, "always"), refused, "{list}");
        assert_eq!(verdict(Some(36), list, "OnFailure"), None, "{list}");
        assert_eq!(verdict(None, list, "always").map(|found| found.0), Some(Severity::Warning), "{list}");
    }
    for version in [None, Some(33), Some(34), Some(37)] {
        assert_eq!(verdict(version, "initContainers", "Always"), None, "{version:?}");
    }
}

#[test]
fn structural_verdicts_are_those_of_jsonschema() {
    let text = std::fs::read_to_string(repository("schemas/kubernetes/v1.34.json")).expect("the schema");
    let mut schema: Value = serde_json::from_str(&text).expect("JSON");
    let name = schema["$defs"].as_object().unwrap().keys().find(|name| name.ends_with(".PodTemplate")).unwrap().clone();
    schema["$ref"] = format!("#/$defs/{name}").into();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let mut compared = 0;
    for case in cases() {
        let yaml = case["yaml"].as_str().unwrap();
        let report = lint(&source("yaml", yaml), &settings());
        let Some(document) =
            report.documents.first().filter(|document| document.api.as_ref().is_some_and(|api| api.1 == "PodTemplate"))
        else {
            continue;
        };
        // What could not be read is nothing that a schema could judge.
        if document.is_partly_dynamic() {
            continue;
        }
        let ours = report.diagnostics.iter().any(|found| found.rule == "wrong-type");
        let json = support::show(&document.root);
        // The server reads null as absent everywhere.
        let theirs = validator.iter_errors(&json).any(|error| is_type_error(&error) && !error.instance().is_null());
        // What the schema cannot say: quantities may be numbers, integers have bounds, times a format.
        let of_types = |found: &&Diagnostic| found.rule == "wrong-type";
        let beyond_schema = |found: &Diagnostic| {
            found.message.contains("bits") || found.message.contains("time") || found.message.contains("quantity")
        };
        let only_ours = ours && report.diagnostics.iter().filter(of_types).all(beyond_schema);
        let only_theirs = validator.iter_errors(&json).all(|error| {
            let place = error.instance_path().to_string();
            let quantities = ["limits", "requests", "sizeLimit", "overhead", "divisor", "storage"];
            error.instance().is_null() || quantities.iter().any(|field| place.contains(field)) || !is_type_error(&error)
        });
        assert!(ours == theirs || only_ours || only_theirs, "{}: podlint {ours}, jsonschema {theirs}", case["id"]);
        compared += 1;
    }
    assert!(compared > 1500, "{compared}");
}

fn is_type_error(error: &jsonschema::ValidationError<'_>) -> bool {
    matches!(error.kind(), jsonschema::error::ValidationErrorKind::Type { .. })
}
