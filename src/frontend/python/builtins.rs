//! Builtins and functions of the standard library, where podlint knows what they give.

use std::cmp::Ordering;
use std::rc::Rc;

use super::budget::MAX_ITEMS;
use super::calls::{Arguments, Site};
use super::expressions::put;
use super::interpreter::Interpreter;
use super::pieces::Pieces;
use super::value::{Body, Data, Of, Slot, Val};
use crate::tree::Location;

/// How many numbers `range` may give.
const MAX_RANGE: i64 = 2000;

impl<'a> Interpreter<'a> {
    /// What a known function gives; `None` where podlint does not follow it.
    pub(super) fn known_function(&mut self, path: &str, arguments: &Arguments, site: Site<'a>) -> Option<Val> {
        let at = self.at(site);
        let first = arguments.positional.first().map(|slot| slot.val.clone());
        match path {
            "super" => self.super_of(arguments, at),
            "copy.deepcopy" => {
                let copy = self.deep_copy(&first?, 0);
                self.register_copy(&copy);
                Some(copy)
            }
            "copy.copy" => {
                let copy = self.shallow_copy(&first?);
                self.register_copy(&copy);
                Some(copy)
            }
            "dataclasses.replace" | "copy.replace" => self.replaced(arguments),
            "dataclasses.field" => self.field_default(arguments, at),
            "functools.partial" => self.partial(arguments, at),
            "datetime.timedelta" => seconds(arguments).map(|seconds| Val::new(Data::Seconds(seconds), at)),
            "getattr" => self.get_attribute(arguments, site),
            "setattr" => {
                let [owner, name, value] = arguments.positional.as_slice() else { return None };
                let name_text = name.val.text()?.to_owned();
                self.set_attribute(&owner.val, &name_text, name.at, value.clone());
                Some(Val::new(Data::None, at))
            }
            "type" if arguments.positional.len() == 1 => {
                let class = self.class_of_instance(&first?)?;
                Some(Val::new(Data::UserClass(class), at))
            }
            "hasattr" | "isinstance" => self.is_instance(path, arguments, at),
            "os.environ.get" | "os.getenv" => self.environment_variable(arguments, site),
            "dict" => Some(self.dict_of(first.as_ref(), arguments, at)),
            _ if path.ends_with("lazy_module") => first?.text().map(|module| Val::new(Data::Path(module.into()), at)),
            _ => {
                let found = self.file_function(path, arguments, site);
                let found = found.or_else(|| self.sequence_function(path, arguments, site));
                found.or_else(|| self.library_function(path, arguments, site))
            }
        }
    }

