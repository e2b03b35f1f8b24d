//! What is there, in the words of messages.

use crate::tree::{Map, Value};

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
