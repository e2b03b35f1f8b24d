//! Calls: functions of the module at their call sites, and constructors.

use std::collections::HashMap;
use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr};

use super::interpreter::{Flow, Interpreter, joined};
use super::names;
use super::sdk;
use super::uses::takes_template;
use super::value::{Body, Data, Instance, Of, Sdk, Slot, Val};
use crate::tree::{FileId, Location};

/// How deeply a function may call itself.
const MAX_RECURSION: usize = 3;

/// Evaluated arguments of a call.
#[derive(Default)]
pub struct Arguments {
    pub(super) positional: Vec<Slot>,
    /// Name, where it is written, value.
    pub(super) keywords: Vec<(Rc<str>, Location, Slot)>,
    /// There were `*args` or `**kwargs` that are not known.
    pub(super) open: bool,
}

impl Arguments {
    /// The argument of that name, or at that position.
    pub(super) fn get(&self, name: &str, position: usize) -> Option<&Slot> {
        let named = self.keywords.iter().find(|(known, ..)| &**known == name).map(|(.., slot)| slot);
        named.or_else(|| self.positional.get(position))
    }
}

impl<'a> Interpreter<'a> {
    /// The value of a call.
    pub(super) fn call(&mut self, node: &'a ast::ExprCall) -> Val {
        let callee = self.expression(&node.func);
        let arguments = self.arguments(&node.arguments);
        self.note_uses(&callee, &arguments, node);
        let at = self.at(node);
        let head = self.at(&*node.func).span;
        match &callee.data {
            Data::Client(class) => self.construct(class, arguments, at, head),
            Data::Template(sdk) if *sdk != Sdk::Unknown || looks_like_template(&arguments) => {
                self.template(*sdk, arguments, at, head)
            }
            Data::Function(index) => self.call_function(*index, None, arguments, node),
            Data::UserClass(class) => self.instantiate(*class, arguments, node),
            Data::Method(owner, name) => self.method(owner, name, arguments, node),
            Data::Path(path) => self.call_path(&path.clone(), arguments, node),
            _ => {
                self.escape_arguments(&arguments);
                self.unknown(node)
            }
        }
    }

    fn arguments(&mut self, node: &'a ast::Arguments) -> Arguments {
        let mut arguments = Arguments::default();
        for argument in &node.args {
            let val = match argument {
                Expr::Starred(starred) => self.expression(&starred.value),
                other => self.expression(other),
            };
            if !argument.is_starred_expr() {
                arguments.positional.push(Slot::new(val, self.at(argument)));
                continue;
            }
            match self.items(&val) {
                Some((items, open)) => {
                    arguments.positional.extend(items);
                    arguments.open |= open;
                }
                None => arguments.open = true,
            }
        }
        for keyword in &node.keywords {
            let val = self.expression(&keyword.value);
            match &keyword.arg {
                Some(name) => {
                    let slot = Slot::new(val, self.at(&keyword.value));
                    arguments.keywords.push((name.as_str().into(), self.at(name), slot));
                }
                None => self.spread_keywords(&val, &mut arguments),
            }
        }
        arguments
    }

    /// `**kwargs`.
    fn spread_keywords(&self, val: &Val, arguments: &mut Arguments) {
        let mut entries = Vec::new();
        arguments.open |= self.spread(&mut entries, val);
        for (key, value) in entries {
            if let Some(name) = key.val.text() {
                arguments.keywords.push((name.into(), key.val.at, value));
            }
        }
    }

    pub(super) fn escape_arguments(&mut self, arguments: &Arguments) {
        // Whoever takes a `pod_template` uses it as it is.
        let changeable = arguments.keywords.iter().filter(|(name, ..)| !takes_template(name));
        let keywords = changeable.map(|(.., slot)| &slot.val);
        let values: Vec<Val> = arguments.positional.iter().map(|slot| &slot.val).chain(keywords).cloned().collect();
        values.iter().for_each(|val| self.escape(val));
    }

    /// A function or class of another module.
    fn call_path(&mut self, path: &str, arguments: Arguments, node: &'a ast::ExprCall) -> Val {
        if let Some(val) = self.known_function(path, &arguments, node) {
            return val;
        }
        if let Some(class) = sdk::class(path) {
            let (at, head) = (self.at(node), self.at(&*node.func).span);
            return self.sdk_object(class, arguments, at, head);
        }
        if names::is_harmless(path) {
            // What an SDK gives back is as harmless as the SDK: `env.task(…)` changes no template.
            return Val::new(Data::Path(format!("{path}()").into()), self.at(node));
        }
        self.escape_arguments(&arguments);
        self.unknown(node)
    }

    /// Evaluates a function of the module with these arguments.
    pub(super) fn call_function(
        &mut self,
        index: usize,
        owner: Option<Val>,
        arguments: Arguments,
        node: &'a ast::ExprCall,
    ) -> Val {
        let Some(function) = self.functions.get_mut(index) else { return self.unknown(node) };
        let (definition, outer, decorated, file) =
            (function.definition, function.scope, function.decorated, function.file);
        if decorated || definition.is_async || function.active >= MAX_RECURSION {
            self.escape_arguments(&arguments);
            return self.unknown(node);
        }
        function.called = true;
        function.active += 1;
        let (reason, at) = (self.snippet(node), self.at(node));
        let left_at = self.left_at;
        if self.file == FileId::MAIN && file != FileId::MAIN {
            self.left_at = Some(at);
        }
        let caller = std::mem::replace(&mut self.file, file);
        let bound = self.bind_parameters(&definition.parameters, outer, owner, arguments);
        let result = self.run_body(&definition.body, outer, bound, &reason, at);
        (self.file, self.left_at) = (caller, left_at);
        if let Some(function) = self.functions.get_mut(index) {
            function.active -= 1;
        }
        result
    }

