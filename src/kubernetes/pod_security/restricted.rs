//! The restricted profile: what it asks for beyond the baseline.

use super::{Profile, is_given, items};
use crate::diagnostic::{Change, Fix, Literal};
use crate::kubernetes::Violations;
use crate::pod::is_default_capability;
use crate::tree::{Field, Node, Step, Value};

/// Volumes that need no driver of the node's own.
const VOLUMES: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// Checks what the profile demands and the baseline does not.
pub(super) fn check(profile: &Profile<'_>, out: &mut Violations<'_>) {
    volumes(profile, out);
    let relaxed = profile.is_relaxed();
    if !relaxed {
        non_root(profile, out);
        root_user(profile, out);
    }
    for (title, container) in profile.containers().filter(|_| profile.version >= 35 && relaxed) {
        // The baseline lifts this for pods with users of their own, the restricted profile does not.
        let Some(context) = container.get("securityContext").known() else { continue };
        if let Some(mount) = context.text("procMount").known().filter(|mount| *mount != "Default") {
            profile.forbid(context, "procMount", format!("{title} mounts /proc as `{mount}`"), out);
        }
    }
    // What Windows does not have need not be given up.
    let os = profile.spec.get("os").then(|os| os.text("name"));
    if !matches!(os, Field::Known("windows") | Field::Dynamic) {
        seccomp(profile, out);
        for (title, container) in profile.containers() {
            escalation(profile, &title, container, out);
            capabilities(profile, &title, container, out);
        }
    }
}

fn volumes(profile: &Profile<'_>, out: &mut Violations<'_>) {
    for volume in items(profile.spec, "volumes") {
        let Some(map) = volume.as_map().filter(|map| !map.open) else { continue };
        if VOLUMES.iter().any(|wire| is_given(volume, wire)) {
            continue;
        }
        let others = map.entries.iter().filter(|entry| !matches!(&*entry.key.wire, "name" | "hostPath"));
        for entry in others.filter(|entry| entry.value.value != Value::Null) {
            let message =
                format!("{} forbids this: a volume of the kind `{}`", profile.level(), entry.key.as_written());
            out.at(&entry.value, profile.rule, message).warning();
        }
    }
}

/// A field of a security context; of the container's own only.
fn own<'a>(node: &'a Node, wire: &str) -> Field<&'a Node> {
    node.get("securityContext").then(|context| context.get(wire))
}

fn non_root(profile: &Profile<'_>, out: &mut Violations<'_>) {
    let is_false = |field: Field<&Node>| field.known().is_some_and(|node| node.as_bool() == Some(false));
    for (title, context) in profile.contexts() {
        if is_false(context.get("runAsNonRoot")) {
            profile.forbid(context, "runAsNonRoot", format!("{title} may run as root"), out);
        }
    }
    // What the pod says wrongly is said once.
    if own(profile.spec, "runAsNonRoot").is_missing() {
        let lacking = |container: &Node| own(container, "runAsNonRoot").is_missing();
        let message = format!("`{}` must be true", out.field("runAsNonRoot"));
        demand(profile, "runAsNonRoot", lacking, &message, None, out);
    }
}

fn root_user(profile: &Profile<'_>, out: &mut Violations<'_>) {
    for (title, context) in profile.contexts() {
        if let Some(node) = context.get("runAsUser").known()
            && matches!(&node.value, Value::Number(number) if number.as_i64() == Some(0))
        {
            profile.forbid(context, "runAsUser", format!("{title} runs as root"), out);
        }
    }
}

fn seccomp(profile: &Profile<'_>, out: &mut Violations<'_>) {
    if own(profile.spec, "seccompProfile").is_missing() {
        let lacking = |container: &Node| own(container, "seccompProfile").is_missing();
        let message = format!("`{}` must be `RuntimeDefault` or `Localhost`", out.field("seccompProfile"));
        let value = Literal::Map(vec![("type".to_owned(), "RuntimeDefault".into())]);
        demand(profile, "seccompProfile", lacking, &message, Some(value), out);
    }
}

