//! Names: what they mean where they are read, and where they are bound.

use std::rc::Rc;

use super::super::value::{Cause, CellId, ModuleId, NameId, ScopeId, Unknown, Value, ValueKind};
use super::exception_classes::is_builtin_exception;
use super::{Evaluator, Event, ScopeKind, Stop};
use crate::tree::Location;

/// Builtins that nothing else knows; what the interpreter adds for people at its prompt included.
const BUILTINS: &[&str] = &[
    "__annotations__",
    "__build_class__",
    "__builtins__",
    "__cached__",
    "__dict__",
    "__doc__",
    "__import__",
    "__loader__",
    "__package__",
    "__path__",
    "__spec__",
    "_",
    "aiter",
    "anext",
    "ascii",
    "breakpoint",
    "compile",
    "copyright",
    "credits",
    "delattr",
    "dir",
    "display",
    "divmod",
    "eval",
    "exec",
    "exit",
    "format",
    "get_ipython",
    "globals",
    "hash",
    "help",
    "hex",
    "id",
    "input",
    "license",
    "locals",
    "oct",
    "open",
    "pow",
    "quit",
    "reveal_type",
    "round",
    "vars",
];

impl<'a> Evaluator<'a> {
    /// The value of a name.
    pub(super) fn name(&mut self, name: &'a str, at: Location) -> Result<Value, Stop> {
        let id = self.scopes.name(name);
        if let Some(cell) = self.cell_of(id) {
            if let Some(value) = self.state.cell(cell).cloned() {
                self.note_read(&value);
                return Ok(self.perhaps_unbound(name, cell, value, at));
            }
            return self.unbound(name, cell, at);
        }
        if let Some(value) = self.builtin(name, at) {
            return Ok(value);
        }
        let module = self.scope_module();
        if self.is_open_module || self.program.is_open(module) || self.may_be_bound(module, name, at) {
            return Ok(self.fresh(Cause::Unsupported, name, at));
        }
        self.refuse("NameError", format!("name '{name}' is not defined"), at)
    }

    /// The value of a variable that is not bound on all ways to here: else the name means a builtin, or raises.
    fn perhaps_unbound(&mut self, name: &'a str, cell: CellId, value: Value, at: Location) -> Value {
        if !self.partly_bound.contains(&cell) {
            return value;
        }
        self.may_raise_builtin("NameError", at);
        let is_function =
            matches!(self.scopes.get(self.scopes.scope_of(cell)).map(|scope| scope.kind), Some(ScopeKind::Function(_)));
        match self.builtin(name, at).filter(|_| !is_function) {
            Some(builtin) => self.state.join_values(&value, &builtin, &name.into()),
            None => value,
        }
    }

    /// A variable that is bound somewhere, but not here.
    fn unbound(&mut self, name: &'a str, cell: CellId, at: Location) -> Result<Value, Stop> {
        let scope = self.scopes.scope_of(cell);
        let kind = self.scopes.get(scope).map(|scope| scope.kind);
        match kind {
            Some(ScopeKind::Module(module)) => {
                if let Some(value) = self.builtin(name, at) {
                    return Ok(value);
                }
                // It may be bound by a statement that was not evaluated.
                if self.is_open_module || self.program.is_open(module) || self.may_be_bound(module, name, at) {
                    return Ok(self.fresh(Cause::Unsupported, name, at));
                }
                self.refuse("NameError", format!("name '{name}' is not defined"), at)
            }
            Some(ScopeKind::Function(_)) if scope == self.scope => {
                let message = format!("cannot access local variable '{name}' where it is not associated with a value");
                self.refuse("UnboundLocalError", message, at)
            }
            _ => Ok(self.fresh(Cause::Unsupported, name, at)),
        }
    }

    /// Whether a statement of a module may have bound a name by now: one that stands before the place, or before the call at the
    /// top of the module that led there.
    fn may_be_bound(&self, module: ModuleId, name: &str, at: Location) -> bool {
        let is_at_top = module == ModuleId(0) && !self.is_hypothetical && !self.is_importing();
        match self.outermost_call() {
            Some(call) if is_at_top => self.program.binds_before(module, name, call.span.start),
            None if is_at_top && self.frames.is_empty() => self.program.binds_before(module, name, at.span.start),
            _ => self.program.binds(module, name),
        }
    }

    /// Names that every module has.
    fn builtin(&mut self, name: &str, at: Location) -> Option<Value> {
        match name {
            "__name__" => return Some(self.module_name(at)),
            "__file__" => return Some(Value::new(ValueKind::Library("__file__".into()), at)),
            "__debug__" => return Some(Value::new(ValueKind::Bool(true), at)),
            _ => {}
        }
        let path: Rc<str> = format!("builtins.{name}").into();
        let is_known = BUILTINS.contains(&name)
            || is_builtin_exception(name)
            || (self.hooks.function)(&path).is_some()
            || is_builtin_type(name);
        is_known.then(|| Value::new(ValueKind::Library(path), at))
    }

