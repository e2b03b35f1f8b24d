//! Where templates go: the environments, tasks, apps and plugins that the module gives them to.

use std::rc::Rc;

use super::super::evaluate::{Call, Evaluator, Event, Used};
use super::super::value::{Attributes, Keyword, ObjectId, ObjectKind, Slot, Value, ValueKind};
use super::classes::{self, SdkClass};
use super::settings::{SHAPING_ARGUMENTS, TEMPLATE_ARGUMENTS, keywords, name_in, named, setting, takes_template};
use super::{findings, handles};
use crate::document::UseKind;
use crate::tree::Location;

/// Notes the templates among the arguments of a class of an SDK.
pub fn of_class(ev: &mut Evaluator<'_>, object: &Value, class: &'static SdkClass, settings: Vec<Keyword>) {
    let Some(kind) = class.takes else { return };
    let path = match ev.classes_of(object).iter().find_map(library_path) {
        Some(path) => path,
        None => class.name.into(),
    };
    findings::refuse_settings(ev, kind, &path, &settings);
    of_arguments(ev, kind, (Some(class.name), object.at), None, settings);
}

fn library_path(class: &super::super::value::ClassRef) -> Option<Rc<str>> {
    match class {
        super::super::value::ClassRef::Library(path) if classes::class(path).is_some() => Some(Rc::clone(path)),
        _ => None,
    }
}