/// Reports, once for the pod, the containers that lack what they or the pod must say.
fn demand(
    profile: &Profile<'_>,
    wire: &str,
    lacking: impl Fn(&Node) -> bool,
    message: &str,
    value: Option<Literal>,
    out: &mut Violations<'_>,
) {
    let bad: Vec<(String, &Node)> = profile.containers().filter(|(_, container)| lacking(container)).collect();
    let Some((_, first)) = bad.first() else { return };
    let titles: Vec<&str> = bad.iter().map(|(title, _)| title.as_str()).collect();
    let who = titles.join(" and ");
    let context = out.field("securityContext").into_owned();
    let message = format!("{} asks of {who}: {message}, in the pod's `{context}` or their own", profile.level());
    let place = first.get("name").known().unwrap_or(first).head();
    let mut at = out.path(profile.spec);
    at.push(Step::from("securityContext"));
    let violation = out.at_missing(profile.spec, &["securityContext", wire], profile.rule, message);
    violation.warning().shown_at(place);
    if let Some(value) = value {
        let insert = Change::Insert { at, key: wire.to_owned(), value };
        violation.fix(Fix::needs_review("set it for the pod", vec![insert]));
    }
}

fn escalation(profile: &Profile<'_>, title: &str, container: &Node, out: &mut Violations<'_>) {
    const WIRE: &str = "allowPrivilegeEscalation";
    let field = own(container, WIRE);
    if field.is_dynamic() || field.known().is_some_and(|node| node.as_bool() != Some(true)) {
        return;
    }
    let message = format!("{} asks of {title}: `{}` must be false", profile.level(), out.field(WIRE));
    let no = Literal::Bool(false);
    let change = match (field, container.get("securityContext")) {
        (Field::Known(node), _) => Change::Replace { at: out.path(node), with: no },
        (_, Field::Known(context)) => Change::Insert { at: out.path(context), key: WIRE.to_owned(), value: no },
        // One object with all that it needs: two fixes would each make their own.
        _ => {
            let drop = Literal::Map(vec![("drop".to_owned(), Literal::List(vec!["ALL".into()]))]);
            let value = Literal::Map(vec![(WIRE.to_owned(), no), ("capabilities".to_owned(), drop)]);
            Change::Insert { at: out.path(container), key: "securityContext".to_owned(), value }
        }
    };
    let place = field.known().or_else(|| container.get("name").known()).unwrap_or(container).head();
    let violation = out.at_missing(container, &["securityContext", WIRE], profile.rule, message);
    let title = if matches!(&change, Change::Insert { key, .. } if key == "securityContext") {
        "set it to false, and drop all capabilities"
    } else {
        "set it to false"
    };
    violation.warning().shown_at(place).fix(Fix::needs_review(title, vec![change]));
}

fn capabilities(profile: &Profile<'_>, title: &str, container: &Node, out: &mut Violations<'_>) {
    let field = own(container, "capabilities");
    let drop = field.then(|node| node.get("drop"));
    let drops_all = match drop {
        Field::Known(node) => node.as_list().is_none_or(|list| {
            list.open || list.items.iter().any(|item| item.is_dynamic() || item.as_str() == Some("ALL"))
        }),
        Field::Missing => false,
        Field::Dynamic => true,
    };
    if !drops_all {
        let message = format!("{} asks of {title}: it must drop all capabilities", profile.level());
        let mut at = out.path(container);
        at.extend(["securityContext", "capabilities", "drop"].map(Step::from));
        let place = drop.known().or_else(|| container.get("name").known()).unwrap_or(container).head();
        let violation = out.at_missing(container, &["securityContext", "capabilities", "drop"], profile.rule, message);
        violation.warning().shown_at(place).help("set `drop` to `[\"ALL\"]`");
        if container.get("securityContext").known().is_some() {
            violation.fix(Fix::needs_review("drop `ALL`", vec![Change::Append { at, value: "ALL".into() }]));
        }
    }
    for node in field.known().map(|node| items(node, "add")).unwrap_or_default() {
        // The others are above the baseline already.
        if let Some(name) = node.as_str().filter(|name| is_default_capability(name) && *name != "NET_BIND_SERVICE") {
            let message = format!("{} forbids this: {title} adds the capability `{name}`", profile.level());
            out.at(node, profile.rule, message).warning();
        }
    }
}
