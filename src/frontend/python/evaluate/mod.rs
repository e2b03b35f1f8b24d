//! The evaluator: what a module makes, without running it.
//!
//! The contract: *known means equal*. Every construct is either modelled exactly as CPython does it, or its result is unknown
//! and everything that it could have changed is forgotten:
//!
//! - A test that is not known forks the whole [`State`]; where the ways meet, only what they agree on stays known.
//! - Ways end at `return`, `break`, `continue` and `raise`; their states wait in [`Evaluator::pending`] until the function, loop
//!   or `try` statement takes them up.
//! - Code that cannot be followed gets hold of what it is given: [`Evaluator::give_away`] forgets all that it may reach, for good.
//! - An unknown value keeps the objects that it may be; an object that is in no such list and was not given away is never meant.
//!   So an operation on an unknown value happens, perhaps, to each of its candidates, and to nothing else.
//! - A budget that is used up ends the evaluation, and nothing of its result counts.

mod absent_attributes;
mod arithmetic;
mod assignment;
mod attribute_changes;
mod attributes;
mod call_arguments;
mod calls;
mod class_attributes;
mod class_definitions;
mod collection_operators;
mod comparisons;
mod comprehensions;
mod conditions;
mod control_flow;
mod copied;
mod effects;
mod equality;
mod exception_classes;
mod exceptions;
mod expressions;
mod facade;
mod functions;
mod generators;
mod hooks;
mod imports;
mod instance_checks;
mod instances;
mod item_changes;
mod items;
mod iteration;
mod keys;
mod locals;
mod mappings;
mod membership;
mod names;
mod operators;
mod ordering;
mod parameters;
mod patterns;
mod scopes;
mod slices;
mod statements;
mod texts;
mod try_statements;
mod types;
mod uncaught;
mod with;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::rc::Rc;

use ruff_text_size::{Ranged, TextRange};

pub use calls::Call;
pub use conditions::{Test, Truth};
pub use exception_classes::is_builtin_exception;
pub use exceptions::{ExceptionClass, Raised};
pub use facade::quoted;
pub use functions::{Code, Frame};
pub use hooks::{Copied, Event, Hooks, NativeFunction, NativeMethod, Notes, Used};
pub use iteration::Step;
pub use keys::Lookup;
pub use mappings::{UNORDERED, keys_in_order};
pub use names::is_builtin_type;
pub use scopes::ScopeKind;
use scopes::Scopes;
pub use uncaught::{Mistake, Reach, Uncaught};

use super::source::Program;
use super::state::{Budget, State, Symbols};
use super::value::{
    Cause, CellId, CodeId, ModuleId, Object, ObjectId, ObjectKind, ScopeId, Symbol, Unknown, Value, ValueKind,
};
use crate::text::{Span, head, one_line};
use crate::tree::{FileId, Location};

/// How many characters of an expression a reason shows.
const MAX_SNIPPET: usize = 60;
/// What it costs to tell of something: whoever hears of it has work with it.
const EVENT: usize = 10;
/// How many elements of a shared object are copied for the price of one step.
const COPIED_PER_STEP: usize = 16;
/// How many bytes are looked at for them.
const MAX_LOOKED_AT: usize = 4_096;

/// The way that was followed has ended: its exit waits in [`Evaluator::pending`], or the budget is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop;

/// What an operation gives.
pub type Outcome = Result<Value, Failure>;

/// Why an operation gives nothing known.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The way has ended.
    Stop,
    /// The result is not known; nothing else has changed.
    Unknown(Unknown),
    /// The operation is not understood: what it was given may have changed as well.
    Opaque(Unknown),
}

impl From<Stop> for Failure {
    fn from(_: Stop) -> Self {
        Self::Stop
    }
}

/// How a way ends.
#[derive(Clone, Debug)]
pub enum Exit {
    /// `return` of the call with this number.
    Return(u32, Value),
    /// `break` of the loop with this number.
    Break(u32),
    /// `continue` of the loop with this number.
    Continue(u32),
    /// An exception.
    Raise(Raised),
}

/// A way that has ended, and the state in which it did.
#[derive(Clone, Debug)]
pub struct Pending {
    /// How.
    pub exit: Exit,
    /// The state.
    pub state: State,
}

