//! The classes of the Flyte SDKs that take templates or stand beside them, by where they come from.

use crate::document::UseKind;
use crate::schema::sdk::{self, ParameterKind};

/// A class of an SDK.
#[derive(Debug, PartialEq, Eq)]
pub struct SdkClass {
    /// Its name with the package's: `flyte.Resources`.
    pub name: &'static str,
    /// The parameters that are given by position, where the tables of the SDKs do not have it.
    pub positional: &'static [&'static str],
    /// What a template becomes that is given to it.
    pub takes: Option<UseKind>,
}

const fn setting(name: &'static str, positional: &'static [&'static str]) -> SdkClass {
    SdkClass { name, positional, takes: None }
}

const fn taker(name: &'static str, positional: &'static [&'static str], takes: UseKind) -> SdkClass {
    SdkClass { name, positional, takes: Some(takes) }
}

static V2: &[SdkClass] = &[
    setting("flyte.Resources", &["cpu", "memory", "gpu", "disk", "shm"]),
    setting("flyte.GPU", &["device", "quantity", "partition"]),
    setting("flyte.TPU", &["device", "partition"]),
    setting("flyte.AMD_GPU", &["device"]),
    setting("flyte.HABANA_GAUDI", &["device"]),
    setting("flyte.Neuron", &["device"]),
    setting("flyte.Device", &["quantity", "device_class", "device", "partition"]),
    setting("flyte.ReusePolicy", &["replicas"]),
    setting("flyte.Secret", &["key"]),
    setting("flyte.Scaling", &["replicas", "metric", "scaledown_after"]),
    setting("flyte.Concurrency", &["val"]),
    setting("flyte.RequestRate", &["val"]),
    setting("flyte.Port", &["port", "name"]),
    setting("flyte.Timeouts", &["request"]),
    taker("flyte.ContainerTask", &["name"], UseKind::ContainerTask),
    taker("flyte.TaskEnvironment", &["name", "depends_on", "pod_template"], UseKind::TaskEnvironment),
    taker("flyte.AppEnvironment", &["name", "depends_on", "pod_template"], UseKind::AppEnvironment),
];

static V1: &[SdkClass] = &[
    setting("flytekit.Resources", &["cpu", "mem", "gpu", "ephemeral_storage"]),
    setting("flytekit.Secret", &["group", "key"]),
    setting("flytekit.ImageSpec", &["name"]),
    setting("flytekit.GPUAccelerator", &["device"]),
    taker("flytekit.ContainerTask", &["name", "image", "command"], UseKind::ContainerTask),
    taker("flytekit.ShellTask", &["name"], UseKind::V1Task),
    taker("flytekit.NotebookTask", &["name"], UseKind::V1Task),
    taker("flytekit.PythonFunctionTask", &["task_config", "task_function"], UseKind::V1Task),
];

/// The configurations of plugins, and of the roles in what the backend makes of their tasks.
static PLUGINS: &[SdkClass] = &[
    setting("RayJobConfig", &["worker_node_config", "head_node_config", "enable_autoscaling"]),
    taker("Spark", &["spark_conf", "hadoop_conf"], UseKind::PluginRole),
    taker("Databricks", &["spark_conf", "hadoop_conf"], UseKind::PluginRole),
    taker("DatabricksV2", &["spark_conf", "hadoop_conf"], UseKind::PluginRole),
    setting("Dask", &["scheduler", "workers"]),
    setting("Elastic", &["nnodes", "nproc_per_node"]),
    setting("PyTorch", &["master", "worker", "run_policy", "num_workers"]),
    setting("MPIJob", &["launcher", "worker", "run_policy", "slots"]),
    setting("HorovodJob", &["worker", "launcher", "run_policy", "slots"]),
    setting("TfJob", &["chief", "ps", "worker", "evaluator", "run_policy"]),
    setting("AutoscalerOptionsConfig", &["upscaling_mode", "idle_timeout_seconds"]),
    setting("Launcher", &["command", "image"]),
    setting("Chief", &["image"]),
    setting("PS", &["image"]),
    setting("Evaluator", &["image"]),
    setting("RunPolicy", &["clean_pod_policy", "ttl_seconds_after_finished"]),
    taker("HeadNodeConfig", &["ray_start_params"], UseKind::PluginRole),
    taker("WorkerNodeConfig", &["group_name", "replicas"], UseKind::PluginRole),
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
            in_table(V2, kind.unwrap_or(name)).or_else(|| in_table(PLUGINS, name))
        }
        "flytekit" | "union" | "flytekitplugins" => in_table(V1, name).or_else(|| in_table(PLUGINS, name)),
        _ => None,
    }
}

/// The parameters that are given by position, in the newest release; plugins of both SDKs have classes of one name.
pub fn positional(path: &str, class: &'static SdkClass) -> Vec<&'static str> {
    let Some(constructor) = sdk::find(path).and_then(|found| found.constructor(None)) else {
        return class.positional.to_vec();
    };
    let by_position = |kind| matches!(kind, ParameterKind::PositionalOnly | ParameterKind::Either);
    constructor.parameters(None).filter(|row| by_position(row.kind)).map(|row| row.name).collect()
}

/// Whether a path is one of flytekit's decorators that make a task of a function.
pub fn makes_v1_task(path: &str) -> bool {
    let mut parts = path.split('.');
    matches!(parts.next(), Some("flytekit" | "union"))
        && matches!(path.rsplit('.').next(), Some("task" | "dynamic" | "eager"))
}

/// The path of the class of images, where a dotted path is that or something of it: `flyte.Image.from_debian_base`.
pub fn image_layer(path: &str) -> Option<&str> {
    let rest = ["flyte.Image", "flyte._image.Image"].into_iter().find_map(|class| path.strip_prefix(class))?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('.') }
}

/// Whether a path is that of the client's `ApiClient`.
pub fn is_api_client(path: &str) -> bool {
    matches!(path, "kubernetes.client.ApiClient" | "kubernetes.client.api_client.ApiClient")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used)]
    use super::*;

    #[test]
    fn classes_are_known_by_package_and_name() {
        let name = |path: &str| class(path).map(|class| class.name);
        assert_eq!(name("flyte.TaskEnvironment"), Some("flyte.TaskEnvironment"));
        assert_eq!(name("flyte.app.extras.FastAPIAppEnvironment"), Some("flyte.AppEnvironment"));
        assert_eq!(name("flyte.clustered.ClusteredTaskEnvironment"), Some("flyte.TaskEnvironment"));
        assert_eq!(name("union.Resources"), Some("flytekit.Resources"));
        assert_eq!(name("flytekitplugins.spark.Spark"), Some("Spark"));
        assert_eq!(name("flyteplugins.ray.RayJobConfig"), Some("RayJobConfig"));
        let worker = class("flytekitplugins.kfpytorch.Worker").expect("a class");
        assert_eq!(positional("flytekitplugins.kfpytorch.Worker", worker).first(), Some(&"image"));
        assert_eq!((name("mine.Resources"), name("mine.Spark")), (None, None));
        assert_eq!(image_layer("flyte.Image.from_debian_base"), Some("from_debian_base"));
        assert_eq!(image_layer("flyte.Images"), None);
        assert!(makes_v1_task("flytekit.core.task.task") && !makes_v1_task("celery.task"));
    }
}
