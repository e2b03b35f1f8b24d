//! Facts that were looked up in the packages by hand, or seen when they ran; and what holds for all rows.

use podlint::schema::sdk::{
    self, AttributeKind, Body, Callable, ClassKind, Default, Definition, Literal, MethodKind, NameKind, ParameterKind,
    Passes, Type, Version,
};

const NEWEST: Option<Version> = Some(Version(2, 12, 1));
const NEWEST_V1: Option<Version> = Some(Version(1, 16, 31));

fn found(path: &str) -> &'static Definition {
    sdk::find(path).unwrap_or_else(|| panic!("no {path}"))
}

/// The names of a signature with their defaults: `name`, `name=default`; `*` before those that are keywords only.
fn signature(callable: &'static Callable, version: Option<Version>) -> Vec<String> {
    let shown = |parameter: &sdk::Parameter| {
        let star = if parameter.kind == ParameterKind::KeywordOnly { "*" } else { "" };
        match parameter.default {
            Default::Required => format!("{star}{}", parameter.name),
            default => format!("{star}{}={default}", parameter.name),
        }
    };
    callable.parameters(version).map(shown).collect()
}

fn constructor(path: &str, version: Option<Version>) -> Vec<String> {
    signature(found(path).constructor(version).expect("a constructor"), version)
}

#[test]
fn both_pod_templates_take_the_same_four() {
    let four = ["pod_spec=None", "primary_container_name=\"primary\"", "labels=None", "annotations=None"];
    assert_eq!(constructor("flyte.PodTemplate", NEWEST), four);
    assert_eq!(constructor("flytekit.PodTemplate", NEWEST_V1), four);
    assert_eq!(found("flytekit.core.pod_template.PodTemplate").path, "flytekit.PodTemplate");
    let spec = found("flyte.PodTemplate").constructor(NEWEST).unwrap().parameter("pod_spec", NEWEST).unwrap();
    assert_eq!(spec.to_string(), "pod_spec: kubernetes.client.V1PodSpec | None = None");
}

#[test]
fn helpers_of_pod_templates_came_later() {
    let template = found("flyte.PodTemplate");
    let from_spec = template.method("from_spec", None).expect("a method");
    assert_eq!(from_spec.kind, MethodKind::Class);
    let expected = ["pod_spec", "*primary_container_name=None", "*labels=None", "*annotations=None"];
    assert_eq!(signature(&from_spec.callable, NEWEST), expected);
    for name in ["from_spec", "allow_fuse", "allow_nested_sandboxing"] {
        let first = template.method(name, None).unwrap().versions().first().expect("it came later");
        assert!(Version(2, 4, 0) < first && first <= Version(2, 4, 4), "{name} came with {first}");
    }
    assert!(template.method("with_termination_grace_period", Some(Version(2, 6, 0))).is_some());
    assert!(template.method("from_spec", Some(Version(2, 4, 0))).is_none());
}

#[test]
fn environments_say_what_they_refuse() {
    let environment = found("flyte.TaskEnvironment");
    let class = environment.class().unwrap();
    let check = class.checks.iter().find(|check| check.name == "pod_template").expect("a check");
    assert_eq!((check.allows.to_string().as_str(), check.raises), ("str | flyte.PodTemplate", "TypeError"));
    assert_eq!(check.passes, Passes::None);
    let resources = class.checks.iter().find(|check| check.name == "resources").expect("a check");
    assert_eq!(resources.allows, Type::Instance("flyte.Resources"));
    let names: Vec<&str> = environment.constructor(NEWEST).unwrap().parameters(NEWEST).map(|row| row.name).collect();
    assert_eq!(names[..3], ["name", "depends_on", "pod_template"]);
    assert!(!names.contains(&"_tasks"), "fields that the constructor does not take");
    assert!(environment.is_a("flyte._environment.Environment", NEWEST));
    assert!(found("flyte.app.AppEnvironment").is_a("flyte.Environment", NEWEST));
    assert!(!found("flyte.app.AppEnvironment").is_a("flyte.TaskEnvironment", NEWEST));
    assert!(found("flyte.clustered.ClusteredTaskEnvironment").is_a("flyte.TaskEnvironment", NEWEST));
}

