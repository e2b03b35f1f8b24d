//! # lost-by-plugin
//!
//! ## What it does
//! Finds parts of a template that the plugin of its task, or the service of its app, does not take over.
//!
//! ## Why
//! Only plain tasks become the pod of their template. A plugin makes an object of its own, and puts into that only what it has a
//! place for; the rest vanishes silently:
//!
//! - **Ray** takes pod fields and the containers `ray-head` and `ray-worker` of a role's template; further containers, init containers and
//!   (flyte) the service account are dropped.
//! - **Spark** has fields for scheduling, variables, image and security. Volumes, mounts, sidecars, resources and pull secrets have no
//!   place in them. flyte hands a role's template to an operator whose definition has pod templates, without labels and
//!   annotations; for such a role the template of the task does not count.
//! - **Dask** has no labels and annotations for its pods, and sets their restart policy.
//! - **Apps** lose labels and annotations of the template, so that nothing which webhooks add by these is added, and
//!   shared memory. `Resources(gpu=…)` is lost in an app without a template, and refused in one that has a template.
//!
//! ## Example
//! ```python
//! import flyte
//! import flyte.app
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     primary_container_name="app",
//!     pod_spec=V1PodSpec(containers=[V1Container(name="app")]),
//!     annotations={"gke-gcsfuse/volumes": "true"},
//! )
//! app = flyte.app.AppEnvironment(name="dash", pod_template=template)
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! import flyte.app
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     primary_container_name="app",
//!     pod_spec=V1PodSpec(containers=[V1Container(name="app")]),
//! )
//! app = flyte.app.AppEnvironment(name="dash", pod_template=template)
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Severity};
use crate::document::{Flavour, Kind, Use, UseKind};
use crate::pod::{Container, Role};
use crate::rule::{Context, Finding, Findings, Group, Rule};
use crate::tree::{Entry, Field, Node, Number, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "lost-by-plugin",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("lost_by_plugin.rs"),
    check,
};

/// What a `SparkApplication` has fields for.
const OF_SPARK: &[&str] = &[
    "affinity",
    "containers",
    "dnsConfig",
    "hostNetwork",
    "nodeSelector",
    "schedulerName",
    "securityContext",
    "tolerations",
];
/// The same of the one container.
const OF_SPARK_CONTAINER: &[&str] = &["args", "command", "env", "image", "name"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    match context.document.flavour {
        Flavour::V2App => app(context, findings),
        Flavour::PluginRole => role(context, findings),
        Flavour::V1Task | Flavour::V2Task => task(context, findings),
        _ => {}
    }
}

fn is_v1(context: &Context<'_>) -> bool {
    context.document.sdk == Some(1)
}

/// Whether the operator of Spark is known to take pod templates; `None` where nothing is known of the cluster.
fn takes_templates(context: &Context<'_>) -> Option<bool> {
    context.settings.backend.as_ref().map(|known| known.backend.spark_templates)
}

fn app(context: &Context<'_>, findings: &mut Findings) {
    metadata(context, "the service of an app", findings);
    for used in &context.document.uses {
        let memory = used.settings.get("resources").then(|node| node.get("shm"));
        if let Field::Known(memory) = memory {
            let message = "an app gets no shared memory: `shm` is lost";
            let finding = context.missing(&context.document.root, "spec", memory.location, message);
            findings.push(finding.help("mount an `empty_dir` with the medium `Memory` at `/dev/shm`"));
        }
        devices_of_app(context, used, findings);
    }
}

/// The devices of an app: without a template they are left out, else they are sent under a name that Kubernetes does not have.
fn devices_of_app(context: &Context<'_>, used: &Use, findings: &mut Findings) {
    let Field::Known(device) = used.settings.get("resources").then(|node| node.get("gpu")) else { return };
    let has_template = context.document.kind == Kind::PythonTemplate;
    let is_none =
        matches!(&device.value, Value::Null | Value::Dynamic(_)) || device.value == Value::Number(Number::new("0"));
    if is_none {
        return;
    }
    let (severity, message) = match has_template {
        true => {
            (Severity::Error, "an app asks for `gpu` under this name, which Kubernetes does not have: it is refused")
        }
        false => (Severity::Warning, "an app without a template gets no device: `gpu` is lost"),
    };
    let finding = context.missing(&context.document.root, "spec", device.location, message).severity(severity);
    findings.push(finding.help("give the app a template whose container `app` has a limit for `nvidia.com/gpu`"));
}