    fn sequence_function(&mut self, path: &str, arguments: &Arguments, site: Site<'a>) -> Option<Val> {
        let at = self.at(site);
        let first = arguments.positional.first().map(|slot| slot.val.clone());
        match path {
            "list" | "tuple" | "set" | "frozenset" | "reversed" => {
                let (mut items, open) = match &first {
                    Some(first) => self.iterated(first)?,
                    None => (Vec::new(), false),
                };
                if path == "reversed" {
                    items.reverse();
                }
                Some(self.list_of(items, open, at))
            }
            "sorted" => {
                let (mut items, open) = self.iterated(&first?)?;
                let key = arguments.named("key").filter(|slot| slot.val.data != Data::None).cloned();
                let sorted = match key {
                    _ if open => false,
                    Some(key) => {
                        items = self.sorted_by(items, &key.val, site)?;
                        true
                    }
                    None => sort(&mut items) || self.sort_rows(&mut items),
                };
                if arguments.named("reverse").is_some_and(|slot| slot.val.data == Data::Bool(true)) {
                    items.reverse();
                }
                Some(self.list_of(if sorted { items } else { Vec::new() }, !sorted, at))
            }
            "len" => {
                let first = first?;
                if let Some(text) = first.text() {
                    self.read_text(text.len());
                    return Some(number(text.chars().count(), at));
                }
                let (items, open) = self.items(&first)?;
                (!open).then(|| number(items.len(), at))
            }
            "range" => self.range(arguments, site),
            "enumerate" => {
                let (items, open) = self.iterated(&first?)?;
                let start = arguments.get("start", 1).and_then(|slot| whole(&slot.val)).unwrap_or(0);
                let pairs = (start..).zip(items).map(|(index, item)| {
                    let index = Val::new(Data::Number(index.to_string().into()), item.at);
                    self.pair(Slot::new(index, item.at), item)
                });
                let pairs: Vec<Slot> = pairs.collect();
                Some(self.list_of(pairs, open, at))
            }
            "zip" => self.zip(arguments, at),
            "map" => self.map(arguments, site),
            "filter" => self.filter(arguments, site),
            "any" | "all" => {
                let (items, open) = self.items(&first?)?;
                let truths: Option<Vec<bool>> = items.iter().map(|slot| self.truth(&slot.val)).collect();
                let truths = truths.filter(|_| !open)?;
                let holds = if path == "any" { truths.contains(&true) } else { !truths.contains(&false) };
                Some(Val::new(Data::Bool(holds), at))
            }
            "min" | "max" | "sum" => self.aggregate(path, arguments, site),
            "abs" | "round" | "int" | "float" | "bool" | "str" => self.convert(path, arguments, site),
            _ => None,
        }
    }

    /// `super()` or `super(Class, self)`.
    fn super_of(&mut self, _: &Arguments, at: Location) -> Option<Val> {
        let frame = self.frames.last()?;
        let (owner, class) = (frame.owner.clone()?, frame.class?);
        Some(Val::new(Data::Super(Rc::new(owner), class), at))
    }

    fn register_copy(&mut self, copy: &Val) {
        if matches!(self.instance_of(copy), Some(Of::Template(_))) {
            self.register(copy);
        }
    }

    /// `field(default=…)`, `field(default_factory=…)`.
    fn field_default(&mut self, arguments: &Arguments, at: Location) -> Option<Val> {
        if let Some(default) = arguments.named("default") {
            return Some(default.val.clone());
        }
        let factory = arguments.named("default_factory")?.val.clone();
        (!matches!(factory.data, Data::Factory(_))).then_some(())?;
        Some(Val::new(Data::Factory(Rc::new(factory)), at))
    }

    fn get_attribute(&mut self, arguments: &Arguments, site: Site<'a>) -> Option<Val> {
        let owner = arguments.positional.first()?.val.clone();
        let name: Rc<str> = arguments.positional.get(1)?.val.text()?.into();
        let found = self.attribute_of(&owner, &name, site);
        let missing = matches!(found.data, Data::Method(..) | Data::Dynamic(_));
        match arguments.positional.get(2) {
            Some(default) if missing && matches!(self.object(&owner), Some(object) if !object.open) => {
                Some(default.val.clone())
            }
            _ => Some(found),
        }
    }

    pub(super) fn is_instance(&mut self, path: &str, arguments: &Arguments, at: Location) -> Option<Val> {
        let [value, class] = arguments.positional.as_slice() else { return None };
        if path == "hasattr" || value.val.is_dynamic() {
            return None;
        }
        let name = match &class.val.data {
            Data::Path(path) => Rc::clone(path),
            Data::UserClass(wanted) => {
                let class = self.class_of_instance(&value.val);
                let known = class.is_some() || !matches!(value.val.data, Data::Object(_));
                let same = class.is_some_and(|class| self.lineage(class).contains(wanted));
                return known.then(|| Val::new(Data::Bool(same), at));
            }
            Data::Client(wanted) => {
                let same = matches!(self.instance_of(&value.val), Some(Of::Client(class)) if class.name == wanted.name);
                return Some(Val::new(Data::Bool(same), at));
            }
            _ => return None,
        };
        let body = self.object(&value.val).map(|object| &object.body);
        let found = match (&value.val.data, body) {
            (Data::Text(_) | Data::Pattern(..), _) => "str",
            (Data::Bool(_), _) => "bool",
            (Data::None, _) => "NoneType",
            (Data::Number(text), _) => {
                if text.contains(['.', 'e']) {
                    "float"
                } else {
                    "int"
                }
            }
            // A list may stand for a tuple or a set.
            (_, Some(Body::List(_))) if matches!(&*name, "list" | "tuple" | "set") => return None,
            (_, Some(Body::List(_))) => "list",
            (_, Some(Body::Dict(_))) => "dict",
            _ => return None,
        };
        let known = matches!(&*name, "str" | "bool" | "int" | "float" | "list" | "dict" | "tuple" | "set");
        known.then(|| Val::new(Data::Bool(*name == *found || (&*name == "int" && found == "bool")), at))
    }

