//! Cycles of handles, by what C data was made to point to: other objects, and Python functions. The
//! garbage collector finds them where a handle's object is nobody else's.

use std::any::Any;
use std::ffi::{c_int, c_void};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{CLASS, HandleFields};
use crate::backend::Proxy;
use crate::backend::proxy::{self, BorrowedMemory, HostReference};
use crate::call::Callable;
use crate::handle::{self, HandleKind};
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::upcall::callable::{Visit, function_of, of_object};

/// A reference of C data to the Python object of a handle, which keeps its own object meanwhile.
struct ByHandle(PyRef);

/// The same for a callable's Python object, which keeps the callable.
struct ByCallable(PyRef);

impl Drop for ByHandle {
    fn drop(&mut self) {
        let Some(class) = CLASS.get() else { return };
        // SAFETY: an instance, which the reference keeps alive.
        let fields = unsafe { &*class.fields(self.0.as_ptr()) };
        if fields.keeps.fetch_sub(1, Ordering::SeqCst) == 1 {
            fields.free_unreferenced();
        }
    }
}

/// What keeps alive what an object stands for, where a pointer is made to point there.
pub(super) fn keeper(gil: &Gil, object: &PyRef) -> Option<HostReference> {
    // SAFETY: a live object under the GIL.
    unsafe {
        if of_object(gil.api, object.as_ptr()).is_some() {
            return Some(Box::new(ByCallable(object.clone_ref(gil))));
        }
        let class = CLASS.get().filter(|class| class.is(gil.api, object.as_ptr()))?;
        let fields = &*class.fields(object.as_ptr());
        // Only what was looked at shows its own references.
        let _ = fields.seen(gil);
        fields.keeps.fetch_add(1, Ordering::SeqCst);
    }
    Some(Box::new(ByHandle(object.clone_ref(gil))))
}

/// The Python object that C data refers to by one reference.
fn referent(thing: &dyn Any) -> Option<Object> {
    let of = |reference: &PyRef| reference.as_ptr();
    let handle = thing.downcast_ref::<ByHandle>().map(|ByHandle(object)| of(object));
    handle
        .or_else(|| thing.downcast_ref::<ByCallable>().map(|ByCallable(object)| of(object)))
        .or_else(|| thing.downcast_ref::<Arc<Callable>>().and_then(function_of))
}

/// `Py_tp_traverse`
pub(super) unsafe extern "C-unwind" fn traverse(
    object: Object,
    visit: Visit,
    data: *mut c_void,
) -> c_int {
    let Some(class) = CLASS.get() else { return 0 };
    let mut outcome = 0;
    // SAFETY: the garbage collector calls this with an instance, and nothing runs meanwhile.
    let fields = unsafe { &*class.fields(object) };
    fields.ask_proxy(|proxy, borrowed| {
        proxy.visit_referents(borrowed, &mut |thing| {
            if let (0, Some(referent)) = (outcome, referent(thing)) {
                // SAFETY: the object is kept by C data that the instance keeps.
                outcome = unsafe { visit(referent, data) };
            }
        });
    });
    outcome
}

/// `Py_tp_clear`: nobody can reach the instance any more.
pub(super) unsafe extern "C-unwind" fn clear(object: Object) -> c_int {
    if let (Some(_), Some(class)) = (Api::get(), CLASS.get()) {
        // SAFETY: the garbage collector calls this with an instance, holding the GIL.
        let fields = unsafe { &*class.fields(object) };
        drop(fields.ask_proxy(|proxy, borrowed| proxy.take_referents(borrowed)));
    }
    0
}

impl HandleFields {
    /// Asks the object, if anybody looked, or still points to it.
    fn ask_proxy<R>(&self, ask: impl FnOnce(&dyn Proxy, &[&BorrowedMemory]) -> R) -> Option<R> {
        match self.deferred_key.load(Ordering::SeqCst) {
            0 => self.look.ask(ask),
            deferred_key => proxy::of(deferred_key).ok()?.map(|proxy| ask(&*proxy, &[])),
        }
    }

    /// Frees the handle that was released while C data pointed to its object, unless some still
    /// does.
    pub(super) fn free_unreferenced(&self) {
        if self.keeps.load(Ordering::SeqCst) == 0 {
            let _ = handle::free(self.deferred_key.swap(0, Ordering::SeqCst), HandleKind::Object);
        }
    }
}
