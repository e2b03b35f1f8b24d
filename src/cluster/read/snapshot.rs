//! The reduced form of a cluster: TOML, as `podlint cluster snapshot` writes it, and as people write pools by hand.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::cluster::amount::{Amount, Amounts};
use crate::cluster::inventory::{
    Claim, Inventory, LimitItem, Namespace, NodeClass, ObjectKind, Pool, PriorityClass, Quota, RuntimeClass,
    ServiceAccount, StorageCapacity, StorageClass, Taint, Toleration, Volume,
};
use crate::cluster::karpenter;
use crate::cluster::requirement::Requirement;

/// The version of the form that is read and written.
pub const VERSION: u32 = 1;

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct File {
    version: Option<u32>,
    taken: Option<String>,
    kubernetes_version: Option<String>,
    feature_gates: BTreeMap<String, bool>,
    extended_resource_toleration: bool,
    complete: bool,
    known: Vec<String>,
    everywhere: Vec<String>,
    node: Vec<NodeRow>,
    pool: Vec<PoolRow>,
    namespace: BTreeMap<String, NamespaceRow>,
    volume: BTreeMap<String, VolumeRow>,
    storage_class: BTreeMap<String, StorageClassRow>,
    storage_capacity: Vec<StorageCapacityRow>,
    priority_class: BTreeMap<String, PriorityClassRow>,
    runtime_class: BTreeMap<String, RuntimeClassRow>,
    csi_drivers: BTreeMap<String, bool>,
    custom_resources: BTreeSet<String>,
    policies: Vec<String>,
}

