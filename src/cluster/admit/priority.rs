//! The priority, which the class decides and nobody else.
//!
//! Source: `plugin/pkg/admission/priority/admission.go`.

use super::Refusal;
use crate::cluster::edit::{below, number, set, set_missing, spec};
use crate::cluster::inventory::{Inventory, PriorityClass};
use crate::flyte::Effective;
use crate::tree::{Field, Node, Value};

const BY: &str = "the priority class";
const RULE: &str = "admission-conflict";

/// Sets priority and preemption by the class.
pub fn fill(pod: &mut Effective, inventory: &Inventory) -> Vec<Refusal> {
    let path = spec();
    let Some(node) = pod.root.at(&path) else { return Vec::new() };
    let at = node.location;
    let (class, name) = match node.text("priorityClassName") {
        Field::Dynamic => return Vec::new(),
        Field::Known(name) if !name.is_empty() => match inventory.priority_classes.get(name) {
            Some(class) => (class.clone(), name.to_owned()),
            // That there is no such class is said elsewhere.
            None => return Vec::new(),
        },
        _ => match default_class(inventory) {
            Some((name, class)) => (class.clone(), name.clone()),
            None => (without_class(), String::new()),
        },
    };
    let mut refusals = Vec::new();
    let of = if name.is_empty() { "a pod without a class".to_owned() } else { format!("the class `{name}`") };
    if let Field::Known(Node { value: Value::Number(own), .. }) = node.get("priority")
        && own.as_i64().is_some_and(|own| own != class.value)
    {
        let message = format!("the priority of {of} is {}, and no other may be set", class.value);
        refusals.push(Refusal::new(RULE, below(&path, "priority"), message).help("leave `priority` out".to_owned()));
    }
    if let (Field::Known(own), Some(wanted)) = (node.text("preemptionPolicy"), &class.preemption)
        && own != wanted
    {
        let message = format!("the preemption policy of {of} is `{wanted}`, and no other may be set");
        let help = "leave the preemption policy out".to_owned();
        refusals.push(Refusal::new(RULE, below(&path, "preemptionPolicy"), message).help(help));
    }
    if !name.is_empty() && node.text("priorityClassName").known() != Some(&name) {
        set(pod, &path, "priorityClassName", Node::string(&name, at), BY);
    }
    set_missing(pod, &path, "priority", number(class.value, at), BY);
    let preemption = class.preemption.unwrap_or_else(|| "PreemptLowerPriority".to_owned());
    set_missing(pod, &path, "preemptionPolicy", Node::string(&preemption, at), BY);
    refusals
}

fn without_class() -> PriorityClass {
    PriorityClass { preemption: Some("PreemptLowerPriority".to_owned()), ..PriorityClass::default() }
}

/// Of several default classes the lowest counts.
fn default_class(inventory: &Inventory) -> Option<(&String, &PriorityClass)> {
    inventory.priority_classes.iter().filter(|(_, class)| class.is_default).min_by_key(|(_, class)| class.value)
}
