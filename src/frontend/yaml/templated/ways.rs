//! The ways that the blocks of a template may go: enough of them that each branch is seen, none that contradicts itself.

use std::collections::{BTreeMap, BTreeSet};

use super::actions::{Action, Does, Test};
use crate::text::Span;

/// More ways of one text are not looked at.
const MAX_WAYS: usize = 8;
/// Templates with more branches are not taken apart.
const MAX_BRANCHES: usize = 400;

/// One of the texts between `if`, `else` and `end`.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The block that it belongs to.
    pub block: usize,
    /// Its test; none of an `else`.
    pub test: Option<Test>,
    /// Its text, without the actions around it.
    pub body: Span,
    /// Where its test is written.
    pub head: Span,
    /// The branch around its block.
    pub around: Option<usize>,
}

/// How a text may go: which branches are taken.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// The branches that are not taken; those around which one lies are left out.
    pub left_out: Vec<usize>,
    /// The branches that are taken.
    pub taken: Vec<usize>,
    /// The branch that it is there to show.
    pub shows: Option<usize>,
}

/// The branches of the blocks whose first action begins a line.
pub fn branches(actions: &[Action], length: u32) -> Vec<Branch> {
    let mut found: Vec<Branch> = Vec::new();
    // Of each open block: its number and its current branch; none for those within a line.
    let mut open: Vec<Option<(usize, usize)>> = Vec::new();
    let mut blocks = 0;
    for action in actions {
        match &action.does {
            Does::Opens(test) if action.begins => {
                let around = open.iter().rev().find_map(|one| one.map(|(_, branch)| branch));
                let body = Span::new(action.span.end, length);
                found.push(Branch { block: blocks, test: Some(test.clone()), body, head: action.span, around });
                open.push(Some((blocks, found.len() - 1)));
                blocks += 1;
            }
            Does::Opens(_) | Does::Defines => open.push(None),
            Does::Else(test) => {
                let Some(Some((block, branch))) = open.last_mut() else { continue };
                let around = found.get_mut(*branch).and_then(|last| {
                    last.body.end = action.span.start;
                    last.around
                });
                let body = Span::new(action.span.end, length);
                found.push(Branch { block: *block, test: test.clone(), body, head: action.span, around });
                *branch = found.len() - 1;
            }
            Does::Ends => {
                if let Some((_, branch)) = open.pop().flatten()
                    && let Some(last) = found.get_mut(branch)
                {
                    last.body.end = action.span.start;
                }
            }
            Does::Nothing | Does::Writes => {}
        }
    }
    found
}

/// Ways that together show each branch, the likeliest first.
pub fn ways(branches: &[Branch]) -> Vec<Way> {
    if branches.is_empty() || branches.len() > MAX_BRANCHES {
        return vec![Way::default()];
    }
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    let mut ways: Vec<Way> = Vec::new();
    for target in 0..branches.len() {
        if seen.contains(&target) || ways.len() == MAX_WAYS {
            continue;
        }
        let Some(truth) = truth(branches, target) else { continue };
        let way = way(branches, &truth, target);
        seen.extend(&way.taken);
        if ways.is_empty() || way.taken.contains(&target) {
            ways.push(way);
        }
    }
    ways
}

type Truth<'b> = BTreeMap<&'b str, bool>;

/// What must hold for a branch to be taken, and what may hold besides.
fn truth<'b>(branches: &'b [Branch], target: usize) -> Option<Truth<'b>> {
    let mut truth = Truth::new();
    let mut next = Some(target);
    while let Some(index) = next {
        let branch = branches.get(index)?;
        let before = branches.iter().take(index).filter(|one| one.block == branch.block);
        let refused = before.filter_map(|one| one.test.as_ref()).map(|test| (test, test.negated));
        let own = branch.test.as_ref().map(|test| (test, !test.negated));
        for (test, holds) in refused.chain(own) {
            if *truth.entry(&test.base).or_insert(holds) != holds {
                return None;
            }
        }
        next = branch.around;
    }
    let tests = || branches.iter().filter_map(|branch| branch.test.as_ref());
    for test in tests() {
        if truth.contains_key(test.base.as_str()) {
            continue;
        }
        // A comparison likely excludes other tests of the same value: only one of them holds at a time.
        let mut others =
            tests().filter(|other| other.base != test.base && truth.get(other.base.as_str()) == Some(&!other.negated));
        let clashes = others.any(|other| {
            (other.compares() || test.compares())
                && other.references().any(|one| test.references().any(|own| own == one))
        });
        truth.insert(&test.base, test.negated == clashes);
    }
    Some(truth)
}

/// The branches that are taken by such tests.
fn way(branches: &[Branch], truth: &Truth<'_>, target: usize) -> Way {
    let mut way = Way { shows: Some(target), ..Way::default() };
    let mut decided: BTreeSet<usize> = BTreeSet::new();
    for (index, branch) in branches.iter().enumerate() {
        let is_reached = branch.around.is_none_or(|around| way.taken.contains(&around));
        if !is_reached {
            continue;
        }
        let holds = branch.test.as_ref().is_none_or(|test| truth.get(test.base.as_str()) == Some(&!test.negated));
        if holds && decided.insert(branch.block) {
            way.taken.push(index);
        } else {
            way.left_out.push(index);
        }
    }
    way
}

/// The way that tests decide; what they leave open is not taken.
pub fn by(branches: &[Branch], decide: &dyn Fn(&Test) -> Option<bool>) -> Way {
    let tests = branches.iter().filter_map(|branch| branch.test.as_ref());
    let truth: Truth<'_> =
        tests.map(|test| (test.base.as_str(), decide(test).unwrap_or_default() != test.negated)).collect();
    Way { shows: None, ..way(branches, &truth, 0) }
}
