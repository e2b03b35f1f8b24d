//! The functions that the project defines, evaluated where they are called.

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use ruff_python_ast::{self as ast, ExprLambda, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::budget::cut;
use super::calls::{Arguments, Site};
use super::interpreter::{Flow, Interpreter};
use super::join::joined;
use super::uses::Settings;
use super::value::{Body, Data, Slot, Val};
use crate::tree::{FileId, Location};

/// How deeply a function may call itself.
const MAX_RECURSION: usize = 12;

/// A function of the project.
pub struct Function<'a> {
    pub(super) code: Code<'a>,
    pub(super) scope: usize,
    pub(super) file: FileId,
    pub(super) called: bool,
    /// What a call of it gives is not known: a decorator made something else of it.
    pub(super) decorated: bool,
    /// How often the function is itself running.
    pub(super) active: usize,
    pub(super) binding: Binding,
    /// The class that defines it.
    pub(super) class: Option<usize>,
    /// The defaults of its parameters, which are made once, with it: where each is written, and its value.
    pub(super) defaults: Vec<(ruff_text_size::TextSize, Val)>,
    /// The settings of the task that decorators make of it.
    pub(super) task: Option<Settings>,
    /// Whether it yields, where that was looked up.
    yields: Option<bool>,
}

/// What runs.
#[derive(Clone, Copy)]
pub enum Code<'a> {
    /// `def`.
    Def(&'a StmtFunctionDef),
    /// `lambda`.
    Lambda(&'a ExprLambda),
}

/// What a method gets as its first argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// The instance.
    Instance,
    /// The instance, without being called.
    Property,
    /// The class.
    Class,
    /// Nothing.
    Static,
}

/// A call that is being evaluated.
pub struct Frame {
    pub(super) class: Option<usize>,
    pub(super) owner: Option<Val>,
    /// What `yield` gave so far, in a generator.
    pub(super) yields: Vec<Slot>,
}

impl Code<'_> {
    /// The name by which people know it.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Def(definition) => definition.name.as_str(),
            Self::Lambda(_) => "lambda",
        }
    }
}

