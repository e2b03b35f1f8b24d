//! What surely raises in the SDKs before there is a pod, or is surely lost: found while evaluating.

use std::rc::Rc;

use super::super::evaluate::{Evaluator, Event, Failure, Reach};
use super::super::value::{Arguments, ClassRef, Keyword, ObjectKind, Sdk, Slot, Value, ValueKind};
use super::classes;
use super::fields::{FIELDS, Held, held};
use super::settings::setting;
use super::sorts::{Sort, sort_of};
use crate::config::ClientGeneration;
use crate::diagnostic::{Authority, Diagnostic, Label, Severity};
use crate::document::UseKind;
use crate::schema::python;
use crate::text::nearest;
use crate::tree::Location;

/// Longer names are not compared with others.
const MAX_NAME: usize = 200;

/// A finding at a place.
pub fn diagnostic(rule: &'static str, at: Location, message: impl Into<String>, help: &str) -> Diagnostic {
    Diagnostic {
        help: (!help.is_empty()).then(|| help.to_owned()),
        ..Diagnostic::new(rule, Severity::Error, Authority::Flyte, message.into(), at)
    }
}

/// Reports what is certain; where it is not known whether the code runs, as a warning: not what a module does for itself, nor what a `try` may be there for.
pub fn report(ev: &mut Evaluator<'_>, mut diagnostic: Diagnostic) {
    if ev.is_importing() || ev.is_guarded() {
        return;
    }
    if ev.reach() != Some(Reach::Import) {
        diagnostic.severity = diagnostic.severity.min(Severity::Warning);
    }
    ev.emit(Event::Found(Box::new(diagnostic)));
}

/// A finding on a value that may be written elsewhere than where it is used.
pub fn with_use(mut finding: Diagnostic, slot: &Slot) -> Diagnostic {
    if finding.location != slot.at {
        finding.labels.push(Label { location: slot.at, message: "used here".to_owned() });
    }
    finding
}

/// A class that `kubernetes.client` does not have.
pub fn refuse_class_name(ev: &mut Evaluator<'_>, path: &str, at: Location) {
    let Some(name) = path.strip_prefix("kubernetes.client.") else { return };
    let name = name.strip_prefix("models.").unwrap_or(name);
    let is_class = name.starts_with(char::is_uppercase) || name.starts_with('v');
    if !is_class || name.contains(['.', '(', '_']) || python::is_class_name(name) || name.len() > MAX_NAME {
        return;
    }
    let near = match ev.notes.misspelt.get(name) {
        Some(known) => *known,
        // Loops come here again and again, and to compare with all names takes long.
        None if !ev.charge(2_000) => return,
        None => {
            let names: Vec<&'static str> = python::class_names().collect();
            let near = nearest(name, names.iter().copied()).and_then(|index| names.get(index).copied());
            ev.notes.misspelt.insert(name.into(), near);
            near
        }
    };
    let versioned = format!("V1{name}");
    let near = near.or_else(|| python::class(&versioned).map(|class| class.name));
    let message = format!("`kubernetes.client` has no class `{name}`");
    let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
    let mut finding = diagnostic("unknown-client-class", at, message, &help);
    if near.is_none() && ev.assumptions.client == ClientGeneration::Unknown {
        // A newer client may have it.
        finding.severity = Severity::Warning;
    }
    report(ev, Diagnostic { authority: Authority::Client, ..finding });
}

/// `from_spec` of a spec with several containers, none of them `primary`.
pub fn primary_unclear(ev: &mut Evaluator<'_>, at: Location) {
    let message = "`from_spec` cannot tell which container is the primary one, and raises `ValueError`";
    report(ev, diagnostic("missing-primary-container", at, message, "say it with `primary_container_name=`"));
}

/// A builder's result that nothing keeps.
pub fn copy_discarded(method: &str, at: Location) -> Diagnostic {
    let message = format!("`{method}()` gives a changed copy, which is lost here");
    diagnostic("discarded-template-copy", at, message, "assign the result: the template itself stays as it was")
}

/// A change of a list or dict that a model has copied before.
pub fn lost_change(at: Location, taker: &str, kind: &str) -> Diagnostic {
    let message = format!("changed after `{taker}` copied the {kind}: the pod does not get it");
    let help = format!("change the {kind} before `{taker}` gets it, or change the model's own {kind}");
    let finding = diagnostic("lost-change", at, message, &help);
    Diagnostic { severity: Severity::Warning, authority: Authority::Client, ..finding }
}

