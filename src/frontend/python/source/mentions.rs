//! What the statements of a module mention: names that they bind, names that matter when they run, and what reaches beyond names.

use std::collections::HashMap;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ModModule, Stmt};

use super::bindings::name_bound_by;

/// Names through which code reaches what it does not mention.
const REACHING: &[&str] = &[
    "exec",
    "eval",
    "globals",
    "locals",
    "vars",
    "setattr",
    "delattr",
    "__import__",
    "import_module",
    "environ",
    "putenv",
    "getattr",
];

/// A name of a module, by its place among [`Mentions::names`].
pub type NameId = u32;

/// What the statements of a module mention, names as numbers.
#[derive(Default)]
pub struct Mentions {
    /// The names that are mentioned.
    pub names: Vec<Box<str>>,
    /// The statements of the module's top.
    pub statements: Vec<Statement>,
    /// The names that imports at the top bind, with the module of each, its leading dots included.
    pub imports: Vec<(NameId, Box<str>)>,
    /// Names of attributes and of imports: what may be asked of other modules.
    pub asked: Vec<NameId>,
    /// It asks for names that only running tells, or for all.
    pub asks_for_all: bool,
}

/// What one statement mentions: each list sorted, without repetitions.
#[derive(Default)]
pub struct Statement {
    /// Names that it binds.
    pub bound: Vec<NameId>,
    /// Names that matter as soon as it runs.
    pub now: Vec<NameId>,
    /// Names in the bodies of the functions that it defines.
    pub later: Vec<NameId>,
    /// It assigns to attributes or items of these.
    pub changed: Vec<NameId>,
    pub is_import: bool,
    pub is_definition: bool,
    pub reaches: bool,
    pub makes_templates: bool,
}

impl Mentions {
    /// Looks through a module.
    #[must_use]
    pub fn of(module: &ModModule) -> Self {
        let mut collector = Collector {
            module: Self::default(),
            statement: Statement::default(),
            ids: HashMap::new(),
            kinds: Vec::new(),
            depth: 0,
            classes: 0,
        };
        for statement in &module.body {
            collector.visit_stmt(statement);
            collector.note_imports(statement);
            let mut found = std::mem::take(&mut collector.statement);
            for names in [&mut found.bound, &mut found.now, &mut found.later, &mut found.changed] {
                names.sort_unstable();
                names.dedup();
            }
            found.is_definition = matches!(statement, Stmt::FunctionDef(_));
            found.is_import = matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_));
            collector.module.statements.push(found);
        }
        collector.module.asked.sort_unstable();
        collector.module.asked.dedup();
        collector.module
    }

    /// A name.
    #[must_use]
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id as usize).map_or("", |name| name)
    }
}

/// Whether code makes or takes templates, or objects of the Kubernetes client.
#[must_use]
pub fn concerns_templates(body: &[Stmt]) -> bool {
    let mut finder = TemplateFinder(false);
    finder.visit_body(body);
    finder.0
}

/// Whether a name is one that makes or takes templates.
fn is_template_name(name: &str) -> bool {
    matches!(
        name,
        "PodTemplate"
            | "pod_template"
            | "pod_template_name"
            | "override"
            | "with_overrides"
            | "driver_pod"
            | "executor_pod"
    ) || (name.len() > 3 && name.starts_with("V1") && name.as_bytes().get(2).is_some_and(u8::is_ascii_uppercase))
}

struct TemplateFinder(bool);

impl<'a> Visitor<'a> for TemplateFinder {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(node) => self.0 |= is_template_name(node.id.as_str()),
            Expr::Attribute(node) => self.0 |= is_template_name(node.attr.as_str()),
            _ => {}
        }
        if !self.0 {
            visitor::walk_expr(self, expression);
        }
    }

    fn visit_keyword(&mut self, keyword: &'a ruff_python_ast::Keyword) {
        self.0 |= keyword.arg.as_ref().is_some_and(|name| is_template_name(name.as_str()));
        visitor::walk_keyword(self, keyword);
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !self.0 {
            visitor::walk_stmt(self, statement);
        }
    }
}

/// What a name says by itself.
#[derive(Clone, Copy)]
struct NameKind {
    is_of_templates: bool,
    reaches: bool,
}

/// Collects what the statements of a module mention, one after the other.
struct Collector<'a> {
    module: Mentions,
    statement: Statement,
    ids: HashMap<&'a str, NameId>,
    kinds: Vec<NameKind>,
    /// How many functions are around.
    depth: usize,
    /// How many classes are around.
    classes: usize,
}

impl<'a> Collector<'a> {
    fn id(&mut self, name: &'a str) -> (NameId, NameKind) {
        if let Some(id) = self.ids.get(name).copied()
            && let Some(kind) = self.kinds.get(id as usize)
        {
            return (id, *kind);
        }
        let id = u32::try_from(self.module.names.len()).unwrap_or(u32::MAX);
        let kind = NameKind { is_of_templates: is_template_name(name), reaches: REACHING.contains(&name) };
        self.module.names.push(name.into());
        self.kinds.push(kind);
        self.ids.insert(name, id);
        (id, kind)
    }

    fn mention(&mut self, name: &'a str) {
        let (id, kind) = self.id(name);
        let names = if self.depth == 0 { &mut self.statement.now } else { &mut self.statement.later };
        names.push(id);
        self.statement.makes_templates |= kind.is_of_templates;
        if kind.reaches {
            self.statement.reaches |= self.depth == 0 && name != "getattr";
            self.module.asks_for_all |= matches!(name, "getattr" | "vars" | "globals" | "exec" | "eval");
        }
    }

