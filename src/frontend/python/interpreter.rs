//! The state of an evaluation: scopes, heap, what was found so far.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use ruff_python_ast::Stmt;
use ruff_text_size::{Ranged, TextRange};

use super::budget::Budget;
use super::classes::UserClass;
use super::functions::{Code, Frame, Function};
use super::marks::Marks;
use super::modules::{Project, file_of};
use super::uses::{Settings, TemplateUse};
use super::value::{Body, Data, Object, Of, Slot, Val};
use crate::config::Limits;
use crate::diagnostic::Diagnostic;
use crate::document::Condition;
use crate::source::{Modules, SourceFile};
use crate::text::{Span, head};
use crate::tree::{FileId, Location};

/// How many characters of an expression a reason shows.
const MAX_SNIPPET: usize = 60;
/// How many bytes are looked at for them: there may be long comments and gaps.
const MAX_LOOKED_AT: usize = 4_096;

/// A lazy, bounded, pure reading of one module. Nothing is ever executed: this only computes what is plain to see.
pub struct Interpreter<'a> {
    text: &'a str,
    pub(super) project: &'a Project,
    /// The file whose code is being evaluated.
    pub(super) file: FileId,
    /// The global scopes of the project's modules that were evaluated.
    module_scopes: HashMap<usize, usize>,
    /// How many modules are being imported: what they make for themselves is their own business.
    importing: usize,
    /// Where the checked file called into another one.
    pub(super) left_at: Option<Location>,
    pub(super) heap: Vec<Object>,
    /// What dicts with defaults make for missing keys, by their place in the heap.
    pub(super) factories: HashMap<usize, Val>,
    /// Why objects are open, by their places in the heap.
    pub(super) opened: HashMap<usize, Rc<str>>,
    /// How often the evaluation met something that may raise.
    pub(super) doubts: usize,
    pub(super) scopes: Vec<Scope<'a>>,
    pub(super) functions: Vec<Function<'a>>,
    pub(super) classes: Vec<UserClass>,
    pub(super) templates: Vec<Template>,
    /// Their places by those of their objects.
    pub(super) template_of: HashMap<usize, usize>,
    pub(super) uses: Vec<TemplateUse>,
    /// What the decorators of the function that is being defined say of its task.
    pub(super) task_settings: Option<Settings>,
    /// What surely raises or is surely lost.
    pub(super) incidents: Vec<Diagnostic>,
    /// The names of the cluster's templates, where they are all known.
    pub(super) cluster_templates: Option<Arc<BTreeSet<String>>>,
    /// Environment variables that are known.
    pub(super) variables: BTreeMap<String, String>,
    /// Names of classes that the client does not have, and those that they are near to.
    pub(super) near_classes: HashMap<String, Option<&'static str>>,
    pub(super) scope: usize,
    /// Modules whose names were all imported.
    pub(super) stars: Vec<Rc<str>>,
    pub(super) depth: usize,
    /// How much the documents hold.
    pub(super) nodes: Cell<usize>,
    pub(super) budget: Budget,
    /// Templates were found of which a part was not evaluated.
    pub(super) cut_short: bool,
    /// What `return` statements of the current function gave on branches that may not be taken.
    pub(super) returns: Vec<Val>,
    /// The calls that are under way.
    pub(super) frames: Vec<Frame>,
    /// How often the program could go two ways.
    pub(super) forks: usize,
    pub(super) nested_forks: usize,
    /// A test whose outcome is taken for granted.
    pub(super) given: Option<Condition>,
    /// The tests that only running would decide.
    pub(super) conditions: Vec<Condition>,
    /// Data files that the module loads, behind its modules.
    pub(super) files: Vec<Arc<SourceFile>>,
    pub(super) finder: &'a dyn Modules,
    pub(super) limits: &'a Limits,
    path: &'a Path,
}

/// The names of a module, function or class body.
#[derive(Clone, Default)]
pub struct Scope<'a> {
    pub(super) names: HashMap<&'a str, Val>,
    pub(super) parent: Option<usize>,
    /// Names that `global` gives to the module's scope.
    pub(super) globals: Vec<&'a str>,
    /// Names that `nonlocal` gives to the function around this one.
    pub(super) nonlocals: Vec<&'a str>,
    /// The class whose body it is.
    pub(super) class: Option<usize>,
}

