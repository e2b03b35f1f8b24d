//! The modules of the project that a file imports from, found and parsed before anything is evaluated.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Expr, Stmt};

use super::{Syntax, bounds};
use crate::config::Limits;
use crate::source::{Modules, SourceFile};
use crate::tree::FileId;

/// How many modules are followed.
const MAX_MODULES: usize = 64;
/// Bytes that they may have together.
const MAX_SIZE: usize = 4 * 1024 * 1024;
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

/// A module of the project.
pub struct Module {
    /// Its text.
    pub source: Arc<SourceFile>,
    /// Its syntax.
    pub parsed: Syntax,
}

/// All modules that a file can reach by imports within the project.
#[derive(Default)]
pub struct Project {
    /// File 1, 2, ….
    pub modules: Vec<Module>,
    /// Which module an import means: by the importing file, and the dotted name with its leading dots.
    imports: HashMap<(FileId, String), usize>,
}

impl Project {
    /// Follows the imports of a file.
    pub fn load(main: &Path, body: &[Stmt], finder: &dyn Modules, limits: &Limits) -> Self {
        let mut project = Self::default();
        let mut by_path: HashMap<PathBuf, usize> = HashMap::new();
        let mut size = 0;
        project.follow(FileId::MAIN, main, &imported(body), finder, limits, &mut by_path, &mut size);
        let mut next = 0;
        while next < project.modules.len() {
            let (path, names) = {
                let module = &project.modules[next];
                (module.source.path.clone(), imported(module.parsed.suite()))
            };
            project.follow(file_of(next), &path, &names, finder, limits, &mut by_path, &mut size);
            next += 1;
        }
        project
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one traversal")]
    fn follow(
        &mut self,
        file: FileId,
        path: &Path,
        names: &[String],
        finder: &dyn Modules,
        limits: &Limits,
        by_path: &mut HashMap<PathBuf, usize>,
        size: &mut usize,
    ) {
        for name in names {
            let key = (file, name.clone());
            if self.imports.contains_key(&key) {
                continue;
            }
            let Some(source) = finder.find(path, name) else { continue };
            if let Some(known) = by_path.get(&source.path) {
                self.imports.insert(key, *known);
                continue;
            }
            *size += source.text.len();
            let too_much = self.modules.len() >= MAX_MODULES || *size > MAX_SIZE;
            let parsed = if too_much { None } else { bounds::parse(&source.text, limits.depth).ok() };
            let Some(parsed) = parsed else { continue };
            by_path.insert(source.path.clone(), self.modules.len());
            self.imports.insert(key, self.modules.len());
            self.modules.push(Module { source, parsed });
        }
    }

    /// The module that `name` means in a file.
    pub fn resolve(&self, file: FileId, name: &str) -> Option<usize> {
        self.imports.get(&(file, name.to_owned())).copied()
    }
}

/// The file that a module is.
pub fn file_of(module: usize) -> FileId {
    FileId(u32::try_from(module + 1).unwrap_or(u32::MAX))
}

/// The modules that imports anywhere in a body may mean.
fn imported(body: &[Stmt]) -> Vec<String> {
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
