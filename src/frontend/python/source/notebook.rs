//! Jupyter notebooks: their code cells as one module, and edits of that module back in the notebook's JSON.

use std::path::PathBuf;

use crate::config::Settings;
use crate::diagnostic::Diagnostic;
use crate::source::{Cell, Language, SourceFile};
use crate::text::{Edit, LineIndex, Span, apply};
use crate::tree::Node;

/// The code cells of a notebook as one Python text; magics are blanked.
///
/// # Errors
/// What is wrong when the file is not a notebook.
pub fn open(source: &SourceFile, settings: &Settings) -> Result<SourceFile, Box<Diagnostic>> {
    let root = crate::frontend::yaml::read_json(&source.text, &settings.limits)?;
    let texts: Vec<(usize, String)> = code_cells(&root).into_iter().map(|(at, code)| (at, joined(code))).collect();
    let module = join(source.path.clone(), texts.iter().map(|(at, text)| (*at, text.as_str())));
    let lines = disk_lines(source, &root, &module);
    Ok(module.with_disk_lines(lines))
}

/// For each line of the module, the line of the notebook's JSON with the string that holds its beginning.
fn disk_lines(source: &SourceFile, root: &Node, module: &SourceFile) -> Vec<u32> {
    let mut pieces: Vec<(usize, u32)> = Vec::new();
    for ((_, code), cell) in code_cells(root).into_iter().zip(module.cells()) {
        let strings = code.as_list().map_or_else(|| vec![code], |list| list.items.iter().collect());
        let mut end = cell.start as usize;
        for string in strings {
            end += string.as_str().map_or(0, str::len);
            pieces.push((end, source.place(string.location.span.start).at.line));
        }
    }
    let line = |start: u32| {
        let after = pieces.partition_point(|(end, _)| *end <= start as usize);
        pieces.get(after).or(pieces.last()).map_or(1, |(_, line)| *line)
    };
    LineIndex::new(&module.text).starts().map(line).collect()
}

/// Code cells, each with its index among all cells, as one module.
#[must_use]
pub fn join<'a>(path: PathBuf, code: impl Iterator<Item = (usize, &'a str)>) -> SourceFile {
    let mut text = String::new();
    let mut cells = Vec::new();
    for (index, code) in code {
        cells.push(Cell { number: index + 1, start: u32::try_from(text.len()).unwrap_or(u32::MAX) });
        text.push_str(&without_magics(code));
        text.push('\n');
    }
    SourceFile::new(path, Language::Python, text).with_cells(cells)
}

/// The notebook's text with `edits` of its module made in the cells; all other bytes stay. `None` where an edit spans
/// cells or the notebook cannot be read.
#[must_use]
pub fn apply_edits(source: &SourceFile, view: &SourceFile, edits: &[Edit], settings: &Settings) -> Option<String> {
    let root = crate::frontend::yaml::read_json(&source.text, &settings.limits).ok()?;
    let mut json_edits = Vec::new();
    for ((_, code), (cell, end)) in code_cells(&root).into_iter().zip(cell_ranges(view)) {
        let old = joined(code);
        let inside: Vec<Edit> = edits
            .iter()
            .filter(|edit| edit.span.start >= cell && edit.span.end < end)
            .map(|edit| Edit { span: Span::new(edit.span.start - cell, edit.span.end - cell), ..edit.clone() })
            .collect();
        if !inside.is_empty() {
            let new = apply(&old, &inside).ok()?;
            json_edits.push(Edit::replace(code.location.span, encoded(code, &source.text, &new)));
        }
    }
    apply(&source.text, &json_edits).ok()
}

/// Where each cell starts and ends in the module.
fn cell_ranges(view: &SourceFile) -> Vec<(u32, u32)> {
    let starts: Vec<u32> = view.cells().iter().map(|cell| cell.start).collect();
    let length = u32::try_from(view.text.len()).unwrap_or(u32::MAX);
    let ends = starts.iter().skip(1).copied().chain([length]);
    starts.iter().copied().zip(ends.collect::<Vec<_>>()).collect()
}

/// The `source` of each code cell, with the cell's index among all cells.
fn code_cells(root: &Node) -> Vec<(usize, &Node)> {
    let cells = root.get("cells").known().and_then(Node::as_list).map(|list| list.items.as_slice()).unwrap_or_default();
    let code = |cell: &&Node| cell.text("cell_type").known() == Some("code");
    cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| code(cell))
        .filter_map(|(index, cell)| Some((index, cell.get("source").known()?)))
        .collect()
}

/// The text of a `source`: a string, or a list of lines.
fn joined(source: &Node) -> String {
    match source.as_list() {
        Some(lines) => lines.items.iter().filter_map(Node::as_str).collect(),
        None => source.as_str().unwrap_or_default().to_owned(),
    }
}

/// A cell's text with IPython's own syntax turned into spaces, so that offsets stay.
fn without_magics(text: &str) -> String {
    let blank = |line: &str| line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect::<String>();
    if text.trim_start().starts_with("%%") {
        return blank(text);
    }
    let plain = |line: &str| if line.trim_start().starts_with(['%', '!', '?']) { blank(line) } else { line.to_owned() };
    text.split_inclusive('\n').map(plain).collect()
}

/// New text in the form in which the cell's `source` was written.
fn encoded(source: &Node, notebook: &str, text: &str) -> String {
    let json = |line: &str| serde_json::Value::from(line).to_string();
    let Some(list) = source.as_list() else { return json(text) };
    let lines: Vec<String> = text.split_inclusive('\n').map(json).collect();
    let written = source.location.span.slice(notebook);
    let gap = list.items.first().map_or("", |first| {
        let end = (first.location.span.start - source.location.span.start) as usize;
        written.get(1..end).unwrap_or_default()
    });
    let tail = written.trim_end_matches(']').rsplit(['"', ']']).next().unwrap_or_default();
    format!("[{gap}{}{tail}]", lines.join(&format!(",{}", if gap.is_empty() { " " } else { gap })))
}
