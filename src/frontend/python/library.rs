//! Functions of the standard library that templates are put together with: `itertools`, `collections`, `functools`, `json`.

use std::cmp::Ordering;
use std::rc::Rc;

use ruff_python_ast::Operator;

use super::budget::MAX_TEXT;
use super::builtins::{float_text, whole};
use super::calls::{Arguments, Site};
use super::expressions::put;
use super::interpreter::Interpreter;
use super::pieces::Pieces;
use super::value::{Body, Data, Instance, Of, Slot, Val};
use crate::tree::Location;

/// How many items a function may make.
const MAX_ITEMS: usize = 5_000;

impl<'a> Interpreter<'a> {
    /// What a function of the standard library gives; `None` where podlint does not follow it.
    pub(super) fn library_function(&mut self, path: &str, arguments: &Arguments, site: Site<'a>) -> Option<Val> {
        let at = self.at(site);
        let first = arguments.positional.first().map(|slot| slot.val.clone());
        match path {
            "next" => self.next_item(arguments),
            "iter" | "types.MappingProxyType" if arguments.positional.len() == 1 => first,
            "typing.cast" => arguments.positional.get(1).map(|slot| slot.val.clone()),
            "dict.fromkeys" => self.keyed_dict(arguments, at),
            "collections.OrderedDict" => Some(self.dict_of(first.as_ref(), arguments, at)),
            "collections.defaultdict" => self.default_dict(arguments, at),
            "collections.ChainMap" => self.chain_map(arguments, at),
            "collections.namedtuple" => self.named_tuple(arguments, at),
            "types.SimpleNamespace" | "argparse.Namespace" => Some(self.namespace(arguments, at, site)),
            "string.Template" => Some(self.string_template(first?, at, site)),
            "dataclasses.asdict" | "vars" => self.as_dict(&first?, at, 0),
            "itertools.chain" => self.chain(&arguments.positional, at),
            "itertools.chain.from_iterable" => {
                let (lists, open) = self.items(&first?)?;
                (!open).then(|| self.chain(&lists, at)).flatten()
            }
            "itertools.product" => self.product(arguments, at),
            "itertools.repeat" => {
                let count =
                    usize::try_from(whole(&arguments.get("times", 1)?.val)?).ok().filter(|n| *n <= MAX_ITEMS)?;
                let item = arguments.positional.first()?.clone();
                Some(self.list_of(vec![item; count], false, at))
            }
            "functools.reduce" => self.reduce(arguments, site),
            "json.dumps" => self.dumped(arguments, at),
            "shlex.quote" => self.shell_words(&[Slot::new(first?, at)], site),
            "shlex.join" => {
                let (items, open) = self.items(&first?)?;
                (!open).then(|| self.shell_words(&items, site)).flatten()
            }
            _ => match path.strip_prefix("operator.") {
                Some(name) => self.operator(name, arguments, site),
                None => number_function(path, arguments).map(|data| Val::new(data, at)),
            },
        }
    }

