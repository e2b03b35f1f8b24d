//! The modules of a program: the checked file and what it imports from the project, found and parsed before anything is
//! evaluated.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ruff_python_ast::{Stmt, StmtFunctionDef};

use super::analysis::Analysis;
use super::bindings::Bound;
use super::mentions::{Mentions, concerns_templates};
use super::{Syntax, relevance};
use crate::config::Limits;
use crate::source::{Listed, Modules, SourceFile};
use crate::tree::FileId;

/// How many modules are followed.
const MAX_MODULES: usize = 64;
/// How many data files are looked for.
const MAX_FILES: usize = 32;
/// Bytes that they may have together.
const MAX_SIZE: usize = 4 * 1024 * 1024;
/// A module of the program.
pub struct Module {
    /// Its text.
    pub source: Arc<SourceFile>,
    analysis: Arc<Analysis>,
    /// Its dotted name, as it is imported.
    name: String,
    relevant: Vec<usize>,
    bound: OnceCell<Bound>,
}

/// All modules that are evaluated together; module 0 is the checked file.
pub struct Program {
    modules: Vec<Module>,
    /// For each module, by the dotted names of its imports with their leading dots, which module each means; `None` where it leads out of
    /// the project.
    imports: Vec<HashMap<String, Option<FileId>>>,
    /// Data files that the evaluation asked for: where they stand among `files`, `None` where there is none.
    data: HashMap<(FileId, String), Option<usize>>,
    files: Vec<Arc<SourceFile>>,
    /// Folders that the evaluation asked for, and what they hold where that is known.
    folders: HashMap<(FileId, String), Option<Vec<Listed>>>,
}

impl Program {
    /// The program of a file: what it imports from the project, and `further` modules that only the evaluation knows.
    pub fn load(
        path: &Path,
        text: &str,
        analysis: &Arc<Analysis>,
        finder: &dyn Modules,
        limits: &Limits,
        further: &[(FileId, String)],
    ) -> Self {
        let language = crate::source::Language::Python;
        let main =
            Module::new(Arc::new(SourceFile::new(path, language, text)), Arc::clone(analysis), "__main__".to_owned());
        let mut program = Self {
            modules: vec![main],
            imports: Vec::new(),
            folders: HashMap::new(),
            data: HashMap::new(),
            files: Vec::new(),
        };
        let mut loading = Loading { finder, limits, by_path: HashMap::new(), size: 0 };
        let mut next = 0;
        while next < program.modules.len() {
            let file = FileId(u32::try_from(next).unwrap_or(u32::MAX));
            let Some(module) = program.modules.get(next) else { break };
            let (source, analysis) = (Arc::clone(&module.source), Arc::clone(&module.analysis));
            program.imports.push(HashMap::with_capacity(analysis.imports.len()));
            let further = further.iter().filter(|(of, _)| *of == file).map(|(_, name)| name);
            for name in analysis.imports.iter().chain(further) {
                loading.follow(&mut program, file, &source.path, name);
            }
            next += 1;
        }
        program.settle_relevance();
        program
    }

    /// Reads data files that the evaluation asked for, by the module and the path from its folder; whether there were new ones.
    pub fn load_data(&mut self, finder: &dyn Modules, wanted: &[(FileId, String)]) -> bool {
        let mut is_new = false;
        for key in wanted {
            if self.data.contains_key(key) || self.data.len() >= MAX_FILES {
                continue;
            }
            is_new = true;
            let importer = self.module(key.0).map(|module| module.source.path.clone()).unwrap_or_default();
            let found = finder.read(&importer, &key.1).map(|source| {
                let known = self.files.iter().position(|file| file.path == source.path);
                known.unwrap_or_else(|| {
                    self.files.push(source);
                    self.files.len() - 1
                })
            });
            self.data.insert(key.clone(), found);
        }
        is_new
    }

    /// Lists folders that the evaluation asked for, by the module and the path from its folder; whether there were new ones.
    pub fn load_folders(&mut self, finder: &dyn Modules, wanted: &[(FileId, String)]) -> bool {
        let mut is_new = false;
        for key in wanted {
            if self.folders.contains_key(key) || self.folders.len() >= MAX_FILES {
                continue;
            }
            is_new = true;
            let importer = self.module(key.0).map(|module| module.source.path.clone()).unwrap_or_default();
            self.folders.insert(key.clone(), finder.list(&importer, &key.1));
        }
        is_new
    }

