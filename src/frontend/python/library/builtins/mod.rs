//! The builtin functions and types.

pub mod collections;
pub mod iteration;
pub mod numbers;
pub mod objects;
mod reflection;
pub mod sorting;
mod texts;

use super::super::evaluate::NativeFunction;

/// The builtin function or type of a name.
pub fn function(name: &str) -> Option<NativeFunction> {
    Some(match name {
        "len" => collections::len,
        "list" => collections::list,
        "tuple" => collections::tuple,
        "dict" => collections::dict,
        "set" => collections::set,
        "frozenset" => collections::frozenset,
        "range" => collections::range,
        "bytes" => collections::bytes,
        "dict.fromkeys" => collections::dict_fromkeys,
        "enumerate" => iteration::enumerate,
        "zip" => iteration::zip,
        "map" => iteration::map,
        "filter" => iteration::filter,
        "reversed" => iteration::reversed,
        "iter" => iteration::iter,
        "next" => iteration::next,
        "any" => iteration::any,
        "all" => iteration::all,
        "sum" => numbers::sum,
        "sorted" => sorting::sorted,
        "min" => sorting::min,
        "max" => sorting::max,
        "abs" => numbers::abs,
        "round" => numbers::round,
        "divmod" => numbers::divmod,
        "pow" => numbers::pow,
        "int" => numbers::int,
        "float" => numbers::float,
        "bool" => numbers::bool,
        "hex" => numbers::hex,
        "oct" => numbers::oct,
        "bin" => numbers::bin,
        "hash" | "id" => numbers::hash,
        "str" => texts::str,
        "repr" => texts::repr,
        "ascii" => texts::ascii,
        "format" => texts::format,
        "chr" => texts::chr,
        "ord" => texts::ord,
        "print" => texts::print,
        "input" => texts::input,
        "str.maketrans" => texts::maketrans,
        "isinstance" => objects::isinstance,
        "issubclass" => objects::issubclass,
        "callable" => objects::callable,
        "type" => objects::type_of,
        "object" => objects::object,
        "super" => objects::super_with_arguments,
        "property" => objects::property,
        "staticmethod" => objects::staticmethod,
        "classmethod" => objects::classmethod,
        "object.__setattr__" => objects::object_setattr,
        "object.__getattribute__" => objects::object_getattribute,
        "object.__init__" | "object.__init_subclass__" => objects::nothing,
        "type.__new__" => reflection::type_new,
        "type.__call__" => reflection::type_call,
        "type.__init__" => objects::nothing,
        "object.__new__" => objects::object_new,
        "hasattr" => reflection::hasattr,
        "getattr" => reflection::getattr,
        "setattr" => reflection::setattr,
        "delattr" => reflection::delattr,
        "vars" => reflection::vars,
        "dir" => reflection::dir,
        "globals" => reflection::globals,
        "locals" => reflection::locals,
        "exec" | "eval" | "compile" => reflection::exec,
        "__import__" => reflection::import,
        "breakpoint" => objects::nothing,
        "open" => super::standard::files::open,
        _ => return None,
    })
}

/// Whether a builtin function only reads its arguments, so that one that is one of several is followed each for itself.
pub fn is_pure(name: &str) -> bool {
    matches!(
        name,
        "len"
            | "sum"
            | "abs"
            | "round"
            | "divmod"
            | "pow"
            | "int"
            | "float"
            | "hex"
            | "oct"
            | "bin"
            | "str"
            | "repr"
            | "ascii"
            | "format"
            | "chr"
            | "ord"
            | "min"
            | "max"
            | "range"
            | "getattr"
    )
}
