//! `errno`, for languages that cannot reach it.

use std::ffi::c_int;

use crate::errno;

/// The calling thread's `errno`. A call of a C function leaves it as that function left it.
///
/// @return Its value.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_errno() -> c_int {
    errno::get()
}

/// Sets the calling thread's `errno`, as some C functions want before they are called.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_set_errno(value: c_int) {
    errno::set(value);
}
