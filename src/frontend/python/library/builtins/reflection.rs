//! Attributes and variables by their names, and code as text.

use super::super::super::evaluate::{Call, Evaluator, Outcome};
use super::super::super::value::{
    Attributes, Cause, Class, ClassKind, ClassRef, ObjectKind, ScopeId, Slot, TypeBound, Unknown, Value, ValueKind,
};
use super::super::arguments::{bind, kind_of, misfit};

/// `hasattr(value, name)`.
pub fn hasattr(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "object, name, /")?;
    let (Some(value), Some(name)) = (bound.value(0).cloned(), bound.value(1).and_then(Value::as_text)) else {
        return Err(evaluator.unknown_of(call, TypeBound::Bool));
    };
    match evaluator.has_attribute(&value, name) {
        Some(answer) => Ok(evaluator.bool(answer, call.at)),
        None => Err(super::super::arguments::applied(evaluator, call, TypeBound::Bool)),
    }
}

/// `getattr(value, name, default)`.
pub fn getattr(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "object, name, default?, /")?;
    let (Some(value), Some(name)) = (bound.value(0).cloned(), bound.value(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    let Some(name) = name.as_text() else {
        evaluator.may_raise_any(call.at);
        let mut held = evaluator.held_by(std::slice::from_ref(&value));
        held.extend(bound.value(2).cloned());
        return Ok(evaluator.one_of(held, false, call.at));
    };
    let Some(default) = bound.value(2).cloned() else { return Ok(evaluator.attribute(&value, name, call.at)?) };
    match evaluator.has_attribute(&value, name) {
        Some(true) => Ok(evaluator.attribute(&value, name, call.at)?),
        Some(false) => Ok(default),
        None => {
            let found = evaluator.attribute(&value, name, call.at)?;
            let unknown =
                Unknown::new(Cause::External, evaluator.snippet(call.at)).with_candidates([found, default.clone()]);
            let symbol = evaluator.symbols.opaque();
            let mut unknown = unknown.with_symbol(symbol);
            unknown.default = Some(default);
            Ok(Value::unknown(unknown, call.at))
        }
    }
}

/// `setattr(value, name, new)`.
pub fn setattr(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "object, name, value, /")?;
    let (Some(object), Some(name), Some(slot)) =
        (bound.value(0).cloned(), bound.value(1).cloned(), bound.slot(2).cloned())
    else {
        return Err(misfit(evaluator, call));
    };
    match name.as_text() {
        Some(text) => {
            evaluator.set_attribute(&object, text, name.at, slot)?;
            Ok(Value::none(call.at))
        }
        None => Err(evaluator.opaque(call)),
    }
}

/// `delattr(value, name)`.
pub fn delattr(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "object, name, /")?;
    match (bound.value(0).cloned(), bound.value(1).and_then(Value::as_text)) {
        (Some(object), Some(name)) => {
            evaluator.delete_attribute(&object, name, call.at)?;
            Ok(Value::none(call.at))
        }
        _ => Err(evaluator.opaque(call)),
    }
}

/// `vars(value)`.
pub fn vars(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.arguments.len() == 0 {
        return locals(evaluator, call);
    }
    let bound = bind(evaluator, call, "object, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    if matches!(&value.kind, ValueKind::Library(path) if &**path == "builtins.object") {
        let owner = vec![("owner", value)];
        return Ok(super::super::arguments::library_instance(evaluator, "types.__dict__", owner, None, call.at));
    }
    match kind_of(evaluator, &value).as_deref().map(|object| &object.kind) {
        Some(ObjectKind::Instance(instance)) if matches!(instance.class, ClassRef::User(_)) => {
            Ok(evaluator.attribute(&value, "__dict__", call.at)?)
        }
        Some(ObjectKind::Class(_)) => Ok(evaluator.attribute(&value, "__dict__", call.at)?),
        _ => Err(evaluator.opaque(call)),
    }
}

/// `dir(value)`.
pub fn dir(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.unknown_of(call, TypeBound::List))
}

/// `globals()`: the variables of the module, as a live mapping.
pub fn globals(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let scope = evaluator.globals();
    Ok(namespace(evaluator, scope, call))
}

/// `locals()`.
pub fn locals(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let scope = evaluator.current_scope();
    if scope == evaluator.globals() {
        return Ok(namespace(evaluator, scope, call));
    }
    let mut attributes = Attributes::default();
    for (name, value) in evaluator.variables_of(scope) {
        let at = value.at;
        attributes.set(&name, at, Slot::here(value));
    }
    Ok(evaluator.dict_of(&attributes, call.at))
}

