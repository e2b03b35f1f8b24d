//! One pod template that a frontend found: its tree, what kind it is, and where Flyte will use it.

use std::borrow::Cow;
use std::sync::Arc;

use crate::tree::{Field, Location, Node, Path, Step};

/// What a manifest is, or that it came from Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A `PodTemplate(...)` of the Flyte SDK.
    PythonTemplate,
    /// A task or app of a Flyte SDK that has no template of its own, but something that makes a pod of it worth a look: the
    /// configuration of a plugin, say. Its root is null, and rules about templates do not see it.
    PythonTask,
    /// A `kind: PodTemplate` manifest.
    PodTemplate,
    /// A `kind: Pod` manifest.
    Pod,
    /// A workload that holds a pod template: `Deployment`, `Job`, …
    Workload,
    /// A pod template inside Flyte's own configuration or helm values.
    Embedded,
}

/// Which of Flyte's (or nobody's) rules the pod will meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flavour {
    /// flytekit's task: the SDK adds a missing primary container.
    V1Task,
    /// flytekit's old `Pod` task configuration, whose primary container the backend knows by an annotation.
    V1Pod,
    /// The flyte SDK's task: a missing primary container is an error.
    V2Task,
    /// The flyte SDK's app: the primary container is called `app`.
    V2App,
    /// The head, worker, driver or executor of a plugin such as Ray and Spark, whose containers the backend names itself.
    PluginRole,
    /// A template in the cluster, merged under the pods of tasks.
    ClusterTemplate,
    /// A pod or workload that Flyte does not touch.
    Workload,
    /// A template whose use is not known: only what holds everywhere.
    Unknown,
}

/// How names of fields look to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `mountPath`.
    Manifest,
    /// `mount_path`.
    Python,
}

impl Dialect {
    /// A wire name as the user writes it.
    #[must_use]
    pub fn field(self, wire: &str) -> Cow<'_, str> {
        match self {
            Self::Manifest => Cow::Borrowed(wire),
            Self::Python => Cow::Owned(snake_case(wire)),
        }
    }
}

/// `hostPID` → `host_pid`: a new word starts where a capital follows a small letter, or ends a run of capitals.
fn snake_case(wire: &str) -> String {
    let characters: Vec<char> = wire.chars().collect();
    let mut result = String::with_capacity(wire.len() + 4);
    for (index, character) in characters.iter().enumerate() {
        let after_small = index > 0 && !characters.get(index - 1).is_some_and(char::is_ascii_uppercase);
        let before_small = characters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        if character.is_ascii_uppercase() && index > 0 && (after_small || before_small) {
            result.push('_');
        }
        result.push(character.to_ascii_lowercase());
    }
    result
}

/// The name by which Flyte finds the primary container.
#[derive(Clone, Debug, PartialEq)]
pub struct PrimaryName {
    /// The name; `Missing` where nothing in the document says one.
    pub name: Field<String>,
    /// Where it is written, if it is.
    pub location: Option<Location>,
}

impl PrimaryName {
    /// A name that is not written down but holds by default.
    #[must_use]
    pub fn by_default(name: &str) -> Self {
        Self { name: Field::Known(name.to_owned()), location: None }
    }
}

/// What a template is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UseKind {
    /// `TaskEnvironment(pod_template=…)` of flyte.
    TaskEnvironment,
    /// `AppEnvironment(pod_template=…)` of flyte.
    AppEnvironment,
    /// `@env.task` of flyte.
    Task,
    /// `task.override(pod_template=…)` of flyte.
    Override,
    /// `@task`, `@dynamic` or `@eager` of flytekit.
    V1Task,
    /// `node.with_overrides(pod_template=…)` of flytekit.
    WithOverrides,
    /// `ContainerTask(pod_template=…)`.
    ContainerTask,
    /// The head, worker, driver or executor of a plugin.
    PluginRole,
    /// Something that podlint does not know: a helper of another package, an attribute.
    Other,
}

impl UseKind {
    /// The kind in a few words, for messages.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::TaskEnvironment => "task environment",
            Self::AppEnvironment => "app environment",
            Self::Task | Self::V1Task => "task",
            Self::Override => "override of a task",
            Self::WithOverrides => "override of a node",
            Self::ContainerTask => "container task",
            Self::PluginRole => "role of a plugin",
            Self::Other => "use",
        }
    }
}

/// A place where a template is given to a task, app or plugin, with what is said there beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// To what.
    pub kind: UseKind,
    /// The class or argument of the SDK that takes it, where podlint knows it: `HeadNodeConfig`, `driver_pod`.
    pub taker: Option<&'static str>,
    /// Whose: the function's or environment's name.
    pub name: Option<String>,
    /// The argument that gives the template, or the decorator that takes the environment's.
    pub location: Location,
    /// The arguments of the environment and the task, a map by the names that the SDK gives them: `resources`, `env_vars`,
    /// `image`, `reusable`, ….
    pub settings: Node,
}

