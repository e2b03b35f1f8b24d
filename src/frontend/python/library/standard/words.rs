//! Small modules about text: `string`, `textwrap`, `shlex`, `base64`.

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, NativeMethod, Outcome};
use super::super::super::value::{Key, Slot, TypeBound, Value, ValueKind};
use super::super::arguments::{applied, bind, kept, library_instance, misfit};
use super::super::builtins::collections::{fill, fill_by_name};
use super::super::text::str_of;

/// The functions.
pub fn function(path: &str) -> Option<NativeFunction> {
    Some(match path {
        "string.Template" => template,
        "string.capwords" => capwords,
        "textwrap.dedent" => dedent,
        "textwrap.indent" => indent,
        "inspect.cleandoc" => cleandoc,
        "shlex.quote" => quote,
        "shlex.join" => join,
        "shlex.split" => split,
        "base64.b64encode" | "base64.standard_b64encode" => b64encode,
        "base64.b64decode" | "base64.standard_b64decode" => b64decode,
        _ => return None,
    })
}

/// The methods of `string.Template`.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    matches!((kind, name), ("Template", "substitute" | "safe_substitute")).then_some(substitute as NativeMethod)
}

/// Texts that modules hold.
pub fn constant(path: &str) -> Option<&'static str> {
    Some(match path {
        "string.ascii_lowercase" => "abcdefghijklmnopqrstuvwxyz",
        "string.ascii_uppercase" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "string.ascii_letters" => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "string.digits" => "0123456789",
        "string.hexdigits" => "0123456789abcdefABCDEF",
        "string.octdigits" => "01234567",
        "string.punctuation" => "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        "string.whitespace" => " \t\n\r\x0b\x0c",
        "os.sep" | "os.path.sep" => "/",
        "os.linesep" => "\n",
        "os.pathsep" => ":",
        "os.curdir" => ".",
        "os.pardir" => "..",
        _ => return None,
    })
}

/// The text that is the first argument.
fn first<'c>(
    evaluator: &mut Evaluator<'_>,
    call: &'c Call,
    bound: TypeBound,
) -> Result<&'c str, super::super::super::evaluate::Failure> {
    match call.arguments.positional.first().map(|slot| &slot.value) {
        Some(value) if !call.arguments.is_open() => match value.as_text() {
            Some(text) => {
                evaluator.budget.charge_text(text.len() * 4);
                Ok(text)
            }
            None => Err(applied(evaluator, call, bound)),
        },
        _ => Err(evaluator.opaque(call)),
    }
}

fn template(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "template")?;
    let Some(text) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    Ok(library_instance(evaluator, "string.Template", vec![("template", text)], None, call.at))
}

/// `$name` and `${name}` in a template.
fn substitute(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let text = call.receiver.as_ref().and_then(|own| kept(evaluator, own, "template"));
    let Some(text) = text.as_ref().and_then(Value::as_text).map(str::to_owned) else {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    };
    let is_safe = call.name() == "safe_substitute";
    let dict = evaluator.call_named("builtins.dict", Vec::new(), call.at)?;
    if let Some(slot) = call.arguments.positional.first().cloned() {
        fill(evaluator, &dict, &slot.value, call)?;
    }
    fill_by_name(evaluator, &dict, call)?;
    let mapping = evaluator.mapping_of(&dict, call.at)?.unwrap_or_default();
    let (mut parts, mut rest) = (Vec::new(), text.as_str());
    while let Some((before, after)) = rest.split_once('$') {
        parts.push(Value::text(before, call.at));
        if let Some(after) = after.strip_prefix('$') {
            parts.push(Value::text("$", call.at));
            rest = after;
            continue;
        }
        let braced = after.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        let (name, written, tail) = match braced {
            Some((name, tail)) => (name, name.len() + 2, tail),
            None => {
                let end = after
                    .find(|character: char| !character.is_ascii_alphanumeric() && character != '_')
                    .unwrap_or(after.len());
                let (name, tail) = after.split_at(end);
                (name, end, tail)
            }
        };
        let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match mapping.entries.get(&Key::Text(name.into())).filter(|_| is_name) {
            Some(entry) => parts.push(str_of(evaluator, &entry.value.value.clone(), call.at)?),
            None if is_name && mapping.rest.is_some() => parts.push(evaluator.unknown_text(call.at)),
            None if is_safe => {
                parts.push(Value::text(format!("${}", after.get(..written).unwrap_or_default()), call.at))
            }
            None if is_name => return Err(evaluator.raise("KeyError", format!("'{name}'"), call.at)),
            None => return Err(evaluator.raise("ValueError", "Invalid placeholder in string", call.at)),
        }
        rest = if is_name { tail } else { after.get(written..).unwrap_or_default() };
    }
    parts.push(Value::text(rest, call.at));
    Ok(evaluator.joined_text(&parts, call.at))
}

