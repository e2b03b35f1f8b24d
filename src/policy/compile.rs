//! From the text of an expression to its syntax tree, and which parts of it podlint cannot evaluate.

use cel::common::ast::{EntryExpr, Expr, IdedEntryExpr, IdedExpr};

use super::functions::is_known;
use super::signatures::since;
use crate::tree::Location;

/// Bytes in one expression; far more than people write, and a bound for the parser.
const MAX_LENGTH: usize = 16 * 1024;
/// Levels of nesting in one expression.
const MAX_DEPTH: usize = 160;

/// The oldest minor version of Kubernetes that is known.
const OLDEST: u8 = 27;

/// Bytes of stack for the parser.
const STACK: usize = 128 * 1024 * 1024;

/// What an expression may name beside its own variables.
const NAMES: &[&str] = &[
    "object",
    "oldObject",
    "request",
    "params",
    "namespaceObject",
    "variables",
    "bool",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "list",
    "map",
    "null_type",
    "type",
];

/// Functions whose first arguments are names that hold within the others.
const BINDERS: &[&str] = &[
    "all",
    "exists",
    "exists_one",
    "existsOne",
    "map",
    "filter",
    "transformList",
    "transformMap",
    "transformMapEntry",
    "sortBy",
    "bind",
    "optMap",
    "optFlatMap",
];

/// An expression of a policy.
#[derive(Debug)]
pub struct Expression {
    /// As written, without the space around it.
    pub text: String,
    /// Its syntax tree; macros stay the calls that they are written as.
    pub tree: IdedExpr,
    /// Where it stands in the policy's file.
    pub location: Location,
    /// What of it podlint does not evaluate.
    pub unsupported: Vec<String>,
    /// Functions that not every server has, with the first minor version that does, if any.
    pub functions: Vec<(String, Option<u8>)>,
}

impl Expression {
    /// Parses an expression.
    ///
    /// # Errors
    /// A sentence when it is none.
    pub fn parse(text: &str, location: Location) -> Result<Self, String> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Err(format!("it has {} bytes, and at most {MAX_LENGTH} are read", text.len()));
        }
        if bracket_depth(text) > MAX_DEPTH / 2 {
            return Err(format!("its brackets are nested deeper than {}", MAX_DEPTH / 2));
        }
        let tree = parse_aside(text.to_owned())?;
        let mut names = Names::default();
        names.expression(&tree, &mut Vec::new());
        Ok(Self { text: text.to_owned(), tree, location, unsupported: names.unsupported, functions: names.functions })
    }
}

/// Parses on a thread of its own: the parser recurses, and what it makes of a hostile text must be dropped where there is room.
fn parse_aside(text: String) -> Result<IdedExpr, String> {
    let parse = move || {
        // An environment without macros leaves them as calls, which is what the evaluator wants to see.
        let parsed = cel::Env::default().parser().enable_ident_escape_syntax(true).parse(&text);
        let tree = parsed.map_err(|errors| first_line(&errors.to_string()))?;
        if depth(&tree) > MAX_DEPTH { Err(format!("it is nested deeper than {MAX_DEPTH}")) } else { Ok(tree) }
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(parse);
    let parsed = thread.map_err(|error| format!("no thread for the parser: {error}"))?.join();
    parsed.unwrap_or_else(|_| Err("the parser fails on it".to_owned()))
}

/// The parser's complaint without its picture of the source.
fn first_line(message: &str) -> String {
    let lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let told = lines.map(|line| line.trim_start_matches("ERROR: ")).next().unwrap_or("it cannot be parsed");
    // `<input>:1:14: Syntax error: …`: what counts is the column.
    let told = told.strip_prefix("<input>:1:").map_or(told.to_owned(), |rest| format!("character {rest}"));
    told.chars().take(200).collect()
}

/// How deep brackets are nested, strings not looked at: at worst too deep.
fn bracket_depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The depth of a tree, found without recursion.
fn depth(tree: &IdedExpr) -> usize {
    let mut pending = vec![(tree, 1)];
    let mut deepest = 0;
    while let Some((expression, depth)) = pending.pop() {
        deepest = deepest.max(depth);
        pending.extend(children(expression).into_iter().map(|child| (child, depth + 1)));
    }
    deepest
}

/// The expressions right below one.
pub fn children(expression: &IdedExpr) -> Vec<&IdedExpr> {
    match &expression.expr {
        Expr::Call(call) => call.target.iter().map(|target| &**target).chain(&call.args).collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Map(map) => map.entries.iter().flat_map(of_entry).collect(),
        Expr::Struct(object) => object.entries.iter().flat_map(of_entry).collect(),
        _ => Vec::new(),
    }
}

fn of_entry(entry: &IdedEntryExpr) -> Vec<&IdedExpr> {
    match &entry.expr {
        EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
        EntryExpr::StructField(field) => vec![&field.value],
    }
}

/// The names that a macro binds, and how many of its arguments they are.
pub fn bound_names<'e>(function: &str, arguments: &'e [IdedExpr]) -> Vec<&'e str> {
    let count = match (function, arguments.len()) {
        ("transformList" | "transformMap" | "transformMapEntry", _) => 2,
        ("all" | "exists" | "exists_one" | "existsOne", 3) => 2,
        (name, 2 | 3) if BINDERS.contains(&name) => 1,
        _ => 0,
    };
    let name = |argument: &'e IdedExpr| match &argument.expr {
        Expr::Ident(name) => Some(name.as_str()),
        _ => None,
    };
    let names: Vec<&str> = arguments.iter().take(count).filter_map(name).collect();
    if names.len() == count { names } else { Vec::new() }
}

