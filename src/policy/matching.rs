//! Which objects a policy or a binding is about.

use super::manifest::list;
use super::object::Resource;
use crate::tree::{Field, Node};

/// Whether something is so, as far as that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It is not.
    No,
    /// Nothing here tells.
    Unknown,
    /// It is.
    Yes,
}

impl Answer {
    fn of(truth: bool) -> Self {
        if truth { Self::Yes } else { Self::No }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }
}

/// Whether `matchConstraints` or `matchResources` fit an object in a namespace.
#[must_use]
pub fn fits(constraints: &Node, resource: &Resource, object: &Node, namespace: Option<&Node>) -> Answer {
    let rules = list(constraints, &["resourceRules"]);
    let any = |rules: &[Node]| {
        let answers = rules.iter().map(|rule| rule_fits(rule, resource, object));
        answers.max().unwrap_or(Answer::No)
    };
    let wanted = if rules.is_empty() { Answer::Yes } else { any(rules) };
    let excluded = match any(list(constraints, &["excludeResourceRules"])) {
        Answer::Yes => Answer::No,
        Answer::Unknown => Answer::Unknown,
        Answer::No => Answer::Yes,
    };
    let labels = |node: Option<&Node>| match node {
        Some(node) => node.get("metadata").then(|metadata| metadata.get("labels")).map(Node::clone),
        None => Field::Dynamic,
    };
    let of_object = selects(constraints.get("objectSelector"), &labels(Some(object)));
    let of_namespace = selects(constraints.get("namespaceSelector"), &labels(namespace));
    wanted.and(excluded).and(of_object).and(of_namespace)
}

fn rule_fits(rule: &Node, resource: &Resource, object: &Node) -> Answer {
    let has = |field: &str, wanted: &str| {
        let texts = list(rule, &[field]).iter().filter_map(Node::as_str);
        texts.into_iter().any(|text| text == "*" || text == wanted)
    };
    let resources = list(rule, &["resources"]).iter().filter_map(Node::as_str);
    let named = resources
        .into_iter()
        .any(|text| text == "*" || text == "*/*" || text.strip_suffix("/*").unwrap_or(text) == resource.plural);
    // What holds pod templates is served in one version, so there is no other that would be equivalent.
    let version = has("apiVersions", &resource.version);
    let scope = rule.text("scope").known() != Some("Cluster");
    let fits = has("apiGroups", &resource.group) && version && named && has("operations", "CREATE") && scope;
    let names = list(rule, &["resourceNames"]);
    if !fits || names.is_empty() {
        return Answer::of(fits);
    }
    match object.get("metadata").then(|metadata| metadata.text("name")) {
        Field::Known(name) => Answer::of(names.iter().any(|known| known.as_str() == Some(name))),
        Field::Missing => Answer::No,
        Field::Dynamic => Answer::Unknown,
    }
}

/// Whether a label selector fits labels; one that is absent or empty fits all.
#[must_use]
pub fn selects(selector: Field<&Node>, labels: &Field<Node>) -> Answer {
    let Some(selector) = selector.known() else { return Answer::Yes };
    let value = |key: &str| match labels {
        Field::Known(labels) => labels.text(key).map(str::to_owned),
        Field::Missing => Field::Missing,
        Field::Dynamic => Field::Dynamic,
    };
    let wanted = selector.get("matchLabels").known().and_then(Node::as_map);
    let pairs = wanted.map(|map| map.entries.as_slice()).unwrap_or_default();
    let by_label = pairs.iter().map(|entry| match (value(&entry.key.wire), entry.value.as_str()) {
        (Field::Known(label), Some(wanted)) => Answer::of(label == wanted),
        (Field::Missing, _) => Answer::No,
        _ => Answer::Unknown,
    });
    let requirements = list(selector, &["matchExpressions"]).iter();
    let by_expression = requirements.map(|requirement| {
        let key = requirement.text("key").known().unwrap_or_default();
        requirement_holds(requirement, &value(key))
    });
    by_label.chain(by_expression).min().unwrap_or(Answer::Yes)
}

fn requirement_holds(requirement: &Node, label: &Field<String>) -> Answer {
    let operator = requirement.text("operator").known().unwrap_or_default();
    let listed = |label: &String| list(requirement, &["values"]).iter().any(|known| known.as_str() == Some(label));
    match (operator, label) {
        (_, Field::Dynamic) => Answer::Unknown,
        ("In", Field::Known(label)) => Answer::of(listed(label)),
        ("NotIn", Field::Known(label)) => Answer::of(!listed(label)),
        ("NotIn" | "DoesNotExist", Field::Missing) | ("Exists", Field::Known(_)) => Answer::Yes,
        ("In" | "Exists", Field::Missing) | ("DoesNotExist", Field::Known(_)) => Answer::No,
        _ => Answer::Unknown,
    }
}
