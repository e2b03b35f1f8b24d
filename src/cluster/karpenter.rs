//! Which pods Karpenter would make a node for.
//!
//! Source: `pkg/scheduling/requirements.go` of `sigs.k8s.io/karpenter`. Which instance types there are is not known here, so of
//! labels that these decide on (zone, type, architecture, …) any value will do that the pool does not exclude.

use std::collections::BTreeMap;

use super::inventory::Pool;
use super::requirement::{Requirement, ValueSet};

/// Labels that instance types decide on.
const WELL_KNOWN: &[&str] = &[
    "karpenter.sh/nodepool",
    "karpenter.sh/capacity-type",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "topology.k8s.aws/zone-id",
    "node.kubernetes.io/instance-type",
    "node.kubernetes.io/windows-build",
    "kubernetes.io/arch",
    "kubernetes.io/os",
];

/// What the provider of AWS knows of its instance types.
const WELL_KNOWN_AWS: &[&str] = &[
    "capacity-reservation-id",
    "capacity-reservation-type",
    "capacity-reservation-interruptible",
    "instance-accelerator-count",
    "instance-accelerator-manufacturer",
    "instance-accelerator-name",
    "instance-capability-flex",
    "instance-category",
    "instance-cpu",
    "instance-cpu-manufacturer",
    "instance-cpu-sustained-clock-speed-mhz",
    "instance-ebs-bandwidth",
    "instance-encryption-in-transit-supported",
    "instance-family",
    "instance-generation",
    "instance-gpu-count",
    "instance-gpu-manufacturer",
    "instance-gpu-memory",
    "instance-gpu-name",
    "instance-hypervisor",
    "instance-local-nvme",
    "instance-memory",
    "instance-network-bandwidth",
    "instance-size",
    "instance-tenancy",
];

/// Domains in which only the labels above may be used.
const RESTRICTED: &[&str] = &["kubernetes.io", "k8s.io", "karpenter.sh", "karpenter.k8s.aws"];
const EXCEPTIONS: &[&str] = &["kops.k8s.io", "node.kubernetes.io", "node-restriction.kubernetes.io"];

/// Whether instance types decide on a label.
fn is_well_known(key: &str) -> bool {
    let of_aws = key.strip_prefix("karpenter.k8s.aws/").is_some_and(|name| WELL_KNOWN_AWS.contains(&name));
    let of_others = ["karpenter.azure.com/", "karpenter.k8s.gcp/"].iter().any(|domain| key.starts_with(domain));
    WELL_KNOWN.contains(&key) || of_aws || of_others
}

/// The name under which Karpenter knows a label.
#[must_use]
pub fn normalized(key: &str) -> &str {
    match key {
        "failure-domain.beta.kubernetes.io/zone" => "topology.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/region" => "topology.kubernetes.io/region",
        "beta.kubernetes.io/arch" => "kubernetes.io/arch",
        "beta.kubernetes.io/os" => "kubernetes.io/os",
        "beta.kubernetes.io/instance-type" => "node.kubernetes.io/instance-type",
        key => key,
    }
}

/// Why Karpenter would not use a pool at all.
#[must_use]
pub fn why_invalid(labels: &BTreeMap<String, String>, requirements: &[Requirement]) -> Option<String> {
    if labels.contains_key("karpenter.sh/nodepool") {
        return Some("the pool is invalid: it sets the label `karpenter.sh/nodepool`".to_owned());
    }
    let keys = labels.keys().chain(requirements.iter().map(|one| &one.key));
    let wrong = keys.map(|key| normalized(key)).find(|key| is_restricted(key))?;
    Some(format!("the pool is invalid: the label `{wrong}` is not allowed in pools"))
}

fn is_restricted(key: &str) -> bool {
    let domain = key.split_once('/').map(|(domain, _)| domain).unwrap_or_default();
    let below = |domains: &[&str]| domains.iter().any(|one| domain.ends_with(one));
    !is_well_known(key) && below(RESTRICTED) && !below(EXCEPTIONS)
}

/// The values of labels that some requirements allow, by label.
#[derive(Clone, Debug, Default)]
pub struct ValueSets(BTreeMap<String, ValueSet>);

impl ValueSets {
    /// The sets that all of these requirements leave.
    #[must_use]
    pub fn of<'r>(requirements: impl IntoIterator<Item = &'r Requirement>) -> Self {
        let mut sets = Self::default();
        for requirement in requirements {
            let key = normalized(&requirement.key);
            let set = ValueSet::of(requirement);
            let set = sets.0.get(key).map_or_else(|| set.clone(), |known| set.intersection(known));
            sets.0.insert(key.to_owned(), set);
        }
        sets
    }

    /// What the nodes of a pool may have.
    #[must_use]
    pub fn of_pool(pool: &Pool) -> Self {
        let own = Requirement::equal("karpenter.sh/nodepool", &pool.name);
        let labels: Vec<Requirement> = pool.labels.iter().map(|(key, value)| Requirement::equal(key, value)).collect();
        Self::of(pool.requirements.iter().chain(&labels).chain([&own]))
    }

    /// The first label for which a pool with these sets cannot give what a pod requires.
    #[must_use]
    pub fn refuses(&self, wanted: &Self) -> Option<String> {
        for (key, set) in &wanted.0 {
            let Some(own) = self.0.get(key) else {
                if is_well_known(key) || set.allows_absence() {
                    continue;
                }
                return Some(format!("does not have the label `{key}`"));
            };
            if !own.can_meet(set) {
                return Some(match own.listed() {
                    Some(values) if !values.is_empty() => {
                        let values: Vec<&str> = values.iter().map(String::as_str).collect();
                        format!("has `{key}` in [{}] only", values.join(" "))
                    }
                    _ => format!("does not have the label `{key}` as it is required"),
                });
            }
        }
        None
    }
}
