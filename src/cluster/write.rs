//! Writes an inventory as a snapshot: TOML that people can read, compare and keep beside their configuration.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

use super::amount::Amounts;
use super::inventory::{
    Claim, Inventory, LimitItem, Namespace, NodeClass, Pool, RuntimeClass, StorageCapacity, StorageClass, Taint, Volume,
};
use super::requirement::Requirement;
use crate::text::acts;

/// The snapshot of an inventory.
#[must_use]
pub fn snapshot(inventory: &Inventory) -> String {
    let mut out = Writer::default();
    out.line("# A snapshot of a cluster, made by `podlint cluster snapshot`.");
    out.line("# It holds names, labels and sizes; of secrets and config maps the keys, never the values.");
    out.entry("version", 1);
    out.optional_text("taken", inventory.taken.as_deref());
    out.optional_text("kubernetes-version", inventory.kubernetes_version.as_deref());
    if inventory.tolerates_devices {
        out.entry("extended-resource-toleration", true);
    }
    if inventory.complete {
        out.entry("complete", true);
    }
    out.names("known", inventory.known.iter().map(|kind| kind.as_str()));
    out.names("everywhere", inventory.everywhere.iter().map(|kind| kind.as_str()));
    out.names("custom-resources", inventory.resource_definitions.iter().map(String::as_str));
    out.policies(&inventory.policies);
    out.pairs("feature-gates", inventory.feature_gates.iter().map(|(name, on)| (name, on.to_string())));
    out.pairs("csi-drivers", inventory.csi_drivers.iter().map(|(name, looks)| (name, looks.to_string())));
    inventory.nodes.iter().for_each(|class| out.node(class));
    inventory.pools.iter().for_each(|pool| out.pool(pool));
    out.classes(inventory);
    inventory.namespaces.iter().for_each(|(name, namespace)| out.namespace(name, namespace));
    out.text
}

