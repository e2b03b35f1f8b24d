//! One task with the settings of a cluster, and what Flyte's backends made of it.

use std::path::Path;
use std::sync::Arc;

use podlint::config::{FlyteBackend, Settings};
use podlint::lint::lint_in;
use podlint::output::{Rendered, write_json};
use podlint::project::BackendChoice;
use podlint::report::Report;
use podlint::source::{Language, NoModules, SourceFile};
use serde_json::{Map, Value, json};

use crate::support::repository;
use crate::support::run::project;

/// Variables and labels that differ from run to run, or that every object gets.
const INJECTED_VARIABLES: &[&str] = &["FLYTE_", "_F_", "_U_", "ACTION_NAME", "RUN_NAME"];
const INJECTED_LABELS: &[&str] = &[
    "action",
    "attempt",
    "domain",
    "execution-id",
    "flyte.org/managed",
    "inject-flyte-secrets",
    "interruptible",
    "node-id",
    "organization",
    "primary_container_name",
    "project",
    "run",
    "task-name",
    "workflow-name",
];

/// A case.
pub struct Case {
    /// Its name.
    pub id: String,
    /// The module.
    pub python: String,
    /// Whether the template under the pods is one that the task asks for by its name.
    pub is_named: bool,
    base: Option<String>,
    config: Value,
    sdk: String,
    expected: Map<String, Value>,
}

impl Case {
    /// All cases.
    pub fn all() -> Vec<Self> {
        let text = std::fs::read_to_string(repository("tests/flyte/cases.jsonl")).expect("the cases");
        text.lines().map(|line| Self::of(&serde_json::from_str(line).expect("JSON"))).collect()
    }

    fn of(case: &Value) -> Self {
        let text = |name: &str| case[name].as_str().map(str::to_owned);
        Self {
            id: text("id").expect("a name"),
            python: text("python").expect("a module"),
            is_named: case["named"] == json!(true),
            base: text("base"),
            config: case["config"].clone(),
            sdk: text("sdk").expect("an SDK"),
            expected: case["expected"].as_object().cloned().expect("answers"),
        }
    }

    /// The objects that were made, with who made them.
    pub fn objects(&self) -> Vec<(&str, &Value)> {
        let made = |(who, answer): (&'_ String, &'_ Value)| answer.get("object").is_some().then_some(who.clone());
        let names: Vec<String> = self.expected.iter().filter_map(made).collect();
        names
            .iter()
            .map(|name| {
                let (who, answer) = self.expected.get_key_value(name).expect("an answer");
                (who.as_str(), &answer["object"])
            })
            .collect()
    }

    /// What was said instead of an object.
    pub fn errors(&self) -> Vec<String> {
        let error = |(who, answer): (&String, &Value)| {
            let text = ["error", "knative"].into_iter().find_map(|name| answer.get(name)?.as_str())?;
            Some(format!("{who}: {text}"))
        };
        self.expected.iter().filter_map(error).collect()
    }

    /// The backend, as the user would name it.
    pub fn backend(&self, takes_spark_templates: bool) -> Arc<FlyteBackend> {
        let platform = &self.config["platform"];
        let amounts = |name: &str| platform.get(name).cloned().unwrap_or_else(|| json!({}));
        let mut settings = json!({"plugins": {"k8s": self.config.get("config").cloned().unwrap_or_else(|| json!({}))}});
        if platform.is_object() {
            settings["task_resources"] = json!({"defaults": amounts("requests"), "limits": amounts("limits")});
        }
        let settings = settings.to_string();
        let mut files = vec![("flyte.yaml", settings.as_str())];
        files.extend(self.base.as_deref().map(|base| ("base.yaml", base)));
        let folder = project(&files);
        let choice = BackendChoice {
            base: self.base.as_ref().map(|_| folder.path().join("base.yaml")),
            flyte_config: Some(folder.path().join("flyte.yaml")),
            version: None,
            interruptible: self.config["interruptible"] == json!(true),
            spark_pod_templates: takes_spark_templates,
        };
        choice.load(&Settings::default().limits).expect("settings that can be read").expect("a backend")
    }

    /// What a check of the module says.
    pub fn report(&self) -> Report {
        let settings = Settings { backend: Some(self.backend(false)), ..Settings::default() };
        lint_in(&self.source(), &settings, &NoModules)
    }

    /// The module.
    pub fn source(&self) -> SourceFile {
        SourceFile::new(Path::new("module.py"), Language::Python, self.python.as_str())
    }

