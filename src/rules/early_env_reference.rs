//! # early-env-reference
//!
//! ## What it does
//! Finds environment variables whose value refers to another one that is set only after it.
//!
//! ## Why
//! `$(NAME)` in a value is filled in from the variables that stand before it in the list. A later one is not seen: the value
//! keeps the text `$(NAME)`.
//!
//! ## Example
//! ```yaml
//! apiVersion: v1
//! kind: Pod
//! metadata:
//!   name: training
//! spec:
//!   containers:
//!     - name: primary
//!       image: ghcr.io/acme/train:1.0
//!       env:
//!         - {name: DATABASE_URL, value: "postgresql://$(DATABASE_HOST)/train"}
//!         - {name: DATABASE_HOST, value: database.acme}
//! ```
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EnvVar, V1PodSpec
//!
//! variables = [
//!     V1EnvVar(name="DATABASE_URL", value="postgresql://$(DATABASE_HOST)/train"),
//!     V1EnvVar(name="DATABASE_HOST", value="database.acme"),
//! ]
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", env=variables)]))
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1EnvVar, V1PodSpec
//!
//! variables = [
//!     V1EnvVar(name="DATABASE_HOST", value="database.acme"),
//!     V1EnvVar(name="DATABASE_URL", value="postgresql://$(DATABASE_HOST)/train"),
//! ]
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary", env=variables)]))
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use std::cell::LazyCell;
use std::collections::HashMap;

use crate::diagnostic::{Authority, Severity};
use crate::pod::references;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Field, List, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "early-env-reference",
    severity: Severity::Warning,
    authority: Authority::Kubernetes,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("early_env_reference.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    for container in &context.pod.containers.known {
        let list = container.node.get("env").known().and_then(Node::as_list);
        // Where items are not known, the variable may be set before as well.
        if let Some(list) = list.filter(|list| !list.open) {
            check_list(context, list, findings);
        }
    }
}

fn check_list(context: &Context<'_>, list: &List, findings: &mut Findings) {
    let places = LazyCell::new(|| Places::of(list));
    for (index, item) in list.items.iter().enumerate() {
        let Field::Known(value) = item.get("value") else { continue };
        for name in references(value.as_str().unwrap_or_default()) {
            let Some(later) = places.only_after(index, name).and_then(|later| list.items.get(later)) else { continue };
            let message = format!("`$({name})` is not filled in here: `{name}` is set only later");
            let place = later.get("name").known().unwrap_or(later).location;
            let finding = context.at(value, message).label(place, "set here");
            findings.push(finding.help(format!("move `{name}` before it")));
        }
    }
}

/// Where the variables of a list are set.
struct Places<'a> {
    /// The first and the second place of each name.
    named: HashMap<&'a str, (usize, Option<usize>)>,
    /// The first variable whose name is not known: it may be any.
    unnamed: Option<usize>,
}

impl<'a> Places<'a> {
    fn of(list: &'a List) -> Self {
        let mut places = Self { named: HashMap::new(), unnamed: None };
        for (index, item) in list.items.iter().enumerate() {
            let Field::Known(name) = item.text("name") else {
                places.unnamed.get_or_insert(index);
                continue;
            };
            let (first, second) = places.named.entry(name).or_insert((index, None));
            if *first != index {
                second.get_or_insert(index);
            }
        }
        places
    }

    /// Where a variable is set behind the one at `index`, if it surely is not set before that.
    fn only_after(&self, index: usize, name: &str) -> Option<usize> {
        let (first, second) = *self.named.get(name)?;
        let later = if first == index { second? } else { first };
        (later > index && self.unnamed.is_none_or(|unnamed| unnamed >= index)).then_some(later)
    }
}
