//! What dotted paths mean: the classes of the Kubernetes client and of `PodTemplate`, however they are imported.

use super::super::value::{Sdk, ValueKind};
use crate::schema::python::{self, Class};
use crate::schema::sdk;

/// Packages whose functions leave what they are given as it is.
const HARMLESS: &[&str] = &[
    "flyte",
    "flyteplugins",
    "flytekit",
    "flytekitplugins",
    "union",
    "kubernetes",
    "logging",
    "structlog",
    "loguru",
    "warnings",
    "pytest",
    "unittest",
    "pprint",
    "rich",
    "typing",
    "typing_extensions",
    "inspect",
    "time",
    "datetime",
    "uuid",
    "random",
    "secrets",
    "hashlib",
    "platform",
    "socket",
    "getpass",
    "subprocess",
    "sys",
    "os",
    "pathlib",
    "math",
];

/// What `from flyte import *` brings, as far as it matters.
const V2_NAMES: &[&str] = &[
    "AppEnvironment",
    "Cache",
    "ContainerTask",
    "Cron",
    "Device",
    "GPU",
    "Image",
    "PodTemplate",
    "Resources",
    "RetryStrategy",
    "ReusePolicy",
    "Secret",
    "TPU",
    "TaskEnvironment",
    "Trigger",
    "deploy",
    "group",
    "init",
    "init_from_config",
    "map",
    "run",
    "trace",
    "with_runcontext",
];
/// The same of flytekit.
const V1_NAMES: &[&str] = &[
    "ContainerTask",
    "Image",
    "ImageSpec",
    "LaunchPlan",
    "PodTemplate",
    "Resources",
    "Secret",
    "current_context",
    "dynamic",
    "eager",
    "lazy_module",
    "map_task",
    "reference_task",
    "task",
    "workflow",
];

/// Names that are known here, and those of the tables.
fn with_tables(module: &str, known: &[&'static str]) -> Vec<&'static str> {
    let listed = sdk::find(module).and_then(|found| found.module()).map(|module| module.names).unwrap_or_default();
    let mut names: Vec<&'static str> = listed.iter().map(|row| row.name).chain(known.iter().copied()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What a dotted path means, where it is a class that podlint knows.
pub fn meaning(path: &str) -> Option<ValueKind> {
    if let Some(sdk) = template_class(path) {
        return Some(ValueKind::TemplateClass(sdk));
    }
    client_class(path).map(ValueKind::ClientClass)
}

/// `PodTemplate` by the ways in which the SDKs export it.
fn template_class(path: &str) -> Option<Sdk> {
    let (module, name) = path.rsplit_once('.')?;
    if name == "Pod" && (module == "flytekitplugins.pod" || module.starts_with("flytekitplugins.pod.")) {
        return Some(Sdk::Pod);
    }
    (name == "PodTemplate").then_some(())?;
    Some(match module {
        "flyte" | "flyte._pod" => Sdk::V2,
        "flytekit" | "flytekit.core.pod_template" | "flytekit.core" | "union" => Sdk::V1,
        _ => Sdk::Unknown,
    })
}

/// `kubernetes.client.V1X`, `kubernetes.client.models.V1X`, `kubernetes.client.models.v1_x.V1X`.
fn client_class(path: &str) -> Option<&'static Class> {
    let rest = path.strip_prefix("kubernetes.client.")?;
    let rest = rest.strip_prefix("models.").unwrap_or(rest);
    match rest.split_once('.') {
        Some((module, name)) => python::class_of_module(module).filter(|class| class.name == name),
        None => python::class(rest),
    }
}

/// Whether a function surely leaves its arguments alone.
pub fn is_harmless(path: &str) -> bool {
    let root = path.split(['.', '(']).next().unwrap_or_default();
    HARMLESS.contains(&root)
}

/// The names that `from kubernetes.client import *` and its like bring.
pub fn names_of(module: &str) -> Vec<&'static str> {
    match module {
        "flyte" => return with_tables("flyte", V2_NAMES),
        "flytekit" | "union" => return with_tables("flytekit", V1_NAMES),
        "kubernetes.client" | "kubernetes.client.models" => {}
        _ => return Vec::new(),
    }
    let mut names: Vec<&'static str> = python::class_names().collect();
    names.sort_unstable();
    names.dedup();
    if module == "kubernetes.client" {
        names.extend(["api_client", "configuration", "exceptions", "models", "rest"]);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_by_where_they_come_from() {
        for path in [
            "kubernetes.client.V1Container",
            "kubernetes.client.models.V1Container",
            "kubernetes.client.models.v1_container.V1Container",
        ] {
            assert_eq!(client_class(path).map(|class| class.name), Some("V1Container"), "{path}");
        }
        assert_eq!(template_class("flyte.PodTemplate"), Some(Sdk::V2));
        assert_eq!(template_class("flytekit.core.pod_template.PodTemplate"), Some(Sdk::V1));
        assert_eq!(template_class("templates.PodTemplate"), Some(Sdk::Unknown));
        assert_eq!(template_class("flytekitplugins.podcast.Pod"), None);
        assert!(client_class("kubernetes.client.Nothing").is_none() && client_class("mine.V1Container").is_none());
        assert!(is_harmless("flyte.run()") && !is_harmless("acme.flyte.run"));
    }
}
