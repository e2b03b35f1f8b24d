//! Control flow: which way the program goes where that is plain, and both ways where it is not.

use std::rc::Rc;

use ruff_python_ast::{self as ast, BoolOp, CmpOp, ExceptHandler, Expr, Pattern, Singleton, Stmt, UnaryOp};
use ruff_text_size::Ranged;

use super::calls::Arguments;
use super::interpreter::{Flow, Interpreter};
use super::join::{State, joined};
use super::value::{Body, Data, Slot, Val};
use crate::document::Condition;

/// How often a loop is unrolled.
const MAX_ROUNDS: usize = 2000;
/// How many tests that only running decides are noted.
const MAX_CONDITIONS: usize = 16;
/// How many decisions that only running makes may hang on one another.
const MAX_NESTED_FORKS: usize = 400;

impl<'a> Interpreter<'a> {
    /// Evaluates statements in order.
    pub(super) fn block(&mut self, body: &'a [Stmt]) -> Flow {
        for (index, statement) in body.iter().enumerate() {
            if !self.step(1) {
                return Flow::Next;
            }
            let rest = body.get(index + 1..).unwrap_or_default();
            let flow = match statement {
                Stmt::If(node) => match self.branch(node, 0, rest) {
                    (flow, true) => return flow,
                    (flow, false) => flow,
                },
                Stmt::Match(node) => match self.match_cases(node, rest) {
                    (flow, true) => return flow,
                    (flow, false) => flow,
                },
                other => self.statement(other),
            };
            if flow != Flow::Next {
                return flow;
            }
        }
        Flow::Next
    }

    /// An `if`: the branch that is taken where the test is known, else both. The second part of the answer says whether the
    /// rest of the block is done too.
    fn branch(&mut self, node: &'a ast::StmtIf, clause: usize, rest: &'a [Stmt]) -> (Flow, bool) {
        let (test, body) = match clause.checked_sub(1) {
            None => (Some(&*node.test), node.body.as_slice()),
            Some(index) => match node.elif_else_clauses.get(index) {
                Some(clause) => (clause.test.as_ref(), clause.body.as_slice()),
                None => return (Flow::Next, false),
            },
        };
        let Some(test) = test else { return (self.block(body), false) };
        let known = if is_always_meant(&self.snippet(test)) { Some(true) } else { self.decide(test) };
        match known {
            Some(true) => (self.block(body), false),
            Some(false) => self.branch(node, clause + 1, rest),
            None => {
                let reason = self.snippet(test);
                let other = |this: &mut Self| this.branch(node, clause + 1, &[]).0;
                self.fork(&reason, |this| this.block(body), other, rest)
            }
        }
    }

    /// Whether a test holds: where that is plain, or taken for granted.
    pub(super) fn decide(&mut self, test: &'a Expr) -> Option<bool> {
        match test {
            Expr::UnaryOp(node) if node.op == UnaryOp::Not => return self.decide(&node.operand).map(|truth| !truth),
            Expr::BoolOp(node) => {
                let decides = node.op == BoolOp::Or;
                let mut unknown = false;
                for value in &node.values {
                    match self.decide(value) {
                        Some(truth) if truth == decides => return Some(decides),
                        Some(_) => {}
                        None => unknown = true,
                    }
                }
                return if unknown { None } else { Some(!decides) };
            }
            _ => {}
        }
        if let Some(truth) = self.truth_of(test) {
            return Some(truth);
        }
        let text = self.snippet(test);
        self.granted(&text).or_else(|| {
            self.note_condition(&text, test);
            None
        })
    }

    /// What the condition that is taken for granted says of a test.
    fn granted(&self, text: &str) -> Option<bool> {
        let given = self.given.as_ref()?;
        if *given.test == *text {
            return Some(given.holds);
        }
        // What is one thing is not another.
        let (left, right) = given.test.split_once(" == ")?;
        let (other_left, other_right) = text.split_once(" == ")?;
        let literal = |text: &str| text.starts_with(['"', '\'']) || text.bytes().all(|byte| byte.is_ascii_digit());
        (given.holds && left == other_left && right != other_right && literal(right) && literal(other_right))
            .then_some(false)
    }

