//! The Python frontend: an abstract interpreter that finds the pod templates a module makes, and edits for them.

mod bounds;
mod budget;
mod builders;
mod builtins;
mod calls;
mod classes;
mod comprehensions;
mod constructors;
mod control;
mod expressions;
mod files;
mod formatting;
mod functions;
mod incidents;
mod interpreter;
mod join;
mod json_text;
mod library;
mod lower;
mod marks;
mod methods;
mod modules;
mod names;
pub mod notebook;
mod operators;
mod pieces;
mod prescan;
mod sdk;
mod statements;
mod strings;
mod tree;
mod units;
mod uses;
mod value;

pub use lower::Editor;

use std::path::Path;
use std::sync::{Arc, LazyLock};

use memchr::memmem::Finder;
use ruff_python_ast::ModModule;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;

use super::comments::{Comment, attach};
use super::{Parsed, yaml};
use crate::config::Settings;
use crate::diagnostic::{Authority, Diagnostic, Origin, Severity};
use crate::document::{Condition, Document};
use crate::source::{Language, Modules, SourceFile};
use crate::text::Span;
use crate::tree::Location;
use interpreter::Interpreter;
use modules::Project;

/// A module as the parser gives it.
pub type Syntax = ruff_python_parser::Parsed<ModModule>;

/// How many tests that only running decides are tried both ways.
const MAX_ALTERNATIVES: usize = 6;

/// Reads a module or notebook; files that cannot make a template are not even parsed.
#[must_use]
pub fn parse(source: &SourceFile, settings: &Settings, modules: &dyn Modules) -> Parsed {
    if !may_hold_template(&source.text) {
        return Parsed::default();
    }
    if source.language != Language::Notebook {
        return parse_module(&source.path, &source.text, settings, modules);
    }
    match notebook::open(source, settings) {
        Ok(view) => {
            Parsed { view: Some(Arc::new(view.clone())), ..parse_module(&source.path, &view.text, settings, modules) }
        }
        // JSON is no matter of the API server here.
        Err(problem) => {
            let problem = Diagnostic { authority: Authority::Practice, ..*problem };
            Parsed { diagnostics: vec![problem], ..Parsed::default() }
        }
    }
}

/// Whether a text speaks of templates at all.
#[must_use]
pub fn may_hold_template(text: &str) -> bool {
    // `PodTemplate` and `pod_template` end alike, so most texts are looked through only twice.
    static ENDING: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("emplate"));
    static PLUGIN: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("flytekitplugins.pod"));
    let bytes = text.as_bytes();
    let begins = |at: usize| bytes.get(..at).is_some_and(|head| head.ends_with(b"PodT") || head.ends_with(b"pod_t"));
    ENDING.find_iter(bytes).any(begins) || PLUGIN.find(bytes).is_some()
}

fn parse_module(path: &Path, text: &str, settings: &Settings, modules: &dyn Modules) -> Parsed {
    let mut parsed = Parsed::default();
    let module = match bounds::parse(text, settings.limits.depth) {
        Ok(module) => module,
        Err(bounds::TooDeep { span, message }) => {
            parsed.diagnostics.push(diagnostic("limit-exceeded", Severity::Warning, message, span));
            return parsed;
        }
    };
    if let Some(error) = module.errors().first() {
        let message = sentence(&error.error.to_string());
        parsed.diagnostics.push(diagnostic("syntax-error", Severity::Error, message, visible(text, error.location)));
    }
    parsed.comments = comments(text, &module);
    let project = Project::load(path, module.suite(), modules, &settings.limits);
    let evaluate = |given: Option<Condition>| {
        let mut interpreter = Interpreter::new(path, text, &project, modules, &settings.limits);
        interpreter.given = given;
        interpreter.cluster_templates.clone_from(&settings.templates);
        interpreter.variables.clone_from(&settings.variables);
        interpreter.run(module.suite());
        interpreter
    };
    let mut interpreter = evaluate(None);
    if interpreter.cut_short {
        parsed.diagnostics.push(cut_short_note(text, settings.limits.steps));
    }
    parsed.diagnostics.append(&mut interpreter.incidents);
    parsed.documents = interpreter.documents();
    if interpreter.is_overgrown() {
        parsed.diagnostics.push(overgrown_note(text, settings.limits.alias_nodes));
    }
    let mut conditions = std::mem::take(&mut interpreter.conditions);
    let is_partial = interpreter.cut_short || interpreter.is_overgrown();
    conditions.truncate(if is_partial || parsed.documents.is_empty() { 0 } else { MAX_ALTERNATIVES });
    for condition in conditions {
        for holds in [true, false] {
            let other = evaluate(Some(Condition { holds, ..condition.clone() }));
            add_alternative(&mut parsed, &other, &interpreter);
        }
    }
    parsed.modules = project.modules.iter().map(|module| Arc::clone(&module.source)).collect();
    parsed.module_comments =
        project.modules.iter().map(|module| comments(&module.source.text, &module.parsed)).collect();
    parsed.module_comments.extend(interpreter.files.iter().map(|file| yaml::comments(&file.text, &settings.limits)));
    parsed.modules.append(&mut interpreter.files);
    if !module.errors().is_empty() {
        // What the parser made up or left out must not look like an absence.
        let documents = parsed.documents.iter_mut().chain(&mut parsed.alternatives);
        documents.for_each(|document| super::open_everything(&mut document.root));
    }
    parsed.syntax = Some(module);
    parsed
}

