//! What the workloads around a pod template ask of it, and of their own fields.
//!
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/>.

mod completion;
mod cron_jobs;
mod failure;
mod jobs;
mod rollout;
mod schedule;
mod selection;
mod stateful;

use super::read::{flag, integer, is_given, items, string};
use super::{PodTemplate, Violations};
use crate::document::{Document, Kind};
use crate::tree::{Field, Node};

pub use stateful::VALIDATED_FROM as STATEFUL_SETS_READ_FROM;

/// Checks a workload; `pod` is its template, where that is known.
pub fn check(document: &Document, pod: Option<&PodTemplate<'_>>, out: &mut Violations<'_>) {
    let Some((_, kind)) = document.api.as_ref().filter(|_| document.kind == Kind::Workload) else { return };
    let spec = match document.root.get("spec") {
        Field::Known(spec) if spec.as_map().is_some() => spec,
        Field::Missing => return absent(document, kind, out),
        _ => return,
    };
    match kind.as_str() {
        "Deployment" => rollout::deployment(spec, out),
        "ReplicaSet" => rollout::replica_set(spec, out),
        "ReplicationController" => rollout::replication_controller(spec, out),
        "DaemonSet" => rollout::daemon_set(spec, out),
        "StatefulSet" => stateful::check(spec, out),
        "Job" => jobs::check(document, spec, out),
        "CronJob" => cron_jobs::check(document, spec, out),
        _ => return,
    }
    let owner = job_or(document, spec);
    let template = owner.map_or(Field::Dynamic, |owner| owner.get("template"));
    if let (Some(owner), Field::Missing) = (owner, template)
        && kind != "ReplicationController"
    {
        let path = ["template", "spec", "containers"];
        out.at_missing(owner, &path, "missing-field", "the pod has no containers");
        if kind.ends_with("Job") {
            let path = ["template", "spec", "restartPolicy"];
            out.at_missing(owner, &path, "missing-field", ends_message(kind));
        }
    }
    lasting(kind, template, pod, out);
}

fn ends_message(kind: &str) -> String {
    format!("the pods of a `{kind}` need the restart policy `OnFailure` or `Never`")
}

/// What an object without a `spec` lacks.
fn absent(document: &Document, kind: &str, out: &mut Violations<'_>) {
    let wires: &[&str] = match kind {
        "CronJob" => &[
            "spec.schedule",
            "spec.jobTemplate.spec.template.spec.containers",
            "spec.jobTemplate.spec.template.spec.restartPolicy",
        ],
        "Job" => &["spec.template.spec.containers", "spec.template.spec.restartPolicy"],
        "ReplicationController" => &["spec.selector", "spec.template"],
        "DaemonSet" => &["spec.template.metadata.labels", "spec.template.spec.containers"],
        _ => &["spec.selector", "spec.template.metadata.labels", "spec.template.spec.containers"],
    };
    for wire in wires {
        let path: Vec<&str> = wire.split('.').collect();
        out.at_missing(&document.root, &path, "missing-field", format!("`{wire}` is required"));
    }
}

/// The spec of the job that a document is, or that it makes.
pub fn job_spec(document: &Document) -> Option<&Node> {
    let spec = document.root.get("spec");
    match document.api.as_ref()?.1.as_str() {
        "Job" => spec.known(),
        "CronJob" => spec.then(|spec| spec.get("jobTemplate")).then(|job| job.get("spec")).known(),
        _ => None,
    }
}

/// What holds the pod template: the job of a CronJob, else the object's own spec.
fn job_or<'a>(document: &'a Document, spec: &'a Node) -> Option<&'a Node> {
    let is_cron = document.api.as_ref().is_some_and(|(_, kind)| kind == "CronJob");
    if is_cron { job_spec(document) } else { Some(spec) }
}

/// Jobs must end, and the pods of others must not.
fn lasting(kind: &str, template: Field<&Node>, pod: Option<&PodTemplate<'_>>, out: &mut Violations<'_>) {
    let Some(template) = template.known() else { return };
    let spec = pod.map_or_else(|| template.get("spec"), |pod| pod.spec);
    let policy = match spec {
        Field::Known(spec) => string(spec, "restartPolicy"),
        Field::Missing => Some(""),
        Field::Dynamic => None,
    };
    let ends = matches!(kind, "Job" | "CronJob");
    let message = match (ends, policy) {
        (true, Some("" | "Always")) => Some(ends_message(kind)),
        (false, Some("OnFailure" | "Never")) => {
            Some(format!("the pods of a `{kind}` need the restart policy `Always`"))
        }
        _ => None,
    };
    if let Some(message) = message {
        match spec.known() {
            Some(spec) => out.at_field(spec, "restartPolicy", "invalid-value", message),
            None => out.at_missing(template, &["spec", "restartPolicy"], "invalid-value", message),
        };
    }
    if let Some(spec) = spec.known().filter(|spec| !ends && is_given(spec, "activeDeadlineSeconds")) {
        let message = format!("the pods of a `{kind}` cannot have `activeDeadlineSeconds`");
        out.at_field(spec, "activeDeadlineSeconds", "forbidden-combination", message);
    }
}

/// Disks of Google's cloud that several pods write to.
fn shared_disks(spec: &Node, out: &mut Violations<'_>) {
    if out.release().has(crate::schema::Gate::SkipReadOnlyValidationGCE) {
        return;
    }
    let pod = spec.get("template").then(|template| template.get("spec"));
    for volume in pod.known().map(|pod| items(pod, "volumes")).unwrap_or_default() {
        if let Some(disk) = volume.get("gcePersistentDisk").known()
            && flag(disk, "readOnly") == Some(false)
        {
            let message = "a disk that several pods use must be mounted with `readOnly: true`";
            out.at_field(disk, "readOnly", "invalid-volume-source", message);
        }
    }
}

/// A number, or what holds where it is not given; `None` where it is not known.
fn number_or(parent: &Node, wire: &str, default: i64) -> Option<i64> {
    match integer(parent, wire) {
        Field::Known(number) => Some(number),
        Field::Missing => Some(default),
        Field::Dynamic => None,
    }
}
