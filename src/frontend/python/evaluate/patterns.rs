//! `match`: which case takes a value, and what its pattern binds.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Pattern, Singleton};

use super::super::state::State;
use super::super::value::{Element, Key, ObjectKind, Sequence, Slot, Value, ValueKind};
use super::{Evaluator, Stop, Test, Truth};
use crate::tree::Location;

/// Whether a pattern takes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Yes,
    No,
    Maybe,
}

impl Fit {
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Maybe,
        }
    }
}

impl<'a> Evaluator<'a> {
    /// `match`.
    pub(super) fn match_statement(&mut self, node: &'a ast::StmtMatch) -> Result<(), Stop> {
        let subject = self.expression(&node.subject)?;
        let reason = self.reason_of(&node.subject);
        let mut ways: Vec<State> = Vec::new();
        let mut goes_on = true;
        let outer = self.uncertain;
        for case in &node.cases {
            let before = self.state.clone();
            let Ok(mut fit) = self.fits(&case.pattern, &subject) else { continue };
            if fit == Fit::No {
                self.state = before;
                continue;
            }
            let mut guard = None;
            if let Some(condition) = &case.guard {
                let Ok(test) = self.test(condition) else { continue };
                fit = fit.and(match self.outcome(&test) {
                    Some(true) => Fit::Yes,
                    Some(false) => Fit::No,
                    None => Fit::Maybe,
                });
                guard = Some(test);
            }
            // Names that a pattern binds stay bound when its guard fails.
            let unmatched = self.state.clone();
            if fit != Fit::No {
                if let Some(test) = &guard {
                    self.assume(test, true);
                }
                self.uncertain += usize::from(fit == Fit::Maybe);
                if self.block(&case.body).is_ok() {
                    ways.push(std::mem::take(&mut self.state));
                }
            }
            if fit == Fit::Yes {
                goes_on = false;
                break;
            }
            self.state = self.joined(before, &unmatched, &reason);
            self.uncertain = outer + usize::from(self.uncertain > outer || fit == Fit::Maybe);
        }
        self.uncertain = outer;
        if goes_on {
            ways.push(std::mem::take(&mut self.state));
        }
        if self.join_ways(ways, &reason) { Ok(()) } else { Err(Stop) }
    }

    /// Whether a pattern takes a value; binds its names where it does or may.
    fn fits(&mut self, pattern: &'a Pattern, subject: &Value) -> Result<Fit, Stop> {
        let at = self.at(pattern);
        self.charge(1);
        match pattern {
            Pattern::MatchValue(node) => {
                let value = self.expression(&node.value)?;
                self.equal_fit(subject, &value, at)
            }
            Pattern::MatchSingleton(node) => {
                let kind = match node.value {
                    Singleton::None => ValueKind::None,
                    Singleton::True => ValueKind::Bool(true),
                    Singleton::False => ValueKind::Bool(false),
                };
                let wanted = Value::new(kind, at);
                Ok(match self.identical(subject, &wanted) {
                    Some(true) => Fit::Yes,
                    Some(false) => Fit::No,
                    None => Fit::Maybe,
                })
            }
            Pattern::MatchAs(node) => {
                let fit = match &node.pattern {
                    Some(inner) => self.fits(inner, subject)?,
                    None => Fit::Yes,
                };
                if let Some(name) = node.name.as_ref().filter(|_| fit != Fit::No) {
                    self.bind(name.as_str(), subject.clone());
                }
                Ok(fit)
            }
            Pattern::MatchOr(node) => self.any_fits(&node.patterns, subject),
            Pattern::MatchSequence(node) => self.sequence_fits(&node.patterns, subject, at),
            Pattern::MatchMapping(node) => self.mapping_fits(node, subject, at),
            Pattern::MatchClass(node) => self.class_fits(node, subject, at),
            Pattern::MatchStar(_) => Ok(Fit::Yes),
        }
    }

