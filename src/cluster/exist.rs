//! Objects that a pod refers to, and whether the cluster has them.

use super::edit::below;
use super::inventory::{Inventory, ObjectKind};
use crate::diagnostic::Severity;
use crate::text::nearest;
use crate::tree::{Field, Node, Path, Step};

/// A reference to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The kind of the object.
    pub kind: ObjectKind,
    /// Its name.
    pub name: String,
    /// Where the name is written.
    pub path: Path,
    /// The keys that are asked of it, with their places.
    pub keys: Vec<(String, Path)>,
    /// What happens without it.
    pub outcome: &'static str,
    /// How bad that is.
    pub severity: Severity,
}

/// An object, or a key in one, that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// What is wrong.
    pub message: String,
    /// What happens then, and what may have been meant.
    pub help: String,
    /// A name or key that may have been meant.
    pub meant: Option<String>,
    /// Where the name or key is written.
    pub path: Path,
    /// How bad it is.
    pub severity: Severity,
}

const REFUSED: &str = "the API server refuses the pod";
const NOT_STARTED: &str = "the container does not start until it exists (`CreateContainerConfigError`)";
const NOT_MOUNTED: &str = "the pod waits until it exists (`FailedMount`)";
const PENDING: &str = "the pod stays pending until it exists";

/// What of the references of a pod the cluster does not have, in any of the namespaces.
#[must_use]
pub fn absences(root: &Node, inventory: &Inventory, namespaces: &[String]) -> Vec<Absence> {
    let written = references(root);
    let default = default_account(root).filter(|_| {
        // A list of some accounts is no proof that the one that every namespace has is gone.
        inventory.complete || inventory.everywhere.contains(&ObjectKind::ServiceAccount)
    });
    written.iter().chain(&default).flat_map(|one| absent(one, inventory, namespaces)).collect()
}

/// The account of a pod that names none.
fn default_account(root: &Node) -> Option<Reference> {
    let spec = root.get("spec").known()?;
    let named = ["serviceAccountName", "serviceAccount"].iter().any(|field| !spec.get(field).is_missing());
    (!named).then(|| Reference {
        kind: ObjectKind::ServiceAccount,
        name: "default".to_owned(),
        path: below(&[Step::from("spec")], "serviceAccountName"),
        keys: Vec::new(),
        outcome: REFUSED,
        severity: Severity::Error,
    })
}

fn absent(one: &Reference, inventory: &Inventory, namespaces: &[String]) -> Vec<Absence> {
    let everywhere = [String::new()];
    let namespaces = if is_namespaced(one.kind) { namespaces } else { &everywhere };
    let all_listed = namespaces.iter().all(|namespace| inventory.lists_all(one.kind, namespace));
    if namespaces.is_empty() || !all_listed {
        return Vec::new();
    }
    let holders: Vec<&String> =
        namespaces.iter().filter(|namespace| inventory.has(one.kind, namespace, &one.name)).collect();
    if holders.is_empty() {
        return vec![without_object(one, inventory, namespaces)];
    }
    one.keys.iter().filter_map(|(key, path)| without_key(one, key, path, inventory, &holders)).collect()
}

fn without_object(one: &Reference, inventory: &Inventory, namespaces: &[String]) -> Absence {
    let names: Vec<&str> = namespaces.iter().flat_map(|namespace| inventory.names(one.kind, namespace)).collect();
    let meant = nearest(&one.name, names.iter().copied()).and_then(|at| names.get(at)).map(|name| (*name).to_owned());
    let elsewhere = inventory.namespaces.keys().find(|namespace| inventory.has(one.kind, namespace, &one.name));
    let place = match namespaces {
        [only] if !only.is_empty() => format!(" in namespace `{only}`"),
        _ => String::new(),
    };
    let hint = match (&meant, elsewhere.filter(|_| is_namespaced(one.kind))) {
        (Some(meant), _) => format!("; did you mean `{meant}`?"),
        (None, Some(namespace)) => format!("; it exists in namespace `{namespace}`"),
        (None, None) => String::new(),
    };
    Absence {
        message: format!("the cluster has no {} `{}`{place}", one.kind.noun(), one.name),
        help: format!("{}{hint}", one.outcome),
        meant,
        path: one.path.clone(),
        severity: one.severity,
    }
}

