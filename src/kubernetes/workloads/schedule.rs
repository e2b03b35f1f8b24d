//! The schedules of CronJobs, in the dialect of the library that the server reads them with.
//!
//! Source: <https://pkg.go.dev/github.com/robfig/cron/v3#hdr-CRON_Expression_Format>.

/// A field of a schedule: its name, its least and greatest value, and words for values.
struct Unit {
    name: &'static str,
    least: u64,
    most: u64,
    words: &'static [&'static str],
}

const UNITS: [Unit; 5] = [
    Unit { name: "minute", least: 0, most: 59, words: &[] },
    Unit { name: "hour", least: 0, most: 23, words: &[] },
    Unit { name: "day of month", least: 1, most: 31, words: &[] },
    Unit {
        name: "month",
        least: 1,
        most: 12,
        words: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    },
    Unit { name: "day of week", least: 0, most: 6, words: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

/// Whether a schedule can be read; what is wrong with it otherwise.
pub fn parse(text: &str) -> Result<(), String> {
    let text = match text.strip_prefix("TZ=").or_else(|| text.strip_prefix("CRON_TZ=")) {
        Some(rest) => rest.split_once(' ').map(|(_, rest)| rest.trim()).ok_or("there is only a time zone")?,
        None => text,
    };
    if text.starts_with('@') {
        return descriptor(text);
    }
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != UNITS.len() {
        return Err(format!("it must have 5 fields, not {}", fields.len()));
    }
    for (field, unit) in fields.iter().zip(&UNITS) {
        for range in field.split(',').filter(|range| !range.is_empty()) {
            one_range(range, unit).map_err(|why| format!("{}: {why}", unit.name))?;
        }
    }
    Ok(())
}

/// `5`, `1-5`, `*/15`, `mon-fri`.
fn one_range(text: &str, unit: &Unit) -> Result<(), String> {
    let (range, step) = match text.split('/').collect::<Vec<_>>().as_slice() {
        [range] => (*range, None),
        [range, step] => (*range, Some(*step)),
        _ => return Err(format!("`{text}` has more than one `/`")),
    };
    let ends: Vec<&str> = range.split('-').collect();
    let (first, mut last) = match ends.as_slice() {
        ["*" | "?", ..] => (unit.least, unit.most),
        [one] => value(one, unit).map(|one| (one, one))?,
        [first, last] => (value(first, unit)?, value(last, unit)?),
        _ => return Err(format!("`{text}` has more than one `-`")),
    };
    if let Some(step) = step {
        if number(step)? == 0 {
            return Err(format!("the step of `{text}` is 0"));
        }
        // `5/15` goes on to the end.
        if ends.len() == 1 {
            last = unit.most;
        }
    }
    if first < unit.least || last > unit.most {
        return Err(format!("`{text}` is not between {} and {}", unit.least, unit.most));
    }
    if first > last { Err(format!("`{text}` ends before it begins")) } else { Ok(()) }
}

fn value(text: &str, unit: &Unit) -> Result<u64, String> {
    let word = unit.words.iter().position(|word| word.eq_ignore_ascii_case(text));
    match word {
        Some(index) => Ok(unit.least + u64::try_from(index).unwrap_or_default()),
        None => number(text),
    }
}

fn number(text: &str) -> Result<u64, String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse::<u64>().ok()).flatten().ok_or_else(|| format!("`{text}` is not a number"))
}

fn descriptor(text: &str) -> Result<(), String> {
    const NAMED: &[&str] = &["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
    match text.strip_prefix("@every ") {
        Some(duration) if is_duration(duration) => Ok(()),
        Some(duration) => Err(format!("`{duration}` is not a duration such as `1h30m`")),
        None if NAMED.contains(&text) => Ok(()),
        None => Err(format!("there is no `{text}`; use {} or `@every`", NAMED.join(", "))),
    }
}

/// A duration as Go writes it: `1h30m`, `1.5s`, `-5m`, `0`.
fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    if rest.is_empty() {
        return false;
    }
    let mut total = 0.0_f64;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (amount, unit) = rest.split_at(end);
        let Ok(amount) = format!("0{amount}").parse::<f64>() else { return false };
        if end == 0 || !rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') || rest.starts_with(".") && end == 1
        {
            return false;
        }
        let length = unit.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(unit.len());
        let (unit, after) = unit.split_at(length);
        let nanoseconds = match unit {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 6e10,
            "h" => 3.6e12,
            _ => return false,
        };
        total += amount * nanoseconds;
        rest = after;
    }
    // More does not fit into 64 bits.
    total < 9.3e18
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn schedules_are_read_as_the_server_reads_them() {
        for good in [
            "*/5 * * * *",
            "0 0 1 1 ?",
            "0,30 8-18/2 * jan-MAR mon-fri",
            "5/15 * * * *",
            "@daily",
            "@every 1h30m",
            "@every 1.5s",
            "@every -5m",
            "1,,2 * * * *",
            "*-9 * * * *",
            "+5 * * * *",
        ] {
            assert_eq!(parse(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "5-1 * * * *",
            "*/0 * * * *",
            "a * * * *",
            "1-2-3 * * * *",
            "1/2/3 * * * *",
            "-1 * * * *",
            "mon * * * *",
            "@every 5",
            "@every",
            "@Daily",
            "@sometimes",
            "TZ=UTC",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
