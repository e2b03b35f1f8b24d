//! Arguments of native functions: bound to parameters, and followed one by one where one of them is one of several.

use std::rc::Rc;

use super::super::evaluate::{Call, Evaluator, Failure, Mistake, Outcome};
use super::super::state::SymbolKind;
use super::super::value::{Cause, Instance};
use super::super::value::{Key, ObjectKind, Slot, Symbol, TypeBound, Unknown, Value};

/// How many candidates of an argument are followed each for itself.
const MAX_FOLLOWED: usize = 8;

/// The arguments of a call by the parameters of a signature.
pub struct Bound<'c> {
    slots: Vec<Option<&'c Slot>>,
}

impl<'c> Bound<'c> {
    /// The argument of a parameter.
    pub fn slot(&self, index: usize) -> Option<&'c Slot> {
        self.slots.get(index).copied().flatten()
    }

    /// The value of a parameter.
    pub fn value(&self, index: usize) -> Option<&'c Value> {
        self.slot(index).map(|slot| &slot.value)
    }

    /// The same, where it is not `None`.
    pub fn given(&self, index: usize) -> Option<&'c Value> {
        self.value(index).filter(|value| !value.is_none())
    }
}

/// Binds the arguments of a call to a signature: names with commas between, `/` behind those that have no names, `*` before
/// those that need theirs, `?` behind those that may be left out.
///
/// # Errors
/// Where there may be arguments that are not known, the call is not understood; where they surely do not fit, it raises.
pub fn bind<'c>(evaluator: &mut Evaluator<'_>, call: &'c Call, signature: &str) -> Result<Bound<'c>, Failure> {
    if call.arguments.is_open() {
        return Err(evaluator.opaque(call));
    }
    let parts: Vec<&str> = signature.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let unnamed = parts.iter().position(|part| *part == "/").unwrap_or(0);
    let by_name = parts.iter().position(|part| *part == "*").unwrap_or(parts.len());
    let (mut slots, mut used, mut taken) = (Vec::new(), 0, 0);
    for (index, part) in parts.iter().enumerate().filter(|(_, part)| !matches!(**part, "/" | "*")) {
        let name = part.trim_end_matches('?');
        let positional = if index < by_name { call.arguments.positional.get(taken) } else { None };
        if index < by_name {
            taken += 1;
        }
        let named = if index >= unnamed { call.arguments.named(name) } else { None };
        used += usize::from(positional.is_some()) + usize::from(named.is_some());
        let slot = positional.or(named);
        if (slot.is_none() && !part.ends_with('?')) || (positional.is_some() && named.is_some()) {
            return Err(misfit(evaluator, call));
        }
        slots.push(slot);
    }
    if used < call.arguments.len() {
        return Err(misfit(evaluator, call));
    }
    Ok(Bound { slots })
}

/// The arguments do not fit what is called.
pub fn misfit(evaluator: &mut Evaluator<'_>, call: &Call) -> Failure {
    let name = call.name().rsplit('.').next().unwrap_or_default().to_owned();
    evaluator.raise_for(Mistake::WrongCall, "TypeError", format!("{name}() does not take these arguments"), call.at)
}

/// Makes the call for each candidate of the first argument that surely is one of several.
pub fn each_way(evaluator: &mut Evaluator<'_>, call: &Call) -> Option<Outcome> {
    let is_followed = |value: &Value| {
        value.as_unknown().is_some_and(|unknown| {
            unknown.is_one_of && !unknown.candidates.is_empty() && unknown.candidates.len() <= MAX_FOLLOWED
        })
    };
    if let Some(index) = call.arguments.positional.iter().position(|slot| is_followed(&slot.value)) {
        return Some(each_of(evaluator, call, |arguments| arguments.positional.get_mut(index)));
    }
    let index = call.arguments.keywords.iter().position(|keyword| is_followed(&keyword.slot.value))?;
    Some(each_of(evaluator, call, |arguments| arguments.keywords.get_mut(index).map(|keyword| &mut keyword.slot)))
}

