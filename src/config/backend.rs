//! What the user says of Flyte's backend in the cluster.

use std::sync::Arc;

use crate::flyte::Backend;
use crate::source::SourceFile;
use crate::tree::FileId;

/// A backend with the files that its settings and its template come from.
#[derive(Clone, Debug)]
pub struct FlyteBackend {
    /// The backend.
    pub backend: Backend,
    /// The files; the first has the number [`Self::FIRST_FILE`] in the tree, the others follow.
    pub files: Vec<Arc<SourceFile>>,
}

impl FlyteBackend {
    /// The number of the first file: above those of all modules of a check.
    pub const FIRST_FILE: FileId = FileId(u32::MAX - 16);
}
