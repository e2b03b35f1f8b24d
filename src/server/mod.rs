//! The language server: the only place that knows the Language Server Protocol.
//!
//! One thread owns the state and takes messages and results in the order in which they come; threads beside it only check
//! texts that they are given.

mod actions;
mod board;
mod capabilities;
mod check;
mod client;
mod commands;
mod completion;
mod configuration;
mod diagnostics;
mod distinct;
mod documents;
mod doubt;
mod edits;
mod encoding;
mod fields;
mod focus;
mod hints;
mod hover;
mod names;
mod overlay;
mod pods;
pub mod preferences;
mod pull;
mod references;
mod rename;
mod requests;
mod roots;
mod site;
mod snippets;
mod state;
mod symbols;
mod sync;
mod transport;
mod uri;
mod values;
mod workers;
mod workspace;

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use client::Client;
use state::{Event, Phase, Server};
use workers::{STACK, Workers};

/// How many messages are taken before checks start: edits that come together are checked once.
const BATCH: usize = 256;
/// How long a client may take to read the last answers.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How often to see whether the client is still alive.
const HEARTBEAT: Duration = Duration::from_secs(3);

/// Serves one client on standard input and output; whether it said goodbye properly.
///
/// # Errors
/// When the system has no threads to give.
pub fn run() -> io::Result<bool> {
    talk(io::stdin(), io::stdout())
}

/// Serves one client that writes to `input` and reads from `output`; whether it said goodbye properly.
///
/// # Errors
/// When the system has no threads to give.
pub fn talk(input: impl Read + Send + 'static, output: impl Write + Send + 'static) -> io::Result<bool> {
    let (out, writer) = transport::write(output)?;
    let (events, inbox) = unbounded();
    let incoming = events.clone();
    transport::read(input, move |message| incoming.send(Event::Incoming(message)).is_ok())?;
    let server = Server::new(Client::new(out), Workers::start()?, events);
    // Requests walk trees too.
    let owner =
        thread::Builder::new().name("owner".to_owned()).stack_size(STACK).spawn(move || serve(server, &inbox))?;
    let proper = owner.join().unwrap_or_default();
    // What was answered last is written before the end, unless nobody reads.
    let (done, written) = bounded(1);
    thread::Builder::new().spawn(move || done.send(writer.join().is_ok()))?;
    let _ = written.recv_timeout(LAST_WORDS);
    Ok(proper)
}

/// Takes one event after the other until the end; whether it was a proper one.
fn serve(mut server: Server, inbox: &Receiver<Event>) -> bool {
    while let Ok(event) = inbox.recv() {
        let more = inbox.try_iter().take(BATCH);
        for event in std::iter::once(event).chain(more.collect::<Vec<_>>()) {
            match event {
                Event::Incoming(incoming) => {
                    if server.incoming(incoming) {
                        return server.phase == Phase::ShutDown;
                    }
                }
                Event::Checked(checked) => server.checked(*checked),
                Event::Listed(files) => server.listed(files),
                Event::Scanned(scanned) => server.scanned(*scanned),
                Event::Orphaned => return false,
            }
        }
        server.schedule();
    }
    false
}

/// Watches the process that started the server, where the system shows processes as files; elsewhere the end of standard
/// input has to do.
fn watch(process: u64, events: Sender<Event>) {
    let shown = PathBuf::from(format!("/proc/{process}"));
    if !shown.exists() {
        return;
    }
    let watch = move || {
        while shown.exists() {
            thread::sleep(HEARTBEAT);
        }
        let _ = events.send(Event::Orphaned);
    };
    let _ = thread::Builder::new().name("heartbeat".to_owned()).spawn(watch);
}
