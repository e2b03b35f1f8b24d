//! Policies, bindings and parameters as their manifests say them.

use std::path::Path;
use std::sync::Arc;

use super::compile::Expression;
use super::invalid::{self, Fault};
use super::matching::{Answer, selects};
use super::mutating::Mutation;
use super::object::entry;
use crate::diagnostic::{Authority, Diagnostic, Severity};
use crate::source::SourceFile;
use crate::text::Span;
use crate::tree::{Field, Location, Node, Value};

/// A `ValidatingAdmissionPolicy`.
#[derive(Debug)]
pub struct Policy {
    /// `metadata.name`.
    pub name: String,
    /// The index of its file among the files of all policies.
    pub file: usize,
    /// The whole manifest.
    pub root: Node,
    /// Whether an expression that fails refuses the object.
    pub fails_closed: bool,
    /// All must hold for the policy to apply.
    pub conditions: Vec<Expression>,
    /// Named expressions.
    pub variables: Vec<(String, Expression)>,
    /// What must hold.
    pub validations: Vec<Validation>,
    /// The `apiVersion` and `kind` of its parameters.
    pub param_kind: Option<(String, String)>,
    /// The first minor version of which the server takes it; no version does where it is the greatest number.
    pub since: u8,
}

/// One of `spec.validations`.
#[derive(Debug)]
pub struct Validation {
    /// What must hold.
    pub expression: Expression,
    /// What to say.
    pub message: Option<String>,
    /// How to make what is said.
    pub message_expression: Option<Expression>,
}

/// A `ValidatingAdmissionPolicyBinding`.
#[derive(Debug)]
pub struct Binding {
    /// The whole manifest.
    pub root: Node,
    /// The index of its file.
    file: usize,
    /// The server does not take it.
    pub is_refused: bool,
}

/// Everything that was loaded for custom policies.
#[derive(Debug, Default)]
pub struct Policies {
    /// The policies.
    pub policies: Vec<Policy>,
    /// The bindings.
    pub bindings: Vec<Binding>,
    /// What may change objects before policies see them.
    pub mutations: Vec<Mutation>,
    /// All other manifests: parameters and namespaces.
    pub others: Vec<Node>,
    /// The files of policies, for places in them.
    pub files: Vec<Arc<SourceFile>>,
    /// What podlint cannot evaluate and what the server refuses, by file.
    pub problems: Vec<Problem>,
}

/// Something that is wrong with the policies in a file.
#[derive(Debug)]
pub struct Problem {
    /// The index of the file.
    pub file: usize,
    /// The first minor version in which it is not a problem.
    since: u8,
    finding: Diagnostic,
}

impl Policies {
    /// Whether there is nothing to check.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }

    /// Whether the files show that service accounts are given to pods.
    #[must_use]
    pub fn has_accounts(&self) -> bool {
        self.others.iter().any(|node| api_of(node) == ("v1", "ServiceAccount"))
    }

    /// Adds the manifests of a file.
    pub fn add(&mut self, source: Arc<SourceFile>, manifests: Vec<Node>) {
        let file = self.files.len();
        let mut found = Vec::new();
        for manifest in manifests.into_iter().flat_map(items) {
            let (api, kind) = api_of(&manifest);
            let admission = api.starts_with("admissionregistration.k8s.io/");
            match kind {
                "ValidatingAdmissionPolicy" if admission => {
                    self.policies.push(Reader { source: &source, file, problems: &mut found }.policy(manifest));
                }
                "ValidatingAdmissionPolicyBinding" if admission => {
                    let is_refused = Reader { source: &source, file, problems: &mut found }.binding(&manifest);
                    self.bindings.push(Binding { root: manifest, file, is_refused });
                }
                "MutatingAdmissionPolicy" if admission => self.mutations.push(Mutation::new(manifest)),
                "MutatingAdmissionPolicyBinding" if admission => {}
                "Namespace" => self.others.push(with_own_name(manifest)),
                _ => self.others.push(manifest),
            }
        }
        self.problems.extend(found);
        self.files.push(source);
    }

    /// What podlint cannot evaluate of the policies in a file, and what a minor version of Kubernetes refuses.
    pub fn problems_of(&self, source: &SourceFile, minor: u8) -> Vec<Diagnostic> {
        let same = |file: usize| self.files.get(file).is_some_and(|known| is_same(known, &source.path, &source.text));
        let counts = |problem: &&Problem| problem.since > minor && same(problem.file);
        let problems = self.problems.iter().filter(counts).map(|problem| problem.finding.clone());
        let bindings = self.bindings.iter().filter(|binding| same(binding.file) && !binding.is_refused);
        problems.chain(bindings.filter_map(|binding| self.without_parameters(binding))).collect()
    }

