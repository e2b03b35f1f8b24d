//! Spark: a `SparkApplication` with a driver and executors, whose fields hold a part of the task's pod.
//!
//! Source: `plugins/k8s/spark/spark.go` of Flyte, `plugins/spark` of flyte, `flytekitplugins.spark`.

use super::{Job, number, object, parts, role_metadata, role_spec, role_template, template};
use crate::flyte::backend::Task;
use crate::flyte::build::{self, Maker, append};
use crate::flyte::merge::{self, Losses};
use crate::tree::{Node, Setter, Value};

/// A role: its name, the argument for its template, and the container that the operator patches.
struct Role {
    name: &'static str,
    argument: &'static str,
    container: &'static str,
}

const DRIVER: Role = Role { name: "driver", argument: "driver_pod", container: "spark-kubernetes-driver" };
const EXECUTOR: Role = Role { name: "executor", argument: "executor_pod", container: "spark-kubernetes-executor" };

pub fn job(task: &mut Task<'_>, submitted: &Node, config: &Node, interruptible: bool) -> Job {
    let make = task.make;
    let mut settings = settings(task, config);
    let mut roles = Vec::new();
    // A driver that is interrupted takes the whole application with it.
    let (mut driver, pod) = role(task, submitted, config, &DRIVER, false);
    roles.push((DRIVER.name.to_owned(), pod));
    let (mut executor, pod) = role(task, submitted, config, &EXECUTOR, interruptible);
    roles.push((EXECUTOR.name.to_owned(), pod));
    for (node, role, setting) in [
        (&mut driver, &DRIVER, "spark.kubernetes.driver.podTemplateContainerName"),
        (&mut executor, &EXECUTOR, "spark.kubernetes.executor.podTemplateContainerName"),
    ] {
        if build::field(node, "template").is_some() {
            build::set(&mut settings, setting, make.text(role.container));
        }
        copy_number(&settings, &format!("spark.{}.cores", role.name), node, "cores", make);
        let memory = build::field(&settings, &format!("spark.{}.memory", role.name)).cloned();
        if let Some(memory) = memory.filter(|memory| !build::is_zero(memory)) {
            build::set(node, "memory", memory);
        }
    }
    copy_number(&settings, "spark.executor.instances", &mut executor, "instances", make);
    let account = account(task);
    build::set(&mut driver, "serviceAccount", account);
    let has_template = build::field(&driver, "template").is_some();
    let spec = application(task, config, (driver, executor), settings, has_template);
    Job { object: object(task, "sparkoperator.k8s.io/v1beta2", "SparkApplication", None, spec), roles }
}

/// The service account of the pods of an application.
fn account(task: &Task<'_>) -> Node {
    let default = || task.make.text(if task.is_v1() { "default" } else { "spark" });
    task.account().unwrap_or_else(default)
}

fn application(
    task: &Task<'_>,
    config: &Node,
    (driver, executor): (Node, Node),
    settings: Node,
    has_template: bool,
) -> Node {
    let make = task.make;
    let image = build::field(&executor, "image").cloned();
    let batch = build::field(&settings, "spark.batchScheduler").cloned();
    let main = build::field(config, "applications_path").filter(|node| !build::is_zero(node)).cloned();
    let restart = make.map([("type", make.text("OnFailure")), ("onSubmissionFailureRetries", make.number(14))]);
    let mut spec = make.map([
        ("type", make.text("Python")),
        ("sparkVersion", make.text(if has_template { "3.0.0" } else { "" })),
        ("mainApplicationFile", main.unwrap_or_else(|| make.unknown("the entrypoint in the image"))),
        ("image", image.unwrap_or_else(|| make.unknown("the task's image"))),
        ("arguments", make.unknown("the task's arguments")),
        ("driver", driver),
        ("executor", executor),
        ("sparkConf", settings),
        ("restartPolicy", restart),
    ]);
    if task.is_v1() {
        build::set(&mut spec, "mode", make.text("cluster"));
    }
    if let Some(hadoop) = build::field(config, "hadoop_conf").filter(|node| !build::is_zero(node)) {
        build::set(&mut spec, "hadoopConf", hadoop.clone());
    }
    if let Some(batch) = batch {
        build::set(&mut spec, "batchScheduler", batch);
    }
    Node { setter: Setter::Author, ..spec }
}

