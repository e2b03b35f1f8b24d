//! Functions on values: which are known, what Kubernetes adds to CEL's own, and how much they may cost.

use std::cmp::Ordering;

use cel::common::ast::operators;

use super::evaluate::{Scope, fail, optional};
use super::kubernetes;
use super::library;
use super::text;
use super::value::{Data, Outcome, Stop, Val};
use crate::tree::{self, Node, Piece};

/// Bytes in one string that a function makes or reads.
const MAX_TEXT: usize = 256 * 1024;

/// Values of an object that are looked at in one step.
pub const VALUES_OF_A_STEP: usize = 64;

/// What stands before the dot in names of functions.
const NAMESPACES: &[&str] = &["math", "lists", "sets", "optional", "strings", "ip", "cel"];

/// The functions of CEL and of its extensions that podlint evaluates.
const FUNCTIONS: &[&str] = &[
    operators::CONDITIONAL,
    operators::LOGICAL_AND,
    operators::LOGICAL_OR,
    operators::LOGICAL_NOT,
    operators::SUBSTRACT,
    operators::ADD,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
    operators::EQUALS,
    operators::NOT_EQUALS,
    operators::GREATER_EQUALS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::LESS,
    operators::NEGATE,
    operators::INDEX,
    operators::OPT_INDEX,
    operators::OPT_SELECT,
    operators::IN,
    "has",
    "all",
    "exists",
    "exists_one",
    "existsOne",
    "map",
    "filter",
    "transformList",
    "transformMap",
    "cel.bind",
    "optMap",
    "optFlatMap",
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "type",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "bool",
    "dyn",
    "charAt",
    "format",
    "indexOf",
    "join",
    "lastIndexOf",
    "lowerAscii",
    "replace",
    "reverse",
    "split",
    "strings.quote",
    "substring",
    "trim",
    "upperAscii",
    "distinct",
    "flatten",
    "lists.range",
    "slice",
    "sort",
    "math.abs",
    "math.ceil",
    "math.floor",
    "math.greatest",
    "math.isFinite",
    "math.isInf",
    "math.isNaN",
    "math.least",
    "math.round",
    "math.sign",
    "math.trunc",
    "optional.of",
    "optional.ofNonZeroValue",
    "optional.none",
    "hasValue",
    "value",
    "or",
    "orValue",
];

/// Whether podlint evaluates a function.
pub fn is_known(name: &str) -> bool {
    FUNCTIONS.contains(&name) || kubernetes::FUNCTIONS.contains(&name)
}

/// Whether a name stands before the dot in names of functions.
pub fn is_namespace(name: &str) -> bool {
    NAMESPACES.contains(&name)
}

/// Calls a function.
pub fn call<'a>(
    scope: &Scope<'a>,
    namespace: Option<&str>,
    function: &str,
    target: Option<Val<'a>>,
    arguments: Vec<Val<'a>>,
) -> Outcome<'a> {
    scope.spend(1 + cost(target.as_ref(), &arguments)?)?;
    scope.spend(cost_of_parts(function, target.as_ref(), &arguments))?;
    scope.spend(cost_of_pairs(namespace, function, target.as_ref(), &arguments))?;
    let is_plain = namespace.is_none() && target.is_none();
    if is_plain && let Some(outcome) = operator(scope, function, &arguments) {
        return outcome;
    }
    if let Some(outcome) = of_optional(namespace, function, target.as_ref(), &arguments) {
        return outcome;
    }
    // What is not evaluated is said of the policy; its outcome is not known.
    if !is_known(&namespace.map_or(function.to_owned(), |space| format!("{space}.{function}"))) {
        return Err(Stop::Unknown(None));
    }
    if let Some(outcome) = text::call(function, target.as_ref(), &arguments) {
        return outcome;
    }
    if let Some(outcome) = kubernetes::call(namespace, function, target.as_ref(), &arguments) {
        return outcome;
    }
    if !product_is_small(function, target.as_ref(), &arguments) {
        return Err(Stop::Limit);
    }
    let value = library::call(namespace, function, target.as_ref(), &arguments)?;
    scope.spend(value.as_text().map_or(0, |text| text.len() / 64))?;
    Ok(value)
}

/// Steps for reading the arguments.
fn cost<'a>(target: Option<&Val<'a>>, arguments: &[Val<'a>]) -> Outcome<'a, usize> {
    let mut steps = 0;
    for value in target.into_iter().chain(arguments) {
        let length = value.as_text().map_or(0, str::len);
        if length > MAX_TEXT {
            return Err(Stop::Limit);
        }
        steps += length / 64;
        steps += match &value.data {
            Data::List(items, _) => items.len(),
            Data::Map(entries) => entries.len(),
            _ => 0,
        };
    }
    Ok(steps)
}

/// Steps for going through parts of the object, where a function does so.
fn cost_of_parts(function: &str, target: Option<&Val<'_>>, arguments: &[Val<'_>]) -> usize {
    let is_part = |value: &Val<'_>| matches!(value.data, Data::Node(..) | Data::List(..) | Data::Map(_));
    let goes_through = match function {
        operators::EQUALS | operators::NOT_EQUALS => arguments.iter().all(is_part),
        "size" => target.is_none(),
        operators::INDEX | operators::OPT_INDEX | "type" | "dyn" | "of" | "or" | "orValue" => false,
        _ => true,
    };
    let size = |value: &Val<'_>| match &value.data {
        Data::Node(node, _) => node.size(),
        _ => 0,
    };
    let total = || target.into_iter().chain(arguments).map(size).sum::<usize>();
    if goes_through { total() / VALUES_OF_A_STEP } else { 0 }
}

