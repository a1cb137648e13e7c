//! [`CppLibrary`]: what the library that threw an exception exports.

use std::ffi::{CStr, c_void};
use std::ptr;

/// A library of C++, alive as long as it is looked at.
pub(super) struct CppLibrary {
    library: *mut c_void,
}

impl CppLibrary {
    /// Those of the library that has `code`, and of what it needs.
    pub(super) fn around(code: *const c_void) -> CppLibrary {
        let mut found = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
        // SAFETY: dladdr takes any address, and names the file of what contains it, which is opened
        // only if it is loaded already.
        let library = unsafe {
            match libc::dladdr(code, found.as_mut_ptr()) {
                0 => ptr::null_mut(),
                _ => match found.assume_init().dli_fname {
                    name if name.is_null() => ptr::null_mut(),
                    name => libc::dlopen(name, libc::RTLD_LAZY | libc::RTLD_NOLOAD),
                },
            }
        };
        CppLibrary { library }
    }

    /// The address of a symbol of the library; NULL if there is none.
    pub(super) fn own(&self, name: &CStr) -> *const c_void {
        if self.library.is_null() {
            return ptr::null();
        }
        // SAFETY: the library is open.
        unsafe { libc::dlsym(self.library, name.as_ptr()) }
    }

    /// The same, or that of any other library.
    pub(super) fn any(&self, name: &CStr) -> *const c_void {
        match self.own(name) {
            // SAFETY: the handle of the process.
            own if own.is_null() => unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) },
            own => own,
        }
    }
}

impl Drop for CppLibrary {
    fn drop(&mut self) {
        if !self.library.is_null() {
            // SAFETY: opened by `around`.
            unsafe { libc::dlclose(self.library) };
        }
    }
}
