//! The types of expressions, as far as the server's compiler knows them before it sees any object.
//!
//! Source: <https://github.com/google/cel-spec/blob/master/doc/langdef.md#overview>. Only what is certainly refused is an error; what
//! is not modelled here has the type `Other`, and nothing is said of it.

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedEntryExpr, IdedExpr, LiteralValue, operators};

use super::compile::bound_names;
use super::constants;
use super::signatures;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Whatever the object holds: known only when it is there.
    Dyn,
    /// Not modelled.
    Other,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `uint`.
    Uint,
    /// `double`.
    Double,
    /// `string`.
    Text,
    /// `bytes`.
    Bytes,
    /// `null_type`.
    Null,
    /// A list of one type.
    List(Box<Self>),
    /// A map to one type.
    Map(Box<Self>),
    /// A value or none.
    Optional(Box<Self>),
    /// A value of one of Kubernetes' own types.
    Named(&'static str),
}

impl Type {
    /// The server's name of it.
    pub fn name(&self) -> String {
        match self {
            Self::Dyn | Self::Other => "dyn".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Int => "int".to_owned(),
            Self::Uint => "uint".to_owned(),
            Self::Double => "double".to_owned(),
            Self::Text => "string".to_owned(),
            Self::Bytes => "bytes".to_owned(),
            Self::Null => "null_type".to_owned(),
            Self::List(item) => format!("list({})", item.name()),
            Self::Map(value) => format!("map(string, {})", value.name()),
            Self::Optional(inner) => format!("optional_type({})", inner.name()),
            Self::Named(name) => (*name).to_owned(),
        }
    }

    /// Whether it may turn out to be anything.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Dyn | Self::Other)
    }

    const fn is_plain(&self) -> bool {
        matches!(self, Self::Bool | Self::Int | Self::Uint | Self::Double | Self::Text | Self::Bytes | Self::Null)
    }

    /// Whether a value cannot be of both.
    pub fn differs(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(a), Self::List(b)) | (Self::Map(a), Self::Map(b)) | (Self::Optional(a), Self::Optional(b)) => {
                a.differs(b)
            }
            (a, b) => {
                let known = |one: &Self| one.is_plain() || matches!(one, Self::List(_) | Self::Map(_));
                let nullable = matches!(a, Self::Null) != matches!(b, Self::Null) && !(a.is_plain() && b.is_plain());
                known(a) && known(b) && a != b && !nullable
            }
        }
    }
}

/// What the compiler says of an expression.
pub type Judgement<T = Type> = Result<T, String>;

/// What an expression may name.
pub struct Names<'v> {
    /// Whether the policy has parameters.
    pub has_params: bool,
    /// Whether `authorizer` may be asked.
    pub has_authorizer: bool,
    /// The variables of the policy up to here; `None` where variables cannot be used.
    pub variables: Option<&'v [(String, Type)]>,
}

/// Names that macros have bound.
type Bound<'e> = Vec<(&'e str, Type)>;

