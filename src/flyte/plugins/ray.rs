//! Ray: a `RayJob` with a head, groups of workers and a pod that submits.
//!
//! Source: `plugins/k8s/ray/ray.go` of Flyte, `plugins/ray` of flyte, `flytekitplugins.ray`.

use super::{Job, number, object, parts, role_metadata, role_spec, role_template, template};
use crate::flyte::accelerator::Accelerator;
use crate::flyte::backend::Task;
use crate::flyte::build::{self, append};
use crate::flyte::merge::{self, Losses};
use crate::flyte::metadata::from_field;
use crate::flyte::resources::{pairs, single};
use crate::tree::{Node, Setter};

/// A group of pods.
struct Group<'n> {
    container: &'static str,
    config: Option<&'n Node>,
}

pub fn job(task: &mut Task<'_>, submitted: &Node, config: &Node, interruptible: bool) -> Job {
    let make = task.make;
    let (meta, mut spec) = parts(task.pod_with_tolerations(submitted, interruptible), make);
    let setting = task.backend.platform.of_plugin("ray", "serviceAccount").cloned();
    let setting = setting.unwrap_or_else(|| make.text("default"));
    build::set(&mut spec, "serviceAccountName", setting.clone());
    let account = task.account().unwrap_or(setting);
    let head = Group { container: "ray-head", config: build::field(config, "head_node_config") };
    let head_template = pod(task, submitted, (&meta, &spec), &head, interruptible, &account);
    let mut roles = vec![("head".to_owned(), head_template.clone())];
    let mut workers = Vec::new();
    for worker in build::items(config, "worker_node_config") {
        let group = Group { container: "ray-worker", config: Some(worker) };
        let template = pod(task, submitted, (&meta, &spec), &group, interruptible, &account);
        let name = build::text(worker, "group_name").unwrap_or("workers");
        roles.push((format!("worker group {name}"), template.clone()));
        workers.push(worker_group(task, worker, template));
    }
    let mode = task.backend.platform.of_plugin("ray", "submissionMode").filter(|_| !task.is_v1()).cloned();
    // In other modes nothing but the operator and the head submits.
    let by_pod = mode.as_ref().is_none_or(|mode| matches!(mode.as_str(), Some("" | "K8sJobMode")));
    let submitter = by_pod.then(|| submitter(task, (&meta, &spec), &head_template));
    roles.extend(submitter.clone().map(|template| ("submitter".to_owned(), template)));
    let cluster = make.map([
        ("headGroupSpec", head_group(task, &head, head_template)),
        ("workerGroupSpecs", make.list(workers)),
        ("enableInTreeAutoscaling", flag(build::field(config, "enable_autoscaling"), make.bool(false))),
    ]);
    let mut job = make.map([("entrypoint", make.unknown("the task's arguments")), ("rayClusterSpec", cluster)]);
    if let Some(submitter) = submitter {
        build::set(&mut job, "submitterPodTemplate", submitter);
    }
    set_end(task, &mut job, config);
    if !task.is_v1() {
        build::set(&mut job, "submissionMode", mode.unwrap_or_else(|| make.text("K8sJobMode")));
    }
    if build::field(config, "runtime_env").is_some() {
        build::set(&mut job, "runtimeEnvYAML", make.unknown("the runtime environment as YAML"));
    }
    if let Some(options) = build::field(config, "autoscaler_options")
        && let Some(cluster) = build::field_mut(&mut job, "rayClusterSpec")
    {
        build::set(cluster, "autoscalerOptions", autoscaler(task, options));
    }
    let job = Node { setter: Setter::Author, ..job };
    Job { object: object(task, "ray.io/v1", "RayJob", Some(&meta), job), roles }
}

/// When the cluster goes: by the task's word, else by the settings.
fn set_end(task: &Task<'_>, job: &mut Node, config: &Node) {
    let (make, platform) = (task.make, &task.backend.platform);
    let own = build::field(config, "shutdown_after_job_finishes").filter(|node| !build::is_zero(node));
    let (shutdown, seconds) = match own {
        Some(own) => (own.clone(), build::field(config, "ttl_seconds_after_finished").cloned()),
        None => (
            flag(platform.of_plugin("ray", "shutdownAfterJobFinishes"), make.bool(true)),
            Some(flag(platform.of_plugin("ray", "ttlSecondsAfterFinished"), make.number(3600))),
        ),
    };
    build::set(job, "shutdownAfterJobFinishes", shutdown);
    if let Some(seconds) = seconds {
        build::set(job, "ttlSecondsAfterFinished", seconds);
    }
}