#[test]
fn clones_of_task_environments_take_no_pod_template() {
    let clone = &found("flyte.TaskEnvironment").method("clone_with", NEWEST).unwrap().callable;
    assert!(clone.parameter("pod_template", NEWEST).is_none() && !clone.takes_any_keyword(NEWEST));
    assert_eq!(clone.head(NEWEST).unwrap().refuses, "TypeError");
    assert!(clone.parameter("reusable", NEWEST).is_some(), "taken out of its keywords");
    let of_app = &found("flyte.app.AppEnvironment").method("clone_with", NEWEST).unwrap().callable;
    assert!(of_app.parameter("pod_template", NEWEST).is_some());
}

#[test]
fn tasks_take_templates_and_no_unknown_names() {
    let task = &found("flyte.TaskEnvironment").method("task", NEWEST).unwrap().callable;
    let template = task.parameter("pod_template", NEWEST).unwrap();
    assert_eq!((template.kind, template.default), (ParameterKind::KeywordOnly, Default::Value(Literal::None)));
    assert!(!task.takes_any_keyword(NEWEST));
    let override_method = &found("flyte.TaskTemplate").method("override", NEWEST).unwrap().callable;
    assert!(override_method.parameter("pod_template", NEWEST).is_some() && override_method.takes_any_keyword(NEWEST));
    let v1 = found("flytekit.task").constructor(NEWEST_V1).unwrap();
    assert!(v1.parameter("pod_template_name", NEWEST_V1).is_some() && v1.parameter("template", NEWEST_V1).is_none());
    assert_eq!(v1.head(NEWEST_V1).unwrap().refuses, "ValueError");
    assert!(!v1.takes_any_keyword(NEWEST_V1) && v1.parameter("cache_version", NEWEST_V1).is_some());
    let dynamic = found("flytekit.dynamic").constructor(NEWEST_V1).unwrap();
    assert!(dynamic.parameter("pod_template", NEWEST_V1).is_some(), "a partial of task");
    let overrides = &found("flytekit.core.node.Node").method("with_overrides", NEWEST_V1).unwrap().callable;
    assert!(overrides.parameter("pod_template", NEWEST_V1).is_some());
}

#[test]
fn resources_of_the_generations_spell_memory_differently() {
    assert_eq!(
        constructor("flyte.Resources", NEWEST),
        ["cpu=None", "memory=None", "gpu=None", "disk=None", "shm=None"]
    );
    let v1 = constructor("flytekit.Resources", NEWEST_V1);
    assert_eq!(v1, ["cpu=None", "mem=None", "gpu=None", "ephemeral_storage=None"]);
}

#[test]
fn enums_have_their_members_and_plugins_their_pods() {
    let mount = found("flytekit.Secret.MountType");
    assert_eq!(mount.facts(NEWEST_V1).unwrap().kind, ClassKind::Enum);
    assert_eq!(mount.attribute("ENV_VAR", NEWEST_V1).unwrap().kind, AttributeKind::Member);
    assert!(mount.attribute("ENV", NEWEST_V1).is_none() && mount.constructor(NEWEST_V1).is_none());
    for path in ["flyteplugins.ray.HeadNodeConfig", "flytekitplugins.ray.WorkerNodeConfig"] {
        assert!(found(path).constructor(None).unwrap().parameter("pod_template", None).is_some(), "{path}");
    }
    for path in ["flyteplugins.spark.Spark", "flytekitplugins.spark.Spark"] {
        assert!(found(path).constructor(None).unwrap().parameter("driver_pod", None).is_some(), "{path}");
    }
    let elastic = found("flytekitplugins.kfpytorch.Elastic").constructor(None).unwrap();
    assert_eq!(elastic.parameter("increase_shared_mem", None).unwrap().default, Default::Value(Literal::Bool(true)));
    assert!(
        found("flyteplugins.pytorch.Elastic")
            .constructor(None)
            .unwrap()
            .parameter("increase_shared_mem", None)
            .is_none()
    );
    let pod = constructor("flytekitplugins.pod.Pod", None);
    assert_eq!(pod[0], "pod_spec");
}

