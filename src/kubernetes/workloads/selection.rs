//! Whether a workload's selector fits the labels of its own pods.
//!
//! Source: <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors>.

use crate::kubernetes::read::{entries, items, string};
use crate::kubernetes::{Violations, formats, selectors};
use crate::tree::{Entry, Field, Node, Value};

pub const RULE: &str = "invalid-selector";

/// What is known of one label.
#[derive(Clone, Copy)]
pub enum Label<'a> {
    /// It is not there.
    Absent,
    /// It is this.
    Text(&'a str),
    /// It is there, with a value that the server makes up.
    Fresh,
    /// Nothing is known.
    Unknown,
}

/// Checks the selector of a workload of `apps/v1`: that there is one, and that it selects the pods of the template.
pub fn check(spec: &Node, out: &mut Violations<'_>) {
    let Some(selector) = required(spec, out) else { return };
    let valid = is_valid(selector, out);
    if is_void(selector) {
        out.at(selector, RULE, "an empty selector would select all pods").help("select the labels of the pods");
    } else if valid {
        compare_with_template(spec, selector, out);
    } else {
        // The server names the whole beside the part that is wrong.
        out.at(selector, RULE, "this is not a valid selector");
    }
}

/// The same for a DaemonSet, of which an absent selector, and the cause of a broken one, is all that the server names.
pub fn check_daemons(spec: &Node, out: &mut Violations<'_>) {
    let selector = match spec.get("selector") {
        Field::Known(selector) if selector.as_map().is_some() => selector,
        Field::Missing => return labels_differ(spec, None, out),
        _ => return,
    };
    let valid = is_valid(selector, out);
    if is_void(selector) {
        out.at(selector, RULE, "an empty selector would select all pods").help("select the labels of the pods");
    } else if valid {
        compare_with_template(spec, selector, out);
    }
}

/// The same for a job with a selector of its own, which may be empty.
pub fn check_manual(spec: &Node, out: &mut Violations<'_>) {
    let Some(selector) = required(spec, out) else { return };
    if is_valid(selector, out) {
        compare_with_template(spec, selector, out);
    }
}

/// The selector; the objection that there is none, and so selects nothing.
fn required<'a>(spec: &'a Node, out: &mut Violations<'_>) -> Option<&'a Node> {
    match spec.get("selector") {
        Field::Known(selector) if selector.as_map().is_some() => Some(selector),
        Field::Missing => {
            out.required(spec, "selector").help("select the labels of the pods: `matchLabels`");
            labels_differ(spec, None, out);
            None
        }
        _ => None,
    }
}

pub fn is_valid(selector: &Node, out: &mut Violations<'_>) -> bool {
    let before = out.count();
    selectors::check(selector, RULE, out);
    out.count() == before
}

/// Whether it certainly has no requirement.
fn is_void(selector: &Node) -> bool {
    ["matchLabels", "matchExpressions"].iter().all(|wire| match selector.get(wire) {
        Field::Missing => true,
        Field::Known(node) => match &node.value {
            Value::Map(map) => map.entries.is_empty() && !map.open,
            Value::List(list) => list.items.is_empty() && !list.open,
            _ => false,
        },
        Field::Dynamic => false,
    })
}

fn compare_with_template(spec: &Node, selector: &Node, out: &mut Violations<'_>) {
    let labels = labels_of(spec);
    if fits(selector, &|key| label(labels, key)) == Some(false) {
        labels_differ(spec, Some(selector), out);
    }
}

/// Checks a selector that is a plain map of labels.
pub fn check_map(spec: &Node, selector: &Node, out: &mut Violations<'_>) {
    let labels = labels_of(spec);
    let wanted = selector.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
    let is_valid = |entry: &Entry| {
        let value = text_of(&entry.value).unwrap_or_default();
        formats::qualified_name(&entry.key.wire).is_empty() && formats::label_value(value).is_empty()
    };
    // One that is not valid selects whatever is there.
    if wanted.iter().all(is_valid)
        && all(wanted.iter().map(|entry| has(label(labels, &entry.key.wire), std::slice::from_ref(&entry.value))))
            == Some(false)
    {
        labels_differ(spec, Some(selector), out);
    }
}

/// The labels of the pods.
pub fn labels_of(spec: &Node) -> Field<&Node> {
    spec.get("template").then(|template| template.get("metadata")).then(|metadata| metadata.get("labels"))
}

/// The objection to the labels of the template.
pub fn labels_differ(spec: &Node, selector: Option<&Node>, out: &mut Violations<'_>) {
    let labels = labels_of(spec);
    if labels.is_dynamic() {
        return;
    }
    let message = "the selector does not select these labels: the workload would not find its own pods";
    let violation = match labels.known() {
        Some(labels) => out.at(labels, RULE, message),
        None => out.at_missing(spec, &["template", "metadata", "labels"], RULE, message),
    };
    if let Some(selector) = selector {
        violation.label(selector.head(), "the selector");
    }
}

/// What is known of a label in a map of them.
pub fn label<'a>(labels: Field<&'a Node>, key: &str) -> Label<'a> {
    let map = match labels {
        Field::Missing => return Label::Absent,
        Field::Known(node) => node.as_map(),
        Field::Dynamic => None,
    };
    let Some(map) = map else { return Label::Unknown };
    match map.entry(key) {
        Some(entry) => text_of(&entry.value).map_or(Label::Unknown, Label::Text),
        None if map.open => Label::Unknown,
        None => Label::Absent,
    }
}

/// Whether labels meet all requirements; `None` where that is not known.
pub fn fits<'a>(selector: &Node, label: &dyn Fn(&str) -> Label<'a>) -> Option<bool> {
    let plain = entries(selector, "matchLabels").iter();
    let plain = plain.map(|Entry { key, value }| has(label(&key.wire), std::slice::from_ref(value)));
    let expressions = items(selector, "matchExpressions").iter().map(|one| meets(one, label));
    all(plain.chain(expressions))
}

fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

fn meets<'a>(expression: &Node, label: &dyn Fn(&str) -> Label<'a>) -> Option<bool> {
    let found = label(string(expression, "key")?);
    let list = expression.get("values").known().and_then(Node::as_list);
    let values = items(expression, "values");
    // An unknown value may be the one.
    let in_values = || has(found, values).filter(|is_in| *is_in || list.is_some_and(|list| !list.open));
    match string(expression, "operator")? {
        "In" => in_values(),
        "NotIn" => in_values().map(|is_in| !is_in),
        "Exists" => is_there(found),
        "DoesNotExist" => is_there(found).map(|there| !there),
        _ => None,
    }
}

const fn is_there(label: Label<'_>) -> Option<bool> {
    match label {
        Label::Absent => Some(false),
        Label::Text(_) | Label::Fresh => Some(true),
        Label::Unknown => None,
    }
}

/// Whether a label has one of some values.
fn has(label: Label<'_>, values: &[Node]) -> Option<bool> {
    let found = match label {
        Label::Absent | Label::Fresh => return Some(false),
        Label::Text(text) => text,
        Label::Unknown => return None,
    };
    let wanted: Option<Vec<&str>> = values.iter().map(text_of).collect();
    wanted.map(|wanted| wanted.contains(&found))
}

fn text_of(node: &Node) -> Option<&str> {
    match &node.value {
        Value::String(text) => Some(text),
        Value::Null => Some(""),
        _ => None,
    }
}
