//! `str(value)` and `repr(value)`, with the special methods of the project's classes.

use std::rc::Rc;

use super::super::super::evaluate::{Evaluator, Stop, quoted};
use super::super::super::state::{MAX_TEXT, SymbolKind};
use super::super::super::value::{
    ClassKind, ClassRef, Instance, Object, ObjectId, ObjectKind, Sequence, TypeBound, Unknown, Value, ValueKind,
};
use super::super::arguments::{kept, kind_of};
use crate::tree::Location;

/// How deeply collections are written.
const MAX_DEPTH: usize = 30;

/// `str(value)`: a text, known as far as it is.
pub fn str_of(evaluator: &mut Evaluator<'_>, value: &Value, at: Location) -> Result<Value, Stop> {
    match &value.kind {
        ValueKind::Text(_) | ValueKind::Partial(_) => Ok(value.clone()),
        ValueKind::Unknown(unknown) if unknown.bound == TypeBound::Text => Ok(value.clone()),
        ValueKind::Unknown(unknown) => Ok(unknown_text(evaluator, unknown, "str", at)),
        ValueKind::Object(id) => str_of_object(evaluator, *id, value, at),
        _ => repr_of(evaluator, value, at),
    }
}

/// The text of something unknown: the same text wherever it is written again.
fn unknown_text(evaluator: &mut Evaluator<'_>, unknown: &Unknown, function: &str, at: Location) -> Value {
    let mut result = Unknown::new(unknown.cause, Rc::clone(&unknown.reason)).of(TypeBound::Text);
    let symbol = match unknown.symbol {
        Some(symbol) => evaluator.symbols.of(SymbolKind::Applied(function.into(), vec![symbol], Vec::new())),
        None => evaluator.symbols.opaque(),
    };
    result.symbol = Some(symbol);
    Value::unknown(result, at)
}

fn str_of_object(evaluator: &mut Evaluator<'_>, id: ObjectId, value: &Value, at: Location) -> Result<Value, Stop> {
    let Some(object) = evaluator.state.shared(id) else { return Ok(evaluator.unknown_text(at)) };
    let Some(instance) = object.as_instance() else { return repr_of(evaluator, value, at) };
    if let Some(result) = evaluator.call_special(value, "__str__", Vec::new(), at) {
        return text_result(evaluator, result?, at);
    }
    if let ClassRef::User(class) = instance.class
        && let Some(ClassKind::Enum(_)) = evaluator.class(class).map(|class| class.kind.clone())
    {
        return Ok(match str_of_member(evaluator, class, instance, value) {
            Some(text) => Value::text(text, at),
            None => evaluator.unknown_text(at),
        });
    }
    if let Some(args) = exception_arguments(evaluator, instance) {
        return str_of_exception(evaluator, instance, &args, at);
    }
    if let Some(result) = evaluator.call_special(value, "__repr__", Vec::new(), at) {
        return text_result(evaluator, result?, at);
    }
    match &instance.payload {
        Some(payload) if is_written_as_payload(evaluator, instance) => str_of(evaluator, &payload.clone(), at),
        _ => repr_of(evaluator, value, at),
    }
}

/// What `__str__` or `__repr__` gave; anything but a text raises.
fn text_result(evaluator: &mut Evaluator<'_>, result: Value, at: Location) -> Result<Value, Stop> {
    match &result.kind {
        ValueKind::Text(_) | ValueKind::Partial(_) => Ok(result),
        ValueKind::Unknown(unknown) if unknown.bound == TypeBound::Text => Ok(result),
        _ => Ok(evaluator.unknown_text(at)),
    }
}

/// `str` of a member of an enumeration.
fn str_of_member(evaluator: &Evaluator<'_>, class: ObjectId, instance: &Instance, value: &Value) -> Option<String> {
    let found = evaluator.class(class)?;
    let extends =
        |path: &str| found.order.iter().any(|base| matches!(base, ClassRef::Library(base) if &**base == path));
    if extends("enum.StrEnum") {
        return instance.payload.as_ref()?.as_text().map(str::to_owned);
    }
    if extends("enum.IntEnum") || extends("enum.IntFlag") {
        // Since 3.11 as the number.
        let minor = evaluator.assumptions.python?;
        if minor >= 11 {
            return instance.payload.as_ref()?.as_int().map(|number| number.to_string());
        }
    }
    if extends("enum.Flag") || found.attributes.rest.is_some() {
        return None;
    }
    Some(format!("{}.{}", found.name, member_name(evaluator, class, value)?))
}

/// The name of a member of an enumeration.
pub fn member_name(evaluator: &Evaluator<'_>, class: ObjectId, value: &Value) -> Option<Rc<str>> {
    let attributes = &evaluator.class(class)?.attributes;
    let found = attributes.iter().find(|attribute| attribute.slot.value.is_same(value))?;
    Some(Rc::clone(&found.name))
}

