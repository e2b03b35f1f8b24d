//! A page in Markdown as a terminal shows it best.

const BOLD: &str = "\u{1b}[1m";
const HEADING: &str = "\u{1b}[1;34m";
const CODE: &str = "\u{1b}[36m";
const PLAIN: &str = "\u{1b}[0m";

/// The page with headings and code in colours, and without the signs that mark them.
pub fn for_terminal(page: &str) -> String {
    let mut text = String::new();
    let mut in_block = false;
    for line in page.lines() {
        if line.starts_with("```") {
            in_block = !in_block;
            continue;
        }
        let shown = match line {
            line if in_block => format!("    {CODE}{line}{PLAIN}"),
            line if line.starts_with("# ") => format!("{BOLD}{}{PLAIN}", line.trim_start_matches("# ")),
            line if line.starts_with('#') => format!("{HEADING}{}{PLAIN}", line.trim_start_matches(['#', ' '])),
            line => inline(line),
        };
        text.push_str(&shown);
        text.push('\n');
    }
    text
}

/// `code` in colour, and `[text](address)` as text with the address behind it.
fn inline(line: &str) -> String {
    let mut shown = String::new();
    for (number, part) in line.split('`').enumerate() {
        match number % 2 {
            0 => shown.push_str(&without_links(part)),
            _ => shown.push_str(&format!("{CODE}{part}{PLAIN}")),
        }
    }
    shown
}

fn without_links(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, name, address, after)) = link(rest) {
        shown.push_str(&format!("{before}{name} <{address}>"));
        rest = after;
    }
    shown + rest
}

/// The first link of a text: what is before it, its text, its address, and what is behind it.
fn link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (head, tail) = text.split_once("](")?;
    let (before, name) = head.rsplit_once('[')?;
    let (address, after) = tail.split_once(')')?;
    Some((before, name, address, after))
}
