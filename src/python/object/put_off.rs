//! What iterators failed with after they had given values, until they are asked again.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering};

use super::from_handle;
use crate::error::{Error, Result};
use crate::handle::Key;
use crate::python::lifecycle::gil::Gil;

/// The failures, each with the handle that is to fail with it.
struct PutOff(UnsafeCell<Vec<(Key, Error)>>);

// SAFETY: used under the GIL only; what is dropped, is dropped when it is not in use.
unsafe impl Sync for PutOff {}

static PUT_OFF: PutOff = PutOff(UnsafeCell::new(Vec::new()));

/// Whether there are any, for whoever frees a handle, with the GIL or without.
static ANY: AtomicBool = AtomicBool::new(false);

/// Whether a handle that is freed may have put off a failure.
#[inline(always)]
pub fn any() -> bool {
    ANY.load(Ordering::Relaxed)
}

/// Puts off a failure of an iterator until its handle is asked again.
pub fn put(_: &Gil, key: Key, failure: Error) {
    // SAFETY: under the GIL.
    unsafe { (*PUT_OFF.0.get()).push((key, failure)) };
    ANY.store(true, Ordering::Relaxed);
}

/// Fails with what a handle has put off.
pub fn take(_: &Gil, key: Key) -> Result<()> {
    extract(|of| of == key).pop().map_or(Ok(()), Err)
}

/// Drops what handles have put off that have been freed.
#[cold]
pub fn forget_freed(gil: &Gil) {
    drop(extract(|key| from_handle(gil, key).is_none()));
}

/// Takes out what is of the handles that are meant; under the GIL.
fn extract(is_meant: impl Fn(Key) -> bool) -> Vec<Error> {
    // SAFETY: under the GIL, and nothing of Python's runs meanwhile.
    let failures = unsafe { &mut *PUT_OFF.0.get() };
    let meant = failures.extract_if(.., |(key, _)| is_meant(*key)).map(|(_, failure)| failure);
    let meant = meant.collect();
    ANY.store(!failures.is_empty(), Ordering::Relaxed);
    meant
}
