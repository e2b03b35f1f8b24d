//! When a job is done: by number, by index, or by a policy of success.
//!
//! Source: <https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode>.

use crate::document::Document;
use crate::kubernetes::read::{integer, is_given, items, string};
use crate::kubernetes::{Violations, formats};
use crate::tree::{Field, Node};

const RULE: &str = "invalid-value";
/// Above so many completions other bounds are tighter.
const MANY: i64 = 100_000;
const FEWER: i64 = 10_000;

/// How many pods must succeed. A job that says neither this nor `parallelism` has one; the template of a CronJob's jobs has no
/// defaults when it is checked.
fn completions(spec: &Node, is_job: bool) -> Field<i64> {
    match (integer(spec, "completions"), integer(spec, "parallelism")) {
        (Field::Missing, Field::Missing) if is_job => Field::Known(1),
        (Field::Missing, Field::Dynamic) if is_job => Field::Dynamic,
        (completions, _) => completions,
    }
}

/// Checks the mode of completion and what goes with it.
pub fn check(spec: &Node, is_job: bool, out: &mut Violations<'_>) {
    for wire in ["backoffLimitPerIndex", "maxFailedIndexes"] {
        out.not_negative(spec, wire);
    }
    if is_given(spec, "maxFailedIndexes") && spec.get("backoffLimitPerIndex").is_missing() {
        out.required(spec, "backoffLimitPerIndex").help("`maxFailedIndexes` needs it");
    }
    let given = is_given(spec, "completionMode");
    if given {
        out.one_of(spec, "completionMode", &["NonIndexed", "Indexed"]);
    }
    match string(spec, "completionMode") {
        Some("Indexed") => {
            indexed(spec, is_job, out);
            if let Some(policy) = spec.get("successPolicy").known() {
                success(completions(spec, is_job), policy, out);
            }
        }
        Some(mode) => {
            let plain = mode == "NonIndexed" || !given;
            for wire in ["backoffLimitPerIndex", "maxFailedIndexes"] {
                if plain && is_given(spec, wire) {
                    needs_index(spec, wire, out);
                }
            }
            if is_given(spec, "successPolicy") {
                needs_index(spec, "successPolicy", out);
            }
        }
        None => {}
    }
}

fn needs_index(spec: &Node, wire: &str, out: &mut Violations<'_>) {
    let message = format!("`{wire}` needs `completionMode: Indexed`");
    out.at_field(spec, wire, "forbidden-combination", message);
}

fn indexed(spec: &Node, is_job: bool, out: &mut Violations<'_>) {
    let completions = completions(spec, is_job);
    if completions.is_missing() {
        out.required(spec, "completions").help("`completionMode: Indexed` needs it");
    }
    at_most(spec, "parallelism", MANY, "with `completionMode: Indexed`", out);
    let failed = integer(spec, "maxFailedIndexes");
    let completions = completions.known();
    if let (Some(completions), Field::Known(failed)) = (completions, failed)
        && failed > completions
    {
        let message = format!("`maxFailedIndexes` ({failed}) must not be above `completions` ({completions})");
        out.at_field(spec, "maxFailedIndexes", RULE, message);
    }
    at_most(spec, "maxFailedIndexes", MANY, "", out);
    if completions.is_some_and(|completions| completions > MANY) && is_given(spec, "backoffLimitPerIndex") {
        if failed.is_missing() {
            out.required(spec, "maxFailedIndexes").help(format!("more than {MANY} completions need it"));
        }
        let why = "with so many completions and `backoffLimitPerIndex`";
        at_most(spec, "parallelism", FEWER, why, out);
        at_most(spec, "maxFailedIndexes", FEWER, why, out);
    }
}

fn at_most(spec: &Node, wire: &str, most: i64, why: &str, out: &mut Violations<'_>) {
    if let Field::Known(value) = integer(spec, wire)
        && value > most
    {
        let message = format!("`{wire}` must be at most {most} {why}, not {value}");
        out.at_field(spec, wire, RULE, message.replace("  ", " ").replace(" ,", ","));
    }
}