fn capwords(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let text = first(evaluator, call, TypeBound::Text)?;
    if !text.is_ascii() || call.arguments.len() > 1 {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    }
    let capital = |word: &str| {
        let (head, tail) = word.split_at(1);
        format!("{}{}", head.to_ascii_uppercase(), tail.to_ascii_lowercase())
    };
    let words: Vec<String> = text.split_whitespace().map(capital).collect();
    Ok(evaluator.computed_text(words.join(" "), call.at))
}

/// `textwrap.dedent(text)`; the place stays that of the literal.
fn dedent(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let text = first(evaluator, call, TypeBound::Text)?;
    let place = call.arguments.positional.first().map_or(call.at, |slot| slot.value.at);
    let is_blank = |line: &str| line.trim_matches([' ', '\t']).is_empty();
    let margin_of = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let mut margin: Option<&str> = None;
    for line in text.split('\n').filter(|line| !is_blank(line)) {
        let own = line.get(..margin_of(line)).unwrap_or_default();
        margin = Some(match margin {
            None => own,
            Some(margin) => {
                let shared = margin.bytes().zip(own.bytes()).take_while(|(one, two)| one == two).count();
                margin.get(..shared).unwrap_or_default()
            }
        });
    }
    let margin = margin.unwrap_or_default();
    let lines: Vec<&str> = text
        .split('\n')
        .map(|line| if is_blank(line) { "" } else { line.strip_prefix(margin).unwrap_or(line) })
        .collect();
    let result = lines.join("\n");
    if text.contains(['\r', '\x0b', '\x0c']) {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    }
    Ok(evaluator.computed_text(result, place))
}

fn indent(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "text, prefix, predicate?")?;
    let texts = (bound.value(0).and_then(Value::as_text), bound.value(1).and_then(Value::as_text));
    let ((Some(text), Some(prefix)), None) = (texts, bound.given(2)) else {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    };
    let lines = super::super::methods::text_lines(text);
    let result: String = lines
        .iter()
        .map(|line| if line.trim().is_empty() { line.clone() } else { format!("{prefix}{line}") })
        .collect();
    Ok(evaluator.computed_text(result, call.at))
}

fn cleandoc(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let text = first(evaluator, call, TypeBound::Text)?;
    if text.contains(['\t', '\r']) {
        return Err(evaluator.unknown_of(call, TypeBound::Text));
    }
    let mut lines: Vec<&str> = text.split('\n').collect();
    let margins = lines.iter().skip(1).filter(|line| !line.trim_start().is_empty());
    let margin = margins.map(|line| line.len() - line.trim_start().len()).min().unwrap_or_default();
    for (index, line) in lines.iter_mut().enumerate() {
        *line = if index == 0 { line.trim_start() } else { line.get(margin..).unwrap_or_default() };
    }
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    let from = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let result = lines.get(from..).unwrap_or_default().join("\n");
    Ok(evaluator.computed_text(result, call.at))
}