    fn note_condition(&mut self, text: &str, test: impl Ranged) {
        let known = self.conditions.iter().any(|condition| condition.test == text);
        if !known && self.conditions.len() < MAX_CONDITIONS && !self.is_importing() {
            let location = self.at(test);
            self.conditions.push(Condition { test: text.to_owned(), holds: true, location });
        }
    }

    /// Evaluates two ways that the program may go, and goes on with what holds on both. Where one of them leaves the block, the
    /// rest of the block belongs to the other alone.
    pub(super) fn fork(
        &mut self,
        reason: &Rc<str>,
        first: impl FnOnce(&mut Self) -> Flow,
        second: impl FnOnce(&mut Self) -> Flow,
        rest: &'a [Stmt],
    ) -> (Flow, bool) {
        self.forks += 1;
        if self.nested_forks >= MAX_NESTED_FORKS || !self.step(self.state_size()) {
            self.budget.exhaust();
            return (Flow::Next, false);
        }
        self.nested_forks += 1;
        let before = self.state();
        let first_flow = first(self);
        let first_state = self.state();
        self.rewind(before);
        let second_flow = second(self);
        self.nested_forks -= 1;
        let (flow, other_flow, other_state, done) = match (first_flow, second_flow) {
            (Flow::Raise, flow) => return (flow, false),
            (flow, Flow::Raise) => {
                self.restore(first_state);
                return (flow, false);
            }
            (Flow::Next, Flow::Next) => (Flow::Next, Flow::Next, first_state, false),
            (Flow::Next, left) => {
                let second_state = self.state();
                self.restore(first_state);
                (self.block(rest), left, second_state, true)
            }
            (left, Flow::Next) => (self.block(rest), left, first_state, true),
            (first_flow, second_flow) => (second_flow, first_flow, first_state, false),
        };
        (self.meet(flow, other_flow, other_state, reason), done)
    }

    /// Where the flow goes after two ways met.
    fn meet(&mut self, flow: Flow, other: Flow, other_state: State<'a>, reason: &Rc<str>) -> Flow {
        if other == Flow::Raise {
            return flow;
        }
        if flow == Flow::Raise {
            self.restore(other_state);
            return other;
        }
        self.join(other_state, reason);
        match (flow, other) {
            (Flow::Return(a), Flow::Return(b)) => Flow::Return(joined(a, b, reason)),
            (Flow::Return(val), other) | (other, Flow::Return(val)) => {
                self.returns.push(val);
                other
            }
            (Flow::Break, Flow::Break) => Flow::Break,
            (Flow::Break | Flow::MaybeBreak, _) | (_, Flow::Break | Flow::MaybeBreak) => Flow::MaybeBreak,
            (Flow::Continue, Flow::Continue) => Flow::Continue,
            _ => Flow::Next,
        }
    }

    /// Evaluates something that may or may not happen.
    pub(super) fn maybe(&mut self, reason: &Rc<str>, body: impl FnOnce(&mut Self) -> Flow) -> Flow {
        match self.fork(reason, body, |_| Flow::Next, &[]).0 {
            Flow::Continue | Flow::Break | Flow::MaybeBreak => Flow::Next,
            flow => flow,
        }
    }

    pub(super) fn for_loop(&mut self, node: &'a ast::StmtFor) -> Flow {
        let iterable = self.expression(&node.iter);
        let reason = self.snippet(&*node.iter);
        let known = self.iterated(&iterable).filter(|(items, open)| !open && items.len() <= MAX_ROUNDS);
        let Some((items, _)) = known else {
            let element = Val::dynamic(format!("an item of {reason}"), self.at(&*node.iter));
            return self.maybe(&reason, |this| {
                this.assign(&node.target, &element, element.at);
                this.block(&node.body)
            });
        };
        let mut certain = true;
        for item in items {
            if !self.step(1) {
                break;
            }
            let round = |this: &mut Self| {
                this.assign(&node.target, &item.val, item.at);
                this.block(&node.body)
            };
            let flow = if certain { round(self) } else { self.maybe(&reason, round) };
            match flow {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Flow::Next,
                Flow::MaybeBreak => certain = false,
                flow => return flow,
            }
        }
        if certain { self.block(&node.orelse) } else { self.maybe(&reason, |this| this.block(&node.orelse)) }
    }