/// The variables of a module, through which they can be read and set.
fn namespace(evaluator: &mut Evaluator<'_>, scope: ScopeId, call: &Call) -> Value {
    let number = evaluator.int(i64::from(scope.0), call.at);
    super::super::arguments::library_instance(evaluator, "builtins.globals", vec![("scope", number)], None, call.at)
}

/// `exec`, `eval` and `compile`: the code may do anything.
pub fn exec(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if call.name() != "builtins.compile" {
        let reason = evaluator.snippet(call.at);
        let text = call.arguments.positional.first().and_then(|slot| slot.value.as_text().map(str::to_owned));
        match text.filter(|_| call.arguments.positional.len() == 1) {
            Some(text) => evaluator.forget_mentioned(&text, &reason),
            None => evaluator.forget_everything(&reason),
        }
    }
    Err(evaluator.opaque(call))
}

/// `__import__(name)`: the root of the path.
pub fn import(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match &call.arguments.positional[..] {
        [slot] if slot.value.as_text().is_some() && !call.arguments.is_open() => {
            let name = slot.value.as_text().unwrap_or_default().to_owned();
            let whole = evaluator.import_path(&name, call.at);
            let root = name.split('.').next().unwrap_or(&name).to_owned();
            Ok(if root == name { whole } else { evaluator.import_path(&root, call.at) })
        }
        _ => Err(evaluator.opaque(call)),
    }
}

/// `type(name, bases, namespace)`.
pub fn new_class(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let [name, bases, namespace] = &call.arguments.positional[..] else { return Err(evaluator.opaque(call)) };
    let (Some(name), Some(bases)) = (name.value.as_text(), evaluator.elements(&bases.value, call.at)?.slots()) else {
        return Err(evaluator.opaque(call));
    };
    let Some(mapping) = evaluator.mapping_of(&namespace.value, call.at)? else { return Err(evaluator.opaque(call)) };
    let bases: Vec<ClassRef> = bases.iter().map(|slot| evaluator.as_class_ref(&slot.value)).collect();
    let is_plain = bases.iter().all(|base| match base {
        ClassRef::User(id) => evaluator
            .class(*id)
            .is_some_and(|class| matches!(class.kind, ClassKind::Plain) && class.metaclass.is_none()),
        ClassRef::Library(path) => &**path == "builtins.object",
        _ => false,
    });
    if !is_plain || mapping.rest.is_some() || bases.len() > 1 {
        return Err(evaluator.opaque(call));
    }
    let mut attributes = Attributes::default();
    for entry in mapping.entries.values() {
        let Some(key) = entry.key.value.as_text() else { return Err(evaluator.opaque(call)) };
        attributes.set(key, entry.key.value.at, entry.value.clone());
    }
    let inherited = match bases.first() {
        Some(ClassRef::User(id)) => evaluator.class(*id).map(|class| class.order.clone()).unwrap_or_default(),
        _ => Vec::new(),
    };
    let class = Class {
        name: name.into(),
        bases: bases.clone(),
        order: Vec::new(),
        attributes,
        kind: ClassKind::Plain,
        metaclass: None,
        scope: evaluator.current_scope(),
        annotations: Vec::new(),
    };
    let made = evaluator.allocate(ObjectKind::Class(Box::new(class)), call.at);
    if let ValueKind::Object(id) = made.kind {
        let order: Vec<ClassRef> = std::iter::once(ClassRef::User(id)).chain(inherited).collect();
        evaluator.state.change(id, |object| {
            if let ObjectKind::Class(class) = &mut object.kind {
                class.order = order;
            }
        });
    }
    Ok(made)
}

/// `type.__new__(metaclass, name, bases, namespace)`: the class that is being made.
pub fn type_new(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let namespace = call.arguments.positional.get(3).map(|slot| slot.value.clone());
    match evaluator.class_in_making(namespace.as_ref(), call.at) {
        Some(class) => Ok(class),
        None => Err(evaluator.opaque(call)),
    }
}

/// `type.__call__(class, …)`: an instance.
pub fn type_call(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let class = call.arguments.positional.first().and_then(|slot| slot.value.as_object());
    match class.filter(|id| evaluator.class(*id).is_some()) {
        Some(id) => {
            let mut inner = call.clone();
            inner.arguments.positional.remove(0);
            Ok(evaluator.make_instance(id, &inner)?)
        }
        None => Err(evaluator.opaque(call)),
    }
}
