//! Definitions of classes: bases, the order in which attributes are looked for, metaclasses, and what sees a class being made.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::super::value::{
    Arguments, Attributes, Bound, Class, ClassKind, ClassRef, Descriptor, Keyword, ObjectId, ObjectKind, Slot, Value,
    ValueKind,
};
use super::class_attributes::Found;
use super::{Evaluator, ScopeKind, Stop};
use crate::tree::Location;

impl<'a> Evaluator<'a> {
    /// `class`.
    pub(super) fn class_definition(&mut self, node: &'a ast::StmtClassDef) -> Result<(), Stop> {
        let mut decorators = Vec::new();
        for decorator in &node.decorator_list {
            decorators.push((self.expression(&decorator.expression)?, self.at(&decorator.expression)));
        }
        let at = self.location(node.name.range());
        let arguments = match &node.arguments {
            Some(arguments) => self.arguments(arguments)?,
            None => Arguments::default(),
        };
        let mut value = self.new_class(node, arguments, at)?;
        for (decorator, decorator_at) in decorators.into_iter().rev() {
            value = self.decorated(&decorator, value, decorator_at)?;
        }
        self.bind(node.name.as_str(), value);
        Ok(())
    }

    /// Runs the body of a class and makes the class of it.
    fn new_class(&mut self, node: &'a ast::StmtClassDef, arguments: Arguments, at: Location) -> Result<Value, Stop> {
        let mut bases: Vec<ClassRef> = arguments.positional.iter().map(|slot| self.as_class_ref(&slot.value)).collect();
        if let Some(gap) = &arguments.more_positional {
            bases.push(ClassRef::Unknown(Rc::clone(&gap.reason)));
        }
        let metaclass =
            arguments.named("metaclass").map(|slot| slot.value.clone()).or_else(|| self.inherited_metaclass(&bases));
        let scope = self.scopes.add(Some(self.scope), ScopeKind::Class);
        let class = Class {
            name: node.name.as_str().into(),
            bases,
            order: Vec::new(),
            attributes: Attributes::default(),
            kind: ClassKind::Plain,
            metaclass: metaclass.clone(),
            scope,
            annotations: self.annotations(&node.body),
        };
        let value = self.allocate(ObjectKind::Class(Box::new(class)), at);
        let Some(id) = value.as_object() else { return Ok(value) };
        self.set_order(id);
        self.run_class_body(id, scope, &node.body)?;
        let keywords: Vec<Keyword> =
            arguments.keywords.into_iter().filter(|keyword| &*keyword.name != "metaclass").collect();
        let made = match metaclass {
            Some(metaclass) => self.made_by_metaclass(&metaclass, &value, keywords.clone(), at)?,
            None => value,
        };
        if let Some(id) = made.as_object().filter(|id| self.class(*id).is_some()) {
            self.finish_class(id, keywords, at)?;
        }
        Ok(made)
    }

    /// What sees a class once it is made: descriptors' `__set_name__`, the library, `__init_subclass__` of its bases.
    fn finish_class(&mut self, id: ObjectId, keywords: Vec<Keyword>, at: Location) -> Result<(), Stop> {
        let value = Value::new(ValueKind::Object(id), at);
        let attributes: Vec<(Rc<str>, Value)> = self
            .class(id)
            .map(|class| {
                class
                    .attributes
                    .iter()
                    .map(|attribute| (Rc::clone(&attribute.name), attribute.slot.value.clone()))
                    .collect()
            })
            .unwrap_or_default();
        for (name, attribute) in attributes {
            if matches!(attribute.kind, ValueKind::Object(_))
                && self.special_method(&attribute, "__set_name__").is_some()
            {
                let name = Value::text(name, at);
                if let Some(result) = self.call_special(&attribute, "__set_name__", vec![value.clone(), name], at) {
                    result?;
                }
            }
        }
        for keyword in &keywords {
            // A name that no program can give: pydantic reads its settings from the keywords.
            let name = format!("class keyword {}", keyword.name);
            self.set_raw_attribute(id, &name, keyword.name_at, keyword.slot.clone());
        }
        (self.hooks().define_class)(self, id, at)?;
        let order = self.class(id).map(|class| class.order.get(1..).unwrap_or_default().to_vec()).unwrap_or_default();
        if let Found::Value(function, _) = self.find_in(&order, "__init_subclass__") {
            let function = match function.as_object().and_then(|id| self.state.object(id)).map(|object| &object.kind) {
                Some(ObjectKind::Descriptor(Descriptor::Class(inner))) => inner.clone(),
                _ => function,
            };
            let bound = Value::new(ValueKind::Bound(Rc::new(Bound { receiver: value, function })), at);
            self.call_value(&bound, Arguments { keywords, ..Arguments::default() }, at)?;
        }
        Ok(())
    }

