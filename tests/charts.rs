//! Holds charts as they are to their rendered form: what is wrong in the latter by the chart's own text is found in the former.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use support::repository;
use support::run::podlint;

/// What is found in a file: rules with paths, and whether it holds only with the chart's default values.
fn found(folder: &Path, file: &str) -> BTreeSet<(String, String, bool)> {
    let output = podlint(folder, &["check", "--isolated", "--format", "json", file]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |found: &Value, key: &str| found[key].as_str().expect("text").to_owned();
    let list = report["findings"].as_array().expect("findings").clone();
    let one = |found: &Value| {
        let by_default = text(found, "message").contains("with the chart's default values");
        assert!(!by_default || found["severity"] != "error", "{found}");
        (text(found, "rule"), text(found, "path"), by_default)
    };
    list.iter().map(one).collect()
}

#[test]
fn charts_are_checked_as_they_are() {
    let folder = repository("tests/charts/service");
    for file in ["labels.yaml", "env.yaml", "whole.yaml", "include.yaml"] {
        let rendered = found(&folder, &format!("rendered/{file}"));
        assert!(rendered.len() > 1, "{rendered:?}");
        let source = found(&folder, &format!("templates/{file}"));
        for (rule, path, _) in &rendered {
            let is_found = [true, false].map(|by_default| source.contains(&(rule.clone(), path.clone(), by_default)));
            assert!(is_found.contains(&true), "{file}: {rule} at {path} is not found in the template: {source:#?}");
        }
    }
}

#[test]
fn both_ways_are_judged_and_defaults_are_named() {
    let folder = repository("tests/charts/service");
    let env = found(&folder, "templates/env.yaml");
    let has = |rule: &str, path: &str| env.iter().any(|found| found.0 == rule && found.1 == path);
    assert!(has("invalid-probe", "spec.containers[0].livenessProbe.httpGet.port"), "{env:#?}");
    assert!(has("unknown-medium", "spec.volumes[0].emptyDir.medium"), "{env:#?}");
    let labels = found(&folder, "templates/labels.yaml");
    let image = labels.iter().find(|found| found.0 == "sidecar-image-unpinned").expect("the sidecar's image");
    assert!(image.2, "{labels:#?}");
}
