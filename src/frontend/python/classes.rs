//! The classes that the project defines: their attributes, bases and instances.

use std::rc::Rc;

use ruff_python_ast::{Expr, StmtClassDef};
use ruff_text_size::Ranged;

use super::calls::{Arguments, Site};
use super::functions::Binding;
use super::interpreter::Interpreter;
use super::value::{Body, Data, Instance, Of, Sdk, Slot, Val};
use crate::schema::python::Class;
use crate::tree::Location;

/// How many classes one may extend, with all that those extend.
const MAX_LINEAGE: usize = 60;

/// A class of the project.
pub struct UserClass {
    pub(super) name: Rc<str>,
    pub(super) scope: usize,
    /// It and the classes of the project that it extends, in the order in which attributes are looked up.
    /// Source: Python's method resolution order (C3).
    lineage: Rc<[usize]>,
    /// What it extends of the Kubernetes client or the SDKs.
    pub(super) extends: Option<Extends>,
    /// Whether nothing is known to come from elsewhere.
    pub(super) plain: bool,
    /// Its constructor takes its fields.
    pub(super) has_fields: bool,
    pub(super) fields: Vec<Rc<str>>,
    /// Its instances are tuples too.
    pub(super) is_tuple: bool,
}

/// A known class that a class of the project extends.
#[derive(Clone, Copy)]
pub enum Extends {
    /// Of the Kubernetes client.
    Client(&'static Class),
    /// `PodTemplate`.
    Template(Sdk),
}

/// What a base class means.
enum Base {
    User(usize),
    Known(Extends),
    /// It brings nothing: `object`, `ABC`.
    Empty,
    /// It makes fields of annotations: `BaseModel`.
    Fields,
    /// It makes a tuple with names of annotations: `NamedTuple`.
    Tuple,
    /// Its attributes are members, with values.
    Enum,
    /// Its instances are strings or numbers.
    Plain,
    /// Nobody knows.
    Foreign,
}

impl<'a> Interpreter<'a> {
    /// `class`.
    pub(super) fn class(&mut self, node: &'a StmtClassDef) {
        for decorator in &node.decorator_list {
            self.expression(&decorator.expression);
        }
        let is_dataclass =
            node.decorator_list.iter().any(|decorator| self.snippet(&decorator.expression).contains("dataclass"));
        let arguments = node.arguments.as_ref().map_or(&[][..], |arguments| &arguments.args);
        let bases: Vec<Base> = arguments.iter().map(|base| self.base(base)).collect();
        let scope = self.new_scope(self.scope, Some(self.classes.len()));
        let find = |wanted: fn(&Base) -> bool| bases.iter().any(wanted);
        let mut lineage = self.linearised(self.classes.len(), &bases);
        let is_whole = lineage.len() <= MAX_LINEAGE;
        lineage.truncate(MAX_LINEAGE);
        let class = UserClass {
            name: node.name.as_str().into(),
            scope,
            lineage: lineage.into(),
            extends: bases.iter().find_map(|base| if let Base::Known(known) = base { Some(*known) } else { None }),
            plain: is_whole && !find(|base| matches!(base, Base::Foreign)),
            has_fields: is_dataclass || find(|base| matches!(base, Base::Fields | Base::Tuple)),
            fields: Vec::new(),
            is_tuple: find(|base| matches!(base, Base::Tuple)),
        };
        self.classes.push(class);
        let class = self.classes.len() - 1;
        let outer = std::mem::replace(&mut self.scope, scope);
        self.block(&node.body);
        self.scope = outer;
        if find(|base| matches!(base, Base::Enum)) && !find(|base| matches!(base, Base::Plain)) {
            self.make_members(class, node);
        }
        let at = self.at(&node.name);
        self.bind(node.name.as_str(), Val::new(Data::UserClass(class), at));
    }

    fn base(&mut self, node: &'a Expr) -> Base {
        let val = match node {
            // `Generic[T]`.
            Expr::Subscript(subscript) => self.expression(&subscript.value),
            other => self.expression(other),
        };
        match &val.data {
            Data::UserClass(index) => Base::User(*index),
            Data::Client(class) => Base::Known(Extends::Client(class)),
            Data::Template(sdk) => Base::Known(Extends::Template(*sdk)),
            Data::Path(path) => match path.rsplit('.').next().unwrap_or_default() {
                "object" | "ABC" | "Generic" | "Protocol" => Base::Empty,
                "NamedTuple" => Base::Tuple,
                "BaseModel" | "BaseSettings" | "DataClassJSONMixin" => Base::Fields,
                "Enum" => Base::Enum,
                // Members that are strings themselves are as good as their values.
                "str" | "int" | "StrEnum" | "IntEnum" => Base::Plain,
                _ => Base::Foreign,
            },
            _ => Base::Foreign,
        }
    }

