//! `sys`, `typing`, `types`, `abc`, `importlib` and what only tells things to people.

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, NativeMethod, Outcome};
use super::super::super::state::SymbolKind;
use super::super::super::value::{
    Attributes, Cause, ClassRef, Instance, ObjectKind, TypeBound, Unknown, Value, ValueKind,
};
use super::super::arguments::{bind, instance, library_instance, misfit};
use super::super::text::represent::represented;
use super::versions;
use crate::tree::Location;

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
        | "abc.abstractclassmethod"
        | "abc.abstractstaticmethod" => itself,
        "abc.abstractmethod" => abstract_method,
        "typing.NewType" => new_type,
        "typing.TypeVar" | "typing.ParamSpec" => not_modelled,
        "types.SimpleNamespace" => namespace,
        "types.MappingProxyType" => proxy,
        "types.MethodType" => method_of,
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
        _ => return None,
    })
}

/// `types.MethodType(function, object)`.
fn method_of(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "function, instance, /")?;
    let (Some(function), Some(receiver)) = (bound.value(0).cloned(), bound.value(1).cloned()) else {
        return Err(misfit(evaluator, call));
    };
    let bound = super::super::super::value::Bound { receiver, function };
    Ok(Value::new(ValueKind::Bound(std::rc::Rc::new(bound)), call.at))
}

/// `abc.abstractmethod(function)`: the function, marked.
fn abstract_method(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "function, /")?;
    let Some(function) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    if let Some(id) = function.as_object().filter(|_| evaluator.function(&function).is_some()) {
        let mark = evaluator.bool(true, call.at);
        let slot = super::super::super::value::Slot::here(mark);
        evaluator.set_raw_attribute(id, "__isabstractmethod__", call.at, slot);
    }
    Ok(function)
}

/// The methods of what they make, and operators of values of a library.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    Some(match (kind, name) {
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
    if let Some(name) = path.strip_suffix(".__name__").and_then(|path| path.rsplit_once('.')).map(|(_, name)| name)
        && name.starts_with(|character: char| character.is_ascii_uppercase())
        && !name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    {
        return Some(Value::text(name, at));
    }
    let once = |evaluator: &mut Evaluator<'_>, bound: TypeBound| {
        let symbol = evaluator.symbols.of(SymbolKind::Applied(path.into(), Vec::new(), Vec::new()));
        let unknown = Unknown::new(Cause::External, path).of(bound).with_symbol(symbol);
        Value::unknown(unknown, at)
    };
    Some(match path {
        "typing.TYPE_CHECKING" | "typing_extensions.TYPE_CHECKING" => evaluator.bool(false, at),
        "sys.version_info" => versions::version_info(evaluator, at),
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
