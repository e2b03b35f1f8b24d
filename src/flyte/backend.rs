//! What Flyte's backend makes of what the SDK submits: the whole pod, or the object of a plugin.
//!
//! Source: `BuildRawPod` and `ApplyFlytePodConfiguration` of `flytek8s/pod_helper.go`, and the plugin for pods.

use std::sync::Arc;

use super::accelerator::Accelerator;
use super::amounts::{Amounts, Mode};
use super::build::{self, Maker, append, with_list, with_object};
use super::effective::{Effective, Origins};
use super::generation::Generation;
use super::merge::{self, Losses};
use super::metadata::{self, Run};
use super::platform::Platform;
use super::plugins::{self, Job, Made};
use super::resources::TaskResources;
use super::schedule::Schedule;
use super::submit::{each_use, is_given_more_memory, submitted};
use super::templated;
use super::unknown_fields;
use crate::document::{Document, Flavour, Kind, PrimaryName, Use, UseKind};
use crate::tree::{Field, Node, Setter, Value};

/// A cluster with Flyte's backend.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Backend {
    /// Its settings.
    pub platform: Platform,
    /// The pod template under all pods: `metadata` and `spec`.
    pub base: Option<Node>,
    /// Whether the runs may be interrupted.
    pub interruptible: bool,
    /// The version that the user named.
    pub version: Option<String>,
    /// Whether the Spark operator's definition has pod templates.
    pub spark_templates: bool,
}

/// A task on its way to a pod.
pub(super) struct Task<'a> {
    pub document: &'a Document,
    pub used: Option<&'a Use>,
    pub backend: &'a Backend,
    pub generation: Generation,
    pub make: Maker,
    pub primary: Option<String>,
    pub accelerator: Option<Accelerator>,
    /// Resources that take the place of the containers' own: those of a role.
    pub overrides: Option<Node>,
    /// The `Resources` of a role, whose shared memory takes the place of the task's.
    pub group: Option<Node>,
    pub notes: Vec<String>,
    /// What the template of the cluster keeps or takes.
    pub losses: Losses,
}

/// The name of the one container of a task without a template, until the run names it.
pub(super) const BARE: &str = "\u{0}";

/// A task without a template, as a template of one container that is filled in like any other.
fn bare(document: &Document, used: &Use) -> Document {
    let make = Maker { at: document.head, by: Setter::Author };
    // For shared memory flytekit makes a template, whose container has a name; the container of an app has one, too.
    let name = match document.flavour {
        Flavour::V2App => "app",
        Flavour::V1Task if is_given_more_memory(used) => "primary",
        _ => BARE,
    };
    let container = make.map([("name", make.text(name))]);
    let spec = make.map([("containers", make.list(vec![container]))]);
    let primary = PrimaryName::by_default(name);
    Document { root: make.map([("spec", spec)]), kind: Kind::PythonTemplate, primary, ..document.clone() }
}

/// An app without a template as it is sent: its container has no devices.
fn without_device(used: &Use) -> Use {
    let mut used = used.clone();
    if let Some(resources) = build::field_mut(&mut used.settings, "resources") {
        build::take(resources, "gpu");
    }
    used
}

/// The pods of a plugin's object.
fn of_job(pod: &Effective, job: Job) -> Vec<Effective> {
    let object = Arc::new(job.object);
    let role = |(name, root): (String, Node)| Effective {
        root,
        role: Some(name),
        object: Some(Arc::clone(&object)),
        ..pod.clone()
    };
    job.roles.into_iter().map(role).collect()
}

impl Backend {
    /// The pods that the backend makes of a document: one for each use, or for each role of a plugin's object.
    #[must_use]
    pub fn pods(&self, document: &Document) -> Vec<Effective> {
        if document.kind == Kind::PythonTask {
            let pods = |used: &Use| {
                let used = if document.flavour == Flavour::V2App { without_device(used) } else { used.clone() };
                self.pods_of(&bare(document, &used), Some(&used))
            };
            return document.uses.iter().flat_map(pods).collect();
        }
        each_use(document).flat_map(|used| self.pods_of(document, used)).collect()
    }

