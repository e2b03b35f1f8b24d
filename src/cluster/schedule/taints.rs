//! Taints and tolerations.

use super::{Mend, Reason};
use crate::cluster::edit::{below, spec};
use crate::cluster::inventory::Taint;
use crate::cluster::view::Tolerates;

/// The tolerations of a pod.
#[derive(Clone, Copy)]
pub struct Tolerance<'a> {
    /// Those that are known.
    pub tolerations: &'a [Tolerates],
    /// There may be further ones.
    pub open: bool,
}

impl Tolerance<'_> {
    /// The taints that keep the pod away.
    pub fn refuses(&self, taints: &[Taint]) -> Vec<Reason> {
        let hard = taints.iter().filter(|taint| taint.is_hard() && !self.has(taint));
        hard.map(|taint| Reason {
            kind: "taint",
            text: format!("has the taint `{taint}`"),
            path: below(&spec(), "tolerations"),
            mend: Some(Mend::Tolerate(taint.clone())),
        })
        .collect()
    }

    /// Whether the pod may run on nodes that take no new pods.
    #[must_use]
    pub fn of_unschedulable(&self) -> bool {
        self.has(&Taint {
            key: "node.kubernetes.io/unschedulable".to_owned(),
            value: String::new(),
            effect: "NoSchedule".to_owned(),
        })
    }

    fn has(&self, taint: &Taint) -> bool {
        self.open || self.tolerations.iter().any(|one| tolerates(one, taint))
    }
}

/// Whether a toleration tolerates a taint; of what is not known it may.
#[must_use]
pub fn tolerates(one: &Tolerates, taint: &Taint) -> bool {
    let fits = |own: &Option<String>, wanted: &str| own.as_deref().is_none_or(|own| own.is_empty() || own == wanted);
    let value = || one.value.as_deref().is_none_or(|value| value == taint.value);
    fits(&one.effect, &taint.effect)
        && fits(&one.key, &taint.key)
        && match one.operator.as_deref() {
            None | Some("Exists") => true,
            Some("" | "Equal") => value(),
            Some(_) => false,
        }
}
