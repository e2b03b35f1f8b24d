//! The methods of the builtin types. Each table is complete: what is not in it is surely missing.

pub mod bytes;
pub mod dict;
mod list;
mod namespaces;
pub mod numbers;
mod set;
pub mod text;
mod text_arguments;
mod text_parts;
mod text_search;
mod unbound;
mod views;

pub use unbound::unbound;
pub use views::next as view_next;

use super::super::evaluate::NativeMethod;
use super::builtins::{collections, objects};

/// The method of a builtin type.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    match kind {
        "str" => text::method(name),
        "bytes" => bytes::method(name),
        "int" | "bool" => numbers::int_method(name),
        "float" => numbers::float_method(name),
        "list" => list::method(name),
        "tuple" => list::tuple_method(name),
        "dict" | "defaultdict" => dict::method(name),
        "set" => set::method(name),
        "frozenset" => set::frozen_method(name),
        "dict_keys" | "dict_values" | "dict_items" => views::method(kind, name),
        "globals" => namespaces::globals_method(name),
        "__dict__" => namespaces::attributes_method(name),
        "property" if matches!(name, "setter" | "getter" | "deleter") => Some(objects::property_with),
        "range" => match name {
            "__len__" => Some(collections::range_len),
            "__repr__" => Some(collections::range_repr),
            "index" | "count" => list::tuple_method(name),
            _ => None,
        },
        _ => None,
    }
}

/// The lines of a text with their ends.
pub fn text_lines(text: &str) -> Vec<String> {
    text_parts::lines(text, true)
}

/// Whether all methods of a type leave their arguments as they are, and keep none of them.
pub fn is_pure(kind: &str) -> bool {
    matches!(kind, "str" | "bytes" | "int" | "bool" | "float")
}
