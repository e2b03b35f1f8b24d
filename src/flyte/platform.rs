//! The settings of a cluster that Flyte's backend makes pods by: `plugins.k8s` and `task_resources` of its configuration.

use super::build::{self, Maker};
use crate::tree::{Location, Node, Setter, Value};

/// How deep `plugins.k8s` is looked for: Helm values hold it below `configuration.inline` or `configmap.k8s`.
const SEARCHED: usize = 6;

/// What a device class of accelerators is called and known by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeviceClass {
    /// `GOOGLE_TPU`.
    pub name: String,
    /// The resource that it is requested by.
    pub resource: Option<String>,
    /// The label of nodes with such a device.
    pub device_label: Option<String>,
    /// The label of nodes with such a part of a device.
    pub partition_label: Option<String>,
    /// What is required of nodes with whole devices, in the place of a label's absence.
    pub unpartitioned: Option<Node>,
    /// The toleration of such nodes.
    pub unpartitioned_toleration: Option<Node>,
    /// The pod template under pods with such a device: `metadata` and `spec`.
    pub template: Option<Node>,
}

/// The settings of a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Platform {
    /// Whether a configuration was read; else what it may change is not known.
    pub known: bool,
    /// `plugins.k8s`, as it is written.
    pub k8s: Node,
    /// The settings of other plugins: `plugins`.
    pub plugins: Node,
    /// The settings of the service for apps: `internalApps`.
    pub apps: Option<Node>,
    /// Requests for tasks that make none.
    pub defaults: Node,
    /// The most that tasks get.
    pub limits: Node,
    /// The classes of accelerators.
    pub classes: Vec<DeviceClass>,
    at: Location,
}

impl Default for Platform {
    fn default() -> Self {
        Self::of(None, &Node::new(Value::Null, Location::default()))
    }
}

impl Platform {
    /// The settings in Flyte's configuration or Helm values.
    #[must_use]
    pub fn read(root: &Node) -> Self {
        Self::of(find(root, &["plugins", "k8s"], SEARCHED), root)
    }

    /// Whether a file has such settings.
    #[must_use]
    pub fn is_in(root: &Node) -> bool {
        find(root, &["plugins", "k8s"], SEARCHED).is_some() || find(root, &["task_resources"], SEARCHED).is_some()
    }

    fn of(k8s: Option<&Node>, root: &Node) -> Self {
        let at = root.location;
        let empty = || Node { setter: Setter::Platform, ..Maker { at, by: Setter::Platform }.map([]) };
        let resources = find(root, &["task_resources"], SEARCHED);
        let amounts = |which: &str| {
            let found = resources.and_then(|node| build::field(node, which));
            let mut found = found.filter(|node| node.as_map().is_some()).cloned().unwrap_or_else(empty);
            build::stamp(&mut found, Setter::Platform);
            rename_amounts(&mut found);
            found
        };
        let mut k8s = k8s.filter(|node| node.as_map().is_some()).cloned().unwrap_or_else(empty);
        build::stamp(&mut k8s, Setter::Platform);
        let plugins = find(root, &["plugins"], SEARCHED).filter(|node| node.as_map().is_some()).cloned();
        let classes = classes(&k8s);
        Self {
            known: !matches!(root.value, Value::Null) || !root.location.span.is_empty(),
            k8s,
            plugins: plugins.unwrap_or_else(empty),
            apps: find(root, &["internalApps"], SEARCHED).cloned(),
            defaults: amounts("defaults"),
            limits: amounts("limits"),
            classes,
            at,
        }
    }

    /// Settings of which nothing was said: Flyte's own defaults.
    #[must_use]
    pub fn flytes_own() -> Self {
        Self { known: true, ..Self::default() }
    }

