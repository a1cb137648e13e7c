//! The ends of data, and what the garbage collector sees of it: owners, and what pointers were made
//! to point to.

use std::ffi::{c_int, c_void};
use std::ptr;

use super::{CLASSES, Data, fields, make, memory};
use crate::python::api::{Api, Object};
use crate::python::object::PyRef;
use crate::python::upcall::callable::VisitReference;

/// `Py_tp_traverse`
pub(super) unsafe extern "C-unwind" fn traverse(
    object: Object,
    visit: VisitReference,
    context: *mut c_void,
) -> c_int {
    // SAFETY: the garbage collector calls this with an instance, and nothing runs meanwhile.
    unsafe {
        let data = fields(object);
        if !data.is_own() {
            return if data.owner().is_null() { 0 } else { visit(data.owner(), context) };
        }
        data.own_memory().map_or(0, |own| own.visit_referents(|referent| visit(referent, context)))
    }
}

/// `Py_tp_clear`: nobody can reach the instance any more.
pub(super) unsafe extern "C-unwind" fn clear(object: Object) -> c_int {
    if Api::get().is_none() {
        return 0;
    }
    // SAFETY: the garbage collector calls this with an instance, holding the GIL; no reference to
    // its fields is kept while something is dropped.
    unsafe {
        if let Some(own) = fields(object).own_memory() {
            let referents = own.take_referents();
            memory::let_go(referents);
        } else if fields(object).is_pointer() {
            fields(object).address.set(ptr::null_mut());
            let owner = fields(object).owner.replace(ptr::null_mut());
            drop(PyRef::from_owned(owner));
        }
    }
    0
}

/// `Py_tp_dealloc`
pub(super) unsafe extern "C-unwind" fn deallocate(object: Object) {
    let (Some(api), Some(classes)) = (Api::get(), CLASSES.get()) else { return };
    // SAFETY: Python gives the last reference to an instance, holding the GIL; no reference to its
    // fields is kept while something is dropped.
    unsafe {
        let r#type = api.type_of(object);
        let collected = r#type == classes.collected.object().as_ptr();
        if collected {
            (api.PyObject_GC_UnTrack)(object.cast());
        }
        let data: *const Data = classes.plain.fields(object);
        if !(*data).weak.get().is_null() {
            (api.PyObject_ClearWeakRefs)(object);
        }
        let inside = (*data).is_own() && (*data).address() == make::inside(object);
        let is_small = inside && (*data).table().is_some_and(make::is_small)
            // What has more room remembers that.
            && (*data).own_memory().is_none();
        if (*data).is_own() {
            if let Some(own) = (*data).take_own_memory() {
                let referents = own.take_referents();
                drop(own);
                memory::let_go(referents);
            }
        } else if !(*data).owner().is_null() {
            memory::let_owner_go(api, (*data).owner());
        }
        api.decref((*data).kept_table().object());
        match collected {
            true => (api.PyObject_GC_Del)(object.cast()),
            false if !inside && make::WITHOUT_MEMORY.park(object) => return,
            false if is_small && make::WITH_LITTLE.park(object) => return,
            false => (api.PyObject_Free)(object.cast()),
        }
        api.decref(r#type);
    }
}
