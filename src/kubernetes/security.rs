//! Security contexts of pods and containers.
//!
//! Source: <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>.

use std::collections::HashSet;

use super::read::{entries, flag, is_empty, is_given, items, string};
use super::{PodTemplate, Violations, containers, formats};
use crate::schema::Gate;
use crate::tree::{Field, Node};

const IDS: std::ops::RangeInclusive<i64> = 0..=2_147_483_647;
const RULE: &str = "invalid-security-context";

/// Checks the security context of the pod.
pub fn check(pod: &PodTemplate<'_>, spec: &Node, out: &mut Violations<'_>) {
    if let Some(context) = spec.get("securityContext").known() {
        pod_context(spec, context, out);
        let seccomp = pod.profile("seccomp.security.alpha.kubernetes.io/pod");
        agrees(context, "seccompProfile", seccomp, out);
    }
    shared_processes(spec, out);
    host_process(spec, out);
    match os_name(pod.of_spec("os")) {
        Some("linux") => linux_only(spec, out),
        Some("windows") => windows_only(spec, out),
        _ => {}
    }
}

fn os_name(os: Field<&Node>) -> Option<&str> {
    os.known().and_then(|os| string(os, "name"))
}

fn pod_context(spec: &Node, context: &Node, out: &mut Violations<'_>) {
    for wire in ["runAsUser", "runAsGroup", "fsGroup"] {
        out.in_range(context, wire, RULE, IDS);
    }
    for node in items(context, "supplementalGroups") {
        if let crate::tree::Value::Number(number) = &node.value
            && number.as_i64().is_some_and(|id| !IDS.contains(&id))
        {
            out.at(node, RULE, format!("a group must be between 0 and {}, not {}", IDS.end(), number.text));
        }
    }
    for (wire, allowed) in [
        ("fsGroupChangePolicy", &["Always", "OnRootMismatch"][..]),
        ("supplementalGroupsPolicy", &["Merge", "Strict"][..]),
        (
            "seLinuxChangePolicy",
            if out.release().has(Gate::SELinuxMount) { &["MountOption", "Recursive"] } else { &["Recursive"] },
        ),
    ] {
        out.one_of(context, wire, allowed);
    }
    sysctls(spec, context, out);
    profiles(context, out);
    windows_options(context, out);
}

/// The pod's processes cannot be shared among its containers and with the host at once.
fn shared_processes(spec: &Node, out: &mut Violations<'_>) {
    if flag(spec, "shareProcessNamespace") == Some(true) && flag(spec, "hostPID") == Some(true) {
        let message =
            format!("`{}` and `{}` exclude each other", out.field("shareProcessNamespace"), out.field("hostPID"));
        let place = spec.get("shareProcessNamespace").known().unwrap_or(spec).location;
        // Up to 1.36 the server kept the field elsewhere.
        let path = ["securityContext", "shareProcessNamespace"];
        let path = path.get(usize::from(out.release().is_from(37))..).unwrap_or_default();
        out.at_missing(spec, path, RULE, message).shown_at(place);
    }
}

fn sysctls(spec: &Node, context: &Node, out: &mut Violations<'_>) {
    let mut seen = HashSet::new();
    let checked = out.release().is_from(29);
    let of_host = ["hostNetwork", "hostIPC"].map(|wire| checked && flag(spec, wire) == Some(true));
    for sysctl in items(context, "sysctls") {
        let Some(name) = string(sysctl, "name") else { continue };
        if name.is_empty() {
            out.required(sysctl, "name");
            continue;
        }
        if !formats::is_sysctl_name(name) {
            out.at_field(sysctl, "name", RULE, format!("`{name}` is no valid name of a kernel parameter"));
        }
        let plain = name.replace('/', ".");
        if seen.contains(&*plain) {
            out.at_field(sysctl, "name", "duplicate-name", format!("the kernel parameter `{name}` is given twice"));
        }
        let ipc = matches!(plain.as_str(), "kernel.sem")
            || plain.starts_with("fs.mqueue.")
            || [
                "kernel.shmall",
                "kernel.shmmax",
                "kernel.shmmni",
                "kernel.shm_rmid_forced",
                "kernel.msgmax",
                "kernel.msgmnb",
                "kernel.msgmni",
            ]
            .contains(&plain.as_str());
        let belongs = [(plain.starts_with("net."), "hostNetwork"), (ipc, "hostIPC")];
        for ((belongs, wire), is_shared) in belongs.into_iter().zip(of_host) {
            if belongs && is_shared {
                let message =
                    format!("`{name}` belongs to the host when `{}` is true, and cannot be set", out.field(wire));
                out.at_field(sysctl, "name", RULE, message);
            }
        }
        seen.insert(plain);
    }
}