/// A word as the shell reads it back.
fn quoted(text: &str) -> String {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"@%+=:,./-_".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_safe) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\"'\"'"))
}

fn quote(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let text = quoted(first(evaluator, call, TypeBound::Text)?);
    Ok(evaluator.computed_text(text, call.at))
}

fn join(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "split_command")?;
    let Some(value) = bound.value(0).cloned() else { return Err(misfit(evaluator, call)) };
    let words: Option<Vec<String>> = evaluator
        .elements(&value, call.at)?
        .slots()
        .and_then(|slots| slots.iter().map(|slot| slot.value.as_text().map(quoted)).collect());
    match words {
        Some(words) => Ok(evaluator.computed_text(words.join(" "), call.at)),
        None => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}

/// `shlex.split(text)`, as the shell takes words apart.
fn split(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let text = first(evaluator, call, TypeBound::List)?;
    if call.arguments.len() > 1 {
        return Err(evaluator.unknown_of(call, TypeBound::List));
    }
    let Some(words) = shell_words(text) else {
        return Err(evaluator.raise("ValueError", "No closing quotation", call.at));
    };
    let slots = words.into_iter().map(|word| Slot::new(Value::text(word, call.at), call.at)).collect();
    Ok(evaluator.list(slots, call.at))
}

fn shell_words(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(characters.next()?),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '\'' => break,
                        other => word.push(other),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '"' => break,
                        '\\' => match characters.next()? {
                            escaped @ ('"' | '\\') => word.push(escaped),
                            other => word.extend(['\\', other]),
                        },
                        other => word.push(other),
                    }
                }
            }
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn b64encode(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "s, altchars?")?;
    let (Some(ValueKind::Bytes(bytes)), None) = (bound.value(0).map(|value| value.kind.clone()), bound.given(1)) else {
        return Err(evaluator.unknown_of(call, TypeBound::Bytes));
    };
    let mut result = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let [a, b, c] = [0, 1, 2].map(|index| u32::from(chunk.get(index).copied().unwrap_or_default()));
        let bits = a << 16 | b << 8 | c;
        for (index, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let letter = ALPHABET.get((bits >> shift & 63) as usize).copied().unwrap_or(b'=');
            result.push(if index <= chunk.len() { letter } else { b'=' });
        }
    }
    evaluator.budget.charge_text(result.len());
    Ok(Value::new(ValueKind::Bytes(result.into()), call.at))
}

fn b64decode(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let given = call.arguments.positional.first().map(|slot| slot.value.kind.clone());
    let bytes: Vec<u8> = match given {
        Some(ValueKind::Bytes(bytes)) => bytes.to_vec(),
        Some(ValueKind::Text(text)) => text.as_bytes().to_vec(),
        _ => return Err(evaluator.unknown_of(call, TypeBound::Bytes)),
    };
    let padding = bytes.iter().rev().take_while(|byte| **byte == b'=').count();
    let letters = bytes.get(..bytes.len() - padding).unwrap_or_default();
    let digits: Option<Vec<u32>> = letters
        .iter()
        .map(|byte| ALPHABET.iter().position(|letter| letter == byte).and_then(|at| u32::try_from(at).ok()))
        .collect();
    let Some(digits) = digits.filter(|_| bytes.len().is_multiple_of(4) && padding <= 2 && call.arguments.len() == 1)
    else {
        return Err(evaluator.unknown_of(call, TypeBound::Bytes));
    };
    let mut result = Vec::new();
    for chunk in digits.chunks(4) {
        let bits = (0..4).fold(0, |bits, index| bits << 6 | chunk.get(index).copied().unwrap_or_default());
        let all = bits.to_be_bytes();
        result.extend(all.get(1..chunk.len()).unwrap_or_default());
    }
    Ok(Value::new(ValueKind::Bytes(result.into()), call.at))
}
