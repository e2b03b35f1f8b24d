//! Resources that containers and pods ask for.
//!
//! Source: <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/>.

use std::cmp::Ordering;

use super::containers::{List, all, is_closed, is_native_sidecar};
use super::read::{entries, items, string};
use super::{PodTemplate, Violations, formats, pod_spec};
use crate::diagnostic::{Authority, Diagnostic};
use crate::document::Dialect;
use crate::pod::Quantity;
use crate::tree::{Entry, Field, Node, Value};

/// Whose resources these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A container's.
    Container,
    /// What the runtime itself costs.
    Overhead,
}

/// Checks the resources of a container.
pub fn container(pod: &PodTemplate<'_>, spec: &Node, container: &Node, out: &mut Violations<'_>) {
    let Some(resources) = container.get("resources").known() else { return };
    let before = out.count();
    for wire in ["limits", "requests"] {
        if let Some(map) = resources.get(wire).known() {
            quantities(map, out, Place::Container);
        }
    }
    if pod.is_pod() {
        repeat_for_requests(resources, before, out);
    }
    compare(Some(container), resources, out);
    huge_pages(resources, out);
    claims(spec, resources, out);
}

/// In a pod the server copies limits to requests that are missing, and then objects to both.
fn repeat_for_requests(resources: &Node, before: usize, out: &mut Violations<'_>) {
    let requested: Vec<&str> = entries(resources, "requests").iter().map(|entry| &*entry.key.wire).collect();
    let copied = |path: &str| {
        let (head, key) = path.rsplit_once(".limits[")?;
        let name = key.strip_suffix(']')?;
        (!requested.contains(&name)).then(|| format!("{head}.requests[{name}]"))
    };
    out.repeat(before, copied);
}

/// Checks the names and values of a map of resources.
pub fn quantities(map: &Node, out: &mut Violations<'_>, place: Place) {
    let entries = map.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
    for entry in entries {
        // Flyte renames a plain `gpu` in the templates of its SDKs.
        let renamed = &*entry.key.wire == "gpu" && out.dialect() == Dialect::Python;
        let faults = if renamed { Vec::new() } else { name_faults(&entry.key.wire, place) };
        for fault in faults {
            let message = format!("`{}` is no valid resource: it must be {fault}", entry.key.wire);
            let violation = out.at(&entry.value, "invalid-quantity", message).shown_at(entry.key.location);
            if entry.key.wire.contains("gpu") {
                violation.help("GPUs are called by their vendor: `nvidia.com/gpu`");
            }
            overhead_path(violation, place);
        }
        let Some(quantity) = quantity_of(&entry.value) else { continue };
        if quantity.is_negative() {
            let violation = out.at(
                &entry.value,
                "invalid-quantity",
                format!("the amount of `{}` must not be negative", entry.key.wire),
            );
            overhead_path(violation, place);
        }
        if is_extended(&entry.key.wire) && !quantity.rounded_to_milli().is_whole() {
            let violation = out.at(
                &entry.value,
                "invalid-quantity",
                format!("the amount of `{}` must be a whole number", entry.key.wire),
            );
            overhead_path(violation, place);
        }
        if let Some(size) = entry.key.wire.strip_prefix("hugepages-") {
            let fits = Quantity::parse(size).is_ok_and(|size| quantity.is_multiple_of(&size));
            if !fits {
                let violation = out.at(
                    &entry.value,
                    "invalid-quantity",
                    format!("the amount of `{}` must be a multiple of {size}", entry.key.wire),
                );
                overhead_path(violation, place);
            }
        }
    }
}

/// The server names overhead as if it were the limits of a container.
fn overhead_path(violation: &mut Diagnostic, place: Place) {
    if place == Place::Overhead {
        violation.path = violation.path.replace("overhead[", "overhead.limits[");
    }
}

/// What is wrong with the name of a resource.
fn name_faults(name: &str, place: Place) -> Vec<&'static str> {
    let mut faults = formats::qualified_name(name);
    if !faults.is_empty() {
        return faults;
    }
    let huge = name.starts_with("hugepages-");
    if !name.contains('/') {
        if !is_standard(name) && !huge {
            faults.push("a standard resource such as `cpu` and `memory`, or have a domain: `example.com/name`");
        } else if place == Place::Container && !matches!(name, "cpu" | "memory" | "ephemeral-storage") && !huge {
            faults.push("a resource of containers: `cpu`, `memory`, `ephemeral-storage` or `hugepages-*`");
        }
        return faults;
    }
    let own = name.split('/').next().is_some_and(|domain| domain.contains("kubernetes.io"))
        || name.contains("kubernetes.io/");
    if !own && (name.starts_with("requests.") || !formats::qualified_name(&format!("requests.{name}")).is_empty()) {
        faults.push("an extended resource, whose name does not start with `requests.` and is not too long");
    }
    faults
}

