//! The cluster that a check is about, and the namespaces in it that a pod may go to.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::admit::{self, Refusal};
use super::inventory::{Inventory, ObjectKind};
use crate::document::{Document, Flavour, Kind};
use crate::flyte::Effective;
use crate::source::{Language, SourceFile};
use crate::text::Span;
use crate::tree::{Field, Node, Value};

/// No more namespaces are tried for one pod.
const MAX_NAMESPACES: usize = 64;
/// In larger files nothing is looked for.
const MAX_SEARCHED: usize = 1024 * 1024;

/// A cluster as the user described it.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// What it has.
    pub inventory: Inventory,
    /// The environment's name, where it has one.
    pub name: Option<String>,
    /// Where pods go: a name, or a pattern such as `{project}-{domain}`.
    pub namespace: Option<String>,
    /// The files that it was read from.
    pub files: Vec<Arc<SourceFile>>,
}

impl Cluster {
    /// How many days old the snapshot was at a time, in seconds since 1970.
    #[must_use]
    pub fn age_in_days(&self, now: i64) -> Option<u64> {
        let taken = seconds(self.inventory.taken.as_deref()?)?;
        u64::try_from((now - taken) / 86_400).ok()
    }

    /// Whether no further nodes can appear: all are listed, or each belongs to a pool that is described.
    #[must_use]
    pub fn has_all_nodes(&self) -> bool {
        let inventory = &self.inventory;
        let described = |labels: &std::collections::BTreeMap<String, String>| {
            inventory.pools.iter().any(|pool| match pool.is_karpenter {
                true => labels.get("karpenter.sh/nodepool") == Some(&pool.name),
                false => {
                    !pool.labels.is_empty() && pool.labels.iter().all(|(key, value)| labels.get(key) == Some(value))
                }
            })
        };
        let by_pools = !inventory.pools.is_empty() && inventory.nodes.iter().all(|class| described(&class.labels));
        inventory.complete || by_pools
    }

    /// The names of the pod templates that tasks may give; `None` where they are not all known.
    #[must_use]
    pub fn template_names(&self) -> Option<BTreeSet<String>> {
        let inventory = &self.inventory;
        let is_known = |kind| inventory.known.contains(&kind);
        let all = inventory.complete || inventory.everywhere.contains(&ObjectKind::PodTemplate);
        if !is_known(ObjectKind::PodTemplate) || !all {
            return None;
        }
        let within = inventory.namespaces.iter().filter(|(name, _)| self.may_be_in(name));
        Some(within.flat_map(|(_, within)| within.pod_templates.iter().cloned()).collect())
    }

    /// Whether pods of which nothing else is known may go to a namespace.
    #[must_use]
    pub fn may_be_in(&self, namespace: &str) -> bool {
        match &self.namespace {
            Some(pattern) if pattern.contains('{') => fits(pattern, namespace),
            Some(name) => name == namespace,
            None => !namespace.starts_with("kube-"),
        }
    }

    /// The namespaces that a pod may go to; nothing where none is known.
    #[must_use]
    pub fn namespaces(&self, document: &Document, pod: &Effective) -> Vec<String> {
        let written = match written_namespace(document, pod) {
            Field::Known(name) => return vec![name],
            Field::Missing => matches!(document.kind, Kind::Pod | Kind::Workload),
            Field::Dynamic => false,
        };
        let known = self.inventory.namespaces.keys();
        match &self.namespace {
            Some(pattern) if !pattern.contains('{') => vec![pattern.clone()],
            Some(pattern) => known.filter(|name| fits(pattern, name)).take(MAX_NAMESPACES).cloned().collect(),
            None if written && self.inventory.namespaces.contains_key("default") => vec!["default".to_owned()],
            None => {
                let own = known.filter(|name| !name.starts_with("kube-"));
                own.take(MAX_NAMESPACES).cloned().collect()
            }
        }
    }