/// Labels and annotations that nobody takes over.
fn metadata(context: &Context<'_>, who: &str, findings: &mut Findings) {
    for (map, noun) in [(context.pod.labels(), "labels"), (context.pod.annotations(), "annotations")] {
        let Field::Known(node) = map else { continue };
        let entries = node.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
        let Some(first) = entries.first() else { continue };
        let names: Vec<String> = entries.iter().take(3).map(|entry| format!("`{}`", entry.key.wire)).collect();
        let more = if entries.len() > 3 { " and others" } else { "" };
        let message = format!("{noun} do not reach the pods: {who} does not take over {}{more}", names.join(", "));
        findings.push(context.at(node, message).shown_at(first.key.location).help("set them on what makes the pods"));
    }
}

fn role(context: &Context<'_>, findings: &mut Findings) {
    let mut seen: Vec<&str> = Vec::new();
    for used in context.document.uses.iter().filter(|used| used.kind == UseKind::PluginRole) {
        let Some(taker) = used.taker.filter(|taker| !seen.contains(taker)) else { continue };
        seen.push(taker);
        match taker {
            "HeadNodeConfig" => ray(context, used, "ray-head", findings),
            "WorkerNodeConfig" => ray(context, used, "ray-worker", findings),
            "driver_pod" | "executor_pod" if is_v1(context) => {
                spark_fields(context, used, Severity::Warning, findings);
            }
            "driver_pod" | "executor_pod" => spark_template(context, used, findings),
            _ => {}
        }
    }
}

fn ray(context: &Context<'_>, used: &Use, wanted: &str, findings: &mut Findings) {
    let containers: Vec<&Container<'_>> = context.pod.containers.in_list("containers").collect();
    let has_wanted = containers.iter().any(|container| container.name() == Field::Known(wanted));
    let mut others =
        containers.into_iter().filter(|container| container.name().known().is_some_and(|name| name != wanted));
    // `plugin-container-name` speaks of the one that was meant to be the plugin's.
    if !has_wanted {
        others.next();
    }
    let inits = context.pod.containers.in_list("initContainers");
    for container in others.chain(inits) {
        let Field::Known(name) = container.name() else { continue };
        let message = format!("Ray drops the container `{name}`: of a role's template only `{wanted}` is taken");
        let finding = context.at(container.anchor(), message).label(used.location, "used by Ray here");
        findings.push(finding.help("put it into the template of the task, from which all roles start"));
    }
    // In flytekit a role's account takes the place of the plugin's.
    if !is_v1(context) {
        account(context, used, findings);
    }
}

/// Ray's workers have a `lifecycle` of their own.
fn hooks(context: &Context<'_>, used: &Use, findings: &mut Findings) {
    for container in context.pod.containers.in_list("containers").filter(|one| one.role == Role::Primary) {
        let hooks = container.node.as_map().and_then(|map| map.entry("lifecycle"));
        if let Some(entry) = hooks.filter(|entry| says_something(&entry.value)) {
            let message =
                "Ray puts a hook of its own in the place of `lifecycle` in its workers: only the head keeps this";
            let finding = context.at(&entry.value, message).shown_at(entry.key.location);
            findings.push(finding.label(used.location, "used by Ray here").help("end what runs there by other means"));
        }
    }
}

fn account(context: &Context<'_>, used: &Use, findings: &mut Findings) {
    let fields = ["serviceAccountName", "serviceAccount"];
    let account = fields.into_iter().find_map(|name| context.pod.spec.then(|spec| spec.get(name)).known());
    if let Some(account) = account.filter(|account| says_something(account)) {
        let message = "Ray's pods run as the service account of the run or of the plugin, not as this one";
        findings.push(context.at(account, message).label(used.location, "used by Ray here").help("set it for the run"));
    }
}

/// A role's template for an operator that may take it as a whole.
fn spark_template(context: &Context<'_>, used: &Use, findings: &mut Findings) {
    metadata(context, "Spark", findings);
    let (severity, condition) = match takes_templates(context) {
        Some(true) => return,
        Some(false) => (Severity::Warning, "the cluster's definition of `SparkApplication` has no pod templates"),
        None => (Severity::Info, "this holds only where the definition of `SparkApplication` has pod templates"),
    };
    let message = match severity {
        Severity::Warning => format!("Spark ignores this template: {condition}"),
        _ => format!("Spark takes this template only from newer operators: {condition}"),
    };
    let finding = context.missing(&context.document.root, "spec", used.location, message).severity(severity);
    findings.push(finding.help("set `render.spark-pod-templates` in the configuration if the cluster has them"));
}