    /// `os.environ.get("TAG", "1.0")`: not known, but known what it is where nothing is set.
    fn environment_variable(&mut self, arguments: &Arguments, site: Site<'a>) -> Option<Val> {
        let at = self.at(site);
        let name = arguments.get("key", 0).and_then(|slot| slot.val.text());
        if let Some(known) = name.and_then(|name| self.variables.get(name)) {
            return Some(Val::new(Data::Text(known.as_str().into()), at));
        }
        let reason = self.snippet(site);
        let default = arguments.get("default", 1).map(|slot| slot.val.clone()).filter(|val| val.text().is_some());
        Some(match default {
            Some(default) => Val::new(Data::Default(reason, Rc::new(default)), at),
            None => Val::dynamic(reason, at),
        })
    }

    pub(super) fn dict_of(&mut self, first: Option<&Val>, arguments: &Arguments, at: Location) -> Val {
        let mut entries = Vec::new();
        let mut open = arguments.open;
        if let Some(first) = first {
            open |= match self.object(first).map(|object| &object.body) {
                Some(Body::List(pairs)) => self.put_pairs(&mut entries, pairs),
                _ => self.spread(&mut entries, first),
            };
        }
        for (name, named_at, slot) in &arguments.keywords {
            let key = Slot::new(Val::new(Data::Text(name.clone()), *named_at), *named_at);
            put(&mut entries, key, slot.clone());
        }
        self.allocate(Body::Dict(entries), open, at)
    }

    fn put_pairs(&self, entries: &mut Vec<(Slot, Slot)>, pairs: &[Slot]) -> bool {
        let mut open = false;
        for pair in pairs {
            if !self.step(1) || !self.look_through(entries.len()) {
                return true;
            }
            match self.items(&pair.val).as_ref().map(|(items, open)| (items.as_slice(), open)) {
                Some(([key, value], false)) => put(entries, key.clone(), value.clone()),
                _ => open = true,
            }
        }
        open
    }

    pub(super) fn pair(&mut self, first: Slot, second: Slot) -> Slot {
        let at = first.at;
        Slot::new(self.list_of(vec![first, second], false, at), at)
    }

    fn zip(&mut self, arguments: &Arguments, at: Location) -> Option<Val> {
        let lengths = arguments.positional.iter().map(|slot| self.size_of(&slot.val));
        let cells = lengths.min().unwrap_or_default().saturating_mul(arguments.positional.len());
        (cells <= MAX_ITEMS).then_some(())?;
        let lists: Option<Vec<(Vec<Slot>, bool)>> =
            arguments.positional.iter().map(|slot| self.items(&slot.val)).collect();
        let lists = lists?;
        let open = lists.iter().any(|(_, open)| *open);
        let length = lists.iter().map(|(items, _)| items.len()).min()?;
        let rows: Vec<Slot> = (0..length)
            .map(|row| {
                let cells = lists.iter().filter_map(|(items, _)| items.get(row).cloned()).collect();
                Slot::new(self.list_of(cells, false, at), at)
            })
            .collect();
        Some(self.list_of(if open { Vec::new() } else { rows }, open, at))
    }

