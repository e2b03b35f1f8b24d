//! A cluster, and a pod's place in it, as text for people.

use std::fmt::Write as _;

use super::amount::Amounts;
use super::check::describe;
use super::inventory::{Inventory, NodeClass, ObjectKind};
use super::schedule::{Candidate, Judge, room};
use super::target::{Cluster, Submission, admitted};
use crate::flyte::Effective;
use crate::text::one_line;

/// Resources that are shown first.
const FIRST: &[&str] = &["cpu", "memory"];

/// A pod as the cluster's admission leaves it, and where it can run.
#[must_use]
pub fn in_cluster(submission: &Submission<'_>, cluster: &Cluster) -> (Effective, Vec<String>) {
    let namespaces = cluster.distinct_namespaces(submission.document, submission.pod);
    let runs_on = placement(submission, cluster);
    let namespace = namespaces.first().map(String::as_str).unwrap_or_default();
    let (mut pod, refusals) = admitted(submission, cluster, namespace);
    pod.notes.extend(refusals.iter().map(|refusal| format!("refused: {}", refusal.message)));
    if namespaces.len() > 1 {
        pod.notes.push(format!("shown as in namespace `{namespace}`; others have other limits"));
    }
    (pod, runs_on)
}

/// Where a pod can run: one line per class of nodes, those that fit first. Nothing where nothing is known.
#[must_use]
pub fn placement(submission: &Submission<'_>, cluster: &Cluster) -> Vec<String> {
    let namespaces = cluster.distinct_namespaces(submission.document, submission.pod);
    let Some(namespace) = namespaces.first() else { return Vec::new() };
    let (pod, _) = admitted(submission, cluster, namespace);
    let Some(judge) = Judge::new(&pod.root, &cluster.inventory, namespace) else { return Vec::new() };
    let candidates = judge.candidates();
    let (fitting, others): (Vec<&Candidate>, Vec<&Candidate>) = candidates.iter().partition(|one| one.fits());
    let mut lines = Vec::new();
    for one in fitting {
        let allocatable = allocatable_of(&cluster.inventory, &one.title);
        let left = allocatable.map(|own| room(&pod.root, own)).map(|left| amounts(&left)).unwrap_or_default();
        let left = if left.is_empty() { String::new() } else { format!(", leaves {left}") };
        lines.push(format!("fits: {}{left}", title(one)));
    }
    for one in others {
        lines.push(format!("not: {}", describe(std::slice::from_ref(one))));
    }
    lines
}

fn title(one: &Candidate) -> String {
    match (one.is_pool, one.count) {
        (true, _) => format!("the pool `{}`", one.title),
        (false, 1) => format!("`{}`", one.names.first().unwrap_or(&one.title)),
        (false, count) => format!("{count} × `{}`", one.title),
    }
}

fn allocatable_of<'i>(inventory: &'i Inventory, title: &str) -> Option<&'i Amounts> {
    let class = inventory.nodes.iter().find(|class| class.title == title);
    let pool = || inventory.pools.iter().find(|pool| pool.name == title);
    class.and_then(|class| class.allocatable.as_ref()).or_else(|| pool().and_then(|pool| pool.allocatable.as_ref()))
}

/// Cpu, memory and devices, without what no template asks for.
fn amounts(amounts: &Amounts) -> String {
    let first = FIRST.iter().filter_map(|name| Some((*name, amounts.get(*name)?)));
    let devices = amounts.iter().filter(|(name, amount)| name.contains('/') && !amount.is_zero());
    let all = first.chain(devices.map(|(name, amount)| (name.as_str(), amount)));
    all.map(|(name, amount)| format!("{amount} {name}")).collect::<Vec<_>>().join(", ")
}

/// What a cluster has, as tables.
#[must_use]
pub fn table(inventory: &Inventory) -> String {
    let mut text = String::new();
    let taken = inventory.taken.as_deref().map(|taken| format!(", taken {}", one_line(taken))).unwrap_or_default();
    let version = inventory
        .kubernetes_version
        .as_deref()
        .map(|one| format!("Kubernetes {}, ", one_line(one)))
        .unwrap_or_default();
    let (nodes, classes) = (inventory.node_count(), inventory.nodes.len());
    let _ = writeln!(text, "{version}{nodes} nodes in {classes} classes, {} pools{taken}", inventory.pools.len());
    let rows: Vec<[String; 4]> =
        inventory.nodes.iter().map(node_row).chain(inventory.pools.iter().map(pool_row)).collect();
    rows_into(&mut text, ["NODES", "COUNT", "ALLOCATABLE", "TAINTS"], &rows);
    let rows: Vec<[String; 4]> = inventory
        .namespaces
        .iter()
        .map(|(name, one)| {
            let objects = [
                (one.service_accounts.len(), "accounts"),
                (one.secrets.len(), "secrets"),
                (one.config_maps.len(), "config maps"),
                (one.claims.len(), "claims"),
            ];
            let objects: Vec<String> =
                objects.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| format!("{count} {noun}")).collect();
            let limits: Vec<&str> = one.limit_ranges.keys().map(String::as_str).collect();
            let quotas: Vec<String> =
                one.quotas.iter().map(|(name, quota)| format!("{name} ({})", quota_text(&quota.hard))).collect();
            [name.clone(), objects.join(", "), limits.join(", "), quotas.join(", ")]
        })
        .collect();
    rows_into(&mut text, ["NAMESPACE", "OBJECTS", "LIMIT RANGES", "QUOTAS"], &rows);
    let unknown: Vec<&str> =
        ObjectKind::ALL.iter().filter(|kind| !inventory.known.contains(kind)).map(|kind| kind.as_str()).collect();
    if !unknown.is_empty() {
        let _ = writeln!(text, "\nnot known: {}", unknown.join(", "));
    }
    text
}

fn quota_text(hard: &Amounts) -> String {
    hard.iter().map(|(name, amount)| format!("{name}={amount}")).collect::<Vec<_>>().join(" ")
}

fn node_row(class: &NodeClass) -> [String; 4] {
    let mut taints: Vec<String> = class.taints.iter().map(ToString::to_string).collect();
    if class.unschedulable {
        taints.push("(takes no new pods)".to_owned());
    }
    let own = class.allocatable.as_ref().map(amounts).unwrap_or_default();
    [class.title.clone(), class.count.to_string(), own, taints.join(", ")]
}

fn pool_row(pool: &super::inventory::Pool) -> [String; 4] {
    let taints: Vec<String> = pool.taints.iter().map(ToString::to_string).collect();
    let own = pool.allocatable.as_ref().map(amounts).unwrap_or_default();
    [format!("{} (pool)", pool.name), "-".to_owned(), own, taints.join(", ")]
}

fn rows_into(text: &mut String, head: [&str; 4], rows: &[[String; 4]]) {
    if rows.is_empty() {
        return;
    }
    let head = head.map(str::to_owned);
    // Names come from the cluster, and this goes to a terminal.
    let rows: Vec<[String; 4]> =
        rows.iter().map(|row| row.each_ref().map(|cell| one_line(cell).into_owned())).collect();
    let width = |column: usize| {
        let all = rows.iter().chain([&head]).filter_map(|row| row.get(column));
        all.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    text.push('\n');
    for row in std::iter::once(&head).chain(&rows) {
        let cells: Vec<String> =
            row.iter().enumerate().map(|(column, cell)| format!("{cell:<width$}", width = width(column))).collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
}
