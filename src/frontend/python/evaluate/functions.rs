//! Functions of the project: what they are made of, and what a call of one does.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::super::state::State;
use super::super::value::{
    Arguments, Attributes, Cause, ClassRef, CodeId, Function, Gap, ObjectId, ObjectKind, ScopeId, Slot, Value,
    ValueKind,
};
use super::{Evaluator, Exit, Pending, Raised, ScopeKind, Stop};
use crate::tree::{FileId, Location};

/// How deeply a function may call itself.
const MAX_RECURSION: usize = 24;
/// The same where only running decides when that ends: each level is followed once for each way that leads to it.
const MAX_UNDECIDED_RECURSION: usize = 3;

/// A function or generator expression as it is written.
#[derive(Clone, Copy)]
pub enum Code<'a> {
    /// `def`.
    Def(&'a ast::StmtFunctionDef, FileId),
    /// `lambda`.
    Lambda(&'a ast::ExprLambda, FileId),
    /// A generator expression.
    Generator(&'a ast::ExprGenerator, FileId),
}

/// A call that is being evaluated.
pub struct Frame<'a> {
    /// Its number.
    pub id: u32,
    /// What runs.
    pub code: CodeId,
    /// The class whose body defines the function.
    pub class: Option<ObjectId>,
    /// The first argument of a method.
    pub receiver: Option<Value>,
    /// Where the checked file made the call, or the call that led here.
    pub entry_call: Option<Location>,
    /// What becomes of what it yields.
    pub yields: Option<YieldTo<'a>>,
    /// The exceptions that are being handled.
    pub handling: Vec<Raised>,
    /// How many tests and loops around the call only running decides.
    pub uncertain: usize,
}

/// What becomes of what a generator yields.
pub enum YieldTo<'a> {
    /// It is appended to a list of the evaluator's own.
    Collect(Value),
    /// The body of a `for` or `with` statement runs with each.
    Body(Consumer<'a>),
}

/// The statement that takes what a generator yields, and where it stands.
#[derive(Clone, Copy)]
pub struct Consumer<'a> {
    /// What each is assigned to.
    pub target: Option<&'a Expr>,
    /// The further context managers of a `with` statement, around the body.
    pub inner: &'a [ast::WithItem],
    /// What runs.
    pub body: &'a [Stmt],
    /// The number of the loop; `None` for `with`.
    pub number: Option<u32>,
    /// The scope of the statement.
    pub scope: ScopeId,
    /// The file of the statement.
    pub file: FileId,
    /// How many calls are around the statement.
    pub frames: usize,
}

impl<'a> Code<'a> {
    /// The parameters.
    pub fn parameters(&self) -> Option<&'a ast::Parameters> {
        match self {
            Self::Def(def, _) => Some(&def.parameters),
            Self::Lambda(lambda, _) => lambda.parameters.as_deref(),
            Self::Generator(..) => None,
        }
    }

    /// The name.
    pub fn name(&self) -> &'a str {
        match self {
            Self::Def(def, _) => def.name.as_str(),
            Self::Lambda(..) => "<lambda>",
            Self::Generator(..) => "<genexpr>",
        }
    }

    /// The file.
    pub const fn file(&self) -> FileId {
        match self {
            Self::Def(_, file) | Self::Lambda(_, file) | Self::Generator(_, file) => *file,
        }
    }

    /// The statements.
    pub fn body(&self) -> &'a [Stmt] {
        match self {
            Self::Def(def, _) => &def.body,
            _ => &[],
        }
    }

    fn start(&self) -> u32 {
        match self {
            Self::Def(def, _) => def.range().start().to_u32(),
            Self::Lambda(lambda, _) => lambda.range().start().to_u32(),
            Self::Generator(node, _) => node.range().start().to_u32(),
        }
    }

    /// Whether it is `async`.
    pub const fn is_async(&self) -> bool {
        matches!(self, Self::Def(def, _) if def.is_async)
    }
}

impl<'a> Evaluator<'a> {
    /// The number of a function as written.
    pub(super) fn code_id(&mut self, code: Code<'a>) -> CodeId {
        let key = (code.file(), code.start());
        if let Some(known) = self.code_ids.get(&key) {
            return *known;
        }
        let id = CodeId(u32::try_from(self.codes.len()).unwrap_or(u32::MAX));
        self.codes.push(code);
        self.code_ids.insert(key, id);
        id
    }

