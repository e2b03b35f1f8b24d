//! What the server admits with a warning: deprecated fields and values that most likely are mistakes.
//!
//! Source: <https://kubernetes.io/docs/reference/using-api/deprecation-guide/>.

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};

use super::containers::{List, all, is_native_sidecar};
use super::read::{entries, integer, is_given, items, string};
use super::resources::quantity_of;
use super::{PodTemplate, Violations, formats};
use crate::diagnostic::{Change, Fix};
use crate::pod::Pod;
use crate::text::first_related;
use crate::tree::{Entry, Field, Node, Value};

const DEPRECATED_LABELS: &[(&str, &str)] = &[
    ("beta.kubernetes.io/arch", "kubernetes.io/arch"),
    ("beta.kubernetes.io/os", "kubernetes.io/os"),
    ("beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type"),
    ("failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"),
    ("failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"),
];

const DEPRECATED_VOLUMES: &[&str] =
    &["photonPersistentDisk", "gitRepo", "scaleIO", "flocker", "storageos", "quobyte", "glusterfs", "cephfs", "rbd"];

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// Notes what the server would warn of.
pub fn check(pod: &PodTemplate<'_>, out: &mut Violations<'_>) {
    annotations(pod, out);
    let Some(spec) = pod.spec.known() else { return };
    for entry in entries(spec, "nodeSelector") {
        deprecated_label(&entry.value, &entry.key.wire, entry.key.location, out);
    }
    affinities(spec, out);
    spreads(spec, out);
    for volume in items(spec, "volumes") {
        volume_warnings(volume, out);
    }
    for (_, container) in all(spec) {
        for wire in ["limits", "requests"] {
            let amounts = container.get("resources").then(|resources| resources.get(wire));
            amounts.known().into_iter().for_each(|map| fractional_bytes(map, out));
        }
        variables(container, out);
    }
    spec.get("overhead").known().into_iter().for_each(|map| fractional_bytes(map, out));
    ports(spec, out);
    pod_lists(spec, out);
    account(spec, out);
    if let Field::Known(seconds) = integer(spec, "terminationGracePeriodSeconds")
        && seconds < 0
    {
        let message = "a negative grace period counts as 1 second";
        out.at_field(spec, "terminationGracePeriodSeconds", "invalid-value", message).warning();
    }
    if pod.is_pod()
        && let Some(node) = pod.document.root.get("metadata").then(|metadata| metadata.get("name")).known()
        && node
            .as_str()
            .is_some_and(|name| formats::dns_subdomain(name).is_empty() && !formats::dns_label(name).is_empty())
    {
        let message = "the pod's name becomes its host name, which cannot have dots or more than 63 characters";
        out.at(node, "invalid-name", message).warning();
    }
}

fn annotations(pod: &PodTemplate<'_>, out: &mut Violations<'_>) {
    const DEPRECATED: &[&str] = &[
        "scheduler.alpha.kubernetes.io/critical-pod",
        "security.alpha.kubernetes.io/sysctls",
        "security.alpha.kubernetes.io/unsafe-sysctls",
    ];
    let Some(metadata) = pod.template.get("metadata").known() else { return };
    let fields = LazyCell::new(|| ProfileFields::of(pod));
    let view = LazyCell::new(|| Pod::new(pod.document));
    for Entry { key, value } in entries(metadata, "annotations") {
        let app_armor = key.wire.strip_prefix("container.apparmor.security.beta.kubernetes.io/");
        let seccomp = key.wire.strip_prefix("container.seccomp.security.alpha.kubernetes.io/");
        let seccomp = seccomp.or_else(|| (&*key.wire == "seccomp.security.alpha.kubernetes.io/pod").then_some(""));
        // For a pod itself the server turns AppArmor's annotation into the field.
        let replaced = app_armor.is_some_and(|name| !pod.is_pod() && !fields.has(name, APP_ARMOR))
            || seccomp.is_some_and(|name| !fields.has(name, SECCOMP));
        // What Flyte's own builders write, nobody can write otherwise.
        if (replaced || DEPRECATED.contains(&&*key.wire)) && !view.is_from_builder(value) {
            let message = format!("the annotation `{}` is deprecated; there is a field for it", key.wire);
            out.at(value, "deprecated-field", message).warning().shown_at(key.location);
        }
    }
}