fn is_standard(name: &str) -> bool {
    const STANDARD: &[&str] = &[
        "cpu",
        "memory",
        "ephemeral-storage",
        "requests.cpu",
        "requests.memory",
        "requests.ephemeral-storage",
        "limits.cpu",
        "limits.memory",
        "limits.ephemeral-storage",
        "pods",
        "resourcequotas",
        "services",
        "replicationcontrollers",
        "secrets",
        "persistentvolumeclaims",
        "configmaps",
        "requests.storage",
        "storage",
        "services.nodeports",
        "services.loadbalancers",
    ];
    STANDARD.contains(&name) || name.starts_with("requests.hugepages-")
}

/// Resources of vendors, which are given out whole.
fn is_extended(name: &str) -> bool {
    name.contains('/') && !name.contains("kubernetes.io/") && !name.starts_with("requests.")
}

fn is_not_overcommitted(name: &str) -> bool {
    (name.contains('/') && !name.contains("kubernetes.io/")) || name.starts_with("hugepages-")
}

/// The quantity that a value is; nulls count as zero.
pub fn quantity_of(node: &Node) -> Option<Quantity> {
    match &node.value {
        Value::String(text) => Quantity::parse(text).ok(),
        Value::Number(number) => Quantity::parse(&number.text).ok(),
        Value::Null => Quantity::parse("0").ok(),
        _ => None,
    }
}

fn text_of(node: &Node) -> &str {
    match &node.value {
        Value::String(text) => text,
        Value::Number(number) => &number.text,
        _ => "0",
    }
}

/// Whether Flyte adjusts the resources of this container before the server sees them.
fn is_primary(container: Option<&Node>, out: &Violations<'_>) -> bool {
    let document = out.document();
    let name = container.and_then(|container| container.text("name").known());
    let primary = document.primary.name.as_ref().known();
    document.dialect == Dialect::Python && primary.is_some_and(|primary| name == Some(primary.as_str()))
}

/// Requests must not be above limits; what cannot be shared must be equal.
fn compare(container: Option<&Node>, resources: &Node, out: &mut Violations<'_>) {
    let Some(requests) = resources.get("requests").known() else { return };
    let limits_known = match resources.get("limits") {
        Field::Missing => true,
        Field::Known(limits) => limits.as_map().is_some_and(|map| !map.open),
        Field::Dynamic => false,
    };
    for Entry { key, value } in entries(resources, "requests") {
        let Some(request) = quantity_of(value).map(|quantity| quantity.rounded_to_milli()) else { continue };
        let limit_entry = entries(resources, "limits").iter().find(|entry| entry.key.wire == key.wire);
        let strict = is_not_overcommitted(&key.wire);
        let rule = if is_extended(&key.wire) { "gpu-request-mismatch" } else { "request-exceeds-limit" };
        let Some(limit_entry) = limit_entry else {
            if strict && limits_known {
                let message = format!("`{}` is requested, so its limit must be set to the same amount", key.wire);
                let merged = is_primary(container, out);
                let violation = out.at_field(resources, "limits", rule, message).shown_at(key.location);
                if merged {
                    violation.authority = Authority::Flyte;
                    violation
                        .warning()
                        .help("unless the task's own resources set it: Flyte merges them into this container");
                }
            }
            continue;
        };
        let Some(limit) = quantity_of(&limit_entry.value).map(|quantity| quantity.rounded_to_milli()) else { continue };
        let order = request.compare(&limit);
        let (asked, allowed) = (text_of(value), text_of(&limit_entry.value));
        let message = match order {
            Ordering::Equal => continue,
            _ if strict => format!("the request of `{}` ({asked}) must be equal to its limit ({allowed})", key.wire),
            Ordering::Greater => format!("the request of `{}` ({asked}) is above its limit ({allowed})", key.wire),
            Ordering::Less => continue,
        };
        let merged = is_primary(container, out);
        let violation = out.at(requests, rule, message);
        violation.shown_at(value.location).label(limit_entry.value.location, "the limit");
        if merged {
            violation.authority = Authority::Flyte;
            violation.warning().help("Flyte merges the task's own resources into this container, and lowers a request to its limit without a word");
        }
    }
}

fn huge_pages(resources: &Node, out: &mut Violations<'_>) {
    let names: Vec<&str> =
        ["limits", "requests"].iter().flat_map(|wire| entries(resources, wire)).map(|entry| &*entry.key.wire).collect();
    let open = ["limits", "requests"].iter().any(|wire| match resources.get(wire) {
        Field::Known(map) => map.as_map().is_some_and(|map| map.open),
        Field::Missing => false,
        Field::Dynamic => true,
    });
    let huge = names.iter().any(|name| name.starts_with("hugepages-"));
    if huge && !open && !names.iter().any(|name| matches!(*name, "cpu" | "memory")) {
        out.at(resources, "forbidden-combination", "huge pages need `cpu` or `memory` beside them");
    }
}