    /// The namespaces that admission treats differently, of those that a pod may go to.
    #[must_use]
    pub fn distinct_namespaces(&self, document: &Document, pod: &Effective) -> Vec<String> {
        let mut kept: Vec<String> = Vec::new();
        for name in self.namespaces(document, pod) {
            let alike = |other: &String| {
                let (a, b) = (self.inventory.namespaces.get(other), self.inventory.namespaces.get(&name));
                match (a, b) {
                    (Some(a), Some(b)) => {
                        a.limit_ranges == b.limit_ranges && a.quotas == b.quotas && a.claims == b.claims
                    }
                    (a, b) => a.is_none() && b.is_none(),
                }
            };
            if !kept.iter().any(alike) {
                kept.push(name);
            }
        }
        if kept.is_empty() {
            kept.push("default".to_owned());
        }
        kept
    }

    /// Where an object stands in one of the files: the file's number and the place in it.
    #[must_use]
    pub fn locate(&self, kind: ObjectKind, namespace: &str, name: &str) -> Option<(usize, Span)> {
        self.files.iter().enumerate().find_map(|(number, file)| {
            let text = Some(file.text.as_str()).filter(|text| text.len() <= MAX_SEARCHED)?;
            let span = match file.language {
                Language::Json => in_list(text, kind, name),
                _ => in_snapshot(text, kind, namespace, name),
            };
            Some((number, span?))
        })
    }
}

/// A pod on its way to the cluster.
#[derive(Clone, Copy)]
pub struct Submission<'a> {
    /// The document that it is made of.
    pub document: &'a Document,
    /// The pod.
    pub pod: &'a Effective,
    /// Whether it is as Flyte's backend makes it, and not only as the SDK submits it.
    pub is_whole: bool,
}

impl Submission<'_> {
    /// Whether Flyte's backend changes the pod by a configuration that is not known here.
    #[must_use]
    pub fn is_changed_by_flyte(&self) -> bool {
        !self.is_whole && is_made_by_flyte(self.document)
    }
}

/// A pod as admission leaves it in one namespace, and why it would be refused there.
#[must_use]
pub fn admitted(submission: &Submission<'_>, cluster: &Cluster, namespace: &str) -> (Effective, Vec<Refusal>) {
    let mut pod = submission.pod.clone();
    if submission.is_changed_by_flyte() {
        open_primary(&mut pod);
    }
    let refusals = admit::admit(&mut pod, &cluster.inventory, namespace);
    (pod, refusals)
}

/// Whether the pod is made by Flyte.
#[must_use]
pub fn is_made_by_flyte(document: &Document) -> bool {
    document.kind == Kind::PythonTemplate || !matches!(document.flavour, Flavour::Workload | Flavour::Unknown)
}

/// The backend fills in resources of the primary container.
fn open_primary(pod: &mut Effective) {
    let Some(primary) = pod.primary.clone() else { return };
    let path = [crate::tree::Step::from("spec"), crate::tree::Step::from("containers")];
    let Some(Value::List(list)) = super::edit::at_mut(&mut pod.root, &path).map(|node| &mut node.value) else { return };
    for container in list.items.iter_mut().filter(|one| one.text("name").known() == Some(&primary)) {
        let at = container.location;
        if let Value::Map(map) = &mut container.value
            && map.get("resources").is_missing()
        {
            map.entries.retain(|entry| &*entry.key.wire != "resources");
            continue_open(container, at);
        }
        let Some(resources) = super::edit::field_mut(container, "resources") else { continue };
        open(resources);
        for field in ["limits", "requests"] {
            if let Some(amounts) = super::edit::field_mut(resources, field) {
                open(amounts);
            }
        }
    }
}

fn continue_open(container: &mut Node, at: crate::tree::Location) {
    let mut resources = super::edit::map(Vec::new(), at);
    open(&mut resources);
    if let Value::Map(map) = &mut container.value {
        let key = crate::tree::Key { wire: "resources".into(), written: None, location: at };
        map.entries.push(crate::tree::Entry { key, value: resources });
    }
}

fn open(node: &mut Node) {
    if let Value::Map(map) = &mut node.value {
        map.open = true;
    }
}

