//! Macros: calls whose arguments are evaluated once for each item, or not at all.

use std::rc::Rc;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators};

use super::compile::bound_names;
use super::evaluate::{Bound, Locals, Scope, fail, truth};
use super::functions::VALUES_OF_A_STEP;
use super::value::{Data, Outcome, Stop, Val};

/// What a macro goes over: pairs of key (or index) and value, each perhaps unknown, and whether there may be more.
pub struct Range<'a> {
    /// The list; its items are loaded one by one, as often the first ones decide.
    list: Val<'a>,
    /// The entries of a map.
    entries: Vec<(Val<'a>, Outcome<'a>)>,
    /// Whether there may be more.
    pub open: bool,
    /// Whether it is a map.
    pub is_map: bool,
}

impl<'a> Range<'a> {
    /// The pairs in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (Val<'a>, Outcome<'a>)> {
        #[expect(clippy::cast_possible_wrap, reason = "no list is that long")]
        let index = |index: usize| Val::new(Data::Int(index as i64));
        let items = (0..).map_while(move |at| Some((index(at), self.list.item(at)?)));
        items.chain(self.entries.iter().cloned())
    }
}

impl<'a> Scope<'a> {
    /// The value of a call that is a macro; `None` where it is none.
    pub fn expand_macro(&self, call: &'a CallExpr, bound: Bound<'_, 'a>) -> Option<Outcome<'a>> {
        let arguments = call.args.as_slice();
        let name = call.func_name.as_str();
        let Some(target) = &call.target else {
            return match (name, arguments) {
                ("has", [argument]) => Some(self.presence(argument, bound)),
                _ => None,
            };
        };
        match (name, arguments) {
            ("bind", [_, value, body]) if matches!(&target.expr, Expr::Ident(name) if name == "cel") => {
                let value = self.eval(value, bound);
                Some(self.with(&bound_names(name, arguments), &[value], body, bound))
            }
            ("optMap" | "optFlatMap", [_, body]) => Some(self.optional_map(name, target, arguments, body, bound)),
            _ => {
                let names = bound_names(name, arguments);
                let body = arguments.get(names.len()..)?;
                let known = !names.is_empty() && (1..=2).contains(&body.len());
                known.then(|| self.comprehension(name, target, &names, body, bound))
            }
        }
    }

    /// Evaluates with further names.
    pub fn with(
        &self,
        names: &[&str],
        values: &[Outcome<'a>],
        body: &'a IdedExpr,
        bound: Bound<'_, 'a>,
    ) -> Outcome<'a> {
        match (names, values) {
            ([name, names @ ..], [value, values @ ..]) => {
                let locals = Locals { name, value: value.clone(), outer: bound };
                self.with(names, values, body, Some(&locals))
            }
            _ => self.eval(body, bound),
        }
    }

    /// `has(a.b)`.
    fn presence(&self, argument: &'a IdedExpr, bound: Bound<'_, 'a>) -> Outcome<'a> {
        let (operand, field) = match &argument.expr {
            Expr::Select(select) => (&*select.operand, select.field.as_str()),
            Expr::Call(call) if call.func_name == operators::OPT_SELECT => match call.args.as_slice() {
                [operand, IdedExpr { expr: Expr::Literal(LiteralValue::String(field)), .. }] => {
                    (operand, field.inner())
                }
                _ => return Err(Stop::Unknown(None)),
            },
            _ => return fail("invalid argument to has() macro"),
        };
        let value = self.eval(operand, bound)?;
        let found = self.has(&value, field)?;
        let at = if found { self.select(&value, field).ok().and_then(|field| field.origin) } else { None };
        Ok(Val::new(Data::Bool(found)).made_of(at).made_of(value.origin))
    }

    /// What a macro on `target` goes over.
    pub fn range(&self, target: &'a IdedExpr, bound: Bound<'_, 'a>) -> Outcome<'a, (Val<'a>, Range<'a>)> {
        let value = self.eval(target, bound)?;
        let list = value.clone();
        let range = if let Some(open) = value.is_open_list() {
            Range { list, entries: Vec::new(), open, is_map: false }
        } else if let Some((entries, open)) = value.entries() {
            self.spend(entries.len() / VALUES_OF_A_STEP)?;
            Range { list, entries, open, is_map: true }
        } else {
            return fail(format!("no such overload: a comprehension over '{}'", value.type_name()));
        };
        Ok((value, range))
    }

    /// What the names of a macro stand for at one item.
    pub fn item(range: &Range<'a>, (key, value): (Val<'a>, Outcome<'a>), names: usize) -> Vec<Outcome<'a>> {
        match (names, range.is_map) {
            (1, false) => vec![value],
            (1, true) => vec![Ok(key)],
            _ => vec![Ok(key), value],
        }
    }

    fn comprehension(
        &self,
        name: &str,
        target: &'a IdedExpr,
        names: &[&str],
        body: &'a [IdedExpr],
        bound: Bound<'_, 'a>,
    ) -> Outcome<'a> {
        let (value, range) = self.range(target, bound)?;
        let each = |body: &'a IdedExpr| {
            let range = &range;
            let of = move |pair| self.with(names, &Self::item(range, pair, names.len()), body, bound);
            range.pairs().map(of)
        };
        let result = match (name, body) {
            ("all", [test]) => quantified(each(test), range.open, false),
            ("exists", [test]) => quantified(each(test), range.open, true),
            ("exists_one" | "existsOne", [test]) => exactly_one(each(test), range.open),
            ("filter", [test]) => filtered(&range, each(test)),
            ("map", [step]) => collected(each(step), range.open),
            ("transformList", [step]) => collected(each(step), range.open),
            ("map" | "transformList", [test, step]) => chosen(each(test), each(step), range.open),
            ("transformMap", [step]) => transformed(&range, each(step)),
            _ => Err(Stop::Unknown(None)),
        };
        result.map(|result| if matches!(result.data, Data::Bool(_)) { result.made_of(value.origin) } else { result })
    }

    /// `a.optMap(x, …)`.
    fn optional_map(
        &self,
        name: &str,
        target: &'a IdedExpr,
        arguments: &'a [IdedExpr],
        body: &'a IdedExpr,
        bound: Bound<'_, 'a>,
    ) -> Outcome<'a> {
        let value = self.eval(target, bound)?;
        let inner = match value.data {
            Data::Optional(Some(ref inner)) => (**inner).clone(),
            Data::Optional(None) => return Ok(value),
            _ => return fail(format!("no such overload: '{}.{name}'", value.type_name())),
        };
        let mapped = self.with(&bound_names(name, arguments), &[Ok(inner)], body, bound)?;
        if name == "optFlatMap" {
            return Ok(mapped);
        }
        let at = mapped.origin;
        Ok(Val::new(Data::Optional(Some(Box::new(mapped)))).made_of(at))
    }
}

/// `all` and `exists`: one item alone may decide; else what is unknown, then what fails, then all of them.
fn quantified<'a>(outcomes: impl Iterator<Item = Outcome<'a>>, open: bool, decisive: bool) -> Outcome<'a> {
    let (mut unknown, mut failed) = (open.then_some(Stop::Unknown(None)), None);
    for outcome in outcomes {
        match outcome.and_then(|value| Ok((truth(&value)?, value.origin))) {
            Ok((value, origin)) if value == decisive => {
                return Ok(Val::new(Data::Bool(decisive)).made_of(origin));
            }
            Ok(_) => {}
            Err(Stop::Limit) => return Err(Stop::Limit),
            Err(stop @ Stop::Unknown(_)) => unknown = Some(stop),
            Err(stop) => failed = failed.or(Some(stop)),
        }
    }
    match unknown.or(failed) {
        Some(stop) => Err(stop),
        None => Ok(Val::new(Data::Bool(!decisive))),
    }
}

