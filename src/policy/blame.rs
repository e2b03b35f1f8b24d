//! Where the object breaks an expression: the narrowest parts of it that made the expression false, or made it fail.

use std::rc::Rc;

use cel::common::ast::{Expr, IdedExpr, operators};

use super::compile::bound_names;
use super::evaluate::{Bound, Locals, Scope, lookup};
use super::value::{Outcome, Stop, Val};
use crate::tree::Node;

/// Places that one expression is shown at.
const MAX_PLACES: usize = 20;

/// A part of the object that broke an expression.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The value.
    pub node: &'a Node,
    /// The field that it lacks.
    pub missing: Option<Rc<str>>,
}

/// What an expression came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    True,
    False,
    Failed,
}

fn verdict(outcome: &Outcome<'_>) -> Option<Verdict> {
    match outcome {
        Ok(value) => match value.data {
            super::value::Data::Bool(true) => Some(Verdict::True),
            super::value::Data::Bool(false) => Some(Verdict::False),
            _ => None,
        },
        Err(Stop::Error(_)) => Some(Verdict::Failed),
        Err(_) => None,
    }
}

impl<'a> Scope<'a> {
    /// The parts of the object that gave an expression the truth value that it has, or made it fail.
    pub fn blame(&self, expression: &'a IdedExpr, bound: Bound<'_, 'a>) -> Vec<Place<'a>> {
        let outcome = self.eval(expression, bound);
        let mut places = match verdict(&outcome) {
            Some(verdict) => self.narrow(expression, verdict, bound),
            None => Vec::new(),
        };
        if places.is_empty() {
            places.extend(direct(&outcome));
        }
        places.truncate(MAX_PLACES);
        places
    }

    fn narrow(&self, expression: &'a IdedExpr, came_to: Verdict, bound: Bound<'_, 'a>) -> Vec<Place<'a>> {
        match &expression.expr {
            Expr::Select(select) => match (&select.operand.expr, lookup("variables", bound)) {
                (Expr::Ident(name), None) if name == "variables" => {
                    let variable = self.variables.iter().find(|(known, _)| *known == select.field);
                    variable.map(|(_, variable)| self.blame(&variable.tree, None)).unwrap_or_default()
                }
                _ => Vec::new(),
            },
            Expr::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
                (operators::LOGICAL_AND | operators::LOGICAL_OR, [a, b]) => self.of_operands([a, b], came_to, bound),
                (operators::LOGICAL_NOT, [a]) => self.blame(a, bound),
                (operators::CONDITIONAL, [test, yes, no]) => match verdict(&self.eval(test, bound)) {
                    Some(Verdict::True) => self.blame(yes, bound),
                    Some(Verdict::False) => self.blame(no, bound),
                    _ => self.blame(test, bound),
                },
                ("has", [argument]) => self.of_presence(argument, came_to, bound),
                ("all" | "exists" | "exists_one" | "existsOne", arguments) => {
                    let target = call.target.as_deref();
                    target
                        .map(|target| self.of_items(&call.func_name, target, arguments, came_to, bound))
                        .unwrap_or_default()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Of `a && b` and `a || b` those operands matter that came to the same; the last of them is the most particular one.
    fn of_operands(&self, operands: [&'a IdedExpr; 2], came_to: Verdict, bound: Bound<'_, 'a>) -> Vec<Place<'a>> {
        let same = |operand: &&'a IdedExpr| verdict(&self.eval(operand, bound)) == Some(came_to);
        let mut places = operands.into_iter().filter(same).map(|operand| self.blame(operand, bound));
        places.rfind(|places| !places.is_empty()).unwrap_or_default()
    }

    /// `has(a.b)`: the field, or the object that lacks it.
    fn of_presence(&self, argument: &'a IdedExpr, came_to: Verdict, bound: Bound<'_, 'a>) -> Vec<Place<'a>> {
        let Expr::Select(select) = &argument.expr else { return Vec::new() };
        let Ok(Val { origin: Some(node), .. }) = self.eval(&select.operand, bound) else { return Vec::new() };
        match came_to {
            Verdict::False => vec![Place { node, missing: Some(select.field.as_str().into()) }],
            _ => Vec::new(),
        }
    }

    /// The items that came to the same as the whole; where all did, or none, the list.
    fn of_items(
        &self,
        function: &str,
        target: &'a IdedExpr,
        arguments: &'a [IdedExpr],
        came_to: Verdict,
        bound: Bound<'_, 'a>,
    ) -> Vec<Place<'a>> {
        let names = bound_names(function, arguments);
        let (Some(test), Ok((_, range))) = (arguments.get(names.len()), self.range(target, bound)) else {
            return Vec::new();
        };
        let single = match (function, came_to) {
            ("all", Verdict::False) | (_, Verdict::Failed) => came_to,
            ("exists", Verdict::True) => came_to,
            // It takes the whole list to make these.
            _ => return Vec::new(),
        };
        let mut places = Vec::new();
        for pair in range.pairs() {
            let values = Self::item(&range, pair, names.len());
            let found = self.of_item(&names, &values, test, single, bound);
            places.extend(found);
            if places.len() >= MAX_PLACES {
                break;
            }
        }
        places
    }

    fn of_item(
        &self,
        names: &[&str],
        values: &[Outcome<'a>],
        test: &'a IdedExpr,
        wanted: Verdict,
        bound: Bound<'_, 'a>,
    ) -> Vec<Place<'a>> {
        if let ([name, names @ ..], [value, values @ ..]) = (names, values) {
            let locals = Locals { name, value: value.clone(), outer: bound };
            let places = self.of_item(names, values, test, wanted, Some(&locals));
            return places;
        }
        if verdict(&self.eval(test, bound)) != Some(wanted) {
            return Vec::new();
        }
        let places = self.blame(test, bound);
        // What was said of nothing in particular is said of the item.
        let item = bound.and_then(|local| local.value.as_ref().ok()?.origin);
        if places.is_empty() { item.map(|node| Place { node, missing: None }).into_iter().collect() } else { places }
    }
}

/// What the value itself remembers.
fn direct<'a>(outcome: &Outcome<'a>) -> Option<Place<'a>> {
    match outcome {
        Ok(value) => value.origin.map(|node| Place { node, missing: None }),
        Err(Stop::Error(failure)) => failure.at.map(|node| Place { node, missing: failure.missing.clone() }),
        Err(_) => None,
    }
}
