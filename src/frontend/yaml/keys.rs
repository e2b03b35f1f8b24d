//! The keys of one mapping: their names as JSON has them, and which were there before.

use std::collections::HashMap;

use crate::tree::{Entry, Node, Number, Value};

/// Keys of one map: a plain scan for the usual few, an index for many.
#[derive(Default)]
pub struct Keys {
    many: Option<HashMap<Box<str>, usize>>,
}

const FEW: usize = 16;

impl Keys {
    /// The index of the entry that has a key already; else the key is noted for the entry that is added next.
    pub fn add(&mut self, key: &str, entries: &[Entry]) -> Option<usize> {
        if self.many.is_none() && entries.len() >= FEW {
            let index = |(index, entry): (usize, &Entry)| (entry.key.wire.clone(), index);
            self.many = Some(entries.iter().enumerate().map(index).collect());
        }
        let Some(many) = &mut self.many else {
            return entries.iter().position(|entry| &*entry.key.wire == key);
        };
        let known = many.get(key).copied();
        if known.is_none() {
            many.insert(key.into(), entries.len());
        }
        known
    }
}

/// The name that a key has in JSON, and what is wrong with it.
pub fn name(key: &Node) -> (Box<str>, Option<&'static str>) {
    match &key.value {
        Value::String(text) => (text.clone(), None),
        Value::Bool(value) => (value.to_string().into(), None),
        Value::Number(number) => (number_name(number), None),
        Value::Dynamic(dynamic) => (dynamic.reason.clone(), None),
        Value::Null => ("".into(), Some("a key must not be null")),
        Value::List(_) | Value::Map(_) => ("".into(), Some("a key must be a string")),
    }
}

/// Whole numbers as they are; fractions as Go prints a `float32` with `%g`.
fn number_name(number: &Number) -> Box<str> {
    let is_whole = number.text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let value = if is_whole { None } else { number.text.parse::<f32>().ok() };
    let Some(value) = value else { return number.text.clone() };
    let scientific = format!("{value:e}");
    let exponent = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok()).unwrap_or(0);
    if (-4..21).contains(&exponent) {
        return value.to_string().into();
    }
    let mantissa = scientific.split('e').next().unwrap_or_default();
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs()).into()
}