/// The settings of Spark: the cluster's, the interpreter, the task's, and limits that follow from them.
fn settings(task: &Task<'_>, config: &Node) -> Node {
    let make = task.make;
    let cluster = task.backend.platform.of_plugin("spark", "spark-config-default");
    let mut settings = pairs_of(cluster, make);
    let python = build::field(config, "executor_path").filter(|node| !build::is_zero(node)).cloned();
    let python = python.unwrap_or_else(|| make.unknown("the interpreter in the image"));
    build::set(&mut settings, "spark.pyspark.python", python.clone());
    build::set(&mut settings, "spark.pyspark.driver.python", python);
    let own = build::field(config, "spark_conf").cloned();
    let mut settings = build::union(Some(settings), own).unwrap_or_else(|| make.map([]));
    for role in ["driver", "executor"] {
        let limit = format!("spark.kubernetes.{role}.limit.cores");
        let sources = [format!("spark.kubernetes.{role}.request.cores"), format!("spark.{role}.cores")];
        let value = sources.iter().find_map(|name| build::field(&settings, name).filter(|node| !build::is_zero(node)));
        if let Some(value) = value.cloned().filter(|_| build::is_empty(&settings, &limit)) {
            build::set(&mut settings, &limit, value);
        }
    }
    build::set(
        &mut settings,
        "spark.kubernetes.executor.podNamePrefix",
        make.unknown("the name of the run and action"),
    );
    build::set(&mut settings, "spark.kubernetes.driverEnv.FLYTE_START_TIME", make.unknown("the time of the start"));
    settings
}

/// A map of settings, which may be written as a list of maps.
fn pairs_of(node: Option<&Node>, make: Maker) -> Node {
    let mut made = make.map([]);
    let maps = node.map(|node| node.as_list().map_or_else(|| vec![node.clone()], |list| list.items.clone()));
    for map in maps.unwrap_or_default() {
        made = build::union(Some(made), Some(map)).unwrap_or_else(|| make.map([]));
    }
    made
}

/// A number that is written as text in the settings.
fn copy_number(settings: &Node, setting: &str, node: &mut Node, field: &str, make: Maker) {
    let Some(value) = build::field(settings, setting) else { return };
    let made = match &value.value {
        Value::String(text) => text.parse().ok().map(|number| make.number(number)),
        Value::Number(_) => number(value).map(|number| make.number(number)),
        Value::Dynamic(_) => Some(value.clone()),
        _ => None,
    };
    if let Some(made) = made {
        build::set(node, field, made);
    }
}

/// The fields of a role, and the pod that they stand for.
fn role(task: &mut Task<'_>, submitted: &Node, config: &Node, role: &Role, interruptible: bool) -> (Node, Node) {
    let make = task.make;
    let (meta, mut spec) = parts(task.pod_with_tolerations(submitted, interruptible), make);
    let own = role_template(config, role.argument);
    let mut primary = task.primary.clone();
    if task.is_v1() {
        if let Some(over) = own.and_then(role_spec) {
            let mut losses = Losses::default();
            spec = merge::overlay(&spec, over, &mut losses);
            task.notes.append(&mut losses.notes);
        }
        if let Some(own) = own {
            let named = build::field(own, "primary_container_name").map_or(Some("primary"), Node::as_str);
            primary = named.map(str::to_owned).filter(|name| !name.is_empty()).or(primary);
        }
    } else {
        task.schedule(interruptible).constrain(&mut spec);
    }
    let index = primary.as_deref().and_then(|name| build::container(&spec, name));
    let container = index.and_then(|index| build::items(&spec, "containers").get(index)).cloned();
    let container = container.unwrap_or_else(|| {
        let name = primary.as_deref().unwrap_or("primary");
        task.notes.push(format!("refused: the task's pod has no container `{name}`, which the {} wants", role.name));
        make.map([])
    });
    let fields = fields(task, (&meta, &spec), &container, own, role);
    let pod = shown(task, (&meta, &spec), own, &fields, role);
    (fields, pod)
}

