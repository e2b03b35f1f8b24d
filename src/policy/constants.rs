//! What the server refuses of an expression because of the literals in it, which it computes when the policy is made.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue};

use super::text;
use super::types::{Judgement, Type};

/// Whether a call with these types fails before there is an object.
pub fn checked(call: &CallExpr, arguments: &[Type]) -> Judgement<()> {
    let literal = |expression: &IdedExpr| match &expression.expr {
        Expr::Literal(literal) => Some(literal.clone()),
        _ => None,
    };
    let target = call.target.as_deref().and_then(literal);
    match (call.func_name.as_str(), &target, call.args.as_slice()) {
        ("matches", _, [pattern]) if call.target.is_some() => match literal(pattern) {
            Some(LiteralValue::String(pattern)) => checked_pattern(pattern.inner()),
            _ => Ok(()),
        },
        ("format", Some(LiteralValue::String(format)), [IdedExpr { expr: Expr::List(list), .. }]) => {
            let item = match arguments {
                [Type::List(item)] => Some(&**item),
                _ => None,
            };
            checked_format(format.inner(), list.elements.len(), item)
        }
        (function, None, [value]) if call.target.is_none() => match literal(value) {
            Some(value) => checked_conversion(function, &value),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// A conversion of a literal, which is done right away.
fn checked_conversion(function: &str, value: &LiteralValue) -> Judgement<()> {
    let is_fine = match (function, value) {
        ("int", LiteralValue::String(text)) => text.inner().parse::<i64>().is_ok(),
        ("uint", LiteralValue::String(text)) => text.inner().parse::<u64>().is_ok(),
        ("uint", LiteralValue::Int(value)) => *value.inner() >= 0,
        ("double", LiteralValue::String(text)) => text.inner().parse::<f64>().is_ok(),
        ("bool", LiteralValue::String(text)) => {
            ["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"].contains(&text.inner())
        }
        _ => true,
    };
    if is_fine { Ok(()) } else { Err(format!("program instantiation failed: type conversion error to '{function}'")) }
}

fn checked_format(format: &str, count: usize, item: Option<&Type>) -> Judgement<()> {
    let clauses = text::clauses(format);
    if clauses.contains(&None) {
        return Err("could not parse formatting clause".to_owned());
    }
    if clauses.len() > count {
        return Err(format!("index {count} out of range"));
    }
    if let Some(Type::Named(name)) = item.filter(|_| clauses.contains(&Some('s'))) {
        return Err(format!("error during formatting: string clause was given {name}"));
    }
    Ok(())
}

/// Whether RE2 rejects a pattern; what the two engines only spell differently is accepted.
fn checked_pattern(pattern: &str) -> Judgement<()> {
    let foreign = ["\\Q", "\\C", "\\pN", "\\z", "\\Z"].iter().any(|part| pattern.contains(part));
    if foreign || pattern.len() > 1000 || text::regex(pattern).is_some() {
        return Ok(());
    }
    Err("invalid matches argument".to_owned())
}