    /// `__name__`: of an imported module its own; the checked file is imported or run.
    fn module_name(&mut self, at: Location) -> Value {
        let module = self.scope_module();
        if module == ModuleId(0) {
            let symbol =
                self.symbols.of(super::super::state::SymbolKind::Applied("__name__".into(), Vec::new(), Vec::new()));
            let unknown =
                Unknown::new(Cause::External, "__name__").of(super::super::value::TypeBound::Text).with_symbol(symbol);
            return Value::unknown(unknown, at);
        }
        let name = self.program.name_of(module);
        Value::text(name, at)
    }

    /// The module that the current scope belongs to.
    pub(super) fn scope_module(&self) -> ModuleId {
        let mut current = Some(self.scope);
        while let Some(scope) = current.and_then(|id| self.scopes.get(id)) {
            if let ScopeKind::Module(module) = scope.kind {
                return module;
            }
            current = scope.parent;
        }
        ModuleId(0)
    }

    /// The scope of the module that the current scope belongs to.
    pub(super) fn global_scope(&self) -> ScopeId {
        let mut current = self.scope;
        while let Some(parent) = self.scopes.get(current).and_then(|scope| scope.parent) {
            current = parent;
        }
        current
    }

    /// The variable that a name means in the current scope, if there ever was one.
    fn cell_of(&mut self, name: NameId) -> Option<CellId> {
        let mut current = Some(self.scope);
        while let Some(id) = current {
            let scope = self.scopes.get(id)?;
            let (parent, kind) = (scope.parent, scope.kind);
            match kind {
                ScopeKind::Module(_) => return self.scopes.find(id, name),
                ScopeKind::Function(code) => {
                    let locals = self.locals(code);
                    if locals.globals.contains(&name) {
                        let global = self.global_scope();
                        return self.scopes.find(global, name);
                    }
                    if locals.own.contains(&name) {
                        return Some(self.scopes.cell(id, name));
                    }
                }
                ScopeKind::Class if id != self.scope => {}
                ScopeKind::Class | ScopeKind::Comprehension => {
                    let cell = self.scopes.find(id, name);
                    if let Some(cell) = cell.filter(|cell| self.state.cell(*cell).is_some()) {
                        return Some(cell);
                    }
                }
            }
            current = parent;
        }
        None
    }

    /// The variable that an assignment to a name binds.
    fn target_cell(&mut self, name: NameId) -> CellId {
        let mut id = self.scope;
        while let Some(scope) = self.scopes.get(id).filter(|scope| scope.kind == ScopeKind::Comprehension) {
            let Some(parent) = scope.parent else { break };
            id = parent;
        }
        let Some(ScopeKind::Function(code)) = self.scopes.get(id).map(|scope| scope.kind) else {
            return self.scopes.cell(id, name);
        };
        let locals = self.locals(code);
        if locals.globals.contains(&name) {
            let global = self.global_scope();
            return self.scopes.cell(global, name);
        }
        if !locals.nonlocals.contains(&name) {
            return self.scopes.cell(id, name);
        }
        let mut outer = self.scopes.get(id).and_then(|scope| scope.parent);
        while let Some(scope) = outer {
            let (parent, kind) = match self.scopes.get(scope) {
                Some(found) => (found.parent, found.kind),
                None => break,
            };
            if let ScopeKind::Function(code) = kind
                && self.locals(code).own.contains(&name)
            {
                return self.scopes.cell(scope, name);
            }
            outer = parent;
        }
        self.scopes.cell(id, name)
    }

    /// Binds a name as an assignment in the current scope does.
    pub(super) fn bind(&mut self, name: &'a str, value: Value) {
        let id = self.scopes.name(name);
        let cell = self.target_cell(id);
        self.set_variable(cell, value);
    }

    /// Binds a name in this very scope: a parameter, the variable of a comprehension.
    pub(super) fn bind_here(&mut self, name: &'a str, value: Value) {
        let id = self.scopes.name(name);
        let cell = self.scopes.cell(self.scope, id);
        self.set_variable(cell, value);
    }

