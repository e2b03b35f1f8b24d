//! Calls of the Flyte SDKs held against their signatures, and against the checks that their constructors make.

use std::rc::Rc;

use super::super::evaluate::{Call, Evaluator};
use super::super::value::{ClassRef, Keyword, Value, ValueKind};
use super::argument_checks::{hold_check, hold_later};
use super::findings::{self, diagnostic, report};
use super::sorts::template_path;
use crate::config::{FlyteVersion, Version};
use crate::schema::sdk::{self, Callable, ClassKind, Default, Definition, ParameterKind};
use crate::text::nearest;
use crate::tree::Location;

/// What is called.
struct Target {
    /// As messages call it: `TaskEnvironment`, `clone_with`.
    name: Rc<str>,
    /// The class or function itself, or the class of the method.
    definition: &'static Definition,
    callable: &'static Callable,
    is_constructor: bool,
    is_override: bool,
}

/// Reports what the signature or the constructor surely refuses.
pub fn judge(ev: &mut Evaluator<'_>, call: &Call) {
    if ev.is_importing() || ev.is_guarded() || ev.reach().is_none() {
        return;
    }
    let Some(target) = target(ev, call) else { return };
    if version_of(ev, target.definition.path).is_some_and(|project| project.is_before(Version::new(1, 13, 0))) {
        return;
    }
    let is_opaque = target.callable.head(None).is_none_or(|head| head.opaque);
    if is_opaque || !ev.charge(1 + call.arguments.len()) {
        return;
    }
    let given = named_arguments(ev, &target, call);
    unknown_arguments(ev, &target, call);
    missing_arguments(ev, &target, &given, call);
    if target.is_constructor {
        let checks = target.definition.class().map(|class| class.checks).unwrap_or_default();
        for check in checks.iter().filter(|check| check.versions.last().is_none()) {
            if let Some(keyword) = given.iter().find(|keyword| &*keyword.name == check.name) {
                hold_check(ev, check, &keyword.slot);
            }
        }
        super::amounts::judge(ev, target.definition.path, &given);
    }
    if target.definition.path.starts_with("flytekit.") {
        for keyword in &given {
            hold_later(ev, keyword);
        }
    }
}

/// What a call calls, where the tables have it.
fn target(ev: &Evaluator<'_>, call: &Call) -> Option<Target> {
    match &call.callee.kind {
        ValueKind::TemplateClass(sdk) => of_path(template_path(*sdk)?),
        ValueKind::Library(path) => of_path(path),
        ValueKind::Method(method) => match &method.receiver.kind {
            ValueKind::TemplateClass(sdk) => of_path(&format!("{}.{}", template_path(*sdk)?, method.name)),
            _ => of_method(ev, &method.receiver, &method.name),
        },
        _ => None,
    }
}

fn of_path(path: &str) -> Option<Target> {
    if let Some(definition) = sdk::find(path) {
        let is_constructor = definition.class().is_some();
        let facts = definition.facts(None);
        let is_plain = facts.is_none_or(|facts| {
            !facts.opaque && matches!(facts.kind, ClassKind::Plain | ClassKind::Dataclass | ClassKind::NamedTuple)
        });
        let callable = definition.constructor(None).filter(|_| is_plain && !lacks_fields(definition))?;
        let name = definition.path.rsplit('.').next()?.into();
        return Some(Target { name, definition, callable, is_constructor, is_override: false });
    }
    let (class, name) = path.rsplit_once('.')?;
    let definition = sdk::find(class).filter(|known| known.class().is_some())?;
    let method = definition.method(name, None).filter(|method| method.kind != sdk::MethodKind::Instance)?;
    Some(Target {
        name: name.into(),
        definition,
        callable: &method.callable,
        is_constructor: false,
        is_override: false,
    })
}

