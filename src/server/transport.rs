//! Messages over streams: framing that survives garbage, and exactly one writer.
//!
//! The reader of `lsp-server` ends at the first malformed message and allocates whatever `Content-Length` says, so only its
//! message types are used.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use lsp_server::{ErrorCode, Message};
use serde_json::{Value, json};

/// Longer messages are skipped, not read.
const MAX_MESSAGE: u64 = 256 * 1024 * 1024;
/// Longer header lines are not looked at.
const MAX_HEADER: u64 = 4096;

/// What comes in.
#[derive(Debug)]
pub enum Incoming {
    /// A message.
    Message(Box<Message>),
    /// Something that is none, with the answer that it gets.
    Refused(Value),
    /// Nothing more will come.
    Closed,
}

/// Starts the thread that reads messages.
///
/// # Errors
/// When the system has no thread to give.
pub fn read(input: impl Read + Send + 'static, sink: impl Fn(Incoming) -> bool + Send + 'static) -> io::Result<()> {
    let read = move || {
        let mut input = BufReader::new(input);
        loop {
            let incoming = next(&mut input).unwrap_or(Incoming::Closed);
            let closed = matches!(incoming, Incoming::Closed);
            if !sink(incoming) || closed {
                break;
            }
        }
    };
    thread::Builder::new().name("reader".to_owned()).spawn(read).map(|_| ())
}

/// Starts the thread that writes messages; it ends, as does the client's interest, when writing fails.
///
/// # Errors
/// When the system has no thread to give.
pub fn write(mut out: impl Write + Send + 'static) -> io::Result<(Sender<Value>, thread::JoinHandle<()>)> {
    let (sender, messages): (Sender<Value>, Receiver<Value>) = unbounded();
    let write = move || {
        for message in messages {
            let text = message.to_string();
            // At once: readers wake up once.
            let framed = format!("Content-Length: {}\r\n\r\n{text}", text.len());
            let written = out.write_all(framed.as_bytes()).and_then(|()| out.flush());
            if written.is_err() {
                break;
            }
        }
    };
    Ok((sender, thread::Builder::new().name("writer".to_owned()).spawn(write)?))
}

/// The next message of a stream.
///
/// # Errors
/// When the stream ends within a message or cannot be read.
fn next(input: &mut impl BufRead) -> io::Result<Incoming> {
    let Some(length) = header(input)? else { return Ok(Incoming::Closed) };
    if length > MAX_MESSAGE {
        io::copy(&mut input.take(length), &mut io::sink())?;
        return Ok(refused(&Value::Null, ErrorCode::InvalidRequest, "the message is too large"));
    }
    let mut body = Vec::new();
    if input.take(length).read_to_end(&mut body)? as u64 != length {
        return Ok(Incoming::Closed);
    }
    Ok(match serde_json::from_slice::<Value>(&body) {
        Ok(value) => classify(value),
        Err(error) => refused(&Value::Null, ErrorCode::ParseError, &error.to_string()),
    })
}

/// Reads header lines up to the empty one; lines that are no header are passed over. `None` at the end of the stream.
fn header(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.take(MAX_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\r', '\n']);
        match (line.split_once(':'), length) {
            _ if line.is_empty() && length.is_some() => return Ok(length),
            (Some((name, value)), _) if name.trim().eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().ok().or(length);
            }
            _ => {}
        }
    }
}

/// Tells messages from other JSON. What has an id gets an answer, so the id is kept even when the rest is nothing.
fn classify(mut value: Value) -> Incoming {
    let id = value.get("id").cloned();
    let usable = match &id {
        None => true,
        Some(Value::String(_)) => true,
        Some(id) => id.as_i64().is_some_and(|id| i32::try_from(id).is_ok()),
    };
    let is_response = value.get("method").is_none() && (value.get("result").is_some() || value.get("error").is_some());
    if let Some(object) = value.as_object_mut() {
        object.remove("jsonrpc");
        // An answer of nothing is an answer.
        if is_response && object.get("error").is_some_and(Value::is_null) {
            object.remove("error");
        }
    }
    let message = if usable { serde_json::from_value(value).ok() } else { None };
    match message {
        Some(message) => Incoming::Message(Box::new(message)),
        None => refused(&id.unwrap_or_default(), ErrorCode::InvalidRequest, "this is no message of the protocol"),
    }
}

fn refused(id: &Value, code: ErrorCode, message: &str) -> Incoming {
    let id = if id.is_number() || id.is_string() { id.clone() } else { Value::Null };
    Incoming::Refused(json!({"jsonrpc": "2.0", "id": id, "error": {"code": code as i32, "message": message}}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<Incoming> {
        let mut input = BufReader::new(bytes);
        let mut found = Vec::new();
        while let Ok(incoming) = next(&mut input) {
            if matches!(incoming, Incoming::Closed) {
                break;
            }
            found.push(incoming);
        }
        found
    }

    fn frame(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn messages_after_garbage_are_read() {
        let good = frame(r#"{"jsonrpc":"2.0","id":1,"method":"shutdown"}"#);
        for garbage in [
            "hello\r\nworld\r\n\r\n".to_owned(),
            frame("{"),
            frame("[]"),
            frame("3"),
            frame("\u{0}"),
            "Content-Length: nonsense\r\n\r\n".to_owned(),
            "Content-Length: -5\r\n\r\n".to_owned(),
            "x".repeat(10_000) + "\r\n",
        ] {
            let found = all(format!("{garbage}{good}").as_bytes());
            assert!(matches!(found.last(), Some(Incoming::Message(_))), "{garbage:.40}: {found:?}");
        }
    }

    #[test]
    fn a_length_that_lies_ends_the_stream() {
        assert!(all(b"Content-Length: 99999999999999\r\n\r\n{}").len() <= 1);
        assert!(all(b"Content-Length: 100\r\n\r\n{}").is_empty());
    }

    #[test]
    fn an_odd_id_is_answered_with_itself() {
        for id in ["1.5", "3000000000"] {
            let found = all(frame(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"x"}}"#)).as_bytes());
            let Some(Incoming::Refused(answer)) = found.first() else { panic!("{found:?}") };
            assert_eq!(answer["id"].to_string(), id);
        }
    }
}
