//! # primary-image-override
//!
//! ## What it does
//! Finds an image of the primary container beside an image of the task or environment.
//!
//! ## Why
//! The SDKs fill in the image of the task only where the container has none. So the image that is built for the environment
//! is not used, and the one that runs may lack Flyte ("a0: not found") or the task's code. flytekit's old `Pod` does the
//! opposite: it always replaces the container's image.
//!
//! ## Example
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     pod_spec=V1PodSpec(containers=[V1Container(name="primary", image="ghcr.io/acme/cuda:12.4")]),
//! )
//! env = flyte.TaskEnvironment(
//!     name="training",
//!     image=flyte.Image.from_debian_base().with_pip_packages("kubernetes", "torch"),
//!     pod_template=template,
//! )
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name="primary")]))
//! env = flyte.TaskEnvironment(
//!     name="training",
//!     image=flyte.Image.from_debian_base().with_pip_packages("kubernetes", "torch"),
//!     pod_template=template,
//! )
//! ```
//!
//! ## References
//! - [Flyte: Pod templates](https://www.union.ai/docs/v2/flyte/user-guide/task-configuration/pod-templates)

use crate::diagnostic::{Authority, Fix, Severity};
use crate::document::{Flavour, Use};
use crate::pod::{Container, Role};
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Entry, Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "primary-image-override",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("primary_image_override.rs"),
    check,
};

fn check(context: &Context<'_>, findings: &mut Findings) {
    let primary = context.pod.containers.known.iter().find(|container| container.role == Role::Primary);
    let Some((container, image)) = primary.and_then(|container| Some((container, own_image(container)?))) else {
        return;
    };
    let title = container.title();
    let setting = match context.document.flavour {
        Flavour::V1Task => "container_image",
        Flavour::V2Task | Flavour::V2App => "image",
        Flavour::V1Pod => {
            let message =
                format!("the image of the {title} has no effect: flytekit's `Pod` puts the task's in this place");
            let fix = Fix::needs_review("remove the image", vec![context.remove(image)]);
            findings.push(context.at(image, message).help("give the image to the task").fix(fix));
            return;
        }
        _ => return,
    };
    let ignored =
        context.document.uses.iter().find_map(|used| ignored_image(used, setting, image).map(|entry| (used, entry)));
    let Some((used, entry)) = ignored else { return };
    let noun = used.kind.noun();
    let message = format!("the {title} has an image of its own, so that of the {noun} is not used");
    let fix = Fix::needs_review("remove the image from the template", vec![context.remove(image)]);
    let finding = context.at(image, message).label(entry.value.location, format!("the image of the {noun}"));
    findings.push(
        finding.help("keep one of the two: the container's image must have Flyte and the task's code in it").fix(fix),
    );
}

/// The image of a container, where it is plain text.
fn own_image<'a>(container: &Container<'a>) -> Option<&'a Node> {
    let image = container.node.get("image").known()?;
    image.as_str().is_some_and(|text| !text.is_empty()).then_some(image)
}

/// The image beside the template that it makes useless.
fn ignored_image<'a>(used: &'a Use, setting: &str, image: &Node) -> Option<&'a Entry> {
    let entry = used.settings.as_map()?.entry(setting)?;
    let is_given = match &entry.value.value {
        Value::String(text) => !matches!(&**text, "auto" | "") && image.as_str() != Some(text),
        // Of other values only those count that surely are images.
        Value::Dynamic(dynamic) => dynamic.class.is_some() || !dynamic.pattern.is_empty(),
        Value::Map(_) => true,
        _ => false,
    };
    is_given.then_some(entry)
}