/// A `PodTemplate` that the program makes.
#[derive(Clone)]
pub struct Template {
    /// The instance.
    pub(super) object: usize,
    /// The variable that it was bound to first.
    pub(super) name: Option<String>,
    /// That variable is one of the module.
    pub(super) is_global: bool,
    /// Made by a module for itself, while it was imported.
    pub(super) foreign: bool,
    /// Where the checked file called into the module that makes it.
    pub(super) made_at: Option<Location>,
    /// Only a step on the way to another template: `PodTemplate(…).allow_fuse()`.
    pub(super) superseded: bool,
}

/// Where the flow goes after a statement.
#[derive(Debug, PartialEq)]
pub enum Flow {
    /// To the next one.
    Next,
    /// Out of the function.
    Return(Val),
    /// Out of the loop.
    Break,
    /// Perhaps out of the loop, else to its next round.
    MaybeBreak,
    /// To the loop's next round.
    Continue,
    /// Nowhere: an exception is raised.
    Raise,
}

impl<'a> Interpreter<'a> {
    /// A fresh evaluation of `text`.
    pub fn new(
        path: &'a Path,
        text: &'a str,
        project: &'a Project,
        finder: &'a dyn Modules,
        limits: &'a Limits,
    ) -> Self {
        Self {
            path,
            text,
            project,
            finder,
            limits,
            file: FileId::MAIN,
            module_scopes: HashMap::new(),
            importing: 0,
            left_at: None,
            heap: Vec::new(),
            factories: HashMap::new(),
            opened: HashMap::new(),
            doubts: 0,
            scopes: vec![Scope::default()],
            functions: Vec::new(),
            classes: Vec::new(),
            templates: Vec::new(),
            template_of: HashMap::new(),
            stars: Vec::new(),
            uses: Vec::new(),
            task_settings: None,
            incidents: Vec::new(),
            cluster_templates: None,
            variables: BTreeMap::new(),
            near_classes: HashMap::new(),
            scope: 0,
            depth: 0,
            budget: Budget::new(limits.steps),
            nodes: Cell::new(0),
            cut_short: false,
            returns: Vec::new(),
            frames: Vec::new(),
            forks: 0,
            nested_forks: 0,
            given: None,
            conditions: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Evaluates the module, then the functions that nothing called, with unknown arguments.
    pub fn run(&mut self, module: &'a [Stmt]) {
        self.block(module);
        let marks = Marks::of(self.text);
        let mut index = 0;
        // Evaluating a function may define or call further ones.
        while index < self.functions.len() && !self.budget.is_exhausted() {
            let open = |function: &Function<'_>| !function.called && function.file == FileId::MAIN;
            let concerns = |function: &Function<'_>| open(function) && self.may_concern_templates(function, &marks);
            if self.functions.get(index).is_some_and(concerns) {
                self.look_into(index);
            }
            index += 1;
        }
        if self.budget.is_exhausted() {
            self.cut_short = true;
            self.heap.iter_mut().for_each(|object| object.open = true);
        }
    }

    /// Evaluates a function that nothing calls. It has a budget of its own: what is too large to follow costs only the
    /// templates that it makes.
    fn look_into(&mut self, index: usize) {
        let (objects, templates, limit) = (self.heap.len(), self.templates.len(), self.budget.narrow(10));
        self.call_blindly(index);
        self.budget.widen(limit);
        if self.budget.is_exhausted() {
            self.heap.iter_mut().skip(objects).for_each(|object| object.open = true);
            self.cut_short |= self.templates.len() > templates;
            self.budget.forgive();
        }
    }

    /// Whether a function's own text names what makes or takes templates; others need not be looked at for their own sake.
    fn may_concern_templates(&self, function: &Function<'_>, marks: &Marks) -> bool {
        let range = match function.code {
            Code::Def(definition) => definition.range(),
            Code::Lambda(lambda) => lambda.range(),
        };
        let text = self.location(range).span.slice(self.text);
        let is_maker = |val: &Val| matches!(val.data, Data::Template(_));
        let mut aliases = self.scopes.iter().flat_map(|scope| &scope.names).filter(|(_, val)| is_maker(val));
        marks.names_templates(range)
            || (!self.templates.is_empty() && marks.makes_copies(range))
            || aliases.any(|(name, _)| text.contains(name))
    }

    /// The text of a file.
    pub(super) fn text_of(&self, file: FileId) -> &'a str {
        match file.0.checked_sub(1) {
            None => self.text,
            Some(index) => self.project.modules.get(index as usize).map_or("", |module| &module.source.text),
        }
    }

    /// The text of a file, be it a module or data.
    pub(super) fn text_in(&self, file: FileId) -> &str {
        let data =
            (file.0 as usize).checked_sub(self.project.modules.len() + 1).and_then(|index| self.files.get(index));
        data.map_or_else(|| self.text_of(file), |source| &source.text)
    }

    /// The path of a module.
    pub(super) fn path_of(&self, file: FileId) -> &Path {
        match file.0.checked_sub(1) {
            None => self.path,
            Some(index) => self.project.modules.get(index as usize).map_or(self.path, |module| &module.source.path),
        }
    }

    /// The text of a range in the current file.
    pub(super) fn text_at(&self, range: TextRange) -> &'a str {
        self.location(range).span.slice(self.text_of(self.file))
    }

