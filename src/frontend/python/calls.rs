//! Calls: what is called, with which arguments, from where.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::budget::{MAX_ITEMS, MAX_NAME, cut};
use super::interpreter::Interpreter;
use super::names;
use super::sdk;
use super::uses::takes_template;
use super::value::{Body, Data, Partial, Sdk, Slot, Val};
use crate::text::Span;
use crate::tree::Location;

/// How many partials may be in one another.
const MAX_PARTIALS: usize = 20;

/// Evaluated arguments of a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    pub(super) positional: Vec<Slot>,
    /// Name, where it is written, value.
    pub(super) keywords: Vec<(Rc<str>, Location, Slot)>,
    /// There were `*args` or `**kwargs` that are not known.
    pub(super) open: bool,
}

/// Where a call is written.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    range: TextRange,
    head: TextRange,
    /// The name behind the last dot of what is called.
    pub method: Option<&'a str>,
}

impl Ranged for Site<'_> {
    fn range(&self) -> TextRange {
        self.range
    }
}

impl Site<'_> {
    /// Something that is called without being written as a call: a decorator, a factory.
    pub(super) const fn of(range: TextRange) -> Self {
        Self { range, head: range, method: None }
    }

    /// The text of what is called.
    pub(super) fn head(self) -> Span {
        super::span(self.head)
    }
}

impl Arguments {
    /// One argument by position.
    pub(super) fn one(slot: Slot) -> Self {
        Self { positional: vec![slot], ..Self::default() }
    }

    /// The argument of that name, or at that position.
    pub(super) fn get(&self, name: &str, position: usize) -> Option<&Slot> {
        self.named(name).or_else(|| self.positional.get(position))
    }

    /// How many partials are in one another among the arguments.
    fn depth(&self) -> usize {
        let keywords = self.keywords.iter().map(|(.., slot)| slot);
        let depth = |slot: &Slot| if let Data::Partial(partial) = &slot.val.data { partial.depth } else { 0 };
        self.positional.iter().chain(keywords).map(depth).max().unwrap_or_default()
    }

    /// The argument of that name.
    pub(super) fn named(&self, name: &str) -> Option<&Slot> {
        self.keywords.iter().find(|(known, ..)| &**known == name).map(|(.., slot)| slot)
    }
}

impl<'a> Interpreter<'a> {
    /// The value of a call.
    pub(super) fn call(&mut self, node: &'a ast::ExprCall) -> Val {
        let callee = self.expression(&node.func);
        let arguments = self.arguments(&node.arguments);
        let method = match &*node.func {
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
            _ => None,
        };
        self.apply(&callee, arguments, Site { range: node.range(), head: node.func.range(), method })
    }

    /// What calling a value gives.
    pub(super) fn apply(&mut self, callee: &Val, arguments: Arguments, site: Site<'a>) -> Val {
        let size = arguments.positional.len() + arguments.keywords.len();
        // To find a keyword among others takes a while.
        if !self.copy_items(size) || !self.step(arguments.keywords.len().pow(2) / 1024) {
            return self.unknown(site);
        }
        if let Data::Partial(partial) = &callee.data {
            let partial = Rc::clone(partial);
            return self.apply(&partial.callee, completed(&partial, arguments), site);
        }
        self.note_uses(callee, &arguments, site);
        let (at, head) = (self.at(site), site.head());
        match &callee.data {
            Data::Client(class) => self.construct(class, arguments, at, head),
            Data::Template(sdk) if *sdk != Sdk::Unknown || looks_like_template(&arguments) => {
                self.template(*sdk, arguments, at, head)
            }
            Data::Function(index) => self.call_function(*index, None, arguments, site),
            Data::Bound(owner, index) => self.call_function(*index, Some((**owner).clone()), arguments, site),
            Data::UserClass(class) => self.instantiate(*class, arguments, site),
            Data::Method(owner, name) => self.method(&Rc::clone(owner), &Rc::clone(name), arguments, site),
            Data::Path(path) => self.call_path(&Rc::clone(path), arguments, site),
            Data::Object(_) => match self.instance_attribute(callee, "__call__") {
                Some(method) if method.data != Data::None => self.apply(&method, arguments, site),
                _ => self.not_followed(&arguments, site),
            },
            _ => self.not_followed(&arguments, site),
        }
    }

