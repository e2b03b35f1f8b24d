//! StatefulSets: how their pods are named, replaced and given claims.
//!
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/>.

use super::rollout::{Amount, amount, not_above_all, wrong_strategy};
use super::selection;
use crate::kubernetes::read::{is_given, items, string};
use crate::kubernetes::{Violations, formats, pod_spec, volumes};
use crate::schema::Gate;
use crate::tree::Node;

/// The release from which pod templates and claims are held to the rules that hold elsewhere.
pub const VALIDATED_FROM: u8 = 34;

/// Checks a StatefulSet.
pub fn check(spec: &Node, out: &mut Violations<'_>) {
    for wire in ["replicas", "minReadySeconds"] {
        out.not_negative(spec, wire);
    }
    selection::check(spec, out);
    if string(spec, "podManagementPolicy") != Some("") {
        out.one_of(spec, "podManagementPolicy", &["OrderedReady", "Parallel"]);
    }
    if let Some(strategy) = spec.get("updateStrategy").known() {
        update_strategy(strategy, out);
    }
    if let Some(retention) = spec.get("persistentVolumeClaimRetentionPolicy").known() {
        for wire in ["whenDeleted", "whenScaled"] {
            if string(retention, wire) != Some("") {
                out.one_of(retention, wire, &["Retain", "Delete"]);
            }
        }
    }
    if let Some(ordinals) = spec.get("ordinals").known() {
        out.not_negative(ordinals, "start");
    }
    if out.release().is_from(33) {
        pod_spec::named(spec, "serviceName", formats::dns_label, out);
    }
    if out.release().is_from(VALIDATED_FROM) {
        for claim in items(spec, "volumeClaimTemplates") {
            volumes::claim_template(claim, out);
        }
    }
}

fn update_strategy(strategy: &Node, out: &mut Violations<'_>) {
    let recreates = out.release().has(Gate::StatefulSetRecreateStrategy);
    match string(strategy, "type") {
        Some("" | "RollingUpdate") => {
            if let Some(update) = strategy.get("rollingUpdate").known() {
                rolling_update(update, out);
            }
        }
        Some(kind @ ("OnDelete" | "Recreate")) if kind == "OnDelete" || recreates => {
            if is_given(strategy, "rollingUpdate") {
                let message = "`rollingUpdate` goes with the strategy `RollingUpdate` only";
                out.at_field(strategy, "rollingUpdate", "forbidden-combination", message);
            }
        }
        Some(other) => wrong_strategy(strategy, other, "`RollingUpdate` or `OnDelete`", out),
        None => {}
    }
}

fn rolling_update(update: &Node, out: &mut Violations<'_>) {
    out.not_negative(update, "partition");
    let unavailable = amount(update, "maxUnavailable", Amount::Number(1), out);
    if unavailable.is_zero() {
        out.at_field(update, "maxUnavailable", "invalid-value", "`maxUnavailable` cannot be 0");
    }
    not_above_all(update, "maxUnavailable", unavailable, out);
}