const APP_ARMOR: &str = "appArmorProfile";
const SECCOMP: &str = "seccompProfile";

/// Which profiles are said as fields.
#[derive(Default)]
struct ProfileFields<'a> {
    of_pod: Vec<&'static str>,
    /// With the names of the containers that say them.
    of_containers: HashSet<(&'a str, &'static str)>,
}

impl<'a> ProfileFields<'a> {
    fn of(pod: &PodTemplate<'a>) -> Self {
        let Some(spec) = pod.spec.known() else { return Self::default() };
        let named = all(spec).filter_map(|(_, container)| Some((string(container, "name")?, container)));
        let of_containers = named.flat_map(|(name, container)| profiles(container).map(move |wire| (name, wire)));
        Self { of_pod: profiles(spec).collect(), of_containers: of_containers.collect() }
    }

    /// Whether a container, or the pod for it, says its profile as a field.
    fn has(&self, container: &str, wire: &'static str) -> bool {
        self.of_pod.contains(&wire) || self.of_containers.contains(&(container, wire))
    }
}

/// The profiles that a container, or the pod, says as fields.
fn profiles(node: &Node) -> impl Iterator<Item = &'static str> {
    let context = node.get("securityContext");
    [APP_ARMOR, SECCOMP].into_iter().filter(move |wire| !context.then(|node| node.get(wire)).is_missing())
}

fn deprecated_label(node: &Node, key: &str, place: crate::tree::Location, out: &mut Violations<'_>) {
    let help = match DEPRECATED_LABELS.iter().find(|(old, _)| *old == key) {
        Some((_, new)) => format!("use `{new}`"),
        None if key.starts_with("node-role.kubernetes.io/master") => {
            "use `node-role.kubernetes.io/control-plane`".to_owned()
        }
        None if matches!(key, "app.kubernetes.io/created-by" | "scheduler.alpha.kubernetes.io/preferAvoidPods") => {
            "do without it".to_owned()
        }
        None => return,
    };
    out.at(node, "deprecated-field", format!("the label `{key}` is deprecated")).warning().shown_at(place).help(help);
}

fn affinities(spec: &Node, out: &mut Violations<'_>) {
    let Some(affinity) = spec.get("affinity").known() else { return };
    if let Some(node) = affinity.get("nodeAffinity").known() {
        let required = node.get(REQUIRED).known().map(|required| items(required, "nodeSelectorTerms"));
        let preferred = items(node, PREFERRED).iter().filter_map(|item| item.get("preference").known());
        for term in required.unwrap_or_default() {
            term_labels(term, false, out);
        }
        for term in preferred {
            term_labels(term, true, out);
        }
    }
    for wire in ["podAffinity", "podAntiAffinity"] {
        let Some(node) = affinity.get(wire).known() else { continue };
        let required = items(node, REQUIRED).iter();
        let preferred = items(node, PREFERRED).iter().filter_map(|item| item.get("podAffinityTerm").known());
        for term in required.chain(preferred) {
            null_selector(term, out);
            topology_key(term, out);
        }
    }
}

fn term_labels(term: &Node, preferred: bool, out: &mut Violations<'_>) {
    for expression in items(term, "matchExpressions") {
        if let Some(node) = expression.get("key").known() {
            deprecated_label(node, node.as_str().unwrap_or_default(), node.location, out);
        }
        for value in items(expression, "values").iter().filter(|_| preferred) {
            for fault in value.as_str().map(formats::label_value).unwrap_or_default() {
                let message =
                    format!("`{}` matches no label: a value must have {fault}", value.as_str().unwrap_or_default());
                out.at(value, "invalid-affinity", message).warning();
            }
        }
    }
}

