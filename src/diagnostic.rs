//! What podlint says: a finding with its place, its help and its fixes.

use std::borrow::Cow;
use std::sync::Arc;

use crate::text::{Edit, one_line, shortened};
use crate::tree::{Location, Path};

/// How many findings of one file are reported: more than anybody reads, and a bound for hostile input.
pub const MAX_FINDINGS: usize = 2000;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Likely a surprise, or against a stated best practice.
    Warning,
    /// It will be refused, or it cannot run.
    Error,
}

impl Severity {
    /// All severities, the mildest first.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Error];

    /// The word used in every output and in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Who would object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authority {
    /// The Kubernetes API server.
    Kubernetes,
    /// The kubelet: the pod is admitted, and cannot run.
    Kubelet,
    /// Flyte's SDK or backend.
    Flyte,
    /// The Kubernetes Python client.
    Client,
    /// Python itself.
    Python,
    /// The cluster that the user described: its nodes, limits and objects.
    Cluster,
    /// Nobody; experience does.
    Practice,
}

impl Authority {
    /// All authorities.
    pub const ALL: [Self; 7] =
        [Self::Kubernetes, Self::Kubelet, Self::Flyte, Self::Client, Self::Python, Self::Cluster, Self::Practice];

    /// The word used in every output and in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kubernetes => "kubernetes",
            Self::Kubelet => "kubelet",
            Self::Flyte => "flyte",
            Self::Client => "client",
            Self::Python => "python",
            Self::Cluster => "cluster",
            Self::Practice => "practice",
        }
    }
}

/// A further place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// What is there: lower case, no full stop.
    pub message: String,
}

/// Whether a fix may be applied without being read first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// It surely does what the user meant: `--fix`.
    Safe,
    /// It may change what the user meant: `--unsafe-fixes`.
    Unsafe,
    /// Only the user can decide: editors offer it, and no option of the command line applies it.
    Manual,
}

impl Applicability {
    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::Manual => "manual",
        }
    }
}

/// A value to be written, in no particular language.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// A string.
    String(String),
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A list.
    List(Vec<Self>),
    /// An object, by wire names.
    Map(Vec<(String, Self)>),
}

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

/// A change of a document, said without knowing the language; the frontend lowers it to edits.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Another value at `at`.
    Replace {
        /// The node, from the document's root.
        at: Path,
        /// The new value.
        with: Literal,
    },
    /// The value at `at` as a string: what is written there, in quotes.
    Quote {
        /// The node, from the document's root.
        at: Path,
    },
    /// Another name for the entry at `at`.
    RenameKey {
        /// The entry, by its current key.
        at: Path,
        /// The new wire name; the frontend writes it in its dialect.
        to: String,
    },
    /// The entry or item at `at` is taken away; an emptied collection goes with its key.
    Remove {
        /// The node, from the document's root.
        at: Path,
    },
    /// A new entry in the object at `at`; objects on the way that do not exist are made.
    Insert {
        /// The object, from the document's root.
        at: Path,
        /// The wire name of the new entry.
        key: String,
        /// Its value.
        value: Literal,
    },
    /// Another name for the container that Flyte takes for the primary one.
    SetPrimary {
        /// The name.
        name: String,
    },
    /// A copy of an item, with one more entry, as the last item of another list; a list that does not exist is made.
    AppendCopy {
        /// The item that is copied, from the document's root.
        of: Path,
        /// The list, from the document's root.
        at: Path,
        /// The wire name and the value of the further entry.
        with: (String, Literal),
    },
    /// A new last item in the list at `at`; a list that does not exist is made.
    Append {
        /// The list, from the document's root.
        at: Path,
        /// The new item.
        value: Literal,
    },
}

/// A way to mend a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What it does, as an imperative: "rename to `data`".
    pub title: String,
    /// Whether it needs a second look.
    pub applicability: Applicability,
    /// What it does to the document.
    pub changes: Vec<Change>,
    /// The same as edits of the checked file; set by the pipeline, and a fix without edits is dropped.
    pub edits: Vec<Edit>,
    /// Where each change takes place; set by the pipeline.
    pub targets: Vec<Target>,
}

