//! The pods that Flyte's backend makes of tasks, by the settings of a cluster: `tests/backend.md`.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod support;

use serde_json::Value;
use support::run::{podlint, project};
use support::{bless, is_update, repository};

/// The blocks of code of a case: the language, the name, and the text.
fn blocks(case: &str) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut lines = case.lines();
    while let Some(line) = lines.next() {
        let Some(head) = line.strip_prefix("```") else { continue };
        let (language, name) = head.split_once(' ').unwrap_or((head, ""));
        let text = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
        found.push((language.to_owned(), name.to_owned(), text));
    }
    found
}

/// Without what Flyte adds in any case, which is the same everywhere.
fn short(mut pod: Value) -> Value {
    fn clean(node: &mut Value) {
        match node {
            Value::Object(map) => {
                map.retain(|key, _| !matches!(key.as_str(), "args" | "command" | "env" | "labels" | "file" | "line"));
                map.retain(|_, value| !value.is_null() && value != &Value::Array(Vec::new()));
                map.values_mut().for_each(clean);
            }
            Value::Array(items) => items.iter_mut().for_each(clean),
            _ => {}
        }
    }
    if let Some(map) = pod.as_object_mut() {
        map.retain(|key, _| matches!(key.as_str(), "metadata" | "spec" | "role" | "object" | "notes"));
        // The whole object repeats its pods.
        if let Some(object) = map.get_mut("object") {
            *object = object.get("kind").cloned().unwrap_or_default();
        }
    }
    clean(&mut pod);
    pod
}

#[test]
fn pods_are_as_the_backend_makes_them() {
    let path = repository("tests/backend.md");
    let page = std::fs::read_to_string(&path).expect("the cases");
    let (intro, cases) = page.split_once("\n## ").expect("a case");
    let mut blessed = intro.to_owned();
    for case in cases.split("\n## ") {
        let title = case.lines().next().unwrap_or_default();
        let blocks = blocks(case);
        let files: Vec<(&str, &str)> = blocks
            .iter()
            .filter(|block| !block.1.is_empty())
            .map(|block| (block.1.as_str(), block.2.as_str()))
            .collect();
        let folder = project(&files);
        let mut arguments = vec!["render", "t.py", "--isolated", "--format", "json"];
        for (name, flag) in [("flyte.yaml", "--flyte-config"), ("base.yaml", "--base")] {
            if files.iter().any(|(known, _)| *known == name) {
                arguments.extend([flag, name]);
            }
        }
        if title.contains("interruptible") {
            arguments.push("--interruptible");
        }
        let output = podlint(folder.path(), &arguments);
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{title}: {error}: {}", String::from_utf8_lossy(&output.stderr)));
        let pods: Vec<Value> = report["pods"].as_array().expect("pods").iter().cloned().map(short).collect();
        let found = format!("{}\n", serde_json::to_string_pretty(&pods).expect("JSON"));
        let expected = blocks.iter().find(|block| block.0 == "json").map(|block| block.2.clone()).unwrap_or_default();
        assert!(is_update() || found == expected, "{title}:\n{found}");
        blessed.push_str(&format!("\n## {title}\n"));
        for (language, name, text) in blocks.iter().filter(|block| block.0 != "json") {
            blessed.push_str(&format!("```{language} {name}\n{text}```\n"));
        }
        blessed.push_str(&format!("```json\n{found}```\n"));
    }
    bless(&path, &blessed);
}
