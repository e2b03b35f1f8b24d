//! What is found out about the text of a module by itself, once for all programs that it belongs to.

use std::sync::Arc;

use ruff_python_ast::PySourceType;
use ruff_python_parser::parse_unchecked_source;

use super::imported_names::imported;
use super::mentions::Mentions;
use super::parse::STACK;
use super::{Syntax, parse};
use crate::source::SourceFile;

/// A module's syntax, and what it mentions.
pub struct Analysis {
    syntax: Syntax,
    /// The dotted names of the modules that its imports may mean.
    pub imports: Vec<String>,
    /// What its statements mention.
    pub mentions: Mentions,
}

/// The analysis of a text within a limit of depth; `None` where it nests too deeply.
struct Kept {
    depth: usize,
    analysis: Option<Arc<Analysis>>,
}

impl Analysis {
    /// The analysis of a text that was parsed.
    #[must_use]
    pub fn new(syntax: Syntax) -> Self {
        let (imports, mentions) = (imported(syntax.suite()), Mentions::of(syntax.syntax()));
        Self { syntax, imports, mentions }
    }

    /// The analysis of a module of the project, which is kept with its text: many files import it.
    #[must_use]
    pub fn of(source: &SourceFile, depth: usize) -> Option<Arc<Self>> {
        let analysed = || parse(&source.text, depth).ok().map(|syntax| Arc::new(Self::new(syntax)));
        let kept = source.derived(|| Kept { depth, analysis: analysed() });
        if kept.depth == depth { kept.analysis.clone() } else { analysed() }
    }

    /// The syntax.
    #[must_use]
    pub const fn syntax(&self) -> &Syntax {
        &self.syntax
    }

    /// The syntax, once nothing else is needed.
    #[must_use]
    pub fn into_syntax(mut self) -> Syntax {
        std::mem::replace(&mut self.syntax, nothing())
    }
}

impl Drop for Analysis {
    /// The last program that holds a deep tree may end on a thread with little stack.
    fn drop(&mut self) {
        let syntax = std::mem::replace(&mut self.syntax, nothing());
        stacker::maybe_grow(STACK / 2, STACK, || drop(syntax));
    }
}

fn nothing() -> Syntax {
    parse_unchecked_source("", PySourceType::Python)
}
