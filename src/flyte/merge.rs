//! How Flyte's backend lays a task's pod over a `PodTemplate` of the cluster.
//!
//! Source: `flytek8s/pod_helper.go` of Flyte, which merges by mergo with override and appended slices: values of the task win
//! unless they are zero, lists are appended and never matched by key, and only the task's containers stay.

use std::collections::{HashMap, HashSet};

use super::effective::{Effective, Origin, Origins};
use crate::tree::{Entry, Form, Key, List, Map, Node, Path, Step, Value};

/// Lays a pod over the pod template of the cluster.
pub fn merge_base(pod: &mut Effective, base: &Node) {
    let mut task_origins = std::mem::take(&mut pod.origins).into_vec();
    let primary = pod.primary.clone();
    let restarts = pod.root.get("spec").then(|spec| spec.get("restartPolicy")).is_missing();
    if restarts {
        task_origins.push((vec![Step::from("spec"), Step::from("restartPolicy")], Origin::Flyte));
    }
    task_origins.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut merge = Merge { origins: Origins::default(), notes: Vec::new(), task_origins };
    let root = merge.template(base, &backend_defaults(&pod.root), primary.as_deref());
    pod.root = root;
    pod.origins = merge.origins;
    pod.notes.extend(merge.notes);
}

/// What the backend sets in every pod of a task before it looks at the template of the cluster.
fn backend_defaults(root: &Node) -> Node {
    let mut root = root.clone();
    let at = root.location;
    let Value::Map(map) = &mut root.value else { return root };
    let Some(spec) = map.entries.iter_mut().find(|entry| &*entry.key.wire == "spec") else { return root };
    if spec.value.get("restartPolicy").is_missing() {
        super::submit::set(&mut spec.value, "restartPolicy", Node::string("Never", at));
    }
    root
}

struct Merge {
    origins: Origins,
    notes: Vec<String>,
    /// By path: what is below a value stands behind it.
    task_origins: Vec<(Path, Origin)>,
}

impl Merge {
    /// `metadata` and `spec`.
    fn template(&mut self, base: &Node, task: &Node, primary: Option<&str>) -> Node {
        let mut entries = Vec::new();
        let known = |node: &Node, wire: &str| node.get(wire).known().cloned();
        let metadata = [known(base, "metadata"), known(task, "metadata")];
        let metadata = self.metadata(metadata[0].as_ref(), metadata[1].as_ref());
        entries.extend(metadata.map(|value| entry("metadata", value)));
        let path = vec![Step::from("spec")];
        let spec = match (known(base, "spec"), known(task, "spec")) {
            (Some(base), Some(task)) => self.spec(&base, &task, primary, &path),
            (Some(base), None) => base,
            (None, task) => task.unwrap_or_else(|| Node::dynamic("the pod spec", base.location)),
        };
        entries.push(entry("spec", spec));
        node(entries, task)
    }

    /// Only labels and annotations take part.
    fn metadata(&mut self, base: Option<&Node>, task: Option<&Node>) -> Option<Node> {
        let mut entries = Vec::new();
        for wire in ["labels", "annotations"] {
            let path = vec![Step::from("metadata"), Step::from(wire)];
            let field = |node: Option<&Node>| node.and_then(|node| node.get(wire).known().cloned());
            let merged = self.either(field(base).as_ref(), field(task).as_ref(), &path, &path);
            entries.extend(merged.map(|value| entry(wire, value)));
        }
        let at = task.or(base)?;
        (!entries.is_empty()).then(|| node(entries, at))
    }

    fn spec(&mut self, base: &Node, task: &Node, primary: Option<&str>, path: &Path) -> Node {
        let without = |spec: &Node| {
            let mut rest = spec.clone();
            if let Value::Map(map) = &mut rest.value {
                map.entries.retain(|entry| !matches!(&*entry.key.wire, "containers" | "initContainers"));
            }
            rest
        };
        let mut merged = self.values(&without(base), &without(task), path, path);
        for (list, shared) in [("containers", "default"), ("initContainers", "default-init")] {
            let magic: &[&str] =
                if list == "containers" { &["default", "primary"] } else { &["default-init", "primary-init"] };
            let of = |spec: &Node| spec.get(list).known().and_then(Node::as_list).cloned().unwrap_or_default();
            let (bases, tasks) = (of(base), of(task));
            self.note_dropped(&bases, &tasks, list, magic);
            let bases = by_name(&bases);
            let mut path = path.clone();
            path.push(Step::from(list));
            let containers: Vec<Node> = tasks
                .items
                .iter()
                .enumerate()
                .map(|(index, container)| {
                    let is_primary = list == "containers"
                        && container.text("name").known().is_some_and(|name| Some(name) == primary);
                    let mut path = path.clone();
                    path.push(Step::Index(index));
                    self.container(&bases, container, shared, is_primary, magic, &path)
                })
                .collect();
            if !containers.is_empty() || tasks.open {
                let list_node = List { items: containers, open: tasks.open, form: Form::Synthetic };
                super::submit::set(&mut merged, list, Node::new(Value::List(list_node), task.location));
            }
        }
        merged
    }

    /// `default`, then `primary` for the primary one, then the container of the same name, then the task's own.
    fn container(
        &mut self,
        bases: &HashMap<&str, &Node>,
        task: &Node,
        shared: &str,
        is_primary: bool,
        magic: &[&str],
        path: &Path,
    ) -> Node {
        let named = |name: &str| bases.get(name).copied();
        let own = task.text("name").known();
        let layers = [
            named(shared),
            is_primary.then(|| named("primary")).flatten(),
            own.filter(|name| !magic.contains(name)).and_then(named),
        ];
        let mut under: Option<Node> = None;
        for layer in layers.into_iter().flatten() {
            under = Some(match under {
                Some(known) => self.layered(&known, layer),
                None => layer.clone(),
            });
        }
        let Some(under) = under else {
            self.keep_origins(path, path);
            return task.clone();
        };
        self.values(&under, task, path, path)
    }

