//! The dotted names that the imports of a module may mean.

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Expr, Stmt};

/// Packages whose names are known without reading them.
const KNOWN: &[&str] = &[
    "flyte",
    "flytekit",
    "flytekitplugins",
    "flyteplugins",
    "kubernetes",
    "union",
    "typing",
    "os",
    "copy",
    "dataclasses",
];

/// The modules that imports anywhere in a body may mean, in the order of the text.
pub fn imported(body: &[Stmt]) -> Vec<String> {
    let mut collector = Collector::default();
    collector.visit_body(body);
    collector.names
}

#[derive(Default)]
struct Collector {
    names: Vec<String>,
}

impl Collector {
    /// Notes a dotted name and the packages around it.
    fn note(&mut self, name: &str) {
        let root = name.split('.').next().unwrap_or_default();
        if KNOWN.contains(&root) || name.is_empty() {
            return;
        }
        if !name.starts_with('.') {
            let ends = name.match_indices('.').map(|(at, _)| at);
            self.names.extend(ends.filter_map(|at| name.get(..at)).map(str::to_owned));
        }
        self.names.push(name.to_owned());
    }
}

impl<'a> Visitor<'a> for Collector {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(node) => node.names.iter().for_each(|alias| self.note(alias.name.as_str())),
            Stmt::ImportFrom(node) => {
                let module = node.module.as_ref().map_or("", |module| module.as_str());
                let module = format!("{}{module}", ".".repeat(node.level as usize));
                self.note(&module);
                for alias in &node.names {
                    let gap = if module.ends_with('.') { "" } else { "." };
                    self.note(&format!("{module}{gap}{}", alias.name.as_str()));
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    /// No expression holds a statement.
    fn visit_expr(&mut self, _: &'a Expr) {}
}
