//! Data that a module loads: YAML and JSON from a literal or from a file next to the source, as values with their places.

use std::rc::Rc;
use std::sync::Arc;

use super::budget::{MAX_LITERAL, MAX_NAME};
use super::calls::{Arguments, Site};
use super::interpreter::Interpreter;
use super::value::{Body, Data, Instance, Object, Of, Slot, Val};
use crate::frontend::yaml;
use crate::schema::python::{self, Class, Kind};
use crate::source::SourceFile;
use crate::text::Span;
use crate::tree::{FileId, Location, Node, Value};

/// How many files a module may load.
const MAX_FILES: usize = 32;

/// Where the text of loaded data stands.
#[derive(Clone, Copy)]
enum Origin {
    /// In a file, from an offset on.
    At(FileId, u32),
    /// In a literal whose characters are not those of its value.
    Inside(Location),
}

impl Origin {
    const fn place(self, span: Span) -> Location {
        match self {
            Self::At(file, base) => Location { file, span: Span::new(span.start + base, span.end + base) },
            Self::Inside(at) => at,
        }
    }
}

impl<'a> Interpreter<'a> {
    /// Functions on paths, and those that load data.
    pub(super) fn file_function(&mut self, path: &str, arguments: &Arguments, site: Site<'a>) -> Option<Val> {
        let at = self.at(site);
        let first = arguments.positional.first().map(|slot| slot.val.clone());
        let to_path = |text: String| path_val(text, at);
        match path {
            "pathlib.Path" | "pathlib.PurePath" | "open" | "io.open" => path_text(&first?).map(to_path),
            "os.path.dirname" => path_text(&first?).map(|path| to_path(parent(&path))),
            "os.path.abspath" | "os.path.realpath" | "os.path.normpath" => path_text(&first?).map(to_path),
            "os.path.join" => {
                let parts: Option<Vec<String>> = arguments.positional.iter().map(|slot| path_text(&slot.val)).collect();
                let path = parts?.into_iter().reduce(|path, part| joined(&path, &part))?;
                // Plain texts make a plain text; only what comes from `__file__` lies beside the source.
                let plain = arguments.positional.iter().all(|slot| slot.val.text().is_some());
                Some(if plain { self.computed_text(path, site) } else { to_path(path) })
            }
            "yaml.safe_load" | "yaml.load" | "yaml.full_load" | "json.load" | "json.loads" => {
                let documents = self.load(&first?)?;
                Some(documents.into_iter().next().unwrap_or_else(|| Val::new(Data::None, at)))
            }
            "yaml.safe_load_all" | "yaml.load_all" => {
                let items = self.load(&first?)?.into_iter().map(|val| Slot::new(val.clone(), val.at)).collect();
                Some(self.list_of(items, false, at))
            }
            "textwrap.dedent" | "inspect.cleandoc" => {
                let first = first?;
                let text = first.text().filter(|text| self.step(text.len() / 16) && text.len() <= MAX_LITERAL)?;
                Some(Val::new(Data::Text(dedented(text).into()), first.at))
            }
            _ if path.starts_with("kubernetes.client.") && path.ends_with("ApiClient().deserialize") => {
                self.deserialize(arguments)
            }
            _ => None,
        }
    }

    /// A method of a path or an open file.
    pub(super) fn path_method(&mut self, path: &str, name: &str, arguments: &Arguments, site: Site<'a>) -> Val {
        let at = self.at(site);
        let text = arguments.positional.first().and_then(|slot| path_text(&slot.val));
        let to_path = |text: String| path_val(text, at);
        match (name, text) {
            (
                "resolve" | "absolute" | "open" | "as_posix" | "expanduser" | "read_text" | "read" | "read_bytes"
                | "__enter__",
                _,
            ) => to_path(path.to_owned()),
            ("joinpath", Some(part)) => to_path(joined(path, &part)),
            ("with_name", Some(part)) => to_path(joined(&parent(path), &part)),
            _ => self.unknown(site),
        }
    }

