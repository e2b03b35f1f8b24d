//! The library of the `cel` crate, called with values of ours.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use cel::common::ast::{CallExpr, Expr, IdedExpr};
use cel::objects::{Key, Map};
use cel::{Context, Env, extensions};

use super::evaluate::fail;
use super::value::{Data, Outcome, Stop, Val};

/// Values in one argument; more are not computed with.
const MAX_VALUES: usize = 20_000;

/// The standard library with the extensions that Kubernetes has too.
fn environment() -> Arc<Env> {
    static ENVIRONMENT: OnceLock<Arc<Env>> = OnceLock::new();
    let make = || {
        let mut env = Env::stdlib();
        // Each is registered once, on a fresh environment: there is nothing to clash with.
        let _ = env.add_extension(extensions::strings);
        let _ = env.add_extension(extensions::lists);
        let _ = env.add_extension(extensions::math);
        Arc::new(env)
    };
    Arc::clone(ENVIRONMENT.get_or_init(make))
}

/// Calls a function of the library.
pub fn call<'a>(
    namespace: Option<&str>,
    function: &str,
    target: Option<&Val<'a>>,
    arguments: &[Val<'a>],
) -> Outcome<'a> {
    let mut context = Context::with_env(environment());
    let mut next = 0;
    let mut bind = |value: &Val<'a>| -> Outcome<'a, IdedExpr> {
        let name = format!("value{next}");
        next += 1;
        context.add_variable_from_value(name.clone(), to_library(value, &mut 0)?);
        Ok(IdedExpr { id: next, expr: Expr::Ident(name) })
    };
    let target = match (namespace, target) {
        (Some(namespace), _) => Some(IdedExpr { id: 0, expr: Expr::Ident(namespace.to_owned()) }),
        (None, Some(value)) => Some(bind(value)?),
        (None, None) => None,
    };
    let arguments: Vec<IdedExpr> = arguments.iter().map(&mut bind).collect::<Outcome<'a, _>>()?;
    let call = CallExpr { func_name: function.to_owned(), target: target.map(Box::new), args: arguments };
    let expression = IdedExpr { id: 0, expr: Expr::Call(call) };
    match cel::Value::resolve(&expression, &context) {
        Ok(value) => from_library(value),
        Err(cel::ExecutionError::UndeclaredReference(_)) => Err(Stop::Unknown(None)),
        Err(error) => fail(error.to_string()),
    }
}

/// A value for the library; what is not wholly known is not given to it.
fn to_library<'a>(value: &Val<'a>, count: &mut usize) -> Outcome<'a, cel::Value> {
    *count += 1;
    if *count > MAX_VALUES {
        return Err(Stop::Limit);
    }
    if let Some((items, open)) = value.items() {
        if open {
            return Err(Stop::Unknown(None));
        }
        let items = items.into_iter().map(|item| to_library(&item?, count));
        return Ok(cel::Value::List(Arc::new(items.collect::<Outcome<'a, _>>()?)));
    }
    if let Some((entries, open)) = value.entries() {
        if open {
            return Err(Stop::Unknown(None));
        }
        let mut map = HashMap::new();
        for (key, value) in entries {
            map.insert(to_key(&key)?, to_library(&value?, count)?);
        }
        return Ok(cel::Value::Map(Map { map: Arc::new(map) }));
    }
    Ok(match &value.data {
        Data::Null => cel::Value::Null,
        Data::Bool(value) => cel::Value::Bool(*value),
        Data::Int(value) => cel::Value::Int(*value),
        Data::Uint(value) => cel::Value::UInt(*value),
        Data::Double(value) => cel::Value::Float(*value),
        Data::Text(text) => cel::Value::String(Arc::new(text.to_string())),
        Data::Foreign(value) => value.clone(),
        _ => return fail(format!("no such overload with '{}'", value.type_name())),
    })
}

fn to_key<'a>(key: &Val<'a>) -> Outcome<'a, Key> {
    Ok(match &key.data {
        Data::Bool(value) => Key::Bool(*value),
        Data::Int(value) => Key::Int(*value),
        Data::Uint(value) => Key::Uint(*value),
        Data::Text(text) => Key::String(Arc::new(text.to_string())),
        _ => return fail("unsupported key type"),
    })
}

fn from_library<'a>(value: cel::Value) -> Outcome<'a> {
    Ok(Val::new(match value {
        cel::Value::Null => Data::Null,
        cel::Value::Bool(value) => Data::Bool(value),
        cel::Value::Int(value) => Data::Int(value),
        cel::Value::UInt(value) => Data::Uint(value),
        cel::Value::Float(value) => Data::Double(value),
        cel::Value::String(text) => Data::Text(text.as_str().into()),
        cel::Value::List(items) => {
            let items = items.iter().cloned().map(from_library).collect::<Outcome<'a, Vec<_>>>()?;
            Data::List(Rc::new(items), false)
        }
        cel::Value::Map(map) => {
            let key = |key: &Key| match key {
                Key::Int(value) => Val::new(Data::Int(*value)),
                Key::Uint(value) => Val::new(Data::Uint(*value)),
                Key::Bool(value) => Val::new(Data::Bool(*value)),
                Key::String(text) => Val::text(text),
            };
            let entries = map.map.iter().map(|(name, value)| Ok((key(name), from_library(value.clone())?)));
            Data::Map(Rc::new(entries.collect::<Outcome<'a, Vec<_>>>()?))
        }
        value @ cel::Value::Bytes(_) => Data::Foreign(value),
        _ => return Err(Stop::Unknown(None)),
    }))
}
