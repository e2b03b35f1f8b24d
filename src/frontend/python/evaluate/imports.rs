//! Imports: modules of the project are evaluated when they are first asked for, all others are known by their paths.

use ruff_python_ast as ast;
use std::rc::Rc;

use super::super::value::{Cause, ModuleId, ScopeId, Unknown, Value, ValueKind};
use super::{Evaluator, Stop};
use crate::tree::{FileId, Location};

/// How many statements may take too long, until the rest of the module is left alone.
const MAX_EXHAUSTED: usize = 3;
/// The share of all steps that a function may take which nothing calls.
const UNCALLED_SHARE: usize = 200;
/// How deeply functions within functions that nothing calls are looked into.
const MAX_NESTED: usize = 3;

impl<'a> Evaluator<'a> {
    /// `import a.b as c`.
    pub(super) fn import(&mut self, node: &'a ast::StmtImport) -> Result<(), Stop> {
        for alias in &node.names {
            let at = self.at(alias);
            let path = alias.name.as_str();
            let value = self.import_path(path, at);
            match &alias.asname {
                Some(name) => self.bind(name.as_str(), value),
                None => {
                    let root = path.split('.').next().unwrap_or(path);
                    let root_value = if root == path { value } else { self.import_path(root, at) };
                    self.bind(root, root_value);
                }
            }
        }
        Ok(())
    }

    /// The module that a dotted path means, after it was imported.
    pub fn import_path(&mut self, path: &str, at: Location) -> Value {
        if let Some(module) = self.program.resolve(self.file, path) {
            // The packages around it are imported first.
            for (end, _) in path.match_indices('.') {
                if let Some(package) = path.get(..end).and_then(|package| self.program.resolve(self.file, package)) {
                    self.module_scope(package);
                }
            }
            self.module_scope(module);
            return Value::new(ValueKind::Module(module), at);
        }
        if !is_installed(path) {
            if !self.program.was_sought(self.file, path) {
                self.wanted_modules.push((self.file, path.to_owned()));
            }
            self.may_raise_builtin("ImportError", at);
        }
        self.library(path, at)
    }

    /// `from a import b as c`.
    pub(super) fn import_from(&mut self, node: &'a ast::StmtImportFrom) -> Result<(), Stop> {
        let name = node.module.as_ref().map_or("", |name| name.as_str());
        let dotted = format!("{}{name}", ".".repeat(node.level as usize));
        let module = self.program.resolve(self.file, &dotted);
        let at = self.at(node);
        if module.is_none() && (node.level > 0 || !is_installed(&dotted)) {
            self.may_raise_builtin("ImportError", at);
        }
        for alias in &node.names {
            let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
            let alias_at = self.at(alias);
            if bound == "*" {
                self.import_star(module, &dotted, alias_at);
                continue;
            }
            let value = self.imported(module, &dotted, alias.name.as_str(), alias_at)?;
            self.bind(bound, value);
        }
        Ok(())
    }

    fn imported(&mut self, module: Option<ModuleId>, dotted: &str, name: &str, at: Location) -> Result<Value, Stop> {
        if let Some(module) = module {
            let scope = self.module_scope(module);
            if let Some(value) = self.variable(scope, name) {
                self.may_be_absent(&value, "ImportError", at);
                return Ok(value);
            }
        }
        let gap = if dotted.ends_with('.') || dotted.is_empty() { "" } else { "." };
        if let Some(submodule) = self.program.resolve(self.file, &format!("{dotted}{gap}{name}")) {
            self.module_scope(submodule);
            return Ok(Value::new(ValueKind::Module(submodule), at));
        }
        match module {
            Some(module) => self.attribute(&Value::new(ValueKind::Module(module), at), name, at),
            None if dotted.starts_with('.') => Ok(self.fresh(Cause::External, name, at)),
            None => Ok(self.library(&format!("{dotted}.{name}"), at)),
        }
    }

    fn import_star(&mut self, module: Option<ModuleId>, dotted: &str, at: Location) {
        match module {
            Some(module) => {
                let scope = self.module_scope(module);
                let listed = self.variable(scope, "__all__");
                let names = listed.and_then(|value| self.elements(&value, at).ok()).and_then(|items| items.slots());
                let names: Option<Vec<Rc<str>>> =
                    names.map(|slots| slots.iter().filter_map(|slot| slot.value.as_text().map(Into::into)).collect());
                for (name, value) in self.variables_of(scope) {
                    let is_public = names.as_ref().map_or(!name.starts_with('_'), |names| names.contains(&name));
                    if is_public {
                        let current = self.scope;
                        self.set_variable_named(current, &name, value);
                    }
                }
            }
            None => {
                for name in (self.hooks.names_of)(dotted) {
                    let value = self.library(&format!("{dotted}.{name}"), at);
                    let current = self.scope;
                    self.set_variable_named(current, name, value);
                }
            }
        }
    }

