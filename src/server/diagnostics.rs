//! Findings as the protocol's diagnostics.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use gen_lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Uri,
};
use serde_json::{Value, json};

use super::client::plain;
use super::preferences::Preferences;
use super::site::Site;
use crate::diagnostic::{Diagnostic as Finding, Severity};
use crate::source::Language;

/// The pages of the rules.
const PAGES: &str = "https://github.com/podlint/podlint/blob/main/docs/rules/";
/// Rules about what can go.
const UNNECESSARY: &[&str] = &["unused-volume"];
/// Rules about what is on its way out.
const DEPRECATED: &[&str] = &["deprecated-field"];

/// Diagnostics by the URI of their document.
pub type ByDocument = BTreeMap<String, Vec<Diagnostic>>;

/// What a check found, for the checked document (which is there even when nothing was found) and the modules it is made of.
pub fn of_check(site: &Site<'_>, preferences: &Preferences) -> ByDocument {
    let buffers = site.analysis.view.buffers.iter();
    let mut found: ByDocument = buffers.map(|buffer| (buffer.uri.0.clone(), Vec::new())).collect();
    for finding in site.analysis.report.diagnostics.iter().filter(|finding| is_wanted(site, finding, preferences)) {
        if let Some(place) = site.place(finding.location) {
            found.entry(place.uri.0.clone()).or_default().push(diagnostic(site, finding, place.range));
        }
    }
    found
}

/// Whether the user wants to see a finding in the editor.
pub fn is_wanted(site: &Site<'_>, finding: &Finding, preferences: &Preferences) -> bool {
    let is_yaml = site.analysis.view.source.language == Language::Yaml;
    let is_lenient = site.analysis.view.buffers.iter().any(|buffer| buffer.is_lenient);
    let hides_syntax = is_lenient || (is_yaml && !preferences.yaml_syntax);
    preferences.enable && (!hides_syntax || finding.rule != "syntax-error")
}

/// One finding.
pub fn diagnostic(site: &Site<'_>, finding: &Finding, range: gen_lsp_types::Range) -> Diagnostic {
    let tagged = |rules: &[&str], tag: DiagnosticTag| rules.contains(&finding.rule).then(|| vec![tag]);
    let related: Vec<DiagnosticRelatedInformation> = finding
        .labels
        .iter()
        .filter_map(|label| {
            let location = site.place(label.location)?;
            Some(DiagnosticRelatedInformation { location, message: label.message.clone() })
        })
        .collect();
    Diagnostic {
        range,
        severity: Some(severity(finding.severity)),
        code: Some(finding.rule.to_owned().into()),
        code_description: Some(CodeDescription { href: page(finding.rule) }),
        source: Some("podlint".to_owned()),
        message: finding.message.clone().into(),
        tags: tagged(UNNECESSARY, DiagnosticTag::Unnecessary).or_else(|| tagged(DEPRECATED, DiagnosticTag::Deprecated)),
        related_information: (!related.is_empty()).then_some(related),
        data: Some(data(site, finding)),
    }
}

/// What programs may want to know beside the words.
fn data(site: &Site<'_>, finding: &Finding) -> Value {
    let fixes: Vec<Value> = finding
        .fixes
        .iter()
        .filter_map(|fix| {
            let edits = site.edits(&fix.edits)?;
            Some(json!({"title": fix.title, "applicability": fix.applicability.as_str(), "changes": plain(edits)}))
        })
        .collect();
    json!({
        "authority": finding.authority.as_str(),
        "path": finding.path,
        "help": finding.help,
        "fixes": fixes,
    })
}

/// The page of a rule.
pub fn page(rule: &str) -> Uri {
    Uri(format!("{PAGES}{rule}.md"))
}

const fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::Error,
        Severity::Warning => DiagnosticSeverity::Warning,
        Severity::Info => DiagnosticSeverity::Information,
    }
}

/// A name for a list of diagnostics, the same for the same list.
pub fn result_id(diagnostics: &[Diagnostic]) -> String {
    let mut hasher = DefaultHasher::new();
    plain(diagnostics).to_string().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
