//! What a server refuses of a policy or a binding when it is created: values, and expressions that do not compile.
//!
//! Source: `pkg/apis/admissionregistration/validation/validation.go` of Kubernetes.

use super::compile::Expression;
use super::manifest::{Policy, list};
use super::names::{is_label_value, is_qualified, is_subdomain};
use super::types::{Names, Type};

use crate::tree::{Field, Location, Node};

/// Match conditions of one policy.
const MAX_CONDITIONS: usize = 64;

/// Something that is refused.
#[derive(Debug)]
pub struct Fault {
    /// Where it stands.
    pub location: Location,
    /// What is wrong.
    pub message: String,
    /// The first minor version that takes it; `None` where none does.
    pub since: Option<u8>,
}

/// What is found.
type Faults = Vec<Fault>;

fn fault(location: Location, message: impl Into<String>) -> Fault {
    Fault { location, message: message.into(), since: None }
}

/// What is refused of a policy; `audits` are its annotations for the audit log.
pub fn of_policy(root: &Node, policy: &Policy, audits: &[Expression]) -> Vec<Fault> {
    let mut faults = Faults::new();
    named(root, &mut faults);
    let Some(spec) = root.get("spec").known() else { return faults };
    one_of(spec, "failurePolicy", &["Fail", "Ignore"], &mut faults);
    match spec.get("matchConstraints") {
        Field::Missing => faults.push(fault(spec.location, "`matchConstraints` is required")),
        Field::Known(constraints) => {
            matched(constraints, &mut faults);
            if list(constraints, &["resourceRules"]).is_empty() && !constraints.get("resourceRules").is_dynamic() {
                faults.push(fault(constraints.location, "`resourceRules` must not be empty"));
            }
        }
        Field::Dynamic => {}
    }
    conditions(spec, &mut faults);
    if let Some(kind) = spec.get("paramKind").known() {
        required(kind, &["apiVersion", "kind"], &mut faults);
    }
    for variable in list(spec, &["variables"]) {
        required(variable, &["name", "expression"], &mut faults);
        if let Field::Known(name) = variable.text("name")
            && !is_identifier(name)
        {
            let at = variable.get("name").known().map_or(variable.location, |node| node.location);
            faults.push(fault(at, format!("`{name}` is no name of a variable: letters, digits and `_`")));
        }
    }
    let (validations, annotations) = (list(spec, &["validations"]), list(spec, &["auditAnnotations"]));
    if validations.is_empty() && annotations.is_empty() && !spec.get("validations").is_dynamic() {
        faults.push(fault(spec.location, "there must be `validations` or `auditAnnotations`"));
    }
    validations.iter().for_each(|one| validation(one, &mut faults));
    audited(annotations, &mut faults);
    // One that podlint cannot read might be what others name.
    if list(spec, &["variables"]).len() == policy.variables.len() {
        compiled(policy, audits, &mut faults);
    }
    faults
}

/// What is refused of a binding.
pub fn of_binding(root: &Node) -> Vec<Fault> {
    let mut faults = Faults::new();
    named(root, &mut faults);
    let Some(spec) = root.get("spec").known() else { return faults };
    required(spec, &["policyName"], &mut faults);
    let actions = list(spec, &["validationActions"]);
    let texts: Vec<&str> = actions.iter().filter_map(Node::as_str).collect();
    if actions.is_empty() && !spec.get("validationActions").is_dynamic() {
        faults.push(fault(spec.location, "`validationActions` must hold at least one action"));
    }
    for (index, action) in actions.iter().enumerate() {
        let Some(text) = action.as_str() else { continue };
        if !["Deny", "Warn", "Audit"].contains(&text) {
            faults.push(unsupported(action, text, &["Audit", "Deny", "Warn"]));
        } else if texts.iter().take(index).any(|known| *known == text) {
            faults.push(fault(action.location, format!("`{text}` is there twice")));
        } else if text == "Warn" && texts.contains(&"Deny") {
            faults.push(fault(action.location, "`Deny` and `Warn` do not go together"));
        }
    }
    if let Some(reference) = spec.get("paramRef").known() {
        let (name, selector) = (reference.get("name"), reference.get("selector"));
        if matches!((&name, &selector), (Field::Known(_), Field::Known(_))) {
            faults.push(fault(reference.location, "`name` and `selector` do not go together"));
        }
        if name.is_missing() && selector.is_missing() {
            faults.push(fault(reference.location, "there must be `name` or `selector`"));
        }
        required(reference, &["parameterNotFoundAction"], &mut faults);
        one_of(reference, "parameterNotFoundAction", &["Allow", "Deny"], &mut faults);
    }
    if let Some(resources) = spec.get("matchResources").known() {
        matched(resources, &mut faults);
    }
    faults
}

