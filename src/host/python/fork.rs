//! Forks: a child has no other threads, so that nobody may be in the middle of loading something
//! when its process forks.

use std::cell::{Cell, RefCell};
use std::sync::{Once, PoisonError, RwLock, RwLockWriteGuard};

use super::trampoline::trampoline;
use crate::error::Result;
use crate::python::api::Object;
use crate::python::join::hook::{self, Hook};
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::support;

/// Held for reading while something is loaded, and for writing during a fork.
static LOADING: RwLock<()> = RwLock::new(());

thread_local! {
    /// How many loads this thread is in: what is loaded may run code that forks.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static FORKING: RefCell<Option<RwLockWriteGuard<'static, ()>>> = const { RefCell::new(None) };
}

/// Loads something without the GIL; this thread's process is not forked by others meanwhile.
pub(super) fn load<R>(gil: &Gil, load: impl FnOnce() -> R) -> R {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            DEPTH.set(DEPTH.get() - 1);
        }
    }
    gil::release(gil, || {
        let outermost = DEPTH.get() == 0;
        let _guard = outermost.then(|| LOADING.read().unwrap_or_else(PoisonError::into_inner));
        DEPTH.set(DEPTH.get() + 1);
        let _leave = Leave;
        load()
    })
}

/// Asks Python to tell of forks.
pub(super) fn register(gil: &Gil) -> Result<()> {
    static REGISTERED: Once = Once::new();
    if REGISTERED.is_completed() {
        return Ok(());
    }
    hook::at_fork(gil, &BEFORE, &AFTER)?;
    REGISTERED.call_once(|| ());
    Ok(())
}

static BEFORE: Hook = Hook::new(c"metaffi_wait_for_loads", before);
static AFTER: Hook = Hook::new(c"metaffi_let_loads_begin", after);

unsafe extern "C-unwind" fn before(_: Object, _: Object) -> Object {
    // SAFETY: Python calls this holding the GIL, which loads may need to end.
    unsafe {
        trampoline(|gil| {
            if DEPTH.get() == 0 {
                let lock = || LOADING.write().unwrap_or_else(PoisonError::into_inner);
                let guard = gil::release(gil, lock);
                FORKING.with_borrow_mut(|forking| *forking = Some(guard));
            }
            Ok(support::none(gil))
        })
    }
}

unsafe extern "C-unwind" fn after(_: Object, _: Object) -> Object {
    // SAFETY: Python calls this on the same thread, in the parent and in the child.
    unsafe {
        trampoline(|gil| {
            drop(FORKING.with_borrow_mut(Option::take));
            Ok(support::none(gil))
        })
    }
}
