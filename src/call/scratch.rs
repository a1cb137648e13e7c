//! Memory that a call needs for its own time.

use crate::error::Result;
use crate::handle::pin::CallScope;
use crate::value::memory;

/// Memory that lives as long as the scope, aligned to 16; its bytes are undefined.
#[inline(always)]
pub fn scratch(scope: &CallScope, size: usize) -> Result<*mut u8> {
    match scope.scratch(size) {
        Some(small) => Ok(small),
        None => large(scope, size),
    }
}

#[inline(never)]
fn large(scope: &CallScope, size: usize) -> Result<*mut u8> {
    unsafe extern "C" fn free(data: *mut ()) {
        // SAFETY: deferred with what was allocated below.
        unsafe { memory::free(data) };
    }
    let memory = memory::alloc(size)?;
    scope.defer(memory.cast(), free);
    Ok(memory)
}
