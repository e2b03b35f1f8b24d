//! What a rule is, and what it is given to look at.

use std::cell::OnceCell;

use crate::config::{Settings, Version};
use crate::diagnostic::{Applicability, Authority, Change, Diagnostic, Fix, Label, Literal, Severity};
use crate::document::{Dialect, Document};
use crate::pod::Pod;
use crate::text::shortened;
use crate::tree::{Location, Node, Path, PathIndex, Step};

/// A rule: plain data and one function. Its page is the `//!` text at the top of its own file.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The name, which states the problem: `undefined-volume`.
    pub name: &'static str,
    /// Severity where the check does not say otherwise.
    pub severity: Severity,
    /// Who would object, where the check does not say otherwise.
    pub authority: Authority,
    /// Where it stands in the catalogue.
    pub group: Group,
    /// Whether it runs unless the user says otherwise; other rules run when they are selected or given a severity.
    pub enabled_by_default: bool,
    /// The text of the file that defines the rule.
    pub source: &'static str,
    /// The check.
    pub check: fn(&Context<'_>, &mut Findings),
}

/// What is known of a rule from its fixture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The languages in which it reports something.
    pub languages: Languages,
    /// The best fix that it offers.
    pub fix: Option<Applicability>,
}

impl Facts {
    /// Facts.
    #[must_use]
    pub const fn new(languages: Languages, fix: Option<Applicability>) -> Self {
        Self { languages, fix }
    }

    /// The fix in words.
    #[must_use]
    pub const fn fix_in_words(&self) -> &'static str {
        match self.fix {
            Some(Applicability::Safe) => "safe (`--fix`)",
            Some(Applicability::Unsafe) => "unsafe (`--unsafe-fixes`)",
            Some(Applicability::Manual) => "by hand, or in an editor",
            None => "none",
        }
    }
}

/// The languages in which a rule reports something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Languages {
    /// Python and YAML.
    Both,
    /// Python only.
    Python,
    /// YAML and JSON only.
    Yaml,
}

impl Languages {
    /// In words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Both => "Python, YAML",
            Self::Python => "Python",
            Self::Yaml => "YAML",
        }
    }
}

/// The sections of the rule catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The container that runs the task.
    Primary,
    /// The containers beside it.
    Sidecars,
    /// Volumes and where they are mounted.
    Volumes,
    /// How the template is written in Python.
    Python,
    /// What the API server checks.
    Kubernetes,
    /// What the user's own cluster has and allows.
    Cluster,
    /// What a careful platform team would want.
    Hygiene,
    /// Whether the file can be read at all.
    Input,
}

impl Group {
    /// All groups, in the order of the catalogue.
    pub const ALL: [Self; 8] = [
        Self::Primary,
        Self::Sidecars,
        Self::Volumes,
        Self::Python,
        Self::Kubernetes,
        Self::Cluster,
        Self::Hygiene,
        Self::Input,
    ];

    /// The word by which `--select` knows it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Sidecars => "sidecars",
            Self::Volumes => "volumes",
            Self::Python => "python",
            Self::Kubernetes => "kubernetes",
            Self::Cluster => "cluster",
            Self::Hygiene => "hygiene",
            Self::Input => "input",
        }
    }

    /// Its heading in the catalogue.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Primary => "The primary container, and Flyte",
            Self::Sidecars => "Sidecars",
            Self::Volumes => "Volumes and mounts",
            Self::Python => "Python",
            Self::Kubernetes => "What the API server checks",
            Self::Cluster => "Your cluster and policies",
            Self::Hygiene => "Good practice",
            Self::Input => "Files, configuration and comments",
        }
    }
}

/// Everything a check may ask.
pub struct Context<'a> {
    /// The document under check.
    pub document: &'a Document,
    /// Typed views over it.
    pub pod: Pod<'a>,
    /// The user's settings.
    pub settings: &'a Settings,
    paths: OnceCell<PathIndex<'a>>,
}

/// The findings of one rule.
#[derive(Debug, Default)]
pub struct Findings(Vec<Finding>);

/// A finding being put together; the rule's name is added by the pipeline.
#[derive(Clone, Debug)]
pub struct Finding {
    message: String,
    location: Location,
    path: Path,
    severity: Option<Severity>,
    authority: Option<Authority>,
    help: Option<String>,
    labels: Vec<Label>,
    fixes: Vec<Fix>,
}

impl Rule {
    /// The rule's page: the `//!` text of its file, in Markdown.
    #[must_use]
    pub fn page(&self) -> String {
        let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
    }

