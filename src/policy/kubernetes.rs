//! The functions that Kubernetes adds to CEL.
//!
//! Source: <https://kubernetes.io/docs/reference/using-api/cel/>.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::evaluate::fail;
use super::networks::{Cidr, Url, is_kind, parse_ip};
use super::text;
use super::value::{Data, Outcome, Stop, Val};
use super::version::Semver;
use crate::pod::Quantity;

/// Their names.
pub const FUNCTIONS: &[&str] = &[
    "add",
    "asApproximateFloat",
    "asInteger",
    "cidr",
    "compareTo",
    "containsCIDR",
    "containsIP",
    "family",
    "find",
    "findAll",
    "getEscapedPath",
    "getHost",
    "getHostname",
    "getPort",
    "getScheme",
    "ip",
    "ip.isCanonical",
    "isCIDR",
    "isGlobalUnicast",
    "isGreaterThan",
    "isIP",
    "isInteger",
    "isLessThan",
    "isLinkLocalMulticast",
    "isLinkLocalUnicast",
    "isLoopback",
    "isQuantity",
    "isSemver",
    "isSorted",
    "isURL",
    "isUnspecified",
    "major",
    "masked",
    "max",
    "min",
    "minor",
    "patch",
    "prefixLength",
    "quantity",
    "semver",
    "sets.contains",
    "sets.equivalent",
    "sets.intersects",
    "sign",
    "sub",
    "sum",
    "url",
];

/// Calls a function of Kubernetes; `None` where it is none.
pub fn call<'a>(
    namespace: Option<&str>,
    function: &str,
    target: Option<&Val<'a>>,
    arguments: &[Val<'a>],
) -> Option<Outcome<'a>> {
    match (namespace, target) {
        (Some("sets"), _) => sets(function, arguments),
        (Some("math"), _) if matches!(function, "greatest" | "least") => {
            let items = match arguments {
                [only] => only.items().map(|(items, open)| known(items, open)),
                many => Some(Ok(many.to_vec())),
            };
            let wanted = if function == "least" { Ordering::Less } else { Ordering::Greater };
            items.map(|items| extreme(&items?, wanted))
        }
        (Some("ip"), _) => {
            let text = arguments.first()?.as_text()?;
            Some(Ok(boolean(parse_ip(text).is_some_and(|ip| ip.to_string() == text))))
        }
        (Some(_), _) => None,
        (None, None) => constructor(function, arguments),
        (None, Some(target)) => match &target.data {
            Data::Quantity(quantity) => of_quantity(quantity, function, arguments),
            Data::Semver(version) => of_semver(version, function, arguments),
            Data::Url(url) => of_url(url, function),
            Data::Ip(_) | Data::Cidr(_) => of_network(target, function, arguments),
            Data::Text(text) => of_text(text, function, arguments),
            _ => of_list(target, function, arguments),
        },
    }
}

const fn boolean<'a>(value: bool) -> Val<'a> {
    Val::new(Data::Bool(value))
}

const fn integer<'a>(value: i64) -> Val<'a> {
    Val::new(Data::Int(value))
}

fn constructor<'a>(function: &str, arguments: &[Val<'a>]) -> Option<Outcome<'a>> {
    let value = arguments.first()?;
    if let ("string", Data::Ip(ip)) = (function, &value.data) {
        return Some(Ok(Val::text(&ip.to_string())));
    }
    if let ("string", Data::Cidr(cidr)) = (function, &value.data) {
        return Some(Ok(Val::text(&format!("{}/{}", cidr.ip, cidr.prefix))));
    }
    let text = value.as_text()?;
    let built = |data: Option<Data<'a>>, what: &str| match data {
        Some(data) => Ok(Val::new(data)),
        None => fail(format!("{what}: {text}")),
    };
    // A version may be asked for in a lenient form that is not read here.
    let lenient = arguments.len() > 1;
    Some(match function {
        "quantity" => {
            built(Quantity::parse(text).ok().map(Data::Quantity), "quantities must match the regular expression")
        }
        "isQuantity" => Ok(boolean(Quantity::parse(text).is_ok())),
        "ip" => built(parse_ip(text).map(Data::Ip), "IP address parse error"),
        "isIP" => Ok(boolean(parse_ip(text).is_some())),
        "cidr" => built(Cidr::parse(text).map(Data::Cidr), "CIDR address parse error"),
        "isCIDR" => Ok(boolean(Cidr::parse(text).is_some())),
        "url" => built(Url::parse(text).map(|url| Data::Url(url.into())), "URL parse error"),
        "isURL" => Ok(boolean(Url::parse(text).is_some())),
        "semver" | "isSemver" if lenient => Err(Stop::Unknown(None)),
        "semver" => built(Semver::parse(text).map(|version| Data::Semver(version.into())), "no semantic version"),
        "isSemver" => Ok(boolean(Semver::parse(text).is_some())),
        _ => return None,
    })
}

/// Comparisons that quantities and versions share.
fn ordered<'a>(order: Ordering, function: &str) -> Option<Outcome<'a>> {
    Some(Ok(match function {
        "compareTo" => integer(match order {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }),
        "isLessThan" => boolean(order.is_lt()),
        "isGreaterThan" => boolean(order.is_gt()),
        _ => return None,
    }))
}

