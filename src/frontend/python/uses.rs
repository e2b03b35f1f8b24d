//! Where templates go: the environments, tasks, apps and plugins that the module gives them to.

use std::rc::Rc;

use super::calls::{Arguments, Site};
use super::functions::Function;
use super::interpreter::Interpreter;
use super::sdk::{self, SdkClass};
use super::value::{Body, Data, Instance, Of, Slot, Val};
use crate::document::UseKind;
use crate::text::Span;
use crate::tree::Location;

/// Arguments that take a template.
const TEMPLATE_ARGUMENTS: [&str; 3] = ["pod_template", "driver_pod", "executor_pod"];

/// A place where a template goes.
#[derive(Clone, Debug)]
pub struct TemplateUse {
    /// The template's place in the heap.
    pub object: usize,
    /// To what.
    pub kind: UseKind,
    /// The class or argument that takes it.
    pub taker: Option<&'static str>,
    /// Whose.
    pub name: Option<String>,
    /// The argument, or the decorator that takes the environment's template.
    pub at: Location,
    /// What is said beside the template.
    pub settings: Settings,
}

/// Arguments by name: where the name is written, and the value.
pub type Settings = Vec<(Rc<str>, Location, Slot)>;

/// Whether an argument of that name takes a template.
pub fn takes_template(argument: &str) -> bool {
    TEMPLATE_ARGUMENTS.contains(&argument)
}

