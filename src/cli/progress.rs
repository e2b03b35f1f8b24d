//! A progress bar for runs that take more than a second, on terminals only.

use std::io::{IsTerminal as _, stderr};
use std::sync::Once;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Counts files; shows itself when the run gets long.
pub struct Progress {
    bar: ProgressBar,
    started: Instant,
    shown: Once,
    wanted: bool,
}

impl Progress {
    /// For `files` files.
    pub fn new(files: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("checking {bar:30} {pos}/{len} files") {
            bar.set_style(style);
        }
        Self { bar, started: Instant::now(), shown: Once::new(), wanted: stderr().is_terminal() }
    }

    /// One more file is done.
    pub fn advance(&self) {
        self.bar.inc(1);
        if self.wanted && self.started.elapsed() > Duration::from_secs(1) {
            self.shown.call_once(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
