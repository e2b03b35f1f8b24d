//! What the policies say of a document, with the places in the user's file and in the policy's.

use super::blame::Place;
use super::compile::Expression;
use super::evaluate::{Given, Scope};
use super::manifest::{Binding, Policies, Policy, Validation, api_of, name_of};
use super::matching::{Answer, fits};
use super::object::{Resource, Seen, Standing, entry, map, open, request, seen};
use super::value::Stop;
use crate::diagnostic::{Authority, Diagnostic, Label, Severity};
use crate::document::Document;
use crate::tree::{Field, FileId, Location, Node, PathIndex, Step};

/// The rule for what is refused or warned of.
const VIOLATION: &str = "policy-violation";
/// The rule for what only the audit log hears of.
const AUDIT: &str = "policy-audit";

/// What the policies that a minor version of Kubernetes takes say of a document; their first file is `first` among the files
/// of the check.
#[must_use]
pub fn check(document: &Document, policies: &Policies, first: FileId, minor: u8) -> Vec<Diagnostic> {
    if policies.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for mut seen in seen(document, policies.has_accounts()) {
        let request = request(&seen.resource);
        let own = own_namespace(&seen.root, policies);
        let namespace = own.as_ref();
        for mutation in &policies.mutations {
            mutation.apply(&mut seen.root, &seen.resource, namespace, false);
        }
        for policy in policies.policies.iter().filter(|policy| policy.since <= minor) {
            let file = FileId(first.0 + u32::try_from(policy.file).unwrap_or_default());
            let mut of_policy = Vec::new();
            for binding in bindings(policy, policies, &seen, namespace) {
                let run = Run { document, policy, file, seen: &seen, request: &request, namespace, binding };
                of_policy.extend(run.check());
            }
            found.extend(together(of_policy));
        }
    }
    found
}

/// A namespace with what the cluster adds to it.
fn opened(mut namespace: Node) -> Node {
    open(&mut namespace);
    namespace
}

/// The namespace that an object goes to: the one that it names, or else the only one that there is. Of one that is no
/// manifest only the label with its name is known.
fn own_namespace(object: &Node, policies: &Policies) -> Option<Node> {
    let mut all = policies.others.iter().filter(|node| api_of(node) == ("v1", "Namespace"));
    let name = object.get("metadata").then(|metadata| metadata.text("namespace"));
    let Field::Known(name) = name else {
        // Of several namespaces nobody says which one it is.
        let only = all.next().filter(|_| name.is_dynamic());
        return only.filter(|_| all.next().is_none()).cloned().map(opened);
    };
    if let Some(found) = all.find(|node| name_of(node) == Some(name)) {
        return Some(opened(found.clone()));
    }
    let at = object.location;
    let made = |entries| opened(map(entries, at));
    let labels = made(vec![entry("kubernetes.io/metadata.name", Node::string(name, at))]);
    let metadata = made(vec![entry("name", Node::string(name, at)), entry("labels", labels)]);
    Some(made(vec![entry("metadata", metadata)]))
}

/// One finding of all that a policy says of an object: the worst one, with the other places as labels.
fn together(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let (mut violations, mut others): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|one| [VIOLATION, AUDIT].contains(&one.rule));
    // What one binding refuses is not of interest as what another one notes.
    if violations.iter().any(|one| one.rule == VIOLATION) {
        violations.retain(|one| one.rule == VIOLATION);
    }
    violations.sort_by_key(|one| std::cmp::Reverse(one.severity));
    let mut violations = violations.into_iter();
    let Some(mut first) = violations.next() else { return others };
    for other in violations {
        let known = first.labels.iter().any(|label| label.location == other.location);
        if other.location != first.location && !known {
            let message = if other.message == first.message { "and here".to_owned() } else { other.message };
            first.labels.push(Label { location: other.location, message });
        }
    }
    others.push(first);
    others
}

/// How a policy reaches an object.
struct Reach<'a> {
    severity: Severity,
    /// The parameters; `None` where there are none and the binding then denies.
    params: Option<Given<'a>>,
    applies: Answer,
}

/// Each way in which a policy applies to an object.
fn bindings<'a>(policy: &'a Policy, policies: &'a Policies, seen: &Seen, namespace: Option<&Node>) -> Vec<Reach<'a>> {
    let constraints = policy.root.get("spec").then(|spec| spec.get("matchConstraints")).known();
    let fit = |constraints: Option<&Node>| match constraints {
        Some(constraints) => match_any(constraints, seen, namespace),
        None => Answer::Yes,
    };
    let own = fit(constraints);
    if own == Answer::No {
        return Vec::new();
    }
    let of_policy = |binding: &&Binding| {
        binding.root.get("spec").then(|spec| spec.text("policyName")).known() == Some(&policy.name)
    };
    let mut all = Vec::new();
    let mut is_bound = false;
    for binding in policies.bindings.iter().filter(of_policy) {
        is_bound = true;
        if binding.is_refused {
            continue;
        }
        let binding = &binding.root;
        let spec = binding.get("spec");
        let applies = own.and(fit(spec.then(|spec| spec.get("matchResources")).known()));
        let Some(severity) = severity_of(binding) else { continue };
        let reference = spec.then(|spec| spec.get("paramRef"));
        for params in params(policy, policies, reference, true) {
            all.push(Reach { severity, params, applies });
        }
    }
    if !is_bound {
        let params = params(policy, policies, Field::Missing, false);
        all.extend(params.into_iter().map(|params| Reach { severity: Severity::Error, params, applies: own }));
    }
    all.retain(|binding| binding.applies != Answer::No);
    all
}

