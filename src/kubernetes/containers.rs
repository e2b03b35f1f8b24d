//! Containers of all three lists: names, images, ports, and what each kind must not have.
//!
//! Source: <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container>.

use std::cell::LazyCell;
use std::collections::HashSet;

use super::read::{flag, integer, is_closed as is_closed_map, is_empty, items, string, text};
use super::volumes::Volumes;
use super::{PodTemplate, Violations, env, formats, lifecycle, mounts, resources, security};
use crate::schema::Gate;
use crate::tree::{Field, Node};

/// Which list a container stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// `containers`.
    Regular,
    /// `initContainers`.
    Init,
    /// `ephemeralContainers`.
    Ephemeral,
}

const LISTS: [(List, &str); 3] =
    [(List::Regular, "containers"), (List::Init, "initContainers"), (List::Ephemeral, "ephemeralContainers")];

/// The known containers of a pod spec.
pub fn all(spec: &Node) -> impl Iterator<Item = (List, &Node)> {
    LISTS.iter().flat_map(|(list, wire)| items(spec, wire).iter().map(|node| (*list, node)))
}

/// The names of some containers.
pub struct Names<'a> {
    known: HashSet<&'a str>,
    /// One of them is not known.
    open: bool,
}

impl<'a> Names<'a> {
    /// The names of these.
    pub fn of(containers: impl Iterator<Item = &'a Node>) -> Self {
        let mut names = Self { known: HashSet::new(), open: false };
        for name in containers.map(|node| string(node, "name")) {
            match name {
                Some(name) => {
                    names.known.insert(name);
                }
                None => names.open = true,
            }
        }
        names
    }

    /// Whether one of them is called so, or may be.
    pub fn may_have(&self, name: &str) -> bool {
        self.open || self.known.contains(name)
    }
}

/// Whether all containers of the pod spec are known.
pub fn is_closed(spec: &Node) -> bool {
    LISTS.iter().all(|(_, wire)| match spec.get(wire) {
        Field::Known(node) => node.as_list().is_some_and(|list| !list.open),
        Field::Missing => true,
        Field::Dynamic => false,
    })
}

/// Whether an init container runs on beside the others.
pub fn is_native_sidecar(container: &Node) -> Option<bool> {
    string(container, "restartPolicy").map(|policy| policy == "Always")
}

/// Checks the containers.
pub fn check(pod: &PodTemplate<'_>, spec: &Node, volumes: &Volumes<'_>, out: &mut Violations<'_>) {
    if pod.is_manifest() && is_empty(spec, "containers") {
        out.required(spec, "containers").help("a pod needs at least one container");
    }
    let mut names: HashSet<&str> = HashSet::new();
    let lasting = || all(spec).filter(|(list, _)| *list != List::Ephemeral).map(|(_, node)| node);
    let targets = LazyCell::new(|| is_closed(spec).then(|| Names::of(lasting())));
    for (list, container) in all(spec) {
        name(container, &mut names, out);
        image(pod, container, list, out);
        ports(container, out);
        env::check(container, out);
        mounts::check(container, volumes, out);
        if list == List::Ephemeral {
            ephemeral(container, out);
            target(container, targets.as_ref(), out);
        } else {
            lifecycle::check(pod, container, list, out);
        }
        resources::container(pod, container, out);
        resize_policy(pod, container, list, out);
        restart_rules(container, list, out);
        security::container(pod, container, out);
    }
    host_port_conflicts(pod, spec, out);
    if !items(spec, "ephemeralContainers").is_empty() {
        let message = if pod.is_pod() {
            "ephemeral containers cannot be set when a pod is created"
        } else {
            "a pod template cannot have ephemeral containers"
        };
        out.at_field(spec, "ephemeralContainers", "forbidden-combination", message);
    }
}

fn name<'a>(container: &'a Node, names: &mut HashSet<&'a str>, out: &mut Violations<'_>) {
    match string(container, "name") {
        Some("") => {
            out.required(container, "name");
        }
        Some(name) => {
            super::pod_spec::named(container, "name", formats::dns_label, out);
            // All lists share their names.
            if !names.insert(name) {
                out.at_field(container, "name", "duplicate-name", format!("a container is named `{name}` already"));
            }
        }
        None => {}
    }
}

