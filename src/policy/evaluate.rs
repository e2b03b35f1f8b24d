//! Evaluates an expression over an object of which parts are only known at run time.
//!
//! The `cel` crate parses, and its library computes; what decides between known, unknown and failed is here, since what is
//! not known must not become a violation, and each value must remember where the user wrote it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};

use super::compile::Expression;
use super::functions;
use super::value::{Data, Failure, Outcome, Stop, Val};
use crate::tree::{self, Node};

/// Steps that the expressions of one policy may take on one object; a step is about one node of a syntax tree.
const MAX_STEPS: u32 = 200_000;

/// Entries of a map that are not looked through each time.
const LARGE_MAP: usize = 64;

/// What a name stands for.
#[derive(Clone, Copy, Debug)]
pub enum Given<'a> {
    /// This part of a document.
    Node(&'a Node),
    /// `null`.
    Null,
    /// Not known here.
    Unknown,
}

/// One policy on one object: what its expressions may name, and what was computed already.
pub struct Scope<'a> {
    /// The object as the server sees it.
    pub object: &'a Node,
    /// The request, as far as it is known.
    pub request: &'a Node,
    /// The parameters.
    pub params: Given<'a>,
    /// The namespace.
    pub namespace: Given<'a>,
    /// The variables in the order in which they may use each other.
    pub variables: &'a [(String, Expression)],
    computed: RefCell<HashMap<usize, Outcome<'a>>>,
    /// The entries of large maps, by the address of the map.
    large: RefCell<HashMap<usize, HashMap<&'a str, &'a Node>>>,
    steps: Cell<u32>,
}

/// Names that a macro has bound.
pub struct Locals<'l, 'a> {
    /// The name.
    pub name: &'l str,
    /// What it stands for.
    pub value: Outcome<'a>,
    /// What was bound outside.
    pub outer: Option<&'l Self>,
}

/// A list of bound names.
pub type Bound<'l, 'a> = Option<&'l Locals<'l, 'a>>;

impl<'a> Scope<'a> {
    /// A scope in which nothing is computed yet.
    pub fn new(
        object: &'a Node,
        request: &'a Node,
        params: Given<'a>,
        namespace: Given<'a>,
        variables: &'a [(String, Expression)],
    ) -> Self {
        let (computed, large, steps) = (RefCell::default(), RefCell::default(), Cell::new(0));
        Self { object, request, params, namespace, variables, computed, large, steps }
    }

