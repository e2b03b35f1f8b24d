//! The pod of a task together with the template of the cluster that lies under it: what only the two of them break.

use std::collections::HashSet;

use crate::config::{FlyteBackend, Settings};
use crate::diagnostic::{Authority, Diagnostic, Label, Origin, Severity};
use crate::document::{Document, Flavour, Kind, Use};
use crate::flyte::{Backend, Generation, Losses};
use crate::kubernetes;
use crate::rule::{Context, Findings};
use crate::rules::RULES;
use crate::text::shortened;
use crate::tree::{Location, Node, Path, Setter, Step};

/// The name of the rule.
const RULE: &str = "base-conflict";

/// What base and template break together.
pub fn check(document: &Document, settings: &Settings) -> Vec<Diagnostic> {
    let Some(known) = settings.backend.as_deref() else { return Vec::new() };
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let uses: Vec<Option<&Use>> = match document.uses.is_empty() {
        true => vec![None],
        false => document.uses.iter().map(Some).collect(),
    };
    for used in uses {
        found.extend(
            displaced(document, used, &known.backend)
                .into_iter()
                .filter(|found| seen.insert((found.location, found.message.clone()))),
        );
        let Some((root, losses)) = known.backend.merged(document, used) else { return found };
        let more = refused(document, root, settings).into_iter().chain(lost(document, &losses));
        for diagnostic in more {
            if seen.insert((diagnostic.location, diagnostic.message.clone())) {
                found.push(diagnostic);
            }
        }
    }
    found
}

/// Node selectors of the template that those for interruptible runs take the place of.
fn displaced(document: &Document, used: Option<&Use>, backend: &Backend) -> Vec<Diagnostic> {
    let of_task = used.and_then(|used| used.settings.get("interruptible").known()).and_then(Node::as_bool);
    let is_task = document.kind == Kind::PythonTemplate && Generation::of(document).is_some();
    if !is_task || document.flavour == Flavour::V2App || !(backend.interruptible || of_task == Some(true)) {
        return Vec::new();
    }
    let selector = document.pod_template().then(|pod| pod.get("spec")).then(|spec| spec.get("nodeSelector"));
    let Some(own) = selector.known().and_then(Node::as_map) else { return Vec::new() };
    let theirs = backend.platform.pairs("interruptible-node-selector");
    let displaced = own.entries.iter().filter_map(|entry| {
        let (_, value) = theirs.iter().find(|(name, _)| *name == &*entry.key.wire)?;
        let differs = entry.value.as_str().is_some() && entry.value.as_str() != value.as_str();
        differs.then(|| {
            let message = format!("`{}` becomes {} in an interruptible run", entry.key.wire, shown(value));
            let help = "leave the key to the cluster, or use another one";
            let found = diagnostic(document, entry.value.location, message, value.location, help);
            let labels =
                vec![Label { location: value.location, message: "the cluster's settings say so here".to_owned() }];
            Diagnostic { labels, ..found }
        })
    });
    displaced.collect()
}

/// Whether a place is in one of the files of the backend.
fn is_of_base(location: Location) -> bool {
    location.file >= FlyteBackend::FIRST_FILE
}

/// What the API server refuses in the merged pod because of both.
fn refused(document: &Document, root: Node, settings: &Settings) -> Vec<Diagnostic> {
    let merged = Document { root, ..document.clone() };
    let context = Context::new(&merged, settings);
    let by_rules = RULES.iter().filter(|rule| ABOUT_BOTH.contains(&rule.name)).flat_map(|rule| {
        let mut findings = Findings::default();
        (rule.check)(&context, &mut findings);
        findings.into_diagnostics(rule).collect::<Vec<_>>()
    });
    let by_server = kubernetes::check(&merged, settings);
    let all = by_server.into_iter().chain(by_rules).filter(|found| found.severity == Severity::Error);
    // What is said of the template alone is not the base's fault.
    let alone: HashSet<(Location, String)> =
        kubernetes::check(document, settings).into_iter().map(|found| (found.location, found.message)).collect();
    let base = settings.backend.as_deref().and_then(|known| known.backend.base.as_ref());
    let of_merge = all.filter(|found| !alone.contains(&(found.location, found.message.clone())));
    of_merge.filter_map(|found| of_both(document, with_label(found, document, base))).collect()
}

/// A finding about something that is there twice names the base, where it does not say where the other one is.
fn with_label(mut found: Diagnostic, document: &Document, base: Option<&Node>) -> Diagnostic {
    if let Some(base) = base.filter(|_| found.labels.is_empty() && found.rule.starts_with("duplicate-")) {
        let location = counterpart(document, base, found.location).unwrap_or(base.location);
        found.labels.push(Label { location, message: String::new() });
    }
    found
}

