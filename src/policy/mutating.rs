//! What `MutatingAdmissionPolicy` manifests may set in an object before anything else looks at it: their places are not known.
//!
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/>. What an expression makes is not
//! computed; which paths it names is read off its syntax tree, and a path that is computed stands for all below its known part.

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, StructExpr, operators};

use super::compile::Expression;
use super::manifest::{Policies, list, name_of};
use super::matching::{Answer, fits};
use super::object::{Resource, entry, open};
use crate::document::{Document, Kind};
use crate::tree::{Location, Map, Node, Value};

/// A step into an object.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A field, or the key of a map.
    Key(Box<str>),
    /// Every item of a list, and perhaps one more.
    Each,
}

/// A policy that changes objects.
#[derive(Debug)]
pub struct Mutation {
    name: String,
    root: Node,
    paths: Vec<Vec<Part>>,
}

impl Mutation {
    /// Reads a manifest.
    pub fn new(root: Node) -> Self {
        let mut paths = Vec::new();
        for mutation in list(&root, &["spec", "mutations"]) {
            let text = |field: &str| mutation.get(field).then(|held| held.text("expression")).known();
            let found = match (text("applyConfiguration"), text("jsonPatch")) {
                (Some(text), _) => parsed(text).and_then(|expression| applied(&expression.tree)),
                (None, Some(text)) => parsed(text).and_then(|expression| patched(&expression.tree)),
                (None, None) => None,
            };
            // What cannot be read may change anything.
            paths.extend(found.unwrap_or_else(|| vec![Vec::new()]));
        }
        Self { name: name_of(&root).unwrap_or("without a name").to_owned(), root, paths }
    }

    /// Makes unknown what the policy may set, where it may be about the object; Flyte gives its pods further labels.
    pub fn apply(&self, object: &mut Node, resource: &Resource, namespace: Option<&Node>, by_flyte: bool) {
        let constraints = self.root.get("spec").then(|spec| spec.get("matchConstraints"));
        let unknown = by_flyte.then(|| Node::dynamic("labels of Flyte", object.location));
        let judged = unknown.as_ref().unwrap_or(object);
        if constraints.known().is_some_and(|known| fits(known, resource, judged, namespace) == Answer::No) {
            return;
        }
        let reason = format!("the policy `{}` may set it", self.name);
        for path in &self.paths {
            match (path.is_empty(), &mut object.value) {
                (true, Value::Map(map)) => everything(map, &reason),
                _ => loosen(object, path, &reason),
            }
        }
    }
}

fn parsed(text: &str) -> Option<Expression> {
    Expression::parse(text, Location::default()).ok()
}

/// Makes an object unknown but for what it is.
fn everything(map: &mut Map, reason: &str) {
    map.open = true;
    for entry in map.entries.iter_mut().filter(|entry| !matches!(&*entry.key.wire, "apiVersion" | "kind")) {
        entry.value = Node::dynamic(reason, entry.value.location);
    }
}

/// Makes unknown what policies may set in a document before it is validated. A template in a manifest becomes a pod later, and
/// is validated as it stands.
pub fn loosen_document(document: &mut Document, policies: &Policies) {
    if policies.mutations.is_empty() {
        return;
    }
    let by_flyte = document.kind == Kind::PythonTemplate;
    let resource = match &document.api {
        _ if by_flyte => Resource::new("v1", "Pod"),
        Some((api_version, kind)) if document.kind != Kind::Embedded => Resource::new(api_version, kind),
        _ => return,
    };
    for mutation in &policies.mutations {
        mutation.apply(&mut document.root, &resource, None, by_flyte);
    }
}

/// Makes what is at a path unknown.
fn loosen(node: &mut Node, path: &[Part], reason: &str) {
    let at = node.location;
    let Some((part, rest)) = path.split_first() else {
        *node = Node::dynamic(reason, at);
        return;
    };
    match (&mut node.value, part) {
        (Value::Dynamic(_), _) => {}
        (Value::List(list), Part::Each) => {
            list.open = true;
            if !rest.is_empty() {
                list.items.iter_mut().for_each(|item| loosen(item, rest, reason));
            }
        }
        (Value::Map(map), Part::Key(key)) => in_map(map, key, rest, reason, at),
        (Value::Map(_), Part::Each) => open(node),
        _ => *node = Node::dynamic(reason, at),
    }
}

fn in_map(map: &mut Map, key: &str, rest: &[Part], reason: &str, at: Location) {
    match map.entries.iter_mut().find(|entry| &*entry.key.wire == key) {
        Some(known) => loosen(&mut known.value, rest, reason),
        None => map.entries.push(entry(key, Node::dynamic(reason, at))),
    }
}

/// The paths that `Object{…}` sets, where all that an expression may come to is written out.
fn applied(expression: &IdedExpr) -> Option<Vec<Vec<Part>>> {
    match &expression.expr {
        Expr::Call(CallExpr { func_name, args, target: None }) if func_name == operators::CONDITIONAL => {
            let [_, yes, no] = args.as_slice() else { return None };
            let mut paths = applied(yes)?;
            paths.extend(applied(no)?);
            Some(paths)
        }
        Expr::Struct(object) if object.type_name == "Object" => {
            let mut paths = Vec::new();
            fields(object, &mut Vec::new(), &mut paths);
            Some(paths)
        }
        _ => None,
    }
}

fn fields(object: &StructExpr, before: &mut Vec<Part>, paths: &mut Vec<Vec<Part>>) {
    for entry in &object.entries {
        let EntryExpr::StructField(field) = &entry.expr else { continue };
        before.push(Part::Key(field.field.as_str().into()));
        value(&field.value, before, paths);
        before.pop();
    }
}