    /// Counts work.
    pub fn spend(&self, steps: usize) -> Outcome<'a, ()> {
        let spent = self.steps.get().saturating_add(u32::try_from(steps).unwrap_or(u32::MAX));
        self.steps.set(spent);
        if spent > MAX_STEPS { Err(Stop::Limit) } else { Ok(()) }
    }

    /// The value of an expression.
    pub fn eval(&self, expression: &'a IdedExpr, bound: Bound<'_, 'a>) -> Outcome<'a> {
        self.spend(1)?;
        match &expression.expr {
            Expr::Literal(literal) => Ok(Val::new(of_literal(literal))),
            Expr::Ident(name) => self.name(name, bound),
            Expr::Select(select) => match (&select.operand.expr, lookup("variables", bound)) {
                (Expr::Ident(name), None) if name == "variables" => self.variable(&select.field),
                _ => self.select(&self.eval(&select.operand, bound)?, &select.field),
            },
            Expr::List(list) => self.list(&list.elements, &list.optional_indices, bound),
            Expr::Map(map) => {
                let entries = map.entries.iter().map(|entry| self.map_entry(&entry.expr, bound));
                let entries: Vec<_> = entries.collect::<Outcome<'a, _>>()?;
                Ok(Val::new(Data::Map(Rc::new(entries.into_iter().flatten().collect()))))
            }
            Expr::Call(call) => self.call(call, bound),
            Expr::Comprehension(_) | Expr::Struct(_) | Expr::Unspecified => Err(Stop::Unknown(None)),
        }
    }

    /// The truth value of an expression.
    pub fn test(&self, expression: &'a IdedExpr, bound: Bound<'_, 'a>) -> Outcome<'a, bool> {
        let value = self.eval(expression, bound)?;
        truth(&value)
    }

    fn name(&self, name: &str, bound: Bound<'_, 'a>) -> Outcome<'a> {
        if let Some(value) = lookup(name, bound) {
            return value;
        }
        let given = |given: Given<'a>| match given {
            Given::Node(node) => Val::load(node, false),
            Given::Null => Ok(Val::new(Data::Null)),
            Given::Unknown => Err(Stop::Unknown(None)),
        };
        match name {
            "object" => Val::load(self.object, true),
            "oldObject" => Ok(Val::new(Data::Null)),
            "request" => Val::load(self.request, false),
            "params" => given(self.params),
            "namespaceObject" => given(self.namespace),
            "bool" | "int" | "uint" | "double" | "string" | "bytes" | "list" | "map" | "null_type" | "type" => {
                Ok(Val::new(Data::Type(name.into())))
            }
            _ => Err(Stop::Unknown(None)),
        }
    }

    /// A variable of the policy, computed once and only when it is asked for.
    fn variable(&self, name: &str) -> Outcome<'a> {
        let Some(index) = self.variables.iter().position(|(known, _)| known == name) else {
            return fail(format!("undeclared reference to '{name}'"));
        };
        if let Some(known) = self.computed.borrow().get(&index) {
            return known.clone();
        }
        // A variable that asks for itself finds that it is not known.
        self.computed.borrow_mut().insert(index, Err(Stop::Unknown(None)));
        let value = match self.variables.get(index) {
            Some((_, expression)) => self.eval(&expression.tree, None),
            None => Err(Stop::Unknown(None)),
        };
        self.computed.borrow_mut().insert(index, value.clone());
        value
    }

    /// The field of a value.
    pub fn select(&self, value: &Val<'a>, field: &str) -> Outcome<'a> {
        match &value.data {
            Data::Node(node, tracked) if node.as_map().is_some() => match self.entry_of(node, field) {
                Found::Value(child) => Val::load(child, *tracked),
                Found::Unknown => Err(Stop::Unknown(None)),
                Found::Absent => Err(Stop::Error(Failure {
                    message: format!("no such key: {field}"),
                    at: value.origin,
                    missing: Some(field.into()),
                })),
            },
            Data::Map(entries) => {
                let found = entries.iter().find(|(key, _)| key.as_text() == Some(field));
                found.map_or_else(|| fail(format!("no such key: {field}")), |(_, value)| Ok(value.clone()))
            }
            Data::Optional(None) => Ok(value.clone()),
            Data::Optional(Some(inner)) => self.select_optional(inner, field),
            _ => fail(format!("type '{}' does not support field selection", value.type_name())),
        }
    }

    /// `a.?b`: the field or nothing.
    fn select_optional(&self, value: &Val<'a>, field: &str) -> Outcome<'a> {
        let value = match &value.data {
            Data::Optional(None) => return Ok(value.clone()),
            Data::Optional(Some(inner)) => inner,
            _ => value,
        };
        optional(self.select(value, field), value.origin)
    }

    /// Looks a key up as the server sees the object: `null` is not there.
    fn entry_of(&self, node: &'a Node, field: &str) -> Found<'a> {
        let Some(map) = node.as_map() else { return Found::Unknown };
        let value = match map.entries.len() {
            ..LARGE_MAP => map.entry(field).map(|entry| &entry.value),
            _ => {
                let mut large = self.large.borrow_mut();
                let index = || map.entries.iter().map(|entry| (&*entry.key.wire, &entry.value)).collect();
                large.entry(std::ptr::from_ref(map).addr()).or_insert_with(index).get(field).copied()
            }
        };
        match value {
            Some(value) if value.value == tree::Value::Null => Found::Absent,
            Some(value) => Found::Value(value),
            None if map.open => Found::Unknown,
            None => Found::Absent,
        }
    }

    /// Whether a value has a field.
    pub fn has(&self, value: &Val<'a>, field: &str) -> Outcome<'a, bool> {
        match &value.data {
            Data::Node(node, _) if node.as_map().is_some() => match self.entry_of(node, field) {
                Found::Value(_) => Ok(true),
                Found::Unknown => Err(Stop::Unknown(None)),
                Found::Absent => Ok(false),
            },
            Data::Map(entries) => Ok(entries.iter().any(|(key, _)| key.as_text() == Some(field))),
            Data::Optional(_) => {
                let found = self.select_optional(value, field)?;
                Ok(matches!(found.data, Data::Optional(Some(_))))
            }
            _ => fail(format!("type '{}' does not support field selection", value.type_name())),
        }
    }

    /// A list; an item that is not known leaves it open.
    fn list(&self, elements: &'a [IdedExpr], optional: &[usize], bound: Bound<'_, 'a>) -> Outcome<'a> {
        let (mut items, mut open) = (Vec::new(), false);
        for (index, element) in elements.iter().enumerate() {
            match self.eval(element, bound) {
                Ok(Val { data: Data::Optional(inner), .. }) if optional.contains(&index) => {
                    items.extend(inner.map(|inner| *inner));
                }
                Ok(value) => items.push(value),
                Err(Stop::Unknown(_)) => open = true,
                Err(stop) => return Err(stop),
            }
        }
        Ok(Val::new(Data::List(Rc::new(items), open)))
    }

    fn map_entry(&self, entry: &'a EntryExpr, bound: Bound<'_, 'a>) -> Outcome<'a, Option<(Val<'a>, Val<'a>)>> {
        let EntryExpr::MapEntry(entry) = entry else { return Err(Stop::Unknown(None)) };
        let (key, value) = (self.eval(&entry.key, bound)?, self.eval(&entry.value, bound)?);
        Ok(match value.data {
            Data::Optional(inner) if entry.optional => inner.map(|inner| (key, *inner)),
            _ => Some((key, value)),
        })
    }

    fn call(&self, call: &'a CallExpr, bound: Bound<'_, 'a>) -> Outcome<'a> {
        if let Some(outcome) = self.expand_macro(call, bound) {
            return outcome;
        }
        let decided = |outcome: Outcome<'a, bool>| outcome.map(|value| Val::new(Data::Bool(value)));
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND, [a, b]) => self.junction(a, b, false, bound),
            (operators::LOGICAL_OR, [a, b]) => self.junction(a, b, true, bound),
            (operators::LOGICAL_NOT, [a]) => {
                let value = self.eval(a, bound)?;
                decided(truth(&value).map(|truth| !truth)).map(|result| result.made_of(value.origin))
            }
            (operators::CONDITIONAL, [test, yes, no]) => {
                if self.test(test, bound)? {
                    self.eval(yes, bound)
                } else {
                    self.eval(no, bound)
                }
            }
            (operators::OPT_SELECT, [operand, field]) => match &field.expr {
                Expr::Literal(LiteralValue::String(field)) => {
                    self.select_optional(&self.eval(operand, bound)?, field.inner())
                }
                _ => Err(Stop::Unknown(None)),
            },
            _ => self.apply(call, bound),
        }
    }

    /// `&&` and `||`: one operand alone may decide, also where the other is unknown or fails.
    fn junction(&self, a: &'a IdedExpr, b: &'a IdedExpr, decisive: bool, bound: Bound<'_, 'a>) -> Outcome<'a> {
        let left = self.eval(a, bound);
        let verdict = |side: &Outcome<'a>| side.clone().and_then(|value| Ok((truth(&value)?, value.origin)));
        let first = verdict(&left);
        if let Ok((value, origin)) = first
            && value == decisive
        {
            return Ok(Val::new(Data::Bool(decisive)).made_of(origin));
        }
        match (first, verdict(&self.eval(b, bound))) {
            (Err(Stop::Limit), _) | (_, Err(Stop::Limit)) => Err(Stop::Limit),
            (_, Ok((value, origin))) if value == decisive => Ok(Val::new(Data::Bool(decisive)).made_of(origin)),
            (Err(Stop::Unknown(at)), _) | (_, Err(Stop::Unknown(at))) => Err(Stop::Unknown(at)),
            (Err(stop), _) | (_, Err(stop)) => Err(stop),
            (Ok((_, a)), Ok((_, b))) => Ok(Val::new(Data::Bool(!decisive)).made_of(b).made_of(a)),
        }
    }

    /// A function of values.
    fn apply(&self, call: &'a CallExpr, bound: Bound<'_, 'a>) -> Outcome<'a> {
        let namespace = call.target.as_ref().and_then(|target| match &target.expr {
            Expr::Ident(name) if functions::is_namespace(name) && lookup(name, bound).is_none() => Some(name.as_str()),
            _ => None,
        });
        let target = match (&call.target, namespace) {
            (Some(target), None) => Some(self.eval(target, bound)),
            _ => None,
        };
        let arguments: Vec<Val<'a>> =
            call.args.iter().map(|argument| self.eval(argument, bound)).collect::<Outcome<'a, _>>()?;
        let target = match target {
            Some(Err(Stop::Unknown(Some(node)))) => {
                let decided = functions::of_pattern(&call.func_name, node, &arguments);
                return decided.map(|value| Val::new(Data::Bool(value)).made_of(Some(node))).ok_or(Stop::Unknown(None));
            }
            Some(outcome) => Some(outcome?),
            None => None,
        };
        let origin = target.iter().chain(&arguments).find_map(|value| value.origin);
        functions::call(self, namespace, &call.func_name, target, arguments).map(|value| value.made_of(origin))
    }
}

/// What is bound to a name.
pub fn lookup<'a>(name: &str, mut bound: Bound<'_, 'a>) -> Option<Outcome<'a>> {
    while let Some(local) = bound {
        if local.name == name {
            return Some(local.value.clone());
        }
        bound = local.outer;
    }
    None
}

/// The truth value that a value is.
pub fn truth<'a>(value: &Val<'a>) -> Outcome<'a, bool> {
    match value.data {
        Data::Bool(truth) => Ok(truth),
        _ => fail(format!("no such overload: a condition of type '{}'", value.type_name())),
    }
}

/// A failure that is about no part of the object.
pub fn fail<'a, T>(message: impl Into<String>) -> Outcome<'a, T> {
    Err(Stop::Error(Failure { message: message.into(), at: None, missing: None }))
}

/// A value, or nothing where it is absent.
pub fn optional<'a>(outcome: Outcome<'a>, origin: Option<&'a Node>) -> Outcome<'a> {
    match outcome {
        Ok(value) if matches!(value.data, Data::Optional(_)) => Ok(value),
        Ok(value) => {
            let at = value.origin;
            Ok(Val::new(Data::Optional(Some(Box::new(value)))).made_of(at))
        }
        Err(Stop::Error(failure)) if failure.missing.is_some() || failure.message.starts_with("no such key") => {
            Ok(Val::new(Data::Optional(None)).made_of(origin))
        }
        Err(stop) => Err(stop),
    }
}

fn of_literal<'a>(literal: &LiteralValue) -> Data<'a> {
    match literal {
        LiteralValue::Boolean(value) => Data::Bool(*value.inner()),
        LiteralValue::Bytes(value) => Data::Foreign(cel::Value::Bytes(std::sync::Arc::new(value.inner().to_vec()))),
        LiteralValue::Double(value) => Data::Double(*value.inner()),
        LiteralValue::Int(value) => Data::Int(*value.inner()),
        LiteralValue::Null => Data::Null,
        LiteralValue::String(value) => Data::Text(value.inner().into()),
        LiteralValue::UInt(value) => Data::Uint(*value.inner()),
    }
}

/// What a map answers to a key.
enum Found<'a> {
    Value(&'a Node),
    Absent,
    Unknown,
}
