//! What a cluster says of a document, as findings at what the user wrote.

use std::sync::Arc;

use super::admit::{Refusal, is_device, largest};
use super::edit::spec;
use super::exist::{Absence, absences};
use super::needs::PodNeeds;
use super::schedule::{Candidate, Judge, Mend, Reason};
use super::target::{Cluster, Submission, admitted};
use super::view::Placement;
use crate::diagnostic::{Authority, Change, Diagnostic, Fix, Label, Literal, NodeVerdict, Severity};
use crate::document::{Document, Flavour};
use crate::flyte::{self, Backend, Effective, Origin as SetBy};
use crate::text::shortened;
use crate::tree::{FileId, Location, Node, Path, Step};

/// How many groups of nodes one message names.
const MAX_GROUPS: usize = 4;
/// How many uses of one template are looked at.
const MAX_PODS: usize = 200;

/// What a cluster says of a document, whose pods this backend of Flyte makes; the cluster's first file is `first` among the files of
/// the check.
#[must_use]
pub fn check(document: &Document, cluster: &Cluster, backend: Option<&Backend>, first: FileId) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let pods = match backend {
        Some(backend) => backend.pods(document),
        None => flyte::each_pod(document).take(MAX_PODS).collect(),
    };
    for pod in pods.iter().take(MAX_PODS) {
        let submission = Submission { document, pod, is_whole: backend.is_some() };
        let run = Run { document, cluster, pod, submission, first };
        for finding in run.all() {
            let same = |known: &Diagnostic| {
                (known.location, known.rule, &known.message, &known.path)
                    == (finding.location, finding.rule, &finding.message, &finding.path)
            };
            if !found.iter().any(same) {
                found.push(finding);
            }
        }
    }
    found
}

struct Run<'a> {
    document: &'a Document,
    cluster: &'a Cluster,
    pod: &'a Effective,
    submission: Submission<'a>,
    first: FileId,
}

