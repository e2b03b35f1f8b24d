//! The YAML and JSON frontend: documents of a stream, each read by itself, and edits for them.

mod compose;
mod documents;
mod embedded;
mod events;
mod flyte_settings;
mod json;
mod keys;
mod lower;
mod merge;
mod message;
mod patch;
mod recover;
mod scalar;
mod split;
mod templated;
mod units;

pub use documents::may_hold_template;
pub use lower::Editor;
pub use patch::take_for_part;

use super::comments::attach;
use super::{Parsed, open_everything};
use crate::config::{Limits, Settings};
use crate::diagnostic::{Authority, Diagnostic, Label, Severity};
use crate::document::Document;
use crate::source::{Language, Modules, SourceFile};
use crate::text::Span;
use crate::tree::{Location, Node, Step};
use compose::{Composed, Remark, compose, written_span};
use events::Problem;

/// Reads a file; documents that cannot hold a pod template are not even parsed.
#[must_use]
pub fn parse(source: &SourceFile, settings: &Settings, modules: &dyn Modules) -> Parsed {
    let mut parsed = Parsed::default();
    let mut remarks = Remarks::default();
    let mut around: Option<Around<'_>> = None;
    for span in split::parts(&source.text) {
        let text = span.slice(&source.text);
        if documents::may_hold_template(text, settings) {
            remarks.units.extend(text.starts_with("---").then_some(span));
            let around =
                around.get_or_insert_with(|| Around { settings, defaults: templated::Defaults::of(source, modules) });
            parse_part(source.language, text, span.start, around, &mut parsed, &mut remarks);
        } else if source.language == Language::Yaml && speaks_to_podlint(text) {
            // What is said of the whole file may stand in any of its documents.
            remarks.take(&compose(text, span.start, &settings.limits));
        }
    }
    parsed.comments = attach(&source.text, &remarks.places, &remarks.units);
    parsed
}

fn speaks_to_podlint(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"podlint").is_some()
}

/// What decides on how a text is read.
struct Around<'a> {
    settings: &'a Settings,
    /// The values of the chart that the file is a template of.
    defaults: Option<templated::Defaults>,
}

/// The comments of a file, and the parts that they can be about.
#[derive(Default)]
struct Remarks {
    places: Vec<Span>,
    units: Vec<Span>,
}

impl Remarks {
    fn take(&mut self, composed: &Composed) {
        if !composed.comments.is_empty() {
            self.places.extend(&composed.comments);
            composed.roots.iter().for_each(|root| units::collect(root, &mut self.units));
        }
    }
}

fn parse_part(
    language: Language,
    text: &str,
    base: u32,
    around: &Around<'_>,
    parsed: &mut Parsed,
    remarks: &mut Remarks,
) {
    let settings = around.settings;
    if templated::is_templated(text) {
        let ways = templated::compose(text, base, settings, around.defaults.as_ref());
        if ways.is_empty() {
            parsed.is_partial = true;
            parsed.diagnostics.push(templated_note(text, base));
        }
        let texts = embedded_texts(ways.first().map(|way| &way.composed), text, base, settings);
        for way in ways {
            remarks.take(&way.composed);
            take_way(way, text, settings, parsed);
        }
        parse_embedded(&texts, (text, base), around, parsed, remarks);
        return;
    }
    let mut composed = read(language, text, base, &settings.limits);
    composed.remarks.extend(split::other_version(text, base).filter(|_| language == Language::Yaml));
    if let Some(problem) = composed.error.take() {
        parsed.diagnostics.push(syntax_error(&problem));
        composed = recover::recover(text, base, problem.offset, &settings.limits).unwrap_or_default();
    }
    remarks.take(&composed);
    let texts = embedded_texts(Some(&composed), text, base, settings);
    take(composed, text, settings, parsed);
    parse_embedded(&texts, (text, base), around, parsed, remarks);
}