    fn bind(&mut self, name: &'a str) {
        let (id, _) = self.id(name);
        let names = if self.depth == 0 { &mut self.statement.bound } else { &mut self.statement.later };
        names.push(id);
    }

    fn ask(&mut self, name: &'a str) -> NameKind {
        let (id, kind) = self.id(name);
        self.module.asked.push(id);
        kind
    }

    /// The name at the root of an assignment's target.
    fn change(&mut self, target: &'a Expr) {
        let mut target = target;
        loop {
            target = match target {
                Expr::Attribute(node) => &node.value,
                Expr::Subscript(node) => &node.value,
                Expr::Name(node) if self.depth == 0 => {
                    let (id, _) = self.id(node.id.as_str());
                    self.statement.changed.push(id);
                    return;
                }
                _ => return,
            };
        }
    }

    fn body(&mut self, body: &'a [Stmt]) {
        self.depth += 1;
        self.visit_body(body);
        self.depth -= 1;
    }

    /// Notes which names an import at the top binds, and from where.
    fn note_imports(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(node) => {
                for alias in &node.names {
                    let (id, _) = self.id(bound_by(alias));
                    self.module.imports.push((id, alias.name.as_str().into()));
                }
            }
            Stmt::ImportFrom(node) => {
                let name = node.module.as_ref().map_or("", |name| name.as_str());
                let module: Box<str> = format!("{}{name}", ".".repeat(node.level as usize)).into();
                for alias in &node.names {
                    let (id, _) = self.id(alias.asname.as_ref().unwrap_or(&alias.name).as_str());
                    self.module.imports.push((id, module.clone()));
                }
            }
            _ => {}
        }
    }
}

/// The name that `import a.b` or `import a.b as c` binds.
fn bound_by(alias: &ruff_python_ast::Alias) -> &str {
    let name = alias.name.as_str();
    alias.asname.as_ref().map_or_else(|| name.split('.').next().unwrap_or(name), |name| name.as_str())
}

impl<'a> Visitor<'a> for Collector<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(node) => {
                self.bind(node.name.as_str());
                node.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                for parameter in &*node.parameters {
                    if let Some(default) = parameter.default() {
                        self.visit_expr(default);
                    }
                }
                self.body(&node.body);
            }
            Stmt::ClassDef(node) => {
                self.bind(node.name.as_str());
                node.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                if let Some(arguments) = &node.arguments {
                    self.visit_arguments(arguments);
                }
                self.classes += 1;
                self.visit_body(&node.body);
                self.classes -= 1;
            }
            Stmt::Import(node) => node.names.iter().for_each(|alias| self.bind(bound_by(alias))),
            Stmt::ImportFrom(node) => {
                for alias in &node.names {
                    let name = alias.name.as_str();
                    self.module.asks_for_all |= name == "*";
                    self.ask(name);
                    self.bind(alias.asname.as_ref().unwrap_or(&alias.name).as_str());
                }
            }
            Stmt::Global(node) => {
                for name in &node.names {
                    let (id, _) = self.id(name.as_str());
                    self.statement.later.push(id);
                }
            }
            Stmt::Assign(node) => {
                node.targets.iter().filter(|target| !target.is_name_expr()).for_each(|target| self.change(target));
                visitor::walk_stmt(self, statement);
            }
            Stmt::AugAssign(node) => {
                self.change(&node.target);
                visitor::walk_stmt(self, statement);
            }
            Stmt::AnnAssign(node) => {
                if !node.target.is_name_expr() {
                    self.change(&node.target);
                }
                self.visit_expr(&node.target);
                if self.classes > 0 {
                    // Models and dataclasses read the types of their fields.
                    self.visit_expr(&node.annotation);
                }
                if let Some(value) = &node.value {
                    self.visit_expr(value);
                }
            }
            Stmt::Delete(node) => {
                node.targets.iter().for_each(|target| self.change(target));
                visitor::walk_stmt(self, statement);
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(node) => {
                if !node.ctx.is_load() {
                    self.bind(node.id.as_str());
                }
                self.mention(node.id.as_str());
            }
            Expr::Attribute(node) => {
                let kind = self.ask(node.attr.as_str());
                self.statement.makes_templates |= kind.is_of_templates;
                self.statement.reaches |= kind.reaches && self.depth == 0;
                self.visit_expr(&node.value);
            }
            Expr::Lambda(node) => {
                for parameter in node.parameters.iter().flat_map(|parameters| &**parameters) {
                    if let Some(default) = parameter.default() {
                        self.visit_expr(default);
                    }
                }
                self.depth += 1;
                self.visit_expr(&node.body);
                self.depth -= 1;
            }
            _ => visitor::walk_expr(self, expression),
        }
    }

    fn visit_keyword(&mut self, keyword: &'a ruff_python_ast::Keyword) {
        self.statement.makes_templates |= keyword.arg.as_ref().is_some_and(|name| is_template_name(name.as_str()));
        visitor::walk_keyword(self, keyword);
    }

    fn visit_except_handler(&mut self, handler: &'a ruff_python_ast::ExceptHandler) {
        let ruff_python_ast::ExceptHandler::ExceptHandler(node) = handler;
        if let Some(name) = &node.name {
            self.bind(name.as_str());
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a ruff_python_ast::Pattern) {
        if let Some(name) = name_bound_by(pattern) {
            self.bind(name);
        }
        visitor::walk_pattern(self, pattern);
    }
}