type Texts = BTreeMap<String, String>;

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct NodeRow {
    title: String,
    count: Option<usize>,
    names: Vec<String>,
    labels: Texts,
    own_labels: BTreeSet<String>,
    taints: Vec<String>,
    unschedulable: bool,
    allocatable: Option<Texts>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct PoolRow {
    name: String,
    karpenter: bool,
    labels: Texts,
    requirements: Vec<String>,
    taints: Vec<String>,
    allocatable: Option<Texts>,
    capacity: Option<Texts>,
    reserve: Texts,
    limits: Texts,
    max: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct NamespaceRow {
    labels: Texts,
    service_accounts: BTreeMap<String, AccountRow>,
    secrets: BTreeMap<String, BTreeSet<String>>,
    config_maps: BTreeMap<String, BTreeSet<String>>,
    claims: BTreeMap<String, ClaimRow>,
    pod_templates: BTreeSet<String>,
    limit_range: Vec<LimitRow>,
    quota: Vec<QuotaRow>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct AccountRow {
    pull_secrets: Vec<String>,
    automount: Option<bool>,
    mountable: Option<Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct LimitRow {
    name: String,
    r#type: String,
    default: Texts,
    default_request: Texts,
    min: Texts,
    max: Texts,
    max_limit_request_ratio: Texts,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct QuotaRow {
    name: String,
    hard: Texts,
    used: Texts,
    scopes: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct ClaimRow {
    class: Option<String>,
    access_modes: Vec<String>,
    volume: Option<String>,
    size: Option<String>,
    mode: Option<String>,
    selector: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct VolumeRow {
    class: Option<String>,
    capacity: Option<String>,
    access_modes: Vec<String>,
    mode: Option<String>,
    claim: Option<String>,
    available: bool,
    labels: Texts,
    nodes: Option<Vec<Vec<String>>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct StorageClassRow {
    provisioner: String,
    waits_for_pod: bool,
    default: bool,
    nodes: Vec<Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct StorageCapacityRow {
    class: String,
    most: Option<String>,
    nodes: Option<Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct PriorityClassRow {
    value: i64,
    default: bool,
    preemption: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct RuntimeClassRow {
    overhead: Option<Texts>,
    node_selector: Texts,
    tolerations: Vec<TolerationRow>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct TolerationRow {
    key: String,
    operator: String,
    value: String,
    effect: String,
    seconds: Option<i64>,
}

/// Adds what a snapshot says.
pub fn add(inventory: &mut Inventory, text: &str) -> Result<(), String> {
    let file: File = toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
        let at = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        format!("{at}{}", error.message().replace('\n', ", "))
    })?;
    if let Some(version) = file.version.filter(|version| *version > VERSION) {
        return Err(format!("the snapshot has version {version}, and this podlint reads version {VERSION}"));
    }
    let kinds = |names: &[String]| -> Vec<ObjectKind> { names.iter().filter_map(|one| ObjectKind::of(one)).collect() };
    inventory.known.extend(kinds(&file.known));
    inventory.everywhere.extend(kinds(&file.everywhere));
    note_kinds(inventory, &file);
    inventory.complete |= file.complete;
    inventory.tolerates_devices |= file.extended_resource_toleration;
    // Of several snapshots the oldest says how old all of it is.
    inventory.taken = match (inventory.taken.take(), file.taken) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    inventory.kubernetes_version = inventory.kubernetes_version.take().or(file.kubernetes_version);
    inventory.feature_gates.extend(file.feature_gates);
    for row in file.node {
        inventory.nodes.push(node(row)?);
    }
    for row in file.pool {
        inventory.pools.push(pool(row)?);
    }
    for (name, row) in file.namespace {
        namespace(inventory.namespaces.entry(name).or_default(), row)?;
    }
    for (name, row) in file.volume {
        inventory.volumes.insert(name, volume(row)?);
    }
    for (name, row) in file.storage_class {
        inventory.storage_classes.insert(name, storage_class(row)?);
    }
    for row in file.storage_capacity {
        let selector = row.nodes.map(|nodes| requirements(&nodes)).transpose()?;
        let most = row.most.as_deref().map(amount).transpose()?;
        inventory.storage_capacities.push(StorageCapacity { class: row.class, most, selector });
    }
    let priority = |row: PriorityClassRow| PriorityClass {
        value: row.value,
        is_default: row.default,
        preemption: Some(row.preemption.unwrap_or_else(|| "PreemptLowerPriority".to_owned())),
    };
    inventory.priority_classes.extend(file.priority_class.into_iter().map(|(name, row)| (name, priority(row))));
    for (name, row) in file.runtime_class {
        inventory.runtime_classes.insert(name, runtime_class(row)?);
    }
    inventory.csi_drivers.extend(file.csi_drivers);
    inventory.resource_definitions.extend(file.custom_resources);
    inventory.policies.extend(file.policies);
    Ok(())
}

/// What is listed is known, whether the file says so or not.
fn note_kinds(inventory: &mut Inventory, file: &File) {
    let any = |test: fn(&NamespaceRow) -> bool| file.namespace.values().any(test);
    let found = [
        (ObjectKind::Node, !file.node.is_empty() || !file.pool.is_empty()),
        (ObjectKind::Namespace, !file.namespace.is_empty()),
        (ObjectKind::LimitRange, any(|row| !row.limit_range.is_empty())),
        (ObjectKind::ResourceQuota, any(|row| !row.quota.is_empty())),
        (ObjectKind::ServiceAccount, any(|row| !row.service_accounts.is_empty())),
        (ObjectKind::Secret, any(|row| !row.secrets.is_empty())),
        (ObjectKind::ConfigMap, any(|row| !row.config_maps.is_empty())),
        (ObjectKind::Claim, any(|row| !row.claims.is_empty())),
        (ObjectKind::PodTemplate, any(|row| !row.pod_templates.is_empty())),
        (ObjectKind::Volume, !file.volume.is_empty()),
        (ObjectKind::StorageClass, !file.storage_class.is_empty()),
        (ObjectKind::PriorityClass, !file.priority_class.is_empty()),
        (ObjectKind::RuntimeClass, !file.runtime_class.is_empty()),
        (ObjectKind::CsiDriver, !file.csi_drivers.is_empty()),
        (ObjectKind::ResourceDefinition, !file.custom_resources.is_empty()),
    ];
    inventory.known.extend(found.into_iter().filter(|(_, found)| *found).map(|(kind, _)| kind));
}

fn node(row: NodeRow) -> Result<NodeClass, String> {
    let count = row.count.unwrap_or(row.names.len()).max(row.names.len());
    let title = match (row.title.is_empty(), row.names.first()) {
        (false, _) => row.title,
        (true, Some(name)) => name.clone(),
        (true, None) => "node".to_owned(),
    };
    Ok(NodeClass {
        title,
        names: row.names.into(),
        count: count.max(1),
        labels: row.labels,
        own_labels: row.own_labels,
        taints: taints(&row.taints)?,
        unschedulable: row.unschedulable,
        allocatable: row.allocatable.as_ref().map(amounts).transpose()?,
    })
}

fn pool(row: PoolRow) -> Result<Pool, String> {
    let requirements = requirements(&row.requirements)?;
    let mut allocatable = row.allocatable.or(row.capacity).as_ref().map(amounts).transpose()?;
    for (name, reserved) in amounts(&row.reserve)? {
        if let Some(own) = allocatable.as_mut().and_then(|own| own.get_mut(&name)) {
            *own = own.minus(reserved);
        }
    }
    let invalid = match row.max {
        Some(0) => Some("the pool may have no node".to_owned()),
        _ if row.karpenter => karpenter::why_invalid(&row.labels, &requirements),
        _ => None,
    };
    Ok(Pool {
        name: row.name,
        is_karpenter: row.karpenter,
        labels: row.labels,
        requirements,
        taints: taints(&row.taints)?,
        allocatable,
        limits: amounts(&row.limits)?,
        invalid,
    })
}

fn namespace(into: &mut Namespace, row: NamespaceRow) -> Result<(), String> {
    into.labels.extend(row.labels);
    let account = |row: AccountRow| ServiceAccount {
        pull_secrets: row.pull_secrets,
        automount: row.automount,
        mountable: row.mountable,
    };
    into.service_accounts.extend(row.service_accounts.into_iter().map(|(name, row)| (name, account(row))));
    into.secrets.extend(row.secrets);
    into.config_maps.extend(row.config_maps);
    into.pod_templates.extend(row.pod_templates);
    for (name, row) in row.claims {
        into.claims.insert(name, claim(row)?);
    }
    for row in row.limit_range {
        let item = LimitItem {
            kind: row.r#type,
            default: amounts(&row.default)?,
            default_request: amounts(&row.default_request)?,
            min: amounts(&row.min)?,
            max: amounts(&row.max)?,
            ratio: amounts(&row.max_limit_request_ratio)?,
        };
        into.limit_ranges.entry(row.name).or_default().push(item.with_defaults());
    }
    for row in row.quota {
        let scopes = requirements(&row.scopes)?;
        into.quotas.insert(row.name, Quota { hard: amounts(&row.hard)?, used: amounts(&row.used)?, scopes });
    }
    Ok(())
}

fn claim(row: ClaimRow) -> Result<Claim, String> {
    Ok(Claim {
        class: row.class,
        access_modes: row.access_modes,
        volume: row.volume,
        size: row.size.as_deref().map(amount).transpose()?,
        mode: row.mode,
        selector: requirements(&row.selector)?,
    })
}

fn volume(row: VolumeRow) -> Result<Volume, String> {
    Ok(Volume {
        class: row.class,
        capacity: row.capacity.as_deref().map(amount).transpose()?,
        access_modes: row.access_modes,
        mode: row.mode,
        claim: row.claim,
        available: row.available,
        labels: row.labels,
        terms: row.nodes.as_deref().map(terms).transpose()?,
    })
}

fn storage_class(row: StorageClassRow) -> Result<StorageClass, String> {
    Ok(StorageClass {
        provisioner: row.provisioner,
        waits_for_pod: row.waits_for_pod,
        is_default: row.default,
        topologies: terms(&row.nodes)?,
    })
}

fn runtime_class(row: RuntimeClassRow) -> Result<RuntimeClass, String> {
    let toleration = |row: TolerationRow| Toleration {
        key: row.key,
        operator: row.operator,
        value: row.value,
        effect: row.effect,
        seconds: row.seconds,
    };
    Ok(RuntimeClass {
        overhead: row.overhead.as_ref().map(amounts).transpose()?,
        node_selector: row.node_selector,
        tolerations: row.tolerations.into_iter().map(toleration).collect(),
    })
}

fn terms(rows: &[Vec<String>]) -> Result<Vec<Vec<Requirement>>, String> {
    rows.iter().map(|row| requirements(row)).collect()
}

/// `key operator value…`; a key alone must exist.
fn requirements(rows: &[String]) -> Result<Vec<Requirement>, String> {
    let one = |row: &String| {
        let mut words = row.split_whitespace().map(str::to_owned);
        let key = words.next().ok_or("a requirement is empty")?;
        let operator = words.next().unwrap_or_else(|| "Exists".to_owned());
        if !matches!(operator.as_str(), "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt") {
            return Err(format!("`{operator}` is not a valid operator (in `{row}`)"));
        }
        Ok(Requirement { key, operator, values: words.collect() })
    };
    rows.iter().map(one).collect()
}

fn taints(rows: &[String]) -> Result<Vec<Taint>, String> {
    let one = |row: &String| {
        Taint::parse(row).ok_or_else(|| format!("`{row}` is not a valid taint (expected `key=value:effect`)"))
    };
    rows.iter().map(one).collect()
}

fn amounts(rows: &Texts) -> Result<Amounts, String> {
    rows.iter().map(|(name, text)| Ok((name.clone(), amount(text)?))).collect()
}

fn amount(text: &str) -> Result<Amount, String> {
    Amount::parse(text).ok_or_else(|| format!("`{text}` is not a valid quantity"))
}