    /// Evaluates a module of the project in its scope. It has a budget of its own: what is too large to follow is unknown.
    pub(super) fn evaluate_module(&mut self, module: ModuleId, scope: ScopeId) {
        let Some(found) = self.program.module(FileId(module.0)) else { return };
        let outer = (self.scope, self.file);
        let frames = std::mem::take(&mut self.frames);
        let loops = std::mem::take(&mut self.loops);
        let binding_here = std::mem::take(&mut self.binding_here);
        (self.scope, self.file) = (scope, FileId(module.0));
        self.importing.push(module);
        let limit = self.budget.push_limit(4);
        for statement in found.relevant() {
            self.module_statement(statement);
            if self.budget.is_exhausted() {
                break;
            }
        }
        let is_exhausted = self.budget.is_exhausted();
        self.budget.pop_limit(limit);
        self.importing.pop();
        (self.scope, self.file) = outer;
        self.frames = frames;
        self.loops = loops;
        self.binding_here = binding_here;
        if is_exhausted && !self.budget.is_exhausted() {
            self.forget_module(scope);
        }
    }

    /// Forgets all that a module may have made or changed.
    fn forget_module(&mut self, scope: ScopeId) {
        let reason: Rc<str> = "the module takes too long to evaluate".into();
        let values: Vec<Value> = self.variables_of(scope).into_iter().map(|(_, value)| value).collect();
        values.iter().for_each(|value| self.state.escape(value, &reason));
        let unknown = Unknown::new(Cause::Limit, reason);
        self.forget_scope(scope, &unknown);
        self.state.forget_all(&unknown.reason);
    }

    /// Runs a statement of a module. Where it ends the way, nothing is known of what it binds, and evaluation goes on: an
    /// exception has been told, and what comes later is worth a look.
    pub(super) fn module_statement(&mut self, statement: &'a ast::Stmt) {
        let base = self.pending.len();
        let handlers = self.handlers;
        let result = self.statement(statement);
        if handlers > 0 && result.is_err() {
            // Inside of a `try` around an import the exception counts.
            return;
        }
        let ended: Vec<super::Pending> = if handlers == 0 { self.pending.drain(base..).collect() } else { Vec::new() };
        if result.is_ok() {
            return;
        }
        let states: Vec<super::State> = ended.into_iter().map(|pending| pending.state).collect();
        let reason: Rc<str> = "an exception".into();
        if self.join_ways(states, &reason) {
            self.forget_targets(statement);
        }
    }

    /// Binds what a statement would have bound to something unknown.
    fn forget_targets(&mut self, statement: &'a ast::Stmt) {
        let mut binder = super::locals::Binder::default();
        ruff_python_ast::visitor::Visitor::visit_stmt(&mut binder, statement);
        let names: Vec<&'a str> = binder.own.into_iter().collect();
        let at = self.at(statement);
        for name in names {
            let id = self.scopes.name(name);
            let is_bound = self.scopes.find(self.scope, id).is_some_and(|cell| self.state.cell(cell).is_some());
            if !is_bound {
                let value = self.fresh(Cause::External, name, at);
                self.bind(name, value);
            }
        }
    }

    /// Evaluates the checked file, then its functions that nothing called. For each of these `seen` is told what it left.
    pub fn run(&mut self, seen: &mut dyn FnMut(&mut Self)) {
        let Some(module) = self.program.module(FileId::MAIN) else { return };
        for statement in module.relevant() {
            let before = self.state.clone();
            self.module_statement(statement);
            if self.budget.is_exhausted() {
                self.state = before;
                self.exhausted_parts += 1;
                self.forget_statement(statement);
                if self.exhausted_parts > MAX_EXHAUSTED || !self.budget.renew() {
                    return seen(self);
                }
            }
        }
        seen(self);
        let mut done = std::collections::HashSet::new();
        self.is_hypothetical = true;
        self.look_into_functions(&mut done, 0, seen);
    }

