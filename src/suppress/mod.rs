//! What the file itself says about findings: comments and annotations that silence rules, where they hold, and which of
//! them are of no use.

mod annotation;
mod complaints;
mod directive;
mod place;

use crate::config::{Concerned, Settings};
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::frontend::{Comment, Parsed};
use crate::rules::RULES;
use crate::source::SourceFile;
use crate::text::Span;
use crate::tree::{FileId, Location, Node};
use annotation::Annotation;
use directive::{Directive, Kind, Mistake};

pub use place::origin;

/// What came of the suppressions of a file.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The findings that were silenced.
    pub silenced: Vec<Diagnostic>,
    /// Comments in other modules that silenced something.
    pub used: Vec<(FileId, Span)>,
}

/// A comment that silences rules.
struct Suppression {
    file: FileId,
    directive: Directive,
    reach: Reach,
    /// Whether each of the named rules was found; one entry where all rules are meant.
    used: Vec<bool>,
    /// Where a `disable` was taken back, for a rule or for all.
    ended: Vec<(Option<String>, u32)>,
}

/// How far a comment reaches.
enum Reach {
    Comment(Comment),
    Range(Span),
    File,
}

/// Silences what comments and annotations say, and adds findings about those that are wrong or of no use.
pub fn apply(
    source: &SourceFile,
    parsed: &Parsed,
    diagnostics: &mut Vec<Diagnostic>,
    settings: &Settings,
    complete: bool,
) -> Outcome {
    let mut outcome = Outcome::default();
    exempt(diagnostics, parsed, settings, &mut outcome);
    if !settings.ignores {
        return outcome;
    }
    let (mut suppressions, mistakes) = read(source, parsed);
    let mut annotations = Annotation::of(parsed);
    silence(diagnostics, settings, &mut suppressions, &mut annotations, &mut outcome);
    let mut more = complaints::mistakes(source, &mistakes);
    more.extend(complaints::unknown_names(source, &suppressions));
    more.extend(complaints::unknown_in_annotations(source, parsed, &annotations));
    if complete && outcome_is_complete(diagnostics, &outcome) {
        more.extend(complaints::unused(source, parsed, &suppressions, settings));
        more.extend(complaints::unused_annotations(source, parsed, &annotations, settings));
    }
    // These findings can be silenced as well, if not by themselves.
    silence(&mut more, settings, &mut suppressions, &mut annotations, &mut outcome);
    diagnostics.extend(more);
    let elsewhere = suppressions.iter().filter(|found| found.file != FileId::MAIN && found.used.contains(&true));
    outcome.used.extend(elsewhere.map(|found| (found.file, found.directive.span)));
    outcome
}

/// Drops what the configuration exempts by containers, templates, namespaces and labels.
fn exempt(diagnostics: &mut Vec<Diagnostic>, parsed: &Parsed, settings: &Settings, outcome: &mut Outcome) {
    if settings.exemptions.is_empty() {
        return;
    }
    let exempted = |found: &Diagnostic| {
        let document = document_of(found, parsed);
        let labels = document.map(labels).unwrap_or_default();
        let namespace = document.and_then(|document| {
            let metadata = document.root.get("metadata");
            metadata.then(|metadata| metadata.text("namespace")).known()
        });
        let concerned = Concerned {
            container: place::container(&found.origin.place),
            template: found.origin.template.as_deref(),
            namespace,
            labels: &labels,
        };
        settings.exemptions.iter().any(|exemption| exemption.covers(found.rule, &concerned))
    };
    let (out, kept) = diagnostics.drain(..).partition(|found| !settings.locked.contains(found.rule) && exempted(found));
    *diagnostics = kept;
    outcome.silenced = out;
}

/// The document that a finding is about: the one around it, else the one of its template's name.
fn document_of<'p>(found: &Diagnostic, parsed: &'p Parsed) -> Option<&'p Document> {
    let around = |document: &&Document| {
        let root = document.root.location;
        root.file == found.location.file && root.span.contains(found.location.span)
    };
    let named =
        |document: &&Document| document.name.is_some() && document.name.as_deref() == found.origin.template.as_deref();
    parsed.documents.iter().find(around).or_else(|| parsed.documents.iter().find(named))
}

