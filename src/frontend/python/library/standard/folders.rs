//! What lies in the folders beside the code: `Path.glob`, `iterdir`, `exists` and the functions like them.

use std::rc::Rc;

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, Outcome, UNORDERED};
use super::super::super::state::SymbolKind;
use super::super::super::value::{Cause, Key, Sequence, Slot, TypeBound, Unknown, Value};
use super::super::arguments::applied;
use super::super::builtins::iteration::over;
use super::places::{Place, as_path, as_text, name, normal, place_argument, place_of};
use crate::source::Listed;
use crate::tree::{FileId, Location};

/// Of more files than this the order is all that is said.
const MAX_FOUND: usize = 64;

/// The functions.
pub fn function(path: &str) -> Option<NativeFunction> {
    Some(match path {
        "glob.glob" | "glob.iglob" => glob_function,
        "os.listdir" => listdir,
        _ => return None,
    })
}

/// What a folder holds; `None` where that is not known (yet).
fn listing(evaluator: &mut Evaluator<'_>, file: FileId, folder: &str) -> Option<Vec<Listed>> {
    let program = evaluator.program;
    match program.folder(file, folder) {
        Some(found) => {
            let listed = found?.to_vec();
            evaluator.charge(listed.len());
            Some(listed)
        }
        None => {
            let wanted = (file, folder.to_owned());
            if !evaluator.wanted_folders.contains(&wanted) {
                evaluator.wanted_folders.push(wanted);
            }
            None
        }
    }
}

/// A path from the folder of the code in its shortest form, empty for that folder itself.
fn shortest(path: &str) -> String {
    let path = normal(path);
    if path == "." { String::new() } else { path }
}

/// Whether something is there, and whether it is a folder; `None` where that is not known.
#[expect(clippy::option_option, reason = "whether it is known, and whether it is there")]
fn kind_at(evaluator: &mut Evaluator<'_>, place: &Place) -> Option<Option<bool>> {
    let Place::Beside(file, path) = place else { return None };
    let path = shortest(path);
    if path.is_empty() || path == ".." || path.ends_with("/..") {
        return Some(Some(true));
    }
    let last = name(&path).to_owned();
    let folder = path.strip_suffix(&*last).unwrap_or_default().trim_end_matches('/').to_owned();
    let listed = listing(evaluator, *file, &folder)?;
    Some(listed.iter().find(|entry| entry.name == last).map(|entry| entry.is_folder))
}

fn is_there(evaluator: &mut Evaluator<'_>, place: Option<&Place>, call: &Call) -> Outcome {
    let Some(kind) = place.and_then(|place| kind_at(evaluator, place)) else {
        return Err(applied(evaluator, call, TypeBound::Bool));
    };
    let answer = match call.name().rsplit('.').next().unwrap_or_default() {
        "isfile" | "is_file" => kind == Some(false),
        "isdir" | "is_dir" => kind == Some(true),
        _ => kind.is_some(),
    };
    Ok(evaluator.bool(answer, call.at))
}

/// `os.path.exists(path)` and the like: what lies elsewhere depends on where the program runs.
pub fn exists(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let place = place_argument(evaluator, call, 0, TypeBound::Bool).ok();
    is_there(evaluator, place.as_ref(), call)
}

/// `path.exists()` and the like.
pub fn path_exists(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let place = call.receiver.as_ref().and_then(|own| place_of(evaluator, own));
    is_there(evaluator, place.as_ref(), call)
}

/// Whether a name fits a pattern with `*` and `?`.
fn fits(pattern: &[char], name: &[char]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => fits(rest, name) || name.split_first().is_some_and(|(_, name)| fits(pattern, name)),
        (Some(('?', rest)), Some((_, name))) => fits(rest, name),
        (Some((one, rest)), Some((two, name))) => one == two && fits(rest, name),
        _ => false,
    }
}

/// The paths below a folder that fit a pattern; `None` where they are not known.
fn matching(
    evaluator: &mut Evaluator<'_>,
    file: FileId,
    folder: &str,
    pattern: &str,
    with_hidden: bool,
) -> Option<Vec<String>> {
    if pattern.contains('[') || pattern.contains("**") || pattern.matches('*').count() > 6 {
        return None;
    }
    let mut folders = vec![folder.to_owned()];
    let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        let mut found = Vec::new();
        for folder in folders {
            let below = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            if *part == ".." || (!is_last && !part.contains(['*', '?'])) {
                found.push(below(part));
                continue;
            }
            let wanted: Vec<char> = part.chars().collect();
            for entry in listing(evaluator, file, &shortest(&folder))? {
                let name: Vec<char> = entry.name.chars().collect();
                let is_seen = with_hidden || part.starts_with('.') || !entry.name.starts_with('.');
                if is_seen && (is_last || entry.is_folder) && fits(&wanted, &name) {
                    found.push(below(&entry.name));
                }
            }
        }
        folders = found;
    }
    Some(folders)
}