/// The comments of a module that speak to podlint.
fn comments(text: &str, module: &Syntax) -> Vec<Comment> {
    if memchr::memmem::find(text.as_bytes(), b"podlint").is_none() {
        return Vec::new();
    }
    let tokens = module.tokens().iter().filter(|token| token.kind() == TokenKind::Comment);
    let places: Vec<Span> = tokens.map(|token| span(token.range())).collect();
    attach(text, &places, &units::units(module.suite()))
}

/// Keeps what is otherwise where a condition is taken for granted.
fn add_alternative(parsed: &mut Parsed, other: &Interpreter<'_>, base: &Interpreter<'_>) {
    let same_files = other.files.iter().zip(&base.files).all(|(a, b)| a.path == b.path);
    if other.cut_short || other.is_overgrown() || !same_files || other.files.len() > base.files.len() {
        return;
    }
    let known = |found: &Diagnostic| {
        parsed.diagnostics.iter().any(|known| (known.rule, known.location) == (found.rule, found.location))
    };
    let incidents: Vec<Diagnostic> = other.incidents.iter().filter(|found| !known(found)).cloned().collect();
    let differs = |document: &Document| {
        parsed.documents.iter().all(|base| base.head != document.head || base.root != document.root)
    };
    let documents = other.documents().into_iter().filter(differs);
    let documents: Vec<Document> =
        documents.map(|document| Document { given: other.given.clone(), ..document }).collect();
    parsed.diagnostics.extend(incidents);
    parsed.alternatives.extend(documents);
}

/// Says that a part of a module was not evaluated.
fn cut_short_note(text: &str, steps: usize) -> Diagnostic {
    partly_checked(text, format!("to evaluate this module takes more than `limits.steps` ({steps})"))
}

/// Says that documents hold too much.
fn overgrown_note(text: &str, nodes: usize) -> Diagnostic {
    let why = "objects that are used in several places make more values than `limits.alias-nodes`";
    partly_checked(text, format!("{why} ({nodes})"))
}

/// A remark on the first place that speaks of templates.
fn partly_checked(text: &str, why: String) -> Diagnostic {
    let place = text.find("PodTemplate").or_else(|| text.find("pod_template")).unwrap_or_default();
    let span = Span::from_range(place..place + 11);
    diagnostic("limit-exceeded", Severity::Warning, format!("only partly checked: {why}"), span)
}

fn span(range: ruff_text_size::TextRange) -> Span {
    Span::new(range.start().to_u32(), range.end().to_u32())
}

/// A place to show: a parser's empty range becomes the character there, or the last one before it.
fn visible(text: &str, range: ruff_text_size::TextRange) -> Span {
    let found = span(range);
    if !found.is_empty() && !found.slice(text).trim().is_empty() {
        return found;
    }
    let head = text.get(..found.start as usize).unwrap_or_default().trim_end();
    let last = head.chars().next_back().map_or(0, char::len_utf8);
    Span::from_range(head.len() - last..head.len())
}

/// The parser's message in the form of podlint's.
fn sentence(message: &str) -> String {
    let mut characters = message.trim_end_matches('.').chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

fn diagnostic(rule: &'static str, severity: Severity, message: String, span: Span) -> Diagnostic {
    Diagnostic {
        rule,
        severity,
        authority: Authority::Practice,
        message,
        location: Location::main(span),
        path: String::new(),
        help: None,
        labels: Vec::new(),
        fixes: Vec::new(),
        origin: Origin::default(),
    }
}
