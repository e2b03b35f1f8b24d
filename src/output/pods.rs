//! Effective pods for people and programs: YAML with comments on who set what, and JSON.

use std::io::{self, Write};

use serde_json::{Map as JsonMap, Value as Json, json};

use super::JSON_VERSION;
use crate::document::UseKind;
use crate::flyte::Effective;
use crate::text::{acts, one_line};
use crate::tree::{Dynamic, Map, Node, Path, Step, Value};

/// A pod with the file that it comes from.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The file, as the user named it.
    pub file: String,
    /// The line of the template or of its use.
    pub line: u32,
    /// The pod.
    pub pod: Effective,
    /// Where it can run in the cluster, and where not.
    pub runs_on: Vec<String>,
}

/// Writes pods as JSON: `{"version": 2, "pods": […]}`.
///
/// # Errors
/// When the writer fails.
pub fn write_json(out: &mut dyn Write, pods: &[Rendered]) -> io::Result<()> {
    let pods: Vec<Json> = pods.iter().map(pod_json).collect();
    serde_json::to_writer_pretty(&mut *out, &json!({ "version": JSON_VERSION, "pods": pods }))?;
    writeln!(out)
}

fn pod_json(rendered: &Rendered) -> Json {
    let pod = &rendered.pod;
    let mut dynamic = Vec::new();
    let root = value(pod, &pod.root, &Vec::new(), &mut dynamic);
    let part = |name: &str| root.get(name).cloned().unwrap_or_else(|| json!({}));
    let whole = if root.is_object() { part("spec") } else { root.clone() };
    let dynamic: Vec<Json> =
        dynamic.into_iter().map(|(path, reason)| json!({ "path": path_text(&path), "reason": reason })).collect();
    json!({
        "name": pod.name,
        "template": pod.template,
        "usedBy": pod.used_by.map(|kind| kind.noun()),
        "file": rendered.file,
        "line": rendered.line,
        "primaryContainerName": pod.primary,
        "metadata": part("metadata"),
        "spec": whole,
        "role": pod.role,
        "object": pod.object.as_deref().map(|object| value(pod, object, &Vec::new(), &mut Vec::new())),
        "dynamic": dynamic,
        "notes": pod.notes,
        "runsOn": rendered.runs_on,
    })
}

/// A value as JSON; what is not known is text, and noted with its path.
fn value(pod: &Effective, node: &Node, path: &Path, dynamic: &mut Vec<(Path, String)>) -> Json {
    let below = |step: Step| path.iter().cloned().chain([step]).collect::<Path>();
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Number(number) => serde_json::from_str(&number.text).unwrap_or_else(|_| json!(number.text)),
        Value::String(text) => json!(text),
        Value::List(list) => {
            let mut items: Vec<Json> = Vec::new();
            for (index, item) in list.items.iter().enumerate() {
                items.push(value(pod, item, &below(Step::Index(index)), dynamic));
            }
            if list.open {
                let reason = pod.further("items", node);
                items.push(json!(format!("<dynamic: {reason}>")));
                dynamic.push((path.clone(), reason));
            }
            Json::Array(items)
        }
        Value::Map(map) => {
            let mut entries = JsonMap::new();
            for entry in map.entries.iter().filter(|entry| is_sent(map, &entry.value, path)) {
                let path = below(Step::from(&*entry.key.wire));
                entries.insert(entry.key.wire.to_string(), value(pod, &entry.value, &path, dynamic));
            }
            if map.open {
                let reason = pod.further("fields", node);
                entries.insert("<dynamic>".to_owned(), json!(reason));
                dynamic.push((path.clone(), reason));
            }
            Json::Object(entries)
        }
        Value::Dynamic(unknown) => {
            dynamic.push((path.clone(), unknown.reason.to_string()));
            json!(placeholder(unknown))
        }
    }
}

/// Objects of the client leave out what is `None`; a dict keeps it.
fn is_sent(map: &Map, value: &Node, path: &Path) -> bool {
    value.value != Value::Null || (map.class.is_none() && path.len() > 1)
}

/// `<dynamic: os.environ["IMG"]>`.
fn placeholder(unknown: &Dynamic) -> String {
    format!("<dynamic: {}>", unknown.reason)
}

fn path_text(path: &Path) -> String {
    crate::document::Document::render_path(path)
}

/// Writes pods as YAML documents, with comments on who set what the template did not.
///
/// # Errors
/// When the writer fails.
pub fn write_yaml(out: &mut dyn Write, pods: &[Rendered]) -> io::Result<()> {
    for rendered in pods {
        let pod = &rendered.pod;
        writeln!(out, "---")?;
        writeln!(out, "# {}:{}: {}", one_line(&rendered.file), rendered.line, one_line(&title(pod)))?;
        for note in &pod.notes {
            writeln!(out, "# {}", one_line(note))?;
        }
        if !rendered.runs_on.is_empty() {
            writeln!(out, "# where it can run:")?;
        }
        for line in &rendered.runs_on {
            writeln!(out, "#   {}", one_line(line))?;
        }
        let mut writer = Yaml { out: &mut *out, pod };
        // A pod of a manifest has them itself.
        for (key, value) in [("apiVersion", "v1"), ("kind", "Pod")] {
            if pod.root.get(key).is_missing() {
                writer.line(0, &format!("{key}: {value}"), None)?;
            }
        }
        writer.entries(&pod.root, 0, &Vec::new())?;
    }
    Ok(())
}

