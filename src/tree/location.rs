//! A span together with the file that it lies in.

use crate::text::Span;

/// Which text a span belongs to: the file under check, or a module that it imports from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

impl FileId {
    /// The file that is being checked.
    pub const MAIN: Self = Self(0);
}

/// A place in one of the files of a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The bytes in it.
    pub span: Span,
}

impl Location {
    /// A place in the file that is being checked.
    #[must_use]
    pub const fn main(span: Span) -> Self {
        Self { file: FileId::MAIN, span }
    }
}

impl From<Span> for Location {
    fn from(span: Span) -> Self {
        Self::main(span)
    }
}
