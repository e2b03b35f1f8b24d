//! `sys`, `typing`, `types`, `abc`, `importlib` and what only tells things to people.

use std::rc::Rc;

use toml::de::{DeTable, DeValue};

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, NativeMethod, Outcome};
use super::super::super::state::SymbolKind;
use super::super::super::value::{
    Attributes, Cause, ClassRef, Gap, Instance, Key, Mapping, ObjectKind, Sequence, Slot, TypeBound, Unknown, Value,
    ValueKind,
};
use super::super::arguments::{bind, instance, kept, kind_of, library_instance, misfit};
use super::super::text::represent::represented;
use crate::tree::Location;

/// The oldest minor version of Python 3 that the SDKs run on.
const OLDEST: u8 = 9;

/// The functions.
pub fn function(path: &str) -> Option<NativeFunction> {
    Some(match path {
        "typing.cast" | "typing_extensions.cast" => second,
        "typing.overload"
        | "typing.final"
        | "typing.runtime_checkable"
        | "typing.no_type_check"
        | "typing._identity"
        | "typing_extensions.final"
        | "typing_extensions.override"
        | "typing.override"
        | "typing_extensions.runtime_checkable"
        | "abc.abstractmethod"
        | "abc.abstractclassmethod"
        | "abc.abstractstaticmethod" => itself,
        "typing.NewType" => new_type,
        "typing.TypeVar" | "typing.ParamSpec" => not_modelled,
        "types.SimpleNamespace" => namespace,
        "types.MappingProxyType" => proxy,
        "importlib.import_module" => import_module,
        "sys.exit" | "builtins.exit" | "builtins.quit" => exit,
        "warnings.warn"
        | "warnings.filterwarnings"
        | "warnings.simplefilter"
        | "logging.basicConfig"
        | "logging.info"
        | "logging.debug"
        | "logging.warning"
        | "logging.error"
        | "pprint.pprint"
        | "time.sleep"
        | "sys.path.append"
        | "sys.path.insert"
        | "sys.stdout.write"
        | "sys.stdout.flush"
        | "gc.collect"
        | "logging.disable"
        | "logging.captureWarnings" => nothing,
        "platform.system"
        | "platform.machine"
        | "platform.node"
        | "socket.gethostname"
        | "getpass.getuser"
        | "platform.platform"
        | "platform.python_version" => unknown_text,
        "tomllib.loads" | "tomli.loads" => toml_loads,
        _ => return None,
    })
}

/// The methods of what they make, and operators of values of a library.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    Some(match (kind, name) {
        ("library" | "type" | "UnionType", "__or__") => union,
        ("library" | "type", "__ror__") => union_behind,
        ("version_info", "__lt__" | "__le__" | "__gt__" | "__ge__") => compare_version,
        ("SimpleNamespace", "__repr__") => namespace_repr,
        ("SimpleNamespace", "__eq__") => not_modelled,
        ("mappingproxy", "__setitem__" | "__delitem__") => read_only,
        ("mappingproxy", "get" | "keys" | "values" | "items" | "copy") => super::super::methods::method("dict", name)?,
        _ => return None,
    })
}

/// Values that modules hold.
pub fn constant(evaluator: &mut Evaluator<'_>, path: &str, at: Location) -> Option<Value> {
    if let Some(name) = path.strip_prefix("builtins.").and_then(|path| path.strip_suffix(".__name__")) {
        return Some(Value::text(name, at));
    }
    let once = |evaluator: &mut Evaluator<'_>, bound: TypeBound| {
        let symbol = evaluator.symbols.of(SymbolKind::Applied(path.into(), Vec::new(), Vec::new()));
        let unknown = Unknown::new(Cause::External, path).of(bound).with_symbol(symbol);
        Value::unknown(unknown, at)
    };
    Some(match path {
        "typing.TYPE_CHECKING" | "typing_extensions.TYPE_CHECKING" => evaluator.bool(false, at),
        "sys.version_info" => version_info(evaluator, at),
        "sys.platform" | "sys.executable" | "sys.version" | "os.name" | "sys.prefix" => {
            once(evaluator, TypeBound::Text)
        }
        "sys.argv" => once(evaluator, TypeBound::List),
        "sys.maxsize" => evaluator.int(i64::MAX, at),
        _ => return None,
    })
}

