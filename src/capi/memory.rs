//! Memory that crosses the boundary.

use std::ffi::c_void;
use std::ptr;

use crate::value::memory;

/// Allocates memory, not initialized, that either side may free.
///
/// What a callback gives to metaffi (the text of a string that it returns) is allocated here.
///
/// @param size In bytes; 0 is fine and gives a pointer to no bytes.
/// @return Memory aligned for every C type, owned by the caller: metaffi_free. NULL if there is
///         none left.
#[unsafe(no_mangle)]
pub extern "C" fn metaffi_alloc(size: usize) -> *mut c_void {
    memory::alloc(size).map_or(ptr::null_mut(), |memory| memory.cast())
}

/// Frees memory from metaffi_alloc, and text that a function's description says to free with
/// this. Values, arrays and handles have functions of their own.
///
/// @param memory From metaffi, freed once; NULL is fine.
///
/// # Safety
/// `memory` is NULL or came from metaffi's allocator, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn metaffi_free(memory: *mut c_void) {
    // SAFETY: `memory` is NULL or came from metaffi's allocator, and is not used again.
    unsafe { memory::free(memory) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_allocated_and_freed() {
        for size in [0, 1, 1000] {
            let memory = metaffi_alloc(size);
            assert!(!memory.is_null());
            // SAFETY: `size` bytes, freed once.
            unsafe {
                memory.write_bytes(1, size);
                metaffi_free(memory);
            }
        }
        // SAFETY: NULL is fine.
        unsafe { metaffi_free(ptr::null_mut()) };
    }

    #[test]
    fn too_much_is_null() {
        assert!(metaffi_alloc(usize::MAX).is_null());
    }
}
