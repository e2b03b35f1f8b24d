//! What one statement of a module mentions: names that it binds, names that matter when it runs, and what it reaches beyond names.

use std::collections::HashSet;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, Stmt};

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

/// What a statement mentions.
#[derive(Default)]
pub struct Mentions<'a> {
    /// Names that it binds.
    pub bound: HashSet<&'a str>,
    /// Names that matter as soon as it runs.
    pub now: HashSet<&'a str>,
    /// Names in the bodies of the functions that it defines.
    pub later: HashSet<&'a str>,
    /// It assigns to attributes or items of these.
    pub changed: HashSet<&'a str>,
    pub is_import: bool,
    pub is_definition: bool,
    pub reaches: bool,
    pub makes_templates: bool,
}

impl<'a> Mentions<'a> {
    /// Looks through a statement of the module's top; what it asks of other modules is added to `asked`.
    pub fn of(statement: &'a Stmt, asked: &mut HashSet<&'a str>, asks_for_all: &mut bool) -> Self {
        let mut collector = Collector { mentions: Mentions::default(), depth: 0, asked, asks_for_all };
        collector.visit_stmt(statement);
        let mut mentions = collector.mentions;
        mentions.is_definition = matches!(statement, Stmt::FunctionDef(_));
        mentions.is_import = matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_));
        mentions
    }
}

/// Whether a function that nothing calls is worth a look: it makes or takes templates, or objects of the Kubernetes client.
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

/// Collects what one statement of the module's top mentions.
struct Collector<'a, 'b> {
    mentions: Mentions<'a>,
    /// How many functions are around.
    depth: usize,
    asked: &'b mut HashSet<&'a str>,
    asks_for_all: &'b mut bool,
}

impl<'a> Collector<'a, '_> {
    fn mention(&mut self, name: &'a str) {
        if self.depth == 0 {
            self.mentions.now.insert(name);
        } else {
            self.mentions.later.insert(name);
        }
        self.mentions.makes_templates |= is_template_name(name);
        if REACHING.contains(&name) {
            self.mentions.reaches |= self.depth == 0 && name != "getattr";
            *self.asks_for_all |= matches!(name, "getattr" | "vars" | "globals" | "exec" | "eval");
        }
    }

    fn bind(&mut self, name: &'a str) {
        if self.depth == 0 {
            self.mentions.bound.insert(name);
        } else {
            self.mentions.later.insert(name);
        }
    }

    /// The name at the root of an assignment's target.
    fn change(&mut self, target: &'a Expr) {
        let mut target = target;
        loop {
            target = match target {
                Expr::Attribute(node) => &node.value,
                Expr::Subscript(node) => &node.value,
                Expr::Name(node) if self.depth == 0 => {
                    self.mentions.changed.insert(node.id.as_str());
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
}

impl<'a> Visitor<'a> for Collector<'a, '_> {
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
                self.visit_body(&node.body);
            }
            Stmt::Import(node) => {
                for alias in &node.names {
                    let name = alias.name.as_str();
                    self.bind(
                        alias
                            .asname
                            .as_ref()
                            .map_or_else(|| name.split('.').next().unwrap_or(name), |name| name.as_str()),
                    );
                }
            }
            Stmt::ImportFrom(node) => {
                for alias in &node.names {
                    let name = alias.name.as_str();
                    *self.asks_for_all |= name == "*";
                    self.asked.insert(name);
                    self.bind(alias.asname.as_ref().unwrap_or(&alias.name).as_str());
                }
            }
            Stmt::Global(node) => node.names.iter().for_each(|name| {
                self.mentions.later.insert(name.as_str());
            }),
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
                let name = node.attr.as_str();
                self.asked.insert(name);
                self.mentions.makes_templates |= is_template_name(name);
                if REACHING.contains(&name) {
                    self.mentions.reaches |= self.depth == 0;
                }
                self.visit_expr(&node.value);
            }
            Expr::Lambda(node) => {
                self.depth += 1;
                self.visit_expr(&node.body);
                self.depth -= 1;
            }
            _ => visitor::walk_expr(self, expression),
        }
    }

    fn visit_keyword(&mut self, keyword: &'a ruff_python_ast::Keyword) {
        self.mentions.makes_templates |= keyword.arg.as_ref().is_some_and(|name| is_template_name(name.as_str()));
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
        use ruff_python_ast::Pattern;
        let name = match pattern {
            Pattern::MatchAs(node) => node.name.as_ref(),
            Pattern::MatchStar(node) => node.name.as_ref(),
            Pattern::MatchMapping(node) => node.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name.as_str());
        }
        visitor::walk_pattern(self, pattern);
    }
}
