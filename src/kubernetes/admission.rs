//! What the admission plugins that every server has on do to a pod, as far as it depends on nothing in the cluster.
//!
//! Priority and RuntimeClass look at pods alone; what makes pods is refused when it does, and a default class of the cluster
//! may change that. Source: <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/>.

use super::read::{integer, string};
use super::{PodTemplate, Violations};
use crate::tree::{Field, Node};

const RULE: &str = "forbidden-combination";

/// The classes that every cluster has.
const SYSTEM_CLASSES: [(&str, i64); 2] =
    [("system-node-critical", 2_000_001_000), ("system-cluster-critical", 2_000_000_000)];

/// Checks what the plugins would refuse.
pub fn check(pod: &PodTemplate<'_>, out: &mut Violations<'_>) {
    let Some(spec) = pod.spec.known().filter(|spec| spec.as_map().is_some()) else { return };
    priority(pod, spec, out);
    overhead(pod, spec, out);
}

/// The priority and the preemption policy are those of the class.
fn priority(pod: &PodTemplate<'_>, spec: &Node, out: &mut Violations<'_>) {
    let Some(class) = string(spec, "priorityClassName") else { return };
    let value = match class {
        "" => Some(0),
        class => SYSTEM_CLASSES.iter().find(|(name, _)| *name == class).map(|(_, value)| *value),
    };
    let Some(value) = value else { return };
    let of =
        if class.is_empty() { "without a `priorityClassName`".to_owned() } else { format!("with the class `{class}`") };
    if let Field::Known(given) = integer(spec, "priority")
        && given != value
    {
        let message = format!("`priority` must be {value} {of}, or be left out");
        add(pod, spec, "priority", message, "set `priorityClassName`: the class gives the priority", out);
    }
    let policy = spec.get("preemptionPolicy").known().and_then(Node::as_str);
    if policy == Some("Never") {
        let field = out.field("preemptionPolicy").into_owned();
        let message = format!("`{field}` must be `PreemptLowerPriority` {of}, or be left out");
        add(pod, spec, "preemptionPolicy", message, "set `priorityClassName`: the class gives the policy", out);
    }
}

/// What a runtime costs is said by its class.
fn overhead(pod: &PodTemplate<'_>, spec: &Node, out: &mut Violations<'_>) {
    let has_class = !spec.get("runtimeClassName").is_missing();
    if spec.get("overhead").known().is_some() && !has_class {
        let field = out.field("runtimeClassName").into_owned();
        let message = format!("`overhead` cannot be set without `{field}`");
        add(pod, spec, "overhead", message, "the runtime class gives the overhead", out);
    }
}

fn add(pod: &PodTemplate<'_>, spec: &Node, wire: &str, message: String, help: &str, out: &mut Violations<'_>) {
    let is_pod = pod.is_pod();
    let violation = out.at_field(spec, wire, RULE, message);
    if is_pod {
        violation.help(help);
    } else {
        violation
            .warning()
            .help(format!("{help}; its pods are refused unless a default class of the cluster says the same"));
    }
}
