//! What the SDKs submit for a template: the primary container filled in, environment and resources added.
//!
//! Source: `task_serde` and `app_serde` of flyte 2.12, `_serialize_pod_spec` of flytekit 1.16.

use super::effective::{Effective, Origin};
use super::resources::TaskResources;
use crate::document::{Document, Flavour, Kind, Use, UseKind};
use crate::tree::{Entry, Field, Form, Key, List, Location, Map, Node, Number, Path, Step, Value};

/// The port on which an app listens unless it says otherwise.
const APP_PORT: &str = "8080";

/// The pods of a document: one for each task or app that has its template, else the template's own.
#[must_use]
pub fn pods(document: &Document) -> Vec<Effective> {
    each_pod(document).collect()
}

/// The same, each made when it is asked for: a large template may have many uses.
pub fn each_pod(document: &Document) -> impl Iterator<Item = Effective> {
    each_use(document).map(|used| submitted(document, used))
}

/// The uses that have a pod of their own; `None` for a template that stands alone.
pub(super) fn each_use(document: &Document) -> impl Iterator<Item = Option<&Use>> {
    let tasks_of = |used: &&Use| !matches!(used.kind, UseKind::TaskEnvironment);
    let has_tasks = document.uses.iter().any(|used| used.kind == UseKind::Task);
    // The tasks of an environment stand for it.
    let mut uses = document.uses.iter().filter(move |used| !has_tasks || tasks_of(used)).peekable();
    let alone = uses.peek().is_none().then_some(None);
    // A task without a template submits no pod; the backend makes it.
    uses.map(Some).chain(alone).filter(|_| document.kind != Kind::PythonTask)
}

/// The pod that is submitted for one use of a template.
#[must_use]
pub fn submitted(document: &Document, used: Option<&Use>) -> Effective {
    let mut pod = Effective::of(document);
    if let Some(used) = used {
        pod.used_by = Some(used.kind);
        pod.name = used.name.clone().or(pod.name);
        pod.location = used.location;
    }
    let is_python = document.kind == Kind::PythonTemplate;
    let keeps = matches!(document.flavour, Flavour::PluginRole | Flavour::Unknown);
    if is_python && !keeps {
        let mut submission = Submission { document, used, pod: &mut pod };
        submission.fill();
        submission.share_memory_of_torch();
    }
    pod
}

/// One submission under way.
struct Submission<'a> {
    document: &'a Document,
    used: Option<&'a Use>,
    pod: &'a mut Effective,
}