fn image(pod: &PodTemplate<'_>, container: &Node, list: List, out: &mut Violations<'_>) {
    if let Some(node) = container.get("image").known()
        && (pod.is_pod() || list == List::Ephemeral)
        && node.as_str().is_some_and(|image| image.trim() != image)
    {
        out.at(node, "invalid-value", "`image` must not start or end with white space");
    }
    if string(container, "imagePullPolicy") != Some("") {
        out.one_of(container, "imagePullPolicy", &["Always", "IfNotPresent", "Never"]);
    }
    if string(container, "terminationMessagePolicy") != Some("") {
        out.one_of(container, "terminationMessagePolicy", &["File", "FallbackToLogsOnError"]);
    }
}

fn ports(container: &Node, out: &mut Violations<'_>) {
    let mut names = HashSet::new();
    for port in items(container, "ports") {
        if let Some(node) = port.get("name").known()
            && let Some(name) = node.as_str().filter(|name| !name.is_empty())
        {
            let faults = formats::port_name(name);
            out.format(node, "invalid-port", "port name", &faults);
            if !names.insert(name) && faults.is_empty() {
                out.at(node, "duplicate-name", format!("a port of this container is named `{name}` already"));
            }
        }
        match integer(port, "containerPort") {
            Field::Missing | Field::Known(0) if is_closed_map(port) => {
                out.required(port, "containerPort");
            }
            _ => out.in_range(port, "containerPort", "invalid-port", 1..=65535),
        }
        out.in_range(port, "hostPort", "invalid-port", 0..=65535);
        if string(port, "protocol") != Some("") {
            out.one_of(port, "protocol", &["TCP", "UDP", "SCTP"]);
        }
    }
}

/// Two containers cannot have the same port of the host.
fn host_port_conflicts(pod: &PodTemplate<'_>, spec: &Node, out: &mut Violations<'_>) {
    let mut shared = HashSet::new();
    // On the host's network a port of the pod is one of the host, in templates up to 1.27 and where a gate says so.
    let gate = Gate::DefaultHostNetworkHostPortsInPodTemplates;
    let by_default = pod.is_pod() || !out.release().is_from(28) || out.release().has(gate);
    let on_host = by_default && flag(spec, "hostNetwork") == Some(true);
    for container in items(spec, "containers") {
        conflicts(container, on_host, &mut shared, out);
    }
    for container in items(spec, "initContainers") {
        conflicts(container, on_host, &mut HashSet::new(), out);
    }
}

fn conflicts<'a>(
    container: &'a Node,
    on_host: bool,
    seen: &mut HashSet<(i64, &'a str, &'a str)>,
    out: &mut Violations<'_>,
) {
    for port in items(container, "ports") {
        let number = match integer(port, "hostPort") {
            Field::Missing | Field::Known(0) if on_host => integer(port, "containerPort"),
            number => number,
        };
        let Field::Known(number) = number else { continue };
        let (Some(protocol), Some(ip)) = (string(port, "protocol"), string(port, "hostIP")) else { continue };
        let protocol = if protocol.is_empty() { "TCP" } else { protocol };
        let key = (number, protocol, ip);
        if number != 0 && !seen.insert(key) {
            out.at_field(
                port,
                "hostPort",
                "duplicate-name",
                format!("the host's port {number}/{protocol} is taken already"),
            );
        }
    }
}

/// What a container for debugging cannot have.
fn ephemeral(container: &Node, out: &mut Violations<'_>) {
    const FORBIDDEN: &[&str] = &[
        "ports",
        "resources",
        "livenessProbe",
        "readinessProbe",
        "startupProbe",
        "lifecycle",
        "resizePolicy",
        "restartPolicy",
    ];
    for wire in FORBIDDEN {
        let empty = match container.get(wire) {
            Field::Known(node) => {
                // What was dropped is not there.
                node.as_list().is_some_and(|list| list.items.is_empty())
                    || (*wire == "resources" && node.as_map().is_some_and(|map| map.entries.is_empty()))
            }
            _ => true,
        };
        if !empty {
            out.at_field(
                container,
                wire,
                "forbidden-combination",
                format!("an ephemeral container cannot have `{wire}`"),
            );
        }
    }
    for mount in items(container, "volumeMounts") {
        for wire in ["subPath", "subPathExpr"] {
            if string(mount, wire).is_some_and(|path| !path.is_empty()) {
                out.at_field(
                    mount,
                    wire,
                    "forbidden-combination",
                    format!("an ephemeral container cannot use `{wire}`"),
                );
            }
        }
    }
}

