//! Values of arguments held against the types that constructors of the SDKs check.

use super::super::evaluate::Evaluator;
use super::super::value::{ClassRef, Keyword, ObjectKind, Slot, Value, ValueKind};
use super::findings::{diagnostic, report, with_use};
use super::sorts::{Sort, sort_of};
use crate::schema::sdk::{self, Check, Passes, Type};

/// Parameters whose values only fail when the task is registered.
const LATER: &[(&str, &str)] = &[
    ("requests", "flytekit.Resources"),
    ("limits", "flytekit.Resources"),
    ("resources", "flytekit.Resources"),
    ("environment", "dict"),
];

/// An `isinstance` check of a constructor.
pub fn hold_check(ev: &mut Evaluator<'_>, check: &'static Check, slot: &Slot) {
    // What is given as a template is judged in detail where it is noted.
    if check.name == "pod_template" {
        return;
    }
    if !check.each {
        if let Some(sort) = refused(ev, check, &slot.value) {
            refuse_value(ev, check, slot, &sort);
        }
        return;
    }
    let items = match slot.value.as_object().and_then(|id| ev.state.object(id)).map(|object| &object.kind) {
        Some(ObjectKind::List(items) | ObjectKind::Tuple(items)) => items.sure().cloned().collect::<Vec<_>>(),
        _ => match sort_of(ev, &slot.value) {
            Some(sort @ (Sort::Instance(_) | Sort::Int | Sort::Float | Sort::Bool | Sort::Function(_))) => {
                let message = format!("`{}` takes a list, not {}", check.name, sort.words());
                let finding = diagnostic("wrong-argument-type", slot.value.at, message, "put it into a list");
                return report(ev, with_use(finding, slot));
            }
            _ => return,
        },
    };
    if let Some((item, sort)) = items.iter().find_map(|item| Some((item, refused(ev, check, &item.value)?))) {
        refuse_value(ev, check, item, &sort);
    }
}

fn refuse_value(ev: &mut Evaluator<'_>, check: &Check, slot: &Slot, sort: &Sort) {
    let of = if check.each { "items of " } else { "" };
    let message = format!("{of}`{}` must be `{}`, not {}", check.name, check.allows, sort.words());
    let finding = diagnostic("wrong-argument-type", slot.value.at, message, &sort.help());
    report(ev, with_use(finding, slot));
}

/// The type of a value that a check surely does not let through.
fn refused(ev: &Evaluator<'_>, check: &Check, value: &Value) -> Option<Sort> {
    let sort = sort_of(ev, value)?;
    let passes = match check.passes {
        Passes::Nothing => false,
        Passes::None => sort == Sort::None,
        Passes::FalseValues => may_be_false(ev, value, &sort),
    };
    if passes || check.allows.alternatives().any(|one| fits(&sort, one) != Some(false)) {
        return None;
    }
    Some(sort)
}

/// Whether Python may take a value for false.
fn may_be_false(ev: &Evaluator<'_>, value: &Value, sort: &Sort) -> bool {
    match &value.kind {
        ValueKind::Bool(value) => !value,
        ValueKind::Int(number) => *number == 0,
        ValueKind::Float(number) => *number == 0.0,
        ValueKind::Text(text) => text.is_empty(),
        ValueKind::Object(id) => match ev.state.object(*id).map(|object| &object.kind) {
            Some(ObjectKind::List(items) | ObjectKind::Tuple(items)) => items.sure().next().is_none(),
            Some(ObjectKind::Dict(entries, _) | ObjectKind::Set(entries) | ObjectKind::FrozenSet(entries)) => {
                entries.entries.is_empty()
            }
            Some(ObjectKind::Instance(instance)) => {
                !matches!(instance.class, ClassRef::Client(_) | ClassRef::Template(_))
            }
            _ => false,
        },
        _ => matches!(sort, Sort::None | Sort::Own(_)) || value.is_unknown(),
    }
}

/// Whether `isinstance` is true of a value of one type and another type; `None` where that is not known.
fn fits(sort: &Sort, wanted: &Type) -> Option<bool> {
    Some(match (wanted, sort) {
        (Type::Any, _) => return None,
        (Type::None, _) => *sort == Sort::None,
        (Type::Bool, Sort::IntOrBool) => return None,
        (Type::Bool, _) => *sort == Sort::Bool,
        (Type::Int, _) => matches!(sort, Sort::Int | Sort::Bool | Sort::IntOrBool),
        (Type::Float, _) => *sort == Sort::Float,
        (Type::Str, _) => *sort == Sort::Text,
        (Type::List(_), _) => *sort == Sort::List,
        (Type::Tuple(_) | Type::TupleOf(_), _) => *sort == Sort::Tuple,
        (Type::Set(_), Sort::Iterable) => return None,
        (Type::Dict(..), _) => *sort == Sort::Dict,
        (Type::Callable, Sort::Function(_) | Sort::Class(_)) => true,
        (Type::Class, _) => matches!(sort, Sort::Class(_)),
        (Type::Instance(path), Sort::Instance(of)) => match sdk::find(of) {
            Some(definition) => definition.is_a(path, None),
            None if &**of == *path => true,
            None => return None,
        },
        (Type::Instance(path), Sort::Model(name)) => path.rsplit('.').next() == Some(*name),
        (Type::Instance(path), Sort::Own(_)) => {
            // A class of the project may be registered as one of these.
            if path.starts_with("typing.") || path.starts_with("collections.") {
                return None;
            }
            false
        }
        (Type::Instance(path), Sort::Text | Sort::Dict | Sort::List | Sort::Tuple | Sort::Iterable)
            if path.starts_with("typing.") || path.starts_with("collections.") || path.starts_with("builtins.") =>
        {
            return None;
        }
        (Type::Literal(_), _) => return None,
        (Type::Union(types), _) => {
            let all: Vec<Option<bool>> = types.iter().map(|one| fits(sort, one)).collect();
            if all.contains(&Some(true)) {
                true
            } else if all.contains(&None) {
                return None;
            } else {
                false
            }
        }
        (Type::Callable, Sort::Instance(_) | Sort::Own(_)) => return None,
        _ => false,
    })
}

/// A value that flytekit takes, and fails on when the task is registered.
pub fn hold_later(ev: &mut Evaluator<'_>, keyword: &Keyword) {
    let Some((_, wanted)) = LATER.iter().find(|(name, _)| *name == &*keyword.name) else { return };
    let Some(sort) = sort_of(ev, &keyword.slot.value).filter(|sort| *sort != Sort::None) else { return };
    let is_right = match *wanted {
        "dict" => !matches!(sort, Sort::List | Sort::Tuple | Sort::Text | Sort::Int | Sort::Float | Sort::Bool),
        path => {
            matches!(&sort, Sort::Instance(of) if of.starts_with("flytekit.") || &**of == path)
                || matches!(sort, Sort::Own(_))
        }
    };
    if is_right || may_be_false(ev, &keyword.slot.value, &sort) {
        return;
    }
    let message = format!("`{}` must be `{wanted}`, not {}", keyword.name, sort.words());
    let finding = diagnostic(
        "wrong-argument-type",
        keyword.slot.value.at,
        message,
        "flytekit fails on it when the task is registered",
    );
    report(ev, with_use(finding, &keyword.slot));
}
