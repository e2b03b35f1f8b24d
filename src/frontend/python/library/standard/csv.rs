//! `csv`: rows of texts.

use super::super::super::evaluate::{Call, Evaluator, Failure, NativeFunction, NativeMethod, Outcome};
use super::super::super::value::{Key, Mapping, ObjectKind, Sequence, Slot, Value};
use super::super::arguments::{kept, library_instance};
use super::super::builtins::iteration::over;
use super::files;
use crate::tree::Location;

/// The classes and functions.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "reader" => reader,
        "DictReader" => dict_reader,
        _ => return None,
    })
}

/// The methods of readers.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    Some(match (kind, name) {
        ("DictReader" | "_reader", "__iter__") => rows,
        ("DictReader" | "_reader", "__next__") => next,
        _ => return None,
    })
}

/// How cells are written.
struct Dialect {
    delimiter: char,
    quote: char,
    skips_space: bool,
}

impl Dialect {
    /// What the keywords of a call say; `None` where that is not modelled.
    fn of(call: &Call, others: &[&str]) -> Option<Self> {
        let mut dialect = Self { delimiter: ',', quote: '"', skips_space: false };
        if call.arguments.is_open() {
            return None;
        }
        for keyword in &call.arguments.keywords {
            let value = &keyword.slot.value;
            let character = || {
                let mut characters = value.as_text()?.chars();
                characters.next().filter(|_| characters.next().is_none())
            };
            match &*keyword.name {
                "delimiter" => dialect.delimiter = character()?,
                "quotechar" => dialect.quote = character()?,
                "skipinitialspace" => dialect.skips_space = value.as_int()? != 0,
                "dialect" => match value.as_text()? {
                    "excel" | "unix" => {}
                    "excel-tab" => dialect.delimiter = '\t',
                    _ => return None,
                },
                name if others.contains(&name) => {}
                _ => return None,
            }
        }
        Some(dialect)
    }

    /// The rows of a text; `None` where a quote is left open.
    fn rows(&self, text: &str) -> Option<Vec<Vec<String>>> {
        let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
        let (mut is_quoted, mut is_fresh, mut has_any) = (false, true, false);
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                _ if is_quoted && character == self.quote => {
                    if characters.peek() == Some(&self.quote) {
                        characters.next();
                        cell.push(self.quote);
                    } else {
                        is_quoted = false;
                    }
                }
                _ if is_quoted => cell.push(character),
                '\n' | '\r' => {
                    if character == '\r' && characters.peek() == Some(&'\n') {
                        characters.next();
                    }
                    if has_any {
                        row.push(std::mem::take(&mut cell));
                    }
                    rows.push(std::mem::take(&mut row));
                    (is_fresh, has_any) = (true, false);
                }
                _ if character == self.delimiter => {
                    row.push(std::mem::take(&mut cell));
                    (is_fresh, has_any) = (true, true);
                }
                _ if is_fresh && character == self.quote => (is_quoted, is_fresh, has_any) = (true, false, true),
                ' ' if is_fresh && self.skips_space => has_any = true,
                _ => {
                    cell.push(character);
                    (is_fresh, has_any) = (false, true);
                }
            }
        }
        if has_any {
            row.push(cell);
            rows.push(row);
        }
        (!is_quoted).then_some(rows)
    }
}

/// The text that a reader is given: of a file, or of its lines.
fn text_of(evaluator: &mut Evaluator<'_>, call: &Call) -> Result<(String, Location), Failure> {
    let Some(source) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(evaluator.opaque(call));
    };
    if files::is_file(evaluator, &source) {
        let content = files::text_of_file(evaluator, &source, call)?;
        files::use_up(evaluator, &source, call);
        let Some(text) = content.as_text() else { return Err(evaluator.not_modelled(call)) };
        return Ok((text.to_owned(), content.at));
    }
    let Some(lines) = evaluator.elements(&source, call.at)?.slots() else { return Err(evaluator.opaque(call)) };
    let mut text = String::new();
    for line in &lines {
        let Some(line) = line.value.as_text() else { return Err(evaluator.not_modelled(call)) };
        // A quoted cell that goes on in the next line holds what stands between them.
        if line.matches('"').count() % 2 != 0 {
            return Err(evaluator.not_modelled(call));
        }
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push('\n');
        }
    }
    Ok((text, lines.first().map_or(call.at, |slot| slot.at)))
}

