//! The fields of the pod spec itself.
//!
//! Source: <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec>.

use std::collections::HashSet;

use super::read::{flag, integer, is_empty, is_given, items, list, string};
use super::{PodTemplate, Violations, containers, formats, resources, scheduling, security, volumes};
use crate::schema::Gate;
use crate::tree::{Field, Node, Value};

/// Checks the pod spec and everything in it.
pub fn check(pod: &PodTemplate<'_>, out: &mut Violations<'_>) {
    let spec = match pod.spec {
        Field::Known(spec) if spec.as_map().is_some() => spec,
        Field::Missing if pod.is_manifest() => {
            out.at_missing(pod.template, &["spec", "containers"], "missing-field", "the pod has no containers");
            return;
        }
        _ => return,
    };
    let volumes = volumes::check(pod, spec, out);
    containers::check(pod, spec, &volumes, out);
    scalars(spec, out);
    names(pod, spec, out);
    host_name(spec, out);
    gates(pod, spec, out);
    host_aliases(spec, out);
    dns(spec, out);
    operating_system(spec, out);
    host_namespaces(spec, out);
    claims(spec, out);
    security::check(pod, spec, out);
    scheduling::check(pod, spec, out);
    resources::pod_level(pod, spec, out);
    if let Some(overhead) = spec.get("overhead").known() {
        resources::quantities(overhead, out, resources::Place::Overhead);
    }
}

fn scalars(spec: &Node, out: &mut Violations<'_>) {
    if string(spec, "restartPolicy") != Some("") {
        out.one_of(spec, "restartPolicy", &["Always", "OnFailure", "Never"]);
    }
    if string(spec, "dnsPolicy") != Some("") {
        out.one_of(spec, "dnsPolicy", &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]);
    }
    if is_given(spec, "preemptionPolicy") {
        if string(spec, "preemptionPolicy") == Some("") {
            out.required(spec, "preemptionPolicy");
        } else {
            out.one_of(spec, "preemptionPolicy", &["PreemptLowerPriority", "Never"]);
        }
    }
    out.in_range(spec, "activeDeadlineSeconds", "invalid-value", 1..=i64::from(i32::MAX));
}

fn names(pod: &PodTemplate<'_>, spec: &Node, out: &mut Violations<'_>) {
    // A StatefulSet puts its own in their places.
    for wire in ["hostname", "subdomain"].iter().filter(|_| !pod.is_stateful()) {
        named(spec, wire, formats::dns_label, out);
    }
    for wire in ["serviceAccountName", "nodeName", "priorityClassName"] {
        named(spec, wire, formats::dns_subdomain, out);
    }
    // The alias counts only where the field itself is not set.
    if string(spec, "serviceAccountName") == Some("")
        && let Some(node) = spec.get("serviceAccount").known()
        && let Some(name) = node.as_str().filter(|name| !name.is_empty())
    {
        for fault in formats::dns_subdomain(name) {
            let message = format!("`{name}` is no valid name of a service account: it must have {fault}");
            out.at_missing(spec, &["serviceAccountName"], "invalid-name", message).shown_at(node.location);
        }
    }
    // This one is checked even when it is empty.
    if let Some(node) = spec.get("runtimeClassName").known() {
        let faults = node.as_str().map(formats::dns_subdomain).unwrap_or_default();
        out.format(node, "invalid-name", "name", &faults);
    }
    super::metadata::labels(spec, "nodeSelector", out);
}

/// The host name that a pod has instead of its own.
fn host_name(spec: &Node, out: &mut Violations<'_>) {
    const WIRE: &str = "hostnameOverride";
    let Some(node) = spec.get(WIRE).known() else { return };
    for wire in ["setHostnameAsFQDN", "hostNetwork"] {
        if flag(spec, wire) == Some(true) {
            let message = format!("`{}` cannot be set when `{}` is true", out.field(WIRE), out.field(wire));
            out.at(node, "forbidden-combination", message);
        }
    }
    let Some(name) = node.as_str() else { return };
    if name.len() > 64 {
        out.at(node, "invalid-name", format!("`{}` must have at most 64 characters", out.field(WIRE)));
    }
    out.format(node, "invalid-name", "host name", &formats::dns_subdomain(name));
}

/// Checks the format of a name where there is one.
pub fn named(parent: &Node, wire: &str, format: fn(&str) -> formats::Faults, out: &mut Violations<'_>) {
    if let Some(node) = parent.get(wire).known()
        && let Some(name) = node.as_str().filter(|name| !name.is_empty())
    {
        out.format(node, "invalid-name", "name", &format(name));
    }
}

