//! Methods of lists, dicts and templates.

use std::rc::Rc;

use super::builders::is_builder;
use super::builtins::{sort, whole};
use super::calls::{Arguments, Site};
use super::expressions::put;
use super::interpreter::Interpreter;
use super::statements::position;
use super::value::{Body, Data, Object, Of, Slot, Val};

impl<'a> Interpreter<'a> {
    /// The value of `owner.name(…)`.
    pub(super) fn method(&mut self, owner: &Rc<Val>, name: &str, arguments: Arguments, site: Site<'a>) -> Val {
        let at = self.at(site);
        match &owner.data {
            Data::Text(_) | Data::Pattern(..) => self.string_method(owner, name, &arguments, site),
            Data::FsPath(path) => self.path_method(path, name, &arguments, site),
            Data::Seconds(seconds) if name == "total_seconds" => {
                Val::new(Data::Number(format!("{seconds}.0").into()), at)
            }
            Data::Template(sdk) if name == "from_spec" => self.template_from_spec(*sdk, &arguments, at, site.head()),
            Data::Client(class) => {
                self.model_from(class, name, &arguments).unwrap_or_else(|| self.not_followed(&arguments, site))
            }
            Data::Object(index) => self.object_method(*index, owner, name, arguments, site),
            _ => self.not_followed(&arguments, site),
        }
    }

    fn object_method(&mut self, index: usize, owner: &Val, name: &str, arguments: Arguments, site: Site<'a>) -> Val {
        match self.heap.get(index).map(|object| &object.body) {
            Some(Body::List(_)) => self.list_method(index, name, &arguments, site),
            Some(Body::Dict(_)) => self.dict_method(index, name, &arguments, site),
            Some(Body::Instance(instance)) => {
                let of = instance.of.clone();
                self.instance_method(&of, owner, name, arguments, site)
            }
            None => self.unknown(site),
        }
    }

    fn instance_method(&mut self, of: &Of, owner: &Val, name: &str, arguments: Arguments, site: Site<'a>) -> Val {
        let at = self.at(site);
        match of {
            _ if name == "super().__init__" => {
                self.initialise(owner, arguments);
                Val::new(Data::None, at)
            }
            Of::Template(_) if is_builder(name) => self.augmented_copy(owner, name, &arguments, at),
            Of::Sdk(_) if name == "clone_with" => self.clone_environment(owner, &arguments, at),
            Of::Client(_) if name == "to_dict" => self.model_dict(owner, at, 0),
            // What an object of the client or an SDK does to a template is known: nothing.
            Of::Sdk(_) | Of::Client(_) | Of::Template(_) => self.unknown(site),
            Of::User(_) if matches!(name, "_asdict" | "model_dump" | "dict") && arguments.keywords.is_empty() => {
                self.as_dict(owner, at, 0).unwrap_or_else(|| self.unknown(site))
            }
            Of::User(_) if matches!(name, "_replace" | "model_copy") => self.copy_with(owner, name, &arguments, site),
            Of::Plain if matches!(name, "substitute" | "safe_substitute") => {
                self.substitute(owner, &arguments, site).unwrap_or_else(|| self.unknown(site))
            }
            Of::User(_) | Of::Plain => {
                self.escape(owner, &format!("its method {name}() is not known").into());
                self.not_followed(&arguments, site)
            }
        }
    }

    /// `point._replace(x=1)`, `model.model_copy(update={…})`.
    fn copy_with(&mut self, owner: &Val, name: &str, arguments: &Arguments, site: Site<'a>) -> Val {
        let copy = self.shallow_copy(owner);
        let mut changes = arguments.keywords.clone();
        if name == "model_copy" {
            let mut entries = Vec::new();
            let open = arguments.named("update").is_some_and(|update| self.spread(&mut entries, &update.val));
            if open {
                return self.unknown(site);
            }
            changes =
                entries.into_iter().filter_map(|(key, slot)| Some((key.val.text()?.into(), key.at, slot))).collect();
        }
        for (name, named_at, slot) in changes {
            self.set_attribute(&copy, &name, named_at, slot);
        }
        copy
    }

