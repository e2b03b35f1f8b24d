//! Findings with their source lines, for people at a terminal.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::ops::Range;

use codespan_reporting::diagnostic::{Diagnostic as Report, Label, Severity as Level};
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::termcolor::{Ansi, NoColor};
use codespan_reporting::term::{Chars, Config, Styles, StylesWriter, emit_to_write_style};

use super::found::{Found, rule_url};
use super::{Checked, Style, shown_path};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::source::SourceFile;
use crate::text::same_offsets;
use crate::tree::{FileId, Location};

/// Longer lines are shown only around what is underlined.
const LONG_LINE: usize = 240;
/// Characters by which the end of a part is found in what was rendered.
const END: usize = 12;
/// Bytes shown before what is underlined in a long line.
const LEAD: usize = 80;

/// Writes findings.
///
/// # Errors
/// When the writer fails.
pub fn write(out: &mut dyn io::Write, found: &[Found<'_>], style: Style) -> io::Result<()> {
    let config = Config { tab_width: 4, chars: Chars::box_drawing(), ..Config::default() };
    let styles = Styles::default();
    // Findings of one file mostly stand together.
    let mut known: Option<(*const Checked, HashMap<FileId, String>)> = None;
    for one in found {
        let (file, diagnostic) = (one.checked(), one.diagnostic);
        let is_known = known.as_ref().is_some_and(|(of, _)| std::ptr::eq(*of, file));
        if !is_known {
            known = Some((file, safe_texts(file)));
        }
        let Some((_, texts)) = &known else { continue };
        let view = View { file, texts, focus: focus(diagnostic) };
        let report = report(&view, diagnostic);
        // Rendered aside, so that a finding is written as one piece.
        let mut text = Vec::new();
        let rendered = if style.color {
            emit_to_write_style(&mut StylesWriter::new(Ansi::new(&mut text), &styles), &config, &view, &report)
        } else {
            emit_to_write_style(&mut StylesWriter::new(NoColor::new(&mut text), &styles), &config, &view, &report)
        };
        rendered.map_err(io::Error::other)?;
        out.write_all(polished(&text, &view, diagnostic, style).as_bytes())?;
    }
    Ok(())
}

/// What the renderer cannot say: `info`, the link of a rule, and where a long line is cut.
fn polished(text: &[u8], view: &View<'_>, diagnostic: &Diagnostic, style: Style) -> String {
    let mut text = String::from_utf8_lossy(text).into_owned();
    if diagnostic.severity == Severity::Info {
        text = text.replacen("note[", "info[", 1);
    }
    if style.links {
        let (rule, address) = (diagnostic.rule, rule_url(diagnostic.rule));
        let link = format!("[\u{1b}]8;;{address}\u{1b}\\{rule}\u{1b}]8;;\u{1b}\\]");
        text = text.replacen(&format!("[{rule}]"), &link, 1);
    }
    for cut in view.cuts() {
        text = cut.mark(&text);
    }
    text
}

/// A long line of which only a part is shown.
struct Cut {
    /// The first characters that are shown, where there is text before them.
    first: Option<String>,
    /// The last ones, where there is text behind them.
    last: Option<String>,
}

impl Cut {
    /// The rendered text with `…` at the ends of the part.
    fn mark(&self, rendered: &str) -> String {
        let mut lines: Vec<String> = rendered.split('\n').map(str::to_owned).collect();
        let replaced = |end: &str, is_first: bool| {
            let mut letters = end.chars();
            let _ = if is_first { letters.next() } else { letters.next_back() };
            if is_first { format!("…{}", letters.as_str()) } else { format!("{}…", letters.as_str()) }
        };
        for line in lines.iter_mut().filter(|line| line.contains('│')) {
            if let Some(first) = self.first.as_ref().filter(|first| line.contains(first.as_str())) {
                *line = line.replacen(first.as_str(), &replaced(first, true), 1);
            }
            if let Some(last) = &self.last
                && let Some(at) = line.rfind(last.as_str())
            {
                line.replace_range(at..at + last.len(), &replaced(last, false));
            }
        }
        lines.join("\n")
    }
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
    /// The lines that are shown in part.
    fn cuts(&self) -> Vec<Cut> {
        let mut cuts = Vec::new();
        for place in &self.focus {
            let source = self.source_of(place.file);
            let line = source.line_of(place.span.start);
            let whole = source.line_span(line).unwrap_or_default().range();
            let shown = self.visible_line(place.file, line);
            if shown == whole {
                continue;
            }
            let text = self.texts.get(&place.file).map_or(&*source.text, String::as_str);
            let text = text.get(shown.clone()).unwrap_or_default().trim_end_matches(['\r', '\n']);
            let first: String = text.chars().take(END).collect();
            let last: String = text.chars().skip(text.chars().count().saturating_sub(END)).collect();
            cuts.push(Cut {
                first: (shown.start > whole.start).then_some(first),
                last: (shown.start + text.len() < whole.end.saturating_sub(1)).then_some(last),
            });
        }
        cuts
    }

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
