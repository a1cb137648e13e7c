//! Versions, and the names of statuses.

use std::ffi::c_char;

use crate::abi::{METAFFI_ABI, METAFFI_OK, metaffi_status};
use crate::error::Status;

/// The library's version, such as "0.1.0".
///
/// @return Static text.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_version() -> *const c_char {
    const { concat!(env!("CARGO_PKG_VERSION"), "\0") }.as_ptr().cast()
}

/// The version of the ABI. Programs built against one number run with every library that reports
/// the same.
///
/// @return The number; it changes only when something that programs rely on is removed or changed.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_abi_version() -> u32 {
    METAFFI_ABI
}

/// A status in words, such as "invalid argument".
///
/// @return Static text; "unknown status" for a number that is none.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_status_name(status: metaffi_status) -> *const c_char {
    let name = match Status::from_code(status) {
        Some(status) => status.name_c(),
        None if status == METAFFI_OK => c"ok",
        None => c"unknown status",
    };
    name.as_ptr()
}