    /// The pods that the backend makes for one use.
    #[must_use]
    pub fn pods_of(&self, document: &Document, used: Option<&Use>) -> Vec<Effective> {
        let mut pod = submitted(document, used);
        let is_python = document.kind == Kind::PythonTemplate;
        if is_python && document.flavour == Flavour::V2App {
            return vec![plugins::app_service(pod, used, self)];
        }
        let is_task = document.flavour != Flavour::PluginRole;
        let Some(generation) = Generation::of(document).filter(|_| is_python && is_task) else {
            return vec![pod];
        };
        pod.stamp();
        if pod.primary.as_deref() == Some(BARE) {
            self.finish_container(&mut pod.root, Maker::flyte(document.head));
        }
        let mut task = Task::new(document, used, self, generation, pod.primary.clone());
        let mut made = match plugins::made(&mut task, &pod.root, self.interruptible) {
            Made::Job(job) => of_job(&pod, *job),
            Made::Pod => {
                let root = task.pod(&pod.root, self.interruptible);
                vec![Effective { root: task.finished(root), ..pod }]
            }
            Made::Unknown(reason) => {
                let parts = ["metadata", "spec"].map(|part| (part, task.make.unknown(&reason)));
                vec![Effective { root: task.make.map(parts), ..pod }]
            }
        };
        for pod in &mut made {
            pod.name_bare();
            pod.origins = Origins::of(&pod.root);
            pod.notes.extend(task.notes.iter().cloned());
            pod.notes.extend(self.version_note(generation));
            let mut seen = Vec::new();
            pod.notes.retain(|note| {
                !seen.contains(note) && {
                    seen.push(note.clone());
                    true
                }
            });
        }
        made
    }

    /// The pod of a task laid over the template of the cluster, with what that does to the task's values; `None` where there is none
    /// to lay it over.
    #[must_use]
    pub fn merged(&self, document: &Document, used: Option<&Use>) -> Option<(Node, Losses)> {
        let generation = Generation::of(document).filter(|_| document.kind == Kind::PythonTemplate)?;
        if self.base.is_none() || matches!(document.flavour, Flavour::V2App | Flavour::PluginRole) {
            return None;
        }
        let mut pod = submitted(document, used);
        pod.stamp();
        let mut task = Task::new(document, used, self, generation, pod.primary.clone());
        let root = task.pod(&pod.root, self.interruptible);
        Some((root, task.losses))
    }

    /// What the backend sets in a container that it makes itself, for a task without a template.
    fn finish_container(&self, root: &mut Node, make: Maker) {
        let Some(spec) = build::field_mut(root, "spec") else { return };
        for container in build::items_mut(spec, "containers") {
            build::set(container, "terminationMessagePolicy", make.text("FallbackToLogsOnError"));
            if let Some(policy) = self.platform.get("image-pull-policy") {
                build::set(container, "imagePullPolicy", policy.clone());
            }
        }
    }

    /// Whether the template of the cluster may give flytekit's regular containers of a name an amount: propeller takes it over from
    /// the one of that name, and for all from the primary one.
    #[must_use]
    pub fn gives(&self, container: Option<&str>, part: &str, resource: &str) -> bool {
        let spec = self.base.as_ref().and_then(|base| build::field(base, "spec"));
        let containers = spec.map(|spec| build::items(spec, "containers")).unwrap_or_default();
        containers.iter().any(|node| {
            let name = build::text(node, "name");
            let counts = (name.is_some() && name == container) || matches!(name, Some("default" | "primary"));
            let amounts = build::field(node, "resources").and_then(|resources| build::field(resources, part));
            counts && amounts.is_some_and(|amounts| build::field(amounts, resource).is_some())
        })
    }

    /// What is to be said where the named version is not one that podlint was held to.
    fn version_note(&self, generation: Generation) -> Option<String> {
        let named = self.version.as_deref().filter(|named| Generation::of_version(named) == Some(generation))?;
        let known = generation.version();
        (named.trim_start_matches('v') != known)
            .then(|| format!("made as by version {known} of the backend, the nearest to {named} that podlint knows"))
    }
}

impl<'a> Task<'a> {
    pub fn new(
        document: &'a Document,
        used: Option<&'a Use>,
        backend: &'a Backend,
        generation: Generation,
        primary: Option<String>,
    ) -> Self {
        let accelerator = used.and_then(|used| Accelerator::of(document.flavour, used));
        let make = Maker::flyte(document.head);
        Self {
            document,
            used,
            backend,
            generation,
            make,
            primary,
            accelerator,
            overrides: None,
            group: None,
            notes: Vec::new(),
            losses: Losses::default(),
        }
    }