    /// A setting.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Node> {
        build::field(&self.k8s, name).or_else(|| {
            // Viper takes keys in any case.
            let entries = self.k8s.as_map()?.entries.iter();
            let entry = entries.into_iter().find(|entry| entry.key.wire.eq_ignore_ascii_case(name))?;
            Some(&entry.value).filter(|value| value.value != Value::Null)
        })
    }

    /// A setting of another plugin: `plugins.ray.serviceType`.
    #[must_use]
    pub fn of_plugin(&self, plugin: &str, name: &str) -> Option<&Node> {
        build::field(build::field(&self.plugins, plugin)?, name)
    }

    /// A setting of the service for apps: `internalApps.defaultServiceAccount`.
    #[must_use]
    pub fn of_app(&self, name: &str) -> Option<&Node> {
        build::field(self.apps.as_ref()?, name)
    }

    /// A setting that is a text; `default` where it is not set.
    #[must_use]
    pub fn text<'s>(&'s self, name: &str, default: &'s str) -> &'s str {
        self.get(name).and_then(Node::as_str).filter(|text| !text.is_empty()).unwrap_or(default)
    }

    /// A setting that is a list.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Node] {
        self.get(name).and_then(Node::as_list).map(|list| list.items.as_slice()).unwrap_or_default()
    }

    /// A setting that is a map, or a list of maps as `default-env-vars` may be written.
    #[must_use]
    pub fn pairs(&self, name: &str) -> Vec<(&str, &Node)> {
        let Some(node) = self.get(name) else { return Vec::new() };
        let maps = node.as_list().map_or_else(|| vec![node], |list| list.items.iter().collect());
        let entries = maps.into_iter().filter_map(Node::as_map).flat_map(|map| &map.entries);
        entries.map(|entry| (&*entry.key.wire, &entry.value)).collect()
    }

    /// The resource that `gpu` stands for.
    #[must_use]
    pub fn gpu(&self) -> &str {
        self.text("gpu-resource-name", "nvidia.com/gpu")
    }

    /// The annotations of all pods.
    #[must_use]
    pub fn annotations(&self) -> Option<Node> {
        let make = Maker { at: self.at, by: Setter::Flyte };
        let own = make.map([("cluster-autoscaler.kubernetes.io/safe-to-evict", make.text("false"))]);
        build::union(Some(own), self.get("default-annotations").cloned())
    }

    /// The labels of all pods.
    #[must_use]
    pub fn labels(&self) -> Option<Node> {
        self.get("default-labels").cloned()
    }

    /// A request for a container that makes none, of cpu and memory; and what is said where the settings are not known.
    #[must_use]
    pub fn default_amount(&self, resource: &str) -> Option<Node> {
        if let Some(known) = build::field(&self.defaults, resource).filter(|known| !build::is_zero(known)) {
            return Some(known.clone());
        }
        let (setting, amount) = match resource {
            "cpu" => ("default-cpus", "1"),
            "memory" => ("default-memory", "1Gi"),
            _ => return None,
        };
        let make = Maker { at: self.at, by: Setter::Flyte };
        match self.get(setting) {
            Some(node) => Some(node.clone()),
            None if self.known => Some(make.text(amount)),
            None => Some(make.unknown(&format!("Flyte's default, {amount} unless the cluster changes it"))),
        }
    }
}

/// The node at the end of some keys, wherever they begin.
fn find<'n>(node: &'n Node, keys: &[&str], depth: usize) -> Option<&'n Node> {
    let (first, rest) = keys.split_first()?;
    let map = node.as_map()?;
    let here =
        map.entry(first).and_then(|entry| rest.iter().try_fold(&entry.value, |node, key| build::field(node, key)));
    here.or_else(|| {
        let below = map.entries.iter().filter(|_| depth > 0);
        below.into_iter().find_map(|entry| find(&entry.value, keys, depth - 1))
    })
}

/// The amounts of `task_resources` have names of the admin service's own.
fn rename_amounts(amounts: &mut Node) {
    let Value::Map(map) = &mut amounts.value else { return };
    for entry in &mut map.entries {
        match &*entry.key.wire {
            "ephemeralStorage" | "ephemeral_storage" | "ephemeralstorage" => {
                entry.key.wire = "ephemeral-storage".into()
            }
            "gpu" => entry.key.wire = "nvidia.com/gpu".into(),
            _ => {}
        }
    }
}

/// The classes that Flyte knows, with what the settings change.
fn classes(k8s: &Node) -> Vec<DeviceClass> {
    let own = |name: &str, resource: &str| DeviceClass {
        name: name.to_owned(),
        resource: Some(resource.to_owned()),
        ..DeviceClass::default()
    };
    let tpu = DeviceClass {
        device_label: Some("cloud.google.com/gke-tpu-accelerator".to_owned()),
        partition_label: Some("cloud.google.com/gke-tpu-topology".to_owned()),
        ..own("GOOGLE_TPU", "google.com/tpu")
    };
    let mut found = vec![
        own("NVIDIA_GPU", "nvidia.com/gpu"),
        tpu,
        own("AMAZON_NEURON", "aws.amazon.com/neuron"),
        own("AMD_GPU", "amd.com/gpu"),
        own("HABANA_GAUDI", "habana.ai/gaudi"),
    ];
    let written = build::field(k8s, "accelerator-device-classes").and_then(Node::as_map);
    for entry in written.map(|map| map.entries.as_slice()).unwrap_or_default() {
        let name = entry.key.wire.to_ascii_uppercase();
        let text = |wire: &str| build::text(&entry.value, wire).filter(|text| !text.is_empty()).map(str::to_owned);
        let class = DeviceClass {
            name: name.clone(),
            resource: text("resource-name"),
            device_label: text("device-node-label"),
            partition_label: text("partition-size-node-label"),
            unpartitioned: build::field(&entry.value, "unpartitioned-node-selector-requirement").cloned(),
            unpartitioned_toleration: build::field(&entry.value, "unpartitioned-toleration").cloned(),
            template: build::field(&entry.value, "pod-template")
                .and_then(|node| build::field(node, "template"))
                .cloned(),
        };
        // What is written takes the place of the whole class, as a map of structs is read.
        match found.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = class,
            None => found.push(class),
        }
    }
    found
}