fn topology_key(node: &Node, out: &mut Violations<'_>) {
    if let Some(key) = node.get("topologyKey").known() {
        deprecated_label(key, key.as_str().unwrap_or_default(), key.location, out);
    }
}

/// A selector that is not given selects nothing.
fn null_selector(node: &Node, out: &mut Violations<'_>) {
    if node.get("labelSelector").is_missing() {
        let message = format!("without `{}` this matches no pod", out.field("labelSelector"));
        out.at_field(node, "labelSelector", "invalid-affinity", message).warning();
    }
}

fn spreads(spec: &Node, out: &mut Violations<'_>) {
    for constraint in items(spec, "topologySpreadConstraints") {
        topology_key(constraint, out);
        if constraint.get("labelSelector").is_missing() {
            let message = format!("without `{}` this matches no pod", out.field("labelSelector"));
            out.at_field(constraint, "labelSelector", "invalid-topology-spread", message).warning();
        }
    }
}

fn volume_warnings(volume: &Node, out: &mut Violations<'_>) {
    for kind in DEPRECATED_VOLUMES.iter().filter(|kind| is_given(volume, kind)) {
        let message = format!("volumes of the kind `{}` are deprecated or gone", out.field(kind));
        out.at_field(volume, kind, "deprecated-field", message).warning();
    }
    for kind in ["secret", "configMap", "downwardAPI"] {
        if let Some(source) = volume.get(kind).known() {
            overlapping_files(items(source, "items").iter().collect(), out);
        }
    }
    if let Some(projected) = volume.get("projected").known() {
        projected_files(projected, out);
    }
    let claim = volume.get("ephemeral").then(|node| node.get("volumeClaimTemplate")).then(|node| node.get("spec"));
    let storage =
        claim.then(|spec| spec.get("resources")).then(|node| node.get("requests")).then(|map| map.get("storage"));
    if let Some(node) = storage.known()
        && quantity_of(node).is_some_and(|quantity| !quantity.is_whole())
    {
        out.at(node, "invalid-quantity", "this is a fraction of a byte of `storage`").warning();
    }
}

fn projected_files(projected: &Node, out: &mut Violations<'_>) {
    const KINDS: &[&str] =
        &["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate"];
    let mut files = Vec::new();
    for source in items(projected, "sources") {
        let kinds = super::read::given(source, KINDS);
        if kinds.is_empty() && super::read::is_closed(source) {
            out.at(source, "invalid-volume-source", "this source is empty").warning();
        }
        for (kind, node) in kinds {
            match kind {
                "secret" | "configMap" | "downwardAPI" => files.extend(items(node, "items")),
                _ => files.push(node),
            }
        }
    }
    overlapping_files(files, out);
}

/// One file cannot be in the place of another, or of a folder on the way to it.
fn overlapping_files(files: Vec<&Node>, out: &mut Violations<'_>) {
    let given = |file| Some((file, string(file, "path").filter(|path| !path.is_empty())?.trim_end_matches('/')));
    let (files, paths): (Vec<&Node>, Vec<&str>) = files.into_iter().filter_map(given).unzip();
    for (index, first) in first_related(&paths).into_iter().enumerate().filter(|(index, first)| first < index) {
        let message = format!("the file `{}` overlaps with `{}`", paths[index], paths[first]);
        out.at_field(files[index], "path", "invalid-volume-source", message).warning();
    }
}

