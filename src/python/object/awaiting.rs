//! How Python awaits objects of other runtimes.

use super::PyRef;
use crate::error::{Error, Result, Status};
use crate::fork::Once;
use crate::handle::Key;
use crate::python::lifecycle::gil::Gil;

/// What `__await__` of such an object gives, on the thread of a running loop.
pub type AwaitIterator = fn(&Gil, Key) -> Result<PyRef>;

static ITERATOR: Once<AwaitIterator> = Once::new();

/// Says how they are awaited, from now on.
pub fn set_await_iterator(iterator: AwaitIterator) {
    let _ = ITERATOR.set(iterator);
}

/// The iterator that awaits the object of a handle, which stays the caller's.
pub fn await_iterator(gil: &Gil, object: Key) -> Result<PyRef> {
    match ITERATOR.get() {
        Some(iterator) => iterator(gil, object),
        None => Err(Error::new(Status::Internal, "nobody has said how Python awaits")),
    }
}
