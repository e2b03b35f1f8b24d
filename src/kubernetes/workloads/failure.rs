//! What a job does when its pods fail: `podFailurePolicy` and `podReplacementPolicy`.
//!
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy>.

use std::collections::HashSet;

use crate::kubernetes::containers::Names;
use crate::kubernetes::read::{is_empty, is_given, items, string};
use crate::kubernetes::{Violations, formats};
use crate::schema::Gate;
use crate::tree::{Node, Value};

const RULE: &str = "invalid-value";

/// Checks both policies.
pub fn check(spec: &Node, out: &mut Violations<'_>) {
    let policy = spec.get("podFailurePolicy");
    if is_given(spec, "podReplacementPolicy") && !policy.is_dynamic() {
        let allowed: &[&str] = if policy.is_missing() { &["Failed", "TerminatingOrFailed"] } else { &["Failed"] };
        out.one_of(spec, "podReplacementPolicy", allowed);
    }
    let Some(policy) = policy.known() else { return };
    let rules = items(policy, "rules");
    if rules.len() > 20 {
        out.at_field(policy, "rules", RULE, format!("at most 20 rules are allowed, not {}", rules.len()));
    }
    let pod = spec.get("template").then(|template| template.get("spec"));
    let names = pod
        .known()
        .filter(|pod| crate::kubernetes::containers::is_closed(pod))
        .map(|pod| Names::of(items(pod, "containers").iter().chain(items(pod, "initContainers"))));
    for rule in rules.iter().filter(|rule| !rule.is_dynamic()) {
        one_rule(spec, rule, names.as_ref(), out);
    }
    if let Some(pod) = pod.known()
        && string(pod, "restartPolicy") == Some("OnFailure")
    {
        let message = "`podFailurePolicy` needs the restart policy `Never`";
        out.at_field(pod, "restartPolicy", "forbidden-combination", message);
    }
}

fn one_rule(spec: &Node, rule: &Node, names: Option<&Names<'_>>, out: &mut Violations<'_>) {
    let by_index = out.release().knows(Gate::JobBackoffLimitPerIndex);
    match string(rule, "action") {
        Some("") => {
            out.required(rule, "action");
        }
        Some("FailIndex") if by_index => {
            if spec.get("backoffLimitPerIndex").is_missing() {
                let message = "the action `FailIndex` needs `backoffLimitPerIndex`";
                out.at_field(rule, "action", "forbidden-combination", message);
            }
        }
        Some(_) if by_index => {
            out.one_of(rule, "action", &["Count", "FailIndex", "FailJob", "Ignore"]);
        }
        Some(_) => {
            out.one_of(rule, "action", &["Count", "FailJob", "Ignore"]);
        }
        None => {}
    }
    if let Some(codes) = rule.get("onExitCodes").known() {
        exit_codes(codes, names, out);
    }
    conditions(rule, out);
    let (codes, patterns) = (rule.get("onExitCodes"), !is_empty(rule, "onPodConditions"));
    if codes.known().is_some() && !items(rule, "onPodConditions").is_empty() {
        let message = "`onExitCodes` and `onPodConditions` exclude each other";
        out.at(rule, "forbidden-combination", message);
    }
    if codes.is_missing() && !patterns {
        out.at(rule, "missing-field", "a rule needs one of `onExitCodes` and `onPodConditions`");
    }
}

fn exit_codes(codes: &Node, names: Option<&Names<'_>>, out: &mut Violations<'_>) {
    match string(codes, "operator") {
        Some("") => {
            out.required(codes, "operator");
        }
        _ => {
            out.one_of(codes, "operator", &["In", "NotIn"]);
        }
    }
    if is_given(codes, "containerName")
        && let Some(name) = string(codes, "containerName")
        && names.is_some_and(|names| !names.may_have(name))
    {
        let message = format!("the pod has no container `{name}`");
        out.at_field(codes, "containerName", "invalid-reference", message);
    }
    if is_empty(codes, "values") {
        out.at_field(codes, "values", RULE, "at least one value is needed");
    }
    values(codes, out);
}

fn values(codes: &Node, out: &mut Violations<'_>) {
    let values = items(codes, "values");
    if values.len() > 255 {
        out.at_field(codes, "values", RULE, format!("at most 255 values are allowed, not {}", values.len()));
    }
    let is_in = string(codes, "operator") == Some("In");
    let (mut seen, mut last, mut ordered) = (HashSet::new(), None, true);
    for node in values {
        let number = match &node.value {
            Value::Number(number) => number.as_i64(),
            Value::Null => Some(0),
            _ => None,
        };
        let Some(value) = number else {
            last = None;
            continue;
        };
        if is_in && value == 0 {
            out.at(node, RULE, "0 is success: it cannot be a value of the operator `In`");
        }
        if !seen.insert(value) {
            out.at(node, "duplicate-name", format!("the exit code {value} is given twice"));
        }
        ordered &= last.is_none_or(|last| last <= value);
        last = Some(value);
    }
    if !ordered {
        out.at_field(codes, "values", RULE, "the values must be in ascending order");
    }
}

fn conditions(rule: &Node, out: &mut Violations<'_>) {
    let patterns = items(rule, "onPodConditions");
    if patterns.len() > 20 {
        out.at_field(
            rule,
            "onPodConditions",
            RULE,
            format!("at most 20 conditions are allowed, not {}", patterns.len()),
        );
    }
    for pattern in patterns {
        if let Some(kind) = string(pattern, "type") {
            for fault in formats::qualified_name(kind) {
                let message = format!("`{kind}` is not a valid type of a condition: it must have {fault}");
                out.at_field(pattern, "type", "invalid-name", message);
            }
        }
        // Absent it is `True`.
        if string(pattern, "status") != Some("") {
            out.one_of(pattern, "status", &["False", "True", "Unknown"]);
        }
    }
}
