//! [`Hook`]: a function of ours that Python calls when something happens.

use std::ffi::{CStr, c_void};
use std::ptr;

use crate::error::Result;
use crate::python::api::{Api, METH_NOARGS, Object, PyMethodDef};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::{error, support};

/// What Python calls, with nothing of interest.
pub type HookFunction = unsafe extern "C-unwind" fn(Object, Object) -> Object;

/// A function without arguments, as Python knows it.
pub struct Hook(PyMethodDef);

// SAFETY: never written.
unsafe impl Sync for Hook {}

impl Hook {
    /// A function of that name.
    pub const fn new(name: &'static CStr, function: HookFunction) -> Hook {
        let (name, function) = (name.as_ptr(), function as *const c_void);
        Hook(PyMethodDef { name, function, flags: METH_NOARGS, doc: ptr::null() })
    }

    /// The function as an object.
    pub fn function(&'static self, gil: &Gil) -> Result<PyRef> {
        let definition = ptr::from_ref(&self.0).cast_mut();
        let new = gil.api.PyCFunction_NewEx;
        // SAFETY: Python only reads the definition, which lives as long as the process.
        unsafe { PyRef::owned(gil, new(definition, ptr::null_mut(), ptr::null_mut())) }
    }
}

/// What a hook gives back: None.
pub fn done() -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls, so the GIL is held.
    unsafe { api.incref(api._Py_NoneStruct) };
    api._Py_NoneStruct
}

/// Has Python call hooks before its forks, and after them in both processes; nothing where there
/// are none.
pub fn at_fork(gil: &Gil, before: &'static Hook, after: &'static Hook) -> Result<()> {
    let os = PyRef::import(gil, c"os")?;
    let (before, after) = (before.function(gil)?, after.function(gil)?);
    let (api, register) = (gil.api, c"register_at_fork");
    // SAFETY: live objects under the GIL.
    unsafe {
        if (api.PyObject_HasAttrString)(os.as_ptr(), register.as_ptr()) == 0 {
            return Ok(());
        }
        let hooks = PyRef::owned(gil, (api.PyDict_New)())?;
        for (name, hook) in
            [(c"before", &before), (c"after_in_parent", &after), (c"after_in_child", &after)]
        {
            if (api.PyDict_SetItemString)(hooks.as_ptr(), name.as_ptr(), hook.as_ptr()) != 0 {
                return Err(error::fetch(gil));
            }
        }
        let register = os.attribute(gil, register)?;
        let none = support::tuple(gil, Vec::new())?;
        let registered = (api.PyObject_Call)(register.as_ptr(), none.as_ptr(), hooks.as_ptr());
        PyRef::owned(gil, registered).map(drop)
    }
}
