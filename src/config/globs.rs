//! Patterns for names and for paths, as users write them.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Some patterns, of which one must fit.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    set: GlobSet,
    patterns: Vec<String>,
}

impl Globs {
    /// Patterns for names: `*` stands for any text.
    ///
    /// # Errors
    /// The pattern that is none, and why.
    pub fn of_names(patterns: &[String]) -> Result<Self, String> {
        Self::new(patterns, |pattern| vec![pattern.to_owned()])
    }

    /// Patterns for paths below a folder, as in `.gitignore`: without a slash they fit at any depth, with all below them.
    ///
    /// # Errors
    /// The pattern that is none, and why.
    pub fn of_paths(patterns: &[String]) -> Result<Self, String> {
        Self::new(patterns, |pattern| {
            let inner = pattern.trim_start_matches("./").trim_end_matches('/');
            let rooted = match inner.strip_prefix('/') {
                Some(rooted) => rooted.to_owned(),
                None if inner.contains('/') => inner.to_owned(),
                None => format!("**/{inner}"),
            };
            let below = format!("{rooted}/**");
            vec![rooted, below]
        })
    }

    fn new(patterns: &[String], spread: impl Fn(&str) -> Vec<String>) -> Result<Self, String> {
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            for form in spread(pattern) {
                let glob = GlobBuilder::new(&form).literal_separator(true).build();
                set.add(glob.map_err(|error| format!("`{pattern}` is no pattern: {}", error.kind()))?);
            }
        }
        let set = set.build().map_err(|error| error.to_string())?;
        Ok(Self { set, patterns: patterns.to_owned() })
    }

    /// Whether one of the patterns fits.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.set.is_match(text)
    }

    /// The patterns as written.
    #[must_use]
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }
}
