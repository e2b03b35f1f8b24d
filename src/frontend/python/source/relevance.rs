//! Which statements of a module concern templates: the others need not be evaluated.

use ruff_python_ast::{ModModule, Stmt};

/// The statements of a module that may concern templates, by their positions.
#[must_use]
pub fn relevant(module: &ModModule) -> Vec<usize> {
    (0..module.body.len()).collect()
}

/// Whether a function that nothing calls is worth a look.
#[must_use]
pub fn concerns_templates(_body: &[Stmt]) -> bool {
    true
}