    /// `namedtuple("Point", ["x", "y"])`.
    pub(super) fn named_tuple(&mut self, arguments: &Arguments, at: Location) -> Option<Val> {
        let given = arguments.get("field_names", 1)?.val.clone();
        let fields: Vec<Rc<str>> = match given.text() {
            Some(text) => text.replace(',', " ").split_whitespace().map(Rc::from).collect(),
            None => {
                let (items, open) = self.items(&given)?;
                (!open).then_some(())?;
                items.iter().map(|slot| slot.val.text().map(Rc::from)).collect::<Option<_>>()?
            }
        };
        arguments.keywords.is_empty().then_some(())?;
        let scope = self.new_scope(self.scope, Some(self.classes.len()));
        let name = arguments.get("typename", 0).and_then(|slot| slot.val.text()).unwrap_or_default().into();
        self.classes.push(UserClass {
            name,
            scope,
            lineage: [self.classes.len()].into(),
            extends: None,
            plain: true,
            has_fields: true,
            fields,
            is_tuple: true,
        });
        Some(Val::new(Data::UserClass(self.classes.len() - 1), at))
    }

    /// Whether an instance is a tuple with names.
    pub(super) fn is_tuple(&self, instance: &Instance) -> bool {
        let class = instance.user.and_then(|class| self.classes.get(class));
        class.is_some_and(|class| class.is_tuple)
    }

    /// The members of an enumeration are objects with a value and a name.
    fn make_members(&mut self, class: usize, node: &'a StmtClassDef) {
        let Some(scope) = self.classes.get(class).map(|class| class.scope) else { return };
        let names = self.scopes.get(scope).map(|scope| scope.names.clone()).unwrap_or_default();
        for (name, val) in names {
            if matches!(val.data, Data::Function(_)) || name.starts_with('_') {
                continue;
            }
            let at = val.at;
            let mut member = Instance {
                of: Of::User(class),
                user: Some(class),
                attributes: Vec::new(),
                head: super::span(node.name.range()),
            };
            member.set("name", at, Slot::new(Val::new(Data::Text(name.into()), at), at));
            member.set("value", at, Slot::new(val, at));
            let member = self.allocate(Body::Instance(member), false, at);
            if let Some(scope) = self.scopes.get_mut(scope) {
                scope.names.insert(name, member);
            }
        }
    }

    /// An instance of a class of the project.
    pub(super) fn instantiate(&mut self, class: usize, arguments: Arguments, site: Site<'a>) -> Val {
        let lineage = self.lineage(class);
        let known =
            |test: fn(&UserClass) -> bool| lineage.iter().filter_map(|index| self.classes.get(*index)).any(test);
        let (plain, has_fields) = (!known(|class| !class.plain), known(|class| class.has_fields));
        let extends = lineage.iter().find_map(|index| self.classes.get(*index)?.extends);
        let of = match extends {
            Some(Extends::Client(class)) => Of::Client(class),
            Some(Extends::Template(sdk)) => Of::Template(sdk),
            None => Of::User(class),
        };
        let at = self.at(site);
        let instance = Instance { of, user: Some(class), attributes: Vec::new(), head: site.head() };
        let val = self.allocate(Body::Instance(instance), !plain || arguments.open, at);
        if matches!(extends, Some(Extends::Template(_))) {
            self.register(&val);
        }
        match self.class_attribute(class, "__init__").map(|constructor| constructor.data) {
            Some(Data::Function(function)) => {
                self.call_function(function, Some(val.clone()), arguments, site);
            }
            _ if extends.is_some() => self.initialise(&val, arguments),
            _ if has_fields => self.set_fields(class, &val, &arguments, site),
            _ if !plain => self.escape_arguments(&arguments, site),
            _ => {}
        }
        val
    }

    /// What the constructor of a class of the client or an SDK does to an object that exists.
    pub(super) fn initialise(&mut self, val: &Val, arguments: Arguments) {
        let Data::Object(index) = val.data else { return };
        let Some(object) = self.heap.get_mut(index) else { return };
        let Body::Instance(instance) = &mut object.body else { return };
        object.open |= arguments.open;
        let names: Vec<&str> = match instance.of {
            Of::Client(class) => class.attributes.iter().map(|attribute| attribute.python).collect(),
            Of::Template(_) => super::constructors::TEMPLATE_FIELDS.to_vec(),
            Of::Sdk(class) => class.positional.to_vec(),
            Of::User(_) | Of::Plain => Vec::new(),
        };
        for (name, slot) in names.iter().zip(arguments.positional) {
            instance.set(name, slot.at, slot);
        }
        for (name, named_at, slot) in arguments.keywords {
            instance.set(&name, named_at, slot);
        }
        object.cut();
    }