/// A workload that is only imagined stands for each that holds a template.
fn match_any(constraints: &Node, seen: &Seen, namespace: Option<&Node>) -> Answer {
    let fit = |resource: &Resource| fits(constraints, resource, &seen.root, namespace);
    if seen.standing != Standing::Imagined {
        return fit(&seen.resource);
    }
    let pod = Resource { group: String::new(), version: "v1".into(), plural: "pods".into(), kind: "Pod".into() };
    // A policy that is about pods speaks of the pod.
    if fit(&pod) != Answer::No {
        return Answer::No;
    }
    let workloads = [
        ("apps", "deployments", "Deployment"),
        ("apps", "statefulsets", "StatefulSet"),
        ("apps", "daemonsets", "DaemonSet"),
        ("apps", "replicasets", "ReplicaSet"),
        ("batch", "jobs", "Job"),
    ];
    let resources = workloads.map(|(group, plural, kind)| Resource {
        group: group.into(),
        version: "v1".into(),
        plural: plural.into(),
        kind: kind.into(),
    });
    resources.iter().map(fit).max().unwrap_or(Answer::No)
}

/// The strongest of `validationActions`.
fn severity_of(binding: &Node) -> Option<Severity> {
    let actions = super::manifest::list(binding, &["spec", "validationActions"]);
    let severity = |action: &Node| match action.as_str() {
        Some("Deny") => Some(Severity::Error),
        Some("Warn") => Some(Severity::Warning),
        Some("Audit") => Some(Severity::Info),
        _ => None,
    };
    actions.iter().filter_map(severity).max()
}

/// The parameters that a binding names: each of them makes a check of its own.
fn params<'a>(
    policy: &Policy,
    policies: &'a Policies,
    reference: Field<&Node>,
    is_bound: bool,
) -> Vec<Option<Given<'a>>> {
    if policy.param_kind.is_none() || (is_bound && reference.is_missing()) {
        return vec![Some(Given::Null)];
    }
    let action = reference.then(|reference| reference.text("parameterNotFoundAction"));
    let found: Vec<Option<Given<'a>>> =
        policies.parameters(policy, reference).into_iter().map(|node| Some(Given::Node(node))).collect();
    match action.known() {
        _ if !found.is_empty() => found,
        Some("Deny") => vec![None],
        Some("Allow") => Vec::new(),
        _ => vec![Some(Given::Unknown)],
    }
}

/// One policy on one object by one binding.
struct Run<'a> {
    document: &'a Document,
    policy: &'a Policy,
    file: FileId,
    seen: &'a Seen,
    request: &'a Node,
    namespace: Option<&'a Node>,
    binding: Reach<'a>,
}

impl<'a> Run<'a> {
    fn check(&self) -> Vec<Diagnostic> {
        let namespace = self.namespace.map_or(Given::Unknown, Given::Node);
        let params = self.binding.params.unwrap_or(Given::Unknown);
        let scope = Scope::new(&self.seen.root, self.request, params, namespace, &self.policy.variables);
        let mut found = Vec::new();
        if self.binding.params.is_none() {
            return if self.policy.fails_closed { self.without_params() } else { found };
        }
        match self.applies(&scope) {
            Ok(true) => {}
            Ok(false) => return found,
            Err(found) => return found,
        }
        for validation in &self.policy.validations {
            match scope.test(&validation.expression.tree, None) {
                Ok(false) => {
                    let message = message(&scope, validation);
                    found.extend(self.findings(&scope, &validation.expression, &message));
                }
                Err(Stop::Error(failure)) if self.policy.fails_closed => {
                    let message = failed(&validation.expression, &failure.message);
                    found.extend(self.findings(&scope, &validation.expression, &message));
                }
                Err(Stop::Limit) => {
                    found.push(self.too_much(&validation.expression));
                    break;
                }
                Ok(true) | Err(_) => {}
            }
        }
        found
    }