/// Steps for comparing the items of lists with each other.
fn cost_of_pairs(namespace: Option<&str>, function: &str, target: Option<&Val<'_>>, arguments: &[Val<'_>]) -> usize {
    // Texts are looked up.
    let compared = |value: Option<&Val<'_>>| value.map_or(0, Val::count_without_texts);
    let pairs = match (namespace, function) {
        (Some("sets"), _) => compared(arguments.first()).saturating_mul(compared(arguments.get(1))),
        (_, "distinct") => target.map_or(0, Val::count).saturating_pow(2),
        _ => 0,
    };
    pairs / VALUES_OF_A_STEP
}

/// Whether what a function may make of its arguments stays small: some multiply lengths, `%.9f` pads as far as it is told.
fn product_is_small(function: &str, target: Option<&Val<'_>>, arguments: &[Val<'_>]) -> bool {
    let length = |value: Option<&Val<'_>>| value.and_then(Val::as_text).map_or(1, |text| text.len() + 1);
    let count = |value: Option<&Val<'_>>| value.and_then(Val::items).map_or(1, |(items, _)| items.len() + 1);
    match function {
        "replace" => length(target) * length(arguments.get(1)) <= 16 * MAX_TEXT,
        "join" => count(target) * length(arguments.first()) <= 16 * MAX_TEXT,
        "format" => {
            let digits = |part: &str| part.bytes().take_while(u8::is_ascii_digit).count();
            let text = target.and_then(Val::as_text).unwrap_or_default();
            text.split("%.").skip(1).all(|part| digits(part) <= 2)
        }
        "range" => matches!(arguments.first().map(|value| &value.data), Some(Data::Int(count)) if *count <= 10_000),
        _ => true,
    }
}

/// Operators that must look at values in their own way; arithmetic is the library's.
fn operator<'a>(scope: &Scope<'a>, function: &str, arguments: &[Val<'a>]) -> Option<Outcome<'a>> {
    let decided = |outcome: Outcome<'a, bool>| Some(outcome.map(|value| Val::new(Data::Bool(value))));
    if function == "type"
        && let [value] = arguments
    {
        return Some(Ok(Val::new(Data::Type(value.type_name().into()))));
    }
    if function == "dyn"
        && let [value] = arguments
    {
        return Some(Ok(value.clone()));
    }
    let [a, b] = arguments else { return None };
    match function {
        operators::EQUALS => decided(a.equals(b)),
        operators::NOT_EQUALS => decided(a.equals(b).map(|equal| !equal)),
        operators::LESS => decided(compare(a, b, function, Ordering::is_lt)),
        operators::LESS_EQUALS => decided(compare(a, b, function, Ordering::is_le)),
        operators::GREATER => decided(compare(a, b, function, Ordering::is_gt)),
        operators::GREATER_EQUALS => decided(compare(a, b, function, Ordering::is_ge)),
        operators::IN => decided(is_in(scope, a, b)),
        operators::INDEX => Some(index(scope, a, b)),
        operators::OPT_INDEX => Some(optional_index(scope, a, b)),
        operators::ADD if a.items().is_some() && b.items().is_some() => Some(Ok(concatenated(a, b))),
        _ => None,
    }
}

fn compare<'a>(a: &Val<'a>, b: &Val<'a>, operator: &str, holds: fn(Ordering) -> bool) -> Outcome<'a, bool> {
    match a.order(b) {
        Some(order) => Ok(holds(order)),
        None if matches!((&a.data, &b.data), (Data::Foreign(_), Data::Foreign(_))) => Err(Stop::Unknown(None)),
        None => fail(format!("no such overload: {operator} of '{}' and '{}'", a.type_name(), b.type_name())),
    }
}

/// Two lists as one; items that are not known leave it open.
fn concatenated<'a>(a: &Val<'a>, b: &Val<'a>) -> Val<'a> {
    let (mut all, mut open) = (Vec::new(), false);
    for (items, more) in [a, b].into_iter().filter_map(Val::items) {
        open |= more;
        for item in items {
            match item {
                Ok(item) => all.push(item),
                Err(_) => open = true,
            }
        }
    }
    Val::new(Data::List(all.into(), open))
}

fn is_in<'a>(scope: &Scope<'a>, value: &Val<'a>, container: &Val<'a>) -> Outcome<'a, bool> {
    if let Some((items, open)) = container.items() {
        let mut unknown = open.then_some(Stop::Unknown(None));
        for item in items {
            scope.spend(1)?;
            match item.and_then(|item| item.equals(value)) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(stop) => unknown = Some(stop),
            }
        }
        return unknown.map_or(Ok(false), Err);
    }
    let Some((entries, open)) = container.entries() else {
        return fail(format!("no such overload: in '{}'", container.type_name()));
    };
    for (key, _) in entries {
        if key.equals(value)? {
            return Ok(true);
        }
    }
    if open { Err(Stop::Unknown(None)) } else { Ok(false) }
}