/// The container whose processes one for debugging wants to see.
fn target(container: &Node, targets: Option<&Names<'_>>, out: &mut Violations<'_>) {
    let target = string(container, "targetContainerName").filter(|name| !name.is_empty());
    if let Some(target) = target
        && targets.is_some_and(|names| !names.may_have(target))
    {
        out.at_field(
            container,
            "targetContainerName",
            "invalid-reference",
            format!("the pod has no container `{target}`"),
        );
    }
}

/// When a single container is started again; that the policy itself is one is the business of a rule.
fn restart_rules(container: &Node, list: List, out: &mut Violations<'_>) {
    let rules = items(container, "restartPolicyRules");
    if rules.is_empty() || list == List::Ephemeral {
        return;
    }
    let (field, policy) = (out.field("restartPolicyRules").into_owned(), out.field("restartPolicy").into_owned());
    let all = out.release().has(Gate::RestartAllContainersOnContainerExits);
    if container.get("restartPolicy").is_missing() {
        out.required(container, "restartPolicy").help(format!("`{field}` needs `{policy}`"));
    } else if list == List::Init && is_native_sidecar(container) == Some(true) && !all {
        let message = format!("an init container with `{policy}` `Always` cannot have `{field}`");
        out.at_field(container, "restartPolicyRules", "forbidden-combination", message);
        return;
    }
    if rules.len() > 20 {
        let message = format!("at most 20 rules are allowed, not {}", rules.len());
        out.at_field(container, "restartPolicyRules", "invalid-value", message);
    }
    for rule in rules {
        restart_rule(rule, all, out);
    }
}

fn restart_rule(rule: &Node, all: bool, out: &mut Violations<'_>) {
    let actions = ["Restart", "RestartAllContainers"];
    if out.require_text(rule, "action") {
        out.one_of(rule, "action", actions.get(..if all { 2 } else { 1 }).unwrap_or_default());
    }
    match rule.get("exitCodes") {
        Field::Missing => {
            out.required(rule, "exitCodes");
        }
        Field::Known(codes) => {
            if out.require_text(codes, "operator") {
                out.one_of(codes, "operator", &["In", "NotIn"]);
            }
            let values = items(codes, "values").len();
            if values > 255 {
                let message = format!("at most 255 values are allowed, not {values}");
                out.at_field(codes, "values", "invalid-value", message);
            }
        }
        Field::Dynamic => {}
    }
}

fn resize_policy(pod: &PodTemplate<'_>, container: &Node, list_of: List, out: &mut Violations<'_>) {
    let Some(list) = container.get("resizePolicy").known() else { return };
    let mut seen = HashSet::new();
    for policy in items(container, "resizePolicy") {
        let place = policy.head();
        let name = string(policy, "resourceName");
        match name {
            Some("") => {
                out.at(list, "missing-field", "a resize policy needs `resourceName`").shown_at(place);
            }
            Some("cpu" | "memory") | None => {}
            Some(other) => {
                out.at(list, "invalid-value", format!("only `cpu` and `memory` can be resized, not `{other}`"))
                    .shown_at(place);
            }
        }
        if let Some(name) = name.filter(|name| !seen.insert(*name)) {
            out.at(policy, "duplicate-name", format!("the resize policy of `{name}` is given twice"));
        }
        match string(policy, "restartPolicy") {
            Some("") => {
                out.at(list, "missing-field", "a resize policy needs `restartPolicy`").shown_at(place);
            }
            Some("NotRequired") | None => {}
            Some("RestartContainer") if text(pod.of_spec("restartPolicy")) == Some("Never") => {
                let message = "containers of a pod that is never restarted cannot be restarted to resize them";
                out.at(list, "forbidden-combination", message).shown_at(place);
            }
            Some("RestartContainer") => {
                let ends = list_of == List::Init && is_native_sidecar(container) == Some(false);
                if ends && out.release().is_from(36) {
                    let message = "an init container that ends cannot be restarted to resize it";
                    out.at_field(policy, "restartPolicy", "forbidden-combination", message);
                }
            }
            Some(other) => {
                let message = format!("`restartPolicy` must be `NotRequired` or `RestartContainer`, not `{other}`");
                out.at(list, "invalid-value", message).shown_at(place);
            }
        }
    }
}

/// Whether a container is privileged; `None` where it is not known.
pub fn is_privileged(container: &Node) -> Option<bool> {
    match container.get("securityContext") {
        Field::Known(context) => flag(context, "privileged"),
        Field::Missing => Some(false),
        Field::Dynamic => None,
    }
}