    /// The global scope of a module of the project, which is evaluated when it is first asked for. It has a budget of its
    /// own: what is too large to follow stays open.
    pub(super) fn module_scope(&mut self, module: usize) -> usize {
        if let Some(scope) = self.module_scopes.get(&module) {
            return *scope;
        }
        self.scopes.push(Scope::default());
        let scope = self.scopes.len() - 1;
        // Noted before it is evaluated: modules may import each other.
        self.module_scopes.insert(module, scope);
        let project = self.project;
        let Some(body) = project.modules.get(module).map(|module| module.parsed.suite()) else { return scope };
        let outer = (self.scope, self.file, self.budget.narrow(4), self.heap.len());
        let returns = std::mem::take(&mut self.returns);
        (self.scope, self.file) = (scope, file_of(module));
        self.importing += 1;
        self.block(body);
        self.importing -= 1;
        (self.scope, self.file) = (outer.0, outer.1);
        self.budget.widen(outer.2);
        self.returns = returns;
        if self.budget.is_exhausted() && self.importing == 0 {
            self.heap.iter_mut().skip(outer.3).for_each(|object| object.open = true);
            self.budget.forgive();
        }
        scope
    }

    /// Whether what is made now belongs to a module that is being imported.
    pub(super) const fn is_importing(&self) -> bool {
        self.importing > 0
    }

    /// The place of a syntax node.
    pub(super) fn at(&self, node: impl Ranged) -> Location {
        self.location(node.range())
    }

    /// The place of a range.
    pub(super) fn location(&self, range: TextRange) -> Location {
        Location { file: self.file, span: Span::new(range.start().to_u32(), range.end().to_u32()) }
    }

    /// The text of a syntax node on one line, shortened: a reason that people recognise.
    pub(super) fn snippet(&self, node: impl Ranged) -> Rc<str> {
        one_line(self.location(node.range()).span.slice(self.text_of(self.file)))
    }

    /// A value that only running would tell.
    pub(super) fn unknown(&self, node: impl Ranged + Copy) -> Val {
        Val::dynamic(self.snippet(node), self.at(node))
    }

    /// Puts an object on the heap. Collections cost what they hold, and hold no more than is allowed.
    pub(super) fn allocate(&mut self, body: Body, open: bool, at: Location) -> Val {
        let mut object = Object { body, open, at };
        object.cut();
        self.step(object.size());
        self.heap.push(object);
        Val::new(Data::Object(self.heap.len() - 1), at)
    }

    /// The object that a value refers to.
    pub(super) fn object(&self, val: &Val) -> Option<&Object> {
        match val.data {
            Data::Object(index) => self.heap.get(index),
            _ => None,
        }
    }

    /// The items of a list or tuple, and whether there may be more; `None` of other things, and where it costs too much.
    pub(super) fn items(&self, val: &Val) -> Option<(Vec<Slot>, bool)> {
        let object = self.object(val).filter(|object| self.copy_items(object.size()))?;
        match &object.body {
            Body::List(items) => Some((items.clone(), object.open)),
            Body::Dict(entries) => Some((entries.iter().map(|(key, _)| key.clone()).collect(), object.open)),
            Body::Instance(instance) if self.is_tuple(instance) => {
                Some((instance.attributes.iter().map(|(.., slot)| slot.clone()).collect(), object.open))
            }
            Body::Instance(_) => None,
        }
    }

    /// The value of a name, from the inside out.
    pub(super) fn name(&self, name: &str) -> Option<Val> {
        let mut current = Some(self.scope);
        while let Some(scope) = current.and_then(|index| self.scopes.get(index)) {
            // The names of a class body are not seen from its methods.
            if (scope.class.is_none() || current == Some(self.scope))
                && let Some(val) = scope.names.get(name)
            {
                return Some(val.clone());
            }
            current = scope.parent;
        }
        None
    }