fn second(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "typ, val")?;
    match bound.value(1).cloned() {
        Some(value) => Ok(value),
        None => Err(misfit(evaluator, call)),
    }
}

fn itself(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    match call.arguments.positional.first() {
        Some(slot) => Ok(slot.value.clone()),
        None => Err(evaluator.not_modelled(call)),
    }
}

fn new_type(_: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Ok(Value::new(ValueKind::Library("typing._identity".into()), call.at))
}

fn not_modelled(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.not_modelled(call))
}

fn nothing(_: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Ok(Value::none(call.at))
}

fn unknown_text(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let name = call.name().to_owned();
    let symbol = evaluator.symbols.of(SymbolKind::Applied(name.into(), Vec::new(), Vec::new()));
    let unknown = Unknown::new(Cause::External, evaluator.snippet(call.at)).of(TypeBound::Text).with_symbol(symbol);
    Ok(Value::unknown(unknown, call.at))
}

fn exit(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.raise("SystemExit", "", call.at))
}

/// `sys.version_info`: a tuple of which often only the first number is known.
fn version_info(evaluator: &mut Evaluator<'_>, at: Location) -> Value {
    let minor = match evaluator.assumptions.python {
        Some(minor) => evaluator.int(i64::from(minor), at),
        None => {
            let symbol = evaluator.symbols.of(SymbolKind::Applied("python".into(), Vec::new(), Vec::new()));
            let unknown = Unknown::new(Cause::Version, "the version of Python").of(TypeBound::Int).with_symbol(symbol);
            Value::unknown(unknown, at)
        }
    };
    let major = evaluator.int(3, at);
    let mut items = Sequence::known(vec![Slot::new(major.clone(), at), Slot::new(minor.clone(), at)]);
    items.push_gap(Gap::new("the version of Python"));
    let payload = evaluator.allocate(ObjectKind::Tuple(items), at);
    let attributes = vec![("major", major), ("minor", minor)];
    library_instance(evaluator, "sys.version_info", attributes, Some(payload), at)
}

/// `sys.version_info >= (3, 10)`.
fn compare_version(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let other = call.arguments.positional.first().map(|slot| slot.value.clone());
    let Some(other) = other else { return Err(misfit(evaluator, call)) };
    let numbers: Option<Vec<i64>> = match kind_of(evaluator, &other).as_deref().map(|object| &object.kind) {
        Some(ObjectKind::Tuple(items)) => {
            items.slots().and_then(|slots| slots.iter().map(|slot| slot.value.as_int()).collect())
        }
        _ => None,
    };
    let Some(numbers) = numbers else { return Err(evaluator.unknown_of(call, TypeBound::Bool)) };
    let is_at_least = matches!(call.name(), "__ge__" | "__gt__");
    // The real one is longer than those numbers, so it is never equal to two of them.
    let answer = match numbers[..] {
        [major] | [major, _] if major != 3 => Some(3 > major),
        [3] => Some(true),
        [3, minor] => match evaluator.assumptions.python {
            Some(own) => Some(i64::from(own) >= minor),
            None if minor <= i64::from(OLDEST) => Some(true),
            None => None,
        },
        _ => None,
    };
    match answer {
        Some(answer) => Ok(evaluator.bool(answer == is_at_least, call.at)),
        None => {
            let keys = numbers.iter().map(|number| Key::Int(*number)).collect();
            let kind = SymbolKind::Applied(
                if is_at_least { "python at least" } else { "python below" }.into(),
                Vec::new(),
                keys,
            );
            let reason = evaluator.snippet(call.at);
            Ok(evaluator.symbol_value(kind, reason, call.at))
        }
    }
}

