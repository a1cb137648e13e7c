//! Failures that are held by calls which do not return: somebody is told of them while they run.
//!
//! A thread looks at them, as long as there are any; the calls themselves have nothing to do for it
//! but to say that they hold one, and when they no longer do.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use std::{mem, ptr, thread};

use super::RecordedFailure;
use crate::call::errors::guard::guarded;
use crate::call::errors::{failure, repeated};
use crate::error::{Error, Result};
use crate::fork::{self, Lock};
use crate::process::without_signals;

/// How often the thread looks. So long it also stays when there is nothing left.
const INTERVAL: Duration = Duration::from_millis(20);

static WATCHED: Lock<Watched> =
    Lock::new(Watched { held: Vec::new(), looks_since: None, is_new: false });

struct Watched {
    /// What calls hold of which nobody was told, and when they are late.
    held: Vec<(Instant, Late)>,
    /// In which process a thread looks: a child of it has none.
    looks_since: Option<usize>,
    /// Whether there was anything since it has looked.
    is_new: bool,
}

/// A failure that a call holds which should have returned.
pub struct Late(Weak<RecordedFailure>);

impl Late {
    pub(super) fn of(held: &Arc<RecordedFailure>) -> Late {
        Late(Arc::downgrade(held))
    }

    /// The failure, if the call still runs, and if nobody was told of one like it lately. Whoever asks
    /// tells somebody.
    pub fn failure(&self) -> Option<Error> {
        let held = self.0.upgrade()?;
        held.sort().is_news().then(|| held.failure.clone())
    }
}

/// Sees to it that somebody is told of a failure if it is held for long.
#[cold]
pub(super) fn watch(held: &Arc<RecordedFailure>) {
    let mut watched = WATCHED.lock();
    let here = Some(fork::forks_ago());
    let has_thread = mem::replace(&mut watched.looks_since, here) == here;
    if !has_thread {
        // What the calls of a parent held.
        watched.held.clear();
    }
    watched.held.push((held.since + repeated::PERIOD, Late::of(held)));
    watched.is_new = true;
    drop(watched);
    if !has_thread {
        let thread = thread::Builder::new().name("metaffi-watch".to_owned());
        if without_signals(|| thread.spawn(|| guarded(look))).is_err() {
            WATCHED.lock().looks_since = None;
        }
    }
}

impl Drop for RecordedFailure {
    /// Its call has returned.
    fn drop(&mut self) {
        let mut watched = WATCHED.lock();
        let is_this = |(_, late): &(Instant, Late)| ptr::eq(late.0.as_ptr(), self);
        // Mostly it is the last.
        if let Some(index) = watched.held.iter().rposition(is_this) {
            watched.held.swap_remove(index);
        }
    }
}

fn look() -> Result<()> {
    loop {
        thread::sleep(INTERVAL);
        let (mut watched, now) = (WATCHED.lock(), Instant::now());
        if !mem::take(&mut watched.is_new) && watched.held.is_empty() {
            watched.looks_since = None;
            return Ok(());
        }
        let late: Vec<_> = watched.held.extract_if(.., |(when, _)| *when <= now).collect();
        drop(watched);
        late.iter().for_each(|(_, late)| failure::report_late(late));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Status};
    use crate::fork::Once;

    #[test]
    fn what_no_call_holds_any_more_is_not_watched() {
        let hold = || {
            let failure = Error::new(Status::Foreign, "held");
            let held = RecordedFailure { failure, since: Instant::now(), sort: Once::new() };
            let held = Arc::new(held);
            watch(&held);
            held
        };
        let is_watched = |held: *const RecordedFailure| {
            let watched = WATCHED.lock();
            watched.held.iter().any(|(_, late)| ptr::eq(late.0.as_ptr(), held))
        };
        let (first, second) = (hold(), hold());
        let kept = Arc::downgrade(&first);
        assert!(is_watched(Arc::as_ptr(&first)) && is_watched(Arc::as_ptr(&second)));
        drop(first);
        assert!(!is_watched(kept.as_ptr()) && is_watched(Arc::as_ptr(&second)));
        let kept = Arc::downgrade(&second);
        drop(second);
        assert!(!is_watched(kept.as_ptr()));
    }
}
