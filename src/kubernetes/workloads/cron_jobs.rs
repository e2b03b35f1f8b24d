//! CronJobs: when they run, and how their jobs are called.
//!
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/>.

use super::{jobs, schedule};
use crate::document::Document;
use crate::kubernetes::Violations;
use crate::kubernetes::metadata::KEPT_PREFIX;
use crate::kubernetes::read::string;
use crate::tree::{Field, Node};

const RULE: &str = "invalid-schedule";

/// The names of time zones that Go knows, one per line, as the servers are built with them.
static TIME_ZONES: &str = include_str!("../../../schemas/time-zones.txt");

/// Checks a CronJob.
pub fn check(document: &Document, spec: &Node, out: &mut Violations<'_>) {
    name(document, out);
    if out.require_text(spec, "schedule") {
        when(spec, out);
    }
    time_zone(spec, out);
    if string(spec, "concurrencyPolicy") != Some("") {
        out.one_of(spec, "concurrencyPolicy", &["Allow", "Forbid", "Replace"]);
    }
    for wire in ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"] {
        out.not_negative(spec, wire);
    }
    match spec.get("jobTemplate").then(|job| job.get("spec")) {
        Field::Known(job) if job.as_map().is_some() => {
            jobs::template(job, false, out);
            jobs::of_cron_job(job, out);
        }
        Field::Missing => {
            let path = ["jobTemplate", "spec", "template", "spec"];
            for (wire, message) in [
                ("containers", "the job needs a pod with containers"),
                ("restartPolicy", "the pods of a `CronJob` need the restart policy `OnFailure` or `Never`"),
            ] {
                let path: Vec<&str> = path.iter().copied().chain([wire]).collect();
                out.at_missing(spec, &path, "missing-field", message);
            }
        }
        _ => {}
    }
}

/// A job is called by its CronJob and eleven characters more.
fn name(document: &Document, out: &mut Violations<'_>) {
    let Some(metadata) = document.root.get("metadata").known() else { return };
    let length = match (string(metadata, "name"), string(metadata, "generateName")) {
        (Some(""), Some(prefix)) if !prefix.is_empty() => prefix.len().min(KEPT_PREFIX) + 5,
        (Some(name), _) => name.len(),
        _ => return,
    };
    if length > 52 {
        let message = format!("the name of a CronJob must have at most 52 characters, not {length}");
        let help = "its jobs are called by it and 11 characters more";
        out.at_field(metadata, "name", "invalid-name", message).help(help);
    }
}

fn when(spec: &Node, out: &mut Violations<'_>) {
    let Some(node) = spec.get("schedule").known() else { return };
    let Some(text) = node.as_str() else { return };
    if let Err(why) = schedule::parse(text) {
        out.at(node, RULE, format!("`{text}` is not a valid schedule: {why}"));
    }
    // Before 1.29 a time zone could stand here, only not in both places.
    let twice = !spec.get("timeZone").is_missing();
    if text.contains("TZ") && (out.release().is_from(29) || twice) {
        out.at(node, RULE, "the schedule cannot hold a time zone").help("set `timeZone`");
    }
}

fn time_zone(spec: &Node, out: &mut Violations<'_>) {
    let Some(node) = spec.get("timeZone").known() else { return };
    let Some(zone) = node.as_str() else { return };
    // Some systems have these beside the zones that everybody has.
    let of_system = zone.starts_with("posix/") || zone.starts_with("right/");
    if !of_system && !is_time_zone(zone) {
        let names = TIME_ZONES.lines();
        let near = names.clone().find(|name| name.eq_ignore_ascii_case(zone));
        let violation = out.at(node, RULE, format!("`{zone}` is not a known time zone"));
        match near {
            Some(near) => violation.help(format!("did you mean `{near}`?")),
            None => violation.help("write it like `Europe/Berlin` or `Etc/UTC`"),
        };
    }
}

fn is_time_zone(zone: &str) -> bool {
    zone == "UTC" || TIME_ZONES.lines().any(|name| name == zone)
}
