//! What a cluster has and allows, as far as somebody wrote it down.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::amount::Amounts;
use super::requirement::Requirement;

/// The kinds of objects that an inventory can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// `Node`, or a pool that makes nodes.
    Node,
    /// `Namespace`.
    Namespace,
    /// `LimitRange`.
    LimitRange,
    /// `ResourceQuota`.
    ResourceQuota,
    /// `ServiceAccount`.
    ServiceAccount,
    /// `Secret`.
    Secret,
    /// `ConfigMap`.
    ConfigMap,
    /// `PersistentVolumeClaim`.
    Claim,
    /// `PersistentVolume`.
    Volume,
    /// `StorageClass`.
    StorageClass,
    /// `PriorityClass`.
    PriorityClass,
    /// `RuntimeClass`.
    RuntimeClass,
    /// `CSIDriver`.
    CsiDriver,
    /// `PodTemplate`.
    PodTemplate,
    /// `CustomResourceDefinition`.
    ResourceDefinition,
}

impl ObjectKind {
    /// All kinds, in the order of snapshots.
    pub const ALL: [Self; 15] = [
        Self::Node,
        Self::Namespace,
        Self::LimitRange,
        Self::ResourceQuota,
        Self::ServiceAccount,
        Self::Secret,
        Self::ConfigMap,
        Self::Claim,
        Self::Volume,
        Self::StorageClass,
        Self::PriorityClass,
        Self::RuntimeClass,
        Self::CsiDriver,
        Self::PodTemplate,
        Self::ResourceDefinition,
    ];

    /// The kind's name in manifests.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Node => "Node",
            Self::Namespace => "Namespace",
            Self::LimitRange => "LimitRange",
            Self::ResourceQuota => "ResourceQuota",
            Self::ServiceAccount => "ServiceAccount",
            Self::Secret => "Secret",
            Self::ConfigMap => "ConfigMap",
            Self::Claim => "PersistentVolumeClaim",
            Self::Volume => "PersistentVolume",
            Self::StorageClass => "StorageClass",
            Self::PriorityClass => "PriorityClass",
            Self::RuntimeClass => "RuntimeClass",
            Self::CsiDriver => "CSIDriver",
            Self::PodTemplate => "PodTemplate",
            Self::ResourceDefinition => "CustomResourceDefinition",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The kind in a message.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Namespace => "namespace",
            Self::LimitRange => "limit range",
            Self::ResourceQuota => "quota",
            Self::ServiceAccount => "service account",
            Self::Secret => "secret",
            Self::ConfigMap => "config map",
            Self::Claim => "persistent volume claim",
            Self::Volume => "persistent volume",
            Self::StorageClass => "storage class",
            Self::PriorityClass => "priority class",
            Self::RuntimeClass => "runtime class",
            Self::CsiDriver => "CSI driver",
            Self::PodTemplate => "pod template",
            Self::ResourceDefinition => "custom resource",
        }
    }
}

/// All that is known of a cluster.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inventory {
    /// When it was written down: `2026-11-30T12:00:00Z`.
    pub taken: Option<String>,
    /// The served version: `1.34`.
    pub kubernetes_version: Option<String>,
    /// Feature gates that are on or off, where known.
    pub feature_gates: BTreeMap<String, bool>,
    /// Pods that ask for a device get a toleration of its taint: the plugin `ExtendedResourceToleration`, which GKE has.
    pub tolerates_devices: bool,
    /// The user says that nothing is left out.
    pub complete: bool,
    /// The kinds of which objects were read.
    pub known: BTreeSet<ObjectKind>,
    /// The kinds that were read in all namespaces, so that a namespace without any has none.
    pub everywhere: BTreeSet<ObjectKind>,
    /// The nodes, in classes of equal ones.
    pub nodes: Vec<NodeClass>,
    /// What can make nodes: pools of Karpenter, and those described by hand.
    pub pools: Vec<Pool>,
    /// The namespaces by name.
    pub namespaces: BTreeMap<String, Namespace>,
    /// Persistent volumes by name.
    pub volumes: BTreeMap<String, Volume>,
    /// Storage classes by name.
    pub storage_classes: BTreeMap<String, StorageClass>,
    /// What storage has left, by class.
    pub storage_capacities: Vec<StorageCapacity>,
    /// Priority classes by name.
    pub priority_classes: BTreeMap<String, PriorityClass>,
    /// Runtime classes by name.
    pub runtime_classes: BTreeMap<String, RuntimeClass>,
    /// CSI drivers by name, and whether the scheduler is to look at their capacity.
    pub csi_drivers: BTreeMap<String, bool>,
    /// The kinds that custom resource definitions add, as `kind.group`.
    pub resource_definitions: BTreeSet<String>,
    /// Policies with their bindings and parameters, as JSON.
    pub policies: Vec<String>,
}

