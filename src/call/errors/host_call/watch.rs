//! Failures that are held by calls which do not return: somebody is told of them while they run.
//!
//! A thread looks at them, as long as there are any; the calls themselves have nothing to do for it
//! but to say that they hold one.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use std::{mem, process, thread};

use super::RecordedFailure;
use crate::call::errors::failure;
use crate::call::errors::guard::guarded;
use crate::call::errors::repeated;
use crate::error::{Error, Result};
use crate::fork::Lock;
use crate::process::without_signals;

/// How often the thread looks. So long it also stays when there is nothing left.
const INTERVAL: Duration = Duration::from_millis(20);

static WATCHED: Lock<Watched> = Lock::new(Watched { late: Vec::new(), process: 0 });

struct Watched {
    /// When they are late.
    late: Vec<(Instant, Late)>,
    /// The process that has a thread which looks: a child of it has none.
    process: u32,
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
    // Asked once: it is a call of the system.
    let here = process::id();
    let has_thread = mem::replace(&mut watched.process, here) == here;
    if !has_thread {
        // What the calls of a parent held.
        watched.late.clear();
    }
    watched.late.push((held.since + repeated::PERIOD, Late::of(held)));
    drop(watched);
    if !has_thread {
        let thread = thread::Builder::new().name("metaffi-watch".to_owned());
        if without_signals(|| thread.spawn(|| guarded(look))).is_err() {
            WATCHED.lock().process = 0;
        }
    }
}

fn look() -> Result<()> {
    loop {
        thread::sleep(INTERVAL);
        let (mut watched, now) = (WATCHED.lock(), Instant::now());
        watched.late.retain(|(_, Late(held))| held.strong_count() != 0);
        if watched.late.is_empty() {
            watched.process = 0;
            return Ok(());
        }
        let late: Vec<_> = watched.late.extract_if(.., |(when, _)| *when <= now).collect();
        drop(watched);
        late.iter().for_each(|(_, late)| failure::report_late(late));
    }
}