fn each_of(
    evaluator: &mut Evaluator<'_>,
    call: &Call,
    pick: impl Fn(&mut super::super::value::Arguments) -> Option<&mut Slot>,
) -> Outcome {
    let mut template = call.arguments.clone();
    let unknown = pick(&mut template).and_then(|slot| slot.value.as_unknown().cloned());
    let Some(unknown) = unknown else { return Err(evaluator.not_modelled(call)) };
    let result = evaluator.each_candidate(&unknown, call.at, |evaluator, candidate| {
        let mut arguments = template.clone();
        if let Some(slot) = pick(&mut arguments) {
            slot.value = candidate.clone();
        }
        evaluator.call_at(&call.callee, arguments, call.at, call.head)
    });
    Ok(result?)
}

/// The receiver of a method, or the value itself of an instance whose class extends a builtin type.
pub fn receiver(evaluator: &Evaluator<'_>, call: &Call) -> Value {
    call.receiver.as_ref().map_or_else(|| Value::none(call.at), |value| unwrapped(evaluator, value))
}

/// The builtin value of an instance whose class extends a builtin type; any other value as it is.
pub fn unwrapped(evaluator: &Evaluator<'_>, value: &Value) -> Value {
    instance(evaluator, value).and_then(|instance| instance.payload.clone()).unwrap_or_else(|| value.clone())
}

/// The instance that a value is.
pub fn instance<'e>(evaluator: &'e Evaluator<'_>, value: &Value) -> Option<&'e Instance> {
    evaluator.state.object(value.as_object()?)?.as_instance()
}

/// The kind of the object that a value is.
pub fn kind_of(evaluator: &Evaluator<'_>, value: &Value) -> Option<Rc<super::super::value::Object>> {
    evaluator.state.shared(value.as_object()?)
}

/// An unknown result that is the same wherever the same function gets the same arguments.
pub fn applied(evaluator: &mut Evaluator<'_>, call: &Call, bound: TypeBound) -> Failure {
    let name = call.name().to_owned();
    let mut symbols: Vec<Symbol> = Vec::new();
    let mut keys: Vec<Key> = Vec::new();
    let mut is_sure = !call.arguments.is_open();
    for value in call.receiver.iter().chain(call.arguments.slots().map(|slot| &slot.value)) {
        match value.as_unknown().and_then(|unknown| unknown.symbol) {
            Some(symbol) => {
                // The place of the symbol among the arguments counts as well.
                keys.push(Key::None);
                symbols.push(symbol);
            }
            None => match evaluator.key_of(value) {
                Some(key) => keys.push(Key::Tuple(None, vec![key])),
                None => is_sure = false,
            },
        }
    }
    is_sure &= call.arguments.keywords.is_empty() && !symbols.is_empty();
    let mut unknown = Unknown::new(Cause::External, evaluator.snippet(call.at)).of(bound);
    if is_sure {
        unknown.symbol = Some(evaluator.symbols.of(SymbolKind::Applied(name.into(), symbols, keys)));
    }
    Failure::Unknown(unknown)
}

/// Whether an object is a list, tuple, dict or set of builtin type.
pub fn is_builtin_collection(kind: &ObjectKind) -> bool {
    matches!(
        kind,
        ObjectKind::List(_)
            | ObjectKind::Tuple(_)
            | ObjectKind::Dict(..)
            | ObjectKind::Set(_)
            | ObjectKind::FrozenSet(_)
    )
}

/// An instance of a class of the library.
pub fn library_instance(
    evaluator: &mut Evaluator<'_>,
    class: &str,
    attributes: Vec<(&str, Value)>,
    payload: Option<Value>,
    at: crate::tree::Location,
) -> Value {
    let mut all = super::super::value::Attributes::default();
    for (name, value) in attributes {
        all.set(name, at, Slot::new(value, at));
    }
    let instance = Instance {
        class: super::super::value::ClassRef::Library(class.into()),
        attributes: all,
        payload,
        head: at.span,
    };
    evaluator.allocate(ObjectKind::Instance(instance), at)
}

/// The path of the library's class that a value is an instance of.
pub fn library_class(evaluator: &Evaluator<'_>, value: &Value) -> Option<Rc<str>> {
    match &instance(evaluator, value)?.class {
        super::super::value::ClassRef::Library(path) => Some(Rc::clone(path)),
        _ => None,
    }
}

/// An attribute that the library keeps in an instance of its own.
pub fn kept(evaluator: &Evaluator<'_>, value: &Value, name: &str) -> Option<Value> {
    instance(evaluator, value)?.attributes.value(name).cloned()
}
