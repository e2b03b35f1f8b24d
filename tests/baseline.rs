//! A baseline adopted on a messy tree lets old findings pass, survives moved lines, and stops new ones.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use std::path::Path;
use std::process::Output;

use serde_json::Value;
use support::run;

const TEMPLATE: &str = "\
apiVersion: v1
kind: PodTemplate
metadata: {name: training}
template:
  spec:
    containers:
      - {name: primary, image: 'a:1'}
      - {name: proxy, image: nginx}
      - {name: other, image: nginx}
";

fn podlint(folder: &Path, arguments: &[&str]) -> Output {
    let only = ["--select", "sidecar-missing-limits,sidecar-image-unpinned"];
    run::podlint(folder, &[arguments, &only].concat())
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn old_findings_pass_and_new_ones_fail() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.yaml");
    std::fs::write(&file, TEMPLATE).unwrap();
    assert_eq!(podlint(folder.path(), &["check", "."]).status.code(), Some(1));
    let written = podlint(folder.path(), &["check", ".", "--write-baseline", "base.json"]);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written));
    std::fs::write(folder.path().join("podlint.toml"), "baseline = \"base.json\"\n").unwrap();
    // Moved lines, another container before, and another order change nothing.
    let moved = format!("# a\n# b\n{}", TEMPLATE)
        .replace("      - {name: proxy, image: nginx}\n", "")
        .replace("    containers:\n", "    containers:\n      - {name: proxy, image: nginx}\n");
    std::fs::write(&file, &moved).unwrap();
    let known = podlint(folder.path(), &["check", "a.yaml"]);
    assert_eq!(known.status.code(), Some(0), "{}", text(&known));
    assert!(text(&known).contains("4 findings known from the baseline"), "{}", text(&known));
    // A new one fails, and is the only one shown.
    let more =
        moved.replace("{name: other, image: nginx}", "{name: other, image: nginx}\n      - {name: x, image: 'x:1'}");
    std::fs::write(&file, more).unwrap();
    let new = podlint(folder.path(), &["check", "a.yaml", "--format", "concise"]);
    assert_eq!(new.status.code(), Some(1));
    assert_eq!(text(&new).matches("a.yaml:").count(), 1, "{}", text(&new));
    // What was mended is stale.
    std::fs::write(&file, TEMPLATE.replace("      - {name: other, image: nginx}\n", "")).unwrap();
    let stale = podlint(folder.path(), &["check", "a.yaml"]);
    assert!(text(&stale).contains("2 findings of the baseline are no longer found"), "{}", text(&stale));
}

#[test]
fn sarif_and_json_mark_what_is_known() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), TEMPLATE).unwrap();
    podlint(folder.path(), &["check", "a.yaml", "--write-baseline", "base.json"]);
    let output = podlint(folder.path(), &["check", "a.yaml", "--baseline", "base.json", "--format", "sarif"]);
    let sarif: Value = serde_json::from_slice(&output.stdout).expect("SARIF");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 4);
    for result in results {
        assert_eq!(result["baselineState"], "unchanged");
        assert_eq!(result["suppressions"][0]["kind"], "external");
    }
    let output = podlint(folder.path(), &["check", "a.yaml", "--baseline", "base.json", "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&report["summary"]["known"], &report["summary"]["findings"]), (&4.into(), &0.into()));
    assert!(report["findings"].as_array().unwrap().iter().all(|found| found["known"] == true));
}

#[test]
fn locked_rules_are_never_known_and_a_broken_baseline_fails() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), TEMPLATE).unwrap();
    podlint(folder.path(), &["check", "a.yaml", "--write-baseline", "base.json"]);
    std::fs::write(folder.path().join("podlint.toml"), "locked = [\"sidecar-missing-limits\"]\n").unwrap();
    let output = podlint(folder.path(), &["check", "a.yaml", "--baseline", "base.json"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert_eq!(podlint(folder.path(), &["check", "a.yaml", "--baseline", "none.json"]).status.code(), Some(2));
    std::fs::write(folder.path().join("base.json"), "{").unwrap();
    assert_eq!(podlint(folder.path(), &["check", "a.yaml", "--baseline", "base.json"]).status.code(), Some(2));
}

#[test]
fn what_is_found_no_more_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.yaml");
    std::fs::write(&file, TEMPLATE).unwrap();
    podlint(folder.path(), &["check", "a.yaml", "--write-baseline", "base.json"]);
    std::fs::write(&file, TEMPLATE.replace("image: nginx}", "image: 'nginx:1.2.3'}")).unwrap();
    let run =
        |format: &str| podlint(folder.path(), &["check", "a.yaml", "--baseline", "base.json", "--format", format]);
    let full = text(&run("full"));
    let line = "no longer found: sidecar-image-unpinned in a.yaml at template.spec.containers[1].image\n";
    assert!(full.contains(line), "{full}");
    let report: Value = serde_json::from_slice(&run("json").stdout).expect("JSON");
    assert_eq!(report["summary"]["stale"], 2);
    assert_eq!(report["stale"][0]["rule"], "sidecar-image-unpinned");
    assert_eq!(report["stale"][1]["path"], "template.spec.containers[2].image");
    assert_eq!(text(&run("json-lines")).matches("\"type\":\"stale\"").count(), 2);
    let sarif: Value = serde_json::from_slice(&run("sarif").stdout).expect("SARIF");
    let notes = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert!(notes[0]["message"]["text"].as_str().unwrap().starts_with("no longer found: "), "{notes}");
}

#[test]
fn a_renamed_file_keeps_what_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.yaml");
    std::fs::write(&file, TEMPLATE).unwrap();
    podlint(folder.path(), &["check", "a.yaml", "--write-baseline", "base.json"]);
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    std::fs::rename(&file, folder.path().join("sub/b.yaml")).unwrap();
    let run = || podlint(folder.path(), &["check", ".", "--baseline", "base.json"]);
    assert_eq!(run().status.code(), Some(0), "{}", text(&run()));
    assert!(!text(&run()).contains("no longer found"), "{}", text(&run()));
    // A copy is no renamed file: what it adds is new.
    std::fs::write(&file, TEMPLATE).unwrap();
    assert_eq!(text(&run()).matches("warning[").count(), 4, "{}", text(&run()));
}

#[test]
fn a_baseline_keeps_files_that_a_run_did_not_look_at() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.yaml", "b.yaml"] {
        std::fs::write(folder.path().join(name), TEMPLATE).unwrap();
    }
    podlint(folder.path(), &["check", ".", "--write-baseline", "base.json"]);
    std::fs::write(folder.path().join("a.yaml"), TEMPLATE.replace("image: nginx}", "image: 'nginx:1.2.3'}")).unwrap();
    podlint(folder.path(), &["check", "a.yaml", "--write-baseline", "base.json"]);
    let run = podlint(folder.path(), &["check", ".", "--baseline", "base.json"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run));
    assert!(text(&run).contains("6 findings known") && !text(&run).contains("no longer found"), "{}", text(&run));
}
