//! The last line of a run: how much was looked at, and what was found.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use serde::Serialize;

use super::Checked;
use crate::diagnostic::{Applicability, Severity};
use crate::text::one_line;

/// Counts over a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that were read.
    pub files: usize,
    /// Files with findings.
    pub files_with_findings: usize,
    /// Pod templates found.
    pub templates: usize,
    /// Templates of which some part is only known at run time.
    pub dynamic: usize,
    /// Fields of all templates.
    pub fields: usize,
    /// Fields whose values are known.
    pub known_fields: usize,
    /// Findings that would be refused.
    pub errors: usize,
    /// Findings that likely surprise.
    pub warnings: usize,
    /// Findings worth knowing.
    pub infos: usize,
    /// Findings with a safe fix.
    pub fixable: usize,
    /// Findings that were fixed in this run.
    pub fixed: usize,
    /// Findings that comments of this run silence.
    pub ignored: usize,
    /// Findings that the baseline knows; the other counts leave them out.
    pub known: usize,
    /// Findings of the baseline that are found no more.
    pub stale: Vec<Stale>,
    /// Findings by rule.
    pub rules: BTreeMap<&'static str, usize>,
    /// Files that are templates, of which only a part could be checked.
    pub partly_checked: usize,
    /// How many days old the oldest snapshot of a cluster is.
    pub snapshot_days: Option<u64>,
    /// The age that the configuration allows, where that is exceeded.
    pub snapshot_limit: Option<u64>,
}

/// A finding of the baseline that is found no more, as the baseline tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Stale {
    /// Its file, from the repository's root.
    pub file: String,
    /// Its rule.
    pub rule: String,
    /// The field.
    pub path: String,
    /// By what it was known.
    pub fingerprint: String,
}

impl Summary {
    /// Adds a file.
    pub fn add(&mut self, file: &Checked) {
        self.files += 1;
        self.templates += file.templates;
        self.dynamic += file.dynamic;
        self.fields += file.fields.0;
        self.known_fields += file.fields.1;
        self.partly_checked += usize::from(file.report.is_partial);
        self.files_with_findings += usize::from(file.report.diagnostics.iter().any(|found| !found.origin.known));
        for diagnostic in &file.report.diagnostics {
            if diagnostic.origin.known {
                self.known += 1;
                continue;
            }
            match diagnostic.severity {
                Severity::Error => self.errors += 1,
                Severity::Warning => self.warnings += 1,
                Severity::Info => self.infos += 1,
            }
            let safe = diagnostic.fixes.iter().any(|fix| fix.applicability == Applicability::Safe);
            self.fixable += usize::from(safe);
            *self.rules.entry(diagnostic.rule).or_default() += 1;
        }
    }

    /// All findings.
    #[must_use]
    pub const fn findings(&self) -> usize {
        self.errors + self.warnings + self.infos
    }

    /// Whether there is a finding at least this bad.
    #[must_use]
    pub const fn has(&self, severity: Severity) -> bool {
        match severity {
            Severity::Error => self.errors > 0,
            Severity::Warning => self.errors + self.warnings > 0,
            Severity::Info => self.findings() > 0,
        }
    }

    /// Writes which findings of the baseline are found no more, so that it can be made smaller.
    pub(super) fn write_stale(&self, out: &mut dyn io::Write) -> io::Result<()> {
        self.stale.iter().try_for_each(|entry| {
            let path = if entry.path.is_empty() { String::new() } else { format!(" at {}", entry.path) };
            let line = format!("no longer found: {} in {}{path}", entry.rule, entry.file);
            writeln!(out, "{}", one_line(&line))
        })
    }

    /// Writes the number of findings of each rule, the most frequent first.
    pub(super) fn write_statistics(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let mut rules: Vec<(&usize, &&str)> = self.rules.iter().map(|(rule, count)| (count, rule)).collect();
        rules.sort_by(|a, b| b.0.cmp(a.0).then(a.1.cmp(b.1)));
        rules.into_iter().try_for_each(|(count, rule)| writeln!(out, "{count:>6}  {rule}"))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fixed > 0 {
            write!(out, "Fixed {}; ", plural(self.fixed, "finding"))?;
        }
        if self.ignored > 0 {
            write!(out, "Silenced {} by comments; ", plural(self.ignored, "finding"))?;
        }
        if self.findings() == 0 {
            write!(out, "No findings")?;
        } else {
            let counts = [(self.errors, "error"), (self.warnings, "warning"), (self.infos, "info")];
            let counts: Vec<String> =
                counts.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| plural(*count, noun)).collect();
            write!(out, "Found {}", counts.join(", "))?;
            if self.fixable > 0 {
                write!(out, " ({} fixable with --fix)", self.fixable)?;
            }
        }
        write!(out, " in {} with {}", plural(self.files, "file"), plural(self.templates, "pod template"))?;
        if self.dynamic > 0 {
            write!(out, ", {} partly dynamic ({} of {} fields known)", self.dynamic, self.known_fields, self.fields)?;
        }
        if self.partly_checked > 0 {
            write!(out, "; {} only partly checked", plural(self.partly_checked, "templated file"))?;
        }
        if self.known > 0 {
            write!(out, "; {} known from the baseline", plural(self.known, "finding"))?;
        }
        if !self.stale.is_empty() {
            let verb = if self.stale.len() == 1 { "is" } else { "are" };
            write!(out, "; {} of the baseline {verb} no longer found", plural(self.stale.len(), "finding"))?;
        }
        match (self.snapshot_days, self.snapshot_limit) {
            (Some(days), Some(limit)) => {
                let limit = plural(usize::try_from(limit).unwrap_or(usize::MAX), "day");
                let days = plural(usize::try_from(days).unwrap_or(usize::MAX), "day");
                write!(out, "; the cluster's snapshot is {days} old, more than {limit} (`cluster-max-age`)")
            }
            (Some(days), None) if days > 0 => {
                let days = plural(usize::try_from(days).unwrap_or(usize::MAX), "day");
                write!(out, "; the cluster's snapshot is {days} old")
            }
            _ => Ok(()),
        }
    }
}

fn plural(count: usize, noun: &str) -> String {
    // "info" has no plural that reads well.
    let ending = if count == 1 || noun == "info" { "" } else { "s" };
    format!("{count} {noun}{ending}")
}