    fn list_method(&mut self, index: usize, name: &str, arguments: &Arguments, site: Site<'a>) -> Val {
        let at = self.at(site);
        let first = arguments.positional.first().cloned();
        let size = self.heap.get(index).map_or(0, Object::size);
        if name != "append" {
            self.look_through(size);
        }
        match (name, first) {
            ("append" | "add", Some(item)) => self.push_item(index, item),
            ("extend", Some(more)) => self.extend_list(index, &more.val),
            ("insert", Some(place)) => self.insert_item(index, &place.val, arguments.positional.get(1).cloned()),
            ("copy", _) => return self.shallow_copy(&Val::new(Data::Object(index), at)),
            ("clear", _) => self.replace_body(index, Body::List(Vec::new()), false),
            ("index" | "count", Some(item)) => {
                let found = self.places(index, &item.val, name);
                return found.map_or_else(|| self.unknown(site), |data| Val::new(data, at));
            }
            ("reverse", _) => self.change_list(index, |items| {
                items.reverse();
                true
            }),
            ("sort", None) if arguments.named("key").is_some() && arguments.keywords.len() == 1 => {
                self.sort_by_key(index, arguments, site);
            }
            ("sort", _) if arguments.keywords.is_empty() && self.copy_items(size) => {
                self.change_list(index, |items| sort(items));
            }
            ("pop", place) => {
                let place = place.map_or(Some(-1), |slot| whole(&slot.val));
                return self.pop_item(index, place).unwrap_or_else(|| self.unknown(site));
            }
            ("remove", Some(item)) => self.change_list(index, |items| {
                let place = items.iter().position(|known| known.val.data == item.val.data);
                place.map(|place| items.remove(place)).is_some()
            }),
            _ => {
                self.change_list(index, |_| false);
                return self.unknown(site);
            }
        }
        Val::new(Data::None, at)
    }

    /// Where a plain value stands in a list, or how often.
    fn places(&self, index: usize, wanted: &Val, name: &str) -> Option<Data> {
        let object = self.heap.get(index).filter(|object| !object.open)?;
        let Body::List(items) = &object.body else { return None };
        let plain = |val: &Val| !val.is_dynamic() && !matches!(val.data, Data::Pattern(..) | Data::Path(_));
        (plain(wanted) && items.iter().all(|slot| plain(&slot.val))).then_some(())?;
        let mut same = items.iter().enumerate().filter(|(_, slot)| slot.val.data == wanted.data);
        let number = if name == "count" { same.count() } else { same.next()?.0 };
        Some(Data::Number(number.to_string().into()))
    }

    fn sort_by_key(&mut self, index: usize, arguments: &Arguments, site: Site<'a>) {
        let known = self.items(&Val::new(Data::Object(index), self.at(site))).filter(|(_, open)| !open);
        let key = arguments.named("key").map(|slot| slot.val.clone());
        let sorted = known.zip(key).and_then(|((items, _), key)| self.sorted_by(items, &key, site));
        self.change_list(index, |items| match sorted {
            Some(sorted) => {
                *items = sorted;
                true
            }
            None => false,
        });
    }

    /// Changes a list that is fully known; where that does not work out, nothing is known of it any more.
    fn change_list(&mut self, index: usize, change: impl FnOnce(&mut Vec<Slot>) -> bool) {
        let Some(object) = self.heap.get_mut(index) else { return };
        let Body::List(items) = &mut object.body else { return };
        if object.open || !change(items) {
            object.open = true;
            items.clear();
        }
    }

    fn pop_item(&mut self, index: usize, place: Option<i64>) -> Option<Val> {
        let mut popped = None;
        self.change_list(index, |items| {
            let place = place.and_then(|place| position(place, items.len()));
            popped = place.map(|place| items.remove(place).val);
            popped.is_some()
        });
        popped
    }

    fn push_item(&mut self, index: usize, item: Slot) {
        if let Some(object) = self.heap.get_mut(index)
            && let Body::List(items) = &mut object.body
        {
            items.push(item);
            object.cut();
        }
    }