impl Submission<'_> {
    fn fill(&mut self) {
        let Field::Known(primary) = self.document.primary.name.clone() else { return self.fill_perhaps() };
        self.add_missing_primary(&primary);
        let is_v1 = matches!(self.document.flavour, Flavour::V1Task | Flavour::V1Pod);
        for index in 0..self.containers().map_or(0, |list| list.items.len()) {
            let Some(container) = self.containers().and_then(|list| list.items.get(index)).cloned() else { return };
            match container.text("name") {
                Field::Known(name) if name == primary => self.fill_primary(index, container),
                Field::Known(_) if is_v1 => self.fill_sidecar(index, container),
                _ => {}
            }
        }
    }

    /// Which container is the primary one is not known: what Flyte puts into that is not known of any.
    fn fill_perhaps(&mut self) {
        let reason = "Flyte's, if this is the primary container";
        let has_resources = self.used.is_some_and(|used| !TaskResources::of(self.document.flavour, used).is_empty());
        for index in 0..self.containers().map_or(0, |list| list.items.len()) {
            let Some(mut container) = self.containers().and_then(|list| list.items.get(index)).cloned() else { return };
            if container.as_map().is_none() {
                continue;
            }
            let at = container.location;
            let is_replaced = |field: &str, container: &Node| match field {
                "image" => container.get("image").is_missing() || self.document.flavour == Flavour::V1Pod,
                "resources" => has_resources,
                _ => true,
            };
            for field in ["image", "command", "args", "resources"] {
                if is_replaced(field, &container) {
                    set(&mut container, field, Node::dynamic(reason, at));
                }
            }
            let own = container.get("env").known().and_then(Node::as_list).cloned().unwrap_or_default();
            set(&mut container, "env", Node::new(Value::List(List { open: true, ..own }), at));
            self.put(index, container);
        }
        let list = field_mut(&mut self.pod.root, "spec").and_then(|spec| field_mut(spec, "containers"));
        if let Some(Value::List(list)) = list.map(|node| &mut node.value) {
            // flytekit adds a primary container that is missing.
            list.open |= matches!(self.document.flavour, Flavour::V1Task | Flavour::V1Pod) || list.items.is_empty();
        }
    }

    /// flytekit's plugin for PyTorch adds a volume of shared memory to the first container, unless it is told not to.
    fn share_memory_of_torch(&mut self) {
        let Some(used) = self.used.filter(|_| self.is_v1()) else { return };
        if !is_given_more_memory(used) {
            return;
        }
        let at = self.document.head;
        let text = |text: &str| Node::string(text, at);
        let count = self.containers().map_or(0, |list| list.items.len());
        let Some(mut first) = self.containers().and_then(|list| list.items.first()).cloned() else { return };
        if count > 1 {
            let note = "refused: with several containers the plugin wants `increase_shared_mem=False`".to_owned();
            return self.pod.notes.push(note);
        }
        let mut mounts = first.get("volumeMounts").known().and_then(Node::as_list).cloned().unwrap_or_default();
        if mounts.items.iter().any(|mount| mount.text("mountPath") == Field::Known("/dev/shm")) {
            let note = "refused: `/dev/shm` is mounted already, where the plugin mounts shared memory".to_owned();
            return self.pod.notes.push(note);
        }
        mounts.items.push(map(vec![entry("name", text("shm")), entry("mountPath", text("/dev/shm"))], at));
        self.mark(0, Some("volumeMounts"), Origin::Flyte);
        set(&mut first, "volumeMounts", Node::new(Value::List(mounts), at));
        self.put(0, first);
        let Some(spec) = field_mut(&mut self.pod.root, "spec") else { return };
        let mut volumes = spec.get("volumes").known().and_then(Node::as_list).cloned().unwrap_or_default();
        let memory = map(vec![entry("medium", text("Memory"))], at);
        volumes.items.push(map(vec![entry("name", text("shm")), entry("emptyDir", memory)], at));
        let index = volumes.items.len() - 1;
        set(spec, "volumes", Node::new(Value::List(volumes), at));
        self.pod.origins.push((vec![Step::from("spec"), Step::from("volumes"), Step::Index(index)], Origin::Flyte));
    }

    fn containers(&self) -> Option<&List> {
        self.pod.root.at(&[Step::from("spec"), Step::from("containers")])?.as_list()
    }

    /// Both SDKs make the primary container where there is no container at all; flytekit also beside others.
    fn add_missing_primary(&mut self, primary: &str) {
        let at = self.document.head;
        let spec = self.pod.root.get("spec");
        let (known, open) = match spec.then(|spec| spec.get("containers")) {
            Field::Dynamic => return,
            Field::Missing => (Vec::new(), false),
            Field::Known(node) => match node.as_list() {
                Some(list) => (list.items.clone(), list.open),
                None => return,
            },
        };
        let named = |node: &Node| !matches!(node.text("name"), Field::Known(name) if name != primary);
        let wanted = match self.document.flavour {
            Flavour::V1Task | Flavour::V1Pod => !known.iter().any(named),
            Flavour::V2Task => known.is_empty(),
            _ => false,
        };
        if open || !wanted {
            return;
        }
        let index = known.len();
        let container = map(vec![entry("name", Node::string(primary, at))], at);
        let list = Value::List(List {
            items: known.into_iter().chain([container]).collect(),
            open: false,
            form: Form::Synthetic,
        });
        let has_spec = spec.known().is_some();
        if !has_spec {
            set(&mut self.pod.root, "spec", map(Vec::new(), at));
        }
        if let Some(spec) = field_mut(&mut self.pod.root, "spec") {
            set(spec, "containers", Node::new(list, at));
        }
        self.mark(index, None, Origin::Flyte);
    }

    fn fill_primary(&mut self, index: usize, mut container: Node) {
        self.fill_image(index, &mut container);
        self.fill_command(index, &mut container);
        if let Some(used) = self.used {
            self.fill_resources(index, &mut container, &TaskResources::of(self.document.flavour, used));
        }
        self.fill_env(index, &mut container);
        if self.document.flavour == Flavour::V2App {
            self.fill_port(index, &mut container);
        }
        self.put(index, container);
    }

    /// flytekit gives regular sidecars the task's image.
    fn fill_sidecar(&mut self, index: usize, mut container: Node) {
        if container.get("image").is_missing() {
            let image = Node::dynamic("flytekit's default image", container.location);
            set(&mut container, "image", image);
            self.mark(index, Some("image"), Origin::Flyte);
            self.put(index, container);
        } else if let Some(resolved) = resolved_by_flytekit(&container) {
            set(&mut container, "image", resolved);
            self.put(index, container);
        }
    }

    fn fill_image(&mut self, index: usize, container: &mut Node) {
        let always = self.document.flavour == Flavour::V1Pod;
        if !always && !container.get("image").is_missing() {
            if self.document.flavour == Flavour::V1Task
                && let Some(resolved) = resolved_by_flytekit(container)
            {
                set(container, "image", resolved);
            }
            return;
        }
        let is_raw = self.used.is_some_and(|used| used.kind == UseKind::ContainerTask);
        let setting = if self.is_v1() && !is_raw { "container_image" } else { "image" };
        let given = self.used.and_then(|used| used.settings.as_map()?.entry(setting)).map(|entry| entry.value.clone());
        let at = given.as_ref().map_or(container.location, |node| node.location);
        let (image, origin) = match given.as_ref().map(|node| &node.value) {
            Some(Value::String(text)) if &**text != "auto" && !text.contains("{{") => {
                (Node::string(text, at), Origin::Environment)
            }
            Some(Value::Dynamic(dynamic)) => (Node::dynamic(dynamic.reason.clone(), at), Origin::Environment),
            // Whose node is overridden is not known.
            _ if self.used.is_none_or(|used| used.kind == UseKind::WithOverrides) => {
                (Node::dynamic("the task's image", at), Origin::Environment)
            }
            _ => (Node::dynamic("Flyte's default image", at), Origin::Flyte),
        };
        set(container, "image", image);
        self.mark(index, Some("image"), origin);
    }

    /// Command and arguments are Flyte's, whatever the template says.
    fn fill_command(&mut self, index: usize, container: &mut Node) {
        let at = container.location;
        let entrypoint = |reason: &str| Node::dynamic(reason, at);
        let setting = |name: &str| self.used.and_then(|used| used.settings.get(name).known()).cloned();
        let (command, args) = match (self.document.flavour, self.used.map(|used| used.kind)) {
            (_, Some(UseKind::ContainerTask)) => (
                setting("command").unwrap_or_else(|| list(Vec::new(), at)),
                setting("arguments").unwrap_or_else(|| list(Vec::new(), at)),
            ),
            (Flavour::V2App, _) => {
                let args = setting("args")
                    .map(|node| if node.as_list().is_some() { node } else { entrypoint("the app's arguments") });
                (entrypoint("the app's command"), args.unwrap_or_else(|| list(Vec::new(), at)))
            }
            _ => (list(Vec::new(), at), entrypoint("the task's arguments")),
        };
        set(container, "command", command);
        set(container, "args", args);
        self.mark(index, Some("command"), Origin::Flyte);
        self.mark(index, Some("args"), Origin::Flyte);
    }

    /// flyte merges by key, the task's win; flytekit replaces the whole block.
    fn fill_resources(&mut self, index: usize, container: &mut Node, wanted: &TaskResources) {
        if wanted.is_empty() {
            return;
        }
        let at = container.location;
        if wanted.open {
            set(container, "resources", Node::dynamic("the task's resources", at));
            return self.mark(index, Some("resources"), Origin::Environment);
        }
        let own = container.get("resources").known().cloned();
        let own = own.filter(|_| !self.is_v1());
        let mut block = own.clone().unwrap_or_else(|| map(Vec::new(), at));
        let path = self.path(index, Some("resources"));
        for (kind, amounts) in [("limits", &wanted.limits), ("requests", &wanted.requests)] {
            let before = own.as_ref().and_then(|own| own.get(kind).known().cloned());
            let mut merged = before.unwrap_or_else(|| map(Vec::new(), at));
            for (key, amount) in amounts {
                set(&mut merged, key, amount.clone());
                let mut path = path.clone();
                path.extend([Step::from(kind), Step::from(*key)]);
                self.pod.origins.push((path, Origin::Environment));
            }
            set(&mut block, kind, merged);
        }
        set(container, "resources", block);
    }

    /// The environment's variables come first; the container's own stay behind them, and win.
    fn fill_env(&mut self, index: usize, container: &mut Node) {
        let at = container.location;
        let setting = if self.is_v1() { "environment" } else { "env_vars" };
        let given = self.used.map_or(Field::Missing, |used| used.settings.get(setting));
        let (mut items, mut open) = match given {
            Field::Known(node) => node.as_map().map_or((Vec::new(), true), |map| (variables(map), map.open)),
            Field::Missing => (Vec::new(), false),
            Field::Dynamic => (Vec::new(), true),
        };
        let is_app = self.document.flavour == Flavour::V2App;
        if is_app && items.is_empty() && !open {
            return;
        }
        for place in 0..items.len() {
            let mut path = self.path(index, Some("env"));
            path.push(Step::Index(place));
            self.pod.origins.push((path, Origin::Environment));
        }
        match container.get("env") {
            Field::Known(own) => match own.as_list() {
                Some(list) => {
                    items.extend(list.items.iter().cloned());
                    open |= list.open;
                }
                None => return,
            },
            Field::Missing => {}
            Field::Dynamic => open = true,
        }
        set(container, "env", Node::new(Value::List(List { items, open, form: Form::Synthetic }), at));
    }

    /// The app's port comes first.
    fn fill_port(&mut self, index: usize, container: &mut Node) {
        let at = container.location;
        let number = || Node::new(Value::Number(Number::new(APP_PORT)), at);
        let given = self.used.map_or(Field::Missing, |used| used.settings.get("port"));
        let port = match given {
            Field::Known(node) => match &node.value {
                Value::Number(_) => map(vec![entry("containerPort", node.clone())], at),
                Value::Map(port) => {
                    let field = |name: &str| port.entry(name).map(|entry| entry.value.clone());
                    let mut entries = vec![entry("containerPort", field("port").unwrap_or_else(number))];
                    entries
                        .extend(field("name").filter(|name| name.value != Value::Null).map(|name| entry("name", name)));
                    map(entries, at)
                }
                _ => Node::dynamic("the app's port", at),
            },
            Field::Missing => map(vec![entry("containerPort", number())], at),
            Field::Dynamic => map(vec![entry("containerPort", Node::dynamic("the app's port", at))], at),
        };
        let own = container.get("ports").known().and_then(Node::as_list).cloned().unwrap_or_default();
        let items = [port].into_iter().chain(own.items).collect();
        set(container, "ports", Node::new(Value::List(List { items, ..own }), at));
        let mut path = self.path(index, Some("ports"));
        path.push(Step::Index(0));
        self.pod.origins.push((path, Origin::Environment));
    }

    const fn is_v1(&self) -> bool {
        matches!(self.document.flavour, Flavour::V1Task | Flavour::V1Pod)
    }

    fn path(&self, index: usize, field: Option<&str>) -> Path {
        let mut path = vec![Step::from("spec"), Step::from("containers"), Step::Index(index)];
        path.extend(field.map(Step::from));
        path
    }

    fn mark(&mut self, index: usize, field: Option<&str>, origin: Origin) {
        let path = self.path(index, field);
        self.pod.origins.push((path, origin));
    }

    fn put(&mut self, index: usize, container: Node) {
        let list = field_mut(&mut self.pod.root, "spec").and_then(|spec| field_mut(spec, "containers"));
        if let Some(Value::List(list)) = list.map(|node| &mut node.value)
            && let Some(place) = list.items.get_mut(index)
        {
            *place = container;
        }
    }
}