    /// One container of the base over another: where it all comes from is said later.
    fn layered(&mut self, under: &Node, over: &Node) -> Node {
        let origins = std::mem::take(&mut self.origins);
        let merged = self.values(under, over, &Vec::new(), &vec![Step::from("\u{0}")]);
        self.origins = origins;
        merged
    }

    fn note_dropped(&mut self, bases: &List, tasks: &List, list: &str, magic: &[&str]) {
        let used = by_name(tasks);
        for name in bases.items.iter().filter_map(|base| base.text("name").known()) {
            if !used.contains_key(name) && !magic.contains(&name) && !tasks.open {
                self.notes
                    .push(format!("dropped: the base's `{name}` in {list}, as the task has no container of that name"));
            }
        }
        if list == "initContainers" && bases.items.iter().any(|base| base.text("name").known() == Some("primary-init"))
        {
            self.notes.push("ignored: `primary-init` in initContainers, which the backend does not use".to_owned());
        }
    }

    /// One value over another; `path` is where it will be, `task_path` where the task has it.
    fn values(&mut self, base: &Node, task: &Node, path: &Path, task_path: &Path) -> Node {
        match (&base.value, &task.value) {
            (Value::Map(under), Value::Map(over)) => self.maps(under, over, task, path, task_path),
            (Value::List(under), Value::List(over)) => self.lists(under, over, task, path, task_path),
            _ if is_zero(task) => {
                self.origins.push((path.clone(), Origin::Base));
                base.clone()
            }
            _ => {
                self.keep_origins(task_path, path);
                task.clone()
            }
        }
    }

    fn either(&mut self, base: Option<&Node>, task: Option<&Node>, path: &Path, task_path: &Path) -> Option<Node> {
        match (base, task) {
            (Some(base), Some(task)) => Some(self.values(base, task, path, task_path)),
            (Some(base), None) => {
                self.origins.push((path.clone(), Origin::Base));
                Some(base.clone())
            }
            (None, Some(task)) => {
                self.keep_origins(task_path, path);
                Some(task.clone())
            }
            (None, None) => None,
        }
    }

    fn maps(&mut self, under: &Map, over: &Map, task: &Node, path: &Path, task_path: &Path) -> Node {
        let keys = under.entries.iter().chain(&over.entries).map(|entry| &entry.key.wire);
        let (by_key_under, by_key_over) = (by_key(under), by_key(over));
        let mut seen: HashSet<&str> = HashSet::new();
        let mut entries = Vec::new();
        for key in keys.filter(|key| seen.insert(key)) {
            let value =
                |map: &HashMap<&str, &Node>| map.get(&**key).copied().filter(|node| node.value != Value::Null).cloned();
            let below = |path: &Path| path.iter().cloned().chain([Step::from(&**key)]).collect::<Path>();
            let (base, task) = (value(&by_key_under), value(&by_key_over));
            let merged = self.either(base.as_ref(), task.as_ref(), &below(path), &below(task_path));
            entries.extend(merged.map(|value| entry(key, value)));
        }
        let map = Map { entries, open: under.open || over.open, ..Map::default() };
        Node::new(Value::Map(map), task.location)
    }

    fn lists(&mut self, under: &List, over: &List, task: &Node, path: &Path, task_path: &Path) -> Node {
        let offset = under.items.len();
        let below = |path: &Path, index: usize| path.iter().cloned().chain([Step::Index(index)]).collect::<Path>();
        for index in 0..offset {
            self.origins.push((below(path, index), Origin::Base));
        }
        for index in 0..over.items.len() {
            self.keep_origins(&below(task_path, index), &below(path, offset + index));
        }
        let items = under.items.iter().chain(&over.items).cloned().collect();
        Node::new(Value::List(List { items, open: under.open || over.open, form: Form::Synthetic }), task.location)
    }

    /// What was known of the task's values holds at their new place.
    fn keep_origins(&mut self, from: &Path, to: &Path) {
        let start = self.task_origins.partition_point(|(path, _)| path < from);
        for (path, origin) in self.task_origins.get(start..).unwrap_or_default() {
            let Some(rest) = path.strip_prefix(from.as_slice()) else { break };
            self.origins.push((to.iter().chain(rest).cloned().collect(), *origin));
        }
    }
}

/// The first item of each name.
fn by_name(list: &List) -> HashMap<&str, &Node> {
    list.items.iter().rev().filter_map(|node| Some((node.text("name").known()?, node))).collect()
}

fn by_key(map: &Map) -> HashMap<&str, &Node> {
    map.entries.iter().map(|entry| (&*entry.key.wire, &entry.value)).collect()
}

/// What Go calls zero: it cannot take the place of anything.
fn is_zero(node: &Node) -> bool {
    match &node.value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::List(list) => list.items.is_empty() && !list.open,
        Value::Map(map) => map.entries.is_empty() && !map.open,
        Value::Bool(true) | Value::Dynamic(_) => false,
    }
}

fn entry(wire: &str, value: Node) -> Entry {
    Entry { key: Key { wire: wire.into(), written: None, location: value.location }, value }
}

fn node(entries: Vec<Entry>, like: &Node) -> Node {
    Node::new(Value::Map(Map { entries, ..Map::default() }), like.location)
}