/// Notes the templates among the arguments of a call, or that a task or an app has none.
pub fn of_arguments(
    ev: &mut Evaluator<'_>,
    kind: UseKind,
    (taker, at): (Option<&'static str>, Location),
    name: Option<String>,
    settings: Vec<Keyword>,
) {
    let name = name.or_else(|| name_in(&settings));
    let mut given: Vec<(Slot, UseKind, Option<&'static str>)> = Vec::new();
    for Keyword { name, slot, .. } in &settings {
        match TEMPLATE_ARGUMENTS.into_iter().find(|argument| *argument == &**name) {
            Some("pod_template") => given.push((slot.clone(), kind, taker)),
            Some(role) => given.push((slot.clone(), UseKind::PluginRole, Some(role))),
            None if &**name == "task_config" && is_template(ev, &slot.value) => given.push((slot.clone(), kind, None)),
            None => {}
        }
    }
    if given.iter().all(|(slot, ..)| slot.value.is_none()) {
        note_bare(ev, kind, taker, name.clone(), at, &settings);
    }
    for (slot, kind, taker) in given {
        note(ev, &slot, kind, taker, name.clone(), settings.clone(), Attributes::default());
    }
}

/// Whether a value is or may be a template.
pub fn is_template(ev: &Evaluator<'_>, value: &Value) -> bool {
    match &value.kind {
        ValueKind::Object(id) => ev.is_template(*id),
        ValueKind::Unknown(unknown) => unknown.candidates.iter().any(|candidate| is_template(ev, candidate)),
        _ => false,
    }
}

/// Notes one use.
pub fn note(
    ev: &mut Evaluator<'_>,
    slot: &Slot,
    kind: UseKind,
    taker: Option<&'static str>,
    name: Option<String>,
    settings: Vec<Keyword>,
    inherited: Attributes,
) {
    let may_be = matches!(slot.value.kind, ValueKind::Object(_) | ValueKind::Unknown(_));
    if !may_be || ev.is_importing() {
        return;
    }
    ev.charge(settings.len());
    let used = Used { value: slot.value.clone(), kind, taker, name, at: slot.at, settings, inherited };
    ev.emit(Event::Used(Box::new(used)));
}

/// Notes a task or an app without a template, where something else makes its pod worth a look.
pub fn note_bare(
    ev: &mut Evaluator<'_>,
    kind: UseKind,
    taker: Option<&'static str>,
    name: Option<String>,
    at: Location,
    settings: &[Keyword],
) {
    let is_shaped = match kind {
        UseKind::AppEnvironment => true,
        UseKind::Task | UseKind::V1Task | UseKind::ContainerTask => {
            let given = settings.iter().filter(|word| SHAPING_ARGUMENTS.contains(&&*word.name));
            given.into_iter().any(|word| !word.slot.value.is_none())
        }
        _ => false,
    };
    if !is_shaped || ev.is_importing() {
        return;
    }
    ev.charge(settings.len());
    let (settings, inherited) = (settings.to_vec(), Attributes::default());
    ev.emit(Event::Used(Box::new(Used { value: Value::none(at), kind, taker, name, at, settings, inherited })));
}

/// Sees each call before it is made: overrides of tasks, and calls of what podlint does not know.
pub fn observe(ev: &mut Evaluator<'_>, call: &Call) {
    if call.arguments.keywords.is_empty() {
        return;
    }
    let Some((kind, task)) = kind_of(ev, call) else { return };
    let settings = named(&call.arguments, &[]);
    let mut name = name_in(&settings);
    let mut all = settings.clone();
    if let Some(task) = task {
        name = name.or_else(|| handles::name_of(ev, &task));
        for keyword in handles::settings_of(ev, &task) {
            if !takes_template(&keyword.name) && setting(&all, &keyword.name).is_none() {
                all.push(keyword);
            }
        }
    }
    findings::refuse_settings(ev, kind, "", &settings);
    of_arguments(ev, kind, (None, call.at), name, all);
}

/// What a call means for the templates in it, and the task that it overrides; `None` where what happens in it will tell.
fn kind_of(ev: &Evaluator<'_>, call: &Call) -> Option<(UseKind, Option<Value>)> {
    match &call.callee.kind {
        ValueKind::Method(method) => {
            let task = Some(method.receiver.clone()).filter(|receiver| handles::is_task(ev, receiver));
            match &*method.name {
                "override" => Some((UseKind::Override, task)),
                "with_overrides" => Some((UseKind::WithOverrides, task)),
                "task" | "clone_with" if handles::class_of(ev, &method.receiver).is_some() => None,
                name if name.starts_with("super.") => None,
                _ => Some((UseKind::Other, None)),
            }
        }
        ValueKind::Library(path) => {
            let is_known = classes::class(path).is_some()
                || classes::makes_v1_task(path)
                || path.ends_with(".__init__")
                || path.starts_with("builtins.")
                || path.starts_with("functools.")
                || path.starts_with("dataclasses.");
            (!is_known).then_some((UseKind::Other, None))
        }
        ValueKind::Unknown(unknown) => {
            let written = ev.text_of(call.at.file).get(call.head.range()).unwrap_or_default();
            Some(match written.rsplit_once('.').map(|(_, method)| method) {
                Some("override") => (UseKind::Override, None),
                Some("with_overrides") => (UseKind::WithOverrides, None),
                _ if unknown.is_one_of => return None,
                _ => (UseKind::Other, None),
            })
        }
        ValueKind::Object(id) => {
            let is_followed = matches!(
                ev.state.object(*id).map(|object| &object.kind),
                Some(ObjectKind::Function(_) | ObjectKind::Class(_) | ObjectKind::Descriptor(_))
            );
            let is_known = is_followed || handles::is_decorator(ev, &call.callee) || handles::is_task(ev, &call.callee);
            let calls_own = ev.defined_in(&ev.classes_of(&call.callee), "__call__").is_some();
            (!is_known && !calls_own).then_some((UseKind::Other, None))
        }
        _ => None,
    }
}

/// An attribute of an object is set to a template.
pub fn of_attribute(ev: &mut Evaluator<'_>, owner: ObjectId, slot: &Slot) {
    if !is_template(ev, &slot.value) {
        return;
    }
    let object = Value::new(ValueKind::Object(owner), slot.at);
    let class = handles::class_of(ev, &object);
    let attributes = ev.instance(&object).map(|instance| instance.attributes.clone()).unwrap_or_default();
    let settings: Vec<Keyword> = class.map(|_| keywords(&attributes)).unwrap_or_default();
    let name = name_in(&settings);
    let kind = class.and_then(|class| class.takes).unwrap_or(UseKind::Other);
    note(ev, slot, kind, None, name, settings, Attributes::default());
}
