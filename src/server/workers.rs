//! The threads that check, so that the owner of the state never waits.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};

/// Bytes of stack for a thread that checks files: deep but allowed nesting must fit.
pub const STACK: usize = 64 * 1024 * 1024;

/// Work for a thread; it reports by itself, and must not panic.
pub type Job = Box<dyn FnOnce() + Send>;

/// A few threads, and the count of those that have nothing to do.
#[derive(Debug)]
pub struct Workers {
    jobs: Sender<Job>,
    size: usize,
    busy: usize,
}

impl Workers {
    /// Starts the threads: one a core, and at least two, so that a long check does not stop the others.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn start() -> io::Result<Self> {
        let size = thread::available_parallelism().map_or(2, std::num::NonZero::get).clamp(2, 8);
        let (jobs, waiting): (Sender<Job>, Receiver<Job>) = unbounded();
        for _ in 0..size {
            let waiting = waiting.clone();
            // A thread that ended would be missed; what a job failed to do is the job's to say.
            let work = move || waiting.into_iter().for_each(|job| drop(catch_unwind(AssertUnwindSafe(job))));
            thread::Builder::new().name("worker".to_owned()).stack_size(STACK).spawn(work)?;
        }
        Ok(Self { jobs, size, busy: 0 })
    }

    /// How many threads are free; none also where work waits, as the listing of files may.
    pub const fn free(&self) -> usize {
        self.size.saturating_sub(self.busy)
    }

    /// Gives a free thread something to do.
    pub fn give(&mut self, job: Job) {
        self.busy += 1;
        let _ = self.jobs.send(job);
    }

    /// A thread has reported.
    pub const fn returned(&mut self) {
        self.busy = self.busy.saturating_sub(1);
    }
}
