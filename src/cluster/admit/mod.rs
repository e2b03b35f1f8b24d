//! What the API server's admission makes of a pod, and why it would refuse it, in the server's order.
//!
//! First the plugins that change the pod (limit ranges, service account, priority, tolerations, runtime class), then its
//! validation, then the plugins that check (limit ranges, quotas). Source: `plugin/pkg/admission` of Kubernetes.

mod account;
mod defaults;
mod limits;
mod priority;
mod quota;
mod runtime;
mod tolerations;

pub use limits::largest;
pub use tolerations::is_device;

use super::inventory::{Inventory, ObjectKind};
use super::needs::PodNeeds;
use crate::flyte::Effective;
use crate::tree::Path;

/// Why a pod is refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The rule that reports it.
    pub rule: &'static str,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The field that is to blame, in the effective pod.
    pub path: Path,
    /// The object that refuses: its kind and name.
    pub by: Option<(ObjectKind, String)>,
    /// Whether only what runs at the moment is in the way.
    pub only_now: bool,
}

impl Refusal {
    fn new(rule: &'static str, path: Path, message: String) -> Self {
        Self { rule, message, help: None, path, by: None, only_now: false }
    }

    fn by(mut self, kind: ObjectKind, name: &str) -> Self {
        self.by = Some((kind, name.to_owned()));
        self
    }

    fn help(mut self, help: String) -> Self {
        self.help = Some(help);
        self
    }
}

/// Changes a pod as the server would in one of its namespaces; why it would refuse it.
pub fn admit(pod: &mut Effective, inventory: &Inventory, namespace: &str) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    defaults::fill(pod);
    let within = inventory.namespaces.get(namespace);
    if let Some(within) = within {
        limits::fill(pod, within);
    }
    refusals.extend(account::fill(pod, inventory, namespace));
    refusals.extend(priority::fill(pod, inventory));
    tolerations::fill(pod);
    if inventory.tolerates_devices {
        tolerations::of_devices(pod);
    }
    refusals.extend(runtime::fill(pod, inventory));
    let needs = PodNeeds::of(&pod.root);
    if let Some(within) = within {
        let checked = limits::check(pod, within, &needs);
        let mut contradictions = limits::contradictions(pod, &needs);
        // What is above the maximum is above the default as well.
        contradictions.retain(|one| !checked.iter().any(|known| known.path == one.path));
        refusals.extend(contradictions);
        refusals.extend(limits::above_pod_level(pod, &needs));
        refusals.extend(checked);
        refusals.extend(quota::check(pod, within, &needs));
    }
    refusals
}