/// Where manifests are text in what was composed.
fn embedded_texts(composed: Option<&Composed>, text: &str, base: u32, settings: &Settings) -> Vec<Span> {
    let roots = composed.into_iter().flat_map(|composed| &composed.roots);
    roots.flat_map(|root| embedded::texts(root, settings, text, base)).collect()
}

/// Reads manifests that are text in others. What is no template is no matter of podlint's, not even as YAML.
fn parse_embedded(
    texts: &[Span],
    (text, base): (&str, u32),
    around: &Around<'_>,
    parsed: &mut Parsed,
    remarks: &mut Remarks,
) {
    for body in texts {
        for span in embedded::parts(text, Span::new(body.start - base, body.end - base)) {
            let inner = span.slice(text);
            if documents::may_hold_template(inner, around.settings) {
                let known = parsed.diagnostics.len();
                let templates = parsed.documents.len();
                parse_part(Language::Yaml, inner, span.start + base, around, parsed, remarks);
                if parsed.documents.len() == templates {
                    parsed.diagnostics.truncate(known);
                }
            }
        }
    }
}

/// Reads a text as what its file's name says. Tools fall back to YAML for JSON that is none, as for one more comma.
fn read(language: Language, text: &str, base: u32, limits: &Limits) -> Composed {
    if language != Language::Json {
        return compose(text, base, limits);
    }
    let composed = json::read(text, base, limits);
    if composed.error.is_none() {
        return composed;
    }
    let lenient = compose(text, base, limits);
    if lenient.error.is_none() { lenient } else { composed }
}

/// The manifests of a file.
///
/// # Errors
/// The place and the reason when the text cannot be read.
pub(super) fn manifests(source: &SourceFile, limits: &Limits) -> Result<Vec<Node>, (Span, String)> {
    let mut roots = Vec::new();
    for span in split::parts(&source.text) {
        let mut composed = read(source.language, span.slice(&source.text), span.start, limits);
        if let Some(problem) = composed.error.take().or(composed.over_limit.take()) {
            return Err((problem.span, problem.message));
        }
        roots.extend(composed.roots);
    }
    Ok(roots)
}

/// Whether the first document of a text is a mapping or a list, templates of Helm included.
pub(super) fn begins_with_collection(text: &str, limits: &Limits) -> bool {
    if templated::is_templated(text)
        && text.lines().any(|line| line.starts_with("kind:") || line.starts_with("apiVersion:"))
    {
        return true;
    }
    let Some(span) =
        split::parts(text).into_iter().find(|span| !span.slice(text).trim_start_matches("---").trim().is_empty())
    else {
        return false;
    };
    let composed = read(Language::Yaml, span.slice(text), span.start, limits);
    let is_collection = |root: &Node| root.as_map().is_some() || root.as_list().is_some();
    composed.error.is_none() && composed.roots.first().is_some_and(is_collection)
}

/// The tree of a JSON text.
///
/// # Errors
/// What is wrong when it is none, or beyond a limit.
pub(super) fn read_json(text: &str, limits: &Limits) -> Result<Node, Box<Diagnostic>> {
    let mut composed = json::read(text, 0, limits);
    if let Some(problem) = composed.over_limit.take() {
        return Err(Box::new(limit_exceeded(&problem)));
    }
    if let Some(problem) = composed.error.take() {
        return Err(Box::new(syntax_error(&problem)));
    }
    let empty = || Box::new(diagnostic("syntax-error", "the file is empty".to_owned(), Span::at(0), None));
    composed.roots.pop().ok_or_else(empty)
}

/// Adds what was composed to the result of the file.
fn take(mut composed: Composed, text: &str, settings: &Settings, parsed: &mut Parsed) {
    if let Some(problem) = composed.over_limit {
        parsed.diagnostics.push(limit_exceeded(&problem));
        return;
    }
    if patch::may_hold_directives(text) {
        composed.roots.iter_mut().for_each(patch::take_directives);
    }
    let known = parsed.documents.len();
    for root in composed.roots {
        parsed.documents.extend(documents::documents(root, settings));
    }
    // What is said of the text matters only where the text is a pod template.
    let found = parsed.documents.get(known..).unwrap_or_default();
    parsed.diagnostics.extend(composed.remarks.into_iter().filter_map(|note| remark(note, found)));
}