    /// Words as the shell takes them.
    fn shell_words(&self, words: &[Slot], site: Site<'a>) -> Option<Val> {
        let mut pieces = Pieces::default();
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                pieces.text(" ");
            }
            (!pieces.is_over()).then_some(())?;
            pieces.text(&quoted(word.val.text().filter(|text| text.len() <= MAX_TEXT)?));
        }
        Some(self.put_together(pieces, site))
    }

    /// `next(generator, default)`.
    fn next_item(&mut self, arguments: &Arguments) -> Option<Val> {
        let (items, open) = self.items(&arguments.positional.first()?.val)?;
        match (items.first(), arguments.positional.get(1)) {
            (Some(item), _) if !open => Some(item.val.clone()),
            (None, Some(default)) if !open => Some(default.val.clone()),
            _ => None,
        }
    }

    fn keyed_dict(&mut self, arguments: &Arguments, at: Location) -> Option<Val> {
        let (keys, open) = self.items(&arguments.positional.first()?.val)?;
        let value = arguments.positional.get(1).cloned().unwrap_or_else(|| Slot::new(Val::new(Data::None, at), at));
        let mut entries = Vec::new();
        for key in keys {
            self.look_through(entries.len()).then_some(())?;
            put(&mut entries, key, value.clone());
        }
        Some(self.allocate(Body::Dict(entries), open, at))
    }

    /// `defaultdict(list, …)`: its factory is noted, for keys that are not there.
    fn default_dict(&mut self, arguments: &Arguments, at: Location) -> Option<Val> {
        let factory = arguments.positional.first().map(|slot| slot.val.clone());
        let rest = Arguments { positional: Vec::new(), ..arguments.clone() };
        let dict = self.dict_of(arguments.positional.get(1).map(|slot| &slot.val), &rest, at);
        if let (Data::Object(index), Some(factory)) = (&dict.data, factory) {
            self.factories.insert(*index, factory);
        }
        Some(dict)
    }

    /// The value that a `defaultdict` makes for a key that is not there.
    pub(super) fn missing_item(&mut self, owner: &Val, key: &Slot, site: Site<'a>) -> Option<Val> {
        let Data::Object(index) = owner.data else { return None };
        self.look_through(self.size_of(owner)).then_some(())?;
        let factory = self.factories.get(&index)?.clone();
        let val = self.apply(&factory, Arguments::default(), site);
        let at = self.at(site);
        if let Some(object) = self.heap.get_mut(index)
            && let Body::Dict(entries) = &mut object.body
        {
            put(entries, key.clone(), Slot::new(val.clone(), at));
            object.cut();
        }
        Some(val)
    }

    fn chain_map(&mut self, arguments: &Arguments, at: Location) -> Option<Val> {
        let mut entries = Vec::new();
        let mut open = arguments.open;
        for slot in arguments.positional.iter().rev() {
            open |= self.spread(&mut entries, &slot.val);
        }
        Some(self.allocate(Body::Dict(entries), open, at))
    }

    fn namespace(&mut self, arguments: &Arguments, at: Location, site: Site<'a>) -> Val {
        let mut instance = Instance { of: Of::Plain, user: None, attributes: Vec::new(), head: site.head() };
        for (name, named_at, slot) in &arguments.keywords {
            instance.set(name, *named_at, slot.clone());
        }
        self.allocate(Body::Instance(instance), arguments.open, at)
    }

    fn string_template(&mut self, text: Val, at: Location, site: Site<'a>) -> Val {
        let mut instance = Instance { of: Of::Plain, user: None, attributes: Vec::new(), head: site.head() };
        instance.set("template", at, Slot::new(text, at));
        self.allocate(Body::Instance(instance), false, at)
    }

    /// `Template("$name").substitute(name=…)`.
    pub(super) fn substitute(&mut self, owner: &Val, arguments: &Arguments, site: Site<'a>) -> Option<Val> {
        let at = self.at(site);
        let text = self.instance_attribute(owner, "template")?;
        let mut names = Vec::new();
        let given = self.dict_of(arguments.positional.first().map(|slot| &slot.val), arguments, at);
        (!self.spread(&mut names, &given)).then_some(())?;
        let mut result = Pieces::default();
        let mut parts = text.text()?.split('$');
        result.text(parts.next()?);
        while let Some(part) = parts.next() {
            (!result.is_over()).then_some(())?;
            if part.is_empty() {
                result.text("$");
                result.text(parts.next()?);
                continue;
            }
            self.look_through(names.len()).then_some(())?;
            let in_braces = part.strip_prefix('{').and_then(|rest| rest.split_once('}'));
            let end = part.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(part.len());
            let (name, rest) = in_braces.unwrap_or_else(|| part.split_at(end));
            let value = names.iter().find(|(key, _)| key.val.text() == Some(name)).map(|(_, value)| value)?;
            result.text(&super::formatting::shown(&value.val)?);
            result.text(rest);
        }
        Some(self.put_together(result, site))
    }

    /// The attributes of an object as a dict: `asdict(…)`, `_asdict()`, `vars(…)`.
    pub(super) fn as_dict(&mut self, val: &Val, at: Location, depth: usize) -> Option<Val> {
        self.step(1).then_some(())?;
        let object = self.copied(val)?;
        let Body::Instance(Instance { of: Of::User(_) | Of::Plain, attributes, .. }) = object.body else { return None };
        let mut entries = Vec::new();
        for (name, named_at, slot) in attributes {
            let inner = (depth < 20).then(|| self.as_dict(&slot.val, at, depth + 1)).flatten();
            let val = inner.unwrap_or_else(|| slot.val.clone());
            let key = Slot::new(Val::new(Data::Text(name), named_at), named_at);
            entries.push((key, Slot::new(val, slot.at)));
        }
        Some(self.allocate(Body::Dict(entries), object.open, at))
    }

    fn chain(&mut self, lists: &[Slot], at: Location) -> Option<Val> {
        let mut all = Vec::new();
        let mut any_open = false;
        for slot in lists {
            let (items, open) = self.items(&slot.val)?;
            all.extend(items);
            any_open |= open;
            (all.len() <= MAX_ITEMS).then_some(())?;
        }
        Some(self.list_of(all, any_open, at))
    }

    fn product(&mut self, arguments: &Arguments, at: Location) -> Option<Val> {
        let mut rows: Vec<Vec<Slot>> = vec![Vec::new()];
        for slot in &arguments.positional {
            let items = match slot.val.text() {
                Some(text) => characters(text, slot.at),
                None => self.items(&slot.val).filter(|(_, open)| !open)?.0,
            };
            let count = rows.len().saturating_mul(items.len());
            let length = rows.first().map_or(0, Vec::len) + 1;
            (count <= MAX_ITEMS && self.copy_items(count.saturating_mul(length))).then_some(())?;
            let longer = |row: &Vec<Slot>| -> Vec<Vec<Slot>> {
                items.iter().map(|item| row.iter().chain([item]).cloned().collect()).collect()
            };
            rows = rows.iter().flat_map(longer).collect();
        }
        (arguments.keywords.is_empty() && !arguments.open).then_some(())?;
        let rows: Vec<Slot> = rows.into_iter().map(|row| Slot::new(self.list_of(row, false, at), at)).collect();
        Some(self.list_of(rows, false, at))
    }

    fn reduce(&mut self, arguments: &Arguments, site: Site<'a>) -> Option<Val> {
        let function = arguments.positional.first()?.val.clone();
        let (mut items, open) = self.items(&arguments.positional.get(1)?.val)?;
        if let Some(start) = arguments.positional.get(2) {
            items.insert(0, start.clone());
        }
        (!open && !items.is_empty()).then_some(())?;
        let mut items = items.into_iter();
        let mut total = items.next()?;
        for item in items {
            let at = item.at;
            let both = Arguments { positional: vec![total, item], ..Arguments::default() };
            total = Slot::new(self.apply(&function, both, site), at);
        }
        Some(total.val)
    }

    /// `operator.add(a, b)` and its like.
    fn operator(&mut self, name: &str, arguments: &Arguments, site: Site<'a>) -> Option<Val> {
        let operator = match name {
            "add" | "concat" | "iadd" => Operator::Add,
            "or_" | "ior" => Operator::BitOr,
            "mul" => Operator::Mult,
            "sub" => Operator::Sub,
            _ => return None,
        };
        let [left, right] = arguments.positional.as_slice() else { return None };
        Some(self.binary(operator, &left.val, &right.val, site))
    }

    /// `json.dumps(…)`: the text, or as long as it has the usual form, the value that it holds.
    fn dumped(&mut self, arguments: &Arguments, at: Location) -> Option<Val> {
        let value = arguments.positional.first()?.val.clone();
        if arguments.keywords.is_empty() && matches!(value.data, Data::Object(_)) {
            return Some(Val::new(Data::Dumped(Rc::new(value)), at));
        }
        let mut style = super::json_text::Style::default();
        for (name, _, slot) in &arguments.keywords {
            match &**name {
                "sort_keys" => style.sort_keys = self.truth(&slot.val)?,
                "ensure_ascii" => style.ensure_ascii = self.truth(&slot.val)?,
                "indent" => style.indent = Some(usize::try_from(whole(&slot.val)?).ok().filter(|width| *width < 20)?),
                "separators" => {
                    let (items, _) = self.items(&slot.val)?;
                    let [item, key] = items.as_slice() else { return None };
                    style.separators = Some((item.val.text()?.to_owned(), key.val.text()?.to_owned()));
                }
                _ => return None,
            }
        }
        let text = self.json_text(&value, &style)?;
        Some(Val::new(Data::Text(text.into()), at))
    }

    /// Items in the order of what a function makes of them; `None` where that is not known.
    pub(super) fn sorted_by(&mut self, items: Vec<Slot>, key: &Val, site: Site<'a>) -> Option<Vec<Slot>> {
        let mut keyed = Vec::new();
        for item in items {
            if !self.step(1) {
                return None;
            }
            let made = self.apply(key, Arguments::one(item.clone()), site);
            keyed.push((self.sort_key(&made, 0)?, item));
        }
        let alike = keyed.windows(2).all(|pair| pair[0].0.partial_cmp(&pair[1].0).is_some());
        keyed.sort_by(|(a, _), (b, _)| a.partial_cmp(b).unwrap_or(Ordering::Equal));
        alike.then(|| keyed.into_iter().map(|(_, item)| item).collect())
    }

    /// Puts tuples in order.
    pub(super) fn sort_rows(&self, items: &mut Vec<Slot>) -> bool {
        let keys: Option<Vec<SortKey>> = items.iter().map(|slot| self.sort_key(&slot.val, 0)).collect();
        let Some(keys) = keys.filter(|keys| keys.windows(2).all(|pair| pair[0].partial_cmp(&pair[1]).is_some())) else {
            return false;
        };
        let mut keyed: Vec<(SortKey, Slot)> = keys.into_iter().zip(items.drain(..)).collect();
        keyed.sort_by(|(a, _), (b, _)| a.partial_cmp(b).unwrap_or(Ordering::Equal));
        items.extend(keyed.into_iter().map(|(_, item)| item));
        true
    }

    fn sort_key(&self, val: &Val, depth: usize) -> Option<SortKey> {
        match &val.data {
            Data::Text(text) => Some(SortKey::Text(Rc::clone(text))),
            Data::Number(text) => text.parse().ok().map(SortKey::Number),
            Data::Bool(flag) => Some(SortKey::Number(f64::from(u8::from(*flag)))),
            Data::Object(_) if depth < 4 => {
                let (items, open) = self.items(val).filter(|(items, _)| self.step(items.len()))?;
                let keys: Option<Vec<SortKey>> = items.iter().map(|slot| self.sort_key(&slot.val, depth + 1)).collect();
                keys.filter(|_| !open).map(SortKey::Several)
            }
            _ => None,
        }
    }
}