/// What the value of a field sets: in objects the fields that are written, in lists those of the items.
fn value(value: &IdedExpr, before: &mut Vec<Part>, paths: &mut Vec<Vec<Part>>) {
    match &value.expr {
        Expr::Struct(object) => fields(object, before, paths),
        Expr::Map(map) => {
            for entry in &map.entries {
                let key = match &entry.expr {
                    EntryExpr::MapEntry(entry) => literal(&entry.key),
                    EntryExpr::StructField(_) => None,
                };
                let mut path = before.clone();
                path.extend(key.map(|key| Part::Key(key.into())));
                paths.push(path);
            }
        }
        // Lists of objects are merged by the names of their items, so others stay as they are.
        Expr::List(list) if list.elements.iter().all(|item| matches!(item.expr, Expr::Struct(_))) => {
            before.push(Part::Each);
            paths.push(before.clone());
            for element in &list.elements {
                let Expr::Struct(object) = &element.expr else { continue };
                let first = paths.len();
                fields(object, before, paths);
                let depth = before.len();
                let is_name = |path: &Vec<Part>| path.get(depth..) == Some(&[Part::Key("name".into())]);
                let mut index = 0;
                paths.retain(|path| {
                    index += 1;
                    index <= first || !is_name(path)
                });
            }
            before.pop();
        }
        _ => paths.push(before.clone()),
    }
}

/// The paths of all `JSONPatch{…}` in an expression, where that is what its list is made of.
fn patched(expression: &IdedExpr) -> Option<Vec<Vec<Part>>> {
    match &expression.expr {
        Expr::List(list) => {
            let mut paths = Vec::new();
            for element in &list.elements {
                let Expr::Struct(patch) = &element.expr else { return None };
                paths.extend(of_patch(patch));
            }
            Some(paths)
        }
        Expr::Call(CallExpr { func_name, args, target: None }) => {
            let parts = match (func_name.as_str(), args.as_slice()) {
                (operators::CONDITIONAL, [_, yes, no]) => [yes, no],
                (operators::ADD, [a, b]) => [a, b],
                _ => return None,
            };
            let mut paths = Vec::new();
            for part in parts {
                paths.extend(patched(part)?);
            }
            Some(paths)
        }
        // `list.map(x, JSONPatch{…})`, with or without a condition.
        Expr::Call(CallExpr { func_name, args, target: Some(_) }) if func_name == "map" => match args.last() {
            Some(IdedExpr { expr: Expr::Struct(patch), .. }) => Some(of_patch(patch)),
            _ => None,
        },
        _ => None,
    }
}

/// What one operation changes: the place that it names, and where it moves something from.
fn of_patch(patch: &StructExpr) -> Vec<Vec<Part>> {
    let fields = patch.entries.iter().filter_map(|entry| match &entry.expr {
        EntryExpr::StructField(field) if matches!(field.field.as_str(), "path" | "from") => Some(&field.value),
        _ => None,
    });
    fields.map(pointer).collect()
}

/// The path of a JSON pointer, up to what is computed.
fn pointer(expression: &IdedExpr) -> Vec<Part> {
    let mut first = expression;
    while let Expr::Call(CallExpr { func_name, args, target: None }) = &first.expr {
        match (func_name.as_str(), args.first()) {
            (operators::ADD, Some(left)) => first = left,
            _ => break,
        }
    }
    let Some(text) = literal(first) else { return Vec::new() };
    let is_whole = std::ptr::eq(first, expression);
    let known = if is_whole { text } else { text.rsplit_once('/').map_or("", |(known, _)| known) };
    let mut parts: Vec<Part> = known.split('/').skip(1).map(part).collect();
    // An item that is put in, taken out or replaced leaves the list unknown, one at its end only its length.
    if parts.last() == Some(&Part::Each) && !known.ends_with("/-") {
        parts.pop();
    }
    parts
}

fn part(text: &str) -> Part {
    let is_item = text == "-" || (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
    if is_item { Part::Each } else { Part::Key(text.replace("~1", "/").replace("~0", "~").into()) }
}

fn literal(expression: &IdedExpr) -> Option<&str> {
    match &expression.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str, read: fn(&IdedExpr) -> Option<Vec<Vec<Part>>>) -> Option<Vec<String>> {
        let tree = parsed(text)?.tree;
        let step = |part: &Part| match part {
            Part::Key(key) => key.to_string(),
            Part::Each => "*".to_owned(),
        };
        let path = |path: Vec<Part>| path.iter().map(step).collect::<Vec<_>>().join(" ");
        Some(read(&tree)?.into_iter().map(path).collect())
    }

    #[test]
    fn paths_are_those_that_are_written() {
        let sidecar = "has(object.spec.volumes) ? Object{} : Object{spec: Object.spec{hostNetwork: false, initContainers: [\
                       Object.spec.initContainers{name: 'mesh', image: 'mesh:1'}]}, metadata: Object.metadata{labels: {'a': 'b'}}}";
        let wanted = ["spec hostNetwork", "spec initContainers *", "spec initContainers * image", "metadata labels a"];
        assert_eq!(paths(sidecar, applied).unwrap_or_default(), wanted);
        assert_eq!(paths("variables.made", applied), None);
        let patch = "[JSONPatch{op: 'add', path: '/spec/volumes/-', value: 1}, JSONPatch{op: 'add', path: '/spec/x/0', value: 1}, \
                     JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('a/b'), value: 'c'}]";
        assert_eq!(paths(patch, patched).unwrap_or_default(), ["spec volumes *", "spec x", "metadata labels"]);
        assert_eq!(paths("variables.all", patched), None);
    }
}