/// What a caller takes for granted of the world around the program.
#[derive(Clone, Debug, Default)]
pub struct Assumptions {
    /// Outcomes of tests.
    pub tests: Vec<(Symbol, bool)>,
    /// Variables of the environment: known values; all others are unknown.
    pub environment: HashMap<String, String>,
    /// The minor version of Python 3, where it is known.
    pub python: Option<u8>,
    /// Whether constructors of the Kubernetes client copy lists and dicts (from 37 on).
    pub client_copies: bool,
    /// The major version of the Kubernetes client, where it is known.
    pub client_major: Option<u32>,
    /// Whether that is known of the project's client.
    pub client_is_known: bool,
    /// Which generations of the Kubernetes client the project may have.
    pub client: crate::config::ClientGeneration,
    /// The releases of flyte that the project may have.
    pub flyte: Option<crate::config::FlyteVersion>,
    /// The same of flytekit.
    pub flytekit: Option<crate::config::FlyteVersion>,
    /// The names of the cluster's templates, where they are known.
    pub cluster_templates: Option<std::sync::Arc<std::collections::BTreeSet<String>>>,
}

/// A test that only running decides.
#[derive(Clone, Debug)]
pub struct Condition {
    /// By what it is known again.
    pub symbol: Symbol,
    /// As written.
    pub text: Rc<str>,
    /// Where.
    pub at: Location,
}

/// One evaluation of one module.
pub struct Evaluator<'a> {
    /// The state at the current point of the way that is followed.
    pub state: State,
    /// What only running decides.
    pub symbols: Symbols,
    /// What may still be spent.
    pub budget: Budget,
    /// What is taken for granted.
    pub assumptions: Assumptions,
    /// What of the evaluation concerns templates, in order.
    pub events: Vec<Event>,
    /// The tests that were followed both ways, in the checked file.
    pub conditions: Vec<Condition>,
    /// Whether the outcome would be another with the other generation of the Kubernetes client.
    pub depends_on_client: bool,
    /// Modules that were asked for by names that only the evaluation knows, and that the program does not hold yet.
    pub wanted_modules: Vec<(FileId, String)>,
    /// Data files that were asked for and that the program does not hold yet, by the module and the path from its folder.
    pub wanted_files: Vec<(FileId, String)>,
    /// Folders whose entries were asked for, in the same way.
    pub wanted_folders: Vec<(FileId, String)>,
    /// What the SDKs' tables remember of objects.
    pub notes: Notes,
    /// The modules of the program.
    pub program: &'a Program,
    hooks: &'a Hooks,
    scopes: Scopes<'a>,
    codes: Vec<Code<'a>>,
    code_ids: HashMap<(FileId, u32), CodeId>,
    frames: Vec<Frame<'a>>,
    pending: Vec<Pending>,
    /// How many `try` statements are around the current point.
    handlers: usize,
    /// How many of the statements and expressions around the current point run on some ways only.
    uncertain: usize,
    scope: ScopeId,
    file: FileId,
    module_scopes: HashMap<ModuleId, ScopeId>,
    /// Modules that are being imported now.
    importing: Vec<ModuleId>,
    next_object: u32,
    next_number: u32,
    /// Variables that code out of sight may change at any time.
    volatile: HashSet<CellId>,
    /// Variables that some ways bind and others do not.
    partly_bound: HashSet<CellId>,
    /// Names of libraries that the program replaces.
    patched: HashSet<Rc<str>>,
    /// Functions that code out of sight may call.
    given_functions: HashSet<ObjectId>,
    called: HashSet<CodeId>,
    /// The function objects of the checked file, in the order of their definition.
    defined: Vec<(ObjectId, CodeId)>,
    /// Whether names may be bound that no statement binds.
    is_open_module: bool,
    /// Whether what is evaluated now belongs to a function that nothing calls.
    pub is_hypothetical: bool,
    /// How many functions that nothing calls took too long.
    pub exhausted_parts: usize,
    /// The classes whose bodies are being run, each with the number of calls around it.
    class_bodies: Vec<(ObjectId, usize)>,
    /// The classes that metaclasses are making.
    classes_in_making: Vec<Value>,
    /// The loops around the current point, by their numbers.
    loops: Vec<u32>,
    /// Whether names are bound in the innermost scope, as those of comprehensions are.
    binding_here: usize,
    /// Whether events count: they do not while it is only asked what a function might change.
    quiet: usize,
}