/// `list[0]`, `map["key"]`.
fn index<'a>(scope: &Scope<'a>, container: &Val<'a>, key: &Val<'a>) -> Outcome<'a> {
    if let Data::Optional(inner) = &container.data {
        return inner.as_ref().map_or_else(|| Ok(container.clone()), |inner| optional_index(scope, inner, key));
    }
    if let Some(open) = container.is_open_list() {
        let position = match key.data {
            Data::Int(index) => usize::try_from(index).ok(),
            Data::Uint(index) => usize::try_from(index).ok(),
            _ => return fail(format!("unsupported index type '{}' in list", key.type_name())),
        };
        if open {
            return Err(Stop::Unknown(None));
        }
        let found = position.and_then(|position| container.item(position));
        return found.unwrap_or_else(|| fail("no such key: index out of bounds"));
    }
    if let (Data::Node(..), Some(name)) = (&container.data, key.as_text()) {
        return scope.select(container, name);
    }
    let Some((entries, _)) = container.entries() else {
        return fail(format!("no such overload: index of '{}'", container.type_name()));
    };
    for (known, value) in entries {
        if known.equals(key)? {
            return value;
        }
    }
    fail("no such key")
}

fn optional_index<'a>(scope: &Scope<'a>, container: &Val<'a>, key: &Val<'a>) -> Outcome<'a> {
    match &container.data {
        Data::Optional(None) => Ok(container.clone()),
        Data::Optional(Some(inner)) => optional(index(scope, inner, key), container.origin),
        _ => optional(index(scope, container, key), container.origin),
    }
}

fn of_optional<'a>(
    namespace: Option<&str>,
    function: &str,
    target: Option<&Val<'a>>,
    arguments: &[Val<'a>],
) -> Option<Outcome<'a>> {
    let wrap = |value: Option<&Val<'a>>| Val::new(Data::Optional(value.cloned().map(Box::new)));
    if namespace == Some("optional") {
        return match (function, arguments) {
            ("of", [value]) => Some(Ok(wrap(Some(value)))),
            ("none", []) => Some(Ok(wrap(None))),
            ("ofNonZeroValue", [value]) => Some(Ok(wrap((!is_zero(value)).then_some(value)))),
            _ => None,
        };
    }
    let Data::Optional(inner) = &target?.data else { return None };
    match (function, arguments, inner) {
        ("hasValue", [], inner) => Some(Ok(Val::new(Data::Bool(inner.is_some())))),
        ("value", [], Some(inner)) | ("orValue", [_], Some(inner)) => Some(Ok((**inner).clone())),
        ("value", [], None) => Some(fail("optional.none() dereference")),
        ("orValue", [other], None) => Some(Ok(other.clone())),
        ("or", [_], Some(_)) => target.cloned().map(Ok),
        ("or", [other], None) => Some(Ok(other.clone())),
        _ => None,
    }
}

fn is_zero(value: &Val<'_>) -> bool {
    match &value.data {
        Data::Null | Data::Bool(false) | Data::Int(0) | Data::Uint(0) => true,
        Data::Double(number) => *number == 0.0,
        Data::Text(text) => text.is_empty(),
        _ => {
            let empty = |count: usize, open: bool| count == 0 && !open;
            value.items().is_some_and(|(items, open)| empty(items.len(), open))
                || value.entries().is_some_and(|(entries, open)| empty(entries.len(), open))
        }
    }
}

/// What the known parts of a string decide: whether it starts, ends or goes on in some way.
pub fn of_pattern(function: &str, node: &Node, arguments: &[Val<'_>]) -> Option<bool> {
    let tree::Value::Dynamic(dynamic) = &node.value else { return None };
    let wanted = match arguments {
        [wanted] => wanted.as_text()?,
        _ => return None,
    };
    let text = |piece: Option<&Piece>| match piece {
        Some(Piece::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    let (first, last) = (text(dynamic.pattern.first()), text(dynamic.pattern.last()));
    match function {
        "startsWith" => {
            let first = first?;
            if first.starts_with(wanted) { Some(true) } else { (!wanted.starts_with(&first)).then_some(false) }
        }
        "endsWith" => {
            let last = last?;
            if last.ends_with(wanted) { Some(true) } else { (!wanted.ends_with(&last)).then_some(false) }
        }
        "contains" => {
            let known = dynamic.pattern.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains(wanted)));
            known.then_some(true)
        }
        _ => None,
    }
}
