//! `urllib.parse`: the parts of URLs.

use super::super::super::evaluate::{Call, Evaluator, NativeFunction, NativeMethod, Outcome};
use super::super::super::value::{TypeBound, Value};
use super::super::arguments::{bind, kept, library_instance};

/// The functions.
pub fn function(path: &str) -> Option<NativeFunction> {
    matches!(path, "urllib.parse.urlparse" | "urllib.parse.urlsplit").then_some(urlparse as NativeFunction)
}

/// The methods of results.
pub fn method(kind: &str, name: &str) -> Option<NativeMethod> {
    (matches!(kind, "ParseResult" | "SplitResult") && name == "geturl").then_some(geturl as NativeMethod)
}

/// The parts of a URL: scheme, place in the net, path, query, fragment. `None` for what is rare.
fn parts(url: &str) -> Option<[&str; 5]> {
    let is_plain = |character: char| character.is_ascii_graphic() && !matches!(character, '[' | ']' | ';' | '\\');
    if !url.chars().all(is_plain) {
        return None;
    }
    let (scheme, rest) = match url.split_once(':') {
        Some((scheme, rest)) => {
            let is_scheme = scheme.starts_with(|first: char| first.is_ascii_lowercase())
                && scheme.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || "+-.".contains(one));
            if is_scheme { (scheme, rest) } else { ("", url) }
        }
        None => ("", url),
    };
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (place, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    Some([scheme, place, path, query, fragment])
}

/// `urlparse(url)`: a named tuple, with the parts of the place in the net beside it.
fn urlparse(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let bound = bind(evaluator, call, "url, scheme?, allow_fragments?")?;
    let is_plain = bound.value(1).is_none() && bound.value(2).is_none();
    let Some(url) = bound.value(0).and_then(Value::as_text).filter(|_| is_plain).map(str::to_owned) else {
        return Err(evaluator.not_modelled(call));
    };
    let Some([scheme, place, path, query, fragment]) = parts(&url) else { return Err(evaluator.not_modelled(call)) };
    let (user, server) = place.rsplit_once('@').map_or((None, place), |(user, server)| (Some(user), server));
    let (host, port) = server.split_once(':').map_or((server, ""), |(host, port)| (host, port));
    if server.matches(':').count() > 1 {
        return Err(evaluator.not_modelled(call));
    }
    let text = |text: &str| Value::text(text, call.at);
    let optional = |part: Option<&str>| part.map_or_else(|| Value::none(call.at), |part| Value::text(part, call.at));
    let is_split = call.name().ends_with("urlsplit");
    let mut items = vec![text(scheme), text(place), text(path)];
    if !is_split {
        items.push(text(""));
    }
    items.extend([text(query), text(fragment)]);
    let port = match port.parse::<u16>() {
        Ok(number) => evaluator.int(i64::from(number), call.at),
        Err(_) if port.is_empty() => Value::none(call.at),
        Err(_) => evaluator.unsupported(call.at),
    };
    let host = host.to_lowercase();
    let name = user.map(|user| user.split_once(':').map_or(user, |(name, _)| name));
    let password = user.and_then(|user| user.split_once(':')).map(|(_, password)| password);
    let payload = evaluator.tuple(items, call.at);
    let mut attributes = vec![
        ("scheme", text(scheme)),
        ("netloc", text(place)),
        ("path", text(path)),
        ("query", text(query)),
        ("fragment", text(fragment)),
        ("hostname", optional(Some(&*host).filter(|host| !host.is_empty()))),
        ("port", port),
        ("username", optional(name)),
        ("password", optional(password)),
        ("url", text(&url)),
    ];
    if !is_split {
        attributes.push(("params", text("")));
    }
    let class = if is_split { "urllib.parse.SplitResult" } else { "urllib.parse.ParseResult" };
    Ok(library_instance(evaluator, class, attributes, Some(payload), call.at))
}

/// The URL again; empty parts are left out.
fn geturl(evaluator: &mut Evaluator<'_>, call: &Call) -> Outcome {
    let url = call.receiver.as_ref().and_then(|own| kept(evaluator, own, "url"));
    match url {
        Some(url) if url.as_text().is_some_and(|url| !url.ends_with(['?', '#']) && !url.contains(":///")) => Ok(url),
        _ => Err(evaluator.unknown_of(call, TypeBound::Text)),
    }
}
