//! Walks folders for files to check, without what `.gitignore` and `.ignore` files leave out.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder, Glob};

use super::border::Border;
use super::open::read_text;
use super::reason;
use crate::source::Language;

/// Folders that hold other people's code, whatever `.gitignore` says.
const FOREIGN: &[&str] = &["node_modules", "site-packages", "__pycache__", ".venv", "venv", ".git", ".tox", ".nox"];
/// The files with patterns in a folder, those first that count more; the last only at the top of a repository.
const PATTERNS: [&str; 3] = [".ignore", ".gitignore", ".git/info/exclude"];
/// Larger files of patterns are not used, nor those with more lines.
const MAX_SIZE: u64 = 1024 * 1024;
const MAX_LINES: usize = 10_000;

/// What was found below one folder.
#[derive(Debug, Default)]
pub struct Found {
    /// Files with their languages.
    pub files: Vec<(PathBuf, Language)>,
    /// Whether links may lead to one file by several ways.
    pub has_links: bool,
    /// What could not be looked at, in sentences.
    pub problems: Vec<String>,
    /// Links that lead out of the project.
    pub left_out: Vec<PathBuf>,
    /// What is not checked, and why; only where that is asked.
    pub skipped: Vec<(PathBuf, String)>,
}

/// Collects the files below a folder. Links to folders are not followed, so that there are no loops.
pub fn walk(root: &Path, border: &Border, explain: bool) -> Found {
    let mut found = Found::default();
    let real = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let top = border.top(&real.join("x"));
    let mut levels = Vec::new();
    let above: Vec<&Path> = real.ancestors().skip(1).take_while(|folder| folder.starts_with(&top)).collect();
    above.into_iter().rev().for_each(|folder| levels.push(Level::of(folder, &top, &mut found)));
    let mut walk = Walk { root, real: &real, top: &top, border, explain, found };
    walk.folder(&PathBuf::new(), &mut levels);
    walk.found
}

struct Walk<'w> {
    root: &'w Path,
    real: &'w Path,
    top: &'w Path,
    border: &'w Border,
    explain: bool,
    found: Found,
}

impl Walk<'_> {
    /// Looks through a folder, given from the root. How deeply folders nest is bounded by the length of paths.
    fn folder(&mut self, inner: &Path, levels: &mut Vec<Level>) {
        let here = self.root.join(inner);
        let entries = match std::fs::read_dir(&here) {
            Ok(entries) => entries,
            Err(error) => {
                let problem = format!("cannot look below `{}`: {}", here.display(), reason(&error));
                return self.found.problems.push(problem);
            }
        };
        let mut entries: Vec<std::fs::DirEntry> = entries.filter_map(Result::ok).collect();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        levels.push(Level::of(&self.real.join(inner), self.top, &mut self.found));
        for entry in entries {
            let Ok(kind) = entry.file_type() else { continue };
            let name = entry.file_name();
            let inner = inner.join(&name);
            if kind.is_dir() {
                let is_foreign = name.to_str().is_some_and(|name| FOREIGN.contains(&name));
                if is_foreign {
                    self.skip(&inner, "a folder of other people's code");
                } else if is_left_out(&self.real.join(&inner), &name, true, levels) {
                    self.skip_ignored(&inner, &name, true, levels);
                } else {
                    self.folder(&inner, levels);
                }
            } else if let Some(language) = Language::of_path(Path::new(&name)) {
                if is_left_out(&self.real.join(&inner), &name, false, levels) {
                    self.skip_ignored(&inner, &name, false, levels);
                } else {
                    self.file(&inner, language, kind.is_symlink(), kind.is_file());
                }
            } else {
                self.skip(&inner, "not a .py, .ipynb, .yaml, .yml or .json file");
            }
        }
        levels.pop();
    }

    fn skip(&mut self, inner: &Path, why: &str) {
        if self.explain {
            self.found.skipped.push((self.root.join(inner), why.to_owned()));
        }
    }

    fn skip_ignored(&mut self, inner: &Path, name: &OsStr, is_folder: bool, levels: &[Level]) {
        if self.explain {
            let by = decision(&self.real.join(inner), is_folder, levels);
            let why = match by {
                Some(Match::Ignore(glob)) => {
                    let file = glob.from().map(|file| super::shown(file).display().to_string()).unwrap_or_default();
                    format!("ignored by `{}` in {file}", glob.original())
                }
                _ => format!("`{}` is hidden", name.to_string_lossy()),
            };
            self.skip(inner, &why);
        }
    }

    fn file(&mut self, inner: &Path, language: Language, is_link: bool, is_file: bool) {
        let path = self.root.join(inner);
        if is_link {
            if !self.border.admits(&self.real.join("x"), &path) {
                return self.found.left_out.push(path);
            }
            self.found.has_links = true;
        }
        // A link to a file is followed.
        if is_file || std::fs::metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
            self.found.files.push((path, language));
        }
    }
}

/// The patterns of one folder.
struct Level([Option<Gitignore>; 3]);

impl Level {
    fn of(folder: &Path, top: &Path, found: &mut Found) -> Self {
        let mut patterns = |name: &&str| {
            let is_wanted = !name.starts_with(".git/") || folder == top;
            is_wanted.then(|| patterns_of(folder, &folder.join(name), top, &mut found.problems)).flatten()
        };
        let [first, second, third] = &PATTERNS;
        Self([patterns(first), patterns(second), patterns(third)])
    }
}

fn patterns_of(folder: &Path, file: &Path, top: &Path, problems: &mut Vec<String>) -> Option<Gitignore> {
    // Most folders have none.
    file.symlink_metadata().ok()?;
    let refuse = |why: &str, problems: &mut Vec<String>| {
        problems.push(format!("cannot use `{}`: {why}", file.display()));
    };
    let real = std::fs::canonicalize(file).ok()?;
    if !real.starts_with(top) {
        refuse("it leads out of the project", problems);
        return None;
    }
    let text = match read_text(&real, MAX_SIZE) {
        Ok(text) => text,
        Err(error) => {
            refuse(&reason(&error), problems);
            return None;
        }
    };
    if text.lines().count() > MAX_LINES {
        refuse(&format!("it has more than {MAX_LINES} lines"), problems);
        return None;
    }
    let mut builder = GitignoreBuilder::new(folder);
    let from = || Some(file.to_owned());
    for line in text.lines() {
        // What is no pattern is passed over, as git does.
        let _ = builder.add_line(from(), line);
    }
    builder.build().ok().filter(|patterns| !patterns.is_empty())
}

/// Whether the patterns around an entry leave it out. The nearest folder decides, and hidden entries are left out unless one of them
/// takes them in.
fn is_left_out(path: &Path, name: &OsStr, is_folder: bool, levels: &[Level]) -> bool {
    match decision(path, is_folder, levels) {
        Some(found) => found.is_ignore(),
        None => name.as_encoded_bytes().starts_with(b"."),
    }
}

/// The pattern that decides on an entry.
fn decision<'l>(path: &Path, is_folder: bool, levels: &'l [Level]) -> Option<Match<&'l Glob>> {
    let each =
        (0..PATTERNS.len()).flat_map(|kind| levels.iter().rev().filter_map(move |level| level.0.get(kind)?.as_ref()));
    each.map(|patterns| patterns.matched(path, is_folder)).find(|found| !found.is_none())
}