    fn any_fits(&mut self, patterns: &'a [Pattern], subject: &Value) -> Result<Fit, Stop> {
        let mut result = Fit::No;
        for pattern in patterns {
            let before = self.state.clone();
            match self.fits(pattern, subject)? {
                Fit::Yes if result == Fit::No => return Ok(Fit::Yes),
                Fit::No => self.state = before,
                _ => {
                    let after = std::mem::take(&mut self.state);
                    self.state = self.joined(before, &after, &"one of several patterns".into());
                    result = Fit::Maybe;
                }
            }
        }
        Ok(result)
    }

    fn equal_fit(&mut self, subject: &Value, value: &Value, at: Location) -> Result<Fit, Stop> {
        let equal = self.equal(subject, value, at)?;
        let truth = self.truth(&equal, at)?;
        Ok(match self.outcome(&Test::Value(truth)) {
            Some(true) => Fit::Yes,
            Some(false) => Fit::No,
            None => {
                if let Truth::Unknown(_) = truth {
                    return Ok(Fit::Maybe);
                }
                Fit::Maybe
            }
        })
    }

    fn sequence_fits(&mut self, patterns: &'a [Pattern], subject: &Value, at: Location) -> Result<Fit, Stop> {
        let object = subject.as_object().and_then(|id| self.state.shared(id));
        let items: Option<Sequence> = match object.as_deref().map(|object| &object.kind) {
            Some(ObjectKind::List(items) | ObjectKind::Tuple(items)) => Some(items.clone()),
            Some(ObjectKind::Instance(_)) => return self.unknown_fit(patterns, at),
            Some(_) => return Ok(Fit::No),
            None if subject.is_unknown() && !matches!(subject.kind, ValueKind::Partial(_)) => None,
            None => return Ok(Fit::No),
        };
        let Some(slots) = items.as_ref().and_then(Sequence::slots) else { return self.unknown_fit(patterns, at) };
        let star = patterns.iter().position(|pattern| matches!(pattern, Pattern::MatchStar(_)));
        let fixed = patterns.len() - usize::from(star.is_some());
        if slots.len() < fixed || (star.is_none() && slots.len() != fixed) {
            return Ok(Fit::No);
        }
        let mut fit = Fit::Yes;
        let mut slots = slots.into_iter();
        for (index, pattern) in patterns.iter().enumerate() {
            if let Pattern::MatchStar(node) = pattern {
                let count = slots.len() - (patterns.len() - index - 1);
                let taken: Vec<Slot> = slots.by_ref().take(count).collect();
                let list = self.allocate(ObjectKind::List(Sequence::known(taken)), at);
                if let Some(name) = &node.name {
                    self.bind(name.as_str(), list);
                }
            } else if let Some(slot) = slots.next() {
                fit = fit.and(self.fits(pattern, &slot.value)?);
                if fit == Fit::No {
                    return Ok(Fit::No);
                }
            }
        }
        Ok(fit)
    }

    /// Patterns within something that is not known: they may fit, and their names are bound to something unknown.
    fn unknown_fit(&mut self, patterns: &'a [Pattern], at: Location) -> Result<Fit, Stop> {
        for pattern in patterns {
            let value = self.unsupported(at);
            let _ = self.fits(pattern, &value)?;
            if let Pattern::MatchStar(node) = pattern
                && let Some(name) = &node.name
            {
                let value = self.unsupported(at);
                self.bind(name.as_str(), value);
            }
        }
        Ok(Fit::Maybe)
    }

