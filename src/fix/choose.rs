//! Which fixes of a report are tried together: of one kind, at different places, with different aims.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Applicability, Change, Diagnostic, Fix};
use crate::report::Report;
use crate::text::{Edit, Span};
use crate::tree::{Location, Step};

/// A fix that may be applied.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'r> {
    /// What it mends.
    pub found: &'r Diagnostic,
    /// The fix.
    pub fix: &'r Fix,
}

/// A kind of fixes that are applied before those of the next kind: what is called by a wrong name has to be read before
/// anything else can be said of it, and what is sure comes before what is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phase {
    applicability: Applicability,
    renames_keys: bool,
}

/// All kinds, in their order.
pub const PHASES: [Phase; 4] = [
    Phase { applicability: Applicability::Safe, renames_keys: true },
    Phase { applicability: Applicability::Safe, renames_keys: false },
    Phase { applicability: Applicability::Unsafe, renames_keys: true },
    Phase { applicability: Applicability::Unsafe, renames_keys: false },
];

impl Phase {
    /// What its fixes are.
    pub const fn applicability(self) -> Applicability {
        self.applicability
    }

    fn takes(self, fix: &Fix) -> bool {
        let renames = fix.changes.iter().any(|change| matches!(change, Change::RenameKey { .. }));
        fix.applicability == self.applicability && renames == self.renames_keys && !fix.edits.is_empty()
    }
}

/// The fixes of one kind that may be made at the same time; no more than one of each finding.
pub fn candidates(report: &Report, phase: Phase) -> Vec<Candidate<'_>> {
    let first = |found: &'_ Diagnostic| found.fixes.iter().position(|fix| phase.takes(fix));
    let all = report.diagnostics.iter().filter_map(|found| {
        let fix = found.fixes.get(first(found)?)?;
        Some(Candidate { found, fix })
    });
    let all: Vec<Candidate<'_>> = all.collect();
    let disputed = disputed(&all);
    let mut taken = Taken::default();
    let undisputed = |fix: &Fix| claims(fix).iter().all(|claim| !disputed.contains(claim));
    all.into_iter().filter(|candidate| undisputed(candidate.fix) && taken.take(candidate.fix)).collect()
}

/// A key that an object is to get.
type Claim = (Location, String);

/// The keys that a fix gives to objects, by renaming an entry or as a new one.
fn claims(fix: &Fix) -> Vec<Claim> {
    let claim = |(change, target): (&Change, &crate::diagnostic::Target)| match change {
        Change::RenameKey { to, .. } => Some((target.within, to.clone())),
        Change::Insert { at, key, .. } => {
            let next = at.get(target.depth).and_then(Step::key).unwrap_or(key);
            Some((target.at, next.to_owned()))
        }
        _ => None,
    };
    fix.changes.iter().zip(&fix.targets).filter_map(claim).collect()
}

/// The keys that different fixes want to give to one object by renaming different entries: nobody can say which is meant.
fn disputed(candidates: &[Candidate<'_>]) -> HashSet<Claim> {
    let mut wanted: HashMap<Claim, &[Edit]> = HashMap::new();
    let mut disputed = HashSet::new();
    for candidate in candidates {
        let renames = candidate.fix.changes.iter().any(|change| matches!(change, Change::RenameKey { .. }));
        for claim in claims(candidate.fix).into_iter().filter(|_| renames) {
            match wanted.get(&claim) {
                Some(edits) if *edits != candidate.fix.edits.as_slice() => {
                    disputed.insert(claim);
                }
                Some(_) => {}
                None => {
                    wanted.insert(claim, &candidate.fix.edits);
                }
            }
        }
    }
    disputed
}

/// The edits and keys of the fixes that were chosen so far.
#[derive(Default)]
struct Taken {
    edits: Vec<Edit>,
    known: HashSet<Edit>,
    claims: HashSet<Claim>,
}

impl Taken {
    /// Takes a fix, unless its edits or its keys are those of another one. The same fix of another finding is not a conflict.
    fn take(&mut self, fix: &Fix) -> bool {
        if fix.edits.iter().all(|edit| self.known.contains(edit)) {
            return true;
        }
        let claims = claims(fix);
        let clash =
            fix.edits.iter().any(|edit| self.clashes(edit)) || claims.iter().any(|claim| self.claims.contains(claim));
        if !clash {
            self.claims.extend(claims);
            self.known.extend(fix.edits.iter().cloned());
            for edit in &fix.edits {
                let at = self.edits.partition_point(|known| known.span <= edit.span);
                self.edits.insert(at, edit.clone());
            }
        }
        !clash
    }

    /// Whether an edit touches the text of one that was taken, or inserts at the same place. Those do not touch each other, so
    /// only the neighbours matter.
    fn clashes(&self, edit: &Edit) -> bool {
        let at = self.edits.partition_point(|known| known.span <= edit.span);
        let touches = |other: &Edit| touch(other.span, edit.span);
        self.edits.get(at).is_some_and(touches)
            || at.checked_sub(1).and_then(|before| self.edits.get(before)).is_some_and(touches)
    }
}

/// Whether two spans share a byte, or one is an insertion within the other or at its end.
fn touch(a: Span, b: Span) -> bool {
    a.overlaps(b) || a.contains(b) || b.contains(a)
}

#[cfg(test)]
mod tests {
    use super::touch;
    use crate::text::Span;

    #[test]
    fn edits_that_touch_do_not_go_together() {
        let cases = [
            ((2, 4), (4, 6), false),
            ((2, 4), (3, 6), true),
            ((2, 6), (3, 4), true),
            ((3, 3), (3, 3), true),
            ((2, 4), (4, 4), true),
            ((2, 4), (5, 5), false),
            ((2, 4), (3, 3), true),
        ];
        for ((a, b), (c, d), expected) in cases {
            let (one, two) = (Span::new(a, b), Span::new(c, d));
            assert_eq!((touch(one, two), touch(two, one)), (expected, expected), "{one:?} {two:?}");
        }
    }
}