impl Names<'_> {
    /// The type of an expression.
    pub fn of(&self, expression: &IdedExpr) -> Judgement {
        self.infer(expression, &mut Vec::new())
    }

    fn infer<'e>(&self, expression: &'e IdedExpr, bound: &mut Bound<'e>) -> Judgement {
        match &expression.expr {
            Expr::Literal(literal) => Ok(of_literal(literal)),
            Expr::Ident(name) => self.named(name, bound),
            Expr::Select(select) => {
                if let (Expr::Ident(name), Some(known)) = (&select.operand.expr, self.variables)
                    && name == "variables"
                    && bound.iter().all(|(local, _)| local != name)
                {
                    let found = known.iter().find(|(known, _)| *known == select.field);
                    return found.map(|(_, kind)| kind.clone()).ok_or(format!("undefined field '{}'", select.field));
                }
                field_of(&self.infer(&select.operand, bound)?)
            }
            Expr::List(list) => {
                let mut item: Option<Type> = None;
                for element in &list.elements {
                    let kind = self.infer(element, bound)?;
                    if list.optional_indices.is_empty()
                        && let Some(first) = item.as_ref().filter(|first| first.differs(&kind))
                    {
                        return Err(format!("expected type '{}' but found '{}'", first.name(), kind.name()));
                    }
                    item = Some(item.map_or_else(|| kind.clone(), |first| either(&first, &kind)));
                }
                Ok(Type::List(Box::new(item.unwrap_or(Type::Other))))
            }
            Expr::Map(map) => self.map(&map.entries, bound),
            Expr::Call(call) => self.call(call, bound),
            _ => Ok(Type::Other),
        }
    }

    /// A map: its keys are of one type, and so are its values.
    fn map<'e>(&self, entries: &'e [IdedEntryExpr], bound: &mut Bound<'e>) -> Judgement {
        let mut known: Option<(Type, Type)> = None;
        for entry in entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else { continue };
            let (key, value) = (self.infer(&entry.key, bound)?, self.infer(&entry.value, bound)?);
            let value = if entry.optional { Type::Other } else { value };
            let (first_key, first_value) = known.unwrap_or_else(|| (key.clone(), value.clone()));
            for (first, other) in [(&first_key, &key), (&first_value, &value)] {
                if first.differs(other) {
                    return Err(format!("expected type '{}' but found '{}'", first.name(), other.name()));
                }
            }
            known = Some((either(&first_key, &key), either(&first_value, &value)));
        }
        let value = known.filter(|(key, _)| *key == Type::Text).map_or(Type::Other, |(_, value)| value);
        Ok(Type::Map(Box::new(value)))
    }

    fn named(&self, name: &str, bound: &Bound<'_>) -> Judgement {
        if let Some((_, kind)) = bound.iter().rev().find(|(local, _)| *local == name) {
            return Ok(kind.clone());
        }
        match name {
            "object" | "oldObject" => Ok(Type::Dyn),
            "params" if self.has_params => Ok(Type::Dyn),
            "authorizer" if self.has_authorizer => Ok(Type::Other),
            "variables" if self.variables.is_some() => Ok(Type::Other),
            "request" | "namespaceObject" | "bool" | "int" | "uint" | "double" | "string" | "bytes" | "list"
            | "map" | "null_type" | "type" => Ok(Type::Other),
            _ => Err(format!("undeclared reference to '{name}'")),
        }
    }

    fn call<'e>(&self, call: &'e CallExpr, bound: &mut Bound<'e>) -> Judgement {
        if let Some(judgement) = self.macro_call(call, bound) {
            return judgement;
        }
        let space = call.target.as_ref().and_then(|target| match &target.expr {
            Expr::Ident(name) if signatures::is_namespace(name) && bound.iter().all(|(local, _)| local != name) => {
                Some(name.as_str())
            }
            _ => None,
        });
        let target = match (&call.target, space) {
            (Some(target), None) => Some(self.infer(target, bound)?),
            _ => None,
        };
        let arguments: Vec<Type> =
            call.args.iter().map(|argument| self.infer(argument, bound)).collect::<Judgement<_>>()?;
        if let (None, None) = (&call.target, space)
            && let Some(judgement) = operator(&call.func_name, &arguments)
        {
            return judgement;
        }
        constants::checked(call, &arguments)?;
        signatures::result(space, &call.func_name, target.as_ref(), &arguments)
    }

    /// Macros; `None` if a call is not a macro.
    fn macro_call<'e>(&self, call: &'e CallExpr, bound: &mut Bound<'e>) -> Option<Judgement> {
        let (name, arguments) = (call.func_name.as_str(), call.args.as_slice());
        let Some(target) = &call.target else {
            return match (name, arguments) {
                ("has", [argument]) if matches!(argument.expr, Expr::Ident(_) | Expr::Call(_) | Expr::Literal(_)) => {
                    Some(Err("invalid argument to has() macro".to_owned()))
                }
                ("has", [argument]) => Some(self.infer(argument, bound).map(|_| Type::Bool)),
                (operators::OPT_SELECT, [operand, _]) => Some(self.infer(operand, bound).and_then(|kind| {
                    let inner = if let Type::Optional(inner) = kind { *inner } else { kind };
                    field_of(&inner).map(|field| Type::Optional(Box::new(field)))
                })),
                _ => None,
            };
        };
        if let ("bind", [_, value, body]) = (name, arguments)
            && matches!(&target.expr, Expr::Ident(name) if name == "cel")
        {
            let names = bound_names(name, arguments);
            return Some(self.infer(value, bound).and_then(|kind| self.within(&names, &[kind], body, bound)));
        }
        let names = bound_names(name, arguments);
        let body = arguments.get(names.len()..).filter(|body| !names.is_empty() && (1..=2).contains(&body.len()))?;
        Some(self.comprehension(name, target, &names, body, bound))
    }

    fn comprehension<'e>(
        &self,
        name: &str,
        target: &'e IdedExpr,
        names: &[&'e str],
        body: &'e [IdedExpr],
        bound: &mut Bound<'e>,
    ) -> Judgement {
        let range = self.infer(target, bound)?;
        let item = match (&range, names.len()) {
            (Type::Optional(inner), _) => vec![(**inner).clone()],
            (Type::List(item), 1) => vec![(**item).clone()],
            (Type::List(item), _) => vec![Type::Int, (**item).clone()],
            (Type::Map(_), 1) => vec![Type::Other],
            (Type::Map(value), _) => vec![Type::Other, (**value).clone()],
            (Type::Dyn, _) => vec![Type::Dyn; names.len()],
            (Type::Other | Type::Named(_), _) => vec![Type::Other; names.len()],
            (other, _) => {
                let message = "cannot be range of a comprehension (must be list, map, or dynamic)";
                return Err(format!("expression of type '{}' {message}", other.name()));
            }
        };
        let mut kinds = Vec::new();
        for part in body {
            kinds.push(self.within(names, &item, part, bound)?);
        }
        let test = || must_be_bool("_&&_", kinds.first());
        let last = kinds.last().cloned().unwrap_or(Type::Other);
        match (name, kinds.len()) {
            ("all" | "exists" | "exists_one" | "existsOne", 1) => test().map(|()| Type::Bool),
            ("filter", 1) => test().map(|()| if matches!(range, Type::Map(_)) { Type::Other } else { range.clone() }),
            ("map" | "transformList", 2) => test().map(|()| Type::List(Box::new(last))),
            ("map" | "transformList", 1) => Ok(Type::List(Box::new(last))),
            ("optMap", 1) => Ok(Type::Optional(Box::new(last))),
            ("optFlatMap", 1) => Ok(last),
            ("transformMap", _) => Ok(Type::Map(Box::new(last))),
            _ => Ok(Type::Other),
        }
    }

    /// The type with further names.
    fn within<'e>(&self, names: &[&'e str], kinds: &[Type], body: &'e IdedExpr, bound: &mut Bound<'e>) -> Judgement {
        let before = bound.len();
        bound.extend(names.iter().copied().zip(kinds.iter().cloned()));
        let judgement = self.infer(body, bound);
        bound.truncate(before);
        judgement
    }
}

