//! What becomes of the interpreter in a process that is forked.
//!
//! Only the thread that forks lives on in the child, and locks of CPython's that others held stay
//! locked there. A thread that holds the GIL prepares the interpreter for that and repairs it in
//! the child, as `os.fork` does. If another one forks, Python is lost to the child.

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use super::api::{Api, METH_NOARGS, Object, PyMethodDef};
use super::gil::{self, Gil};
use super::object::PyRef;
use crate::error::{Error, Result, Status};

/// Set in a child that cannot use the interpreter.
static LOST: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// Whether CPython has been told of the fork that this thread is making.
    static TOLD: Cell<bool> = const { Cell::new(false) };
    /// Whether it is us who told it.
    static OURS: Cell<bool> = const { Cell::new(false) };
}

/// Fails in a child that cannot use the interpreter.
pub fn check() -> Result<()> {
    match LOST.load(Ordering::Acquire) {
        false => Ok(()),
        true => Err(Error::new(
            Status::Unsupported,
            "this process was forked by a thread that did not hold Python, which cannot be used \
             here any more; fork inside a scope (metaffi_scope_enter) or by os.fork, or start a \
             new program",
        )),
    }
}

/// Sees to the forks of this process from now on.
pub fn watch(gil: &Gil) -> Result<()> {
    // SAFETY: the handlers are functions that live as long as the process.
    unsafe { libc::pthread_atfork(Some(prepare), Some(parent), Some(child)) };
    let api = gil.api;
    // SAFETY: live objects under the GIL; the definitions live as long as the process.
    unsafe {
        let function = |definition: &'static Definition| {
            let definition = ptr::from_ref(&definition.0).cast_mut();
            PyRef::owned(gil, (api.PyCFunction_NewEx)(definition, ptr::null_mut(), ptr::null_mut()))
        };
        let (before, after) = (function(&BEFORE)?, function(&AFTER)?);
        let hooks = PyRef::owned(gil, (api.PyDict_New)())?;
        for (name, hook) in
            [(c"before", &before), (c"after_in_parent", &after), (c"after_in_child", &after)]
        {
            (api.PyDict_SetItemString)(hooks.as_ptr(), name.as_ptr(), hook.as_ptr());
        }
        let os = PyRef::owned(gil, (api.PyImport_ImportModule)(c"os".as_ptr()))?;
        let register = os.attribute(gil, c"register_at_fork")?;
        let none = PyRef::owned(gil, (api.PyTuple_New)(0))?;
        let registered = (api.PyObject_Call)(register.as_ptr(), none.as_ptr(), hooks.as_ptr());
        PyRef::owned(gil, registered).map(drop)
    }
}

/// Tells CPython of a fork, unless it makes it itself.
unsafe extern "C" fn prepare() {
    let Some(api) = Api::get() else { return };
    if TOLD.get() || check().is_err() || !gil::is_held(api) {
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
    match (OURS.replace(false), api.PyOS_AfterFork_Child) {
        // SAFETY: the GIL is held since `prepare`.
        (true, Some(after)) => unsafe { after() },
        _ if TOLD.get() => {}
        _ => LOST.store(true, Ordering::Release),
    }
}

struct Definition(PyMethodDef);

// SAFETY: never written.
unsafe impl Sync for Definition {}

const fn definition(
    name: &'static std::ffi::CStr,
    function: unsafe extern "C-unwind" fn(Object, Object) -> Object,
) -> Definition {
    Definition(PyMethodDef {
        name: name.as_ptr(),
        function: function as *const c_void,
        flags: METH_NOARGS as c_int,
        doc: ptr::null(),
    })
}

static BEFORE: Definition = definition(c"metaffi_before_fork", before);
static AFTER: Definition = definition(c"metaffi_after_fork", after);

/// CPython is about to fork, or is told that somebody else is.
unsafe extern "C-unwind" fn before(_: Object, _: Object) -> Object {
    TOLD.set(true);
    none()
}

/// CPython has forked, and repaired what it has to in a child.
unsafe extern "C-unwind" fn after(_: Object, _: Object) -> Object {
    TOLD.set(false);
    LOST.store(false, Ordering::Release);
    none()
}

fn none() -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: the interpreter calls, so the GIL is held.
    unsafe { (api.Py_IncRef)(api._Py_NoneStruct) };
    api._Py_NoneStruct
}
