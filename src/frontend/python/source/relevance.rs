//! Which statements of a module can have to do with templates: only these are evaluated.
//!
//! A module is cut into independent parts. Two statements belong together when they mention a common name, be it in the bodies of
//! functions that may be called while the module is imported. Names of packages outside of the project connect nothing, since
//! they are the same for everybody, unless something is assigned to them. A part counts when it uses an SDK, binds a name that
//! other modules ask for, or does what reaches beyond names.

use super::mentions::{Mentions, NameId, Statement};

/// Packages whose use makes a statement count.
const SDKS: &[&str] =
    &["flyte", "flytekit", "flytekitplugins", "flyteplugins", "kubernetes", "kubernetes_asyncio", "union"];

/// The positions of the statements of a module that count, in order. `is_project` tells which imports are the project's, `wanted`
/// which names other modules ask for.
#[must_use]
pub fn relevant(mentions: &Mentions, is_project: &dyn Fn(&str) -> bool, wanted: &dyn Fn(&str) -> bool) -> Vec<usize> {
    Relevance::new(mentions, is_project).relevant(wanted)
}

struct Relevance<'a> {
    mentions: &'a Mentions,
    names: Vec<Name>,
}

/// Where the imports of a module say that a name is from; imports in several branches may say several things.
#[derive(Clone, Default)]
struct Name {
    is_sdk: bool,
    is_outside: bool,
    /// It comes from another module of the project: what is done with it may concern that.
    is_project: bool,
}

impl<'a> Relevance<'a> {
    fn new(mentions: &'a Mentions, is_project: &dyn Fn(&str) -> bool) -> Self {
        let mut names = vec![Name::default(); mentions.names.len()];
        for (bound, module) in &mentions.imports {
            let Some(name) = names.get_mut(*bound as usize) else { continue };
            let root = module.split('.').next().unwrap_or_default();
            name.is_sdk |= SDKS.contains(&root);
            if module.starts_with('.') || is_project(module) {
                name.is_project = true;
            } else {
                name.is_outside = true;
            }
        }
        Self { mentions, names }
    }

    fn is(&self, name: NameId, what: impl Fn(&Name) -> bool) -> bool {
        self.names.get(name as usize).is_some_and(what)
    }

    fn relevant(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<usize> {
        let statements = &self.mentions.statements;
        let called = self.called_definitions();
        let mut groups = Groups::new(self.names.len());
        let considered: Vec<Vec<NameId>> = statements
            .iter()
            .zip(&called)
            .map(|(statement, is_called)| self.considered(statement, *is_called))
            .collect();
        for names in &considered {
            if let [first, rest @ ..] = &names[..] {
                rest.iter().for_each(|name| groups.connect(*first, *name));
            }
        }
        let roots = groups.roots();
        let root = |name: &NameId| roots.get(*name as usize).copied().unwrap_or_default() as usize;
        let mut counting = vec![false; self.names.len()];
        for (statement, names) in statements.iter().zip(&considered) {
            if let Some(name) = names.first().filter(|_| self.counts(statement, wanted))
                && let Some(counts) = counting.get_mut(root(name))
            {
                *counts = true;
            }
        }
        let is_relevant = |(statement, names): (&Statement, &Vec<NameId>)| {
            let counts_alone = statement.reaches || statement.now.iter().any(|name| self.is(*name, |name| name.is_sdk));
            let is_in_part = names.first().is_some_and(|name| counting.get(root(name)).is_some_and(|counts| *counts));
            statement.is_import || counts_alone || is_in_part
        };
        let all = statements.iter().zip(&considered).enumerate();
        all.filter(|(_, found)| is_relevant(*found)).map(|(index, _)| index).collect()
    }

    /// Whether a statement makes the part that it belongs to count.
    fn counts(&self, statement: &Statement, wanted: &dyn Fn(&str) -> bool) -> bool {
        if statement.is_import {
            return false;
        }
        statement.reaches
            || statement.makes_templates
            || statement.now.iter().any(|name| self.is(*name, |name| name.is_sdk || name.is_project))
            || statement.changed.iter().any(|name| self.is(*name, |name| name.is_outside))
            || statement.bound.iter().any(|name| wanted(self.mentions.name(*name)))
    }

    /// The names by which a statement is connected with others.
    fn considered(&self, statement: &Statement, is_called: bool) -> Vec<NameId> {
        let mut names = statement.bound.clone();
        names.extend(&statement.now);
        if !statement.is_definition || is_called || statement.makes_templates {
            names.extend(&statement.later);
        }
        names.retain(|name| !self.is(*name, |name| name.is_outside) || statement.changed.binary_search(name).is_ok());
        names.sort_unstable();
        names.dedup();
        names
    }

    /// For each statement, whether functions that it defines may run while the module is imported.
    fn called_definitions(&self) -> Vec<bool> {
        let statements = &self.mentions.statements;
        let mut binding: Vec<Vec<usize>> = vec![Vec::new(); self.names.len()];
        for (index, statement) in statements.iter().enumerate() {
            for name in &statement.bound {
                if let Some(indexes) = binding.get_mut(*name as usize) {
                    indexes.push(index);
                }
            }
        }
        let mut called = vec![false; statements.len()];
        let mut seen = vec![false; self.names.len()];
        let mut waiting: Vec<NameId> = statements.iter().flat_map(|statement| statement.now.iter().copied()).collect();
        while let Some(name) = waiting.pop() {
            let Some(seen) = seen.get_mut(name as usize).filter(|seen| !**seen) else { continue };
            *seen = true;
            for index in binding.get(name as usize).into_iter().flatten() {
                let (Some(called), Some(statement)) = (called.get_mut(*index), statements.get(*index)) else {
                    continue;
                };
                if !std::mem::replace(called, true) {
                    waiting.extend(&statement.later);
                }
            }
        }
        called
    }
}

/// Names that belong together, each group with one of them as its root.
struct Groups {
    parents: Vec<NameId>,
}

impl Groups {
    fn new(count: usize) -> Self {
        Self { parents: (0..u32::try_from(count).unwrap_or(u32::MAX)).collect() }
    }

    fn parent(&self, name: NameId) -> NameId {
        self.parents.get(name as usize).copied().unwrap_or(name)
    }

    /// The root of a name's group. On the way each name moves up by one, which keeps ways short.
    fn root(&mut self, mut name: NameId) -> NameId {
        loop {
            let parent = self.parent(name);
            if parent == name {
                return name;
            }
            let above = self.parent(parent);
            self.set(name, above);
            name = above;
        }
    }

    fn connect(&mut self, one: NameId, two: NameId) {
        let (one, two) = (self.root(one), self.root(two));
        self.set(one.max(two), one.min(two));
    }

    fn set(&mut self, name: NameId, parent: NameId) {
        if let Some(entry) = self.parents.get_mut(name as usize) {
            *entry = parent;
        }
    }

    /// The root of each name.
    fn roots(mut self) -> Vec<NameId> {
        let count = u32::try_from(self.parents.len()).unwrap_or(u32::MAX);
        (0..count).map(|name| self.root(name)).collect()
    }
}
