//! `enum`: members, their values, and finding them by value and name.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, Outcome, Stop};
use super::super::super::value::{
    Attributes, ClassKind, ClassRef, Instance, Key, Mapping, ObjectId, ObjectKind, Slot, Value, ValueKind,
};
use super::set_kind;
use crate::tree::Location;

/// The functions of the module.
pub fn function(path: &str) -> Option<NativeFunction> {
    Some(match path {
        "enum.auto" => auto,
        "enum.unique" | "enum.verify" => unique,
        "enum.member" | "enum.nonmember" => marked,
        _ => return None,
    })
}

fn auto(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let instance = Instance {
        class: ClassRef::Library("enum.auto".into()),
        attributes: Attributes::default(),
        payload: None,
        head: call.head,
    };
    Ok(evaluator.allocate(ObjectKind::Instance(instance), call.at))
}

fn unique(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match call.arguments.positional.first() {
        Some(slot) if call.name() == "enum.unique" => Ok(slot.value.clone()),
        _ => Err(evaluator.not_modelled(call)),
    }
}

fn marked(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let mut attributes = Attributes::default();
    if let Some(slot) = call.arguments.positional.first() {
        attributes.set("value", slot.at, slot.clone());
    }
    let instance =
        Instance { class: ClassRef::Library(call.name().into()), attributes, payload: None, head: call.head };
    Ok(evaluator.allocate(ObjectKind::Instance(instance), call.at))
}

/// What kind of values the members of an enumeration have.
struct Family {
    is_flag: bool,
    is_text: bool,
    is_int: bool,
    is_str_enum: bool,
}

fn family(order: &[ClassRef]) -> Family {
    let has = |wanted: &str| order.iter().any(|base| matches!(base, ClassRef::Library(path) if &**path == wanted));
    let is_str_enum = has("enum.StrEnum");
    Family {
        is_flag: has("enum.Flag") || has("enum.IntFlag"),
        is_text: is_str_enum || has("builtins.str"),
        is_int: has("enum.IntEnum") || has("enum.IntFlag") || has("builtins.int"),
        is_str_enum,
    }
}

/// Makes members of what the body of an enumeration assigns.
pub fn define(evaluator: &mut Evaluator<'_>, id: ObjectId) -> Result<(), Stop> {
    let Some(class) = evaluator.class(id).cloned() else { return Ok(()) };
    let family = family(&class.order);
    set_kind(evaluator, id, ClassKind::Enum(family.is_flag));
    let mut last: Option<i64> = None;
    let mut made: Vec<(Value, Value)> = Vec::new();
    for attribute in class.attributes.iter() {
        if !is_member_name(&attribute.name) || is_excluded(evaluator, &attribute.slot.value) {
            continue;
        }
        let given = inner_value(evaluator, &attribute.slot.value);
        let value = if is_instance_of(evaluator, &given, "enum.auto") {
            next_value(evaluator, id, &family, &attribute.name, last, &made, attribute.slot.at)?
        } else {
            given
        };
        if let Some(number) = value.as_int() {
            last = Some(if family.is_flag { number.max(last.unwrap_or_default()) } else { number });
        }
        let alias = made
            .iter()
            .find(|(known, _)| evaluator.equals(known, &value, 0) == Some(true))
            .map(|(_, member)| member.clone());
        let member = match alias {
            Some(member) => member,
            None => {
                let member = new_member(evaluator, id, &family, &attribute.name, &value, attribute.slot.at)?;
                made.push((value, member.clone()));
                member
            }
        };
        evaluator.set_raw_attribute(id, &attribute.name, attribute.name_at, Slot::new(member, attribute.slot.at));
    }
    Ok(())
}

/// Names with underscores around them are no members.
fn is_member_name(name: &str) -> bool {
    let is_private = name.starts_with("__");
    let is_special = name.starts_with('_') && name.ends_with('_');
    !is_private && !is_special
}