    /// The manifests that a binding names as parameters of a policy.
    pub fn parameters(&self, policy: &Policy, reference: Field<&Node>) -> Vec<&Node> {
        let Some((api, kind)) = &policy.param_kind else { return Vec::new() };
        let name = reference.then(|reference| reference.text("name")).known();
        let selector = reference.then(|reference| reference.get("selector"));
        let labels = |node: &Node| node.get("metadata").then(|metadata| metadata.get("labels")).map(Node::clone);
        let wanted = |node: &&Node| {
            api_of(node) == (api.as_str(), kind.as_str())
                && name.is_none_or(|name| name_of(node) == Some(name))
                && selects(selector, &labels(node)) == Answer::Yes
        };
        self.others.iter().filter(wanted).collect()
    }

    /// What to say of a binding whose parameters are not among the files.
    fn without_parameters(&self, binding: &Binding) -> Option<Diagnostic> {
        let spec = binding.root.get("spec").known()?;
        let policy = spec.text("policyName").known()?;
        let policy = self.policies.iter().find(|known| known.name == policy)?;
        let (_, kind) = policy.param_kind.as_ref()?;
        let reference = spec.get("paramRef").known()?;
        if !self.parameters(policy, Field::Known(reference)).is_empty() {
            return None;
        }
        let what = match reference.text("name") {
            Field::Known(name) => format!("the `{kind}` `{name}`"),
            _ => format!("a `{kind}` by its labels"),
        };
        let name = name_of(&binding.root).unwrap_or("without a name");
        Some(Diagnostic {
            help: Some("give it with `policy-params` in the configuration, or `--policy-param`".to_owned()),
            ..Diagnostic::new(
                "invalid-policy",
                Severity::Warning,
                Authority::Practice,
                format!("the binding `{name}` refers to {what}, which is missing among the files"),
                reference.location,
            )
        })
    }

    /// Whether a file is one of those of the policies.
    #[must_use]
    pub fn come_from(&self, path: &Path, text: &str) -> bool {
        self.files.iter().any(|known| is_same(known, path, text))
    }
}

/// Whether a file is the one that was read. It may be named in two ways: from the working folder, and from the root.
fn is_same(known: &SourceFile, path: &Path, text: &str) -> bool {
    let named = |a: &Path, b: &Path| a.ends_with(b.strip_prefix(".").unwrap_or(b));
    known.text == text && (named(&known.path, path) || named(path, &known.path))
}

/// A manifest, or the manifests of a `kind: List`.
fn items(manifest: Node) -> Vec<Node> {
    let is_list = manifest.text("kind").known() == Some("List");
    match manifest.get("items").known().and_then(Node::as_list) {
        Some(list) if is_list => list.items.clone(),
        _ => vec![manifest],
    }
}

/// A namespace with the label that the server gives to each.
fn with_own_name(mut namespace: Node) -> Node {
    let Some(name) = name_of(&namespace).map(|name| Node::string(name, namespace.location)) else { return namespace };
    let at = namespace.location;
    let metadata = super::defaults::map_in(&mut namespace, "metadata", at);
    if let Some(labels) = metadata.and_then(|metadata| super::defaults::map_in(metadata, "labels", at))
        && let Value::Map(labels) = &mut labels.value
    {
        labels.entries.push(entry("kubernetes.io/metadata.name", name));
    }
    namespace
}

/// The `apiVersion` and `kind` of a manifest.
pub fn api_of(manifest: &Node) -> (&str, &str) {
    let text = |field| manifest.text(field).known().unwrap_or_default();
    (text("apiVersion"), text("kind"))
}

/// The name of a manifest.
pub fn name_of(manifest: &Node) -> Option<&str> {
    manifest.get("metadata").then(|metadata| metadata.text("name")).known()
}

/// The items of a list in a manifest.
pub fn list<'a>(node: &'a Node, path: &[&str]) -> &'a [Node] {
    let found = path.iter().try_fold(node, |node, field| node.get(field).known());
    found.and_then(Node::as_list).map(|list| list.items.as_slice()).unwrap_or_default()
}

struct Reader<'r> {
    source: &'r SourceFile,
    file: usize,
    problems: &'r mut Vec<Problem>,
}