/// Whether the fields are missing that a class has from one of another distribution.
fn lacks_fields(definition: &'static Definition) -> bool {
    let Some(own) = definition.class().and_then(|class| class.constructor.as_ref()) else { return false };
    let origin = definition.distribution().map(|known| known.name);
    let mut bases = definition.lineage(None).skip(1);
    bases.any(|base| {
        let inherited = base.class().and_then(|class| class.constructor.as_ref());
        base.distribution().map(|known| known.name) != origin
            && inherited.is_some_and(|base| base.parameters(None).any(|one| own.parameter(one.name, None).is_none()))
    })
}

fn of_method(ev: &Evaluator<'_>, receiver: &Value, name: &Rc<str>) -> Option<Target> {
    let order = ev.classes_of(receiver);
    let definition = order.iter().find_map(|class| match class {
        ClassRef::Library(path) => sdk::find(path),
        ClassRef::Template(sdk) => template_path(*sdk).and_then(sdk::find),
        _ => None,
    })?;
    let method = definition.method(name, None)?;
    let is_override = &**name == "override";
    Some(Target { name: Rc::clone(name), definition, callable: &method.callable, is_constructor: false, is_override })
}

/// All arguments by the names of their parameters.
fn named_arguments(ev: &mut Evaluator<'_>, target: &Target, call: &Call) -> Vec<Keyword> {
    let mut given = call.arguments.keywords.clone();
    let by_place: Vec<&str> = target
        .callable
        .parameters(None)
        .filter(|parameter| matches!(parameter.kind, ParameterKind::PositionalOnly | ParameterKind::Either))
        .map(|parameter| parameter.name)
        .collect();
    let takes_more = target.callable.parameters(None).any(|one| one.kind == ParameterKind::Positionals);
    for (index, slot) in call.arguments.positional.iter().enumerate() {
        match by_place.get(index) {
            Some(name) if call.arguments.named(name).is_some() => {
                let message = format!("`{}` gets `{name}` twice: as argument {} and by name", target.name, index + 1);
                report(ev, diagnostic("conflicting-arguments", slot.at, message, "drop one of the two"));
            }
            Some(name) => given.push(Keyword { name: (*name).into(), name_at: slot.at, slot: slot.clone() }),
            None if takes_more => {}
            None => {
                let count = by_place.len();
                let takes = if count == 1 { "one argument".to_owned() } else { format!("{count} arguments") };
                let message = format!("`{}` takes at most {takes} without a name", target.name);
                report(ev, diagnostic("positional-argument", slot.at, message, ""));
                break;
            }
        }
    }
    given
}

fn unknown_arguments(ev: &mut Evaluator<'_>, target: &Target, call: &Call) {
    if call.arguments.keywords.is_empty() {
        return;
    }
    let Some(callables) = callables(target) else { return };
    for keyword in &call.arguments.keywords {
        let known = callables.iter().find_map(|callable| callable.parameter(&keyword.name, None));
        match known {
            Some(parameter) => {
                let since = parameter.versions.first();
                let project = version_of(ev, target.definition.path);
                let (Some(since), Some(project)) = (since, project) else { continue };
                let first = Version::new(since.0.into(), since.1.into(), since.2.into());
                if callables.iter().all(|one| is_since(one, &keyword.name, first)) && project.is_before(first) {
                    let message = format!("`{}` has the argument `{}` only from {since} on", target.name, keyword.name);
                    let help = "use a newer release, or leave it out";
                    report(ev, diagnostic("unknown-argument", keyword.name_at, message, help));
                }
            }
            None => refuse_keyword(ev, target, &callables, keyword),
        }
    }
}

/// Whether a callable has a parameter in no release before one.
fn is_since(callable: &Callable, name: &str, first: Version) -> bool {
    callable.parameters.iter().filter(|row| row.name == name).all(|row| {
        row.versions.first().is_some_and(|since| first <= Version::new(since.0.into(), since.1.into(), since.2.into()))
    })
}