#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn header(&mut self, header: &str) {
        let _ = write!(self.text, "\n{header}\n");
    }

    fn entry(&mut self, key: &str, value: impl Display) {
        let _ = writeln!(self.text, "{key} = {value}");
    }

    fn text_entry(&mut self, key: &str, value: &str) {
        self.entry(key, quoted(value));
    }

    fn optional_text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text_entry(key, value);
        }
    }

    fn names<'n>(&mut self, key: &str, names: impl Iterator<Item = &'n str>) {
        let names: Vec<String> = names.map(quoted).collect();
        if !names.is_empty() {
            self.entry(key, format_args!("[{}]", names.join(", ")));
        }
    }

    /// An inline table.
    fn pairs<'n>(&mut self, key: &str, pairs: impl Iterator<Item = (&'n String, String)>) {
        let pairs: Vec<String> = pairs.map(|(name, value)| format!("{} = {value}", key_of(name))).collect();
        if !pairs.is_empty() {
            self.entry(key, format_args!("{{ {} }}", pairs.join(", ")));
        }
    }

    fn texts(&mut self, key: &str, texts: &BTreeMap<String, String>) {
        self.pairs(key, texts.iter().map(|(name, value)| (name, quoted(value))));
    }

    fn amounts(&mut self, key: &str, amounts: &Amounts) {
        self.pairs(key, amounts.iter().map(|(name, amount)| (name, quoted(&amount.to_string()))));
    }

    fn taints(&mut self, taints: &[Taint]) {
        let taints: Vec<String> = taints.iter().map(ToString::to_string).collect();
        self.names("taints", taints.iter().map(String::as_str));
    }

    /// Each on a line of its own and as it is, so that places in it are places in the file.
    fn policies(&mut self, policies: &[String]) {
        if policies.is_empty() {
            return;
        }
        self.line("policies = [");
        for policy in policies {
            let is_literal = !policy.contains("'''") && !policy.ends_with('\'') && !policy.contains(acts);
            let text = if is_literal { format!("'''{policy}'''") } else { quoted(policy) };
            self.line(&format!("  {text},"));
        }
        self.line("]");
    }

    fn node(&mut self, class: &NodeClass) {
        self.header("[[node]]");
        self.text_entry("title", &class.title);
        self.entry("count", class.count);
        self.texts("labels", &class.labels);
        self.names("own-labels", class.own_labels.iter().map(String::as_str));
        self.taints(&class.taints);
        if class.unschedulable {
            self.entry("unschedulable", true);
        }
        if let Some(allocatable) = &class.allocatable {
            self.amounts("allocatable", allocatable);
        }
        self.names("names", class.names.iter().map(String::as_str));
    }

    fn pool(&mut self, pool: &Pool) {
        self.header("[[pool]]");
        self.text_entry("name", &pool.name);
        if pool.is_karpenter {
            self.entry("karpenter", true);
        }
        self.texts("labels", &pool.labels);
        let requirements: Vec<String> = pool.requirements.iter().map(requirement).collect();
        self.names("requirements", requirements.iter().map(String::as_str));
        self.taints(&pool.taints);
        if let Some(allocatable) = &pool.allocatable {
            self.amounts("allocatable", allocatable);
        }
        self.amounts("limits", &pool.limits);
    }

    fn classes(&mut self, inventory: &Inventory) {
        for (name, class) in &inventory.storage_classes {
            self.storage_class(name, class);
        }
        inventory.storage_capacities.iter().for_each(|capacity| self.storage_capacity(capacity));
        for (name, volume) in &inventory.volumes {
            self.volume(name, volume);
        }
        for (name, class) in &inventory.priority_classes {
            self.header(&format!("[priority-class.{}]", key_of(name)));
            self.entry("value", class.value);
            if class.is_default {
                self.entry("default", true);
            }
            let preemption = class.preemption.as_deref().filter(|policy| *policy != "PreemptLowerPriority");
            self.optional_text("preemption", preemption);
        }
        for (name, class) in &inventory.runtime_classes {
            self.runtime_class(name, class);
        }
    }

    fn storage_class(&mut self, name: &str, class: &StorageClass) {
        self.header(&format!("[storage-class.{}]", key_of(name)));
        self.text_entry("provisioner", &class.provisioner);
        for (key, flag) in [("waits-for-pod", class.waits_for_pod), ("default", class.is_default)] {
            if flag {
                self.entry(key, true);
            }
        }
        if !class.topologies.is_empty() {
            self.entry("nodes", terms(&class.topologies));
        }
    }

    fn storage_capacity(&mut self, capacity: &StorageCapacity) {
        self.header("[[storage-capacity]]");
        self.text_entry("class", &capacity.class);
        self.optional_text("most", capacity.most.map(|most| most.to_string()).as_deref());
        if let Some(selector) = &capacity.selector {
            self.entry("nodes", term(selector));
        }
    }

    fn volume(&mut self, name: &str, volume: &Volume) {
        self.header(&format!("[volume.{}]", key_of(name)));
        self.optional_text("class", volume.class.as_deref());
        self.optional_text("capacity", volume.capacity.map(|size| size.to_string()).as_deref());
        self.names("access-modes", volume.access_modes.iter().map(String::as_str));
        self.optional_text("mode", volume.mode.as_deref());
        self.optional_text("claim", volume.claim.as_deref());
        if volume.available {
            self.entry("available", true);
        }
        self.texts("labels", &volume.labels);
        if let Some(nodes) = &volume.terms {
            self.entry("nodes", terms(nodes));
        }
    }

    fn runtime_class(&mut self, name: &str, class: &RuntimeClass) {
        self.header(&format!("[runtime-class.{}]", key_of(name)));
        if let Some(overhead) = &class.overhead {
            self.amounts("overhead", overhead);
        }
        self.texts("node-selector", &class.node_selector);
        let rows: Vec<String> = class
            .tolerations
            .iter()
            .map(|one| {
                let texts =
                    [("key", &one.key), ("operator", &one.operator), ("value", &one.value), ("effect", &one.effect)];
                let texts = texts.iter().filter(|(_, text)| !text.is_empty());
                let seconds = one.seconds.map(|seconds| format!("seconds = {seconds}"));
                let parts: Vec<String> =
                    texts.map(|(key, text)| format!("{key} = {}", quoted(text))).chain(seconds).collect();
                format!("{{ {} }}", parts.join(", "))
            })
            .collect();
        if !rows.is_empty() {
            self.entry("tolerations", format_args!("[{}]", rows.join(", ")));
        }
    }

    fn namespace(&mut self, name: &str, namespace: &Namespace) {
        let path = format!("namespace.{}", key_of(name));
        self.header(&format!("[{path}]"));
        self.texts("labels", &namespace.labels);
        self.names("pod-templates", namespace.pod_templates.iter().map(String::as_str));
        if !namespace.service_accounts.is_empty() {
            self.header(&format!("[{path}.service-accounts]"));
            for (name, account) in &namespace.service_accounts {
                let texts = |key: &str, names: &[String]| {
                    let names: Vec<String> = names.iter().map(|one| quoted(one)).collect();
                    format!("{key} = [{}]", names.join(", "))
                };
                let secrets = Some(&account.pull_secrets).filter(|names| !names.is_empty());
                let secrets = secrets.map(|names| texts("pull-secrets", names));
                let automount = account.automount.map(|automount| format!("automount = {automount}"));
                let mountable = account.mountable.as_ref().map(|names| texts("mountable", names));
                let parts: Vec<String> = secrets.into_iter().chain(automount).chain(mountable).collect();
                self.entry(&key_of(name), inline(&parts));
            }
        }
        for (table, objects) in [("secrets", &namespace.secrets), ("config-maps", &namespace.config_maps)] {
            if !objects.is_empty() {
                self.header(&format!("[{path}.{table}]"));
            }
            for (name, keys) in objects {
                let keys: Vec<String> = keys.iter().map(|key| quoted(key)).collect();
                self.entry(&key_of(name), format_args!("[{}]", keys.join(", ")));
            }
        }
        if !namespace.claims.is_empty() {
            self.header(&format!("[{path}.claims]"));
            namespace.claims.iter().for_each(|(name, claim)| self.claim(name, claim));
        }
        for (name, items) in &namespace.limit_ranges {
            items.iter().for_each(|item| self.limit_item(&path, name, item));
        }
        for (name, quota) in &namespace.quotas {
            self.header(&format!("[[{path}.quota]]"));
            self.text_entry("name", name);
            self.amounts("hard", &quota.hard);
            self.amounts("used", &quota.used);
            let scopes: Vec<String> = quota.scopes.iter().map(requirement).collect();
            self.names("scopes", scopes.iter().map(String::as_str));
        }
    }

    fn claim(&mut self, name: &str, claim: &Claim) {
        let size = claim.size.map(|size| size.to_string());
        let texts = [("class", &claim.class), ("volume", &claim.volume), ("size", &size), ("mode", &claim.mode)];
        let texts = texts.into_iter().filter_map(|(key, text)| Some(format!("{key} = {}", quoted(text.as_deref()?))));
        let list =
            |key: &str, items: Vec<String>| (!items.is_empty()).then(|| format!("{key} = [{}]", items.join(", ")));
        let modes = list("access-modes", claim.access_modes.iter().map(|mode| quoted(mode)).collect());
        let selector = list("selector", claim.selector.iter().map(|one| quoted(&requirement(one))).collect());
        let parts: Vec<String> = texts.chain(modes).chain(selector).collect();
        self.entry(&key_of(name), inline(&parts));
    }

    fn limit_item(&mut self, path: &str, name: &str, item: &LimitItem) {
        self.header(&format!("[[{path}.limit-range]]"));
        self.text_entry("name", name);
        self.text_entry("type", &item.kind);
        self.amounts("default", &item.default);
        self.amounts("default-request", &item.default_request);
        self.amounts("min", &item.min);
        self.amounts("max", &item.max);
        self.amounts("max-limit-request-ratio", &item.ratio);
    }
}

fn inline(parts: &[String]) -> String {
    if parts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", parts.join(", ")) }
}

fn requirement(one: &Requirement) -> String {
    let words = [one.key.as_str(), one.operator.as_str()].into_iter().chain(one.values.iter().map(String::as_str));
    words.collect::<Vec<_>>().join(" ")
}

fn term(requirements: &[Requirement]) -> String {
    let all: Vec<String> = requirements.iter().map(|one| quoted(&requirement(one))).collect();
    format!("[{}]", all.join(", "))
}

fn terms(terms: &[Vec<Requirement>]) -> String {
    let all: Vec<String> = terms.iter().map(|one| term(one)).collect();
    format!("[{}]", all.join(", "))
}

/// A key, bare where TOML allows it.
fn key_of(text: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !text.is_empty() && text.bytes().all(bare) { text.to_owned() } else { quoted(text) }
}

/// A text in double quotes; what JSON escapes, TOML reads. What acts on a terminal is escaped, too: names come from the cluster.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    for character in serde_json::Value::from(text).to_string().chars() {
        match character {
            _ if acts(character) => drop(write!(quoted, "\\u{:04x}", u32::from(character))),
            _ => quoted.push(character),
        }
    }
    quoted
}
