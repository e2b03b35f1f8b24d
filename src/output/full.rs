//! Findings with their source lines, for people at a terminal.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::ops::Range;

use codespan_reporting::diagnostic::{Diagnostic as Report, Label, Severity as Level};
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::termcolor::{Ansi, NoColor};
use codespan_reporting::term::{Chars, Config, Styles, StylesWriter, emit_to_write_style};

use super::{Checked, shown_path};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::source::SourceFile;
use crate::text::same_offsets;
use crate::tree::{FileId, Location};

/// Longer lines are shown only around what is underlined.
const LONG_LINE: usize = 240;
/// Bytes shown before what is underlined in a long line.
const LEAD: usize = 80;

/// Writes the findings of a file.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut dyn io::Write, file: &Checked, color: bool) -> io::Result<()> {
    let config = Config { tab_width: 4, chars: Chars::box_drawing(), ..Config::default() };
    let styles = Styles::default();
    let texts = safe_texts(file);
    for diagnostic in file.shown() {
        let view = View { file, texts: &texts, focus: focus(diagnostic) };
        let report = report(&view, diagnostic);
        // Rendered aside, so that a finding is written as one piece.
        let mut text = Vec::new();
        let rendered = if color {
            emit_to_write_style(&mut StylesWriter::new(Ansi::new(&mut text), &styles), &config, &view, &report)
        } else {
            emit_to_write_style(&mut StylesWriter::new(NoColor::new(&mut text), &styles), &config, &view, &report)
        };
        rendered.map_err(io::Error::other)?;
        out.write_all(&text)?;
    }
    Ok(())
}

fn report(view: &View<'_>, diagnostic: &Diagnostic) -> Report<FileId> {
    let level = match diagnostic.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
        Severity::Info => Level::Note,
    };
    let primary = Label::primary(diagnostic.location.file, view.shown(diagnostic.location));
    let mut labels = vec![primary];
    for label in &diagnostic.labels {
        labels.push(Label::secondary(label.location.file, view.shown(label.location)).with_message(&label.message));
    }
    Report::new(level)
        .with_code(diagnostic.rule)
        .with_message(&diagnostic.message)
        .with_labels(labels)
        .with_notes(notes(diagnostic))
}

fn notes(diagnostic: &Diagnostic) -> Vec<String> {
    let mut notes: Vec<String> = diagnostic.help.iter().map(|help| format!("help: {help}")).collect();
    for fix in &diagnostic.fixes {
        let how = match fix.applicability {
            Applicability::Safe => "--fix",
            Applicability::Unsafe => "--unsafe-fixes",
            Applicability::Manual => "by hand, or in an editor",
        };
        notes.push(format!("fix: {} ({how})", fix.title));
    }
    notes
}

/// The starts of everything that a finding points at: long lines are shown around these.
fn focus(diagnostic: &Diagnostic) -> Vec<Location> {
    let labels = diagnostic.labels.iter().map(|label| label.location);
    std::iter::once(diagnostic.location).chain(labels).collect()
}

/// The texts that are not shown as they are: those with secrets, and those that would act on a terminal.
fn safe_texts(file: &Checked) -> HashMap<FileId, String> {
    let mut texts = without_secrets(file);
    let count = u32::try_from(file.report.modules.len()).unwrap_or_default();
    for id in (0..=count).map(FileId).filter(|_| !file.report.diagnostics.is_empty()) {
        let text = texts.get(&id).unwrap_or(&file.report.source(&file.source, id).text);
        if let Cow::Owned(safe) = same_offsets(text) {
            texts.insert(id, safe);
        }
    }
    texts
}

/// The texts that hold secrets, with stars in the place of these; as long as before, so that all places stay right.
fn without_secrets(file: &Checked) -> HashMap<FileId, String> {
    let mut texts: HashMap<FileId, Vec<u8>> = HashMap::new();
    for secret in &file.report.secrets {
        let whole = || file.report.source(&file.source, secret.file).text.as_bytes().to_vec();
        let bytes = texts.entry(secret.file).or_insert_with(whole);
        let range = secret.span.range();
        for byte in bytes.get_mut(range).unwrap_or_default().iter_mut().filter(|byte| !matches!(byte, b'\r' | b'\n')) {
            *byte = b'*';
        }
    }
    texts.into_iter().map(|(id, bytes)| (id, String::from_utf8_lossy(&bytes).into_owned())).collect()
}

/// The sources of one report as the renderer sees them.
struct View<'a> {
    file: &'a Checked,
    texts: &'a HashMap<FileId, String>,
    focus: Vec<Location>,
}

impl<'a> View<'a> {
    fn source_of(&self, id: FileId) -> &'a SourceFile {
        self.file.report.source(&self.file.source, id)
    }

    /// What to underline of a place: the part on its first line, and within the shown part of that line.
    fn shown(&self, location: Location) -> Range<usize> {
        let source = self.source_of(location.file);
        let start = (location.span.start as usize).min(source.text.len());
        let line = self.visible_line(location.file, source.line_of(location.span.start));
        let text = source.text.get(line.clone()).unwrap_or_default().trim_end_matches(['\r', '\n']);
        let end = (location.span.end as usize).min(line.start + text.len());
        let start = start.clamp(line.start, line.end);
        start..end.max(start)
    }

    /// The part of a line that is shown.
    fn visible_line(&self, id: FileId, line_index: usize) -> Range<usize> {
        let source = self.source_of(id);
        let line = source.line_span(line_index).unwrap_or_default().range();
        if line.len() <= LONG_LINE {
            return line;
        }
        let starts = self.focus.iter().filter(|place| place.file == id).map(|place| place.span.start as usize);
        let first = starts.filter(|start| line.contains(start)).min().unwrap_or(line.start);
        let from = source.text.floor_char_boundary(first.saturating_sub(LEAD).max(line.start));
        let to = source.text.floor_char_boundary((from + LONG_LINE).min(line.end));
        from..to
    }
}

impl<'a> Files<'a> for View<'_> {
    type FileId = FileId;
    type Name = String;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<String, Error> {
        let source = self.source_of(id);
        let focus = self.focus.iter().find(|place| place.file == id).map_or(0, |place| place.span.start);
        let cell = source.place(focus).cell.map(|cell| format!(":cell {cell}")).unwrap_or_default();
        Ok(format!("{}{cell}", shown_path(&source.path)))
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(self.texts.get(&id).map_or(&self.source_of(id).text, String::as_str))
    }

    fn line_index(&'a self, id: FileId, byte_index: usize) -> Result<usize, Error> {
        let offset = u32::try_from(byte_index).unwrap_or(u32::MAX);
        Ok(self.source_of(id).line_of(offset))
    }

    fn line_number(&'a self, id: FileId, line_index: usize) -> Result<usize, Error> {
        let source = self.source_of(id);
        let start = source.line_span(line_index).map_or(0, |span| span.start);
        Ok(source.place(start).at.line as usize)
    }

    fn column_number(&'a self, id: FileId, _: usize, byte_index: usize) -> Result<usize, Error> {
        let offset = u32::try_from(byte_index).unwrap_or(u32::MAX);
        Ok(self.source_of(id).place(offset).at.column as usize)
    }

    fn line_range(&'a self, id: FileId, line_index: usize) -> Result<Range<usize>, Error> {
        Ok(self.visible_line(id, line_index))
    }
}
