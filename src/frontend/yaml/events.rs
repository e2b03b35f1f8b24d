//! The parser's events with the spans that podlint means: tokens of the file, from quote to quote and from `|` on.

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, StrInput};

use super::message;
use crate::config::Limits;
use crate::text::Span;

/// Why composing ends before the text does.
#[derive(Debug)]
pub enum Stop {
    /// The text is not YAML (or not JSON).
    Broken(Problem),
    /// A bound was hit.
    Limit(Problem),
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The token to look at.
    pub span: Span,
    /// What is: lower case, no full stop.
    pub message: String,
    /// What to do.
    pub help: Option<&'static str>,
    /// Where the parser stood, from the start of the part; recovery begins there.
    pub offset: usize,
}

/// What may go wrong at any event.
pub type Step<T> = Result<T, Stop>;

/// An error points at no more bytes of a token, and at the whole of the character that they end in.
const MAX_SHOWN: usize = 80;

/// Events of one part of a stream.
pub struct Events<'t> {
    parser: Parser<'t, StrInput<'t>>,
    text: &'t str,
    base: u32,
    /// How deep values may nest.
    depth: usize,
    /// The end of the last token, in `text`.
    last_end: usize,
    /// The comments so far, where they are asked for.
    pub comments: Vec<Span>,
}

impl<'t> Events<'t> {
    /// The events of `text`, which begins at byte `base` of its file.
    pub fn new(text: &'t str, base: u32, limits: &Limits) -> Self {
        let mut options = Options::default();
        options.emit_unresolved_aliases = true;
        options.block_scalar_eof_without_line_feed = true;
        options.max_buffered_comment_events = usize::MAX;
        options.simple_key_max_lookahead = 1 << 20;
        options.flow_nesting_limit = limits.depth;
        options.block_nesting_limit = limits.depth;
        // Only comments that speak to podlint matter, and most files have none.
        options.set_emit_comments(memchr::memmem::find(text.as_bytes(), b"podlint").is_some());
        let parser = Parser::new_from_str_with_options(text, options);
        Self { parser, text, base, depth: limits.depth, last_end: 0, comments: Vec::new() }
    }

    /// The next event that is not a comment, with its place in the file.
    pub fn next(&mut self) -> Step<Option<(Event<'t>, Span)>> {
        loop {
            match self.parser.next_event() {
                None => return Ok(None),
                Some(Err(error)) => return Err(self.stop(&error)),
                Some(Ok((event, span))) => {
                    let start = span.start.byte_offset().unwrap_or_default();
                    let end = span.end.byte_offset().unwrap_or_default().max(start);
                    if let Event::Comment(..) = event {
                        self.comments.push(self.at(start, end));
                        continue;
                    }
                    let (start, end) = match &event {
                        Event::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded, ..) => {
                            self.block_scalar(start, end)
                        }
                        Event::Scalar(_, ScalarStyle::Plain, _, tag) if start == end => {
                            let tag = tag.as_ref().and_then(|_| span.tag_span()).map(|tag| tag.end);
                            let behind = tag.and_then(|mark| mark.byte_offset()).unwrap_or(start);
                            self.implicit_null(behind)
                        }
                        _ => (start, end),
                    };
                    self.last_end = end;
                    return Ok(Some((event, self.at(start, end))));
                }
            }
        }
    }

    /// The next event, which the grammar promises.
    pub fn expect(&mut self) -> Step<(Event<'t>, Span)> {
        match self.next()? {
            Some(event) => Ok(event),
            None => Err(self.broken(self.text.len(), "the text ends too early", None)),
        }
    }

    /// A span of `text` as a span of the file.
    pub fn at(&self, start: usize, end: usize) -> Span {
        let offset = |value: usize| self.base + u32::try_from(value).unwrap_or(u32::MAX - self.base);
        Span::new(offset(start), offset(end))
    }

    fn broken(&self, offset: usize, message: impl Into<String>, help: Option<&'static str>) -> Stop {
        Stop::Broken(Problem { span: self.visible(offset), message: message.into(), help, offset })
    }

    fn stop(&self, error: &ScanError) -> Stop {
        let offset = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            let message = format!("nested more deeply than `limits.depth` ({})", self.depth);
            return Stop::Limit(Problem { span: self.visible(offset), message, help: None, offset });
        }
        let (message, help) = message::of(error.kind(), self.text, offset);
        self.broken(offset, message, help)
    }

    /// The token at an offset, or the last one before it where nothing is left to show.
    fn visible(&self, offset: usize) -> Span {
        let offset = self.text.floor_char_boundary(offset);
        let rest = self.text.get(offset..).unwrap_or_default();
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        if length > 0 {
            return self.at(offset, offset + rest.ceil_char_boundary(length.min(MAX_SHOWN)));
        }
        let head = self.text.get(..offset).unwrap_or_default().trim_end();
        self.at(head.rfind(char::is_whitespace).map_or(0, |at| at + 1), head.len())
    }

    /// A block scalar from its `|` or `>` to the end of its last line; the parser leaves the indicator out.
    fn block_scalar(&self, start: usize, end: usize) -> (usize, usize) {
        let Some(header) = self.ahead(self.last_end, b"|>") else { return (start, end) };
        let indicators = self.text.get(header..).unwrap_or_default();
        let width = indicators.find(|c: char| !matches!(c, '|' | '>' | '+' | '-' | '0'..='9')).unwrap_or(1);
        let body = self.text.get(start..end).unwrap_or_default().trim_end();
        (header, (start + body.len()).max(header + width))
    }

    /// The first of some indicators behind an offset, past colon, dash, tag, anchor and comments.
    fn ahead(&self, from: usize, indicators: &[u8]) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = from;
        loop {
            let rest = bytes.get(at..)?;
            at += match rest.first()? {
                byte if indicators.contains(byte) => return Some(at),
                b'#' => memchr::memchr(b'\n', rest)?,
                b'&' | b'!' => rest.iter().position(u8::is_ascii_whitespace)?,
                _ => 1,
            };
        }
    }

    /// Where a value that is not written would be: behind the colon, tag or anchor.
    fn implicit_null(&self, end: usize) -> (usize, usize) {
        let rest = self.text.get(end..).unwrap_or_default();
        let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let place = if rest[gap..].starts_with(':') && self.last_end == end { end + gap + 1 } else { end };
        (place, place)
    }

    /// The dash that opens the block sequence behind a key; the parser gives an unindented one a later place.
    pub fn dash_behind(&self, key: Span, given: Span) -> Span {
        let from = (key.end - self.base) as usize;
        self.ahead(from, b"-").map_or(given, |at| self.at(at, at))
    }
}