/// The condition of what holds only with the values that a Helm chart comes with.
pub const CHART_DEFAULTS: &str = "the chart's default values";

/// A test that only running the program would decide, and what is taken to come out of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    /// The test as written: `gpu`.
    pub test: String,
    /// Whether it holds.
    pub holds: bool,
    /// Where it is written.
    pub location: Location,
}

/// A pod template, ready to be checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The whole manifest, or for Python an object with `metadata` and `spec`.
    pub root: Node,
    /// From the root to the object that holds `metadata` and `spec` of the pod.
    pub template: Path,
    /// What it is.
    pub kind: Kind,
    /// The manifest's `apiVersion` and `kind`, where it has them.
    pub api: Option<(String, String)>,
    /// What judges it.
    pub flavour: Flavour,
    /// Which generation of Flyte's SDK makes it: 1 is flytekit, 2 is flyte; `None` for manifests and where it is not known.
    pub sdk: Option<u8>,
    /// Which container is the primary one.
    pub primary: PrimaryName,
    /// `metadata.name`, or the Python variable.
    pub name: Option<String>,
    /// Where it goes, as far as this file says.
    pub uses: Vec<Use>,
    /// The same template has a further document, for uses of another flavour.
    pub has_twin: bool,
    /// The condition that this document takes for granted: what holds on one way that the program may go.
    pub given: Option<Condition>,
    /// It is made in a function that nothing in the file calls, so that what raises there is not raised by the module itself.
    pub uncalled: bool,
    /// Where the checked file makes it, when a helper in another module does the work.
    pub made_at: Option<Location>,
    /// Why lists and objects at these places may hold more than is seen.
    pub opened: Arc<[(Location, String)]>,
    /// The document's first token: where to speak of the whole.
    pub head: Location,
    /// How to write names in messages.
    pub dialect: Dialect,
}

impl Document {
    /// The object with `metadata` and `spec` of the pod.
    #[must_use]
    pub fn pod_template(&self) -> Field<&Node> {
        self.template.iter().fold(Field::Known(&self.root), |field, step| match step {
            Step::Key(key) => field.then(|node| node.get(key)),
            Step::Index(index) => field.then(|node| {
                node.as_list().and_then(|list| list.items.get(*index)).map_or(Field::Dynamic, Field::Known)
            }),
        })
    }

    /// Whether this is not a whole manifest but a patch for one, as Kustomize has them: the server takes no workload of
    /// `apps/v1` without a selector.
    #[must_use]
    pub fn is_patch(&self) -> bool {
        let of_apps = self.api.as_ref().is_some_and(|(version, _)| version == "apps/v1");
        self.kind == Kind::Workload && of_apps && self.root.get("spec").then(|spec| spec.get("selector")).is_missing()
    }

    /// Whether Flyte puts something else in the place of this field: the primary container's command and arguments.
    #[must_use]
    pub fn replaces(&self, path: &[Step]) -> bool {
        let [Step::Key(spec), Step::Key(list), Step::Index(index), Step::Key(field), ..] = path else { return false };
        if self.kind != Kind::PythonTemplate || &**spec != "spec" || &**list != "containers" {
            return false;
        }
        let container = self.root.at(&[Step::from("spec"), Step::from("containers"), Step::Index(*index)]);
        let name = container.and_then(|container| container.text("name").known());
        matches!(&**field, "command" | "args")
            && name.is_some()
            && name == self.primary.name.as_ref().known().map(String::as_str)
    }

    /// Whether some part of it is only known at run time.
    #[must_use]
    pub fn is_partly_dynamic(&self) -> bool {
        self.root.has_dynamic_part() || self.primary.name.is_dynamic()
    }

    /// Writes a path as the API server does: `spec.containers[0].resources.limits[cpu]`.
    #[must_use]
    pub fn render_path(path: &[Step]) -> String {
        let mut text = String::new();
        let mut in_free_map = false;
        for step in path {
            match step {
                Step::Index(index) => text.push_str(&format!("[{index}]")),
                Step::Key(key) if in_free_map => text.push_str(&format!("[{key}]")),
                Step::Key(key) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(key);
                }
            }
            in_free_map = matches!(step, Step::Key(key) if !in_free_map && FREE_MAPS.contains(&&**key));
        }
        text
    }
}

/// Fields whose keys are the user's own.
const FREE_MAPS: &[&str] = &[
    "annotations",
    "labels",
    "limits",
    "matchLabels",
    "nodeSelector",
    "options",
    "overhead",
    "requests",
    "volumeAttributes",
];
