//! A panic of the host's own code passes through callbacks, C and calls, and harms nothing.

#[path = "support/compiler.rs"]
mod compiler;

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::ptr;

use metaffi::abi::*;
use metaffi::capi::callable::{metaffi_callable_free, metaffi_callable_new};
use metaffi::capi::entity::{
    metaffi_entity_call, metaffi_entity_call_frame, metaffi_entity_free, metaffi_entity_load,
};
use metaffi::capi::module::{metaffi_module_declare, metaffi_module_free, metaffi_module_load};
use metaffi::capi::runtime::{metaffi_runtime_free, metaffi_runtime_load};

const DECLARATION: &str = "int64_t apply(int64_t (*)(int64_t, int64_t), int64_t, int64_t);";

unsafe extern "C-unwind" fn panics_at_zero(
    _: *mut c_void,
    frame: *mut metaffi_slot,
    _: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: two int64 arguments and room for a return.
    unsafe {
        assert!(*frame != 0, "the callback panics");
        *frame.add(2) = *frame + *frame.add(1);
    }
    METAFFI_OK
}

/// The library of the guest, compiled so that exceptions may pass through it.
fn guest(directory: &Path) -> String {
    let library = compiler::compile_guest(directory, "conformance.c", &["-fexceptions"]);
    format!("{}\0", library.display())
}

#[test]
fn a_panic_passes_through_a_call() {
    let directory = tempfile::tempdir().unwrap();
    let path = guest(directory.path());
    let int64 = metaffi_type_info { r#type: metaffi_int64_type, alias: ptr::null(), dimensions: 0 };
    let (mut c, mut module, mut apply, mut callable) =
        (ptr::null_mut(), ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    let none = ptr::null_mut();
    // SAFETY: every text is NUL-terminated or has its length; every output is a variable.
    unsafe {
        let name = c"c".as_ptr();
        assert_eq!(metaffi_runtime_load(name, ptr::null(), 0, &raw mut c, none), METAFFI_OK);
        assert_eq!(metaffi_module_load(c, path.as_ptr().cast(), &raw mut module, none), METAFFI_OK);
        let text = DECLARATION.as_ptr().cast();
        assert_eq!(metaffi_module_declare(module, text, DECLARATION.len(), none), METAFFI_OK);
        let (path, infos) = (c"callable=apply".as_ptr(), ptr::null());
        let loaded = metaffi_entity_load(module, path, infos, 0, infos, 0, &raw mut apply, none);
        assert_eq!(loaded, METAFFI_OK);
        let two = [int64, int64];
        let made = metaffi_callable_new(
            Some(panics_at_zero),
            two.as_ptr(),
            2,
            two.as_ptr(),
            1,
            ptr::null_mut(),
            None,
            &raw mut callable,
            none,
        );
        assert_eq!(made, METAFFI_OK);
        for _ in 0..1000 {
            by_frame(apply, callable);
            by_values(apply, callable);
        }
        assert_eq!(metaffi_callable_free(callable), METAFFI_OK);
        assert_eq!(metaffi_entity_free(apply), METAFFI_OK);
        assert_eq!(metaffi_module_free(module), METAFFI_OK);
        assert_eq!(metaffi_runtime_free(c), METAFFI_OK);
    }
}

unsafe fn by_frame(apply: *mut metaffi_entity, callable: *mut metaffi_callable) {
    let call = |a: u64| {
        let mut frame = [callable.addr() as u64, a, 2, 0];
        let frame_pointer = frame.as_mut_ptr();
        // SAFETY: the frame of apply.
        let status = unsafe { metaffi_entity_call_frame(apply, frame_pointer, ptr::null_mut()) };
        assert_eq!(status, METAFFI_OK);
        frame[3]
    };
    assert!(catch_unwind(AssertUnwindSafe(|| call(0))).is_err());
    assert_eq!(call(40), 42);
}

unsafe fn by_values(apply: *mut metaffi_entity, callable: *mut metaffi_callable) {
    let call = |a: i64| {
        let arguments = [metaffi::value::callable(callable), a.into(), 2_i64.into()];
        let mut sum = metaffi::value::null();
        // SAFETY: the arguments are what they say, and there is room for the return.
        let status = unsafe {
            let given = arguments.as_ptr();
            metaffi_entity_call(apply, given, 3, &raw mut sum, 1, ptr::null_mut())
        };
        assert_eq!(status, METAFFI_OK);
        // SAFETY: the return is an int64.
        unsafe { sum.data.int64 }
    };
    assert!(catch_unwind(AssertUnwindSafe(|| call(0))).is_err());
    assert_eq!(call(40), 42);
}