fn of_quantity<'a>(quantity: &Quantity, function: &str, arguments: &[Val<'a>]) -> Option<Outcome<'a>> {
    let other = match arguments.first().map(|value| &value.data) {
        Some(Data::Quantity(other)) => Some(other.clone()),
        Some(Data::Int(number)) => Quantity::parse(&number.to_string()).ok(),
        Some(_) => return None,
        None => None,
    };
    if let Some(other) = other {
        return match function {
            "add" => Some(sum_of(quantity, &other, 1)),
            "sub" => Some(sum_of(quantity, &other, -1)),
            _ => ordered(quantity.compare(&other), function),
        };
    }
    let whole = quantity.as_i128().and_then(|value| i64::try_from(value).ok());
    Some(match function {
        "sign" if quantity.is_zero() => Ok(integer(0)),
        "sign" => Ok(integer(if quantity.is_negative() { -1 } else { 1 })),
        "isInteger" => Ok(boolean(whole.is_some())),
        "asInteger" => whole.map_or_else(|| fail("cannot convert value to integer"), |value| Ok(integer(value))),
        #[expect(clippy::cast_precision_loss, reason = "the function is called approximate")]
        "asApproximateFloat" => match quantity.as_milli() {
            Some(milli) => Ok(Val::new(Data::Double(milli as f64 / 1000.0))),
            None => Err(Stop::Unknown(None)),
        },
        _ => return None,
    })
}

/// Sums are exact in thousandths; finer or larger ones are not computed.
fn sum_of<'a>(a: &Quantity, b: &Quantity, sign: i128) -> Outcome<'a> {
    let sum = a.as_milli().zip(b.as_milli()).and_then(|(a, b)| a.checked_add(sign * b));
    let quantity = sum.and_then(|sum| Quantity::parse(&format!("{sum}m")).ok());
    quantity.map_or(Err(Stop::Unknown(None)), |sum| Ok(Val::new(Data::Quantity(sum))))
}

fn of_semver<'a>(version: &Semver, function: &str, arguments: &[Val<'a>]) -> Option<Outcome<'a>> {
    if let Some(Data::Semver(other)) = arguments.first().map(|value| &value.data) {
        return ordered(version.compare(other), function);
    }
    let [major, minor, patch] = version.numbers;
    let number = match function {
        "major" => major,
        "minor" => minor,
        "patch" => patch,
        _ => return None,
    };
    Some(i64::try_from(number).map_or(Err(Stop::Unknown(None)), |number| Ok(integer(number))))
}

fn of_url<'a>(url: &Url, function: &str) -> Option<Outcome<'a>> {
    Some(Ok(Val::text(match function {
        "getScheme" => &url.scheme,
        "getHost" => &url.host,
        "getHostname" => url.hostname(),
        "getPort" => url.port(),
        "getEscapedPath" => &url.path,
        _ => return None,
    })))
}

fn of_network<'a>(target: &Val<'a>, function: &str, arguments: &[Val<'a>]) -> Option<Outcome<'a>> {
    match (&target.data, function) {
        (Data::Ip(ip), "family") => Some(Ok(integer(if ip.is_ipv4() { 4 } else { 6 }))),
        (Data::Ip(ip), _) => is_kind(*ip, function).map(|is| Ok(boolean(is))),
        (Data::Cidr(cidr), "ip") => Some(Ok(Val::new(Data::Ip(cidr.ip)))),
        (Data::Cidr(cidr), "masked") => Some(Ok(Val::new(Data::Cidr(cidr.masked())))),
        (Data::Cidr(cidr), "prefixLength") => Some(Ok(integer(i64::from(cidr.prefix)))),
        (Data::Cidr(cidr), "containsIP") => {
            let ip = match &arguments.first()?.data {
                Data::Ip(ip) => Some(*ip),
                Data::Text(text) => parse_ip(text),
                _ => return None,
            };
            Some(ip.map_or_else(|| fail("IP address parse error"), |ip| Ok(boolean(cidr.contains_ip(ip)))))
        }
        (Data::Cidr(cidr), "containsCIDR") => {
            let other = match &arguments.first()?.data {
                Data::Cidr(other) => Some(*other),
                Data::Text(text) => Cidr::parse(text),
                _ => return None,
            };
            Some(other.map_or_else(|| fail("CIDR address parse error"), |other| Ok(boolean(cidr.contains(other)))))
        }
        _ => None,
    }
}

/// `find` and `findAll`; Rust's regular expressions are those of RE2 but for a few escapes.
fn of_text<'a>(searched: &str, function: &str, arguments: &[Val<'a>]) -> Option<Outcome<'a>> {
    if !matches!(function, "find" | "findAll" | "matches") {
        return None;
    }
    // What is refused here may be right for the server.
    let Some(pattern) = text::regex(arguments.first()?.as_text()?) else { return Some(Err(Stop::Unknown(None))) };
    let limit = match arguments.get(1).map(|value| &value.data) {
        Some(Data::Int(limit)) => usize::try_from(*limit).unwrap_or(usize::MAX),
        _ => usize::MAX,
    };
    let found = pattern.find_iter(searched).map(|found| Val::text(found.as_str()));
    Some(Ok(match function {
        "matches" => boolean(pattern.is_match(searched)),
        "find" => pattern.find(searched).map_or_else(|| Val::text(""), |found| Val::text(found.as_str())),
        _ => Val::list(found.take(limit).collect()),
    }))
}

