//! What the C library tells the calling thread of failures: `errno`, and the dynamic linker's reason.

use std::ffi::CStr;

/// The value of `errno`.
pub fn get() -> i32 {
    // SAFETY: the location is the thread's own and always valid.
    unsafe { *location() }
}

/// Sets it.
pub fn set(value: i32) {
    // SAFETY: as above.
    unsafe { *location() = value };
}

/// Why the dynamic linker failed last.
pub fn linker_error() -> String {
    // SAFETY: NULL, or a text that stays valid until the next call on this thread.
    unsafe {
        let text = libc::dlerror();
        match text.is_null() {
            true => "unknown reason".to_owned(),
            false => CStr::from_ptr(text).to_string_lossy().into_owned(),
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "emscripten"))]
unsafe fn location() -> *mut i32 {
    // SAFETY: takes nothing.
    unsafe { libc::__errno_location() }
}

#[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
unsafe fn location() -> *mut i32 {
    // SAFETY: takes nothing.
    unsafe { libc::__error() }
}

#[cfg(windows)]
unsafe fn location() -> *mut i32 {
    unsafe extern "C" {
        fn _errno() -> *mut i32;
    }
    // SAFETY: takes nothing.
    unsafe { _errno() }
}