fn exception_arguments(evaluator: &Evaluator<'_>, instance: &Instance) -> Option<Sequence> {
    let is_exception = match &instance.class {
        ClassRef::Library(path) => path.starts_with("builtins."),
        ClassRef::User(class) => matches!(evaluator.class(*class)?.kind, ClassKind::Exception),
        _ => false,
    };
    let args = instance.attributes.value("args").filter(|_| is_exception)?;
    match &evaluator.state.object(args.as_object()?)?.kind {
        ObjectKind::Tuple(items) => Some(items.clone()),
        _ => None,
    }
}

fn str_of_exception(
    evaluator: &mut Evaluator<'_>,
    instance: &Instance,
    args: &Sequence,
    at: Location,
) -> Result<Value, Stop> {
    let is_key_error = matches!(&instance.class, ClassRef::Library(path) if &**path == "builtins.KeyError");
    match args.slots().as_deref() {
        Some([]) => Ok(Value::text("", at)),
        Some([only]) if is_key_error => repr_of(evaluator, &only.value, at),
        Some([only]) => str_of(evaluator, &only.value, at),
        _ => Ok(evaluator.unknown_text(at)),
    }
}

/// Whether instances of a class are written as the builtin value that they hold.
fn is_written_as_payload(evaluator: &Evaluator<'_>, instance: &Instance) -> bool {
    match &instance.class {
        ClassRef::User(class) => evaluator.class(*class).is_some_and(|class| {
            matches!(class.kind, ClassKind::Plain)
                && class.order.iter().all(|base| match base {
                    ClassRef::User(_) => true,
                    ClassRef::Library(path) => path.starts_with("builtins.") || path.starts_with("typing."),
                    _ => false,
                })
        }),
        _ => false,
    }
}

/// `repr(value)`: a text, known as far as it is.
pub fn repr_of(evaluator: &mut Evaluator<'_>, value: &Value, at: Location) -> Result<Value, Stop> {
    if let Some(unknown) = value.as_unknown() {
        let unknown = unknown.clone();
        return Ok(unknown_text(evaluator, &unknown, "repr", at));
    }
    Ok(match represented(evaluator, value, at, 0)? {
        Some(text) => evaluator.computed_text(text, at),
        None => evaluator.unknown_text(at),
    })
}