/// Nodes that are equal for the scheduler.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeClass {
    /// A name for people: the node pool's, or else a node's.
    pub title: String,
    /// The names of the nodes.
    pub names: Arc<Vec<String>>,
    /// How many there are.
    pub count: usize,
    /// Labels that all of them have.
    pub labels: BTreeMap<String, String>,
    /// Labels that each of them has with a value of its own.
    pub own_labels: BTreeSet<String>,
    /// Taints.
    pub taints: Vec<Taint>,
    /// Whether they take no new pods.
    pub unschedulable: bool,
    /// What pods can have of each of them; `None` where not known.
    pub allocatable: Option<Amounts>,
}

/// A source of further nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pool {
    /// Its name.
    pub name: String,
    /// Whether Karpenter makes its nodes, of whatever instance type fits.
    pub is_karpenter: bool,
    /// Labels of its nodes.
    pub labels: BTreeMap<String, String>,
    /// What its nodes' labels are taken from.
    pub requirements: Vec<Requirement>,
    /// Taints of its nodes.
    pub taints: Vec<Taint>,
    /// What pods can have of one node; `None` where not known.
    pub allocatable: Option<Amounts>,
    /// What all its nodes together may have.
    pub limits: Amounts,
    /// Why the pool makes no node at all.
    pub invalid: Option<String>,
}

/// A taint.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Taint {
    /// Its key.
    pub key: String,
    /// Its value, perhaps empty.
    pub value: String,
    /// `NoSchedule`, `NoExecute` or `PreferNoSchedule`.
    pub effect: String,
}

impl Taint {
    /// Reads `key=value:effect`, the form of `kubectl taint`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (head, effect) = text.rsplit_once(':')?;
        let (key, value) = head.split_once('=').unwrap_or((head, ""));
        Some(Self { key: key.to_owned(), value: value.to_owned(), effect: effect.to_owned() })
    }

    /// Whether pods without a toleration are kept away.
    #[must_use]
    pub fn is_hard(&self) -> bool {
        matches!(self.effect.as_str(), "NoSchedule" | "NoExecute")
    }
}

impl std::fmt::Display for Taint {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let equals = if self.value.is_empty() { "" } else { "=" };
        write!(out, "{}{equals}{}:{}", self.key, self.value, self.effect)
    }
}

/// A namespace with what pods in it may refer to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Namespace {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The limit ranges, by name.
    pub limit_ranges: BTreeMap<String, Vec<LimitItem>>,
    /// The quotas, by name.
    pub quotas: BTreeMap<String, Quota>,
    /// The service accounts, by name.
    pub service_accounts: BTreeMap<String, ServiceAccount>,
    /// The keys of the secrets, by name.
    pub secrets: BTreeMap<String, BTreeSet<String>>,
    /// The keys of the config maps, by name.
    pub config_maps: BTreeMap<String, BTreeSet<String>>,
    /// The claims, by name.
    pub claims: BTreeMap<String, Claim>,
    /// The names of pod templates.
    pub pod_templates: BTreeSet<String>,
}

