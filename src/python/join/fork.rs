//! What becomes of the interpreter in a process that is forked.
//!
//! Only the thread that forks lives on in the child, and locks of CPython's that others held stay
//! locked there. A thread that holds the GIL prepares the interpreter for that and repairs it in
//! the child, as `os.fork` does. If another one forks, Python is lost to the child.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

use super::hook::{self, Hook};
use crate::error::Result;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::end::LIFE;
use crate::python::lifecycle::gil::{self, Gil};

thread_local! {
    /// Whether CPython has been told of the fork that this thread is making.
    static TOLD: Cell<bool> = const { Cell::new(false) };
    /// Whether it is us who told it.
    static OURS: Cell<bool> = const { Cell::new(false) };
}

/// Sees to the forks of this process from now on. Once: a child that is repaired by the first of
/// two handlers is no longer known to the second.
pub fn watch(gil: &Gil) -> Result<()> {
    static WATCHED: AtomicBool = AtomicBool::new(false);
    if WATCHED.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    // SAFETY: the handlers are functions that live as long as the process.
    unsafe { libc::pthread_atfork(Some(prepare), Some(parent), Some(child)) };
    hook::at_fork(gil, &BEFORE, &AFTER)
}

/// Tells CPython of a fork, unless it makes it itself.
unsafe extern "C" fn prepare() {
    let Some(api) = Api::get() else { return };
    if TOLD.get() || LIFE.check().is_err() || !gil::is_held(api) {
        return;
    }
    if let Some(before) = api.PyOS_BeforeFork {
        OURS.set(true);
        // SAFETY: the GIL is held.
        unsafe { before() };
    }
}

unsafe extern "C" fn parent() {
    let Some(api) = Api::get() else { return };
    if let (true, Some(after)) = (OURS.replace(false), api.PyOS_AfterFork_Parent) {
        // SAFETY: the GIL is held since `prepare`.
        unsafe { after() };
    }
}

unsafe extern "C" fn child() {
    let Some(api) = Api::get() else { return };
    let ours = OURS.replace(false);
    LIFE.forked(!ours && !TOLD.get());
    if let (true, Some(after)) = (ours, api.PyOS_AfterFork_Child) {
        // SAFETY: the GIL is held since `prepare`.
        unsafe { after() };
    }
}

static BEFORE: Hook = Hook::new(c"metaffi_before_fork", before);
static AFTER: Hook = Hook::new(c"metaffi_after_fork", after);

/// CPython is about to fork, or is told that somebody else is.
unsafe extern "C-unwind" fn before(_: Object, _: Object) -> Object {
    TOLD.set(true);
    hook::done()
}

/// CPython has forked, and repaired what it has to in a child.
unsafe extern "C-unwind" fn after(_: Object, _: Object) -> Object {
    TOLD.set(false);
    LIFE.recover();
    hook::done()
}