/// Functions, descriptors and what `nonmember` marks stay as they are.
fn is_excluded(evaluator: &Evaluator<'_>, value: &Value) -> bool {
    if is_instance_of(evaluator, value, "enum.nonmember") {
        return true;
    }
    let object = value.as_object().and_then(|id| evaluator.state.object(id));
    object.is_some_and(|object| {
        matches!(object.kind, ObjectKind::Function(_) | ObjectKind::Descriptor(_) | ObjectKind::Class(_))
    })
}

fn is_instance_of(evaluator: &Evaluator<'_>, value: &Value, path: &str) -> bool {
    let instance = value.as_object().and_then(|id| evaluator.state.object(id)).and_then(|object| object.as_instance());
    instance.is_some_and(|instance| matches!(&instance.class, ClassRef::Library(of) if &**of == path))
}

fn inner_value(evaluator: &Evaluator<'_>, value: &Value) -> Value {
    if !is_instance_of(evaluator, value, "enum.member") {
        return value.clone();
    }
    let instance = value.as_object().and_then(|id| evaluator.state.object(id)).and_then(|object| object.as_instance());
    instance.and_then(|instance| instance.attributes.value("value").cloned()).unwrap_or_else(|| value.clone())
}

/// What `auto()` becomes.
fn next_value(
    evaluator: &mut Evaluator<'_>,
    id: ObjectId,
    family: &Family,
    name: &Rc<str>,
    last: Option<i64>,
    made: &[(Value, Value)],
    at: Location,
) -> Result<Value, Stop> {
    if let Some(function) =
        evaluator.class(id).and_then(|class| class.attributes.value("_generate_next_value_").cloned())
    {
        let values: Vec<Value> = made.iter().map(|(value, _)| value.clone()).collect();
        let count = i64::try_from(values.len()).unwrap_or_default();
        let slots = values.into_iter().map(Slot::here).collect();
        let list = evaluator.list(slots, at);
        let arguments = vec![Value::text(Rc::clone(name), at), evaluator.int(1, at), evaluator.int(count, at), list];
        return evaluator.call_with(&function, arguments, at);
    }
    if family.is_str_enum {
        return Ok(Value::text(name.to_lowercase(), at));
    }
    if !made.is_empty() && last.is_none() {
        return Ok(evaluator.unsupported(at));
    }
    let number = match last {
        None => 1,
        Some(last) if family.is_flag => {
            let bits = 64 - last.max(0).leading_zeros();
            1_i64.checked_shl(bits).unwrap_or(1)
        }
        Some(last) => last + 1,
    };
    if family.is_text && !family.is_str_enum {
        // `auto()` of a `(str, Enum)` gives a number's text.
        return Ok(Value::text(number.to_string(), at));
    }
    Ok(evaluator.int(number, at))
}

/// A member: made by the project's `__new__` and `__init__`, where there are.
fn new_member(
    evaluator: &mut Evaluator<'_>,
    id: ObjectId,
    family: &Family,
    name: &Rc<str>,
    value: &Value,
    at: Location,
) -> Result<Value, Stop> {
    let order = evaluator.class(id).map(|class| class.order.clone()).unwrap_or_default();
    let mut attributes = Attributes::default();
    let name_value = Value::text(Rc::clone(name), at);
    for key in ["name", "_name_"] {
        attributes.set(key, at, Slot::new(name_value.clone(), at));
    }
    for key in ["value", "_value_"] {
        attributes.set(key, at, Slot::new(value.clone(), at));
    }
    let payload = if family.is_text || family.is_int { Some(value.clone()) } else { None };
    let has_new = order.iter().any(|base| match base {
        ClassRef::User(base) => evaluator.class(*base).is_some_and(|class| class.attributes.get("__new__").is_some()),
        _ => false,
    });
    if has_new {
        // Its own construction may give the member any value.
        attributes = Attributes::default();
        attributes.set("name", at, Slot::new(name_value, at));
        attributes.rest = Some(super::super::super::value::Gap::new("an enumeration with its own __new__"));
    }
    let instance =
        Instance { class: ClassRef::User(id), attributes, payload: payload.filter(|_| !has_new), head: at.span };
    let member = evaluator.allocate(ObjectKind::Instance(instance), at);
    let is_tuple = value
        .as_object()
        .and_then(|id| evaluator.state.object(id))
        .is_some_and(|object| matches!(object.kind, ObjectKind::Tuple(_)));
    if !has_new && evaluator.special_method(&member, "__init__").is_some() {
        let arguments = if is_tuple {
            evaluator.elements(value, at)?.slots().unwrap_or_default()
        } else {
            vec![Slot::new(value.clone(), at)]
        };
        let method = evaluator.special_method(&member, "__init__");
        if let Some(method) = method {
            evaluator.call_value(&method, super::super::super::value::Arguments::of(arguments), at)?;
        }
    }
    Ok(member)
}