/// The profiles of seccomp and AppArmor.
fn profiles(context: &Node, out: &mut Violations<'_>) {
    for (wire, max) in [("seccompProfile", None), ("appArmorProfile", Some(4095))] {
        let Some(profile) = context.get(wire).known() else { continue };
        let kind = string(profile, "type");
        match kind {
            Some("") => {
                out.required(profile, "type");
            }
            Some(_) => {
                out.one_of(profile, "type", &["Localhost", "RuntimeDefault", "Unconfined"]);
            }
            None => {}
        }
        local_profile(profile, kind, wire, max, out);
    }
}

fn local_profile(profile: &Node, kind: Option<&str>, wire: &str, max: Option<usize>, out: &mut Violations<'_>) {
    let given = is_given(profile, "localhostProfile");
    let path = string(profile, "localhostProfile");
    let (Some(kind), Some(path)) = (kind, path) else { return };
    let app_armor = wire == "appArmorProfile";
    if kind == "Localhost" {
        if !given || (app_armor && path.is_empty()) {
            out.required(profile, "localhostProfile");
        } else if app_armor {
            if path.trim().is_empty() || path.trim() != path {
                out.at_field(
                    profile,
                    "localhostProfile",
                    RULE,
                    "`localhostProfile` must not start or end with white space",
                );
            }
            if max.is_some_and(|max| path.len() > max) {
                out.at_field(profile, "localhostProfile", RULE, "`localhostProfile` must have at most 4095 characters");
            }
        } else {
            for fault in formats::descending_path(path) {
                out.at_field(profile, "localhostProfile", RULE, format!("`localhostProfile` must have {fault}"));
            }
        }
    } else if given {
        let message = format!("`{}` goes with the type `Localhost` only", out.field("localhostProfile"));
        out.at_field(profile, "localhostProfile", RULE, message);
    }
}

/// A profile as annotation and as field must be the same.
fn agrees(context: &Node, wire: &str, annotation: Option<&str>, out: &mut Violations<'_>) {
    let Some(profile) = context.get(wire).known() else { return };
    if let Some(field) = disagreement(wire, profile, annotation) {
        let message = format!("the annotation says `{}`: it must agree with the field", annotation.unwrap_or_default());
        out.at_field(profile, field, "forbidden-combination", message);
    }
}

/// The field of a profile that an annotation contradicts.
fn disagreement(wire: &str, profile: &Node, annotation: Option<&str>) -> Option<&'static str> {
    let annotation = annotation?;
    let (kind, path) = match annotation {
        "unconfined" => ("Unconfined", None),
        "runtime/default" | "docker/default" => ("RuntimeDefault", None),
        other => match other.strip_prefix("localhost/") {
            Some(path) => ("Localhost", Some(path)),
            // No profile of seccomp: that is said of the annotation. The server holds AppArmor's against the field all the same.
            None if wire == "seccompProfile" => return None,
            None => ("", None),
        },
    };
    if string(profile, "type").is_some_and(|known| known != kind) {
        return Some("type");
    }
    let differs = path.is_some_and(|path| string(profile, "localhostProfile").is_some_and(|known| known != path));
    differs.then_some("localhostProfile")
}

/// Checks the security context of a container.
pub fn container(pod: &PodTemplate<'_>, container: &Node, out: &mut Violations<'_>) {
    let name = string(container, "name").unwrap_or_default();
    let context = container.get("securityContext").known();
    if let Some(context) = context {
        container_context(pod, context, out);
        let seccomp = format!("container.seccomp.security.alpha.kubernetes.io/{name}");
        agrees(context, "seccompProfile", pod.profile(&seccomp), out);
    }
    let key = format!("container.apparmor.security.beta.kubernetes.io/{name}");
    let annotation = pod.profile(&key).filter(|value| !value.is_empty());
    let fields = out.release().has(Gate::AppArmorFields);
    if annotation.is_some() && fields && os_name(pod.of_spec("os")) != Some("windows") {
        match context.filter(|context| is_given(context, "appArmorProfile")) {
            Some(context) => agrees(context, "appArmorProfile", annotation, out),
            // The server gives a container of a pod the field that its annotation says.
            None if pod.is_pod() && annotation.is_some_and(is_app_armor) => {}
            None => inherits(pod, container, annotation, out),
        }
    }
}

/// Whether a value of AppArmor's annotation can be said as a field.
fn is_app_armor(value: &str) -> bool {
    let local = value.strip_prefix("localhost/").is_some_and(|path| !path.is_empty() && path.trim() == path);
    local || matches!(value, "runtime/default" | "unconfined")
}