fn without_key(one: &Reference, key: &str, path: &Path, inventory: &Inventory, holders: &[&String]) -> Option<Absence> {
    let keys_in = |namespace: &String| {
        let within = inventory.namespaces.get(namespace)?;
        let objects = if one.kind == ObjectKind::Secret { &within.secrets } else { &within.config_maps };
        objects.get(&one.name)
    };
    let keys: Vec<&str> = holders.iter().filter_map(|one| keys_in(one)).flatten().map(String::as_str).collect();
    if keys.contains(&key) {
        return None;
    }
    let meant = nearest(key, keys.iter().copied()).and_then(|at| keys.get(at)).map(|key| (*key).to_owned());
    let hint = match (&meant, keys.as_slice()) {
        (Some(meant), _) => format!("; did you mean `{meant}`?"),
        (None, []) => "; it has no keys".to_owned(),
        (None, keys) => {
            let shown: Vec<String> = keys.iter().take(5).map(|key| format!("`{key}`")).collect();
            format!("; it has {}", shown.join(", "))
        }
    };
    Some(Absence {
        message: format!("the {} `{}` has no key `{key}`", one.kind.noun(), one.name),
        help: format!("{}{hint}", one.outcome),
        meant,
        path: path.clone(),
        severity: one.severity,
    })
}

/// Whether objects of a kind belong to namespaces.
#[must_use]
pub const fn is_namespaced(kind: ObjectKind) -> bool {
    matches!(
        kind,
        ObjectKind::ServiceAccount
            | ObjectKind::Secret
            | ObjectKind::ConfigMap
            | ObjectKind::Claim
            | ObjectKind::PodTemplate
            | ObjectKind::LimitRange
            | ObjectKind::ResourceQuota
    )
}

/// All objects that a pod refers to and needs.
#[must_use]
pub fn references(root: &Node) -> Vec<Reference> {
    let Field::Known(spec) = root.get("spec") else { return Vec::new() };
    let mut found = References { list: Vec::new() };
    let base: Path = vec![Step::from("spec")];
    let plain = [
        ("serviceAccountName", ObjectKind::ServiceAccount),
        ("priorityClassName", ObjectKind::PriorityClass),
        ("runtimeClassName", ObjectKind::RuntimeClass),
    ];
    for (field, kind) in plain {
        found.named(spec, field, kind, &base, REFUSED, Severity::Error);
    }
    for (index, secret) in items(spec.get("imagePullSecrets")) {
        let path = below(&below(&base, "imagePullSecrets"), index);
        let outcome = "images are pulled without it, which fails for private ones";
        found.named(secret, "name", ObjectKind::Secret, &path, outcome, Severity::Warning);
    }
    for list in ["containers", "initContainers"] {
        for (index, container) in items(spec.get(list)) {
            found.of_container(container, &below(&below(&base, list), index));
        }
    }
    for (index, volume) in items(spec.get("volumes")) {
        found.of_volume(volume, &below(&below(&base, "volumes"), index));
    }
    found.list
}

struct References {
    list: Vec<Reference>,
}

impl References {
    /// A field that holds a name.
    fn named(
        &mut self,
        node: &Node,
        field: &str,
        kind: ObjectKind,
        path: &Path,
        outcome: &'static str,
        severity: Severity,
    ) {
        if is_optional(node) {
            return;
        }
        if let Some(name) = node.text(field).known().filter(|name| !name.is_empty()) {
            let (name, path) = (name.to_owned(), below(path, field));
            self.list.push(Reference { kind, name, path, keys: Vec::new(), outcome, severity });
        }
    }