impl Run<'_> {
    fn all(&self) -> Vec<Diagnostic> {
        let namespaces = self.cluster.namespaces(self.document, self.pod);
        let absent = absences(&self.pod.root, &self.cluster.inventory, &namespaces);
        let mut found: Vec<Diagnostic> = absent.iter().map(|one| self.absence(one)).collect();
        let mut refused: Option<(String, Effective, Vec<Refusal>)> = None;
        let mut accepted = false;
        let mut never: Option<(Effective, Vec<Candidate>)> = None;
        let mut runs = false;
        for namespace in self.cluster.distinct_namespaces(self.document, self.pod) {
            let (pod, refusals) = admitted(&self.submission, self.cluster, &namespace);
            match Judge::new(&pod.root, &self.cluster.inventory, &namespace).and_then(|judge| judge.never()) {
                Some(candidates) => {
                    never.get_or_insert_with(|| (pod.clone(), candidates));
                }
                None => runs = true,
            }
            let certain = refusals.iter().any(|refusal| !refusal.only_now);
            accepted |= !certain;
            if refused.is_none() || (accepted && !certain) {
                refused = Some((namespace, pod, refusals));
            }
        }
        if let Some((namespace, pod, refusals)) = refused {
            found.extend(refusals.iter().map(|one| self.refusal(one, &pod, &namespace)));
        }
        if let Some((pod, candidates)) = never.filter(|_| !runs) {
            found.push(self.unschedulable(&pod, &candidates));
        }
        found
    }

    fn absence(&self, absence: &Absence) -> Diagnostic {
        let mut found = self.finding("missing-cluster-object", &absence.path, absence.message.clone());
        found.severity = self.at_most(absence.severity);
        found.help = Some(absence.help.clone());
        if let Some(meant) = &absence.meant {
            let title = format!("use `{meant}`");
            found.fixes.extend(self.replace(&absence.path, meant).map(|change| Fix::needs_review(title, vec![change])));
        }
        found
    }

    fn refusal(&self, refusal: &Refusal, pod: &Effective, namespace: &str) -> Diagnostic {
        let root = &pod.root;
        let rule = if refusal.only_now { "quota-used-up" } else { refusal.rule };
        let by = refusal.by.as_ref().map(|(kind, name)| format!(" ({} `{name}`)", kind.noun())).unwrap_or_default();
        let mut found = self.finding_in(root, pod, rule, &refusal.path, format!("{}{by}", refusal.message));
        found.severity = if refusal.only_now { Severity::Info } else { self.at_most(Severity::Error) };
        found.help = refusal.help.clone();
        let place = refusal.by.as_ref().and_then(|(kind, name)| {
            let (file, span) = self.cluster.locate(*kind, namespace, name)?;
            Some(Location { file: FileId(self.first.0 + u32::try_from(file).ok()?), span })
        });
        found.labels.extend(place.map(|location| Label { location, message: "the limit".to_owned() }));
        found
    }

    fn unschedulable(&self, pod: &Effective, candidates: &[Candidate]) -> Diagnostic {
        let has_all = self.cluster.has_all_nodes();
        let lead = if has_all { "no node fits" } else { "no node that is there now fits" };
        let best = candidates.iter().min_by_key(|one| rank(one));
        // A label that is misspelt says more than the taint behind it.
        let order = |reason: &&Reason| (reason.path.is_empty(), matches!(reason.kind, "taint" | "unschedulable"));
        let blamed = best.and_then(|one| one.reasons.iter().min_by_key(order));
        let path = blamed.map(|reason| reason.path.clone()).unwrap_or_default();
        let message = shortened(format!("{lead}: {}", describe(candidates)));
        let mut found = self.finding_in(&pod.root, pod, "unschedulable", &path, message);
        let is_written = self.document.root.at(&[self.document.template.as_slice(), &path].concat()).is_some();
        if path.last().and_then(Step::key) == Some("tolerations") && !is_written {
            found.location = self.instead_of_tolerations(pod).unwrap_or(found.location);
        }
        // A toleration may come from Flyte's configuration, and on GKE from the cluster.
        let by_flyte = self.submission.is_changed_by_flyte() && candidates.iter().any(Candidate::lacks_toleration_only);
        let by_gke = self.is_on_gke() && candidates.iter().any(|one| self.lacks_device_toleration_only(pod, one));
        let adder = match (by_flyte, by_gke) {
            (_, true) => Some("GKE adds the toleration to pods that ask for the device, where its plugin is on"),
            (true, false) => Some("it runs if Flyte's configuration adds the toleration"),
            (false, false) => None,
        };
        let severity = if has_all && adder.is_none() { Severity::Error } else { Severity::Warning };
        found.severity = self.at_most(severity);
        found.help = help(candidates, adder, has_all);
        found.fixes = self.mends(best);
        found.origin.cluster.nodes = candidates.iter().filter(|one| !one.fits()).map(verdict).collect();
        found
    }

    fn is_on_gke(&self) -> bool {
        let labels = self.cluster.inventory.nodes.iter().flat_map(|class| class.labels.keys());
        labels.into_iter().any(|label| label.starts_with("cloud.google.com/gke-"))
    }

    /// Whether only taints are in the way that belong to devices which the pod asks for.
    fn lacks_device_toleration_only(&self, pod: &Effective, one: &Candidate) -> bool {
        let needs = PodNeeds::of(&pod.root);
        let asks = |key: &str| needs.containers.iter().any(|one| one.limits.known.contains_key(key));
        let of_device = |reason: &Reason| match &reason.mend {
            Some(Mend::Tolerate(taint)) => is_device(&taint.key) && asks(&taint.key),
            _ => false,
        };
        !one.reasons.is_empty() && one.reasons.iter().all(of_device)
    }

    /// What sends the pod to nodes whose taints it does not tolerate: a selector, or a device that it asks for.
    fn instead_of_tolerations(&self, pod: &Effective) -> Option<Location> {
        let placement = Placement::of(&pod.root);
        let selector = placement.selector.into_iter().map(|one| one.path);
        let needs = PodNeeds::of(&pod.root);
        let devices: Vec<&String> =
            needs.containers.iter().flat_map(|one| one.limits.known.keys()).filter(|name| name.contains('/')).collect();
        let devices = devices.into_iter().map(|name| largest(&needs, "limits", name));
        let is_written = |path: &Path| !matches!(pod.origin(path), Some(SetBy::Admission(_)));
        let path = selector.chain(devices).find(|path| is_written(path) && pod.root.at(path).is_some())?;
        Some(pod.root.at(&path)?.head())
    }

    /// The changes that would let the pod run on the nodes that lack least.
    fn mends(&self, best: Option<&Candidate>) -> Vec<Fix> {
        let Some(best) = best else { return Vec::new() };
        let mends: Option<Vec<(&Reason, &Mend)>> =
            best.reasons.iter().map(|reason| Some((reason, reason.mend.as_ref()?))).collect();
        let one_taint = |mends: &Vec<(&Reason, &Mend)>| {
            mends.iter().filter(|(_, mend)| matches!(mend, Mend::Tolerate(_))).count() <= 1
        };
        let Some(mends) = mends.filter(one_taint) else { return Vec::new() };
        let mut titles = Vec::new();
        let mut changes = Vec::new();
        for (reason, mend) in mends {
            match mend {
                Mend::Tolerate(taint) => {
                    titles.push(format!("tolerate `{taint}`"));
                    let value = toleration(&taint.key, &taint.value, &taint.effect);
                    let at: Path = [self.document.template.as_slice(), &reason.path].concat();
                    changes.push(if self.document.root.at(&at).is_some() {
                        Change::Append { at, value }
                    } else {
                        let spec = [self.document.template.as_slice(), &spec()].concat();
                        Change::Insert { at: spec, key: "tolerations".to_owned(), value: Literal::List(vec![value]) }
                    });
                }
                Mend::Select(value) => {
                    titles.push(format!("select `{value}`"));
                    let Some(change) = self.replace(&reason.path, value) else { return Vec::new() };
                    changes.push(change);
                }
            }
        }
        vec![Fix::needs_review(titles.join(" and "), changes)]
    }

    /// A change of a value that the document itself has at a path of the pod.
    fn replace(&self, path: &Path, with: &str) -> Option<Change> {
        let at: Path = [self.document.template.as_slice(), path].concat();
        let own = self.document.root.at(&at)?;
        let shown = self.pod.root.at(path)?;
        (own.location == shown.location).then(|| Change::Replace { at, with: with.into() })
    }

    fn at_most(&self, severity: Severity) -> Severity {
        // What is merged under the pods of tasks may be replaced by them.
        let most = if self.document.flavour == Flavour::ClusterTemplate { Severity::Warning } else { Severity::Error };
        severity.min(most)
    }

    fn finding(&self, rule: &'static str, path: &Path, message: String) -> Diagnostic {
        self.finding_in(&self.pod.root, self.pod, rule, path, message)
    }

    fn finding_in(&self, root: &Node, pod: &Effective, rule: &'static str, path: &Path, message: String) -> Diagnostic {
        let path = &as_written(root, pod, path);
        let place = place(root, pod, path);
        let location = place.map_or(self.document.head, Node::head);
        let used = place.and_then(|node| node.used_at.as_deref()).filter(|used| **used != location);
        let labels = used.map(|used| Label { location: *used, message: "used here".to_owned() });
        let full = [self.document.template.as_slice(), path].concat();
        Diagnostic {
            path: Document::render_path(&full),
            labels: labels.into_iter().collect(),
            ..Diagnostic::new(rule, Severity::Error, Authority::Cluster, shortened(message), location)
        }
    }
}