/// A container without a profile of its own has the pod's, and its annotation must agree with that.
fn inherits(pod: &PodTemplate<'_>, container: &Node, annotation: Option<&str>, out: &mut Violations<'_>) {
    let context = pod.of_spec("securityContext");
    let Some(profile) = context.then(|context| context.get("appArmorProfile")).known() else { return };
    if let Some(field) = disagreement("appArmorProfile", profile, annotation) {
        let message = format!(
            "the annotation of this container says `{}`, the pod's field something else",
            annotation.unwrap_or_default()
        );
        let path = ["securityContext", "appArmorProfile", field];
        out.at_missing(container, &path, "forbidden-combination", message).label(profile.head(), "the pod's profile");
    }
}

fn container_context(pod: &PodTemplate<'_>, context: &Node, out: &mut Violations<'_>) {
    for wire in ["runAsUser", "runAsGroup"] {
        out.in_range(context, wire, RULE, IDS);
    }
    if context.get("procMount").known().is_some() {
        out.one_of(context, "procMount", &["Default", "Unmasked"]);
        let users = pod.of_spec("hostUsers");
        let own_users = users.known().and_then(Node::as_bool) == Some(false);
        if string(context, "procMount") == Some("Unmasked") && !own_users && !users.is_dynamic() {
            let message = format!("`procMount` `Unmasked` needs `{}` to be false", out.field("hostUsers"));
            out.at_field(context, "procMount", RULE, message);
        }
    }
    escalation(context, out);
    profiles(context, out);
    windows_options(context, out);
}

fn escalation(context: &Node, out: &mut Violations<'_>) {
    if context.get("allowPrivilegeEscalation").known().and_then(Node::as_bool) != Some(false) {
        return;
    }
    if flag(context, "privileged") == Some(true) {
        let message = format!("`{}` cannot be false when `privileged` is true", out.field("allowPrivilegeEscalation"));
        out.at(context, RULE, message);
    }
    let added = context.get("capabilities").then(|capabilities| capabilities.get("add"));
    if super::read::list(added).iter().any(|capability| capability.as_str() == Some("CAP_SYS_ADMIN")) {
        let field = out.field("allowPrivilegeEscalation").into_owned();
        out.at(context, RULE, format!("`{field}` cannot be false when the capability `CAP_SYS_ADMIN` is added"));
    }
}

/// Options for Windows.
fn windows_options(context: &Node, out: &mut Violations<'_>) {
    let Some(options) = context.get("windowsOptions").known() else { return };
    if let Some(node) = options.get("gmsaCredentialSpecName").known()
        && let Some(name) = node.as_str()
    {
        out.format(node, RULE, "name of a credential specification", &formats::dns_subdomain(name));
    }
    if is_given(options, "gmsaCredentialSpec") {
        match string(options, "gmsaCredentialSpec") {
            Some("") => {
                out.at_field(options, "gmsaCredentialSpec", RULE, "`gmsaCredentialSpec` cannot be empty");
            }
            Some(text) if text.len() > 65_536 => {
                out.at_field(options, "gmsaCredentialSpec", RULE, "`gmsaCredentialSpec` must have at most 65536 bytes");
            }
            _ => {}
        }
    }
    if is_given(options, "runAsUserName")
        && let Some(name) = string(options, "runAsUserName")
        && let Some(fault) = user_name_fault(name)
    {
        out.at_field(options, "runAsUserName", RULE, format!("`{name}` is no valid user of Windows: {fault}"));
    }
}

/// What is wrong with `DOMAIN\user`.
fn user_name_fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("it is empty");
    }
    if name.contains(char::is_control) {
        return Some("it contains control characters");
    }
    let (domain, user) = match name.split_once('\\') {
        Some((_, rest)) if rest.contains('\\') => return Some("it has more than one backslash"),
        Some((domain, user)) => (Some(domain), user),
        None => (None, name),
    };
    if domain.is_some_and(|domain| !is_windows_domain(domain)) {
        return Some("its domain is neither a NetBIOS name nor a DNS name");
    }
    if user.is_empty() || user.len() > 104 {
        return Some("the user must have between 1 and 104 characters");
    }
    if user.chars().all(|character| matches!(character, '.' | ' ')) {
        return Some("the user cannot be only dots and spaces");
    }
    user.contains(|character: char| "\"/\\:;|=,+*?<>@[]".contains(character))
        .then_some("the user has characters that are not allowed")
}

