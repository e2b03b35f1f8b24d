//! Jobs: how often, how long, and which labels the server makes.
//!
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/job/>.

use super::selection::{self, Label};
use super::{completion, failure};
use crate::document::Document;
use crate::kubernetes::read::{flag, integer, is_given};
use crate::kubernetes::{Violations, formats};
use crate::tree::{Field, Node};

/// The label that the server sets to the uid of the job, which nobody knows before.
const UID: &str = "batch.kubernetes.io/controller-uid";
const LEGACY_UID: &str = "controller-uid";
const NAMES: [&str; 2] = ["batch.kubernetes.io/job-name", "job-name"];

/// Checks a Job.
pub fn check(document: &Document, spec: &Node, out: &mut Violations<'_>) {
    template(spec, true, out);
    selector(document, spec, out);
    completion::host_names(document, spec, out);
}

/// What jobs and the templates of CronJobs' jobs have in common.
pub fn template(spec: &Node, is_job: bool, out: &mut Violations<'_>) {
    for wire in ["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"] {
        out.not_negative(spec, wire);
    }
    managed_by(spec, out);
    completion::check(spec, is_job, out);
    failure::check(spec, out);
    if out.release().has(crate::schema::Gate::WorkloadWithJob) {
        gang(spec, out);
    }
}

/// Who looks after the job instead of Kubernetes.
fn managed_by(spec: &Node, out: &mut Violations<'_>) {
    let Some(node) = spec.get("managedBy").known() else { return };
    let Some(name) = node.as_str() else { return };
    let parts = name.split_once('/').filter(|(domain, path)| !domain.is_empty() && !path.is_empty());
    if name.is_empty() {
        out.required(spec, "managedBy");
    } else if let Some((domain, path)) = parts {
        out.format(node, "invalid-name", "domain", &formats::dns_subdomain(domain));
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte);
        if !path.bytes().all(plain) {
            out.at(node, "invalid-name", format!("`{path}` is not a valid path of a URL"));
        }
    } else {
        out.at(
            node,
            "invalid-name",
            format!("`{name}` must have a domain and a path, such as `example.com/controller`"),
        );
    }
    if name.len() > 63 {
        out.at(node, "invalid-name", "`managedBy` must have at most 63 characters");
    }
}

/// The selector, which the server makes unless the user does.
fn selector(document: &Document, spec: &Node, out: &mut Violations<'_>) {
    match flag(spec, "manualSelector") {
        Some(true) => selection::check_manual(spec, out),
        Some(false) => generated(document, spec, out),
        None => {}
    }
}

/// Labels and requirements of the user's beside those that the server makes: they must be the same.
fn generated(document: &Document, spec: &Node, out: &mut Violations<'_>) {
    let labels = selection::labels_of(spec);
    let name = document.name.as_deref();
    let made = |key: &str| match key {
        UID | LEGACY_UID => Label::Fresh,
        key if NAMES.contains(&key) => name.map_or(Label::Unknown, Label::Text),
        _ => Label::Absent,
    };
    own_labels(labels, name, out);
    name_as_label(spec, labels, name, out);
    let Some(selector) = spec.get("selector").known().filter(|node| node.as_map().is_some()) else { return };
    if !selection::is_valid(selector, out) {
        return;
    }
    let help = "leave it out, or set `manualSelector: true`";
    if selection::fits(selector, &made) == Some(false) {
        let message = "the server makes the selector of a job, and this one selects other labels";
        out.at(selector, selection::RULE, message).help(help);
    }
    let all = |key: &str| match selection::label(labels, key) {
        Label::Absent => made(key),
        own => own,
    };
    if selection::fits(selector, &all) == Some(false) {
        selection::labels_differ(spec, Some(selector), out);
    }
}

/// The name of the job becomes a label of its pods, and labels are shorter than names.
fn name_as_label(spec: &Node, labels: Field<&Node>, name: Option<&str>, out: &mut Violations<'_>) {
    let Some(name) = name.filter(|name| formats::dns_subdomain(name).is_empty()) else { return };
    let given = NAMES.iter().all(|key| !matches!(selection::label(labels, key), Label::Absent));
    if given || formats::label_value(name).is_empty() {
        return;
    }
    let message = "the name of a job becomes a label of its pods: it must have at most 63 characters";
    match labels.known() {
        Some(labels) => out.at(labels, "invalid-name", message),
        None => out.at_missing(spec, &["template", "metadata", "labels"], "invalid-name", message),
    };
}

/// Labels of the template that only the server knows.
fn own_labels(labels: Field<&Node>, name: Option<&str>, out: &mut Violations<'_>) {
    let Some(labels) = labels.known().and_then(Node::as_map) else { return };
    for key in [UID, LEGACY_UID, NAMES[0], NAMES[1]] {
        let Some(entry) = labels.entry(key) else { continue };
        let Some(value) = entry.value.as_str() else { continue };
        let message = match name {
            _ if !NAMES.contains(&key) => format!("the server sets `{key}` itself, to an id that nobody knows before"),
            Some(name) if name != value => format!("the server sets `{key}` to the name of the job, `{name}`"),
            _ => continue,
        };
        let help = "leave it out, or set `manualSelector: true`";
        out.at(&entry.value, selection::RULE, message).shown_at(entry.key.location).help(help);
    }
}

/// How many pods must be scheduled together.
fn gang(spec: &Node, out: &mut Violations<'_>) {
    let policy = spec.get("scheduling").then(|node| node.get("schedulingPolicy"));
    let Some(gang) = policy.then(|node| node.get("gang")).known() else { return };
    let parallelism = super::number_or(spec, "parallelism", 1);
    if let (Field::Known(least), Some(parallelism)) = (integer(gang, "minCount"), parallelism)
        && least > parallelism
    {
        let message = format!("`minCount` ({least}) must not be above `parallelism` ({parallelism})");
        out.at_field(gang, "minCount", "invalid-value", message);
    }
}

/// What the template of a CronJob's jobs cannot say.
pub fn of_cron_job(spec: &Node, out: &mut Violations<'_>) {
    if is_given(spec, "selector") {
        out.at_field(spec, "selector", "invalid-selector", "the server makes the selector of a CronJob's jobs");
    }
    if flag(spec, "manualSelector") == Some(true) {
        let message = "`manualSelector` cannot be true in a CronJob";
        out.at_field(spec, "manualSelector", "invalid-value", message);
    }
}
