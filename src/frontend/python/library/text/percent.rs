//! `"%s-%03d" % (name, number)`.

use super::super::super::evaluate::{Call, Evaluator, Failure, Outcome};
use super::super::super::value::{ObjectKind, Slot, TypeBound, Value, ValueKind};
use super::super::arguments::{kind_of, receiver};
use super::represent::{ascii_text, repr_of, str_of};
use super::spec::{Refused, formatted};

/// `str.__mod__`.
pub fn percent(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let Some(format) = receiver(evaluator, call).as_text().map(str::to_owned) else {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    };
    let Some(right) = call.arguments.positional.first().map(|slot| slot.value.clone()) else {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    };
    evaluator.budget.charge_text(format.len());
    let mut writer = Writer { given: Given::of(evaluator, &right, call)?, parts: Vec::new(), used: 0, by_name: false };
    writer.write(evaluator, &format, call)?;
    if writer.is_left_over() {
        return Err(evaluator.raise("TypeError", "not all arguments converted during string formatting", call.at));
    }
    Ok(evaluator.joined_text(&writer.parts, call.at))
}

/// What stands right of the `%`.
enum Given {
    Tuple(Vec<Slot>),
    One(Value),
}

impl Given {
    fn of(evaluator: &mut Evaluator<'_>, right: &Value, call: &Call) -> Result<Self, Failure> {
        if let Some(object) = kind_of(evaluator, right)
            && let ObjectKind::Tuple(items) = &object.kind
        {
            return match items.slots() {
                Some(slots) => Ok(Self::Tuple(slots)),
                None => Err(evaluator.unknown_of(call, TypeBound::Text)),
            };
        }
        match right.as_unknown() {
            // It may be a tuple.
            Some(unknown) if matches!(unknown.bound, TypeBound::Any | TypeBound::Tuple | TypeBound::Sdk(_)) => {
                Err(evaluator.unknown_of(call, TypeBound::Text))
            }
            _ => Ok(Self::One(right.clone())),
        }
    }
}

struct Writer {
    given: Given,
    parts: Vec<Value>,
    used: usize,
    by_name: bool,
}

/// A conversion: what stands between the `%` and its letter.
#[derive(Default)]
struct Conversion {
    flags: String,
    width: Option<i64>,
    precision: Option<i64>,
}

impl Writer {
    fn write(&mut self, evaluator: &mut Evaluator<'_>, format: &str, call: &Call) -> Result<(), Failure> {
        let mut rest = format;
        while let Some((before, after)) = rest.split_once('%') {
            self.parts.push(Value::text(before, call.at));
            rest = self.conversion(evaluator, after, call)?;
        }
        self.parts.push(Value::text(rest, call.at));
        Ok(())
    }

    fn conversion<'t>(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        text: &'t str,
        call: &Call,
    ) -> Result<&'t str, Failure> {
        let incomplete = |evaluator: &mut Evaluator<'_>| evaluator.raise("ValueError", "incomplete format", call.at);
        let (mut rest, mut named) = (text, None);
        if let Some(inside) = rest.strip_prefix('(') {
            let Some((name, after)) = inside.split_once(')').filter(|(name, _)| !name.contains('(')) else {
                return Err(evaluator.unknown_of(call, TypeBound::Text));
            };
            named = Some(self.named(evaluator, name, call)?);
            rest = after;
        }
        let mut conversion = Conversion::default();
        let flags = rest.len() - rest.trim_start_matches(['-', '+', ' ', '#', '0']).len();
        let (marks, after) = rest.split_at(flags);
        marks.clone_into(&mut conversion.flags);
        (conversion.width, rest) = self.number(evaluator, after, call)?;
        if let Some(after) = rest.strip_prefix('.') {
            (conversion.precision, rest) = self.number(evaluator, after, call)?;
            conversion.precision = conversion.precision.or(Some(0));
        }
        rest = rest.trim_start_matches(['h', 'l', 'L']);
        let Some(kind) = rest.chars().next() else { return Err(incomplete(evaluator)) };
        if kind == '%' {
            self.parts.push(Value::text("%", call.at));
        } else {
            let value = match named {
                Some(value) => value,
                None => self.next(evaluator, call)?,
            };
            let part = converted(evaluator, &value, kind, &conversion, call)?;
            self.parts.push(part);
        }
        Ok(rest.get(kind.len_utf8()..).unwrap_or_default())
    }

    /// A width or precision, perhaps `*`.
    fn number<'t>(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        text: &'t str,
        call: &Call,
    ) -> Result<(Option<i64>, &'t str), Failure> {
        if let Some(after) = text.strip_prefix('*') {
            let value = self.next(evaluator, call)?;
            return match value.as_int() {
                Some(number) => Ok((Some(number), after)),
                None => Err(evaluator.unknown_of(call, TypeBound::Text)),
            };
        }
        let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
        let (digits, after) = text.split_at(end);
        Ok((digits.parse().ok(), after))
    }

    fn named(&mut self, evaluator: &mut Evaluator<'_>, name: &str, call: &Call) -> Result<Value, Failure> {
        self.by_name = true;
        let Given::One(mapping) = &self.given else {
            return Err(evaluator.raise("TypeError", "format requires a mapping", call.at));
        };
        let mapping = mapping.clone();
        if matches!(mapping.kind, ValueKind::Text(_) | ValueKind::Int(_) | ValueKind::None) {
            return Err(evaluator.raise("TypeError", "format requires a mapping", call.at));
        }
        Ok(evaluator.item(&mapping, &Value::text(name, call.at), call.at)?)
    }

    fn next(&mut self, evaluator: &mut Evaluator<'_>, call: &Call) -> Result<Value, Failure> {
        let next = match &self.given {
            Given::Tuple(slots) => slots.get(self.used).map(|slot| slot.value.clone()),
            Given::One(value) => (self.used == 0).then(|| value.clone()),
        };
        self.used += 1;
        next.ok_or_else(|| evaluator.raise("TypeError", "not enough arguments for format string", call.at))
    }

    /// Whether arguments are left, which Python refuses; mappings need not be used.
    fn is_left_over(&self) -> bool {
        match &self.given {
            Given::Tuple(slots) => self.used < slots.len(),
            Given::One(value) => self.used == 0 && !self.by_name && value.as_object().is_none() && !value.is_unknown(),
        }
    }
}