fn of_literal(literal: &LiteralValue) -> Type {
    match literal {
        LiteralValue::Boolean(_) => Type::Bool,
        LiteralValue::Bytes(_) => Type::Bytes,
        LiteralValue::Double(_) => Type::Double,
        LiteralValue::Int(_) => Type::Int,
        LiteralValue::Null => Type::Null,
        LiteralValue::String(_) => Type::Text,
        LiteralValue::UInt(_) => Type::Uint,
    }
}

/// What a field of a value is.
fn field_of(kind: &Type) -> Judgement {
    match kind {
        Type::Dyn => Ok(Type::Dyn),
        Type::Map(value) => Ok((**value).clone()),
        Type::Optional(inner) => field_of(inner).map(|field| Type::Optional(Box::new(field))),
        Type::Other | Type::Named(_) => Ok(Type::Other),
        other => Err(format!("type '{}' does not support field selection", other.name())),
    }
}

/// The type that two values share.
fn either(a: &Type, b: &Type) -> Type {
    if a == b { a.clone() } else { Type::Other }
}

fn must_be_bool(function: &str, kind: Option<&Type>) -> Judgement<()> {
    match kind {
        Some(kind) if !kind.is_open() && *kind != Type::Bool => Err(overload(function, std::slice::from_ref(kind))),
        _ => Ok(()),
    }
}

