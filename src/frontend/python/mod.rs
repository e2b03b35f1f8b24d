//! The Python frontend: an abstract interpreter that finds the pod templates a module makes, and edits for them.

mod documents;
mod edits;
mod evaluate;
mod library;
mod sdk;
pub mod source;
mod state;
mod value;

pub use edits::Editor;

use std::path::Path;
use std::sync::{Arc, LazyLock};

use memchr::memmem::Finder;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::Ranged;

use super::Parsed;
use super::comments::{Comment, attach};
use crate::config::Settings;
use crate::diagnostic::{Authority, Diagnostic, Origin, Severity};
use crate::document::Document;
use crate::source::{Language, Modules, SourceFile};
use crate::text::Span;
use crate::tree::Location;
use evaluate::{Assumptions, Evaluator, Hooks};
use source::{Program, Syntax, TooDeep, comment_ranges, notebook, span};

/// How many tests that only running decides are tried both ways.
const MAX_ALTERNATIVES: usize = 6;
/// How often modules are loaded that only the evaluation knows the names of.
const MAX_LOADS: usize = 4;

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

/// The tables that the evaluator is handed.
static HOOKS: Hooks = Hooks {
    function: library::function,
    method: library::method,
    constant: library::constant,
    resolve: sdk::resolve,
    attribute: attribute_of_tables,
    construct: |evaluator, call| library::construct(evaluator, call).or_else(|| sdk::construct(evaluator, call)),
    observe_call: sdk::observe_call,
    decorate: sdk::decorate,
    assign: sdk::assign,
    next: library::next,
    is_harmless: sdk::is_harmless,
    names_of: sdk::names_of,
    define_class: library::define_class,
    instantiate: library::instantiate,
};

/// An attribute that an SDK or the library defines.
fn attribute_of_tables(
    evaluator: &mut Evaluator<'_>,
    value: &value::Value,
    name: &str,
    at: Location,
) -> Option<evaluate::Outcome> {
    sdk::attribute(evaluator, value, name, at).or_else(|| library::attribute(evaluator, value, name, at))
}

/// What one evaluation of a module found.
struct Evaluation {
    documents: Vec<Document>,
    diagnostics: Vec<Diagnostic>,
    conditions: Vec<evaluate::Condition>,
    wanted_modules: Vec<(crate::tree::FileId, String)>,
    depends_on_client: bool,
    is_exhausted: bool,
}

fn parse_module(path: &Path, text: &str, settings: &Settings, modules: &dyn Modules) -> Parsed {
    let mut parsed = Parsed::default();
    let syntax = match source::parse(text, settings.limits.depth) {
        Ok(syntax) => syntax,
        Err(TooDeep { span, message }) => {
            parsed.diagnostics.push(diagnostic("limit-exceeded", Severity::Warning, message, span));
            return parsed;
        }
    };
    if let Some(error) = syntax.errors().first() {
        let message = sentence(&error.error.to_string());
        parsed.diagnostics.push(diagnostic("syntax-error", Severity::Error, message, visible(text, error.location)));
    }
    parsed.comments = comments(text, &syntax);
    let mut further = Vec::new();
    let mut program = Program::load(path, text, syntax, modules, &settings.limits, &further);
    let mut base = evaluate(&program, settings, Assumptions::default());
    for _ in 0..MAX_LOADS {
        let count = further.len();
        further
            .extend(base.wanted_modules.iter().filter(|wanted| !further.contains(wanted)).cloned().collect::<Vec<_>>());
        if further.len() == count {
            break;
        }
        let Ok(syntax) = source::parse(text, settings.limits.depth) else { break };
        program = Program::load(path, text, syntax, modules, &settings.limits, &further);
        base = evaluate(&program, settings, Assumptions::default());
    }
    if base.is_exhausted {
        parsed.diagnostics.push(cut_short_note(text, settings.limits.steps));
    }
    parsed.diagnostics.append(&mut base.diagnostics);
    parsed.documents = base.documents;
    parsed.modules = program.imported().map(|module| Arc::clone(&module.source)).collect();
    parsed.module_comments = program.imported().map(|module| comments(&module.source.text, &module.syntax)).collect();
    parsed.syntax = program.into_main_syntax();
    parsed
}

/// Evaluates the program once.
fn evaluate(program: &Program, settings: &Settings, assumptions: Assumptions) -> Evaluation {
    let mut evaluator = Evaluator::new(program, &HOOKS, assumptions, settings.limits.steps);
    let mut documents = Vec::new();
    evaluator.run(&mut |evaluator| documents.extend(documents::documents(evaluator)));
    Evaluation {
        documents,
        diagnostics: Vec::new(),
        conditions: std::mem::take(&mut evaluator.conditions),
        wanted_modules: std::mem::take(&mut evaluator.wanted_modules),
        depends_on_client: evaluator.depends_on_client,
        is_exhausted: evaluator.budget.is_exhausted() || evaluator.exhausted_parts > 0,
    }
}

/// The comments of a module that speak to podlint.
fn comments(text: &str, module: &Syntax) -> Vec<Comment> {
    if memchr::memmem::find(text.as_bytes(), b"podlint").is_none() {
        return Vec::new();
    }
    let tokens = module.tokens().iter().filter(|token| token.kind() == TokenKind::Comment);
    let places: Vec<Span> = tokens.map(|token| span(token.range())).collect();
    attach(text, &places, &comment_ranges::units(module.suite()))
}

/// Says that a part of a module was not evaluated.
fn cut_short_note(text: &str, steps: usize) -> Diagnostic {
    partly_checked(text, format!("to evaluate this module takes more than `limits.steps` ({steps})"))
}

/// A remark on the first place that speaks of templates.
fn partly_checked(text: &str, why: String) -> Diagnostic {
    let place = text.find("PodTemplate").or_else(|| text.find("pod_template")).unwrap_or_default();
    let span = Span::from_range(place..place + 11);
    diagnostic("limit-exceeded", Severity::Warning, format!("only partly checked: {why}"), span)
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
