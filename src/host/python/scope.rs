//! `Scope`: a context manager that has a runtime entered between `with` and the end of its block.

use std::cell::RefCell;
use std::ffi::c_void;
use std::sync::Arc;

use super::trampoline::trampoline;
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::model::{Runtime, Scope};
use crate::python::api::{Api, METH_NOARGS, METH_VARARGS, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::{HeapType, HeapTypeSpec, TP_DEALLOC, method};
use crate::python::support;

/// What an instance has.
pub(super) struct ScopeFields {
    runtime: Arc<Runtime>,
}

static CLASS: Once<HeapType<ScopeFields>> = Once::new();

thread_local! {
    /// What this thread has entered, the latest last.
    static ENTERED: RefCell<Vec<Arc<Scope>>> = const { RefCell::new(Vec::new()) };
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

/// A scope of a runtime.
pub(super) fn new(gil: &Gil, runtime: Arc<Runtime>) -> Result<PyRef> {
    class(gil)?.instance(gil, ScopeFields { runtime })
}

/// # Safety
/// `object` is an instance, and outlives the result.
unsafe fn runtime<'a>(gil: &Gil, object: Object) -> Result<&'a Arc<Runtime>> {
    // SAFETY: `object` is an instance, and outlives the result.
    Ok(unsafe { &(*class(gil)?.fields(object)).runtime })
}

unsafe extern "C-unwind" fn enter(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let scope = Scope::enter(runtime(gil, object)?)?;
            ENTERED.with_borrow_mut(|entered| entered.push(scope));
            Ok(PyRef::new_reference(gil, object))
        })
    }
}

unsafe extern "C-unwind" fn leave(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with an instance, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let runtime = runtime(gil, object)?;
            // Those of one runtime are all alike, whichever task or stack has entered them.
            let scope = ENTERED.with_borrow_mut(|entered| {
                let is = |scope: &Arc<Scope>| Arc::ptr_eq(scope.runtime(), runtime);
                entered.iter().rposition(is).map(|index| entered.remove(index))
            });
            let scope = scope.ok_or_else(|| {
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
