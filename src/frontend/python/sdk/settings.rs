//! The arguments of environments and tasks, by name.

use std::rc::Rc;

use super::super::value::{Arguments, Attribute, Attributes, Keyword, Slot};

/// Arguments that take a template.
pub const TEMPLATE_ARGUMENTS: [&str; 3] = ["pod_template", "driver_pod", "executor_pod"];

/// Whether an argument of that name takes a template.
pub fn takes_template(argument: &str) -> bool {
    TEMPLATE_ARGUMENTS.contains(&argument)
}

/// All arguments by name; those by position have the names of the parameters.
pub fn named(arguments: &Arguments, parameters: &[&str]) -> Vec<Keyword> {
    let by_position = parameters.iter().zip(&arguments.positional);
    let mut named: Vec<Keyword> = arguments.keywords.clone();
    named.extend(by_position.map(|(name, slot)| Keyword {
        name: (*name).into(),
        name_at: slot.at,
        slot: slot.clone(),
    }));
    named
}

/// The argument of that name.
pub fn setting<'k>(settings: &'k [Keyword], name: &str) -> Option<&'k Slot> {
    settings.iter().find(|keyword| &*keyword.name == name).map(|keyword| &keyword.slot)
}

/// The text of the argument `name`.
pub fn name_in(settings: &[Keyword]) -> Option<String> {
    setting(settings, "name")?.value.as_text().map(str::to_owned)
}

/// Attributes as arguments.
pub fn keywords(attributes: &Attributes) -> Vec<Keyword> {
    let keyword = |attribute: &Attribute| Keyword {
        name: Rc::clone(&attribute.name),
        name_at: attribute.name_at,
        slot: attribute.slot.clone(),
    };
    attributes.iter().map(keyword).collect()
}

/// Arguments that make something else of a task's pod, so that it is worth a look without a template, too.
pub const SHAPING_ARGUMENTS: [&str; 5] =
    ["accelerator", "plugin_config", "pod_template_name", "shared_memory", "task_config"];