/// The labels of a manifest and of its pod.
fn labels(document: &Document) -> Vec<(&str, &str)> {
    let holders = [Some(&document.root), document.pod_template().known()];
    let labels = holders.into_iter().flatten().map(|node| node.get("metadata").then(|metadata| metadata.get("labels")));
    let maps = labels.filter_map(|labels| labels.known()?.as_map());
    maps.flat_map(|map| &map.entries).filter_map(|entry| Some((&*entry.key.wire, entry.value.as_str()?))).collect()
}

fn silence(
    diagnostics: &mut Vec<Diagnostic>,
    settings: &Settings,
    suppressions: &mut [Suppression],
    annotations: &mut [Annotation],
    outcome: &mut Outcome,
) {
    if suppressions.is_empty() && annotations.is_empty() {
        return;
    }
    let mut kept = Vec::new();
    for found in diagnostics.drain(..) {
        let locked = settings.locked.contains(found.rule);
        // All of them are asked, so that each is known to be of use.
        let by_comment =
            suppressions.iter_mut().filter_map(|one| (!locked && one.silences(&found)).then_some(())).count();
        let by_annotation =
            annotations.iter_mut().filter_map(|one| (!locked && one.silences(&found)).then_some(())).count();
        let target = if by_comment + by_annotation > 0 { &mut outcome.silenced } else { &mut kept };
        target.push(found);
    }
    *diagnostics = kept;
}

/// Whether all of the file was looked at: only then is a comment known to be of no use.
fn outcome_is_complete(diagnostics: &[Diagnostic], outcome: &Outcome) -> bool {
    let partial = ["syntax-error", "limit-exceeded", "templated-file", "internal-error", "unreadable-text"];
    diagnostics.iter().chain(&outcome.silenced).all(|found| !partial.contains(&found.rule))
}

fn is_rule(name: &str) -> bool {
    RULES.iter().any(|rule| rule.name == name)
}

/// The suppressions of the file and its modules, and the mistakes of the file itself.
fn read(source: &SourceFile, parsed: &Parsed) -> (Vec<Suppression>, Vec<Mistake>) {
    let mut suppressions = Vec::new();
    let mut mistakes = Vec::new();
    let files = std::iter::once(&parsed.comments).chain(&parsed.module_comments);
    for (number, comments) in files.enumerate() {
        let file = FileId(u32::try_from(number).unwrap_or(u32::MAX));
        let module = number.checked_sub(1).and_then(|index| parsed.modules.get(index)).map(|module| &**module);
        let text = if number == 0 { &source.text } else { module.map_or(&source.text, |module| &module.text) };
        let first = suppressions.len();
        for comment in comments {
            for said in directive::read(text, comment.span, &is_rule) {
                match said {
                    Ok(directive) => suppressions.push(Suppression::new(file, directive, comment, text)),
                    Err(mistake) if file == FileId::MAIN => mistakes.push(mistake),
                    Err(_) => {}
                }
            }
        }
        close_ranges(suppressions.get_mut(first..).unwrap_or_default());
    }
    (suppressions, mistakes)
}

/// Ends each `disable` at the `enable` that takes it back.
fn close_ranges(suppressions: &mut [Suppression]) {
    let mut open: Vec<usize> = Vec::new();
    for index in 0..suppressions.len() {
        let (before, rest) = suppressions.split_at_mut(index);
        let Some(one) = rest.first_mut() else { continue };
        match one.directive.kind {
            Kind::Disable => open.push(index),
            Kind::Enable => {
                for disable in open.iter().copied() {
                    before.get_mut(disable).into_iter().for_each(|disable| disable.end_at(one));
                }
                open.retain(|disable| before.get(*disable).is_some_and(Suppression::is_open));
            }
            Kind::Ignore | Kind::IgnoreFile => {}
        }
    }
}

impl Suppression {
    fn new(file: FileId, directive: Directive, comment: &Comment, text: &str) -> Self {
        let reach = match directive.kind {
            Kind::Ignore => Reach::Comment(comment.clone()),
            Kind::IgnoreFile => Reach::File,
            Kind::Disable => {
                let start = if comment.alone { comment.span.start } else { comment.line.start };
                Reach::Range(Span::new(start, u32::try_from(text.len()).unwrap_or(u32::MAX).saturating_add(1)))
            }
            Kind::Enable => Reach::Range(Span::at(comment.span.start)),
        };
        let used = vec![false; directive.names.as_ref().map_or(1, Vec::len)];
        Self { file, directive, reach, used, ended: Vec::new() }
    }

