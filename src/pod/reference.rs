//! References to variables in texts: `$(NAME)`.

/// The variables that a text refers to; `$$(NAME)` is plain text.
#[must_use]
pub fn references(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(escaped) = rest.strip_prefix('$') {
            rest = escaped;
        } else if let Some(open) = rest.strip_prefix('(') {
            let Some((name, behind)) = open.split_once(')') else { break };
            found.push(name);
            rest = behind;
        }
    }
    found
}