impl<'a> Evaluator<'a> {
    /// An evaluation of the program's first module; `hooks` are the tables of the libraries and SDKs.
    #[must_use]
    pub fn new(program: &'a Program, hooks: &'a Hooks, assumptions: Assumptions, steps: usize) -> Self {
        let mut state = State::default();
        for (symbol, holds) in &assumptions.tests {
            state.facts.assume(*symbol, *holds);
        }
        let mut evaluator = Self {
            state,
            symbols: Symbols::default(),
            budget: Budget::new(steps),
            assumptions,
            events: Vec::new(),
            conditions: Vec::new(),
            depends_on_client: false,
            wanted_modules: Vec::new(),
            wanted_files: Vec::new(),
            wanted_folders: Vec::new(),
            notes: Notes::default(),
            program,
            hooks,
            scopes: Scopes::default(),
            codes: Vec::new(),
            code_ids: HashMap::new(),
            frames: Vec::new(),
            pending: Vec::new(),
            handlers: 0,
            uncertain: 0,
            scope: ScopeId(0),
            file: FileId::MAIN,
            module_scopes: HashMap::new(),
            importing: Vec::new(),
            next_object: 0,
            next_number: 0,
            volatile: HashSet::new(),
            partly_bound: HashSet::new(),
            patched: HashSet::new(),
            given_functions: HashSet::new(),
            called: HashSet::new(),
            defined: Vec::new(),
            is_open_module: false,
            is_hypothetical: false,
            exhausted_parts: 0,
            class_bodies: Vec::new(),
            classes_in_making: Vec::new(),
            loops: Vec::new(),
            binding_here: 0,
            quiet: 0,
        };
        evaluator.scope = evaluator.scopes.add(None, ScopeKind::Module(ModuleId(0)));
        evaluator.module_scopes.insert(ModuleId(0), evaluator.scope);
        evaluator
    }

    /// Puts a new object on the heap.
    pub fn allocate(&mut self, kind: ObjectKind, at: Location) -> Value {
        let mut object = Object::new(kind, at);
        self.charge(1 + object.size());
        if object.size() > super::state::MAX_ITEMS {
            let reason: Rc<str> = "a collection that is too large".into();
            object.values().iter().for_each(|value| self.state.escape(value, &reason));
            object.lose(&reason);
        }
        let id = ObjectId(self.next_object);
        self.next_object += 1;
        self.state.insert(id, object);
        Value::new(ValueKind::Object(id), at)
    }

    /// Pays for steps; `false` when there are none left.
    pub fn charge(&self, steps: usize) -> bool {
        self.budget.charge(steps + self.state.take_copied() / COPIED_PER_STEP)
    }

    /// A number that nothing else has.
    fn number(&mut self) -> u32 {
        self.next_number += 1;
        self.next_number
    }

    /// The place of a syntax node in the current file.
    pub fn at(&self, node: impl Ranged) -> Location {
        self.location(node.range())
    }

    /// The place of a range of the current file.
    pub fn location(&self, range: TextRange) -> Location {
        Location { file: self.file, span: Span::new(range.start().to_u32(), range.end().to_u32()) }
    }

    /// The text of a place on one line, shortened: a reason that people recognise.
    pub fn snippet(&self, at: Location) -> Rc<str> {
        let text = self.text_of(at.file).get(at.span.range()).unwrap_or_default();
        let text = head(text, MAX_LOOKED_AT).split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = text.chars().take(MAX_SNIPPET).collect();
        let short = if short.len() < text.len() { format!("{short}…") } else { short };
        one_line(&short).into_owned().into()
    }

    /// The text of a file of the program.
    pub fn text_of(&self, file: FileId) -> &'a str {
        self.program.module(file).map_or("", |module| &module.source.text)
    }

    /// The path of the file that is being evaluated.
    pub fn path(&self) -> &'a Path {
        self.program.module(self.file).map_or(Path::new(""), |module| &module.source.path)
    }

    /// The file that is being evaluated.
    pub const fn file(&self) -> FileId {
        self.file
    }

    /// A value that only running would tell, the same wherever this very value goes.
    pub fn fresh(&mut self, cause: Cause, reason: impl Into<Rc<str>>, at: Location) -> Value {
        let is_input = matches!(cause, Cause::Argument | Cause::Environment);
        let symbol = if is_input { self.symbols.input() } else { self.symbols.opaque() };
        Value::unknown(Unknown::new(cause, reason).with_symbol(symbol), at)
    }

    /// The value of an expression that is not understood.
    pub fn unsupported(&mut self, at: Location) -> Value {
        let reason = self.snippet(at);
        self.fresh(Cause::Unsupported, reason, at)
    }

    /// Tells the SDK's tables something that concerns templates.
    pub fn emit(&mut self, event: Event) {
        if self.quiet == 0 && self.charge(EVENT) {
            self.events.push(event);
        }
    }

    /// The tables of libraries and SDKs.
    pub const fn hooks(&self) -> &'a Hooks {
        self.hooks
    }

    /// Whether what is evaluated now belongs to a module that is being imported.
    pub fn is_importing(&self) -> bool {
        !self.importing.is_empty()
    }
}
