//! Who put a value where it is.

/// Who put a value into a pod: the template's author, or somebody on its way to the API server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setter {
    /// The author of the template.
    #[default]
    Author,
    /// The task, its environment or its decorator.
    Environment,
    /// Flyte's SDK or backend, by itself.
    Flyte,
    /// The settings of the cluster: `plugins.k8s` and `task_resources` of Flyte's configuration.
    Platform,
    /// A `PodTemplate` of the cluster, merged underneath.
    Base,
    /// The API server's admission, by what is named here: the limit range, the runtime class, ….
    Admission(&'static str),
}

impl Setter {
    /// The setter in a word, for comments.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Author => "template",
            Self::Environment => "environment",
            Self::Flyte => "Flyte",
            Self::Platform => "cluster settings",
            Self::Base => "base template",
            Self::Admission(by) => by,
        }
    }
}