    /// A function as written.
    pub fn code(&self, id: CodeId) -> Option<Code<'a>> {
        self.codes.get(id.index()).copied()
    }

    /// The function object behind a value.
    pub fn function(&self, value: &Value) -> Option<&Function> {
        match &self.state.object(value.as_object()?)?.kind {
            ObjectKind::Function(function) => Some(function),
            _ => None,
        }
    }

    /// A function object.
    pub(super) fn define(&mut self, code: Code<'a>, at: Location) -> Result<Value, Stop> {
        let mut defaults = Vec::new();
        if let Some(parameters) = code.parameters() {
            for parameter in parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs) {
                if let Some(default) = &parameter.default {
                    defaults.push((parameter.parameter.range().start().to_u32(), self.expression(default)?));
                }
            }
        }
        let class = self.class_being_defined();
        let id = self.code_id(code);
        let mut closure = self.scope;
        // The names of a class body are not seen from its methods.
        while let Some(scope) = self.scopes.get(closure).filter(|scope| scope.kind == ScopeKind::Class) {
            let Some(parent) = scope.parent else { break };
            closure = parent;
        }
        let function = Function {
            code: id,
            closure,
            defaults: defaults.into(),
            class,
            attributes: Attributes::default(),
            wrapper: None,
        };
        let value = self.allocate(ObjectKind::Function(Box::new(function)), at);
        if let (Code::Def(_, FileId::MAIN), Some(object)) = (code, value.as_object())
            && !self.defined.iter().any(|(_, known)| *known == id)
        {
            self.defined.push((object, id));
        }
        Ok(value)
    }

    /// Calls a function object, with a receiver before the other arguments.
    pub(super) fn call_function(
        &mut self,
        id: ObjectId,
        receiver: Option<Value>,
        mut arguments: Arguments,
        at: Location,
    ) -> Result<Value, Stop> {
        let Some(function) = self.function(&Value::new(ValueKind::Object(id), at)).cloned() else {
            return Ok(self.unsupported(at));
        };
        let Some(code) = self.code(function.code) else { return Ok(self.unsupported(at)) };
        self.called.insert(function.code);
        if let Some(receiver) = &receiver {
            arguments.positional.insert(0, Slot::new(receiver.clone(), at));
        }
        // `super()` finds the first argument, however the method was called.
        let receiver = receiver.or_else(|| {
            let first = arguments.positional.first().filter(|_| function.class.is_some());
            first.map(|slot| slot.value.clone())
        });
        if code.is_async() {
            let callee = Value::new(ValueKind::Object(id), at);
            let partial = super::super::value::Partial { callee, arguments };
            return Ok(Value::new(ValueKind::PartialCall(Rc::new(partial)), at));
        }
        self.run_function(id, &function, code, receiver, arguments, at)
    }

    /// Runs the body of a function.
    pub(super) fn run_function(
        &mut self,
        id: ObjectId,
        function: &Function,
        code: Code<'a>,
        receiver: Option<Value>,
        arguments: Arguments,
        at: Location,
    ) -> Result<Value, Stop> {
        let is_endless = self.is_endless(function.code, receiver.is_some(), &arguments);
        if !self.budget.enter() || is_endless || !self.charge(2) {
            self.budget.leave();
            return self.not_followed(id, &arguments, at);
        }
        let scope = self.scopes.add(Some(function.closure), ScopeKind::Function(function.code));
        let bound = self.bind_parameters(code, function, scope, &arguments, at);
        let result = match bound {
            Err(Stop) => Err(Stop),
            Ok(false) => Ok(self.unsupported(at)),
            Ok(true) if self.is_generator(function.code) => Ok(self.generator(function, Some(id), scope, receiver, at)),
            Ok(true) => self.run_body(function.code, function.class, scope, receiver, at),
        };
        self.budget.leave();
        result
    }

    /// Whether a function calls itself so often that to follow it would lead nowhere: too deeply, or where the tests around the call
    /// and its arguments are all unknown, so that it would go on for ever.
    fn is_endless(&self, code: CodeId, has_receiver: bool, arguments: &Arguments) -> bool {
        let mut active = self.frames.iter().filter(|frame| frame.code == code);
        let Some(outermost) = active.next() else { return false };
        let depth = 1 + active.count();
        if self.uncertain == outermost.uncertain {
            return depth >= MAX_RECURSION;
        }
        let mut told = arguments.slots().skip(usize::from(has_receiver)).peekable();
        let is_told_nothing = told.peek().is_some() && told.all(|slot| slot.value.is_unknown());
        is_told_nothing || depth >= MAX_UNDECIDED_RECURSION
    }

    /// Runs statements in a scope as a call.
    pub(super) fn run_body(
        &mut self,
        code_id: CodeId,
        class: Option<ObjectId>,
        scope: ScopeId,
        receiver: Option<Value>,
        at: Location,
    ) -> Result<Value, Stop> {
        let Some(code) = self.code(code_id) else { return Err(Stop) };
        let frame = self.push_frame(code_id, class, receiver, None, at);
        let outer = (self.scope, self.file);
        (self.scope, self.file) = (scope, code.file());
        let base = self.pending.len();
        let ended = match code {
            Code::Lambda(lambda, _) => self.expression(&lambda.body).map(Some),
            _ => self.block(code.body()).map(|()| None),
        };
        (self.scope, self.file) = outer;
        self.frames.pop();
        let ended = ended.map(|value| value.unwrap_or_else(|| Value::none(at)));
        self.take_returns(base, frame, ended, at)
    }

    /// Enters a call.
    pub(super) fn push_frame(
        &mut self,
        code: CodeId,
        class: Option<ObjectId>,
        receiver: Option<Value>,
        yields: Option<YieldTo<'a>>,
        at: Location,
    ) -> u32 {
        let id = self.number();
        let outer = self.frames.last().and_then(|frame| frame.entry_call);
        let entry_call = if self.file == FileId::MAIN { Some(at) } else { outer };
        let uncertain = self.uncertain;
        self.frames.push(Frame { id, code, class, receiver, entry_call, yields, handling: Vec::new(), uncertain });
        id
    }

    /// Joins the ways on which a call returned.
    pub(super) fn take_returns(
        &mut self,
        base: usize,
        frame: u32,
        ended: Result<Value, Stop>,
        at: Location,
    ) -> Result<Value, Stop> {
        let mut ways: Vec<(State, Value)> = Vec::new();
        let mut index = base;
        while index < self.pending.len() {
            if matches!(self.pending[index].exit, Exit::Return(of, _) if of == frame) {
                let Pending { exit, state } = self.pending.remove(index);
                if let Exit::Return(_, value) = exit {
                    ways.push((state, value));
                }
            } else {
                index += 1;
            }
        }
        if let Ok(value) = ended {
            ways.push((std::mem::take(&mut self.state), value));
        }
        let reason = if ways.len() > 1 { self.snippet(at) } else { "".into() };
        let mut ways = ways.into_iter();
        let Some((mut state, mut value)) = ways.next() else { return Err(Stop) };
        for (other, another) in ways {
            state = self.joined(state, &other, &reason);
            value = state.join_values(&value, &another, &reason);
        }
        self.state = state;
        Ok(value)
    }

    /// Evaluates a function that nothing calls, with arguments that are not known. What it changes does not count.
    pub(super) fn call_blindly(&mut self, function: &Value) -> Result<Value, Stop> {
        let at = function.at;
        let Some(found) = self.function(function).cloned() else { return Err(Stop) };
        let (Some(code), Some(id)) = (self.code(found.code), function.as_object()) else { return Err(Stop) };
        let mut arguments = Arguments::default();
        let mut receiver = None;
        if let Some(parameters) = code.parameters() {
            let first = parameters
                .posonlyargs
                .iter()
                .chain(&parameters.args)
                .next()
                .map(|parameter| parameter.parameter.name.as_str());
            receiver = found.class.filter(|_| first.is_some()).map(|class| self.blind_receiver(class, first, at));
            let skipped = usize::from(receiver.is_some());
            for parameter in parameters.posonlyargs.iter().chain(&parameters.args).skip(skipped) {
                let place = Location { file: code.file(), ..self.location(parameter.range()) };
                let value = self.fresh(Cause::Argument, parameter.name().as_str(), place);
                arguments.positional.push(Slot::new(value, place));
            }
            for parameter in &parameters.kwonlyargs {
                let place = Location { file: code.file(), ..self.location(parameter.range()) };
                let value = self.fresh(Cause::Argument, parameter.name().as_str(), place);
                let name: Rc<str> = parameter.name().as_str().into();
                arguments.keywords.push(super::super::value::Keyword {
                    name,
                    name_at: place,
                    slot: Slot::new(value, place),
                });
            }
            let gap = || Some(Gap::new("the arguments"));
            arguments.more_positional = parameters.vararg.as_ref().and_then(|_| gap());
            arguments.more_keywords = parameters.kwarg.as_ref().and_then(|_| gap());
        }
        if let Some(receiver) = &receiver {
            arguments.positional.insert(0, Slot::new(receiver.clone(), at));
        }
        self.called.insert(found.code);
        let result = self.run_function(id, &found, code, receiver, arguments, at)?;
        if self.is_generator(found.code) {
            self.drain(&result, at)?;
        }
        Ok(result)
    }

    /// An object of a class of which nothing is known, or the class itself for class methods.
    fn blind_receiver(&mut self, class: ObjectId, first: Option<&str>, at: Location) -> Value {
        if first == Some("cls") {
            return Value::new(ValueKind::Object(class), at);
        }
        let mut attributes = Attributes::default();
        attributes.rest = Some(Gap::new(first.unwrap_or("self")));
        let instance =
            super::super::value::Instance { class: ClassRef::User(class), attributes, payload: None, head: at.span };
        self.allocate(ObjectKind::Instance(instance), at)
    }

    /// Joins two states.
    pub(super) fn joined(&mut self, one: State, two: &State, reason: &Rc<str>) -> State {
        let partial = &mut self.partly_bound;
        let (joined, differing) = one.join(two, reason, &mut |cell| {
            partial.insert(cell);
        });
        self.charge(4 + differing);
        joined
    }
}