    fn of_container(&mut self, container: &Node, path: &Path) {
        for (index, variable) in items(container.get("env")) {
            let path = below(&below(&below(path, "env"), index), "valueFrom");
            let source = variable.get("valueFrom");
            for (field, kind) in [("secretKeyRef", ObjectKind::Secret), ("configMapKeyRef", ObjectKind::ConfigMap)] {
                let Some(reference) = source.then(|source| source.get(field)).known() else { continue };
                let path = below(&path, field);
                let before = self.list.len();
                self.named(reference, "name", kind, &path, NOT_STARTED, Severity::Error);
                if let (Some(one), Field::Known(key)) = (self.list.get_mut(before), reference.text("key")) {
                    one.keys.push((key.to_owned(), below(&path, "key")));
                }
            }
        }
        for (index, source) in items(container.get("envFrom")) {
            let path = below(&below(path, "envFrom"), index);
            for (field, kind) in [("secretRef", ObjectKind::Secret), ("configMapRef", ObjectKind::ConfigMap)] {
                if let Some(reference) = source.get(field).known() {
                    self.named(reference, "name", kind, &below(&path, field), NOT_STARTED, Severity::Error);
                }
            }
        }
    }

    fn of_volume(&mut self, volume: &Node, path: &Path) {
        self.with_items(volume, "secret", "secretName", ObjectKind::Secret, path);
        self.with_items(volume, "configMap", "name", ObjectKind::ConfigMap, path);
        if let Some(projected) = volume.get("projected").known() {
            for (index, source) in items(projected.get("sources")) {
                let path = below(&below(&below(path, "projected"), "sources"), index);
                self.with_items(source, "secret", "name", ObjectKind::Secret, &path);
                self.with_items(source, "configMap", "name", ObjectKind::ConfigMap, &path);
            }
        }
        if let Some(claim) = volume.get("persistentVolumeClaim").known() {
            let path = below(path, "persistentVolumeClaim");
            self.named(claim, "claimName", ObjectKind::Claim, &path, PENDING, Severity::Error);
        }
        if let Some(csi) = volume.get("csi").known() {
            let path = below(path, "csi");
            self.named(csi, "driver", ObjectKind::CsiDriver, &path, NOT_MOUNTED, Severity::Error);
            if let Some(secret) = csi.get("nodePublishSecretRef").known() {
                let path = below(&path, "nodePublishSecretRef");
                self.named(secret, "name", ObjectKind::Secret, &path, NOT_MOUNTED, Severity::Error);
            }
        }
        let steps = ["ephemeral", "volumeClaimTemplate", "spec"];
        let claim = steps.iter().fold(Field::Known(volume), |field, step| field.then(|node| node.get(step)));
        if let Some(claim) = claim.known() {
            let path = steps.iter().fold(path.clone(), |path, step| below(&path, *step));
            self.named(claim, "storageClassName", ObjectKind::StorageClass, &path, PENDING, Severity::Error);
        }
    }

    /// A source of files, some of which may be named one by one.
    fn with_items(&mut self, parent: &Node, field: &str, name: &str, kind: ObjectKind, path: &Path) {
        let Some(source) = parent.get(field).known() else { return };
        let path = below(path, field);
        let before = self.list.len();
        self.named(source, name, kind, &path, NOT_MOUNTED, Severity::Error);
        if let Some(one) = self.list.get_mut(before) {
            let keys = items(source.get("items")).filter_map(|(index, item)| {
                let key = item.text("key").known()?.to_owned();
                Some((key, below(&below(&below(&path, "items"), index), "key")))
            });
            one.keys.extend(keys);
        }
    }
}

/// What may be missing: also where it cannot be known whether it may.
fn is_optional(node: &Node) -> bool {
    match node.get("optional") {
        Field::Missing => false,
        Field::Known(value) => value.as_bool() != Some(false),
        Field::Dynamic => true,
    }
}

fn items(field: Field<&Node>) -> impl Iterator<Item = (usize, &Node)> {
    field.known().and_then(Node::as_list).into_iter().flat_map(|list| list.items.iter().enumerate())
}
