//! # invalid-schedule
//!
//! ## What it does
//! Finds schedules and time zones of CronJobs that Kubernetes cannot read.
//!
//! ## Why
//! A schedule has five fields, or is a word such as `@daily` or `@every 1h`. Sunday is 0 and never 7, and seconds have no
//! field. The time zone is a name of the IANA database, and its place is `timeZone`. The API server rejects anything else.
//!
//! ## Example
//! ```yaml
//! apiVersion: batch/v1
//! kind: CronJob
//! metadata:
//!   name: report
//! spec:
//!   schedule: "0 7 * * 7"
//!   jobTemplate:
//!     spec:
//!       template:
//!         spec:
//!           restartPolicy: Never
//!           containers:
//!             - name: report
//!               image: ghcr.io/acme/report:1.0
//! ```
//!
//! ## Use instead
//! ```yaml
//! apiVersion: batch/v1
//! kind: CronJob
//! metadata:
//!   name: report
//! spec:
//!   schedule: "0 7 * * 0"
//!   timeZone: Europe/Berlin
//!   jobTemplate:
//!     spec:
//!       template:
//!         spec:
//!           restartPolicy: Never
//!           containers:
//!             - name: report
//!               image: ghcr.io/acme/report:1.0
//! ```
//!
//! ## References
//! - [Kubernetes: CronJob](https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax)

use crate::diagnostic::{Authority, Severity};
use crate::rule::{Group, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-schedule",
    severity: Severity::Error,
    authority: Authority::Kubernetes,
    group: Group::Kubernetes,
    enabled_by_default: true,
    source: include_str!("invalid_schedule.rs"),
    check,
};

/// Found by `crate::kubernetes`, which looks at a document once for all such rules.
fn check(_: &crate::rule::Context<'_>, _: &mut crate::rule::Findings) {}