/// The object's own name.
fn named(root: &Node, faults: &mut Faults) {
    let metadata = root.get("metadata").known();
    if let Some(Field::Known(name)) = metadata.map(|metadata| metadata.text("name"))
        && !is_subdomain(name)
    {
        let at = metadata.and_then(|metadata| metadata.get("name").known()).map_or(root.location, |node| node.location);
        faults.push(fault(at, format!("`{name}` is not a valid name")));
    }
}

/// Annotations for the audit log, whose keys differ.
fn audited(annotations: &[Node], faults: &mut Faults) {
    let mut keys: Vec<&str> = Vec::new();
    for annotation in annotations {
        required(annotation, &["key", "valueExpression"], faults);
        let Field::Known(key) = annotation.text("key") else { continue };
        if keys.contains(&key) {
            faults.push(fault(annotation.location, format!("the key `{key}` is there twice")));
        } else if !key.is_empty() && !is_qualified(&format!("policy/{key}")) {
            faults.push(fault(annotation.location, format!("`{key}` is not a valid key")));
        }
        keys.push(key);
    }
}

/// A label selector.
fn selector(node: &Node, faults: &mut Faults) {
    let labels = node.get("matchLabels").known().and_then(Node::as_map).map(|map| map.entries.as_slice());
    for entry in labels.unwrap_or_default() {
        let wrong = !is_qualified(&entry.key.wire) || entry.value.as_str().is_some_and(|value| !is_label_value(value));
        if wrong {
            faults.push(fault(entry.key.location, format!("`{}` is not a valid label", entry.key.wire)));
        }
    }
    for requirement in list(node, &["matchExpressions"]) {
        let (values, Field::Known(operator)) = (list(requirement, &["values"]), requirement.text("operator")) else {
            continue;
        };
        let message = match operator {
            "In" | "NotIn" if values.is_empty() && !requirement.get("values").is_dynamic() => "`values` is required",
            "Exists" | "DoesNotExist" if !values.is_empty() => "there must not be `values`",
            "In" | "NotIn" | "Exists" | "DoesNotExist" => continue,
            _ => "`operator` is none of `In`, `NotIn`, `Exists`, `DoesNotExist`",
        };
        faults.push(fault(requirement.location, message));
    }
}

fn unsupported(node: &Node, text: &str, wanted: &[&str]) -> Fault {
    let list: Vec<String> = wanted.iter().map(|one| format!("`{one}`")).collect();
    fault(node.location, format!("`{text}` is none of {}", list.join(", ")))
}

fn one_of(node: &Node, field: &str, wanted: &[&str], faults: &mut Faults) {
    if let (Field::Known(value), Field::Known(text)) = (node.get(field), node.text(field))
        && !wanted.contains(&text)
    {
        faults.push(unsupported(value, text, wanted));
    }
}

/// Fields that must be there and hold more than space.
fn required(node: &Node, fields: &[&str], faults: &mut Faults) {
    for field in fields {
        match node.text(field) {
            Field::Missing => faults.push(fault(node.location, format!("`{field}` is required"))),
            Field::Known(text) if text.trim().is_empty() => {
                let at = node.get(field).known().map_or(node.location, |value| value.location);
                faults.push(fault(at, format!("`{field}` must not be empty")));
            }
            _ => {}
        }
    }
}

/// `matchConstraints` and `matchResources`.
fn matched(constraints: &Node, faults: &mut Faults) {
    for field in ["objectSelector", "namespaceSelector"] {
        if let Some(known) = constraints.get(field).known() {
            selector(known, faults);
        }
    }
    one_of(constraints, "matchPolicy", &["Equivalent", "Exact"], faults);
    let rules = ["resourceRules", "excludeResourceRules"].map(|field| list(constraints, &[field]));
    for rule in rules.into_iter().flatten() {
        one_of(rule, "scope", &["*", "Cluster", "Namespaced"], faults);
        for field in ["apiGroups", "apiVersions", "operations", "resources"] {
            let items = list(rule, &[field]);
            let every = items.iter().any(|item| item.as_str() == Some("*"));
            let blank = items.iter().find(|item| item.as_str() == Some("") && !matches!(field, "apiGroups"));
            if let Some(blank) = blank {
                faults.push(fault(blank.location, format!("an item of `{field}` must not be empty")));
            }
            if items.is_empty() && !rule.get(field).is_dynamic() {
                faults.push(fault(rule.location, format!("`{field}` is required")));
            } else if every && items.len() > 1 && field != "resources" {
                faults.push(fault(rule.location, format!("`*` in `{field}` leaves no room for others")));
            }
        }
        crowded(rule, faults);
        for operation in list(rule, &["operations"]) {
            let wanted = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
            if let Some(text) = operation.as_str().filter(|text| !wanted.contains(text)) {
                faults.push(unsupported(operation, text, &wanted));
            }
        }
    }
}

