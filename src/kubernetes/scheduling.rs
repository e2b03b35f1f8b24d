//! Tolerations, affinities and topology spread constraints.
//!
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/>.

use std::collections::{HashMap, HashSet, hash_map};

use super::read::{entries, integer, is_empty, is_given, items, string};
use super::{PodTemplate, Violations, formats, selectors};
use crate::schema::Gate;
use crate::tree::{Field, Node};

const AFFINITY: &str = "invalid-affinity";
const TOLERATION: &str = "invalid-toleration";
const SPREAD: &str = "invalid-topology-spread";

/// Checks where the pod may run.
pub fn check(pod: &PodTemplate<'_>, spec: &Node, out: &mut Violations<'_>) {
    items(spec, "tolerations").iter().for_each(|node| toleration(node, out));
    if let Some(affinity) = spec.get("affinity").known() {
        if let Some(node) = affinity.get("nodeAffinity").known() {
            node_affinity(node, out);
        }
        for wire in ["podAffinity", "podAntiAffinity"] {
            if let Some(node) = affinity.get(wire).known() {
                pod_affinity(pod, node, out);
            }
        }
    }
    spread(pod, spec, out);
}

pub fn toleration(node: &Node, out: &mut Violations<'_>) {
    let (key, operator, value) = (string(node, "key"), string(node, "operator"), string(node, "value"));
    for fault in key.filter(|key| !key.is_empty()).map(formats::qualified_name).unwrap_or_default() {
        let message = format!("`{}` is no valid key of a taint: it must have {fault}", key.unwrap_or_default());
        out.at_field(node, "key", TOLERATION, message);
    }
    if key == Some("") && operator.is_some_and(|operator| operator != "Exists") {
        out.at_field(node, "operator", TOLERATION, "a toleration without `key` needs the operator `Exists`");
    }
    let effect = string(node, "effect");
    if is_given(node, "tolerationSeconds") && effect.is_some_and(|effect| effect != "NoExecute") {
        let message = format!("`{}` goes with the effect `NoExecute` only", out.field("tolerationSeconds"));
        out.at_field(node, "effect", TOLERATION, message);
    }
    match operator {
        Some("" | "Equal") => {
            let faults = value.map(formats::label_value).unwrap_or_default();
            if !faults.is_empty() {
                let message = format!(
                    "`{}` is no valid value of a taint: it must have {}",
                    value.unwrap_or_default(),
                    faults.join(", ")
                );
                let place = node.get("value").known().unwrap_or(node).head();
                out.at_field(node, "operator", TOLERATION, message).shown_at(place);
            }
        }
        Some("Exists") => {
            if value.is_some_and(|value| !value.is_empty()) {
                out.at_field(node, "operator", TOLERATION, "a toleration with the operator `Exists` has no `value`");
            }
        }
        Some("Lt" | "Gt") if out.release().has(Gate::TaintTolerationComparisonOperators) => {
            if value.is_some_and(|value| !is_decimal(value)) {
                out.at_field(node, "value", TOLERATION, "the operators `Lt` and `Gt` need a whole number as `value`");
            }
        }
        Some(other) => {
            let message = format!("the operator must be `Equal` or `Exists`, not `{other}`");
            out.at_field(node, "operator", TOLERATION, message);
        }
        None => {}
    }
    if effect != Some("") {
        out.one_of(node, "effect", &["NoSchedule", "PreferNoSchedule", "NoExecute"]);
    }
}

/// A whole number of 64 bits without a plus sign or leading zeros.
fn is_decimal(text: &str) -> bool {
    text.parse::<i64>().is_ok_and(|number| number.to_string() == text)
}

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

fn node_affinity(affinity: &Node, out: &mut Violations<'_>) {
    if let Some(required) = affinity.get(REQUIRED).known() {
        if is_empty(required, "nodeSelectorTerms") {
            out.at_field(required, "nodeSelectorTerms", AFFINITY, "at least one term is needed");
        }
        for term in items(required, "nodeSelectorTerms") {
            node_term(term, true, out);
        }
    }
    for preference in items(affinity, PREFERRED) {
        weight(preference, out);
        if let Some(term) = preference.get("preference").known() {
            node_term(term, false, out);
        }
    }
}

fn weight(node: &Node, out: &mut Violations<'_>) {
    match integer(node, "weight") {
        Field::Missing => {
            out.at_field(node, "weight", AFFINITY, "`weight` must be between 1 and 100");
        }
        _ => out.in_range(node, "weight", AFFINITY, 1..=100),
    }
}