    /// The constructor that a dataclass has.
    fn set_fields(&mut self, class: usize, val: &Val, arguments: &Arguments, site: Site<'a>) {
        let lineage = self.lineage(class);
        let mut fields: Vec<Rc<str>> = Vec::new();
        for index in lineage.iter().rev() {
            let own = self.classes.get(*index).map(|class| class.fields.clone()).unwrap_or_default();
            for field in own {
                if !fields.contains(&field) {
                    fields.push(field);
                }
            }
        }
        for (position, field) in fields.iter().enumerate() {
            let slot = match arguments.get(field, position).cloned() {
                Some(slot) => Some(slot),
                None => self.class_attribute(class, field).map(|default| {
                    let default = match &default.data {
                        Data::Factory(factory) => self.apply(&Rc::clone(factory), Arguments::default(), site),
                        _ => default,
                    };
                    Slot::new(default.clone(), default.at)
                }),
            };
            let slot = slot.unwrap_or_else(|| {
                let at = self.at(site);
                Slot::new(Val::dynamic(&**field, at), at)
            });
            self.set_field(val, field, slot);
        }
        if let Some(Data::Function(function)) = self.class_attribute(class, "__post_init__").map(|method| method.data) {
            self.call_function(function, Some(val.clone()), Arguments::default(), site);
        }
    }

    /// A class and those that it extends, in the order in which attributes are looked up.
    pub(super) fn lineage(&self, class: usize) -> Rc<[usize]> {
        self.classes.get(class).map_or_else(|| [class].into(), |class| Rc::clone(&class.lineage))
    }

    /// The order of a new class that extends others.
    fn linearised(&self, class: usize, bases: &[Base]) -> Vec<usize> {
        let user = |base: &Base| if let Base::User(index) = base { Some(*index) } else { None };
        let bases: Vec<usize> = bases.iter().filter_map(user).take(MAX_LINEAGE).collect();
        let mut pending: Vec<Vec<usize>> = bases.iter().map(|base| self.lineage(*base).to_vec()).collect();
        let size: usize = pending.iter().map(Vec::len).sum();
        self.step(size * size / 16);
        pending.push(bases);
        let mut found = vec![class];
        loop {
            pending.retain(|list| !list.is_empty());
            let is_late = |head: usize| pending.iter().any(|list| list.iter().skip(1).any(|other| *other == head));
            let heads = || pending.iter().filter_map(|list| list.first().copied());
            // Where Python would refuse the order, any will do.
            let Some(next) = heads().find(|head| !is_late(*head)).or_else(|| heads().next()) else { return found };
            found.push(next);
            pending.iter_mut().for_each(|list| list.retain(|other| *other != next));
        }
    }

    /// An attribute of a class or of one that it extends.
    pub(super) fn class_attribute(&self, class: usize, name: &str) -> Option<Val> {
        self.lineage(class).iter().find_map(|index| self.own_attribute(*index, name))
    }

    fn own_attribute(&self, class: usize, name: &str) -> Option<Val> {
        self.scopes.get(self.classes.get(class)?.scope)?.names.get(name).cloned()
    }

    /// An attribute behind `super()`.
    pub(super) fn inherited(&self, owner: &Val, class: usize, name: &str) -> Option<Val> {
        // What comes behind a class is a matter of what the object is, not of the class alone.
        let whole = self.class_of_instance(owner).map_or_else(|| self.lineage(class), |of| self.lineage(of));
        let mut behind = whole.iter().skip_while(|index| **index != class).skip(1);
        let found = behind.find_map(|index| self.own_attribute(*index, name));
        let found = found.map(|val| self.bound(owner, val));
        found.or_else(|| {
            Some(Val::new(Data::Method(Rc::new(owner.clone()), format!("super().{name}").into()), owner.at))
        })
    }

    /// A function of a class with what it gets as its first argument.
    pub(super) fn bound(&self, owner: &Val, val: Val) -> Val {
        let Data::Function(index) = val.data else { return val };
        let is_static = self.functions.get(index).is_none_or(|function| function.binding == Binding::Static);
        if is_static {
            return val;
        }
        let of_class = self.is_class_method(&val);
        let owner = match self.class_of_instance(owner).filter(|_| of_class) {
            Some(class) => Val::new(Data::UserClass(class), owner.at),
            None => owner.clone(),
        };
        Val::new(Data::Bound(Rc::new(owner), index), val.at)
    }

    /// The project's class that a value is an instance of.
    pub(super) fn class_of_instance(&self, val: &Val) -> Option<usize> {
        match &self.object(val)?.body {
            Body::Instance(instance) => instance.user,
            _ => None,
        }
    }

    /// The value of a property, where an attribute is one.
    pub(super) fn property(&mut self, val: &Val, site: Site<'a>) -> Option<Val> {
        let Data::Bound(_, index) = val.data else { return None };
        let is_property = self.functions.get(index).is_some_and(|function| function.binding == Binding::Property);
        is_property.then(|| self.apply(val, Arguments::default(), site))
    }

    /// Whether an attribute of a class is a function that gets the class.
    pub(super) fn is_class_method(&self, val: &Val) -> bool {
        let Data::Function(index) = val.data else { return false };
        self.functions.get(index).is_some_and(|function| function.binding == Binding::Class)
    }
}