/// Resources beside a pattern that holds them already.
fn crowded(rule: &Node, faults: &mut Faults) {
    let items = list(rule, &["resources"]);
    let texts: Vec<&str> = items.iter().filter_map(Node::as_str).collect();
    let plain = texts.iter().filter(|text| !text.contains('/')).count();
    let message = if texts.contains(&"*/*") && texts.len() > 1 {
        "beside `*/*` there must be no other resources"
    } else if texts.contains(&"*") && plain > 1 {
        "beside `*` there must be no other resources without subresources"
    } else {
        return;
    };
    faults.push(fault(items.first().map_or(rule.location, |item| item.location), message));
}

fn conditions(spec: &Node, faults: &mut Faults) {
    let all = list(spec, &["matchConditions"]);
    if let Some(first) = all.get(MAX_CONDITIONS) {
        faults.push(fault(first.location, format!("there may be {MAX_CONDITIONS} conditions")));
    }
    let mut names: Vec<&str> = Vec::new();
    for condition in all {
        required(condition, &["name", "expression"], faults);
        let Field::Known(name) = condition.text("name") else { continue };
        if !name.is_empty() && !is_qualified(name) {
            faults.push(fault(condition.location, format!("`{name}` is not a valid name")));
        }
        if names.contains(&name) {
            faults.push(fault(condition.location, format!("there are two conditions `{name}`")));
        }
        names.push(name);
    }
}

fn validation(node: &Node, faults: &mut Faults) {
    required(node, &["expression"], faults);
    for field in ["message", "messageExpression"] {
        let (Field::Known(text), Field::Known(value)) = (node.text(field), node.get(field)) else { continue };
        if !text.is_empty() && text.trim().is_empty() {
            faults.push(fault(value.location, format!("`{field}` must not be empty")));
        } else if field == "message" && text.trim().contains(['\n', '\r']) {
            faults.push(fault(value.location, "`message` must not contain line breaks"));
        }
    }
    one_of(node, "reason", &["Forbidden", "Invalid", "RequestEntityTooLarge"], faults);
}

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let reserved = ["true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if"];
    let more = ["import", "let", "loop", "package", "namespace", "return", "var", "void", "while"];
    first
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !reserved.contains(&name)
        && !more.contains(&name)
}

/// Expressions by their types, in the order in which the server compiles them.
fn compiled(policy: &Policy, audits: &[Expression], faults: &mut Faults) {
    let has_params = policy.param_kind.is_some();
    for condition in &policy.conditions {
        judge(&names(has_params, None, true), condition, &[Type::Bool], faults);
    }
    let mut variables: Vec<(String, Type)> = Vec::new();
    for (name, expression) in &policy.variables {
        let known = names(has_params, Some(variables.as_slice()), true).of(&expression.tree);
        let kind = known.unwrap_or_else(|problem| {
            faults.push(fault(expression.location, problem));
            Type::Other
        });
        undeclared(expression, faults);
        variables.push((name.clone(), kind));
    }
    let known = (!variables.is_empty()).then_some(variables.as_slice());
    for validation in &policy.validations {
        judge(&names(has_params, known, true), &validation.expression, &[Type::Bool], faults);
        if let Some(message) = &validation.message_expression {
            judge(&names(has_params, known, false), message, &[Type::Text], faults);
        }
    }
    for audit in audits {
        judge(&names(has_params, known, true), audit, &[Type::Text, Type::Null], faults);
    }
}

const fn names(has_params: bool, variables: Option<&[(String, Type)]>, has_authorizer: bool) -> Names<'_> {
    Names { has_params, has_authorizer, variables }
}

fn judge(names: &Names<'_>, expression: &Expression, wanted: &[Type], faults: &mut Faults) {
    match names.of(&expression.tree) {
        Err(problem) => faults.push(fault(expression.location, problem)),
        Ok(Type::Other) => {}
        Ok(kind) if !wanted.contains(&kind) => {
            let list: Vec<String> = wanted.iter().map(Type::name).collect();
            let message = format!("it must evaluate to {}, not {}", list.join(" or "), kind.name());
            faults.push(fault(expression.location, message));
        }
        Ok(_) => {}
    }
    undeclared(expression, faults);
}

/// Functions that the server does not have, or not yet.
fn undeclared(expression: &Expression, faults: &mut Faults) {
    for (name, since) in &expression.functions {
        let message = match since {
            Some(since) => format!("`{name}()` may be used from Kubernetes 1.{since} on"),
            None => format!("undeclared reference to `{name}`"),
        };
        faults.push(Fault { location: expression.location, message, since: *since });
    }
}