    /// Whether all conditions hold: one that does not weighs more than those that fail.
    fn applies(&self, scope: &Scope<'a>) -> Result<bool, Vec<Diagnostic>> {
        let (mut unknown, mut failure) = (false, None);
        for condition in &self.policy.conditions {
            match scope.test(&condition.tree, None) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(Stop::Limit) => return Err(vec![self.too_much(condition)]),
                Err(Stop::Unknown(_)) => unknown = true,
                Err(Stop::Error(stop)) => failure = failure.or(Some((condition, stop.message))),
            }
        }
        match failure {
            _ if unknown => Ok(false),
            Some((condition, message)) if self.policy.fails_closed => {
                Err(self.findings(scope, condition, &failed(condition, &message)))
            }
            failure => Ok(failure.is_none()),
        }
    }

    /// The parameters that the binding names are not there, and it says that nothing is admitted then.
    fn without_params(&self) -> Vec<Diagnostic> {
        let Some(validation) = self.policy.validations.first() else { return Vec::new() };
        let message =
            "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction";
        let mut finding = self.finding(&validation.expression, message, None);
        finding.help = finding.help.or_else(|| Some("give the parameters with `--policy-param`".to_owned()));
        vec![finding]
    }

    /// One finding for each part of the object that is to blame.
    fn findings(&self, scope: &Scope<'a>, expression: &'a Expression, message: &str) -> Vec<Diagnostic> {
        let places = scope.blame(&expression.tree, None);
        let index = PathIndex::new(&self.seen.root);
        let mut found: Vec<Diagnostic> = Vec::new();
        for place in &places {
            let finding = self.finding(expression, message, Some((place, &index)));
            if !found.iter().any(|known| (known.location, &known.path) == (finding.location, &finding.path)) {
                found.push(finding);
            }
        }
        if found.is_empty() {
            found.push(self.finding(expression, message, None));
        }
        found
    }

    fn finding(
        &self,
        expression: &Expression,
        message: &str,
        place: Option<(&Place<'a>, &PathIndex<'_>)>,
    ) -> Diagnostic {
        let policy = &self.policy.name;
        let node = place.map(|(place, _)| place.node);
        let location =
            node.filter(|node| !std::ptr::eq(*node, &raw const self.seen.root)).map_or(self.document.head, Node::head);
        let lacks = place.is_some_and(|(place, _)| place.missing.is_some());
        let (severity, help) = self.certainty(lacks);
        let mut labels = vec![self.label(expression)];
        if let Some(used) = node.and_then(|node| node.used_at.as_deref()).filter(|used| **used != location) {
            labels.push(Label { location: *used, message: "used here".to_owned() });
        }
        Diagnostic {
            path: place.map(|(place, index)| self.path(place, index)).unwrap_or_default(),
            help,
            labels,
            ..Diagnostic::new(
                if self.binding.severity == Severity::Info { AUDIT } else { VIOLATION },
                severity,
                Authority::Kubernetes,
                format!("policy `{policy}`: {message}"),
                location,
            )
        }
    }

    fn label(&self, expression: &Expression) -> Label {
        let location = Location { file: self.file, span: expression.location.span };
        Label { location, message: "what the policy asks for".to_owned() }
    }

    /// The field from the document's root.
    fn path(&self, place: &Place<'a>, index: &PathIndex<'_>) -> String {
        let mut path = index.path(place.node);
        path.extend(place.missing.as_deref().map(Step::from));
        let is_pod = self.seen.resource.plural == "pods";
        let inside = match self.seen.standing {
            Standing::Imagined => path.split_off(path.len().min(2)),
            _ => path,
        };
        let prefix = if is_pod { self.document.template.as_slice() } else { &[] };
        Document::render_path(&[prefix, &inside].concat())
    }

    /// How bad it is, given what may still change before the server sees the object.
    fn certainty(&self, lacks: bool) -> (Severity, Option<String>) {
        let severity = self.binding.severity;
        let (most, help) = match self.seen.standing {
            Standing::Imagined => {
                (Severity::Info, "the policy is about workloads, and Flyte's pods are made without one")
            }
            Standing::Merged => {
                (Severity::Warning, "the template of a task wins over this one where it says something else")
            }
            Standing::Flyte if lacks => (Severity::Warning, "it is refused unless Flyte's configuration sets it"),
            _ if self.binding.applies == Answer::Unknown => {
                (Severity::Warning, "the policy selects by labels that are not known here")
            }
            _ => return (severity, None),
        };
        (severity.min(most), Some(help.to_owned()))
    }

    /// Says that a policy was given up on.
    fn too_much(&self, expression: &Expression) -> Diagnostic {
        let message =
            format!("policy `{}` was not evaluated to its end: it takes more steps than are allowed", self.policy.name);
        Diagnostic {
            labels: vec![self.label(expression)],
            ..Diagnostic::new("limit-exceeded", Severity::Warning, Authority::Practice, message, self.document.head)
        }
    }
}

fn failed(expression: &Expression, reason: &str) -> String {
    format!("expression '{}' resulted in error: {reason}", one_line(&expression.text))
}

/// What the server would say: the computed message, else the fixed one, else the expression.
fn message<'a>(scope: &Scope<'a>, validation: &'a Validation) -> String {
    if let Some(expression) = &validation.message_expression
        && let Ok(value) = scope.eval(&expression.tree, None)
        && let Some(text) = value.as_text().filter(|text| !text.trim().is_empty())
    {
        return one_line(text);
    }
    let fixed = validation.message.clone().filter(|message| !message.is_empty());
    let text = fixed.unwrap_or_else(|| format!("failed expression: {}", one_line(&validation.expression.text)));
    one_line(&text)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