    /// `path.parent`.
    pub(super) fn path_attribute(&self, path: &str, name: &str, at: Location) -> Option<Val> {
        (name == "parent").then(|| path_val(parent(path), at))
    }

    /// The name of the current file, as its own code sees it.
    pub(super) fn file_name(&self) -> Data {
        let path = self.path_of(self.file);
        Data::FsPath(path.file_name().unwrap_or_default().to_string_lossy().into_owned().into())
    }

    /// The documents of a text or file.
    fn load(&mut self, source: &Val) -> Option<Vec<Val>> {
        let (text, origin) = match &source.data {
            Data::Dumped(val) => return Some(vec![(**val).clone()]),
            Data::Text(text) => (text.to_string(), self.origin_of(text, source.at)),
            Data::FsPath(path) => {
                let (file, index) = self.read_file(path)?;
                (file.text.clone(), Origin::At(index, 0))
            }
            _ => return None,
        };
        self.step(10 + text.len() / 16).then_some(())?;
        let nodes = yaml::read_values(&text, self.limits)?;
        let size: usize = nodes.iter().map(Node::size).sum();
        self.step(size / 2).then_some(())?;
        Some(nodes.iter().map(|node| self.value_of_node(node, origin)).collect())
    }

    /// Where the characters of a literal stand, if they stand there as they are.
    fn origin_of(&self, text: &str, at: Location) -> Origin {
        let written = at.span.slice(self.text_in(at.file));
        let quotes = written.trim_start_matches(|character: char| character.is_ascii_alphabetic());
        let quotes = quotes.chars().take_while(|character| matches!(character, '"' | '\'')).count();
        let prefix = written.find(['"', '\'']).unwrap_or_default() + if quotes >= 3 { 3 } else { 1 };
        match written.get(prefix..).filter(|rest| rest.starts_with(text) && !text.contains('\\')) {
            Some(_) => Origin::At(at.file, at.span.start + u32::try_from(prefix).unwrap_or_default()),
            None => Origin::Inside(at),
        }
    }

    fn read_file(&mut self, relative: &str) -> Option<(Arc<SourceFile>, FileId)> {
        let importer = self.path_of(self.file).to_owned();
        let source = self.finder.read(&importer, relative)?;
        let first = self.project.modules.len();
        let known = self.files.iter().position(|file| file.path == source.path);
        let index = match known {
            Some(index) => index,
            None if self.files.len() < MAX_FILES => {
                self.files.push(Arc::clone(&source));
                self.files.len() - 1
            }
            None => return None,
        };
        Some((source, FileId(u32::try_from(first + index + 1).ok()?)))
    }

    fn value_of_node(&mut self, node: &Node, origin: Origin) -> Val {
        let at = origin.place(node.location.span);
        let data = match &node.value {
            Value::Null => Data::None,
            Value::Bool(flag) => Data::Bool(*flag),
            Value::Number(number) => Data::Number((&*number.text).into()),
            Value::String(text) => Data::Text((&**text).into()),
            Value::List(list) => {
                let items = list.items.iter().map(|item| {
                    let val = self.value_of_node(item, origin);
                    Slot::new(val.clone(), val.at)
                });
                let items = items.collect();
                return self.list_of(items, list.open, at);
            }
            Value::Map(map) => {
                let entries = map.entries.iter().map(|entry| {
                    let key_at = origin.place(entry.key.location.span);
                    let key = Slot::new(Val::new(Data::Text(entry.key.as_written().into()), key_at), key_at);
                    let val = self.value_of_node(&entry.value, origin);
                    (key, Slot::new(val.clone(), val.at))
                });
                let entries = entries.collect();
                return self.allocate(Body::Dict(entries), map.open, at);
            }
            Value::Dynamic(unknown) => Data::Dynamic((&*unknown.reason).into()),
        };
        Val::new(data, at)
    }

