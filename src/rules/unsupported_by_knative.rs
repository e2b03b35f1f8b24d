//! # unsupported-by-knative
//!
//! ## What it does
//! Finds fields of an app's template that Knative refuses at its default features.
//!
//! ## Why
//! flyte deploys an `AppEnvironment` as a Knative `Service`. Knative takes only a part of a pod spec; the rest is behind feature
//! flags that the administrators of a cluster turn on. Without the flag the service is refused when the app is deployed:
//! "must not set the field(s): spec.template.spec.tolerations".
//!
//! ## Example
//! ```python
//! import flyte
//! import flyte.app
//! from kubernetes.client import V1Container, V1PodSpec, V1Toleration
//!
//! template = flyte.PodTemplate(
//!     primary_container_name="app",
//!     pod_spec=V1PodSpec(
//!         containers=[V1Container(name="app")],
//!         tolerations=[V1Toleration(key="nvidia.com/gpu", operator="Exists")],
//!     ),
//! )
//! app = flyte.app.AppEnvironment(name="dash", pod_template=template)
//! ```
//!
//! ## Use instead
//! ```python
//! import flyte
//! import flyte.app
//! from kubernetes.client import V1Container, V1PodSpec
//!
//! template = flyte.PodTemplate(
//!     primary_container_name="app",
//!     pod_spec=V1PodSpec(containers=[V1Container(name="app")]),
//! )
//! app = flyte.app.AppEnvironment(name="dash", pod_template=template)
//! ```
//!
//! ## Options
//! - `knative-features`: the features that are enabled in the cluster, by the names in `config-features` without
//!   `kubernetes.podspec-`: `["tolerations", "init-containers"]`
//!
//! ## References
//! - [Knative: Feature and extension flags](https://knative.dev/docs/serving/configuration/feature-flags/)

use crate::diagnostic::{Authority, Severity};
use crate::document::Flavour;
use crate::pod::Container;
use crate::rule::{Context, Findings, Group, Rule};
use crate::tree::{Entry, Field, Node, Value};

/// The rule.
pub static RULE: Rule = Rule {
    name: "unsupported-by-knative",
    severity: Severity::Warning,
    authority: Authority::Flyte,
    group: Group::Primary,
    enabled_by_default: true,
    source: include_str!("unsupported_by_knative.rs"),
    check,
};

/// Fields of the pod spec that are refused, and the feature that lets them through; none where no feature does.
const POD: &[(&str, &str)] = &[
    ("activeDeadlineSeconds", ""),
    ("affinity", "affinity"),
    ("dnsConfig", "dnsconfig"),
    ("dnsPolicy", "dnspolicy"),
    ("ephemeralContainers", ""),
    ("hostAliases", "hostaliases"),
    ("hostIPC", "hostipc"),
    ("hostNetwork", "hostnetwork"),
    ("hostPID", "hostpid"),
    ("initContainers", "init-containers"),
    ("nodeName", ""),
    ("nodeSelector", "nodeselector"),
    ("overhead", ""),
    ("preemptionPolicy", ""),
    ("priority", ""),
    ("priorityClassName", "priorityclassname"),
    ("readinessGates", ""),
    ("restartPolicy", ""),
    ("runtimeClassName", "runtimeclassname"),
    ("schedulerName", "schedulername"),
    ("securityContext", "securitycontext"),
    ("shareProcessNamespace", "shareprocessnamespace"),
    ("subdomain", ""),
    ("terminationGracePeriodSeconds", ""),
    ("tolerations", "tolerations"),
    ("topologySpreadConstraints", "topologyspreadconstraints"),
];

/// The same of containers.
const CONTAINER: &[(&str, &str)] =
    &[("lifecycle", ""), ("stdin", ""), ("stdinOnce", ""), ("tty", ""), ("volumeDevices", "")];