/// Whether a value surely is a class.
fn is_class(evaluator: &Evaluator<'_>, value: &Value) -> bool {
    match &value.kind {
        ValueKind::None | ValueKind::ClientClass(_) | ValueKind::TemplateClass(_) => true,
        ValueKind::Library(path) => {
            path.strip_prefix("builtins.").is_some_and(|name| name != "print" && name != "len")
                || path.starts_with("typing.")
        }
        ValueKind::Object(id) => {
            evaluator.class(*id).is_some()
                || instance(evaluator, value).is_some_and(
                    |instance| matches!(&instance.class, ClassRef::Library(path) if &**path == "types.UnionType"),
                )
        }
        _ => false,
    }
}

/// `int | str`: a type that both belong to.
fn union(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    let Some(other) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    union_of(evaluator, own, other, call)
}

fn union_behind(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = call.receiver.clone().unwrap_or_else(|| Value::none(call.at));
    let Some(other) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(misfit(evaluator, call));
    };
    union_of(evaluator, other, own, call)
}

fn union_of(evaluator: &mut Evaluator<'_>, one: Value, two: Value, call: &Call) -> Outcome {
    if !is_class(evaluator, &one) || !is_class(evaluator, &two) {
        return Err(evaluator.not_modelled(call));
    }
    let mut members = Vec::new();
    for value in [one, two] {
        match kept(evaluator, &value, "__args__") {
            Some(inner) => members.extend(evaluator.elements(&inner, call.at)?.slots().unwrap_or_default()),
            None => members.push(Slot::new(value, call.at)),
        }
    }
    let members = evaluator.allocate(ObjectKind::Tuple(Sequence::known(members)), call.at);
    Ok(library_instance(evaluator, "types.UnionType", vec![("__args__", members)], None, call.at))
}

/// `isinstance` with classes of which the evaluator does not know what belongs to them.
pub fn is_instance(evaluator: &Evaluator<'_>, value: &Value, class: &Value) -> Option<Option<bool>> {
    if let Some(members) = kept(evaluator, class, "__args__") {
        let slots = match &kind_of(evaluator, &members)?.kind {
            ObjectKind::Tuple(items) => items.slots()?,
            _ => return Some(None),
        };
        let answers: Vec<Option<bool>> = slots
            .iter()
            .map(|slot| {
                if slot.value.is_none() {
                    return if value.is_unknown() { None } else { Some(value.is_none()) };
                }
                is_instance(evaluator, value, &slot.value).unwrap_or_else(|| evaluator.is_instance(value, &slot.value))
            })
            .collect();
        return Some(if answers.contains(&Some(true)) {
            Some(true)
        } else if answers.iter().all(|answer| *answer == Some(false)) {
            Some(false)
        } else {
            None
        });
    }
    if let ValueKind::Library(own) = &value.kind {
        // Only of the builtin types is it known what they are.
        let is_type = own.strip_prefix("builtins.").is_some_and(super::super::super::evaluate::is_builtin_type);
        return match &class.kind {
            ValueKind::Library(path) if is_type => Some(Some(matches!(&**path, "builtins.type" | "builtins.object"))),
            _ => Some(None),
        };
    }
    let ValueKind::Library(path) = &class.kind else { return None };
    if value.is_unknown() {
        return None;
    }
    if path.starts_with("typing.") && !is_structural(path) {
        return Some(None);
    }
    let name = evaluator.type_name(value);
    let is_library = instance(evaluator, value).map(|instance| match &instance.class {
        ClassRef::Library(path) => Rc::clone(path),
        _ => "".into(),
    });
    let builtin = is_library.is_none();
    Some(match (&**path, is_library.as_deref()) {
        ("numbers.Number" | "numbers.Complex" | "numbers.Real", None) => {
            Some(matches!(&*name, "int" | "bool" | "float"))
        }
        ("numbers.Integral" | "numbers.Rational", None) => Some(matches!(&*name, "int" | "bool")),
        ("collections.defaultdict", _) if builtin => Some(&*name == "defaultdict"),
        ("builtins.dict", Some("collections.OrderedDict" | "collections.Counter")) => Some(true),
        ("pathlib.Path" | "pathlib.PurePath" | "os.PathLike", Some("pathlib.PosixPath")) => Some(true),
        (wanted, Some(own)) if !own.is_empty() && wanted == own => Some(true),
        (
            "builtins.str" | "builtins.int" | "builtins.float" | "builtins.list" | "builtins.dict" | "builtins.set"
            | "builtins.bytes" | "builtins.bool",
            Some(own),
        ) if !own.is_empty() && !own.starts_with("builtins.") => Some(false),
        (wanted, None) if wanted.starts_with("types.") => {
            let fits = match (wanted, &*name) {
                ("types.FunctionType" | "types.LambdaType", "function") | ("types.MethodType", "method") => true,
                ("types.NoneType", "NoneType")
                | ("types.ModuleType", "module")
                | ("types.GeneratorType", "generator") => true,
                (
                    "types.FunctionType"
                    | "types.LambdaType"
                    | "types.MethodType"
                    | "types.NoneType"
                    | "types.ModuleType"
                    | "types.GeneratorType",
                    "int" | "str" | "float" | "bool" | "list" | "dict" | "tuple" | "set" | "NoneType" | "function"
                    | "type",
                ) => false,
                _ => return Some(None),
            };
            Some(fits)
        }
        _ => return None,
    })
}