    /// Runs the statements of a class body; its names become the class's attributes.
    fn run_class_body(
        &mut self,
        id: ObjectId,
        scope: super::super::value::ScopeId,
        body: &'a [Stmt],
    ) -> Result<(), Stop> {
        let outer = std::mem::replace(&mut self.scope, scope);
        let binding = std::mem::take(&mut self.binding_here);
        self.class_bodies.push((id, self.frames.len()));
        let result = self.block(body);
        self.class_bodies.pop();
        self.scope = outer;
        self.binding_here = binding;
        result?;
        for (name, value) in self.variables_of(scope) {
            let at = value.at;
            let id_of_name = self.scopes.computed_name(&name);
            let is_partial = self.scopes.find(scope, id_of_name).is_some_and(|cell| self.partly_bound.contains(&cell));
            let value =
                if is_partial && !binds_directly(body, &name) { super::names::perhaps(&name, value) } else { value };
            self.set_raw_attribute(id, &name, at, Slot::here(value));
        }
        Ok(())
    }

    /// The class whose body is being run, where functions are its methods.
    pub(super) fn class_being_defined(&self) -> Option<ObjectId> {
        let (class, frames) = self.class_bodies.last()?;
        let is_here = self.scopes.get(self.scope).is_some_and(|scope| scope.kind == ScopeKind::Class);
        (is_here && *frames == self.frames.len()).then_some(*class)
    }

    /// The annotated names of a class body, with the text of their annotations.
    fn annotations(&self, body: &'a [Stmt]) -> Vec<(Rc<str>, Rc<str>)> {
        let annotated = body.iter().filter_map(|statement| match statement {
            Stmt::AnnAssign(node) => match &*node.target {
                Expr::Name(name) => {
                    let span = self.at(&*node.annotation).span;
                    let text = self.text_of(self.file).get(span.range()).unwrap_or_default();
                    Some((Rc::from(name.id.as_str()), Rc::from(text.trim_matches(['"', '\'']))))
                }
                _ => None,
            },
            _ => None,
        });
        annotated.collect()
    }

    /// The class that a value is, as a base.
    pub fn as_class_ref(&self, value: &Value) -> ClassRef {
        match &value.kind {
            ValueKind::Object(id) if self.class(*id).is_some() => ClassRef::User(*id),
            ValueKind::ClientClass(class) => ClassRef::Client(class),
            ValueKind::TemplateClass(sdk) => ClassRef::Template(*sdk),
            ValueKind::Library(path) => ClassRef::Library(Rc::clone(path)),
            ValueKind::Unknown(unknown) => ClassRef::Unknown(Rc::clone(&unknown.reason)),
            _ => ClassRef::Unknown(self.snippet(value.at)),
        }
    }

    fn inherited_metaclass(&self, bases: &[ClassRef]) -> Option<Value> {
        bases.iter().find_map(|base| match base {
            ClassRef::User(id) => self.class(*id)?.metaclass.clone(),
            _ => None,
        })
    }

    /// Sets the order in which attributes of a class are looked for: C3.
    fn set_order(&mut self, id: ObjectId) {
        let Some(class) = self.class(id) else { return };
        let bases = class.bases.clone();
        let mut lists: Vec<Vec<ClassRef>> = bases.iter().map(|base| self.order_of_base(base)).collect();
        lists.push(bases);
        let mut order = vec![ClassRef::User(id)];
        order.extend(merged(lists).unwrap_or_else(|| vec![ClassRef::Unknown("bases in conflict".into())]));
        if let Some(object) = self.state.object_mut(id)
            && let ObjectKind::Class(class) = &mut object.kind
        {
            class.order = order;
        }
    }

    fn order_of_base(&self, base: &ClassRef) -> Vec<ClassRef> {
        match base {
            ClassRef::User(id) => self.class(*id).map(|class| class.order.clone()).unwrap_or_default(),
            other => vec![other.clone()],
        }
    }

