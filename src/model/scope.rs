use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Runtime;
use crate::error::{Error, Result};
use crate::handle::{HandleKind, Handled};
use crate::thread;

/// A runtime entered on one thread for a batch of calls.
pub struct Scope {
    runtime: Arc<Runtime>,
    thread: NonZeroUsize,
    /// What the runtime has to be told when it is left.
    entered: usize,
    left: AtomicBool,
}

impl Handled for Scope {
    const KIND: HandleKind = HandleKind::Scope;
}

impl Scope {
    /// Enters the runtime on this thread.
    pub fn enter(runtime: &Arc<Runtime>) -> Result<Arc<Scope>> {
        let entered = runtime.enter()?;
        let (runtime, thread) = (runtime.clone(), thread::number());
        Ok(Arc::new(Scope { runtime, thread, entered, left: AtomicBool::new(false) }))
    }

    /// The runtime.
    pub fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    /// Leaves it, on the thread that entered it. Scopes may be left in any order: they may be those
    /// of several stacks.
    pub fn leave(&self) -> Result<()> {
        if self.thread != thread::number() {
            let message = "a scope is left on the thread that entered it; this is another thread";
            return Err(Error::invalid(message));
        }
        if self.left.swap(true, Ordering::Relaxed) {
            return Err(Error::invalid("this scope was left before"));
        }
        self.runtime.leave(self.entered);
        Ok(())
    }
}
