//! [`BoundFunction`]: a function of ours that Python calls, with something of ours.

use std::ffi::{CStr, c_int, c_void};
use std::ptr;
use std::sync::Arc;

use crate::error::Result;
use crate::python::api::{Api, Object, PyMethodDef};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// A function that is called with a capsule of a `T`, which it keeps.
pub(super) struct BoundFunction<T> {
    definition: PyMethodDef,
    /// The name of its capsules.
    capsule: &'static CStr,
    of: std::marker::PhantomData<fn(T)>,
}

// SAFETY: never written.
unsafe impl<T> Sync for BoundFunction<T> {}

/// What Python calls: the capsule, and an argument if it takes one.
pub(super) type BoundCode = unsafe extern "C-unwind" fn(Object, Object) -> Object;

impl<T: 'static> BoundFunction<T> {
    pub(super) const fn new(
        name: &'static CStr,
        flags: c_int,
        code: BoundCode,
        capsule: &'static CStr,
    ) -> BoundFunction<T> {
        let (name, function) = (name.as_ptr(), code as *const c_void);
        let definition = PyMethodDef { name, function, flags, doc: ptr::null() };
        BoundFunction { definition, capsule, of: std::marker::PhantomData }
    }

    /// The function with a `T`, of which `end` is told when Python gives it up.
    pub(super) fn with(
        &'static self,
        gil: &Gil,
        held: Arc<T>,
        end: unsafe extern "C-unwind" fn(Object),
    ) -> Result<PyRef> {
        let held = Arc::into_raw(held);
        let definition = ptr::from_ref(&self.definition).cast_mut();
        let pointer = held.cast_mut().cast::<c_void>();
        // SAFETY: a new capsule takes the reference over, which is dropped here on failure; Python
        // only reads the definition, which lives as long as the process.
        unsafe {
            let capsule = (gil.api.PyCapsule_New)(pointer, self.capsule.as_ptr(), Some(end));
            let capsule = PyRef::owned(gil, capsule).inspect_err(|_| drop(Arc::from_raw(held)))?;
            let new = gil.api.PyCFunction_NewEx;
            PyRef::owned(gil, new(definition, capsule.as_ptr(), ptr::null_mut()))
        }
    }

    /// What a capsule has.
    ///
    /// # Safety
    /// A live one that `with` made, under the GIL.
    pub(super) unsafe fn held<'a>(&self, api: &Api, capsule: Object) -> &'a T {
        // SAFETY: a live capsule, which keeps such a reference.
        unsafe { &*(api.PyCapsule_GetPointer)(capsule, self.capsule.as_ptr()).cast() }
    }

    /// The same when Python gives it up.
    ///
    /// # Safety
    /// As for `held`; called once, by the end of the capsule.
    pub(super) unsafe fn take(&self, api: &Api, capsule: Object) -> Arc<T> {
        // SAFETY: the reference that the capsule has kept.
        unsafe { Arc::from_raw((api.PyCapsule_GetPointer)(capsule, self.capsule.as_ptr()).cast()) }
    }
}
