//! What is wanted and what is there, in the words of messages.

use crate::schema::python::Kind;
use crate::tree::{Map, Value};

/// What a kind asks for.
pub fn wanted(kind: Kind) -> String {
    match kind {
        Kind::String => "a string".to_owned(),
        Kind::Boolean => "`True` or `False`".to_owned(),
        Kind::Integer => "a whole number".to_owned(),
        Kind::List(Kind::Class(name)) => format!("a list of `{name}`"),
        Kind::List(_) => "a list".to_owned(),
        Kind::Map(_) => "a dict".to_owned(),
        Kind::Class(name) => format!("a `{name}`"),
        Kind::Any => "anything".to_owned(),
    }
}

/// What a value is.
pub fn found(value: &Value) -> String {
    match value {
        Value::Null => "`None`".to_owned(),
        Value::Bool(true) => "`True`".to_owned(),
        Value::Bool(false) => "`False`".to_owned(),
        Value::Number(number) => format!("the number {}", number.text),
        Value::String(_) => "a string".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Map(Map { class: Some(class), .. }) => format!("a `{class}`"),
        Value::Map(_) => "a dict".to_owned(),
        Value::Dynamic(_) => "something else".to_owned(),
    }
}
