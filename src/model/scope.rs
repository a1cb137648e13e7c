use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Runtime;
use crate::error::{Error, Result, Status};
use crate::handle::{Handled, Kind};

/// A runtime entered on one thread for a batch of calls.
pub struct Scope {
    runtime: Arc<Runtime>,
    number: u64,
}

impl Handled for Scope {
    const KIND: Kind = Kind::Scope;
}

static NEXT: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// The scopes that this thread is in, the innermost last.
    static ENTERED: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

impl Scope {
    /// Enters the runtime on this thread.
    pub fn enter(runtime: &Arc<Runtime>) -> Result<Arc<Scope>> {
        runtime.check_process()?;
        runtime.running().enter().map_err(|error| error.in_runtime(runtime.name()))?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        ENTERED.with_borrow_mut(|entered| entered.push(number));
        Ok(Arc::new(Scope { runtime: runtime.clone(), number }))
    }

    /// Leaves it: on the thread that entered it, the innermost first.
    pub fn leave(&self) -> Result<()> {
        let innermost = ENTERED.with_borrow(|entered| {
            let position = entered.iter().position(|number| *number == self.number)?;
            Some(position + 1 == entered.len())
        });
        match innermost {
            Some(true) => {
                ENTERED.with_borrow_mut(|entered| entered.pop());
                self.runtime.running().leave();
                Ok(())
            }
            Some(false) => Err(Error::new(
                Status::InvalidArgument,
                "scopes are left in reverse order: a scope entered later is still open",
            )),
            None => Err(Error::new(
                Status::InvalidArgument,
                "a scope is left on the thread that entered it; this is another thread",
            )),
        }
    }
}