/// Elements that are all there, in an order that only running tells.
fn unordered(evaluator: &mut Evaluator<'_>, values: Vec<Value>, at: Location) -> Sequence {
    if values.len() < 2 {
        return Sequence::known(values.into_iter().map(|value| Slot::new(value, at)).collect());
    }
    let group = evaluator.symbols.opaque();
    let slots = (0..values.len()).map(|index| {
        let keys = vec![Key::Int(i64::try_from(index).unwrap_or(i64::MAX))];
        let symbol = evaluator.symbols.of(SymbolKind::Applied(UNORDERED.into(), vec![group], keys));
        let reason: Rc<str> = "the order of a folder".into();
        let mut unknown = Unknown::new(Cause::External, reason).with_symbol(symbol).with_candidates(values.clone());
        unknown.is_one_of = values.len() <= MAX_FOUND;
        Slot::new(Value::unknown(unknown, at), at)
    });
    Sequence::known(slots.collect())
}

/// The elements themselves where all that are known to be there, each once, come in an order that is not known.
pub fn whatever_order(evaluator: &Evaluator<'_>, slots: &[Slot]) -> Option<Vec<Slot>> {
    let first = slots.first()?.value.as_unknown()?;
    if slots.len() != first.candidates.len() {
        return None;
    }
    let mut group = None;
    for (index, slot) in slots.iter().enumerate() {
        let symbol = slot.value.as_unknown()?.symbol?;
        let SymbolKind::Applied(name, symbols, keys) = evaluator.symbols.kind(symbol)? else { return None };
        let is_next = &**name == UNORDERED && keys[..] == [Key::Int(i64::try_from(index).ok()?)];
        if !is_next || *group.get_or_insert_with(|| symbols.clone()) != *symbols {
            return None;
        }
    }
    Some(first.candidates.iter().map(|value| Slot::new(value.clone(), value.at)).collect())
}

/// `path.glob(pattern)`, `path.iterdir()`.
pub fn glob(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let pattern = match &call.arguments.positional[..] {
        [] => Some("*".to_owned()).filter(|_| call.name() == "iterdir"),
        [slot] => slot.value.as_text().filter(|_| call.name() == "glob").map(str::to_owned),
        _ => None,
    };
    let place = call.receiver.as_ref().and_then(|own| place_of(evaluator, own));
    let (Some(pattern), Some(Place::Beside(file, folder)), false) = (pattern, place, call.arguments.is_open()) else {
        return Err(evaluator.not_modelled(call));
    };
    let Some(found) = matching(evaluator, file, &folder, &pattern, true) else {
        return Err(evaluator.not_modelled(call));
    };
    let paths = found.into_iter().map(|path| as_path(evaluator, &Place::Beside(file, path), call.at)).collect();
    let items = unordered(evaluator, paths, call.at);
    Ok(over(evaluator, items, call.at))
}

/// `glob.glob(pattern)`: paths as texts.
fn glob_function(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let is_lazy = call.name().ends_with("iglob");
    let bound = if is_lazy { TypeBound::Any } else { TypeBound::List };
    let place = place_argument(evaluator, call, 0, bound)?;
    let (Place::Beside(file, pattern), 1) = (place, call.arguments.len()) else {
        return Err(evaluator.unknown_of(call, bound));
    };
    let Some(found) = matching(evaluator, file, "", &pattern, false) else {
        return Err(evaluator.unknown_of(call, bound));
    };
    let paths = found.into_iter().map(|path| as_text(evaluator, &Place::Beside(file, path), call.at)).collect();
    let items = unordered(evaluator, paths, call.at);
    Ok(if is_lazy { over(evaluator, items, call.at) } else { list_of(evaluator, items, call.at) })
}

fn list_of(evaluator: &mut Evaluator<'_>, items: Sequence, at: Location) -> Value {
    evaluator.allocate(super::super::super::value::ObjectKind::List(items), at)
}

/// `os.listdir(path)`: names.
fn listdir(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Place::Beside(file, folder) = place_argument(evaluator, call, 0, TypeBound::List)? else {
        return Err(evaluator.unknown_of(call, TypeBound::List));
    };
    match listing(evaluator, file, &shortest(&folder)) {
        // A folder that is not there cannot be listed.
        Some(listed) if !listed.is_empty() => {
            let names = listed.into_iter().map(|entry| Value::text(entry.name, call.at)).collect();
            let items = unordered(evaluator, names, call.at);
            Ok(list_of(evaluator, items, call.at))
        }
        _ => Err(evaluator.unknown_of(call, TypeBound::List)),
    }
}

/// `one < two` of paths: by their parts.
pub fn is_before(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let one = call.receiver.as_ref().and_then(|own| place_of(evaluator, own));
    let two = call.arguments.positional.first().and_then(|slot| place_of(evaluator, &slot.value));
    let is_plain = |path: &str| !path.split('/').any(|part| part == "..");
    let (one, two) = match (one, two) {
        (Some(Place::Plain(one)), Some(Place::Plain(two))) if one.starts_with('/') == two.starts_with('/') => {
            (one, two)
        }
        (Some(Place::Beside(file, one)), Some(Place::Beside(other, two)))
            if file == other && is_plain(&one) && is_plain(&two) =>
        {
            (one, two)
        }
        _ => return Err(evaluator.unknown_of(call, TypeBound::Bool)),
    };
    let is_less = one.split('/').lt(two.split('/'));
    Ok(evaluator.bool(is_less, call.at))
}
