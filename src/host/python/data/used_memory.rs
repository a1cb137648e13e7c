//! Memory that is used for a time: by [`UsedMemory`] while something is read or written there, and as
//! [`CallMemory`] by calls. Releasing the object leaves the bytes where they are until that ends.

use std::ptr;

use super::OWN;
use super::fields;
use super::memory::{let_go, region, root};
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// The memory of a root while something is read or written there: Python's code that runs meanwhile may
/// give the object back, which leaves the bytes where they are until this ends.
pub(super) struct UsedMemory {
    root: PyRef,
    is_counted: bool,
}

impl UsedMemory {
    /// # Safety
    /// An instance that is a root, whose memory is there; the GIL is held.
    pub(super) unsafe fn new(root: PyRef) -> UsedMemory {
        // SAFETY: as above.
        let is_counted = unsafe { begin_use(root.as_ptr()) };
        UsedMemory { root, is_counted }
    }

    pub(super) fn as_ptr(&self) -> Object {
        self.root.as_ptr()
    }

    /// How many bytes there are from an address on, if that is known.
    pub(super) fn room(&self, at: *const u8) -> Option<usize> {
        // SAFETY: an instance that is a root.
        let (start, size) = unsafe { region(self.root.as_ptr()) };
        let before = at.addr().checked_sub(start.addr());
        size.map(|size| before.and_then(|before| size.checked_sub(before)).unwrap_or(0))
    }

    /// One more use.
    pub(super) fn clone_ref(&self, gil: &Gil) -> UsedMemory {
        // SAFETY: the memory is there as long as this.
        unsafe { UsedMemory::new(self.root.clone_ref(gil)) }
    }
}

impl Drop for UsedMemory {
    fn drop(&mut self) {
        // SAFETY: an instance that is kept, under the GIL; its use began with this.
        unsafe { end_use(self.root.as_ptr(), self.is_counted) };
    }
}

/// The memory that a call uses, kept and counted until it [ends](CallMemory::end), whatever becomes of
/// the argument meanwhile: a callback may make a pointer point elsewhere. Nothing where nobody but the
/// argument itself, which the caller keeps, has to do with it.
#[derive(Clone, Copy)]
pub(in crate::host::python) struct CallMemory(Object);

/// Marks memory whose use is counted.
const COUNTED: usize = 1;

impl CallMemory {
    /// That of an argument.
    ///
    /// # Safety
    /// `object` is an instance, and the GIL is held.
    #[inline(always)]
    pub(super) unsafe fn begin(api: &Api, object: Object) -> Option<CallMemory> {
        // SAFETY: `object` is an instance.
        let owner = unsafe { fields(object) }.owner();
        // SAFETY: as above.
        (owner.addr() > OWN).then(|| unsafe { CallMemory::of_root(api, object) })
    }

    #[inline(never)]
    unsafe fn of_root(api: &Api, object: Object) -> CallMemory {
        // SAFETY: an instance with an owner, which is one, too.
        unsafe {
            let data = fields(object);
            let root = if data.is_own() { object } else { root(data.owner()) };
            if root.is_null() {
                // A view of C's memory, which a pointer leads to.
                return CallMemory(ptr::null_mut());
            }
            api.incref(root);
            let mark = if begin_use(root) { COUNTED } else { 0 };
            CallMemory(root.map_addr(|address| address | mark))
        }
    }

    /// Ends the use.
    ///
    /// # Safety
    /// It has begun, and the GIL is held.
    #[inline(never)]
    pub(in crate::host::python) unsafe fn end(self) {
        let root = self.0.map_addr(|address| address & !COUNTED);
        // SAFETY: NULL, or kept and perhaps counted since it began.
        unsafe {
            let Some(root) = PyRef::from_owned(root) else { return };
            end_use(root.as_ptr(), self.0.addr() & COUNTED != 0);
        }
    }
}

/// Counts a use of memory of an object's own; whether there was anything to count by.
unsafe fn begin_use(root: Object) -> bool {
    // SAFETY: the caller has an instance.
    let own = unsafe { fields(root) }.own_memory();
    own.inspect(|own| own.calls.update(|calls| calls + 1)).is_some()
}

/// Ends a use, which was counted if `is_counted`.
unsafe fn end_use(root: Object, is_counted: bool) {
    // SAFETY: the caller has an instance.
    if let Some(own) = unsafe { fields(root) }.own_memory().filter(|_| is_counted) {
        own.calls.update(|calls| calls - 1);
        let_go(own.end());
    }
}
