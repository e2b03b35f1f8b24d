//! The Python frontend: an abstract interpreter that finds the pod templates a module makes, and edits for them.

mod bounds;
mod builders;
mod builtins;
mod calls;
mod classes;
mod comprehensions;
mod constructors;
mod control;
mod expressions;
mod files;
mod functions;
mod incidents;
mod interpreter;
mod join;
mod lower;
mod methods;
mod modules;
mod names;
pub mod notebook;
mod sdk;
mod statements;
mod strings;
mod tree;
mod uses;
mod value;

pub use lower::lower;

use std::path::Path;
use std::sync::Arc;

use ruff_python_ast::PySourceType;
use ruff_python_parser::parse_unchecked_source;
use ruff_text_size::Ranged;

use super::{Comment, Parsed};
use crate::config::Settings;
use crate::diagnostic::{Authority, Diagnostic, Severity};
use crate::source::{Language, Modules, SourceFile};
use crate::text::Span;
use crate::tree::Location;
use interpreter::Interpreter;
use modules::Project;

/// Reads a module or notebook; files that cannot make a template are not even parsed.
#[must_use]
pub fn parse(source: &SourceFile, settings: &Settings, modules: &dyn Modules) -> Parsed {
    if memchr::memmem::find(source.text.as_bytes(), b"PodTemplate").is_none() {
        return Parsed::default();
    }
    if source.language != Language::Notebook {
        return parse_module(&source.path, &source.text, settings, modules);
    }
    match notebook::open(source, settings) {
        Ok(view) => {
            Parsed { view: Some(Arc::new(view.clone())), ..parse_module(&source.path, &view.text, settings, modules) }
        }
        Err((span, message)) => Parsed {
            diagnostics: vec![diagnostic("syntax-error", Severity::Error, message, span)],
            ..Parsed::default()
        },
    }
}

fn parse_module(path: &Path, text: &str, settings: &Settings, modules: &dyn Modules) -> Parsed {
    let mut parsed = Parsed::default();
    if let Some(span) = bounds::too_deep(text, settings.limits.depth) {
        let message = format!("not checked: nested or chained too deeply (the limit is {})", settings.limits.depth);
        parsed.diagnostics.push(diagnostic("limit-exceeded", Severity::Warning, message, span));
        return parsed;
    }
    let module = parse_unchecked_source(text, PySourceType::Python);
    if let Some(error) = module.errors().first() {
        let message = sentence(&error.error.to_string());
        parsed.diagnostics.push(diagnostic("syntax-error", Severity::Error, message, visible(text, error.location)));
    }
    for token in module.tokens() {
        if token.kind() == ruff_python_ast::token::TokenKind::Comment {
            parsed.comments.push(Comment { span: span(token.range()) });
        }
    }
    let project = Project::load(path, module.suite(), modules, &settings.limits);
    let mut interpreter = Interpreter::new(path, text, &project, modules, &settings.limits);
    interpreter.run(module.suite());
    if interpreter.cut_short {
        let message = "only partly checked: evaluating this module takes too many steps".to_owned();
        let place = text.find("PodTemplate").unwrap_or_default();
        parsed.diagnostics.push(diagnostic(
            "limit-exceeded",
            Severity::Warning,
            message,
            Span::from_range(place..place + 11),
        ));
    }
    parsed.diagnostics.append(&mut interpreter.incidents);
    parsed.documents = interpreter.documents();
    parsed.modules = project.modules.iter().map(|module| Arc::clone(&module.source)).collect();
    parsed.modules.append(&mut interpreter.files);
    if !module.errors().is_empty() {
        // What the parser made up or left out must not look like an absence.
        parsed.documents.iter_mut().for_each(|document| super::open_everything(&mut document.root));
    }
    parsed
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
    }
}
