//! Label selectors, as affinities, spread constraints and claims use them.
//!
//! Source: <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors>.

use super::read::{entries, is_empty, items, string};
use super::{Violations, formats};
use crate::tree::Node;

/// Checks `matchLabels` and `matchExpressions`.
pub fn check(selector: &Node, rule: &'static str, out: &mut Violations<'_>) {
    if let Some(map) = selector.get("matchLabels").known() {
        for entry in entries(selector, "matchLabels") {
            for fault in formats::qualified_name(&entry.key.wire) {
                let message = format!("`{}` is no valid label key: it must have {fault}", entry.key.wire);
                out.at(map, rule, message).shown_at(entry.key.location);
            }
            for fault in entry.value.as_str().map(formats::label_value).unwrap_or_default() {
                let value = entry.value.as_str().unwrap_or_default();
                out.at(map, rule, format!("`{value}` is no valid label value: it must have {fault}"))
                    .shown_at(entry.value.location);
            }
        }
    }
    for expression in items(selector, "matchExpressions") {
        requirement(expression, &["In", "NotIn", "Exists", "DoesNotExist"], rule, out);
        label_values(expression, rule, out);
    }
}

/// Checks one expression: its operator, how many values that takes, and its key.
pub fn requirement(expression: &Node, operators: &[&str], rule: &'static str, out: &mut Violations<'_>) {
    let values = items(expression, "values");
    match string(expression, "operator") {
        Some("In" | "NotIn") => {
            if is_empty(expression, "values") {
                out.at_field(expression, "values", rule, "the operators `In` and `NotIn` need `values`");
            }
        }
        Some("Exists" | "DoesNotExist") => {
            if !values.is_empty() {
                out.at_field(expression, "values", rule, "the operators `Exists` and `DoesNotExist` take no `values`");
            }
        }
        Some("Gt" | "Lt") if operators.contains(&"Gt") => {
            let known = expression.get("values").known().and_then(Node::as_list).is_none_or(|list| !list.open);
            if values.len() != 1 && known && !expression.get("values").is_dynamic() {
                out.at_field(expression, "values", rule, "the operators `Gt` and `Lt` take one value");
            }
        }
        Some(other) => {
            let message = format!("`{other}` is no operator; use one of {}", operators.join(", "));
            out.at_field(expression, "operator", rule, message);
        }
        None => {}
    }
    if let Some(key) = string(expression, "key") {
        for fault in formats::qualified_name(key) {
            let message = format!("`{key}` is no valid label key: it must have {fault}");
            out.at_field(expression, "key", rule, message);
        }
    }
}

/// Checks the format of an expression's values.
pub fn label_values(expression: &Node, rule: &'static str, out: &mut Violations<'_>) {
    for node in items(expression, "values") {
        let faults = node.as_str().map(formats::label_value).unwrap_or_default();
        out.format(node, rule, "label value", &faults);
    }
}
