//! What is asked of a runtime on any thread, and done on its own.

use super::Owner;
use crate::error::Result;

mod function;
mod protocol;

pub use function::Posted;
pub use protocol::PostedProtocol;

/// Does on the owner's thread what was made for this one, which waits for it.
pub(super) fn lend<R>(owner: &Owner, ask: impl FnOnce() -> Result<R>) -> Result<R> {
    let asked = PostedWork(ask);
    owner.run(move || PostedWork(asked.take()()))?.take()
}

/// What the thread uses while the one that asks it waits.
struct PostedWork<T>(T);

// SAFETY: one of the two threads uses it at a time.
unsafe impl<T> Send for PostedWork<T> {}

impl<T> PostedWork<T> {
    fn take(self) -> T {
        self.0
    }
}
