//! What the API server would object to, collected while its checks run.

use std::cell::OnceCell;

use crate::diagnostic::{Authority, Diagnostic, Fix, Label, Severity};
use crate::document::{Dialect, Document};
use crate::schema::gates::Release;
use crate::text::shortened;
use crate::tree::{Location, Node, Path, PathIndex, Step};

/// How an objection is put together, step by step.
impl Diagnostic {
    /// Says what to do.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(shortened(help));
        self
    }

    /// Points at a further place.
    pub fn label(&mut self, location: Location, message: impl Into<String>) -> &mut Self {
        self.labels.push(Label { location, message: shortened(message) });
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

    /// Cuts the last field off the path: the server names the object that lacks it.
    pub fn parent_path(&mut self) -> &mut Self {
        self.path.truncate(self.path.rfind('.').unwrap_or_default());
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
    release: Release,
    found: Vec<Diagnostic>,
    paths: OnceCell<PathIndex<'a>>,
}

impl<'a> Violations<'a> {
    /// None yet.
    #[must_use]
    pub const fn new(document: &'a Document, release: Release) -> Self {
        Self { document, release, found: Vec::new(), paths: OnceCell::new() }
    }

    /// The release of Kubernetes whose server judges.
    #[must_use]
    pub const fn release(&self) -> Release {
        self.release
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
    pub fn at(&mut self, node: &Node, rule: &'static str, message: impl Into<String>) -> &mut Diagnostic {
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
    ) -> &mut Diagnostic {
        match parent.as_map().and_then(|map| map.entry(wire)) {
            Some(entry) => self.at(&entry.value, rule, message),
            None => {
                let mut path = self.path(parent);
                path.push(Step::from(wire));
                self.add(rule, parent.head(), &path, message.into())
            }
        }
    }

    /// An objection to a field below `parent` that is not there, nor perhaps the objects on the way to it.
    pub fn at_missing(
        &mut self,
        parent: &Node,
        wires: &[&str],
        rule: &'static str,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let mut path = self.path(parent);
        path.extend(wires.iter().map(|wire| Step::from(*wire)));
        self.add(rule, parent.head(), &path, message.into())
    }

    /// The objections to a text that breaks a format, one a broken rule.
    pub fn format(&mut self, node: &Node, rule: &'static str, what: &str, faults: &[&str]) {
        let found = node.as_str().unwrap_or_default().to_owned();
        for fault in faults {
            self.at(node, rule, format!("`{found}` is no valid {what}: it must have {fault}"));
        }
    }

    /// The objection to a value that is none of those allowed.
    pub fn one_of(&mut self, parent: &Node, wire: &str, allowed: &[&str]) -> Option<&mut Diagnostic> {
        let node = parent.get(wire).known()?;
        let found = node.as_str().filter(|found| !allowed.contains(found))?;
        let list: Vec<String> = allowed.iter().map(|value| format!("`{value}`")).collect();
        let message = format!("`{}` must be {}, not `{found}`", self.field(wire), alternatives(&list));
        let meant = crate::text::nearest(found, allowed.iter().copied()).and_then(|index| allowed.get(index));
        let path = self.path(node);
        let violation = self.at(node, "invalid-value", message);
        if let Some(meant) = meant {
            violation.help(format!("did you mean `{meant}`?"));
            let change = crate::diagnostic::Change::Replace { at: path, with: (*meant).into() };
            let case_only = meant.eq_ignore_ascii_case(found);
            let title = format!("write `{meant}`");
            violation.fix(if case_only {
                Fix::safe(title, vec![change])
            } else {
                Fix::needs_review(title, vec![change])
            });
        }
        Some(violation)
    }

    /// The objection to a whole number outside of a range.
    pub fn in_range(&mut self, parent: &Node, wire: &str, rule: &'static str, range: std::ops::RangeInclusive<i64>) {
        let Some(node) = parent.get(wire).known() else { return };
        if let crate::tree::Field::Known(value) = super::read::integer(parent, wire)
            && !range.contains(&value)
        {
            let (low, high) = (range.start(), range.end());
            let bounds = match (*low, *high) {
                (low, i64::MAX) => format!("at least {low}"),
                (low, high) => format!("between {low} and {high}"),
            };
            self.at(node, rule, format!("`{}` must be {bounds}, not {value}", self.field(wire)));
        }
    }

    /// The objection that a required field is not there or empty.
    pub fn required(&mut self, parent: &Node, wire: &str) -> &mut Diagnostic {
        let message = format!("`{}` is required", self.field(wire));
        self.at_field(parent, wire, "missing-field", message)
    }

    /// The objection to a negative number.
    pub fn not_negative(&mut self, parent: &Node, wire: &str) {
        self.in_range(parent, wire, "invalid-value", 0..=i64::MAX);
    }

    /// Requires a string; `false` when it is not there.
    pub fn require_text(&mut self, parent: &Node, wire: &str) -> bool {
        let there = super::read::string(parent, wire) != Some("");
        if !there {
            self.required(parent, wire);
        }
        there
    }

    /// Repeats the objections since `from` at other paths, where `path` gives one.
    pub fn repeat(&mut self, from: usize, path: impl Fn(&str) -> Option<String>) {
        let since = self.found.get(from..).unwrap_or_default();
        let copies: Vec<Diagnostic> =
            since.iter().filter_map(|found| Some(Diagnostic { path: path(&found.path)?, ..found.clone() })).collect();
        self.found.extend(copies);
    }

    /// Makes warnings of the objections since `from`: the server admits the object.
    pub fn admitted(&mut self, from: usize, help: &str) {
        for found in self.found.get_mut(from..).unwrap_or_default() {
            if found.severity == Severity::Error {
                found.warning();
                found.help.get_or_insert_with(|| help.to_owned());
            }
        }
    }

    /// How many objections there are so far.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.found.len()
    }

    /// The objections, in the order found.
    #[must_use]
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.found
    }

    fn add(&mut self, rule: &'static str, location: Location, path: &[Step], message: String) -> &mut Diagnostic {
        let index = self.found.len();
        self.found.push(Diagnostic {
            path: Document::render_path(path),
            ..Diagnostic::new(rule, Severity::Error, Authority::Kubernetes, shortened(message), location)
        });
        &mut self.found[index]
    }
}

/// `a`, `b` or `c`.
fn alternatives(list: &[String]) -> String {
    match list {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} or {last}", head.join(", ")),
    }
}