/// `repr(value)`, where it is known.
pub fn represented(
    evaluator: &mut Evaluator<'_>,
    value: &Value,
    at: Location,
    depth: usize,
) -> Result<Option<String>, Stop> {
    if depth > MAX_DEPTH || !evaluator.charge(1) {
        return Ok(None);
    }
    if let Some(text) = evaluator.repr(value) {
        return Ok(Some(text));
    }
    match &value.kind {
        ValueKind::Library(path) => {
            let name = path.strip_prefix("builtins.").filter(|name| is_type(name));
            Ok(name.map(|name| format!("<class '{name}'>")))
        }
        ValueKind::Object(_) => match kind_of(evaluator, value) {
            Some(object) => object_text(evaluator, &object, value, at, depth),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

fn is_type(name: &str) -> bool {
    matches!(
        name,
        "int"
            | "float"
            | "bool"
            | "str"
            | "bytes"
            | "list"
            | "tuple"
            | "dict"
            | "set"
            | "frozenset"
            | "object"
            | "type"
    )
}

fn object_text(
    evaluator: &mut Evaluator<'_>,
    object: &Object,
    value: &Value,
    at: Location,
    depth: usize,
) -> Result<Option<String>, Stop> {
    match &object.kind {
        ObjectKind::List(items) => bracketed(evaluator, "[", items, "]", at, depth),
        ObjectKind::Tuple(items) if items.len() == Some(1) => bracketed(evaluator, "(", items, ",)", at, depth),
        ObjectKind::Tuple(items) => bracketed(evaluator, "(", items, ")", at, depth),
        ObjectKind::FrozenSet(entries) if entries.rest.is_none() && entries.entries.len() <= 1 => {
            let items = Sequence::known(entries.entries.values().map(|entry| entry.key.clone()).collect());
            if items.elements.is_empty() {
                return Ok(Some("frozenset()".to_owned()));
            }
            bracketed(evaluator, "frozenset({", &items, "})", at, depth)
        }
        ObjectKind::Set(entries) if entries.rest.is_none() && entries.entries.len() == 1 => {
            let items = Sequence::known(entries.entries.values().map(|entry| entry.key.clone()).collect());
            bracketed(evaluator, "{", &items, "}", at, depth)
        }
        ObjectKind::Dict(entries, factory) if entries.rest.is_none() => {
            let mut parts = Vec::new();
            for entry in entries.entries.values() {
                let key = represented(evaluator, &entry.key.value, at, depth + 1)?;
                let value = represented(evaluator, &entry.value.value, at, depth + 1)?;
                let (Some(key), Some(value)) = (key, value) else { return Ok(None) };
                parts.push(format!("{key}: {value}"));
            }
            let shown = format!("{{{}}}", parts.join(", "));
            match factory.clone() {
                None => Ok(limited(shown)),
                Some(factory) => {
                    let factory = represented(evaluator, &factory, at, depth + 1)?;
                    Ok(factory.and_then(|factory| limited(format!("defaultdict({factory}, {shown})"))))
                }
            }
        }
        ObjectKind::Instance(instance) => instance_text(evaluator, instance, value, at, depth),
        _ => Ok(None),
    }
}

fn limited(text: String) -> Option<String> {
    (text.len() <= MAX_TEXT).then_some(text)
}

/// The elements between brackets.
pub fn bracketed(
    evaluator: &mut Evaluator<'_>,
    open: &str,
    items: &Sequence,
    close: &str,
    at: Location,
    depth: usize,
) -> Result<Option<String>, Stop> {
    let Some(slots) = items.slots() else { return Ok(None) };
    let mut parts = Vec::new();
    for slot in slots {
        let Some(part) = represented(evaluator, &slot.value, at, depth + 1)? else { return Ok(None) };
        parts.push(part);
    }
    Ok(limited(format!("{open}{}{close}", parts.join(", "))))
}

fn instance_text(
    evaluator: &mut Evaluator<'_>,
    instance: &Instance,
    value: &Value,
    at: Location,
    depth: usize,
) -> Result<Option<String>, Stop> {
    if let Some(result) = evaluator.call_special(value, "__repr__", Vec::new(), at) {
        return Ok(result?.as_text().map(str::to_owned));
    }
    if let Some(args) = exception_arguments(evaluator, instance) {
        let name = evaluator.type_name(value);
        return bracketed(evaluator, &format!("{name}("), &args, ")", at, depth);
    }
    if let ClassRef::User(class) = instance.class {
        let kind = evaluator.class(class).map(|class| class.kind.clone());
        match kind {
            Some(ClassKind::Fields { library: "typing.NamedTuple" | "dataclasses" | "attrs", fields, .. }) => {
                // The name is the qualified one.
                if !fields.iter().all(|field| field.is_shown.is_some()) || !evaluator.is_at_top(class) {
                    return Ok(None);
                }
                return named_tuple_text(evaluator, instance, value, &fields, at, depth);
            }
            Some(ClassKind::Enum(false)) => {
                let inner = instance.payload.clone().or_else(|| kept(evaluator, value, "_value_"));
                let name = member_name(evaluator, class, value);
                let (Some(inner), Some(name)) = (inner, name) else { return Ok(None) };
                let Some(inner) = represented(evaluator, &inner, at, depth + 1)? else { return Ok(None) };
                return Ok(Some(format!("<{}.{name}: {inner}>", evaluator.type_name(value))));
            }
            _ => {}
        }
    }
    match &instance.payload {
        Some(payload) if is_written_as_payload(evaluator, instance) => {
            represented(evaluator, &payload.clone(), at, depth + 1)
        }
        _ => Ok(None),
    }
}

fn named_tuple_text(
    evaluator: &mut Evaluator<'_>,
    instance: &Instance,
    value: &Value,
    fields: &[super::super::super::value::Field],
    at: Location,
    depth: usize,
) -> Result<Option<String>, Stop> {
    let mut parts = Vec::new();
    for field in fields.iter().filter(|field| field.is_shown == Some(true)) {
        let Some(held) = instance.attributes.value(&field.name) else { return Ok(None) };
        let Some(text) = represented(evaluator, &held.clone(), at, depth + 1)? else { return Ok(None) };
        parts.push(format!("{}={text}", field.name));
    }
    Ok(Some(format!("{}({})", evaluator.type_name(value), parts.join(", "))))
}

/// `ascii(text)`: the escapes of all that is not ASCII.
pub fn ascii_of(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        let code = u32::from(character);
        match code {
            0..=0x7f => result.push(character),
            0x80..=0xff => result.push_str(&format!("\\x{code:02x}")),
            0x100..=0xffff => result.push_str(&format!("\\u{code:04x}")),
            _ => result.push_str(&format!("\\U{code:08x}")),
        }
    }
    result
}

/// `ascii(value)` of a known text, of which every other character has an escape.
pub fn ascii_text(text: &str) -> Option<String> {
    let plain: String = text.chars().map(|character| if character.is_ascii() { character } else { 'x' }).collect();
    // The quotes are chosen as for `repr`; only the characters beyond ASCII are written otherwise.
    let quote = quoted(&plain)?.chars().next()?;
    let mut result = String::from(quote);
    for character in text.chars() {
        if character.is_ascii() {
            let one = quoted(&character.to_string())?;
            match character {
                '\'' | '"' if character == quote => result.push_str(&format!("\\{character}")),
                '\'' | '"' => result.push(character),
                _ => result.push_str(one.get(1..one.len() - 1)?),
            }
        } else {
            result.push_str(&ascii_of(&character.to_string()));
        }
    }
    result.push(quote);
    Some(result)
}
