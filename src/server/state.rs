//! The state of a session and its one owner: all messages and all results come to it, one after the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::Sender;
use gen_lsp_types::Uri;
use lsp_server::RequestId;

use super::board::Board;
use super::client::Client;
use super::documents::{Analysis, Open};
use super::pods::Which;
use super::preferences::Preferences;
use super::roots::{Root, Roots};
use super::site::{Names, Site};
use super::transport::Incoming;
use super::uri;
use super::workers::Workers;
use super::workspace::{Scanned, Workspace};
use crate::source::SourceFile;

/// What the owner of the state is told.
#[derive(Debug)]
pub enum Event {
    /// Something came from the client.
    Incoming(Incoming),
    /// A check of an open document ended.
    Checked(Box<Checked>),
    /// The files of the workspace are known.
    Listed(Vec<PathBuf>),
    /// A file of the workspace was checked.
    Scanned(Box<Scanned>),
    /// The process that started the server is gone.
    Orphaned,
}

/// The end of a check.
#[derive(Debug)]
pub struct Checked {
    /// Which document.
    pub uri: Uri,
    /// What was found, and in which text.
    pub analysis: Analysis,
}

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// `initialize` has not come.
    New,
    /// At work.
    Running,
    /// `shutdown` has come.
    ShutDown,
}

/// The state of a session.
#[derive(Debug)]
pub struct Server {
    /// How far it is.
    pub phase: Phase,
    /// The other end.
    pub client: Client,
    /// What the user set before the editor was asked.
    pub initial: Preferences,
    /// The folders with what the user set for them, and the files in them.
    pub roots: Roots,
    /// Open documents and notebooks by their URI.
    pub open: BTreeMap<String, Open>,
    /// The notebooks of open cells.
    pub cells: HashMap<String, String>,
    /// The client's names of open files.
    pub names: Names,
    /// What is shown where.
    pub board: Board,
    /// Documents that show something in the client, by what was last pushed.
    pub pushed: BTreeSet<String>,
    /// How many faults of configuration files are shown.
    pub faults: usize,
    /// Pods that the client shows, with their texts.
    pub shown_pods: BTreeMap<Which, String>,
    /// The files that are not open.
    pub workspace: Workspace,
    /// The threads.
    pub workers: Workers,
    /// Where results are sent.
    pub events: Sender<Event>,
    /// Requests that are not answered yet.
    pub pending: BTreeSet<String>,
    /// Documents that want a check, the last edited one last.
    pub queue: Vec<String>,
}

impl Server {
    /// A session that nothing has happened in.
    pub fn new(client: Client, workers: Workers, events: Sender<Event>) -> Self {
        Self {
            phase: Phase::New,
            client,
            initial: Preferences::default(),
            roots: Roots::default(),
            open: BTreeMap::new(),
            cells: HashMap::new(),
            names: Names::new(),
            board: Board::default(),
            pushed: BTreeSet::new(),
            faults: 0,
            shown_pods: BTreeMap::new(),
            workspace: Workspace::default(),
            workers,
            events,
            pending: BTreeSet::new(),
            queue: Vec::new(),
        }
    }

    /// The open document or notebook that a URI belongs to.
    pub fn unit(&self, uri: &Uri) -> Option<&Open> {
        self.open.get(&uri.0).or_else(|| self.open.get(self.cells.get(&uri.0)?))
    }

    /// The same, to change it.
    pub fn unit_mut(&mut self, uri: &Uri) -> Option<&mut Open> {
        let name = if self.open.contains_key(&uri.0) { &uri.0 } else { self.cells.get(&uri.0)? };
        self.open.get_mut(name)
    }

    /// A check and the client's names of places.
    pub fn site<'a>(&'a self, analysis: &'a Analysis) -> Site<'a> {
        Site { analysis, encoding: self.client.encoding, names: &self.names }
    }

    /// All open documents whose check is of their current text.
    pub fn sites(&self) -> impl Iterator<Item = Site<'_>> {
        self.open.values().filter_map(Open::current).map(|analysis| self.site(analysis))
    }

    /// Makes the text of an open file what other files see of it. The patches that this makes or unmakes.
    pub fn lend(&self, uri: &Uri, source: &Arc<SourceFile>) -> Vec<PathBuf> {
        // What is written in one folder may be imported from in another.
        let projects = if uri::is_file(uri) { self.roots.projects() } else { Vec::new() };
        projects.into_iter().flat_map(|project| project.modules.put(&source.path, source)).collect()
    }

    /// Has a file read from the disk when it is next asked for. The patches that this makes or unmakes.
    pub fn forget_text(&self, path: &Path) -> Vec<PathBuf> {
        self.roots.projects().into_iter().flat_map(|project| project.modules.forget(path)).collect()
    }

    /// What holds for the file of a check.
    pub fn root(&self, site: &Site<'_>) -> &Root {
        self.roots.of(&site.analysis.view.source.path)
    }

    /// A key for an id, which is a number or a text.
    pub fn key(id: &RequestId) -> String {
        format!("{id:?}")
    }
}