fn flag(node: Option<&Node>, default: Node) -> Node {
    node.cloned().unwrap_or(default)
}

fn head_group(task: &Task<'_>, group: &Group<'_>, template: Node) -> Node {
    let (make, platform) = (task.make, &task.backend.platform);
    let setting = |name: &str, default: &str| flag(platform.of_plugin("ray", name), make.text(default));
    let dashboard = platform.of_plugin("ray", "includeDashboard").and_then(Node::as_bool).unwrap_or(true);
    let own = [
        ("include-dashboard", make.text(if dashboard { "true" } else { "false" })),
        ("node-ip-address", make.text("$MY_POD_IP")),
        ("dashboard-host", setting("dashboardHost", "0.0.0.0")),
    ];
    make.map([
        ("template", template),
        ("serviceType", setting("serviceType", "NodePort")),
        ("enableIngress", flag(platform.of_plugin("ray", "enableIngress"), make.bool(!task.is_v1()))),
        ("rayStartParams", start_parameters(task, group.config, own.into())),
    ])
}

fn worker_group(task: &Task<'_>, config: &Node, template: Node) -> Node {
    let make = task.make;
    let replicas = build::field(config, "replicas");
    let own = replicas.and_then(number);
    // flytekit takes nothing and zero for the number of replicas.
    let absent = if task.is_v1() { own } else { Some(0) };
    let count = |name: &str| match build::field(config, name).map(number) {
        None | Some(Some(0)) => absent,
        Some(number) => number,
    };
    let (least, most) = (count("min_replicas"), count("max_replicas"));
    let bounded = |value: Option<i64>, choose: fn(i64, i64) -> i64| match (value, own) {
        (Some(value), Some(own)) => make.number(choose(value, own)),
        _ => make.unknown("the number of workers"),
    };
    make.map([
        ("groupName", flag(build::field(config, "group_name"), make.unknown("the group's name"))),
        ("minReplicas", bounded(least, i64::min)),
        ("maxReplicas", bounded(most, i64::max)),
        ("replicas", flag(replicas, make.unknown("the number of workers"))),
        ("rayStartParams", start_parameters(task, Some(config), vec![("node-ip-address", make.text("$MY_POD_IP"))])),
        ("template", template),
    ])
}

/// The options of the autoscaler's container.
fn autoscaler(task: &Task<'_>, options: &Node) -> Node {
    let make = task.make;
    let mut made = Node { setter: Setter::Author, ..make.map([]) };
    if options.is_dynamic() {
        return make.unknown("the options of the autoscaler");
    }
    for (argument, wire) in [("idle_timeout_seconds", "idleTimeoutSeconds"), ("image", "image")] {
        if let Some(value) = build::field(options, argument).filter(|node| !build::is_zero(node)) {
            build::set(&mut made, wire, value.clone());
        }
    }
    if let Some(node) = build::field(options, "upscaling_mode") {
        let mode = match super::member(node) {
            Some("DEFAULT") => Some(make.text("Default")),
            Some("AGGRESSIVE") => Some(make.text("Aggressive")),
            Some("CONSERVATIVE") => Some(make.text("Conservative")),
            Some("UNSPECIFIED") => None,
            _ => Some(make.unknown("how the autoscaler adds nodes")),
        };
        if let Some(mode) = mode {
            build::set(&mut made, "upscalingMode", mode);
        }
    }
    if let Some(resources) = pairs(options, task.is_v1(), make) {
        build::set(&mut made, "resources", resources);
    }
    let variables = build::field(options, "env").and_then(Node::as_map).map(|map| map.entries.as_slice());
    let variable =
        |entry: &crate::tree::Entry| make.map([("name", make.text(&entry.key.wire)), ("value", entry.value.clone())]);
    let variables: Vec<Node> = variables.unwrap_or_default().iter().map(variable).collect();
    if !variables.is_empty() {
        build::set(&mut made, "env", make.list(variables));
    }
    made
}

