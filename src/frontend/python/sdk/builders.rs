//! The methods of flyte's `PodTemplate` that give a changed copy: `from_spec`, `allow_fuse()` and their like.

use std::rc::Rc;

use super::super::evaluate::{Call, Evaluator, Event, Failure, Outcome, Truth};
use super::super::value::{Arguments, Attributes, Cause, ClassRef, ObjectKind, Sdk, Slot, Value, ValueKind};
use super::fields::{Held, add_entry, add_named, client_object, field_or_new, held, items_of, set_field};
use super::{copies, findings, templates};
use crate::text::Span;
use crate::tree::Location;

const FUSE_RESOURCE: &str = "smarter-devices/fuse";
const FUSE_VOLUME: &str = "fuse-device";
const FUSE_PATH: &str = "/dev/fuse";
const APPARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// `PodTemplate.from_spec(spec, primary_container_name=…, labels=…, annotations=…)`: a deep copy whose primary is the named
/// container, else `primary`, else the only one.
pub fn from_spec(ev: &mut Evaluator<'_>, class: ClassRef, sdk: Sdk, call: &Call) -> Outcome {
    let mut arguments = Arguments { more_keywords: call.arguments.more_keywords.clone(), ..Arguments::default() };
    let mut given = Attributes::default();
    for keyword in call.arguments.keywords.iter().filter(|word| !matches!(&*word.name, "spec" | "pod_spec")) {
        given.set(&keyword.name, keyword.name_at, keyword.slot.clone());
    }
    let spec = call.arguments.get("pod_spec", 0).or_else(|| call.arguments.get("spec", 0)).cloned();
    if let Some(spec) = spec {
        let copy = copies::deep_copy(ev, &spec.value)?;
        let names = containers(ev, &copy).map(|items| names_of(ev, &items));
        given.set("pod_spec", spec.at, Slot::new(copy, spec.at));
        let is_named = given.value("primary_container_name").is_some_and(|name| !name.is_none());
        match names.filter(|_| !is_named).map(|names| primary_among(&names)) {
            Some(Primary::Only(name)) => given.set("primary_container_name", name.at, Slot::here(name)),
            Some(Primary::Missing) => {
                findings::primary_unclear(ev, call.at);
                if ev.is_guarded() {
                    return Err(ev.raise("ValueError", "Cannot determine the primary container", call.at));
                }
            }
            Some(Primary::Unknown) | None if !is_named => {
                let name = ev.fresh(Cause::External, "the only container's name", call.at);
                given.set("primary_container_name", call.at, Slot::here(name));
            }
            _ => {}
        }
    }
    let value = templates::bare(ev, class, call);
    if let Some(id) = value.as_object() {
        given.iter().for_each(|attribute| {
            ev.set_raw_attribute(id, &attribute.name, attribute.name_at, attribute.slot.clone());
        });
        arguments.more_positional = call.arguments.more_positional.clone();
        super::models::open(ev, id, &arguments);
    }
    templates::post_initialise(ev, &value, sdk, call.at);
    templates::register(ev, &value);
    Ok(value)
}

/// Which container is the primary one, where nobody says.
enum Primary {
    /// `primary`, which is the default.
    Default,
    /// The only one.
    Only(Value),
    /// None can be told.
    Missing,
    /// That is not known.
    Unknown,
}

fn primary_among(names: &[Option<Value>]) -> Primary {
    let is_default = |name: &Option<Value>| name.as_ref().and_then(Value::as_text) == Some("primary");
    if names.iter().any(is_default) {
        return Primary::Default;
    }
    match names {
        [Some(only)] if only.as_text().is_some() => Primary::Only(only.clone()),
        _ if names.iter().all(|name| name.as_ref().is_some_and(|name| name.as_text().is_some())) => Primary::Missing,
        _ => Primary::Unknown,
    }
}

/// The containers of a spec, where all are known.
fn containers(ev: &Evaluator<'_>, spec: &Value) -> Option<Vec<Slot>> {
    match held(ev, spec, "containers") {
        Held::Nothing => Some(Vec::new()),
        Held::Known(list) => ev.as_list(&list)?.1.slots(),
        Held::Unknown => None,
    }
}

