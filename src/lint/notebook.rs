//! The words of messages in notebooks, where code is run cell by cell and nothing is imported.

use crate::diagnostic::Diagnostic;

/// What is said of modules, and what that is in a notebook; longer phrases first.
const WORDS: &[(&str, &str)] = &[
    ("the module raises when it is imported", "this cell raises when it runs"),
    ("when the module is imported", "when this cell runs"),
    ("nothing in this module", "nothing in this notebook"),
    ("to evaluate this module", "to evaluate this notebook"),
    ("which the module imports", "which this notebook imports"),
    ("this module", "this cell"),
];

/// Says it in the words of a notebook.
pub fn reword(found: &mut Diagnostic) {
    found.message = said(&found.message);
    found.help = found.help.as_deref().map(said);
}

fn said(text: &str) -> String {
    WORDS.iter().fold(text.to_owned(), |text, (module, cell)| text.replace(module, cell))
}
