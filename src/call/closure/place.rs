//! [`Place`]: where a closure lives, its code and its slot, and the pools of those that have ended.

use std::collections::VecDeque;

use super::general::Memory;
use super::slot::Slot;
use crate::fork::Lock;

/// What a closure has as long as it lives; dropping it gives it back to its pool.
pub(super) struct Place(Option<Parts>);

pub(super) struct Parts {
    pub(super) code: *const (),
    pub(super) slot: &'static Slot,
    pub(super) pool: &'static Pool,
    /// Of a libffi closure, what its code refers to.
    pub(super) memory: Option<Box<Memory>>,
}

// SAFETY: `code` is a function pointer, and parts are used by one closure at a time.
unsafe impl Send for Parts {}
// SAFETY: as above.
unsafe impl Sync for Parts {}

impl Place {
    pub(super) fn new(parts: Parts) -> Place {
        Place(Some(parts))
    }

    pub(super) fn code(&self) -> *const () {
        self.parts().code
    }

    pub(super) fn slot(&self) -> &'static Slot {
        self.parts().slot
    }

    pub(super) fn memory(&mut self) -> Option<&mut Memory> {
        self.0.as_mut()?.memory.as_deref_mut()
    }

    #[expect(clippy::unwrap_used, reason = "only dropping takes the parts out")]
    fn parts(&self) -> &Parts {
        self.0.as_ref().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(parts) = self.0.take() {
            parts.pool.0.lock().push_back(parts);
        }
    }
}

/// Places of one kind whose closures have ended, the oldest first.
pub(super) struct Pool(Lock<VecDeque<Parts>>);

impl Pool {
    pub(super) const fn new() -> Pool {
        Pool(Lock::new(VecDeque::new()))
    }

    /// The one that ended first, if more than `kept` have.
    pub(super) fn take(&self, kept: usize) -> Option<Place> {
        let mut ended = self.0.lock();
        let parts = if ended.len() > kept { ended.pop_front() } else { None };
        drop(ended);
        parts.map(Place::new)
    }
}