/// `100m` of memory is a tenth of a byte.
fn fractional_bytes(map: &Node, out: &mut Violations<'_>) {
    for Entry { key, value } in map.as_map().map(|map| map.entries.as_slice()).unwrap_or_default() {
        let bytes = matches!(&*key.wire, "memory" | "ephemeral-storage");
        if bytes && quantity_of(value).is_some_and(|quantity| !quantity.is_whole()) {
            let help = "`m` means thousandths; megabytes are `M` or `Mi`";
            let message = format!("this is a fraction of a byte of `{}`", key.wire);
            let path = out.path(value);
            let meant = value.as_str().and_then(|text| text.strip_suffix('m')).map(|number| format!("{number}Mi"));
            let violation = out.at(value, "suspicious-quantity", message).warning().help(help);
            if let Some(meant) = meant {
                let change = Change::Replace { at: path, with: meant.as_str().into() };
                violation.fix(Fix::needs_review(format!("write `{meant}`"), vec![change]));
            }
        }
    }
}

/// The last of several variables of one name counts.
fn variables(container: &Node, out: &mut Violations<'_>) {
    let mut seen: HashMap<&str, &Node> = HashMap::new();
    for variable in items(container, "env") {
        let Some(name) = string(variable, "name").filter(|name| !name.is_empty()) else { continue };
        let own = format!("$({name})");
        let value = string(variable, "value").unwrap_or_default();
        let extends = value.contains(&own) && value != own;
        if let Some(first) = seen.get(name).filter(|_| !extends) {
            let place = first.get("name").known().unwrap_or(first).location;
            let message = format!("the variable `{name}` is given already, and this value hides that one");
            out.at_field(variable, "name", "duplicate-env-name", message)
                .warning()
                .label(place, "hidden by the later one")
                .help("remove one of the two");
        }
        seen.insert(name, variable);
    }
}

/// All containers of a pod share one network.
fn ports(spec: &Node, out: &mut Violations<'_>) {
    let mut seen: Vec<Taken<'_>> = Vec::new();
    let mut names: HashMap<&str, usize> = HashMap::new();
    let containers = all(spec).filter(|(list, _)| *list != List::Ephemeral);
    for (index, (list, container)) in containers.enumerate() {
        let stays = list == List::Regular || is_native_sidecar(container) == Some(true);
        for port in items(container, "ports") {
            if string(port, "hostIP").is_some_and(|ip| !ip.is_empty())
                && matches!(integer(port, "hostPort"), Field::Missing | Field::Known(0))
            {
                let message = format!("`{}` has no effect without `{}`", out.field("hostIP"), out.field("hostPort"));
                out.at_field(port, "hostIP", "invalid-port", message).warning();
            }
            let protocol = string(port, "protocol").map(|protocol| if protocol.is_empty() { "TCP" } else { protocol });
            if let (Field::Known(number), Some(protocol)) = (integer(port, "containerPort"), protocol) {
                let taken = Taken { number, protocol, port, container, index, stays };
                let earlier = seen.iter().rev().take(64).find(|earlier| earlier.is_same(&taken));
                earlier.into_iter().for_each(|earlier| taken.repeats(earlier, out));
                seen.push(taken);
            }
            let Some(name) = string(port, "name").filter(|name| !name.is_empty()) else { continue };
            if names.get(name).is_some_and(|earlier| *earlier != index) {
                out.at_field(port, "name", "duplicate-name", format!("a port is named `{name}` in another container"))
                    .warning();
            }
            names.insert(name, index);
        }
    }
}

/// A port that a container declares.
struct Taken<'a> {
    number: i64,
    protocol: &'a str,
    port: &'a Node,
    container: &'a Node,
    /// Which of all containers it is.
    index: usize,
    /// Whether the container runs beside the others, not before them.
    stays: bool,
}

