//! The Pod Security Standards, as the admission controller of the API server judges them.
//!
//! Source: <https://kubernetes.io/docs/concepts/security/pod-security-standards/>. Each control is checked once: what the
//! baseline forbids is reported by its rule where that is on, otherwise by the restricted one, which includes it.

mod baseline;
mod restricted;

use super::read::{entries, flag, integer, is_given, items, string};
use super::{PodTemplate, Violations, containers};
use crate::config::{KUBERNETES_VERSIONS, Settings};
use crate::tree::{Field, Node};

const BASELINE: &str = "pod-security-baseline";
const RESTRICTED: &str = "pod-security-restricted";

/// Notes what the wanted profiles forbid. Both are off by default.
pub fn check(pod: &PodTemplate<'_>, settings: &Settings, out: &mut Violations<'_>) {
    let Some(spec) = pod.spec.known() else { return };
    let (baseline, restricted) = (settings.is_enabled(BASELINE, false), settings.is_enabled(RESTRICTED, false));
    if !baseline && !restricted {
        return;
    }
    let version = settings.kubernetes_version.unwrap_or(*KUBERNETES_VERSIONS.end());
    let profile = Profile { rule: if baseline { BASELINE } else { RESTRICTED }, spec, version };
    baseline::check(&profile, pod, out);
    if restricted {
        restricted::check(&Profile { rule: RESTRICTED, ..profile }, out);
    }
}

/// A pod spec under a profile.
#[derive(Clone, Copy)]
struct Profile<'a> {
    /// The rule that reports.
    rule: &'static str,
    spec: &'a Node,
    /// The version of Kubernetes (1.x), which the controls depend on.
    version: u8,
}

impl<'a> Profile<'a> {
    /// The level in words.
    fn level(&self) -> &'static str {
        if self.rule == BASELINE { "the Pod Security baseline" } else { "the restricted Pod Security profile" }
    }

    /// All known containers, with the words for them.
    fn containers(&self) -> impl Iterator<Item = (String, &'a Node)> + use<'a> {
        containers::all(self.spec).map(|(_, container)| (title(container), container))
    }

    /// The security contexts of the pod and its containers, where given.
    fn contexts(&self) -> impl Iterator<Item = (String, &'a Node)> + use<'a> {
        let pod = [("the pod".to_owned(), self.spec)];
        let all = pod.into_iter().chain(self.containers());
        all.filter_map(|(title, node)| Some((title, node.get("securityContext").known()?)))
    }

    /// Whether the pod has users of its own, so that its root is nobody on the node.
    fn has_own_users(&self) -> Field<bool> {
        self.spec.get("hostUsers").then(|node| node.as_bool().map_or(Field::Dynamic, |shared| Field::Known(!shared)))
    }

    /// Whether a control is lifted for pods with users of their own; unknown counts as lifted.
    fn is_relaxed(&self) -> bool {
        self.version >= 35 && matches!(self.has_own_users(), Field::Known(true) | Field::Dynamic)
    }

    /// An objection to the value of a field.
    fn forbid(&self, parent: &Node, wire: &str, message: String, out: &mut Violations<'_>) {
        let message = format!("{} forbids this: {message}", self.level());
        out.at_field(parent, wire, self.rule, message).warning();
    }
}

/// How to call a container.
fn title(container: &Node) -> String {
    match string(container, "name") {
        Some(name) if !name.is_empty() => format!("container `{name}`"),
        _ => "a container".to_owned(),
    }
}