/// A grace period that the builder refuses.
pub fn refuse_grace_period(ev: &mut Evaluator<'_>, slot: &Slot) {
    let message = match &slot.value.kind {
        ValueKind::Bool(_) | ValueKind::Text(_) | ValueKind::None => {
            "`with_termination_grace_period` takes seconds or a `timedelta`"
        }
        ValueKind::Int(number) if *number < 0 => "a grace period cannot be negative",
        ValueKind::Float(_) => "`with_termination_grace_period` takes whole seconds",
        _ => return,
    };
    report(ev, with_use(diagnostic("conflicting-capability", slot.value.at, message, ""), slot));
}

/// `allow_fuse(privileged=True)` on a container that says otherwise.
pub fn refuse_privileged(ev: &mut Evaluator<'_>, context: &Value, at: Location) -> Result<(), Failure> {
    for field in ["privileged", "allow_privilege_escalation"] {
        refuse_if(ev, context, (field, false), "allow_fuse(privileged=True)", at)?;
    }
    Ok(())
}

/// `allow_nested_sandboxing()` on a container that says otherwise.
pub fn refuse_sandboxing(ev: &mut Evaluator<'_>, context: &Value, at: Location) -> Result<(), Failure> {
    for field in ["privileged", "allow_privilege_escalation"] {
        refuse_if(ev, context, (field, true), "allow_nested_sandboxing()", at)?;
    }
    Ok(())
}

fn refuse_if(
    ev: &mut Evaluator<'_>,
    context: &Value,
    (field, set): (&str, bool),
    builder: &str,
    at: Location,
) -> Result<(), Failure> {
    let Held::Known(value) = held(ev, context, field) else { return Ok(()) };
    if !matches!(value.kind, ValueKind::Bool(known) if known == set) {
        return Ok(());
    }
    let python = if set { "True" } else { "False" };
    let message = format!("`{builder}` raises `ValueError`: the primary container sets `{field}={python}`");
    conflict(ev, message, at)
}

/// A builder that surely raises.
fn conflict(ev: &mut Evaluator<'_>, message: String, at: Location) -> Result<(), Failure> {
    if ev.is_guarded() {
        return Err(ev.raise("ValueError", message, at));
    }
    report(ev, diagnostic("conflicting-capability", at, message, "drop one of the two"));
    Ok(())
}

/// `allow_nested_sandboxing()` on a template that asks for another AppArmor profile.
pub fn refuse_profile(ev: &mut Evaluator<'_>, template: &Value, key: &str, at: Location) -> Result<(), Failure> {
    let Held::Known(annotations) = held(ev, template, "annotations") else { return Ok(()) };
    let profile = match annotations.as_object().and_then(|id| ev.state.object(id)).map(|object| &object.kind) {
        Some(ObjectKind::Dict(entries, _)) => entries.entries.get(&super::super::value::Key::Text(key.into())),
        _ => None,
    };
    let other = profile.and_then(|entry| entry.value.value.as_text()).is_some_and(|profile| profile != "unconfined");
    if !other {
        return Ok(());
    }
    let message =
        "`allow_nested_sandboxing()` raises `ValueError`: the primary container has an AppArmor profile of its own";
    conflict(ev, message.to_owned(), at)
}

/// What no environment or task takes as a template: a dict, a spec, a number.
pub fn refuse_as_template(ev: &mut Evaluator<'_>, slot: &Slot, v1: bool, app: bool) {
    let wrong = |message: &str, help: &str| diagnostic("wrong-template-type", slot.at, message, help);
    let what = match &slot.value.kind {
        ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) => "a value of another type",
        ValueKind::Text(text) if v1 && !text.is_empty() => {
            let message = "flytekit takes the name of a cluster's template as `pod_template_name`";
            return report(ev, wrong(message, "use `pod_template_name=`"));
        }
        ValueKind::Text(text) if app && !text.is_empty() => {
            "the name of a cluster's template, which apps do not support"
        }
        ValueKind::Text(text) if text.is_empty() => {
            // The SDKs go on without a template.
            let finding = wrong("an empty name means no template at all", "");
            return report(ev, Diagnostic { severity: Severity::Warning, ..finding });
        }
        ValueKind::Text(_) => return refuse_template_name(ev, slot),
        ValueKind::Object(_) | ValueKind::Bound(_) => return refuse_object(ev, slot, v1),
        ValueKind::TemplateClass(_) | ValueKind::ClientClass(_) => "the class itself",
        _ => return,
    };
    report(ev, wrong(&format!("`pod_template` takes a `PodTemplate`, and this is {what}"), ""));
}

