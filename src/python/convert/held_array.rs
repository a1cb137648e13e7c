//! [`HeldArray`]: the memory of an object as an array, held as the object exports it.

use std::cell::Cell;
use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use super::buffer::BUF_FULL_RO;
use super::{format, loan};
use crate::abi::metaffi_array;
use crate::error::Result;
use crate::python::api::{Object, Py_buffer};
use crate::python::lifecycle::gil::{self, Gil};
use crate::signature::{MAX_RANK, Type};
use crate::value::array::{self, OwnedArray};
use crate::value::memory;

/// `PyBUF_FULL`.
const BUF_FULL: c_int = BUF_FULL_RO | 1;

/// An array, and what was exported for it, which has its lengths.
#[repr(C)]
struct HeldArray {
    array: metaffi_array,
    memory: MaybeUninit<Py_buffer>,
}

/// Room of arrays that were released, which the next ones have: a list by `owner`, each with its length
/// from there as the rank. It is one word, so that a fork finds it whole.
static SPARE: SpareRoom = SpareRoom(Cell::new(ptr::null_mut()));

struct SpareRoom(Cell<*mut HeldArray>);

// SAFETY: it is used under the GIL only.
unsafe impl Sync for SpareRoom {}

/// How many are kept.
const MOST_SPARE: usize = 16;

impl SpareRoom {
    #[inline(always)]
    fn take(&self, _: &Gil) -> Result<*mut HeldArray> {
        let latest = self.0.get();
        if latest.is_null() {
            return Ok(memory::alloc(size_of::<HeldArray>())?.cast());
        }
        // SAFETY: what is in the list is nobody's, under the GIL.
        self.0.set(unsafe { (*latest).array.owner }.cast());
        Ok(latest)
    }

    /// # Safety
    /// It was [taken](SpareRoom::take), and is not used again.
    #[inline(always)]
    unsafe fn give_back(&self, _: &Gil, held: *mut HeldArray) {
        let latest = self.0.get();
        // SAFETY: as above, and the caller gives up the other.
        unsafe {
            let count = if latest.is_null() { 0 } else { (*latest).array.rank };
            if count == MOST_SPARE {
                return memory::free(held);
            }
            (*held).array.owner = latest.cast();
            (*held).array.rank = count + 1;
        }
        self.0.set(held);
    }
}

/// The memory of an object that exports numbers, as long as the array is there; `None` of anything else,
/// and of memory that is only lent.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[inline(always)]
pub(super) unsafe fn of(gil: &Gil, object: Object, writable: bool) -> Option<Result<OwnedArray>> {
    let api = gil.api;
    let flags = if writable { BUF_FULL } else { BUF_FULL_RO };
    let held = match SPARE.take(gil) {
        Ok(room) => room,
        Err(failure) => return Some(Err(failure)),
    };
    // SAFETY: `object` is alive, and the GIL is held; there is room for both; what was exported is
    // released with the array, once.
    unsafe {
        let memory = &mut (*held).memory;
        if (api.PyObject_GetBuffer)(object, memory.as_mut_ptr(), flags) != 0 {
            nothing(gil, held);
            return None;
        }
        let memory = memory.assume_init_ref();
        let rank = memory.ndim as usize;
        let shown = memory.suboffsets.is_null()
            && (1..=MAX_RANK).contains(&rank)
            && memory.len > 0
            && !memory.shape.is_null()
            && !loan::is_lent(gil, memory.buf.addr());
        if !shown {
            refuse(gil, held);
            return None;
        }
        let Some(kind) = format::kind(memory) else {
            refuse(gil, held);
            return None;
        };
        let array = &raw mut (*held).array;
        array.write(metaffi_array {
            data: memory.buf,
            element: Type::from(kind).number(),
            rank,
            shape: memory.shape.cast(),
            strides: memory.strides,
            release: Some(release),
            owner: array::owner(memory.readonly != 0),
        });
        Some(Ok(OwnedArray::from_raw(NonNull::new_unchecked(array))))
    }
}

/// Gives back the room of what has exported nothing.
#[cold]
unsafe fn nothing(gil: &Gil, held: *mut HeldArray) {
    // SAFETY: taken, and not used again.
    unsafe {
        (gil.api.PyErr_Clear)();
        SPARE.give_back(gil, held);
    }
}

/// Gives back what is no array.
#[cold]
unsafe fn refuse(gil: &Gil, held: *mut HeldArray) {
    // SAFETY: exported, and not used again.
    unsafe { release_held(gil, held) }
}

unsafe extern "C" fn release(array: *mut metaffi_array) {
    unsafe fn release(gil: &Gil, held: NonNull<()>) {
        // SAFETY: what `of` has made, given up; the GIL is held.
        unsafe { release_held(gil, held.cast().as_ptr()) }
    }
    // SAFETY: an array that is released is not NULL.
    gil::give_back(unsafe { NonNull::new_unchecked(array.cast()) }, release);
}

/// Releases what was exported, and the room.
///
/// # Safety
/// The GIL is held; nobody uses it again.
#[inline(always)]
unsafe fn release_held(gil: &Gil, held: *mut HeldArray) {
    // SAFETY: as above.
    unsafe {
        (gil.api.PyBuffer_Release)((*held).memory.as_mut_ptr());
        SPARE.give_back(gil, held);
    }
}