fn exactly_one<'a>(outcomes: impl Iterator<Item = Outcome<'a>>, open: bool) -> Outcome<'a> {
    let mut count = 0;
    let mut unknown = open.then_some(Stop::Unknown(None));
    for outcome in outcomes {
        match outcome.and_then(|value| truth(&value)) {
            Ok(holds) => count += usize::from(holds),
            Err(stop @ Stop::Unknown(_)) => unknown = Some(stop),
            Err(stop) => return Err(stop),
        }
    }
    match unknown {
        Some(stop) if count < 2 => Err(stop),
        _ => Ok(Val::new(Data::Bool(count == 1))),
    }
}

/// `filter`: an item of which it is not known whether it stays leaves the result open.
fn filtered<'a>(range: &Range<'a>, outcomes: impl Iterator<Item = Outcome<'a>>) -> Outcome<'a> {
    let (mut items, mut open) = (Vec::new(), range.open);
    for ((key, item), outcome) in range.pairs().zip(outcomes) {
        match (outcome.and_then(|value| truth(&value)), item) {
            (Ok(false), _) => {}
            (Ok(true), _) if range.is_map => items.push(key),
            (Ok(true), Ok(item)) => items.push(item),
            (Ok(true), Err(_)) | (Err(Stop::Unknown(_)), _) => open = true,
            (Err(stop), _) => return Err(stop),
        }
    }
    Ok(Val::new(Data::List(Rc::new(items), open)))
}

fn collected<'a>(outcomes: impl Iterator<Item = Outcome<'a>>, mut open: bool) -> Outcome<'a> {
    let mut items = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(item) => items.push(item),
            Err(Stop::Unknown(_)) => open = true,
            Err(stop) => return Err(stop),
        }
    }
    Ok(Val::new(Data::List(Rc::new(items), open)))
}

/// `map` with a test: only the items that pass are computed.
fn chosen<'a>(
    tests: impl Iterator<Item = Outcome<'a>>,
    mut steps: impl Iterator<Item = Outcome<'a>>,
    mut open: bool,
) -> Outcome<'a> {
    let mut items = Vec::new();
    for test in tests {
        let item = steps.next().unwrap_or(Err(Stop::Unknown(None)));
        match test.and_then(|value| truth(&value)) {
            Ok(false) => {}
            Ok(true) => match item {
                Ok(item) => items.push(item),
                Err(Stop::Unknown(_)) => open = true,
                Err(stop) => return Err(stop),
            },
            Err(Stop::Unknown(_)) => open = true,
            Err(stop) => return Err(stop),
        }
    }
    Ok(Val::new(Data::List(Rc::new(items), open)))
}

fn transformed<'a>(range: &Range<'a>, outcomes: impl Iterator<Item = Outcome<'a>>) -> Outcome<'a> {
    if range.open {
        return Err(Stop::Unknown(None));
    }
    let keys = range.pairs().map(|(key, _)| key);
    let entries = keys.zip(outcomes).map(|(key, value)| Ok((key, value?)));
    Ok(Val::new(Data::Map(Rc::new(entries.collect::<Outcome<'a, Vec<_>>>()?))))
}