    /// Forgets what a statement that took too long could have changed: all data, and what it binds itself.
    fn forget_statement(&mut self, statement: &'a ast::Stmt) {
        let reason: Rc<str> = "the module takes too long to evaluate".into();
        self.state.forget_all(&reason);
        let unknown = Unknown::new(Cause::Limit, Rc::clone(&reason));
        let globals = self.global_scope();
        for (name, value) in self.variables_of(globals) {
            let is_data = match &value.kind {
                ValueKind::Object(id) => !matches!(
                    self.state.object(*id).map(|object| &object.kind),
                    Some(super::super::value::ObjectKind::Function(_) | super::super::value::ObjectKind::Class(_))
                ),
                ValueKind::Library(_)
                | ValueKind::Module(_)
                | ValueKind::ClientClass(_)
                | ValueKind::TemplateClass(_) => false,
                _ => true,
            };
            let id = self.scopes.computed_name(&name);
            if let Some(cell) = self.scopes.find(globals, id).filter(|_| is_data) {
                self.state.forget_cell(cell, &unknown);
            }
        }
        self.forget_targets(statement);
    }

    /// Evaluates the functions that nothing called, each for itself, and then those that it defines.
    fn look_into_functions(
        &mut self,
        done: &mut std::collections::HashSet<super::super::value::CodeId>,
        depth: usize,
        seen: &mut dyn FnMut(&mut Self),
    ) {
        while let Some(function) = self.uncalled(done) {
            let before = self.state.clone();
            let base = self.pending.len();
            let limit = self.budget.push_limit(UNCALLED_SHARE);
            let outer = (self.scope, self.file);
            let result = self.call_blindly(&function);
            (self.scope, self.file) = outer;
            let ended: Vec<super::Pending> = self.pending.drain(base..).collect();
            let states: Vec<super::State> = ended.into_iter().map(|pending| pending.state).collect();
            if result.is_err() && !self.join_ways(states, &"an exception".into()) {
                self.state = before.clone();
            }
            let is_exhausted = self.budget.is_exhausted();
            self.budget.pop_limit(limit);
            if is_exhausted {
                self.exhausted_parts += 1;
                self.state = before.clone();
                self.state.forget_all(&"the function takes too long to evaluate".into());
            }
            seen(self);
            if depth < MAX_NESTED && !is_exhausted {
                self.look_into_functions(done, depth + 1, seen);
            }
            self.state = before;
            if self.budget.is_exhausted() {
                return;
            }
        }
    }

    /// A function of the checked file that nothing has called, and that is worth a look.
    fn uncalled(&mut self, done: &mut std::collections::HashSet<super::super::value::CodeId>) -> Option<Value> {
        let objects: Vec<(super::super::value::ObjectId, super::super::value::CodeId)> = self.defined.clone();
        for (id, code) in objects {
            if self.called.contains(&code) || done.contains(&code) {
                continue;
            }
            done.insert(code);
            let is_relevant = match self.code(code) {
                Some(super::Code::Def(def, file)) => file == FileId::MAIN && self.program.is_relevant_function(def),
                _ => false,
            };
            if is_relevant && self.state.object(id).is_some() {
                let at = self.state.object(id).map(|object| object.at).unwrap_or_default();
                return Some(Value::new(ValueKind::Object(id), at));
            }
        }
        None
    }
}

/// Whether a module is surely there wherever a template is made: the standard library and the SDKs.
pub fn is_installed(module: &str) -> bool {
    let root = module.split('.').next().unwrap_or_default();
    matches!(root, "flyte" | "flytekit" | "kubernetes") || is_standard(root)
}

/// Modules of the standard library that are worth knowing.
fn is_standard(root: &str) -> bool {
    const MODULES: &[&str] = &[
        "__future__",
        "abc",
        "argparse",
        "ast",
        "asyncio",
        "base64",
        "bisect",
        "builtins",
        "calendar",
        "collections",
        "concurrent",
        "configparser",
        "contextlib",
        "contextvars",
        "copy",
        "csv",
        "dataclasses",
        "datetime",
        "decimal",
        "difflib",
        "enum",
        "fnmatch",
        "fractions",
        "functools",
        "getpass",
        "glob",
        "graphlib",
        "gzip",
        "hashlib",
        "heapq",
        "hmac",
        "html",
        "http",
        "importlib",
        "inspect",
        "io",
        "ipaddress",
        "itertools",
        "json",
        "keyword",
        "logging",
        "math",
        "mimetypes",
        "multiprocessing",
        "numbers",
        "operator",
        "os",
        "pathlib",
        "pickle",
        "platform",
        "pprint",
        "queue",
        "random",
        "re",
        "secrets",
        "shlex",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "ssl",
        "stat",
        "statistics",
        "string",
        "struct",
        "subprocess",
        "sys",
        "tempfile",
        "textwrap",
        "threading",
        "time",
        "timeit",
        "traceback",
        "types",
        "typing",
        "unittest",
        "urllib",
        "uuid",
        "warnings",
        "weakref",
        "xml",
        "zipfile",
        "zlib",
        "zoneinfo",
    ];
    MODULES.contains(&root)
}
