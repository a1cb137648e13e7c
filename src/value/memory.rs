//! The one allocator of everything that crosses the boundary: what one side allocates, the other
//! may free.

use std::hint::black_box;

use crate::error::{Error, Result, Status};

/// Memory that is not initialized, aligned for every C type; never NULL, also for no bytes.
#[inline]
pub fn alloc(size: usize) -> Result<*mut u8> {
    // SAFETY: malloc takes any size.
    allocated(unsafe { libc::malloc(size.max(1)) }.cast(), size)
}

/// What is larger is better had from the system, which may have zeroes at hand.
const FEW_ZEROES: usize = 4096;

/// Like [`alloc`], all zeroes.
#[inline]
pub fn alloc_zeroed(size: usize) -> Result<*mut u8> {
    if size <= FEW_ZEROES {
        // Hidden from the compiler, which would ask for zeroes at once: that takes longer.
        let memory = black_box(alloc(size)?);
        // SAFETY: so many bytes, which nobody else has.
        unsafe { memory.write_bytes(0, size) };
        return Ok(memory);
    }
    // SAFETY: calloc takes any size.
    allocated(unsafe { libc::calloc(size.max(1), 1) }.cast(), size)
}

#[inline]
fn allocated(memory: *mut u8, size: usize) -> Result<*mut u8> {
    if memory.is_null() { Err(exhausted(size)) } else { Ok(memory) }
}

/// Gives memory back; NULL is fine.
///
/// # Safety
/// `memory` is NULL or came from this allocator, and is not used again.
pub unsafe fn free<T>(memory: *mut T) {
    // SAFETY: `memory` is NULL or came from this allocator, and is not used again.
    unsafe { libc::free(memory.cast()) }
}

/// Whether it is one of the last addresses, where no process has memory: functions return them for a
/// failure, as `(char *)-1`.
#[inline(always)]
pub fn is_failure<T>(address: *const T) -> bool {
    address.addr() >= 4095_usize.wrapping_neg()
}

/// Fails if there is no room for so many more bytes now, for what cannot fail later.
pub fn check_room(size: usize) -> Result<()> {
    // Hidden from the compiler, which leaves out what is allocated and given back unused.
    // SAFETY: given back at once, and never touched.
    unsafe { free(black_box(alloc(size)?)) };
    Ok(())
}

/// The error of memory that is not there.
#[cold]
pub fn exhausted(size: usize) -> Error {
    Error::new(Status::OutOfMemory, format!("{size} bytes could not be allocated"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_there_and_aligned_also_for_no_bytes() {
        for size in [0, 1, 7, 8, 24, 4096] {
            let memory = alloc(size).unwrap();
            assert!(
                !memory.is_null() && memory.addr().is_multiple_of(align_of::<libc::max_align_t>())
            );
            // SAFETY: `size` bytes, freed once.
            unsafe {
                memory.write_bytes(0xa5, size);
                free(memory);
            }
        }
    }

    #[test]
    fn zeroed_memory_is_zero() {
        let memory = alloc_zeroed(100).unwrap();
        // SAFETY: 100 bytes, freed once.
        unsafe {
            assert!(std::slice::from_raw_parts(memory, 100).iter().all(|byte| *byte == 0));
            free(memory);
        }
    }

    #[test]
    fn more_than_there_is_is_an_error() {
        for allocate in [alloc, alloc_zeroed] {
            let error = allocate(isize::MAX as usize).unwrap_err();
            assert_eq!(error.status(), Status::OutOfMemory);
            assert!(error.message().contains("9223372036854775807 bytes"), "{error}");
        }
    }

    #[test]
    fn room_can_be_asked_for() {
        check_room(4096).unwrap();
        assert_eq!(check_room(1 << 60).unwrap_err().status(), Status::OutOfMemory);
    }

    #[test]
    fn null_may_be_freed() {
        // SAFETY: NULL is allowed.
        unsafe { free(std::ptr::null_mut::<u8>()) }
    }
}
