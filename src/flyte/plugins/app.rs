//! Apps of flyte: a Knative `Service`, whose revisions have the app's pod.
//!
//! Source: `app/internal/k8s/app_client.go` of Flyte.

use std::sync::Arc;

use crate::document::Use;
use crate::flyte::backend::Backend;
use crate::flyte::build::{self, Maker, append};
use crate::flyte::effective::{Effective, Origins};
use crate::flyte::generation::Generation;
use crate::flyte::unknown_fields;
use crate::tree::{Field, Node, Setter, Value};

/// The pod of an app with the service that makes it.
pub(in crate::flyte) fn service(mut pod: Effective, used: Option<&Use>, backend: &Backend) -> Effective {
    let make = Maker::flyte(pod.location);
    pod.stamp();
    let Field::Known(spec) = pod.root.get("spec") else { return pod };
    let mut spec = spec.clone();
    unknown_fields::drop(&mut spec, Generation::V2, &mut pod.notes);
    if build::field(&spec, "enableServiceLinks").is_none() {
        build::set(&mut spec, "enableServiceLinks", make.bool(false));
    }
    let own = used.and_then(|used| build::field(&used.settings, "service_account"));
    let own = own.filter(|node| !build::is_zero(node)).map(|node| Node { setter: Setter::Environment, ..node.clone() });
    if let Some(account) = own.or_else(|| backend.platform.of_app("defaultServiceAccount").cloned()) {
        // It takes the place of the template's.
        build::set(&mut spec, "serviceAccountName", account);
    }
    add_variables(&mut spec, backend, make);
    for part in ["labels", "annotations"] {
        if pod.root.at(&["metadata".into(), part.into()]).is_some_and(|node| !build::is_zero(node)) {
            pod.notes.push(format!("lost: {part} of the template, which the service of an app does not take over"));
        }
    }
    let meta = revision_metadata(used, make);
    pod.root = Node { setter: Setter::Author, ..make.map([("metadata", meta.clone()), ("spec", spec.clone())]) };
    build::set(&mut spec, "timeoutSeconds", make.unknown("the timeout of requests"));
    let template = Node { setter: Setter::Author, ..make.map([("metadata", meta), ("spec", spec)]) };
    pod.object = Some(Arc::new(manifest(&pod, template, make)));
    pod.role = Some("revision".to_owned());
    pod.origins = Origins::of(&pod.root);
    pod
}

/// Flyte's variables go to the first container, whichever that is.
fn add_variables(spec: &mut Node, backend: &Backend, make: Maker) {
    let Some(first) = build::items_mut(spec, "containers").first_mut() else { return };
    let defaults = backend.platform.of_app("defaultEnvVars").and_then(Node::as_map);
    let defaults: Vec<Node> = defaults
        .map(|map| map.entries.as_slice())
        .unwrap_or_default()
        .iter()
        .map(|entry| make.map([("name", make.text(&entry.key.wire)), ("value", entry.value.clone())]))
        .collect();
    if !defaults.is_empty() {
        build::with_list(first, "env", make, |list| {
            list.items.splice(0..0, defaults);
        });
    }
    let names =
        ["INTERNAL_APP_ENDPOINT_PATTERN", "FLYTE_INTERNAL_EXECUTION_PROJECT", "FLYTE_INTERNAL_EXECUTION_DOMAIN"];
    let variable = |name: &str| make.map([("name", make.text(name)), ("value", make.unknown("known when it runs"))]);
    append(first, "env", make, names.map(variable));
}

/// What a revision's metadata holds: how it scales, and the secrets that are asked for.
fn revision_metadata(used: Option<&Use>, make: Maker) -> Node {
    let scaling = used.and_then(|used| build::field(&used.settings, "scaling"));
    let mut annotations = scale(scaling, make);
    let mut meta = Node { setter: Setter::Author, ..make.map([]) };
    let secrets = used.map_or(0, |used| build::items(&used.settings, "secrets").len());
    for number in 0..secrets {
        build::set(&mut annotations, &format!("flyte.secrets/s{number}"), make.unknown("the secret, encoded"));
    }
    build::set(&mut meta, "annotations", annotations);
    if secrets > 0 {
        let labels = make.map([
            ("organization", make.text("flyte")),
            ("project", make.unknown("the project")),
            ("domain", make.unknown("the domain")),
            ("inject-flyte-secrets", make.text("true")),
        ]);
        build::set(&mut meta, "labels", labels);
    }
    meta
}

/// The annotations by which Knative scales an app.
fn scale(scaling: Option<&Node>, make: Maker) -> Node {
    let of_app = Maker { by: Setter::Environment, ..make };
    let unknown = || of_app.unknown("the app's scaling");
    let number = |node: &Node| match &node.value {
        Value::Number(number) => of_app.text(&number.text),
        _ => unknown(),
    };
    let (least, most) = match scaling.map(|scaling| (scaling, build::field(scaling, "replicas"))) {
        None => (make.text("0"), make.text("1")),
        Some((scaling, None)) if scaling.as_map().is_some_and(|map| !map.open) => (make.text("0"), make.text("1")),
        Some((_, Some(replicas))) => match replicas.as_list() {
            Some(list) if list.items.len() == 2 && !list.open => (number(&list.items[0]), number(&list.items[1])),
            Some(_) => (unknown(), unknown()),
            None => (number(replicas), number(replicas)),
        },
        Some(_) => (unknown(), unknown()),
    };
    let mut annotations =
        make.map([("autoscaling.knative.dev/min-scale", least), ("autoscaling.knative.dev/max-scale", most)]);
    let Some(scaling) = scaling else { return annotations };
    if let Some(metric) = build::field(scaling, "metric") {
        let name = match super::class(metric) {
            Some("Concurrency") => of_app.text("concurrency"),
            Some("RequestRate") => of_app.text("rps"),
            _ => unknown(),
        };
        build::set(&mut annotations, "autoscaling.knative.dev/metric", name);
        let target = build::field(metric, "val").map_or_else(unknown, number);
        build::set(&mut annotations, "autoscaling.knative.dev/target", target);
    }
    if build::field(scaling, "scaledown_after").is_some_and(|node| !build::is_zero(node)) {
        let window = of_app.unknown("the time before the app is scaled down");
        build::set(&mut annotations, "autoscaling.knative.dev/window", window);
    }
    annotations
}

fn manifest(pod: &Effective, template: Node, make: Maker) -> Node {
    let name = pod.name.as_deref().map_or_else(|| make.unknown("the app's name"), |name| make.text(name));
    let labels = make.map([
        ("flyte.org/app-managed", make.text("true")),
        ("flyte.org/project", make.unknown("the project")),
        ("flyte.org/domain", make.unknown("the domain")),
        ("flyte.org/app-name", name),
    ]);
    let annotations = make.map([
        ("flyte.org/spec-sha", make.unknown("a digest of the app")),
        ("flyte.org/app-id", make.unknown("project, domain and name")),
    ]);
    let meta = make.map([
        ("name", make.unknown("the app's name with project and domain")),
        ("namespace", make.unknown("the namespace of apps")),
        ("labels", labels),
        ("annotations", annotations),
    ]);
    let spec = make.map([("template", template)]);
    let parts = [
        ("apiVersion", make.text("serving.knative.dev/v1")),
        ("kind", make.text("Service")),
        ("metadata", meta),
        ("spec", spec),
    ];
    Node { setter: Setter::Author, ..make.map(parts) }
}
