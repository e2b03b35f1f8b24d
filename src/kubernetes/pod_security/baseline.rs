//! The baseline: what gives a pod known ways to take over its node.

use super::{Profile, entries, flag, integer, is_given, items, string};
use crate::kubernetes::{PodTemplate, Violations};
use crate::pod::is_default_capability;
use crate::tree::{Entry, Node};

/// Kernel parameters that only the pod feels, and the version (1.x) since which each is allowed.
const SYSCTLS: &[(&str, u8)] = &[
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
    ("net.ipv4.tcp_notsent_lowat", 37),
];

/// Types of SELinux for containers, and the version since which each is allowed.
const SELINUX_TYPES: &[(&str, u8)] =
    &[("", 0), ("container_t", 0), ("container_init_t", 0), ("container_kvm_t", 0), ("container_engine_t", 31)];

const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Checks all controls of the baseline.
pub(super) fn check(profile: &Profile<'_>, pod: &PodTemplate<'_>, out: &mut Violations<'_>) {
    let spec = profile.spec;
    for wire in ["hostNetwork", "hostPID", "hostIPC"] {
        if flag(spec, wire) == Some(true) {
            profile.forbid(spec, wire, "the pod shares a namespace of its node".to_owned(), out);
        }
    }
    for (title, context) in profile.contexts() {
        contexts(profile, &title, context, out);
    }
    for (title, container) in profile.containers() {
        if let Some(context) = container.get("securityContext").known() {
            container_context(profile, &title, context, out);
        }
        host_ports(profile, &title, container, out);
        if profile.version >= 34 {
            handlers(profile, container, out);
        }
    }
    for volume in items(spec, "volumes").iter().filter(|volume| is_given(volume, "hostPath")) {
        profile.forbid(volume, "hostPath", "the volume is a path of the node".to_owned(), out);
    }
    sysctls(profile, out);
    annotations(profile, pod, out);
}

/// What pods and containers can both say.
fn contexts(profile: &Profile<'_>, title: &str, context: &Node, out: &mut Violations<'_>) {
    if let Some(options) = context.get("windowsOptions").known()
        && flag(options, "hostProcess") == Some(true)
    {
        profile.forbid(options, "hostProcess", format!("{title} runs as a process of its host"), out);
    }
    if let Some(options) = context.get("seLinuxOptions").known() {
        selinux(profile, options, out);
    }
    for (wire, what) in [("appArmorProfile", "AppArmor"), ("seccompProfile", "seccomp")] {
        let Some(node) = context.get(wire).known() else { continue };
        let Some(kind) = node.text("type").known().filter(|kind| !matches!(*kind, "RuntimeDefault" | "Localhost"))
        else {
            continue;
        };
        let message = format!("{title} has the {what} profile `{kind}`; allowed are `RuntimeDefault` and `Localhost`");
        profile.forbid(node, "type", message, out);
    }
}

fn selinux(profile: &Profile<'_>, options: &Node, out: &mut Violations<'_>) {
    let allowed = |kind: &str| SELINUX_TYPES.iter().any(|(known, since)| *known == kind && profile.version >= *since);
    if let Some(kind) = string(options, "type").filter(|kind| !allowed(kind)) {
        profile.forbid(options, "type", format!("`{kind}` is no SELinux type for containers"), out);
    }
    for wire in ["user", "role"] {
        if string(options, wire).is_some_and(|value| !value.is_empty()) {
            profile.forbid(options, wire, format!("the SELinux {wire} must not be set"), out);
        }
    }
}

/// What only containers can say.
fn container_context(profile: &Profile<'_>, title: &str, context: &Node, out: &mut Violations<'_>) {
    if flag(context, "privileged") == Some(true) {
        profile.forbid(context, "privileged", format!("{title} is privileged"), out);
    }
    if let Some(mount) = context.text("procMount").known().filter(|mount| *mount != "Default" && !profile.is_relaxed())
    {
        profile.forbid(context, "procMount", format!("{title} mounts /proc as `{mount}`"), out);
    }
    let added = context.get("capabilities").known().map(|node| items(node, "add")).unwrap_or_default();
    for node in added {
        // The standard compares letter by letter: `CAP_CHOWN` and `chown` are none of the allowed ones.
        if let Some(name) = node.as_str().filter(|name| !is_default_capability(name)) {
            let message = format!("{} forbids this: {title} adds the capability `{name}`", profile.level());
            out.at(node, profile.rule, message).warning();
        }
    }
}

fn host_ports(profile: &Profile<'_>, title: &str, container: &Node, out: &mut Violations<'_>) {
    for port in items(container, "ports") {
        if let Some(number) = integer(port, "hostPort").known().filter(|number| *number != 0) {
            profile.forbid(port, "hostPort", format!("{title} takes port {number} of its node"), out);
        }
    }
}

/// Probes and hooks must ask the pod itself.
fn handlers(profile: &Profile<'_>, container: &Node, out: &mut Violations<'_>) {
    let lifecycle = container.get("lifecycle");
    let probes = ["livenessProbe", "readinessProbe", "startupProbe"].map(|wire| container.get(wire));
    let hooks = ["postStart", "preStop"].map(|wire| lifecycle.then(|node| node.get(wire)));
    for asker in probes.into_iter().chain(hooks).filter_map(crate::tree::Field::known) {
        for wire in ["httpGet", "tcpSocket"] {
            let Some(handler) = asker.get(wire).known() else { continue };
            if let Some(host) = string(handler, "host").filter(|host| !host.is_empty()) {
                profile.forbid(handler, "host", format!("probes and hooks must not name a host (`{host}`)"), out);
            }
        }
    }
}

fn sysctls(profile: &Profile<'_>, out: &mut Violations<'_>) {
    let allowed = |name: &str| SYSCTLS.iter().any(|(known, since)| *known == name && profile.version >= *since);
    let context = profile.spec.get("securityContext").known();
    for sysctl in context.map(|context| items(context, "sysctls")).unwrap_or_default() {
        if let Some(name) = sysctl.text("name").known().filter(|name| !allowed(name)) {
            profile.forbid(sysctl, "name", format!("`{name}` is no safe kernel parameter"), out);
        }
    }
}

/// The old way to choose AppArmor's profile.
fn annotations(profile: &Profile<'_>, pod: &PodTemplate<'_>, out: &mut Violations<'_>) {
    let Some(metadata) = pod.template.get("metadata").known() else { return };
    for Entry { key, value } in entries(metadata, "annotations") {
        let Some(text) = value.as_str().filter(|_| key.wire.starts_with(APP_ARMOR)) else { continue };
        if !(text.is_empty() || text == "runtime/default" || text.starts_with("localhost/")) {
            let message = format!("{} forbids this: the AppArmor profile is `{text}`", profile.level());
            out.at(value, profile.rule, message).warning();
        }
    }
}
