//! `errno` of the calling thread.

/// Its value.
pub fn get() -> i32 {
    // SAFETY: the location is the thread's own and always valid.
    unsafe { *location() }
}

/// Sets it.
pub fn set(value: i32) {
    // SAFETY: as above.
    unsafe { *location() = value };
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