/// The parameters of a group's own, and those that the backend adds where they are absent.
fn start_parameters(task: &Task<'_>, config: Option<&Node>, added: Vec<(&str, Node)>) -> Node {
    let make = task.make;
    let own = config.and_then(|config| build::field(config, "ray_start_params"));
    let mut parameters = own.cloned().unwrap_or_else(|| make.map([("disable-usage-stats", make.text("true"))]));
    let usage = task.backend.platform.of_plugin("ray", "enableUsageStats").and_then(Node::as_bool) == Some(true);
    let quiet = (!usage).then(|| ("disable-usage-stats", make.text("true")));
    for (name, value) in added.into_iter().chain(quiet) {
        if build::field(&parameters, name).is_none() {
            build::set(&mut parameters, name, value);
        }
    }
    parameters
}

/// The pods of a group: the task's pod with the role's template over it.
fn pod(
    task: &mut Task<'_>,
    submitted: &Node,
    (meta, spec): (&Node, &Node),
    group: &Group<'_>,
    interruptible: bool,
    account: &Node,
) -> Node {
    let make = task.make;
    let own_device = task.accelerator.clone();
    let (meta, mut spec) = match extended(task, group) {
        // The task's pod once more, with the device and the shared memory of the group.
        Some(asked) => {
            task.accelerator = Accelerator::in_resources(&asked).or_else(|| own_device.clone());
            task.group = Some(asked);
            let parts = parts(task.pod_with_tolerations(submitted, interruptible), make);
            task.group = None;
            parts
        }
        None => (meta.clone(), spec.clone()),
    };
    let primary = task.primary.clone();
    for container in build::items_mut(&mut spec, "containers") {
        if build::text(container, "name") == primary.as_deref() {
            dress(task, container, group.container);
            break;
        }
    }
    let own = group.config.and_then(|config| role_template(config, "pod_template"));
    if let Some(over) = group_spec(task, group, own) {
        let mut losses = Losses::default();
        spec = merge::overlay(&spec, &over, &mut losses);
        task.notes.append(&mut losses.notes);
    }
    let schedule = task.schedule(interruptible);
    if let Some(accelerator) = task.accelerator.as_ref().filter(|_| !task.is_v1()) {
        schedule.select_device(&mut spec, accelerator);
    }
    schedule.tolerate_extended(&mut spec);
    if !task.is_v1() {
        schedule.constrain(&mut spec);
        build::set(&mut spec, "serviceAccountName", account.clone());
    }
    task.accelerator = own_device;
    let replaced = task.is_v1() && replaces_template(group);
    template(make, role_metadata(task, &meta, own.filter(|_| !replaced)), spec)
}

/// The `Resources` of a group of flyte that ask for a device or shared memory of its own.
fn extended(task: &Task<'_>, group: &Group<'_>) -> Option<Node> {
    let asked = build::field(group.config?, "requests").filter(|_| !task.is_v1())?;
    let has_memory = build::field(asked, "shm").is_some();
    (has_memory || Accelerator::in_resources(asked).is_some()).then(|| asked.clone())
}

/// Whether flytekit makes a template of resources in the place of the group's own.
fn replaces_template(group: &Group<'_>) -> bool {
    let has = |name: &str| group.config.is_some_and(|config| build::field(config, name).is_some());
    has("requests") || has("limits")
}

/// The pod spec of a group: its template's, with the resources that are asked for beside it.
fn group_spec(task: &Task<'_>, group: &Group<'_>, own: Option<&Node>) -> Option<Node> {
    let make = task.make;
    let written = own.and_then(role_spec).cloned();
    if !replaces_template(group) {
        return written;
    }
    let asked =
        |name: &str| group.config.and_then(|config| build::field(config, name)).map(|node| single(node, task.is_v1()));
    let (requests, limits) = (asked("requests"), asked("limits"));
    let amounts = [("requests", requests.clone().or_else(|| limits.clone())), ("limits", limits.or(requests))];
    let written = written.filter(|_| !task.is_v1());
    let mut spec = written.unwrap_or_else(|| {
        make.map([("containers", make.list(vec![make.map([("name", make.text(group.container))])]))])
    });
    let containers = build::items_mut(&mut spec, "containers");
    let only = containers.len() == 1;
    let container = containers.iter_mut().find(|node| only || build::text(node, "name") == Some(group.container))?;
    build::with_object(container, "resources", make, |resources| {
        for (part, amounts) in amounts {
            let both = build::union(build::take(resources, part), amounts);
            build::set(resources, part, both.unwrap_or_else(|| make.map([])));
        }
    });
    Some(spec)
}