/// The names of containers; `None` for those that are not known.
fn names_of(ev: &Evaluator<'_>, containers: &[Slot]) -> Vec<Option<Value>> {
    let name = |slot: &Slot| match held(ev, &slot.value, "name") {
        Held::Known(name) => Some(name),
        Held::Nothing if ev.instance(&slot.value).is_some() => Some(Value::text("", slot.at)),
        _ => None,
    };
    containers.iter().map(name).collect()
}

/// What a builder gives: a copy that has its primary container, whether the original had or not, and some more.
pub fn build(ev: &mut Evaluator<'_>, owner: &Value, name: &str, call: &Call) -> Outcome {
    let copy = copies::deep_copy(ev, owner)?;
    let (Some(object), Some(original)) = (copy.as_object(), owner.as_object()) else { return Ok(copy) };
    // What a builder starts from counts only where it is used itself.
    ev.emit(Event::Superseded(original));
    let end = call.head.end;
    let begin = end.saturating_sub(u32::try_from(name.len()).unwrap_or_default());
    let name_at = Location { file: call.at.file, span: Span::new(begin, end) };
    ev.emit(Event::Built { object, method: name.into(), name_at });
    let at = call.at;
    let primary = ensure_primary(ev, &copy, at);
    match (name, &primary) {
        ("with_termination_grace_period", _) => grace_period(ev, &copy, call)?,
        ("allow_fuse", Some(primary)) => allow_fuse(ev, &copy, primary, call)?,
        ("allow_nested_sandboxing", Some(primary)) => allow_sandboxing(ev, &copy, primary, at)?,
        // Which container is the primary one is not known: any may have changed.
        _ => ev.state.escape(&copy, &format!("which container {name}() changes").into()),
    }
    Ok(copy)
}

fn grace_period(ev: &mut Evaluator<'_>, template: &Value, call: &Call) -> Result<(), Failure> {
    let Held::Known(spec) = held(ev, template, "pod_spec") else { return Ok(()) };
    let given = call.arguments.get("termination_grace_period", 0).cloned();
    let mut slot = match given {
        Some(slot) => slot,
        None => Slot::here(ev.fresh(Cause::External, "a grace period", call.at)),
    };
    if matches!(slot.value.kind, ValueKind::Object(_)) {
        let seconds = ev.attribute(&slot.value, "total_seconds", slot.value.at)?;
        let seconds = ev.call_with(&seconds, Vec::new(), slot.value.at)?;
        slot.value = whole_seconds(ev, &seconds, slot.value.at);
    }
    findings::refuse_grace_period(ev, &slot);
    if ev.is_guarded() && matches!(slot.value.kind, ValueKind::Bool(_) | ValueKind::Text(_) | ValueKind::None) {
        return Err(ev.raise("TypeError", "a grace period is a number of seconds", call.at));
    }
    set_field(ev, &spec, "termination_grace_period_seconds", slot);
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "a number of seconds")]
fn whole_seconds(ev: &mut Evaluator<'_>, seconds: &Value, at: Location) -> Value {
    match seconds.kind {
        ValueKind::Float(number) if number.abs() < 9e15 => Value::new(ValueKind::Int(number as i64), at),
        ValueKind::Int(number) => Value::new(ValueKind::Int(number), at),
        _ => ev.fresh(Cause::External, "a timedelta", at),
    }
}

fn allow_fuse(ev: &mut Evaluator<'_>, template: &Value, primary: &Value, call: &Call) -> Result<(), Failure> {
    let at = call.at;
    let privileged = match call.arguments.get("privileged", 0).cloned() {
        Some(slot) => ev.truth(&slot.value, slot.at)?,
        None => Truth::Known(call.arguments.is_open()),
    };
    match privileged {
        Truth::Known(false) => {
            let resources = field_or_new(ev, primary, "resources", "V1ResourceRequirements", at);
            for kind in ["requests", "limits"] {
                add_entry(ev, &resources, kind, FUSE_RESOURCE, "1", at);
            }
        }
        Truth::Known(true) if !call.arguments.is_open() => mount_fuse(ev, template, primary, at)?,
        _ => ev.state.escape(template, &"whether it is privileged".into()),
    }
    add_sys_admin(ev, primary, at);
    add_entry(ev, template, "annotations", "flyte.org/capability-fuse", "true", at);
    Ok(())
}

