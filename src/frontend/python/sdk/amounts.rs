//! What the constructors of resources and reuse policies refuse beside types: numbers below zero, malformed pairs.

use super::super::evaluate::Evaluator;
use super::super::value::{Keyword, ObjectKind, Slot, Value, ValueKind};
use super::findings::{diagnostic, report, with_use};
use super::sorts::{Sort, sort_of};

/// Reports what the constructor of a class refuses.
pub fn judge(ev: &mut Evaluator<'_>, class: &str, given: &[Keyword]) {
    for Keyword { name, slot, .. } in given {
        let problem = match (class, &**name) {
            ("flyte.Resources", "cpu") => pair_of(ev, slot, &[Sort::Int, Sort::Float, Sort::Text, Sort::Bool]),
            ("flyte.Resources", "memory") => pair_of(ev, slot, &[Sort::Text]),
            ("flyte.Resources", "disk" | "shm") => one_of(ev, slot, &[Sort::Text]),
            ("flyte.Resources", "gpu") => device(ev, slot),
            ("flytekit.Resources", "cpu") => limits_of(ev, slot, &[Sort::Int, Sort::Float, Sort::Text, Sort::Bool]),
            ("flytekit.Resources", "mem" | "gpu" | "ephemeral_storage") => {
                limits_of(ev, slot, &[Sort::Int, Sort::Text, Sort::Bool])
            }
            ("flyte.ReusePolicy", "replicas") => replicas(ev, slot),
            ("flyte.ReusePolicy", "concurrency") => at_least(slot, 1, "1"),
            ("flyte.ReusePolicy", "idle_ttl") => at_least(slot, 30, "30 seconds"),
            _ => None,
        };
        if let Some(problem) = problem {
            let short = class.rsplit('.').next().unwrap_or(class);
            let message = format!("`{name}` of `{short}` {problem}");
            let finding = diagnostic("refused-value", slot.value.at, message, "");
            report(ev, with_use(finding, slot));
        }
    }
}

/// A value of one of some types.
fn one_of(ev: &Evaluator<'_>, slot: &Slot, sorts: &[Sort]) -> Option<String> {
    let sort = sort_of(ev, &slot.value)?;
    let takes = |one: &Sort| one == &sort || (sort == Sort::IntOrBool && *one == Sort::Int);
    if sort == Sort::None || sorts.iter().any(takes) {
        let is_negative = matches!(slot.value.kind, ValueKind::Int(number) if number < 0);
        return is_negative.then(|| "cannot be negative".to_owned());
    }
    Some(format!("cannot be {}", sort.words()))
}

/// A value, or a tuple of request and limit.
fn pair_of(ev: &Evaluator<'_>, slot: &Slot, sorts: &[Sort]) -> Option<String> {
    match items(ev, &slot.value, false) {
        Some(items) if items.len() != 2 => Some("must be one value or a tuple of two".to_owned()),
        Some(items) => items.iter().find_map(|item| match sort_of(ev, &item.value)? {
            Sort::None => Some("cannot have `None` in its tuple".to_owned()),
            _ => one_of(ev, item, sorts),
        }),
        None if sort_of(ev, &slot.value) == Some(Sort::Tuple) => None,
        None => one_of(ev, slot, sorts),
    }
}

/// The same in flytekit, which also takes lists, and numbers below zero.
fn limits_of(ev: &Evaluator<'_>, slot: &Slot, sorts: &[Sort]) -> Option<String> {
    match items(ev, &slot.value, true) {
        Some(items) if items.len() != 2 => Some("must be one value or two".to_owned()),
        Some(items) => items.iter().find_map(|item| wrong_type(ev, &item.value, sorts)),
        None if matches!(sort_of(ev, &slot.value), Some(Sort::Tuple | Sort::List | Sort::None)) => None,
        None => wrong_type(ev, &slot.value, sorts),
    }
}

fn wrong_type(ev: &Evaluator<'_>, value: &Value, sorts: &[Sort]) -> Option<String> {
    let sort = sort_of(ev, value)?;
    let takes = |one: &Sort| one == &sort || (sort == Sort::IntOrBool && *one == Sort::Int);
    (!sorts.iter().any(takes)).then(|| format!("cannot be {}", sort.words()))
}

fn device(ev: &Evaluator<'_>, slot: &Slot) -> Option<String> {
    match sort_of(ev, &slot.value)? {
        Sort::Instance(_) | Sort::Text | Sort::None | Sort::Bool | Sort::IntOrBool | Sort::Own(_) => None,
        Sort::Int => one_of(ev, slot, &[Sort::Int]),
        sort => Some(format!("cannot be {}", sort.words())),
    }
}

fn replicas(ev: &Evaluator<'_>, slot: &Slot) -> Option<String> {
    let all = items(ev, &slot.value, false);
    if let Some(items) = &all {
        if items.len() != 2 {
            return Some("must be a whole number or a tuple of two".to_owned());
        }
        let numbers: Vec<i64> = items.iter().filter_map(|item| item.value.as_int()).collect();
        if let [low, high] = numbers[..]
            && low > high
        {
            return Some("must not have more replicas at least than at most".to_owned());
        }
        return items.iter().find_map(|item| one_of(ev, item, &[Sort::Int, Sort::Bool]));
    }
    match sort_of(ev, &slot.value)? {
        Sort::Tuple => None,
        Sort::None => Some("cannot be `None`".to_owned()),
        _ => one_of(ev, slot, &[Sort::Int, Sort::Bool]),
    }
}

fn at_least(slot: &Slot, least: i64, words: &str) -> Option<String> {
    let number = slot.value.as_int()?;
    (number < least).then(|| format!("must be at least {words}"))
}

/// The items of a tuple, or of a list, where all are known to be there.
fn items(ev: &Evaluator<'_>, value: &Value, with_lists: bool) -> Option<Vec<Slot>> {
    match &ev.state.object(value.as_object()?)?.kind {
        ObjectKind::Tuple(items) => items.slots(),
        ObjectKind::List(items) if with_lists => items.slots(),
        _ => None,
    }
}