    /// What a folder holds, sorted by names; `None` where it was not asked for yet, `Some(None)` where that is not known.
    #[must_use]
    pub fn folder(&self, file: FileId, relative: &str) -> Option<Option<&[Listed]>> {
        self.folders.get(&(file, relative.to_owned())).map(Option::as_deref)
    }

    /// A data file; `None` where it was not asked for yet, `Some(None)` where there is none to be had.
    #[must_use]
    pub fn data(&self, file: FileId, relative: &str) -> Option<Option<(FileId, &Arc<SourceFile>)>> {
        let found = self.data.get(&(file, relative.to_owned()))?;
        Some(found.and_then(|index| {
            let id = u32::try_from(self.modules.len() + index).ok()?;
            Some((FileId(id), self.files.get(index)?))
        }))
    }

    /// The data files that were read, behind the modules.
    pub fn files(&self) -> &[Arc<SourceFile>] {
        &self.files
    }

    /// Settles which statements of each module are evaluated.
    fn settle_relevance(&mut self) {
        let mentions = || self.modules.iter().map(|module| &module.analysis.mentions);
        let asks_for_all = mentions().any(|mentions| mentions.asks_for_all);
        let asked: HashSet<&str> =
            mentions().flat_map(|mentions| mentions.asked.iter().map(|name| mentions.name(*name))).collect();
        let relevant_of = |(index, mentions): (usize, &Mentions)| {
            let file = FileId(u32::try_from(index).unwrap_or(u32::MAX));
            let wanted = |name: &str| index > 0 && (asks_for_all || asked.contains(name));
            relevance::relevant(mentions, &|name| self.resolve(file, name).is_some(), &wanted)
        };
        let relevant: Vec<Vec<usize>> = mentions().enumerate().map(relevant_of).collect();
        for (module, relevant) in self.modules.iter_mut().zip(relevant) {
            module.relevant = relevant;
        }
    }

    /// A module by its file.
    #[must_use]
    pub fn module(&self, file: FileId) -> Option<&Module> {
        self.modules.get(file.0 as usize)
    }

    /// All modules but the checked file.
    pub fn imported(&self) -> impl Iterator<Item = &Module> {
        self.modules.iter().skip(1)
    }

    /// The syntax of the checked file, once nothing else is needed of the program.
    #[must_use]
    pub fn into_main_syntax(self) -> Option<Syntax> {
        let analysis = self.modules.into_iter().next()?.analysis;
        Arc::try_unwrap(analysis).ok().map(Analysis::into_syntax)
    }

    /// The module that a dotted name means in a file.
    #[must_use]
    pub fn resolve(&self, file: FileId, name: &str) -> Option<FileId> {
        self.imports.get(file.0 as usize)?.get(name).copied().flatten()
    }

    /// Whether it was looked for what an import means.
    #[must_use]
    pub fn was_sought(&self, file: FileId, name: &str) -> bool {
        self.imports.get(file.0 as usize).is_some_and(|imports| imports.contains_key(name))
    }

    /// The module of that name within a package.
    #[must_use]
    pub fn submodule(&self, package: FileId, name: &str) -> Option<FileId> {
        let package = self.module(package)?;
        let folder = package
            .source
            .path
            .parent()
            .filter(|_| package.source.path.file_stem().is_some_and(|stem| stem == "__init__"))?;
        let wanted = [folder.join(name).with_extension("py"), folder.join(name).join("__init__.py")];
        let index = self.modules.iter().position(|module| wanted.contains(&module.source.path))?;
        u32::try_from(index).ok().map(FileId)
    }

    /// The dotted name of a module.
    #[must_use]
    pub fn name_of(&self, module: FileId) -> &str {
        self.module(module).map_or("", |module| &module.name)
    }

    /// Whether a module binds a name somewhere at its top.
    #[must_use]
    pub fn binds(&self, module: FileId, name: &str) -> bool {
        self.module(module).is_some_and(|module| module.bound().names.contains_key(name))
    }