fn is_windows_domain(domain: &str) -> bool {
    let bad = |character: char| "\\/:*?\"<>|".contains(character);
    let net_bios = (1..=15).contains(&domain.chars().count()) && !domain.starts_with('.') && !domain.contains(bad);
    let dns = domain.len() < 256
        && domain.split('.').all(|label| {
            let ends = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
            ends(label.bytes().next())
                && ends(label.bytes().next_back())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
    net_bios || dns
}

/// Containers that run as processes of a Windows host: all of them or none, and on the host's network.
fn host_process(spec: &Node, out: &mut Violations<'_>) {
    let value = |node: &Node| {
        let options = node.get("securityContext").then(|context| context.get("windowsOptions"));
        options
            .then(|options| options.get("hostProcess"))
            .then(|node| node.as_bool().map_or(Field::Dynamic, Field::Known))
    };
    let of_pod = value(spec);
    let (mut hosts, mut others) = (0, 0);
    for (_, container) in containers::all(spec) {
        let own = value(container);
        if let (Field::Known(pod), Field::Known(own)) = (of_pod, own)
            && pod != own
            && let Some(options) =
                container.get("securityContext").then(|context| context.get("windowsOptions")).known()
        {
            let message = format!("`hostProcess` must be {pod} as for the pod");
            out.at_field(options, "hostProcess", RULE, message);
        }
        match if own.is_missing() { of_pod } else { own } {
            Field::Known(true) => hosts += 1,
            Field::Known(false) | Field::Missing => others += 1,
            Field::Dynamic => return,
        }
    }
    if hosts == 0 {
        return;
    }
    if others > 0 {
        out.at(spec, RULE, "either all containers of a pod are host processes, or none");
    }
    if flag(spec, "hostNetwork") == Some(false) {
        let message = format!("`{}` must be true for host processes", out.field("hostNetwork"));
        out.at_field(spec, "hostNetwork", RULE, message);
    }
}

fn linux_only(spec: &Node, out: &mut Violations<'_>) {
    let contexts = std::iter::once(spec).chain(containers::all(spec).map(|(_, container)| container));
    for owner in contexts.collect::<Vec<_>>() {
        if let Some(context) = owner.get("securityContext").known()
            && is_given(context, "windowsOptions")
        {
            let message = format!("`{}` cannot be set for a Linux pod", out.field("windowsOptions"));
            out.at_field(context, "windowsOptions", "forbidden-combination", message);
        }
    }
}

fn windows_only(spec: &Node, out: &mut Violations<'_>) {
    const POD: &[&str] = &["hostUsers", "hostPID", "hostIPC", "shareProcessNamespace"];
    const POD_CONTEXT: &[&str] = &[
        "appArmorProfile",
        "seLinuxOptions",
        "seccompProfile",
        "fsGroup",
        "fsGroupChangePolicy",
        "sysctls",
        "runAsUser",
        "runAsGroup",
        "supplementalGroups",
        "supplementalGroupsPolicy",
        "seLinuxChangePolicy",
    ];
    const CONTAINER_CONTEXT: &[&str] = &[
        "appArmorProfile",
        "seLinuxOptions",
        "seccompProfile",
        "capabilities",
        "readOnlyRootFilesystem",
        "privileged",
        "allowPrivilegeEscalation",
        "procMount",
        "runAsUser",
        "runAsGroup",
    ];
    for wire in POD {
        // A false host namespace is the same as none.
        let set = match *wire {
            "hostPID" | "hostIPC" => flag(spec, wire) == Some(true),
            _ => is_given(spec, wire),
        };
        if set {
            forbid(spec, wire, out);
        }
    }
    if let Some(context) = spec.get("securityContext").known() {
        for wire in POD_CONTEXT {
            let list = matches!(*wire, "sysctls" | "supplementalGroups");
            if is_given(context, wire) && !(list && is_empty(context, wire)) {
                forbid(context, wire, out);
            }
        }
    }
    for (_, container) in containers::all(spec) {
        let Some(context) = container.get("securityContext").known() else { continue };
        for wire in CONTAINER_CONTEXT.iter().filter(|wire| is_given(context, wire)) {
            forbid(context, wire, out);
        }
    }
    if let Some(resources) = spec.get("resources").known()
        && ["limits", "requests"].iter().any(|wire| !entries(resources, wire).is_empty())
    {
        out.at(resources, "forbidden-combination", "a Windows pod cannot have resources of its own");
    }
}

fn forbid(parent: &Node, wire: &str, out: &mut Violations<'_>) {
    let message = format!("`{}` cannot be set for a Windows pod", out.field(wire));
    out.at_field(parent, wire, "forbidden-combination", message);
}