    fn mapping_fits(&mut self, node: &'a ast::PatternMatchMapping, subject: &Value, at: Location) -> Result<Fit, Stop> {
        let is_mapping = subject.is_unknown()
            || matches!(
                subject.as_object().and_then(|id| self.state.object(id)).map(|object| &object.kind),
                Some(ObjectKind::Dict(..) | ObjectKind::Instance(_))
            );
        if !is_mapping {
            return Ok(Fit::No);
        }
        let Some(mapping) = self.mapping_of(subject, at)? else {
            let patterns: &'a [Pattern] = &node.patterns;
            let fit = self.unknown_fit(patterns, at)?;
            if let Some(rest) = &node.rest {
                let value = self.unsupported(at);
                self.bind(rest.as_str(), value);
            }
            return Ok(fit);
        };
        let mut fit = Fit::Yes;
        let mut rest = mapping.clone();
        for (key_node, pattern) in node.keys.iter().zip(&node.patterns) {
            let key = self.expression(key_node)?;
            let known: Option<Key> = self.key_of(&key);
            match known.as_ref().and_then(|known| rest.remove(known)) {
                Some(entry) => fit = fit.and(self.fits(pattern, &entry.value.value)?),
                None if known.is_some() && mapping.rest.is_none() => return Ok(Fit::No),
                None => {
                    let value = self.unsupported(at);
                    fit = fit.and(self.fits(pattern, &value)?).and(Fit::Maybe);
                }
            }
            if fit == Fit::No {
                return Ok(Fit::No);
            }
        }
        if let Some(name) = &node.rest {
            let dict = self.allocate(ObjectKind::Dict(rest, None), at);
            self.bind(name.as_str(), dict);
        }
        Ok(fit)
    }

    fn class_fits(&mut self, node: &'a ast::PatternMatchClass, subject: &Value, at: Location) -> Result<Fit, Stop> {
        let class = self.expression(&node.cls)?;
        let mut fit = match self.is_instance(subject, &class) {
            Some(true) => Fit::Yes,
            Some(false) => return Ok(Fit::No),
            None => Fit::Maybe,
        };
        let arguments = &node.arguments;
        if !arguments.patterns.is_empty() {
            let is_plain = matches!(&class.kind, ValueKind::Library(path) if is_self_matching(path));
            if is_plain {
                for pattern in &arguments.patterns {
                    fit = fit.and(self.fits(pattern, subject)?);
                }
                return Ok(fit);
            }
            let names = self.match_arguments(&class, at);
            for (index, pattern) in arguments.patterns.iter().enumerate() {
                let value = match names.as_ref().and_then(|names| names.get(index)) {
                    Some(name) if fit == Fit::Yes => self.attribute(subject, name, at)?,
                    _ => self.unsupported(at),
                };
                fit = fit.and(self.fits(pattern, &value)?);
            }
        }
        for keyword in &arguments.keywords {
            let value = if fit == Fit::Yes && self.has_attribute(subject, keyword.attr.as_str()) == Some(true) {
                self.attribute(subject, keyword.attr.as_str(), at)?
            } else if fit == Fit::Yes && self.has_attribute(subject, keyword.attr.as_str()) == Some(false) {
                return Ok(Fit::No);
            } else {
                self.unsupported(at)
            };
            fit = fit.and(self.fits(&keyword.pattern, &value)?);
        }
        Ok(fit)
    }

    /// `__match_args__` of a class: of dataclasses the fields.
    fn match_arguments(&mut self, class: &Value, at: Location) -> Option<Vec<Rc<str>>> {
        let id = class.as_object()?;
        if let Some(fields) = self.fields_of(id) {
            return Some(
                fields
                    .iter()
                    .filter(|field| field.init && !field.keyword_only)
                    .map(|field| Rc::clone(&field.name))
                    .collect(),
            );
        }
        let order = self.class(id)?.order.clone();
        let super::class_attributes::Found::Value(value, _) = self.find_in(&order, "__match_args__") else {
            return None;
        };
        let slots = self.elements(&value, at).ok()?.elements;
        slots
            .iter()
            .map(|element| match element {
                Element::One(slot) => slot.value.as_text().map(Into::into),
                Element::Gap(_) => None,
            })
            .collect()
    }
}

/// Builtin types whose one positional pattern is matched with the value itself.
fn is_self_matching(path: &str) -> bool {
    matches!(
        path.strip_prefix("builtins.").unwrap_or_default(),
        "bool" | "bytearray" | "bytes" | "dict" | "float" | "frozenset" | "int" | "list" | "set" | "str" | "tuple"
    )
}
