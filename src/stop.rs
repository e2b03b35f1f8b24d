//! Whether anybody still wants what a thread computes: an editor's text may have changed since.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Says from another thread that a result is not wanted any more.
pub type Stop = Arc<AtomicBool>;

thread_local! {
    static WATCHED: RefCell<Option<Stop>> = const { RefCell::new(None) };
}

/// Does work that ends early, with any result, once `stop` is set.
pub fn watching<T>(stop: &Stop, work: impl FnOnce() -> T) -> T {
    let before = WATCHED.with(|watched| watched.replace(Some(Arc::clone(stop))));
    let result = work();
    WATCHED.with(|watched| watched.replace(before));
    result
}

/// Whether the work of this thread is not wanted any more.
#[must_use]
pub fn is_superseded() -> bool {
    WATCHED.with(|watched| watched.borrow().as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_watched_work_ends() {
        let stop = Stop::default();
        let seen = watching(&stop, || {
            let before = is_superseded();
            stop.store(true, Ordering::Relaxed);
            (before, is_superseded(), watching(&Stop::default(), is_superseded), is_superseded())
        });
        assert_eq!(seen, (false, true, false, true));
        assert!(!is_superseded());
    }
}