fn title(pod: &Effective) -> String {
    let quoted = |name: &Option<String>| name.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default();
    if let (Some(role), Some(object)) = (&pod.role, &pod.object) {
        let kind = object.text("kind").known().unwrap_or("object");
        return format!("{}{}: {role} of the {kind}", pod.used_by.map_or("template", UseKind::noun), quoted(&pod.name));
    }
    match pod.used_by {
        Some(kind) if pod.name != pod.template => {
            format!("{}{}, template{}", kind.noun(), quoted(&pod.name), quoted(&pod.template))
        }
        Some(kind) => format!("{}{}", kind.noun(), quoted(&pod.name)),
        None => format!("template{}", quoted(&pod.template)),
    }
}

struct Yaml<'a> {
    out: &'a mut dyn Write,
    pod: &'a Effective,
}

impl Yaml<'_> {
    fn line(&mut self, depth: usize, text: &str, path: Option<&Path>) -> io::Result<()> {
        let origin = path.and_then(|path| self.pod.origin(path));
        let comment = origin.map(|origin| format!("  # from {}", describe(origin))).unwrap_or_default();
        writeln!(self.out, "{}{text}{comment}", "  ".repeat(depth))
    }

    /// Says what is not known; the reason comes from the file.
    fn comment(&mut self, depth: usize, reason: &str) -> io::Result<()> {
        self.line(depth, &format!("# <dynamic: {}>", one_line(reason)), None)
    }

    /// The entries of a map, or the whole where it is none.
    fn entries(&mut self, node: &Node, depth: usize, path: &Path) -> io::Result<()> {
        let Value::Map(map) = &node.value else {
            return self.line(depth, &scalar(node), Some(path));
        };
        for entry in map.entries.iter().filter(|entry| is_sent(map, &entry.value, path)) {
            let mut path = path.clone();
            path.push(Step::from(&*entry.key.wire));
            self.entry("", &entry.key.wire, &entry.value, depth, &path)?;
        }
        if map.open {
            self.comment(depth, &self.pod.further("fields", node))?;
        }
        Ok(())
    }

    fn entry(&mut self, lead: &str, key: &str, node: &Node, depth: usize, path: &Path) -> io::Result<()> {
        let key = format!("{lead}{}:", plain_or_quoted(key));
        match &node.value {
            Value::Map(map) if has_lines(map, path) => {
                self.line(depth, &key, Some(path))?;
                self.entries(node, depth + 1 + lead.len() / 2, path)
            }
            Value::List(list) if !list.items.is_empty() || list.open => {
                self.line(depth, &key, Some(path))?;
                self.items(node, depth + lead.len() / 2, path)
            }
            _ => self.line(depth, &format!("{key} {}", scalar(node)), Some(path)),
        }
    }

    fn items(&mut self, node: &Node, depth: usize, path: &Path) -> io::Result<()> {
        let Value::List(list) = &node.value else { return Ok(()) };
        for (index, item) in list.items.iter().enumerate() {
            let mut path = path.clone();
            path.push(Step::Index(index));
            self.item(item, depth, &path)?;
        }
        if list.open {
            self.comment(depth, &self.pod.further("items", node))?;
        }
        Ok(())
    }

    fn item(&mut self, item: &Node, depth: usize, path: &Path) -> io::Result<()> {
        match &item.value {
            Value::Map(map) if has_lines(map, path) => {
                if let Some(origin) = self.pod.origin(path) {
                    self.line(depth, &format!("# from {}", describe(origin)), None)?;
                }
                let mut lead = "- ";
                for entry in map.entries.iter().filter(|entry| is_sent(map, &entry.value, path)) {
                    let mut path = path.clone();
                    path.push(Step::from(&*entry.key.wire));
                    let depth = if lead.is_empty() { depth + 1 } else { depth };
                    self.entry(lead, &entry.key.wire, &entry.value, depth, &path)?;
                    lead = "";
                }
                if map.open {
                    self.comment(depth + 1, &self.pod.further("fields", item))?;
                }
                Ok(())
            }
            Value::List(list) if !list.items.is_empty() => {
                self.line(depth, "-", Some(path))?;
                self.items(item, depth + 1, path)
            }
            _ => self.line(depth, &format!("- {}", scalar(item)), Some(path)),
        }
    }
}

const fn describe(origin: crate::flyte::Origin) -> &'static str {
    match origin {
        crate::flyte::Origin::Environment => "the task or its environment",
        crate::flyte::Origin::Flyte => "Flyte",
        crate::flyte::Origin::Platform => "the cluster's settings",
        crate::flyte::Origin::Base => "the base template",
        crate::flyte::Origin::Author => "the template",
        crate::flyte::Origin::Admission(by) => by,
    }
}

fn has_lines(map: &Map, path: &Path) -> bool {
    map.entries.iter().any(|entry| is_sent(map, &entry.value, path))
}

fn scalar(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.text.to_string(),
        Value::String(text) => plain_or_quoted(text),
        Value::List(list) if list.open => "[]  # <dynamic: further items>".to_owned(),
        Value::List(_) => "[]".to_owned(),
        Value::Map(map) if map.open => "{}  # <dynamic: further fields>".to_owned(),
        Value::Map(_) => "{}".to_owned(),
        Value::Dynamic(unknown) => quoted(&placeholder(unknown)),
    }
}

/// A string as YAML: plain where no reader could take it for something else, else in double quotes.
fn plain_or_quoted(text: &str) -> String {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/');
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'_'));
    let is_word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
    );
    let colon = text
        .bytes()
        .enumerate()
        .all(|(at, byte)| safe(byte) || (byte == b':' && text.as_bytes().get(at + 1).is_some_and(|next| safe(*next))));
    if first && colon && !is_word { text.to_owned() } else { quoted(text) }
}

/// A string in double quotes; what YAML readers refuse, or take for a line break, is written as an escape.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    for character in Json::String(text.to_owned()).to_string().chars() {
        if acts(character) || matches!(character, '\u{feff}' | '\u{fffe}' | '\u{ffff}') {
            quoted.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            quoted.push(character);
        }
    }
    quoted
}