/// The same of the security contexts of containers.
const SECURITY: &[(&str, &str)] =
    &[("privileged", ""), ("procMount", ""), ("seLinuxOptions", ""), ("windowsOptions", "")];

/// Volumes, by the feature that lets them through.
const VOLUMES: &[(&str, &str)] = &[
    ("csi", "volumes-csi"),
    ("hostPath", "volumes-hostpath"),
    ("image", "volumes-image"),
    ("persistentVolumeClaim", "persistent-volume-claim"),
];

/// Volumes that every Knative takes.
const PLAIN_VOLUMES: &[&str] = &["configMap", "emptyDir", "projected", "secret"];

fn check(context: &Context<'_>, findings: &mut Findings) {
    let Field::Known(spec) = context.pod.spec else { return };
    if context.document.flavour != Flavour::V2App {
        return;
    }
    fields(context, spec, POD, findings);
    for container in &context.pod.containers.known {
        if container.list == "containers" {
            fields(context, container.node, CONTAINER, findings);
            if let Field::Known(security) = container.node.get("securityContext") {
                fields(context, security, SECURITY, findings);
            }
        }
    }
    for volume in &context.pod.volumes.known {
        let Some(source) = volume.source() else { continue };
        let kind = &*source.key.wire;
        let feature = VOLUMES.iter().find(|(known, _)| *known == kind).map(|(_, feature)| *feature);
        if feature.is_none() && PLAIN_VOLUMES.contains(&kind) {
            continue;
        }
        report(context, source, feature.unwrap_or_default(), findings);
    }
    ports(context, findings);
}

fn fields(context: &Context<'_>, node: &Node, table: &[(&str, &str)], findings: &mut Findings) {
    for entry in node.as_map().map(|map| map.entries.as_slice()).unwrap_or_default() {
        let known = table.iter().find(|(known, _)| *known == &*entry.key.wire);
        if let Some((_, feature)) = known.filter(|_| is_set(&entry.value)) {
            report(context, entry, feature, findings);
        }
    }
}

/// Whether a field is sent at all: what Go calls zero is not.
fn is_set(node: &Node) -> bool {
    match &node.value {
        Value::Null | Value::Bool(false) | Value::Dynamic(_) => false,
        Value::String(text) => !text.is_empty(),
        Value::Number(_) | Value::Bool(true) => true,
        Value::List(list) => !list.items.is_empty(),
        Value::Map(map) => !map.entries.is_empty(),
    }
}

fn report(context: &Context<'_>, entry: &Entry, feature: &str, findings: &mut Findings) {
    if context.settings.knative_features.iter().any(|enabled| enabled == feature && !feature.is_empty()) {
        return;
    }
    let name = context.field(&entry.key.wire);
    let (message, help) = match feature {
        "" => (format!("Knative refuses `{name}` in an app"), "leave it out".to_owned()),
        feature => (
            format!("Knative refuses `{name}` in an app unless the feature `kubernetes.podspec-{feature}` is enabled"),
            format!("leave it out, or add \"{feature}\" to `knative-features` if the cluster has it"),
        ),
    };
    findings.push(context.at(&entry.value, message).shown_at(entry.key.location).help(help));
}

/// All containers together may have one port: the app's own.
fn ports(context: &Context<'_>, findings: &mut Findings) {
    if context.settings.knative_features.iter().any(|enabled| enabled == "multi-container-ports") {
        return;
    }
    let of = |container: &Container<'_>| {
        let ports = container.node.get("ports").known().and_then(Node::as_list);
        ports.and_then(|list| list.items.first()).cloned()
    };
    let containers = context.pod.containers.known.iter().filter(|container| container.list == "containers");
    for container in containers {
        let Field::Known(ports) = container.node.get("ports") else { continue };
        if of(container).is_some() {
            let message = "Knative allows one port in all containers of an app, and Flyte adds the app's own";
            findings.push(context.at(ports, message).help("set the port of the app as `port=`, and drop this"));
            return;
        }
    }
}