fn refuse_keyword(ev: &mut Evaluator<'_>, target: &Target, callables: &[&'static Callable], keyword: &Keyword) {
    let names: Vec<&str> = callables
        .iter()
        .flat_map(|callable| callable.parameters(None))
        .filter(|parameter| parameter.kind.is_single() && !parameter.name.starts_with('_'))
        .map(|parameter| parameter.name)
        .collect();
    let near = nearest(&keyword.name, names.iter().copied()).and_then(|index| names.get(index));
    let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
    let message = format!("`{}` has no argument `{}`", target.name, keyword.name);
    report(ev, diagnostic("unknown-argument", keyword.name_at, message, &help));
}

/// The callables whose parameters are taken by name; `None` where any name is.
fn callables(target: &Target) -> Option<Vec<&'static Callable>> {
    let takes = |callable: &'static Callable, wanted: ParameterKind| {
        callable.parameters(None).any(|parameter| parameter.kind == wanted)
    };
    let mut found = vec![target.callable];
    if target.is_override {
        // What it does not know itself it gives to the constructor of the task.
        found.push(sdk::find("flyte.AsyncFunctionTaskTemplate")?.constructor(None)?);
        return Some(found);
    }
    if takes(target.callable, ParameterKind::Keywords) {
        return None;
    }
    if takes(target.callable, ParameterKind::Forwarded) {
        if !target.is_constructor {
            return None;
        }
        for class in target.definition.lineage(None) {
            let Some(own) = class.class().and_then(|class| class.constructor.as_ref()) else { continue };
            found.push(own);
            if takes(own, ParameterKind::Keywords) || own.head(None).is_none_or(|head| head.opaque) {
                return None;
            }
            if !takes(own, ParameterKind::Forwarded) {
                return Some(found);
            }
        }
        return None;
    }
    Some(found)
}

/// The releases that the project may have of the SDK that a path is of.
fn version_of(ev: &Evaluator<'_>, path: &str) -> Option<FlyteVersion> {
    match path.split('.').next() {
        Some("flyte") => ev.assumptions.flyte,
        Some("flytekit") => ev.assumptions.flytekit,
        _ => None,
    }
}

fn missing_arguments(ev: &mut Evaluator<'_>, target: &Target, given: &[Keyword], call: &Call) {
    if call.arguments.is_open() {
        return;
    }
    for parameter in target.callable.parameters(None).filter(|parameter| parameter.kind.is_single()) {
        let rows = target.callable.parameters.iter().filter(|row| row.name == parameter.name);
        let is_given = given.iter().any(|keyword| &*keyword.name == parameter.name);
        if is_given || rows.into_iter().any(|row| row.default != Default::Required) {
            continue;
        }
        let message = format!("`{}` needs the argument `{}`", target.name, parameter.name);
        let at = Location { span: call.head, ..call.at };
        report(ev, diagnostic("missing-argument", at, message, &format!("add `{}=…`", parameter.name)));
    }
}

/// A name that a module of an SDK does not have in any release.
pub fn refuse_name(ev: &mut Evaluator<'_>, path: &str, at: Location) {
    let Some((module, name)) = path.rsplit_once('.') else { return };
    if name.starts_with('_') || name.contains('(') || sdk::find(path).is_some() {
        return;
    }
    if let Some(class) = sdk::find(module).filter(|found| found.class().is_some()) {
        let has = class.method(name, None).is_some() || class.attribute(name, None).is_some();
        if class.is_closed(None) && !has && !ev.is_guarded() {
            let methods: Vec<&str> =
                class.class().map(|class| class.methods.iter().map(|method| method.name).collect()).unwrap_or_default();
            let near = nearest(name, methods.iter().copied()).and_then(|index| methods.get(index));
            let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
            report(ev, diagnostic("missing-attribute", at, format!("`{module}` has no `{name}`"), &help));
        }
        return;
    }
    let Some(found) = sdk::find(module).and_then(Definition::module) else { return };
    if !found.lists(None) || found.name(name, None).is_some() || ev.is_guarded() {
        return;
    }
    let names: Vec<&str> = found.names.iter().map(|known| known.name).collect();
    let near = nearest(name, names.iter().copied()).and_then(|index| names.get(index));
    let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
    let finding = diagnostic("missing-attribute", at, format!("`{module}` has no `{name}`"), &help);
    findings::report(ev, finding);
}
