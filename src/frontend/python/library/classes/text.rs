//! How instances of these classes are written.

use std::rc::Rc;

use super::super::super::evaluate::{Evaluator, Failure};
use super::super::super::value::{ClassKind, ClassRef, Value};

/// Which function asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// `str()`.
    Str,
    /// `repr()`.
    Repr,
    /// `format()` without a specification.
    Format,
}

/// The text of an instance that the library's own `__str__`, `__repr__` or `__format__` gives; `None` where that is not modelled,
/// or the project's methods decide (which the caller asks first).
pub fn text_of(evaluator: &mut Evaluator<'_>, value: &Value, kind: TextKind) -> Option<Result<Value, Failure>> {
    let ClassRef::User(class) = evaluator.class_ref_of(value) else { return None };
    match evaluator.class(class)?.kind.clone() {
        ClassKind::Enum(_) => super::enums::member_text(evaluator, value, kind),
        ClassKind::Fields { library: "dataclasses" | "attrs" | "typing.NamedTuple", fields, .. } => {
            let instance = evaluator.state.object(value.as_object()?)?.as_instance()?.clone();
            let mut parts = Vec::new();
            for field in fields.iter().filter(|field| field.rules.iter().all(|(rule, _)| &**rule != "repr")) {
                let shown = instance.attributes.value(&field.name).cloned()?;
                let shown = evaluator.call_named("builtins.repr", vec![shown], value.at).ok()?;
                parts.push(format!("{}={}", field.name, shown.as_text()?));
            }
            let name: Rc<str> = Rc::clone(&evaluator.class(class)?.name);
            Some(Ok(evaluator.computed_text(format!("{name}({})", parts.join(", ")), value.at)))
        }
        ClassKind::Exception => {
            let instance = evaluator.state.object(value.as_object()?)?.as_instance()?.clone();
            let arguments = instance.attributes.value("args").cloned()?;
            let slots = evaluator.elements(&arguments, value.at).ok()?.slots()?;
            match (&slots[..], kind) {
                ([only], TextKind::Str | TextKind::Format) => Some(
                    evaluator.call_named("builtins.str", vec![only.value.clone()], value.at).map_err(Failure::from),
                ),
                ([], TextKind::Str | TextKind::Format) => Some(Ok(evaluator.computed_text("", value.at))),
                _ => None,
            }
        }
        _ => None,
    }
}