/// The pods of an indexed job are called by it and their index, which must make a host name.
pub fn host_names(document: &Document, spec: &Node, out: &mut Violations<'_>) {
    if string(spec, "completionMode") != Some("Indexed") {
        return;
    }
    let Some(completions) = completions(spec, true).known().filter(|number| *number > 0) else { return };
    let Some(metadata) = document.root.get("metadata").known() else { return };
    let Some(name) = string(metadata, "name").filter(|name| !name.is_empty()) else { return };
    let host = format!("{name}-{}", completions - 1);
    if !formats::dns_label(&host).is_empty() {
        let message = format!("the last pod would be called `{host}`, which is not a valid host name");
        out.at_field(metadata, "name", "invalid-name", message);
    }
}

/// Checks which pods make the job a success.
fn success(completions: Field<i64>, policy: &Node, out: &mut Violations<'_>) {
    match policy.get("rules") {
        Field::Missing => {
            out.required(policy, "rules");
        }
        Field::Known(node) if node.as_list().is_some_and(|list| list.items.is_empty() && !list.open) => {
            out.required(policy, "rules");
        }
        _ => {}
    }
    let rules = items(policy, "rules");
    if rules.len() > 20 {
        out.at_field(policy, "rules", RULE, format!("at most 20 rules are allowed, not {}", rules.len()));
    }
    let Field::Known(completions) = completions else { return };
    for rule in rules {
        success_rule(rule, completions, out);
    }
}

fn success_rule(rule: &Node, completions: i64, out: &mut Violations<'_>) {
    let (count, indexes) = (rule.get("succeededCount"), rule.get("succeededIndexes"));
    if count.is_missing() && indexes.is_missing() {
        out.at(rule, "missing-field", "a rule needs `succeededCount` or `succeededIndexes`");
    }
    let mut total = None;
    if let Some(text) = indexes.known().and_then(Node::as_str) {
        if text.len() > 64 * 1024 {
            out.at_field(rule, "succeededIndexes", RULE, "`succeededIndexes` must have at most 65536 characters");
        }
        match index_count(text, completions) {
            Ok(number) => total = Some(number),
            Err(why) => {
                total = Some(0);
                out.at_field(rule, "succeededIndexes", RULE, format!("`{text}` is not a valid list of indexes: {why}"));
            }
        }
    }
    out.not_negative(rule, "succeededCount");
    let Field::Known(count) = integer(rule, "succeededCount") else { return };
    if count > completions {
        let message = format!("`succeededCount` ({count}) must not be above `completions` ({completions})");
        out.at_field(rule, "succeededCount", RULE, message);
    }
    if let Some(total) = total.filter(|total| count > *total) {
        let message =
            format!("`succeededCount` ({count}) is above the number of indexes in `succeededIndexes` ({total})");
        out.at_field(rule, "succeededCount", RULE, message);
    }
}

/// How many indexes a list such as `0,2-5,7` has.
fn index_count(text: &str, completions: i64) -> Result<i64, String> {
    if text.is_empty() {
        return Ok(0);
    }
    let (mut total, mut last) = (0, None);
    for part in text.split(',') {
        let (first, end) = interval(part, completions)?;
        if last.is_some_and(|last| last >= first) {
            return Err(format!("`{part}` is not in ascending order"));
        }
        total += end - first + 1;
        last = Some(end);
    }
    Ok(total)
}

fn interval(part: &str, completions: i64) -> Result<(i64, i64), String> {
    let index = |text: &str| {
        let number: i64 = text.parse().map_err(|_| format!("`{text}` is not a number"))?;
        if number >= completions {
            Err(format!("{number} is not below `completions` ({completions})"))
        } else {
            Ok(number)
        }
    };
    match part.split('-').collect::<Vec<_>>().as_slice() {
        [one] => index(one).map(|one| (one, one)),
        [first, end] => match (index(first)?, index(end)?) {
            (first, end) if first < end => Ok((first, end)),
            _ => Err(format!("`{part}` is not in ascending order")),
        },
        _ => Err(format!("`{part}` has more than two ends")),
    }
}