/// One item of a limit range, with the server's defaults.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LimitItem {
    /// `Container`, `Pod` or `PersistentVolumeClaim`.
    pub kind: String,
    /// Limits of containers that have none.
    pub default: Amounts,
    /// Requests of containers that have none.
    pub default_request: Amounts,
    /// The least.
    pub min: Amounts,
    /// The most.
    pub max: Amounts,
    /// How much larger a limit may be than the request.
    pub ratio: Amounts,
}

impl LimitItem {
    /// Fills in what the server does when a limit range is created.
    #[must_use]
    pub fn with_defaults(mut self) -> Self {
        if self.kind == "Container" {
            for (name, amount) in &self.max {
                self.default.entry(name.clone()).or_insert(*amount);
            }
            for (name, amount) in self.default.iter().chain(&self.min) {
                self.default_request.entry(name.clone()).or_insert(*amount);
            }
        }
        self
    }
}

/// A quota.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quota {
    /// What all objects that it counts may have together.
    pub hard: Amounts,
    /// What they had when the snapshot was made.
    pub used: Amounts,
    /// What a pod must match to be counted.
    pub scopes: Vec<Requirement>,
}

/// A service account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceAccount {
    /// The names of its pull secrets.
    pub pull_secrets: Vec<String>,
    /// Whether its token is mounted, where it says so.
    pub automount: Option<bool>,
    /// The names of the secrets that its pods may mount, where others are refused.
    pub mountable: Option<Vec<String>>,
}

/// A claim for storage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claim {
    /// The name of its class.
    pub class: Option<String>,
    /// How it may be mounted.
    pub access_modes: Vec<String>,
    /// The volume that it is bound to.
    pub volume: Option<String>,
    /// How much it asks for.
    pub size: Option<super::amount::Amount>,
    /// `Block` or `Filesystem`.
    pub mode: Option<String>,
    /// Labels that its volume must have.
    pub selector: Vec<Requirement>,
}

/// A volume of storage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Volume {
    /// The name of its class.
    pub class: Option<String>,
    /// Its size.
    pub capacity: Option<super::amount::Amount>,
    /// How it may be mounted.
    pub access_modes: Vec<String>,
    /// `Block` or `Filesystem`.
    pub mode: Option<String>,
    /// The claim that has it, as `namespace/name`.
    pub claim: Option<String>,
    /// Whether a claim may be bound to it.
    pub available: bool,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The nodes that it can be reached from: one of these terms must hold.
    pub terms: Option<Vec<Vec<Requirement>>>,
}

/// A class of storage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StorageClass {
    /// What makes volumes of it.
    pub provisioner: String,
    /// Whether a volume is only made for a pod that has a node.
    pub waits_for_pod: bool,
    /// Whether claims without a class get it.
    pub is_default: bool,
    /// Where it can make volumes: one of these terms must hold.
    pub topologies: Vec<Vec<Requirement>>,
}

/// What a class of storage has left somewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StorageCapacity {
    /// The class.
    pub class: String,
    /// The largest volume.
    pub most: Option<super::amount::Amount>,
    /// The nodes for which it holds; `None` for none.
    pub selector: Option<Vec<Requirement>>,
}

/// A priority class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriorityClass {
    /// The priority.
    pub value: i64,
    /// Whether pods without a class get it.
    pub is_default: bool,
    /// `Never` or `PreemptLowerPriority`, where it says so.
    pub preemption: Option<String>,
}

/// A runtime class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuntimeClass {
    /// What each pod takes beside its containers.
    pub overhead: Option<Amounts>,
    /// Labels of the nodes that have it.
    pub node_selector: BTreeMap<String, String>,
    /// Tolerations that its pods get.
    pub tolerations: Vec<Toleration>,
}

