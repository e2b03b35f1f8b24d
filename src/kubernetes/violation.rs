//! What the API server would object to, collected while its checks run.

use std::cell::OnceCell;

use crate::diagnostic::{Fix, Label, Severity};
use crate::document::{Dialect, Document};
use crate::tree::{Location, Node, Path, PathIndex, Step};

/// One objection.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The rule that reports it.
    pub rule: &'static str,
    /// `Error` where the object is refused, `Warning` where the server only warns.
    pub severity: Severity,
    /// What is: lower case, no full stop.
    pub message: String,
    /// Where to change it.
    pub location: Location,
    /// The server's field path.
    pub path: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Further places.
    pub labels: Vec<Label>,
    /// Ways to mend it.
    pub fixes: Vec<Fix>,
}

impl Violation {
    /// Says what to do.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Points at a further place.
    pub fn label(&mut self, location: Location, message: impl Into<String>) -> &mut Self {
        self.labels.push(Label { location, message: message.into() });
        self
    }

    /// Offers a fix.
    pub fn fix(&mut self, fix: Fix) -> &mut Self {
        self.fixes.push(fix);
        self
    }

    /// Appends to the path where the server names a field below or beside the node: `.subPath`, `[cpu]`.
    pub fn below(&mut self, suffix: &str) -> &mut Self {
        self.path.push_str(suffix);
        self
    }

    /// Makes it a warning: the server admits the object.
    pub const fn warning(&mut self) -> &mut Self {
        self.severity = Severity::Warning;
        self
    }

    /// Shows it elsewhere than at the node.
    pub const fn shown_at(&mut self, location: Location) -> &mut Self {
        self.location = location;
        self
    }
}

/// The objections to one document.
#[derive(Debug)]
pub struct Violations<'a> {
    document: &'a Document,
    found: Vec<Violation>,
    paths: OnceCell<PathIndex>,
}

impl<'a> Violations<'a> {
    /// None yet.
    #[must_use]
    pub const fn new(document: &'a Document) -> Self {
        Self { document, found: Vec::new(), paths: OnceCell::new() }
    }

    /// The document under check.
    #[must_use]
    pub const fn document(&self) -> &'a Document {
        self.document
    }

    /// How the user writes names of fields.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.document.dialect
    }

    /// A wire name as the user writes it.
    #[must_use]
    pub fn field<'n>(&self, wire: &'n str) -> std::borrow::Cow<'n, str> {
        self.document.dialect.field(wire)
    }

    /// The steps from the root to `node`.
    #[must_use]
    pub fn path(&self, node: &Node) -> Path {
        self.paths.get_or_init(|| PathIndex::new(&self.document.root)).path(node)
    }

    /// An objection to a value; its path is the value's.
    pub fn at(&mut self, node: &Node, rule: &'static str, message: impl Into<String>) -> &mut Violation {
        let path = self.path(node);
        let used_at = node.used_at.as_deref().copied();
        let violation = self.add(rule, node.head(), &path, message.into());
        match used_at {
            Some(place) if place != violation.location => violation.label(place, "used here"),
            _ => violation,
        }
    }

    /// An objection to the field `wire` of `parent`, shown at its value where it is written, else at `parent`.
    pub fn at_field(
        &mut self,
        parent: &Node,
        wire: &str,
        rule: &'static str,
        message: impl Into<String>,
    ) -> &mut Violation {
        match parent.as_map().and_then(|map| map.entry(wire)) {
            Some(entry) => self.at(&entry.value, rule, message),
            None => {
                let mut path = self.path(parent);
                path.push(Step::from(wire));
                self.add(rule, parent.head(), &path, message.into())
            }
        }
    }

    /// The objection that a required field is not there or empty.
    pub fn required(&mut self, parent: &Node, wire: &str) -> &mut Violation {
        let message = format!("`{}` is required", self.field(wire));
        self.at_field(parent, wire, "missing-field", message)
    }

    /// The objections, in the order found.
    #[must_use]
    pub fn into_vec(self) -> Vec<Violation> {
        self.found
    }

    fn add(&mut self, rule: &'static str, location: Location, path: &[Step], message: String) -> &mut Violation {
        let index = self.found.len();
        self.found.push(Violation {
            rule,
            severity: Severity::Error,
            message,
            location,
            path: Document::render_path(path),
            help: None,
            labels: Vec::new(),
            fixes: Vec::new(),
        });
        &mut self.found[index]
    }
}