/// What the operator is told of a role.
fn fields(task: &Task<'_>, (meta, spec): (&Node, &Node), container: &Node, own: Option<&Node>, role: &Role) -> Node {
    let make = task.make;
    let (meta, over) = match task.is_v1() {
        true => (meta.clone(), own),
        false => (Node { setter: Setter::Author, ..make.map([]) }, None),
    };
    let meta = role_metadata(task, &meta, over);
    let mut variables = Node { setter: Setter::Author, ..make.map([]) };
    if let Some(env) = build::field(container, "env") {
        build::set(&mut variables, "env", env.clone());
    }
    let attempts =
        make.map([("name", make.text("FLYTE_MAX_ATTEMPTS")), ("value", make.unknown("the number of attempts"))]);
    append(&mut variables, "env", make, [attempts]);
    let scheduler = build::field(spec, "schedulerName").cloned().unwrap_or_else(|| make.text(""));
    let host = build::field(spec, "hostNetwork").cloned().unwrap_or_else(|| make.bool(false));
    let mut node = Node { setter: Setter::Author, ..make.map([("schedulerName", scheduler), ("hostNetwork", host)]) };
    let mut copy = |from: &Node, wire: &str, to: &str| {
        if let Some(value) = build::field(from, wire) {
            build::set(&mut node, to, value.clone());
        }
    };
    copy(&meta, "annotations", "annotations");
    copy(&meta, "labels", "labels");
    copy(&variables, "env", "env");
    copy(container, "image", "image");
    for wire in ["affinity", "dnsConfig", "nodeSelector", "tolerations"] {
        copy(spec, wire, wire);
    }
    copy(spec, "securityContext", "podSecurityContext");
    if task.is_v1() {
        copy(container, "securityContext", "securityContext");
        copy(spec, "priorityClassName", "priorityClassName");
        build::set(&mut node, "serviceAccount", make.text("default"));
    } else if task.backend.spark_templates {
        build::set(&mut node, "template", make.map([("spec", operator_template(task, spec, own, role))]));
        build::set(&mut node, "serviceAccount", account(task));
    }
    node
}

/// The pod template for an operator that takes one: the role's own as it is, else the task's pod.
fn operator_template(task: &Task<'_>, spec: &Node, own: Option<&Node>, role: &Role) -> Node {
    let make = task.make;
    if let Some(own) = own {
        let mut own = role_spec(own).cloned().unwrap_or_else(|| make.map([]));
        if build::field(&own, "enableServiceLinks").is_none() {
            build::set(&mut own, "enableServiceLinks", make.bool(false));
        }
        return own;
    }
    let mut spec = spec.clone();
    for container in build::items_mut(&mut spec, "containers") {
        if build::text(container, "name") == task.primary.as_deref() {
            build::set(container, "name", make.text(role.container));
            build::take(container, "command");
            build::take(container, "args");
            break;
        }
    }
    spec
}

/// The pod of a role as far as the fields make it: the operator adds what it has no fields for.
fn shown(task: &Task<'_>, (_, spec): (&Node, &Node), own: Option<&Node>, fields: &Node, role: &Role) -> Node {
    let make = task.make;
    let mut meta = Node { setter: Setter::Author, ..make.map([]) };
    for part in ["labels", "annotations"] {
        if let Some(value) = build::field(fields, part) {
            build::set(&mut meta, part, value.clone());
        }
    }
    if !task.is_v1() && task.backend.spark_templates {
        return template(make, meta, operator_template(task, spec, own, role));
    }
    let mut primary = Node { setter: Setter::Author, ..make.map([("name", make.text(role.container))]) };
    for (from, wire) in [(fields, "image"), (fields, "env"), (fields, "securityContext")] {
        if let Some(value) = build::field(from, wire) {
            build::set(&mut primary, wire, value.clone());
        }
    }
    build::set(&mut primary, "resources", make.unknown("by the settings of Spark"));
    let mut pod = Node { setter: Setter::Author, ..make.map([("containers", make.list(vec![primary]))]) };
    for wire in ["affinity", "dnsConfig", "hostNetwork", "nodeSelector", "priorityClassName", "tolerations"] {
        if let Some(value) = build::field(fields, wire).filter(|value| !build::is_zero(value)) {
            build::set(&mut pod, wire, value.clone());
        }
    }
    if let Some(security) = build::field(fields, "podSecurityContext") {
        build::set(&mut pod, "securityContext", security.clone());
    }
    template(make, meta, pod)
}
