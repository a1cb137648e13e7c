use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Runtime;
use crate::error::{Error, Result};
use crate::fork::Lock;
use crate::handle::{HandleKind, Handled};
use crate::kit::{Interruption, Watch, watch};
use crate::thread;

/// A runtime entered on one thread for a batch of calls.
pub struct Scope {
    runtime: Arc<Runtime>,
    thread: NonZeroUsize,
    /// What the runtime has to be told when it is left.
    entered: usize,
    left: AtomicBool,
    /// Whether it has, or had, a deadline.
    is_limited: AtomicBool,
    deadline: Lock<Option<Arc<Watch>>>,
}

impl Handled for Scope {
    const KIND: HandleKind = HandleKind::Scope;
}

impl Scope {
    /// Enters the runtime on this thread.
    pub fn enter(runtime: &Arc<Runtime>) -> Result<Arc<Scope>> {
        let entered = runtime.enter()?;
        let (runtime, thread) = (runtime.clone(), thread::number());
        let (left, is_limited) = (AtomicBool::new(false), AtomicBool::new(false));
        Ok(Arc::new(Scope {
            runtime,
            thread,
            entered,
            left,
            is_limited,
            deadline: Lock::default(),
        }))
    }

    /// The runtime.
    pub fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    /// Has code of the runtime that this thread runs in the scope interrupted when so much time has
    /// passed; `None` takes that back. On the thread that entered it.
    pub fn set_deadline(&self, time: Option<Duration>) -> Result<()> {
        self.check_thread("has its deadline set")?;
        self.take_back_deadline()?;
        // What is too far away to be a time never comes.
        let Some(at) = time.and_then(|time| Instant::now().checked_add(time)) else {
            return Ok(());
        };
        let (runtime, thread) = (self.runtime.clone(), thread::system_number());
        // Whether that can be done.
        let refused = runtime.running().interrupt(Some(thread), Interruption::TimedOut, &|| false);
        refused.map_err(|refused| refused.in_runtime(runtime.name()))?;
        let bark = move |watch: &Watch| {
            let begin = || watch.begin();
            let _ = runtime.running().interrupt(Some(thread), Interruption::TimedOut, &begin);
        };
        self.is_limited.store(true, Ordering::Relaxed);
        *self.deadline.lock() = Some(watch(at, bark)?);
        Ok(())
    }

    fn take_back_deadline(&self) -> Result<()> {
        if !self.is_limited.load(Ordering::Relaxed) {
            return Ok(());
        }
        let Some(watch) = self.deadline.lock().take() else { return Ok(()) };
        self.runtime.running().take_back_interrupt(&|| watch.call_off())
    }

    fn check_thread(&self, what: &str) -> Result<()> {
        match self.thread == thread::number() {
            true => Ok(()),
            false => Err(Error::invalid(format!(
                "a scope {what} on the thread that entered it; this is another thread"
            ))),
        }
    }

    /// Leaves it, on the thread that entered it. Scopes may be left in any order: they may be those
    /// of several stacks.
    pub fn leave(&self) -> Result<()> {
        self.check_thread("is left")?;
        if self.left.swap(true, Ordering::Relaxed) {
            return Err(Error::invalid("this scope was left before"));
        }
        let _ = self.take_back_deadline();
        self.runtime.leave(self.entered);
        Ok(())
    }
}
