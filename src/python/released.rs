//! References that were given up where the GIL was not held.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::api::PyObject;
use super::gil::Gil;

struct Reference(NonNull<PyObject>);

// SAFETY: only a number until a thread that holds the GIL takes it.
unsafe impl Send for Reference {}

static QUEUE: Mutex<Vec<Reference>> = Mutex::new(Vec::new());
static ANY: AtomicBool = AtomicBool::new(false);

/// Leaves a reference to whoever attaches next.
pub fn push(object: NonNull<PyObject>) {
    let mut queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
    queue.push(Reference(object));
    ANY.store(true, Ordering::Release);
}

/// Gives back what has been left.
#[inline]
pub fn drop_all(gil: &Gil) {
    if ANY.load(Ordering::Relaxed) {
        drop_queue(gil);
    }
}

#[cold]
fn drop_queue(gil: &Gil) {
    let references = {
        let mut queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
        ANY.store(false, Ordering::Relaxed);
        std::mem::take(&mut *queue)
    };
    // Not under the lock: what an object's end runs may push again.
    for Reference(object) in references {
        // SAFETY: the reference was given up by its owner; the GIL is held.
        unsafe { (gil.api.Py_DecRef)(object.as_ptr()) };
    }
}
