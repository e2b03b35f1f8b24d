//! The actions of a Helm or Jinja template: where they are, what they do, and whether they fill their lines.

use crate::text::Span;

/// One `{{ … }}`, `{% … %}` or `{# … #}`.
#[derive(Clone, Debug)]
pub struct Action {
    /// Where it is written.
    pub span: Span,
    /// What it does.
    pub does: Does,
    /// Nothing but actions stands before it on its line.
    pub begins: bool,
    /// Nothing but actions and a comment stand on its lines.
    pub alone: bool,
}

/// What an action does to the text around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// It begins a block that depends on this test.
    Opens(Test),
    /// It begins the other way of a block, perhaps with a test of its own.
    Else(Option<Test>),
    /// It ends a block.
    Ends,
    /// It begins a definition, which is used elsewhere.
    Defines,
    /// Nothing: a comment or an assignment.
    Nothing,
    /// It writes text.
    Writes,
}

/// The test of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// As written, blanks made one.
    pub text: String,
    /// Without `not` before it.
    pub base: String,
    /// Whether there is a `not`.
    pub negated: bool,
    /// The block is repeated.
    pub repeats: bool,
}

impl Test {
    fn new(text: &str, repeats: bool) -> Self {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (base, negated) = match text.strip_prefix("not ") {
            Some(rest) => (bare(rest).to_owned(), true),
            None => (bare(&text).to_owned(), false),
        };
        Self { text, base, negated, repeats }
    }

    /// Whether it is more than that values are there: then it may exclude others of the same values.
    pub fn compares(&self) -> bool {
        let is_plain = |word: &str| matches!(word, "or" | "and") || word.starts_with(['.', '$']) || word.is_empty();
        !self.base.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')')).all(is_plain)
    }

    /// The values that it looks at: `.Values.a`, `$x`, names in Jinja.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '$');
        self.base
            .split(move |c: char| !is_part(c))
            .filter(|word| word.len() > 1 && (word.starts_with(['.', '$']) || word.contains('.')))
    }
}

/// A test without the brackets around it.
fn bare(text: &str) -> &str {
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    inner.filter(|inner| !inner.contains(['(', ')'])).unwrap_or(text).trim()
}

/// The actions of a text, in its order; an unclosed one reaches to the end of its line.
pub fn actions(text: &str) -> Vec<Action> {
    let spans = spans(text);
    let mut found: Vec<Action> = Vec::with_capacity(spans.len());
    let mut index = 0;
    while index < spans.len() {
        let end = line_group(text, &spans, index);
        let group = spans.get(index..end).unwrap_or_default();
        let (before, rest) = surroundings(text, group);
        let is_alone = before.trim().is_empty() && (rest.trim().is_empty() || rest.trim_start().starts_with('#'));
        let mut begins = before.trim().is_empty();
        let mut last: Option<Span> = None;
        for span in group {
            let between = last.map_or("", |last| text.get(last.end as usize..span.start as usize).unwrap_or_default());
            begins &= between.trim().is_empty();
            found.push(Action { span: *span, does: does(span.slice(text)), begins, alone: is_alone });
            last = Some(*span);
        }
        index = end;
    }
    found
}

/// The end of the actions that share lines with the one at an index.
fn line_group(text: &str, spans: &[Span], index: usize) -> usize {
    let mut end = index + 1;
    while let (Some(last), Some(next)) = (spans.get(end - 1), spans.get(end)) {
        if text.get(last.end as usize..next.start as usize).unwrap_or_default().contains('\n') {
            break;
        }
        end += 1;
    }
    end
}

/// What stands before the first of some actions on its line, and all else on their lines.
fn surroundings<'t>(text: &'t str, group: &[Span]) -> (&'t str, String) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return ("", String::new()) };
    let head = text.get(..first.start as usize).unwrap_or_default();
    let before = head.rfind('\n').map_or(head, |at| head.get(at + 1..).unwrap_or_default());
    let tail = text.get(last.end as usize..).unwrap_or_default();
    let between = group.windows(2).filter_map(|pair| match pair {
        [a, b] => text.get(a.end as usize..b.start as usize),
        _ => None,
    });
    let rest: String = between.chain([tail.lines().next().unwrap_or_default()]).collect();
    (before, rest)
}

fn spans(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut from = 0;
    // Kinds of which no further one is closed.
    let mut unclosed: Vec<&str> = Vec::new();
    while let Some(at) = text.get(from..).and_then(|rest| rest.find('{')).map(|offset| from + offset) {
        let rest = text.get(at..).unwrap_or_default();
        let close = match rest.as_bytes().get(1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                from = at + 1;
                continue;
            }
        };
        let closed = if unclosed.contains(&close) { None } else { rest.find(close) };
        if closed.is_none() {
            unclosed.push(close);
        }
        let end = at + closed.map_or_else(|| rest.find('\n').unwrap_or(rest.len()), |offset| offset + 2);
        found.push(Span::from_range(at..end));
        from = end;
    }
    found
}

fn does(action: &str) -> Does {
    let inside =
        action.trim_start_matches(['{', '%', '-', '~', '+']).trim_end_matches(['}', '%', '-', '~', '+']).trim();
    if action.starts_with("{#") || inside.starts_with("/*") {
        return Does::Nothing;
    }
    let word = inside.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let rest = inside.get(word.len()..).unwrap_or_default().trim();
    match word {
        "if" | "with" => Does::Opens(Test::new(rest, false)),
        "range" | "for" => Does::Opens(Test::new(rest.split_once(":=").map_or(rest, |(_, over)| over), true)),
        "elif" => Does::Else(Some(Test::new(rest, false))),
        "else" => {
            let test = ["if ", "with "].iter().find_map(|word| rest.strip_prefix(word));
            Does::Else(test.map(|test| Test::new(test, false)))
        }
        "end" | "endif" | "endfor" => Does::Ends,
        "define" | "macro" => Does::Defines,
        "endmacro" => Does::Ends,
        "block" => Does::Opens(Test::new(rest, false)),
        "endblock" => Does::Ends,
        "set" | "import" | "from" | "extends" if action.starts_with("{%") => Does::Nothing,
        "" if inside.starts_with('$') && is_assignment(inside) => Does::Nothing,
        _ => Does::Writes,
    }
}

/// Whether a text begins with `$name :=` or `$name =`.
fn is_assignment(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '$' | '_' | ',' | ' '));
    rest.starts_with(":=") || (rest.starts_with('=') && !rest.starts_with("=="))
}

/// The column at which what an action writes begins.
pub fn column(text: &str, action: Span) -> usize {
    let head = text.get(..action.start as usize).unwrap_or_default();
    let own = head.len() - head.rfind('\n').map_or(0, |at| at + 1);
    let written = action.slice(text);
    let number = |word: &str| {
        let rest = written.rsplit_once(word)?.1.trim_start();
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest.get(..digits)?.parse::<usize>().ok()
    };
    if let Some(column) = number("nindent ") {
        return column;
    }
    number(" indent ").map_or(own, |indent| own + indent)
}