/// What has no field in a `SparkApplication`.
fn spark_fields(context: &Context<'_>, used: &Use, severity: Severity, findings: &mut Findings) {
    let Field::Known(spec) = context.pod.spec else { return };
    let kept = |wire: &str| OF_SPARK.contains(&wire) || (is_v1(context) && wire == "priorityClassName");
    for entry in spec.as_map().map(|map| map.entries.as_slice()).unwrap_or_default() {
        if !kept(&entry.key.wire) && says_something(&entry.value) {
            findings.push(lost(context, entry, "Spark", used).severity(severity));
        }
    }
    for container in context.pod.containers.in_list("containers") {
        let is_primary = matches!(container.role, Role::Primary | Role::Undecided);
        if !is_primary {
            let Field::Known(name) = container.name() else { continue };
            let message = format!("Spark drops the container `{name}`: a driver or executor has one container");
            let finding = context.at(container.anchor(), message).label(used.location, "used by Spark here");
            findings.push(finding.severity(severity).help("run it elsewhere"));
            continue;
        }
        let kept = |wire: &str| OF_SPARK_CONTAINER.contains(&wire) || (is_v1(context) && wire == "securityContext");
        for entry in container.node.as_map().map(|map| map.entries.as_slice()).unwrap_or_default() {
            if !kept(&entry.key.wire) && says_something(&entry.value) {
                findings.push(lost(context, entry, "Spark", used).severity(severity));
            }
        }
    }
}

fn lost(context: &Context<'_>, entry: &Entry, who: &str, used: &Use) -> Finding {
    let message = format!("`{}` is lost: {who} has no place for it", context.field(&entry.key.wire));
    let finding = context.at(&entry.value, message).shown_at(entry.key.location);
    finding.label(used.location, format!("used by {who} here")).help(format!("set it by the means of {who}"))
}

fn says_something(node: &Node) -> bool {
    match &node.value {
        Value::Null => false,
        Value::List(list) => !list.items.is_empty(),
        Value::Map(map) => !map.entries.is_empty(),
        _ => true,
    }
}

/// The template of a task that has a plugin.
fn task(context: &Context<'_>, findings: &mut Findings) {
    for used in &context.document.uses {
        let config = ["plugin_config", "task_config"].into_iter().find_map(|name| used.settings.get(name).known());
        let Some(config) = config else { continue };
        let class = config.as_map().and_then(|map| map.class).and_then(|class| class.rsplit('.').next());
        match class {
            Some("Spark") if is_v1(context) => spark_fields(context, used, Severity::Warning, findings),
            Some("Spark") => spark_task(context, used, config, findings),
            Some("Dask") => dask(context, used, findings),
            Some("RayJobConfig") => {
                account(context, used, findings);
                hooks(context, used, findings);
            }
            _ => continue,
        }
        return;
    }
}

fn spark_task(context: &Context<'_>, used: &Use, config: &Node, findings: &mut Findings) {
    metadata(context, "Spark", findings);
    let roles: Vec<&str> =
        ["driver_pod", "executor_pod"].into_iter().filter(|name| config.get(name).known().is_some()).collect();
    match takes_templates(context) {
        Some(false) => spark_fields(context, used, Severity::Warning, findings),
        Some(true) | None if !roles.is_empty() => {
            let names = roles.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
            let message = format!(
                "beside {names} this template counts for less: containers, volumes and the rest of its pod are lost there"
            );
            let finding = context.missing(&context.document.root, "spec", used.location, message);
            findings.push(finding.help(format!("say all of it in {names}")));
        }
        None => spark_fields(context, used, Severity::Info, findings),
        Some(true) => {}
    }
}

fn dask(context: &Context<'_>, used: &Use, findings: &mut Findings) {
    metadata(context, "Dask", findings);
    let policy = context.pod.spec.then(|spec| spec.get("restartPolicy"));
    if let Field::Known(policy) = policy {
        let message = "Dask sets the restart policy itself: `Always` for scheduler and workers, `Never` for the runner";
        findings.push(context.at(policy, message).label(used.location, "used by Dask here").help("leave it out"));
    }
}
