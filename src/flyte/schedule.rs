//! Where Flyte's backend lets pods run: tolerations, node selectors, affinity and devices.
//!
//! Source: `flytek8s/pod_helper.go` and `k8s_resource_adds.go` of Flyte.

use super::accelerator::{Accelerator, Part, backend_device};
use super::build::{self, Maker, append, with_list, with_object};
use super::generation::Generation;
use super::platform::{DeviceClass, Platform};
use crate::tree::{Node, Setter, Value};

/// What decides where a pod runs.
#[derive(Clone, Copy, Debug)]
pub struct Schedule<'a> {
    /// The settings of the cluster.
    pub platform: &'a Platform,
    /// Which backend.
    pub generation: Generation,
    /// Whether the run may be interrupted.
    pub interruptible: bool,
    /// In whose name: Flyte's.
    pub make: Maker,
}

/// How a device is asked for in this cluster.
struct DeviceNames {
    resource: String,
    device_label: String,
    partition_label: String,
    unpartitioned: Option<Node>,
    unpartitioned_toleration: Option<Node>,
}

impl Schedule<'_> {
    /// What the backend sets by the settings in every pod of a task.
    pub fn update(&self, spec: &mut Node) {
        let (make, platform) = (self.make, self.platform);
        if build::is_empty(spec, "restartPolicy") {
            build::set(spec, "restartPolicy", make.text("Never"));
        }
        let ours = self.tolerations(spec);
        if !ours.is_empty() {
            with_list(spec, "tolerations", make, |list| {
                list.items.splice(0..0, ours);
            });
        }
        if build::is_empty(spec, "serviceAccountName") && self.generation == Generation::V1 {
            build::set(spec, "serviceAccountName", make.text("default"));
        }
        if let Some(name) = platform.get("scheduler-name").filter(|_| build::is_empty(spec, "schedulerName")) {
            build::set(spec, "schedulerName", name.clone());
        }
        let own = build::take(spec, "nodeSelector");
        let mut selector = build::union(platform.get("default-node-selector").cloned(), own);
        if self.interruptible {
            selector = build::union(selector, platform.get("interruptible-node-selector").cloned());
        }
        if let Some(selector) = selector {
            build::set(spec, "nodeSelector", Node { setter: Setter::Author, ..selector });
        }
        for (field, setting) in [
            ("affinity", "default-affinity"),
            ("securityContext", "default-pod-security-context"),
            ("dnsConfig", "default-pod-dns-config"),
        ] {
            if let Some(value) = platform.get(setting).filter(|_| is_absent(spec, field)) {
                build::set(spec, field, value.clone());
            }
        }
        if let Some(host) = platform.get("enable-host-networking-pod") {
            build::set(spec, "hostNetwork", host.clone());
        }
        self.require_interruptible(spec);
    }

    /// Tolerations by resources, for interruptible pods, and of all pods.
    fn tolerations(&self, spec: &Node) -> Vec<Node> {
        let mut found = Vec::new();
        let by_resource = self.platform.get("resource-tolerations").and_then(Node::as_map);
        for entry in by_resource.map(|map| map.entries.as_slice()).unwrap_or_default() {
            let asks = build::items(spec, "containers").iter().any(|container| has_amount(container, &entry.key.wire));
            let tolerations = entry.value.as_list().filter(|_| asks);
            found.extend(tolerations.map(|list| list.items.clone()).unwrap_or_default());
        }
        if self.interruptible {
            found.extend(self.platform.list("interruptible-tolerations").iter().cloned());
        }
        found.extend(self.platform.list("default-tolerations").iter().cloned());
        found
    }

    fn require_interruptible(&self, spec: &mut Node) {
        let setting = match self.interruptible {
            true => "interruptible-node-selector-requirement",
            false => "non-interruptible-node-selector-requirement",
        };
        if let Some(requirement) = self.platform.get(setting).cloned() {
            self.require(spec, requirement);
        }
    }

    /// What a merge with a role's pod may have diluted, once more.
    pub fn constrain(&self, spec: &mut Node) {
        let terms = self
            .platform
            .get("default-affinity")
            .and_then(|affinity| build::field(build::field(affinity, "nodeAffinity")?, REQUIRED));
        for term in terms.map(|node| build::items(node, "nodeSelectorTerms").to_vec()).unwrap_or_default() {
            for requirement in build::items(&term, "matchExpressions") {
                self.require(spec, requirement.clone());
            }
        }
        self.require_interruptible(spec);
        if !self.interruptible {
            return;
        }
        let own = build::take(spec, "nodeSelector");
        if let Some(selector) = build::union(own, self.platform.get("interruptible-node-selector").cloned()) {
            build::set(spec, "nodeSelector", selector);
        }
        for toleration in self.platform.list("interruptible-tolerations").to_vec() {
            self.tolerate(spec, toleration);
        }
    }

    /// Adds a requirement on nodes to each term, or as the only one.
    fn require(&self, spec: &mut Node, requirement: Node) {
        let (make, generation) = (self.make, self.generation);
        with_object(spec, "affinity", make, |affinity| {
            with_object(affinity, "nodeAffinity", make, |nodes| {
                with_object(nodes, REQUIRED, make, |required| {
                    with_list(required, "nodeSelectorTerms", make, |terms| {
                        if terms.items.is_empty() && !terms.open {
                            terms.items.push(make.map([("matchExpressions", make.list(vec![requirement.clone()]))]));
                            return;
                        }
                        for term in &mut terms.items {
                            let same = |known: &Node| is_same(known, &requirement);
                            let known = build::items(term, "matchExpressions").iter().any(same);
                            if !known || generation == Generation::V1 {
                                append(term, "matchExpressions", make, [requirement.clone()]);
                            }
                        }
                    });
                });
            });
        });
    }

    /// Adds a toleration, unless there is one that is the same.
    fn tolerate(&self, spec: &mut Node, toleration: Node) {
        let same = |known: &Node| TOLERATION.iter().all(|field| matches_field(known, &toleration, field));
        if !build::items(spec, "tolerations").iter().any(same) {
            append(spec, "tolerations", self.make, [toleration]);
        }
    }

    /// The names of resources by which devices are asked for.
    pub fn devices(&self) -> Vec<String> {
        let mut names = vec![self.platform.gpu().to_owned()];
        if self.generation == Generation::V2 {
            names.extend(self.platform.classes.iter().filter_map(|class| class.resource.clone()));
        }
        names.sort();
        names.dedup();
        names
    }

    /// The resource that `gpu` means for a task.
    pub fn resource_of(&self, accelerator: Option<&Accelerator>) -> String {
        match accelerator.filter(|_| self.generation == Generation::V2) {
            Some(accelerator) => self.names(accelerator).resource,
            None => self.platform.gpu().to_owned(),
        }
    }

    /// The class of a device, where the backend knows classes.
    pub fn class(&self, accelerator: &Accelerator) -> Option<&DeviceClass> {
        let mut classes = self.platform.classes.iter();
        classes.find(|class| self.generation == Generation::V2 && class.name == accelerator.class)
    }

    fn names(&self, accelerator: &Accelerator) -> DeviceNames {
        let class = self.class(accelerator);
        let or = |own: Option<&String>, setting: &str, default: &str| {
            own.cloned().unwrap_or_else(|| self.platform.text(setting, default).to_owned())
        };
        let setting = |own: Option<&Node>, name: &str| own.or_else(|| self.platform.get(name)).cloned();
        DeviceNames {
            resource: or(class.and_then(|class| class.resource.as_ref()), "gpu-resource-name", "nvidia.com/gpu"),
            device_label: or(
                class.and_then(|class| class.device_label.as_ref()),
                "gpu-device-node-label",
                "k8s.amazonaws.com/accelerator",
            ),
            partition_label: or(
                class.and_then(|class| class.partition_label.as_ref()),
                "gpu-partition-size-node-label",
                "k8s.amazonaws.com/gpu-partition-size",
            ),
            unpartitioned: setting(
                class.and_then(|class| class.unpartitioned.as_ref()),
                "gpu-unpartitioned-node-selector-requirement",
            ),
            unpartitioned_toleration: setting(
                class.and_then(|class| class.unpartitioned_toleration.as_ref()),
                "gpu-unpartitioned-toleration",
            ),
        }
    }

    /// Whether some regular container asks for a device, so that it counts which.
    pub fn wants_device(&self, spec: &Node) -> bool {
        let devices = self.devices();
        let limits = |container: &Node| {
            let limits = build::field(container, "resources").and_then(|resources| build::field(resources, "limits"));
            limits.is_some_and(|limits| devices.iter().any(|name| build::field(limits, name).is_some()))
        };
        build::items(spec, "containers").iter().any(limits)
    }

    /// Affinity and tolerations for the device that a task asks for.
    pub fn select_device(&self, spec: &mut Node, accelerator: &Accelerator) {
        if !self.wants_device(spec) {
            return;
        }
        let (make, names) = (Maker { by: Setter::Environment, ..self.make }, self.names(accelerator));
        let Some(device) = &accelerator.device else {
            with_list(spec, "tolerations", make, |list| list.open = true);
            build::set(spec, "affinity", make.unknown("the nodes of the task's accelerator"));
            return;
        };
        let device = match self.generation {
            Generation::V1 => device.clone(),
            Generation::V2 => self.normalized(device),
        };
        if !device.is_empty() {
            self.require(spec, requirement(make, &names.device_label, &device));
            self.tolerate_device(spec, toleration(make, &names.device_label, &device));
        }
        match &accelerator.part {
            Part::Any => {}
            Part::Whole => {
                let absent =
                    || make.map([("key", make.text(&names.partition_label)), ("operator", make.text("DoesNotExist"))]);
                self.require(spec, names.unpartitioned.unwrap_or_else(absent));
                if let Some(toleration) = names.unpartitioned_toleration {
                    self.tolerate_device(spec, toleration);
                }
            }
            Part::Size(size) => {
                self.require(spec, requirement(make, &names.partition_label, size));
                self.tolerate_device(spec, toleration(make, &names.partition_label, size));
            }
        }
    }

    fn tolerate_device(&self, spec: &mut Node, toleration: Node) {
        match self.generation {
            Generation::V1 => append(spec, "tolerations", self.make, [toleration]),
            Generation::V2 => self.tolerate(spec, toleration),
        }
    }

    /// The name that nodes with a device have.
    fn normalized(&self, device: &str) -> String {
        let upper = device.to_ascii_uppercase();
        let written = self.platform.pairs("accelerator-devices");
        let written = written.into_iter().find(|(name, _)| *name == upper).and_then(|(_, node)| node.as_str());
        written.or_else(|| backend_device(device)).unwrap_or(device).to_owned()
    }

    /// Tolerations for extended resources that the settings name.
    pub fn tolerate_extended(&self, spec: &mut Node) {
        let mut wanted: Vec<Node> = self.platform.list("add-tolerations-for-extended-resources").to_vec();
        wanted.sort_by_key(|node| node.as_str().map(str::to_owned));
        for node in wanted {
            let Some(resource) = node.as_str() else { continue };
            let requests = |container: &Node| {
                let requests =
                    build::field(container, "resources").and_then(|resources| build::field(resources, "requests"));
                requests.is_some_and(|requests| build::field(requests, resource).is_some())
            };
            let containers = ["containers", "initContainers"].into_iter().flat_map(|list| build::items(spec, list));
            if containers.into_iter().any(requests) {
                let make = Maker { at: node.location, by: Setter::Platform };
                let toleration = make.map([
                    ("key", make.text(resource)),
                    ("operator", make.text("Exists")),
                    ("effect", make.text("NoSchedule")),
                ]);
                self.tolerate(spec, toleration);
            }
        }
    }
}

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const TOLERATION: [&str; 4] = ["key", "operator", "value", "effect"];

