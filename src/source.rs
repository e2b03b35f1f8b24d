//! One file as it was read: its name, its language, its text.

use std::any::Any;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::text::{LineColumn, LineIndex, Span};

/// The languages that podlint reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// YAML manifests and configuration.
    Yaml,
    /// The same in JSON.
    Json,
    /// Python modules.
    Python,
    /// Jupyter notebooks.
    Notebook,
}

impl Language {
    /// The language by file name; `None` for files that are not podlint's business (`.pyi` stubs hold no values).
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            "py" => Some(Self::Python),
            "ipynb" => Some(Self::Notebook),
            _ => None,
        }
    }

    /// Whether a text in it holds manifests as they are, not a program that makes them.
    #[must_use]
    pub const fn is_data(self) -> bool {
        matches!(self, Self::Yaml | Self::Json)
    }
}

/// A file under check. Offsets everywhere are bytes into [`SourceFile::text`].
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path as the user would recognise it.
    pub path: PathBuf,
    /// How to read it.
    pub language: Language,
    /// The whole text, exactly as on disk.
    pub text: String,
    lines: OnceLock<LineIndex>,
    cells: Vec<Cell>,
    disk_lines: Vec<u32>,
    /// The runs of lines that this text has of a longer one; none where it is whole.
    runs: Vec<Run>,
    derived: Derived,
}

/// What a frontend found out about a text, for whoever asks next.
#[derive(Clone, Default)]
struct Derived(OnceLock<Arc<dyn Any + Send + Sync>>);

impl std::fmt::Debug for Derived {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Derived").field(&self.0.get().is_some()).finish()
    }
}

/// Lines that follow each other, kept of a longer text.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// The offset of its first byte.
    start: u32,
    /// The same in the whole text.
    whole: u32,
    /// Its first line, from 0, in the whole text.
    line: usize,
}

/// The files around the one that is checked. The core asks; only its callers read them.
pub trait Modules: Sync {
    /// The source of `module` (dotted, with the leading dots of a relative import) as `importer` would get it; `None` where
    /// it is no module of the project.
    fn find(&self, importer: &Path, module: &str) -> Option<Arc<SourceFile>>;

    /// A data file by its path from the folder of the module that loads it; `None` where there is none to be had.
    fn read(&self, _importer: &Path, _relative: &str) -> Option<Arc<SourceFile>> {
        None
    }

    /// What a folder holds, by its path from the folder of the module that asks; `None` where that is not known.
    fn list(&self, _importer: &Path, _relative: &str) -> Option<Vec<Listed>> {
        None
    }

    /// Whether the manifests of a file are parts of others, since a kustomization names it as a patch.
    fn is_patch(&self, _file: &Path) -> bool {
        false
    }
}

/// A file or folder in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// No project around a file: imports lead nowhere.
#[derive(Clone, Copy, Debug)]
pub struct NoModules;

impl Modules for NoModules {
    fn find(&self, _: &Path, _: &str) -> Option<Arc<SourceFile>> {
        None
    }
}

/// A notebook's cell in the module that its code cells make together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The cell's number among all cells of the notebook, from 1.
    pub number: usize,
    /// The offset of its first byte.
    pub start: u32,
}

/// A place as people say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The cell, in notebooks; lines count within it.
    pub cell: Option<usize>,
    /// Line and column.
    pub at: LineColumn,
}

impl SourceFile {
    /// A file from its name, language and text.
    pub fn new(path: impl Into<PathBuf>, language: Language, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            language,
            text: text.into(),
            lines: OnceLock::new(),
            cells: Vec::new(),
            disk_lines: Vec::new(),
            runs: Vec::new(),
            derived: Derived::default(),
        }
    }

    /// What follows from the text alone: made once, and kept as long as the text.
    pub fn derived<T: Any + Send + Sync>(&self, make: impl Fn() -> T) -> Arc<T> {
        let kept = self.derived.0.get_or_init(|| Arc::new(make()));
        Arc::clone(kept).downcast().unwrap_or_else(|_| Arc::new(make()))
    }

    /// Where its lines begin; counted once, and only when a finding needs it.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// The same file with the table of its cells.
    #[must_use]
    pub fn with_cells(mut self, cells: Vec<Cell>) -> Self {
        self.cells = cells;
        self
    }

    /// The same file with, for each of its lines, the line of the notebook's JSON, from 1.
    #[must_use]
    pub fn with_disk_lines(mut self, lines: Vec<u32>) -> Self {
        self.disk_lines = lines;
        self
    }

    /// The line, from 1, of the file on disk where that is not this text: in notebooks.
    #[must_use]
    pub fn disk_line(&self, offset: u32) -> Option<u32> {
        let last = self.disk_lines.last()?;
        Some(*self.disk_lines.get(self.lines().line_of(offset)).unwrap_or(last))
    }

    /// The cells, when this is a notebook's code.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The same file with nothing but some lines of its text, numbered from 0. Places and lines are told as in the whole.
    #[must_use]
    pub fn excerpt(&self, lines: &BTreeSet<usize>) -> Self {
        let mut excerpt = Self::new(&self.path, self.language, "");
        let mut next = None;
        for (line, span) in lines.iter().filter_map(|line| Some((*line, self.lines().line_span(*line)?))) {
            if next != Some(line) {
                let start = u32::try_from(excerpt.text.len()).unwrap_or(u32::MAX);
                excerpt.runs.push(Run { start, whole: span.start, line });
            }
            excerpt.text.push_str(span.slice(&self.text));
            next = Some(line + 1);
        }
        excerpt
    }

    /// Where a byte of the whole text is in this one.
    #[must_use]
    pub fn from_whole(&self, offset: u32) -> u32 {
        let run = self.runs.partition_point(|run| run.whole <= offset).checked_sub(1);
        run.and_then(|index| self.runs.get(index)).map_or(offset, |run| run.start + (offset - run.whole))
    }

    /// Where a byte of this text is in the whole one.
    #[must_use]
    pub fn in_whole(&self, offset: u32) -> u32 {
        self.run_at(offset).map_or(offset, |run| run.whole + (offset - run.start))
    }

    fn run_at(&self, offset: u32) -> Option<&Run> {
        self.runs.get(self.runs.partition_point(|run| run.start <= offset).checked_sub(1)?)
    }

    /// The line of a byte, from 0, in the whole text.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> usize {
        let line = self.lines().line_of(offset);
        self.run_at(offset).map_or(line, |run| run.line + line - self.lines().line_of(run.start))
    }

    /// The bytes of a line of the whole text; `None` where it has no such line, or it was not kept.
    #[must_use]
    pub fn line_span(&self, line: usize) -> Option<Span> {
        let run = self.runs.partition_point(|run| run.line <= line).checked_sub(1);
        match run.and_then(|index| self.runs.get(index)) {
            Some(run) => self.lines().line_span(self.lines().line_of(run.start) + line - run.line),
            None => self.lines().line_span(line),
        }
    }

    /// The place of a byte offset.
    pub fn place(&self, offset: u32) -> Place {
        let mut at = self.lines().place(&self.text, offset);
        if !self.runs.is_empty() {
            at.line = u32::try_from(self.line_of(offset) + 1).unwrap_or(u32::MAX);
        }
        let cell = self.cells.partition_point(|cell| cell.start <= offset).checked_sub(1);
        match cell.and_then(|index| self.cells.get(index)) {
            Some(cell) => {
                let first = self.lines().place(&self.text, cell.start).line;
                Place { cell: Some(cell.number), at: LineColumn { line: at.line + 1 - first, column: at.column } }
            }
            None => Place { cell: None, at },
        }
    }
}
