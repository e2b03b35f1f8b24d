//! `"{}:{tag!r:>8}".format(repository, tag=tag)`.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, Failure, Outcome};
use super::super::super::value::{TypeBound, Value};
use super::super::arguments::receiver;

/// How deeply specs nest.
const MAX_DEPTH: usize = 2;

/// `str.format`.
pub fn format(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(text) = receiver(evaluator, call).as_text().map(str::to_owned) else {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    };
    if call.arguments.is_open() {
        return Err(evaluator.opaque(call));
    }
    let mut fields = Fields { call, mapping: None, next: 0, is_numbered: false };
    let parts = fields.write(evaluator, &text, 0)?;
    Ok(evaluator.joined_text(&parts, call.at))
}

/// `str.format_map`.
pub fn format_map(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(text) = receiver(evaluator, call).as_text().map(str::to_owned) else {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    };
    let [slot] = &call.arguments.positional[..] else { return Err(evaluator.opaque(call)) };
    let mut fields = Fields { call, mapping: Some(slot.value.clone()), next: 0, is_numbered: false };
    let parts = fields.write(evaluator, &text, 0)?;
    Ok(evaluator.joined_text(&parts, call.at))
}

/// The replacement fields of a format text.
struct Fields<'c> {
    call: &'c Call,
    mapping: Option<Value>,
    /// The number of the next field without one.
    next: usize,
    is_numbered: bool,
}

impl Fields<'_> {
    fn write(&mut self, evaluator: &mut Evaluator<'_>, text: &str, depth: usize) -> Result<Vec<Value>, Failure> {
        evaluator.budget.charge_text(text.len());
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some(place) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(place);
            parts.push(Value::text(before, self.call.at));
            let mark = after.get(..1).unwrap_or_default();
            let tail = after.get(1..).unwrap_or_default();
            if depth == 0 && tail.starts_with(mark) {
                parts.push(Value::text(mark, self.call.at));
                rest = tail.get(1..).unwrap_or_default();
                continue;
            }
            let Some(end) = closing(tail).filter(|_| mark == "{") else {
                let message = format!("Single '{mark}' encountered in format string");
                return Err(evaluator.raise("ValueError", message, self.call.at));
            };
            let (field, after) = tail.split_at(end);
            parts.push(self.field(evaluator, field, depth)?);
            rest = after.get(1..).unwrap_or_default();
        }
        parts.push(Value::text(rest, self.call.at));
        Ok(parts)
    }

    fn field(&mut self, evaluator: &mut Evaluator<'_>, field: &str, depth: usize) -> Result<Value, Failure> {
        // A colon inside of brackets belongs to the index.
        let bracket = field.find('[').filter(|at| !field[..*at].contains([':', '!']));
        let from = bracket.and_then(|at| field[at..].find(']').map(|end| at + end)).unwrap_or(0);
        let place = field[from..].find([':', '!']).map(|at| from + at);
        let (name, tail) = place.map_or((field, ""), |at| field.split_at(at));
        let (conversion, spec) = match tail.strip_prefix('!') {
            Some(rest) => {
                let mut characters = rest.chars();
                let letter = characters.next();
                let rest = characters.as_str();
                if !matches!(letter, Some('r' | 's' | 'a')) || !(rest.is_empty() || rest.starts_with(':')) {
                    return Err(evaluator.raise("ValueError", "Unknown conversion specifier", self.call.at));
                }
                (letter, rest.strip_prefix(':').unwrap_or_default())
            }
            None => (None, tail.strip_prefix(':').unwrap_or_default()),
        };
        let value = self.value(evaluator, name)?;
        if spec.contains('{') && depth >= MAX_DEPTH {
            return Err(evaluator.raise("ValueError", "Max string recursion exceeded", self.call.at));
        }
        let spec: Rc<str> = if spec.contains(['{', '}']) {
            let parts = self.write(evaluator, spec, depth + 1)?;
            match &evaluator.joined_text(&parts, self.call.at).kind {
                super::super::super::value::ValueKind::Text(spec) => Rc::clone(spec),
                _ => return Ok(evaluator.unknown_text(self.call.at)),
            }
        } else {
            spec.into()
        };
        Ok(evaluator.formatted(&value, conversion, &spec, self.call.at)?)
    }

    /// The value of a field's name: `0.metadata[name]`.
    fn value(&mut self, evaluator: &mut Evaluator<'_>, name: &str) -> Result<Value, Failure> {
        let at = self.call.at;
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (first, mut rest) = name.split_at(end);
        let mut value = self.first(evaluator, first)?;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let (attribute, tail) = after.split_at(end);
                value = evaluator.attribute(&value, attribute, at)?;
                rest = tail;
            } else {
                let Some((index, tail)) = rest.get(1..).and_then(|after| after.split_once(']')) else {
                    return Err(evaluator.raise("ValueError", "Missing ']' in format string", at));
                };
                let is_number = !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit());
                let key = match index.parse::<i64>().ok().filter(|_| is_number) {
                    Some(number) => evaluator.int(number, at),
                    None => Value::text(index, at),
                };
                value = evaluator.item(&value, &key, at)?;
                rest = tail;
            }
        }
        Ok(value)
    }

    fn first(&mut self, evaluator: &mut Evaluator<'_>, name: &str) -> Result<Value, Failure> {
        let at = self.call.at;
        if let Some(mapping) = self.mapping.clone() {
            return Ok(evaluator.item(&mapping, &Value::text(name, at), at)?);
        }
        let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            return match self.call.arguments.named(name) {
                Some(slot) => Ok(slot.value.clone()),
                None => Err(evaluator.raise("KeyError", format!("'{name}'"), at)),
            };
        }
        let index = match name.parse::<usize>() {
            Ok(index) => {
                self.is_numbered = true;
                index
            }
            Err(_) if self.is_numbered => {
                let message = "cannot switch from manual field specification to automatic field numbering";
                return Err(evaluator.raise("ValueError", message, at));
            }
            Err(_) => {
                self.next += 1;
                self.next - 1
            }
        };
        if self.is_numbered && self.next > 0 {
            let message = "cannot switch from automatic field numbering to manual field specification";
            return Err(evaluator.raise("ValueError", message, at));
        }
        match self.call.arguments.positional.get(index) {
            Some(slot) => Ok(slot.value.clone()),
            None => {
                let message = "Replacement index out of range for positional args tuple";
                Err(evaluator.raise("IndexError", message, at))
            }
        }
    }
}

/// The place of the brace that closes a field.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}
