//! Forks: a child has no other threads, so that nobody may be in the middle of loading something
//! when its process forks.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::sync::{Once, PoisonError, RwLock, RwLockWriteGuard};

use super::answer::answer;
use crate::error::Result;
use crate::python::api::{METH_NOARGS, Object, PyMethodDef};
use crate::python::class::{method, methods};
use crate::python::error::fetch;
use crate::python::gil::{self, Gil};
use crate::python::object::PyRef;
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
    let api = gil.api;
    let definitions = methods(vec![
        method(c"metaffi_before_fork", before as *const c_void, METH_NOARGS, c"Waits for loads."),
        method(c"metaffi_after_fork", after as *const c_void, METH_NOARGS, c"Lets loads begin."),
    ]);
    let function = |definition: *mut PyMethodDef| {
        let none = std::ptr::null_mut();
        // SAFETY: the definition is never given back; under the GIL.
        unsafe { PyRef::owned(gil, (api.PyCFunction_NewEx)(definition, none, none)) }
    };
    let before = function(definitions)?;
    let after = function(definitions.wrapping_add(1))?;
    // SAFETY: live objects under the GIL.
    unsafe {
        let os = PyRef::owned(gil, (api.PyImport_ImportModule)(c"os".as_ptr()))?;
        // Where there is no fork there is no such function.
        if (api.PyObject_HasAttrString)(os.as_ptr(), c"register_at_fork".as_ptr()) == 0 {
            return Ok(());
        }
        let register = os.attribute(gil, c"register_at_fork")?;
        let keywords = PyRef::owned(gil, (api.PyDict_New)())?;
        for (name, value) in
            [(c"before", &before), (c"after_in_parent", &after), (c"after_in_child", &after)]
        {
            if (api.PyDict_SetItemString)(keywords.as_ptr(), name.as_ptr(), value.as_ptr()) != 0 {
                return Err(fetch(gil));
            }
        }
        let none = support::tuple(gil, Vec::new())?;
        let call = (api.PyObject_Call)(register.as_ptr(), none.as_ptr(), keywords.as_ptr());
        PyRef::owned(gil, call)?;
    }
    REGISTERED.call_once(|| ());
    Ok(())
}

unsafe extern "C-unwind" fn before(_: Object, _: Object) -> Object {
    // SAFETY: Python calls this holding the GIL, which loads may need to end.
    unsafe {
        answer(|gil| {
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
        answer(|gil| {
            drop(FORKING.with_borrow_mut(Option::take));
            Ok(support::none(gil))
        })
    }
}
