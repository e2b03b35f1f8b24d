//! Probes and lifecycle handlers.
//!
//! Source: <https://kubernetes.io/docs/concepts/workloads/pods/probes/> and
//! <https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/>.

use super::containers::{List, is_native_sidecar};
use super::read::{given, integer, is_closed, is_empty, is_given, items, number, string};
use super::{PodTemplate, Violations, formats};
use crate::schema::Gate;
use crate::tree::{Field, Node, Value};

const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];
const HANDLERS: &[&str] = &["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

/// Checks the probes and the lifecycle of a container.
pub fn check(pod: &PodTemplate<'_>, container: &Node, list: List, out: &mut Violations<'_>) {
    if list == List::Init && is_native_sidecar(container) != Some(true) {
        if is_native_sidecar(container) == Some(false) {
            forbid(container, out);
        }
        return;
    }
    for name in PROBES {
        if let Some(node) = container.get(name).known() {
            probe(name, node, out);
        }
    }
    let Some(lifecycle) = container.get("lifecycle").known() else { return };
    let grace = match number(pod.of_spec("terminationGracePeriodSeconds")) {
        Field::Known(seconds) => Some(seconds),
        Field::Missing => Some(30),
        Field::Dynamic => None,
    };
    stop_signal(pod, lifecycle, out);
    for name in ["postStart", "preStop"] {
        if let Some(node) = lifecycle.get(name).known() {
            handler(node, &["exec", "httpGet", "tcpSocket", "sleep"], grace, out);
        }
    }
}

/// The signal that ends a container, which depends on the operating system.
fn stop_signal(pod: &PodTemplate<'_>, lifecycle: &Node, out: &mut Violations<'_>) {
    let Some(signal) = lifecycle.get("stopSignal").known() else { return };
    let os = pod.of_spec("os");
    match os.known().and_then(|os| string(os, "name")) {
        Some("windows") => {
            out.one_of(lifecycle, "stopSignal", &["SIGKILL", "SIGTERM"]);
        }
        Some(_) => {
            let known = signal.as_str().is_none_or(|name| name.starts_with("SIG") && !name.contains(' '));
            if !known {
                out.at(signal, "invalid-value", "this is not a signal such as `SIGTERM`");
            }
        }
        None if os.is_missing() => {
            out.at(signal, "forbidden-combination", "`stopSignal` needs the pod's `os.name`");
        }
        None => {}
    }
}

/// An init container that ends before the others start is not probed.
fn forbid(container: &Node, out: &mut Violations<'_>) {
    for wire in PROBES.iter().chain(&["lifecycle"]) {
        if is_given(container, wire) {
            let (field, policy) = (out.field(wire), out.field("restartPolicy"));
            let message = format!("an init container can have `{field}` only with `{policy}` `Always`");
            out.at_field(container, wire, "invalid-probe", message);
        }
    }
}

fn probe(name: &str, node: &Node, out: &mut Violations<'_>) {
    handler(node, &["exec", "httpGet", "tcpSocket", "grpc"], None, out);
    for wire in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] {
        out.in_range(node, wire, "invalid-probe", 0..=i64::MAX);
    }
    let threshold = integer(node, "successThreshold");
    if name != "readinessProbe"
        && let Field::Known(value) = threshold
        && value != 1
        && value != 0
    {
        let (field, probe) = (out.field("successThreshold").into_owned(), out.field(name).into_owned());
        out.at_field(
            node,
            "successThreshold",
            "invalid-probe",
            format!("`{field}` of a `{probe}` must be 1, not {value}"),
        );
    }
    if is_given(node, "terminationGracePeriodSeconds") {
        if name == "readinessProbe" {
            let message = "a readiness probe ends nothing, so it cannot have a termination grace period";
            out.at_field(node, "terminationGracePeriodSeconds", "invalid-probe", message);
        } else {
            out.in_range(node, "terminationGracePeriodSeconds", "invalid-probe", 1..=i64::MAX);
        }
    }
}