    pub fn schedule(&self, interruptible: bool) -> Schedule<'a> {
        let (platform, generation, make) = (&self.backend.platform, self.generation, self.make);
        Schedule { platform, generation, interruptible, make }
    }

    pub const fn is_v1(&self) -> bool {
        matches!(self.generation, Generation::V1)
    }

    /// The same pod with the tolerations for extended resources, which only plugins get.
    pub fn pod_with_tolerations(&mut self, submitted: &Node, interruptible: bool) -> Node {
        let mut root = self.pod(submitted, interruptible);
        if let Some(spec) = build::field_mut(&mut root, "spec") {
            self.schedule(interruptible).tolerate_extended(spec);
        }
        root
    }

    /// `metadata` and `spec` of the task's pod, before names and labels of the run are added.
    pub fn pod(&mut self, submitted: &Node, interruptible: bool) -> Node {
        let make = self.make;
        let mut spec = match submitted.get("spec") {
            Field::Known(spec) => spec.clone(),
            Field::Missing => make.map([]),
            Field::Dynamic => return submitted.clone(),
        };
        unknown_fields::drop(&mut spec, self.generation, &mut self.notes);
        if self.generation == Generation::V2 {
            build::set(&mut spec, "enableServiceLinks", make.bool(false));
        }
        let mut meta = metadata::of(submitted, make);
        let schedule = self.schedule(interruptible);
        self.customize(&mut spec, &schedule);
        self.add_copilot(&mut spec);
        schedule.update(&mut spec);
        if let Some(account) = self.account().filter(|_| build::is_empty(&spec, "serviceAccountName")) {
            build::set(&mut spec, "serviceAccountName", account);
        }
        self.secure_primary(&mut spec);
        self.merge_templates(&mut spec, &mut meta, &schedule);
        if let Some(accelerator) = &self.accelerator {
            schedule.select_device(&mut spec, accelerator);
            metadata::note_slices(&mut meta, accelerator, &schedule);
        }
        self.share_memory(&mut spec);
        Node { setter: Setter::Author, ..make.map([("metadata", meta), ("spec", spec)]) }
    }

    /// Fills in each container by itself.
    fn customize(&mut self, spec: &mut Node, schedule: &Schedule<'_>) {
        let gpu = schedule.resource_of(self.accelerator.as_ref());
        let platform = &self.backend.platform;
        let mut amounts = Amounts::new(platform, schedule.devices());
        for list in ["initContainers", "containers"] {
            for container in build::items_mut(spec, list) {
                let name = build::text(container, "name").map(str::to_owned);
                let is_primary = list == "containers" && name.is_some() && name == self.primary;
                templated::render(container, self.make);
                metadata::add_variables(container, self.run(), platform, self.make);
                Amounts::rename_gpu(container, &gpu);
                let fill = is_primary || (list == "initContainers" && self.generation == Generation::V1);
                if let Some(overrides) = self.overrides.as_ref().filter(|_| fill) {
                    Amounts::override_with(container, overrides, self.make);
                }
                if self.generation == Generation::V1
                    && let Some(base) = self.resources_of_base(name.as_deref(), list)
                {
                    Amounts::fill_from(container, base, self.make);
                }
                let is_unsure = list == "containers" && (self.primary.is_none() || name.is_none());
                if !is_unsure {
                    amounts.adjust(container, if fill { Mode::Fill } else { Mode::Cut }, self.make);
                }
            }
        }
        self.notes.append(&mut amounts.notes);
    }

    /// The container of the base whose resources propeller gives to one that lacks them.
    fn resources_of_base(&self, name: Option<&str>, list: &str) -> Option<&'a Node> {
        let spec = build::field(self.backend.base.as_ref()?, "spec")?;
        let magic = if list == "containers" { ["primary", "default"] } else { ["primary-init", "default-init"] };
        let named =
            |wanted: &str| build::items(spec, list).iter().find(|node| build::text(node, "name") == Some(wanted));
        name.and_then(named).or_else(|| magic.into_iter().find_map(named))
    }

    fn secure_primary(&self, spec: &mut Node) {
        let Some(setting) = self.backend.platform.get("default-security-context") else { return };
        for container in build::items_mut(spec, "containers") {
            let is_primary = build::text(container, "name").is_some_and(|name| Some(name) == self.primary.as_deref());
            if is_primary && build::field(container, "securityContext").is_none() {
                build::set(container, "securityContext", setting.clone());
            }
        }
    }

    /// The template of the device's class, then the one of the cluster.
    fn merge_templates(&mut self, spec: &mut Node, meta: &mut Node, schedule: &Schedule<'_>) {
        let mut losses = Losses::default();
        let primary = self.primary.as_deref();
        let class = self.accelerator.as_ref().and_then(|accelerator| schedule.class(accelerator));
        if let Some(template) = class.and_then(|class| build::field(class.template.as_ref()?, "spec")) {
            *spec = merge::over_template(template, spec, primary, self.generation, &mut losses);
        }
        if let Some(base) = &self.backend.base {
            if let Some(template) = build::field(base, "spec") {
                *spec = merge::over_template(template, spec, primary, self.generation, &mut losses);
            }
            *meta = merge::metadata(build::field(base, "metadata"), meta);
        }
        self.notes.append(&mut losses.notes);
        self.losses = losses;
    }

    /// The volume of shared memory that a task asks for, and its mount.
    fn share_memory(&mut self, spec: &mut Node) {
        let Some(used) = self.used else { return };
        let of_group = self.group.as_ref().and_then(|group| build::field(group, "shm")).cloned();
        let of_task = || TaskResources::of(self.document.flavour, used).shared_memory;
        let Some(size) = of_group.or_else(of_task) else { return };
        let make = Maker { at: size.location, by: Setter::Environment };
        let name = if self.generation == Generation::V1 { "flyte-shared-memory" } else { "flyte-shm" };
        let size = match &size.value {
            Value::Bool(true) => make.text("0"),
            Value::String(text) if &**text == "auto" => make.text("0"),
            _ => Node { setter: make.by, ..size },
        };
        let index = self.primary.as_deref().and_then(|primary| build::container(spec, primary));
        let mounts = index.map(|index| build::items(&build::items(spec, "containers")[index], "volumeMounts"));
        let is_taken = |node: &Node| build::text(node, "name") == Some(name);
        let is_mounted = |node: &Node| is_taken(node) || build::text(node, "mountPath") == Some("/dev/shm");
        if build::items(spec, "volumes").iter().any(is_taken) {
            return self
                .notes
                .push(format!("refused: there is a volume `{name}` already, which Flyte adds for shared memory"));
        }
        if mounts.unwrap_or_default().iter().any(is_mounted) {
            return self
                .notes
                .push("refused: `/dev/shm` is mounted already, where Flyte mounts shared memory".to_owned());
        }
        let volume = make.map([("medium", make.text("Memory")), ("sizeLimit", size)]);
        append(spec, "volumes", make, [make.map([("name", make.text(name)), ("emptyDir", volume)])]);
        let mount = make.map([("name", make.text(name)), ("mountPath", make.text("/dev/shm"))]);
        with_list(spec, "containers", make, |list| {
            if let Some(container) = index.and_then(|index| list.items.get_mut(index)) {
                append(container, "volumeMounts", make, [mount]);
            }
        });
    }

    /// The service account that an environment of flyte names.
    pub fn account(&self) -> Option<Node> {
        let settings = &self.used.filter(|_| !self.is_v1())?.settings;
        build::field(settings, "service_account").filter(|node| !build::is_zero(node)).map(|node| {
            let by = Setter::Environment;
            Node { setter: by, ..node.clone() }
        })
    }

    /// What co-pilot adds to a container task, as far as it is known: which containers, volumes and mounts depends on the task's
    /// inputs and outputs, and on the settings.
    fn add_copilot(&self, spec: &mut Node) {
        if self.used.is_none_or(|used| used.kind != UseKind::ContainerTask) {
            return;
        }
        let make = self.make;
        let mut lists = vec!["initContainers", "volumes"];
        if self.is_v1() {
            lists.push("containers");
        }
        for list in lists {
            with_list(spec, list, make, |list| list.open = true);
        }
        let field = if self.is_v1() { "shareProcessNamespace" } else { "terminationGracePeriodSeconds" };
        build::set(spec, field, make.unknown("set by Flyte's co-pilot if the task has inputs or outputs"));
        for container in build::items_mut(spec, "containers") {
            if build::text(container, "name") == self.primary.as_deref() {
                with_list(container, "volumeMounts", make, |list| list.open = true);
                with_object(container, "securityContext", make, |context| {
                    if let Value::Map(map) = &mut context.value {
                        map.open = true;
                    }
                });
            }
        }
    }

    /// Which run this is for, as far as it makes a difference.
    pub fn run(&self) -> Run {
        Run { generation: self.generation }
    }

    /// Adds what only the pod of a task by itself gets.
    fn finished(&self, mut root: Node) -> Node {
        let make = self.make;
        let is_raw = self.used.is_some_and(|used| used.kind == UseKind::ContainerTask);
        let containers = build::field(&root, "spec").and_then(|spec| build::field(spec, "containers"));
        let only_one = containers.and_then(Node::as_list).is_some_and(|list| list.items.len() == 1 && !list.open);
        let is_sidecar_task = self.document.flavour == Flavour::V1Pod;
        let primary = match &self.primary {
            Some(primary) => make.text(primary),
            None => make.unknown("the name of the primary container"),
        };
        with_object(&mut root, "metadata", make, |meta| {
            if is_sidecar_task || (only_one && !is_raw) {
                with_object(meta, "annotations", make, |map| build::set(map, "primary_container_name", primary));
            }
            metadata::add_labels(meta, self.run(), &self.backend.platform, self.used, make);
        });
        root
    }
}
