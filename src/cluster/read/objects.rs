//! From objects as `kubectl get -o json` prints them to an inventory.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::pick::{Object, text};
use crate::cluster::amount::{Amount, Amounts};
use crate::cluster::group::RawNode;
use crate::cluster::inventory::{
    Claim, Inventory, LimitItem, Namespace, ObjectKind, Pool, PriorityClass, Quota, RuntimeClass, ServiceAccount,
    StorageCapacity, StorageClass, Taint, Toleration, Volume,
};
use crate::cluster::karpenter;
use crate::cluster::requirement::Requirement;

/// Adds an object, or all objects of a list. Nodes are only collected: they are put into classes at the end.
pub fn add(inventory: &mut Inventory, nodes: &mut Vec<RawNode>, object: Object) {
    if object.kind.is_empty() || object.kind.ends_with("List") {
        object.items.into_iter().for_each(|item| add(inventory, nodes, item));
        return;
    }
    if let Some(kind) = ObjectKind::of(&object.kind) {
        inventory.known.insert(kind);
    }
    match object.kind.as_str() {
        "Node" => nodes.push(node(&object)),
        "NodePool" => {
            inventory.known.insert(ObjectKind::Node);
            inventory.pools.push(node_pool(&object));
        }
        "CSIStorageCapacity" => inventory.storage_capacities.push(storage_capacity(&object)),
        "ValidatingAdmissionPolicy" | "ValidatingAdmissionPolicyBinding" => {
            inventory.policies.extend(manifest(&object));
        }
        _ => add_named(inventory, object),
    }
}

fn add_named(inventory: &mut Inventory, object: Object) {
    let Some(name) = object.metadata.get("name").and_then(Value::as_str).map(str::to_owned) else { return };
    match object.kind.as_str() {
        "PersistentVolume" => {
            inventory.volumes.insert(name, volume(&object));
        }
        "StorageClass" => {
            inventory.storage_classes.insert(name, storage_class(&object));
        }
        "PriorityClass" => {
            inventory.priority_classes.insert(name, priority_class(&object));
        }
        "RuntimeClass" => {
            inventory.runtime_classes.insert(name, runtime_class(&object));
        }
        "CSIDriver" => {
            let looks = object.spec.get("storageCapacity").and_then(Value::as_bool).unwrap_or_default();
            inventory.csi_drivers.insert(name, looks);
        }
        "CustomResourceDefinition" => {
            let kind = object.spec.pointer("/names/kind").map(text).unwrap_or_default();
            let group = object.spec.get("group").map(text).unwrap_or_default();
            inventory.resource_definitions.insert(format!("{kind}.{group}"));
        }
        "Namespace" => inventory.namespaces.entry(name).or_default().labels = labels(&object),
        _ => {
            let namespace = object.metadata.get("namespace").map(text).unwrap_or_else(|| "default".to_owned());
            if let Some(kind) = ObjectKind::of(&object.kind) {
                add_namespaced(inventory.namespaces.entry(namespace).or_default(), kind, name, &object);
            }
        }
    }
}

fn add_namespaced(namespace: &mut Namespace, kind: ObjectKind, name: String, object: &Object) {
    match kind {
        ObjectKind::LimitRange => {
            let items = list(object.spec.get("limits")).map(limit_item).collect();
            namespace.limit_ranges.insert(name, items);
        }
        ObjectKind::ResourceQuota => {
            namespace.quotas.insert(name, quota(object));
        }
        ObjectKind::ServiceAccount => {
            let pull_secrets = list(object.rest.get("imagePullSecrets")).filter_map(|one| one.get("name")).map(text);
            let automount = object.rest.get("automountServiceAccountToken").and_then(Value::as_bool);
            let enforced = object.annotations.get("kubernetes.io/enforce-mountable-secrets").map(text);
            let mountable = list(object.rest.get("secrets")).filter_map(|one| one.get("name")).map(text);
            let account = ServiceAccount {
                pull_secrets: pull_secrets.collect(),
                automount,
                mountable: (enforced.as_deref() == Some("true")).then(|| mountable.collect()),
            };
            namespace.service_accounts.insert(name, account);
        }
        ObjectKind::Secret => {
            namespace.secrets.insert(name, object.keys.clone());
        }
        ObjectKind::ConfigMap => {
            namespace.config_maps.insert(name, object.keys.clone());
        }
        ObjectKind::Claim => {
            if !object.metadata.contains_key("deletionTimestamp") {
                namespace.claims.insert(name, claim(object));
            }
        }
        ObjectKind::PodTemplate => {
            namespace.pod_templates.insert(name);
        }
        _ => {}
    }
}