fn mount_fuse(ev: &mut Evaluator<'_>, template: &Value, primary: &Value, at: Location) -> Result<(), Failure> {
    if let Held::Known(context) = held(ev, primary, "security_context") {
        findings::refuse_privileged(ev, &context, at)?;
    }
    let Held::Known(spec) = held(ev, template, "pod_spec") else { return Ok(()) };
    let text = |text: &str| Value::text(text, at);
    let path = [("path", text(FUSE_PATH)), ("type", text("CharDevice"))];
    let host_path = client_object(ev, "V1HostPathVolumeSource", &path, at);
    let volume = client_object(ev, "V1Volume", &[("name", text(FUSE_VOLUME)), ("host_path", host_path)], at);
    add_named(ev, &spec, "volumes", volume, at);
    let mount = [("name", text(FUSE_VOLUME)), ("mount_path", text(FUSE_PATH))];
    let mount = client_object(ev, "V1VolumeMount", &mount, at);
    add_named(ev, primary, "volume_mounts", mount, at);
    let context = field_or_new(ev, primary, "security_context", "V1SecurityContext", at);
    set_field(ev, &context, "privileged", Slot::new(Value::new(ValueKind::Bool(true), at), at));
    Ok(())
}

fn allow_sandboxing(ev: &mut Evaluator<'_>, template: &Value, primary: &Value, at: Location) -> Result<(), Failure> {
    if let Held::Known(context) = held(ev, primary, "security_context") {
        findings::refuse_sandboxing(ev, &context, at)?;
    }
    let name = primary_name(ev, template);
    let key = format!("{APPARMOR}{}", name.as_ref().and_then(Value::as_text).unwrap_or("primary"));
    findings::refuse_profile(ev, template, &key, at)?;
    add_entry(ev, template, "annotations", &key, "unconfined", at);
    add_sys_admin(ev, primary, at);
    let context = field_or_new(ev, primary, "security_context", "V1SecurityContext", at);
    set_field(ev, &context, "allow_privilege_escalation", Slot::new(Value::new(ValueKind::Bool(false), at), at));
    add_entry(ev, template, "annotations", "flyte.org/capability-nested-sandboxing", "true", at);
    Ok(())
}

fn add_sys_admin(ev: &mut Evaluator<'_>, primary: &Value, at: Location) {
    let context = field_or_new(ev, primary, "security_context", "V1SecurityContext", at);
    let capabilities = field_or_new(ev, &context, "capabilities", "V1Capabilities", at);
    let mut items = items_of(ev, &capabilities, "add", at);
    if items.sure().all(|slot| slot.value.as_text() != Some("SYS_ADMIN")) {
        items.push(Slot::new(Value::text("SYS_ADMIN", at), at));
    }
    let list = ev.allocate(ObjectKind::List(items), at);
    set_field(ev, &capabilities, "add", Slot::new(list, at));
}

fn primary_name(ev: &Evaluator<'_>, template: &Value) -> Option<Value> {
    match held(ev, template, "primary_container_name") {
        Held::Known(name) => Some(name),
        Held::Nothing => Some(Value::text("primary", template.at)),
        Held::Unknown => None,
    }
}

/// The primary container of a template, which is added where it is surely not there; `None` where that is not known.
fn ensure_primary(ev: &mut Evaluator<'_>, template: &Value, at: Location) -> Option<Value> {
    let name = primary_name(ev, template)?;
    let wanted: Rc<str> = name.as_text()?.into();
    if matches!(held(ev, template, "pod_spec"), Held::Unknown) {
        return None;
    }
    let spec = field_or_new(ev, template, "pod_spec", "V1PodSpec", at);
    let mut items = containers(ev, &spec)?;
    let names = names_of(ev, &items);
    for (slot, known) in items.iter().zip(&names) {
        // One whose name is not known may be the primary itself.
        if known.as_ref()?.as_text()? == &*wanted {
            return Some(slot.value.clone());
        }
    }
    let primary = client_object(ev, "V1Container", &[("name", Value::text(wanted, at))], at);
    items.push(Slot::new(primary.clone(), at));
    let list = ev.list(items, at);
    set_field(ev, &spec, "containers", Slot::new(list, at));
    Some(primary)
}