/// Where the base says the same as the template does at a place, in a field of the same name.
fn counterpart(document: &Document, base: &Node, at: Location) -> Option<Location> {
    let (own, path) = node_at(&document.root, |node| node.location == at)?;
    let keys = |path: &Path| path.iter().filter_map(Step::key).map(str::to_owned).collect::<Vec<_>>();
    let wanted = keys(&path);
    let mut pending = vec![(base, Path::new())];
    while let Some((node, path)) = pending.pop() {
        if node.value == own.value && keys(&path) == wanted {
            return Some(node.location);
        }
        pending.extend(below(node, &path));
    }
    None
}

/// The first node of a tree for which something holds, with the way to it.
fn node_at(root: &Node, holds: impl Fn(&Node) -> bool) -> Option<(&Node, Path)> {
    let mut pending = vec![(root, Path::new())];
    while let Some((node, path)) = pending.pop() {
        if holds(node) && !path.is_empty() {
            return Some((node, path));
        }
        pending.extend(below(node, &path));
    }
    None
}

/// What a node is made of, with the ways.
fn below<'n>(node: &'n Node, path: &Path) -> Vec<(&'n Node, Path)> {
    let step = |step: Step| path.iter().cloned().chain([step]).collect::<Path>();
    match (node.as_map(), node.as_list()) {
        (Some(map), _) => map.entries.iter().map(|entry| (&entry.value, step((&*entry.key.wire).into()))).collect(),
        (_, Some(list)) => list.items.iter().enumerate().map(|(index, item)| (item, step(index.into()))).collect(),
        _ => Vec::new(),
    }
}

/// Rules about things that may be there once only.
const ABOUT_BOTH: &[&str] = &["duplicate-mount-path", "duplicate-name", "duplicate-volume"];

/// A finding that names places on both sides, shown at the user's.
fn of_both(document: &Document, mut found: Diagnostic) -> Option<Diagnostic> {
    let own = found.labels.iter().position(|label| !is_of_base(label.location));
    let of_base = found.labels.iter().any(|label| is_of_base(label.location));
    match (is_of_base(found.location), own, of_base) {
        (false, _, true) => {}
        (true, Some(index), _) => {
            let label = found.labels.remove(index);
            let base = std::mem::replace(&mut found.location, label.location);
            found.labels.push(Label { location: base, message: "the base template has it here".to_owned() });
        }
        _ => return None,
    }
    for label in found.labels.iter_mut().filter(|label| is_of_base(label.location)) {
        label.message = "the base template has it here".to_owned();
    }
    let message = format!("{}, as the base template of the cluster brings it, too", found.message);
    Some(Diagnostic {
        rule: RULE,
        severity: found.severity,
        authority: Authority::Kubernetes,
        message: shortened(message),
        help: Some("give it another name or place, or leave it to the base".to_owned()),
        fixes: Vec::new(),
        origin: Origin::default(),
        path: path_in(document, found.location).unwrap_or(found.path),
        ..found
    })
}

/// The path of what stands at a place of the template.
fn path_in(document: &Document, location: Location) -> Option<String> {
    let (_, path) = node_at(&document.root, |node| node.location == location)?;
    Some(Document::render_path(&path))
}

/// What the merge keeps or takes of the task's values.
fn lost(document: &Document, losses: &Losses) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (wire, own, base) in losses.kept.iter().filter(|(_, own, _)| is_written(own)) {
        let field = document.dialect.field(wire);
        let message =
            format!("`{field}` stays {}: Go takes this for nothing said, which cannot override the base", shown(base));
        found.push(diagnostic(document, own.head(), message, base.location, "change the base template"));
    }
    for (wire, own, base) in &losses.prefixed {
        let field = document.dialect.field(wire);
        let message = format!("`{field}` of the base template are put before these: lists are appended");
        let place = if is_written(own) { own.head() } else { document.head };
        found.push(diagnostic(document, place, message, base.location, "leave them out of the base template"));
    }
    for name in &losses.dropped {
        let title = name.as_str().unwrap_or_default();
        let message = format!("the base template's container `{title}` does not run: the task has none of that name");
        let help = "declare a container of that name in the template if it should run";
        let dropped = diagnostic(document, document.head, message, name.location, help);
        found.push(Diagnostic { severity: Severity::Info, ..dropped });
    }
    found
}

/// Whether the user wrote a value.
fn is_written(node: &Node) -> bool {
    matches!(node.setter, Setter::Author | Setter::Environment) && !is_of_base(node.location)
}

fn shown(node: &Node) -> String {
    use crate::tree::Value;
    match &node.value {
        Value::String(text) => format!("`{text}`"),
        Value::Number(number) => format!("`{}`", number.text),
        Value::Bool(value) => format!("`{value}`"),
        _ => "as it is".to_owned(),
    }
}

fn diagnostic(document: &Document, location: Location, message: String, base: Location, help: &str) -> Diagnostic {
    Diagnostic {
        path: path_in(document, location).unwrap_or_default(),
        help: Some(help.to_owned()),
        labels: vec![Label { location: base, message: "the base template sets it here".to_owned() }],
        ..Diagnostic::new(RULE, Severity::Warning, Authority::Flyte, shortened(message), location)
    }
}