fn node(object: &Object) -> RawNode {
    let status = object.status.get("allocatable").or_else(|| object.status.get("capacity"));
    RawNode {
        name: object.metadata.get("name").map(text).unwrap_or_default(),
        labels: labels(object),
        taints: taints(object.spec.get("taints")),
        unschedulable: object.spec.get("unschedulable").and_then(Value::as_bool).unwrap_or_default(),
        allocatable: status.map(|status| {
            let mut amounts = amounts(Some(status));
            // A node that says nothing of pods takes none.
            amounts.entry("pods".to_owned()).or_insert(Amount::number(0));
            amounts
        }),
    }
}

fn node_pool(object: &Object) -> Pool {
    let template = object.spec.get("template").unwrap_or(&Value::Null);
    let spec = template.get("spec").unwrap_or(&Value::Null);
    let labels = template.pointer("/metadata/labels").map(string_map).unwrap_or_default();
    let requirements: Vec<Requirement> = list(spec.get("requirements")).map(requirement).collect();
    Pool {
        name: object.metadata.get("name").map(text).unwrap_or_default(),
        is_karpenter: true,
        invalid: karpenter::why_invalid(&labels, &requirements),
        labels,
        requirements,
        taints: taints(spec.get("taints")),
        allocatable: None,
        limits: amounts(object.spec.get("limits")),
    }
}

fn limit_item(value: &Value) -> LimitItem {
    let part = |name: &str| amounts(value.get(name));
    let item = LimitItem {
        kind: value.get("type").map(text).unwrap_or_default(),
        default: part("default"),
        default_request: part("defaultRequest"),
        min: part("min"),
        max: part("max"),
        ratio: part("maxLimitRequestRatio"),
    };
    item.with_defaults()
}

fn quota(object: &Object) -> Quota {
    let plain = list(object.spec.get("scopes")).map(|scope| Requirement {
        key: text(scope),
        operator: "Exists".to_owned(),
        values: Vec::new(),
    });
    let selected = list(object.spec.pointer("/scopeSelector/matchExpressions"))
        .map(|one| Requirement { key: one.get("scopeName").map(text).unwrap_or_default(), ..requirement(one) });
    Quota {
        hard: amounts(object.spec.get("hard")),
        used: amounts(object.status.get("used")),
        scopes: plain.chain(selected).collect(),
    }
}

fn claim(object: &Object) -> Claim {
    let spec = &object.spec;
    let bound = object.status.get("phase").and_then(Value::as_str).is_none_or(|phase| phase == "Bound");
    Claim {
        class: spec.get("storageClassName").map(text),
        access_modes: list(spec.get("accessModes")).map(text).collect(),
        volume: spec.get("volumeName").filter(|_| bound).map(text).filter(|name| !name.is_empty()),
        size: spec.pointer("/resources/requests/storage").and_then(amount),
        mode: spec.get("volumeMode").map(text),
        selector: label_selector(spec.get("selector")),
    }
}

fn volume(object: &Object) -> Volume {
    let spec = &object.spec;
    let owner = spec.get("claimRef").map(|reference| {
        let part = |name: &str| reference.get(name).map(text).unwrap_or_default();
        format!("{}/{}", part("namespace"), part("name"))
    });
    let terms = spec.pointer("/nodeAffinity/required/nodeSelectorTerms");
    let term = |term: &Value| list(term.get("matchExpressions")).map(requirement).collect();
    Volume {
        class: spec.get("storageClassName").map(text),
        capacity: spec.pointer("/capacity/storage").and_then(amount),
        access_modes: list(spec.get("accessModes")).map(text).collect(),
        mode: spec.get("volumeMode").map(text),
        claim: owner,
        available: object.status.get("phase").and_then(Value::as_str) == Some("Available"),
        labels: labels(object),
        terms: terms.map(|terms| list(Some(terms)).map(term).collect()),
    }
}