/// One converted value.
fn converted(
    evaluator: &mut Evaluator<'_>,
    value: &Value,
    kind: char,
    conversion: &Conversion,
    call: &Call,
) -> Result<Value, Failure> {
    let at = call.at;
    match kind {
        's' | 'r' | 'a' => {
            let text = match kind {
                's' => str_of(evaluator, value, at)?,
                'r' => repr_of(evaluator, value, at)?,
                _ => match value.as_text().and_then(ascii_text) {
                    Some(text) => Value::text(text, at),
                    None => return Err(evaluator.unknown_of(call, TypeBound::Text)),
                },
            };
            if conversion.width.is_none() && conversion.precision.is_none() {
                return Ok(text);
            }
            padded(evaluator, &text, conversion, call)
        }
        'c' => match (&value.kind, conversion.width) {
            (ValueKind::Text(text), None) if text.chars().count() == 1 => Ok(value.clone()),
            (ValueKind::Int(number), None) => match u32::try_from(*number).ok().and_then(char::from_u32) {
                Some(character) => Ok(Value::text(character.to_string(), at)),
                None => Err(evaluator.unknown_of(call, TypeBound::Text)),
            },
            _ => Err(evaluator.unknown_of(call, TypeBound::Text)),
        },
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            number_text(evaluator, value, kind, conversion, call)
        }
        _ => Err(evaluator.raise("ValueError", format!("unsupported format character '{kind}'"), at)),
    }
}

fn padded(evaluator: &mut Evaluator<'_>, text: &Value, conversion: &Conversion, call: &Call) -> Result<Value, Failure> {
    let Some(known) = text.as_text() else { return Err(evaluator.unknown_of(call, TypeBound::Text)) };
    let cut: String = match conversion.precision.and_then(|precision| usize::try_from(precision).ok()) {
        Some(precision) => known.chars().take(precision).collect(),
        None => known.to_owned(),
    };
    let width = conversion.width.unwrap_or_default();
    let is_left = conversion.flags.contains('-') || width < 0;
    let width = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
    if width > 4_000 {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    }
    let missing = " ".repeat(width.saturating_sub(cut.chars().count()));
    Ok(Value::text(if is_left { format!("{cut}{missing}") } else { format!("{missing}{cut}") }, call.at))
}

fn number_text(
    evaluator: &mut Evaluator<'_>,
    value: &Value,
    kind: char,
    conversion: &Conversion,
    call: &Call,
) -> Result<Value, Failure> {
    let is_whole = matches!(kind, 'd' | 'i' | 'u' | 'o' | 'x' | 'X');
    let number = match (&value.kind, is_whole) {
        (ValueKind::Bool(flag), _) => Value::new(ValueKind::Int(i64::from(*flag)), call.at),
        (ValueKind::Int(_), _) | (ValueKind::Float(_), false) => value.clone(),
        (ValueKind::Float(number), true) if matches!(kind, 'd' | 'i' | 'u') && number.abs() < 9e15 =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "as Python cuts it off")]
            Value::new(ValueKind::Int(number.trunc() as i64), call.at)
        }
        (ValueKind::Text(_) | ValueKind::None | ValueKind::Bytes(_), _) => {
            let message = format!("%{kind} format: a real number is required, not {}", evaluator.type_name(value));
            return Err(evaluator.raise("TypeError", message, call.at));
        }
        (ValueKind::Unknown(_), _) => {
            evaluator.may_raise_builtin("TypeError", call.at);
            return Ok(evaluator.unknown_text(call.at));
        }
        _ => return Err(evaluator.unknown_of(call, TypeBound::Text)),
    };
    // Precision of whole numbers means the least number of digits, which format specs do not have.
    if is_whole && conversion.precision.is_some() || conversion.width.is_some_and(|width| width < 0) {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    }
    let has = |flag: char| conversion.flags.contains(flag);
    let align = if has('-') { "<" } else { "" };
    let sign = if has('+') {
        "+"
    } else if has(' ') {
        " "
    } else {
        ""
    };
    let alternate = if has('#') { "#" } else { "" };
    let zero = if has('0') && !has('-') { "0" } else { "" };
    let width = conversion.width.filter(|width| *width > 0).map_or_else(String::new, |width| width.to_string());
    let precision = conversion.precision.map_or_else(String::new, |precision| format!(".{precision}"));
    let kind = if matches!(kind, 'i' | 'u') { 'd' } else { kind };
    let spec = format!("{align}{sign}{alternate}{zero}{width}{precision}{kind}");
    match formatted(&number, &spec, evaluator.assumptions.python) {
        Ok(text) => Ok(evaluator.computed_text(text, call.at)),
        Err(Refused::Raises(..) | Refused::Unknown) => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}
