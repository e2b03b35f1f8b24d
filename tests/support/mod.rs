//! What several test files need: reading, blessing, and findings as text.

use std::path::{Path, PathBuf};

use podlint::diagnostic::Diagnostic;
use podlint::report::Report;
use podlint::source::{Language, SourceFile};
use podlint::tree::Location;

/// A path in the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Whether generated files are to be rewritten.
pub fn is_update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// Holds a file to a text, or writes it when `UPDATE` is set.
pub fn bless(path: &Path, text: &str) {
    if is_update() {
        std::fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == text, "{} is out of date; run UPDATE=1 cargo test\n--- wanted\n{text}", path.display());
}

/// A source in one of the languages by the name of a code block.
pub fn source(language: &str, text: &str) -> SourceFile {
    let (name, language) = match language {
        "yaml" => ("case.yaml", Language::Yaml),
        "json" => ("case.json", Language::Json),
        "python" => ("case.py", Language::Python),
        "ipynb" => ("case.ipynb", Language::Notebook),
        other => panic!("no such language: {other}"),
    };
    SourceFile::new(name, language, text)
}

/// A finding as text: place, severity, rule, authority, path; then message, help, labels and fixes.
pub fn describe(source: &SourceFile, report: &Report, diagnostic: &Diagnostic) -> String {
    let place = |location: Location| {
        let file = report.source(source, location.file);
        let (start, end) = (file.place(location.span.start), file.place(location.span.end));
        let cell = start.cell.map(|cell| format!("cell {cell} ")).unwrap_or_default();
        format!("{cell}{}:{}-{}:{}", start.at.line, start.at.column, end.at.line, end.at.column)
    };
    let mut text = format!(
        "{} {}[{}] {} {}\n  {}\n",
        place(diagnostic.location),
        diagnostic.severity.as_str(),
        diagnostic.rule,
        diagnostic.authority.as_str(),
        diagnostic.path,
        diagnostic.message,
    );
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("  help: {help}\n"));
    }
    for label in &diagnostic.labels {
        text.push_str(&format!("  label {}: {}\n", place(label.location), label.message));
    }
    for fix in &diagnostic.fixes {
        text.push_str(&format!("  fix ({}): {}\n", fix.applicability.as_str(), fix.title));
    }
    text
}
