//! What a value is an instance of, and which attributes it has.

use super::super::value::{Cause, ClassRef, ObjectKind, TypeBound, Unknown, Value, ValueKind};
use super::types::is_plain_type;
use super::{Evaluator, Stop};
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    /// `isinstance(value, class)`.
    pub fn is_instance(&self, value: &Value, class: &Value) -> Option<bool> {
        let object = class.as_object().and_then(|id| self.state.shared(id));
        if let Some(ObjectKind::Tuple(items)) = object.as_deref().map(|object| &object.kind) {
            let all: Vec<Option<bool>> = items.values().map(|class| self.is_instance(value, class)).collect();
            return if all.contains(&Some(true)) {
                Some(true)
            } else if items.is_known() && all.iter().all(|one| *one == Some(false)) {
                Some(false)
            } else {
                None
            };
        }
        if let Some(unknown) = value.as_unknown() {
            return self.unknown_is_instance(unknown, class);
        }
        let order = self.order_of(value)?;
        self.extends(&order, class)
    }

    pub(super) fn unknown_is_instance(&self, unknown: &Unknown, class: &Value) -> Option<bool> {
        let kind = super::types::bound_name(unknown.bound);
        if !kind.is_empty() && unknown.bound != TypeBound::Int && unknown.bound != TypeBound::Set {
            return self.extends(&builtin_order(kind), class);
        }
        if !unknown.is_one_of || unknown.candidates.is_empty() {
            return None;
        }
        let mut all = unknown.candidates.iter().map(|candidate| self.is_instance(candidate, class));
        let first = all.next()??;
        all.all(|one| one == Some(first)).then_some(first)
    }

    /// The classes that a value is an instance of.
    pub(super) fn order_of(&self, value: &Value) -> Option<Vec<ClassRef>> {
        match self.class_ref_of(value) {
            ClassRef::User(class) => Some(self.class(class)?.order.clone()),
            ClassRef::Unknown(_) => None,
            ClassRef::Library(path) if path.starts_with("builtins.") => {
                Some(builtin_order(path.strip_prefix("builtins.").unwrap_or_default()))
            }
            other => Some(vec![other]),
        }
    }

    /// `issubclass`, by the order in which attributes are looked for.
    pub fn extends(&self, order: &[ClassRef], class: &Value) -> Option<bool> {
        let wanted = match &class.kind {
            ValueKind::Object(id) if self.class(*id).is_some() => ClassRef::User(*id),
            ValueKind::ClientClass(class) => ClassRef::Client(class),
            ValueKind::TemplateClass(sdk) => ClassRef::Template(*sdk),
            ValueKind::Library(path) => ClassRef::Library(Rc::clone(path)),
            _ => return None,
        };
        let mut is_open = false;
        for base in order {
            if base.is_same(&wanted) {
                return Some(true);
            }
            match (base, &wanted) {
                (ClassRef::Unknown(_), _) => is_open = true,
                (ClassRef::Library(path), ClassRef::Library(wanted)) => match library_extends(path, wanted) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => is_open = true,
                },
                (ClassRef::Library(path), _)
                    if !path.starts_with("builtins.")
                        && !path.starts_with("enum.")
                        && !path.starts_with("typing.")
                        && &**path != "abc.ABC" =>
                {
                    is_open = true
                }
                _ => {}
            }
        }
        if let ClassRef::Library(wanted) = &wanted {
            if &**wanted == "builtins.object" {
                return Some(true);
            }
            // Abstract classes of the library recognise others by their methods.
            if let Some(answer) = structural(order, wanted) {
                return Some(answer);
            }
            if !wanted.starts_with("builtins.") {
                is_open |= order.iter().any(|base| matches!(base, ClassRef::User(_)));
            }
        }
        if is_open { None } else { Some(false) }
    }

    /// `hasattr`.
    pub fn has_attribute(&mut self, value: &Value, name: &str) -> Option<bool> {
        let at = value.at;
        if value.is_unknown() && !matches!(value.kind, ValueKind::Partial(_)) {
            let unknown = value.as_unknown()?;
            if !unknown.is_one_of || unknown.candidates.is_empty() {
                return None;
            }
            let candidates = Rc::clone(&unknown.candidates);
            let mut all =
                candidates.iter().map(|candidate| self.has_attribute(candidate, name)).collect::<Vec<_>>().into_iter();
            let first = all.next()??;
            return all.all(|one| one == Some(first)).then_some(first);
        }
        if matches!(value.kind, ValueKind::Library(_)) {
            return None;
        }
        let before = self.state.clone();
        let base = self.pending.len();
        self.handlers += 1;
        self.quiet += 1;
        let result = self.attribute(value, name, at);
        self.quiet -= 1;
        self.handlers -= 1;
        let raised: Vec<super::Pending> = self.pending.drain(base..).collect();
        self.state = before;
        let is_missing = |pending: &super::Pending| matches!(&pending.exit, super::Exit::Raise(raised) if raised.class == super::ExceptionClass::Builtin("AttributeError".into()));
        match result {
            Ok(value) if raised.is_empty() => match &value.kind {
                ValueKind::Unknown(unknown) if unknown.cause == Cause::Unsupported || unknown.is_perhaps_absent() => {
                    None
                }
                ValueKind::Method(method) if lacks_special(&self.type_name(&method.receiver), &method.name) => {
                    Some(false)
                }
                ValueKind::Method(method) if !self.is_known_method(method) => None,
                _ => Some(true),
            },
            Err(Stop) if !raised.is_empty() && raised.iter().all(is_missing) => Some(false),
            _ => None,
        }
    }

    pub(super) fn is_known_method(&self, method: &super::super::value::Method) -> bool {
        let kind = self.type_name(&method.receiver);
        if has_special(&kind, &method.name) {
            return true;
        }
        (self.hooks().method)(&kind, &method.name).is_some()
    }
}