/// Where a change takes place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The key or value that the change is about, or the innermost object on its path that exists.
    pub at: Location,
    /// The object around it.
    pub within: Location,
    /// The number of steps of the change's path that lead to it.
    pub depth: usize,
}

impl Fix {
    /// A fix that may be applied unread.
    pub fn safe(title: impl Into<String>, changes: Vec<Change>) -> Self {
        Self {
            title: shortened(title),
            applicability: Applicability::Safe,
            changes,
            edits: Vec::new(),
            targets: Vec::new(),
        }
    }

    /// A fix that only the user can decide on.
    pub fn manual(title: impl Into<String>, changes: Vec<Change>) -> Self {
        Self { applicability: Applicability::Manual, ..Self::safe(title, changes) }
    }

    /// A fix that wants a second look.
    pub fn needs_review(title: impl Into<String>, changes: Vec<Change>) -> Self {
        Self { applicability: Applicability::Unsafe, ..Self::safe(title, changes) }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// The rule's name.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Who would object.
    pub authority: Authority,
    /// What is: lower case, no full stop, identifiers in backticks in the user's dialect.
    pub message: String,
    /// Where to change it.
    pub location: Location,
    /// The field from the document's root in wire names, as the API server writes it.
    pub path: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Further places.
    pub labels: Vec<Label>,
    /// Ways to mend it.
    pub fixes: Vec<Fix>,
    /// Where it belongs, lines aside.
    pub origin: Origin,
}

/// Where in the user's clusters a finding holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClusterPlaces {
    /// The nodes that cannot run the pod, and why.
    pub nodes: Vec<NodeVerdict>,
    /// The environments in which it holds; empty where it does not depend on them.
    pub environments: Vec<String>,
}

/// Nodes that are equal, and every reason why they cannot run a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeVerdict {
    /// A name for all of them.
    pub title: String,
    /// Their names; of a pool its own.
    pub names: Arc<Vec<String>>,
    /// The kind of each reason, and the reason.
    pub reasons: Vec<(&'static str, String)>,
}

/// Where in a template a finding belongs, said without lines; set by the pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Which document of the file, counted with the alternatives.
    pub document: Option<usize>,
    /// The template's name.
    pub template: Option<Box<str>>,
    /// The finding's path with the names of items instead of their numbers: `spec.containers[main].image`.
    pub place: Box<str>,
    /// Where the values around it are written, and where they enter the template.
    pub within: Vec<Location>,
    /// Whether the baseline holds it: it is reported and fails nothing.
    pub known: bool,
    /// In which clusters it holds, and on which of their nodes.
    pub cluster: ClusterPlaces,
}
impl Diagnostic {
    /// A finding with nothing beside its message.
    pub(crate) fn new(
        rule: &'static str,
        severity: Severity,
        authority: Authority,
        message: String,
        location: Location,
    ) -> Self {
        Self {
            rule,
            severity,
            authority,
            message,
            location,
            path: String::new(),
            help: None,
            labels: Vec::new(),
            fixes: Vec::new(),
            origin: Origin::default(),
        }
    }

    /// By what findings are ordered, and alike: where they are, and what they say of what.
    pub(crate) fn identity(&self) -> (Location, &str, &str, &str) {
        (self.location, self.rule, &self.message, &self.path)
    }

    /// Writes as escapes what a quoted value could do to a terminal or a log.
    pub(crate) fn make_safe(&mut self) {
        let labels = self.labels.iter_mut().map(|label| &mut label.message);
        let titles = self.fixes.iter_mut().map(|fix| &mut fix.title);
        let own = [&mut self.message, &mut self.path].into_iter().chain(&mut self.help);
        for text in own.chain(labels).chain(titles) {
            if let Cow::Owned(safe) = one_line(text) {
                *text = safe;
            }
        }
    }
}