/// The server's words for arguments that no function takes.
pub fn overload(function: &str, kinds: &[Type]) -> String {
    let names: Vec<String> = kinds.iter().map(Type::name).collect();
    format!("found no matching overload for '{function}' applied to '({})'", names.join(", "))
}

fn operator(function: &str, kinds: &[Type]) -> Option<Judgement> {
    let refused = || Some(Err(overload(function, kinds)));
    match (function, kinds) {
        (operators::LOGICAL_NOT, [a]) => Some(must_be_bool(function, Some(a)).map(|()| Type::Bool)),
        (operators::LOGICAL_AND | operators::LOGICAL_OR, [a, b]) => {
            if [a, b].into_iter().any(|kind| !kind.is_open() && *kind != Type::Bool) {
                return refused();
            }
            Some(Ok(Type::Bool))
        }
        (operators::CONDITIONAL, [test, yes, no]) => {
            let wrong = (!test.is_open() && *test != Type::Bool) || yes.differs(no);
            if wrong { refused() } else { Some(Ok(either(yes, no))) }
        }
        (operators::EQUALS | operators::NOT_EQUALS, [a, b]) => {
            if a.differs(b) {
                refused()
            } else {
                Some(Ok(Type::Bool))
            }
        }
        (operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS, [a, b]) => {
            let numbers = is_number(a) && is_number(b);
            let ordered = |kind: &Type| !matches!(kind, Type::List(_) | Type::Map(_) | Type::Optional(_));
            let fits = ordered(a) && ordered(b) && (numbers || !a.differs(b));
            if fits { Some(Ok(Type::Bool)) } else { refused() }
        }
        (
            operators::ADD | operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO,
            [a, b],
        ) => Some(arithmetic(function, a, b)),
        (operators::NEGATE, [a]) => {
            let wrong = a.is_plain() && !matches!(a, Type::Int | Type::Double);
            if wrong { refused() } else { Some(Ok(a.clone())) }
        }
        (operators::IN, [a, b]) => match b {
            Type::List(item) if a.differs(item) => refused(),
            kind if kind.is_plain() => refused(),
            _ => Some(Ok(Type::Bool)),
        },
        (operators::INDEX | operators::OPT_INDEX, [container, key]) => {
            let item = match container {
                Type::List(_) if key.is_plain() && *key != Type::Int => return refused(),
                Type::List(item) | Type::Map(item) => (**item).clone(),
                Type::Dyn => Type::Dyn,
                kind if kind.is_plain() => return refused(),
                _ => Type::Other,
            };
            Some(Ok(if function == operators::OPT_INDEX { Type::Optional(Box::new(item)) } else { item }))
        }
        _ => None,
    }
}

const fn is_number(kind: &Type) -> bool {
    matches!(kind, Type::Int | Type::Uint | Type::Double)
}

fn arithmetic(function: &str, a: &Type, b: &Type) -> Judgement {
    let fits = |kind: &Type| match function {
        operators::ADD => is_number(kind) || matches!(kind, Type::Text | Type::Bytes | Type::List(_)),
        operators::MODULO => matches!(kind, Type::Int | Type::Uint),
        _ => is_number(kind),
    };
    let known = |kind: &Type| kind.is_plain() || matches!(kind, Type::List(_) | Type::Map(_));
    if [a, b].into_iter().any(|kind| known(kind) && !fits(kind)) || a.differs(b) {
        return Err(overload(function, &[a.clone(), b.clone()]));
    }
    match (a, b) {
        (Type::Named(_) | Type::Optional(_), _) | (_, Type::Named(_) | Type::Optional(_)) => Ok(Type::Other),
        (a, b) if a.is_open() && !b.is_open() => Ok(b.clone()),
        (Type::Other, _) | (_, Type::Other) if a.is_open() => Ok(Type::Other),
        (a, _) => Ok(a.clone()),
    }
}
