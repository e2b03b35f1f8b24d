//! Changes of lists and dicts that a model of the Kubernetes client has copied already: the pod does not get them.

use super::super::evaluate::{Call, Copied, Evaluator, Event};
use super::super::value::{ObjectId, ObjectKind, ValueKind};
use super::findings;
use crate::tree::Location;

/// The methods that change a list or dict.
const CHANGING: &[&str] =
    &["append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "update"];

/// A model of this class copies a list or dict.
pub fn note_copy(ev: &mut Evaluator<'_>, id: ObjectId, taker: &'static str) {
    if !ev.assumptions.client_is_known {
        return;
    }
    // Whatever was changed before is in the copy.
    ev.note_use(id);
    ev.notes.copied.insert(id, Copied { taker, change: None });
}

/// Sees the call of a method that changes what a model has copied.
pub fn observe(ev: &mut Evaluator<'_>, call: &Call) {
    let ValueKind::Method(method) = &call.callee.kind else { return };
    if let Some(id) = method.receiver.as_object()
        && ev.notes.copied.contains_key(&id)
        && CHANGING.contains(&&*method.name)
    {
        ev.note_change(id, call.at);
    }
}

/// Reports the changes that nothing uses.
pub fn report(ev: &mut Evaluator<'_>) {
    let mut lost: Vec<(Location, &'static str, &'static str)> = Vec::new();
    for (id, copied) in &ev.notes.copied {
        let Some(change) = copied.change.filter(|change| !ev.notes.useful_changes.contains(change)) else { continue };
        let Some(object) = ev.state.object(*id).filter(|object| object.escaped.is_none()) else { continue };
        let kind = if matches!(object.kind, ObjectKind::Dict(..)) { "dict" } else { "list" };
        lost.push((change, copied.taker, kind));
    }
    lost.sort_by_key(|(at, ..)| (at.file, at.span.start));
    for (at, taker, kind) in lost {
        ev.emit(Event::Found(Box::new(findings::lost_change(at, taker, kind))));
    }
}