/// Whether a chain of calls begins at the authorizer, which only a cluster has.
fn is_authorizer(mut target: Option<&IdedExpr>, bound: &[&str]) -> bool {
    loop {
        match target.map(|target| &target.expr) {
            Some(Expr::Ident(name)) => return name == "authorizer" && !bound.contains(&"authorizer"),
            Some(Expr::Call(call)) => target = call.target.as_deref(),
            Some(Expr::Select(select)) => target = Some(&select.operand),
            _ => return false,
        }
    }
}

/// Looks for names and functions that podlint does not know.
#[derive(Default)]
struct Names {
    unsupported: Vec<String>,
    functions: Vec<(String, Option<u8>)>,
}

impl Names {
    fn note(&mut self, what: String) {
        if !self.unsupported.contains(&what) {
            self.unsupported.push(what);
        }
    }

    fn expression<'e>(&mut self, expression: &'e IdedExpr, bound: &mut Vec<&'e str>) {
        match &expression.expr {
            Expr::Ident(name) if !NAMES.contains(&name.as_str()) && !bound.contains(&name.as_str()) => {
                self.note(format!("`{name}`"));
            }
            Expr::Struct(object) => self.note(format!("the object `{} {{…}}`", object.type_name)),
            Expr::Call(call) => return self.call(call, bound),
            _ => {}
        }
        children(expression).into_iter().for_each(|child| self.expression(child, bound));
    }

    fn call<'e>(&mut self, call: &'e cel::common::ast::CallExpr, bound: &mut Vec<&'e str>) {
        if is_authorizer(call.target.as_deref(), bound) {
            return self.note("`authorizer`".to_owned());
        }
        let namespace = call.target.as_ref().and_then(|target| match &target.expr {
            Expr::Ident(name) if !NAMES.contains(&name.as_str()) && !bound.contains(&name.as_str()) => {
                Some(name.as_str())
            }
            _ => None,
        });
        let name = namespace.map_or(call.func_name.clone(), |space| format!("{space}.{}", call.func_name));
        let since = since(&name, call.args.len());
        let is_word = name.starts_with(|first: char| first.is_ascii_alphabetic());
        if is_word && since.is_none_or(|since| since > OLDEST) && self.functions.iter().all(|(known, _)| *known != name)
        {
            self.functions.push((name.clone(), since));
        }
        if !is_known(&name) && (since.is_some() || !is_word) {
            self.note(format!("`{name}()`"));
        }
        if let (Some(target), None) = (&call.target, namespace) {
            self.expression(target, bound);
        }
        let names = bound_names(&call.func_name, &call.args);
        let (before, count) = (bound.len(), names.len());
        bound.extend(names);
        call.args.iter().skip(count).for_each(|argument| self.expression(argument, bound));
        bound.truncate(before);
    }
}