/// Adds one way of a template: the first as its documents, others as what these may be instead.
fn take_way(way: templated::Composition, text: &str, settings: &Settings, parsed: &mut Parsed) {
    let known = parsed.documents.len();
    take(way.composed, text, settings, parsed);
    parsed.is_partial |= way.is_partial && parsed.documents.len() > known;
    if let Some(given) = way.given {
        let others = parsed.documents.split_off(known);
        let others = others.into_iter().map(|document| Document { given: Some(given.clone()), ..document });
        parsed.alternatives.extend(others);
    }
}

fn remark(remark: Remark, documents: &[Document]) -> Option<Diagnostic> {
    let around = documents.iter().find(|document| document.root.location.span.contains(remark.span));
    // Keys of other items of a list are not podlint's business; a text that cannot be read is.
    let matters = around.is_some() || (remark.rule == "syntax-error" && !documents.is_empty());
    let label = remark.label.map(|(span, message)| Label { location: span.into(), message: message.to_owned() });
    matters.then(|| Diagnostic {
        path: around.map(|document| path_to(&document.root, remark.span, remark.key.as_deref())).unwrap_or_default(),
        labels: label.into_iter().collect(),
        severity: severity_of(remark.rule),
        ..diagnostic(remark.rule, remark.message, remark.span, remark.help)
    })
}

/// A remark that is about one way of sending a manifest is no error.
fn severity_of(rule: &str) -> Severity {
    if rule == "overridden-merge-key" { Severity::Info } else { Severity::Error }
}

/// The path of what is written at a span of a tree, as far as the tree shows it, with a last step below it.
fn path_to(root: &Node, span: Span, key: Option<&str>) -> String {
    let mut path = Vec::new();
    let mut node = root;
    loop {
        let below = |child: &&Node| written_span(child).contains(span);
        let entries = node.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
        let items = node.as_list().map(|list| list.items.as_slice()).unwrap_or_default();
        if let Some(entry) = entries.iter().find(|entry| below(&&entry.value)) {
            path.push(Step::Key(entry.key.wire.clone()));
            node = &entry.value;
        } else if let Some((index, item)) = item_around(items, span) {
            path.push(Step::Index(index));
            node = item;
        } else {
            path.extend(key.map(Step::from));
            return Document::render_path(&path);
        }
    }
}

/// The item of a list that holds a span: items stand in the order of the text.
fn item_around(items: &[Node], span: Span) -> Option<(usize, &Node)> {
    let index = items.partition_point(|item| written_span(item).start <= span.start).checked_sub(1)?;
    let item = items.get(index)?;
    written_span(item).contains(span).then_some((index, item))
}

fn syntax_error(problem: &Problem) -> Diagnostic {
    diagnostic("syntax-error", problem.message.clone(), problem.span, problem.help)
}

fn limit_exceeded(problem: &Problem) -> Diagnostic {
    let found = diagnostic("limit-exceeded", problem.message.clone(), problem.span, problem.help);
    Diagnostic { authority: Authority::Practice, ..found }
}

fn templated_note(text: &str, base: u32) -> Diagnostic {
    let at = text.find("{{").or_else(|| text.find("{%")).unwrap_or_default();
    let start = base + u32::try_from(at).unwrap_or_default();
    let message = "not checked: this Helm or Jinja template is not valid YAML before rendering".to_owned();
    let help = Some("check the rendered manifest, e.g. `helm template … | podlint check -`");
    let note = diagnostic("templated-file", message, Span::new(start, start + 2), help);
    Diagnostic { severity: Severity::Info, authority: Authority::Practice, ..note }
}

fn diagnostic(rule: &'static str, message: String, span: Span, help: Option<&'static str>) -> Diagnostic {
    Diagnostic {
        help: help.map(str::to_owned),
        ..Diagnostic::new(rule, Severity::Error, Authority::Kubernetes, message, Location::main(span))
    }
}