fn refuse_object(ev: &mut Evaluator<'_>, slot: &Slot, v1: bool) {
    let Some(sort) = sort_of(ev, &slot.value) else { return };
    if let Sort::Function(_) | Sort::Class(_) = sort {
        let message = format!("`pod_template` takes a `PodTemplate`, and this is {}", sort.words());
        return report(ev, diagnostic("wrong-template-type", slot.at, message, &sort.help()));
    }
    let is_other = matches!(&sort, Sort::Instance(path) if &**path == "flytekit.PodTemplate");
    if is_other && !v1 {
        let message = "`pod_template` takes a `flyte.PodTemplate`, and this is flytekit's";
        return report(ev, diagnostic("wrong-template-type", slot.at, message, "import `PodTemplate` from `flyte`"));
    }
    let kind = slot.value.as_object().and_then(|id| ev.state.object(id)).map(|object| &object.kind);
    let what = match kind {
        Some(ObjectKind::Instance(instance)) => match &instance.class {
            ClassRef::Client(class) => class.name.to_owned(),
            ClassRef::Library(path) => match classes::class(path) {
                Some(class) => class.name.to_owned(),
                None => return,
            },
            _ => return,
        },
        Some(ObjectKind::List(_) | ObjectKind::Tuple(_) | ObjectKind::Dict(..) | ObjectKind::Set(_)) => {
            let message = "`pod_template` takes a `PodTemplate`, and this is a dict or list";
            return report(ev, diagnostic("wrong-template-type", slot.at, message, ""));
        }
        _ => return,
    };
    let message = format!("`pod_template` takes a `PodTemplate`, and this is a `{what}`");
    let help = if what == "V1PodSpec" { "wrap it: `PodTemplate(pod_spec=…)`" } else { "" };
    report(ev, diagnostic("wrong-template-type", slot.at, message, help));
}

/// The name of a template of the cluster: whether there is one is told later, where the cluster's are known.
pub fn refuse_template_name(ev: &mut Evaluator<'_>, slot: &Slot) {
    let Some(name) = slot.value.as_text().filter(|name| !name.is_empty()) else { return };
    let Some(known) = ev.assumptions.cluster_templates.clone() else { return };
    if known.contains(name) {
        return;
    }
    let message = format!("none of the cluster's templates is named `{name}`");
    let near = nearest(name, known.iter().map(String::as_str)).and_then(|index| known.iter().nth(index));
    let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
    let finding = diagnostic("unknown-template-name", slot.value.at, message, &help);
    report(ev, with_use(Diagnostic { severity: Severity::Warning, ..finding }, slot));
}

/// `@env.task(pod_template=…)` of a reusable environment.
pub fn template_on_reusable(ev: &mut Evaluator<'_>, at: Location) {
    let message = "the environment is reusable: a task of it cannot have a `pod_template` of its own";
    report(ev, diagnostic("pod-template-on-reusable", at, message, "set `pod_template` on the environment"));
}

/// A template whose constructor raises, or whose pod spec is none.
pub fn refuse_template_arguments(ev: &mut Evaluator<'_>, sdk: Sdk, arguments: &Arguments) {
    for keyword in arguments.keywords.iter().filter(|word| !FIELDS.contains(&&*word.name)) {
        let name = &keyword.name;
        let near = nearest(name, FIELDS).and_then(|index| FIELDS.get(index));
        let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
        let message = format!("`PodTemplate` has no argument `{name}`");
        report(ev, diagnostic("unknown-argument", keyword.name_at, message, &help));
    }
    if let Some(spec) = arguments.get("pod_spec", 0).cloned() {
        refuse_as_spec(ev, &spec);
    }
    let primary = arguments.get("primary_container_name", 1).filter(|_| matches!(sdk, Sdk::V1 | Sdk::Pod));
    if let Some(slot) = primary.filter(|slot| slot.value.as_text() == Some("")) {
        let message = "flytekit raises: a primary container needs a name";
        report(ev, diagnostic("missing-primary-container", slot.at, message, ""));
    }
}