/// Whether a name of `typing` stands for a class of `collections.abc` or a builtin one.
fn is_structural(path: &str) -> bool {
    matches!(
        path.strip_prefix("typing.").unwrap_or_default(),
        "Mapping"
            | "MutableMapping"
            | "Dict"
            | "Sequence"
            | "MutableSequence"
            | "List"
            | "Iterable"
            | "Callable"
            | "Hashable"
    )
}

/// `SimpleNamespace(**attributes)`.
fn namespace(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    if !call.arguments.positional.is_empty() || call.arguments.more_positional.is_some() {
        return Err(evaluator.opaque(call));
    }
    let mut attributes = Attributes::default();
    for keyword in &call.arguments.keywords {
        attributes.set(&keyword.name, keyword.name_at, keyword.slot.clone());
    }
    attributes.rest = call.arguments.more_keywords.clone();
    let class = ClassRef::Library("types.SimpleNamespace".into());
    let made = Instance { class, attributes, payload: None, head: call.head };
    Ok(evaluator.allocate(ObjectKind::Instance(made), call.at))
}

fn namespace_repr(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let own = call.receiver.as_ref().and_then(|own| instance(evaluator, own)).cloned();
    let Some(own) = own.filter(|own| own.attributes.rest.is_none()) else {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    };
    let mut parts = Vec::new();
    for attribute in own.attributes.iter() {
        match represented(evaluator, &attribute.slot.value, call.at, 1)? {
            Some(text) => parts.push(format!("{}={text}", attribute.name)),
            None => return Err(evaluator.unknown_of(call, TypeBound::Text)),
        }
    }
    Ok(evaluator.computed_text(format!("namespace({})", parts.join(", ")), call.at))
}

fn proxy(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "mapping, /")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    Ok(library_instance(evaluator, "types.mappingproxy", Vec::new(), Some(value), call.at))
}

fn read_only(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    Err(evaluator.raise("TypeError", "'mappingproxy' object does not support item assignment", call.at))
}