    pub(super) fn while_loop(&mut self, node: &'a ast::StmtWhile) -> Flow {
        let reason = self.snippet(&*node.test);
        for _ in 0..MAX_ROUNDS {
            if !self.step(1) {
                break;
            }
            match self.truth_of(&node.test) {
                Some(true) => {}
                Some(false) => return self.block(&node.orelse),
                None => break,
            }
            match self.block(&node.body) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Flow::Next,
                Flow::MaybeBreak => break,
                flow => return flow,
            }
        }
        self.maybe(&reason, |this| this.block(&node.body))
    }

    pub(super) fn try_block(&mut self, node: &'a ast::StmtTry) -> Flow {
        if !self.step(self.state_size()) {
            return Flow::Next;
        }
        let before = self.state();
        let doubts = self.doubts;
        let flow = self.block(&node.body);
        let flow = if flow == Flow::Next { self.block(&node.orelse) } else { flow };
        let may_raise = self.doubts > doubts || flow == Flow::Raise;
        let flow = self.handlers(node, before, flow, may_raise);
        match self.block(&node.finalbody) {
            Flow::Next => flow,
            last => last,
        }
    }

    /// What handlers do. Where nothing in the body can raise they are only looked at, for the templates in them.
    fn handlers(&mut self, node: &'a ast::StmtTry, before: State<'a>, mut flow: Flow, may_raise: bool) -> Flow {
        for ExceptHandler::ExceptHandler(handler) in &node.handlers {
            if !self.step(self.state_size()) {
                break;
            }
            let caught = handler.type_.as_ref().map(|class| self.snippet(&**class)).unwrap_or_default();
            let reason: Rc<str> = format!("except {caught}").trim_end().into();
            let after = self.state();
            self.rewind(before.clone());
            if let Some(name) = &handler.name {
                let at = self.at(name);
                self.bind(name.as_str(), Val::dynamic("an exception", at));
            }
            let handled = self.block(&handler.body);
            if !may_raise {
                self.rewind(after);
                continue;
            }
            if flow == Flow::Raise {
                flow = handled;
            } else {
                flow = self.meet(flow, handled, after, &reason);
            }
        }
        flow
    }

    fn match_cases(&mut self, node: &'a ast::StmtMatch, rest: &'a [Stmt]) -> (Flow, bool) {
        let subject = self.expression(&node.subject);
        self.case(node, &subject, 0, rest)
    }

    fn case(&mut self, node: &'a ast::StmtMatch, subject: &Val, index: usize, rest: &'a [Stmt]) -> (Flow, bool) {
        let Some(case) = node.cases.get(index) else { return (Flow::Next, false) };
        let known = match self.fits(&case.pattern, subject) {
            Some(true) => case.guard.as_ref().map_or(Some(true), |guard| self.decide(guard)),
            known => known,
        };
        match known {
            Some(true) => (self.block(&case.body), false),
            Some(false) => self.case(node, subject, index + 1, rest),
            None => {
                let text = format!("{} == {}", self.snippet(&*node.subject), self.snippet(&case.pattern));
                match self.granted(&text) {
                    Some(true) => return (self.block(&case.body), false),
                    Some(false) => return self.case(node, subject, index + 1, rest),
                    None => self.note_condition(&text, &case.pattern),
                }
                let other = |this: &mut Self| this.case(node, subject, index + 1, &[]).0;
                self.fork(&text.into(), |this| this.block(&case.body), other, rest)
            }
        }
    }

    /// Whether a value matches a pattern; names in it are bound.
    fn fits(&mut self, pattern: &'a Pattern, subject: &Val) -> Option<bool> {
        match pattern {
            Pattern::MatchValue(value) => {
                let wanted = self.expression(&value.value);
                self.compare(CmpOp::Eq, subject, &wanted)
            }
            Pattern::MatchSingleton(singleton) => {
                let wanted = match singleton.value {
                    Singleton::None => Data::None,
                    Singleton::True => Data::Bool(true),
                    Singleton::False => Data::Bool(false),
                };
                self.compare(CmpOp::Is, subject, &Val::new(wanted, subject.at))
            }
            Pattern::MatchOr(any) => {
                let fits: Vec<Option<bool>> = any.patterns.iter().map(|pattern| self.fits(pattern, subject)).collect();
                if fits.contains(&Some(true)) {
                    Some(true)
                } else if fits.contains(&None) {
                    None
                } else {
                    Some(false)
                }
            }
            Pattern::MatchAs(named) => {
                let fits = named.pattern.as_ref().map_or(Some(true), |inner| self.fits(inner, subject));
                if let Some(name) = &named.name {
                    self.bind(name.as_str(), subject.clone());
                }
                fits
            }
            Pattern::MatchSequence(sequence) => self.fits_sequence(&sequence.patterns, subject),
            Pattern::MatchMapping(mapping) => self.fits_mapping(mapping, subject),
            Pattern::MatchClass(class) => self.fits_class(class, subject),
            Pattern::MatchStar(_) => None,
        }
    }

    /// `[first, *rest]`.
    fn fits_sequence(&mut self, patterns: &'a [Pattern], subject: &Val) -> Option<bool> {
        let is_list = matches!(self.object(subject).map(|object| &object.body), Some(Body::List(_)));
        if !is_list {
            return if subject.is_dynamic() { None } else { Some(false) };
        }
        let (items, open) = self.items(subject)?;
        (!open).then_some(())?;
        let star = patterns.iter().position(Pattern::is_match_star);
        let length_fits =
            if star.is_some() { items.len() + 1 >= patterns.len() } else { items.len() == patterns.len() };
        if !length_fits {
            return Some(false);
        }
        let extra = items.len() + 1 - patterns.len().min(items.len() + 1);
        let mut items = items.into_iter();
        for pattern in patterns {
            if let Pattern::MatchStar(rest) = pattern {
                let taken = items.by_ref().take(extra).collect();
                let list = self.list_of(taken, false, subject.at);
                if let Some(name) = &rest.name {
                    self.bind(name.as_str(), list);
                }
                continue;
            }
            let item = items.next()?;
            match self.fits(pattern, &item.val) {
                Some(true) => {}
                other => return other,
            }
        }
        Some(true)
    }

    /// `{"key": pattern}`.
    fn fits_mapping(&mut self, node: &'a ast::PatternMatchMapping, subject: &Val) -> Option<bool> {
        let Some(Body::Dict(entries)) = self.object(subject).map(|object| object.body.clone()) else {
            return if subject.is_dynamic() { None } else { Some(false) };
        };
        let open = self.object(subject).is_some_and(|object| object.open);
        node.rest.is_none().then_some(())?;
        for (key, pattern) in node.keys.iter().zip(&node.patterns) {
            let key = self.expression(key);
            let Some((_, value)) = entries.iter().find(|(known, _)| known.val.data == key.data) else {
                return if open { None } else { Some(false) };
            };
            match self.fits(pattern, &value.val) {
                Some(true) => {}
                other => return other,
            }
        }
        Some(true)
    }

    /// `str()`, `Point(x=0)`.
    fn fits_class(&mut self, node: &'a ast::PatternMatchClass, subject: &Val) -> Option<bool> {
        let class = self.expression(&node.cls);
        let both = [subject, &class].map(|val| Slot::new(val.clone(), val.at));
        let arguments = Arguments { positional: both.into(), ..Arguments::default() };
        let known = self.is_instance("isinstance", &arguments, subject.at)?;
        if self.truth(&known)? {
            node.arguments.patterns.is_empty().then_some(())?;
            for keyword in &node.arguments.keywords {
                let attribute = self.instance_attribute(subject, keyword.attr.as_str())?;
                match self.fits(&keyword.pattern, &attribute) {
                    Some(true) => {}
                    other => return other,
                }
            }
            return Some(true);
        }
        Some(false)
    }
}

/// Tests that hold wherever it matters: type checking sees what running sees, and scripts are meant to be run.
fn is_always_meant(test: &str) -> bool {
    matches!(test, "TYPE_CHECKING" | "typing.TYPE_CHECKING") || test.starts_with("__name__ ==")
}