impl Reader<'_> {
    fn policy(&mut self, root: Node) -> Policy {
        let name = name_of(&root).unwrap_or("without a name").to_owned();
        let spec = root.get("spec");
        let kind = spec.then(|spec| spec.get("paramKind"));
        let text = |node: &Node, field: &str| node.text(field).known().unwrap_or_default().to_owned();
        let policy = Policy {
            file: self.file,
            fails_closed: spec.then(|spec| spec.text("failurePolicy")).known() != Some("Ignore"),
            conditions: list(&root, &["spec", "matchConditions"])
                .iter()
                .filter_map(|condition| self.expression(&name, condition, "expression"))
                .collect(),
            variables: list(&root, &["spec", "variables"])
                .iter()
                .filter_map(|variable| Some((text(variable, "name"), self.expression(&name, variable, "expression")?)))
                .collect(),
            validations: list(&root, &["spec", "validations"])
                .iter()
                .filter_map(|validation| self.validation(&name, validation))
                .collect(),
            param_kind: kind.known().map(|kind| (text(kind, "apiVersion"), text(kind, "kind"))),
            root: Node::dynamic("", Location::default()),
            since: 0,
            name,
        };
        let audits = list(&root, &["spec", "auditAnnotations"]).iter();
        let audits: Vec<Expression> =
            audits.filter_map(|one| self.expression(&policy.name, one, "valueExpression")).collect();
        let faults = invalid::of_policy(&root, &policy, &audits);
        let since = faults.iter().map(|fault| fault.since.unwrap_or(u8::MAX)).max().unwrap_or_default();
        self.faults("policy", &policy.name, faults);
        let unread = list(&root, &["spec", "matchConditions"]).len() > policy.conditions.len();
        // A condition that cannot be read might not hold: the policy then says nothing.
        let validations = if unread { Vec::new() } else { policy.validations };
        Policy { root, validations, since, ..policy }
    }

    /// Whether a binding is refused.
    fn binding(&mut self, root: &Node) -> bool {
        let faults = invalid::of_binding(root);
        let is_refused = !faults.is_empty();
        self.faults("binding", name_of(root).unwrap_or("without a name"), faults);
        is_refused
    }

    /// What the server refuses.
    fn faults(&mut self, what: &str, name: &str, faults: Vec<Fault>) {
        for Fault { location, message, since } in faults {
            let finding = Diagnostic::new(
                "invalid-policy",
                Severity::Error,
                Authority::Kubernetes,
                format!("the server refuses the {what} `{name}`: {message}"),
                location,
            );
            self.problems.push(Problem { file: self.file, since: since.unwrap_or(u8::MAX), finding });
        }
    }

    fn validation(&mut self, name: &str, validation: &Node) -> Option<Validation> {
        let expression = self.expression(name, validation, "expression")?;
        let message = validation.text("message").known().map(|text| text.trim().to_owned());
        let message_expression = match validation.get("messageExpression").known() {
            Some(_) => self.expression(name, validation, "messageExpression"),
            None => None,
        };
        Some(Validation { expression, message, message_expression })
    }

    fn expression(&mut self, policy: &str, holder: &Node, field: &str) -> Option<Expression> {
        let node = holder.get(field).known()?;
        let Some(text) = node.as_str() else {
            self.problem(policy, "is no text".to_owned(), node.location);
            return None;
        };
        // That it must not be empty is said elsewhere.
        if text.trim().is_empty() {
            return None;
        }
        let location = first_line_of(self.source, node.location);
        match Expression::parse(text, location) {
            Ok(expression) => {
                if !expression.unsupported.is_empty() {
                    let what = expression.unsupported.join(", ");
                    self.problem(policy, format!("uses {what}, which podlint does not evaluate"), location);
                }
                Some(expression)
            }
            Err(problem) => {
                self.problem(policy, format!("cannot be read: {problem}"), location);
                None
            }
        }
    }

    fn problem(&mut self, policy: &str, what: String, location: Location) {
        let help = "what depends on it is not reported; the cluster still enforces it";
        let finding = Diagnostic {
            help: Some(help.to_owned()),
            ..Diagnostic::new(
                "unsupported-policy-expression",
                Severity::Warning,
                Authority::Practice,
                format!("an expression of policy `{policy}` {what}"),
                location,
            )
        };
        self.problems.push(Problem { file: self.file, since: u8::MAX, finding });
    }
}

/// The first line of the text in a block scalar, where its indicator says nothing to the reader.
fn first_line_of(source: &SourceFile, location: Location) -> Location {
    let text = location.span.slice(&source.text);
    if !text.starts_with(['|', '>']) {
        return location;
    }
    let Some((head, body)) = text.split_once('\n') else { return location };
    let blank = body.len() - body.trim_start().len();
    let line = body.trim_start().lines().next().unwrap_or_default().trim_end();
    let start = location.span.start as usize + head.len() + 1 + blank;
    Location { span: Span::from_range(start..start + line.len()), ..location }
}