    /// What is otherwise in the pod or object that podlint shows.
    pub fn differences(&self, who: &str, object: &Value) -> Vec<String> {
        let backend = self.backend(who == "v2-template");
        let report = self.report();
        let pods = report.documents.iter().flat_map(|document| backend.backend.pods(document));
        let rendered = pods.map(|pod| Rendered { file: String::new(), line: 0, pod, runs_on: Vec::new() });
        let rendered: Vec<Rendered> = rendered.collect();
        let mut text = Vec::new();
        write_json(&mut text, &rendered).expect("JSON");
        let shown: Value = serde_json::from_slice(&text).expect("JSON");
        let shown = shown["pods"].as_array().expect("pods");
        let is_task = |pod: &&Value| pod["name"] == json!("work") || who == "v2-app";
        let Some(shown) = shown.iter().find(is_task) else { return vec!["nothing is shown".to_owned()] };
        let (mut shown, mut real) = match shown["object"].as_object() {
            Some(object_shown) => (object_shown["spec"].clone(), object["spec"].clone()),
            None => (
                json!({"metadata": shown["metadata"], "spec": shown["spec"]}),
                json!({"metadata": object["metadata"], "spec": object["spec"]}),
            ),
        };
        strip(&mut shown);
        strip(&mut real);
        let mut found = Vec::new();
        compare(&shown, &real, "", &mut found);
        let _ = &self.sdk;
        found
    }
}

/// Takes out what every object gets, and what is empty.
pub fn strip(node: &mut Value) {
    match node {
        Value::Array(items) => items.iter_mut().for_each(strip),
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                strip(value);
                if let (true, Value::Object(map)) = (matches!(key.as_str(), "labels" | "annotations"), &mut *value) {
                    map.retain(|key, _| !INJECTED_LABELS.contains(&key.as_str()) && !key.starts_with("flyte.secrets"));
                }
                if let (true, Value::Array(items)) = (key == "env", value) {
                    let name = |item: &Value| item["name"].as_str().unwrap_or_default().to_owned();
                    items.retain(|item| !INJECTED_VARIABLES.iter().any(|prefix| name(item).starts_with(prefix)));
                }
            }
            map.retain(|key, value| {
                let of_run = matches!(key.as_str(), "args" | "command" | "entrypoint" | "arguments");
                let empty = value.is_null() || value == &json!({}) || value == &json!([]) || value == &json!("");
                !of_run && !empty && value != &json!(false) && value != &json!(0)
            });
        }
        _ => {}
    }
}

fn is_dynamic(node: &Value) -> bool {
    node.as_str().is_some_and(|text| text.starts_with("<dynamic"))
}

fn compare(shown: &Value, real: &Value, path: &str, found: &mut Vec<String>) {
    if is_dynamic(shown) {
        return;
    }
    match (shown, real) {
        (Value::Object(shown), Value::Object(real)) => {
            let open = shown.contains_key("<dynamic>");
            for (key, value) in shown.iter().filter(|(key, _)| *key != "<dynamic>") {
                match real.get(key) {
                    Some(real) => compare(value, real, &format!("{path}.{key}"), found),
                    None if is_dynamic(value) => {}
                    None => found.push(format!("{path}.{key}: {value} instead of nothing")),
                }
            }
            for (key, value) in real.iter().filter(|(key, _)| !open && !shown.contains_key(*key)) {
                found.push(format!("{path}.{key}: nothing instead of {value}"));
            }
        }
        (Value::Array(shown), Value::Array(real)) if path.ends_with(".env") => variables(shown, real, path, found),
        (Value::Array(shown), Value::Array(real)) => {
            if shown.last().is_some_and(|last| last.as_str().is_some_and(|text| text.starts_with("<dynamic: further")))
            {
                return;
            }
            if shown.len() != real.len() {
                found.push(format!("{path}: {} items instead of {}", shown.len(), real.len()));
            }
            for (index, (shown, real)) in shown.iter().zip(real).enumerate() {
                compare(shown, real, &format!("{path}[{index}]"), found);
            }
        }
        _ if same(shown, real) => {}
        _ => found.push(format!("{path}: {shown} instead of {real}")),
    }
}

/// Variables: the order of those that come from maps is not fixed.
fn variables(shown: &[Value], real: &[Value], path: &str, found: &mut Vec<String>) {
    let mut left: Vec<&Value> = real.iter().collect();
    let is_open = shown.last().is_some_and(is_dynamic);
    for variable in shown.iter().filter(|item| !is_dynamic(item)) {
        let fits = |other: &&Value| {
            let mut wrong = Vec::new();
            compare(variable, other, "", &mut wrong);
            wrong.is_empty()
        };
        match left.iter().position(fits) {
            Some(index) => {
                left.remove(index);
            }
            None => found.push(format!("{path}: {variable} instead of nothing")),
        }
    }
    found.extend(left.iter().filter(|_| !is_open).map(|variable| format!("{path}: nothing instead of {variable}")));
}

/// Whether two values are the same, quantities by what they amount to.
pub fn same(one: &Value, other: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let amount = |value: &Value| text(value).and_then(|text| podlint::pod::Quantity::parse(&text).ok());
    one == other || matches!((amount(one), amount(other)), (Some(one), Some(other)) if one.compare(&other).is_eq())
}