/// What things are sorted by; keys of different kinds do not compare.
#[derive(Debug, PartialEq)]
enum SortKey {
    Text(Rc<str>),
    Number(f64),
    Several(Vec<Self>),
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.partial_cmp(b),
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (Self::Several(a), Self::Several(b)) => a.partial_cmp(b),
            _ => None,
        }
    }
}

/// The characters of a text as items.
pub(super) fn characters(text: &str, at: Location) -> Vec<Slot> {
    let item = |character: char| Slot::new(Val::new(Data::Text(character.to_string().into()), at), at);
    text.chars().take(MAX_ITEMS).map(item).collect()
}

/// A word as the shell takes it.
fn quoted(text: &str) -> String {
    let is_safe = |letter: char| letter.is_ascii_alphanumeric() || "@%+=:,./-_".contains(letter);
    if !text.is_empty() && text.chars().all(is_safe) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\"'\"'"))
    }
}

/// Functions of one or two numbers.
#[expect(clippy::cast_possible_truncation, reason = "checked to fit")]
fn number_function(path: &str, arguments: &Arguments) -> Option<Data> {
    let first = &arguments.positional.first()?.val;
    let integer = || whole(first).filter(|_| !matches!(first.data, Data::Bool(_)));
    let float = || match &first.data {
        Data::Number(text) => text.parse::<f64>().ok(),
        _ => None,
    };
    let based = |prefix: &str, digits: String, value: i64| {
        Data::Text(format!("{}0{prefix}{digits}", if value < 0 { "-" } else { "" }).into())
    };
    let number = |text: String| Data::Number(text.into());
    let fits = |value: f64| (value.abs() < 1e15).then(|| number((value as i64).to_string()));
    match path {
        "hex" => integer().map(|value| based("x", format!("{:x}", value.unsigned_abs()), value)),
        "oct" => integer().map(|value| based("o", format!("{:o}", value.unsigned_abs()), value)),
        "bin" => integer().map(|value| based("b", format!("{:b}", value.unsigned_abs()), value)),
        "chr" => char::from_u32(u32::try_from(integer()?).ok()?).map(|letter| Data::Text(letter.to_string().into())),
        "ord" => {
            let mut letters = first.text()?.chars();
            let letter = letters.next()?;
            letters.next().is_none().then(|| number(u32::from(letter).to_string()))
        }
        "math.ceil" => fits(float()?.ceil()),
        "math.floor" => fits(float()?.floor()),
        "math.sqrt" => float().filter(|value| *value >= 0.0).map(|value| number(float_text(value.sqrt()))),
        "round" => {
            let places =
                usize::try_from(whole(&arguments.get("ndigits", 1)?.val)?).ok().filter(|places| *places < 20)?;
            let Data::Number(text) = &first.data else { return None };
            if text.parse::<i64>().is_ok() {
                return Some(first.data.clone());
            }
            let rounded: f64 = format!("{:.places$}", float()?).parse().ok()?;
            Some(number(float_text(rounded)))
        }
        _ => None,
    }
}
