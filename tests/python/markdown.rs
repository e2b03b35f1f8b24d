//! Reads cases out of Markdown: a heading, files in fenced blocks, options in a `toml` block.

use std::path::{Path, PathBuf};

use crate::expectation::{Expectation, expectations};

/// One program with what is expected of it.
pub struct Case {
    /// The Markdown file.
    pub path: PathBuf,
    /// The heading.
    pub name: String,
    /// The content of `podlint.toml`.
    pub options: String,
    /// The files of the program.
    pub files: Vec<File>,
}

/// A file of a case.
pub struct File {
    /// Its path in the case's folder.
    pub path: String,
    /// Its text, as it stands in the Markdown.
    pub text: String,
    /// The line of the Markdown before its first line.
    pub offset: usize,
    /// What its comments expect.
    pub expectations: Vec<Expectation>,
}

impl Case {
    /// The theme and the heading.
    pub fn title(&self) -> String {
        format!("{}: {}", self.path.file_stem().unwrap().to_string_lossy(), self.name)
    }

    /// Writes the case's files into a folder as both podlint and Python read them.
    pub fn write(&self, folder: &Path) {
        for file in &self.files {
            let path = folder.join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file.program()).unwrap();
        }
        std::fs::write(folder.join("podlint.toml"), &self.options).unwrap();
    }

    /// The value of an option of the case.
    pub fn option(&self, name: &str) -> Option<&str> {
        let line = self.options.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix('='))?;
        Some(line.trim().trim_matches('"'))
    }
}

impl File {
    /// Whether the file reveals values, and so starts with a line that the Markdown does not have.
    pub fn reveals(&self) -> bool {
        self.path.ends_with(".py") && self.text.lines().any(|line| line.trim_start().starts_with("reveal("))
    }

    /// The text with each `reveal(value)` turned into a template that has the value as a label, on the same line.
    fn program(&self) -> String {
        if !self.reveals() {
            return self.text.clone();
        }
        let lines = self.text.lines().map(|line| match line.trim_start().strip_prefix("reveal(") {
            None => line.to_owned(),
            Some(rest) => {
                let code = rest.split("  # ").next().unwrap_or(rest).trim_end();
                let value = code.strip_suffix(')').unwrap_or_else(|| panic!("reveal(…) on one line: {line}"));
                let indent = &line[..line.len() - line.trim_start().len()];
                format!("{indent}flyte.PodTemplate(labels={{\"reveal\": ({value})}})")
            }
        });
        std::iter::once("import flyte".to_owned()).chain(lines).map(|line| line + "\n").collect()
    }
}

/// The cases of a Markdown file. A line with just a path in backticks names the file of the next block.
pub fn cases(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut cases: Vec<Case> = Vec::new();
    let mut title: Option<String> = None;
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(name) = line.strip_prefix("## ") {
            let (name, options) = (name.to_owned(), String::new());
            cases.push(Case { path: path.to_owned(), name, options, files: Vec::new() });
        } else if let Some(name) = line.strip_prefix('`').and_then(|rest| rest.strip_suffix("`:")) {
            title = Some(name.to_owned());
        } else if let Some(language) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
            let body: String = body.iter().map(|line| format!("{line}\n")).collect();
            let case = cases.last_mut().unwrap_or_else(|| panic!("{}: a block before any heading", path.display()));
            match (language, title.take()) {
                ("toml", None) => case.options = body,
                (_, title) => case.files.push(file(title, language, body, number + 1)),
            }
        }
    }
    cases
}

fn file(title: Option<String>, language: &str, text: String, offset: usize) -> File {
    let path = title.unwrap_or_else(|| "main.py".to_owned());
    let expectations = if language == "python" { expectations(&text) } else { Vec::new() };
    File { path, text, offset, expectations }
}
