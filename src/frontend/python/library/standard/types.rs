//! Types as values: unions, and what is an instance of classes of the library.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, NativeMethod, Outcome};
use super::super::super::value::{ClassRef, ObjectKind, Sequence, Slot, Value, ValueKind};
use super::super::arguments::{instance, kept, kind_of, library_instance, misfit};

/// Operators of types.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    Some(match (kind, name) {
        ("library" | "type" | "UnionType", "__or__") => union,
        ("library" | "type", "__ror__") => union_behind,
        _ => return None,
    })
}

/// Whether a value surely is a class.
fn is_class(evaluator: &Evaluator<'_>, value: &Value) -> bool {
    match &value.kind {
        ValueKind::None | ValueKind::ClientClass(_) | ValueKind::TemplateClass(_) => true,
        ValueKind::Library(path) => {
            path.strip_prefix("builtins.").is_some_and(|name| name != "print" && name != "len")
                || path.starts_with("typing.")
        }
        ValueKind::Object(id) => {
            evaluator.class(*id).is_some()
                || instance(evaluator, value).is_some_and(
                    |instance| matches!(&instance.class, ClassRef::Library(path) if &**path == "types.UnionType"),
                )
        }
        _ => false,
    }
}

/// `int | str`: a type that both belong to.
fn union(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    let Some(other) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    union_of(evaluator, own, other, call)
}

fn union_behind(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    let Some(other) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    union_of(evaluator, other, own, call)
}

fn union_of(evaluator: &mut Evaluator<'_>, one: Value, two: Value, call: &Call) -> Outcome {
    if !is_class(evaluator, &one) || !is_class(evaluator, &two) {
        return Err(evaluator.not_modelled(call));
    }
    let mut members = Vec::new();
    for value in [one, two] {
        match kept(evaluator, &value, "__args__") {
            Some(inner) => members.extend(evaluator.elements(&inner, call.at)?.slots().unwrap_or_default()),
            None => members.push(Slot::new(value, call.at)),
        }
    }
    let members = evaluator.allocate(ObjectKind::Tuple(Sequence::known(members)), call.at);
    Ok(library_instance(evaluator, "types.UnionType", vec![("__args__", members)], None, call.at))
}

/// `isinstance` with classes of which the evaluator does not know what belongs to them.
pub fn is_instance(evaluator: &Evaluator<'_>, value: &Value, class: &Value) -> Option<Option<bool>> {
    if let Some(members) = kept(evaluator, class, "__args__") {
        let slots = match &kind_of(evaluator, &members)?.kind {
            ObjectKind::Tuple(items) => items.slots()?,
            _ => return Some(None),
        };
        let answers: Vec<Option<bool>> = slots
            .iter()
            .map(|slot| {
                if slot.value.is_none() {
                    return if value.is_unknown() { None } else { Some(value.is_none()) };
                }
                is_instance(evaluator, value, &slot.value).unwrap_or_else(|| evaluator.is_instance(value, &slot.value))
            })
            .collect();
        return Some(if answers.contains(&Some(true)) {
            Some(true)
        } else if answers.iter().all(|answer| *answer == Some(false)) {
            Some(false)
        } else {
            None
        });
    }
    if let ValueKind::Library(own) = &value.kind {
        // Only of the builtin types is it known what they are.
        let is_type = own.strip_prefix("builtins.").is_some_and(super::super::super::evaluate::is_builtin_type);
        return match &class.kind {
            ValueKind::Library(path) if is_type => Some(Some(matches!(&**path, "builtins.type" | "builtins.object"))),
            _ => Some(None),
        };
    }
    let ValueKind::Library(path) = &class.kind else { return None };
    if value.is_unknown() {
        return None;
    }
    if path.starts_with("typing.") && !is_structural(path) {
        return Some(None);
    }
    let name = evaluator.type_name(value);
    let is_library = instance(evaluator, value).map(|instance| match &instance.class {
        ClassRef::Library(path) => Rc::clone(path),
        _ => "".into(),
    });
    let builtin = is_library.is_none();
    Some(match (&**path, is_library.as_deref()) {
        ("numbers.Number" | "numbers.Complex" | "numbers.Real", None) => {
            Some(matches!(&*name, "int" | "bool" | "float"))
        }
        ("numbers.Integral" | "numbers.Rational", None) => Some(matches!(&*name, "int" | "bool")),
        ("collections.defaultdict", _) if builtin => Some(&*name == "defaultdict"),
        ("builtins.dict", Some("collections.OrderedDict" | "collections.Counter")) => Some(true),
        ("pathlib.Path" | "pathlib.PurePath" | "os.PathLike", Some("pathlib.PosixPath")) => Some(true),
        (wanted, Some(own)) if !own.is_empty() && wanted == own => Some(true),
        (
            "builtins.str" | "builtins.int" | "builtins.float" | "builtins.list" | "builtins.dict" | "builtins.set"
            | "builtins.bytes" | "builtins.bool",
            Some(own),
        ) if !own.is_empty() && !own.starts_with("builtins.") => Some(false),
        (wanted, None) if wanted.starts_with("types.") => {
            let fits = match (wanted, &*name) {
                ("types.FunctionType" | "types.LambdaType", "function") | ("types.MethodType", "method") => true,
                ("types.NoneType", "NoneType")
                | ("types.ModuleType", "module")
                | ("types.GeneratorType", "generator") => true,
                (
                    "types.FunctionType"
                    | "types.LambdaType"
                    | "types.MethodType"
                    | "types.NoneType"
                    | "types.ModuleType"
                    | "types.GeneratorType",
                    "int" | "str" | "float" | "bool" | "list" | "dict" | "tuple" | "set" | "NoneType" | "function"
                    | "type",
                ) => false,
                _ => return Some(None),
            };
            Some(fits)
        }
        _ => return None,
    })
}

/// Whether a name of `typing` stands for a class of `collections.abc` or a builtin one.
fn is_structural(path: &str) -> bool {
    matches!(
        path.strip_prefix("typing.").unwrap_or_default(),
        "Mapping"
            | "MutableMapping"
            | "Dict"
            | "Sequence"
            | "MutableSequence"
            | "List"
            | "Iterable"
            | "Callable"
            | "Hashable"
    )
}
