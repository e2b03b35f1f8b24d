//! `operator`: operators as functions.

use ruff_python_ast::{CmpOp, Operator};

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, NativeMethod, Outcome};
use super::super::super::value::{Arguments, ObjectKind, Sequence, Slot, Value};
use super::super::arguments::{bind, kept, library_instance, misfit};

/// The functions.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "itemgetter" | "attrgetter" | "methodcaller" => getter,
        "not_" => not,
        "truth" => truth,
        "getitem" => getitem,
        "setitem" => setitem,
        "contains" => contains,
        "index" => index,
        _ if binary(name).is_some() || comparison(name).is_some() => operate,
        _ => return None,
    })
}

/// The methods of what they make.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    Some(match (kind, name) {
        ("itemgetter", "__call__") => get_items,
        ("attrgetter", "__call__") => get_attributes,
        ("methodcaller", "__call__") => call_method,
        _ => return None,
    })
}

fn binary(name: &str) -> Option<Operator> {
    Some(match name {
        "add" | "concat" => Operator::Add,
        "sub" => Operator::Sub,
        "mul" => Operator::Mult,
        "truediv" => Operator::Div,
        "floordiv" => Operator::FloorDiv,
        "mod" => Operator::Mod,
        "pow" => Operator::Pow,
        "and_" => Operator::BitAnd,
        "or_" => Operator::BitOr,
        "xor" => Operator::BitXor,
        "lshift" => Operator::LShift,
        "rshift" => Operator::RShift,
        _ => return None,
    })
}

fn comparison(name: &str) -> Option<CmpOp> {
    Some(match name {
        "eq" => CmpOp::Eq,
        "ne" => CmpOp::NotEq,
        "lt" => CmpOp::Lt,
        "le" => CmpOp::LtE,
        "gt" => CmpOp::Gt,
        "ge" => CmpOp::GtE,
        "is_" => CmpOp::Is,
        "is_not" => CmpOp::IsNot,
        _ => return None,
    })
}

fn operate(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "a, b, /")?;
    let (Some(a), Some(b)) = (bound.value(0).cloned(), bound.value(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    let name = call.name().rsplit('.').next().unwrap_or_default();
    match (binary(name), comparison(name)) {
        (Some(operator), _) => Ok(evaluator.binary(operator, &a, &b, call.at)?),
        (_, Some(operator)) => Ok(evaluator.compare(operator, &a, &b, call.at)?),
        _ => Err(evaluator.opaque(call)),
    }
}

/// `itemgetter(…)` and its like: what they were given, for the calls.
fn getter(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.is_open() || call.arguments.positional.is_empty() {
        return Err(evaluator.opaque(call));
    }
    let given = Sequence::known(call.arguments.positional.clone());
    let given = evaluator.allocate(ObjectKind::Tuple(given), call.at);
    let names = super::super::super::value::Value::new(
        super::super::super::value::ValueKind::PartialCall(std::rc::Rc::new(super::super::super::value::Partial {
            callee: Value::none(call.at),
            arguments: Arguments { keywords: call.arguments.keywords.clone(), ..Arguments::default() },
        })),
        call.at,
    );
    let class = call.name().to_owned();
    Ok(library_instance(evaluator, &class, vec![("given", given), ("names", names)], None, call.at))
}

/// What a getter was given, and the value that it is called with.
fn parts(
    evaluator: &mut Evaluator<'_>,
    call: &Call,
) -> Result<(Vec<Slot>, Value), super::super::super::evaluate::Failure> {
    let given = call.receiver.as_ref().and_then(|own| kept(evaluator, own, "given"));
    let value = call.arguments.positional.first().map(|slot| slot.value.clone());
    let (Some(given), Some(value)) = (given, value) else { return Err(evaluator.opaque(call)) };
    match evaluator.elements(&given, call.at)?.slots() {
        Some(slots) => Ok((slots, value)),
        None => Err(evaluator.opaque(call)),
    }
}

fn get_items(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (keys, value) = parts(evaluator, call)?;
    let mut found = Vec::new();
    for key in keys {
        found.push(evaluator.item(&value, &key.value, call.at)?);
    }
    one_or_all(evaluator, found, call)
}

fn one_or_all(evaluator: &mut Evaluator<'_>, mut found: Vec<Value>, call: &Call) -> Outcome {
    match (found.len(), found.pop()) {
        (1, Some(only)) => Ok(only),
        (_, last) => {
            found.extend(last);
            Ok(evaluator.tuple(found, call.at))
        }
    }
}

fn get_attributes(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (names, value) = parts(evaluator, call)?;
    let mut found = Vec::new();
    for name in names {
        let Some(path) = name.value.as_text() else { return Err(evaluator.opaque(call)) };
        let mut inner = value.clone();
        for part in path.split('.') {
            inner = evaluator.attribute(&inner, part, call.at)?;
        }
        found.push(inner);
    }
    one_or_all(evaluator, found, call)
}

fn call_method(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let (mut given, value) = parts(evaluator, call)?;
    let name = given.remove(0);
    let Some(name) = name.value.as_text() else { return Err(evaluator.opaque(call)) };
    let keywords = match call.receiver.as_ref().and_then(|own| kept(evaluator, own, "names")).map(|names| names.kind) {
        Some(super::super::super::value::ValueKind::PartialCall(partial)) => partial.arguments.keywords.clone(),
        _ => Vec::new(),
    };
    let method = evaluator.attribute(&value, name, call.at)?;
    let arguments = Arguments { positional: given, keywords, ..Arguments::default() };
    Ok(evaluator.call_value(&method, arguments, call.at)?)
}

fn not(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "a, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let truth = evaluator.truth(&value, call.at)?;
    match evaluator.outcome(&super::super::super::evaluate::Test::Value(truth)) {
        Some(outcome) => Ok(evaluator.bool(!outcome, call.at)),
        None => Ok(evaluator.unknown_bool(call.at)),
    }
}

fn truth(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "a, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    super::super::builtins::numbers::truth_value(evaluator, &value, call)
}

fn getitem(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "a, b, /")?;
    match (bound.value(0).cloned(), bound.value(1).cloned()) {
        (Some(a), Some(b)) => Ok(evaluator.item(&a, &b, call.at)?),
        _ => Err(misfit(evaluator, call)),
    }
}

fn setitem(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "a, b, c, /")?;
    match (bound.value(0).cloned(), bound.slot(1).cloned(), bound.slot(2).cloned()) {
        (Some(target), Some(key), Some(slot)) => {
            evaluator.set_item(&target, key, slot)?;
            Ok(Value::none(call.at))
        }
        _ => Err(misfit(evaluator, call)),
    }
}

fn contains(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "a, b, /")?;
    match (bound.value(0).cloned(), bound.value(1).cloned()) {
        (Some(a), Some(b)) => Ok(evaluator.contains(&a, &b, call.at)?),
        _ => Err(misfit(evaluator, call)),
    }
}

fn index(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "a, /")?;
    match bound.value(0).and_then(Value::as_int) {
        Some(number) => Ok(evaluator.int(number, call.at)),
        None => Err(evaluator.not_modelled(call)),
    }
}