fn refuse_as_spec(ev: &mut Evaluator<'_>, slot: &Slot) {
    let kind = slot.value.as_object().and_then(|id| ev.state.object(id)).map(|object| &object.kind);
    let what = match (&slot.value.kind, kind) {
        (ValueKind::Text(_), _) => "a string",
        (ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Bool(_), _) => "a plain value",
        (_, Some(ObjectKind::Instance(instance))) => match &instance.class {
            ClassRef::Client(class) if class.name != "V1PodSpec" => class.name,
            ClassRef::Template(_) => "an object of an SDK",
            ClassRef::Library(path) if classes::class(path).is_some() => "an object of an SDK",
            _ => return,
        },
        (_, Some(ObjectKind::List(_) | ObjectKind::Tuple(_) | ObjectKind::Dict(..) | ObjectKind::Set(_))) => {
            "a dict or list"
        }
        _ => return,
    };
    let message = format!("`pod_spec` takes a `V1PodSpec`, and this is {what}");
    report(ev, diagnostic("wrong-argument-type", slot.at, message, "the SDK fails on it when the task is submitted"));
}

/// Arguments of environments, tasks and overrides that the SDK refuses; `path` is what takes them.
pub fn refuse_settings(ev: &mut Evaluator<'_>, kind: UseKind, path: &str, settings: &[Keyword]) {
    refuse_wrong_templates(ev, kind, path, settings);
    let is_v2 = path.starts_with("flyte.");
    match kind {
        UseKind::TaskEnvironment | UseKind::AppEnvironment => refuse_unknown_arguments(ev, true, settings),
        UseKind::V1Task => refuse_unknown_arguments(ev, false, settings),
        UseKind::ContainerTask => refuse_unknown_arguments(ev, is_v2, settings),
        _ => return,
    }
    let given = |name: &str| setting(settings, name).filter(|slot| matches!(slot.value.kind, ValueKind::Object(_)));
    if kind == UseKind::V1Task
        && let Some(slot) = given("resources")
        && (given("requests").is_some() || given("limits").is_some())
    {
        let message = "flytekit raises: `resources` stands for `requests` and `limits`, and excludes them";
        let help = "use `resources` alone, or the other two";
        report(ev, diagnostic("conflicting-arguments", slot.at, message, help));
    }
    let name = if is_v2 { "env_vars" } else { "environment" };
    if let Some(slot) = setting(settings, name).cloned() {
        refuse_variables(ev, name, &slot.value);
    }
}

/// Says what the SDK refuses as a template, where it is known who takes it.
fn refuse_wrong_templates(ev: &mut Evaluator<'_>, kind: UseKind, path: &str, settings: &[Keyword]) {
    if matches!(kind, UseKind::V1Task | UseKind::ContainerTask)
        && let Some(slot) = setting(settings, "pod_template_name").cloned()
    {
        refuse_template_name(ev, &slot);
    }
    let Some(slot) = setting(settings, "pod_template").cloned() else { return };
    let is_v1 = !path.is_empty() && !path.starts_with("flyte.") && !path.starts_with("flyteplugins.");
    match kind {
        UseKind::V1Task | UseKind::ContainerTask => refuse_as_template(ev, &slot, is_v1, false),
        UseKind::TaskEnvironment | UseKind::Override => refuse_as_template(ev, &slot, false, false),
        UseKind::AppEnvironment => refuse_as_template(ev, &slot, false, true),
        // Names of templates are another matter: plugins differ.
        UseKind::PluginRole if slot.value.as_text().is_none() => {
            refuse_as_template(ev, &slot, is_v1 || !path.contains('.'), false)
        }
        _ => {}
    }
}

/// A keyword about templates that the SDK does not have.
pub fn refuse_unknown_arguments(ev: &mut Evaluator<'_>, is_v2: bool, settings: &[Keyword]) {
    let (known, sdk): (&[&str], &str) =
        if is_v2 { (&["pod_template"], "flyte") } else { (&["pod_template", "pod_template_name"], "flytekit") };
    for keyword in settings {
        if keyword.name.to_ascii_lowercase().contains("template") && !known.contains(&&*keyword.name) {
            let message = format!("{sdk} has no argument `{}` here", keyword.name);
            report(ev, diagnostic("unknown-argument", keyword.name_at, message, "did you mean `pod_template`?"));
        }
    }
}

/// Variables whose values are no strings.
fn refuse_variables(ev: &mut Evaluator<'_>, name: &str, variables: &Value) {
    let Some(object) = variables.as_object().and_then(|id| ev.state.shared(id)) else { return };
    let ObjectKind::Dict(entries, _) = &object.kind else { return };
    for entry in entries.entries.values() {
        let value = &entry.value;
        if matches!(value.value.kind, ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Bool(_) | ValueKind::None) {
            let variable: Rc<str> = entry.key.value.as_text().unwrap_or_default().into();
            let message = format!("the value of `{variable}` in `{name}` must be a string");
            report(ev, diagnostic("wrong-argument-type", value.at, message, "put it in quotes"));
        }
    }
}
