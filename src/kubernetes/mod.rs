//! What the API server checks when an object with a pod template is created, grouped as a user would look for it.
//!
//! First the object is decoded by the schema (`decode`), then fields of feature gates that are off are taken out of it
//! (`dropped`), then its values are validated. Where releases differ and no gate says so, the check asks
//! `out.release().is_from(minor)`. <https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/>.

mod admission;
mod containers;
mod decode;
mod dropped;
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

pub use dropped::stored;
pub use violation::Violations;

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};

use crate::config::Settings;
use crate::diagnostic::Diagnostic;
use crate::document::{Document, Flavour, Kind};
use crate::schema::gates::Release;
use crate::tree::{Field, Node};

/// Everything that the API server would object to in a document, in the order of its fields.
#[must_use]
pub fn check(document: &Document, settings: &Settings) -> Vec<Diagnostic> {
    let mut out = Violations::new(document, settings.release());
    let gated = decode::check(document, &mut out);
    let stored = dropped::settle(document, gated, &mut out);
    let mut found = out.into_vec();
    found.extend(validate(stored.as_ref().unwrap_or(document), settings));
    found
}

/// Whether the server takes an object without a look at the spec of its pods, which it refuses later.
#[must_use]
pub fn admits_unread(document: &Document, release: Release) -> bool {
    let is_stateful = document.api.as_ref().is_some_and(|(_, kind)| kind == "StatefulSet");
    is_stateful && document.kind == Kind::Workload && !release.is_from(workloads::STATEFUL_SETS_READ_FROM)
}

/// What the server objects to in the values of an object as it would store it.
fn validate(document: &Document, settings: &Settings) -> Vec<Diagnostic> {
    let mut out = Violations::new(document, settings.release());
    metadata::object(document, &mut out);
    if let Field::Known(template) = document.pod_template() {
        let pod = PodTemplate::new(document, template);
        metadata::template(&pod, &mut out);
        let before = out.count();
        pod_spec::check(&pod, &mut out);
        if admits_unread(document, out.release()) {
            out.admitted(before, "Kubernetes admits the StatefulSet all the same, and refuses its pods");
        }
        workloads::check(document, Some(&pod), &mut out);
        admission::check(&pod, &mut out);
        warnings::check(&pod, &mut out);
        pod_security::check(&pod, settings, &mut out);
    } else if document.kind == Kind::Workload {
        workloads::check(document, None, &mut out);
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
    fields: RefCell<HashMap<&'static str, Field<&'a Node>>>,
    profiles: OnceCell<HashMap<&'a str, &'a str>>,
    claims: OnceCell<Option<HashSet<&'a str>>>,
    ephemeral: OnceCell<HashSet<&'a str>>,
    claimed: OnceCell<HashSet<&'a str>>,
}

impl<'a> PodTemplate<'a> {
    fn new(document: &'a Document, template: &'a Node) -> Self {
        let (fields, profiles, claims, ephemeral, claimed) = Default::default();
        Self { document, template, spec: template.get("spec"), fields, profiles, claims, ephemeral, claimed }
    }

    /// A field of the pod spec that many parts of it ask for, looked up once.
    pub fn of_spec(&self, wire: &'static str) -> Field<&'a Node> {
        *self.fields.borrow_mut().entry(wire).or_insert_with(|| self.spec.then(|spec| spec.get(wire)))
    }

    /// The value of an annotation of the pod that gives a profile of seccomp or AppArmor.
    pub fn profile(&self, key: &str) -> Option<&'a str> {
        let profiles = || {
            let metadata = self.template.get("metadata").known();
            let all = metadata.map(|metadata| read::entries(metadata, "annotations")).unwrap_or_default().iter();
            let named =
                all.filter(|entry| entry.key.wire.starts_with("container.") || entry.key.wire.starts_with("seccomp."));
            named.filter_map(|entry| Some((&*entry.key.wire, entry.value.as_str()?))).collect()
        };
        self.profiles.get_or_init(profiles).get(key).copied()
    }

    /// The names that may be used in `resources.claims`; `None` where not all are known.
    pub fn claim_names(&self) -> Option<&HashSet<&'a str>> {
        self.claims.get_or_init(|| pod_spec::claim_names(self.spec.known()?)).as_ref()
    }

    /// The names of the volumes whose claims are made with the pod.
    pub fn ephemeral_volumes(&self) -> &HashSet<&'a str> {
        let names = || {
            let volumes = self.spec.known().map(|spec| read::items(spec, "volumes")).unwrap_or_default().iter();
            let brought = volumes.filter(|volume| volume.get("ephemeral").known().is_some());
            brought.filter_map(|volume| read::string(volume, "name")).collect()
        };
        self.ephemeral.get_or_init(names)
    }

    /// Whether this is a pod itself, not a template of pods.
    pub fn is_pod(&self) -> bool {
        self.document.kind == Kind::Pod
    }

    /// Whether a StatefulSet makes the pods, which gives them names and claims.
    pub fn is_stateful(&self) -> bool {
        self.document.api.as_ref().is_some_and(|(_, kind)| kind == "StatefulSet")
    }

    /// The names of the volumes that a StatefulSet puts in the place of the template's.
    pub fn claimed_volumes(&self) -> &HashSet<&'a str> {
        let names = || {
            let spec = self.document.root.get("spec").known().filter(|_| self.is_stateful());
            let claims = spec.map(|spec| read::items(spec, "volumeClaimTemplates")).unwrap_or_default().iter();
            claims.filter_map(|claim| read::string(claim.get("metadata").known()?, "name")).collect()
        };
        self.claimed.get_or_init(names)
    }

    /// Whether the object goes to the server as it is written; otherwise Flyte fills in what it lacks.
    pub fn is_manifest(&self) -> bool {
        // What stands in Flyte's configuration is only ever merged with the pods of tasks.
        let sent = self.document.kind != Kind::Embedded;
        sent && matches!(self.document.flavour, Flavour::ClusterTemplate | Flavour::Workload)
    }
}