impl Taken<'_> {
    fn is_same(&self, other: &Self) -> bool {
        (self.number, self.protocol) == (other.number, other.protocol) && same_host(self.port, other.port)
    }

    /// The server warns of every repetition; between containers that run together it is a clash.
    fn repeats(&self, earlier: &Self, out: &mut Violations<'_>) {
        let port = format!("{}/{}", self.number, self.protocol);
        if self.index == earlier.index || !self.stays || !earlier.stays {
            let message = format!("the port {port} is declared already in this pod");
            out.at_field(self.port, "containerPort", "invalid-port", message).warning();
            return;
        }
        let other = match string(earlier.container, "name") {
            Some(name) if !name.is_empty() => format!("container `{name}`"),
            _ => "another container".to_owned(),
        };
        let place = earlier.port.get("containerPort").known().unwrap_or(earlier.port).location;
        let message = format!("{other} listens on port {port} already: the containers of a pod share one network");
        let violation = out.at_field(self.port, "containerPort", "port-clash", message).warning();
        violation.label(place, "declared here").help("let one of them listen elsewhere");
    }
}

fn same_host(a: &Node, b: &Node) -> bool {
    let host = |port: &Node| integer(port, "hostPort").known().unwrap_or_default();
    let ip = |port: &Node| string(port, "hostIP").unwrap_or_default().to_owned();
    host(a) == 0 || host(b) == 0 || (host(a) == host(b) && (ip(a).is_empty() || ip(b).is_empty() || ip(a) == ip(b)))
}

fn pod_lists(spec: &Node, out: &mut Violations<'_>) {
    let mut secrets = HashSet::new();
    for secret in items(spec, "imagePullSecrets") {
        match string(secret, "name") {
            Some("") => {
                out.at_field(secret, "name", "missing-field", "a pull secret without a name has no effect").warning();
            }
            Some(name) if !secrets.insert(name) => {
                out.at_field(secret, "name", "duplicate-name", format!("the pull secret `{name}` is given twice"))
                    .warning();
            }
            Some(_) | None => {}
        }
    }
    let mut addresses = HashSet::new();
    for alias in items(spec, "hostAliases") {
        let Some(ip) = string(alias, "ip").filter(|ip| !ip.is_empty()) else { continue };
        if !addresses.insert(ip) {
            out.at_field(alias, "ip", "invalid-host-alias", format!("the address `{ip}` is given twice")).warning();
        }
        odd_address(alias.get("ip").known(), out);
    }
    if let Some(config) = spec.get("dnsConfig").known() {
        items(config, "nameservers").iter().for_each(|node| odd_address(Some(node), out));
    }
    for (_, container) in all(spec) {
        for port in items(container, "ports") {
            odd_address(port.get("hostIP").known(), out);
        }
    }
}

/// Addresses that pass, but that nobody should write: leading zeros, IPv4 in IPv6, long forms.
fn odd_address(node: Option<&Node>, out: &mut Violations<'_>) {
    let Some(node) = node else { return };
    let Value::String(text) = &node.value else { return };
    let Some(address) = formats::parse_ip(text) else { return };
    let plain = match address {
        std::net::IpAddr::V6(six) if six.to_ipv4_mapped().is_some() => String::new(),
        other => other.to_string(),
    };
    if *plain != **text {
        out.at(node, "deprecated-field", format!("`{text}` is a non-standard way to write an address")).warning();
    }
}

fn account(spec: &Node, out: &mut Violations<'_>) {
    // The server says nothing here and copies the alias, but Flyte fills in the field and so overwrites it.
    let is_flytes = out.document().flavour != crate::document::Flavour::Workload;
    let alias = string(spec, "serviceAccount").is_some_and(|name| !name.is_empty());
    if alias && string(spec, "serviceAccountName") == Some("") {
        let (old, new) = (out.field("serviceAccount"), out.field("serviceAccountName").into_owned());
        let loss = if is_flytes { ", and Flyte overwrites it" } else { "" };
        let message = format!("`{old}` is deprecated{loss}");
        let violation = out.at_field(spec, "serviceAccount", "deprecated-field", message);
        if is_flytes {
            violation.authority = crate::diagnostic::Authority::Flyte;
        }
        violation.warning().help(format!("use `{new}`"));
    }
}