fn node_term(term: &Node, required: bool, out: &mut Violations<'_>) {
    for expression in items(term, "matchExpressions") {
        selectors::requirement(expression, &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"], AFFINITY, out);
        if required && out.release().is_from(33) {
            selectors::label_values(expression, AFFINITY, out);
        }
    }
    for field in items(term, "matchFields") {
        match_field(field, out);
    }
}

/// Fields of a node: only its name, and only one value.
fn match_field(field: &Node, out: &mut Violations<'_>) {
    match string(field, "operator") {
        Some("In" | "NotIn") => {
            let open = field.get("values").is_dynamic();
            if items(field, "values").len() != 1 && !open {
                out.at_field(field, "values", AFFINITY, "exactly one value is needed");
            }
        }
        Some(other) => {
            out.at_field(field, "operator", AFFINITY, format!("the operator must be `In` or `NotIn`, not `{other}`"));
        }
        None => {}
    }
    match string(field, "key") {
        Some("metadata.name") => {
            for node in items(field, "values") {
                let faults = node.as_str().map(formats::dns_subdomain).unwrap_or_default();
                out.format(node, AFFINITY, "name of a node", &faults);
            }
        }
        Some(other) => {
            out.at_field(
                field,
                "key",
                AFFINITY,
                format!("only the field `metadata.name` can be matched, not `{other}`"),
            );
        }
        None => {}
    }
}

fn pod_affinity(pod: &PodTemplate<'_>, affinity: &Node, out: &mut Violations<'_>) {
    for term in items(affinity, REQUIRED) {
        pod_term(pod, term, out);
    }
    for preference in items(affinity, PREFERRED) {
        weight(preference, out);
        match preference.get("podAffinityTerm") {
            Field::Known(term) => pod_term(pod, term, out),
            Field::Missing => {
                out.at_missing(preference, &["podAffinityTerm", "topologyKey"], AFFINITY, "a term needs `topologyKey`");
            }
            Field::Dynamic => {}
        }
    }
}

fn pod_term(pod: &PodTemplate<'_>, term: &Node, out: &mut Violations<'_>) {
    for wire in ["labelSelector", "namespaceSelector"] {
        if let Some(selector) = term.get(wire).known() {
            selectors::check(selector, AFFINITY, out);
        }
    }
    for node in items(term, "namespaces") {
        let Some(name) = node.as_str() else { continue };
        for fault in formats::dns_label(name) {
            let message = format!("`{name}` is no valid namespace: it must have {fault}");
            out.at(term, AFFINITY, message).below(".namespace").shown_at(node.location);
        }
    }
    if let Some(key) = string(term, "topologyKey") {
        if key.is_empty() {
            out.at_field(term, "topologyKey", AFFINITY, format!("`{}` is required", out.field("topologyKey")));
        } else {
            for fault in formats::qualified_name(key) {
                let message = format!("`{key}` is no valid label key: it must have {fault}");
                out.at_field(term, "topologyKey", AFFINITY, message);
            }
        }
    }
    match_keys(pod, term, &["matchLabelKeys", "mismatchLabelKeys"], AFFINITY, out);
}

/// Keys whose values are taken from the pod itself.
fn match_keys(pod: &PodTemplate<'_>, term: &Node, wires: &[&str], rule: &'static str, out: &mut Violations<'_>) {
    for wire in wires {
        if items(term, wire).is_empty() {
            continue;
        }
        if term.get("labelSelector").is_missing() {
            let message = format!("`{}` needs a `{}`", out.field(wire), out.field("labelSelector"));
            out.at_field(term, wire, "forbidden-combination", message);
        }
        for node in items(term, wire) {
            let faults = node.as_str().map(formats::qualified_name).unwrap_or_default();
            out.format(node, rule, "label key", &faults);
        }
    }
    both_lists(term, wires, rule, out);
    let is_spread = rule == SPREAD;
    if is_spread && !out.release().has(Gate::MatchLabelKeysInPodTopologySpreadSelectorMerge) {
        selected_at_all(term, rule, out);
    } else {
        selected_already(pod, term, rule, out);
    }
}

/// Before the server put the keys into the selector, they could not be in it.
fn selected_at_all(constraint: &Node, rule: &'static str, out: &mut Violations<'_>) {
    let Some(selector) = constraint.get("labelSelector").known() else { return };
    let plain = entries(selector, "matchLabels").iter().map(|entry| &*entry.key.wire);
    let keys: HashSet<&str> =
        plain.chain(items(selector, "matchExpressions").iter().filter_map(|one| string(one, "key"))).collect();
    for node in items(constraint, "matchLabelKeys") {
        if node.as_str().is_some_and(|key| keys.contains(key)) {
            let message =
                format!("the key is in both `{}` and `{}`", out.field("matchLabelKeys"), out.field("labelSelector"));
            out.at(node, rule, message);
        }
    }
}

fn both_lists(term: &Node, wires: &[&str], rule: &'static str, out: &mut Violations<'_>) {
    let [first, second] = wires else { return };
    let others: HashSet<&str> = items(term, second).iter().filter_map(Node::as_str).collect();
    for node in items(term, first) {
        if node.as_str().is_some_and(|key| others.contains(key)) {
            out.at(node, rule, format!("the key is in both `{}` and `{}`", out.field(first), out.field(second)));
        }
    }
}

/// A key that the selector uses twice cannot be matched against the pod as well: the server names the term itself. For a pod
/// it puts the keys whose labels the pod has into the selector first.
fn selected_already(pod: &PodTemplate<'_>, term: &Node, rule: &'static str, out: &mut Violations<'_>) {
    let Some(selector) = term.get("labelSelector").known() else { return };
    let matched: Vec<(usize, &Node)> = items(term, "matchLabelKeys").iter().enumerate().collect();
    if matched.is_empty() {
        return;
    }
    let labels = pod.template.get("metadata").then(|metadata| metadata.get("labels"));
    let merged = |wire: &str| {
        let keys = items(term, wire).iter().filter_map(Node::as_str);
        let has = |key: &&str| pod.is_pod() && labels.then(|map| map.get(key)).known().is_some();
        keys.filter(has).collect::<Vec<_>>()
    };
    let mut seen: HashSet<&str> = entries(selector, "matchLabels").iter().map(|entry| &*entry.key.wire).collect();
    let own = items(selector, "matchExpressions").iter().filter_map(|expression| string(expression, "key"));
    let keys = own.chain(merged("matchLabelKeys")).chain(merged("mismatchLabelKeys"));
    let repeated: HashSet<&str> = keys.filter(|key| !seen.insert(key)).collect();
    // Of a key that is given twice the last one is named.
    let mut last: HashMap<&str, (usize, &Node)> = HashMap::new();
    for (index, node) in matched {
        last.extend(node.as_str().map(|key| (key, (index, node))));
    }
    let mut named: Vec<(usize, &Node)> =
        last.into_iter().filter(|(key, _)| repeated.contains(key)).map(|(_, place)| place).collect();
    named.sort_by_key(|(index, _)| *index);
    for (index, node) in named {
        let (keys, selector) = (out.field("matchLabelKeys").into_owned(), out.field("labelSelector").into_owned());
        let message = format!("the key is in both `{keys}` and `{selector}`");
        out.at(term, rule, message).below(&format!("[{index}]")).shown_at(node.location);
    }
}

fn spread(pod: &PodTemplate<'_>, spec: &Node, out: &mut Violations<'_>) {
    let mut seen = HashMap::new();
    for constraint in items(spec, "topologySpreadConstraints") {
        match integer(constraint, "maxSkew") {
            Field::Missing => {
                out.at_field(constraint, "maxSkew", SPREAD, format!("`{}` must be at least 1", out.field("maxSkew")));
            }
            _ => out.in_range(constraint, "maxSkew", SPREAD, 1..=i64::MAX),
        }
        let (key, when) = (string(constraint, "topologyKey"), string(constraint, "whenUnsatisfiable"));
        if key == Some("") {
            out.at_field(constraint, "topologyKey", SPREAD, format!("`{}` is required", out.field("topologyKey")));
        }
        if !matches!(when, Some("DoNotSchedule" | "ScheduleAnyway") | None) {
            let message = format!(
                "`{}` must be `DoNotSchedule` or `ScheduleAnyway`, not `{}`",
                out.field("whenUnsatisfiable"),
                when.unwrap_or_default()
            );
            out.at_field(constraint, "whenUnsatisfiable", SPREAD, message);
        }
        repeated_constraint(constraint, (key, when), &mut seen, out);
        if is_given(constraint, "minDomains") {
            out.in_range(constraint, "minDomains", SPREAD, 1..=i64::MAX);
            if when.is_some_and(|when| when != "DoNotSchedule") {
                let message = format!("`{}` goes with `DoNotSchedule` only", out.field("minDomains"));
                out.at_field(constraint, "minDomains", SPREAD, message);
            }
        }
        for wire in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            out.one_of(constraint, wire, &["Honor", "Ignore"]);
        }
        if let Some(selector) = constraint.get("labelSelector").known() {
            selectors::check(selector, SPREAD, out);
        }
        match_keys(pod, constraint, &["matchLabelKeys"], SPREAD, out);
    }
}

fn repeated_constraint<'a>(
    constraint: &'a Node,
    (key, when): (Option<&'a str>, Option<&'a str>),
    seen: &mut HashMap<(&'a str, &'a str), &'a Node>,
    out: &mut Violations<'_>,
) {
    let (Some(key), Some(when)) = (key, when) else { return };
    match seen.entry((key, when)) {
        // The server names the first of the two.
        hash_map::Entry::Occupied(first) => {
            let first = first.get();
            let message = format!("a constraint on `{key}` with `{when}` is given already");
            let violation = out.at(first, "duplicate-name", message).below(".{topologyKey, whenUnsatisfiable}");
            violation.shown_at(constraint.head()).label(first.head(), "given here");
        }
        hash_map::Entry::Vacant(place) => {
            place.insert(constraint);
        }
    }
}