/// `importlib.import_module(name)`.
fn import_module(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let name = call.arguments.get("name", 0).and_then(|slot| slot.value.as_text()).map(str::to_owned);
    let Some(name) = name.filter(|_| !call.arguments.is_open()) else { return Err(evaluator.opaque(call)) };
    let file = evaluator.file();
    if evaluator.program.resolve(file, &name).is_none() {
        let wanted = (file, name.clone());
        if !evaluator.wanted_modules.contains(&wanted) {
            evaluator.wanted_modules.push(wanted);
        }
        if name.starts_with('.') {
            return Err(evaluator.opaque(call));
        }
    }
    Ok(evaluator.import_path(&name, call.at))
}

fn toml_loads(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "s, /, *, parse_float?")?;
    let Some(slot) = bound.slot(0).cloned() else { return Err(misfit(evaluator, call)) };
    let Some(text) = slot.value.as_text() else { return Err(evaluator.not_modelled(call)) };
    evaluator.budget.charge_text(text.len() * 8);
    let table = DeTable::parse(text).ok();
    match table.and_then(|table| toml_table(evaluator, table.get_ref(), slot.value.at)) {
        Some(value) => Ok(value),
        None => Err(evaluator.not_modelled(call)),
    }
}

/// A table as a dict, with its entries in the order of the text.
fn toml_table(evaluator: &mut Evaluator<'_>, table: &DeTable<'_>, at: Location) -> Option<Value> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    let mut mapping = Mapping::default();
    for (name, item) in entries {
        let value = toml_value(evaluator, item.get_ref(), at)?;
        let name: Rc<str> = (&**name.get_ref()).into();
        mapping.set(Key::Text(Rc::clone(&name)), Slot::new(Value::text(name, at), at), Slot::new(value, at));
    }
    Some(evaluator.allocate(ObjectKind::Dict(mapping, None), at))
}

fn toml_value(evaluator: &mut Evaluator<'_>, value: &DeValue<'_>, at: Location) -> Option<Value> {
    evaluator.charge(1);
    Some(match value {
        DeValue::String(text) => Value::text(&**text, at),
        DeValue::Integer(number) => evaluator.int(i64::from_str_radix(number.as_str(), number.radix()).ok()?, at),
        DeValue::Float(number) => Value::new(ValueKind::Float(number.as_str().parse().ok()?), at),
        DeValue::Boolean(flag) => evaluator.bool(*flag, at),
        DeValue::Datetime(_) => return None,
        DeValue::Array(items) => {
            let mut slots = Vec::new();
            for item in items.iter() {
                slots.push(Slot::new(toml_value(evaluator, item.get_ref(), at)?, at));
            }
            evaluator.list(slots, at)
        }
        DeValue::Table(table) => toml_table(evaluator, table, at)?,
    })
}

/// Whether a function of the library leaves what it is given as it is, calls nothing of it, and keeps none of it.
pub fn is_harmless(path: &str) -> bool {
    let root = path.split(['.', '(']).next().unwrap_or_default();
    let is_quiet = matches!(
        root,
        "logging"
            | "warnings"
            | "time"
            | "uuid"
            | "datetime"
            | "getpass"
            | "socket"
            | "platform"
            | "secrets"
            | "hashlib"
            | "math"
            | "statistics"
            | "string"
            | "textwrap"
            | "re"
            | "decimal"
            | "fractions"
            | "ipaddress"
            | "shlex"
            | "calendar"
            | "zoneinfo"
            | "tempfile"
            | "glob"
            | "traceback"
            | "urllib"
            | "base64"
            | "argparse"
            | "difflib"
    );
    let is_exception = matches!(path, "logging.setLoggerClass" | "re.sub" | "re.subn" | "logging.addLevelName");
    (is_quiet && !is_exception)
        || path.starts_with("os.path.")
        || path.starts_with("pathlib.")
        || path.starts_with("sys.")
        || (root == "random" && !path.contains("shuffle"))
        || matches!(path, "os.getcwd" | "os.getpid" | "os.cpu_count" | "os.makedirs" | "os.listdir")
}