    /// Ends this `disable` where `enable` stands, for the rules that it names.
    fn end_at(&mut self, enable: &mut Self) {
        let at = enable.directive.span.start;
        match &enable.directive.names {
            None => {
                if self.is_open() {
                    self.ended.push((None, at));
                    enable.used.fill(true);
                }
            }
            Some(names) => {
                for (name, used) in names.iter().zip(&mut enable.used) {
                    let named = self.directive.names.as_ref();
                    let means = named.is_none_or(|own| own.iter().any(|other| other.text == name.text));
                    if means && !self.has_ended(&name.text, at) {
                        self.ended.push((Some(name.text.clone()), at));
                        *used = true;
                    }
                }
            }
        }
    }

    /// Whether it still silences anything behind the last `enable`.
    fn is_open(&self) -> bool {
        let all = self.ended.iter().any(|(rule, _)| rule.is_none());
        let names = self.directive.names.as_ref();
        !all && names.is_none_or(|names| names.iter().any(|name| !self.has_ended(&name.text, u32::MAX)))
    }

    fn has_ended(&self, rule: &str, place: u32) -> bool {
        self.ended.iter().any(|(ended, at)| *at <= place && ended.as_ref().is_none_or(|ended| ended == rule))
    }

    /// Whether this silences a finding; notes that it was of use.
    fn silences(&mut self, found: &Diagnostic) -> bool {
        if self.directive.kind == Kind::Enable {
            return false;
        }
        let here = found.location.file == self.file;
        let place = found.location.span;
        let within = match &self.reach {
            Reach::File => here,
            Reach::Range(span) => {
                let open = !self.has_ended(found.rule, place.start);
                here && open && span.start <= place.start && place.start < span.end
            }
            // A container may take its name from one place and be built in another: both are its places.
            Reach::Comment(comment) => {
                let around = |location: &Location| location.file == self.file && comment.holds(location.span);
                (here && comment.covers(place)) || found.origin.within.iter().any(around)
            }
        };
        if !within {
            return false;
        }
        let named = match &self.directive.names {
            None => Some(0),
            Some(names) => names.iter().position(|name| name.text == found.rule),
        };
        named.and_then(|index| self.used.get_mut(index)).is_some_and(|used| {
            *used = true;
            true
        })
    }

    /// Whether it speaks of something that was looked at here: code that only other modules run is theirs to judge.
    fn is_judged(&self, judged: &Judged) -> bool {
        match &self.reach {
            Reach::Comment(comment) if !comment.line.is_empty() => judged.by(comment),
            _ => judged.any,
        }
    }
}

/// The places of the file that templates are made of.
struct Judged {
    any: bool,
    starts: Vec<u32>,
    /// The places of their last characters.
    ends: Vec<u32>,
}

impl Judged {
    fn of(parsed: &Parsed) -> Self {
        let documents = || parsed.documents.iter().chain(&parsed.alternatives);
        let mut pending: Vec<&Node> = documents().map(|document| &document.root).collect();
        let mut places: Vec<Span> = Vec::new();
        while let Some(node) = pending.pop() {
            let keys = node.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
            let all = keys.iter().map(|entry| entry.key.location).chain([node.location, node.head()]);
            places.extend(all.filter(|place| place.file == FileId::MAIN).map(|place| place.span));
            pending.extend(node.children());
        }
        let mut starts: Vec<u32> = places.iter().map(|place| place.start).collect();
        let mut ends: Vec<u32> = places.iter().map(|place| place.last()).collect();
        starts.sort_unstable();
        ends.sort_unstable();
        Self { any: documents().next().is_some(), starts, ends }
    }

    /// Whether a comment covers some part of a template, as [`Comment::covers`] has it.
    fn by(&self, comment: &Comment) -> bool {
        let within = |places: &[u32], span: Span| {
            places.get(places.partition_point(|place| *place < span.start)).is_some_and(|place| *place < span.end)
        };
        within(&self.starts, comment.line)
            || (!comment.alone && within(&self.ends, comment.line))
            || comment.held().is_some_and(|held| within(&self.starts, held))
    }
}