    /// Whether a statement at the top of a module that begins before a place may bind a name.
    #[must_use]
    pub fn binds_before(&self, module: FileId, name: &str, place: u32) -> bool {
        self.module(module).and_then(|module| module.bound().names.get(name)).is_some_and(|start| *start < place)
    }

    /// Whether a module may bind names that are not in its text.
    #[must_use]
    pub fn is_open(&self, module: FileId) -> bool {
        self.module(module).is_some_and(|module| module.bound().is_open || !module.syntax().errors().is_empty())
    }

    /// Whether a function that nothing calls is worth a look.
    #[must_use]
    pub fn is_relevant_function(&self, function: &StmtFunctionDef) -> bool {
        concerns_templates(&function.body)
    }
}

impl Module {
    fn new(source: Arc<SourceFile>, analysis: Arc<Analysis>, name: String) -> Self {
        Self { source, analysis, name, relevant: Vec::new(), bound: OnceCell::new() }
    }

    /// Its syntax.
    #[must_use]
    pub fn syntax(&self) -> &Syntax {
        self.analysis.syntax()
    }

    /// The statements that may concern templates, in order.
    pub fn relevant(&self) -> impl Iterator<Item = &Stmt> {
        self.relevant.iter().filter_map(|index| self.syntax().suite().get(*index))
    }

    fn bound(&self) -> &Bound {
        self.bound.get_or_init(|| Bound::of(self.syntax().suite()))
    }
}

/// The state of loading a program.
struct Loading<'a> {
    finder: &'a dyn Modules,
    limits: &'a Limits,
    by_path: HashMap<PathBuf, FileId>,
    size: usize,
}

impl Loading<'_> {
    /// Finds the module that an import means, and has it followed as well.
    fn follow(&mut self, program: &mut Program, file: FileId, path: &Path, name: &str) {
        if program.was_sought(file, name) {
            return;
        }
        let found = if is_within_module(program, file, name) { None } else { self.finder.find(path, name) };
        let module = match &found {
            Some(source) => match self.module(program, file, name, source) {
                Some(module) => Some(module),
                // It is there, but not followed.
                None => return,
            },
            None => None,
        };
        if let Some(imports) = program.imports.get_mut(file.0 as usize) {
            imports.insert(name.to_owned(), module);
        }
    }

    /// The module of a text; `None` where it is too much.
    fn module(&mut self, program: &mut Program, file: FileId, name: &str, source: &Arc<SourceFile>) -> Option<FileId> {
        if let Some(known) = self.by_path.get(&source.path) {
            return Some(*known);
        }
        self.size += source.text.len();
        if program.modules.len() >= MAX_MODULES || self.size > MAX_SIZE {
            return None;
        }
        let analysis = Analysis::of(source, self.limits.depth)?;
        let id = FileId(u32::try_from(program.modules.len()).unwrap_or(u32::MAX));
        self.by_path.insert(source.path.clone(), id);
        let dotted = absolute_name(program, file, name);
        program.modules.push(Module::new(Arc::clone(source), analysis, dotted));
        Some(id)
    }
}

/// Whether a dotted name is that of something in a module that is no package, so that no module can be behind it.
fn is_within_module(program: &Program, file: FileId, name: &str) -> bool {
    let Some((parent, _)) = name.rsplit_once('.').filter(|(parent, _)| !parent.is_empty() && !parent.ends_with('.'))
    else {
        return false;
    };
    let module = program.resolve(file, parent).and_then(|module| program.module(module));
    module.is_some_and(|module| module.source.path.file_stem().is_some_and(|stem| stem != "__init__"))
}

/// The name under which an imported module knows itself.
fn absolute_name(program: &Program, file: FileId, name: &str) -> String {
    let dots = name.bytes().take_while(|byte| *byte == b'.').count();
    let rest = name.get(dots..).unwrap_or_default();
    if dots == 0 {
        return name.to_owned();
    }
    let importer = program.module(file).map_or("", |module| &module.name);
    let is_package = program
        .module(file)
        .is_some_and(|module| module.source.path.file_stem().is_some_and(|stem| stem == "__init__"));
    let mut parts: Vec<&str> = importer.split('.').collect();
    let up = if is_package { dots - 1 } else { dots };
    parts.truncate(parts.len().saturating_sub(up));
    parts.extend(rest.split('.').filter(|part| !part.is_empty()));
    parts.join(".")
}