    /// The word for its default severity, or `off`.
    #[must_use]
    pub const fn level(&self) -> &'static str {
        if self.enabled_by_default { self.severity.as_str() } else { "off" }
    }

    /// The first sentence of the page.
    #[must_use]
    pub fn summary(&self) -> String {
        let page = self.page();
        let body = page.split("## What it does").nth(1).unwrap_or_default();
        let paragraph = body.trim_start().split("\n\n").next().unwrap_or_default().replace('\n', " ");
        let end = paragraph.find(". ").map_or(paragraph.len(), |at| at + 1);
        paragraph.get(..end).unwrap_or_default().trim().to_owned()
    }
}

impl<'a> Context<'a> {
    /// A context for one document.
    #[must_use]
    pub fn new(document: &'a Document, settings: &'a Settings) -> Self {
        Self { document, pod: Pod::new(document), settings, paths: OnceCell::new() }
    }

    /// A wire name as the user writes it.
    #[must_use]
    pub fn field<'n>(&self, wire: &'n str) -> std::borrow::Cow<'n, str> {
        self.document.dialect.field(wire)
    }

    /// Whether the document was written in Python.
    #[must_use]
    pub fn is_python(&self) -> bool {
        self.document.dialect == Dialect::Python
    }

    /// The way from the root to `node`.
    #[must_use]
    pub fn path(&self, node: &Node) -> Path {
        self.paths.get_or_init(|| PathIndex::new(&self.document.root)).path(node)
    }

    /// Whether the project surely has a `flyte` before this version.
    #[must_use]
    pub fn flyte_is_before(&self, major: u32, minor: u32, patch: u32) -> bool {
        self.settings.flyte.is_some_and(|found| found.is_before(Version::new(major, minor, patch)))
    }

    /// Whether the project allows a `flyte` before this version.
    #[must_use]
    pub fn flyte_may_be_before(&self, major: u32, minor: u32, patch: u32) -> bool {
        self.settings.flyte.is_some_and(|found| found.may_be_before(Version::new(major, minor, patch)))
    }

    /// A finding about a value.
    pub fn at(&self, node: &Node, message: impl Into<String>) -> Finding {
        Finding::new(node.head(), self.path(node), message.into()).used_at(node)
    }

    /// A finding about a field that `parent` lacks; it is shown at `location`.
    pub fn missing(&self, parent: &Node, wire: &str, location: Location, message: impl Into<String>) -> Finding {
        let mut path = self.path(parent);
        path.push(Step::from(wire));
        Finding::new(location, path, message.into())
    }

    /// A change that puts another value in the place of `node`.
    #[must_use]
    pub fn replace(&self, node: &Node, with: impl Into<Literal>) -> Change {
        Change::Replace { at: self.path(node), with: with.into() }
    }

    /// A change that takes `node` away.
    #[must_use]
    pub fn remove(&self, node: &Node) -> Change {
        Change::Remove { at: self.path(node) }
    }
}

impl Findings {
    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Adds a finding, if there is one.
    pub fn push_if(&mut self, finding: Option<Finding>) {
        self.0.extend(finding);
    }

    /// The findings as diagnostics of `rule`.
    pub fn into_diagnostics(self, rule: &Rule) -> impl Iterator<Item = Diagnostic> {
        self.0.into_iter().map(|finding| Diagnostic {
            path: Document::render_path(&finding.path),
            help: finding.help,
            labels: finding.labels,
            fixes: finding.fixes,
            ..Diagnostic::new(
                rule.name,
                finding.severity.unwrap_or(rule.severity),
                finding.authority.unwrap_or(rule.authority),
                finding.message,
                finding.location,
            )
        })
    }
}

impl Finding {
    fn new(location: Location, path: Path, message: String) -> Self {
        let (severity, authority, help) = (None, None, None);
        let message = shortened(message);
        Self { message, location, path, severity, authority, help, labels: Vec::new(), fixes: Vec::new() }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(shortened(help));
        self
    }

    /// Says what to do, unless that is said already.
    #[must_use]
    pub fn or_help(self, help: &str) -> Self {
        if self.help.is_some() { self } else { self.help(help) }
    }

    /// Points at a further place.
    #[must_use]
    pub fn label(mut self, location: Location, message: impl Into<String>) -> Self {
        self.labels.push(Label { location, message: shortened(message) });
        self
    }

    /// Offers a fix.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    /// Judges otherwise than the rule's default.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// Names another authority than the rule's default.
    #[must_use]
    pub fn authority(mut self, authority: Authority) -> Self {
        self.authority = Some(authority);
        self
    }

    /// Shows the finding elsewhere than at the value.
    #[must_use]
    pub fn shown_at(mut self, location: Location) -> Self {
        self.location = location;
        self
    }

    /// Labels the place where a value that was written elsewhere enters the template.
    fn used_at(self, node: &Node) -> Self {
        match &node.used_at {
            Some(place) if **place != self.location => self.label(**place, "used here"),
            _ => self,
        }
    }
}
