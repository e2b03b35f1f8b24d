"""The part of the packages that template authors call: the modules whose public names the tables hold."""

PUBLIC = {
    "flyte": [
        "flyte", "flyte.app", "flyte.app.extras", "flyte.clustered", "flyte.extend", "flyte.extras", "flyte.durable", "flyte.errors",
    ],
    "flytekit": [
        "flytekit", "flytekit.core.accelerators", "flytekit.core.array_node_map_task", "flytekit.core.base_task",
        "flytekit.core.cache", "flytekit.core.container_task", "flytekit.core.dynamic_workflow_task", "flytekit.core.environment",
        "flytekit.core.node", "flytekit.core.pod_template", "flytekit.core.promise", "flytekit.core.python_auto_container",
        "flytekit.core.python_function_task", "flytekit.core.resources", "flytekit.core.schedule", "flytekit.core.task",
        "flytekit.core.workflow", "flytekit.experimental", "flytekit.experimental.eager_function", "flytekit.extras.accelerators",
        "flytekit.extras.tasks.shell", "flytekit.image_spec", "flytekit.image_spec.image_spec", "flytekit.models.common",
        "flytekit.models.documentation", "flytekit.models.security",
    ],
    "flyteplugins-spark": ["flyteplugins.spark"],
    "flyteplugins-ray": ["flyteplugins.ray"],
    "flyteplugins-dask": ["flyteplugins.dask"],
    "flyteplugins-pytorch": ["flyteplugins.pytorch"],
    "flyteplugins-databricks": ["flyteplugins.databricks"],
    "flyteplugins-hydra": ["flyteplugins.hydra"],
    "flyteplugins-papermill": ["flyteplugins.papermill"],
    "flyteplugins-vllm": ["flyteplugins.vllm"],
    "flyteplugins-sglang": ["flyteplugins.sglang"],
    "flytekitplugins-pod": ["flytekitplugins.pod"],
    "flytekitplugins-spark": ["flytekitplugins.spark"],
    "flytekitplugins-ray": ["flytekitplugins.ray"],
    "flytekitplugins-dask": ["flytekitplugins.dask"],
    "flytekitplugins-kfpytorch": ["flytekitplugins.kfpytorch"],
    "flytekitplugins-kfmpi": ["flytekitplugins.kfmpi"],
    "flytekitplugins-kftensorflow": ["flytekitplugins.kftensorflow"],
    "flytekitplugins-inference": ["flytekitplugins.inference"],
    "flytekitplugins-papermill": ["flytekitplugins.papermill"],
    "flyteplugins-union": [],
    "union": ["union"],
}

# What lies here is told about only when the modules above name it themselves, not because something refers to it.
DISTANT = (
    "flyte._internal", "flyte._code_bundle", "flyte._persistence", "flyte.remote", "flyte.storage", "flyte.io", "flyte.types", "flyte.models",
    "flyte.cli", "flyte.config", "flyte.report", "flyte.connectors", "flyte.ai", "flyte.sandbox", "flyte.artifacts", "flyte.syncify",
    "flyte._utils", "flyte._debug",
    "flytekit.models.", "flytekit.remote", "flytekit.types", "flytekit.configuration", "flytekit.clients", "flytekit.clis",
    "flytekit.core.context_manager", "flytekit.core.type_engine", "flytekit.core.interface", "flytekit.core.artifact", "flytekit.deck",
    "flytekit.sensor", "flytekit.tools", "flytekit.exceptions", "flytekit.extend", "flytekit.core.data_persistence", "flytekit.loggers",
)