    /// Binds a name in the current scope.
    pub(super) fn bind(&mut self, name: &'a str, val: Val) {
        if let Data::Object(index) = val.data {
            let is_global = self.scope == 0;
            let template = self.template_of.get(&index).and_then(|place| self.templates.get_mut(*place));
            // A variable of the module says more than one of a function that made it.
            let unnamed = |template: &&mut Template| template.name.is_none() || (is_global && !template.is_global);
            if let Some(template) = template.filter(unnamed) {
                template.name = Some(name.to_owned());
                template.is_global = is_global;
            }
        }
        let target = self.scope_for(name);
        if let Some(scope) = self.scopes.get_mut(target) {
            scope.names.insert(name, val);
        }
    }

    /// The scope that an assignment to a name reaches.
    fn scope_for(&self, name: &str) -> usize {
        let mut target = self.scope;
        while let Some(scope) = self.scopes.get(target) {
            let is_global = scope.globals.contains(&name);
            // In a function's own scope the name is bound; around it, it is where it is known.
            let here = target != self.scope && !is_global && scope.names.contains_key(name);
            let outward = is_global || scope.nonlocals.contains(&name) || (target != self.scope && !here);
            match scope.parent {
                Some(_) if is_global => return self.module_of(target),
                Some(parent) if outward => target = parent,
                _ => break,
            }
        }
        target
    }

    /// The scope of the module around a scope.
    fn module_of(&self, scope: usize) -> usize {
        std::iter::successors(Some(scope), |scope| self.scopes.get(*scope)?.parent).last().unwrap_or(scope)
    }

    /// Opens a scope inside another.
    pub(super) fn new_scope(&mut self, parent: usize, class: Option<usize>) -> usize {
        self.step(2);
        self.scopes.push(Scope { parent: Some(parent), class, ..Scope::default() });
        self.scopes.len() - 1
    }

    /// Code that podlint cannot see may have changed what a value holds.
    pub(super) fn escape(&mut self, val: &Val, reason: &Rc<str>) {
        let mut pending = vec![val.clone()];
        let mut seen = HashSet::new();
        while let Some(val) = pending.pop() {
            let Data::Object(index) = val.data else { continue };
            if !seen.insert(index) {
                continue;
            }
            let size = self.heap.get(index).map_or(0, Object::size);
            // Where the evaluation ends here, all objects are taken for open.
            if !self.step(1) || !self.copy_items(size) {
                return;
            }
            let Some(object) = self.heap.get_mut(index) else { continue };
            object.open = true;
            self.opened.entry(index).or_insert_with(|| Rc::clone(reason));
            match &object.body {
                Body::List(items) => pending.extend(items.iter().map(|slot| slot.val.clone())),
                Body::Dict(entries) => pending.extend(entries.iter().map(|(_, value)| value.val.clone())),
                Body::Instance(instance) => {
                    pending.extend(instance.attributes.iter().map(|(.., slot)| slot.val.clone()));
                }
            }
        }
    }

    /// What a user class's instance or a template is of.
    pub(super) fn instance_of(&self, val: &Val) -> Option<&Of> {
        match &self.object(val)?.body {
            Body::Instance(instance) => Some(&instance.of),
            _ => None,
        }
    }
}

/// A text on one line, shortened; no more of it is looked at than can matter.
fn one_line(text: &str) -> Rc<str> {
    let seen = head(text, MAX_LOOKED_AT);
    let mut line = String::new();
    for word in seen.split_whitespace() {
        // A character has at most four bytes.
        if line.len() > 4 * MAX_SNIPPET {
            break;
        }
        line.push_str(if line.is_empty() { "" } else { " " });
        line.push_str(word);
    }
    if seen.len() < text.len() || line.chars().count() > MAX_SNIPPET {
        line = line.chars().take(MAX_SNIPPET - 3).chain("...".chars()).collect();
    }
    line.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_is_one_short_line() {
        assert_eq!(&*one_line("  f(\n    a,\n )  "), "f( a, )");
        assert_eq!(one_line(&"x".repeat(60)).len(), 60);
        assert_eq!(&*one_line(&format!("{} \n", "x".repeat(60))), "x".repeat(60));
        assert_eq!(&*one_line(&"x".repeat(61)), format!("{}...", "x".repeat(57)));
        assert_eq!(&*one_line(&format!("f({}1)", " ".repeat(1 << 20))), "f(...");
    }
}
