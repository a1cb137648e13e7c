//! `Scope`: a context manager that has a runtime entered between `with` and the end of its block.

use std::cell::RefCell;
use std::ffi::c_void;
use std::sync::Arc;
use std::time::Duration;

use super::trampoline::trampoline;
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::model::{Runtime, Scope};
use crate::python::api::{Api, METH_NOARGS, METH_VARARGS, Object};
use crate::python::error::fetch;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::{HeapType, HeapTypeSpec, TP_DEALLOC, method};
use crate::python::support;

/// What an instance has.
pub(super) struct ScopeFields {
    runtime: Arc<Runtime>,
    /// How long its code may run.
    time: Option<Duration>,
}

static CLASS: Once<HeapType<ScopeFields>> = Once::new();

thread_local! {
    /// What this thread has entered, the latest last, and the address of the instance that did it.
    static ENTERED: RefCell<Vec<(usize, Arc<Scope>)>> = const { RefCell::new(Vec::new()) };
}

/// The type, which is made when the first scope is.
fn class(gil: &Gil) -> Result<&'static HeapType<ScopeFields>> {
    CLASS.get_or_make(|| {
        HeapType::new(
            gil,
            HeapTypeSpec {
                name: c"metaffi.Scope",
                doc: c"Has a runtime entered by a thread between `with` and the end of its block.",
                flags: 0,
                slots: &[(TP_DEALLOC, deallocate as *const c_void)],
                methods: vec![
                    method(
                        c"__enter__",
                        enter as *const c_void,
                        METH_NOARGS,
                        c"Enters the runtime on this thread; the scope itself.",
                    ),
                    method(
                        c"__exit__",
                        leave as *const c_void,
                        METH_VARARGS,
                        c"Leaves the runtime, once for each time it was entered.",
                    ),
                ],
                attributes: &[],
                offsets: &[],
            },
        )
    })
}

/// A scope of a runtime, which is interrupted after so many seconds, if they are told.
pub(super) fn new(gil: &Gil, runtime: Arc<Runtime>, seconds: Option<PyRef>) -> Result<PyRef> {
    let time = seconds.map(|seconds| duration(gil, &seconds)).transpose()?;
    class(gil)?.instance(gil, ScopeFields { runtime, time })
}

fn duration(gil: &Gil, seconds: &PyRef) -> Result<Duration> {
    // SAFETY: a live object under the GIL.
    let number = unsafe { (gil.api.PyFloat_AsDouble)(seconds.as_ptr()) };
    // SAFETY: under the GIL.
    if !unsafe { (gil.api.PyErr_Occurred)() }.is_null() {
        return Err(fetch(gil));
    }
    match number {
        // Longer than anything runs.
        f64::INFINITY => Ok(Duration::MAX),
        number => Duration::try_from_secs_f64(number).map_err(|_| {
            Error::invalid(format!("deadline: pass seconds from 0 on, and not {number}"))
        }),
    }
}

/// A thread by the number that Python has for it.
pub(super) fn thread(gil: &Gil, number: &PyRef) -> Result<u64> {
    // SAFETY: a live object under the GIL.
    let thread = unsafe { (gil.api.PyLong_AsUnsignedLongLong)(number.as_ptr()) };
    // SAFETY: under the GIL.
    if !unsafe { (gil.api.PyErr_Occurred)() }.is_null() {
        return Err(fetch(gil));
    }
    match thread {
        // Runtimes take that as all others.
        0 => Err(Error::invalid(
            "thread: pass the threading.get_ident() of a thread, and not 0; without one all others \
             are interrupted",
        )),
        thread => Ok(thread),
    }
}

/// # Safety
/// `object` is an instance, and outlives the result.
unsafe fn fields<'a>(gil: &Gil, object: Object) -> Result<&'a ScopeFields> {
    // SAFETY: `object` is an instance, and outlives the result.
    Ok(unsafe { &*class(gil)?.fields(object) })
}

unsafe extern "C-unwind" fn enter(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let ScopeFields { runtime, time } = fields(gil, object)?;
            let scope = Scope::enter(runtime)?;
            if time.is_some()
                && let Err(refused) = scope.set_deadline(*time)
            {
                scope.leave()?;
                return Err(refused);
            }
            ENTERED.with_borrow_mut(|entered| entered.push((object.addr(), scope)));
            Ok(PyRef::new_reference(gil, object))
        })
    }
}

unsafe extern "C-unwind" fn leave(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let ScopeFields { runtime, .. } = fields(gil, object)?;
            // Its own: tasks and stacks leave theirs in any order, and each may have a deadline.
            let scope = ENTERED.with_borrow_mut(|entered| {
                let is_own = |(instance, _): &(usize, _)| *instance == object.addr();
                let is_alike = |(_, scope): &(_, Arc<Scope>)| Arc::ptr_eq(scope.runtime(), runtime);
                let index = entered.iter().rposition(is_own);
                let index = index.or_else(|| entered.iter().rposition(is_alike));
                index.map(|index| entered.remove(index))
            });
            let (_, scope) = scope.ok_or_else(|| {
                Error::invalid(format!(
                    "this thread has not entered the runtime {}; a scope is left on the thread \
                     that entered it",
                    runtime.name()
                ))
            })?;
            scope.leave()?;
            Ok(support::none(gil))
        })
    }
}

unsafe extern "C-unwind" fn deallocate(object: Object) {
    let (Some(api), Some(class)) = (Api::get(), CLASS.get()) else { return };
    // SAFETY: Python gives the last reference to an instance.
    unsafe { class.destroy(api, object) };
}
