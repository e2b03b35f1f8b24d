//! Resources that containers and pods ask for.
//!
//! Source: <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/>.

use std::cell::LazyCell;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::containers::{List, all, is_closed, is_native_sidecar};
use super::read::{entries, items, string};
use super::{PodTemplate, Violations, formats, pod_spec};
use crate::diagnostic::{Authority, Diagnostic, Severity};
use crate::document::{Dialect, Document, Flavour, Kind};
use crate::pod::{Quantity, amount};
use crate::tree::{Entry, Field, Map, Node, Value};

/// Whose resources these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A container's.
    Container,
    /// What the runtime itself costs.
    Overhead,
}

/// Checks the resources of a container.
pub fn container(pod: &PodTemplate<'_>, container: &Node, out: &mut Violations<'_>) {
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
    claims(pod, resources, out);
}

/// In a pod the server copies limits to requests that are missing, and then objects to both.
fn repeat_for_requests(resources: &Node, before: usize, out: &mut Violations<'_>) {
    let requested: HashSet<&str> = entries(resources, "requests").iter().map(|entry| &*entry.key.wire).collect();
    let copied = |path: &str| {
        let (head, key) = path.rsplit_once(".limits[")?;
        let name = key.strip_suffix(']')?;
        (!requested.contains(name)).then(|| format!("{head}.requests[{name}]"))
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
        if is_extended(&entry.key.wire) && !amount::is_whole(text_of(&entry.value)) {
            let violation = out.at(
                &entry.value,
                "invalid-quantity",
                format!("the amount of `{}` must be a whole number", entry.key.wire),
            );
            overhead_path(violation, place);
        }
        if let Some(size) = entry.key.wire.strip_prefix("hugepages-")
            && !amount::is_multiple(text_of(&entry.value), size)
        {
            let message = format!("the amount of `{}` must be a multiple of {size}", entry.key.wire);
            overhead_path(out.at(&entry.value, "invalid-quantity", message), place);
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
fn is_primary(container: Option<&Node>, document: &Document) -> bool {
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
    let document = out.document();
    let merged = LazyCell::new(|| is_primary(container, document));
    let written = resources.as_map().and_then(|map| map.entry("limits")).map(|entry| &entry.value);
    let limits: HashMap<&str, &Entry> =
        entries(resources, "limits").iter().map(|entry| (&*entry.key.wire, entry)).collect();
    for Entry { key, value } in entries(resources, "requests") {
        let Some(request) = quantity_of(value).map(|quantity| quantity.rounded_to_milli()) else { continue };
        let limit_entry = limits.get(&*key.wire);
        let strict = is_not_overcommitted(&key.wire);
        let rule = if is_extended(&key.wire) { "gpu-request-mismatch" } else { "request-exceeds-limit" };
        let cut = flyte_cuts(document, &key.wire);
        let Some(limit_entry) = limit_entry else {
            // Flyte sets a limit of as much, where it fills in what a container lacks.
            if strict && limits_known && !(cut && is_filled(container, document)) {
                let message = format!("`{}` is requested, so its limit must be set to the same amount", key.wire);
                let violation = match written {
                    Some(limits) => out.at(limits, rule, message),
                    None => out.at_missing(resources, &["limits"], rule, message),
                };
                violation.shown_at(key.location);
                if *merged {
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
        let is_cut = cut && order == Ordering::Greater;
        if is_cut && *merged && is_displaced(document, &key.wire) {
            continue;
        }
        let message = match is_cut {
            true => format!(
                "the request of `{}` ({asked}) is above its limit ({allowed}): Flyte cuts it to the limit",
                key.wire
            ),
            false => message,
        };
        let violation = out.at(requests, rule, message);
        violation.shown_at(value.location).label(limit_entry.value.location, "the limit");
        if is_cut {
            violation.severity = Severity::Info;
            violation.authority = Authority::Flyte;
            violation.help("raise the limit, or ask for no more than it");
        } else if *merged {
            violation.authority = Authority::Flyte;
            violation.warning().help("Flyte merges the task's own resources into this container, and lowers a request to its limit without a word");
        }
    }
}

/// Whether Flyte's backend lowers a request of this to its limit, before the server sees it.
fn flyte_cuts(document: &Document, resource: &str) -> bool {
    let of_all = ["cpu", "memory", "ephemeral-storage", "nvidia.com/gpu"];
    let of_classes = ["amd.com/gpu", "aws.amazon.com/neuron", "google.com/tpu", "habana.ai/gaudi"];
    match (document.kind, document.flavour) {
        (Kind::PythonTemplate, Flavour::V1Task | Flavour::V1Pod) => of_all.contains(&resource),
        (Kind::PythonTemplate, Flavour::V2Task) => of_all.contains(&resource) || of_classes.contains(&resource),
        _ => false,
    }
}

/// Whether all that use a template put amounts of their own in the place of the primary container's: flytekit the whole block.
fn is_displaced(document: &Document, resource: &str) -> bool {
    let is_given = |settings: &Node, name: &str| match settings.get(name) {
        Field::Known(node) => node.value != Value::Null,
        Field::Missing => false,
        Field::Dynamic => true,
    };
    let argument = match resource {
        "cpu" | "memory" => resource,
        "ephemeral-storage" => "disk",
        _ => "gpu",
    };
    let displaces = |used: &crate::document::Use| match document.flavour {
        Flavour::V1Task | Flavour::V1Pod => {
            ["requests", "limits", "resources"].into_iter().any(|name| is_given(&used.settings, name))
        }
        _ => match used.settings.get("resources") {
            Field::Known(resources) => is_given(resources, argument),
            Field::Missing => false,
            Field::Dynamic => true,
        },
    };
    !document.uses.is_empty() && document.uses.iter().all(displaces)
}

/// Whether Flyte's backend fills in what a container lacks: the primary one, and flytekit's init containers.
fn is_filled(container: Option<&Node>, document: &Document) -> bool {
    let Some(node) = container else { return false };
    let inits = document.root.at(&["spec".into(), "initContainers".into()]).and_then(Node::as_list);
    let is_init = inits.is_some_and(|list| list.items.iter().any(|item| std::ptr::eq(item, node)));
    is_primary(container, document) || (is_init && document.sdk == Some(1))
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
fn claims(pod: &PodTemplate<'_>, resources: &Node, out: &mut Violations<'_>) {
    let mut seen: HashMap<&str, HashSet<&str>> = HashMap::new();
    for claim in items(resources, "claims") {
        let (Some(name), Some(request)) = (string(claim, "name"), string(claim, "request")) else { continue };
        if name.is_empty() {
            out.at(claim, "missing-field", "`name` is required");
            continue;
        }
        // Without a request it is the whole claim.
        let parts = seen.entry(name).or_default();
        if parts.contains("") || parts.contains(request) || (request.is_empty() && !parts.is_empty()) {
            out.at(claim, "duplicate-name", format!("the claim `{name}` is used twice"));
        }
        parts.insert(request);
        if !request.is_empty() {
            pod_spec::named(claim, "request", formats::dns_label, out);
        }
        if let Some(names) = pod.claim_names()
            && !names.contains(name)
        {
            let place = claim.get("name").known().unwrap_or(claim).head();
            let message = format!("the pod has no resource claim `{name}`");
            out.at(claim, "invalid-reference", message).shown_at(place);
        }
    }
}

/// Resources of the whole pod.
pub fn pod_level(pod: &PodTemplate<'_>, spec: &Node, out: &mut Violations<'_>) {
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
    claims(pod, resources, out);
    if is_closed(spec) {
        sums(pod, spec, resources, out);
        container_limits(spec, resources, out);
        defaults(pod, spec, resources, out);
    }
}

/// What a pod does not request it requests for its containers, and must have that within its limit.
fn defaults(pod: &PodTemplate<'_>, spec: &Node, resources: &Node, out: &mut Violations<'_>) {
    let unsaid = |name: &str| resources.get("requests").then(|map| map.get(name)).is_missing();
    if !pod.is_pod() {
        return;
    }
    let Some(totals) = Totals::of(spec, "requests", true) else { return };
    for Entry { key, value } in entries(resources, "limits") {
        if !matches!(&*key.wire, "cpu" | "memory") || !unsaid(&key.wire) {
            continue;
        }
        let (Some(limit), Some(total)) = (in_thousandths(value), totals.at_peak(&key.wire)) else { continue };
        if total > limit {
            let message = format!("the containers request more `{}` than the pod's limit", key.wire);
            let place = value.location;
            match resources.get("requests").known() {
                Some(requests) => out.at(requests, "request-exceeds-limit", message),
                None => out.at_missing(resources, &["requests"], "request-exceeds-limit", message),
            }
            .shown_at(place);
        }
    }
}

/// What the pod requests must be enough for its containers.
fn sums(pod: &PodTemplate<'_>, spec: &Node, resources: &Node, out: &mut Violations<'_>) {
    let huge_pages = out.release().is_from(34);
    for wire in ["requests", "limits"] {
        let totals = LazyCell::new(|| Totals::of(spec, wire, pod.is_pod()));
        let counts = |entry: &&Entry| wire == "requests" || (huge_pages && entry.key.wire.starts_with("hugepages-"));
        for entry in entries(resources, wire).iter().filter(counts) {
            let total = totals.as_ref().and_then(|totals| totals.at_peak(&entry.key.wire));
            let (Some(pod), Some(total)) = (in_thousandths(&entry.value), total) else { continue };
            if total > pod {
                let message = match wire {
                    "requests" => format!("the containers request more `{}` than the pod", entry.key.wire),
                    _ => format!("the containers' limits of `{}` are above the pod's", entry.key.wire),
                };
                out.at(&entry.value, "request-exceeds-limit", message);
            }
        }
    }
}

/// An amount in thousandths.
fn in_thousandths(node: &Node) -> Option<i128> {
    let quantity = quantity_of(node)?.rounded_to_milli();
    quantity.as_milli()
}

/// What all containers ask for of each resource: init containers run one after the other, native sidecars beside all.
#[derive(Default)]
struct Totals<'a> {
    sums: HashMap<&'a str, Sum>,
    /// In how many containers more resources may be asked for than are seen.
    open: usize,
}

/// The amounts in a field; the outer `None` where it is not known whether there are any.
fn map_of(field: Field<&Node>) -> Option<Option<&Map>> {
    match field {
        Field::Known(node) => node.as_map().map(Some),
        Field::Missing => Some(None),
        Field::Dynamic => None,
    }
}

#[derive(Default)]
struct Sum {
    running: i128,
    peak: i128,
    /// One amount is not known.
    unknown: bool,
    /// How many of the containers that may ask for more ask for this.
    in_open: usize,
}

impl<'a> Totals<'a> {
    /// `None` where nothing is known of some container.
    /// In a pod itself, limits are requests where these are not given.
    fn of(spec: &'a Node, wire: &str, limits_too: bool) -> Option<Self> {
        let limits_too = limits_too && wire == "requests";
        let mut totals = Self::default();
        for container in items(spec, "initContainers") {
            let runs_on = is_native_sidecar(container)?;
            totals.add(container, wire, limits_too, |sum, amount| {
                sum.peak = sum.peak.max(sum.running + amount);
                sum.running += if runs_on { amount } else { 0 };
            })?;
        }
        for container in items(spec, "containers") {
            totals.add(container, wire, limits_too, |sum, amount| sum.running += amount)?;
        }
        Some(totals)
    }

    fn add(&mut self, container: &'a Node, wire: &str, limits_too: bool, add: impl Fn(&mut Sum, i128)) -> Option<()> {
        let resources = container.get("resources");
        let map = map_of(resources.then(|node| node.get(wire)))?;
        let limits = if limits_too { map_of(resources.then(|node| node.get("limits")))? } else { None };
        let is_open = [map, limits].into_iter().flatten().any(|map| map.open);
        self.open += usize::from(is_open);
        let own = map.into_iter().flat_map(|map| &map.entries);
        let unsaid = |entry: &&Entry| map.is_none_or(|map| map.entry(&entry.key.wire).is_none());
        let more = limits.into_iter().flat_map(|map| &map.entries).filter(unsaid);
        for Entry { key, value } in own.chain(more) {
            let sum = self.sums.entry(&key.wire).or_default();
            sum.in_open += usize::from(is_open);
            match in_thousandths(value) {
                Some(amount) => add(sum, amount),
                None => sum.unknown |= value.value != Value::Null,
            }
        }
        Some(())
    }

    fn at_peak(&self, name: &str) -> Option<i128> {
        let none = Sum::default();
        let sum = self.sums.get(name).unwrap_or(&none);
        (!sum.unknown && sum.in_open == self.open).then(|| sum.peak.max(sum.running))
    }
}

/// No container may have a higher limit than the pod.
fn container_limits(spec: &Node, resources: &Node, out: &mut Violations<'_>) {
    let limits = LazyCell::new(|| limits_by_name(spec));
    for entry in entries(resources, "limits") {
        let Some(pod) = in_thousandths(&entry.value) else { continue };
        for (index, limit) in limits.get(&*entry.key.wire).map(Vec::as_slice).unwrap_or_default() {
            if in_thousandths(limit).is_some_and(|limit| limit > pod) {
                let message = format!("the container's limit of `{}` is above the pod's", entry.key.wire);
                let suffix = format!(".containers[{index}][{}].limits", entry.key.wire);
                out.at(resources, "request-exceeds-limit", message).below(&suffix).shown_at(limit.location);
            }
        }
    }
}

/// The limits of the regular containers by their names, each with the container's place among all.
fn limits_by_name(spec: &Node) -> HashMap<&str, Vec<(usize, &Node)>> {
    let mut found: HashMap<&str, Vec<_>> = HashMap::new();
    for (index, (_, container)) in all(spec).enumerate().filter(|(_, (list, _))| *list == List::Regular) {
        let limits = container.get("resources").known().map(|resources| entries(resources, "limits"));
        let given = limits.unwrap_or_default().iter().filter(|entry| entry.value.value != Value::Null);
        for entry in given {
            found.entry(&entry.key.wire).or_default().push((index, &entry.value));
        }
    }
    found
}