/// `Color("red")`.
pub fn member_by_value(evaluator: &mut Evaluator<'_>, id: ObjectId, call: &Call) -> Outcome {
    let members = evaluator.members(id);
    if members.elements.is_empty() || call.arguments.len() != 1 || call.arguments.is_open() {
        return Err(evaluator.not_modelled(call));
    }
    let Some(wanted) = call.arguments.get("value", 0).map(|slot| slot.value.clone()) else {
        return Err(evaluator.not_modelled(call));
    };
    let mut is_open = members.gap().is_some();
    for slot in members.sure().cloned().collect::<Vec<_>>() {
        if slot.value.is_same(&wanted) {
            return Ok(slot.value);
        }
        let value = member_value(evaluator, &slot.value);
        match value.and_then(|value| evaluator.equals(&value, &wanted, 0)) {
            Some(true) => return Ok(slot.value),
            Some(false) => {}
            None => is_open = true,
        }
    }
    if is_open || wanted.is_unknown() {
        evaluator.may_raise_builtin("ValueError", call.at);
        return Ok(evaluator.one_of_members(id, call.at));
    }
    if let Some(ClassKind::Enum(true)) = evaluator.class(id).map(|class| class.kind.clone()) {
        return Err(evaluator.not_modelled(call));
    }
    let class = Value::new(ValueKind::Object(id), call.at);
    if evaluator.class_defines(id, "_missing_") {
        let function = evaluator.attribute(&class, "_missing_", call.at)?;
        let found = evaluator.call_with(&function, vec![wanted.clone()], call.at)?;
        if !found.is_none() {
            return Ok(found);
        }
    }
    let shown = evaluator.repr(&wanted).unwrap_or_default();
    let name = evaluator.class(id).map_or_else(|| "".into(), |class| Rc::clone(&class.name));
    Err(evaluator.raise("ValueError", format!("{shown} is not a valid {name}"), call.at))
}

/// The value of a member.
pub fn member_value(evaluator: &Evaluator<'_>, member: &Value) -> Option<Value> {
    let instance = evaluator.state.object(member.as_object()?)?.as_instance()?;
    instance.attributes.value("_value_").or_else(|| instance.attributes.value("value")).cloned()
}

/// Attributes of the class of an enumeration.
pub fn class_attribute(evaluator: &mut Evaluator<'_>, id: ObjectId, name: &str, at: Location) -> Option<Outcome> {
    let class = evaluator.class(id)?;
    let attributes = class.attributes.clone();
    let mut mapping = Mapping::default();
    match name {
        "__members__" => {
            for attribute in attributes.iter().filter(|attribute| is_member_name(&attribute.name)) {
                let is_member = attribute
                    .slot
                    .value
                    .as_object()
                    .and_then(|object| evaluator.state.object(object))
                    .and_then(|object| object.as_instance())
                    .is_some_and(|instance| matches!(instance.class, ClassRef::User(of) if of == id));
                if is_member {
                    let key = Value::text(Rc::clone(&attribute.name), attribute.name_at);
                    mapping.set(Key::Text(Rc::clone(&attribute.name)), Slot::here(key), attribute.slot.clone());
                }
            }
            Some(Ok(evaluator.allocate(ObjectKind::Dict(mapping, None), at)))
        }
        _ => None,
    }
}