    fn run_body(
        &mut self,
        body: &'a [ast::Stmt],
        outer: usize,
        bound: HashMap<&'a str, Val>,
        reason: &Rc<str>,
        at: Location,
    ) -> Val {
        let scope = self.new_scope(outer, false);
        if let Some(scope) = self.scopes.get_mut(scope) {
            scope.names = bound;
        }
        let caller = std::mem::replace(&mut self.scope, scope);
        let returns = std::mem::take(&mut self.returns);
        let flow = self.block(body);
        let mut results = std::mem::replace(&mut self.returns, returns);
        self.scope = caller;
        results.extend(match flow {
            Flow::Return(val) => Some(val),
            Flow::Raise => None,
            Flow::Next | Flow::Leave => Some(Val::new(Data::None, at)),
        });
        let first = results.pop();
        let result = results.into_iter().fold(first, |joint, val| joint.map(|joint| joined(joint, val, reason)));
        result.unwrap_or_else(|| Val::dynamic(reason.clone(), at))
    }

    /// The names that a function's body starts with.
    fn bind_parameters(
        &mut self,
        parameters: &'a ast::Parameters,
        outer: usize,
        owner: Option<Val>,
        arguments: Arguments,
    ) -> HashMap<&'a str, Val> {
        let mut bound = HashMap::new();
        let Arguments { positional, mut keywords, open } = arguments;
        let mut positional: std::collections::VecDeque<Slot> = positional.into();
        if let Some(owner) = owner {
            positional.push_front(Slot::new(owner.clone(), owner.at));
        }
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
            let name = parameter.parameter.name.as_str();
            let given = positional.pop_front().or_else(|| take(&mut keywords, name));
            let val = self.parameter_value(given, parameter, outer, open);
            bound.insert(name, val);
        }
        for parameter in &parameters.kwonlyargs {
            let given = take(&mut keywords, parameter.parameter.name.as_str());
            let val = self.parameter_value(given, parameter, outer, open);
            bound.insert(parameter.parameter.name.as_str(), val);
        }
        if let Some(rest) = &parameters.vararg {
            let at = self.at(&rest.name);
            let val = self.allocate(Body::List(positional.into()), open, at);
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
        &mut self,
        given: Option<Slot>,
        parameter: &'a ast::ParameterWithDefault,
        outer: usize,
        open: bool,
    ) -> Val {
        match (given, &parameter.default) {
            (Some(slot), _) => slot.val,
            (None, Some(default)) if !open => {
                let caller = std::mem::replace(&mut self.scope, outer);
                let val = self.expression(default);
                self.scope = caller;
                val
            }
            (None, _) => Val::dynamic(parameter.parameter.name.as_str(), self.at(&parameter.parameter)),
        }
    }

    /// Evaluates a function that nothing in the module calls: its arguments are unknown.
    pub(super) fn call_blindly(&mut self, index: usize) {
        let Some(function) = self.functions.get_mut(index) else { return };
        function.called = true;
        let (definition, outer) = (function.definition, function.scope);
        let mut bound = HashMap::new();
        for parameter in definition.parameters.iter() {
            let name = parameter.name();
            bound.insert(name.as_str(), Val::dynamic(name.as_str(), self.at(name)));
        }
        let at = self.at(&definition.name);
        self.run_body(&definition.body, outer, bound, &definition.name.as_str().into(), at);
    }

    /// An instance of a class of the module.
    fn instantiate(&mut self, class: usize, arguments: Arguments, node: &'a ast::ExprCall) -> Val {
        let Some(known) = self.classes.get(class) else { return self.unknown(node) };
        let (plain, is_dataclass, fields) = (known.plain, known.is_dataclass, known.fields.clone());
        let at = self.at(node);
        let mut instance = Instance { of: Of::User(class), attributes: Vec::new(), head: self.at(&*node.func).span };
        if is_dataclass {
            for (position, field) in fields.iter().enumerate() {
                if let Some(slot) = arguments.get(field, position) {
                    instance.set(field, slot.at, slot.clone());
                }
            }
        }
        let val = self.allocate(Body::Instance(instance), !plain || arguments.open, at);
        let constructor = self.class_attribute(class, "__init__");
        match constructor.map(|constructor| constructor.data) {
            Some(Data::Function(function)) if !is_dataclass => {
                self.call_function(function, Some(val.clone()), arguments, node);
            }
            _ if !plain => self.escape_arguments(&arguments),
            _ => {}
        }
        val
    }
}

fn take(keywords: &mut Vec<(Rc<str>, Location, Slot)>, name: &str) -> Option<Slot> {
    let index = keywords.iter().position(|(known, ..)| &**known == name)?;
    Some(keywords.remove(index).2)
}

/// A `PodTemplate` from a module that podlint does not know counts when it is called like one.
fn looks_like_template(arguments: &Arguments) -> bool {
    arguments.keywords.iter().any(|(name, ..)| matches!(&**name, "pod_spec" | "primary_container_name"))
}
