//! From text to documents, and from semantic changes back to text edits: one folder a language.

mod comments;
mod lowered;
pub mod python;
pub mod yaml;

pub use comments::Comment;
pub use lowered::Lowered;

use crate::config::{Limits, Settings};
use crate::diagnostic::{Authority, Change, Diagnostic, MAX_FINDINGS, Severity};
use crate::document::Document;
use crate::source::{Language, Modules, SourceFile};
use crate::text::Span;
use crate::tree::{Node, Value};

/// What a frontend makes of a file.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The pod templates, in the order of the text.
    pub documents: Vec<Document>,
    /// What they would be where a test that only running decides came out one way, as far as that makes a difference.
    pub alternatives: Vec<Document>,
    /// The comments that speak to podlint.
    pub comments: Vec<Comment>,
    /// The same of file 1, 2, ….
    pub module_comments: Vec<Vec<Comment>>,
    /// What is wrong with the text itself.
    pub diagnostics: Vec<Diagnostic>,
    /// Modules that the file imports from: file 1, 2, ….
    pub modules: Vec<std::sync::Arc<SourceFile>>,
    /// The text that spans refer to where it is not the file's own (notebooks).
    pub view: Option<std::sync::Arc<SourceFile>>,
    /// Whether the text is a template of which only a part could be read.
    pub is_partial: bool,
    /// The syntax tree of a Python text: fixes find their places in it.
    syntax: Option<python::source::Syntax>,
}

/// Reads a file; `modules` finds what it imports.
#[must_use]
pub fn parse(source: &SourceFile, settings: &Settings, modules: &dyn Modules) -> Parsed {
    match source.language {
        Language::Yaml | Language::Json => yaml::parse(source, settings, modules),
        Language::Python | Language::Notebook => {
            let mut parsed = python::parse(source, settings, modules);
            let repeated = parsed.syntax.as_ref().map(python::Editor::repeated_keywords).unwrap_or_default();
            parsed.diagnostics.extend(repeated.into_iter().take(MAX_FINDINGS).map(repeated_keyword));
            parsed
        }
    }
}

/// CPython compiles no module in which a call has a keyword twice.
fn repeated_keyword((span, name): (Span, String)) -> Diagnostic {
    Diagnostic::new(
        "syntax-error",
        Severity::Error,
        Authority::Practice,
        format!("keyword argument repeated: `{name}`"),
        span.into(),
    )
}

/// Takes the manifests of a file for parts of others, as patches are: what they do not say is unknown.
pub fn take_for_parts(parsed: &mut Parsed) {
    parsed.documents.iter_mut().for_each(yaml::take_for_part);
}

/// Whether there is nothing to find in a file: it neither speaks of templates nor imports a module that does.
#[must_use]
pub fn is_irrelevant(language: Language, path: &std::path::Path, text: &str, modules: &dyn Modules) -> bool {
    match language {
        Language::Python | Language::Notebook => python::is_irrelevant(language, path, text, modules),
        Language::Yaml | Language::Json => false,
    }
}

/// Whether a text mentions templates at all.
#[must_use]
pub fn may_hold_template(language: Language, text: &str, settings: &Settings) -> bool {
    match language {
        Language::Yaml | Language::Json => yaml::may_hold_template(text, settings),
        Language::Python | Language::Notebook => python::may_hold_template(text),
    }
}

/// Whether a text of no name is Python: it parses as such, and not as a mapping or list in YAML.
#[must_use]
pub fn looks_like_python(text: &str) -> bool {
    let limits = Limits::default();
    let collection = yaml::begins_with_collection(text, &limits);
    !text.trim().is_empty()
        && !collection
        && python::source::parse(text, limits.depth).is_ok_and(|syntax| syntax.has_valid_syntax())
}

/// The manifests of a YAML or JSON text, whatever they are.
///
/// # Errors
/// The place and the reason when it cannot be read.
pub fn manifests(source: &SourceFile, limits: &Limits) -> Result<Vec<Node>, (Span, String)> {
    yaml::manifests(source, limits)
}

/// The edits of `source` that make `changes` to `document`; for many changes an [`Editor`] spares repeated work.
#[must_use]
pub fn lower(source: &SourceFile, document: &Document, changes: &[Change]) -> Option<Lowered> {
    Editor::new(source, document, &Parsed::default()).lower(changes)
}

/// Makes edits of the text that a document was read from.
#[derive(Debug)]
pub struct Editor<'a> {
    document: &'a Document,
    language: LanguageEditor<'a>,
}

#[derive(Debug)]
enum LanguageEditor<'a> {
    /// Of YAML and JSON.
    Yaml(yaml::Editor<'a>),
    /// Of Python.
    Python(python::Editor<'a>),
}

impl<'a> Editor<'a> {
    /// `source` is the text that the document's spans refer to (for a notebook its view), `parsed` what was made of it.
    #[must_use]
    pub fn new(source: &'a SourceFile, document: &'a Document, parsed: &'a Parsed) -> Self {
        let language = match source.language {
            Language::Yaml | Language::Json => LanguageEditor::Yaml(yaml::Editor::new(source, document)),
            Language::Python | Language::Notebook => {
                LanguageEditor::Python(python::Editor::new(source, document, parsed.syntax.as_ref()))
            }
        };
        Self { document, language }
    }

    /// The edits that make `changes`; `None` where the text does not allow it.
    #[must_use]
    pub fn lower(&self, changes: &[Change]) -> Option<Lowered> {
        let targets: Option<Vec<_>> = changes.iter().map(|change| lowered::target(self.document, change)).collect();
        let (edits, is_doubtful) = match &self.language {
            LanguageEditor::Yaml(editor) => (editor.lower(changes)?, false),
            LanguageEditor::Python(editor) => {
                (editor.lower(changes)?, changes.iter().any(|change| editor.is_doubtful(change)))
            }
        };
        Some(Lowered { edits, targets: targets?, is_doubtful })
    }
}

/// Makes every absence unknown: something was left out on the way to this tree.
fn open_everything(node: &mut Node) {
    match &mut node.value {
        Value::Map(map) => {
            map.open = true;
            map.entries.iter_mut().for_each(|entry| open_everything(&mut entry.value));
        }
        Value::List(list) => {
            list.open = true;
            list.items.iter_mut().for_each(open_everything);
        }
        Value::Null => *node = Node::dynamic("not readable", node.location),
        _ => {}
    }
}
