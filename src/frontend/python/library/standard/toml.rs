//! `tomllib`.

use std::rc::Rc;

use toml::de::{DeTable, DeValue};

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, Outcome};
use super::super::super::value::{Key, Mapping, ObjectKind, Slot, Value, ValueKind};
use super::super::arguments::{bind, misfit};
use super::files;
use crate::tree::Location;

/// The functions.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "loads" => loads,
        "load" => load,
        _ => return None,
    })
}

/// `tomllib.load(file)`.
fn load(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "fp, /, *, parse_float?")?;
    let Some(file) = bound.value(0).filter(|file| files::is_file(evaluator, file)).cloned() else {
        return Err(evaluator.not_modelled(call));
    };
    let content = files::text_of_file(evaluator, &file, call)?;
    files::use_up(evaluator, &file, call);
    parsed(evaluator, &content, call)
}

fn loads(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "s, /, *, parse_float?")?;
    match bound.value(0).cloned() {
        Some(value) => parsed(evaluator, &value, call),
        None => Err(misfit(evaluator, call)),
    }
}

fn parsed(evaluator: &mut Evaluator<'_>, value: &Value, call: &Call) -> Outcome {
    let Some(text) = value.as_text() else { return Err(evaluator.not_modelled(call)) };
    evaluator.budget.charge_text(text.len() * 8);
    let table = DeTable::parse(text).ok();
    match table.and_then(|table| toml_table(evaluator, table.get_ref(), value.at)) {
        Some(value) => Ok(value),
        None => Err(evaluator.not_modelled(call)),
    }
}

/// A table as a dict, with its entries in the order of the text.
fn toml_table(evaluator: &mut Evaluator<'_>, table: &DeTable<'_>, at: Location) -> Option<Value> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    let mut mapping = Mapping::default();
    for (name, item) in entries {
        let value = toml_value(evaluator, item.get_ref(), at)?;
        let name: Rc<str> = (&**name.get_ref()).into();
        mapping.set(Key::Text(Rc::clone(&name)), Slot::new(Value::text(name, at), at), Slot::new(value, at));
    }
    Some(evaluator.allocate(ObjectKind::Dict(mapping, None), at))
}

fn toml_value(evaluator: &mut Evaluator<'_>, value: &DeValue<'_>, at: Location) -> Option<Value> {
    evaluator.charge(1);
    Some(match value {
        DeValue::String(text) => Value::text(&**text, at),
        DeValue::Integer(number) => evaluator.int(i64::from_str_radix(number.as_str(), number.radix()).ok()?, at),
        DeValue::Float(number) => Value::new(ValueKind::Float(number.as_str().parse().ok()?), at),
        DeValue::Boolean(flag) => evaluator.bool(*flag, at),
        DeValue::Datetime(_) => return None,
        DeValue::Array(items) => {
            let mut slots = Vec::new();
            for item in items.iter() {
                slots.push(Slot::new(toml_value(evaluator, item.get_ref(), at)?, at));
            }
            evaluator.list(slots, at)
        }
        DeValue::Table(table) => toml_table(evaluator, table, at)?,
    })
}
