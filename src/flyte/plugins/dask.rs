//! Dask: a `DaskJob` with a runner, a scheduler and workers, each the task's pod under another name.
//!
//! Source: `plugins/k8s/dask/dask.go` of Flyte.

use super::{Job, number, object, parts, template};
use crate::flyte::amounts::{Amounts, Mode};
use crate::flyte::backend::Task;
use crate::flyte::build::{self, Maker};
use crate::flyte::metadata;
use crate::flyte::resources::pairs;
use crate::tree::{Node, Setter};

pub fn job(task: &mut Task<'_>, submitted: &Node, config: &Node, interruptible: bool) -> Job {
    let make = task.make;
    let (meta, spec) = parts(task.pod_with_tolerations(submitted, interruptible), make);
    let (_, steady) = parts(task.pod_with_tolerations(submitted, false), make);
    let (workers, scheduler) = (build::field(config, "workers"), build::field(config, "scheduler"));
    let worker = role(task, &spec, "dask-worker", workers, "Always");
    let mut scheduler = role(task, &steady, "scheduler", scheduler, "Always");
    serve(task, &mut scheduler);
    let runner = role(task, &steady, "job-runner", None, "Never");
    let mut cluster_meta = meta.clone();
    metadata::add_run(&mut cluster_meta, task.run(), task.used, make);
    let replicas = workers.and_then(|workers| build::field(workers, "number_of_workers"));
    let replicas = match replicas.map(number) {
        None => make.number(1),
        Some(_) => replicas.cloned().unwrap_or_else(|| make.number(1)),
    };
    let cluster = make.map([
        ("worker", make.map([("replicas", replicas), ("spec", worker.clone())])),
        ("scheduler", make.map([("spec", scheduler.clone()), ("service", service(make))])),
    ]);
    let job = make.map([
        ("job", make.map([("spec", runner.clone())])),
        ("cluster", make.map([("metadata", cluster_meta.clone()), ("spec", cluster)])),
    ]);
    // The operator makes pods of specs alone: labels and annotations of the template are not on them.
    let bare = || Node { setter: Setter::Author, ..make.map([]) };
    let roles = [("job-runner", runner), ("scheduler", scheduler), ("worker", worker)];
    let roles = roles.into_iter().map(|(name, spec)| (name.to_owned(), template(make, bare(), spec))).collect();
    let job = Node { setter: Setter::Author, ..job };
    Job { object: object(task, "kubernetes.dask.org/v1", "DaskJob", Some(&meta), job), roles }
}

/// The task's pod for a role: the primary container gets the role's name, image and resources.
fn role(task: &Task<'_>, spec: &Node, name: &str, config: Option<&Node>, restart: &str) -> Node {
    let make = task.make;
    let mut spec = spec.clone();
    for container in build::items_mut(&mut spec, "containers") {
        if build::text(container, "name") != task.primary.as_deref() {
            continue;
        }
        build::set(container, "name", make.text(name));
        let image = config.and_then(|config| build::field(config, "image")).filter(|image| !build::is_zero(image));
        if let Some(image) = image {
            build::set(container, "image", image.clone());
        }
        if let Some(resources) = config.and_then(|config| pairs(config, task.is_v1(), make)) {
            build::set(container, "resources", resources);
            let schedule = task.schedule(false);
            Amounts::new(&task.backend.platform, schedule.devices()).adjust(container, Mode::Fill, make);
        }
        if config.is_some() || name != "job-runner" {
            build::set(container, "args", make.unknown("the arguments of Dask"));
        }
        break;
    }
    build::set(&mut spec, "restartPolicy", make.text(restart));
    spec
}

/// What makes the scheduler reachable.
fn serve(task: &Task<'_>, spec: &mut Node) {
    let make = task.make;
    let port = |name: &str, port: i64| {
        make.map([("name", make.text(name)), ("containerPort", make.number(port)), ("protocol", make.text("TCP"))])
    };
    for container in build::items_mut(spec, "containers") {
        if build::text(container, "name") != Some("scheduler") {
            continue;
        }
        build::set(container, "ports", make.list(vec![port("tcp-comm", 8786), port("dashboard", 8787)]));
        if !task.is_v1() && build::field(container, "readinessProbe").is_none() {
            let probe = make.map([
                ("httpGet", make.map([("port", make.text("dashboard"))])),
                ("initialDelaySeconds", make.number(5)),
                ("periodSeconds", make.number(5)),
                ("failureThreshold", make.number(30)),
            ]);
            build::set(container, "readinessProbe", probe);
        }
        break;
    }
}

fn service(make: Maker) -> Node {
    let port = |name: &str, port: i64| {
        make.map([
            ("name", make.text(name)),
            ("protocol", make.text("TCP")),
            ("port", make.number(port)),
            ("targetPort", make.text(name)),
        ])
    };
    let selector = make.map([
        ("dask.org/cluster-name", make.unknown("the name of the run and action")),
        ("dask.org/component", make.text("scheduler")),
    ]);
    make.map([
        ("type", make.text("NodePort")),
        ("selector", selector),
        ("ports", make.list(vec![port("tcp-comm", 8786), port("dashboard", 8787)])),
    ])
}