#[test]
fn modules_say_which_names_they_have() {
    let module = found("flyte").module().unwrap();
    assert!(module.lists(NEWEST), "what its `__getattr__` gives is listed, too");
    assert!(module.name("PodTemplat", None).is_none() && module.name("deploy", NEWEST).is_some());
    assert_eq!(module.name("PodTemplate", NEWEST).unwrap().target, "flyte.PodTemplate");
    let accelerators = found("flytekit.extras.accelerators").module().unwrap();
    let t4 = accelerators.name("T4", NEWEST_V1).unwrap();
    assert_eq!(t4.kind, NameKind::Value);
    assert_eq!(t4.value.to_string(), "flytekit.extras.accelerators.GPUAccelerator('nvidia-tesla-t4')");
    let primary =
        found("flytekit.core.pod_template").module().unwrap().name("PRIMARY_CONTAINER_DEFAULT_NAME", None).unwrap();
    assert_eq!(primary.value, Default::Value(Literal::Text("primary")));
}

#[test]
fn the_spec_sheet_of_builders_is_closed_where_it_can_be() {
    assert!(found("flyte.PodTemplate").is_closed(NEWEST) && found("flyte.TaskEnvironment").is_closed(NEWEST));
    assert!(found("flyte.Resources").is_closed(NEWEST) && found("flytekit.PodTemplate").is_closed(NEWEST_V1));
    assert!(found("flyte.Cron").facts(NEWEST).unwrap().frozen);
    let packages = &found("flyte.Image").method("with_pip_packages", NEWEST).unwrap().callable;
    assert_eq!(packages.head(NEWEST).unwrap().returns, Type::Instance("flyte.Image"));
}

#[test]
fn kubernetes_comes_with_few_plugins() {
    let requires = |name: &str| sdk::distribution(name).expect("a distribution").requires("kubernetes", None);
    assert!(requires("flyteplugins-hydra") && requires("flytekitplugins-pod"));
    assert!(!requires("flyte") && !requires("flyteplugins-ray") && !requires("flyteplugins-spark"));
}

#[test]
fn every_row_hangs_together() {
    for definition in sdk::definitions() {
        assert!(std::ptr::eq(found(definition.path), definition), "{}", definition.path);
        assert!(definition.distribution().is_some_and(|one| !one.versions.is_empty()));
        match &definition.body {
            Body::Class(class) => {
                assert!(!class.facts.is_empty(), "{} is nothing", definition.path);
                class.methods.iter().for_each(|method| check_order(definition.path, &method.callable));
                class.constructor.iter().for_each(|callable| check_order(definition.path, callable));
            }
            Body::Function(callable) => check_order(definition.path, callable),
            Body::Module(module) => {
                for name in module.names.iter().filter(|name| name.kind == NameKind::Module) {
                    assert!(name.target.contains(name.name) || !name.target.is_empty());
                }
            }
        }
    }
}

/// In every release a signature is one that Python would take.
fn check_order(path: &str, callable: &'static Callable) {
    let distribution = found(path).distribution().unwrap();
    for version in distribution.versions {
        let rows: Vec<_> = callable.parameters(Some(*version)).collect();
        let rank = |kind: ParameterKind| match kind {
            ParameterKind::PositionalOnly => 0,
            ParameterKind::Either => 1,
            ParameterKind::Positionals => 2,
            ParameterKind::KeywordOnly => 3,
            ParameterKind::Keywords | ParameterKind::Forwarded => 4,
        };
        assert!(rows.is_sorted_by_key(|row| rank(row.kind)), "{path} in {version}");
        let mut names: Vec<&str> = rows.iter().map(|row| row.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), rows.len(), "{path} in {version} has a name twice");
    }
}