impl<'a> Interpreter<'a> {
    /// `def`, with its decorators.
    pub(super) fn define(&mut self, node: &'a StmtFunctionDef) {
        let uses = self.uses.len();
        let around = self.task_settings.take();
        let decorators: Vec<(Val, &'a ast::Decorator)> =
            node.decorator_list.iter().map(|decorator| (self.expression(&decorator.expression), decorator)).collect();
        let defaults = self.defaults(&node.parameters);
        let class = self.scopes.get(self.scope).and_then(|scope| scope.class);
        let index = self.add_function(Code::Def(node), class, defaults);
        let at = self.at(&node.name);
        let mut val = Val::new(Data::Function(index), at);
        for (decorator, written) in decorators.iter().rev() {
            val = self.decorate(val, index, decorator, written);
        }
        self.name_uses(uses, node.name.as_str());
        let task = std::mem::replace(&mut self.task_settings, around);
        if let Some(function) = self.functions.get_mut(index) {
            function.task = task;
        }
        self.bind(node.name.as_str(), val);
    }

    fn add_function(
        &mut self,
        code: Code<'a>,
        class: Option<usize>,
        defaults: Vec<(ruff_text_size::TextSize, Val)>,
    ) -> usize {
        self.functions.push(Function {
            code,
            scope: self.scope,
            file: self.file,
            called: false,
            decorated: false,
            active: 0,
            binding: Binding::Instance,
            class,
            defaults,
            task: None,
            yields: None,
        });
        self.functions.len() - 1
    }

    fn defaults(&mut self, parameters: &'a ast::Parameters) -> Vec<(ruff_text_size::TextSize, Val)> {
        let written = parameters.iter_non_variadic_params().filter_map(|parameter| parameter.default.as_deref());
        written.map(|default| (default.start(), self.expression(default))).collect()
    }

    /// What a decorator makes of a function: something that podlint can follow, or something unknown.
    fn decorate(&mut self, val: Val, index: usize, decorator: &Val, written: &'a ast::Decorator) -> Val {
        if let Some(environment) = self.environment_of_task(decorator) {
            let at = self.at(&written.expression);
            self.note_task(environment, &Arguments::default(), at);
        }
        let text = self.snippet(&written.expression);
        let name = text.split('(').next().unwrap_or_default().rsplit('.').next().unwrap_or_default();
        let binding = match name {
            "staticmethod" => Some(Binding::Static),
            "classmethod" => Some(Binding::Class),
            "property" | "cached_property" => Some(Binding::Property),
            "cache" | "lru_cache" | "wraps" | "override" | "abstractmethod" | "overload" => Some(Binding::Instance),
            _ => None,
        };
        if let (Some(binding), Some(function)) = (binding, self.functions.get_mut(index)) {
            if binding != Binding::Instance {
                function.binding = binding;
            }
            return val;
        }
        let follows =
            matches!(decorator.data, Data::Function(_) | Data::Bound(..) | Data::Partial(_) | Data::UserClass(_));
        if follows {
            let site = Site::of(written.expression.range());
            let made = self.apply(decorator, Arguments::one(Slot::new(val.clone(), val.at)), site);
            if matches!(made.data, Data::Function(_) | Data::Bound(..) | Data::Partial(_) | Data::Object(_)) {
                return made;
            }
        }
        if let Some(function) = self.functions.get_mut(index) {
            function.decorated = true;
        }
        val
    }

    /// `lambda`. Its body is looked at where it is called, and once for templates in it where it is not.
    pub(super) fn lambda(&mut self, node: &'a ExprLambda) -> Val {
        let defaults = node.parameters.as_ref().map(|parameters| self.defaults(parameters)).unwrap_or_default();
        let index = self.add_function(Code::Lambda(node), None, defaults);
        Val::new(Data::Function(index), self.at(node))
    }

    /// Evaluates a function of the project with these arguments.
    pub(super) fn call_function(
        &mut self,
        index: usize,
        owner: Option<Val>,
        arguments: Arguments,
        site: Site<'a>,
    ) -> Val {
        let Some(function) = self.functions.get_mut(index) else { return self.unknown(site) };
        let (code, outer, file, class) = (function.code, function.scope, function.file, function.class);
        let is_async = matches!(code, Code::Def(definition) if definition.is_async);
        if function.decorated || is_async || function.active >= MAX_RECURSION {
            return self.not_followed(&arguments, site);
        }
        function.called = true;
        function.active += 1;
        let owner = if function.binding == Binding::Static { None } else { owner };
        let (reason, at) = (self.snippet(site), self.at(site));
        let left_at = self.left_at;
        if self.file == FileId::MAIN && file != FileId::MAIN {
            self.left_at = Some(at);
        }
        let caller = std::mem::replace(&mut self.file, file);
        self.frames.push(Frame { class, owner: owner.clone(), yields: Vec::new() });
        let result = match code {
            Code::Def(definition) => {
                let bound = self.bind_parameters(Some(&definition.parameters), index, owner, arguments);
                self.run_body(index, &definition.body, outer, bound, &reason, at)
            }
            Code::Lambda(lambda) => {
                let bound = self.bind_parameters(lambda.parameters.as_deref(), index, owner, arguments);
                self.in_scope(outer, bound, |this| this.expression(&lambda.body))
            }
        };
        self.frames.pop();
        (self.file, self.left_at) = (caller, left_at);
        if let Some(function) = self.functions.get_mut(index) {
            function.active -= 1;
        }
        result
    }

    fn in_scope<T>(&mut self, outer: usize, bound: HashMap<&'a str, Val>, body: impl FnOnce(&mut Self) -> T) -> T {
        let scope = self.new_scope(outer, None);
        if let Some(scope) = self.scopes.get_mut(scope) {
            scope.names = bound;
        }
        let caller = std::mem::replace(&mut self.scope, scope);
        let result = body(self);
        self.scope = caller;
        result
    }

    fn run_body(
        &mut self,
        function: usize,
        body: &'a [Stmt],
        outer: usize,
        bound: HashMap<&'a str, Val>,
        reason: &Rc<str>,
        at: Location,
    ) -> Val {
        let returns = std::mem::take(&mut self.returns);
        let forks = self.forks;
        let flow = self.in_scope(outer, bound, |this| this.block(body));
        let mut results = std::mem::replace(&mut self.returns, returns);
        if self.is_generator(function, body) {
            let yields = self.frames.last_mut().map(|frame| std::mem::take(&mut frame.yields)).unwrap_or_default();
            let certain = self.forks == forks;
            return self.list_of(if certain { yields } else { Vec::new() }, !certain, at);
        }
        results.extend(match flow {
            Flow::Return(val) => Some(val),
            Flow::Raise => None,
            _ => Some(Val::new(Data::None, at)),
        });
        let first = results.pop();
        let result = results.into_iter().fold(first, |joint, val| joint.map(|joint| joined(joint, val, reason)));
        result.unwrap_or_else(|| Val::dynamic(reason.clone(), at))
    }

    fn is_generator(&mut self, function: usize, body: &'a [Stmt]) -> bool {
        let (Some(first), Some(last)) = (body.first(), body.last()) else { return false };
        let known = self.functions.get(function).and_then(|function| function.yields);
        let yields = known.unwrap_or_else(|| self.text_at(first.range().cover(last.range())).contains("yield"));
        self.functions.get_mut(function).into_iter().for_each(|function| function.yields = Some(yields));
        yields
    }

    /// The names that a function's body starts with.
    fn bind_parameters(
        &mut self,
        parameters: Option<&'a ast::Parameters>,
        function: usize,
        owner: Option<Val>,
        arguments: Arguments,
    ) -> HashMap<&'a str, Val> {
        let mut bound = HashMap::new();
        let Some(parameters) = parameters else { return bound };
        let Arguments { positional, mut keywords, open } = arguments;
        // Each parameter is looked for among the keywords, and among the defaults.
        self.step(parameters.len() + parameters.len() * (keywords.len() + parameters.len()) / 256);
        let mut positional: VecDeque<Slot> = positional.into();
        if let Some(owner) = owner {
            positional.push_front(Slot::new(owner.clone(), owner.at));
        }
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
            let name = parameter.parameter.name.as_str();
            let given = positional.pop_front().or_else(|| take(&mut keywords, name));
            let val = self.parameter_value(given, parameter, function, open);
            bound.insert(name, val);
        }
        for parameter in &parameters.kwonlyargs {
            let given = take(&mut keywords, parameter.parameter.name.as_str());
            let val = self.parameter_value(given, parameter, function, open);
            bound.insert(parameter.parameter.name.as_str(), val);
        }
        if let Some(rest) = &parameters.vararg {
            let at = self.at(&rest.name);
            let val = self.list_of(positional.into(), open, at);
            bound.insert(rest.name.as_str(), val);
        }
        if let Some(rest) = &parameters.kwarg {
            let at = self.at(&rest.name);
            let entry = |(name, named_at, slot): (Rc<str>, Location, Slot)| {
                (Slot::new(Val::new(Data::Text(name), named_at), named_at), slot)
            };
            let val = self.allocate(Body::Dict(keywords.into_iter().map(entry).collect()), open, at);
            bound.insert(rest.name.as_str(), val);
        }
        bound
    }

    fn parameter_value(
        &self,
        given: Option<Slot>,
        parameter: &'a ast::ParameterWithDefault,
        function: usize,
        open: bool,
    ) -> Val {
        let default = |start| {
            let defaults = &self.functions.get(function)?.defaults;
            defaults.iter().find(|(known, _)| *known == start).map(|(_, val)| val.clone())
        };
        let default = parameter.default.as_ref().filter(|_| !open).and_then(|written| default(written.start()));
        let unknown = || Val::dynamic(parameter.parameter.name.as_str(), self.at(&parameter.parameter));
        given.map(|slot| slot.val).or(default).unwrap_or_else(unknown)
    }

    /// Evaluates a function that nothing in the module calls: its arguments are unknown.
    pub(super) fn call_blindly(&mut self, index: usize) {
        let Some(function) = self.functions.get_mut(index) else { return };
        function.called = true;
        let (code, outer, class) = (function.code, function.scope, function.class);
        let mut bound = HashMap::new();
        let parameters = match code {
            Code::Def(definition) => Some(&*definition.parameters),
            Code::Lambda(lambda) => lambda.parameters.as_deref(),
        };
        for parameter in parameters.into_iter().flat_map(|parameters| parameters.iter()) {
            let name = parameter.name();
            bound.insert(name.as_str(), Val::dynamic(name.as_str(), self.at(name)));
        }
        self.frames.push(Frame { class, owner: None, yields: Vec::new() });
        match code {
            Code::Def(definition) => {
                let at = self.at(&definition.name);
                self.run_body(index, &definition.body, outer, bound, &definition.name.as_str().into(), at);
            }
            Code::Lambda(lambda) => {
                self.in_scope(outer, bound, |this| this.expression(&lambda.body));
            }
        }
        self.frames.pop();
    }

    /// `yield value`.
    pub(super) fn yielded(&mut self, slot: Slot) {
        if let Some(frame) = self.frames.last_mut() {
            frame.yields.push(slot);
            // Whether it was the last one is not known any more.
            self.forks += usize::from(cut(&mut frame.yields));
        }
    }
}

fn take(keywords: &mut Vec<(Rc<str>, Location, Slot)>, name: &str) -> Option<Slot> {
    let index = keywords.iter().position(|(known, ..)| &**known == name)?;
    Some(keywords.remove(index).2)
}