/// The candidates that lack least come first: those that a change of the pod would mend, then those with fewer reasons, and of
/// these the ones that are selected, and many.
fn rank(one: &Candidate) -> (bool, usize, bool, std::cmp::Reverse<usize>) {
    let mends = one.reasons.iter().all(|reason| reason.mend.is_some());
    let unselected = one.reasons.iter().any(|reason| reason.kind == "node-affinity");
    (!mends, one.reasons.len(), unselected, std::cmp::Reverse(one.count))
}

/// The same amount where the user wrote it: a request that nobody wrote is the limit.
fn as_written(root: &Node, pod: &Effective, path: &Path) -> Path {
    let is_written = |path: &Path| {
        let by_admission = (1..=path.len())
            .any(|length| path.get(..length).is_some_and(|head| matches!(pod.origin(head), Some(SetBy::Admission(_)))));
        root.at(path).is_some() && !by_admission
    };
    let limits: Path = path
        .iter()
        .map(|step| if step.key() == Some("requests") { Step::from("limits") } else { step.clone() })
        .collect();
    if !is_written(path) && limits != *path && is_written(&limits) { limits } else { path.clone() }
}

/// The value on the way to a path that the user wrote, as far down as there is one.
fn place<'n>(root: &'n Node, pod: &Effective, path: &Path) -> Option<&'n Node> {
    let mut found = None;
    for length in 1..=path.len() {
        let head = path.get(..length)?;
        let by_others = pod.origin(head).is_some_and(|by| !matches!(by, SetBy::Author | SetBy::Environment));
        match root.at(head) {
            Some(node) if !by_others => found = Some((node, length)),
            _ => break,
        }
    }
    let (node, length) = found?;
    let is_container = length < path.len() && matches!(path.get(length - 1), Some(Step::Index(_)));
    let node = if is_container { node.get("name").known().unwrap_or(node) } else { node };
    Some(node)
}

