//! Scopes and variables: which there are and how they are found. What they hold is the state's.

use std::collections::{HashMap, HashSet};

use super::super::value::{CellId, CodeId, ModuleId, NameId, ScopeId};

/// Table of scopes, names and variables. It only grows.
#[derive(Debug, Default)]
pub struct Scopes<'a> {
    scopes: Vec<Scope>,
    names: Vec<std::borrow::Cow<'a, str>>,
    name_ids: HashMap<std::borrow::Cow<'a, str>, NameId>,
    cells: Vec<(ScopeId, NameId)>,
    cell_ids: HashMap<(ScopeId, NameId), CellId>,
    locals: HashMap<CodeId, std::rc::Rc<Locals>>,
}

/// A scope.
#[derive(Debug)]
pub struct Scope {
    /// The scope around it.
    pub parent: Option<ScopeId>,
    /// What it belongs to.
    pub kind: ScopeKind,
    /// The names that are bound in it, in the order of their first binding.
    pub bound: Vec<NameId>,
}

/// What a scope belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// A module.
    Module(ModuleId),
    /// A call of a function.
    Function(CodeId),
    /// The body of a class.
    Class,
    /// A comprehension or generator expression.
    Comprehension,
}

/// The names that a function binds.
#[derive(Debug, Default)]
pub struct Locals {
    /// Its own.
    pub own: HashSet<NameId>,
    /// Declared `global`.
    pub globals: HashSet<NameId>,
    /// Declared `nonlocal`.
    pub nonlocals: HashSet<NameId>,
}

impl<'a> Scopes<'a> {
    /// A new scope.
    pub fn add(&mut self, parent: Option<ScopeId>, kind: ScopeKind) -> ScopeId {
        self.scopes.push(Scope { parent, kind, bound: Vec::new() });
        ScopeId(u32::try_from(self.scopes.len() - 1).unwrap_or(u32::MAX))
    }

    /// A scope.
    pub fn get(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.index())
    }

    /// The number of a name.
    pub fn name(&mut self, name: &'a str) -> NameId {
        self.intern(std::borrow::Cow::Borrowed(name))
    }

    /// The number of a name that the evaluation made up.
    pub fn computed_name(&mut self, name: &str) -> NameId {
        match self.name_ids.get(name) {
            Some(known) => *known,
            None => self.intern(std::borrow::Cow::Owned(name.to_owned())),
        }
    }

    fn intern(&mut self, name: std::borrow::Cow<'a, str>) -> NameId {
        if let Some(known) = self.name_ids.get(&name) {
            return *known;
        }
        let id = NameId(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.names.push(name.clone());
        self.name_ids.insert(name, id);
        id
    }

    /// The text of a name.
    pub fn text(&self, id: NameId) -> &str {
        self.names.get(id.index()).map_or("", |name| name)
    }

    /// The variable of that name in a scope, where there ever was one.
    pub fn find(&self, scope: ScopeId, name: NameId) -> Option<CellId> {
        self.cell_ids.get(&(scope, name)).copied()
    }

    /// The variable of that name in a scope.
    pub fn cell(&mut self, scope: ScopeId, name: NameId) -> CellId {
        if let Some(known) = self.cell_ids.get(&(scope, name)) {
            return *known;
        }
        let id = CellId(u32::try_from(self.cells.len()).unwrap_or(u32::MAX));
        self.cells.push((scope, name));
        self.cell_ids.insert((scope, name), id);
        if let Some(scope) = self.scopes.get_mut(scope.index()) {
            scope.bound.push(name);
        }
        id
    }

    /// The scope of a variable.
    pub fn scope_of(&self, cell: CellId) -> ScopeId {
        self.cells.get(cell.index()).map_or(ScopeId(0), |(scope, _)| *scope)
    }

    /// The name of a variable.
    pub fn name_of(&self, cell: CellId) -> &str {
        self.cells.get(cell.index()).map_or("", |(_, name)| self.text(*name))
    }

    /// The names that a function binds, where they were looked up.
    pub fn locals(&self, code: CodeId) -> Option<std::rc::Rc<Locals>> {
        self.locals.get(&code).cloned()
    }

    /// Notes the names that a function binds.
    pub fn set_locals(&mut self, code: CodeId, locals: Locals) -> std::rc::Rc<Locals> {
        let locals = std::rc::Rc::new(locals);
        self.locals.insert(code, std::rc::Rc::clone(&locals));
        locals
    }
}