    fn map(&mut self, arguments: &Arguments, site: Site<'a>) -> Option<Val> {
        let [function, list] = arguments.positional.as_slice() else { return None };
        let (items, open) = self.items(&list.val)?;
        let mut made = Vec::new();
        for item in items {
            let val = self.apply(&function.val, Arguments::one(item.clone()), site);
            made.push(Slot::new(val, item.at));
        }
        let at = self.at(site);
        Some(self.list_of(made, open, at))
    }

    fn filter(&mut self, arguments: &Arguments, site: Site<'a>) -> Option<Val> {
        let [function, list] = arguments.positional.as_slice() else { return None };
        let (items, mut open) = self.items(&list.val)?;
        let mut kept = Vec::new();
        for item in items {
            let val = match function.val.data {
                Data::None => item.val.clone(),
                _ => self.apply(&function.val, Arguments::one(item.clone()), site),
            };
            match self.truth(&val) {
                Some(true) => kept.push(item),
                Some(false) => {}
                None => open = true,
            }
        }
        let at = self.at(site);
        Some(self.list_of(kept, open, at))
    }

    fn aggregate(&mut self, path: &str, arguments: &Arguments, site: Site<'a>) -> Option<Val> {
        let at = self.at(site);
        let (mut items, open) = match arguments.positional.as_slice() {
            [only] => self.items(&only.val)?,
            several => (several.to_vec(), false),
        };
        if open {
            return None;
        }
        if path == "sum" {
            return self.sum(items, arguments, at, site);
        }
        if items.is_empty() {
            return arguments.named("default").map(|slot| slot.val.clone());
        }
        let first = match arguments.named("key").cloned() {
            // The first of equals is what Python takes, at either end.
            Some(key) if path == "max" => {
                items.reverse();
                self.sorted_by(items, &key.val, site)?.pop()
            }
            Some(key) => self.sorted_by(items, &key.val, site)?.into_iter().next(),
            None if !sort(&mut items) => None,
            None if path == "max" => items.pop(),
            None => items.into_iter().next(),
        };
        first.map(|slot| slot.val)
    }

    /// The sum of numbers, or of lists from a list on.
    fn sum(&mut self, items: Vec<Slot>, arguments: &Arguments, at: Location, site: Site<'a>) -> Option<Val> {
        let start = arguments.get("start", 1).filter(|_| arguments.positional.len() < 3).cloned();
        let mut total = start.map_or_else(|| Val::new(Data::Number("0".into()), at), |slot| slot.val);
        for item in items {
            total = self.binary(ruff_python_ast::Operator::Add, &total, &item.val, site);
        }
        (!total.is_dynamic()).then_some(total)
    }

    fn convert(&mut self, path: &str, arguments: &Arguments, site: Site<'a>) -> Option<Val> {
        let at = self.at(site);
        let Some(first) = arguments.positional.first().map(|slot| slot.val.clone()) else {
            return (path == "str").then(|| Val::new(Data::Text("".into()), at));
        };
        let text = match (path, &first.data) {
            ("str", Data::Object(_)) => {
                let member = self.instance_attribute(&first, "__str__")?;
                return Some(self.apply(&member, Arguments::default(), site));
            }
            ("str", _) => {
                if let Data::FsPath(_) | Data::Dumped(_) = first.data {
                    return Some(first);
                }
                let mut pieces = Pieces::default();
                pieces.val(&first);
                return Some(self.put_together(pieces, site));
            }
            ("bool", _) => return self.truth(&first).map(|truth| Val::new(Data::Bool(truth), at)),
            ("int", Data::Text(text)) => text.trim().parse::<i64>().ok()?.to_string(),
            ("int", Data::Number(text)) => truncated(text.parse().ok()?)?,
            ("int", Data::Bool(flag)) => u8::from(*flag).to_string(),
            ("float", Data::Text(text) | Data::Number(text)) => float_text(text.trim().parse().ok()?),
            ("abs", Data::Number(text)) => text.trim_start_matches('-').to_owned(),
            ("round", Data::Number(text)) if arguments.positional.len() == 1 => {
                truncated(text.parse::<f64>().ok()?.round_ties_even())?
            }
            _ => return None,
        };
        Some(Val::new(Data::Number(text.into()), at))
    }