    /// `ApiClient().deserialize(response, "V1PodSpec")`, with the data in the response.
    fn deserialize(&mut self, arguments: &Arguments) -> Option<Val> {
        let response = arguments.get("response", 0).or_else(|| arguments.named("response_text"))?.val.clone();
        let data = match self.instance_attribute(&response, "data") {
            Some(data) if data.data != Data::None => data,
            _ => response,
        };
        let wanted = match &arguments.get("response_type", 1)?.val.data {
            Data::Text(name) => python::class(name)?,
            Data::Client(class) => class,
            _ => return None,
        };
        let data = self.load(&data)?.into_iter().next()?;
        Some(self.model(&data, wanted, 0))
    }

    /// `V1PodSpec.from_dict({…})` and its like.
    pub(super) fn model_from(&mut self, class: &'static Class, name: &str, arguments: &Arguments) -> Option<Val> {
        let given = arguments.positional.first()?.val.clone();
        let data = match name {
            "from_dict" | "model_validate" => given,
            "from_json" | "model_validate_json" => self.load(&given)?.into_iter().next()?,
            _ => return None,
        };
        Some(self.model(&data, class, 0))
    }

    /// An object of a class from a dict with the names of the API.
    fn model(&mut self, val: &Val, class: &'static Class, depth: usize) -> Val {
        let Some(Object { body: Body::Dict(entries), open, at }) = self.copied(val) else {
            return val.clone();
        };
        if depth > 40 || !self.step(1) {
            return Val::dynamic("deeply nested data", val.at);
        }
        let head = Span::at(at.span.start);
        let mut instance = Instance { of: Of::Client(class), user: None, attributes: Vec::new(), head };
        for (key, value) in entries {
            let Some(name) = key.val.text() else { continue };
            let attribute = class.attribute_by_wire(name).or_else(|| class.attribute(name));
            let kind = attribute.map_or(Kind::Any, |attribute| attribute.kind);
            let name: Rc<str> = attribute.map_or(name, |attribute| attribute.python).into();
            let val = self.model_part(&value.val, kind, depth + 1);
            instance.set(&name, key.at, Slot::new(val, value.at));
        }
        self.allocate(Body::Instance(instance), open, at)
    }

    fn model_part(&mut self, val: &Val, kind: Kind, depth: usize) -> Val {
        match kind {
            Kind::Class(name) => match python::class(name) {
                Some(class) => self.model(val, class, depth),
                None => val.clone(),
            },
            Kind::List(item) => {
                let Some(Object { body: Body::List(items), open, at }) = self.copied(val) else {
                    return val.clone();
                };
                let items: Vec<Slot> = items
                    .into_iter()
                    .map(|slot| Slot::new(self.model_part(&slot.val, *item, depth), slot.at))
                    .collect();
                self.list_of(items, open, at)
            }
            _ => val.clone(),
        }
    }
}

/// A path, if it is not longer than any.
fn path_val(path: String, at: Location) -> Val {
    if path.len() > MAX_NAME { Val::dynamic("a long path", at) } else { Val::new(Data::FsPath(path.into()), at) }
}

/// The text of a path that is relative to the source's folder.
fn path_text(val: &Val) -> Option<String> {
    match &val.data {
        Data::FsPath(path) | Data::Text(path) => {
            (!path.starts_with('/') && path.len() <= MAX_NAME).then(|| path.to_string())
        }
        _ => None,
    }
}

fn parent(path: &str) -> String {
    match path.trim_end_matches('/').rsplit_once('/') {
        Some((parent, "..")) => format!("{parent}/../.."),
        Some((parent, _)) => parent.to_owned(),
        None if path.is_empty() => "..".to_owned(),
        None if path == ".." => "../..".to_owned(),
        None => String::new(),
    }
}

/// A path below another.
pub(super) fn joined(path: &str, part: &str) -> String {
    if path.is_empty() { part.to_owned() } else { format!("{path}/{part}") }
}

/// A text without the blanks that all its lines begin with.
fn dedented(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let margin = lines.map(|line| line.len() - line.trim_start_matches(' ').len()).min().unwrap_or_default();
    let cut = text.split('\n').map(|line| if line.trim().is_empty() { "" } else { line.get(margin..).unwrap_or(line) });
    cut.collect::<Vec<_>>().join("\n")
}