    /// A call that podlint does not follow may have changed what it was given.
    pub(super) fn not_followed(&mut self, arguments: &Arguments, site: Site<'a>) -> Val {
        self.doubts += 1;
        self.escape_arguments(arguments, site);
        self.unknown(site)
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
                    arguments.open |= open | cut(&mut arguments.positional);
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
        arguments.open |= cut(&mut arguments.keywords);
    }

    pub(super) fn escape_arguments(&mut self, arguments: &Arguments, site: Site<'a>) {
        let reason: Rc<str> = format!("it is given to {}(…)", self.snippet(site.head)).into();
        // Whoever takes a `pod_template` uses it as it is.
        let changeable = arguments.keywords.iter().filter(|(name, ..)| !takes_template(name));
        let keywords = changeable.map(|(.., slot)| &slot.val);
        let values: Vec<Val> = arguments.positional.iter().map(|slot| &slot.val).chain(keywords).cloned().collect();
        values.iter().for_each(|val| self.escape(val, &reason));
    }

    /// A function or class of another module.
    fn call_path(&mut self, path: &str, arguments: Arguments, site: Site<'a>) -> Val {
        if let Some(val) = self.known_function(path, &arguments, site) {
            return val;
        }
        if let Some(class) = sdk::class(path) {
            let at = self.at(site);
            return self.sdk_object(class, arguments, at, site.head());
        }
        if names::is_harmless(path) && path.len() < MAX_NAME {
            // What an SDK gives back is as harmless as the SDK: `env.task(…)` changes no template.
            let mark = self.layer_mark(path, &arguments);
            return Val::new(Data::Path(format!("{path}({mark})").into()), self.at(site));
        }
        self.not_followed(&arguments, site)
    }

    /// What is noted of the packages that a layer of an image installs: whether the Kubernetes client is one of them.
    fn layer_mark(&self, path: &str, arguments: &Arguments) -> &'static str {
        if !path.ends_with(".with_pip_packages") {
            return "";
        }
        let mut unknown = arguments.open;
        let mut found = false;
        for slot in &arguments.positional {
            let listed = self.items(&slot.val).filter(|_| slot.val.text().is_none());
            let (items, open) = listed.unwrap_or_else(|| (vec![slot.clone()], false));
            unknown |= open || items.iter().any(|item| item.val.text().is_none());
            found |= items.iter().filter_map(|item| item.val.text()).any(|text| text.trim().starts_with("kubernetes"));
        }
        match (found, unknown) {
            (true, _) => "\"kubernetes\"",
            (false, true) => "…",
            (false, false) => "",
        }
    }

    /// `functools.partial(function, …)`.
    pub(super) fn partial(&mut self, arguments: &Arguments, at: Location) -> Option<Val> {
        let mut arguments = arguments.clone();
        if arguments.positional.is_empty() {
            return None;
        }
        let mut callee = arguments.positional.remove(0).val;
        // As in Python, a partial of a partial is one of what that calls, which is none itself.
        if let Data::Partial(inner) = &callee.data {
            let inner = Rc::clone(inner);
            arguments = completed(&inner, arguments);
            callee = inner.callee.clone();
        }
        let held = arguments.positional.len() + arguments.keywords.len();
        (held <= MAX_ITEMS && self.copy_items(held)).then_some(())?;
        let depth = 1 + arguments.depth();
        (depth <= MAX_PARTIALS).then(|| Val::new(Data::Partial(Rc::new(Partial { callee, arguments, depth })), at))
    }

    /// A list of values.
    pub(super) fn list_of(&mut self, items: Vec<Slot>, open: bool, at: Location) -> Val {
        self.allocate(Body::List(items), open, at)
    }
}

/// The arguments of a partial with those of its call.
fn completed(partial: &Partial, arguments: Arguments) -> Arguments {
    let Arguments { mut positional, mut keywords, mut open } = partial.arguments.clone();
    positional.extend(arguments.positional);
    keywords.retain(|(name, ..)| arguments.keywords.iter().all(|(own, ..)| own != name));
    keywords.extend(arguments.keywords);
    open |= arguments.open;
    Arguments { positional, keywords, open }
}

/// A `PodTemplate` from a module that podlint does not know counts when it is called like one.
fn looks_like_template(arguments: &Arguments) -> bool {
    arguments.keywords.iter().any(|(name, ..)| matches!(&**name, "pod_spec" | "primary_container_name"))
}