impl<'a> Interpreter<'a> {
    /// Notes where the templates among the arguments of a call go.
    pub(super) fn note_uses(&mut self, callee: &Val, arguments: &Arguments, site: Site<'a>) {
        if let Some(environment) = self.environment_of_task(callee) {
            return self.note_task(environment, arguments, self.at(site));
        }
        let kind = kind_of_call(callee, site.method);
        if kind == UseKind::Other && self.is_followed(callee) {
            return;
        }
        let mut settings = arguments.keywords.clone();
        let class = class_of(callee);
        for (name, slot) in class.map_or(&[][..], |class| class.positional).iter().zip(&arguments.positional) {
            settings.push(((*name).into(), slot.at, slot.clone()));
        }
        let task = self.overridden(callee);
        let name = self.name_in(&settings).or_else(|| task.map(|function| function.code.name().to_owned()));
        let inherited = task.and_then(|function| function.task.clone()).unwrap_or_default();
        for setting in inherited {
            if !takes_template(&setting.0) && settings.iter().all(|(name, ..)| *name != setting.0) {
                settings.push(setting);
            }
        }
        let mut given: Vec<(Slot, UseKind, Option<&'static str>)> = Vec::new();
        for (name, _, slot) in &settings {
            match TEMPLATE_ARGUMENTS.into_iter().find(|argument| *argument == &**name) {
                Some("pod_template") => given.push((slot.clone(), kind, class.map(|class| class.name))),
                Some(role) => given.push((slot.clone(), UseKind::PluginRole, Some(role))),
                None if self.is_pod_config(name, slot) => given.push((slot.clone(), kind, None)),
                None => {}
            }
        }
        self.refuse_wrong_templates(kind, callee, &settings);
        self.refuse_arguments(kind, callee, &settings);
        for (slot, kind, taker) in given {
            self.note_use(&slot, kind, taker, name.clone(), settings.clone());
        }
    }

    /// Whether the evaluation goes on inside what is called: what happens there will tell.
    fn is_followed(&self, callee: &Val) -> bool {
        match &callee.data {
            Data::Function(index) | Data::Bound(_, index) => {
                self.functions.get(*index).is_some_and(|function| !function.decorated)
            }
            Data::UserClass(_) => true,
            Data::Path(path) => &**path == "functools.partial",
            _ => false,
        }
    }

    /// A task of an environment: its own template, else the environment's.
    pub(super) fn note_task(&mut self, environment: usize, arguments: &Arguments, at: Location) {
        let Some(Body::Instance(instance)) = self.heap.get(environment).map(|object| &object.body) else { return };
        let inherited: Settings = instance.attributes.clone();
        let mut settings: Settings = Vec::new();
        for (name, named_at, slot) in &inherited {
            let own = arguments.keywords.iter().find(|(own, _, value)| own == name && value.val.data != Data::None);
            let (name, named_at, slot) = own.unwrap_or(&(name.clone(), *named_at, slot.clone())).clone();
            settings.push((name, named_at, slot));
        }
        for argument in &arguments.keywords {
            if inherited.iter().all(|(name, ..)| *name != argument.0) {
                settings.push(argument.clone());
            }
        }
        let own = arguments.keywords.iter().find(|(name, _, slot)| takes_template(name) && slot.val.data != Data::None);
        let template = own.or_else(|| settings.iter().find(|(name, ..)| takes_template(name)));
        self.refuse_unknown_arguments(true, &arguments.keywords);
        self.task_settings = Some(settings.clone());
        let Some(slot) = template.map(|(.., slot)| slot.clone()) else { return };
        let reusable = settings.iter().find(|(name, ..)| &**name == "reusable").map(|(.., slot)| slot.val.clone());
        if own.is_some() {
            self.refuse_as_template(&slot, false, false);
        }
        if own.is_some() && reusable.is_some_and(|val| matches!(val.data, Data::Object(_))) {
            self.template_on_reusable(slot.at);
        }
        let at = if own.is_some() { slot.at } else { at };
        self.note_use(&Slot { at, ..slot }, UseKind::Task, None, None, settings);
    }

    /// Says what the SDK refuses as a template, where it is known who takes it.
    fn refuse_wrong_templates(&mut self, kind: UseKind, callee: &Val, settings: &Settings) {
        if matches!(kind, UseKind::V1Task | UseKind::ContainerTask)
            && let Some((.., slot)) = settings.iter().find(|(name, ..)| &**name == "pod_template_name").cloned()
        {
            self.refuse_template_name(&slot);
        }
        let given = settings.iter().find(|(name, ..)| &**name == "pod_template").map(|(.., slot)| slot.clone());
        let Some(slot) = given else { return };
        let is_v1 = match &callee.data {
            Data::Path(path) => !path.starts_with("flyte."),
            _ => false,
        };
        match kind {
            UseKind::V1Task | UseKind::ContainerTask => self.refuse_as_template(&slot, is_v1, false),
            UseKind::TaskEnvironment | UseKind::Override => self.refuse_as_template(&slot, false, false),
            UseKind::AppEnvironment => self.refuse_as_template(&slot, false, true),
            // Names of templates are another matter: plugins differ.
            UseKind::PluginRole if slot.val.text().is_none() => self.refuse_as_template(&slot, false, false),
            _ => {}
        }
    }

    /// Notes one use, if the value is a template.
    pub(super) fn note_use(
        &mut self,
        slot: &Slot,
        kind: UseKind,
        taker: Option<&'static str>,
        name: Option<String>,
        settings: Settings,
    ) {
        let Some(template) = self.is_template(&slot.val) else { return };
        let at = slot.at;
        let object = self.templates[template].object;
        self.look_through(self.uses.len());
        self.copy_items(settings.len());
        let known = self.uses.iter().any(|other| other.object == object && other.at == at && other.name == name);
        if !self.is_importing() && !known {
            self.uses.push(TemplateUse { object, kind, taker, name, at, settings });
        }
    }

    /// Gives the uses that decorators of a function made its name.
    pub(super) fn name_uses(&mut self, since: usize, function: &str) {
        for noted in self.uses.iter_mut().skip(since) {
            if matches!(noted.kind, UseKind::Task | UseKind::V1Task) {
                noted.name = Some(function.to_owned());
            }
        }
    }

    /// The environment whose `task` a value is.
    pub(super) fn environment_of_task(&self, val: &Val) -> Option<usize> {
        let Data::Method(owner, name) = &val.data else { return None };
        let Data::Object(index) = owner.data else { return None };
        let Of::Sdk(class) = self.instance_of(owner)? else { return None };
        (&**name == "task" && class.takes == Some(UseKind::TaskEnvironment)).then_some(index)
    }

    /// An attribute of an environment is set to a template.
    pub(super) fn note_attribute(&mut self, owner: usize, slot: &Slot) {
        let class = match self.heap.get(owner).map(|object| &object.body) {
            Some(Body::Instance(Instance { of: Of::Sdk(class), user: None, attributes, .. })) => {
                Some((class.takes, attributes.clone()))
            }
            _ => None,
        };
        let (takes, settings) = class.unwrap_or_default();
        let name = self.name_in(&settings);
        self.note_use(slot, takes.unwrap_or(UseKind::Other), None, name, settings);
    }

    /// An object of a class of an SDK.
    pub(super) fn sdk_object(
        &mut self,
        class: &'static SdkClass,
        arguments: Arguments,
        at: Location,
        head: Span,
    ) -> Val {
        let mut instance = Instance { of: Of::Sdk(class), user: None, attributes: Vec::new(), head };
        for (name, slot) in class.positional.iter().zip(arguments.positional) {
            instance.set(name, slot.at, slot);
        }
        for (name, named_at, slot) in arguments.keywords {
            instance.set(&name, named_at, slot);
        }
        self.allocate(Body::Instance(instance), arguments.open, at)
    }

    /// `env.clone_with(name, …)`: a copy with some settings of its own.
    pub(super) fn clone_environment(&mut self, owner: &Val, arguments: &Arguments, at: Location) -> Val {
        let copy = self.shallow_copy(owner);
        let Data::Object(index) = copy.data else { return copy };
        if let Some(Body::Instance(instance)) = self.heap.get_mut(index).map(|object| &mut object.body) {
            if let Some(name) = arguments.get("name", 0) {
                instance.set("name", name.at, name.clone());
            }
            for (name, named_at, slot) in arguments.keywords.iter().filter(|(.., slot)| slot.val.data != Data::None) {
                instance.set(name, *named_at, slot.clone());
            }
        }
        let template = self.instance_attribute(&copy, "pod_template");
        if let Some(template) = template {
            self.note_attribute(index, &Slot::new(template, at));
        }
        copy
    }

    fn name_in(&self, settings: &Settings) -> Option<String> {
        settings.iter().find(|(name, ..)| &**name == "name").and_then(|(.., slot)| slot.val.text().map(str::to_owned))
    }

    /// Whether an argument is flytekit's old `task_config=Pod(…)`.
    fn is_pod_config(&self, name: &str, slot: &Slot) -> bool {
        name == "task_config" && self.is_template(&slot.val).is_some()
    }

    /// The function whose `override` a value is.
    fn overridden(&self, callee: &Val) -> Option<&Function<'a>> {
        let Data::Method(owner, _) = &callee.data else { return None };
        let Data::Function(index) = owner.data else { return None };
        self.functions.get(index)
    }
}

fn class_of(callee: &Val) -> Option<&'static SdkClass> {
    match &callee.data {
        Data::Path(path) => sdk::class(path),
        _ => None,
    }
}

fn kind_of_call(callee: &Val, method: Option<&str>) -> UseKind {
    if let Some(kind) = class_of(callee).and_then(|class| class.takes) {
        return kind;
    }
    match (&callee.data, method) {
        (Data::Path(path), _) if sdk::makes_v1_task(path) => UseKind::V1Task,
        (_, Some("override")) => UseKind::Override,
        (_, Some("with_overrides")) => UseKind::WithOverrides,
        _ => UseKind::Other,
    }
}