/// The items of a list of which all are known.
fn known<'a>(items: Vec<Outcome<'a>>, open: bool) -> Outcome<'a, Vec<Val<'a>>> {
    if open { Err(Stop::Unknown(None)) } else { items.into_iter().collect() }
}

fn of_list<'a>(list: &Val<'a>, function: &str, arguments: &[Val<'a>]) -> Option<Outcome<'a>> {
    let open = list.is_open_list()?;
    let searches = matches!(function, "indexOf" | "lastIndexOf") && arguments.len() == 1;
    if !searches && !matches!(function, "isSorted" | "sum" | "min" | "max" | "size") {
        return None;
    }
    if function == "size" {
        let count = i64::try_from(list.count()).unwrap_or(i64::MAX);
        return Some(if open { Err(Stop::Unknown(None)) } else { Ok(integer(count)) });
    }
    let (items, _) = list.items()?;
    Some(known(items, open).and_then(|items| match function {
        "isSorted" => {
            let orders = items.windows(2).map(|pair| match pair {
                [a, b] => a.order(b),
                _ => None,
            });
            let orders: Option<Vec<Ordering>> = orders.collect();
            orders.map_or(Err(Stop::Unknown(None)), |orders| Ok(boolean(orders.iter().all(|order| order.is_le()))))
        }
        "sum" => total(&items),
        "min" => extreme(&items, Ordering::Less),
        "max" => extreme(&items, Ordering::Greater),
        _ => position(&items, arguments, function == "lastIndexOf"),
    }))
}

fn total<'a>(items: &[Val<'a>]) -> Outcome<'a> {
    let whole = items.iter().try_fold(0_i64, |sum, item| match item.data {
        Data::Int(value) => sum.checked_add(value),
        _ => None,
    });
    let fraction = items.iter().try_fold(0.0, |sum, item| match item.data {
        Data::Double(value) => Some(sum + value),
        _ => None,
    });
    match (whole, fraction) {
        (Some(sum), _) => Ok(integer(sum)),
        (None, Some(sum)) => Ok(Val::new(Data::Double(sum))),
        (None, None) => Err(Stop::Unknown(None)),
    }
}

fn extreme<'a>(items: &[Val<'a>], wanted: Ordering) -> Outcome<'a> {
    let Some((first, rest)) = items.split_first() else { return fail("the list is empty") };
    let mut best = first;
    for item in rest {
        match item.order(best) {
            Some(order) if order == wanted => best = item,
            Some(_) => {}
            None => return fail("no such overload: items that have no order"),
        }
    }
    Ok(best.clone())
}

fn position<'a>(items: &[Val<'a>], arguments: &[Val<'a>], last: bool) -> Outcome<'a> {
    let mut found = -1;
    for (index, item) in items.iter().enumerate() {
        let Some(wanted) = arguments.first() else { break };
        if item.equals(wanted)? {
            found = i64::try_from(index).unwrap_or(i64::MAX);
            if !last {
                break;
            }
        }
    }
    Ok(integer(found))
}

/// A list as a set: texts are looked up, other values compared one by one.
struct Set<'l, 'a> {
    items: &'l [Val<'a>],
    texts: HashSet<&'l str>,
    others: Vec<&'l Val<'a>>,
}

impl<'l, 'a> Set<'l, 'a> {
    fn of(items: &'l [Val<'a>]) -> Self {
        let texts = items.iter().filter_map(Val::as_text).collect();
        let others = items.iter().filter(|item| item.as_text().is_none()).collect();
        Self { items, texts, others }
    }

    fn has(&self, item: &Val<'a>) -> bool {
        match item.as_text() {
            Some(text) => self.texts.contains(text),
            None => self.others.iter().any(|other| matches!(item.equals(other), Ok(true))),
        }
    }
}

fn sets<'a>(function: &str, arguments: &[Val<'a>]) -> Option<Outcome<'a>> {
    let [a, b] = arguments else { return None };
    let ((a, more_a), (b, more_b)) = (a.items()?, b.items()?);
    let decide = || {
        let (a, b) = (known(a, more_a)?, known(b, more_b)?);
        let (a, b) = (Set::of(&a), Set::of(&b));
        let covers = |set: &Set<'_, 'a>, other: &Set<'_, 'a>| other.items.iter().all(|item| set.has(item));
        Ok(boolean(match function {
            "contains" => covers(&a, &b),
            "equivalent" => covers(&a, &b) && covers(&b, &a),
            "intersects" => a.items.iter().any(|item| b.has(item)),
            _ => return Err(Stop::Unknown(None)),
        }))
    };
    Some(decide())
}