fn requirement(make: Maker, key: &str, value: &str) -> Node {
    make.map([("key", make.text(key)), ("operator", make.text("In")), ("values", make.texts(&[value]))])
}

fn toleration(make: Maker, key: &str, value: &str) -> Node {
    make.map([
        ("key", make.text(key)),
        ("operator", make.text("Equal")),
        ("value", make.text(value)),
        ("effect", make.text("NoSchedule")),
    ])
}

/// Whether an object is not there at all; an empty one is there.
fn is_absent(spec: &Node, wire: &str) -> bool {
    spec.as_map().is_some_and(|map| !map.open) && build::field(spec, wire).is_none()
}

fn has_amount(container: &Node, resource: &str) -> bool {
    let Some(resources) = build::field(container, "resources") else { return false };
    ["requests", "limits"].iter().any(|part| {
        build::field(resources, part).and_then(Node::as_map).is_some_and(|map| map.entry(resource).is_some())
    })
}

fn matches_field(a: &Node, b: &Node, wire: &str) -> bool {
    let text = |node: &Node| match build::field(node, wire).map(|node| &node.value) {
        None => Some(String::new()),
        Some(Value::String(text)) => Some(text.to_string()),
        Some(_) => None,
    };
    let (a, b) = (text(a), text(b));
    a.is_some() && a == b
}

/// Whether two requirements are the same.
fn is_same(a: &Node, b: &Node) -> bool {
    let values = |node: &Node| {
        build::items(node, "values").iter().map(|value| value.as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    matches_field(a, b, "key") && matches_field(a, b, "operator") && values(a) == values(b)
}