/// A toleration of a runtime class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Toleration {
    /// The key; empty for all.
    pub key: String,
    /// `Exists` or `Equal`; empty for `Equal`.
    pub operator: String,
    /// The value.
    pub value: String,
    /// The effect; empty for all.
    pub effect: String,
    /// How long it holds.
    pub seconds: Option<i64>,
}

impl Inventory {
    /// Whether a namespace surely has no more objects of a kind than are listed.
    #[must_use]
    pub fn lists_all(&self, kind: ObjectKind, namespace: &str) -> bool {
        self.known.contains(&kind)
            && (!super::exist::is_namespaced(kind)
                || self.complete
                || self.everywhere.contains(&kind)
                || self.has_any(kind, namespace))
    }

    fn has_any(&self, kind: ObjectKind, namespace: &str) -> bool {
        self.namespaces.get(namespace).is_some_and(|found| match kind {
            ObjectKind::ServiceAccount => !found.service_accounts.is_empty(),
            ObjectKind::Secret => !found.secrets.is_empty(),
            ObjectKind::ConfigMap => !found.config_maps.is_empty(),
            ObjectKind::Claim => !found.claims.is_empty(),
            ObjectKind::PodTemplate => !found.pod_templates.is_empty(),
            _ => false,
        })
    }

    /// Whether an object of a kind is there under a name.
    #[must_use]
    pub fn has(&self, kind: ObjectKind, namespace: &str, name: &str) -> bool {
        let within = self.namespaces.get(namespace);
        match kind {
            ObjectKind::PriorityClass => self.priority_classes.contains_key(name) || is_built_in_priority(name),
            ObjectKind::RuntimeClass => self.runtime_classes.contains_key(name),
            ObjectKind::StorageClass => self.storage_classes.contains_key(name),
            ObjectKind::CsiDriver => self.csi_drivers.contains_key(name),
            ObjectKind::Volume => self.volumes.contains_key(name),
            ObjectKind::Node => self.nodes.iter().any(|class| class.names.iter().any(|one| one == name)),
            ObjectKind::Namespace => within.is_some(),
            _ => within.is_some_and(|within| names(within, kind).any(|one| one == name)),
        }
    }

    /// The names of all objects of a kind, in a namespace where the kind has one.
    #[must_use]
    pub fn names(&self, kind: ObjectKind, namespace: &str) -> Vec<&str> {
        match kind {
            ObjectKind::PriorityClass => self.priority_classes.keys().map(String::as_str).collect(),
            ObjectKind::RuntimeClass => self.runtime_classes.keys().map(String::as_str).collect(),
            ObjectKind::StorageClass => self.storage_classes.keys().map(String::as_str).collect(),
            ObjectKind::CsiDriver => self.csi_drivers.keys().map(String::as_str).collect(),
            ObjectKind::Volume => self.volumes.keys().map(String::as_str).collect(),
            _ => self.namespaces.get(namespace).map(|within| names(within, kind).collect()).unwrap_or_default(),
        }
    }

    /// How many nodes there are.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.nodes.iter().map(|class| class.count).sum()
    }
}

/// Classes that every cluster has.
#[must_use]
pub fn is_built_in_priority(name: &str) -> bool {
    matches!(name, "system-node-critical" | "system-cluster-critical")
}

fn names(within: &Namespace, kind: ObjectKind) -> Box<dyn Iterator<Item = &str> + '_> {
    match kind {
        ObjectKind::ServiceAccount => Box::new(within.service_accounts.keys().map(String::as_str)),
        ObjectKind::Secret => Box::new(within.secrets.keys().map(String::as_str)),
        ObjectKind::ConfigMap => Box::new(within.config_maps.keys().map(String::as_str)),
        ObjectKind::Claim => Box::new(within.claims.keys().map(String::as_str)),
        ObjectKind::PodTemplate => Box::new(within.pod_templates.iter().map(String::as_str)),
        _ => Box::new(std::iter::empty()),
    }
}