/// The namespace in the pod's metadata, or in those of the workload around it.
fn written_namespace(document: &Document, pod: &Effective) -> Field<String> {
    let of = |root: &Node| match root.get("metadata") {
        Field::Known(metadata) => match metadata.as_map().and_then(|map| map.entry("namespace")) {
            Some(_) => metadata.text("namespace").map(str::to_owned),
            None => Field::Missing,
        },
        _ => Field::Missing,
    };
    // Flyte puts the pods of its tasks where it wants.
    if is_made_by_flyte(document) && document.kind != Kind::PodTemplate {
        return Field::Missing;
    }
    match of(&document.root) {
        Field::Missing => of(&pod.root),
        found => found,
    }
}

/// Whether a name fits a pattern with `{…}` for any text.
fn fits(pattern: &str, name: &str) -> bool {
    let mut rest = name;
    let mut text = pattern;
    let mut is_first = true;
    while let Some((head, tail)) = text.split_once('{') {
        let found = if is_first { rest.strip_prefix(head) } else { after(rest, head) };
        let Some(found) = found else { return false };
        rest = found;
        text = tail.split_once('}').map(|(_, tail)| tail).unwrap_or_default();
        is_first = false;
    }
    rest.len() > text.len() && rest.ends_with(text)
}

/// What comes behind a text that stands somewhere, after at least one character.
fn after<'t>(text: &'t str, wanted: &str) -> Option<&'t str> {
    let at = text.char_indices().nth(1).map(|(at, _)| at)?;
    let found = text.get(at..)?.find(wanted)?;
    text.get(at + found + wanted.len()..)
}

/// The name of an object in a list of `kubectl`.
fn in_list(text: &str, kind: ObjectKind, name: &str) -> Option<Span> {
    let kind = format!("\"{}\"", kind.as_str());
    let quoted = format!("\"{name}\"");
    let mut from = 0;
    while let Some(found) = text.get(from..)?.find(&kind) {
        let start = from + found + kind.len();
        let rest = text.get(start..)?;
        let end = rest.find("\"kind\"").unwrap_or(rest.len());
        if let Some(at) = rest.get(..end)?.find(&quoted) {
            return Some(Span::from_range(start + at..start + at + quoted.len()));
        }
        from = start;
    }
    None
}

/// The table of an object in a snapshot.
fn in_snapshot(text: &str, kind: ObjectKind, namespace: &str, name: &str) -> Option<Span> {
    let header = match kind {
        ObjectKind::LimitRange => format!("[[namespace.{namespace}.limit-range]]"),
        ObjectKind::ResourceQuota => format!("[[namespace.{namespace}.quota]]"),
        ObjectKind::RuntimeClass => format!("[runtime-class.{name}]"),
        ObjectKind::PriorityClass => format!("[priority-class.{name}]"),
        _ => return None,
    };
    let named = format!("name = \"{name}\"");
    let is_list = header.starts_with("[[");
    text.match_indices(&header).find_map(|(at, _)| {
        let rest = text.get(at + header.len()..)?;
        let body = rest.get(..rest.find("\n[").unwrap_or(rest.len()))?;
        (!is_list || body.contains(&named)).then(|| Span::from_range(at..at + header.len()))
    })
}

/// Seconds since 1970 of `2026-11-30T12:00:00Z`.
fn seconds(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    Some(days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Days since 1970 of a date of the Gregorian calendar, counted in eras of 400 years that begin in March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date and time of seconds since 1970, as `2026-11-30T12:00:00Z`.
#[must_use]
pub fn timestamp(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400) + 719_468;
    let of_day = seconds.rem_euclid(86_400);
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (of_day / 3600, of_day % 3600 / 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for (text, expected) in [("1970-01-01T00:00:00Z", 0), ("2026-11-30T12:00:00Z", 1_796_040_000)] {
            assert_eq!(seconds(text), Some(expected), "{text}");
            assert_eq!(timestamp(expected), text);
        }
    }

    #[test]
    fn patterns_of_namespaces_fit_whole_names() {
        let cases = [
            ("{project}-{domain}", "flytesnacks-production", true),
            ("{project}-{domain}", "flytesnacks", false),
            ("{project}-{domain}", "-x", false),
            ("flyte-{domain}", "flyte-prod", true),
            ("flyte-{domain}", "other-prod", false),
            ("{project}-{domain}-tasks", "a-b-tasks", true),
            ("{project}-{domain}-tasks", "a-b", false),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
