//! What the API server checks when an object with a pod template is created, grouped as a user would look for it.
//!
//! First the object is decoded by the schema (`decode`), then its values are validated. The rules in words are those of
//! Kubernetes 1.34 with default feature gates: <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/>.

mod containers;
mod decode;
mod env;
pub mod formats;
mod lifecycle;
mod metadata;
mod mounts;
mod pod_security;
mod pod_spec;
mod read;
mod resources;
mod scheduling;
mod security;
mod selectors;
mod violation;
mod volumes;
mod warnings;
mod workloads;

pub use violation::Violations;

use crate::config::Settings;
use crate::diagnostic::Diagnostic;
use crate::document::{Document, Flavour, Kind};
use crate::tree::{Field, Node};

/// Everything that the API server would object to in a document, in the order of its fields.
#[must_use]
pub fn check(document: &Document, settings: &Settings) -> Vec<Diagnostic> {
    let mut out = Violations::new(document);
    decode::check(document, settings, &mut out);
    metadata::object(document, &mut out);
    if let Field::Known(template) = document.pod_template() {
        let pod = PodTemplate { document, template, spec: template.get("spec") };
        metadata::template(&pod, &mut out);
        pod_spec::check(&pod, &mut out);
        workloads::check(&pod, &mut out);
        warnings::check(&pod, &mut out);
        pod_security::check(&pod, settings, &mut out);
    } else if document.kind == Kind::PodTemplate && document.pod_template().is_missing() {
        let message = "the template has no containers";
        out.at_missing(&document.root, &["template", "spec", "containers"], "missing-field", message);
    }
    out.into_vec()
}

/// A pod template under check.
pub(crate) struct PodTemplate<'a> {
    /// The document.
    pub document: &'a Document,
    /// The object with `metadata` and `spec`.
    pub template: &'a Node,
    /// The pod spec.
    pub spec: Field<&'a Node>,
}

impl PodTemplate<'_> {
    /// Whether this is a pod itself, not a template of pods.
    pub fn is_pod(&self) -> bool {
        self.document.kind == Kind::Pod
    }

    /// Whether the object goes to the server as it is written; otherwise Flyte fills in what it lacks.
    pub fn is_manifest(&self) -> bool {
        // What stands in Flyte's configuration is only ever merged with the pods of tasks.
        let sent = self.document.kind != Kind::Embedded;
        sent && matches!(self.document.flavour, Flavour::ClusterTemplate | Flavour::Workload)
    }
}
