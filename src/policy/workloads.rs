//! The defaults of workloads, as the server fills them in before a policy sees the object.
//!
//! Source: `pkg/apis/apps/v1/defaults.go` and `pkg/apis/batch/v1/defaults.go` of Kubernetes.

use super::defaults::{lengthen_any, map_in, number, set_missing};
use super::object::map;
use crate::tree::{Location, Node};

/// Fills the spec of a workload, without its template.
pub fn fill(kind: &str, spec: &mut Node, at: Location) {
    match kind {
        "Deployment" => {
            numbers(spec, &[("replicas", "1"), ("revisionHistoryLimit", "10"), ("progressDeadlineSeconds", "600")], at);
            rolling(spec, "strategy", &[("maxSurge", "25%"), ("maxUnavailable", "25%")], at);
        }
        "StatefulSet" => {
            numbers(spec, &[("replicas", "1"), ("revisionHistoryLimit", "10")], at);
            texts(spec, &[("podManagementPolicy", "OrderedReady")], at);
            rolling(spec, "updateStrategy", &[("partition", "0")], at);
            if let Some(kept) = map_in(spec, "persistentVolumeClaimRetentionPolicy", at) {
                texts(kept, &[("whenDeleted", "Retain"), ("whenScaled", "Retain")], at);
            }
        }
        "DaemonSet" => {
            numbers(spec, &[("revisionHistoryLimit", "10")], at);
            rolling(spec, "updateStrategy", &[("maxSurge", "0"), ("maxUnavailable", "1")], at);
        }
        "ReplicaSet" | "ReplicationController" => numbers(spec, &[("replicas", "1")], at),
        "Job" => job(spec, at),
        "CronJob" => {
            texts(spec, &[("concurrencyPolicy", "Allow")], at);
            numbers(spec, &[("successfulJobsHistoryLimit", "3"), ("failedJobsHistoryLimit", "1")], at);
            set_missing(spec, "suspend", || Node::new(crate::tree::Value::Bool(false), at));
        }
        _ => {}
    }
}

/// A Job: what it counts, and the selector that the server makes for it.
fn job(spec: &mut Node, at: Location) {
    let (completions, parallelism) = (spec.get("completions").is_missing(), spec.get("parallelism").is_missing());
    if completions && parallelism {
        numbers(spec, &[("completions", "1")], at);
    }
    let by_index = !spec.get("backoffLimitPerIndex").is_missing();
    let backoff = if by_index { "2147483647" } else { "6" };
    numbers(spec, &[("parallelism", "1"), ("backoffLimit", backoff)], at);
    let replaced = if spec.get("podFailurePolicy").is_missing() { "TerminatingOrFailed" } else { "Failed" };
    texts(spec, &[("completionMode", "NonIndexed"), ("podReplacementPolicy", replaced)], at);
    for switch in ["suspend", "manualSelector"] {
        set_missing(spec, switch, || Node::new(crate::tree::Value::Bool(false), at));
    }
    let by_hand = spec.get("manualSelector").known().and_then(Node::as_bool) == Some(true);
    if by_hand {
        return;
    }
    set_missing(spec, "selector", || Node::dynamic("made by the server", at));
    let metadata = map_in(spec, "template", at).and_then(|template| map_in(template, "metadata", at));
    // The selector's labels are added to those of the pods.
    if let Some(metadata) = metadata {
        lengthen_any(metadata, "labels", at);
    }
}

/// A strategy of updates, and what goes with the type that is the default.
fn rolling(spec: &mut Node, field: &str, values: &[(&str, &str)], at: Location) {
    let Some(strategy) = map_in(spec, field, at) else { return };
    texts(strategy, &[("type", "RollingUpdate")], at);
    if strategy.text("type").known() != Some("RollingUpdate") {
        return;
    }
    let Some(update) = map_in(strategy, "rollingUpdate", at) else { return };
    for pair in values {
        match pair.1.ends_with('%') {
            true => texts(update, &[*pair], at),
            false => numbers(update, &[*pair], at),
        }
    }
}

fn texts(node: &mut Node, values: &[(&str, &str)], at: Location) {
    values.iter().for_each(|(field, value)| set_missing(node, field, || Node::string(value, at)));
}

fn numbers(node: &mut Node, values: &[(&str, &str)], at: Location) {
    values.iter().for_each(|(field, value)| set_missing(node, field, || number(value, at)));
}

/// The status that an object is created with: there, and of no matter to policies.
pub fn status(root: &mut Node, at: Location) {
    set_missing(root, "status", || {
        let mut status = map(Vec::new(), at);
        super::object::open(&mut status);
        status
    });
}