fn gates(pod: &PodTemplate<'_>, spec: &Node, out: &mut Violations<'_>) {
    let mut seen = HashSet::new();
    for gate in items(spec, "schedulingGates") {
        let Some(name) = string(gate, "name") else { continue };
        let place = gate.get("name").known().unwrap_or(gate).head();
        for fault in formats::qualified_name(name) {
            let message = format!("`{name}` is no valid name of a gate: it must have {fault}");
            out.at(gate, "invalid-name", message).shown_at(place);
        }
        if !seen.insert(name) {
            out.at(gate, "duplicate-name", format!("the gate `{name}` is given twice")).shown_at(place);
        }
    }
    if pod.is_pod() && !seen.is_empty() && string(spec, "nodeName").is_some_and(|name| !name.is_empty()) {
        let message = "`nodeName` cannot be set while there are `schedulingGates`";
        out.at_field(spec, "nodeName", "forbidden-combination", message);
    }
    for gate in items(spec, "readinessGates") {
        let Some(kind) = string(gate, "conditionType") else { continue };
        for fault in formats::qualified_name(kind) {
            let message = format!("`{kind}` is no valid type of a condition: it must have {fault}");
            out.at_field(gate, "conditionType", "invalid-name", message);
        }
    }
}

fn host_aliases(spec: &Node, out: &mut Violations<'_>) {
    for alias in items(spec, "hostAliases") {
        if let Some(ip) = string(alias, "ip") {
            for fault in address_faults(ip, out) {
                out.at_field(alias, "ip", "invalid-host-alias", format!("`{ip}` must be {fault}"));
            }
        }
        for host in items(alias, "hostnames") {
            let faults = host.as_str().map_or_else(|| formats::dns_subdomain(""), formats::dns_subdomain);
            let known = host.as_str().is_some() || host.value == Value::Null;
            if known {
                out.format(host, "invalid-host-alias", "host name", &faults);
            }
        }
    }
}

/// What is wrong with an address: odd forms were taken once.
fn address_faults(text: &str, out: &Violations<'_>) -> formats::Faults {
    let strict = out.release().has(Gate::StrictIPCIDRValidation);
    if strict { formats::strict_ip_address(text) } else { formats::ip_address(text) }
}

fn dns(spec: &Node, out: &mut Violations<'_>) {
    let needs_servers = string(spec, "dnsPolicy") == Some("None");
    let config = match spec.get("dnsConfig") {
        Field::Known(config) => config,
        Field::Missing => {
            if needs_servers {
                let message = "`dnsPolicy: None` needs a `dnsConfig` with name servers";
                out.at_missing(spec, &["dnsConfig"], "invalid-dns", message);
            }
            return;
        }
        Field::Dynamic => return,
    };
    if needs_servers && is_empty(config, "nameservers") {
        out.at_field(config, "nameservers", "invalid-dns", "`dnsPolicy: None` needs at least one name server");
    }
    let servers = items(config, "nameservers");
    if servers.len() > 3 {
        out.at_field(
            config,
            "nameservers",
            "invalid-dns",
            format!("at most 3 name servers are allowed, not {}", servers.len()),
        );
    }
    for server in servers {
        // Null is the empty text.
        let text = if server.value == Value::Null { Some("") } else { server.as_str() };
        for fault in text.map(|text| address_faults(text, out)).unwrap_or_default() {
            out.at(server, "invalid-dns", format!("`{}` must be {fault}", text.unwrap_or_default()));
        }
    }
    searches(config, out);
    for option in items(config, "options") {
        if string(option, "name") == Some("") {
            out.at(option, "invalid-dns", "a DNS option needs a name");
        }
    }
}

fn searches(config: &Node, out: &mut Violations<'_>) {
    let paths = items(config, "searches");
    let (most, longest) = if out.release().has(Gate::ExpandedDNSConfig) { (32, 2048) } else { (6, 256) };
    if paths.len() > most {
        let message = format!("at most {most} search paths are allowed, not {}", paths.len());
        out.at_field(config, "searches", "invalid-dns", message);
    }
    let total: usize = paths.iter().filter_map(Node::as_str).map(|path| path.len() + 1).sum();
    if total.saturating_sub(1) > longest {
        let message = format!("all search paths together must have at most {longest} characters");
        out.at_field(config, "searches", "invalid-dns", message);
    }
    let relaxed = out.release().has(Gate::RelaxedDNSSearchValidation);
    let format = if relaxed { formats::dns_search } else { formats::dns_subdomain };
    for node in paths {
        let text = if node.value == Value::Null { Some("") } else { node.as_str() };
        let Some(path) = text.filter(|path| !relaxed || *path != ".") else { continue };
        let faults = format(path.strip_suffix('.').unwrap_or(path));
        out.format(node, "invalid-dns", "search path", &faults);
    }
}