    /// Tells of a variable of the checked module that is one of several things, templates among them.
    fn tell_one_of(&mut self, cell: CellId, value: &Value) {
        let is_template = |value: &Value| value.as_object().is_some_and(|id| self.is_template(id));
        let is_told = |unknown: &&Unknown| unknown.is_one_of || unknown.candidates.iter().all(is_template);
        let Some(unknown) = value.as_unknown().filter(is_told) else { return };
        let scope = self.scopes.get(self.scopes.scope_of(cell)).map(|scope| scope.kind);
        if scope == Some(ScopeKind::Module(ModuleId(0))) && unknown.candidates.iter().any(is_template) {
            let name: Rc<str> = self.scopes.name_of(cell).into();
            self.emit(Event::NamedOneOf { value: value.clone(), name });
        }
    }

    /// Sets a variable.
    pub(super) fn set_variable(&mut self, cell: CellId, value: Value) {
        self.charge(1);
        if let Some(object) = value.as_object().filter(|id| self.is_template(*id)) {
            let name: Rc<str> = self.scopes.name_of(cell).into();
            let scope = self.scopes.get(self.scopes.scope_of(cell)).map(|scope| scope.kind);
            let is_global = scope == Some(ScopeKind::Module(ModuleId(0)));
            self.emit(Event::Named { object, name, is_global });
        }
        self.tell_one_of(cell, &value);
        if self.volatile.contains(&cell) {
            let unknown =
                Unknown::new(Cause::GivenAway, "code that is not known may change it").with_candidates([value.clone()]);
            return self.state.set_cell(cell, Value::unknown(unknown, value.at));
        }
        self.state.set_cell(cell, value);
    }

    /// Takes a name away: `del name`.
    pub(super) fn unbind(&mut self, name: &'a str) {
        let id = self.scopes.name(name);
        let cell = self.target_cell(id);
        self.state.clear_cell(cell);
    }

    /// The variables of a scope that are bound now, by name.
    pub fn variables_of(&self, scope: ScopeId) -> Vec<(Rc<str>, Value)> {
        let names = self.scopes.get(scope).map(|scope| scope.bound.clone()).unwrap_or_default();
        names
            .into_iter()
            .filter_map(|name| {
                let value = self.state.cell(self.scopes.find(scope, name)?)?;
                Some((self.scopes.text(name).into(), value.clone()))
            })
            .collect()
    }

    /// A variable of a scope, by a name that the program computed.
    pub fn variable(&mut self, scope: ScopeId, name: &str) -> Option<Value> {
        let id = self.scopes.computed_name(name);
        let cell = self.scopes.find(scope, id)?;
        let value = self.state.cell(cell).cloned()?;
        Some(if self.partly_bound.contains(&cell) { perhaps(name, value) } else { value })
    }

    /// To read what is perhaps not there may raise.
    pub(super) fn may_be_absent(&mut self, value: &Value, class: &str, at: Location) {
        if value.as_unknown().is_some_and(Unknown::is_perhaps_absent) {
            self.may_raise_builtin(class, at);
        }
    }

    /// Sets a variable of a scope, by a name that the program computed: `globals()["x"] = …`.
    pub fn set_variable_named(&mut self, scope: ScopeId, name: &str, value: Value) {
        let id = self.scopes.computed_name(name);
        let cell = self.scopes.cell(scope, id);
        self.set_variable(cell, value);
    }

    /// Forgets all variables of a scope: something that is not understood may have set any of them.
    pub fn forget_scope(&mut self, scope: ScopeId, why: &Unknown) {
        let names = self.scopes.get(scope).map(|scope| scope.bound.clone()).unwrap_or_default();
        for name in names {
            if let Some(cell) = self.scopes.find(scope, name) {
                self.state.forget_cell(cell, why);
            }
        }
    }

    /// The scope of the module that is being evaluated, for the library.
    pub fn globals(&self) -> ScopeId {
        self.global_scope()
    }

    /// The current scope, for the library.
    pub const fn current_scope(&self) -> ScopeId {
        self.scope
    }
}

/// The value of a variable or attribute that is perhaps not there.
pub(super) fn perhaps(name: &str, value: Value) -> Value {
    let at = value.at;
    let candidates = match value.as_unknown() {
        Some(unknown) => Rc::clone(&unknown.candidates),
        None => Rc::from([value]),
    };
    Value::unknown(Unknown::new(Cause::Condition, name).with_candidates(candidates), at)
}

/// Builtin types, which are classes as well as functions.
pub fn is_builtin_type(name: &str) -> bool {
    matches!(
        name,
        "object"
            | "type"
            | "int"
            | "float"
            | "bool"
            | "str"
            | "bytes"
            | "list"
            | "tuple"
            | "dict"
            | "set"
            | "frozenset"
            | "complex"
            | "range"
            | "property"
            | "staticmethod"
            | "classmethod"
            | "super"
            | "enumerate"
            | "zip"
            | "map"
            | "filter"
            | "bytearray"
            | "memoryview"
            | "slice"
            | "reversed"
            | "NotImplemented"
            | "Ellipsis"
    )
}
