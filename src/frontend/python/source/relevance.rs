//! Which statements of a module can have to do with templates: only these are evaluated.
//!
//! A module is cut into independent parts. Two statements belong together when they mention a common name, be it in the bodies of
//! functions that may be called while the module is imported. Names of packages outside of the project connect nothing, since
//! they are the same for everybody, unless something is assigned to them. A part counts when it uses an SDK, binds a name that
//! other modules ask for, or does what reaches beyond names.

use std::collections::{HashMap, HashSet};

use ruff_python_ast::{ModModule, Stmt};

use super::mentions::Mentions;

/// Packages whose use makes a statement count.
const SDKS: &[&str] =
    &["flyte", "flytekit", "flytekitplugins", "flyteplugins", "kubernetes", "kubernetes_asyncio", "union"];
/// What can be said of a module without others.
pub struct Parts<'a> {
    statements: Vec<Mentions<'a>>,
    sdk_names: HashSet<&'a str>,
    outside: HashSet<&'a str>,
    /// Names that come from other modules of the project: what is done with them may concern those.
    project: HashSet<&'a str>,
    /// Names of attributes and of imports in it: what it may ask of other modules.
    pub asked: HashSet<&'a str>,
    /// It asks for names that only running tells, or for all.
    pub asks_for_all: bool,
}

impl<'a> Parts<'a> {
    /// Looks a module through once; `is_project` tells which imports are the project's.
    pub fn of(module: &'a ModModule, is_project: &dyn Fn(&str) -> bool) -> Self {
        let mut parts = Self {
            statements: Vec::new(),
            sdk_names: HashSet::new(),
            outside: HashSet::new(),
            project: HashSet::new(),
            asked: HashSet::new(),
            asks_for_all: false,
        };
        for statement in &module.body {
            let mentions = Mentions::of(statement, &mut parts.asked, &mut parts.asks_for_all);
            parts.statements.push(mentions);
            parts.note_imports(statement, is_project);
        }
        parts
    }

    /// Notes which names are packages outside the project, and which of these are SDKs.
    fn note_imports(&mut self, statement: &'a Stmt, is_project: &dyn Fn(&str) -> bool) {
        let mut note = |module: &str, bound: &'a str| {
            let root = module.split('.').next().unwrap_or_default();
            if SDKS.contains(&root) {
                self.sdk_names.insert(bound);
            }
            if module.starts_with('.') || is_project(module) {
                self.project.insert(bound);
            } else {
                self.outside.insert(bound);
            }
        };
        match statement {
            Stmt::Import(node) => {
                for alias in &node.names {
                    let name = alias.name.as_str();
                    let bound = alias
                        .asname
                        .as_ref()
                        .map_or_else(|| name.split('.').next().unwrap_or(name), |name| name.as_str());
                    note(name, bound);
                }
            }
            Stmt::ImportFrom(node) => {
                let module = format!(
                    "{}{}",
                    ".".repeat(node.level as usize),
                    node.module.as_ref().map_or("", |name| name.as_str())
                );
                for alias in &node.names {
                    note(&module, alias.asname.as_ref().unwrap_or(&alias.name).as_str());
                }
            }
            _ => {}
        }
    }

    /// The positions of the statements that count, in order. `wanted` tells which names other modules ask for.
    pub fn relevant(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<usize> {
        let called = self.called_definitions();
        let mut groups = Groups::default();
        let considered: Vec<HashSet<&'a str>> = self
            .statements
            .iter()
            .enumerate()
            .map(|(index, mentions)| self.considered(index, mentions, &called))
            .collect();
        for names in &considered {
            let mut names = names.iter();
            if let Some(first) = names.next() {
                names.for_each(|name| groups.connect(first, name));
            }
        }
        let mut counting: HashSet<usize> = HashSet::new();
        for (mentions, names) in self.statements.iter().zip(&considered) {
            let counted = |name: &&'a str| self.sdk_names.contains(name) || self.project.contains(name);
            let uses_sdk = mentions.now.iter().any(counted) || mentions.makes_templates;
            let changes_outside = mentions.changed.iter().any(|name| self.outside.contains(name));
            let counts = !mentions.is_import
                && (uses_sdk || changes_outside || mentions.reaches || mentions.bound.iter().any(|name| wanted(name)));
            if counts {
                counting.extend(names.iter().map(|name| groups.root(name)));
            }
        }
        let is_relevant = |index: &usize| {
            let (Some(mentions), Some(names)) = (self.statements.get(*index), considered.get(*index)) else {
                return true;
            };
            let counts_alone = mentions.reaches || mentions.now.iter().any(|name| self.sdk_names.contains(name));
            mentions.is_import || counts_alone || names.iter().any(|name| counting.contains(&groups.root_of(name)))
        };
        (0..self.statements.len()).filter(is_relevant).collect()
    }

    /// The names by which a statement is connected with others.
    fn considered(&self, index: usize, mentions: &Mentions<'a>, called: &HashSet<usize>) -> HashSet<&'a str> {
        let mut names: HashSet<&'a str> = mentions.bound.union(&mentions.now).copied().collect();
        if !mentions.is_definition || called.contains(&index) || mentions.makes_templates {
            names.extend(&mentions.later);
        }
        names.retain(|name| !self.outside.contains(name) || mentions.changed.contains(name));
        names
    }

    /// The definitions whose functions may run while the module is imported.
    fn called_definitions(&self) -> HashSet<usize> {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, mentions) in self.statements.iter().enumerate() {
            mentions.bound.iter().for_each(|name| by_name.entry(name).or_default().push(index));
        }
        let mut called = HashSet::new();
        let mut waiting: Vec<&str> = self.statements.iter().flat_map(|mentions| mentions.now.iter().copied()).collect();
        let mut seen: HashSet<&str> = HashSet::new();
        while let Some(name) = waiting.pop() {
            if !seen.insert(name) {
                continue;
            }
            for index in by_name.get(name).into_iter().flatten() {
                if called.insert(*index)
                    && let Some(mentions) = self.statements.get(*index)
                {
                    waiting.extend(&mentions.later);
                }
            }
        }
        called
    }
}

/// Names that belong together, each group with one of them as its root.
#[derive(Default)]
struct Groups<'a> {
    numbers: HashMap<&'a str, usize>,
    parents: Vec<usize>,
}

impl<'a> Groups<'a> {
    fn number(&mut self, name: &'a str) -> usize {
        let next = self.parents.len();
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.parents.push(next);
        }
        number
    }

    fn find(&self, mut number: usize) -> usize {
        while let Some(parent) = self.parents.get(number).copied().filter(|parent| *parent != number) {
            number = parent;
        }
        number
    }

    fn connect(&mut self, one: &'a str, two: &'a str) {
        let (one, two) = (self.number(one), self.number(two));
        let (one, two) = (self.find(one), self.find(two));
        if let Some(parent) = self.parents.get_mut(one.max(two)) {
            *parent = one.min(two);
        }
    }

    fn root(&mut self, name: &'a str) -> usize {
        let number = self.number(name);
        self.find(number)
    }

    fn root_of(&self, name: &str) -> usize {
        self.numbers.get(name).map_or(usize::MAX, |number| self.find(*number))
    }
}