    fn insert_item(&mut self, index: usize, place: &Val, item: Option<Slot>) {
        let Some(object) = self.heap.get_mut(index) else { return };
        let (Body::List(items), Some(item)) = (&mut object.body, item) else { return };
        let number = match &place.data {
            Data::Number(number) => number.parse().ok(),
            _ => None,
        };
        let place = number.and_then(|number| position(number, items.len())).unwrap_or(items.len());
        items.insert(place, item);
        object.cut();
    }

    fn replace_body(&mut self, index: usize, body: Body, open: bool) {
        if let Some(object) = self.heap.get_mut(index) {
            object.body = body;
            object.open = open;
            object.cut();
        }
    }

    /// Adds the items of another value to a list; what they are may not be known.
    pub(super) fn extend_list(&mut self, index: usize, more: &Val) {
        let added = self.items(more);
        let Some(object) = self.heap.get_mut(index) else { return };
        match (added, &mut object.body) {
            (Some((added, open)), Body::List(items)) => {
                let cost = added.len();
                items.extend(added);
                object.open |= open;
                object.cut();
                self.step(cost);
            }
            _ => object.open = true,
        }
    }

    fn dict_method(&mut self, index: usize, name: &str, arguments: &Arguments, site: Site<'a>) -> Val {
        let at = self.at(site);
        let Some(object) = self.heap.get(index) else { return self.unknown(site) };
        let Body::Dict(known) = &object.body else { return self.unknown(site) };
        let open = object.open;
        let key = arguments.positional.first().map(|slot| slot.val.data.clone());
        self.look_through(known.len());
        let found =
            known.iter().find(|(known, _)| Some(&known.val.data) == key.as_ref()).map(|(_, value)| value.val.clone());
        let default = arguments.positional.get(1).cloned();
        match (name, &found) {
            ("get" | "setdefault", Some(val)) => return val.clone(),
            ("get", None) if open => return self.unknown(site),
            ("get", None) => return default.map_or_else(|| Val::new(Data::None, at), |slot| slot.val),
            ("setdefault", None) if open || default.is_none() => return self.unknown(site),
            _ if !self.copy_items(known.len()) => return self.unknown(site),
            _ => {}
        }
        let mut entries = known.clone();
        match name {
            "update" => {
                let mut open = open || arguments.open;
                if let Some(more) = arguments.positional.first() {
                    open |= self.spread(&mut entries, &more.val);
                }
                for (name, named_at, slot) in &arguments.keywords {
                    let key = Slot::new(Val::new(Data::Text(name.clone()), *named_at), *named_at);
                    put(&mut entries, key, slot.clone());
                }
                self.replace_body(index, Body::Dict(entries), open);
                Val::new(Data::None, at)
            }
            "setdefault" => {
                let Some((key, default)) = arguments.positional.first().zip(default) else { return self.unknown(site) };
                let val = default.val.clone();
                put(&mut entries, key.clone(), default);
                self.replace_body(index, Body::Dict(entries), false);
                val
            }
            "copy" => self.shallow_copy(&Val::new(Data::Object(index), at)),
            "keys" => self.allocate(Body::List(entries.into_iter().map(|(key, _)| key).collect()), open, at),
            "values" => self.allocate(Body::List(entries.into_iter().map(|(_, value)| value).collect()), open, at),
            "items" => {
                let pairs: Vec<Slot> = entries.into_iter().map(|(key, value)| self.pair(key, value)).collect();
                self.allocate(Body::List(pairs), open, at)
            }
            "pop" => {
                entries.retain(|(known, _)| Some(&known.val.data) != key.as_ref());
                self.replace_body(index, Body::Dict(entries), open);
                let default = default.filter(|_| !open).map(|slot| slot.val);
                found.or(default).unwrap_or_else(|| self.unknown(site))
            }
            "clear" => {
                self.replace_body(index, Body::Dict(Vec::new()), false);
                Val::new(Data::None, at)
            }
            _ => self.unknown(site),
        }
    }
}