/// A builtin type and what it extends.
pub(super) fn builtin_order(name: &str) -> Vec<ClassRef> {
    let class = |name: &str| ClassRef::Library(format!("builtins.{name}").into());
    let mut order = vec![class(name)];
    match name {
        "bool" => order.push(class("int")),
        "defaultdict" | "OrderedDict" | "Counter" => order.push(class("dict")),
        _ if super::exception_classes::is_builtin_exception(name) => {}
        _ => {}
    }
    order.push(class("object"));
    order
}

/// Whether a class of a library extends another, where that is known.
pub(super) fn library_extends(path: &str, wanted: &str) -> Option<bool> {
    if path == wanted {
        return Some(true);
    }
    match (path.strip_prefix("builtins."), wanted.strip_prefix("builtins.")) {
        (Some(name), Some(wanted)) => Some(
            super::exception_classes::is_builtin_exception(name)
                && super::exception_classes::is_builtin_subclass(name, wanted),
        ),
        (Some(_), None) => Some(false),
        (None, Some("str")) if path == "enum.StrEnum" => Some(true),
        (None, Some("int")) if matches!(path, "enum.IntEnum" | "enum.IntFlag") => Some(true),
        (None, Some(_)) if path.starts_with("enum.") || path.starts_with("typing.") || path == "abc.ABC" => Some(false),
        (None, None) if path.starts_with("enum.") && wanted == "enum.Enum" => Some(true),
        _ => None,
    }
}

/// Abstract classes of `collections.abc` and the like, by builtin types.
pub(super) fn structural(order: &[ClassRef], wanted: &str) -> Option<bool> {
    let name = wanted.strip_prefix("collections.abc.").or_else(|| wanted.strip_prefix("typing."))?;
    let builtin = order.iter().find_map(|class| match class {
        ClassRef::Library(path) => path.strip_prefix("builtins.").filter(|name| *name != "object"),
        _ => None,
    })?;
    let fits: &[&str] = match name {
        "Mapping" | "MutableMapping" | "Dict" => &["dict", "defaultdict"],
        "Sequence" => &["list", "tuple", "str", "bytes", "range"],
        "MutableSequence" | "List" => &["list"],
        "Set" => &["set", "frozenset"],
        "MutableSet" => &["set"],
        "Iterable" | "Collection" | "Container" | "Sized" => {
            &["list", "tuple", "dict", "defaultdict", "set", "frozenset", "str", "bytes"]
        }
        "Callable" => &["function", "method", "type", "builtin_function_or_method"],
        "Hashable" => &["str", "int", "float", "bool", "NoneType", "bytes", "tuple", "frozenset", "type", "function"],
        _ => return None,
    };
    Some(fits.contains(&builtin))
}

/// Whether a builtin type has a special method.
fn has_special(kind: &str, name: &str) -> bool {
    let is_sequence = matches!(kind, "list" | "tuple" | "str" | "bytes" | "dict" | "defaultdict");
    let is_collection = is_sequence || matches!(kind, "set" | "frozenset");
    match name {
        "__iter__" | "__len__" | "__contains__" => is_collection,
        "__getitem__" => is_sequence,
        "__setitem__" | "__delitem__" => matches!(kind, "list" | "dict" | "defaultdict"),
        "__eq__" | "__ne__" | "__str__" | "__repr__" | "__class__" | "__doc__" => true,
        _ => false,
    }
}

/// Whether a builtin type surely has no such special method.
fn lacks_special(kind: &str, name: &str) -> bool {
    let is_asked = matches!(
        name,
        "__iter__"
            | "__len__"
            | "__contains__"
            | "__getitem__"
            | "__setitem__"
            | "__delitem__"
            | "__call__"
            | "__enter__"
            | "__next__"
    );
    is_plain_type(kind) && is_asked && !has_special(kind, name)
}