/// Exactly one way to ask.
fn handler(node: &Node, allowed: &[&str], grace: Option<i64>, out: &mut Violations<'_>) {
    let handlers = given(node, HANDLERS);
    let handlers: Vec<_> = handlers.into_iter().filter(|(wire, _)| allowed.contains(wire)).collect();
    let maybe = handlers.iter().any(|(_, node)| node.is_dynamic());
    // What is not known may be absent.
    let handlers: Vec<_> = handlers.into_iter().filter(|(_, node)| !node.is_dynamic()).collect();
    let Some(((wire, first), others)) = handlers.split_first() else {
        if is_closed(node) && !maybe {
            let list: Vec<String> = allowed.iter().map(|wire| format!("`{}`", out.field(wire))).collect();
            out.at(node, "invalid-probe", format!("this needs a handler: one of {}", list.join(", ")));
        }
        return;
    };
    for (_, other) in others {
        let message = format!("there can be only one handler, and `{}` is given already", out.field(wire));
        out.at(other, "invalid-probe", message);
    }
    match *wire {
        "exec" if is_empty(first, "command") => {
            out.required(first, "command");
        }
        "httpGet" => http_get(first, out),
        "tcpSocket" => port(first, out),
        "grpc" => match integer(first, "port") {
            Field::Missing => {
                out.at_field(first, "port", "invalid-probe", "`port` must be between 1 and 65535");
            }
            _ => out.in_range(first, "port", "invalid-probe", 1..=65535),
        },
        "sleep" => sleep(first, grace, out),
        _ => {}
    }
    if *wire == "grpc" && is_given(first, "mode") {
        out.one_of(first, "mode", &["Plaintext", "TLS"]);
    }
}

fn http_get(node: &Node, out: &mut Violations<'_>) {
    port(node, out);
    if string(node, "scheme") != Some("") {
        out.one_of(node, "scheme", &["HTTP", "HTTPS"]);
    }
    if is_given(node, "protocol") {
        out.one_of(node, "protocol", &["HTTP1", "HTTP2"]);
    }
    let Some(list) = node.get("httpHeaders").known() else { return };
    for header in items(node, "httpHeaders") {
        let Some(name) = string(header, "name") else { continue };
        for fault in formats::http_header_name(name) {
            let place = header.get("name").known().unwrap_or(header).head();
            let message = format!("`{name}` is no valid name of a header: it must have {fault}");
            out.at(list, "invalid-probe", message).shown_at(place);
        }
    }
}

/// A port by number or by name.
fn port(node: &Node, out: &mut Violations<'_>) {
    match node.get("port") {
        Field::Missing => {
            out.at_field(node, "port", "invalid-probe", "`port` must be between 1 and 65535, or the name of a port");
        }
        Field::Known(value) => match &value.value {
            Value::String(name) => {
                for fault in formats::port_name(name) {
                    out.at(value, "invalid-probe", format!("`{name}` is no valid port name: it must have {fault}"));
                }
            }
            Value::Number(_) => out.in_range(node, "port", "invalid-probe", 1..=65535),
            _ => {}
        },
        Field::Dynamic => {}
    }
}

fn sleep(node: &Node, grace: Option<i64>, out: &mut Violations<'_>) {
    let Some(grace) = grace else { return };
    // A missing number is 0, and that was no duration once.
    let least = if out.release().has(Gate::PodLifecycleSleepActionAllowZero) { 0 } else { 1 };
    let seconds = match integer(node, "seconds") {
        Field::Missing => Field::Known(0),
        seconds => seconds,
    };
    if let Field::Known(seconds) = seconds
        && (seconds < least || seconds > grace)
    {
        let message =
            format!("`seconds` must be between {least} and {grace}, the pod's termination grace period, not {seconds}");
        let place = node.get("seconds").known().unwrap_or(node).head();
        out.at(node, "invalid-probe", message).shown_at(place);
    }
}