fn operating_system(spec: &Node, out: &mut Violations<'_>) {
    let Some(os) = spec.get("os").known() else { return };
    match string(os, "name") {
        Some("") => {
            out.required(os, "name");
        }
        Some("linux" | "windows") | None => {}
        Some(other) => {
            let place = os.get("name").known().unwrap_or(os).head();
            let message = format!("the operating system must be `linux` or `windows`, not `{other}`");
            out.at(os, "invalid-value", message).shown_at(place);
        }
    }
}

fn host_namespaces(spec: &Node, out: &mut Violations<'_>) {
    let host_users_off = spec.get("hostUsers").known().and_then(Node::as_bool) == Some(false);
    if host_users_off {
        let shares_network = out.release().has(Gate::UserNamespacesHostNetworkSupport);
        for wire in ["hostNetwork", "hostPID", "hostIPC"] {
            let allowed = wire == "hostNetwork" && shares_network;
            if flag(spec, wire) == Some(true) && !allowed {
                let message = format!("`{}` cannot be set when `{}` is false", out.field(wire), out.field("hostUsers"));
                out.at_field(spec, wire, "forbidden-combination", message);
            }
        }
        for (_, container) in containers::all(spec).filter(|_| out.release().is_from(34)).collect::<Vec<_>>() {
            if !items(container, "volumeDevices").is_empty() {
                let message = format!("block devices cannot be used when `{}` is false", out.field("hostUsers"));
                out.at_field(container, "volumeDevices", "forbidden-combination", message);
            }
        }
    }
    if flag(spec, "hostNetwork") == Some(true) {
        host_ports(spec, out);
    }
}

/// On the host's network a port is the host's port.
fn host_ports(spec: &Node, out: &mut Violations<'_>) {
    for container in items(spec, "containers") {
        for port in items(container, "ports") {
            let (Field::Known(inner), Field::Known(host)) = (integer(port, "containerPort"), integer(port, "hostPort"))
            else {
                continue;
            };
            if host != inner && host != 0 {
                let message =
                    format!("`hostPort` must be {inner}, the `containerPort`, when `hostNetwork` is true, not {host}");
                // Before 1.28 the server named the other of the two.
                let wire = if out.release().is_from(28) { "hostPort" } else { "containerPort" };
                out.at_field(port, wire, "invalid-port", message);
            }
        }
    }
}

/// Claims of devices for the whole pod.
fn claims(spec: &Node, out: &mut Violations<'_>) {
    let mut seen = HashSet::new();
    for claim in items(spec, "resourceClaims") {
        match string(claim, "name") {
            Some("") => {
                out.required(claim, "name");
            }
            Some(name) => {
                named(claim, "name", formats::dns_label, out);
                if !seen.insert(name) {
                    out.at_field(
                        claim,
                        "name",
                        "duplicate-name",
                        format!("the resource claim `{name}` is given twice"),
                    );
                }
            }
            None => {}
        }
        let sources = super::read::given(claim, &["resourceClaimName", "resourceClaimTemplateName"]);
        let unknown = sources.iter().any(|(_, node)| node.is_dynamic());
        if sources.len() != 1 && !unknown && super::read::is_closed(claim) {
            let message = "a resource claim needs exactly one of `resourceClaimName` and `resourceClaimTemplateName`";
            out.at(claim, "invalid-value", message);
        }
        for (wire, node) in sources {
            let faults = node.as_str().map(formats::dns_subdomain).unwrap_or_default();
            out.format(node, "invalid-name", wire, &faults);
        }
    }
}

/// The names that may be used in `resources.claims`; `None` where not all are known.
pub fn claim_names(spec: &Node) -> Option<HashSet<&str>> {
    let field = spec.get("resourceClaims");
    if field.is_dynamic() || field.known().and_then(Node::as_list).is_some_and(|list| list.open) {
        return None;
    }
    list(field).iter().map(|claim| claim.text("name").or_default("")).collect()
}