/// Whether flytekit's plugin for PyTorch gives a task shared memory.
#[must_use]
pub fn is_given_more_memory(used: &Use) -> bool {
    let config = used.settings.get("task_config").known();
    let class = config.and_then(Node::as_map).and_then(|map| map.class).and_then(|class| class.rsplit('.').next());
    let is_torch = matches!(class, Some("Elastic" | "PyTorch"));
    let wants =
        config.is_some_and(|config| config.get("increase_shared_mem").known().and_then(Node::as_bool) != Some(false));
    let has = used.settings.get("shared_memory").known().is_some_and(|node| node.as_bool() != Some(false));
    is_torch && wants && !has
}

/// An `ImageSpec` or `{{.image.default}}` of a regular container, which flytekit turns into a name.
fn resolved_by_flytekit(container: &Node) -> Option<Node> {
    let image = container.as_map()?.entry("image").map(|entry| &entry.value)?;
    match &image.value {
        Value::String(text) if text.contains("{{") => Some(Node::dynamic(text.clone(), image.location)),
        _ => None,
    }
}

/// `{"A": "1"}` as variables of a container.
fn variables(environment: &Map) -> Vec<Node> {
    let variable = |known: &Entry| {
        let name = Node::string(&known.key.wire, known.key.location);
        map(vec![entry("name", name), entry("value", known.value.clone())], known.key.location)
    };
    environment.entries.iter().map(variable).collect()
}

fn entry(wire: &str, value: Node) -> Entry {
    Entry { key: Key { wire: wire.into(), written: None, location: value.location }, value }
}

fn map(entries: Vec<Entry>, at: Location) -> Node {
    // The class says that this is an object of the client, whose empty fields are not sent.
    let map = Map { entries, open: false, form: Form::Synthetic, class: Some(""), head: at.span };
    Node::new(Value::Map(map), at)
}

fn list(items: Vec<Node>, at: Location) -> Node {
    Node::new(Value::List(List { items, open: false, form: Form::Synthetic }), at)
}

fn field_mut<'n>(node: &'n mut Node, wire: &str) -> Option<&'n mut Node> {
    match &mut node.value {
        Value::Map(map) => map.entries.iter_mut().find(|entry| &*entry.key.wire == wire).map(|entry| &mut entry.value),
        _ => None,
    }
}

/// Sets a field of an object, in the place of an older one.
pub(super) fn set(node: &mut Node, wire: &str, value: Node) {
    if let Value::Map(map) = &mut node.value {
        match map.entries.iter_mut().find(|entry| &*entry.key.wire == wire) {
            Some(known) => known.value = value,
            None => map.entries.push(entry(wire, value)),
        }
    }
}