fn rows_of(
    evaluator: &mut Evaluator<'_>,
    call: &Call,
    others: &[&str],
) -> Result<(Vec<Vec<String>>, Location), Failure> {
    let Some(dialect) = Dialect::of(call, others) else { return Err(evaluator.opaque(call)) };
    let (text, at) = text_of(evaluator, call)?;
    evaluator.budget.charge_text(text.len() * 4);
    match dialect.rows(&text) {
        Some(rows) => {
            evaluator.charge(rows.iter().map(Vec::len).sum());
            Ok((rows, at))
        }
        None => Err(evaluator.not_modelled(call)),
    }
}

fn texts(row: Vec<String>, at: Location) -> Vec<Slot> {
    row.into_iter().map(|cell| Slot::new(Value::text(cell, at), at)).collect()
}

/// `csv.reader(lines)`.
fn reader(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.positional.len() != 1 {
        return Err(evaluator.opaque(call));
    }
    let (rows, at) = rows_of(evaluator, call, &[])?;
    let slots = rows.into_iter().map(|row| Slot::new(evaluator.list(texts(row, at), at), at)).collect();
    let rows = over(evaluator, Sequence::known(slots), call.at);
    Ok(library_instance(evaluator, "csv._reader", vec![("rows", rows)], None, call.at))
}

/// `csv.DictReader(lines, fieldnames)`: each row by the names of the first.
fn dict_reader(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let given = call.arguments.get("fieldnames", 1).map(|slot| slot.value.clone()).filter(|value| !value.is_none());
    let (rows, at) = rows_of(evaluator, call, &["fieldnames", "restkey", "restval"])?;
    if call.arguments.positional.len() > 2 {
        return Err(evaluator.opaque(call));
    }
    let mut rows = rows.into_iter();
    let names: Vec<Slot> = match given {
        Some(given) => match evaluator.elements(&given, call.at)?.slots() {
            Some(names) => names,
            None => return Err(evaluator.not_modelled(call)),
        },
        None => texts(rows.next().unwrap_or_default(), at),
    };
    let other = |name: &str| call.arguments.named(name).map_or_else(|| Value::none(call.at), |slot| slot.value.clone());
    let (rest_key, rest_value) = (other("restkey"), other("restval"));
    let mut slots = Vec::new();
    for row in rows.filter(|row| !row.is_empty()) {
        let Some(mapping) = entries(evaluator, &names, texts(row, at), &rest_key, &rest_value) else {
            return Err(evaluator.not_modelled(call));
        };
        slots.push(Slot::new(evaluator.allocate(ObjectKind::Dict(mapping, None), at), at));
    }
    let rows = over(evaluator, Sequence::known(slots), call.at);
    let names = evaluator.list(names, call.at);
    let attributes = vec![("fieldnames", names), ("rows", rows)];
    Ok(library_instance(evaluator, "csv.DictReader", attributes, None, call.at))
}

fn entries(
    evaluator: &mut Evaluator<'_>,
    names: &[Slot],
    mut cells: Vec<Slot>,
    rest_key: &Value,
    rest_value: &Value,
) -> Option<Mapping> {
    let more = if cells.len() > names.len() { cells.split_off(names.len()) } else { Vec::new() };
    let mut mapping = Mapping::default();
    let mut cells = cells.into_iter();
    for name in names {
        let key = evaluator.key_of(&name.value)?;
        let cell = cells.next().unwrap_or_else(|| Slot::here(rest_value.clone()));
        mapping.set(key, name.clone(), cell);
    }
    if let Some(at) = more.first().map(|slot| slot.at) {
        let key: Key = evaluator.key_of(rest_key)?;
        let more = evaluator.list(more, at);
        mapping.set(key, Slot::here(rest_key.clone()), Slot::new(more, at));
    }
    Some(mapping)
}

fn own_rows(evaluator: &Evaluator<'_>, call: &Call) -> Result<Value, Failure> {
    let rows = call.receiver.as_ref().and_then(|own| kept(evaluator, own, "rows"));
    rows.ok_or_else(|| evaluator.opaque(call))
}

fn rows(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    own_rows(evaluator, call)
}

fn next(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let rows = own_rows(evaluator, call)?;
    Ok(evaluator.call_named("builtins.next", vec![rows], call.at)?)
}

#[cfg(test)]
mod tests {
    use super::Dialect;

    #[test]
    fn quotes_hold_delimiters_and_line_ends() {
        let dialect = Dialect { delimiter: ',', quote: '"', skips_space: false };
        let rows = dialect.rows("a,\"b,\"\"c\nd\",\n\n\"\"\n").unwrap_or_default();
        assert_eq!(rows, vec![vec!["a".to_owned(), "b,\"c\nd".to_owned(), String::new()], vec![], vec![String::new()]]);
        assert!(dialect.rows("\"open").is_none());
    }
}