/// What the backend gives to the container of a role: its name, ports, variables and, for workers, the end.
fn dress(task: &Task<'_>, container: &mut Node, name: &str) {
    let make = task.make;
    build::set(container, "name", make.text(name));
    build::set(container, "args", make.list(Vec::new()));
    let field = |name: &str, path: &str| make.map([("name", make.text(name)), ("valueFrom", from_field(make, path))]);
    let plain = |name: &str, value: &str| make.map([("name", make.text(name)), ("value", make.text(value))]);
    let amount = |name: &str, resource: &str| {
        let source = make.map([
            ("containerName", make.text("ray-worker")),
            ("resource", make.text(resource)),
            ("divisor", make.text("0")),
        ]);
        make.map([("name", make.text(name)), ("valueFrom", make.map([("resourceFieldRef", source)]))])
    };
    let is_worker = name == "ray-worker";
    let mut variables = Vec::new();
    if is_worker {
        variables.extend([plain("RAY_DISABLE_DOCKER_CPU_WARNING", "1"), plain("TYPE", "worker")]);
        variables.extend([
            amount("CPU_REQUEST", "requests.cpu"),
            amount("CPU_LIMITS", "limits.cpu"),
            amount("MEMORY_REQUESTS", "requests.cpu"),
            amount("MEMORY_LIMITS", "limits.cpu"),
            field("MY_POD_NAME", "metadata.name"),
        ]);
    }
    variables.push(field("MY_POD_IP", "status.podIP"));
    if !task.is_v1() {
        variables.extend([plain("RAY_COLOR_PREFIX", "0"), plain("RAY_DATA_DISABLE_PROGRESS_BARS", "1")]);
    }
    append(container, "env", make, variables);
    if is_worker {
        let stop = make.map([("exec", make.map([("command", make.texts(&["/bin/sh", "-c", "ray stop"]))]))]);
        build::set(container, "lifecycle", make.map([("preStop", stop)]));
    }
    let port = |name: &str, port: i64| make.map([("name", make.text(name)), ("containerPort", make.number(port))]);
    append(container, "ports", make, [port("redis", 6379), port("head", 10001), port("dashboard", 8265)]);
}

/// The pod that submits the job: propeller takes the task's own, the executor makes a small one.
fn submitter(task: &Task<'_>, (meta, spec): (&Node, &Node), head: &Node) -> Node {
    let make = task.make;
    if task.is_v1() {
        return template(make, role_metadata(task, meta, None), spec.clone());
    }
    let empty = Node { setter: Setter::Author, ..make.map([]) };
    let head = build::field(head, "spec").map(|spec| build::items(spec, "containers")).unwrap_or_default();
    let image = head.first().and_then(|container| build::field(container, "image")).cloned();
    let amounts = |cpu: &str, memory: &str| make.map([("cpu", make.text(cpu)), ("memory", make.text(memory))]);
    let container = make.map([
        ("name", make.text("ray-job-submitter")),
        ("image", image.unwrap_or_else(|| make.unknown("the head's image"))),
        ("resources", make.map([("limits", amounts("1", "1Gi")), ("requests", amounts("500m", "200Mi"))])),
    ]);
    let mut spec = make.map([
        ("containers", make.list(vec![container])),
        ("restartPolicy", make.text("Never")),
        ("enableServiceLinks", make.bool(false)),
    ]);
    let tolerations = task.backend.platform.list("default-tolerations").to_vec();
    if !tolerations.is_empty() {
        build::set(&mut spec, "tolerations", make.list(tolerations));
    }
    if let Some(affinity) = task.backend.platform.get("default-affinity") {
        build::set(&mut spec, "affinity", affinity.clone());
    }
    template(make, role_metadata(task, &empty, None), spec)
}