fn toleration(key: &str, value: &str, effect: &str) -> Literal {
    let text = |text: &str| Literal::String(text.to_owned());
    let mut entries = vec![("key".to_owned(), text(key))];
    if value.is_empty() {
        entries.push(("operator".to_owned(), text("Exists")));
    } else {
        entries.push(("operator".to_owned(), text("Equal")));
        entries.push(("value".to_owned(), text(value)));
    }
    entries.push(("effect".to_owned(), text(effect)));
    Literal::Map(entries)
}

fn verdict(candidate: &Candidate) -> NodeVerdict {
    NodeVerdict {
        title: candidate.title.clone(),
        names: Arc::clone(&candidate.names),
        reasons: candidate.reasons.iter().map(|reason| (reason.kind, reason.text.clone())).collect(),
    }
}

/// `12 × \`gpu\` have the taint …, 30 × \`cpu\` lack …`.
#[must_use]
pub fn describe(candidates: &[Candidate]) -> String {
    let mut groups: Vec<(Vec<String>, usize, String)> = Vec::new();
    for one in candidates.iter().filter(|one| !one.fits()) {
        let many = one.count != 1 && !one.is_pool;
        let reasons: Vec<String> = one.reasons.iter().map(|reason| predicate(&reason.text, many)).collect();
        let title = match (one.is_pool, one.count) {
            (true, _) => format!("the pool `{}`", one.title),
            (false, 1) => format!("`{}`", one.names.first().unwrap_or(&one.title)),
            (false, count) => format!("{count} × `{}`", one.title),
        };
        let text = reasons.join(" and ");
        match groups.iter_mut().find(|(_, _, known)| *known == text) {
            Some((titles, count, _)) => {
                titles.push(title);
                *count += one.count;
            }
            None => groups.push((vec![title], one.count, text)),
        }
    }
    groups.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    let more = groups.len().saturating_sub(MAX_GROUPS);
    let shown = groups.iter().take(MAX_GROUPS).map(|(titles, _, text)| {
        let rest = titles.len().saturating_sub(3);
        let mut names = titles.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        if rest > 0 {
            names.push_str(&format!(" and {rest} more"));
        }
        let text = if titles.len() > 1 { predicate(text, true) } else { text.clone() };
        format!("{names} {text}")
    });
    let mut text = shown.collect::<Vec<_>>().join("; ");
    if more > 0 {
        text.push_str(&format!("; and {more} more groups of nodes"));
    }
    text
}

/// A reason with the verb in the number of its subject.
fn predicate(text: &str, many: bool) -> String {
    if !many {
        return text.to_owned();
    }
    let verbs = [
        ("has ", "have "),
        ("lacks ", "lack "),
        ("does ", "do "),
        ("takes ", "take "),
        ("is ", "are "),
        ("matches ", "match "),
    ];
    let change = verbs.iter().find_map(|(one, all)| Some(format!("{all}{}", text.strip_prefix(one)?)));
    change.unwrap_or_else(|| text.to_owned())
}

fn help(candidates: &[Candidate], adder: Option<&str>, has_all: bool) -> Option<String> {
    let meant = candidates.iter().flat_map(|one| &one.reasons).find_map(|reason| match &reason.mend {
        Some(Mend::Select(value)) => Some(format!("did you mean `{value}`?")),
        _ => None,
    });
    let taint = candidates.iter().filter(|one| one.reasons.len() == 1).find_map(|one| match &one.reasons[0].mend {
        Some(Mend::Tolerate(taint)) => Some(format!("add a toleration for `{taint}` to run on `{}`", one.title)),
        _ => None,
    });
    let adder = adder.map(str::to_owned);
    let now = (!has_all).then(|| "say `cluster-complete` if the cluster has no further nodes or pools".to_owned());
    meant
        .or(match (taint, adder) {
            (Some(taint), Some(adder)) => Some(format!("{taint}; {adder}")),
            (taint, adder) => taint.or(adder),
        })
        .or(now)
}