/// Claims of devices, by the names that the pod gives them.
fn claims(spec: &Node, resources: &Node, out: &mut Violations<'_>) {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for claim in items(resources, "claims") {
        let (Some(name), Some(request)) = (string(claim, "name"), string(claim, "request")) else { continue };
        if name.is_empty() {
            out.at(claim, "missing-field", "`name` is required");
            continue;
        }
        let repeated = seen
            .iter()
            .any(|(known, part)| *known == name && (part.is_empty() || request.is_empty() || *part == request));
        if repeated {
            out.at(claim, "duplicate-name", format!("the claim `{name}` is used twice"));
        }
        seen.push((name, request));
        if !request.is_empty() {
            pod_spec::named(claim, "request", formats::dns_label, out);
        }
        if let Some(names) = pod_spec::claim_names(spec)
            && !names.contains(&name)
        {
            let place = claim.get("name").known().unwrap_or(claim).head();
            let message = format!("the pod has no resource claim `{name}`");
            out.at(claim, "invalid-reference", message).shown_at(place);
        }
    }
}

/// Resources of the whole pod.
pub fn pod_level(spec: &Node, out: &mut Violations<'_>) {
    let Some(resources) = spec.get("resources").known() else { return };
    if !items(resources, "claims").is_empty() {
        out.at_field(resources, "claims", "forbidden-combination", "a pod's own `resources` cannot have claims");
    }
    for wire in ["limits", "requests"] {
        for entry in entries(resources, wire) {
            let name = &*entry.key.wire;
            if !matches!(name, "cpu" | "memory") && !name.starts_with("hugepages-") {
                let message = format!("a pod's own `resources` can be `cpu`, `memory` and `hugepages-*`, not `{name}`");
                out.at(&entry.value, "invalid-value", message).shown_at(entry.key.location);
            }
        }
        if let Some(map) = resources.get(wire).known() {
            quantities(map, out, Place::Container);
        }
    }
    compare(None, resources, out);
    huge_pages(resources, out);
    claims(spec, resources, out);
    if is_closed(spec) {
        sums(spec, resources, out);
        container_limits(spec, resources, out);
    }
}

/// What the pod requests must be enough for its containers.
fn sums(spec: &Node, resources: &Node, out: &mut Violations<'_>) {
    for entry in entries(resources, "requests") {
        let (Some(pod), Some(total)) = (amount(&entry.value), total(spec, &entry.key.wire, "requests")) else {
            continue;
        };
        if total > pod {
            let message = format!("the containers request more `{}` than the pod", entry.key.wire);
            out.at(&entry.value, "request-exceeds-limit", message);
        }
    }
    for entry in entries(resources, "limits").iter().filter(|entry| entry.key.wire.starts_with("hugepages-")) {
        let (Some(pod), Some(total)) = (amount(&entry.value), total(spec, &entry.key.wire, "limits")) else { continue };
        if total > pod {
            let message = format!("the containers' limits of `{}` are above the pod's", entry.key.wire);
            out.at(&entry.value, "request-exceeds-limit", message);
        }
    }
}

/// An amount in thousandths.
fn amount(node: &Node) -> Option<i128> {
    let quantity = quantity_of(node)?.rounded_to_milli();
    quantity.as_milli()
}

/// What all containers ask for at their peak: init containers run one after the other, native sidecars beside all.
fn total(spec: &Node, name: &str, wire: &str) -> Option<i128> {
    let of = |container: &Node| -> Option<i128> {
        let resources = container.get("resources");
        match resources.then(|node| node.get(wire)).then(|map| map.get(name)) {
            Field::Known(value) => amount(value),
            Field::Missing => Some(0),
            Field::Dynamic => None,
        }
    };
    let (mut running, mut peak) = (0, 0);
    for container in items(spec, "initContainers") {
        if is_native_sidecar(container)? {
            running += of(container)?;
            peak = peak.max(running);
        } else {
            peak = peak.max(running + of(container)?);
        }
    }
    for container in items(spec, "containers") {
        running += of(container)?;
    }
    Some(peak.max(running))
}

/// No container may have a higher limit than the pod.
fn container_limits(spec: &Node, resources: &Node, out: &mut Violations<'_>) {
    for entry in entries(resources, "limits") {
        let Some(pod) = amount(&entry.value) else { continue };
        for (index, (list, container)) in all(spec).enumerate() {
            let limit = container.get("resources").then(|node| node.get("limits")).then(|map| map.get(&entry.key.wire));
            let Some(limit) = limit.known() else { continue };
            if list == List::Regular && amount(limit).is_some_and(|limit| limit > pod) {
                let message = format!("the container's limit of `{}` is above the pod's", entry.key.wire);
                let suffix = format!(".containers[{index}][{}].limits", entry.key.wire);
                out.at(resources, "request-exceeds-limit", message).below(&suffix).shown_at(limit.location);
            }
        }
    }
}