    fn range(&mut self, arguments: &Arguments, site: Site<'a>) -> Option<Val> {
        let number = |index: usize| whole(&arguments.positional.get(index)?.val);
        let (start, end, step) = match arguments.positional.len() {
            1 => (0, number(0)?, 1),
            2 => (number(0)?, number(1)?, 1),
            3 => (number(0)?, number(1)?, number(2)?),
            _ => return None,
        };
        let at = self.at(site);
        let count =
            if step > 0 { end.checked_sub(start)? / step } else { start.checked_sub(end)? / step.checked_neg()? };
        (step != 0 && count <= MAX_RANGE).then_some(())?;
        let inside = |value: &i64| if step > 0 { *value < end } else { *value > end };
        let values = std::iter::successors(Some(start), |value| value.checked_add(step)).take_while(inside);
        let items = values.map(|value| Slot::new(Val::new(Data::Number(value.to_string().into()), at), at)).collect();
        Some(self.list_of(items, false, at))
    }
}

fn number(value: usize, at: Location) -> Val {
    Val::new(Data::Number(value.to_string().into()), at)
}

/// A known whole number.
pub(super) fn whole(val: &Val) -> Option<i64> {
    match &val.data {
        Data::Number(text) => text.parse().ok(),
        Data::Bool(flag) => Some(i64::from(*flag)),
        _ => None,
    }
}

/// A float as Python writes it: `2.0`.
pub(super) fn float_text(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e16 { format!("{value:.1}") } else { value.to_string() }
}

#[expect(clippy::cast_possible_truncation, reason = "checked to fit")]
fn truncated(value: f64) -> Option<String> {
    (value.abs() < 1e15).then(|| (value.trunc() as i64).to_string())
}

/// Puts known strings, numbers or lists of them in order; `false` where some cannot be compared.
pub(super) fn sort(items: &mut [Slot]) -> bool {
    let texts = items.iter().all(|slot| slot.val.text().is_some());
    let numbers = items.iter().all(|slot| matches!(slot.val.data, Data::Number(_)));
    if texts {
        items.sort_by(|a, b| a.val.text().cmp(&b.val.text()));
    } else if numbers {
        let value = |slot: &Slot| match &slot.val.data {
            Data::Number(text) => text.parse::<f64>().unwrap_or_default(),
            _ => 0.0,
        };
        items.sort_by(|a, b| value(a).partial_cmp(&value(b)).unwrap_or(Ordering::Equal));
    }
    texts || numbers || items.len() < 2
}

/// The length of a `timedelta`.
fn seconds(arguments: &Arguments) -> Option<i64> {
    const UNITS: [(&str, i64); 4] = [("weeks", 604_800), ("days", 86_400), ("hours", 3600), ("minutes", 60)];
    let mut total: i64 = 0;
    for (name, _, slot) in &arguments.keywords {
        let unit = UNITS.iter().find(|(known, _)| *known == &**name).map_or(1, |(_, unit)| *unit);
        if unit == 1 && &**name != "seconds" {
            return None;
        }
        total = total.checked_add(whole(&slot.val)?.checked_mul(unit)?)?;
    }
    for (index, slot) in arguments.positional.iter().enumerate() {
        let unit = match index {
            0 => 86_400,
            1 => 1,
            _ => return None,
        };
        total = total.checked_add(whole(&slot.val)?.checked_mul(unit)?)?;
    }
    Some(total)
}