fn storage_class(object: &Object) -> StorageClass {
    let topology = |term: &Value| {
        let expressions = list(term.get("matchLabelExpressions"));
        expressions.map(|one| Requirement { operator: "In".to_owned(), ..requirement(one) }).collect()
    };
    StorageClass {
        provisioner: object.rest.get("provisioner").map(text).unwrap_or_default(),
        waits_for_pod: object.rest.get("volumeBindingMode").map(text).as_deref() == Some("WaitForFirstConsumer"),
        is_default: object.annotations.values().any(|value| value == "true"),
        topologies: list(object.rest.get("allowedTopologies")).map(topology).collect(),
    }
}

fn storage_capacity(object: &Object) -> StorageCapacity {
    let most = object.rest.get("maximumVolumeSize").or_else(|| object.rest.get("capacity"));
    let selector = object.rest.get("nodeTopology");
    StorageCapacity {
        class: object.rest.get("storageClassName").map(text).unwrap_or_default(),
        most: most.and_then(amount),
        selector: selector.map(|selector| label_selector(Some(selector))),
    }
}

fn priority_class(object: &Object) -> PriorityClass {
    PriorityClass {
        value: object.rest.get("value").and_then(Value::as_i64).unwrap_or_default(),
        is_default: object.rest.get("globalDefault").and_then(Value::as_bool).unwrap_or_default(),
        preemption: Some(object.rest.get("preemptionPolicy").map_or_else(|| "PreemptLowerPriority".to_owned(), text)),
    }
}

fn runtime_class(object: &Object) -> RuntimeClass {
    let scheduling = object.rest.get("scheduling").unwrap_or(&Value::Null);
    let overhead = object.rest.get("overhead").and_then(|overhead| overhead.get("podFixed"));
    let toleration = |one: &Value| {
        let part = |name: &str| one.get(name).map(text).unwrap_or_default();
        Toleration {
            key: part("key"),
            operator: part("operator"),
            value: part("value"),
            effect: part("effect"),
            seconds: one.get("tolerationSeconds").and_then(Value::as_i64),
        }
    };
    RuntimeClass {
        overhead: overhead.map(|overhead| amounts(Some(overhead))),
        node_selector: scheduling.get("nodeSelector").map(string_map).unwrap_or_default(),
        tolerations: list(scheduling.get("tolerations")).map(toleration).collect(),
    }
}

/// A policy as JSON, without what only its editors need.
fn manifest(object: &Object) -> Option<String> {
    let mut metadata = Map::new();
    metadata.insert("name".to_owned(), object.metadata.get("name")?.clone());
    let api_version = object.rest.get("apiVersion")?.clone();
    let whole = serde_json::json!({
        "apiVersion": api_version,
        "kind": object.kind,
        "metadata": metadata,
        "spec": object.spec,
    });
    serde_json::to_string(&whole).ok()
}

fn labels(object: &Object) -> BTreeMap<String, String> {
    object.metadata.get("labels").map(string_map).unwrap_or_default()
}

fn string_map(value: &Value) -> BTreeMap<String, String> {
    let entries = value.as_object().into_iter().flatten();
    entries.map(|(key, value)| (key.clone(), text(value))).collect()
}

fn taints(value: Option<&Value>) -> Vec<Taint> {
    let taint = |one: &Value| {
        let part = |name: &str| one.get(name).map(text).unwrap_or_default();
        Taint { key: part("key"), value: part("value"), effect: part("effect") }
    };
    let taints: BTreeSet<Taint> = list(value).map(taint).collect();
    taints.into_iter().collect()
}

fn requirement(value: &Value) -> Requirement {
    Requirement {
        key: value.get("key").map(text).unwrap_or_default(),
        operator: value.get("operator").map(text).unwrap_or_default(),
        values: list(value.get("values")).map(text).collect(),
    }
}

/// What a selector of labels asks for.
pub fn label_selector(value: Option<&Value>) -> Vec<Requirement> {
    let Some(value) = value else { return Vec::new() };
    let pairs = value.get("matchLabels").map(string_map).unwrap_or_default();
    let equal = pairs.iter().map(|(key, value)| Requirement::equal(key, value));
    equal.chain(list(value.get("matchExpressions")).map(requirement)).collect()
}

fn amounts(value: Option<&Value>) -> Amounts {
    let entries = value.and_then(Value::as_object).into_iter().flatten();
    entries.filter_map(|(name, value)| Some((name.clone(), amount(value)?))).collect()
}

fn amount(value: &Value) -> Option<Amount> {
    match value {
        Value::String(text) => Amount::parse(text),
        Value::Number(number) => Amount::parse(&number.to_string()),
        _ => None,
    }
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}
