//! The classes and functions of the Flyte SDKs that take templates or stand beside them, by where they come from.

use crate::document::UseKind;

/// A class of an SDK.
#[derive(Debug, PartialEq, Eq)]
pub struct SdkClass {
    /// Its name with the package's: `flyte.Resources`.
    pub name: &'static str,
    /// The parameters that are given by position.
    pub positional: &'static [&'static str],
    /// What a template becomes that is given to it.
    pub takes: Option<UseKind>,
    /// It speaks of a task or environment; anything else is of no concern to a pod.
    pub is_setting: bool,
}

const fn setting(name: &'static str, positional: &'static [&'static str]) -> SdkClass {
    SdkClass { name, positional, takes: None, is_setting: true }
}

const fn taker(name: &'static str, positional: &'static [&'static str], takes: UseKind) -> SdkClass {
    SdkClass { name, positional, takes: Some(takes), is_setting: true }
}

static V2: &[SdkClass] = &[
    setting("flyte.Resources", &["cpu", "memory", "gpu", "disk", "shm"]),
    setting("flyte.GPU", &["device", "quantity", "partition"]),
    setting("flyte.TPU", &["device", "partition"]),
    setting("flyte.Device", &["quantity", "device_class", "device", "partition"]),
    setting("flyte.ReusePolicy", &["replicas"]),
    setting("flyte.Secret", &["key"]),
    taker("flyte.ContainerTask", &["name"], UseKind::ContainerTask),
    taker("flyte.TaskEnvironment", &["name", "depends_on", "pod_template"], UseKind::TaskEnvironment),
    taker("flyte.AppEnvironment", &["name", "depends_on", "pod_template"], UseKind::AppEnvironment),
];

static V1: &[SdkClass] = &[
    setting("flytekit.Resources", &["cpu", "mem", "gpu", "ephemeral_storage"]),
    SdkClass { name: "flytekit.ImageSpec", positional: &["name"], takes: None, is_setting: false },
    taker("flytekit.ContainerTask", &["name", "image", "command"], UseKind::ContainerTask),
    taker("flytekit.ShellTask", &["name"], UseKind::V1Task),
    taker("flytekit.NotebookTask", &["name"], UseKind::V1Task),
    taker("flytekit.PythonFunctionTask", &["task_config", "task_function"], UseKind::V1Task),
];

static ROLES: &[SdkClass] = &[
    taker("HeadNodeConfig", &["ray_start_params"], UseKind::PluginRole),
    taker("WorkerNodeConfig", &["group_name", "replicas"], UseKind::PluginRole),
    taker("Spark", &["spark_conf", "hadoop_conf"], UseKind::PluginRole),
    taker("Databricks", &["spark_conf", "hadoop_conf"], UseKind::PluginRole),
    taker("DatabricksV2", &["spark_conf", "hadoop_conf"], UseKind::PluginRole),
    taker("Worker", &["image"], UseKind::PluginRole),
    taker("Master", &["image"], UseKind::PluginRole),
    taker("WorkerGroup", &["number_of_workers"], UseKind::PluginRole),
    taker("Scheduler", &["image"], UseKind::PluginRole),
];

/// The class that a dotted path means: `flyte.app.extras.FastAPIAppEnvironment`.
pub fn class(path: &str) -> Option<&'static SdkClass> {
    let (package, name) = (path.split('.').next()?, path.rsplit('.').next()?);
    let in_table =
        |table: &'static [SdkClass], name: &str| table.iter().find(|class| class.name.rsplit('.').next() == Some(name));
    match package {
        "flyte" | "flyteplugins" => {
            // Every kind of environment takes a template in the same way: `FastAPIAppEnvironment`, `ClusteredTaskEnvironment`.
            let kind = ["AppEnvironment", "TaskEnvironment"].into_iter().find(|kind| name.ends_with(kind));
            in_table(V2, kind.unwrap_or(name)).or_else(|| in_table(ROLES, name))
        }
        "flytekit" | "union" | "flytekitplugins" => in_table(V1, name).or_else(|| in_table(ROLES, name)),
        _ => in_table(ROLES, name).filter(|_| path.contains('.')),
    }
}

/// Whether a path is one of flytekit's decorators that make a task of a function.
pub fn makes_v1_task(path: &str) -> bool {
    let mut parts = path.split('.');
    matches!(parts.next(), Some("flytekit" | "union"))
        && matches!(path.rsplit('.').next(), Some("task" | "dynamic" | "eager"))
}

/// The class of an object that an SDK's own functions give, where it is no value of Kubernetes.
pub fn class_of_result(path: &str) -> Option<&'static str> {
    ["flyte.Image", "flytekit.ImageSpec", "flyte.Resources", "flytekit.Resources"].into_iter().find(|class| {
        path.strip_prefix(class).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '(']))
            && path.ends_with(')')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_known_by_package_and_name() {
        let name = |path: &str| class(path).map(|class| class.name);
        assert_eq!(name("flyte.TaskEnvironment"), Some("flyte.TaskEnvironment"));
        assert_eq!(name("flyte.app.extras.FastAPIAppEnvironment"), Some("flyte.AppEnvironment"));
        assert_eq!(name("flyte.clustered.ClusteredTaskEnvironment"), Some("flyte.TaskEnvironment"));
        assert_eq!(name("union.Resources"), Some("flytekit.Resources"));
        assert_eq!(name("flytekitplugins.spark.Spark"), Some("Spark"));
        assert_eq!(name("mine.Resources"), None);
        assert_eq!(class_of_result("flyte.Image.from_debian_base()"), Some("flyte.Image"));
        assert_eq!(class_of_result("flyte.Images()"), None);
        assert!(makes_v1_task("flytekit.core.task.task") && !makes_v1_task("celery.task"));
    }
}
