//! Arrays, C types and C data by the functions of the C API, as a host calls them.

use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering};

use metaffi::abi::*;
use metaffi::call::errors::failure;
use metaffi::capi::cdata::members::*;
use metaffi::capi::cdata::*;
use metaffi::capi::ctype::build::*;
use metaffi::capi::ctype::call::*;
use metaffi::capi::ctype::query::*;
use metaffi::capi::ctype::*;
use metaffi::capi::module::{metaffi_module_declare, metaffi_module_free, metaffi_module_load};
use metaffi::capi::object::metaffi_object_free;
use metaffi::capi::runtime::{metaffi_runtime_free, metaffi_runtime_load};
use metaffi::capi::{array, memory, value};
use metaffi::error::{Error, Status};
use metaffi::value as values;

mod arrays;
mod calls;
mod lifetime;
mod types;

/// A module of runtime c with declarations, and the statuses of what is asked of it.
struct Session {
    module: *mut metaffi_module,
}

impl Session {
    fn new(declarations: &str) -> Session {
        let (mut runtime, mut module) = (null_mut(), null_mut());
        // SAFETY: live arguments.
        unsafe {
            ok(|e| metaffi_runtime_load(c"c".as_ptr(), null(), 0, &mut runtime, e));
            ok(|e| metaffi_module_load(runtime, null(), &mut module, e));
            let text = declarations.as_ptr().cast();
            ok(|e| metaffi_module_declare(module, text, declarations.len(), e));
            metaffi_runtime_free(runtime);
        }
        Session { module }
    }

    fn parse(&self, text: &str) -> *mut metaffi_ctype {
        let (text, mut ctype) = (CString::new(text).unwrap(), null_mut());
        // SAFETY: live arguments.
        ok(|e| unsafe { metaffi_ctype_parse(self.module, text.as_ptr(), &mut ctype, e) });
        ctype
    }

    fn new_data(&self, text: &str, init: Option<metaffi_value>) -> *mut metaffi_object {
        let (ctype, mut object) = (self.parse(text), null_mut());
        let init = init.as_ref().map_or(null(), std::ptr::from_ref);
        // SAFETY: live arguments.
        ok(|e| unsafe { metaffi_cdata_new(ctype, init, &mut object, e) });
        assert_eq!(metaffi_ctype_free(ctype), METAFFI_OK);
        object
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        assert_eq!(metaffi_module_free(self.module), METAFFI_OK);
    }
}

fn ok(call: impl FnOnce(*mut *mut metaffi_error) -> metaffi_status) {
    let mut error = null_mut();
    let status = call(&mut error);
    assert_eq!(status, METAFFI_OK, "{}", failure::from_c(status, error));
}

fn fails(call: impl FnOnce(*mut *mut metaffi_error) -> metaffi_status) -> Error {
    let mut error = null_mut();
    let status = call(&mut error);
    assert_ne!(status, METAFFI_OK);
    failure::from_c(status, error)
}

fn read(object: *const metaffi_object, path: &CStr) -> metaffi_value {
    let mut found = values::null();
    // SAFETY: live arguments.
    ok(|e| unsafe { metaffi_cdata_read(object, path.as_ptr(), &mut found, e) });
    found
}

fn free(object: *mut metaffi_object) {
    assert_eq!(metaffi_object_free(object), METAFFI_OK);
}

unsafe extern "C-unwind" fn count(userdata: *mut c_void) {
    // SAFETY: the tests' counters outlive what counts.
    unsafe { &*userdata.cast::<AtomicUsize>() }.fetch_add(1, Ordering::SeqCst);
}
