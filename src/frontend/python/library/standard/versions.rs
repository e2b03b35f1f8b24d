//! `sys.version_info`: a tuple of which often only the first number is known.

use super::super::super::evaluate::{Call, Evaluator, Outcome};
use super::super::super::state::SymbolKind;
use super::super::super::value::{Cause, Gap, Key, ObjectKind, Sequence, Slot, TypeBound, Unknown, Value};
use super::super::arguments::{kind_of, library_instance, misfit};
use crate::tree::Location;

/// The oldest minor version of Python 3 that the SDKs run on.
const OLDEST: u8 = 9;

/// `sys.version_info`: a tuple of which often only the first number is known.
pub fn version_info(evaluator: &mut Evaluator<'_>, at: Location) -> Value {
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
pub fn compare_version(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
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