    /// A class that a metaclass of the project makes: by its `__new__` and `__init__`.
    fn made_by_metaclass(
        &mut self,
        metaclass: &Value,
        class: &Value,
        keywords: Vec<Keyword>,
        at: Location,
    ) -> Result<Value, Stop> {
        let Some(meta) = metaclass.as_object().filter(|id| self.class(*id).is_some()) else { return Ok(class.clone()) };
        let order = self.class(meta).map(|class| class.order.clone()).unwrap_or_default();
        let arguments = self.class_arguments(class, at);
        self.classes_in_making.push(class.clone());
        let mut made = Ok(class.clone());
        if let Found::Value(function, _) = self.find_in(&order, "__new__") {
            let function = self.plain_function(function);
            let mut all = vec![Slot::new(metaclass.clone(), at)];
            all.extend(arguments.iter().cloned());
            made = self.call_value(
                &function,
                Arguments { positional: all, keywords: keywords.clone(), ..Arguments::default() },
                at,
            );
        }
        self.classes_in_making.pop();
        let made = made?;
        if let Found::Value(function, _) = self.find_in(&order, "__init__")
            && made.is_same(class)
        {
            let mut all = vec![Slot::new(class.clone(), at)];
            all.extend(arguments);
            self.call_value(&function, Arguments { positional: all, keywords, ..Arguments::default() }, at)?;
        }
        Ok(made)
    }

    /// Name, bases and namespace of a class, as its metaclass gets them.
    fn class_arguments(&mut self, class: &Value, at: Location) -> Vec<Slot> {
        let Some(found) = class.as_object().and_then(|id| self.class(id)).cloned() else { return Vec::new() };
        let name = Value::text(Rc::clone(&found.name), at);
        let bases = self.classes_as_tuple(&found.bases, false, at);
        let namespace = self.dict_of(&found.attributes, at);
        vec![Slot::new(name, at), Slot::new(bases, at), Slot::new(namespace, at)]
    }

    /// `type.__new__(mcls, name, bases, namespace)`: the class that is being made, with what the namespace holds by now.
    pub fn class_in_making(&mut self, namespace: Option<&Value>, at: Location) -> Option<Value> {
        let class = self.classes_in_making.last()?.clone();
        let id = class.as_object()?;
        if let Some(namespace) = namespace
            && let Ok(Some(mapping)) = self.mapping_of(namespace, at)
        {
            for entry in mapping.entries.values() {
                if let Some(name) = entry.key.value.as_text() {
                    self.set_raw_attribute(id, name, entry.key.at, entry.value.clone());
                }
            }
        }
        Some(class)
    }

    /// The function in a `staticmethod`.
    pub(super) fn plain_function(&self, function: Value) -> Value {
        match function.as_object().and_then(|id| self.state.object(id)).map(|object| &object.kind) {
            Some(ObjectKind::Descriptor(Descriptor::Static(inner))) => inner.clone(),
            _ => function,
        }
    }
}

/// Whether a statement of a class body, and not only of a branch in it, binds a name.
fn binds_directly(body: &[Stmt], name: &str) -> bool {
    let is_name = |target: &Expr| matches!(target, Expr::Name(node) if node.id.as_str() == name);
    body.iter().any(|statement| match statement {
        Stmt::FunctionDef(node) => node.name.as_str() == name,
        Stmt::ClassDef(node) => node.name.as_str() == name,
        Stmt::Assign(node) => node.targets.iter().any(is_name),
        Stmt::AnnAssign(node) => node.value.is_some() && is_name(&node.target),
        _ => false,
    })
}

/// The merge of C3; `None` where the bases contradict each other.
fn merged(mut lists: Vec<Vec<ClassRef>>) -> Option<Vec<ClassRef>> {
    let mut order = Vec::new();
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return Some(order);
        }
        let is_in_tail =
            |class: &ClassRef| lists.iter().any(|list| list.iter().skip(1).any(|other| other.is_same(class)));
        let next = lists.iter().filter_map(|list| list.first()).find(|class| !is_in_tail(class))?.clone();
        for list in &mut lists {
            if list.first().is_some_and(|first| first.is_same(&next)) {
                list.remove(0);
            }
        }
        if matches!(next, ClassRef::Unknown(_)) {
            // It is the same as no other, so it is still the first of its lists.
            for list in &mut lists {
                if matches!(list.first(), Some(ClassRef::Unknown(_))) {
                    list.remove(0);
                }
            }
        }
        order.push(next);
    }
}
