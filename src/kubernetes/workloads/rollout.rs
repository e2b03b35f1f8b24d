//! Deployments, ReplicaSets, ReplicationControllers and DaemonSets: how many pods, and how they are replaced.
//!
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/deployment/>.

use super::{number_or, selection, shared_disks};
use crate::kubernetes::Violations;
use crate::kubernetes::read::{is_given, string};
use crate::tree::{Field, Node, Value};

const RULE: &str = "invalid-value";

/// Checks a Deployment.
pub fn deployment(spec: &Node, out: &mut Violations<'_>) {
    for wire in ["replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] {
        out.not_negative(spec, wire);
    }
    selection::check(spec, out);
    if number_or(spec, "replicas", 1).is_some_and(|replicas| replicas > 1) {
        shared_disks(spec, out);
    }
    if let Some(strategy) = spec.get("strategy").known() {
        deployment_strategy(strategy, out);
    }
    let deadline = number_or(spec, "progressDeadlineSeconds", 600);
    let ready = number_or(spec, "minReadySeconds", 0);
    if let (Some(deadline), Some(ready)) = (deadline, ready)
        && deadline <= ready
    {
        let message = format!("`progressDeadlineSeconds` ({deadline}) must be more than `minReadySeconds` ({ready})");
        out.at_field(spec, "progressDeadlineSeconds", RULE, message);
    }
}

fn deployment_strategy(strategy: &Node, out: &mut Violations<'_>) {
    match string(strategy, "type") {
        Some("Recreate") => {
            if is_given(strategy, "rollingUpdate") {
                let message = "`rollingUpdate` cannot be set with the strategy `Recreate`";
                out.at_field(strategy, "rollingUpdate", "forbidden-combination", message);
            }
        }
        Some("" | "RollingUpdate") => {
            if let Some(update) = strategy.get("rollingUpdate").known() {
                let unavailable = amount(update, "maxUnavailable", Amount::Percent(25), out);
                let surge = amount(update, "maxSurge", Amount::Percent(25), out);
                if unavailable.is_zero() && surge.is_zero() {
                    let message = "`maxUnavailable` and `maxSurge` cannot both be 0";
                    out.at_field(update, "maxUnavailable", RULE, message);
                }
                not_above_all(update, "maxUnavailable", unavailable, out);
            }
        }
        Some(other) => wrong_strategy(strategy, other, "`Recreate` or `RollingUpdate`", out),
        None => {}
    }
}

/// The server names the strategy, not its type.
pub fn wrong_strategy(strategy: &Node, found: &str, allowed: &str, out: &mut Violations<'_>) {
    let place = strategy.get("type").known().unwrap_or(strategy).head();
    out.at(strategy, RULE, format!("the type of the strategy must be {allowed}, not `{found}`")).shown_at(place);
}

/// Checks a ReplicaSet.
pub fn replica_set(spec: &Node, out: &mut Violations<'_>) {
    for wire in ["replicas", "minReadySeconds"] {
        out.not_negative(spec, wire);
    }
    selection::check(spec, out);
    if number_or(spec, "replicas", 1).is_some_and(|replicas| replicas > 1) {
        shared_disks(spec, out);
    }
}

/// Checks a ReplicationController, whose selector is a plain map.
pub fn replication_controller(spec: &Node, out: &mut Violations<'_>) {
    for wire in ["replicas", "minReadySeconds"] {
        out.not_negative(spec, wire);
    }
    let labels = selection::labels_of(spec);
    let is_void = |node: &Node| node.as_map().is_some_and(|map| map.entries.is_empty() && !map.open);
    match spec.get("selector") {
        Field::Known(selector) if !is_void(selector) => selection::check_map(spec, selector, out),
        // The labels of the template are the default.
        Field::Known(_) | Field::Missing => {
            if labels.is_missing() || labels.known().is_some_and(is_void) {
                out.required(spec, "selector");
            }
        }
        Field::Dynamic => {}
    }
    if spec.get("template").is_missing() {
        out.required(spec, "template");
    }
    if number_or(spec, "replicas", 1).is_some_and(|replicas| replicas > 1) {
        shared_disks(spec, out);
    }
}

/// Checks a DaemonSet.
pub fn daemon_set(spec: &Node, out: &mut Violations<'_>) {
    for wire in ["minReadySeconds", "revisionHistoryLimit"] {
        out.not_negative(spec, wire);
    }
    selection::check_daemons(spec, out);
    shared_disks(spec, out);
    let Some(strategy) = spec.get("updateStrategy").known() else { return };
    match string(strategy, "type") {
        Some("OnDelete") | None => {}
        Some("" | "RollingUpdate") => {
            if let Some(update) = strategy.get("rollingUpdate").known() {
                daemon_update(update, out);
            }
        }
        Some(other) => wrong_strategy(strategy, other, "`RollingUpdate` or `OnDelete`", out),
    }
}

fn daemon_update(update: &Node, out: &mut Violations<'_>) {
    let unavailable = amount(update, "maxUnavailable", Amount::Number(1), out);
    let surge = amount(update, "maxSurge", Amount::Number(0), out);
    not_above_all(update, "maxUnavailable", unavailable, out);
    not_above_all(update, "maxSurge", surge, out);
    if unavailable.is_set() && surge.is_set() {
        let message = "`maxSurge` cannot be set while `maxUnavailable` is not 0";
        out.at_field(update, "maxSurge", RULE, message);
    } else if unavailable.is_zero() && surge.is_zero() {
        let message = "`maxUnavailable` cannot be 0 when `maxSurge` is 0";
        out.at_field(update, "maxUnavailable", "missing-field", message);
    }
}

/// How many pods may be replaced at once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// So many.
    Number(i64),
    /// So many of a hundred.
    Percent(i64),
    /// Neither, which counts as nothing.
    Wrong,
    /// Not known.
    Unknown,
}

impl Amount {
    /// Whether it is certainly nothing.
    pub const fn is_zero(self) -> bool {
        matches!(self, Self::Number(0) | Self::Percent(0) | Self::Wrong)
    }

    /// Whether it is certainly something.
    const fn is_set(self) -> bool {
        match self {
            Self::Number(value) | Self::Percent(value) => value != 0,
            Self::Wrong | Self::Unknown => false,
        }
    }
}

/// Reads a number or a percentage, and checks its form.
pub fn amount(parent: &Node, wire: &str, default: Amount, out: &mut Violations<'_>) -> Amount {
    let node = match parent.get(wire) {
        Field::Known(node) => node,
        Field::Missing => return default,
        Field::Dynamic => return Amount::Unknown,
    };
    match &node.value {
        Value::Number(number) => match number.as_i64() {
            Some(value) => {
                out.not_negative(parent, wire);
                Amount::Number(value)
            }
            None => Amount::Unknown,
        },
        Value::String(text) => {
            let digits = text.strip_suffix('%').filter(|digits| is_digits(digits));
            if let Some(digits) = digits {
                return Amount::Percent(digits.parse().unwrap_or(i64::MAX));
            }
            let message = format!("`{wire}` must be a number or a percentage such as `25%`, not `{text}`");
            out.at(node, RULE, message);
            // A number in quotes is read as one all the same.
            text.parse().map_or(Amount::Wrong, Amount::Number)
        }
        _ => Amount::Unknown,
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// No more than all pods.
pub fn not_above_all(parent: &Node, wire: &str, found: Amount, out: &mut Violations<'_>) {
    if let Amount::Percent(101..) = found {
        out.at_field(parent, wire, RULE, format!("`{wire}` cannot be more than `100%`"));
    }
}
